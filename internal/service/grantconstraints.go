package service

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

const (
	pairsPerConstraint = 8
	longestConstraint  = 384 // characters of a value
	sourceARNKey       = "aws:sourcearn"
)

// constraints are the conditions under which a grant permits its operations.
type constraints struct {
	equals, subset map[string]string // encryption contexts; nil is no constraint
	sourceARN      string            // "" is no constraint
}

// constraintsOf reads the constraints of an input, whose maps it shares.
func constraintsOf(in *types.GrantConstraints) constraints {
	if in == nil {
		return constraints{}
	}
	c := constraints{equals: in.EncryptionContextEquals, subset: in.EncryptionContextSubset}
	if in.SourceArn != nil {
		c.sourceARN = *in.SourceArn
	}
	return c
}

func (c constraints) clone() constraints {
	return constraints{cloneContext(c.equals), cloneContext(c.subset), strings.Clone(c.sourceARN)}
}

func (c constraints) shown() *types.GrantConstraints {
	if len(c.equals) == 0 && len(c.subset) == 0 && c.sourceARN == "" {
		return nil
	}
	return &types.GrantConstraints{
		EncryptionContextEquals: cloneContext(c.equals),
		EncryptionContextSubset: cloneContext(c.subset),
		SourceArn:               textOrNil(c.sourceARN),
	}
}

func (c constraints) dump(w io.Writer) {
	if len(c.equals) > 0 {
		fmt.Fprintf(w, ", encryption context equals %q", c.equals)
	}
	if len(c.subset) > 0 {
		fmt.Fprintf(w, ", encryption context includes %q", c.subset)
	}
	if c.sourceARN != "" {
		fmt.Fprintf(w, ", for %s", c.sourceARN)
	}
}

// context is the encryption context that the constraints are about.
func (c constraints) context() map[string]string {
	if len(c.equals) == 0 || len(c.subset) == 0 {
		if len(c.equals) > 0 {
			return c.equals
		}
		return c.subset
	}
	both := maps.Clone(c.subset)
	maps.Copy(both, c.equals)
	return both
}

// check says what is wrong with the constraints of a new grant on a key.
func (c constraints) check(k *key) error {
	for _, context := range []map[string]string{c.equals, c.subset} {
		if len(context) == 0 {
			continue
		}
		if k.spec.Kind() != keyspec.KindSymmetric {
			return contextConstraintNotValid(k.spec.Name)
		}
		if len(context) > pairsPerConstraint {
			return tooManyPairs(pairsPerConstraint)
		}
		seen := map[string]bool{}
		for name, value := range context {
			if len([]rune(value)) > longestConstraint {
				return constraintTooLong(longestConstraint)
			}
			if seen[strings.ToLower(name)] {
				return sameConstraintKey()
			}
			seen[strings.ToLower(name)] = true
		}
	}
	return nil
}

// withContext are the operations of grants whose requests have an encryption
// context.
var withContext = []types.GrantOperation{
	types.GrantOperationDecrypt, types.GrantOperationEncrypt, types.GrantOperationGenerateDataKey,
	types.GrantOperationGenerateDataKeyPair, types.GrantOperationGenerateDataKeyPairWithoutPlaintext,
	types.GrantOperationGenerateDataKeyWithoutPlaintext, types.GrantOperationReEncryptFrom, types.GrantOperationReEncryptTo,
}

// permit says whether a request meets the constraints, those on CreateGrant left
// aside.
func (c constraints) permit(q *inquiry, operation types.GrantOperation) bool {
	if c.sourceARN != "" {
		source, ok := q.who.conditions[sourceARNKey]
		if !ok && operation != types.GrantOperationDescribeKey || ok && !slices.Contains(source, c.sourceARN) {
			return false
		}
	}
	if len(c.equals) == 0 && len(c.subset) == 0 || !slices.Contains(withContext, operation) {
		return true
	}
	context := q.context()
	return (len(c.equals) == 0 || sameContext(c.equals, context)) && includes(context, c.subset)
}

// atLeast says whether constraints are as strict as those of the grant that lets
// the caller make a grant, or stricter.
func (c constraints) atLeast(parent constraints) bool {
	if parent.sourceARN != "" && c.sourceARN != parent.sourceARN {
		return false
	}
	if len(parent.equals) > 0 && !sameContext(parent.equals, c.equals) {
		return false
	}
	return includes(c.equals, parent.subset) || includes(c.subset, parent.subset)
}

// includes says whether a context has all pairs of another. Keys are compared
// without regard to case, values with it.
func includes(context, pairs map[string]string) bool {
	for name, value := range pairs {
		if !hasFolded(context, name, value) {
			return false
		}
	}
	return true
}

func hasFolded(context map[string]string, name, value string) bool {
	for have, with := range context {
		if with == value && strings.EqualFold(have, name) {
			return true
		}
	}
	return false
}

func sameContext(a, b map[string]string) bool { return len(a) == len(b) && includes(b, a) }
