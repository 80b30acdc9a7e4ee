package kmsfake

import (
	"math/rand/v2"
	"time"

	"example.com/kmsfake/internal/service"
)

// Option changes what [New] makes. Of two that set the same, the later holds.
type Option func(*options)

type options struct {
	account, region string
	seeded          bool
	faults          []Fault
	keys            []Key
	config          service.Config
}

func newOptions(list []Option) *options {
	o := &options{account: defaultAccount, region: defaultRegion}
	o.config.Journal = service.JournalCalls
	for _, option := range list {
		option(o)
	}
	if !o.seeded {
		o.config.Seed = rand.Uint64()
	}
	return o
}

// WithRegion sets the Region that the handle acts in, see [Fake.InRegion]. The
// default is us-east-1.
func WithRegion(region string) Option {
	return func(o *options) { o.region = region }
}

// WithAccount sets the account that the handle acts for, by its 12 digits. The
// default is 111122223333. [New] panics if it is anything else.
func WithAccount(account string) Option {
	return func(o *options) { o.account = account }
}

// WithClock sets the clock, to which [Fake.Advance] adds. The default is
// [time.Now], which in a bubble of testing/synctest is the bubble's. Goroutines
// may call the function at the same time.
func WithClock(now func() time.Time) Option {
	return func(o *options) { o.config.Clock = now }
}

// WithSeed makes all that is random follow from a number: key ids, key material,
// data keys, random bytes. The same calls, one after another, then give the same
// answers. Without it every fake has a seed of its own, which [Fake.Dump] tells.
//
// Where the main module is of Go 1.26 or later, signatures on the NIST curves are
// not repeatable: crypto/ecdsa takes no source of randomness any more.
func WithSeed(seed uint64) Option {
	return func(o *options) { o.config.Seed, o.seeded = seed, true }
}

// WithoutAWSAliases leaves out the predefined AWS aliases, such as alias/aws/s3,
// that every account has in AWS and that ListAliases shows without a
// TargetKeyId.
func WithoutAWSAliases() Option {
	return func(o *options) { o.config.WithoutAWSAliases = true }
}

// WithoutAuthorization lets every principal do everything that AWS KMS lets anybody
// do from its account: policies and grants are kept, and decide nothing.
func WithoutAuthorization() Option {
	return func(o *options) { o.config.WithoutAuthorization = true }
}

// WithStrictCredentials makes [Fake.ServeHTTP] and [Fake.Client] refuse access keys
// that no handle's [Fake.Credentials] handed out. Without it such a key acts as
// the principal of the handle that is served, so that any tool works with any
// credentials.
func WithStrictCredentials() Option {
	return func(o *options) { o.config.StrictCredentials = true }
}

// WithJournal sets how many calls [Fake.Calls] goes back; 0 is none. The default
// is 10,000. However many they are, their inputs, outputs and errors take at most
// 16 MiB: the oldest calls give way.
func WithJournal(calls int) Option {
	return func(o *options) { o.config.Journal = max(calls, 0) }
}

// WithFaults injects faults from the start, as [Fake.Inject] does. Several of these
// options add up.
func WithFaults(faults ...Fault) Option {
	return func(o *options) { o.faults = append(o.faults, faults...) }
}

// WithKeys makes KMS keys that are there from the start. Several of these options
// add up. The keys are only read. [New] panics, with an error that names the key
// and the member, if one of them cannot be; what [ReadKeys] returns can be unless
// it collides with the handle's account and Region or with other keys.
func WithKeys(keys ...Key) Option {
	return func(o *options) { o.keys = append(o.keys, keys...) }
}

// WithPropagationDelay sets how long, on the fake's clock, it takes until a new
// KMS key, a change of an alias or of a key policy, or a new grant is seen, as AWS
// KMS is eventually consistent. Until then operations that look see the older
// state: they do not find the key, and find the alias where it led before. Those
// that change an alias or a policy act on its newest state. A grant token is seen
// at once. Keys of [WithKeys] are seen from the start. The default is 0.
func WithPropagationDelay(d time.Duration) Option {
	return func(o *options) { o.config.PropagationDelay = max(d, 0) }
}
