package kmsfake_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
)

const throttled = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."

func TestResourceQuotas(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: 2, AliasesPerKey: 1, GrantsPerKey: 1, PolicyBytes: 200, CustomKeyStores: -1, OnDemandRotations: 1}))
	key := newKey(t, f)
	describe(t, f, "alias/aws/ebs") // makes an AWS managed key, which does not count
	second := newKey(t, f)
	unchanged(t, f, func() { got(f.CreateKey(t.Context(), nil)).failsWith(t, "LimitExceededException") })
	newKey(t, f.InRegion(otherRegion))
	newKey(t, f.InAccount(otherAccount))
	scheduleDeletion(t, f, second, 7)
	got(f.CreateKey(t.Context(), nil)).failsWith(t, "LimitExceededException") // whatever the key state
	f.Advance(8 * day)
	newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})

	newAlias(t, f, "alias/a", key)
	got(createAlias(t, f, "alias/b", key)).fails(t, "LimitExceededException", "Aliases per key quota for this account in this region is 1, current usage is 1.")

	g := grant(t, f, key, types.GrantOperationDecrypt)
	in := &kms.CreateGrantInput{KeyId: &key, GranteePrincipal: aws.String(otherUser), Operations: []types.GrantOperation{types.GrantOperationDecrypt}}
	unchanged(t, f, func() { got(f.CreateGrant(t.Context(), in)).failsWith(t, "LimitExceededException") })
	got(f.RevokeGrant(t.Context(), &kms.RevokeGrantInput{KeyId: &key, GrantId: g.GrantId})).ok(t)
	got(f.CreateGrant(t.Context(), in)).ok(t)

	policy := keyPolicy()
	policy += strings.Repeat(" ", 200-len(policy))
	putPolicy(t, f, key, policy)
	long := policy + " "
	unchanged(t, f, func() {
		got(f.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &key, Policy: &long})).failsWith(t, "LimitExceededException")
	})

	got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &key})).ok(t)
	got(f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &key})).failsWith(t, "LimitExceededException")

	got(f.CreateCustomKeyStore(t.Context(), &kms.CreateCustomKeyStoreInput{
		CustomKeyStoreName: aws.String("s"), CloudHsmClusterId: aws.String("cluster-7a23b4cdefg"),
		KeyStorePassword: aws.String("kmsPswd"), TrustAnchorCertificate: aws.String("certificate"),
	})).failsWith(t, "LimitExceededException")
}

// Being refused costs the same in a full account as in an empty one.
func BenchmarkCreateKeyBeyondQuota(b *testing.B) {
	for _, keys := range []int{1, 10_000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			f := newFake(kmsfake.WithJournal(0), kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: keys}))
			for range keys {
				newKey(b, f)
			}
			for b.Loop() {
				if _, err := f.CreateKey(b.Context(), nil); err == nil {
					b.Fatal("a key beyond the quota")
				}
			}
		})
	}
}

// A replica key counts in its own Region.
func TestKeyQuotaOfReplicas(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithQuotas(kmsfake.Quotas{KeysPerRegion: 1}))
	key := newKeyLike(t, f, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	newKey(t, f.InRegion(otherRegion))
	replicate := func(to string) result[kms.ReplicateKeyOutput] {
		return got(f.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &key, ReplicaRegion: &to}))
	}
	unchanged(t, f, func() { replicate(otherRegion).failsWith(t, "LimitExceededException") })
	replicate("ap-southeast-2").ok(t)
}

// AWS's own request quotas: what may come in one second, and what comes back with
// time. Each is its own, and everybody in an account shares it.
func TestRequestRates(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithQuotas(kmsfake.Quotas{RequestRates: true}))
	create := func() result[kms.CreateKeyOutput] { return got(f.CreateKey(t.Context(), nil)) }
	key := *create().ok(t).KeyMetadata.KeyId
	for range 4 {
		create().ok(t)
	}
	unchanged(t, f, func() { create().fails(t, "ThrottlingException", throttled) })
	got(f.As(appRole, allowing("kms:*")).CreateKey(t.Context(), nil)).failsWith(t, "ThrottlingException")
	got(f.InAccount(otherAccount).CreateKey(t.Context(), nil)).ok(t)
	got(f.InRegion(otherRegion).CreateKey(t.Context(), nil)).ok(t)
	newAlias(t, f, "alias/a", key) // has a quota of its own
	f.Advance(200 * time.Millisecond)
	create().ok(t)
	create().failsWith(t, "ThrottlingException")
	f.Advance(time.Hour)
	for range 5 {
		create().ok(t)
	}
	create().failsWith(t, "ThrottlingException")

	// Less than one a second.
	imported := newKeyLike(t, f.InRegion(otherRegion), &kms.CreateKeyInput{Origin: types.OriginTypeExternal})
	parameters := func() result[kms.GetParametersForImportOutput] {
		return got(f.InRegion(otherRegion).GetParametersForImport(t.Context(), &kms.GetParametersForImportInput{
			KeyId: &imported, WrappingAlgorithm: types.AlgorithmSpecRsaesOaepSha256, WrappingKeySpec: types.WrappingKeySpecRsa2048,
		}))
	}
	parameters().ok(t)
	f.Advance(3 * time.Second)
	parameters().failsWith(t, "ThrottlingException")
	f.Advance(time.Second)
	parameters().ok(t)
}

// Cryptographic operations share a quota by the kind of the key.
func TestSharedRequestRates(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithQuotas(kmsfake.Quotas{Rates: map[string]float64{
		"Cryptographic operations (symmetric)": 3, "Cryptographic operations (ECC)": 1, "GenerateDataKeyPair (ECC_NIST_P256)": 1,
	}}))
	key, mac, sign := newKey(t, f), newKeyLike(t, f, &macKey), newKeyLike(t, f, &signingKey)
	call := func(name, id string) error {
		t.Helper()
		_, err := invoke(t, f, name, inputOf(name)(t, f, id))
		return err
	}
	for _, step := range []struct {
		name, key string
		want      bool
	}{
		{"Encrypt", key, true},
		{"GenerateDataKey", key, true},
		{"GenerateMac", mac, true},
		{"Encrypt", key, false},
		{"GenerateMac", mac, false},
		{"Sign", sign, true},
		{"Sign", sign, false},
		{"GenerateDataKeyPair", key, true},
		{"GenerateDataKeyPairWithoutPlaintext", key, false},
		{"DescribeKey", key, true},
	} {
		err := call(step.name, step.key)
		if step.want && err != nil || !step.want && (err == nil || !strings.Contains(err.Error(), "api error ThrottlingException: "+throttled)) {
			t.Errorf("%s: %v", step.name, err)
		}
	}
	got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1)})).failsWith(t, "ThrottlingException")
	// Who calls pays, not whose key it is.
	allowAll(t, f, key)
	got(encrypt(t, f.As(otherUser, allowing("kms:*")), keyARN(f, key), "x")).ok(t)
}

// The Regions differ in the quota of symmetric keys alone.
func TestRequestRatesOfRegions(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]int{"us-east-1": 100_000, "eu-central-1": 20_000, "sa-east-1": 10_000} {
		f := newFake(kmsfake.WithRegion(region), kmsfake.WithQuotas(kmsfake.Quotas{RequestRates: true}))
		in := &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1)}
		n := 0
		for n <= want {
			if _, err := f.GenerateRandom(t.Context(), in); err != nil {
				break
			}
			n++
		}
		if n != want {
			t.Errorf("%s allows %d requests in a second, want %d", region, n, want)
		}
	}
}

// The SDK's client waits and tries again.
func TestClientGetsThroughThrottling(t *testing.T) {
	t.Parallel()
	start := time.Now()
	standing := kmsfake.WithClock(func() time.Time { return start })
	f := kmsfake.New(standing, kmsfake.WithQuotas(kmsfake.Quotas{Rates: map[string]float64{"ListKeys": 200}}), kmsfake.WithJournal(1000))
	client := f.Client()
	for i := range 250 {
		if _, err := client.ListKeys(t.Context(), &kms.ListKeysInput{}); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	if throttled := strings.Count(fmt.Sprint(f.Calls()), "ThrottlingException"); throttled == 0 {
		t.Error("nothing was throttled")
	}
}
