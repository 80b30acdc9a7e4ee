package kmsfake_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"pgregory.net/rapid"
)

// The operations that take an alias where they take a KMS key.
var modelTakesAlias = []string{
	"DescribeKey", "GetPublicKey", "Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext",
	"GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "Sign", "Verify", "GenerateMac", "VerifyMac",
	"DeriveSharedSecret", "Encapsulate", "Decapsulate",
}

var modelKeyID = regexp.MustCompile(`^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$`)

// find finds the KMS key that a key id, key ARN, alias name or alias ARN refers to.
func (c *modelCall) find(name string) (*modelKey, *modelRefusal) {
	return c.findFor(name, "kms:"+c.operation)
}

// findFor is find for an operation that needs another permission than its own.
func (c *modelCall) findFor(name, action string) (*modelKey, *modelRefusal) {
	owner, resource := c.at, name
	if strings.HasPrefix(name, "arn:") {
		parts := strings.SplitN(name, ":", 6)
		if len(parts) < 6 || parts[1] != "aws" || parts[2] != "kms" {
			return nil, modelRefuseSomehow("InvalidArnException")
		}
		if parts[3] != c.at.region {
			return nil, modelRefuse("NotFoundException", "Invalid arn %s", parts[3])
		}
		owner.account, resource = parts[4], strings.TrimPrefix(parts[5], "key/")
		if resource == parts[5] && !strings.HasPrefix(resource, "alias/") {
			return nil, modelRefuseSomehow("InvalidArnException")
		}
	}
	if strings.HasPrefix(resource, "alias/") {
		return c.findAlias(owner, resource, name, action)
	}
	if !modelKeyID.MatchString(resource) {
		return nil, modelRefuse("NotFoundException", "Invalid keyId '%s'", resource)
	}
	if owner != c.at {
		return nil, c.denied(action, name)
	}
	if k := c.store().key(resource); k != nil {
		return k, nil
	}
	return nil, modelRefuse("NotFoundException", "Key '%s' does not exist", c.at.arn("key/"+resource))
}

func (c *modelCall) findAlias(owner modelPlace, alias, name, action string) (*modelKey, *modelRefusal) {
	if !slices.Contains(modelTakesAlias, c.operation) {
		return nil, modelRefuse("InvalidArnException", "Key Aliases are not supported for this operation.")
	}
	if owner != c.at {
		return nil, c.denied(action, name)
	}
	if a := c.store().aliases[alias]; a != nil && a.target != nil {
		return a.target, nil
	}
	return nil, modelRefuse("NotFoundException", "Alias %s is not found.", owner.arn(alias))
}

// denied is what a key of another account answers, whether it exists or not.
func (c *modelCall) denied(action, resource string) *modelRefusal {
	return modelRefuse("AccessDeniedException",
		"User: arn:aws:iam::%s:user/kmsfake is not authorized to perform: %s on resource: %s because no resource-based policy allows the %s action",
		c.at.account, action, resource, action)
}

// modelDraw draws inputs that have to do with what is there.
type modelDraw struct {
	*rapid.T
	*modelAWS
	at modelPlace
}

func (d *modelDraw) store() *modelStore { return d.stores[d.at] }

// oneIn is true once in n times.
func (d *modelDraw) oneIn(n int, label string) bool {
	return rapid.IntRange(1, n).Draw(d.T, label) == n
}

// modelPick draws one of some values.
func modelPick[V any](d *modelDraw, label string, from ...V) V {
	return rapid.SampledFrom(from).Draw(d.T, label)
}

// modelOptional draws one of some values, and mostly nil.
func modelOptional[V any](d *modelDraw, label string, from ...V) *V {
	if !d.oneIn(4, label+" is there") {
		return nil
	}
	v := modelPick(d, label, from...)
	return &v
}

// modelUsually draws one of some values, and rarely nil.
func modelUsually[V any](d *modelDraw, label string, from ...V) *V {
	if d.oneIn(12, label+" is missing") {
		return nil
	}
	v := modelPick(d, label, from...)
	return &v
}

// modelBadNames refer to no key, each for a reason of its own.
var modelBadNames = []string{
	"",
	strings.Repeat("k", 2049),
	"fake-key-id",
	"mrk-fake-key-id",
	"0123456789abcdef0123456789abcdef",
	"01234567-89ab-cdef-0123-456789abcdeg",
	"01234567-89ab-cdef-0123-456789abcdef",
	"mrk-0123456789abcdef0123456789abcdef",
	"alias/nowhere",
	"arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef",
	"arn:aws:kms:us-east-1:111122223333:alias/nowhere",
	"arn:aws:kms:us-east-1:999999999999:key/01234567-89ab-cdef-0123-456789abcdef",
	"arn:aws:kms:ap-south-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef",
	"arn:aws:kms:us-east-1:111122223333:thing/x",
	"arn:aws:s3:::bucket",
	"arn:aws",
}

// keyID draws a name for a KeyId member: mostly of a key of this place, in any of
// the ways to name one; at times of a key elsewhere, of one that is gone, or of
// none; at times it is missing.
func (d *modelDraw) keyID(label string) *string {
	// Small numbers come up the most.
	switch rapid.IntRange(0, 23).Draw(d.T, label+" kind") {
	case 14, 15, 16, 17, 18:
		if names := d.customerAliases(); len(names) > 0 {
			name := modelPick(d, label, names...)
			return aws.String(modelPick(d, label+" form", name, d.at.arn(name)))
		}
	case 19:
		elsewhere := modelPick(d, label+" place", modelPlaces...)
		var names []string
		for _, k := range d.stores[elsewhere].keys {
			names = append(names, k.id, k.arn())
		}
		for _, name := range slices.Concat(d.stores[elsewhere].aliasesOf(nil), d.customerAliases()) {
			if !strings.HasPrefix(name, "alias/aws/") {
				names = append(names, elsewhere.arn(name))
			}
		}
		if len(names) > 0 {
			return aws.String(modelPick(d, label, names...))
		}
	case 20:
		if len(d.gone) > 0 {
			k := modelPick(d, label, d.gone...)
			return aws.String(modelPick(d, label+" form", k.id, k.arn()))
		}
	case 21, 22:
		return aws.String(modelPick(d, label, modelBadNames...))
	case 23:
		return nil
	}
	return d.goodKeyID(label)
}

// goodKeyID draws the id or ARN of a key of this place, if there is one.
func (d *modelDraw) goodKeyID(label string) *string {
	if len(d.store().keys) == 0 {
		return aws.String("01234567-89ab-cdef-0123-456789abcdef")
	}
	k := modelPick(d, label, d.store().keys...)
	return aws.String(modelPick(d, label+" form", k.id, k.arn()))
}

func (d *modelDraw) customerAliases() []string {
	return slices.DeleteFunc(d.store().aliasesOf(nil), func(name string) bool { return strings.HasPrefix(name, "alias/aws/") })
}
