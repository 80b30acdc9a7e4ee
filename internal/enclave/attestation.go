package enclave

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

const (
	lockedPCRs   = 16 // registers that the hypervisor puts into every document
	pcrLength    = 48
	leafLifetime = 3 * time.Hour
	rootLifetime = 30 * 365 * 24 * time.Hour
)

// New makes an attestation document such as a Nitro hypervisor signs for an
// enclave, under a root certificate of its own making. AWS refuses it, since
// that root is not AWS's; [Parse] takes it.
//
// The public key has 2048 bits or more. PCRs 0 to 15 are zero, as in an enclave
// in debug mode, where pcrs has none; a register is 32, 48 or 64 bytes long. The
// certificate is valid for three hours from now. The same arguments and the
// same bytes of rand, about 150, make the same document.
func New(publicKey *rsa.PublicKey, pcrs map[int][]byte, now time.Time, rand io.Reader) ([]byte, error) {
	if publicKey == nil || publicKey.N == nil {
		return nil, errors.New("enclave: no public key")
	}
	spki, err := x509.MarshalPKIXPublicKey(publicKey)
	if err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	root, rootKey, err := newRoot(now, rand)
	if err != nil {
		return nil, err
	}
	module, err := moduleID(rand)
	if err != nil {
		return nil, err
	}
	leaf, leafKey, err := newLeaf(module, root, rootKey, now, rand)
	if err != nil {
		return nil, err
	}
	registers := make(map[uint64]octets, lockedPCRs)
	for n := range uint64(lockedPCRs) {
		registers[n] = make(octets, pcrLength)
	}
	for n, value := range pcrs {
		if n < 0 || n >= maxPCRs || !goodRegister(value) {
			return nil, fmt.Errorf("enclave: PCR%d of %d bytes is not a register", n, len(value))
		}
		registers[uint64(n)] = value
	}
	if now.UnixMilli() <= 0 {
		return nil, errors.New("enclave: a document cannot be older than 1970")
	}
	f := fields{
		ModuleID:    module,
		Digest:      digestOfPCRs,
		Timestamp:   uint64(now.UnixMilli()),
		PCRs:        registers,
		Certificate: leaf.Raw,
		CABundle:    []octets{root.Raw},
		PublicKey:   (*octets)(&spki),
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	if _, err := f.publicKey(); err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	payload, err := encode(f)
	if err != nil {
		return nil, fmt.Errorf("enclave: %w", err)
	}
	return encodeSign1(payload, leafKey)
}

// moduleID is the id of an instance and of an enclave on it.
func moduleID(rand io.Reader) (string, error) {
	b, err := read(rand, 17)
	if err != nil {
		return "", err
	}
	digits := hex.EncodeToString(b)
	return "i-" + digits[:17] + "-enc" + digits[17:33], nil
}

func newRoot(now time.Time, rand io.Reader) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{
			CommonName:         "aws.nitro-enclaves",
			Country:            []string{"US"},
			Organization:       []string{"Amazon"},
			OrganizationalUnit: []string{"AWS"},
		},
		NotBefore:             now.Add(-24 * time.Hour),
		NotAfter:              now.Add(rootLifetime),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return certify(template, nil, nil, rand)
}

func newLeaf(module string, root *x509.Certificate, rootKey *ecdsa.PrivateKey, now time.Time, rand io.Reader) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{
			CommonName:         module + ".us-east-1.aws",
			Country:            []string{"US"},
			Province:           []string{"Washington"},
			Locality:           []string{"Seattle"},
			Organization:       []string{"Amazon"},
			OrganizationalUnit: []string{"AWS"},
		},
		NotBefore:             now.Truncate(time.Second),
		NotAfter:              now.Truncate(time.Second).Add(leafLifetime),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
	}
	return certify(template, root, rootKey, rand)
}

// certify makes a P-384 key and its certificate, signed by the parent or, if
// there is none, by the key itself.
func certify(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, rand io.Reader) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	serial, err := read(rand, 16)
	if err != nil {
		return nil, nil, err
	}
	serial[0] = serial[0]&0x7f | 0x40
	template.SerialNumber = new(big.Int).SetBytes(serial)
	scalar, err := read(rand, scalarLength)
	if err != nil {
		return nil, nil, err
	}
	// Generating a key would ignore rand. Clearing a bit keeps the scalar
	// below the order of the curve.
	scalar[0] &= 0x7f
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), scalar)
	if err != nil {
		return nil, nil, fmt.Errorf("enclave: %w", err)
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(nil, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, fmt.Errorf("enclave: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, fmt.Errorf("enclave: %w", err)
	}
	return c, key, nil
}

func read(rand io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(rand, b); err != nil {
		return nil, fmt.Errorf("enclave: reading randomness: %w", err)
	}
	return b, nil
}
