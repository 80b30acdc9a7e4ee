package material

import (
	"crypto"
	"encoding/asn1"
	"fmt"
	"io"

	"filippo.io/mldsa"
	"filippo.io/mldsa/mldsacrypto"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/cloudflare/circl/sign"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"example.com/kmsfake/internal/keyspec"
)

type mldsaKey struct {
	keyPair
	mldsaPublic
	private *mldsa.PrivateKey
}

type mldsaPublic struct {
	of  *keyspec.Spec
	key *mldsa.PublicKey
	mu  *muVerifier
}

var _ Signer = (*mldsaKey)(nil)

const mldsaSeedSize = 32

var mldsaSets = map[types.KeySpec]struct {
	oid        asn1.ObjectIdentifier
	parameters mldsa.Parameters
	mu         *muParameters
	// scheme expands a seed, to compare it with an expanded key beside it.
	scheme sign.Scheme
}{
	types.KeySpecMlDsa44: {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 17}, mldsa.MLDSA44(), &mu44, mldsa44.Scheme()},
	types.KeySpecMlDsa65: {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 18}, mldsa.MLDSA65(), &mu65, mldsa65.Scheme()},
	types.KeySpecMlDsa87: {asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 19}, mldsa.MLDSA87(), &mu87, mldsa87.Scheme()},
}

func deriveMLDSA(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	return newMLDSA(spec, expand(seed, string(spec.Name), mldsaSeedSize))
}

func parseMLDSA(spec *keyspec.Spec, _ string, encoded []byte) (Material, error) {
	set := mldsaSets[spec.Name]
	seed, err := parseSeed(set.oid, mldsaSeedSize, encoded, func(seed []byte) ([]byte, error) {
		_, private := set.scheme.DeriveKey(seed)
		return private.MarshalBinary()
	})
	if err != nil {
		return nil, err
	}
	return newMLDSA(spec, seed)
}

func newMLDSA(spec *keyspec.Spec, seed []byte) (Material, error) {
	set, ok := mldsaSets[spec.Name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrSpec, spec.Name)
	}
	private, err := mldsa.NewPrivateKey(set.parameters, seed)
	if err != nil {
		return nil, err
	}
	public, err := newMLDSAPublic(spec, private.PublicKey().Bytes())
	if err != nil {
		return nil, err
	}
	pkcs8, spki, err := marshalSeed(set.oid, seed, public.key.Bytes())
	if err != nil {
		return nil, err
	}
	return &mldsaKey{keyPair{spec, pkcs8, spki}, public, private}, nil
}

func parseMLDSAPublic(spec *keyspec.Spec, spki []byte) (Verifier, error) {
	encoded, err := parseSeedPublic(mldsaSets[spec.Name].oid, spki)
	if err != nil {
		return nil, err
	}
	return newMLDSAPublic(spec, encoded)
}

func newMLDSAPublic(spec *keyspec.Spec, encoded []byte) (mldsaPublic, error) {
	set := mldsaSets[spec.Name]
	key, err := mldsa.NewPublicKey(set.parameters, encoded)
	if err != nil {
		return mldsaPublic{}, err
	}
	mu, err := newMuVerifier(set.mu, encoded)
	if err != nil {
		return mldsaPublic{}, err
	}
	return mldsaPublic{spec, key, mu}, nil
}

// externalMu tells the library that a message is μ.
type externalMu struct{}

func (externalMu) HashFunc() crypto.Hash { return mldsacrypto.MLDSAMu }

// Sign is the deterministic variant with an empty context: the hedged one of the
// library draws its own randomness, and no verifier can tell them apart.
func (k *mldsaKey) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, _ io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	if isRaw(t) {
		return k.private.SignDeterministic(message, nil)
	}
	return k.private.SignDeterministic(message, externalMu{})
}

func (k mldsaPublic) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.of, alg, t, message); err != nil {
		return false, err
	}
	if isRaw(t) {
		return mldsa.Verify(k.key, message, signature, nil) == nil, nil
	}
	return k.mu.verify(message, signature), nil
}
