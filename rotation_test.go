package kmsfake_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

func enableRotation(t testing.TB, f *kmsfake.Fake, keyID string, days int32) {
	t.Helper()
	in := &kms.EnableKeyRotationInput{KeyId: &keyID}
	if days != 0 {
		in.RotationPeriodInDays = &days
	}
	got(f.EnableKeyRotation(t.Context(), in)).ok(t)
}

func rotateOnDemand(t testing.TB, f *kmsfake.Fake, keyID string) (*kms.RotateKeyOnDemandOutput, error) {
	return f.RotateKeyOnDemand(t.Context(), &kms.RotateKeyOnDemandInput{KeyId: &keyID})
}

func rotationStatus(t testing.TB, f *kmsfake.Fake, keyID string) *kms.GetKeyRotationStatusOutput {
	t.Helper()
	return got(f.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: &keyID})).ok(t)
}

// rotationsOf are the entries of ListKeyRotations, all pages of them.
func rotationsOf(t testing.TB, f *kmsfake.Fake, in kms.ListKeyRotationsInput) []types.RotationsListEntry {
	t.Helper()
	list := []types.RotationsListEntry{}
	for pages := kms.NewListKeyRotationsPaginator(f, &in); pages.HasMorePages(); {
		list = append(list, got(pages.NextPage(t.Context())).ok(t).Rotations...)
	}
	return list
}

func rotations(t testing.TB, f *kmsfake.Fake, keyID string) []types.RotationsListEntry {
	t.Helper()
	return rotationsOf(t, f, kms.ListKeyRotationsInput{KeyId: &keyID})
}

// dates are when the key rotated, and how.
func dates(list []types.RotationsListEntry) []string {
	out := []string{}
	for _, e := range list {
		out = append(out, fmt.Sprintf("%s %s", e.RotationDate.Format(time.DateTime), e.RotationType))
	}
	return out
}

func enable(t testing.TB, f *kmsfake.Fake, keyID string) {
	t.Helper()
	got(f.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &keyID})).ok(t)
}

func opens(t testing.TB, f *kmsfake.Fake, sealed *kms.EncryptOutput, plaintext, materialID string) {
	t.Helper()
	out := got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})).ok(t)
	if string(out.Plaintext) != plaintext || *out.KeyMaterialId != materialID {
		t.Errorf("Decrypt gives %q under %s, want %q under %s", out.Plaintext, *out.KeyMaterialId, plaintext, materialID)
	}
}

func TestRotationSchedule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ asked, period int32 }{{0, 365}, {90, 90}, {365, 365}, {2560, 2560}} {
		f := newFake()
		id := newKey(t, f)
		equal(t, "off", rotationStatus(t, f, id), &kms.GetKeyRotationStatusOutput{KeyId: aws.String(keyARN(f, id))})
		enableRotation(t, f, id, test.asked)
		first, period := *describe(t, f, id).CurrentKeyMaterialId, time.Duration(test.period)*day
		equal(t, "on", rotationStatus(t, f, id), &kms.GetKeyRotationStatusOutput{
			KeyId: aws.String(keyARN(f, id)), KeyRotationEnabled: true,
			RotationPeriodInDays: &test.period, NextRotationDate: aws.Time(startMS.Add(period)),
		})
		sealed := got(encrypt(t, f, id, "old")).ok(t)
		f.Advance(startMS.Add(period).Sub(start) - 1)
		equal(t, "not yet", rotations(t, f, id), []types.RotationsListEntry{})
		f.Advance(1)
		second := *describe(t, f, id).CurrentKeyMaterialId
		if second == first {
			t.Fatal("the key has not rotated")
		}
		entry := types.RotationsListEntry{
			KeyId: aws.String(keyARN(f, id)), KeyMaterialId: &second, KeyMaterialState: types.KeyMaterialStateCurrent,
			RotationDate: aws.Time(startMS.Add(period)), RotationType: types.RotationTypeAutomatic,
		}
		equal(t, "rotations", rotations(t, f, id), []types.RotationsListEntry{entry})
		equal(t, "all key material", rotationsOf(t, f, kms.ListKeyRotationsInput{KeyId: &id, IncludeKeyMaterial: types.IncludeKeyMaterialAllKeyMaterial}),
			[]types.RotationsListEntry{
				{KeyId: entry.KeyId, KeyMaterialId: &first, KeyMaterialState: types.KeyMaterialStateNonCurrent},
				entry,
			})
		equal(t, "next", *rotationStatus(t, f, id).NextRotationDate, startMS.Add(2*period))
		opens(t, f, sealed, "old", first)
		opens(t, f, got(encrypt(t, f, id, "new")).ok(t), "new", second)
	}
}

// All that was due in a long time has happened, on its dates.
func TestRotationsOfTenYears(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	enableRotation(t, f, id, 90)
	sealed, first := got(encrypt(t, f, id, "old")).ok(t), *describe(t, f, id).CurrentKeyMaterialId
	f.Advance(3650 * day)
	list := rotations(t, f, id)
	if len(list) != 40 {
		t.Fatalf("%d rotations in 3650 days at 90", len(list))
	}
	seen := map[string]bool{first: true}
	for i, e := range list {
		equal(t, "date", *e.RotationDate, startMS.Add(time.Duration(i+1)*90*day))
		want := types.KeyMaterialStateNonCurrent
		if i == len(list)-1 {
			want = types.KeyMaterialStateCurrent
		}
		if e.KeyMaterialState != want || seen[*e.KeyMaterialId] {
			t.Errorf("entry %d: %s, seen before: %v", i, e.KeyMaterialState, seen[*e.KeyMaterialId])
		}
		seen[*e.KeyMaterialId] = true
	}
	opens(t, f, sealed, "old", first)
	// A page at a time it is the same, and the first key material comes first.
	all := rotationsOf(t, f, kms.ListKeyRotationsInput{KeyId: &id, Limit: aws.Int32(7), IncludeKeyMaterial: types.IncludeKeyMaterialAllKeyMaterial})
	if len(all) != 41 || *all[0].KeyMaterialId != first {
		t.Errorf("%d entries with the first key material", len(all))
	}
	equal(t, "the others", all[1:], list)
}

func TestRotationPages(t *testing.T) {
	t.Parallel()
	f := newFake()
	id, other := newKey(t, f), newKey(t, f)
	enableRotation(t, f, id, 90)
	f.Advance(101 * 90 * day)
	page := got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id})).ok(t)
	if len(page.Rotations) != 100 || !page.Truncated || page.NextMarker == nil {
		t.Errorf("by default a page has %d, truncated %v", len(page.Rotations), page.Truncated)
	}
	rest := got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id, Marker: page.NextMarker})).ok(t)
	if len(rest.Rotations) != 1 || rest.Truncated || rest.NextMarker != nil {
		t.Errorf("the rest has %d, truncated %v", len(rest.Rotations), rest.Truncated)
	}
	whole := got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id, Limit: aws.Int32(101)})).ok(t)
	if len(whole.Rotations) != 101 || whole.Truncated {
		t.Errorf("a page of 101 has %d, truncated %v", len(whole.Rotations), whole.Truncated)
	}
	got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &other, Marker: page.NextMarker})).failsWith(t, "InvalidMarkerException")
	got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &id, Marker: aws.String("marker")})).failsWith(t, "InvalidMarkerException")
}

func TestRotationPeriodBounds(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	for days, bound := range map[int32]string{
		89:   "greater than or equal to 90",
		2561: "less than or equal to 2560",
	} {
		got(f.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &id, RotationPeriodInDays: &days})).fails(t, "ValidationException",
			oneFailure(fmt.Sprintf("Value '%d' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value %s", days, bound)))
	}
}

// A new period counts from when it is set.
func TestRotationPeriodChanges(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	enableRotation(t, f, id, 365)
	f.Advance(100 * day)
	enableRotation(t, f, id, 180)
	f.Advance(179 * day)
	equal(t, "before", len(rotations(t, f, id)), 0)
	f.Advance(day)
	equal(t, "after", len(rotations(t, f, id)), 1)
	got(f.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &id})).ok(t)
	f.Advance(3650 * day)
	equal(t, "when it is off", len(rotations(t, f, id)), 1)
	if rotationStatus(t, f, id).KeyRotationEnabled {
		t.Error("the rotation is on")
	}
	enableRotation(t, f, id, 0)
	equal(t, "on again", *rotationStatus(t, f, id).NextRotationDate, f.Now().Truncate(time.Millisecond).Add(365*day))
}

// A key that is disabled or waits for deletion does not rotate. One that has
// missed its date rotates when it is enabled, the others as before.
func TestRotationStandsStill(t *testing.T) {
	t.Parallel()
	stop := map[string]func(t *testing.T, f *kmsfake.Fake, id string) (resume func()){
		"disabled": func(t *testing.T, f *kmsfake.Fake, id string) func() {
			disable(t, f, id)
			return func() { enable(t, f, id) }
		},
		"pending deletion": func(t *testing.T, f *kmsfake.Fake, id string) func() {
			scheduleDeletion(t, f, id, 30)
			return func() {
				got(f.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &id})).ok(t)
				enable(t, f, id)
			}
		},
	}
	for name, stop := range stop {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			missed, early := newKey(t, f), newKey(t, f)
			enableRotation(t, f, missed, 100)
			enableRotation(t, f, early, 200)
			f.Advance(90 * day)
			resume := []func(){stop(t, f, missed), stop(t, f, early)}
			f.Advance(20 * day)
			for _, id := range []string{missed, early} {
				equal(t, "while it stands still", len(rotations(t, f, id)), 0)
				status := rotationStatus(t, f, id)
				if status.KeyRotationEnabled != (name == "disabled") {
					t.Errorf("the status is %v", status.KeyRotationEnabled)
				}
				if name != "disabled" && (status.NextRotationDate != nil || status.RotationPeriodInDays != nil) {
					t.Error("the status tells a schedule")
				}
			}
			for _, resume := range resume {
				resume()
			}
			now := startMS.Add(110 * day)
			equal(t, "at once", dates(rotations(t, f, missed)), []string{now.Format(time.DateTime) + " AUTOMATIC"})
			equal(t, "and a period later", *rotationStatus(t, f, missed).NextRotationDate, now.Add(100*day))
			equal(t, "not at once", len(rotations(t, f, early)), 0)
			equal(t, "as before", *rotationStatus(t, f, early).NextRotationDate, startMS.Add(200*day))
		})
	}
}

// The schedule cannot be changed while the key is disabled.
func TestRotationOfDisabledKey(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	disable(t, f, id)
	text := keyARN(f, id) + " is disabled."
	got(f.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &id})).fails(t, "DisabledException", text)
	got(f.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &id})).fails(t, "DisabledException", text)
	got(rotateOnDemand(t, f, id)).fails(t, "DisabledException", text)
}

// The example of the documentation: a rotation on demand days before an automatic
// one, which happens all the same.
func TestRotationOnDemandKeepsTheSchedule(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	enableRotation(t, f, id, 730)
	f.Advance(726 * day)
	equal(t, "answer", *got(rotateOnDemand(t, f, id)).ok(t).KeyId, keyARN(f, id))
	status := rotationStatus(t, f, id)
	equal(t, "next", *status.NextRotationDate, startMS.Add(730*day))
	if status.OnDemandRotationStartDate != nil {
		t.Error("a rotation is in progress")
	}
	f.Advance((4 + 730) * day)
	equal(t, "rotations", dates(rotations(t, f, id)), []string{
		startMS.Add(726*day).Format(time.DateTime) + " ON_DEMAND",
		startMS.Add(730*day).Format(time.DateTime) + " AUTOMATIC",
		startMS.Add(1460*day).Format(time.DateTime) + " AUTOMATIC",
	})
}

func TestRotationOnDemandLimit(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	for range 25 {
		got(rotateOnDemand(t, f, id)).ok(t)
	}
	unchanged(t, f, func() {
		got(rotateOnDemand(t, f, id)).fails(t, "LimitExceededException",
			"The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: "+keyARN(f, id))
	})
	// Automatic ones do not count.
	enableRotation(t, f, id, 90)
	f.Advance(180 * day)
	equal(t, "rotations", len(rotations(t, f, id)), 27)
}

func TestRotationOnDemandBeforeAutomatic(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	enableRotation(t, f, id, 90)
	f.Advance(startMS.Add(90*day - 20*time.Minute).Sub(start))
	got(rotateOnDemand(t, f, id)).failsWith(t, "ConflictException")
	f.Advance(20 * time.Minute)
	got(rotateOnDemand(t, f, id)).ok(t)
	equal(t, "rotations", len(rotations(t, f, id)), 2)
	f.Advance(90*day - 21*time.Minute)
	got(rotateOnDemand(t, f, id)).ok(t)
}

// Which keys have which rotation.
func TestRotationByKind(t *testing.T) {
	t.Parallel()
	f := newFake()
	external := *externalKey(t, f, types.KeySpecSymmetricDefault, "").KeyId
	importSymmetric(t, f, external, raw(1, 32))
	keys := map[string]struct{ id, text string }{
		"asymmetric": {newKeyOf(t, f, types.KeySpecEccNistP256, types.KeyUsageTypeSignVerify), ""},
		"HMAC":       {newKeyOf(t, f, types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac), ""},
		"imported":   {external, keyARN(f, external) + " origin is EXTERNAL which is not valid for this operation."},
	}
	for kind, key := range keys {
		got(f.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &key.id})).fails(t, "UnsupportedOperationException", key.text)
		got(f.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &key.id})).fails(t, "UnsupportedOperationException", key.text)
		got(f.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: &key.id})).fails(t, "UnsupportedOperationException", key.text)
		if kind == "imported" {
			equal(t, "rotations", rotations(t, f, key.id), []types.RotationsListEntry{})
			continue
		}
		got(rotateOnDemand(t, f, key.id)).fails(t, "UnsupportedOperationException", "")
		got(f.ListKeyRotations(t.Context(), &kms.ListKeyRotationsInput{KeyId: &key.id})).fails(t, "UnsupportedOperationException", "")
	}
}

// A clone goes on with the schedule, and what it does stays its own.
func TestRotationInClone(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	enableRotation(t, f, id, 90)
	twin := f.Clone()
	twin.Advance(90 * day)
	equal(t, "the clone's rotations", len(rotations(t, twin, id)), 1)
	equal(t, "the original's", len(rotations(t, f, id)), 0)
	f.Advance(90 * day)
	equal(t, "the same key material", *describe(t, f, id).CurrentKeyMaterialId, *describe(t, twin, id).CurrentKeyMaterialId)
}

// Whatever happens to a key, it has rotated when a plain model says, and all its
// ciphertexts open.
func TestRotationProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := newFake()
		id := newKey(t, f)
		type sealed struct {
			out      *kms.EncryptOutput
			material string
		}
		var (
			ciphertexts []sealed
			want        = []string{}
			period      int
			next        time.Time
			enabled     = true
			onDemand    int
			now         = func() time.Time { return f.Now().Truncate(time.Millisecond) }
			rotated     = func(at time.Time, how types.RotationType) {
				want = append(want, at.Format(time.DateTime)+" "+string(how))
			}
		)
		rt.Repeat(map[string]func(*rapid.T){
			"time": func(rt *rapid.T) {
				f.Advance(time.Duration(rapid.SampledFrom([]int{1, 60, 24 * 60, 60 * 24 * 60, 365 * 24 * 60, 3650 * 24 * 60}).Draw(rt, "minutes")) * time.Minute)
				for enabled && period > 0 && !next.After(f.Now()) {
					rotated(next, types.RotationTypeAutomatic)
					next = next.AddDate(0, 0, period)
				}
			},
			"enable": func(rt *rapid.T) {
				enable(t, f, id)
				if !enabled && period > 0 && !next.After(f.Now()) {
					rotated(now(), types.RotationTypeAutomatic)
					next = now().AddDate(0, 0, period)
				}
				enabled = true
			},
			"disable": func(rt *rapid.T) {
				disable(t, f, id)
				enabled = false
			},
			"schedule": func(rt *rapid.T) {
				if days := rapid.SampledFrom([]int{0, 90, 365}).Draw(rt, "period"); enabled {
					if period = days; days == 0 {
						got(f.DisableKeyRotation(t.Context(), &kms.DisableKeyRotationInput{KeyId: &id})).ok(t)
						return
					}
					enableRotation(t, f, id, int32(days))
					next = now().AddDate(0, 0, days)
				}
			},
			"on demand": func(rt *rapid.T) {
				_, err := rotateOnDemand(t, f, id)
				ok := enabled && onDemand < 25 && !(period > 0 && next.Sub(f.Now()) <= 20*time.Minute)
				if ok != (err == nil) {
					rt.Fatalf("RotateKeyOnDemand: %v", err)
				}
				if ok {
					onDemand++
					rotated(now(), types.RotationTypeOnDemand)
				}
			},
			"encrypt": func(rt *rapid.T) {
				if enabled && len(ciphertexts) < 20 {
					current := *describe(t, f, id).CurrentKeyMaterialId
					ciphertexts = append(ciphertexts, sealed{got(encrypt(t, f, id, "text")).ok(t), current})
				}
			},
			"": func(rt *rapid.T) {
				equal(t, "rotations", dates(rotations(t, f, id)), want)
				if enabled {
					for _, s := range ciphertexts {
						opens(t, f, s.out, "text", s.material)
					}
				}
				if t.Failed() {
					rt.FailNow()
				}
			},
		})
	})
}

// Readers that find rotations due settle them together.
func TestRotationIsSettledByReaders(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := newKey(t, f)
	enableRotation(t, f, id, 90)
	f.Advance(3650 * day)
	found := make(chan string)
	for range 8 {
		go func() { found <- *describe(t, f, id).CurrentKeyMaterialId }()
	}
	first := <-found
	for range 7 {
		if next := <-found; next != first {
			t.Errorf("one reader finds %s, another %s", first, next)
		}
	}
}

// Time passes at no cost, however many keys rotate meanwhile.
func BenchmarkAdvanceTenYears(b *testing.B) {
	f := kmsfake.New()
	for range 10_000 {
		key := must(f.CreateKey(b.Context(), &kms.CreateKeyInput{}))
		must(f.EnableKeyRotation(b.Context(), &kms.EnableKeyRotationInput{KeyId: key.KeyMetadata.KeyId}))
	}
	for b.Loop() {
		f.Advance(3650 * day)
	}
}
