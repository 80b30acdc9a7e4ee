package wire

import (
	"net"
	"slices"
	"strings"
)

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

// splitEndpoint splits a host name of AWS, with or without a port, into the
// labels before its domain. Any other host is not AWS's.
func splitEndpoint(host string) (labels []string, aws bool) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, domain := range domains {
		if name, ok := strings.CutSuffix(host, domain); ok {
			return strings.Split(name, "."), true
		}
	}
	return nil, false
}

// endpointRegion returns the Region of a KMS endpoint: a host such as
// kms.us-east-1.amazonaws.com, kms-fips.us-east-1.api.aws or an interface
// endpoint in a VPC.
func endpointRegion(host string) (region string, ok bool) {
	labels, aws := splitEndpoint(host)
	n := len(labels)
	if !aws || n < 2 || !slices.Contains([]string{"kms", "kms-fips"}, labels[n-2]) {
		return "", false
	}
	return labels[n-1], true
}
