package kmsfake

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake/internal/service"
	"example.com/kmsfake/internal/wire"
)

// Client gives a real client of the SDK that the fake serves in process: no
// socket, no goroutine, and all that the SDK does on its side is done by the SDK.
// It acts as this handle does; options of the caller come after and win.
//
// The client retries as the SDK does, with the SDK's attempts. The waits between
// attempts are not slept: they pass on the fake's clock if that is moved by hand
// ([WithClock], [Fake.Advance]) or if request quotas hold ([WithQuotas]), and not at
// all otherwise. A Retryer of the caller's own waits as it likes.
func (f *Fake) Client(optFns ...func(*kms.Options)) *kms.Client {
	return kms.NewFromConfig(f.Config(), optFns...)
}

// Config is for code that builds its own client: kms.NewFromConfig(fake.Config())
// is [Fake.Client]. A client of another service that is made from it fails at
// its first call and says why.
func (f *Fake) Config() aws.Config {
	return aws.Config{
		Region:      f.caller.Region,
		Credentials: f.Credentials(),
		HTTPClient:  wire.NewTransport(f.endpoint()),
		Retryer:     func() aws.Retryer { return &retryer{retry.NewStandard(), f.aws} },
	}
}

// Credentials are those of this handle's principal. Requests that are signed with
// them act as it, in the Region that they are signed for.
func (f *Fake) Credentials() aws.CredentialsProvider {
	key := f.aws.AccessKey(f.caller.Identity)
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID:     key.ID,
			SecretAccessKey: key.Secret,
			AccountID:       f.caller.Account,
			Source:          "kmsfake",
		}, nil
	})
}

// retryer is the SDK's, whose waits cost a test no time.
type retryer struct {
	*retry.Standard
	aws *service.AWS
}

// RetryDelay lets the SDK's delay pass on the fake's clock.
func (r *retryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	delay, err := r.Standard.RetryDelay(attempt, err)
	if err == nil {
		r.aws.Pass(delay)
	}
	return 0, err
}
