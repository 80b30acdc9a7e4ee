package kmsfake_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

const (
	plainID       = "0f1e2d3c-4b5a-4968-8776-655443322110"
	multiRegionID = "mrk-0123456789abcdef0123456789abcdef"
)

func TestKeysAreReachableByEveryName(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithKeys(
		kmsfake.Key{ID: plainID, Aliases: []string{"alias/one", "alias/two"}, Description: "the first"},
		kmsfake.Key{ID: multiRegionID, Region: otherRegion, Aliases: []string{"alias/one"}},
		kmsfake.Key{ID: strings.Replace(plainID, "0f", "00", 1), Account: otherAccount, Aliases: []string{"alias/one"}},
	))
	for _, test := range []struct {
		f  *kmsfake.Fake
		id string
	}{
		{f, plainID},
		{f.InRegion(otherRegion), multiRegionID},
		{f.InAccount(otherAccount), strings.Replace(plainID, "0f", "00", 1)},
	} {
		for _, name := range []string{test.id, keyARN(test.f, test.id), "alias/one", aliasARN(test.f, "alias/one")} {
			key := describe(t, test.f, name)
			if *key.KeyId != test.id || *key.AWSAccountId != test.f.Account() || *key.Arn != keyARN(test.f, test.id) {
				t.Errorf("%s is %s", name, *key.Arn)
			}
			if multiRegion := test.id == multiRegionID; *key.MultiRegion != multiRegion {
				t.Errorf("%s: MultiRegion %t", name, *key.MultiRegion)
			}
			got(encrypt(t, test.f, name, "x")).ok(t)
		}
	}
	if names := aliasNames(aliasesOf(t, f, plainID)); !slices.Equal(names, []string{"alias/one", "alias/two"}) {
		t.Errorf("aliases %v", names)
	}
	if d := *describe(t, f, plainID).Description; d != "the first" {
		t.Errorf("description %q", d)
	}
}

func TestKeysWithoutIDsAreDrawn(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithKeys(kmsfake.Key{}, kmsfake.Key{MultiRegion: true, Tags: map[string]string{"b": "2", "a": "1"}}))
	keys := listKeys(t, f)
	if len(keys) != 2 {
		t.Fatalf("%d keys", len(keys))
	}
	multi := slices.IndexFunc(keys, func(k types.KeyListEntry) bool { return strings.HasPrefix(*k.KeyId, "mrk-") })
	if multi < 0 || !isUUID(*keys[1-multi].KeyId) {
		t.Fatalf("ids %s, %s", *keys[0].KeyId, *keys[1].KeyId)
	}
	tags := got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: keys[multi].KeyId})).ok(t).Tags
	equal(t, "tags", tags, []types.Tag{
		{TagKey: aws.String("a"), TagValue: aws.String("1")}, {TagKey: aws.String("b"), TagValue: aws.String("2")},
	})
}

func TestKeyStatesFromTheStart(t *testing.T) {
	t.Parallel()
	until := start.Add(40 * time.Hour)
	for _, test := range []struct {
		key   kmsfake.Key
		state types.KeyState
		until time.Time
	}{
		{kmsfake.Key{}, types.KeyStateEnabled, time.Time{}},
		{kmsfake.Key{State: types.KeyStateEnabled, Origin: types.OriginTypeAwsKms}, types.KeyStateEnabled, time.Time{}},
		{kmsfake.Key{State: types.KeyStateDisabled}, types.KeyStateDisabled, time.Time{}},
		{kmsfake.Key{State: types.KeyStatePendingDeletion}, types.KeyStatePendingDeletion, startMS.Add(30 * day)},
		{kmsfake.Key{State: types.KeyStatePendingDeletion, DeletionDate: until}, types.KeyStatePendingDeletion, until.Truncate(time.Millisecond)},
		{kmsfake.Key{State: types.KeyStatePendingImport, Origin: types.OriginTypeExternal}, types.KeyStatePendingImport, time.Time{}},
		{kmsfake.Key{Origin: types.OriginTypeExternal, Material: make([]byte, 32)}, types.KeyStateEnabled, time.Time{}},
	} {
		test.key.ID = plainID
		test.key.Aliases = []string{"alias/it"}
		f := newFake(kmsfake.WithKeys(test.key))
		key := describe(t, f, "alias/it")
		if key.KeyState != test.state || !aws.ToTime(key.DeletionDate).Equal(test.until) || key.Enabled != (test.state == types.KeyStateEnabled) {
			t.Errorf("%+v: %s until %v", test.key, key.KeyState, key.DeletionDate)
		}
		if want := test.key.Origin; want != "" && key.Origin != want {
			t.Errorf("%+v: origin %s", test.key, key.Origin)
		}
		if test.until.IsZero() {
			continue
		}
		f.Advance(test.until.Sub(start))
		got(describeKey(t, f, plainID)).fails(t, "NotFoundException", "Key '"+keyARN(f, plainID)+"' does not exist")
	}
}

func TestKeysOfSeveralRegions(t *testing.T) {
	t.Parallel()
	for _, material := range [][]byte{nil, make([]byte, 32)} {
		for _, origin := range []types.OriginType{"", types.OriginTypeAwsKms, types.OriginTypeExternal} {
			if origin == types.OriginTypeExternal && material == nil {
				continue
			}
			f := newFake(kmsfake.WithKeys(
				kmsfake.Key{ID: multiRegionID, Material: material, Origin: origin, Description: "first"},
				kmsfake.Key{ID: multiRegionID, Material: material, Region: otherRegion, Aliases: []string{"alias/replica"}, Tags: map[string]string{"a": "b"}, State: types.KeyStateEnabled},
			))
			there := f.InRegion(otherRegion)
			sealed := got(encrypt(t, f, multiRegionID, "x")).ok(t)
			got(there.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob, KeyId: aws.String("alias/replica")})).ok(t)
			for _, key := range []*types.KeyMetadata{describe(t, f, multiRegionID), describe(t, there, multiRegionID)} {
				m := key.MultiRegionConfiguration
				if key.KeyState != types.KeyStateEnabled || m == nil || *m.PrimaryKey.Region != region || len(m.ReplicaKeys) != 1 || *m.ReplicaKeys[0].Region != otherRegion {
					t.Errorf("%s: %s, %+v", *key.Arn, key.KeyState, m)
				}
			}
			if d := *describe(t, there, multiRegionID).Description; d != "" {
				t.Errorf("the replica key has the description %q", d)
			}
		}
	}
}

func TestKnownMaterialOfASymmetricKey(t *testing.T) {
	t.Parallel()
	key := kmsfake.Key{ID: plainID, Material: []byte("0123456789abcdef0123456789abcdef")}
	sealed := got(encrypt(t, newFake(kmsfake.WithSeed(1), kmsfake.WithKeys(key)), plainID, "secret")).ok(t)
	for _, test := range []struct {
		name string
		key  kmsfake.Key
		code string
	}{
		{"the same key in another AWS", key, ""},
		{"other material", kmsfake.Key{ID: plainID, Material: make([]byte, 32)}, "InvalidCiphertextException"},
		{"unknown material", kmsfake.Key{ID: plainID}, "InvalidCiphertextException"},
	} {
		f := newFake(kmsfake.WithSeed(2), kmsfake.WithKeys(test.key))
		opened := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob}))
		if test.code != "" {
			opened.failsWith(t, test.code)
		} else if plaintext := string(opened.ok(t).Plaintext); plaintext != "secret" {
			t.Errorf("%s: %q", test.name, plaintext)
		}
	}
}

func TestKnownMaterialOfOtherSystems(t *testing.T) {
	t.Parallel()
	secret := []byte("a key of 32 bytes, as HMAC_256's")
	signer := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	opener := must(rsa.GenerateKey(rand.Reader, 2048))
	pkcs8 := func(key any) []byte { return must(x509.MarshalPKCS8PrivateKey(key)) }
	f := newFake(kmsfake.WithKeys(
		kmsfake.Key{Spec: types.KeySpecHmac256, Material: secret[:32], Aliases: []string{"alias/mac"}},
		kmsfake.Key{Spec: types.KeySpecEccNistP256, Usage: types.KeyUsageTypeSignVerify, Material: pkcs8(signer), Aliases: []string{"alias/sign"}},
		kmsfake.Key{Spec: types.KeySpecRsa2048, Usage: types.KeyUsageTypeEncryptDecrypt, Material: pkcs8(opener), Aliases: []string{"alias/open"}},
	))
	message := []byte("a message")

	sum := hmac.New(sha256.New, secret[:32])
	sum.Write(message)
	mac := got(f.GenerateMac(t.Context(), &kms.GenerateMacInput{
		KeyId: aws.String("alias/mac"), MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Message: message,
	})).ok(t).Mac
	if !hmac.Equal(mac, sum.Sum(nil)) {
		t.Errorf("MAC %x", mac)
	}

	digest := sha256.Sum256(message)
	signature := must(ecdsa.SignASN1(rand.Reader, signer, digest[:]))
	verify := &kms.VerifyInput{
		KeyId: aws.String("alias/sign"), SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256, Message: message, Signature: signature,
	}
	if !got(f.Verify(t.Context(), verify)).ok(t).SignatureValid {
		t.Error("a signature of the known key is not valid")
	}
	public := got(f.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: verify.KeyId})).ok(t).PublicKey
	if !slices.Equal(public, must(x509.MarshalPKIXPublicKey(&signer.PublicKey))) {
		t.Error("another public key")
	}

	ciphertext := must(rsa.EncryptOAEP(crypto.SHA256.New(), rand.Reader, &opener.PublicKey, message, nil))
	plaintext := got(f.Decrypt(t.Context(), &kms.DecryptInput{
		KeyId: aws.String("alias/open"), CiphertextBlob: ciphertext, EncryptionAlgorithm: types.EncryptionAlgorithmSpecRsaesOaepSha256,
	})).ok(t).Plaintext
	if !slices.Equal(plaintext, message) {
		t.Errorf("plaintext %q", plaintext)
	}
}

func TestKeyPolicyMayKeepTheAccountOut(t *testing.T) {
	t.Parallel()
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"kms:*","Resource":"*"}]}`
	f := newFake(kmsfake.WithKeys(kmsfake.Key{ID: plainID, State: types.KeyStateDisabled, Aliases: []string{"alias/x"}, Policy: policy}))
	if !strings.Contains(dump(f), "444455556666:root") {
		t.Errorf("the policy is not there:\n%s", dump(f))
	}
}

func TestKeysAreOnlyRead(t *testing.T) {
	t.Parallel()
	key := kmsfake.Key{
		ID: plainID, Material: make([]byte, 32), Aliases: []string{"alias/a"}, Tags: map[string]string{"a": "b"},
	}
	f := newFake(kmsfake.WithKeys(key))
	sealed := got(encrypt(t, f, plainID, "x")).ok(t)
	unchanged(t, f, func() {
		key.Material[0], key.Aliases[0], key.Tags["a"] = 1, "alias/b", "c"
	})
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})).ok(t)
}

func TestKeysAreCloned(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithKeys(kmsfake.Key{ID: plainID, Material: make([]byte, 32), Aliases: []string{"alias/a"}}))
	sealed := got(encrypt(t, f, "alias/a", "x")).ok(t)
	got(f.Clone().Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})).ok(t)
}

// wrongKeys are files with one fault each, and what is said of it.
var wrongKeys = []struct{ file, text string }{
	{``, `line 1: unexpected end`},
	{`null`, `line 1: null where a list of keys should be`},
	{`[null]`, `line 1: null where key 1 should be`},
	{`{}`, `line 1: { where a list of keys should be`},
	{`[{"id": "x"`, `line 1: unexpected end`},
	{"[\n\n  {},\n]", `line 4: invalid character ']' looking for beginning of value`},
	{"[{}]\n[]", `line 2: something follows the list of keys`},
	{`[[]]`, `line 1: [ where key 1 should be`},
	{"[{},\n{\"ID\": \"x\"}]", `line 2: key 2: ID: there is no such member; there are id, account, region, spec, usage, origin, state, deletionDate, description, multiRegion, aliases, tags, policy, material`},
	{"[{\"spec\": \"HMAC_256\",\n\"spec\": \"HMAC_256\"}]", `line 2: key 1: spec: stands twice`},
	{"[{\n\"id\": 7}]", `line 2: key 1: id: number instead of string`},
	{"[{\n\"tags\": [\"a\"]}]", `line 2: key 1: tags: array instead of object`},
	{"[{\n\"aliases\": \"alias/a\"}]", `line 2: key 1: aliases: string instead of array`},
	{"[{\n\"multiRegion\": 1}]", `line 2: key 1: multiRegion: number instead of boolean`},
	{"[{\n\"policy\": 1}]", `line 2: key 1: policy: number instead of string`},
	{"[{\n\"material\":\n\"!\"}]", `line 2: key 1: material: illegal base64 data at input byte 0`},
	{"[\n{\n\"id\":\n\"1234\"}]", `line 3: key 1: id: "1234" is not a key id: a UUID, or mrk- and 32 hexadecimal digits, in lower case`},
	{"[{\n\"id\": \"0F1E2D3C-4B5A-4968-8776-655443322110\"}]", `line 2: key 1: id: "0F1E2D3C-4B5A-4968-8776-655443322110" is not a key id: a UUID, or mrk- and 32 hexadecimal digits, in lower case`},
	{"[{\"id\": \"" + plainID + "\"},\n{\"id\": \"" + plainID + "\", \"region\": \"eu-west-1\"},\n{\"region\": \"eu-west-1\", \"id\": \"" + plainID + "\"}]",
		`line 3: key 3: id: ` + plainID + ` is another key's in eu-west-1`},
	{"[{\"id\": \"" + plainID + "\",\n\"multiRegion\": true}]", `line 2: key 1: multiRegion: the id of a multi-Region key begins with mrk-, not as ` + plainID},
	{"[{\"id\": \"" + multiRegionID + "\", \"region\": \"eu-west-1\"},\n{\"region\": \"us-east-1\", \"id\": \"" + multiRegionID + "\",\n\"spec\": \"HMAC_256\"}]",
		`line 3: key 2: spec: HMAC_256 is not that of the primary key in eu-west-1, SYMMETRIC_DEFAULT`},
	{"[{\"id\": \"" + multiRegionID + "\", \"region\": \"eu-west-1\"},\n{\"region\": \"us-east-1\", \"id\": \"" + multiRegionID + "\",\n\"account\": \"444455556666\"}]",
		`line 3: key 2: account: the multi-Region key ` + multiRegionID + ` is one of the account 000000000000`},
	{"[{\"id\": \"" + multiRegionID + "\", \"region\": \"eu-west-1\"},\n{\"region\": \"us-east-1\", \"id\": \"" + multiRegionID + "\",\n\"material\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}]",
		`line 3: key 2: material: it is not that of the primary key in eu-west-1`},
	{`[{"account": "1234"}]`, `line 1: key 1: account: "1234" is not 12 digits`},
	{`[{"region": "Ohio"}]`, `line 1: key 1: region: "Ohio" is not the name of a Region`},
	{`[{"spec": "AES_256"}]`, `line 1: key 1: spec: there is no key spec "AES_256"`},
	{`[{"spec": "SM2", "usage": "SIGN_VERIFY", "region": "us-east-1"}]`, `line 1: key 1: spec: SM2 is not offered in the partition aws`},
	{`[{"spec": "RSA_2048"}]`, `line 1: key 1: usage: "" is not one of [ENCRYPT_DECRYPT SIGN_VERIFY], which RSA_2048 allows`},
	{`[{"usage": "SIGN_VERIFY"}]`, `line 1: key 1: usage: "SIGN_VERIFY" is not one of [ENCRYPT_DECRYPT], which SYMMETRIC_DEFAULT allows`},
	{`[{"origin": "AWS_CLOUDHSM"}]`, `line 1: key 1: origin: "AWS_CLOUDHSM" is neither AWS_KMS nor EXTERNAL`},
	{`[{"state": "Updating"}]`, `line 1: key 1: state: "Updating" is not Enabled, Disabled, PendingDeletion or PendingImport`},
	{`[{"state": "PendingImport"}]`, `line 1: key 1: state: PendingImport is a state of keys whose origin is EXTERNAL`},
	{`[{"origin": "EXTERNAL"}]`, `line 1: key 1: material: a key whose origin is EXTERNAL has none unless it is given or the state is PendingImport`},
	{`[{"origin": "EXTERNAL", "state": "PendingImport", "material": "AA=="}]`, `line 1: key 1: material: a key in the state PendingImport has none`},
	{`[{"deletionDate": "2999-01-01T00:00:00Z"}]`, `line 1: key 1: deletionDate: the state is not PendingDeletion`},
	{`[{"state": "PendingDeletion", "deletionDate": "1999-01-01T00:00:00Z"}]`, `line 1: key 1: deletionDate: 1999-01-01T00:00:00Z has passed`},
	{"[{\n\"aliases\": [\"alias/a\",\n\"a\"]}]", `line 2: key 1: aliases[1]: ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`},
	{`[{"aliases": ["alias/aws/s3"]}]`, `line 1: key 1: aliases[0]: NotAuthorizedException`},
	{`[{"aliases": ["alias/a"], "region": "eu-west-1"}, {"aliases": ["alias/a"], "region": "eu-west-1"}]`, `line 1: key 2: aliases[0]: alias/a is taken in eu-west-1`},
	{`[{"tags": {"aws:x": "y"}}]`, `line 1: key 1: tags: TagException: Tags beginning with aws: are reserved`},
	{`[{"tags": {"": "y"}}]`, `line 1: key 1: tags: ValidationException: 1 validation error detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1`},
	{`[{"material": "AAAA"}]`, `line 1: key 1: material: key material is not valid for the key spec SYMMETRIC_DEFAULT: 3 bytes, not 32`},
}

func TestReadKeysTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range wrongKeys {
		keys, err := kmsfake.ReadKeys(strings.NewReader(test.file))
		if want := "kmsfake: read keys: " + test.text; keys != nil || err == nil || err.Error() != want {
			t.Errorf("%s\n got %v, %v\nwant %s", test.file, keys, err, want)
		}
	}
	long := `[{"description": "` + strings.Repeat("x", 8193) + `"}]`
	if _, err := kmsfake.ReadKeys(strings.NewReader(long)); err == nil || !strings.Contains(err.Error(), "line 1: key 1: description: ValidationException") {
		t.Errorf("too long a description: %v", err)
	}
	broken := errors.New("the disk is gone")
	if _, err := kmsfake.ReadKeys(readerOf(func([]byte) (int, error) { return 0, broken })); !errors.Is(err, broken) {
		t.Errorf("an error of the reader: %v", err)
	}
}

type readerOf func([]byte) (int, error)

func (r readerOf) Read(p []byte) (int, error) { return r(p) }

// A file says nothing of the account and the Region of New: what depends on them
// is told there, by the key and the member.
func TestNewPanicsOverKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	keys := must(kmsfake.ReadKeys(strings.NewReader(`[{"aliases": ["alias/a"]}, {"aliases": ["alias/a"], "region": "us-east-1"}]`)))
	defer func() {
		err, _ := recover().(error)
		if want := "kmsfake: WithKeys: key 2 (alias/a): aliases[0]: alias/a is taken in us-east-1"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	newFake(kmsfake.WithKeys(keys...))
}

func TestReadKeysReadsPoliciesAsTextAndAsDocuments(t *testing.T) {
	t.Parallel()
	const document = `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}}`
	keys := must(kmsfake.ReadKeys(strings.NewReader(`[{"policy": ` + strconv.Quote(document) + `}, {"policy": ` + document + `}]`)))
	if keys[0].Policy != document || keys[1].Policy != keys[0].Policy {
		t.Errorf("policies %+v", keys)
	}
}

// A replica key may leave its Region to the handle.
func TestReadKeysTakesReplicasWithoutARegion(t *testing.T) {
	t.Parallel()
	keys := must(kmsfake.ReadKeys(strings.NewReader(`[{"id": "` + multiRegionID + `", "region": "eu-west-1"}, {"id": "` + multiRegionID + `"}]`)))
	key := describe(t, newFake(kmsfake.WithKeys(keys...)), multiRegionID)
	if m := key.MultiRegionConfiguration; m == nil || m.MultiRegionKeyType != types.MultiRegionKeyTypeReplica {
		t.Errorf("%+v", m)
	}
}

// What only China has may be a key without a Region.
func TestReadKeysThatOnlyChinaHas(t *testing.T) {
	t.Parallel()
	keys := must(kmsfake.ReadKeys(strings.NewReader(`[{"spec": "SM2", "usage": "SIGN_VERIFY"}, {"material": "AAAAAAAAAAAAAAAAAAAAAA=="}]`)))
	f := newFake(kmsfake.WithRegion("cn-north-1"), kmsfake.WithKeys(keys...))
	if n := len(listKeys(t, f)); n != 2 {
		t.Errorf("%d keys", n)
	}
}

// drawnKey is a key that can be.
func drawnKey(t *rapid.T, n int) kmsfake.Key {
	k := kmsfake.Key{
		ID:          rapid.SampledFrom([]string{"", fmt.Sprintf("%08x-0000-4000-8000-000000000000", n), fmt.Sprintf("mrk-%032x", n)}).Draw(t, "id"),
		Account:     rapid.SampledFrom([]string{"", account, otherAccount}).Draw(t, "account"),
		Region:      rapid.SampledFrom([]string{"", region, otherRegion}).Draw(t, "region"),
		State:       rapid.SampledFrom([]types.KeyState{"", "Enabled", "Disabled", "PendingDeletion"}).Draw(t, "state"),
		Description: rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "description"),
		Tags:        rapid.MapOfN(rapid.StringMatching(`[b-z]{1,5}`), rapid.StringMatching(`[a-z]{0,5}`), 0, 3).Draw(t, "tags"),
	}
	if k.State == "PendingDeletion" {
		k.DeletionDate = time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "aliases") {
		k.Aliases = append(k.Aliases, fmt.Sprintf("alias/%d-%d", n, i))
	}
	switch spec := rapid.SampledFrom([]types.KeySpec{"", "SYMMETRIC_DEFAULT", "HMAC_256", "ECC_NIST_P256"}).Draw(t, "spec"); spec {
	case "ECC_NIST_P256":
		k.Spec, k.Usage = spec, rapid.SampledFrom([]types.KeyUsageType{"SIGN_VERIFY", "KEY_AGREEMENT"}).Draw(t, "usage")
	default:
		k.Spec = spec
		if rapid.Bool().Draw(t, "known") {
			k.Material = rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "material")
			k.Origin = rapid.SampledFrom([]types.OriginType{"", "AWS_KMS", "EXTERNAL"}).Draw(t, "origin")
		}
	}
	return k
}

// What is written as JSON is read again, and can be.
func TestKeysSurviveJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var keys []kmsfake.Key
		for i := range rapid.IntRange(1, 4).Draw(t, "keys") {
			keys = append(keys, drawnKey(t, i))
		}
		text := must(json.MarshalIndent(keys, "", " "))
		read, err := kmsfake.ReadKeys(strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(keys, read, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
		f := newFake(kmsfake.WithKeys(read...))
		have := strings.Count(dump(f), "\n  key ")
		if have != len(keys) {
			t.Fatalf("%d keys of %d:\n%s", have, len(keys), dump(f))
		}
	})
}

func FuzzReadKeys(f *testing.F) {
	for _, test := range wrongKeys {
		f.Add(test.file)
	}
	f.Add(`[{"id": "` + plainID + `", "aliases": ["alias/a"], "tags": {"a": "b"}, "policy": {"Version": "2012-10-17"}}]`)
	f.Fuzz(func(t *testing.T, file string) {
		keys, err := kmsfake.ReadKeys(strings.NewReader(file))
		if err != nil && (keys != nil || !strings.HasPrefix(err.Error(), "kmsfake: read keys: line ")) {
			t.Errorf("%v, %v", keys, err)
		}
	})
}
