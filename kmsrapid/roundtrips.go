package kmsrapid

import (
	"bytes"
	"context"
	"slices"

	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// Transform is code under test that makes bytes of bytes: a ciphertext, say, of a
// plaintext, by calls of KMS. It gets a handle, and may use its
// [kmsfake.Fake.Client].
type Transform func(ctx context.Context, fake *kmsfake.Fake, in []byte) ([]byte, error)

// RoundTrips is the law that open gives back what seal was given. Whatever
// happens in between, it never gives other bytes. It refuses only if it must: a
// call failed by a fault or by throttling, somebody else took a key away that seal
// used, or revoked a grant; and then its error wraps that of KMS or has its text.
//
// A seal that refuses is believed.
func RoundTrips(seal, open Transform) func(t *rapid.T, fake *kmsfake.Fake) {
	return func(t *rapid.T, fake *kmsfake.Fake) {
		var list []*sealed
		for range 1 + upTo(2).Draw(t, "more secrets") {
			if s := sealOne(t, fake, seal); s != nil {
				list = append(list, s)
			}
		}
		for _, s := range list {
			s.opens(t, fake, open)
		}
	}
}

// secret draws plaintexts that shrink soon.
var secret = rapid.Custom(func(t *rapid.T) []byte {
	length := oneOf([]int{1, 2, 16, 31, 32, 33, 4095, 4096}).Draw(t, "length")
	return randomBytes(uint64(upTo(15).Draw(t, "seed")), length)
})

// sealed is what was sealed, and how.
type sealed struct {
	plaintext, stored []byte
	keys              []string
}

// sealOne seals a plaintext that it draws: nil if that is refused.
func sealOne(t *rapid.T, fake *kmsfake.Fake, seal Transform) *sealed {
	s := &sealed{plaintext: secret.Draw(t, "plaintext")}
	during := from(fake)
	stored, err := seal(t.Context(), fake, bytes.Clone(s.plaintext))
	if err != nil {
		return nil
	}
	s.stored, s.keys = bytes.Clone(stored), during.keys()
	return s
}

// opens checks what becomes of it.
func (s *sealed) opens(t *rapid.T, fake *kmsfake.Fake, open Transform) {
	during := from(fake)
	couldBe := usable(fake, s.keys)
	opened, err := open(t.Context(), fake, bytes.Clone(s.stored))
	if err == nil {
		if !bytes.Equal(opened, s.plaintext) {
			t.Fatalf("open gives other bytes than seal was given: %q instead of %q", opened, s.plaintext)
		}
		return
	}
	refused := during.refused()
	switch {
	case len(refused) == 0:
		t.Fatalf("open refuses, though KMS refused it nothing: %v", err)
	case !says(err, refused):
		t.Fatalf("open refuses, and its error does not say why: %v", err)
	case slices.ContainsFunc(refused, func(c kmsfake.Call) bool { return c.Fault != nil || isThrottling(codeOf(c.Error)) }):
	case during.byAdministrator(s.keys):
	case !(couldBe && usable(fake, s.keys)) && !ownDoing(fake, s.keys):
	case slices.ContainsFunc(refused, denied) && revoked(fake):
	default:
		t.Fatalf("open refuses, though the key that sealed can be used: %v", err)
	}
}

// ownDoing says whether the code under test took one of the keys away itself, and
// nobody else did.
func ownDoing(fake *kmsfake.Fake, keys []string) bool {
	all := record{fake: fake}
	return slices.ContainsFunc(all.calls(), func(c kmsfake.Call) bool {
		return c.Error == nil && slices.Contains(keys, c.KeyARN) &&
			slices.Contains([]string{"DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial"}, c.Operation)
	}) && !all.byAdministrator(keys)
}

func isThrottling(code string) bool {
	return code == "ThrottlingException" || code == "LimitExceededException"
}

func denied(c kmsfake.Call) bool { return codeOf(c.Error) == "AccessDeniedException" }

// revoked says whether the administrator has revoked a grant in the run.
func revoked(fake *kmsfake.Fake) bool {
	return slices.ContainsFunc(record{fake: fake}.all(), func(c kmsfake.Call) bool {
		return isAdministrator(c.Principal) && c.Operation == "RevokeGrant" && c.Error == nil
	})
}
