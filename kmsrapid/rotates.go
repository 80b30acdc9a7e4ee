package kmsrapid

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// Rotates is the law of code that rotates keys. What was sealed before opens
// after it as [RoundTrips] says; a rotation that takes the old key away breaks it.
// And if rotate returns no error, what is sealed then is under other key material
// than before, of the same KMS key or of another, unless an administrator pointed
// an alias elsewhere meanwhile.
func Rotates(seal Transform, rotate func(ctx context.Context, fake *kmsfake.Fake) error, open Transform) func(t *rapid.T, fake *kmsfake.Fake) {
	return func(t *rapid.T, fake *kmsfake.Fake) {
		before := from(fake)
		old := sealOne(t, fake, seal)
		if old == nil {
			return
		}
		oldMaterials := materialsOf(fake, old.keys)
		if err := rotate(t.Context(), fake); err == nil {
			if s := sealOne(t, fake, seal); s != nil {
				compareMaterials(t, fake, before, oldMaterials, s)
				s.opens(t, fake, open)
			}
		}
		old.opens(t, fake, open)
	}
}

// keyMaterial is key material of a KMS key, by its ARN and its id.
type keyMaterial struct{ key, id string }

func compareMaterials(t *rapid.T, fake *kmsfake.Fake, since record, old []keyMaterial, s *sealed) {
	if slices.ContainsFunc(since.all(), func(c kmsfake.Call) bool {
		return isAdministrator(c.Principal) && c.Error == nil && c.Operation == "UpdateAlias"
	}) {
		return
	}
	for _, m := range materialsOf(fake, s.keys) {
		if slices.Contains(old, m) {
			t.Fatalf("rotate succeeds, and seal uses the old key material %s of %s", m.id, m.key)
		}
	}
}

// materialsOf is the current key material of the keys that have such a thing.
func materialsOf(fake *kmsfake.Fake, keys []string) (list []keyMaterial) {
	clone := fake.Clone()
	for _, key := range keys {
		out, err := ownerOf(clone, key).DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &key})
		if err == nil && out.KeyMetadata.CurrentKeyMaterialId != nil {
			list = append(list, keyMaterial{key, *out.KeyMetadata.CurrentKeyMaterialId})
		}
	}
	return list
}
