package kmsfake_test

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// soon is longer than AWS KMS takes for what it says takes a few seconds.
const soon = 5 * time.Second

// mrPrimary makes a multi-Region primary key.
func mrPrimary(t testing.TB, f *kmsfake.Fake) string {
	t.Helper()
	return newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
}

func mrReplicate(t testing.TB, f *kmsfake.Fake, id, to string) (*kms.ReplicateKeyOutput, error) {
	return f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: &to})
}

// mrReplicated makes a primary key with replica keys that are there.
func mrReplicated(t testing.TB, f *kmsfake.Fake, regions ...string) string {
	t.Helper()
	id := mrPrimary(t, f)
	for _, r := range regions {
		got(mrReplicate(t, f, id, r)).ok(t)
	}
	f.Advance(soon)
	return id
}

func mrMove(t testing.TB, f *kmsfake.Fake, id, to string) (*kms.UpdatePrimaryRegionOutput, error) {
	return f.UpdatePrimaryRegion(t.Context(), &kms.UpdatePrimaryRegionInput{KeyId: &id, PrimaryRegion: &to})
}

func mrKey(region, id string) types.MultiRegionKey {
	return types.MultiRegionKey{Arn: aws.String("arn:aws:kms:" + region + ":" + account + ":key/" + id), Region: &region}
}

// mrConfiguration is what AWS shows of a set in one of its Regions.
func mrConfiguration(in, id, primary string, replicas ...string) *types.MultiRegionConfiguration {
	c := &types.MultiRegionConfiguration{MultiRegionKeyType: types.MultiRegionKeyTypeReplica, ReplicaKeys: []types.MultiRegionKey{}}
	if in == primary {
		c.MultiRegionKeyType = types.MultiRegionKeyTypePrimary
	}
	p := mrKey(primary, id)
	c.PrimaryKey = &p
	for _, r := range replicas {
		c.ReplicaKeys = append(c.ReplicaKeys, mrKey(r, id))
	}
	return c
}

func mrState(t testing.TB, f *kmsfake.Fake, id string, want types.KeyState) {
	t.Helper()
	m := describe(t, f, id)
	if m.KeyState != want || m.Enabled != (want == types.KeyStateEnabled) {
		t.Errorf("in %s the key is %s, enabled %t, want %s", f.Region(), m.KeyState, m.Enabled, want)
	}
}

func TestCreateMultiRegionKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	m := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})).ok(t).KeyMetadata
	if !regexp.MustCompile(`^mrk-[0-9a-f]{32}$`).MatchString(*m.KeyId) || *m.Arn != keyARN(f, *m.KeyId) {
		t.Errorf("key id %s, ARN %s", *m.KeyId, *m.Arn)
	}
	if !*m.MultiRegion || m.KeyState != types.KeyStateEnabled {
		t.Errorf("%+v", m)
	}
	equal(t, "MultiRegionConfiguration", m.MultiRegionConfiguration, mrConfiguration(region, *m.KeyId, region))

	for _, in := range []*kms.CreateKeyInput{{}, {MultiRegion: aws.Bool(false)}} {
		m := got(f.CreateKey(t.Context(), in)).ok(t).KeyMetadata
		if *m.MultiRegion || m.MultiRegionConfiguration != nil || strings.HasPrefix(*m.KeyId, "mrk-") {
			t.Errorf("a single-Region key: %+v", m)
		}
	}
}

// What AWS answered to the same calls.
func TestReplicateKeyAsRecorded(t *testing.T) {
	t.Parallel()
	const there = "ap-southeast-1"
	f := newFake()
	primary := got(f.CreateKey(t.Context(), &kms.CreateKeyInput{MultiRegion: aws.Bool(true), Description: aws.String("test replicated key")})).ok(t).KeyMetadata
	id, elsewhere := *primary.KeyId, f.InRegion(there)
	got(describeKey(t, elsewhere, id)).fails(t, "NotFoundException", "Key '"+keyARN(elsewhere, id)+"' does not exist")

	out := got(mrReplicate(t, f, id, there)).ok(t)
	want := types.KeyMetadata{
		AWSAccountId: aws.String(account), Arn: aws.String(keyARN(elsewhere, id)), CreationDate: &startMS,
		CustomerMasterKeySpec: types.CustomerMasterKeySpecSymmetricDefault, Description: aws.String(""), Enabled: false,
		EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault},
		KeyId:                &id, KeyManager: types.KeyManagerTypeCustomer, KeySpec: types.KeySpecSymmetricDefault,
		KeyState: types.KeyStateCreating, KeyUsage: types.KeyUsageTypeEncryptDecrypt, MultiRegion: aws.Bool(true),
		MultiRegionConfiguration: mrConfiguration(there, id, region, there), Origin: types.OriginTypeAwsKms,
	}
	equal(t, "ReplicaKeyMetadata", *out.ReplicaKeyMetadata, want)
	policy := got(f.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &id})).ok(t).Policy
	equal(t, "ReplicaPolicy", out.ReplicaPolicy, policy)
	equal(t, "ReplicaTags", out.ReplicaTags, []types.Tag(nil))

	primary.MultiRegionConfiguration = mrConfiguration(region, id, region, there)
	equal(t, "the primary key", describe(t, f, id), primary)

	f.Advance(soon)
	want.Enabled, want.KeyState, want.CurrentKeyMaterialId = true, types.KeyStateEnabled, primary.CurrentKeyMaterialId
	equal(t, "the replica key", *describe(t, elsewhere, id), want)

	got(mrReplicate(t, elsewhere, id, "eu-central-1")).fails(t, "UnsupportedOperationException", keyARN(elsewhere, id)+" is not a multi-region primary key.")
}

// A replica key that is being created can be managed and not be used, which a
// caller that does not wait finds out.
func TestReplicaKeyIsCreatedForAWhile(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := mrPrimary(t, f)
	got(mrReplicate(t, f, id, otherRegion)).ok(t)
	elsewhere := f.InRegion(otherRegion)
	mrState(t, elsewhere, id, types.KeyStateCreating)
	got(encrypt(t, elsewhere, id, "x")).fails(t, "KMSInvalidStateException", keyARN(elsewhere, id)+" is creating.")
	sealed := got(encrypt(t, f, id, "x")).ok(t)
	decrypt := &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob}
	got(elsewhere.Decrypt(t.Context(), decrypt)).fails(t, "KMSInvalidStateException", keyARN(elsewhere, id)+" is creating.")
	newAlias(t, elsewhere, "alias/replica", id)
	got(elsewhere.UpdateKeyDescription(t.Context(), &kms.UpdateKeyDescriptionInput{KeyId: &id, Description: aws.String("new")})).ok(t)
	mrState(t, f, id, types.KeyStateEnabled)

	f.Advance(soon)
	mrState(t, elsewhere, id, types.KeyStateEnabled)
	got(elsewhere.Decrypt(t.Context(), decrypt)).ok(t)
}

// A replica key that is deleted while it is created, and saved, is disabled once it
// is there.
func TestDeletionOfReplicaKeyBeingCreated(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := mrPrimary(t, f)
	got(mrReplicate(t, f, id, otherRegion)).ok(t)
	elsewhere := f.InRegion(otherRegion)
	scheduleDeletion(t, elsewhere, id, 7)
	mrState(t, elsewhere, id, types.KeyStatePendingDeletion)
	got(elsewhere.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &id})).ok(t)
	f.Advance(soon)
	mrState(t, elsewhere, id, types.KeyStateDisabled)
}

// Keys of every kind are interoperable with their replicas, and unrelated keys are
// not.
func TestRelatedKeysAreInteroperable(t *testing.T) {
	t.Parallel()
	f := newFake()
	elsewhere := f.InRegion(otherRegion)
	replicated := func(t *testing.T, in kms.CreateKeyInput) string {
		in.MultiRegion = aws.Bool(true)
		id := newKeyLike(t, f, &in)
		got(mrReplicate(t, f, id, otherRegion)).ok(t)
		f.Advance(soon)
		return id
	}
	for _, way := range [][2]*kmsfake.Fake{{f, elsewhere}, {elsewhere, f}} {
		from, to := way[0], way[1]
		id := replicated(t, symmetricKey)
		sealed := got(encrypt(t, from, id, "hello")).ok(t).CiphertextBlob
		opened := got(to.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).ok(t)
		if string(opened.Plaintext) != "hello" || *opened.KeyId != keyARN(to, id) {
			t.Errorf("%q by %s", opened.Plaintext, *opened.KeyId)
		}

		id = replicated(t, kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt})
		oaep := types.EncryptionAlgorithmSpecRsaesOaepSha256
		blob := got(from.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("hello"), EncryptionAlgorithm: oaep})).ok(t).CiphertextBlob
		opened = got(to.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &id, CiphertextBlob: blob, EncryptionAlgorithm: oaep})).ok(t)
		if string(opened.Plaintext) != "hello" {
			t.Errorf("%q", opened.Plaintext)
		}

		id = replicated(t, signingKey)
		ecdsa := types.SigningAlgorithmSpecEcdsaSha256
		signed := got(from.Sign(t.Context(), &kms.SignInput{KeyId: &id, SigningAlgorithm: ecdsa, Message: []byte("m")})).ok(t).Signature
		got(to.Verify(t.Context(), &kms.VerifyInput{KeyId: &id, SigningAlgorithm: ecdsa, Message: []byte("m"), Signature: signed})).ok(t)
		here := got(from.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &id})).ok(t).PublicKey
		there := got(to.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &id})).ok(t).PublicKey
		if !bytes.Equal(here, there) {
			t.Error("related keys have unlike public keys")
		}

		id = replicated(t, macKey)
		hmac := types.MacAlgorithmSpecHmacSha256
		mac := got(from.GenerateMac(t.Context(), &kms.GenerateMacInput{KeyId: &id, MacAlgorithm: hmac, Message: []byte("m")})).ok(t).Mac
		got(to.VerifyMac(t.Context(), &kms.VerifyMacInput{KeyId: &id, MacAlgorithm: hmac, Message: []byte("m"), Mac: mac})).ok(t)
	}
	single := got(encrypt(t, f, newKey(t, f), "x")).ok(t).CiphertextBlob
	got(elsewhere.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: single})).failsWith(t, "AccessDeniedException")
	unrelated := mrReplicated(t, f, otherRegion)
	other := got(encrypt(t, f, mrReplicated(t, f, otherRegion), "x")).ok(t).CiphertextBlob
	got(elsewhere.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: other, KeyId: &unrelated})).failsWith(t, "IncorrectKeyException")
}

// Description, tags, policy, aliases and the enabled state are each key's own.
func TestIndependentProperties(t *testing.T) {
	t.Parallel()
	f := newFake()
	elsewhere := f.InRegion(otherRegion)
	id := newKeyLike(t, f, &kms.CreateKeyInput{
		MultiRegion: aws.Bool(true), Description: aws.String("here"),
		Tags: []types.Tag{{TagKey: aws.String("Place"), TagValue: aws.String("here")}},
	})
	policy := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "` + grantee + `"}, "Action": "kms:*", "Resource": "*"}]}`
	tags := []types.Tag{{TagKey: aws.String("B"), TagValue: aws.String("")}, {TagKey: aws.String("A"), TagValue: aws.String("there")}}
	out := got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{
		KeyId: aws.String(keyARN(f, id)), ReplicaRegion: aws.String(otherRegion), Description: aws.String("there"), Policy: &policy, Tags: tags,
	})).ok(t)
	sorted := []types.Tag{tags[1], tags[0]}
	equal(t, "ReplicaTags", out.ReplicaTags, sorted)
	equal(t, "ReplicaPolicy", *out.ReplicaPolicy, policy)
	equal(t, "Description", *out.ReplicaKeyMetadata.Description, "there")
	*out.ReplicaTags[0].TagValue, *out.ReplicaPolicy, *out.ReplicaKeyMetadata.MultiRegionConfiguration.PrimaryKey.Arn = "x", "x", "x"
	f.Advance(soon)

	tagsOf := func(f *kmsfake.Fake) []types.Tag {
		return got(f.ListResourceTags(t.Context(), &kms.ListResourceTagsInput{KeyId: &id})).ok(t).Tags
	}
	policyOf := func(f *kmsfake.Fake) string {
		return *got(f.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: &id})).ok(t).Policy
	}
	equal(t, "tags there", tagsOf(elsewhere), sorted)
	equal(t, "policy there", policyOf(elsewhere), policy)
	equal(t, "tags here", tagsOf(f), []types.Tag{{TagKey: aws.String("Place"), TagValue: aws.String("here")}})
	equal(t, "description here", *describe(t, f, id).Description, "here")
	if policyOf(f) == policy {
		t.Error("the primary key got the policy of the replica key")
	}
	equal(t, "configuration there", describe(t, elsewhere, id).MultiRegionConfiguration, mrConfiguration(otherRegion, id, region, otherRegion))

	newAlias(t, f, "alias/a", id)
	got(describeKey(t, elsewhere, "alias/a")).failsWith(t, "NotFoundException")
	disable(t, f, id)
	mrState(t, f, id, types.KeyStateDisabled)
	mrState(t, elsewhere, id, types.KeyStateEnabled)
	got(encrypt(t, elsewhere, id, "x")).ok(t)
	if ids := listKeys(t, elsewhere); len(ids) != 1 || *ids[0].KeyArn != keyARN(elsewhere, id) {
		t.Errorf("ListKeys: %v", ids)
	}
}

func TestReplicateKeyRefuses(t *testing.T) {
	t.Parallel()
	f := newFake()
	primary := mrReplicated(t, f, otherRegion)
	single, disabled, leaving := newKey(t, f), mrPrimary(t, f), mrPrimary(t, f)
	disable(t, f, disabled)
	scheduleDeletion(t, f, leaving, 7)
	newAlias(t, f, "alias/a", primary)
	external := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true), Origin: types.OriginTypeExternal})
	for _, c := range []struct {
		what, id, to string
		code, text   string // no text: AWS's words are not known
	}{
		{"a single-Region key", single, otherRegion, "UnsupportedOperationException", keyARN(f, single) + " is not a multi-region primary key."},
		{"twice", primary, otherRegion, "AlreadyExistsException", ""},
		{"its own Region", primary, region, "AlreadyExistsException", ""},
		{"another partition", primary, "cn-north-1", "UnsupportedOperationException", ""},
		{"another partition", primary, "us-gov-west-1", "UnsupportedOperationException", ""},
		{"disabled", disabled, otherRegion, "DisabledException", keyARN(f, disabled) + " is disabled."},
		{"pending deletion", leaving, otherRegion, "KMSInvalidStateException", keyARN(f, leaving) + " is pending deletion."},
		{"pending import", external, otherRegion, "KMSInvalidStateException", keyARN(f, external) + " is pending import."},
		{"no key", unknownKey, otherRegion, "NotFoundException", "Key '" + keyARN(f, unknownKey) + "' does not exist"},
		{"an alias", "alias/a", otherRegion, "InvalidArnException", "Key Aliases are not supported for this operation."},
		{"ARN of the replica", keyARN(f.InRegion(otherRegion), primary), "ap-south-1", "NotFoundException", "Invalid arn " + otherRegion},
		{"no Region", primary, "nowhere", "ValidationException", oneFailure(`Value 'nowhere' at 'replicaRegion' failed to satisfy constraint: Member must satisfy regular expression pattern: ^([a-z]+-){2,3}\d+$`)},
	} {
		unchanged(t, f, func() {
			r := got(mrReplicate(t, f, c.id, c.to))
			if c.text == "" {
				r.failsWith(t, c.code)
			} else {
				r.fails(t, c.code, c.text)
			}
		})
		if t.Failed() {
			t.Fatal(c.what)
		}
	}
	unchanged(t, f, func() {
		twice := types.Tag{TagKey: aws.String("a"), TagValue: aws.String("b")}
		in := &kms.ReplicateKeyInput{KeyId: &primary, ReplicaRegion: aws.String("ap-south-1"), Tags: []types.Tag{twice, twice}}
		got(f.ReplicateKey(t.Context(), in)).fails(t, "TagException", "Duplicate tag keys")
		in = &kms.ReplicateKeyInput{KeyId: &primary, ReplicaRegion: aws.String("ap-south-1"), Policy: aws.String("{" + strings.Repeat(" ", 32768) + "}")}
		got(f.ReplicateKey(t.Context(), in)).failsWith(t, "LimitExceededException")
	})
}

func TestUpdatePrimaryRegion(t *testing.T) {
	t.Parallel()
	const third = "ap-southeast-2"
	f := newFake()
	regions := map[string]*kmsfake.Fake{region: f, otherRegion: f.InRegion(otherRegion), third: f.InRegion(third)}
	id := mrReplicated(t, f, otherRegion, third)
	configured := func(primary string, replicas ...string) {
		t.Helper()
		for name, in := range regions {
			equal(t, name, describe(t, in, id).MultiRegionConfiguration, mrConfiguration(name, id, primary, replicas...))
		}
	}
	configured(region, otherRegion, third)

	got(mrMove(t, f, id, otherRegion)).ok(t)
	mrState(t, f, id, types.KeyStateUpdating)
	mrState(t, regions[otherRegion], id, types.KeyStateUpdating)
	mrState(t, regions[third], id, types.KeyStateEnabled)
	// "You can run this operation while using the affected multi-Region keys."
	for _, in := range regions {
		got(encrypt(t, in, id, "x")).ok(t)
	}
	got(mrReplicate(t, regions[otherRegion], id, "eu-north-1")).fails(t, "KMSInvalidStateException", keyARN(regions[otherRegion], id)+" is updating.")
	for _, in := range []*kmsfake.Fake{f, regions[otherRegion]} {
		got(in.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &id})).fails(t, "KMSInvalidStateException", keyARN(in, id)+" is updating.")
	}

	f.Advance(soon)
	for _, in := range regions {
		mrState(t, in, id, types.KeyStateEnabled)
	}
	configured(otherRegion, region, third)
	got(mrReplicate(t, f, id, "eu-north-1")).fails(t, "UnsupportedOperationException", keyARN(f, id)+" is not a multi-region primary key.")
	got(mrReplicate(t, regions[otherRegion], id, "eu-north-1")).ok(t)
	configured(otherRegion, region, third, "eu-north-1")
	got(mrMove(t, f, id, third)).fails(t, "UnsupportedOperationException", keyARN(f, id)+" is not a multi-region primary key.")

	// What was the primary key can be deleted now, and its replicas go on.
	scheduleDeletion(t, f, id, 7)
	mrState(t, f, id, types.KeyStatePendingDeletion)
	f.Advance(7 * day)
	got(describeKey(t, f, id)).failsWith(t, "NotFoundException")
	delete(regions, region)
	configured(otherRegion, third, "eu-north-1")
}

func TestUpdatePrimaryRegionRefuses(t *testing.T) {
	t.Parallel()
	const third = "ap-southeast-2"
	f := newFake()
	id := mrReplicated(t, f, otherRegion, third)
	replica := f.InRegion(otherRegion)
	disable(t, replica, id)
	scheduleDeletion(t, f.InRegion(third), id, 7)
	single, alone := newKey(t, f), mrPrimary(t, f)
	newAlias(t, f, "alias/a", id)
	for _, c := range []struct{ what, id, to, code, text string }{
		{"a disabled replica", id, otherRegion, "DisabledException", keyARN(replica, id) + " is disabled."},
		{"a replica that goes", id, third, "KMSInvalidStateException", keyARN(f.InRegion(third), id) + " is pending deletion."},
		{"no replica", id, "eu-north-1", "NotFoundException", "Key 'arn:aws:kms:eu-north-1:" + account + ":key/" + id + "' does not exist"},
		{"no replicas", alone, otherRegion, "NotFoundException", "Key '" + keyARN(replica, alone) + "' does not exist"},
		{"its own Region", id, region, "UnsupportedOperationException", ""},
		{"a single-Region key", single, otherRegion, "UnsupportedOperationException", keyARN(f, single) + " is not a multi-region primary key."},
		{"no key", unknownKey, otherRegion, "NotFoundException", "Key '" + keyARN(f, unknownKey) + "' does not exist"},
		{"an alias", "alias/a", otherRegion, "InvalidArnException", "Key Aliases are not supported for this operation."},
	} {
		unchanged(t, f, func() {
			r := got(mrMove(t, f, c.id, c.to))
			if c.text == "" {
				r.failsWith(t, c.code)
			} else {
				r.fails(t, c.code, c.text)
			}
		})
		if t.Failed() {
			t.Fatal(c.what)
		}
	}
	disable(t, f, id)
	got(mrMove(t, f, id, otherRegion)).fails(t, "DisabledException", keyARN(f, id)+" is disabled.")
}

// Rotation is the primary key's, and all related keys follow it.
func TestRotationOfRelatedKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	elsewhere := f.InRegion(otherRegion)
	id := mrReplicated(t, f, otherRegion)
	notPrimary := keyARN(elsewhere, id) + " is not a multi-region primary key."
	unchanged(t, f, func() {
		got(elsewhere.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &id})).fails(t, "UnsupportedOperationException", notPrimary)
		got(elsewhere.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &id})).fails(t, "UnsupportedOperationException", notPrimary)
		got(elsewhere.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).fails(t, "UnsupportedOperationException", notPrimary)
	})
	sealed := [][]byte{got(encrypt(t, elsewhere, id, "0")).ok(t).CiphertextBlob}
	got(f.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &id, RotationPeriodInDays: aws.Int32(90)})).ok(t)
	status := func(f *kmsfake.Fake) *kms.GetKeyRotationStatusOutput {
		out := got(f.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: &id})).ok(t)
		if *out.KeyId != keyARN(f, id) {
			t.Errorf("status of %s, want of %s", *out.KeyId, keyARN(f, id))
		}
		out.KeyId = nil
		return out
	}
	equal(t, "status", status(elsewhere), status(f))
	if !status(elsewhere).KeyRotationEnabled {
		t.Error("the replica key does not rotate")
	}
	// A disabled replica key is no reason not to rotate.
	disable(t, elsewhere, id)
	f.Advance(181 * day)
	got(elsewhere.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &id})).ok(t)
	got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).ok(t)
	here := got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id})).ok(t).Rotations
	there := got(elsewhere.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id})).ok(t).Rotations
	if len(here) != 3 || len(there) != 3 {
		t.Fatalf("%d rotations here, %d there, want 3", len(here), len(there))
	}
	for i := range here {
		equal(t, "key material", there[i].KeyMaterialId, here[i].KeyMaterialId)
		equal(t, "date", there[i].RotationDate, here[i].RotationDate)
	}
	equal(t, "current", describe(t, elsewhere, id).CurrentKeyMaterialId, describe(t, f, id).CurrentKeyMaterialId)

	// A new replica key has all that there ever was.
	sealed = append(sealed, got(encrypt(t, f, id, "1")).ok(t).CiphertextBlob)
	got(mrReplicate(t, f, id, "sa-east-1")).ok(t)
	f.Advance(soon)
	for _, r := range []string{region, otherRegion, "sa-east-1"} {
		for i, blob := range sealed {
			opened := got(f.InRegion(r).Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})).ok(t)
			if string(opened.Plaintext) != fmt.Sprint(i) {
				t.Errorf("%s opened %q, want %d", r, opened.Plaintext, i)
			}
		}
	}
	// The new primary key is the one to ask then.
	got(mrMove(t, f, id, otherRegion)).ok(t)
	f.Advance(soon)
	got(f.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &id})).fails(t, "UnsupportedOperationException", keyARN(f, id)+" is not a multi-region primary key.")
	got(elsewhere.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &id})).ok(t)
	if status(f).KeyRotationEnabled {
		t.Error("the former primary key still rotates")
	}
}

// "The minimum time to delete a primary key with replicas is 14 days."
func TestDeletionOfPrimaryKey(t *testing.T) {
	t.Parallel()
	regions := []string{otherRegion, "us-west-2", "ap-southeast-2"}
	for _, step := range []time.Duration{day, 11 * day, 100 * day} {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			t.Parallel()
			f := newFake()
			id := mrReplicated(t, f, regions...)
			out := got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(9)})).ok(t)
			equal(t, "ScheduleKeyDeletion", *out, kms.ScheduleKeyDeletionOutput{
				KeyId: aws.String(keyARN(f, id)), KeyState: types.KeyStatePendingReplicaDeletion, PendingWindowInDays: aws.Int32(9),
			})
			m := describe(t, f, id)
			if m.KeyState != types.KeyStatePendingReplicaDeletion || m.DeletionDate != nil || m.Enabled {
				t.Errorf("%+v", m)
			}
			equal(t, "PendingDeletionWindowInDays", m.PendingDeletionWindowInDays, aws.Int32(9))
			got(encrypt(t, f, id, "x")).fails(t, "KMSInvalidStateException", keyARN(f, id)+" is pending replica deletion.")
			got(mrReplicate(t, f, id, "eu-north-1")).fails(t, "KMSInvalidStateException", keyARN(f, id)+" is pending replica deletion.")
			f.Advance(1000 * day) // it can persist indefinitely
			mrState(t, f, id, types.KeyStatePendingReplicaDeletion)
			begin := f.Now()
			windows := map[string]int32{otherRegion: 7, "us-west-2": 21, "ap-southeast-2": 7}
			for r, window := range windows {
				mrState(t, f.InRegion(r), id, types.KeyStateEnabled)
				got(encrypt(t, f.InRegion(r), id, "x")).ok(t)
				scheduleDeletion(t, f.InRegion(r), id, window)
			}
			for f.Now().Before(begin.Add(40 * day)) {
				passed := f.Now().Sub(begin)
				for r, window := range windows {
					_, err := describeKey(t, f.InRegion(r), id)
					if gone := passed >= time.Duration(window)*day; (err != nil) != gone {
						t.Errorf("after %v the replica key in %s is gone: %t", passed, r, !gone)
					}
				}
				switch m, err := describeKey(t, f, id); {
				case passed >= 30*day:
					if err == nil {
						t.Errorf("after %v the primary key is there: %s", passed, m.KeyMetadata.KeyState)
					}
				case err != nil:
					t.Errorf("after %v: %v", passed, err)
				case passed >= 21*day:
					m := m.KeyMetadata
					if m.KeyState != types.KeyStatePendingDeletion || m.PendingDeletionWindowInDays != nil || !m.DeletionDate.Equal(begin.Truncate(time.Millisecond).Add(30*day)) {
						t.Errorf("after %v: %s, %v", passed, m.KeyState, m.DeletionDate)
					}
					equal(t, "configuration", m.MultiRegionConfiguration, mrConfiguration(region, id, region))
				case m.KeyMetadata.KeyState != types.KeyStatePendingReplicaDeletion:
					t.Errorf("after %v: %s", passed, m.KeyMetadata.KeyState)
				}
				f.Advance(step)
			}
			got(describeKey(t, f, id)).fails(t, "NotFoundException", "Key '"+keyARN(f, id)+"' does not exist")
		})
	}
}

// The deletion of each related key can be cancelled until it has happened.
func TestCancelDeletionOfRelatedKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	replica := f.InRegion(otherRegion)
	id := mrReplicated(t, f, otherRegion)
	cancel := func(f *kmsfake.Fake) {
		t.Helper()
		got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &id})).ok(t)
		mrState(t, f, id, types.KeyStateDisabled)
	}
	scheduleDeletion(t, f, id, 7)
	cancel(f)
	if m := describe(t, f, id); m.PendingDeletionWindowInDays != nil || m.DeletionDate != nil {
		t.Errorf("%+v", m)
	}
	scheduleDeletion(t, f, id, 7)
	scheduleDeletion(t, replica, id, 7)
	f.Advance(6 * day)
	cancel(replica)
	f.Advance(100 * day)
	mrState(t, f, id, types.KeyStatePendingReplicaDeletion)
	scheduleDeletion(t, replica, id, 7)
	f.Advance(8 * day)
	mrState(t, f, id, types.KeyStatePendingDeletion)
	cancel(f)
	f.Advance(100 * day)
	got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &id})).ok(t)
	// A primary key whose replicas are gone goes like any other.
	out := got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &id})).ok(t)
	if out.KeyState != types.KeyStatePendingDeletion || !out.DeletionDate.Equal(f.Now().Truncate(time.Millisecond).Add(30*day)) {
		t.Errorf("%s, %v", out.KeyState, out.DeletionDate)
	}
}

// A deleted replica key can be had again, and opens what it had sealed.
func TestReplicateAgain(t *testing.T) {
	t.Parallel()
	f := newFake()
	replica := f.InRegion(otherRegion)
	id := mrReplicated(t, f, otherRegion)
	newAlias(t, replica, "alias/a", id)
	sealed := got(encrypt(t, replica, id, "hello")).ok(t).CiphertextBlob
	scheduleDeletion(t, replica, id, 7)
	got(mrReplicate(t, f, id, otherRegion)).failsWith(t, "AlreadyExistsException")
	f.Advance(7 * day)
	got(replica.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).failsWith(t, "AccessDeniedException")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).ok(t)
	got(mrReplicate(t, f, id, otherRegion)).ok(t)
	f.Advance(soon)
	got(replica.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).ok(t)
	if list := aliasesOf(t, replica, id); len(list) != 0 {
		t.Errorf("the new replica key has aliases: %v", aliasNames(list))
	}
}

// In a clone the keys are related to each other and not to the original's.
func TestCloneOfRelatedKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := mrReplicated(t, f, otherRegion)
	twin := f.Clone()
	unchanged(t, f, func() {
		got(twin.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).ok(t)
		got(mrMove(t, twin, id, otherRegion)).ok(t)
		got(mrReplicate(t, twin, id, "sa-east-1")).fails(t, "KMSInvalidStateException", keyARN(f, id)+" is updating.")
	})
	here, there := describe(t, twin, id), describe(t, twin.InRegion(otherRegion), id)
	equal(t, "key material", there.CurrentKeyMaterialId, here.CurrentKeyMaterialId)
	equal(t, "configuration", here.MultiRegionConfiguration, mrConfiguration(region, id, otherRegion, region))
	if *here.CurrentKeyMaterialId == *describe(t, f, id).CurrentKeyMaterialId {
		t.Error("the rotation of the clone rotated the original")
	}
	scheduleDeletion(t, f, id, 7)
	scheduleDeletion(t, f.InRegion(otherRegion), id, 7)
	twin = f.Clone()
	for _, f := range []*kmsfake.Fake{twin, f} {
		f.Advance(8 * day)
		mrState(t, f, id, types.KeyStatePendingDeletion)
		f.Advance(6 * day)
		got(describeKey(t, f, id)).failsWith(t, "NotFoundException")
	}
}

// Imported key material is each key's own, and must be the same.
func TestReplicaOfImportedKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	elsewhere := f.InRegion(otherRegion)
	id := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true), Origin: types.OriginTypeExternal})
	got(f.ImportKeyMaterial(t.Context(), importInput(t, f, id))).ok(t)
	sealed := got(encrypt(t, f, id, "hello")).ok(t).CiphertextBlob
	out := got(mrReplicate(t, f, id, otherRegion)).ok(t)
	if m := out.ReplicaKeyMetadata; m.KeyState != types.KeyStateCreating || m.Origin != types.OriginTypeExternal || m.ExpirationModel != "" {
		t.Errorf("%+v", m)
	}
	f.Advance(soon)
	mrState(t, elsewhere, id, types.KeyStatePendingImport)
	got(elsewhere.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).fails(t, "KMSInvalidStateException", keyARN(elsewhere, id)+" is pending import.")
	got(elsewhere.ImportKeyMaterial(t.Context(), importInput(t, elsewhere, id))).ok(t)
	mrState(t, elsewhere, id, types.KeyStateEnabled)
	got(elsewhere.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).ok(t)
	got(f.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id})).ok(t)
	mrState(t, f, id, types.KeyStatePendingImport)
	mrState(t, elsewhere, id, types.KeyStateEnabled)
}

// "Import new key material in the primary Region key, import the same key material
// in each replica Region key, and invoke the on-demand rotation on the primary
// Region key."
func TestRotationOfRelatedImportedKeys(t *testing.T) {
	t.Parallel()
	f := newFake()
	replica, third := f.InRegion(otherRegion), f.InRegion("sa-east-1")
	all := []*kmsfake.Fake{f, replica, third}
	id := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true), Origin: types.OriginTypeExternal})
	importSymmetric(t, f, id, raw(1, 32))
	got(mrReplicate(t, f, id, otherRegion)).ok(t)
	got(mrReplicate(t, f, id, "sa-east-1")).ok(t)
	f.Advance(soon)
	got(replica.ImportKeyMaterial(t.Context(), wrapSymmetric(t, replica, id, raw(2, 32)))).failsWith(t, "IncorrectKeyMaterialException")
	for _, r := range all[1:] {
		importSymmetric(t, r, id, raw(1, 32))
	}
	old := got(encrypt(t, third, id, "old")).ok(t).CiphertextBlob

	fresh := wrapSymmetric(t, replica, id, raw(2, 32))
	newMaterial(fresh)
	unchanged(t, f, func() {
		got(replica.ImportKeyMaterial(t.Context(), fresh)).failsWith(t, "UnsupportedOperationException")
	})
	next := importSymmetric(t, f, id, raw(2, 32), newMaterial)
	stateOf := func(r *kmsfake.Fake) types.KeyMaterialState {
		t.Helper()
		in := &kms.ListKeyRotationsInput{KeyId: &id, IncludeKeyMaterial: types.IncludeKeyMaterialAllKeyMaterial}
		for _, entry := range got(r.ListKeyRotations(t.Context(), in)).ok(t).Rotations {
			if *entry.KeyMaterialId == next {
				return entry.KeyMaterialState
			}
		}
		return ""
	}
	nothing := "No available key material pending rotation for the key: " + keyARN(f, id) + "."
	for _, r := range all[1:] {
		if state := stateOf(f); state != types.KeyMaterialStatePendingMultiRegionImportAndRotation {
			t.Errorf("the new key material is %s while a replica lacks it", state)
		}
		unchanged(t, f, func() {
			got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).fails(t, "KMSInvalidStateException", nothing)
		})
		importSymmetric(t, r, id, raw(2, 32))
	}
	for _, r := range all {
		if state := stateOf(r); state != types.KeyMaterialStatePendingRotation {
			t.Errorf("in %s the new key material is %s", r.Region(), state)
		}
	}
	got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).ok(t)
	f.Advance(soon)
	sealed := got(encrypt(t, replica, id, "new")).ok(t)
	for _, r := range all {
		if state := stateOf(r); state != types.KeyMaterialStateCurrent {
			t.Errorf("in %s the new key material is %s", r.Region(), state)
		}
		for _, blob := range [][]byte{old, sealed.CiphertextBlob} {
			got(r.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})).ok(t)
		}
	}
	// The key material that one key loses, the others keep.
	got(third.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id, KeyMaterialId: &next})).ok(t)
	mrState(t, third, id, types.KeyStatePendingImport)
	mrState(t, f, id, types.KeyStateEnabled)
	mrState(t, replica, id, types.KeyStateEnabled)

	// What waits for rotation goes everywhere when the primary key's is deleted.
	next = importSymmetric(t, f, id, raw(3, 32), newMaterial)
	importSymmetric(t, replica, id, raw(3, 32))
	got(f.DeleteImportedKeyMaterial(t.Context(), &kms.DeleteImportedKeyMaterialInput{KeyId: &id, KeyMaterialId: &next})).ok(t)
	for _, r := range all {
		if state := stateOf(r); state != "" {
			t.Errorf("in %s the deleted key material is %s", r.Region(), state)
		}
	}
}

// A primary key that waits for its replicas to go does not rotate, nor do they.
func TestLeavingPrimaryKeyDoesNotRotate(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := mrReplicated(t, f, otherRegion)
	enableRotation(t, f, id, 90)
	first := *describe(t, f, id).CurrentKeyMaterialId
	scheduleDeletion(t, f, id, 7)
	if rotationStatus(t, f, id).KeyRotationEnabled {
		t.Error("rotation shows as on")
	}
	f.Advance(200 * day)
	if now := *describe(t, f.InRegion(otherRegion), id).CurrentKeyMaterialId; now != first {
		t.Error("the key material was rotated")
	}
}

// A replica key is seen elsewhere later, as any new key is.
func TestReplicaKeyPropagates(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithPropagationDelay(time.Minute))
	id := mrPrimary(t, f)
	f.Advance(time.Minute)
	got(mrReplicate(t, f, id, otherRegion)).ok(t)
	f.Advance(30 * time.Second)
	got(describeKey(t, f.InRegion(otherRegion), id)).failsWith(t, "NotFoundException")
	got(mrReplicate(t, f, id, otherRegion)).failsWith(t, "AlreadyExistsException")
	f.Advance(30 * time.Second)
	mrState(t, f.InRegion(otherRegion), id, types.KeyStateEnabled)
}

// Whatever is done with a set of related keys, in whatever order: there is one
// primary key, all keys say the same of the set, they are where it says, and what
// one of them sealed another opens.
func TestRelatedKeysProperty(t *testing.T) {
	t.Parallel()
	regions := []string{region, otherRegion, "us-west-2", "ap-southeast-2"}
	rapid.Check(t, func(r *rapid.T) {
		f := newFake()
		id := mrPrimary(t, f)
		sealed := got(encrypt(t, f, id, "hello")).ok(t).CiphertextBlob
		ctx := t.Context()
		in := func(label string) *kmsfake.Fake { return f.InRegion(rapid.SampledFrom(regions).Draw(r, label)) }
		check := func() {
			var config *types.MultiRegionConfiguration
			found := map[string]types.MultiRegionKeyType{}
			for _, name := range regions {
				f := f.InRegion(name)
				out, err := describeKey(t, f, id)
				if err != nil {
					continue
				}
				m := out.KeyMetadata
				c := m.MultiRegionConfiguration
				found[name] = c.MultiRegionKeyType
				c.MultiRegionKeyType = ""
				if config != nil {
					if diff := cmp.Diff(config, c, exported); diff != "" {
						r.Errorf("%s says otherwise (-others +%s):\n%s", name, name, diff)
					}
				}
				config = c
				if usable := m.KeyState == types.KeyStateEnabled || m.KeyState == types.KeyStateUpdating; usable {
					opened, err := f.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed})
					if err != nil || string(opened.Plaintext) != "hello" {
						r.Errorf("%s opened %v, %v", name, opened, err)
					}
					again, err := f.Encrypt(ctx, &kms.EncryptInput{KeyId: &id, Plaintext: []byte("hello")})
					if err != nil {
						r.Fatalf("%s: %v", name, err)
					}
					sealed = again.CiphertextBlob
				}
				if primary := found[name] == types.MultiRegionKeyTypePrimary; primary && len(c.ReplicaKeys) > 0 && m.KeyState == types.KeyStatePendingDeletion ||
					m.KeyState == types.KeyStatePendingReplicaDeletion && (!primary || len(c.ReplicaKeys) == 0) {
					r.Errorf("%s %s with %d replica keys", found[name], m.KeyState, len(c.ReplicaKeys))
				}
			}
			if config == nil {
				return // all are deleted
			}
			said := map[string]types.MultiRegionKeyType{*config.PrimaryKey.Region: types.MultiRegionKeyTypePrimary}
			for _, k := range config.ReplicaKeys {
				said[*k.Region] = types.MultiRegionKeyTypeReplica
			}
			if !maps.Equal(found, said) {
				r.Errorf("there are %v, and they say %v", found, said)
			}
		}
		r.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"replicate": func(r *rapid.T) {
				from, to := in("from"), rapid.SampledFrom(regions).Draw(r, "to")
				from.ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: &to})
			},
			"move": func(r *rapid.T) {
				from, to := in("from"), rapid.SampledFrom(regions).Draw(r, "to")
				from.UpdatePrimaryRegion(ctx, &kms.UpdatePrimaryRegionInput{KeyId: &id, PrimaryRegion: &to})
			},
			"schedule": func(r *rapid.T) {
				in("in").ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(rapid.Int32Range(7, 30).Draw(r, "days"))})
			},
			"cancel":  func(r *rapid.T) { in("in").CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &id}) },
			"enable":  func(*rapid.T) { in("in").EnableKey(ctx, &kms.EnableKeyInput{KeyId: &id}) },
			"disable": func(*rapid.T) { in("in").DisableKey(ctx, &kms.DisableKeyInput{KeyId: &id}) },
			"rotate":  func(*rapid.T) { in("in").RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: &id}) },
			"wait": func(r *rapid.T) {
				f.Advance(rapid.SampledFrom([]time.Duration{time.Second, soon, day, 8 * day}).Draw(r, "time"))
			},
			"clone": func(*rapid.T) { f = f.Clone() },
		})
	})
}

// The material is shared, so replicas cost no key generation even of RSA keys.
func BenchmarkReplicateKeyToTenRegions(b *testing.B) {
	f := kmsfake.New()
	var regions []string
	for i := range 10 {
		regions = append(regions, fmt.Sprintf("eu-north-%d", i+1))
	}
	for b.Loop() {
		id := newKeyLike(b, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true), KeySpec: types.KeySpecRsa4096, KeyUsage: types.KeyUsageTypeSignVerify})
		for r := range slices.Values(regions) {
			must(mrReplicate(b, f, id, r))
		}
	}
}

// A key that is updating can be used and rotated, and its primary Region moved again.
func TestNewPrimaryWhileItIsUpdating(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &id, ReplicaRegion: aws.String(otherRegion)})).ok(t)
	f.Advance(day)
	got(f.UpdatePrimaryRegion(t.Context(), &kms.UpdatePrimaryRegionInput{KeyId: &id, PrimaryRegion: aws.String(otherRegion)})).ok(t)
	there := f.InRegion(otherRegion)
	equal(t, "KeyState", describe(t, there, id).KeyState, types.KeyStateUpdating)
	got(there.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &id})).ok(t)
	got(encrypt(t, there, id, "x")).ok(t)
	got(there.UpdatePrimaryRegion(t.Context(), &kms.UpdatePrimaryRegionInput{KeyId: &id, PrimaryRegion: aws.String(region)})).ok(t)
	equal(t, "the primary Region", *describe(t, f, id).MultiRegionConfiguration.PrimaryKey.Region, region)
}
