package kmsfake_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

// overwrite changes all that can be reached from a value: every byte, string,
// number and time, every element of slices and maps.
func overwrite(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			overwrite(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			if v.CanSet() {
				v.Set(reflect.ValueOf(time.Unix(1, 0)))
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				overwrite(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			overwrite(v.Index(i))
		}
		if v.Kind() == reflect.Slice && v.Cap() > v.Len() { // what append would write to
			whole := v.Slice(0, v.Cap())
			for i := v.Len(); i < whole.Len(); i++ {
				overwrite(whole.Index(i))
			}
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.ValueOf("overwritten").Convert(v.Type().Elem()))
		}
		v.SetMapIndex(reflect.ValueOf("added").Convert(v.Type().Key()), reflect.ValueOf("added").Convert(v.Type().Elem()))
	case reflect.String:
		v.SetString("overwritten")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Uint8:
		v.SetUint(v.Uint() ^ 0xff)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	}
}

// seen is all that reads tell of a fake, as text.
func seen(t *testing.T, f *kmsfake.Fake, keyID string, blob []byte) string {
	t.Helper()
	answers := []any{dump(f)}
	for _, op := range []string{
		"DescribeKey", "GetKeyPolicy", "ListResourceTags", "ListAliases", "ListKeyPolicies", "ListGrants", "GetKeyRotationStatus", "ListKeyRotations",
	} {
		for i := range keyOperations {
			if keyOperations[i].name == op {
				out, err := invoke(t, f, op, keyOperations[i].input(t, f, keyID))
				if err != nil {
					out = reflect.TypeOf(err).String()
				}
				answers = append(answers, out)
			}
		}
	}
	answers = append(answers, listKeys(t, f), listAliases(t, f, nil), listKeys(t, f.InRegion(otherRegion)), listKeys(t, f.InRegion("ap-southeast-2")))
	if opened, err := f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob}); err == nil {
		answers = append(answers, opened.Plaintext)
	}
	return encoded(t, answers)
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Nothing that a caller passes in or gets out is the fake's own memory: callers
// may do with it what they like, and the fake leaves an input as it is.
func TestMemoryIsNotShared(t *testing.T) {
	t.Parallel()
	operations := append(keyOperations[:len(keyOperations):len(keyOperations)],
		deleteAliasOperation,
		keyOperation{name: "CreateKey", input: func(*testing.T, *kmsfake.Fake, string) any {
			return &kms.CreateKeyInput{
				Description: aws.String("another"), Tags: tags("a=1", "b=2"), Policy: aws.String(delegating(account, 1)),
				MultiRegion: aws.Bool(true), KeySpec: types.KeySpecSymmetricDefault, KeyUsage: types.KeyUsageTypeEncryptDecrypt,
			}
		}},
		keyOperation{name: "ListKeys", input: func(*testing.T, *kmsfake.Fake, string) any { return &kms.ListKeysInput{Limit: aws.Int32(1)} }},
		keyOperation{name: "ListRetirableGrants", input: func(*testing.T, *kmsfake.Fake, string) any {
			return &kms.ListRetirableGrantsInput{RetiringPrincipal: aws.String(grantee)}
		}},
		keyOperation{name: "GenerateRandom", input: func(*testing.T, *kmsfake.Fake, string) any {
			return &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(32)}
		}},
	)
	for _, op := range operations {
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			f := newFake()
			id := op.newKey(t, f)
			got(f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: &id, Tags: tags("a=1", "Purpose=2")})).ok(t)
			got(f.UpdateKeyDescription(t.Context(), &kms.UpdateKeyDescriptionInput{KeyId: &id, Description: aws.String("mine")})).ok(t)
			newAlias(t, f, "alias/first", id)
			newAlias(t, f, "alias/second", id)
			putPolicy(t, f, id, delegating(account, 3))
			newGrant(t, f, id)
			blob := got(encrypt(t, f, newKey(t, f), "hello")).ok(t).CiphertextBlob

			in := op.input(t, f, id)
			if op.name == "CancelKeyDeletion" {
				scheduleDeletion(t, f, id, 7)
			}
			before := encoded(t, in)
			out, err := invoke(t, f, op.name, in)
			if err != nil {
				t.Fatal(err)
			}
			if after := encoded(t, in); after != before {
				t.Errorf("the call changed its input:\n%s\nwas\n%s", after, before)
			}
			want := seen(t, f, id, blob)
			overwrite(reflect.ValueOf(in))
			overwrite(reflect.ValueOf(out))
			equal(t, "the fake after its input and output were overwritten", seen(t, f, id, blob), want)
		})
	}
}

// Two answers share nothing either.
func TestAnswersAreNotShared(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKeyLike(t, f, &kms.CreateKeyInput{Tags: tags("a=1"), Description: aws.String("mine")})
	newAlias(t, f, "alias/a", key)
	for _, name := range []string{"DescribeKey", "ListAliases", "ListResourceTags", "ListKeyPolicies", "GetKeyPolicy"} {
		for i := range keyOperations {
			op := &keyOperations[i]
			if op.name != name {
				continue
			}
			first, _ := invoke(t, f, name, op.input(t, f, key))
			second, _ := invoke(t, f, name, op.input(t, f, key))
			want := encoded(t, second)
			overwrite(reflect.ValueOf(first))
			equal(t, "the second answer of "+name, encoded(t, second), want)
		}
	}
}

func TestOverwriteReachesAll(t *testing.T) {
	t.Parallel()
	value := func() *kms.CreateGrantInput {
		return &kms.CreateGrantInput{
			KeyId: aws.String("k"), GrantTokens: []string{"t"}, Operations: []types.GrantOperation{"o"}, DryRun: aws.Bool(true),
			Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}},
		}
	}
	v := value()
	overwrite(reflect.ValueOf(v))
	equal(t, "overwritten", v, &kms.CreateGrantInput{
		KeyId: aws.String("overwritten"), GrantTokens: []string{"overwritten"}, Operations: []types.GrantOperation{"overwritten"}, DryRun: aws.Bool(false),
		Constraints: &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "overwritten", "added": "added"}},
	})
}
