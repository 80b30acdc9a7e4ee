package service

import (
	"fmt"
	"maps"
	"slices"
)

// Quotas are the quotas of every account in every Region. A zero is AWS's own
// default; a negative number lets nothing be made.
type Quotas struct {
	KeysPerRegion     int
	AliasesPerKey     int
	GrantsPerKey      int
	PolicyBytes       int
	CustomKeyStores   int
	OnDemandRotations int

	RequestRates bool
	Rates        map[string]float64
}

// defaultQuotas are AWS's resource quotas.
//
// https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
var defaultQuotas = Quotas{
	KeysPerRegion:     100_000,
	AliasesPerKey:     50,
	GrantsPerKey:      50_000,
	PolicyBytes:       32_768,
	CustomKeyStores:   10,
	OnDemandRotations: 25,
}

// withDefaults are the quotas that hold.
func (q Quotas) withDefaults() Quotas {
	for _, of := range []struct {
		quota     *int
		byDefault int
	}{
		{&q.KeysPerRegion, defaultQuotas.KeysPerRegion},
		{&q.AliasesPerKey, defaultQuotas.AliasesPerKey},
		{&q.GrantsPerKey, defaultQuotas.GrantsPerKey},
		{&q.PolicyBytes, defaultQuotas.PolicyBytes},
		{&q.CustomKeyStores, defaultQuotas.CustomKeyStores},
		{&q.OnDemandRotations, defaultQuotas.OnDemandRotations},
	} {
		if *of.quota == 0 {
			*of.quota = of.byDefault
		}
		*of.quota = max(*of.quota, 0)
	}
	q.Rates = maps.Clone(q.Rates)
	return q
}

// Check says what is wrong with quotas: a request rate of an unknown name, or one
// that is not above zero.
func (q Quotas) Check() error {
	for _, name := range slices.Sorted(maps.Keys(q.Rates)) {
		if _, ok := requestRates[name]; !ok {
			if _, ok := operations[name]; ok {
				return fmt.Errorf("the request rate of %s is one that operations share, such as %q", name, symmetricRate)
			}
			return fmt.Errorf("there is no request rate %q", name)
		}
		if rate := q.Rates[name]; !(rate > 0 && rate <= 1e9) {
			return fmt.Errorf("the request rate %q is %v a second", name, rate)
		}
	}
	return nil
}

// checkKeyQuota refuses another customer managed key in an account and Region. AWS
// managed keys don't count.
func (c *call) checkKeyQuota(home *account) error {
	quota, usage := c.quotas.KeysPerRegion, home.keys.Len()
	if usage < quota {
		return nil
	}
	for _, service := range predefinedAliases {
		if a, ok := home.aliases.Get(reservedPrefix + service); ok && a.target != nil {
			usage--
		}
	}
	if usage < quota {
		return nil
	}
	return keysPerRegion(quota, usage)
}
