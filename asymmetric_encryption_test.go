package kmsfake_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"hash"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// publicEncryption is the table of Encrypt's documentation: the most bytes that
// an algorithm takes with a key spec, and the length of the ciphertext.
var publicEncryption = []struct {
	spec      types.KeySpec
	algorithm types.EncryptionAlgorithmSpec
	most      int
	sealed    int // 0 where it varies
}{
	{"RSA_2048", "RSAES_OAEP_SHA_1", 214, 256},
	{"RSA_2048", "RSAES_OAEP_SHA_256", 190, 256},
	{"RSA_3072", "RSAES_OAEP_SHA_1", 342, 384},
	{"RSA_3072", "RSAES_OAEP_SHA_256", 318, 384},
	{"RSA_4096", "RSAES_OAEP_SHA_1", 470, 512},
	{"RSA_4096", "RSAES_OAEP_SHA_256", 446, 512},
	{"SM2", "SM2PKE", 1024, 0},
}

func seal(t testing.TB, f *kmsfake.Fake, id string, algorithm types.EncryptionAlgorithmSpec, plaintext []byte) result[kms.EncryptOutput] {
	return got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: plaintext, EncryptionAlgorithm: algorithm}))
}

func unseal(t testing.TB, f *kmsfake.Fake, id string, algorithm types.EncryptionAlgorithmSpec, sealed []byte) result[kms.DecryptOutput] {
	return got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &id, CiphertextBlob: sealed, EncryptionAlgorithm: algorithm}))
}

// sealElsewhere is what somebody does who has the public key.
func sealElsewhere(t *testing.T, algorithm types.EncryptionAlgorithmSpec, spki, plaintext []byte) []byte {
	t.Helper()
	if algorithm == "SM2PKE" {
		public := signingParse(t, smx509.ParsePKIXPublicKey, spki).(*ecdsa.PublicKey)
		return must(sm2.EncryptASN1(rand.Reader, public, plaintext))
	}
	h := map[types.EncryptionAlgorithmSpec]func() hash.Hash{"RSAES_OAEP_SHA_1": sha1.New, "RSAES_OAEP_SHA_256": sha256.New}[algorithm]
	public := signingParse(t, x509.ParsePKIXPublicKey, spki).(*rsa.PublicKey)
	return must(rsa.EncryptOAEP(h(), rand.Reader, public, plaintext, nil))
}

func TestPublicKeyEncryption(t *testing.T) {
	t.Parallel()
	for _, e := range publicEncryption {
		f := specFake(e.spec)
		id := newKeyOf(t, f, e.spec, "ENCRYPT_DECRYPT")
		arn := describe(t, f, id).Arn
		for _, length := range []int{1, e.most} {
			plaintext := bytes.Repeat([]byte{byte(length)}, length)
			sealed := seal(t, f, id, e.algorithm, plaintext).ok(t)
			if e.sealed != 0 && len(sealed.CiphertextBlob) != e.sealed {
				t.Errorf("%s, %s: a ciphertext of %d bytes", e.spec, e.algorithm, len(sealed.CiphertextBlob))
			}
			equal(t, "Encrypt", sealed, &kms.EncryptOutput{KeyId: arn, CiphertextBlob: sealed.CiphertextBlob, EncryptionAlgorithm: e.algorithm})
			equal(t, "Decrypt", unseal(t, f, id, e.algorithm, sealed.CiphertextBlob).ok(t),
				&kms.DecryptOutput{KeyId: arn, Plaintext: plaintext, EncryptionAlgorithm: e.algorithm})
		}
		elsewhere := sealElsewhere(t, e.algorithm, publicKeyOf(t, f, id), []byte("sealed elsewhere"))
		if opened := unseal(t, f, id, e.algorithm, elsewhere).ok(t).Plaintext; string(opened) != "sealed elsewhere" {
			t.Errorf("%s, %s: %q", e.spec, e.algorithm, opened)
		}
		seal(t, f, id, e.algorithm, make([]byte, e.most+1)).fails(t, "ValidationException",
			fmt.Sprintf("Algorithm %s and key spec %s cannot encrypt data larger than %d bytes.", e.algorithm, e.spec, e.most))
	}
}

// An asymmetric ciphertext says nothing of its key and algorithm: the request
// must, and must say the right ones.
func TestPublicKeyDecryption(t *testing.T) {
	t.Parallel()
	f := newFake()
	id, other := newKeyOf(t, f, "RSA_2048", "ENCRYPT_DECRYPT"), newKeyOf(t, f, "RSA_2048", "ENCRYPT_DECRYPT")
	symmetric := newKey(t, f)
	sealed := seal(t, f, id, "RSAES_OAEP_SHA_256", []byte("secret")).ok(t).CiphertextBlob
	ofSymmetric := got(encrypt(t, f, symmetric, "secret")).ok(t).CiphertextBlob

	unseal(t, f, other, "RSAES_OAEP_SHA_256", sealed).fails(t, "InvalidCiphertextException", "")
	unseal(t, f, id, "RSAES_OAEP_SHA_1", sealed).fails(t, "InvalidCiphertextException", "")
	// The default algorithm reads the ciphertext as a symmetric one, before it
	// looks at the key spec.
	unseal(t, f, id, "", sealed).fails(t, "InvalidCiphertextException", "")
	unseal(t, f, id, "", ofSymmetric).fails(t, "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.")
	unseal(t, f, symmetric, "RSAES_OAEP_SHA_256", sealed).fails(t, "InvalidKeyUsageException",
		"Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed})).fails(t, "InvalidCiphertextException", "")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: sealed, EncryptionAlgorithm: "RSAES_OAEP_SHA_256"})).failsWith(t, "ValidationException")
	seal(t, f, id, "", []byte("secret")).fails(t, "InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.")
	seal(t, f, symmetric, "SM2PKE", []byte("secret")).fails(t, "InvalidKeyUsageException", "Algorithm SM2PKE is incompatible with key spec SYMMETRIC_DEFAULT.")
}

// Asymmetric algorithms authenticate no encryption context, and take none.
func TestPublicKeyEncryptionTakesNoContext(t *testing.T) {
	t.Parallel()
	f := newFake()
	id, symmetric := newKeyOf(t, f, "RSA_2048", "ENCRYPT_DECRYPT"), newKey(t, f)
	context := map[string]string{"purpose": "test"}
	const algorithm = types.EncryptionAlgorithmSpecRsaesOaepSha256
	sealed := seal(t, f, id, algorithm, []byte("secret")).ok(t).CiphertextBlob
	got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("p"), EncryptionAlgorithm: algorithm, EncryptionContext: context})).
		failsWith(t, "ValidationException")
	got(f.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &id, CiphertextBlob: sealed, EncryptionAlgorithm: algorithm, EncryptionContext: context})).
		failsWith(t, "ValidationException")
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
		SourceKeyId: &id, CiphertextBlob: sealed, SourceEncryptionAlgorithm: algorithm, SourceEncryptionContext: context, DestinationKeyId: &symmetric,
	})).failsWith(t, "ValidationException")
	got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
		CiphertextBlob: got(encrypt(t, f, symmetric, "p")).ok(t).CiphertextBlob, DestinationKeyId: &id,
		DestinationEncryptionAlgorithm: algorithm, DestinationEncryptionContext: context,
	})).failsWith(t, "ValidationException")
	// An empty one is none.
	got(f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &id, Plaintext: []byte("p"), EncryptionAlgorithm: algorithm, EncryptionContext: map[string]string{}})).ok(t)
}

// ReEncrypt goes between symmetric and asymmetric keys, both ways.
func TestReEncryptBetweenKinds(t *testing.T) {
	t.Parallel()
	for _, e := range publicEncryption {
		f := specFake(e.spec)
		symmetric, asymmetric := newKey(t, f), newKeyOf(t, f, e.spec, "ENCRYPT_DECRYPT")
		from, to := describe(t, f, symmetric), describe(t, f, asymmetric)
		plaintext := bytes.Repeat([]byte{5}, e.most)
		sealed := seal(t, f, symmetric, "", plaintext).ok(t).CiphertextBlob
		out := got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
			CiphertextBlob: sealed, DestinationKeyId: &asymmetric, DestinationEncryptionAlgorithm: e.algorithm,
		})).ok(t)
		equal(t, "ReEncrypt", out, &kms.ReEncryptOutput{
			CiphertextBlob: out.CiphertextBlob, KeyId: to.Arn, SourceKeyId: from.Arn, SourceKeyMaterialId: from.CurrentKeyMaterialId,
			SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT", DestinationEncryptionAlgorithm: e.algorithm,
		})
		back := got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
			CiphertextBlob: out.CiphertextBlob, SourceKeyId: &asymmetric, SourceEncryptionAlgorithm: e.algorithm, DestinationKeyId: &symmetric,
		})).ok(t)
		equal(t, "ReEncrypt", back, &kms.ReEncryptOutput{
			CiphertextBlob: back.CiphertextBlob, KeyId: from.Arn, SourceKeyId: to.Arn, DestinationKeyMaterialId: from.CurrentKeyMaterialId,
			SourceEncryptionAlgorithm: e.algorithm, DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
		})
		if opened := unseal(t, f, symmetric, "", back.CiphertextBlob).ok(t).Plaintext; !bytes.Equal(opened, plaintext) {
			t.Errorf("%s, %s: %x", e.spec, e.algorithm, opened)
		}
		long := seal(t, f, symmetric, "", make([]byte, e.most+1)).ok(t).CiphertextBlob
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
			CiphertextBlob: long, DestinationKeyId: &asymmetric, DestinationEncryptionAlgorithm: e.algorithm,
		})).fails(t, "ValidationException",
			fmt.Sprintf("Algorithm %s and key spec %s cannot encrypt data larger than %d bytes.", e.algorithm, e.spec, e.most))
		got(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{
			CiphertextBlob: out.CiphertextBlob, SourceEncryptionAlgorithm: e.algorithm, DestinationKeyId: &symmetric,
		})).failsWith(t, "ValidationException")
	}
}

// A ciphertext opens with its key, algorithm and encryption context, and any bit
// of it that changes keeps it shut.
func TestCiphertextsOpenOnlyAsTheyWereSealed(t *testing.T) {
	t.Parallel()
	type sealer struct {
		f         *kmsfake.Fake
		id, other string
		algorithm types.EncryptionAlgorithmSpec
		most      int
	}
	sealers := []sealer{}
	for _, where := range []string{region, chinaRegion} {
		f := newFake(kmsfake.WithRegion(where))
		sealers = append(sealers, sealer{f, newKey(t, f), newKey(t, f), "SYMMETRIC_DEFAULT", 4096})
	}
	for _, e := range publicEncryption {
		if e.spec == "RSA_3072" || e.spec == "RSA_4096" {
			continue // as RSA_2048, at ten times the cost
		}
		f := specFake(e.spec)
		id, other := newKeyOf(t, f, e.spec, "ENCRYPT_DECRYPT"), newKeyOf(t, f, e.spec, "ENCRYPT_DECRYPT")
		sealers = append(sealers, sealer{f, id, other, e.algorithm, e.most})
	}
	contexts := rapid.MapOfN(rapid.StringMatching(`[a-c]{1,2}`), rapid.StringMatching(`[a-c]{0,2}`), 0, 2)
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.SampledFrom(sealers).Draw(r, "sealer")
		var context, another map[string]string
		if s.algorithm == "SYMMETRIC_DEFAULT" {
			context, another = contexts.Draw(r, "context"), contexts.Draw(r, "another context")
		}
		plaintext := rapid.SliceOfN(rapid.Byte(), 1, s.most).Draw(r, "plaintext")
		sealed := got(s.f.Encrypt(t.Context(), &kms.EncryptInput{
			KeyId: &s.id, Plaintext: plaintext, EncryptionAlgorithm: s.algorithm, EncryptionContext: context,
		})).ok(t).CiphertextBlob
		open := func(id string, blob []byte, context map[string]string) result[kms.DecryptOutput] {
			return got(s.f.Decrypt(t.Context(), &kms.DecryptInput{
				KeyId: &id, CiphertextBlob: blob, EncryptionAlgorithm: s.algorithm, EncryptionContext: context,
			}))
		}
		if opened := open(s.id, sealed, context).ok(t).Plaintext; !bytes.Equal(opened, plaintext) {
			r.Fatalf("%x, sealed was %x", opened, plaintext)
		}
		changed := flipBit(r, sealed)
		if opened := open(s.id, changed, context); opened.err == nil {
			r.Fatalf("%s: changed and opened: %x", s.algorithm, opened.out.Plaintext)
		} else {
			checkCode(t, opened.err, "InvalidCiphertextException")
		}
		if s.algorithm == "SYMMETRIC_DEFAULT" {
			open(s.other, sealed, context).fails(t, "IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
		} else {
			open(s.other, sealed, context).fails(t, "InvalidCiphertextException", "")
		}
		if fmt.Sprint(context) != fmt.Sprint(another) {
			open(s.id, sealed, another).fails(t, "InvalidCiphertextException", "")
		}
		if t.Failed() {
			r.Fatalf("%s", s.algorithm)
		}
	})
}

func FuzzDecrypt(f *testing.F) {
	fake, china := newFake(), newFake(kmsfake.WithRegion(chinaRegion))
	type opener struct {
		f         *kmsfake.Fake
		id        string
		algorithm types.EncryptionAlgorithmSpec
	}
	openers := []opener{{fake, newKey(f, fake), "SYMMETRIC_DEFAULT"}, {china, newKey(f, china), "SYMMETRIC_DEFAULT"}}
	for _, e := range publicEncryption {
		in := fake
		if e.spec == "SM2" {
			in = china
		}
		openers = append(openers, opener{in, newKeyOf(f, in, e.spec, "ENCRYPT_DECRYPT"), e.algorithm})
	}
	for i, o := range openers {
		f.Add(uint(i), true, seal(f, o.f, o.id, o.algorithm, []byte("plaintext")).ok(f).CiphertextBlob)
		f.Add(uint(i), false, []byte{1, 2, 2, 0, 0x78})
	}
	f.Fuzz(func(t *testing.T, at uint, named bool, blob []byte) {
		o := openers[at%uint(len(openers))]
		in := &kms.DecryptInput{CiphertextBlob: blob, EncryptionAlgorithm: o.algorithm}
		if named {
			in.KeyId = &o.id
		}
		out, err := o.f.Decrypt(t.Context(), in)
		if err != nil {
			checkCode(t, err, "InvalidCiphertextException", "IncorrectKeyException", "ValidationException", "AccessDeniedException")
			return
		}
		if *out.KeyId == "" || out.EncryptionAlgorithm != o.algorithm {
			t.Errorf("%+v", out)
		}
	})
}
