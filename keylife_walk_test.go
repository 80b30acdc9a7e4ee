package kmsfake_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// A walk through the lives of keys of every kind, with time that jumps by seconds
// or days: after each step every key is in one of the eight key states, and does
// what the table of key states says of that one. The walks are the same in every
// run, so that each of the states is reached in them.

// lifeKey is a key in one Region, and a ciphertext from when it could make one.
type lifeKey struct {
	in     *kmsfake.Fake
	id     string
	sealed []byte
}

type life struct {
	f       *kmsfake.Fake
	rand    *rand.Rand
	store   *string
	keys    []*lifeKey
	reached map[types.KeyState]int
}

func TestLivesOfKeys(t *testing.T) {
	t.Parallel()
	reached := map[types.KeyState]int{}
	for seed := range uint64(60) {
		l := newLife(t, seed, reached)
		for range 50 {
			l.act(t)
			for _, k := range l.keys {
				l.look(t, k)
			}
			if t.Failed() {
				t.Fatalf("walk %d\n%s", seed, dump(l.f))
			}
		}
	}
	for _, state := range types.KeyState("").Values() {
		t.Logf("%s was looked at %d times", state, reached[state])
		if reached[state] < 10 {
			t.Errorf("%s was looked at %d times", state, reached[state])
		}
	}
}

func newLife(t *testing.T, seed uint64, reached map[types.KeyState]int) *life {
	f := newFake()
	l := &life{f: f, rand: rand.New(rand.NewPCG(seed, 0)), reached: reached}
	l.store = got(f.CreateCustomKeyStore(t.Context(), &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: aws.String("ExampleKeyStore"), CloudHsmClusterId: aws.String("cluster-abcdefghijk"),
		KeyStorePassword: aws.String("kmsPswd"), TrustAnchorCertificate: aws.String("certificate"),
	})).ok(t).CustomKeyStoreId
	got(f.ConnectCustomKeyStore(t.Context(), &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: l.store})).ok(t)
	f.Advance(day)
	for _, in := range []*kms.CreateKeyInput{
		{},
		{Origin: types.OriginTypeExternal},
		{Origin: types.OriginTypeAwsCloudhsm, CustomKeyStoreId: l.store},
		{MultiRegion: aws.Bool(true)},
	} {
		id := newKeyLike(t, f, in)
		l.keys = append(l.keys, &lifeKey{in: f, id: id})
		if in.MultiRegion != nil {
			l.keys = append(l.keys, &lifeKey{in: f.InRegion(otherRegion), id: id})
		}
	}
	return l
}

// act does one thing to one key, which the service may refuse.
func (l *life) act(t *testing.T) {
	ctx, k := t.Context(), l.keys[l.rand.IntN(len(l.keys))]
	var err error
	switch l.rand.IntN(17) {
	case 0:
		_, err = k.in.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &k.id})
	case 1:
		_, err = k.in.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &k.id})
	case 2:
		_, err = k.in.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &k.id, PendingWindowInDays: aws.Int32(7)})
	case 3, 4:
		_, err = k.in.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: &k.id})
		if err == nil {
			_, err = k.in.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &k.id})
		}
	case 5, 6:
		other := map[string]string{k.in.Region(): otherRegion, otherRegion: l.f.Region()}[k.in.Region()]
		_, err = k.in.ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: &k.id, ReplicaRegion: &other})
	case 7, 13, 14, 15:
		other := map[string]string{k.in.Region(): otherRegion, otherRegion: l.f.Region()}[k.in.Region()]
		_, err = k.in.UpdatePrimaryRegion(ctx, &kms.UpdatePrimaryRegionInput{KeyId: &k.id, PrimaryRegion: &other})
	case 8:
		in := importInput(t, k.in, k.id)
		if l.rand.IntN(2) == 0 {
			in.ExpirationModel, in.ValidTo = types.ExpirationModelTypeKeyMaterialExpires, aws.Time(l.f.Now().Add(3*day))
		}
		_, err = k.in.ImportKeyMaterial(ctx, in)
	case 9:
		_, err = k.in.DeleteImportedKeyMaterial(ctx, &kms.DeleteImportedKeyMaterialInput{KeyId: &k.id})
	case 10:
		_, err = l.f.DisconnectCustomKeyStore(ctx, &kms.DisconnectCustomKeyStoreInput{CustomKeyStoreId: l.store})
	case 11:
		_, err = l.f.ConnectCustomKeyStore(ctx, &kms.ConnectCustomKeyStoreInput{CustomKeyStoreId: l.store})
	case 12:
		_, err = k.in.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: &k.id})
	default:
		steps := []time.Duration{time.Second, 2 * time.Second, time.Minute, day, 3 * day, 400 * day}
		l.f.Advance(steps[l.rand.IntN(len(steps))])
	}
	var refused smithy.APIError
	if err != nil && !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
}

// look holds a key against the table.
func (l *life) look(t *testing.T, k *lifeKey) {
	ctx := t.Context()
	out, err := k.in.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &k.id})
	if err != nil {
		checkError(t, "DescribeKey", err, "NotFoundException", "Key '"+keyARN(k.in, k.id)+"' does not exist")
		return
	}
	m := out.KeyMetadata
	if !slices.Contains(m.KeyState.Values(), m.KeyState) || m.Enabled != (m.KeyState == types.KeyStateEnabled) {
		t.Errorf("state %s, enabled %v", m.KeyState, m.Enabled)
	}
	l.reached[m.KeyState]++
	column := m.KeyState
	if column == types.KeyStatePendingReplicaDeletion {
		column = types.KeyStatePendingDeletion
	}
	held := func(operation string, err error) {
		t.Helper()
		entry := keyStateOf(t, operation, column)
		switch {
		case entry != "ok":
			checkStateError(t, operation, err, entry, *m.Arn, m.KeyState)
		case err != nil:
			t.Errorf("%s of a key that is %s: %v", operation, m.KeyState, err)
		}
	}
	sealed, err := k.in.Encrypt(ctx, &kms.EncryptInput{KeyId: &k.id, Plaintext: []byte("x")})
	held("Encrypt", err)
	if k.sealed != nil { // what was sealed once opens whenever the key can be used
		opened, err := k.in.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: k.sealed})
		held("Decrypt", err)
		if err == nil && string(opened.Plaintext) != "x" {
			t.Errorf("opened %q", opened.Plaintext)
		}
	} else if sealed != nil {
		k.sealed = sealed.CiphertextBlob
	}
	_, err = k.in.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &k.id, KeySpec: types.DataKeySpecAes256})
	held("GenerateDataKey", err)
	_, err = k.in.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &k.id})
	held("GetKeyPolicy", err)
	_, err = k.in.UpdateKeyDescription(ctx, &kms.UpdateKeyDescriptionInput{KeyId: &k.id, Description: aws.String("looked at")})
	held("UpdateKeyDescription", err)
	_, err = k.in.TagResource(ctx, &kms.TagResourceInput{KeyId: &k.id, Tags: tags("a=1")})
	held("TagResource", err)
}
