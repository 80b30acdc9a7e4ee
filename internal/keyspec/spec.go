package keyspec

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Family is the cryptography behind a key spec.
type Family uint8

// The families.
const (
	Symmetric Family = iota + 1
	HMAC
	RSA
	ECC
	Edwards
	MLDSA
	MLKEM
	SM2
)

// Kind is the kind of a KMS key as UpdateAlias tells them apart.
type Kind uint8

// The kinds.
const (
	KindSymmetric Kind = iota + 1
	KindAsymmetric
	KindHMAC
)

// China is the partition of the China Regions.
const China = "aws-cn"

// Spec is one row of the table. Its slices are shared: do not write to them.
type Spec struct {
	Name   types.KeySpec
	Family Family

	// Usages are the key usages that CreateKey accepts.
	Usages []types.KeyUsageType

	// The algorithms of each usage, in the order of DescribeKey's lists.
	Encryption    []types.EncryptionAlgorithmSpec
	Signing       []types.SigningAlgorithmSpec
	Mac           []types.MacAlgorithmSpec
	Agreement     []types.KeyAgreementAlgorithmSpec
	Encapsulation []types.EncapsulationAlgorithmSpec

	// Bits is the length of the RSA modulus, of the curve's field or of the
	// HMAC's digest; 0 where the name says it all.
	Bits int

	// MinMaterial and MaxMaterial bound imported raw key material, in bytes;
	// both are 0 for key pairs, which are imported as PKCS #8. In the China
	// Regions symmetric key material is ChinaMaterial bytes.
	MinMaterial, MaxMaterial, ChinaMaterial int

	// EncapsulatedSize is the length of an encapsulated shared secret in bytes.
	EncapsulatedSize int

	// Importable says that the key spec takes Origin EXTERNAL.
	Importable bool
	// MultiRegion says that keys of the spec can be multi-Region keys.
	MultiRegion bool
	// ChinaOnly and NotInChina say where the spec is offered.
	ChinaOnly, NotInChina bool
}

// Lookup finds a key spec by its name.
func Lookup(name types.KeySpec) (*Spec, bool) {
	i := slices.IndexFunc(specs, func(s Spec) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return &specs[i], true
}

// LookupPair finds the key spec that a data key pair spec names.
func LookupPair(name types.DataKeyPairSpec) (*Spec, bool) {
	if !slices.Contains(dataKeyPairs, name) {
		return nil, false
	}
	return Lookup(types.KeySpec(name))
}

// Allows reports whether keys of the spec can have the usage.
func (s *Spec) Allows(usage types.KeyUsageType) bool {
	return slices.Contains(s.Usages, usage)
}

// DefaultUsage is the usage of a key for which none was given. Only symmetric
// encryption keys have one.
func (s *Spec) DefaultUsage() (types.KeyUsageType, bool) {
	if s.Family != Symmetric {
		return "", false
	}
	return types.KeyUsageTypeEncryptDecrypt, true
}

// MaxPlaintext is the most bytes that Encrypt takes under a key of the spec
// with the algorithm, and 0 if the two do not go together.
func (s *Spec) MaxPlaintext(alg types.EncryptionAlgorithmSpec) int {
	if !slices.Contains(s.Encryption, alg) {
		return 0
	}
	switch alg {
	case types.EncryptionAlgorithmSpecSymmetricDefault:
		return 4096
	case types.EncryptionAlgorithmSpecSm2pke:
		return 1024
	case types.EncryptionAlgorithmSpecRsaesOaepSha1:
		return s.Bits/8 - 2*20 - 2
	case types.EncryptionAlgorithmSpecRsaesOaepSha256:
		return s.Bits/8 - 2*32 - 2
	}
	return 0
}

// Kind tells symmetric encryption keys, key pairs and HMAC keys apart, as
// UpdateAlias does.
func (s *Spec) Kind() Kind {
	switch s.Family {
	case Symmetric:
		return KindSymmetric
	case HMAC:
		return KindHMAC
	}
	return KindAsymmetric
}

// AvailableIn reports whether the spec is offered in the partition.
func (s *Spec) AvailableIn(partition string) bool {
	if partition == China {
		return !s.NotInChina
	}
	return !s.ChinaOnly
}

// MaterialLength reports the bounds, in bytes, of imported raw key material in
// the partition. ok is false for key pairs, which are imported as PKCS #8.
func (s *Spec) MaterialLength(partition string) (least, most int, ok bool) {
	if partition == China && s.ChinaMaterial != 0 {
		return s.ChinaMaterial, s.ChinaMaterial, true
	}
	return s.MinMaterial, s.MaxMaterial, s.MaxMaterial != 0
}
