package service

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/tidwall/btree"

	"example.com/kmsfake/internal/iam"
	"example.com/kmsfake/internal/keyspec"
)

// grant is a grant on a KMS key. It does not change, but for its end.
type grant struct {
	id          string
	key         *key
	name        string
	grantee     party
	retiring    party // zero if the grant names none
	operations  []types.GrantOperation
	constraints constraints
	issuer      string // account that issued the grant
	created     time.Time
	visible     time.Time // from when on all of AWS KMS knows of it
	ended       time.Time // until when it still permits after it was retired or revoked
	print       [32]byte  // of the request that made it, if the grant has a name
}

// party is a principal of a grant.
type party struct {
	text    string // as it was given
	service bool
	index   string // what callers are looked up by
}

// grants are the grants on a KMS key. The zero value is none.
type grants struct {
	byID      btree.Map[string, *grant]
	byGrantee btree.Map[string, *grant] // by grantee and id; those that still permit after their end too
	named     map[[32]byte]*grant
	ended     []*grant // in byGrantee alone
}

// indexed is the place of a grant in an index by principal.
func indexed(principal, id string) string { return principal + "\x00" + id }

// indexOf is how an index knows a principal. A role is known by its name: the ARN
// of a session does not tell the role's path.
func indexOf(p *iam.Principal) string {
	if p.Type() == iam.Role {
		return roleIndex(p)
	}
	return p.ARN()
}

func roleIndex(p *iam.Principal) string { return "role " + p.Account() + "/" + p.Name() }

// partiesOf are the indices of a caller: itself and, of a session, its role.
func partiesOf(p *iam.Principal) []string {
	if p.Type() == iam.AssumedRole {
		return []string{p.ARN(), roleIndex(p)}
	}
	return []string{indexOf(p)}
}

// accountIndex is the index of a caller's account: of its root user.
func accountIndex(p *iam.Principal) string {
	partition, _, _ := strings.Cut(strings.TrimPrefix(p.ARN(), "arn:"), ":")
	return "arn:" + partition + ":iam::" + p.Account() + ":root"
}

// add puts a grant in its places. The lock must be held for writing.
func (g *grant) add() {
	k, r := g.key, g.key.account.region
	k.grants.byID.Set(g.id, g)
	k.grants.byGrantee.Set(indexed(g.grantee.index, g.id), g)
	if g.name != "" {
		if k.grants.named == nil {
			k.grants.named = map[[32]byte]*grant{}
		}
		k.grants.named[g.print] = g
	}
	if r.grants == nil {
		r.grants = map[string]*grant{}
	}
	r.grants[g.id] = g
	if g.retiring.index != "" {
		r.retirable.Set(indexed(g.retiring.index, g.id), g)
	}
}

// remove takes a grant out of all places but the one where permissions are looked
// up. The lock must be held for writing.
func (g *grant) remove() {
	k, r := g.key, g.key.account.region
	k.grants.byID.Delete(g.id)
	if k.grants.named[g.print] == g {
		delete(k.grants.named, g.print)
	}
	delete(r.grants, g.id)
	if g.retiring.index != "" {
		r.retirable.Delete(indexed(g.retiring.index, g.id))
	}
}

// end retires or revokes a grant, which permits what it does until all of AWS KMS
// knows. The lock must be held for writing.
func (c *call) end(g *grant) {
	g.remove()
	g.ended = c.now.Add(c.lag())
	list := &g.key.grants
	list.ended = append(list.ended, g)
	list.ended = slices.DeleteFunc(list.ended, func(g *grant) bool {
		over := !c.now.Before(g.ended)
		if over {
			list.byGrantee.Delete(indexed(g.grantee.index, g.id))
		}
		return over
	})
}

// removeGrants takes the grants of a key that goes out of the Region.
func (k *key) removeGrants() {
	k.grants.byID.Scan(func(_ string, g *grant) bool {
		delete(k.account.region.grants, g.id)
		if g.retiring.index != "" {
			k.account.region.retirable.Delete(indexed(g.retiring.index, g.id))
		}
		return true
	})
}

// cloneGrants gives the grants of a key to its copy.
func (k *key) cloneGrants(to *key) {
	k.grants.byGrantee.Scan(func(place string, g *grant) bool {
		twin := *g
		twin.key = to
		if g.ended.IsZero() {
			twin.add()
			return true
		}
		to.grants.byGrantee.Set(place, &twin)
		to.grants.ended = append(to.grants.ended, &twin)
		return true
	})
}

func (k *key) dumpGrants(w io.Writer) {
	k.grants.byID.Scan(func(_ string, g *grant) bool {
		fmt.Fprintf(w, "    grant %s to %s: %v", g.id, g.grantee.text, g.operations)
		g.constraints.dump(w)
		if g.name != "" {
			fmt.Fprintf(w, ", name %q", g.name)
		}
		if g.retiring.text != "" {
			fmt.Fprintf(w, ", retired by %s", g.retiring.text)
		}
		fmt.Fprintf(w, ", made %s\n", g.created.Format(time.RFC3339Nano))
		return true
	})
}

// entry is the grant as lists show it. It shares nothing with the record.
func (g *grant) entry() types.GrantListEntry {
	cells := &struct {
		id, key, issuer, name string
		created               time.Time
	}{g.id, g.key.arn, "arn:" + g.key.account.region.partition + ":iam::" + g.issuer + ":root", g.name, g.created}
	e := types.GrantListEntry{
		GrantId:        &cells.id,
		KeyId:          &cells.key,
		IssuingAccount: &cells.issuer,
		CreationDate:   &cells.created,
		Operations:     slices.Clone(g.operations),
		Constraints:    g.constraints.shown(),
		Name:           &cells.name, // AWS KMS writes the name of a grant without one
	}
	e.GranteePrincipal, e.GranteeServicePrincipal = g.grantee.shown()
	e.RetiringPrincipal, e.RetiringServicePrincipal = g.retiring.shown()
	return e
}

func (p party) shown() (principal, service *string) {
	if p.service {
		return nil, textOrNil(p.text)
	}
	return textOrNil(p.text), nil
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// grantOperations are the operations that a grant can permit, in the order in
// which answers list them, and the kinds of KMS key that each is for: those of one
// kind, or of every kind whose usage fits, or all.
var grantOperations = []struct {
	operation types.GrantOperation
	kind      keyspec.Kind
	usage     types.KeyUsageType
}{
	{types.GrantOperationDecrypt, 0, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationEncrypt, 0, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationGenerateDataKey, keyspec.KindSymmetric, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationGenerateDataKeyWithoutPlaintext, keyspec.KindSymmetric, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationReEncryptFrom, 0, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationReEncryptTo, 0, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationSign, 0, types.KeyUsageTypeSignVerify},
	{types.GrantOperationVerify, 0, types.KeyUsageTypeSignVerify},
	{types.GrantOperationGetPublicKey, keyspec.KindAsymmetric, ""},
	{types.GrantOperationCreateGrant, 0, ""},
	{types.GrantOperationRetireGrant, 0, ""},
	{types.GrantOperationDescribeKey, 0, ""},
	{types.GrantOperationGenerateDataKeyPair, keyspec.KindSymmetric, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationGenerateDataKeyPairWithoutPlaintext, keyspec.KindSymmetric, types.KeyUsageTypeEncryptDecrypt},
	{types.GrantOperationGenerateMac, 0, types.KeyUsageTypeGenerateVerifyMac},
	{types.GrantOperationVerifyMac, 0, types.KeyUsageTypeGenerateVerifyMac},
	{types.GrantOperationDeriveSharedSecret, 0, types.KeyUsageTypeKeyAgreement},
	{types.GrantOperationEncapsulate, 0, types.KeyUsageTypeEncapsulateDecapsulate},
	{types.GrantOperationDecapsulate, 0, types.KeyUsageTypeEncapsulateDecapsulate},
}

// grantable are the operations that were asked for, each once and in order. bad
// is one that does not fit the key.
func (k *key) grantable(wanted []types.GrantOperation) (list []types.GrantOperation, bad types.GrantOperation) {
	for _, row := range grantOperations {
		if !slices.Contains(wanted, row.operation) {
			continue
		}
		if row.kind != 0 && row.kind != k.spec.Kind() || row.usage != "" && row.usage != k.usage {
			return nil, row.operation
		}
		list = append(list, row.operation)
	}
	return list, ""
}

func cloneContext(context map[string]string) map[string]string {
	if len(context) == 0 {
		return nil
	}
	return maps.Clone(context)
}
