package keyspec

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// The sizes of keys, of moduli, fields and digests, as the names say; specs whose
// names do not have none.
func TestBits(t *testing.T) {
	t.Parallel()
	want := map[types.KeySpec]int{
		types.KeySpecRsa2048: 2048, types.KeySpecRsa3072: 3072, types.KeySpecRsa4096: 4096,
		types.KeySpecEccNistP256: 256, types.KeySpecEccNistP384: 384, types.KeySpecEccNistP521: 521, types.KeySpecEccSecgP256k1: 256,
		types.KeySpecEccNistEdwards25519: 255, types.KeySpecSm2: 256,
		types.KeySpecHmac224: 224, types.KeySpecHmac256: 256, types.KeySpecHmac384: 384, types.KeySpecHmac512: 512,
	}
	for i := range specs {
		if s := &specs[i]; s.Bits != want[s.Name] {
			t.Errorf("%s has %d bits, want %d", s.Name, s.Bits, want[s.Name])
		}
	}
}
