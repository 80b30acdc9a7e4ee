package kmsfake

import (
	"math/rand/v2"
	"time"

	"example.com/kmsfake/internal/service"
)

// Option changes what [New] makes.
type Option func(*options)

type options struct {
	account, region string
	seeded          bool
	config          service.Config
}

func newOptions(list []Option) *options {
	o := &options{account: defaultAccount, region: defaultRegion}
	for _, option := range list {
		option(o)
	}
	if !o.seeded {
		o.config.Seed = rand.Uint64()
	}
	return o
}

// WithRegion sets the Region that the handle acts in. The default is us-east-1.
func WithRegion(region string) Option {
	return func(o *options) { o.region = region }
}

// WithAccount sets the account that the handle acts for, by its 12 digits. The
// default is 111122223333.
func WithAccount(account string) Option {
	return func(o *options) { o.account = account }
}

// WithClock sets the clock, to which [Fake.Advance] adds. The default is
// [time.Now], which in a bubble of testing/synctest is the bubble's.
func WithClock(now func() time.Time) Option {
	return func(o *options) { o.config.Clock = now }
}

// WithSeed makes all that is random follow from a number: key ids, key material,
// data keys, random bytes. The same calls, one after another, then give the same
// answers. Without it every fake has a seed of its own, which [Fake.Dump] tells.
func WithSeed(seed uint64) Option {
	return func(o *options) { o.config.Seed, o.seeded = seed, true }
}

// WithoutAWSAliases leaves out the predefined AWS aliases, such as alias/aws/s3,
// that every account has in AWS and that ListAliases shows without a
// TargetKeyId.
func WithoutAWSAliases() Option {
	return func(o *options) { o.config.WithoutAWSAliases = true }
}

// WithStrictCredentials makes the HTTP door and [Fake.Client] refuse access keys
// that no handle's [Fake.Credentials] handed out. Without it such a key acts as
// the principal of the handle that is served, so that any tool works with any
// credentials.
func WithStrictCredentials() Option {
	return func(o *options) { o.config.StrictCredentials = true }
}
