package kmsfake_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/enclave"
)

// enclaveKey is the key pair that an enclave makes when it starts.
var enclaveKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

func recipient(t testing.TB, f *kmsfake.Fake, pcrs ...[]byte) *types.RecipientInfo {
	t.Helper()
	document, err := f.Attestation(&enclaveKey().PublicKey, pcrs...)
	if err != nil {
		t.Fatal(err)
	}
	return &types.RecipientInfo{AttestationDocument: document, KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256}
}

// berValue is one value of BER (X.690): AWS KMS writes indefinite lengths.
type berValue struct {
	tag      byte
	contents []byte // of a primitive value
	parts    []berValue
}

func parseBER(b []byte) (v berValue, rest []byte, err error) {
	if len(b) < 2 {
		return v, nil, errors.New("no header")
	}
	v.tag = b[0]
	length, b := int(b[1]), b[2:]
	if length == 0x80 {
		for !bytes.HasPrefix(b, []byte{0, 0}) {
			var part berValue
			if part, b, err = parseBER(b); err != nil {
				return v, nil, err
			}
			v.parts = append(v.parts, part)
		}
		return v, b[2:], nil
	}
	if n := length & 0x7f; length > 0x80 {
		if n > 3 || n > len(b) {
			return v, nil, errors.New("bad length")
		}
		length = 0
		for _, digit := range b[:n] {
			length = length<<8 | int(digit)
		}
		b = b[n:]
	}
	if length > len(b) {
		return v, nil, errors.New("cut")
	}
	v.contents, rest = b[:length], b[length:]
	if v.tag&0x20 != 0 {
		for b = v.contents; len(b) > 0; {
			var part berValue
			if part, b, err = parseBER(b); err != nil {
				return v, nil, err
			}
			v.parts = append(v.parts, part)
		}
	}
	return v, rest, nil
}

func (v berValue) at(t testing.TB, path ...int) berValue {
	t.Helper()
	for _, i := range path {
		if i >= len(v.parts) {
			t.Fatalf("no part %d of %d", i, len(v.parts))
		}
		v = v.parts[i]
	}
	return v
}

func (v berValue) oid(t testing.TB) string {
	t.Helper()
	var id asn1.ObjectIdentifier
	must(asn1.Unmarshal(append([]byte{v.tag, byte(len(v.contents))}, v.contents...), &id))
	return id.String()
}

// openForRecipient does what an enclave does with CiphertextForRecipient: RFC
// 5652, EnvelopedData, RSAES-OAEP with SHA-256, and AES-256-CBC.
func openForRecipient(t testing.TB, private *rsa.PrivateKey, message []byte) []byte {
	t.Helper()
	v, rest, err := parseBER(message)
	if err != nil || len(rest) > 0 {
		t.Fatalf("%d bytes follow: %v", len(rest), err)
	}
	if id := v.at(t, 0).oid(t); id != "1.2.840.113549.1.7.3" {
		t.Fatalf("content type %s", id)
	}
	data := v.at(t, 1, 0)
	info := data.at(t, 1, 0) // the one recipient
	id := sha256.Sum256(must(x509.MarshalPKIXPublicKey(&private.PublicKey)))
	if !bytes.Equal(info.at(t, 1).contents, id[:]) {
		t.Errorf("the recipient is %x", info.at(t, 1).contents)
	}
	if id := info.at(t, 2, 0).oid(t); id != "1.2.840.113549.1.1.7" {
		t.Errorf("the key is encrypted by %s", id)
	}
	key := must(rsa.DecryptOAEP(sha256.New(), nil, private, info.at(t, 3).contents, nil))
	content := data.at(t, 2)
	if id := content.at(t, 1, 0).oid(t); id != "2.16.840.1.101.3.4.1.42" {
		t.Errorf("the content is encrypted by %s", id)
	}
	var sealed []byte
	for _, segment := range content.at(t, 2).parts {
		sealed = append(sealed, segment.contents...)
	}
	plaintext := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(must(aes.NewCipher(key)), content.at(t, 1, 1).contents).CryptBlocks(plaintext, sealed)
	pad := int(plaintext[len(plaintext)-1])
	return plaintext[:len(plaintext)-pad]
}

// Every operation that takes a Recipient gives it the secret that it would have
// answered, and answers no plaintext.
func TestSecretsForARecipient(t *testing.T) {
	t.Parallel()
	direct := newFake()
	client := newFake()
	for name, api := range map[string]kmsfake.API{"direct": direct, "client": client.Client()} {
		f := map[string]*kmsfake.Fake{"direct": direct, "client": client}[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := newKey(t, f)
			key := describe(t, f, id)
			to := recipient(t, f)
			ctx := t.Context()

			sealed := got(encrypt(t, f, id, "secret")).ok(t).CiphertextBlob
			opened := got(api.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed, Recipient: to})).ok(t)
			if secret := openForRecipient(t, enclaveKey(), opened.CiphertextForRecipient); string(secret) != "secret" {
				t.Errorf("Decrypt gave the enclave %q", secret)
			}
			equal(t, "Decrypt", opened, &kms.DecryptOutput{
				KeyId: key.Arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT", CiphertextForRecipient: opened.CiphertextForRecipient,
			})

			dataKey := got(api.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &id, KeySpec: "AES_256", Recipient: to})).ok(t)
			want := got(f.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: dataKey.CiphertextBlob})).ok(t).Plaintext
			if secret := openForRecipient(t, enclaveKey(), dataKey.CiphertextForRecipient); !bytes.Equal(secret, want) || len(secret) != 32 {
				t.Errorf("GenerateDataKey gave the enclave %x, want %x", secret, want)
			}
			equal(t, "GenerateDataKey", dataKey, &kms.GenerateDataKeyOutput{
				KeyId: key.Arn, CiphertextBlob: dataKey.CiphertextBlob, CiphertextForRecipient: dataKey.CiphertextForRecipient,
			})

			pair := got(api.GenerateDataKeyPair(ctx, &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: "RSA_4096", Recipient: to})).ok(t)
			want = got(f.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: pair.PrivateKeyCiphertextBlob})).ok(t).Plaintext
			if secret := openForRecipient(t, enclaveKey(), pair.CiphertextForRecipient); !bytes.Equal(secret, want) {
				t.Errorf("GenerateDataKeyPair gave the enclave %x, want %x", secret, want)
			}
			equal(t, "GenerateDataKeyPair", pair, &kms.GenerateDataKeyPairOutput{
				KeyId: key.Arn, KeyPairSpec: "RSA_4096", KeyMaterialId: key.CurrentKeyMaterialId, PublicKey: pair.PublicKey,
				PrivateKeyCiphertextBlob: pair.PrivateKeyCiphertextBlob, CiphertextForRecipient: pair.CiphertextForRecipient,
			})

			random := got(api.GenerateRandom(ctx, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1024), Recipient: to})).ok(t)
			if secret := openForRecipient(t, enclaveKey(), random.CiphertextForRecipient); len(secret) != 1024 || random.Plaintext != nil {
				t.Errorf("GenerateRandom gave the enclave %d bytes, and %d to all", len(secret), len(random.Plaintext))
			}

			agreement := newKeyOf(t, f, "ECC_NIST_P256", "KEY_AGREEMENT")
			peer := peerPublicKey(t)
			want = agree(t, f, agreement, peer).ok(t).SharedSecret
			agreed := got(api.DeriveSharedSecret(ctx, &kms.DeriveSharedSecretInput{
				KeyId: &agreement, KeyAgreementAlgorithm: "ECDH", PublicKey: peer, Recipient: to,
			})).ok(t)
			if secret := openForRecipient(t, enclaveKey(), agreed.CiphertextForRecipient); !bytes.Equal(secret, want) {
				t.Errorf("DeriveSharedSecret gave the enclave %x, want %x", secret, want)
			}
			equal(t, "DeriveSharedSecret", agreed, &kms.DeriveSharedSecretOutput{
				KeyId: describe(t, f, agreement).Arn, KeyAgreementAlgorithm: "ECDH", KeyOrigin: "AWS_KMS", CiphertextForRecipient: agreed.CiphertextForRecipient,
			})
		})
	}
}

// withRecipient are the calls that take a Recipient, all good but for it.
func withRecipient(t testing.TB, f *kmsfake.Fake) map[string]func(*types.RecipientInfo) error {
	t.Helper()
	id, agreement := newKey(t, f), newKeyOf(t, f, "ECC_NIST_P256", "KEY_AGREEMENT")
	sealed := got(encrypt(t, f, id, "secret")).ok(t).CiphertextBlob
	peer := publicKeyOf(t, f, agreement)
	ctx := t.Context()
	return map[string]func(*types.RecipientInfo) error{
		"Decrypt": func(to *types.RecipientInfo) error {
			_, err := f.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed, Recipient: to})
			return err
		},
		"GenerateDataKey": func(to *types.RecipientInfo) error {
			_, err := f.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &id, KeySpec: "AES_256", Recipient: to})
			return err
		},
		"GenerateDataKeyPair": func(to *types.RecipientInfo) error {
			_, err := f.GenerateDataKeyPair(ctx, &kms.GenerateDataKeyPairInput{KeyId: &id, KeyPairSpec: "ECC_NIST_P256", Recipient: to})
			return err
		},
		"GenerateRandom": func(to *types.RecipientInfo) error {
			_, err := f.GenerateRandom(ctx, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(8), Recipient: to})
			return err
		},
		"DeriveSharedSecret": func(to *types.RecipientInfo) error {
			_, err := f.DeriveSharedSecret(ctx, &kms.DeriveSharedSecretInput{KeyId: &agreement, KeyAgreementAlgorithm: "ECDH", PublicKey: peer, Recipient: to})
			return err
		},
	}
}

func TestRecipientsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := newFake()
	good := recipient(t, f)
	changed := func(at int) *types.RecipientInfo {
		document := bytes.Clone(good.AttestationDocument)
		document[at] ^= 1
		return &types.RecipientInfo{AttestationDocument: document, KeyEncryptionAlgorithm: good.KeyEncryptionAlgorithm}
	}
	document := func(b []byte) *types.RecipientInfo {
		return &types.RecipientInfo{AttestationDocument: b, KeyEncryptionAlgorithm: good.KeyEncryptionAlgorithm}
	}
	last := len(good.AttestationDocument) - 1
	tests := map[string]struct {
		to   *types.RecipientInfo
		text string // "" where AWS's is not known
	}{
		"nothing":         {&types.RecipientInfo{}, ""},
		"no document":     {document(nil), ""},
		"no algorithm":    {&types.RecipientInfo{AttestationDocument: good.AttestationDocument}, ""},
		"empty document":  {document([]byte{}), oneFailure("Value at 'recipient.attestationDocument' failed to satisfy constraint: Member must have length greater than or equal to 1")},
		"other algorithm": {&types.RecipientInfo{AttestationDocument: good.AttestationDocument, KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_1"}, oneFailure("Value 'RSAES_OAEP_SHA_1' at 'recipient.keyEncryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RSAES_OAEP_SHA_256]")},
		"no CBOR":         {document([]byte("not a document")), ""},
		"cut":             {document(good.AttestationDocument[:last]), ""},
		"followed":        {document(append(bytes.Clone(good.AttestationDocument), 0)), ""},
		"signature":       {changed(last), ""},
		"payload":         {changed(last / 2), ""},
	}
	for operation, call := range withRecipient(t, f) {
		if err := call(good); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
		for name, test := range tests {
			t.Run(operation+"/"+name, func(t *testing.T) {
				unchanged(t, f, func() {
					err := call(test.to)
					checkCode(t, err, "ValidationException")
					if test.text != "" {
						checkError(t, operation, err, "ValidationException", test.text)
					}
				})
			})
		}
	}
}

// A document is good for the three hours of its certificate.
func TestAttestationsExpire(t *testing.T) {
	t.Parallel()
	f := newFake()
	call := withRecipient(t, f)["GenerateRandom"]
	to := recipient(t, f)
	f.Advance(3*time.Hour - time.Second)
	if err := call(to); err != nil {
		t.Error(err)
	}
	f.Advance(2 * time.Second)
	checkCode(t, call(to), "ValidationException")
	if err := call(recipient(t, f)); err != nil {
		t.Error(err)
	}
	later := newFake()
	later.Advance(day)
	checkCode(t, call(recipient(t, later)), "ValidationException")
}

// A dry run is one with a Recipient too, and says what is wrong with it.
func TestRecipientOfADryRun(t *testing.T) {
	t.Parallel()
	f := newFake()
	in := &kms.GenerateDataKeyInput{KeyId: aws.String(newKey(t, f)), KeySpec: "AES_128", Recipient: recipient(t, f), DryRun: aws.Bool(true)}
	got(f.GenerateDataKey(t.Context(), in)).fails(t, "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
	in.Recipient.AttestationDocument = []byte("none")
	got(f.GenerateDataKey(t.Context(), in)).failsWith(t, "ValidationException")
}

// The document of the package is made at the time of the machine, which is that
// of a fake without a clock of its own.
func TestAttestation(t *testing.T) {
	t.Parallel()
	f := kmsfake.New()
	pcr0, pcr2 := bytes.Repeat([]byte{1}, 48), bytes.Repeat([]byte{2}, 32)
	document, err := kmsfake.Attestation(&enclaveKey().PublicKey, pcr0, nil, pcr2)
	if err != nil {
		t.Fatal(err)
	}
	out := got(f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(7), Recipient: &types.RecipientInfo{
		AttestationDocument: document, KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256,
	}})).ok(t)
	if secret := openForRecipient(t, enclaveKey(), out.CiphertextForRecipient); len(secret) != 7 {
		t.Errorf("%d bytes", len(secret))
	}
	attested := must(enclave.Parse(document))
	for n, want := range map[int]string{0: hex.EncodeToString(pcr0), 1: strings.Repeat("00", 48), 2: hex.EncodeToString(pcr2)} {
		if have := attested.PCR(n); have != want {
			t.Errorf("PCR%d is %s, want %s", n, have, want)
		}
	}
}

func TestAttestationsThatAreNone(t *testing.T) {
	t.Parallel()
	short := must(rsa.GenerateKey(rand.Reader, 1024))
	good := &enclaveKey().PublicKey
	for name, arguments := range map[string]struct {
		key  *rsa.PublicKey
		pcrs [][]byte
	}{
		"no key":       {},
		"an empty key": {key: &rsa.PublicKey{}},
		"a short key":  {key: &short.PublicKey},
		"a short PCR":  {good, [][]byte{{1}}},
		"a 33rd PCR":   {good, [][]byte{32: bytes.Repeat([]byte{1}, 48)}},
	} {
		if document, err := kmsfake.Attestation(arguments.key, arguments.pcrs...); err == nil || document != nil {
			t.Errorf("%s: %x, %v", name, document, err)
		}
		if document, err := newFake().Attestation(arguments.key, arguments.pcrs...); err == nil || document != nil {
			t.Errorf("%s: %x, %v", name, document, err)
		}
	}
}

func FuzzRecipient(f *testing.F) {
	fake := newFake()
	good := recipient(f, fake)
	f.Add(good.AttestationDocument)
	f.Add(good.AttestationDocument[:100])
	f.Add([]byte{0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0, 0x40, 0x40})
	f.Fuzz(func(t *testing.T, document []byte) {
		out, err := fake.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(8), Recipient: &types.RecipientInfo{
			AttestationDocument: document, KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256,
		}})
		if err != nil {
			checkCode(t, err, "ValidationException")
			return
		}
		if out.Plaintext != nil || len(out.CiphertextForRecipient) == 0 {
			t.Errorf("%+v", out)
		}
	})
}
