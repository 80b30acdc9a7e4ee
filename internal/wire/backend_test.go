package wire

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	testID     = "7a2c0f0e-4f4e-4a25-9c43-0a4b8d9b3f11"
	refusedID  = "0d6b8f6e-2f0f-4a0e-8f8a-6f1f4a3d2c22"
)

// A stub is a backend that knows one access key.
type stub struct {
	token  string
	strict bool
	invoke func(ctx context.Context, caller Identity, operation string, input any) (any, string, error)
}

func (s *stub) Lookup(accessKeyID string) (secret, sessionToken string, known bool) {
	if accessKeyID != testKey {
		return "", "", false
	}
	return testSecret, s.token, true
}

func (s *stub) Strict() bool { return s.strict }

func (s *stub) Invoke(ctx context.Context, caller Identity, operation string, input any) (any, string, error) {
	if s.invoke == nil {
		return operations[operation].output.new(), testID, nil
	}
	return s.invoke(ctx, caller, operation, input)
}

func (s *stub) NewRequestID() string { return refusedID }

func staticCredentials(key, secret, token string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: token}, nil
	})
}

// clientOf returns an SDK client that does not retry.
func clientOf(t testing.TB, hc aws.HTTPClient, optFns ...func(*kms.Options)) *kms.Client {
	t.Helper()
	return kms.New(kms.Options{
		Region:      "us-east-1",
		Credentials: staticCredentials(testKey, testSecret, ""),
		HTTPClient:  hc,
		Retryer:     aws.NopRetryer{},
	}, optFns...)
}
