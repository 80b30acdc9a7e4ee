package enclave

import (
	"crypto/rsa"
	"crypto/x509"
	"math"
	"time"
)

const (
	maxField       = 1024  // bytes of a certificate or of the public key
	maxUserData    = 512   // bytes of user data or of the nonce
	maxPCRs        = 32    // registers, numbered from 0
	maxPayload     = 16384 // bytes of the signed payload
	maxCABundle    = 16    // certificates
	minKeyBits     = 2048  // of the RSA public key
	digestOfPCRs   = "SHA384"
	maxMillisecond = math.MaxInt64 / int64(time.Millisecond)
)

// fields is the signed payload.
type fields struct {
	ModuleID    string            `cbor:"module_id"`
	Digest      string            `cbor:"digest"`
	Timestamp   uint64            `cbor:"timestamp"`
	PCRs        map[uint64]octets `cbor:"pcrs,omitempty"`
	TPMPCRs     map[uint64]octets `cbor:"nitrotpm_pcrs,omitempty"`
	Certificate octets            `cbor:"certificate"`
	CABundle    []octets          `cbor:"cabundle"`
	PublicKey   *octets           `cbor:"public_key"`
	UserData    *octets           `cbor:"user_data"`
	Nonce       *octets           `cbor:"nonce"`
}

func decodeFields(payload []byte) (*fields, error) {
	var f fields
	if err := decode(payload, &f); err != nil {
		return nil, refuse("its payload is not the CBOR map of an attestation document")
	}
	return &f, f.check()
}

// check holds the fields against the published rules for their content.
func (f *fields) check() error {
	switch {
	case f.ModuleID == "":
		return refuse("module_id is missing")
	case f.Digest != digestOfPCRs:
		return refuse("digest is not " + digestOfPCRs)
	case f.Timestamp == 0 || f.Timestamp > uint64(maxMillisecond):
		return refuse("timestamp is missing or out of range")
	case len(f.PCRs) == 0 && len(f.TPMPCRs) == 0:
		return refuse("pcrs is missing")
	case !goodRegisters(f.PCRs) || !goodRegisters(f.TPMPCRs):
		return refuse("pcrs holds a register with a bad number or length")
	case !within(f.Certificate, 1, maxField):
		return refuse("certificate is missing or too long")
	case len(f.CABundle) == 0 || len(f.CABundle) > maxCABundle:
		return refuse("cabundle is missing or too long")
	case f.PublicKey == nil || !within(*f.PublicKey, 1, maxField):
		return refuse("public_key is missing or too long")
	case !within(f.UserData.bytes(), 0, maxUserData):
		return refuse("user_data is too long")
	case !within(f.Nonce.bytes(), 0, maxUserData):
		return refuse("nonce is too long")
	}
	for _, c := range f.CABundle {
		if !within(c, 1, maxField) {
			return refuse("cabundle holds a certificate that is empty or too long")
		}
	}
	return nil
}

func within(b []byte, low, high int) bool { return low <= len(b) && len(b) <= high }

func goodRegisters(pcrs map[uint64]octets) bool {
	for n, value := range pcrs {
		if n >= maxPCRs || !goodRegister(value) {
			return false
		}
	}
	return true
}

func goodRegister(value []byte) bool {
	return len(value) == 32 || len(value) == 48 || len(value) == 64
}

func registers(pcrs map[uint64]octets) map[int][]byte {
	if len(pcrs) == 0 {
		return nil
	}
	m := make(map[int][]byte, len(pcrs))
	for n, value := range pcrs {
		m[int(n)] = value
	}
	return m
}

func (f *fields) time() time.Time { return time.UnixMilli(int64(f.Timestamp)).UTC() }

// chain returns the certificates, the document's own first and the root last.
func (f *fields) chain() ([]*x509.Certificate, error) {
	raw := []octets{f.Certificate}
	for i := len(f.CABundle) - 1; i >= 0; i-- {
		raw = append(raw, f.CABundle[i])
	}
	chain := make([]*x509.Certificate, len(raw))
	for i, der := range raw {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, refuse("it holds a certificate that is not X.509")
		}
		chain[i] = c
	}
	return chain, nil
}

func verifyChain(chain []*x509.Certificate, at time.Time) error {
	root := chain[len(chain)-1]
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, c := range chain[1 : len(chain)-1] {
		intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots:         roots,
		Intermediates: intermediates,
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	// A pool of roots is trusted as it stands; a root must still sign itself.
	if err != nil || root.CheckSignatureFrom(root) != nil {
		return refuse("its certificates do not form a valid chain")
	}
	return nil
}

func (f *fields) publicKey() (*rsa.PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(*f.PublicKey)
	key, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return nil, refuse("public_key is not the SubjectPublicKeyInfo of an RSA key")
	}
	if key.N.BitLen() < minKeyBits || key.N.Bit(0) == 0 || key.E < 3 || key.E&1 == 0 {
		return nil, refuse("public_key is not a usable RSA key of 2048 bits or more")
	}
	return key, nil
}
