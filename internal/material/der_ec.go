package material

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// The DER of key pairs on curves that crypto/x509 does not know: RFC 5480 for
// the public key, RFC 5958 around RFC 5915 for the private one.

var oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

type privateKeyInfo struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	PrivateKey []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	PublicKey  asn1.RawValue `asn1:"optional,tag:1"`
}

type publicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	PublicKey asn1.BitString
}

type ecPrivateKey struct {
	Version       int
	PrivateKey    []byte
	NamedCurveOID asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	PublicKey     asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// marshalEC encodes a private scalar and its uncompressed public point.
func marshalEC(curve asn1.ObjectIdentifier, scalar, point []byte) (pkcs8, spki []byte, err error) {
	parameters, err := asn1.Marshal(curve)
	if err != nil {
		return nil, nil, err
	}
	algorithm := pkix.AlgorithmIdentifier{
		Algorithm:  oidECPublicKey,
		Parameters: asn1.RawValue{FullBytes: parameters},
	}
	public := asn1.BitString{Bytes: point, BitLength: 8 * len(point)}
	private, err := asn1.Marshal(ecPrivateKey{Version: 1, PrivateKey: scalar, PublicKey: public})
	if err != nil {
		return nil, nil, err
	}
	if pkcs8, err = marshalPKCS8(algorithm, private); err != nil {
		return nil, nil, err
	}
	spki, err = asn1.Marshal(publicKeyInfo{algorithm, public})
	return pkcs8, spki, err
}

func marshalPKCS8(algorithm pkix.AlgorithmIdentifier, private []byte) ([]byte, error) {
	return asn1.Marshal(struct {
		Version    int
		Algorithm  pkix.AlgorithmIdentifier
		PrivateKey []byte
	}{0, algorithm, private})
}

// parseECPrivate reads PKCS #8 and returns the private scalar in size bytes,
// and the public point if the encoding has one.
func parseECPrivate(curve asn1.ObjectIdentifier, size int, pkcs8 []byte) (scalar, point []byte, err error) {
	info, err := parsePKCS8(pkcs8)
	if err != nil {
		return nil, nil, err
	}
	if err := checkCurve(curve, info.Algorithm); err != nil {
		return nil, nil, err
	}
	var private ecPrivateKey
	if err := unmarshalAll(info.PrivateKey, &private); err != nil {
		return nil, nil, err
	}
	if private.Version != 1 {
		return nil, nil, fmt.Errorf("version %d of an EC private key", private.Version)
	}
	if private.NamedCurveOID != nil && !private.NamedCurveOID.Equal(curve) {
		return nil, nil, errors.New("private key names another curve")
	}
	d := new(big.Int).SetBytes(private.PrivateKey)
	if d.BitLen() > 8*size {
		return nil, nil, errors.New("private scalar is too long")
	}
	if point, err = octets(private.PublicKey); err != nil {
		return nil, nil, err
	}
	return d.FillBytes(make([]byte, size)), point, nil
}

// parseECPublic reads a SubjectPublicKeyInfo and returns the encoded point.
func parseECPublic(curve asn1.ObjectIdentifier, spki []byte) ([]byte, error) {
	var info publicKeyInfo
	if err := unmarshalAll(spki, &info); err != nil {
		return nil, err
	}
	if err := checkCurve(curve, info.Algorithm); err != nil {
		return nil, err
	}
	return octets(info.PublicKey)
}

func checkCurve(curve asn1.ObjectIdentifier, algorithm pkix.AlgorithmIdentifier) error {
	if !algorithm.Algorithm.Equal(oidECPublicKey) {
		return errors.New("not an elliptic curve key")
	}
	var named asn1.ObjectIdentifier
	if err := unmarshalAll(algorithm.Parameters.FullBytes, &named); err != nil {
		return err
	}
	if !named.Equal(curve) {
		return errors.New("key is on another curve")
	}
	return nil
}

// octets is a copy of the bytes of a bit string that is made of whole ones.
func octets(s asn1.BitString) ([]byte, error) {
	if s.BitLength%8 != 0 {
		return nil, errors.New("bit string is not made of whole bytes")
	}
	return bytes.Clone(s.Bytes), nil
}

func parsePKCS8(der []byte) (info privateKeyInfo, err error) {
	if err := unmarshalAll(der, &info); err != nil {
		return info, err
	}
	if info.Version != 0 && info.Version != 1 {
		return info, fmt.Errorf("version %d of a private key", info.Version)
	}
	return info, nil
}

// unmarshalAll wants the DER to be the value and nothing after it.
func unmarshalAll(der []byte, value any) error {
	rest, err := asn1.Unmarshal(der, value)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return errors.New("trailing data")
	}
	return nil
}
