package kmsrapid

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

const (
	account = "111122223333"
	region  = "us-east-1"

	// Grantee is the principal that has the grants of a [World]:
	// fake.As(kmsrapid.Grantee) acts as it, without identity policies. In another
	// account than this the role of the same name there has them.
	Grantee = "arn:aws:iam::" + account + ":role/app"
)

// regions are those that a world has keys in.
var regions = []string{region, "eu-west-1"}

// AWS is what there is before any call: keys with their aliases, and grants on
// them.
type AWS struct {
	Keys   []kmsfake.Key
	Grants []Grant
}

// Grant is a grant on one of the keys of an [AWS], by its key ARN.
type Grant struct {
	Key        string
	Grantee    string // ARN of the grantee principal
	Operations []types.GrantOperation
}

// New makes a fake with the keys and grants, as [kmsfake.New] does, which panics
// as this does if one of them cannot be.
func (w AWS) New(options ...kmsfake.Option) *kmsfake.Fake {
	fake := kmsfake.New(append(slices.Clone(options), kmsfake.WithKeys(w.Keys...))...)
	for _, g := range w.Grants {
		_, err := ownerOf(fake, g.Key).CreateGrant(context.Background(), &kms.CreateGrantInput{
			KeyId: &g.Key, GranteePrincipal: &g.Grantee, Operations: g.Operations,
		})
		if err != nil {
			panic(fmt.Sprintf("kmsrapid: grant on %s: %v", g.Key, err))
		}
	}
	return fake
}

// of is the same world in another account.
func (w AWS) of(other string) AWS {
	if other == account {
		return w
	}
	w.Grants = slices.Clone(w.Grants)
	for i := range w.Grants {
		g := &w.Grants[i]
		g.Key, g.Grantee = strings.Replace(g.Key, account, other, 1), strings.Replace(g.Grantee, account, other, 1)
	}
	return w
}

// GoString is the composite literal.
func (w AWS) GoString() string {
	var s source
	return s.literal(w)
}

// imported is the key material of imported keys, 32 bytes.
const imported = "key material that was imported.."

// World draws up to 5 keys in two Regions of account 111122223333: of all key
// specs, but most of them symmetric encryption keys, some of these with imported
// key material; enabled, disabled, pending deletion or import; with aliases, and
// with grants for the [Grantee]. It shrinks to no keys.
func World() *rapid.Generator[AWS] { return world }

var world = rapid.Custom(func(t *rapid.T) AWS {
	w := AWS{Keys: rapid.SliceOfN(worldKey, 0, 5).Draw(t, "keys")}
	aliases := 0
	for i := range w.Keys {
		k := &w.Keys[i]
		if k.ID = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i+1); k.MultiRegion {
			k.ID = fmt.Sprintf("mrk-%032d", i+1)
		}
		for j := range k.Aliases {
			aliases++
			k.Aliases[j] = fmt.Sprintf("alias/world/%d", aliases)
		}
		if k.State != "" && k.State != types.KeyStateEnabled {
			continue
		}
		for _, operations := range rapid.SliceOfN(grantOperations, 0, 1).Draw(t, "grants") {
			if k.Usage == types.KeyUsageTypeEncryptDecrypt {
				w.Grants = append(w.Grants, Grant{arnOf(*k), Grantee, operations})
			}
		}
	}
	return w
})

var grantOperations = oneOf([][]types.GrantOperation{
	{types.GrantOperationEncrypt, types.GrantOperationDecrypt},
	{types.GrantOperationDecrypt},
	{types.GrantOperationDecrypt, types.GrantOperationRetireGrant},
})

// worldKey draws a key without an id, and as many empty alias names as it has
// aliases.
var worldKey = rapid.Custom(func(t *rapid.T) kmsfake.Key {
	k := kmsfake.Key{Spec: types.KeySpecSymmetricDefault, Usage: types.KeyUsageTypeEncryptDecrypt}
	switch upTo(7).Draw(t, "kind") {
	case 5:
		k.Spec = keySpec.Draw(t, "spec")
		k.Usage = KeyUsageFor(k.Spec).Draw(t, "usage")
	case 6:
		k.Origin, k.Material = types.OriginTypeExternal, []byte(imported)
	case 7:
		k.MultiRegion = true
	}
	k.Region = oneOf([]string{region, region, region, regions[1]}).Draw(t, "Region")
	k.State = oneOf([]types.KeyState{
		"", "", "", "", "", types.KeyStateDisabled, types.KeyStatePendingDeletion, types.KeyStatePendingImport,
	}).Draw(t, "state")
	if k.State == types.KeyStatePendingImport {
		k.Material = nil
		if k.Origin == "" {
			k.State = types.KeyStateDisabled
		}
	}
	k.Aliases = make([]string, upTo(2).Draw(t, "aliases"))
	return k
})

func arnOf(k kmsfake.Key) string {
	return "arn:aws:kms:" + cmp.Or(k.Region, region) + ":" + cmp.Or(k.Account, account) + ":key/" + k.ID
}
