package service

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake/internal/ciphertext"
)

// This file finds the keys that an input is about before a handler has looked at
// it: for faults that are for one key, and for the texts of their exceptions.

// keyMembers are the members by which inputs name keys.
var keyMembers = []string{"KeyId", "SourceKeyId", "DestinationKeyId", "TargetKeyId", "AliasName"}

// hasKey says whether an operation's input names a key.
func hasKey(operation string) bool {
	input, _ := operations[operation].blank()
	for _, member := range keyMembers {
		if reflect.ValueOf(input).Elem().FieldByName(member).IsValid() {
			return true
		}
	}
	return false
}

// KeyNames are the names by which an input names keys. A ciphertext names its
// own, where the input does not.
func KeyNames(in any) []string {
	v := reflect.ValueOf(in).Elem()
	var names []string
	for _, member := range keyMembers {
		if name, ok := stringMember(v, member); ok {
			names = append(names, name)
		}
	}
	if isSealed(v) {
		if parsed, ok := ciphertext.Parse(v.FieldByName("CiphertextBlob").Bytes()); ok {
			names = append([]string{parsed.KeyID}, names...)
		}
	}
	return names
}

// isSealed says whether an input leaves it to the ciphertext to name its key.
func isSealed(in reflect.Value) bool {
	if !in.FieldByName("CiphertextBlob").IsValid() {
		return false
	}
	_, byID := stringMember(in, "KeyId")
	_, bySource := stringMember(in, "SourceKeyId")
	return !byID && !bySource
}

// keyNames are the KeyNames of an input, and the key of a grant that it names by a
// grant token alone. The lock must be held.
func (c *call) keyNames(in any) []string {
	names := KeyNames(in)
	if retire, ok := in.(*kms.RetireGrantInput); ok && retire.GrantToken != nil {
		if id, err := c.readToken(*retire.GrantToken); err == nil {
			if g := c.home.region.grants[id]; g != nil {
				names = append(names, g.key.arn)
			}
		}
	}
	return names
}

func stringMember(v reflect.Value, member string) (string, bool) {
	f := v.FieldByName(member)
	if !f.IsValid() {
		return "", false
	}
	p, ok := f.Interface().(*string)
	if !ok || p == nil {
		return "", false
	}
	return *p, true
}

// isAbout says whether an input is about the key of a fault: the two mean the
// same key now, or have the same name for what does not exist.
func (c *call) isAbout(in any, faultKey string) bool {
	c.rlock()
	defer c.runlock()
	names := c.keyNames(in)
	wanted, wantedARN := c.target(faultKey)
	for _, name := range names {
		k, arn := c.target(name)
		if wanted != nil && k == wanted || arn != "" && arn == wantedARN || k != nil && k.id == faultKey {
			return true
		}
	}
	return false
}

// target is the key that a name means, or nil, and the ARN that the name stands
// for, which is empty of a name that means nothing here. The lock must be held.
func (c *call) target(name string) (*key, string) {
	ref, err := c.parse(name)
	if err != nil {
		return nil, ""
	}
	if k := c.lookup(ref); k != nil {
		return k, c.arnOf(ref)
	}
	if k := c.home.region.keys[ref.id]; k != nil && ref.account == c.who.Account && c.sees(k) {
		return k, k.arn // of another account, as a ciphertext names it
	}
	return nil, c.arnOf(ref)
}

// subject is what an exception's text is about.
type subject struct {
	name  string // as the input names it
	alias string // ARN of the alias that the input names, if it names one
	key   string // ARN
	known bool   // the name has the form of one
	found bool   // there is such a key

	sealed bool // a ciphertext alone names the key
}

// subject is the first key that an input names.
func (c *call) subject(in any) (s subject) {
	c.rlock()
	defer c.runlock()
	s.sealed = isSealed(reflect.ValueOf(in).Elem())
	names := c.keyNames(in)
	if len(names) == 0 {
		return s
	}
	s.name = names[0]
	s.key = s.name
	for _, name := range names {
		ref, err := c.parse(name)
		if err != nil {
			continue
		}
		k, arn := c.target(name)
		if ref.alias != "" {
			s.alias = arn
		}
		switch {
		case k != nil && !s.found:
			s.name, s.key, s.known, s.found = name, k.arn, true, true
		case !s.known:
			s.name, s.key, s.known = name, arn, true
		}
	}
	return s
}
