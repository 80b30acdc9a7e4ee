package kmsfake

import (
	"fmt"

	"example.com/kmsfake/internal/service"
)

// Quotas are the quotas of every account in every Region. A zero is AWS's own
// default, which is given beside it; a negative number lets nothing be made.
// Beyond a quota calls fail with LimitExceededException.
type Quotas struct {
	KeysPerRegion     int // customer managed keys of an account in a Region: 100,000
	AliasesPerKey     int // 50
	GrantsPerKey      int // 50,000
	PolicyBytes       int // of a key policy: 32,768
	CustomKeyStores   int // of an account in a Region: 10
	OnDemandRotations int // of a key, in its life: 25

	// RequestRates makes AWS's request quotas hold, which depend on the Region:
	// beyond them calls fail with ThrottlingException until time has passed on the
	// fake's clock. A second's requests may come at once. Requests count for the
	// account that makes them, not for the one that owns the key.
	RequestRates bool

	// Rates are request quotas that hold instead of AWS's, or alone, in requests a
	// second, by the name of an operation. Cryptographic operations share quotas by
	// the kind of the KMS key, "Cryptographic operations (symmetric)", and with
	// (RSA), (ECC), (ML-DSA), (ML-KEM) and (SM2) for it; the two operations that
	// generate data key pairs share one for each kind of pair, such as
	// "GenerateDataKeyPair (RSA_2048)".
	Rates map[string]float64
}

// WithQuotas sets the quotas. Without it AWS's own hold for what can be made, and
// none for request rates. It panics if a name in Rates is not the name of a request
// quota or if its rate is not above zero.
func WithQuotas(quotas Quotas) Option {
	q := service.Quotas(quotas)
	if err := q.Check(); err != nil {
		panic(fmt.Sprintf("kmsfake: WithQuotas: %v", err))
	}
	return func(o *options) { o.config.Quotas = q }
}
