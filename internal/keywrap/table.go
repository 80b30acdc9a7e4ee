package keywrap

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

const partitionChina = "aws-cn"

var (
	rsaKeys  = []types.WrappingKeySpec{types.WrappingKeySpecRsa2048, types.WrappingKeySpecRsa3072, types.WrappingKeySpecRsa4096}
	longKeys = []types.WrappingKeySpec{types.WrappingKeySpecRsa3072, types.WrappingKeySpecRsa4096}
	sm2Keys  = []types.WrappingKeySpec{types.WrappingKeySpecSm2}
)

// carrier is the wrapping key specs with which each algorithm carries a kind
// of key.
type carrier map[types.AlgorithmSpec][]types.WrappingKeySpec

var (
	secretCarrier = carrier{
		types.AlgorithmSpecRsaesOaepSha256: rsaKeys,
		types.AlgorithmSpecRsaesOaepSha1:   rsaKeys,
	}
	rsaCarrier = carrier{
		types.AlgorithmSpecRsaAesKeyWrapSha256: rsaKeys,
		types.AlgorithmSpecRsaAesKeyWrapSha1:   rsaKeys,
		types.AlgorithmSpecSm2pke:              sm2Keys,
	}
	eccCarrier = carrier{
		types.AlgorithmSpecRsaAesKeyWrapSha256: rsaKeys,
		types.AlgorithmSpecRsaAesKeyWrapSha1:   rsaKeys,
		types.AlgorithmSpecRsaesOaepSha256:     rsaKeys,
		types.AlgorithmSpecRsaesOaepSha1:       rsaKeys,
		types.AlgorithmSpecSm2pke:              sm2Keys,
	}
	p521Carrier = carrier{
		types.AlgorithmSpecRsaAesKeyWrapSha256: rsaKeys,
		types.AlgorithmSpecRsaAesKeyWrapSha1:   rsaKeys,
		types.AlgorithmSpecRsaesOaepSha256:     longKeys,
		types.AlgorithmSpecRsaesOaepSha1:       longKeys,
		types.AlgorithmSpecSm2pke:              sm2Keys,
	}
	sm2Carrier = carrier{
		types.AlgorithmSpecRsaesOaepSha256: rsaKeys,
		types.AlgorithmSpecRsaesOaepSha1:   rsaKeys,
		types.AlgorithmSpecSm2pke:          sm2Keys,
	}
	// The guide has no line for these keys; the reference gives RSAES_OAEP
	// to every type of key but RSA.
	latticeCarrier = secretCarrier
)

var carriers = map[types.KeySpec]carrier{
	types.KeySpecSymmetricDefault:    secretCarrier,
	types.KeySpecHmac224:             secretCarrier,
	types.KeySpecHmac256:             secretCarrier,
	types.KeySpecHmac384:             secretCarrier,
	types.KeySpecHmac512:             secretCarrier,
	types.KeySpecRsa2048:             rsaCarrier,
	types.KeySpecRsa3072:             rsaCarrier,
	types.KeySpecRsa4096:             rsaCarrier,
	types.KeySpecEccNistP256:         eccCarrier,
	types.KeySpecEccNistP384:         eccCarrier,
	types.KeySpecEccNistP521:         p521Carrier,
	types.KeySpecEccSecgP256k1:       eccCarrier,
	types.KeySpecEccNistEdwards25519: eccCarrier,
	types.KeySpecSm2:                 sm2Carrier,
	types.KeySpecMlDsa44:             latticeCarrier,
	types.KeySpecMlDsa65:             latticeCarrier,
	types.KeySpecMlDsa87:             latticeCarrier,
	types.KeySpecMlKem512:            latticeCarrier,
	types.KeySpecMlKem768:            latticeCarrier,
	types.KeySpecMlKem1024:           latticeCarrier,
}

// Fits reports whether key material of the key spec may be wrapped by the
// algorithm under a wrapping key of the wrapping key spec, in the partitions
// that offer both.
//
// RSAES_PKCS1_V1_5 carries nothing: AWS KMS dropped it on October 10, 2023.
func Fits(keySpec types.KeySpec, algorithm types.AlgorithmSpec, wrappingSpec types.WrappingKeySpec) bool {
	return slices.Contains(carriers[keySpec][algorithm], wrappingSpec)
}

// wrappingBits are the wrapping key specs and the sizes of their keys.
var wrappingBits = map[types.WrappingKeySpec]int{
	types.WrappingKeySpecRsa2048: 2048,
	types.WrappingKeySpecRsa3072: 3072,
	types.WrappingKeySpecRsa4096: 4096,
	types.WrappingKeySpecSm2:     256,
}

// offer is what a partition has for a wrapping key, the algorithms in AWS's
// order of preference.
type offer map[types.WrappingKeySpec][]types.AlgorithmSpec

var (
	oaep   = []types.AlgorithmSpec{types.AlgorithmSpecRsaesOaepSha256, types.AlgorithmSpecRsaesOaepSha1}
	hybrid = []types.AlgorithmSpec{types.AlgorithmSpecRsaAesKeyWrapSha256, types.AlgorithmSpecRsaAesKeyWrapSha1}

	offerChina = offer{
		types.WrappingKeySpecRsa2048: oaep,
		types.WrappingKeySpecRsa3072: oaep,
		types.WrappingKeySpecRsa4096: oaep,
		types.WrappingKeySpecSm2:     {types.AlgorithmSpecSm2pke},
	}
	offerElsewhere = offer{
		types.WrappingKeySpecRsa2048: slices.Concat(hybrid, oaep),
		types.WrappingKeySpecRsa3072: slices.Concat(hybrid, oaep),
		types.WrappingKeySpecRsa4096: slices.Concat(hybrid, oaep),
	}
)

// Wrapping is a wrapping key spec as one partition offers it. The zero value
// offers nothing.
type Wrapping struct {
	spec       types.WrappingKeySpec
	algorithms []types.AlgorithmSpec
}

// For returns the wrapping key spec as the partition offers it, for example
// "aws" or "aws-cn", and whether it does. SM2 is for "aws-cn" alone.
func For(spec types.WrappingKeySpec, partition string) (Wrapping, bool) {
	offered := offerElsewhere
	if partition == partitionChina {
		offered = offerChina
	}
	algorithms, ok := offered[spec]
	if !ok {
		return Wrapping{}, false
	}
	return Wrapping{spec: spec, algorithms: algorithms}, true
}

// Spec returns the wrapping key spec.
func (w Wrapping) Spec() types.WrappingKeySpec { return w.spec }

// Bits returns the length of the wrapping key in bits.
func (w Wrapping) Bits() int { return wrappingBits[w.spec] }

// Algorithms returns the wrapping algorithms for the wrapping key, in AWS's
// order of preference. The caller owns the slice.
func (w Wrapping) Algorithms() []types.AlgorithmSpec { return slices.Clone(w.algorithms) }

// Offers reports whether the algorithm goes with the wrapping key.
func (w Wrapping) Offers(algorithm types.AlgorithmSpec) bool {
	return slices.Contains(w.algorithms, algorithm)
}

// Fits reports whether the partition offers the algorithm and it may carry
// key material of the key spec.
func (w Wrapping) Fits(keySpec types.KeySpec, algorithm types.AlgorithmSpec) bool {
	return w.Offers(algorithm) && Fits(keySpec, algorithm, w.spec)
}
