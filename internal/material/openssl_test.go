package material_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/material"
)

// openssl runs the program on files of a folder of the test's own.
type openssl struct {
	t       *testing.T
	program string
	folder  string
}

func newOpenSSL(t *testing.T) *openssl {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed, so it checks nothing")
	}
	return &openssl{t, program, t.TempDir()}
}

func (o *openssl) write(name string, data []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.folder, name), data, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *openssl) run(args ...string) ([]byte, error) {
	cmd := exec.Command(o.program, args...)
	cmd.Dir = o.folder
	return cmd.Output()
}

func TestOpenSSLVerifies(t *testing.T) {
	t.Parallel()
	pss := []string{"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"}
	for _, c := range []struct {
		spec types.KeySpec
		alg  types.SigningAlgorithmSpec
		args []string
	}{
		{types.KeySpecRsa2048, types.SigningAlgorithmSpecRsassaPssSha256, append([]string{"dgst", "-sha256"}, pss...)},
		{types.KeySpecRsa3072, types.SigningAlgorithmSpecRsassaPssSha384, append([]string{"dgst", "-sha384"}, pss...)},
		{types.KeySpecRsa4096, types.SigningAlgorithmSpecRsassaPssSha512, append([]string{"dgst", "-sha512"}, pss...)},
		{types.KeySpecRsa2048, types.SigningAlgorithmSpecRsassaPkcs1V15Sha256, []string{"dgst", "-sha256"}},
		{types.KeySpecRsa3072, types.SigningAlgorithmSpecRsassaPkcs1V15Sha384, []string{"dgst", "-sha384"}},
		{types.KeySpecRsa4096, types.SigningAlgorithmSpecRsassaPkcs1V15Sha512, []string{"dgst", "-sha512"}},
		{types.KeySpecEccNistP256, types.SigningAlgorithmSpecEcdsaSha256, []string{"dgst", "-sha256"}},
		{types.KeySpecEccNistP384, types.SigningAlgorithmSpecEcdsaSha384, []string{"dgst", "-sha384"}},
		{types.KeySpecEccNistP521, types.SigningAlgorithmSpecEcdsaSha512, []string{"dgst", "-sha512"}},
		{types.KeySpecEccSecgP256k1, types.SigningAlgorithmSpecEcdsaSha256, []string{"dgst", "-sha256"}},
		{types.KeySpecSm2, types.SigningAlgorithmSpecSm2dsa, []string{"dgst", "-sm3", "-sigopt", "distid:1234567812345678"}},
		{types.KeySpecEccNistEdwards25519, types.SigningAlgorithmSpecEd25519Sha512, nil},
	} {
		t.Run(string(c.spec)+" "+string(c.alg), func(t *testing.T) {
			t.Parallel()
			o := newOpenSSL(t)
			signer := as[material.Signer](t, c.spec, 1)
			message := []byte("what openssl verifies")
			signature, err := signer.Sign(c.alg, types.MessageTypeRaw, message, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			o.write("public", signer.PublicKey())
			o.write("message", message)
			o.write("signature", signature)
			o.write("other", append(message, '.'))
			verify := func(message string) error {
				args := append(c.args, "-keyform", "DER", "-verify", "public", "-signature", "signature", message)
				if c.args == nil {
					args = []string{"pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "public", "-sigfile", "signature", "-in", message}
				}
				_, err := o.run(args...)
				return err
			}
			if err := verify("message"); err != nil {
				t.Errorf("openssl does not verify: %v", err)
			}
			if err := verify("other"); err == nil {
				t.Error("openssl verifies another message")
			}
		})
	}
}

func TestOpenSSLDecrypts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spec types.KeySpec
		alg  types.EncryptionAlgorithmSpec
		args []string
	}{
		{types.KeySpecRsa2048, types.EncryptionAlgorithmSpecRsaesOaepSha1, []string{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha1"}},
		{types.KeySpecRsa4096, types.EncryptionAlgorithmSpecRsaesOaepSha256, []string{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256"}},
		{types.KeySpecSm2, types.EncryptionAlgorithmSpecSm2pke, nil},
	} {
		t.Run(string(c.spec), func(t *testing.T) {
			t.Parallel()
			o := newOpenSSL(t)
			m := as[material.Encrypter](t, c.spec, 1)
			message := []byte("what openssl decrypts")
			ciphertext, err := m.Encrypt(c.alg, message, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			o.write("private", m.Encode())
			o.write("public", m.PublicKey())
			o.write("ciphertext", ciphertext)
			o.write("message", message)
			opened, err := o.run(append([]string{"pkeyutl", "-decrypt", "-keyform", "DER", "-inkey", "private", "-in", "ciphertext"}, c.args...)...)
			if err != nil || !bytes.Equal(opened, message) {
				t.Errorf("openssl opens %q, %v", opened, err)
			}
			sealed, err := o.run(append([]string{"pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", "public", "-in", "message"}, c.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := m.Decrypt(c.alg, sealed); err != nil || !bytes.Equal(got, message) {
				t.Errorf("opened %q, %v", got, err)
			}
		})
	}
}

func TestOpenSSLAgrees(t *testing.T) {
	t.Parallel()
	for _, spec := range []types.KeySpec{types.KeySpecEccNistP256, types.KeySpecEccNistP384, types.KeySpecEccNistP521} {
		t.Run(string(spec), func(t *testing.T) {
			t.Parallel()
			o := newOpenSSL(t)
			alice, bob := as[material.Agreement](t, spec, 1), as[material.Agreement](t, spec, 2)
			o.write("private", bob.Encode())
			o.write("peer", alice.PublicKey())
			want, err := o.run("pkeyutl", "-derive", "-keyform", "DER", "-inkey", "private", "-peerform", "DER", "-peerkey", "peer")
			if err != nil {
				t.Fatal(err)
			}
			checkAgreed(t, alice, bob.PublicKey(), want)
		})
	}
}

// Private keys that openssl makes are read as imported key material.
func TestOpenSSLPrivateKeysAreImported(t *testing.T) {
	t.Parallel()
	for spec, args := range map[types.KeySpec][]string{
		types.KeySpecRsa2048:             {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
		types.KeySpecEccNistP256:         {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"},
		types.KeySpecEccNistP384:         {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"},
		types.KeySpecEccNistP521:         {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"},
		types.KeySpecEccSecgP256k1:       {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"},
		types.KeySpecEccNistEdwards25519: {"-algorithm", "ED25519"},
		types.KeySpecSm2:                 {"-algorithm", "SM2"},
	} {
		t.Run(string(spec), func(t *testing.T) {
			t.Parallel()
			o := newOpenSSL(t)
			if _, err := o.run(append([]string{"genpkey", "-outform", "DER", "-out", "made"}, args...)...); err != nil {
				t.Fatal(err)
			}
			pkcs8, err := o.run("pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", "made", "-outform", "DER")
			if err != nil {
				t.Fatal(err)
			}
			o.write("private", pkcs8)
			spki, err := o.run("pkey", "-inform", "DER", "-in", "private", "-pubout", "-outform", "DER")
			if err != nil {
				t.Fatal(err)
			}
			m, err := material.Parse(spec, home(spec), pkcs8)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.(material.Public).PublicKey(); !bytes.Equal(got, spki) {
				t.Errorf("public key %x, openssl has %x", got, spki)
			}
		})
	}
}
