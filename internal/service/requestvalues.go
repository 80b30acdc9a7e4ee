package service

import (
	"encoding/hex"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// This file works out the values of condition keys that take more than a line.

// member is what a member of the input says, or nil. ReEncrypt asks for two
// permissions, and has some members twice.
func (q *inquiry) member(name string) []string {
	in := reflect.ValueOf(q.in).Elem()
	v := in.FieldByName(q.side() + name)
	if !v.IsValid() {
		v = in.FieldByName(name)
	}
	return texts(v)
}

func (q *inquiry) side() string {
	switch q.action {
	case reEncryptFrom:
		return "Source"
	case reEncryptTo:
		return "Destination"
	}
	return ""
}

// texts writes the value of a member as policies do.
func texts(v reflect.Value) []string {
	if !v.IsValid() {
		return nil
	}
	if t, ok := v.Interface().(*time.Time); ok {
		if t == nil {
			return nil
		}
		return []string{t.UTC().Format(time.RFC3339)}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return texts(v.Elem())
		}
	case reflect.String:
		return some(v.String())
	case reflect.Int32:
		return []string{strconv.FormatInt(v.Int(), 10)}
	case reflect.Bool:
		return one(v.Bool())
	case reflect.Slice:
		var list []string
		for i := range v.Len() {
			list = append(list, texts(v.Index(i))...)
		}
		return list
	}
	return nil
}

func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func one(b bool) []string { return []string{strconv.FormatBool(b)} }

func (k *key) multiRegionKeyType() []string {
	switch {
	case k.relatives == nil:
		return nil
	case k.primary() == k:
		return []string{string(types.MultiRegionKeyTypePrimary)}
	default:
		return []string{string(types.MultiRegionKeyTypeReplica)}
	}
}

func (q *inquiry) callerAccount(string) []string { return some(q.who.Principal.Account()) }

func (q *inquiry) resourceAccount(string) []string {
	if q.key != nil {
		return []string{q.key.account.id}
	}
	return some(q.who.Account)
}

// forService says whether an AWS service sends the request, for itself or on
// behalf of a principal.
func (q *inquiry) forService() bool {
	_, via := q.who.conditions["kms:viaservice"]
	return via || q.who.isService()
}

// context is the encryption context of the request, or that of the constraints
// of the grant that it is about. The keys of one that has both constraints are
// those of both.
func (q *inquiry) context() map[string]string {
	if q.grant != nil {
		return q.grant.constraints.context()
	}
	if in, ok := q.in.(*kms.CreateGrantInput); ok {
		return constraintsOf(in.Constraints).context()
	}
	v := reflect.ValueOf(q.in).Elem().FieldByName(q.side() + "EncryptionContext")
	if !v.IsValid() {
		return nil
	}
	context, _ := v.Interface().(map[string]string)
	return context
}

// contextValue finds a pair by its key without regard to case: the name comes in
// lower case.
func (q *inquiry) contextValue(name string) []string {
	var values []string
	for key, value := range q.context() {
		if strings.ToLower(key) == name {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	return values
}

func (q *inquiry) contextKeys(string) []string { return slices.Sorted(maps.Keys(q.context())) }

func (q *inquiry) constraintTypes(string) []string {
	var of constraints
	switch in := q.in.(type) {
	case *kms.CreateGrantInput:
		of = constraintsOf(in.Constraints)
	case *kms.RetireGrantInput:
		if q.grant == nil {
			return nil
		}
		of = q.grant.constraints
	}
	var list []string
	if len(of.equals) > 0 {
		list = append(list, "EncryptionContextEquals")
	}
	if len(of.subset) > 0 {
		list = append(list, "EncryptionContextSubset")
	}
	return list
}

// attestation is a register that the request's attestation document attests. An
// enclave's image digest is its register 0.
func (q *inquiry) attestation(name string) []string {
	if q.attested == nil {
		return nil
	}
	registers, number := q.attested.PCRs, name
	switch {
	case name == "imagesha384":
		number = "0"
	case strings.HasPrefix(name, "nitrotpmpcr"):
		registers, number = q.attested.TPMPCRs, name[len("nitrotpmpcr"):]
	case strings.HasPrefix(name, "pcr"):
		number = name[len("pcr"):]
	default:
		return nil
	}
	n, err := strconv.Atoi(number)
	if register, ok := registers[n]; err == nil && ok {
		return []string{hex.EncodeToString(register)}
	}
	return nil
}

// sameKey says whether ReEncrypt decrypts and encrypts under one KMS key.
func (q *inquiry) sameKey() bool {
	in, ok := q.in.(*kms.ReEncryptInput)
	if !ok || q.key == nil {
		return false
	}
	if q.action == reEncryptTo {
		return q.source == q.key
	}
	ref, err := q.parse(*in.DestinationKeyId)
	return err == nil && q.call.lookup(ref) == q.key
}

func (q *inquiry) requestTag(name string) []string {
	tags, _ := memberOf[[]types.Tag](q.in, "Tags")
	return tagValues(tags, name)
}

func (q *inquiry) resourceTag(name string) []string {
	if q.key == nil {
		return nil
	}
	return tagValues(q.key.tags, name)
}

func tagValues(tags []types.Tag, name string) []string {
	var values []string
	for _, tag := range tags {
		if strings.ToLower(*tag.TagKey) == name {
			values = append(values, *tag.TagValue)
		}
	}
	return values
}

func (q *inquiry) tagKeys(string) []string {
	if keys, ok := memberOf[[]string](q.in, "TagKeys"); ok {
		return keys
	}
	var keys []string
	tags, _ := memberOf[[]types.Tag](q.in, "Tags")
	for _, tag := range tags {
		keys = append(keys, *tag.TagKey)
	}
	return keys
}

// memberOf is a member of an input, if it has it.
func memberOf[T any](in any, name string) (member T, ok bool) {
	if v := reflect.ValueOf(in).Elem().FieldByName(name); v.IsValid() {
		member, ok = v.Interface().(T)
	}
	return member, ok
}
