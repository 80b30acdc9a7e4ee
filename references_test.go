package kmsfake_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// takeAliases are the operations whose documentation says of the key: "use its
// key ID, key ARN, alias name, or alias ARN".
var takeAliases = []string{
	"Decapsulate", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encapsulate", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair",
	"GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "GetPublicKey", "ReEncrypt", "Sign", "Verify", "VerifyMac",
}

// Every operation takes the key id and the key ARN; 16 operations take an alias
// name and an alias ARN too, the others refuse them.
func TestNamesOfKeys(t *testing.T) {
	t.Parallel()
	if len(takeAliases) != 16 {
		t.Fatalf("%d operations take aliases", len(takeAliases))
	}
	for _, op := range keyOperations {
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			names := map[string]func(f *kmsfake.Fake, id string) string{
				"key id":     func(_ *kmsfake.Fake, id string) string { return id },
				"key ARN":    keyARN,
				"alias name": func(*kmsfake.Fake, string) string { return "alias/ExampleAlias" },
				"alias ARN":  func(f *kmsfake.Fake, _ string) string { return aliasARN(f, "alias/ExampleAlias") },
			}
			for form, name := range names {
				f := newFake()
				id := op.newKey(t, f)
				newAlias(t, f, "alias/ExampleAlias", id)
				in := op.naming(op.input(t, f, id), name(f, id))
				if op.name == "CancelKeyDeletion" {
					scheduleDeletion(t, f, id, 7)
				}
				isAlias := form == "alias name" || form == "alias ARN"
				if !isAlias || slices.Contains(takeAliases, op.name) {
					if op.name == "RetireGrant" && form == "key id" {
						continue // its documentation asks for the key ARN
					}
					out, err := invoke(t, f, op.name, in)
					if err != nil {
						t.Errorf("%s: %v", form, err)
						continue
					}
					checkAnswersARN(t, f, op, out, id)
					continue
				}
				unchanged(t, f, func() {
					_, err := invoke(t, f, op.name, in)
					if op.member == "TargetKeyId" {
						checkError(t, op.name, err, "ValidationException", "Aliases must refer to keys. Not aliases")
					} else {
						checkError(t, op.name, err, "InvalidArnException", "Key Aliases are not supported for this operation.")
					}
				})
			}
		})
	}
}

// checkAnswersARN checks that an answer names the key by its key ARN, however
// the request did. (Two answers do not: KeyId of CreateKey's and DescribeKey's
// metadata is the id.)
func checkAnswersARN(t *testing.T, f *kmsfake.Fake, op keyOperation, out any, id string) {
	t.Helper()
	member := "KeyId"
	if op.member == "SourceKeyId" {
		member = op.member
	}
	if field := reflect.ValueOf(out).Elem().FieldByName(member); field.IsValid() {
		equal(t, op.name+" answers", *field.Interface().(*string), keyARN(f, id))
	}
}

// What is wrong with the name of a key is told by every operation in the same
// words.
func TestNamesThatAreNone(t *testing.T) {
	t.Parallel()
	const own = "arn:aws:kms:us-east-1:111122223333:"
	cases := []struct {
		what, name, code, text string
		aliases                bool // only of operations that take aliases
	}{
		{"unknown key id", unknownKey, "NotFoundException", "Key '" + own + "key/" + unknownKey + "' does not exist", false},
		{"unknown key ARN", own + "key/" + unknownKey, "NotFoundException", "Key '" + own + "key/" + unknownKey + "' does not exist", false},
		{"unknown multi-Region key id", "mrk-1234abcd12ab34cd56ef1234567890ab", "NotFoundException", "Key '" + own + "key/mrk-1234abcd12ab34cd56ef1234567890ab' does not exist", false},
		{"no UUID", "fake-key-id", "NotFoundException", "Invalid keyId 'fake-key-id'", false},
		{"no multi-Region key id", "mrk-fake-key-id", "NotFoundException", "Invalid keyId 'mrk-fake-key-id'", false},
		{"a short multi-Region key id", "mrk-1234", "NotFoundException", "Invalid keyId 'mrk-1234'", false},
		{"a long multi-Region key id", "mrk-1234abcd12ab34cd56ef12345678990ab0", "NotFoundException", "Invalid keyId 'mrk-1234abcd12ab34cd56ef12345678990ab0'", false},
		{"a UUID without dashes", "1234abcd12ab34cd56ef1234567890ab", "NotFoundException", "Invalid keyId '1234abcd12ab34cd56ef1234567890ab'", false},
		{"ARN of another Region", "arn:aws:kms:eu-west-1:111122223333:key/" + unknownKey, "NotFoundException", "Invalid arn eu-west-1", false},
		{"malformed ARN", "arn:aws:kms:us-east-1", "InvalidArnException", "Invalid arn arn:aws:kms:us-east-1", false},
		{"ARN without a Region", "arn:aws:kms::111122223333:key/" + unknownKey, "InvalidArnException", "Invalid arn arn:aws:kms::111122223333:key/" + unknownKey, false},
		{"ARN whose account is none", "arn:aws:kms:us-east-1:example:key/" + unknownKey, "InvalidArnException", "Invalid arn arn:aws:kms:us-east-1:example:key/" + unknownKey, false},
		{"ARN of another partition", "arn:aws-cn:kms:us-east-1:111122223333:key/" + unknownKey, "InvalidArnException", "Invalid arn arn:aws-cn:kms:us-east-1:111122223333:key/" + unknownKey, false},
		{"an alias in a key ARN", own + "key/alias/ExampleAlias", "NotFoundException", "Invalid keyId 'alias/ExampleAlias'", false},
		{"ARN of another service", "arn:aws:s3:us-east-1:111122223333:key/" + unknownKey, "InvalidArnException", "Invalid arn arn:aws:s3:us-east-1:111122223333:key/" + unknownKey, false},
		{"alias name that is none", "alias/none", "NotFoundException", "Alias " + own + "alias/none is not found.", true},
		{"alias ARN that is none", own + "alias/none", "NotFoundException", "Alias " + own + "alias/none is not found.", true},
		{"alias ARN of another Region", "arn:aws:kms:eu-west-1:111122223333:alias/a", "NotFoundException", "Invalid arn eu-west-1", true},
		{"predefined alias without a key", "alias/aws/s3", "NotFoundException", "Alias " + own + "alias/aws/s3 is not found.", true},
	}
	for _, op := range keyOperations {
		t.Run(op.String(), func(t *testing.T) {
			t.Parallel()
			f := newFake()
			id := op.newKey(t, f)
			in := op.input(t, f, id)
			if op.name == "CancelKeyDeletion" {
				scheduleDeletion(t, f, id, 7)
			}
			for _, c := range cases {
				if c.aliases && !slices.Contains(takeAliases, op.name) {
					continue
				}
				if c.name == "alias/aws/s3" && op.name == "DescribeKey" {
					continue // which has the key made that is not there yet
				}
				unchanged(t, f, func() {
					_, err := invoke(t, f, op.name, op.naming(in, c.name))
					var exception smithy.APIError
					if !errors.As(err, &exception) || exception.ErrorCode() != c.code || exception.ErrorMessage() != c.text {
						t.Errorf("%s: %v, want %s: %s", c.what, err, c.code, c.text)
					}
				})
			}
		})
	}
}

// A key of another account is asked for by its ARN, and is refused where nothing
// allows it.
func TestKeysOfOtherAccounts(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	newAlias(t, f, "alias/a", key)
	other := f.InAccount(otherAccount)
	for _, name := range []string{keyARN(f, key), keyARN(f, unknownKey)} {
		_, err := describeKey(t, other, name)
		var exception smithy.APIError
		if !errors.As(err, &exception) || exception.ErrorCode() != "AccessDeniedException" {
			t.Errorf("%s: %v, want AccessDeniedException", name, err)
			continue
		}
		want := "User: " + other.Principal() + " is not authorized to perform: kms:DescribeKey on resource: " + name +
			" because no resource-based policy allows the kms:DescribeKey action"
		checkError(t, "DescribeKey", err, "AccessDeniedException", want)
	}
	got(encrypt(t, other, aliasARN(f, "alias/a"), "x")).failsWith(t, "AccessDeniedException")
	got(describeKey(t, other, "alias/a")).fails(t, "NotFoundException", "Alias "+aliasARN(other, "alias/a")+" is not found.")
}

// An alias ARN leads to the alias of the account that it names, also where the
// caller's account has one of the same name.
func TestAliasOfTheSameNameInTwoAccounts(t *testing.T) {
	t.Parallel()
	f := newFake()
	other := f.InAccount(otherAccount)
	own, theirs := newKey(t, f), newKey(t, other)
	newAlias(t, f, "alias/x", own)
	newAlias(t, other, "alias/x", theirs)
	name := aliasARN(other, "alias/x")

	// Nobody here may use the key of the other account, nor is the own key meant.
	got(describeKey(t, f, name)).fails(t, "AccessDeniedException", "User: "+f.Principal()+" is not authorized to perform: kms:DescribeKey on resource: "+name+
		" because no resource-based policy allows the kms:DescribeKey action")
	got(encrypt(t, f, name, "x")).failsWith(t, "AccessDeniedException")

	allowAll(t, other, theirs)
	equal(t, "the key of the other account's ARN", *describe(t, f, name).Arn, keyARN(other, theirs))
	equal(t, "the key that encrypts", *got(encrypt(t, f, name, "x")).ok(t).KeyId, keyARN(other, theirs))
	for _, mine := range []string{"alias/x", aliasARN(f, "alias/x")} {
		equal(t, "the key of "+mine, *describe(t, f, mine).Arn, keyARN(f, own))
		equal(t, "the key of "+mine+" over there", *describe(t, other, "alias/x").Arn, keyARN(other, theirs))
	}

	// It is theirs that goes, not the own one.
	got(deleteAlias(t, other, "alias/x")).ok(t)
	got(describeKey(t, f, name)).failsWith(t, "AccessDeniedException")
	equal(t, "the own key", *describe(t, f, "alias/x").Arn, keyARN(f, own))

	open := newFake(kmsfake.WithoutAuthorization())
	newAlias(t, open, "alias/x", newKey(t, open))
	there := newKey(t, open.InAccount(otherAccount))
	newAlias(t, open.InAccount(otherAccount), "alias/x", there)
	equal(t, "the key without authorization", *describe(t, open, name).Arn, keyARN(other, there))
}

// A key id is a UUID, or mrk- and 32 hexadecimal digits, and nothing like it.
func TestFormsOfKeyIDs(t *testing.T) {
	t.Parallel()
	f := newFake()
	const multiRegion = "mrk-1234abcd12ab34cd56ef1234567890ab"
	formed := func(id string) result[kms.DescribeKeyOutput] { return got(describeKey(t, f, id)) }
	for _, id := range []string{unknownKey, multiRegion} {
		digits := id
		if id == multiRegion {
			digits = strings.TrimPrefix(id, "mrk-")
		}
		for i := len(id) - len(digits); i < len(id); i++ {
			for _, c := range "-a09fg/:\x60\x00G@" {
				altered := id[:i] + string(c) + id[i+1:]
				if dash := id[i] == '-'; dash == (c == '-') && strings.ContainsRune("-a09f", c) {
					formed(altered).fails(t, "NotFoundException", "Key '"+keyARN(f, altered)+"' does not exist")
				} else {
					formed(altered).fails(t, "NotFoundException", "Invalid keyId '"+altered+"'")
				}
			}
		}
		for _, other := range []string{id + "0", id[:len(id)-1], strings.ReplaceAll(id, "-", ""), "key/" + id} {
			formed(other).fails(t, "NotFoundException", "Invalid keyId '"+other+"'")
		}
	}
	// Its letters may be capitals, as in any UUID, but it is not the same id.
	f = newFake(kmsfake.WithKeys(kmsfake.Key{ID: unknownKey}))
	describe(t, f, unknownKey)
	for _, id := range []string{strings.ToUpper(unknownKey), strings.Replace(unknownKey, "1234abcd", "AF34abcd", 1)} {
		formed(id).fails(t, "NotFoundException", "Key '"+keyARN(f, id)+"' does not exist")
	}
}

// Where everyone may do everything, what is not there in another account is told
// as in one's own, of the operations that reach it at all.
func TestWithoutAuthorizationAcrossAccounts(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithoutAuthorization())
	other := f.InAccount(otherAccount)
	missing := keyARN(other, unknownKey)
	got(describeKey(t, f, missing)).fails(t, "NotFoundException", "Key '"+missing+"' does not exist")
	got(describeKey(t, f, aliasARN(other, "alias/a"))).fails(t, "NotFoundException", "Alias "+aliasARN(other, "alias/a")+" is not found.")
	there := keyARN(other, newKey(t, other))
	for _, key := range []string{missing, there} {
		unchanged(t, f, func() {
			got(f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key})).failsWith(t, "AccessDeniedException")
		})
	}
	equal(t, "the key that is there", *describe(t, f, there).Arn, there)
}
