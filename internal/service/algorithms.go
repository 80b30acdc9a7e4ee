package service

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
)

// algorithms are the lists of algorithms that answers tell of a key. Only those
// of its usage are there, and they belong to the caller.
type algorithms struct {
	encryption    []types.EncryptionAlgorithmSpec
	signing       []types.SigningAlgorithmSpec
	mac           []types.MacAlgorithmSpec
	agreement     []types.KeyAgreementAlgorithmSpec
	encapsulation []types.EncapsulationAlgorithmSpec
}

func algorithmsOf(spec *keyspec.Spec, usage types.KeyUsageType) (list algorithms) {
	switch usage {
	case types.KeyUsageTypeEncryptDecrypt:
		list.encryption = slices.Clone(spec.Encryption)
	case types.KeyUsageTypeSignVerify:
		list.signing = slices.Clone(spec.Signing)
	case types.KeyUsageTypeGenerateVerifyMac:
		list.mac = slices.Clone(spec.Mac)
	case types.KeyUsageTypeKeyAgreement:
		list.agreement = slices.Clone(spec.Agreement)
	case types.KeyUsageTypeEncapsulateDecapsulate:
		list.encapsulation = slices.Clone(spec.Encapsulation)
	}
	return list
}
