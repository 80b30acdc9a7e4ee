package wire

import "strings"

// domains has the ends of AWS's host names, longest first where one ends in
// another.
var domains = []string{
	".vpce.amazonaws.com.cn",
	".vpce.amazonaws.com",
	".amazonaws.com.cn",
	".amazonaws.com",
	".amazonaws.eu",
	".api.amazonwebservices.com.cn",
	".api.amazonwebservices.eu",
	".api.aws",
	".api.cloud-aws.adc-e.uk",
	".api.aws.hci.ic.gov",
	".api.aws.ic.gov",
	".api.aws.scloud",
	".c2s.ic.gov",
	".cloud.adc-e.uk",
	".csp.hci.ic.gov",
	".sc2s.sgov.gov",
}

// cutDomain cuts the domain of AWS, and the port, off a host name. Any other
// host is not AWS's.
func cutDomain(host string) (name string, aws bool) {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, domain := range domains {
		if name, ok := strings.CutSuffix(host, domain); ok {
			return name, true
		}
	}
	return "", false
}

// endpointRegion returns the Region of a KMS endpoint: a host such as
// kms.us-east-1.amazonaws.com, kms-fips.us-east-1.api.aws or an interface
// endpoint in a VPC.
func endpointRegion(host string) (region string, ok bool) {
	name, _ := cutDomain(host)
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return "", false
	}
	name, region = name[:dot], name[dot+1:]
	if label := name[strings.LastIndexByte(name, '.')+1:]; label != "kms" && label != "kms-fips" {
		return "", false
	}
	return region, true
}
