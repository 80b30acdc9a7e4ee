package service

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/kmsfake/internal/iam"
)

// A KMS key is named by its key id, its key ARN and, in the operations that take
// them, by an alias name or an alias ARN. This file finds what a name means.

const (
	aliasPrefix       = "alias/"
	multiRegionPrefix = "mrk-" // of the key ids of multi-Region keys
)

// reference is a name of a KMS key, taken apart.
type reference struct {
	account string // of the key; the caller's own unless the name is an ARN
	id      string // key id, or
	alias   string // alias name with its prefix
}

// parse takes a name apart. It tells what is wrong with the form of the name and
// whether it points to another Region, not whether there is such a key.
func (c *call) parse(name string) (reference, error) {
	ref := reference{account: c.who.Account}
	if strings.HasPrefix(name, "arn:") {
		a, err := arn.Parse(name)
		if err != nil || a.Service != "kms" || a.Region == "" || !iam.IsAccount(a.AccountID) {
			return ref, invalidARN(name)
		}
		if a.Region != c.who.Region {
			return ref, otherRegion(a.Region)
		}
		if a.Partition != c.who.Partition() {
			return ref, invalidARN(name)
		}
		ref.account = a.AccountID
		id, isKey := strings.CutPrefix(a.Resource, "key/")
		if isKey && !wellFormedKeyID(id) {
			return ref, invalidKeyID(id) // key/alias/a is no alias
		}
		if !isKey && !strings.HasPrefix(a.Resource, aliasPrefix) {
			return ref, invalidARN(name)
		}
		name = id
	}
	if strings.HasPrefix(name, aliasPrefix) {
		ref.alias = name
		return ref, nil
	}
	if !wellFormedKeyID(name) {
		return ref, invalidKeyID(name)
	}
	ref.id = name
	return ref, nil
}

// arnOf is the ARN that the reference stands for, whether or not it exists.
func (c *call) arnOf(ref reference) string {
	resource := ref.alias
	if resource == "" {
		resource = "key/" + ref.id
	}
	return "arn:" + c.who.Partition() + ":kms:" + c.who.Region + ":" + ref.account + ":" + resource
}

// find finds the KMS key that a name means and asks whether the caller may do
// the action with it. The lock must be held.
func (c *call) find(name, action string) (*key, error) {
	ref, err := c.parse(name)
	if err != nil {
		return nil, err
	}
	if ref.alias != "" && !c.traits.takesAliases {
		return nil, aliasNotSupported()
	}
	return c.findReference(ref, action)
}

func (c *call) findReference(ref reference, action string) (*key, error) {
	k := c.lookup(ref)
	if k == nil {
		if ref.account != c.who.Account && !(c.config.WithoutAuthorization && c.traits.crossAccount) {
			return nil, c.denied(action, c.arnOf(ref))
		}
		if ref.alias != "" {
			return nil, noSuchAlias(c.arnOf(ref))
		}
		return nil, noSuchKey(c.arnOf(ref))
	}
	c.found(k)
	if ref.alias != "" {
		c.requestAlias = ref.alias
	}
	if k.account.id != c.who.Account || !c.trusts(k) { // spares writing the ARN
		if err := c.authorize(action, k, c.arnOf(ref)); err != nil {
			return nil, err
		}
	}
	if err := c.checkManager(action, k); err != nil {
		return nil, err
	}
	return k, nil
}

// found notes which key the call is about: the first that it found.
func (c *call) found(k *key) {
	if c.key == "" {
		c.key = k.arn
	}
}

// lookup is the key behind a reference, or nil.
func (c *call) lookup(ref reference) *key {
	owner := c.home
	if ref.account != c.who.Account {
		if owner = c.known(ref.account, c.who.Region); owner == nil {
			return nil
		}
	}
	if ref.alias != "" {
		return c.seenTarget(owner, ref.alias)
	}
	if k := owner.region.keys[ref.id]; k != nil && k.account == owner && c.sees(k) {
		return k
	}
	return nil
}

// wellFormedKeyID says whether a key id has the form of one: a UUID, or mrk- and
// 32 hexadecimal digits.
func wellFormedKeyID(id string) bool {
	if rest, ok := strings.CutPrefix(id, multiRegionPrefix); ok {
		return len(rest) == 32 && allHex(rest)
	}
	return len(id) == 36 &&
		id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' &&
		allHex(id[0:8]) && allHex(id[9:13]) && allHex(id[14:18]) && allHex(id[19:23]) && allHex(id[24:36])
}

func allHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return false
		}
	}
	return true
}
