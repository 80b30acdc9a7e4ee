package material

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
)

// The DER of ML-DSA (RFC 9881) and ML-KEM (RFC 9935) key pairs. A private key
// is a choice of the seed, the key expanded from it, or both.

// marshalSeed encodes a private key in seed format, and its public key.
func marshalSeed(oid asn1.ObjectIdentifier, seed, public []byte) (pkcs8, spki []byte, err error) {
	algorithm := pkix.AlgorithmIdentifier{Algorithm: oid}
	choice, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, Bytes: seed})
	if err != nil {
		return nil, nil, err
	}
	if pkcs8, err = marshalPKCS8(algorithm, choice); err != nil {
		return nil, nil, err
	}
	spki, err = asn1.Marshal(publicKeyInfo{algorithm, asn1.BitString{Bytes: public, BitLength: 8 * len(public)}})
	return pkcs8, spki, err
}

// parseSeedPublic reads a SubjectPublicKeyInfo and returns the encoded key.
func parseSeedPublic(oid asn1.ObjectIdentifier, spki []byte) ([]byte, error) {
	var info publicKeyInfo
	if err := unmarshalAll(spki, &info); err != nil {
		return nil, err
	}
	if !info.Algorithm.Algorithm.Equal(oid) || len(info.Algorithm.Parameters.FullBytes) != 0 {
		return nil, errors.New("public key is of another algorithm")
	}
	return octets(info.PublicKey)
}

// parseSeed reads a private key that has a seed. If the expanded key stands
// beside it, the two must agree.
func parseSeed(oid asn1.ObjectIdentifier, size int, pkcs8 []byte, expand func(seed []byte) ([]byte, error)) ([]byte, error) {
	info, err := parsePKCS8(pkcs8)
	if err != nil {
		return nil, err
	}
	if !info.Algorithm.Algorithm.Equal(oid) {
		return nil, errors.New("private key is of another algorithm")
	}
	if len(info.Algorithm.Parameters.FullBytes) != 0 {
		return nil, errors.New("algorithm has parameters")
	}
	var choice asn1.RawValue
	if err := unmarshalAll(info.PrivateKey, &choice); err != nil {
		return nil, err
	}
	switch {
	case choice.Class == asn1.ClassContextSpecific && choice.Tag == 0 && !choice.IsCompound:
		if len(choice.Bytes) != size {
			return nil, errors.New("seed has the wrong length")
		}
		return bytes.Clone(choice.Bytes), nil
	case choice.Class == asn1.ClassUniversal && choice.Tag == asn1.TagSequence:
		var both struct{ Seed, Expanded []byte }
		if err := unmarshalAll(info.PrivateKey, &both); err != nil {
			return nil, err
		}
		if len(both.Seed) != size {
			return nil, errors.New("seed has the wrong length")
		}
		expanded, err := expand(both.Seed)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(expanded, both.Expanded) {
			return nil, errors.New("expanded key is not that of the seed")
		}
		return both.Seed, nil
	}
	return nil, errors.New("private key has no seed")
}
