package service

import (
	"strings"

	"github.com/tidwall/btree"

	"example.com/kmsfake/internal/iam"
)

// region is one Region of this AWS. Key ids are unique in it across accounts,
// which is how a ciphertext finds its key.
type region struct {
	name      string
	partition string
	keys      map[string]*key // by key id
	accounts  map[string]*account

	grants    map[string]*grant         // by grant id, whoever's key they are on
	retirable btree.Map[string, *grant] // by retiring principal and grant id
}

// account is what one account has in one Region.
type account struct {
	id      string
	region  *region
	keys    btree.Map[string, *key]      // by key id, in the order of ListKeys
	aliases btree.Map[string, *alias]    // by alias name, in the order of ListAliases
	stores  btree.Map[string, *keyStore] // by custom key store id
	leaving map[string]*alias            // deleted aliases that are still seen

	defaultPolicy *iam.Policy // of keys that were made without one; nil until there is such a key
}

// newHome is what an account has in a Region before anything was made there.
// Nothing refers to it until it is kept.
func (a *AWS) newHome(accountID, regionName string) *account {
	r := a.regions[regionName]
	if r == nil {
		r = &region{
			name:      regionName,
			partition: partitionOf(regionName),
			keys:      map[string]*key{},
			accounts:  map[string]*account{},
		}
	}
	home := &account{id: accountID, region: r}
	if !a.config.WithoutAWSAliases {
		home.addPredefinedAliases()
	}
	return home
}

// keep gives a new home its place. The lock must be held for writing.
func (a *AWS) keep(home *account) {
	if a.regions == nil {
		a.regions = map[string]*region{}
	}
	a.regions[home.region.name] = home.region
	home.region.accounts[home.id] = home
}

// inUse says whether something was made in the home.
func (h *account) inUse() bool { return h.keys.Len()+h.stores.Len() > 0 }

// put gives a key its place.
func (h *account) put(k *key) {
	h.keys.Set(k.id, k)
	h.region.keys[k.id] = k
}

// known finds what an account has in a Region, or nil.
func (a *AWS) known(accountID, regionName string) *account {
	if r := a.regions[regionName]; r != nil {
		return r.accounts[accountID]
	}
	return nil
}

func (h *account) arn(resource string) string {
	return "arn:" + h.region.partition + ":kms:" + h.region.name + ":" + h.id + ":" + resource
}

// partitionOf is the partition that a Region belongs to.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}
