package service

import (
	"maps"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// Cryptographic operations share a request quota by the kind of the KMS key. All
// others have one each.
const (
	symmetricRate = "Cryptographic operations (symmetric)"
	rsaRate       = "Cryptographic operations (RSA)"
	eccRate       = "Cryptographic operations (ECC)"
	mldsaRate     = "Cryptographic operations (ML-DSA)"
	mlkemRate     = "Cryptographic operations (ML-KEM)"
	sm2Rate       = "Cryptographic operations (SM2)"
)

// familyRates are the quotas by family. HMAC keys are symmetric here.
var familyRates = map[keyspec.Family]string{
	keyspec.Symmetric: symmetricRate,
	keyspec.HMAC:      symmetricRate,
	keyspec.RSA:       rsaRate,
	keyspec.ECC:       eccRate,
	keyspec.Edwards:   eccRate,
	keyspec.MLDSA:     mldsaRate,
	keyspec.MLKEM:     mlkemRate,
	keyspec.SM2:       sm2Rate,
}

// requestRates are AWS's request quotas, in requests a second. The symmetric one
// is that of the Regions that have no greater one. The quotas of ListKeyRotations,
// GetKeyLastUsage and ML-KEM keys are guesses by their kin.
//
// https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
var requestRates = map[string]float64{
	symmetricRate: 10_000,
	rsaRate:       1_000,
	eccRate:       1_000,
	mldsaRate:     1_000,
	mlkemRate:     1_000,
	sm2Rate:       300,

	"GenerateDataKeyPair (RSA_2048)":              1,
	"GenerateDataKeyPair (RSA_3072)":              0.5,
	"GenerateDataKeyPair (RSA_4096)":              0.1,
	"GenerateDataKeyPair (ECC_NIST_P256)":         100,
	"GenerateDataKeyPair (ECC_NIST_P384)":         100,
	"GenerateDataKeyPair (ECC_NIST_P521)":         100,
	"GenerateDataKeyPair (ECC_SECG_P256K1)":       100,
	"GenerateDataKeyPair (ECC_NIST_EDWARDS25519)": 100,
	"GenerateDataKeyPair (SM2)":                   25,

	"CancelKeyDeletion":         5,
	"ConnectCustomKeyStore":     5,
	"CreateAlias":               5,
	"CreateCustomKeyStore":      5,
	"CreateGrant":               50,
	"CreateKey":                 5,
	"DeleteAlias":               15,
	"DeleteCustomKeyStore":      5,
	"DeleteImportedKeyMaterial": 5,
	"DescribeCustomKeyStores":   5,
	"DescribeKey":               2_000,
	"DisableKey":                5,
	"DisableKeyRotation":        5,
	"DisconnectCustomKeyStore":  5,
	"EnableKey":                 5,
	"EnableKeyRotation":         15,
	"GetKeyLastUsage":           100,
	"GetKeyPolicy":              1_000,
	"GetKeyRotationStatus":      1_000,
	"GetParametersForImport":    0.25,
	"GetPublicKey":              2_000,
	"ImportKeyMaterial":         5,
	"ListAliases":               500,
	"ListGrants":                100,
	"ListKeyPolicies":           100,
	"ListKeyRotations":          100,
	"ListKeys":                  500,
	"ListResourceTags":          2_000,
	"ListRetirableGrants":       100,
	"PutKeyPolicy":              15,
	"ReplicateKey":              5,
	"RetireGrant":               30,
	"RevokeGrant":               30,
	"RotateKeyOnDemand":         5,
	"ScheduleKeyDeletion":       15,
	"TagResource":               10,
	"UntagResource":             5,
	"UpdateAlias":               5,
	"UpdateCustomKeyStore":      5,
	"UpdateKeyDescription":      5,
	"UpdatePrimaryRegion":       5,
}

// regionRates are the symmetric quotas of the Regions that have greater ones.
var regionRates = map[string]float64{
	"us-east-1": 100_000, "us-west-2": 100_000, "eu-west-1": 100_000,
	"us-east-2": 20_000, "ap-northeast-1": 20_000, "ap-southeast-1": 20_000, "ap-southeast-2": 20_000,
	"eu-central-1": 20_000, "eu-west-2": 20_000,
}

// rateOf is the request quota of a name in a Region, if one holds.
func (q *Quotas) rateOf(name, region string) (float64, bool) {
	if rate, ok := q.Rates[name]; ok {
		return rate, true
	}
	if !q.RequestRates {
		return 0, false
	}
	if rate, ok := regionRates[region]; ok && name == symmetricRate {
		return rate, true
	}
	rate, ok := requestRates[name]
	return rate, ok
}

// rated says whether there is any request quota.
func (q *Quotas) rated() bool { return q.RequestRates || len(q.Rates) > 0 }

// throttle takes a request out of the quota of its own operation, if it has one.
func (c *call) throttle(in any) error {
	if !c.quotas.rated() {
		return nil
	}
	name := c.name
	switch c.name {
	case "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext":
		spec, _ := memberOf[types.DataKeyPairSpec](in, "KeyPairSpec")
		name = "GenerateDataKeyPair (" + string(spec) + ")"
	case "GenerateRandom":
		name = symmetricRate
	}
	return c.take(name)
}

// throttleUse takes a request out of the quota that cryptographic operations share
// with keys of this kind.
func (c *call) throttleUse(k *key) error {
	if !c.quotas.rated() || c.name == "GenerateDataKeyPair" || c.name == "GenerateDataKeyPairWithoutPlaintext" {
		return nil
	}
	return c.take(familyRates[k.spec.Family])
}

// take takes one request out of a quota of the caller's account in its Region.
// Requests on keys of other accounts count for who makes them.
func (c *call) take(name string) error {
	rate, ok := c.quotas.rateOf(name, c.who.Region)
	if !ok || c.rates.take(rateKey{c.who.Account, c.who.Region, name}, rate, c.now) {
		return nil
	}
	return rateExceeded()
}

// rates are how much of the request quotas is left: buckets that hold the requests
// of one second, or one request, and fill with time.
type rates struct {
	mu      sync.Mutex
	buckets map[rateKey]bucket
}

type rateKey struct{ account, region, name string }

type bucket struct {
	left float64
	rate float64
	at   time.Time
}

// mostBuckets bounds what callers in ever new Regions and accounts cost. One more
// is not counted while none of the others is full.
const mostBuckets = 4096

// take takes one out of a bucket, and says whether there was one.
func (r *rates) take(of rateKey, rate float64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, ok := r.buckets[of]
	if !ok {
		if r.buckets == nil {
			r.buckets = map[rateKey]bucket{}
		}
		if r.forget(now); len(r.buckets) >= mostBuckets {
			return true
		}
		b = bucket{left: max(rate, 1), rate: rate, at: now}
	}
	b.fill(now)
	taken := b.left >= 1
	if taken {
		b.left--
	}
	r.buckets[of] = b
	return taken
}

func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.left = min(b.left+passed.Seconds()*b.rate, max(b.rate, 1))
		b.at = now
	}
}

// forget drops full buckets when there are many: a new one is full.
func (r *rates) forget(now time.Time) {
	if len(r.buckets) < mostBuckets {
		return
	}
	for of, b := range r.buckets {
		if b.fill(now); b.left >= max(b.rate, 1) {
			delete(r.buckets, of)
		}
	}
}

func (r *rates) cloneTo(to *rates) {
	r.mu.Lock()
	defer r.mu.Unlock()
	to.buckets = maps.Clone(r.buckets)
}
