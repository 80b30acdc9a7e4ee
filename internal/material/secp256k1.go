package material

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"example.com/kmsfake/internal/keyspec"
)

var oidSecp256k1 = asn1.ObjectIdentifier{1, 3, 132, 0, 10}

// secp256k1Key is a key pair on the SEC curve P256K1.
type secp256k1Key struct {
	keyPair
	secp256k1Public
	private *secp256k1.PrivateKey
}

type secp256k1Public struct {
	of  *keyspec.Spec
	key *secp256k1.PublicKey
}

var _ Signer = (*secp256k1Key)(nil)

func deriveSecp256k1(spec *keyspec.Spec, _ string, seed [32]byte) (Material, error) {
	return newSecp256k1(spec, scalar(seed, string(spec.Name), secp256k1.S256().N), nil)
}

func parseSecp256k1(spec *keyspec.Spec, _ string, encoded []byte) (Material, error) {
	d, point, err := parseECPrivate(oidSecp256k1, secp256k1.PrivKeyBytesLen, encoded)
	if err != nil {
		return nil, err
	}
	return newSecp256k1(spec, d, point)
}

// newSecp256k1 checks the scalar, and the public point if there is one.
func newSecp256k1(spec *keyspec.Spec, scalar, point []byte) (Material, error) {
	var d secp256k1.ModNScalar
	if overflow := d.SetByteSlice(scalar); overflow || d.IsZero() {
		return nil, errors.New("private scalar is out of range")
	}
	private := secp256k1.NewPrivateKey(&d)
	public := private.PubKey()
	encoded := public.SerializeUncompressed()
	if len(point) != 0 && !bytes.Equal(point, encoded) {
		return nil, errors.New("public key does not belong to the private key")
	}
	pkcs8, spki, err := marshalEC(oidSecp256k1, private.Serialize(), encoded)
	if err != nil {
		return nil, err
	}
	return &secp256k1Key{keyPair{spec, pkcs8, spki}, secp256k1Public{spec, public}, private}, nil
}

func parseSecp256k1Public(spec *keyspec.Spec, spki []byte) (Verifier, error) {
	point, err := parseECPublic(oidSecp256k1, spki)
	if err != nil {
		return nil, err
	}
	if len(point) != secp256k1.PubKeyBytesLenUncompressed || point[0] != secp256k1.PubKeyFormatUncompressed {
		return nil, errors.New("point is not uncompressed")
	}
	key, err := secp256k1.ParsePubKey(point)
	if err != nil {
		return nil, err
	}
	return secp256k1Public{spec, key}, nil
}

// Sign draws its nonce and leaves s as it comes, in either half of the group's
// order: AWS does too, and code that needs the lower half must see to it.
func (k *secp256k1Key) Sign(alg types.SigningAlgorithmSpec, t types.MessageType, message []byte, rand io.Reader) ([]byte, error) {
	if err := checkMessage(k.spec, alg, t, message); err != nil {
		return nil, err
	}
	var e, r, s secp256k1.ModNScalar
	e.SetByteSlice(digest(ecdsaHashes[alg], t, message))
	for {
		nonce, err := k.nonce(rand)
		if err != nil {
			return nil, err
		}
		var point secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(nonce, &point)
		point.ToAffine()
		r.SetBytes(point.X.Bytes())
		if r.IsZero() {
			continue
		}
		s.Mul2(&k.private.Key, &r).Add(&e).Mul(nonce.InverseNonConst())
		if !s.IsZero() {
			return encodeSignature(&r, &s)
		}
	}
}

// nonce draws a scalar from 1 to the order less one, by rejection.
func (k *secp256k1Key) nonce(rand io.Reader) (*secp256k1.ModNScalar, error) {
	var drawn [secp256k1.PrivKeyBytesLen]byte
	for {
		if _, err := io.ReadFull(rand, drawn[:]); err != nil {
			return nil, err
		}
		n := new(secp256k1.ModNScalar)
		if overflow := n.SetBytes(&drawn); overflow == 0 && !n.IsZero() {
			return n, nil
		}
	}
}

func encodeSignature(r, s *secp256k1.ModNScalar) ([]byte, error) {
	rb, sb := r.Bytes(), s.Bytes()
	return asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(rb[:]),
		new(big.Int).SetBytes(sb[:]),
	})
}

func (k secp256k1Public) Verify(alg types.SigningAlgorithmSpec, t types.MessageType, message, signature []byte) (bool, error) {
	if err := checkMessage(k.of, alg, t, message); err != nil {
		return false, err
	}
	parsed, err := ecdsa.ParseDERSignature(signature)
	if err != nil {
		return false, nil
	}
	return parsed.Verify(digest(ecdsaHashes[alg], t, message), k.key), nil
}
