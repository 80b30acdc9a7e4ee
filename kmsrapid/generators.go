package kmsrapid

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/service"
)

// KeySpec draws a key spec that there is outside of the China Regions. It shrinks
// to SYMMETRIC_DEFAULT.
func KeySpec() *rapid.Generator[types.KeySpec] { return keySpec }

var keySpec = rapid.SampledFrom(func() []types.KeySpec {
	specs := []types.KeySpec{types.KeySpecSymmetricDefault}
	for _, name := range types.KeySpec("").Values() {
		if spec, ok := keyspec.Lookup(name); ok && spec.AvailableIn("aws") && name != specs[0] {
			specs = append(specs, name)
		}
	}
	return specs
}())

// KeyUsageFor draws one of the key usages that KMS keys of a spec can have. It
// panics if there is no such spec.
func KeyUsageFor(name types.KeySpec) *rapid.Generator[types.KeyUsageType] {
	spec, ok := keyspec.Lookup(name)
	if !ok {
		panic(fmt.Sprintf("kmsrapid: there is no key spec %q", name))
	}
	var usages []types.KeyUsageType
	for _, usage := range types.KeyUsageType("").Values() {
		if spec.Allows(usage) {
			usages = append(usages, usage)
		}
	}
	return rapid.SampledFrom(usages)
}

// KeyRef draws a name of one of the keys that there are in the handle's account and
// Region when it draws: a key id, key ARN, alias name or alias ARN. AWS managed
// keys are not among them. If there is no key, the run is skipped.
func KeyRef(fake *kmsfake.Fake) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		names := keyNames(fake)
		if len(names) == 0 {
			t.Skip("there is no key")
		}
		return rapid.SampledFrom(names).Draw(t, "name")
	})
}

func keyNames(fake *kmsfake.Fake) (names []string) {
	found := look(fake.Clone(), []place{{fake.Account(), fake.Region()}}, nil)
	for _, t := range found.keys {
		names = append(names, *t.key.KeyId, *t.key.Arn)
	}
	for _, t := range found.aliases {
		names = append(names, t.alias, strings.Replace(*t.key.Arn, "key/"+*t.key.KeyId, t.alias, 1))
	}
	return names
}

// EncryptionContext draws an encryption context of up to 8 pairs, often none.
func EncryptionContext() *rapid.Generator[map[string]string] { return encryptionContext }

var encryptionContext = rapid.OneOf(
	rapid.Just(map[string]string(nil)),
	rapid.MapOfN(rapid.SampledFrom([]string{"tenant", "purpose", "Purpose", "aws:s3:arn", "schlüssel", " ", "a", "b"}), contextValue, 0, 8),
)
var contextValue = rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "A", " ", "ä"}), rapid.StringN(0, 32, 64))

// Plaintext draws 1 to 4096 bytes, what Encrypt takes under a symmetric
// encryption key, the lengths at the edges more often.
func Plaintext() *rapid.Generator[[]byte] { return plaintext }

var plaintext = rapid.OneOf(
	rapid.SliceOfN(rapid.Byte(), 1, 64),
	rapid.Custom(func(t *rapid.T) []byte {
		length := rapid.OneOf(
			rapid.SampledFrom([]int{1, 16, 32, 190, 214, 4095, 4096}), rapid.IntRange(1, 4096),
		).Draw(t, "length")
		return randomBytes(rapid.Uint64().Draw(t, "seed"), length)
	}),
)

func randomBytes(seed uint64, length int) []byte {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	b := make([]byte, length)
	_, _ = rand.NewChaCha8(key).Read(b) // never fails
	return b
}

// Tags draws up to 5 tags that CreateKey and TagResource take.
func Tags() *rapid.Generator[[]types.Tag] { return tags }

var tags = rapid.Map(
	rapid.MapOfN(
		rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9 _.:/=+@-]{0,20}`).Filter(func(key string) bool {
			return !strings.HasPrefix(strings.ToLower(key), "aws:")
		}),
		rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9 _.:/=+@-]{0,20}`), rapid.Just(strings.Repeat("v", 256))), 0, 5,
	),
	func(pairs map[string]string) []types.Tag {
		var list []types.Tag
		for key, value := range pairs {
			list = append(list, types.Tag{TagKey: aws.String(key), TagValue: aws.String(value)})
		}
		slices.SortFunc(list, func(a, b types.Tag) int { return strings.Compare(*a.TagKey, *b.TagKey) })
		return list
	},
)

// Policy draws a key policy that an administrator of account 111122223333 can
// give to a key: the account can always change it. Beyond that it may let the
// [Grantee] use the key, under conditions, or deny something.
func Policy() *rapid.Generator[string] { return policy }

var policy = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
	`{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"` + Grantee + `"},"Action":["kms:Encrypt","kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*"}`,
	`{"Sid":"Read","Effect":"Allow","Principal":"*","Action":["kms:DescribeKey","kms:GetPublicKey"],"Resource":"*"}`,
	`{"Sid":"Tenant","Effect":"Allow","Principal":{"AWS":"` + Grantee + `"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:tenant":"a"}}}`,
	`{"Sid":"Grants","Effect":"Allow","Principal":{"AWS":"` + Grantee + `"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}`,
	`{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*"}`,
	`{"Sid":"NoDecrypt","Effect":"Deny","Principal":{"AWS":"` + Grantee + `"},"Action":"kms:Decrypt","Resource":"*"}`,
}), 0, 3), func(statements []string) string {
	account := `{"Sid":"Account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}`
	seen := map[string]bool{}
	statements = slices.DeleteFunc(slices.Clone(statements), func(s string) bool {
		twice := seen[s]
		seen[s] = true
		return twice
	})
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(append([]string{account}, statements...), ",") + `]}`
})

// Fault draws a fault that makes sense: of one operation or of all, an exception
// that it throws or a failure of the network, which take no time; of one call or
// of more.
func Fault() *rapid.Generator[kmsfake.Fault] { return fault }

var fault = rapid.Custom(func(t *rapid.T) kmsfake.Fault {
	f := kmsfake.Fault{
		Operation: rapid.SampledFrom(operations).Draw(t, "operation"),
		Skip:      rapid.IntRange(0, 3).Draw(t, "skip"),
		Times:     rapid.IntRange(1, 3).Draw(t, "times"),
	}
	kinds := []error{kmsfake.Throttled, kmsfake.AccessDenied, kmsfake.ServiceUnavailable, kmsfake.ConnectionReset, kmsfake.CorruptAnswer}
	for _, name := range service.Exceptions(f.Operation) {
		kinds = append(kinds, service.NewException(name, ""))
	}
	f.Error = rapid.SampledFrom(kinds).Draw(t, "error")
	f.Applied = changes(f.Operation) && rapid.Bool().Draw(t, "applied")
	return f
})

// operations are the names of all operations, and "".
var operations = func() []string {
	names := []string{""}
	for i := range reflect.TypeFor[kmsfake.API]().NumMethod() {
		names = append(names, reflect.TypeFor[kmsfake.API]().Method(i).Name)
	}
	return names
}()
