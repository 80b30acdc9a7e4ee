package material

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

type edwardsKey struct {
	keyPair
	edwardsPublic
	private ed25519.PrivateKey
}

type edwardsPublic struct {
	of  *keyspec.Spec
	key ed25519.PublicKey
}

var _ Signer = (*edwardsKey)(nil)

func deriveEdwards(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	return newEdwards(spec, ed25519.NewKeyFromSeed(expand(seed, string(spec.Name), ed25519.SeedSize)))
}

func parseEdwards(spec *keyspec.Spec, _ string, encoded []byte) (Material, error) {
	private, err := parseStandard[ed25519.PrivateKey](encoded)
	if err != nil {
		return nil, err
	}
	return newEdwards(spec, private)
}

func newEdwards(spec *keyspec.Spec, private ed25519.PrivateKey) (Material, error) {
	pair, err := marshalStandard(spec, private)
	if err != nil {
		return nil, err
	}
	public := edwardsPublic{spec, ed25519.PublicKey(private[ed25519.SeedSize:])}
	return &edwardsKey{pair, public, private}, nil
}

func parseEdwardsPublic(spec *keyspec.Spec, spki []byte) (Verifier, error) {
	key, err := parseStandardPublic[ed25519.PublicKey](spki)
	if err != nil {
		return nil, err
	}
	// The library's key is a part of the encoding.
	return edwardsPublic{spec, bytes.Clone(key)}, nil
}

// edwardsInput is what Ed25519 or Ed25519ph signs. The latter hashes the
// caller's digest once more, as AWS does.
func edwardsInput(alg types.SigningAlgorithmSpec, message []byte) ([]byte, *ed25519.Options) {
	if alg == types.SigningAlgorithmSpecEd25519PhSha512 {
		again := sha512.Sum512(message)
		return again[:], &ed25519.Options{Hash: crypto.SHA512}
	}
	return message, &ed25519.Options{}
}

func (k *edwardsKey) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, rand io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	signed, opts := edwardsInput(alg, message)
	return k.private.Sign(rand, signed, opts)
}

func (k edwardsPublic) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.of, alg, t, message); err != nil {
		return false, err
	}
	signed, opts := edwardsInput(alg, message)
	return ed25519.VerifyWithOptions(k.key, signed, signature, opts) == nil, nil
}
