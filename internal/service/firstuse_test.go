package service

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
	"example.com/kmsfake/internal/wire"
)

// Key material is made when it is first used, and once, however many are first.
func TestKeyMaterialIsMadeOnce(t *testing.T) {
	t.Parallel()
	var made atomic.Int32
	km := newKeyMaterial([32]byte{1}, func() (material.Material, error) {
		made.Add(1)
		return material.Derive(types.KeySpecEccNistP256, "aws", [32]byte{2})
	})
	if made.Load() != 0 {
		t.Error("made before it was used")
	}
	u := &usable{materials: []*keyMaterial{km}}
	var users sync.WaitGroup
	var signers [16]material.Signer
	for i := range signers {
		users.Go(func() { signers[i], _ = materialOf[material.Signer](u) })
	}
	users.Wait()
	for _, signer := range signers {
		if signer == nil || signer != signers[0] {
			t.Errorf("%p, another has %p", signer, signers[0])
		}
	}
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

// What has no place in an operation is an exception, not a panic.
func TestMaterialOfAnotherKind(t *testing.T) {
	t.Parallel()
	u := &usable{materials: []*keyMaterial{newKeyMaterial([32]byte{1}, func() (material.Material, error) {
		return material.Derive(types.KeySpecHmac256, "aws", [32]byte{2})
	})}}
	if _, err := materialOf[material.Signer](u); wire.Status(err) != 500 {
		t.Errorf("%v", err)
	}
	failing := &usable{materials: []*keyMaterial{newKeyMaterial([32]byte{1}, func() (material.Material, error) {
		return material.Derive(types.KeySpecSm2, "aws", [32]byte{2})
	})}}
	if _, err := materialOf[material.Signer](failing); wire.Status(err) != 500 {
		t.Errorf("%v", err)
	}
}
