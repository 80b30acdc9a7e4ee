package keyspec

import "github.com/aws/aws-sdk-go-v2/service/kms/types"

var (
	encrypt       = []types.KeyUsageType{types.KeyUsageTypeEncryptDecrypt}
	sign          = []types.KeyUsageType{types.KeyUsageTypeSignVerify}
	mac           = []types.KeyUsageType{types.KeyUsageTypeGenerateVerifyMac}
	encapsulate   = []types.KeyUsageType{types.KeyUsageTypeEncapsulateDecapsulate}
	encryptOrSign = []types.KeyUsageType{types.KeyUsageTypeEncryptDecrypt, types.KeyUsageTypeSignVerify}
	signOrAgree   = []types.KeyUsageType{types.KeyUsageTypeSignVerify, types.KeyUsageTypeKeyAgreement}
	anySM2        = []types.KeyUsageType{types.KeyUsageTypeEncryptDecrypt, types.KeyUsageTypeSignVerify, types.KeyUsageTypeKeyAgreement}

	rsaes = []types.EncryptionAlgorithmSpec{
		types.EncryptionAlgorithmSpecRsaesOaepSha1,
		types.EncryptionAlgorithmSpecRsaesOaepSha256,
	}
	rsassa = []types.SigningAlgorithmSpec{
		types.SigningAlgorithmSpecRsassaPkcs1V15Sha256,
		types.SigningAlgorithmSpecRsassaPkcs1V15Sha384,
		types.SigningAlgorithmSpecRsassaPkcs1V15Sha512,
		types.SigningAlgorithmSpecRsassaPssSha256,
		types.SigningAlgorithmSpecRsassaPssSha384,
		types.SigningAlgorithmSpecRsassaPssSha512,
	}
	ecdsa256 = []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecEcdsaSha256}
	ecdsa384 = []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecEcdsaSha384}
	ecdsa512 = []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecEcdsaSha512}
	eddsa    = []types.SigningAlgorithmSpec{
		types.SigningAlgorithmSpecEd25519Sha512,
		types.SigningAlgorithmSpecEd25519PhSha512,
	}
	mldsa = []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecMlDsaShake256}
	ecdh  = []types.KeyAgreementAlgorithmSpec{types.KeyAgreementAlgorithmSpecEcdh}
	mlkem = []types.EncapsulationAlgorithmSpec{types.EncapsulationAlgorithmSpecMlKem}
)

var specs = []Spec{
	{Name: types.KeySpecRsa2048, Family: RSA, Bits: 2048, Usages: encryptOrSign, Encryption: rsaes, Signing: rsassa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecRsa3072, Family: RSA, Bits: 3072, Usages: encryptOrSign, Encryption: rsaes, Signing: rsassa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecRsa4096, Family: RSA, Bits: 4096, Usages: encryptOrSign, Encryption: rsaes, Signing: rsassa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecEccNistP256, Family: ECC, Bits: 256, Usages: signOrAgree, Signing: ecdsa256, Agreement: ecdh, Importable: true, MultiRegion: true},
	{Name: types.KeySpecEccNistP384, Family: ECC, Bits: 384, Usages: signOrAgree, Signing: ecdsa384, Agreement: ecdh, Importable: true, MultiRegion: true},
	{Name: types.KeySpecEccNistP521, Family: ECC, Bits: 521, Usages: signOrAgree, Signing: ecdsa512, Agreement: ecdh, Importable: true, MultiRegion: true},
	{Name: types.KeySpecEccSecgP256k1, Family: ECC, Bits: 256, Usages: sign, Signing: ecdsa256, Importable: true, MultiRegion: true},
	{Name: types.KeySpecEccNistEdwards25519, Family: Edwards, Bits: 255, Usages: sign, Signing: eddsa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecSymmetricDefault, Family: Symmetric, Usages: encrypt,
		Encryption:  []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSymmetricDefault},
		MinMaterial: 32, MaxMaterial: 32, ChinaMaterial: 16, Importable: true, MultiRegion: true},
	{Name: types.KeySpecHmac224, Family: HMAC, Bits: 224, Usages: mac, Mac: []types.MacAlgorithmSpec{types.MacAlgorithmSpecHmacSha224},
		MinMaterial: 28, MaxMaterial: 64, Importable: true, MultiRegion: true},
	{Name: types.KeySpecHmac256, Family: HMAC, Bits: 256, Usages: mac, Mac: []types.MacAlgorithmSpec{types.MacAlgorithmSpecHmacSha256},
		MinMaterial: 32, MaxMaterial: 64, Importable: true, MultiRegion: true},
	{Name: types.KeySpecHmac384, Family: HMAC, Bits: 384, Usages: mac, Mac: []types.MacAlgorithmSpec{types.MacAlgorithmSpecHmacSha384},
		MinMaterial: 48, MaxMaterial: 128, Importable: true, MultiRegion: true},
	{Name: types.KeySpecHmac512, Family: HMAC, Bits: 512, Usages: mac, Mac: []types.MacAlgorithmSpec{types.MacAlgorithmSpecHmacSha512},
		MinMaterial: 64, MaxMaterial: 128, Importable: true, MultiRegion: true},
	{Name: types.KeySpecSm2, Family: SM2, Bits: 256, Usages: anySM2,
		Encryption: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecSm2pke},
		Signing:    []types.SigningAlgorithmSpec{types.SigningAlgorithmSpecSm2dsa},
		Agreement:  ecdh, Importable: true, MultiRegion: true, ChinaOnly: true},
	{Name: types.KeySpecMlDsa44, Family: MLDSA, Usages: sign, Signing: mldsa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecMlDsa65, Family: MLDSA, Usages: sign, Signing: mldsa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecMlDsa87, Family: MLDSA, Usages: sign, Signing: mldsa, Importable: true, MultiRegion: true},
	{Name: types.KeySpecMlKem512, Family: MLKEM, Usages: encapsulate, Encapsulation: mlkem, EncapsulatedSize: 768, Importable: true, MultiRegion: true, NotInChina: true},
	{Name: types.KeySpecMlKem768, Family: MLKEM, Usages: encapsulate, Encapsulation: mlkem, EncapsulatedSize: 1088, Importable: true, MultiRegion: true, NotInChina: true},
	{Name: types.KeySpecMlKem1024, Family: MLKEM, Usages: encapsulate, Encapsulation: mlkem, EncapsulatedSize: 1568, Importable: true, MultiRegion: true, NotInChina: true},
}

var dataKeyPairs = []types.DataKeyPairSpec{
	types.DataKeyPairSpecRsa2048,
	types.DataKeyPairSpecRsa3072,
	types.DataKeyPairSpecRsa4096,
	types.DataKeyPairSpecEccNistP256,
	types.DataKeyPairSpecEccNistP384,
	types.DataKeyPairSpecEccNistP521,
	types.DataKeyPairSpecEccSecgP256k1,
	types.DataKeyPairSpecSm2,
	types.DataKeyPairSpecEccNistEdwards25519,
	types.DataKeyPairSpecMlKem512,
	types.DataKeyPairSpecMlKem768,
	types.DataKeyPairSpecMlKem1024,
}
