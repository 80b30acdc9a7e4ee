package wire

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// The SDK's endpoints, of every partition and kind, are known as KMS's.
func TestEndpointsOfTheSDK(t *testing.T) {
	t.Parallel()
	resolver := kms.NewDefaultEndpointResolverV2()
	resolved := 0
	for _, region := range []string{
		"us-east-1", "ap-southeast-7", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1",
	} {
		for kind := range 4 {
			endpoint, err := resolver.ResolveEndpoint(context.Background(), kms.EndpointParameters{
				Region: aws.String(region), UseFIPS: aws.Bool(kind&1 != 0), UseDualStack: aws.Bool(kind&2 != 0),
			})
			if err != nil {
				continue // not every partition has every kind
			}
			resolved++
			if got, ok := endpointRegion(endpoint.URI.Host); !ok || got != region {
				t.Errorf("%s: have %q, %v, want %s", endpoint.URI.Host, got, ok, region)
			}
		}
	}
	if resolved < 18 {
		t.Errorf("only %d endpoints", resolved)
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"kms.us-east-1.amazonaws.com:443":                                 "us-east-1",
		"KMS.US-EAST-1.AMAZONAWS.COM.":                                    "us-east-1",
		"vpce-0123-4567.kms.eu-west-1.vpce.amazonaws.com":                 "eu-west-1",
		"vpce-0123-4567-eu-west-1a.kms-fips.eu-west-1.vpce.amazonaws.com": "eu-west-1",
		"sts.us-east-1.amazonaws.com":                                     "",
		"kms.amazonaws.com":                                               "",
		"bucket.kms.s3.us-east-1.amazonaws.com":                           "",
		"localhost:4566":                                                  "",
		"kms.us-east-1.example.com":                                       "",
		"kms.us-east-1.amazonaws.com.example.com":                         "",
		"": "",
	} {
		if got, _ := endpointRegion(host); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}
