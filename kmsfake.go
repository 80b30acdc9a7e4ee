package kmsfake

import (
	"time"

	"example.com/kmsfake/internal/service"
)

//go:generate go run ./internal/apigen
//go:generate go run ./internal/operationtable

const (
	defaultAccount = "111122223333"
	defaultRegion  = "us-east-1"
)

// Fake is a handle on an AWS KMS that lives in memory. It acts as one principal
// of one account in one Region; [Fake.InRegion], [Fake.InAccount] and their kin
// give other handles on the same AWS.
//
// It has every operation of [*kms.Client] and can stand wherever an interface of
// such operations is asked for, the SDK's paginators included. All methods are
// safe for concurrent use. A call is one attempt: what the SDK would retry is
// returned at once.
//
// Inputs are only read, and only until the call returns. Outputs belong to the
// caller, who may change them.
type Fake struct {
	aws    *service.AWS
	caller *service.Caller

	door endpoint
}

// New makes a fresh AWS in which nothing has been made yet, and a handle that
// acts as an administrator of account 111122223333 in us-east-1 unless options
// say otherwise. It panics if the account, a key or a fault cannot be, and
// says why.
func New(options ...Option) *Fake {
	o := newOptions(options)
	f := &Fake{aws: service.New(o.config), caller: service.Administrator(o.account, o.region)}
	if err := f.addKeys(o.keys); err != nil {
		panic(err)
	}
	if len(o.faults) > 0 {
		f.Inject(o.faults...)
	}
	return f
}

// InRegion gives a handle on the same AWS that acts as the same principal in
// another Region. Any name will do that can stand in a host name; with another
// one, calls fail as the SDK has them fail.
func (f *Fake) InRegion(region string) *Fake {
	return &Fake{aws: f.aws, caller: f.caller.In(region)}
}

// InAccount gives a handle on the same AWS that acts as an administrator of
// another account, given by its 12 digits, in the same Region. It panics if they
// are not 12 digits.
func (f *Fake) InAccount(account string) *Fake {
	return &Fake{aws: f.aws, caller: service.Administrator(account, f.caller.Region)}
}

// Region is the Region that the handle acts in.
func (f *Fake) Region() string { return f.caller.Region }

// Account is the account that the handle acts for.
func (f *Fake) Account() string { return f.caller.Account }

// Principal is the ARN of the principal that the handle acts as.
func (f *Fake) Principal() string { return f.caller.ARN }

// Now is the time of this AWS: that of its clock, and what [Fake.Advance] added.
func (f *Fake) Now() time.Time { return f.aws.Now() }

// Advance moves the time of this AWS forward, for all its handles, and all that
// was to happen meanwhile has happened: keys are deleted, key material expires.
// What AWS lets a caller wait for waits for this too: a replica key is Creating, and
// the keys of UpdatePrimaryRegion are Updating, for 2 seconds; a custom key store
// is CONNECTING for a minute and DISCONNECTING for 10 seconds.
// It does not wait. A negative duration does nothing, and 200 years are the most
// that it adds in all.
func (f *Fake) Advance(d time.Duration) { f.aws.Advance(d) }

// Clone copies the whole AWS as it is now. The handle that it returns acts as
// this one does; the two share nothing afterwards. The copy has none of the faults
// and an empty journal. Both go on with the same random numbers, so the same calls
// give the same answers.
func (f *Fake) Clone() *Fake { return &Fake{aws: f.aws.Clone(), caller: f.caller} }
