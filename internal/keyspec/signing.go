package keyspec

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Signing is a signing algorithm: which message types it takes and how long
// those must be that are not RAW.
type Signing struct {
	Name types.SigningAlgorithmSpec
	// MessageTypes is shared: do not write to it.
	MessageTypes []types.MessageType
	// DigestSize is the length in bytes of a DIGEST or EXTERNAL_MU message.
	DigestSize int
}

// LookupSigning finds a signing algorithm by its name.
func LookupSigning(name types.SigningAlgorithmSpec) (*Signing, bool) {
	i := slices.IndexFunc(signings, func(s Signing) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return &signings[i], true
}

// Takes reports whether the algorithm signs messages of the type. A message
// without a type is RAW.
func (s *Signing) Takes(t types.MessageType) bool {
	if t == "" {
		t = types.MessageTypeRaw
	}
	return slices.Contains(s.MessageTypes, t)
}

var (
	rawOrDigest = []types.MessageType{types.MessageTypeRaw, types.MessageTypeDigest}
	rawOnly     = []types.MessageType{types.MessageTypeRaw}
	digestOnly  = []types.MessageType{types.MessageTypeDigest}
	rawOrMu     = []types.MessageType{types.MessageTypeRaw, types.MessageTypeExternalMu}
)

var signings = []Signing{
	{types.SigningAlgorithmSpecRsassaPssSha256, rawOrDigest, 32},
	{types.SigningAlgorithmSpecRsassaPssSha384, rawOrDigest, 48},
	{types.SigningAlgorithmSpecRsassaPssSha512, rawOrDigest, 64},
	{types.SigningAlgorithmSpecRsassaPkcs1V15Sha256, rawOrDigest, 32},
	{types.SigningAlgorithmSpecRsassaPkcs1V15Sha384, rawOrDigest, 48},
	{types.SigningAlgorithmSpecRsassaPkcs1V15Sha512, rawOrDigest, 64},
	{types.SigningAlgorithmSpecEcdsaSha256, rawOrDigest, 32},
	{types.SigningAlgorithmSpecEcdsaSha384, rawOrDigest, 48},
	{types.SigningAlgorithmSpecEcdsaSha512, rawOrDigest, 64},
	{types.SigningAlgorithmSpecSm2dsa, rawOrDigest, 32},
	{types.SigningAlgorithmSpecMlDsaShake256, rawOrMu, 64},
	{types.SigningAlgorithmSpecEd25519Sha512, rawOnly, 0},
	{types.SigningAlgorithmSpecEd25519PhSha512, digestOnly, 64},
}
