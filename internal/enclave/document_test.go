package enclave

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func seeded(seed byte) *rand.ChaCha8 {
	return rand.NewChaCha8([32]byte{seed})
}

func mustNew(t testing.TB, pcrs map[int][]byte) []byte {
	t.Helper()
	document, err := New(&testKey().PublicKey, pcrs, noon, seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// anyPCRs draws registers of every number and length.
func anyPCRs() *rapid.Generator[map[int][]byte] {
	pcr := rapid.Custom(func(t *rapid.T) []byte {
		n := rapid.SampledFrom([]int{32, 48, 64}).Draw(t, "length")
		return rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "pcr")
	})
	return rapid.MapOfN(rapid.IntRange(0, 31), pcr, 0, 5)
}

// TestNewParses takes a few examples: a document costs milliseconds, and many
// times that under the race detector.
func TestNewParses(t *testing.T) {
	t.Parallel()
	for seed := range 12 {
		pcrs := anyPCRs().Example(seed)
		now := time.UnixMilli(rapid.Int64Range(1, 4e12).Example(seed)).UTC()
		document, err := New(&testKey().PublicKey, pcrs, now, seeded(byte(seed)))
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(document)
		if err != nil {
			t.Fatal(err)
		}
		want := make(map[int][]byte)
		for n := range 16 {
			want[n] = make([]byte, 48)
		}
		maps.Copy(want, pcrs)
		if diff := cmp.Diff(want, d.PCRs); diff != "" {
			t.Errorf("PCRs (-want +got):\n%s", diff)
		}
		if !d.Timestamp.Equal(now) || !d.PublicKey.Equal(&testKey().PublicKey) || d.TPMPCRs != nil {
			t.Errorf("read %+v", d)
		}
		if got, want := d.ImageSHA384(), hex.EncodeToString(want[0]); got != want {
			t.Errorf("ImageSHA384 = %q, want %q", got, want)
		}
	}
}

func TestParseTakesTheTag(t *testing.T) {
	t.Parallel()
	document := mustNew(t, nil)
	untagged, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	tagged, err := Parse(append([]byte{0xd2}, document...)) // 18
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(untagged, tagged); diff != "" {
		t.Errorf("(-untagged +tagged):\n%s", diff)
	}
}

func TestNewIsDeterministic(t *testing.T) {
	t.Parallel()
	pcrs := map[int][]byte{0: bytes.Repeat([]byte{7}, 48), 30: make([]byte, 32)}
	if !bytes.Equal(mustNew(t, pcrs), mustNew(t, pcrs)) {
		t.Error("the same seed made two documents")
	}
	other, err := New(&testKey().PublicKey, pcrs, noon, seeded(2))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(mustNew(t, pcrs), other) {
		t.Error("two seeds made the same document")
	}
}

func TestNewLooksLikeNitros(t *testing.T) {
	t.Parallel()
	document := mustNew(t, nil)
	// An untagged array of four, {1: -35}, {}, and a payload of two length bytes.
	if !bytes.HasPrefix(document, []byte{0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0, 0x59}) {
		t.Errorf("starts with %x", document[:8])
	}
	var message []cbor.RawMessage
	if err := cbor.Unmarshal(document, &message); err != nil {
		t.Fatal(err)
	}
	var payload []byte
	if err := cbor.Unmarshal(message[2], &payload); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := cbor.Unmarshal(payload, &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"cabundle", "certificate", "digest", "module_id", "nonce", "pcrs", "public_key", "timestamp", "user_data"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if got["user_data"] != nil || got["nonce"] != nil {
		t.Errorf("user_data %v, nonce %v; want null", got["user_data"], got["nonce"])
	}
	d, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	id, ok := strings.CutPrefix(d.ModuleID, "i-")
	if !ok || len(id) != 17+4+16 || id[17:21] != "-enc" {
		t.Errorf("module id %q", d.ModuleID)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	key := &testKey().PublicKey
	small := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537}
	for name, make := range map[string]func() ([]byte, error){
		"no key":            func() ([]byte, error) { return New(nil, nil, noon, seeded(1)) },
		"empty key":         func() ([]byte, error) { return New(&rsa.PublicKey{}, nil, noon, seeded(1)) },
		"small key":         func() ([]byte, error) { return New(small, nil, noon, seeded(1)) },
		"negative register": func() ([]byte, error) { return New(key, map[int][]byte{-1: make([]byte, 48)}, noon, seeded(1)) },
		"register 32":       func() ([]byte, error) { return New(key, map[int][]byte{32: make([]byte, 48)}, noon, seeded(1)) },
		"short register":    func() ([]byte, error) { return New(key, map[int][]byte{0: make([]byte, 47)}, noon, seeded(1)) },
		"before 1970":       func() ([]byte, error) { return New(key, nil, time.Unix(-1, 0), seeded(1)) },
		"after 9999":        func() ([]byte, error) { return New(key, nil, noon.AddDate(8000, 0, 0), seeded(1)) },
		"no randomness":     func() ([]byte, error) { return New(key, nil, noon, bytes.NewReader(nil)) },
		"no scalar":         func() ([]byte, error) { return New(key, nil, noon, bytes.NewReader(make([]byte, 500))) },
	} {
		if document, err := make(); err == nil || document != nil {
			t.Errorf("%s: New = %x, %v; want an error", name, document, err)
		}
	}
}

func TestValidAt(t *testing.T) {
	t.Parallel()
	d, err := Parse(mustNew(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		after time.Duration
		valid bool
	}{
		{-time.Second, false}, {0, true}, {time.Hour, true}, {3 * time.Hour, true}, {3*time.Hour + time.Second, false},
	} {
		var refused *Error
		switch err := d.ValidAt(noon.Add(tc.after)); {
		case tc.valid && err != nil:
			t.Errorf("after %v: %v", tc.after, err)
		case !tc.valid && !errors.As(err, &refused):
			t.Errorf("after %v: error %v, want an *Error", tc.after, err)
		}
	}
}

// authority signs certificates for documents that New does not make.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func issue(t testing.TB, name string, parent *authority, change func(*x509.Certificate), curve elliptic.Curve) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             noon.Add(-time.Hour),
		NotAfter:              noon.Add(time.Hour),
		BasicConstraintsValid: true,
		IsCA:                  true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	change(template)
	signer := &authority{template, key}
	if parent != nil {
		signer = parent
	}
	der, err := x509.CreateCertificate(cryptorand.Reader, template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key}
}

func asIs(*x509.Certificate) {}

func asLeaf(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature }

// sign makes a COSE_Sign1 message from RFC 9052: the payload signed with ES384
// under the protected header.
func sign(t testing.TB, protected, payload []byte, key *ecdsa.PrivateKey) []any {
	t.Helper()
	signed, err := cbor.Marshal([]any{"Signature1", protected, []byte{}, payload})
	if err != nil {
		t.Fatal(err)
	}
	digest := sha512.Sum384(signed)
	der, err := ecdsa.SignASN1(cryptorand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 96)
	rs.R.FillBytes(signature[:48])
	rs.S.FillBytes(signature[48:])
	return []any{protected, map[int]int{}, payload, signature}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var es384 = []byte{0xa1, 0x01, 0x38, 0x22}

// pki is a root, an intermediate and a leaf, and a payload that names them.
type pki struct {
	root, middle, leaf *authority
}

func newPKI(t testing.TB) *pki {
	root := issue(t, "root", nil, asIs, elliptic.P384())
	middle := issue(t, "middle", root, asIs, elliptic.P384())
	return &pki{root, middle, issue(t, "leaf", middle, asLeaf, elliptic.P384())}
}

func (p *pki) payload(t testing.TB) map[string]any {
	spki, err := x509.MarshalPKIXPublicKey(&testKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{
		"module_id":   "i-0809849710bf1b61b-enc017c580ee3561a4e",
		"digest":      "SHA384",
		"timestamp":   uint64(noon.UnixMilli()),
		"pcrs":        map[int][]byte{0: make([]byte, 48), 8: bytes.Repeat([]byte{8}, 48)},
		"certificate": p.leaf.cert.Raw,
		"cabundle":    [][]byte{p.root.cert.Raw, p.middle.cert.Raw},
		"public_key":  spki,
		"user_data":   []byte("data"),
		"nonce":       nil,
	}
}

func (p *pki) document(t testing.TB, payload any) []byte {
	return marshal(t, sign(t, es384, marshal(t, payload), p.leaf.key))
}

func TestParseReadsEveryField(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	fields := p.payload(t)
	fields["nonce"] = []byte("once")
	d, err := Parse(p.document(t, fields))
	if err != nil {
		t.Fatal(err)
	}
	want := &Document{
		ModuleID:  "i-0809849710bf1b61b-enc017c580ee3561a4e",
		Timestamp: noon,
		PCRs:      map[int][]byte{0: make([]byte, 48), 8: bytes.Repeat([]byte{8}, 48)},
		PublicKey: &testKey().PublicKey,
		UserData:  []byte("data"),
		Nonce:     []byte("once"),
		NotBefore: noon.Add(-time.Hour),
		NotAfter:  noon.Add(time.Hour),
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := d.PCR(8); got != strings.Repeat("08", 48) {
		t.Errorf("PCR(8) = %q", got)
	}
	if d.PCR(1) != "" || d.TPMPCR(8) != "" {
		t.Errorf("registers that are not there: %q, %q", d.PCR(1), d.TPMPCR(8))
	}
}

func TestParseReadsNitroTPM(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	fields := p.payload(t)
	fields["nitrotpm_pcrs"] = fields["pcrs"]
	delete(fields, "pcrs")
	d, err := Parse(p.document(t, fields))
	if err != nil {
		t.Fatal(err)
	}
	if d.PCRs != nil || d.ImageSHA384() != "" || d.TPMPCR(8) != strings.Repeat("08", 48) {
		t.Errorf("PCRs %v, TPMPCRs %v", d.PCRs, d.TPMPCRs)
	}
}

func TestParseNarrowsValidity(t *testing.T) {
	t.Parallel()
	p := &pki{root: issue(t, "root", nil, asIs, elliptic.P384())}
	p.middle = issue(t, "middle", p.root, func(c *x509.Certificate) { c.NotAfter = noon.Add(time.Minute) }, elliptic.P384())
	p.leaf = issue(t, "leaf", p.middle, func(c *x509.Certificate) {
		asLeaf(c)
		c.NotBefore = noon.Add(-time.Second)
	}, elliptic.P384())
	d, err := Parse(p.document(t, p.payload(t)))
	if err != nil {
		t.Fatal(err)
	}
	if !d.NotBefore.Equal(noon.Add(-time.Second)) || !d.NotAfter.Equal(noon.Add(time.Minute)) {
		t.Errorf("valid from %v to %v", d.NotBefore, d.NotAfter)
	}
}

func TestParseRefusesFields(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	ec, err := x509.MarshalPKIXPublicKey(&p.leaf.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	spki := func(n *big.Int, e int) []byte {
		der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: e})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	n := testKey().N
	type change = map[string]any
	absent := new(int) // a field to remove
	for name, tc := range map[string]struct {
		change change
		reason string
	}{
		"module_id absent":        {change{"module_id": absent}, "module_id"},
		"module_id empty":         {change{"module_id": ""}, "module_id"},
		"module_id null":          {change{"module_id": nil}, "module_id"},
		"module_id bytes":         {change{"module_id": []byte("i-1")}, "payload"},
		"digest absent":           {change{"digest": absent}, "digest"},
		"digest SHA256":           {change{"digest": "SHA256"}, "digest"},
		"timestamp absent":        {change{"timestamp": absent}, "timestamp"},
		"timestamp zero":          {change{"timestamp": 0}, "timestamp"},
		"timestamp negative":      {change{"timestamp": -1}, "payload"},
		"timestamp float":         {change{"timestamp": 1.5}, "payload"},
		"timestamp text":          {change{"timestamp": "1"}, "payload"},
		"timestamp too late":      {change{"timestamp": uint64(1) << 63}, "timestamp"},
		"pcrs absent":             {change{"pcrs": absent}, "pcrs"},
		"pcrs empty":              {change{"pcrs": map[int][]byte{}}, "pcrs"},
		"pcrs null":               {change{"pcrs": nil}, "pcrs"},
		"pcrs array":              {change{"pcrs": [][]byte{make([]byte, 48)}}, "payload"},
		"PCR 32":                  {change{"pcrs": map[int][]byte{32: make([]byte, 48)}}, "pcrs"},
		"PCR -1":                  {change{"pcrs": map[int][]byte{-1: make([]byte, 48)}}, "payload"},
		"PCR by name":             {change{"pcrs": map[string][]byte{"0": make([]byte, 48)}}, "payload"},
		"PCR of 0 bytes":          {change{"pcrs": map[int][]byte{0: {}}}, "pcrs"},
		"PCR of 20 bytes":         {change{"pcrs": map[int][]byte{0: make([]byte, 20)}}, "pcrs"},
		"PCR null":                {change{"pcrs": map[int]any{0: nil}}, "payload"},
		"PCR text":                {change{"pcrs": map[int]string{0: strings.Repeat("0", 48)}}, "payload"},
		"certificate absent":      {change{"certificate": absent}, "certificate"},
		"certificate null":        {change{"certificate": nil}, "payload"},
		"certificate empty":       {change{"certificate": []byte{}}, "certificate"},
		"certificate too long":    {change{"certificate": make([]byte, 1025)}, "certificate"},
		"certificate not X.509":   {change{"certificate": []byte("certificate")}, "X.509"},
		"certificate list":        {change{"certificate": []int{1, 2}}, "payload"},
		"cabundle absent":         {change{"cabundle": absent}, "cabundle"},
		"cabundle empty":          {change{"cabundle": [][]byte{}}, "cabundle"},
		"cabundle empty item":     {change{"cabundle": [][]byte{{}}}, "cabundle"},
		"cabundle long item":      {change{"cabundle": [][]byte{make([]byte, 1025)}}, "cabundle"},
		"cabundle too many":       {change{"cabundle": slices.Repeat([][]byte{{1}}, 17)}, "cabundle"},
		"cabundle not X.509":      {change{"cabundle": [][]byte{[]byte("x")}}, "X.509"},
		"public_key absent":       {change{"public_key": absent}, "public_key"},
		"public_key null":         {change{"public_key": nil}, "public_key"},
		"public_key empty":        {change{"public_key": []byte{}}, "public_key"},
		"public_key too long":     {change{"public_key": make([]byte, 1025)}, "public_key"},
		"public_key no key":       {change{"public_key": []byte("key")}, "public_key"},
		"public_key PKCS #1":      {change{"public_key": x509.MarshalPKCS1PublicKey(&testKey().PublicKey)}, "public_key"},
		"public_key P-384":        {change{"public_key": ec}, "public_key"},
		"public_key small":        {change{"public_key": spki(new(big.Int).Rsh(n, 1024), 65537)}, "public_key"},
		"public_key even":         {change{"public_key": spki(new(big.Int).Lsh(n, 1), 65537)}, "public_key"},
		"public_key exponent 1":   {change{"public_key": spki(n, 1)}, "public_key"},
		"public_key exponent 4":   {change{"public_key": spki(n, 4)}, "public_key"},
		"user_data too long":      {change{"user_data": make([]byte, 513)}, "user_data"},
		"user_data text":          {change{"user_data": "data"}, "payload"},
		"nonce too long":          {change{"nonce": make([]byte, 513)}, "nonce"},
		"a field of another case": {change{"NONCE": []byte("x")}, "payload"},
		"a field too many":        {change{"more": 1}, "payload"},
		"payload too long":        {change{"cabundle": slices.Repeat([][]byte{make([]byte, 1024)}, 16)}, "too long"},
	} {
		fields := p.payload(t)
		for field, value := range tc.change {
			fields[field] = value
			if value == any(absent) {
				delete(fields, field)
			}
		}
		mustRefuse(t, name, p.document(t, fields), tc.reason)
	}
}

func mustRefuse(t *testing.T, name string, document []byte, reason string) {
	t.Helper()
	d, err := Parse(document)
	var refused *Error
	if d != nil || !errors.As(err, &refused) || !strings.Contains(refused.Reason, reason) {
		t.Errorf("%s: Parse = %v, %v; want an *Error about %s", name, d, err, reason)
	}
}

func TestParseRefusesMessages(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	payload := marshal(t, p.payload(t))
	good := func() []any { return sign(t, es384, payload, p.leaf.key) }
	with := func(i int, v any) []byte {
		m := good()
		m[i] = v
		return marshal(t, m)
	}
	duplicate := append([]byte{payload[0] + 1}, payload[1:]...)
	duplicate = append(duplicate, marshal(t, "digest")...)
	duplicate = append(duplicate, marshal(t, "SHA384")...)
	other := newPKI(t)
	valid := marshal(t, good())
	if _, err := Parse(valid); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		document []byte
		reason   string
	}{
		"nothing":               {nil, "COSE_Sign1"},
		"a tag alone":           {[]byte{0xd2}, "COSE_Sign1"},
		"two tags":              {append([]byte{0xd2, 0xd2}, valid...), "COSE_Sign1"},
		"another tag":           {append([]byte{0xd1}, valid...), "COSE_Sign1"},
		"text":                  {[]byte("attestation"), "COSE_Sign1"},
		"trailing byte":         {append(bytes.Clone(valid), 0), "COSE_Sign1"},
		"truncated":             {valid[:len(valid)-1], "COSE_Sign1"},
		"array of three":        {marshal(t, good()[:3]), "COSE_Sign1"},
		"array of five":         {marshal(t, append(good(), 1)), "COSE_Sign1"},
		"deep":                  {bytes.Repeat([]byte{0x81}, 100_000), "COSE_Sign1"},
		"a huge array":          {[]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "COSE_Sign1"},
		"a huge string":         {[]byte{0x84, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "COSE_Sign1"},
		"null":                  {[]byte{0xf6}, "header"},
		"protected map":         {with(0, map[int]int{1: -35}), "COSE_Sign1"},
		"protected null":        {with(0, nil), "COSE_Sign1"},
		"unprotected bytes":     {with(1, []byte{}), "unprotected"},
		"unprotected null":      {with(1, nil), "unprotected"},
		"payload null":          {with(2, nil), "COSE_Sign1"},
		"payload empty":         {with(2, []byte{}), "payload"},
		"payload text":          {with(2, "x"), "COSE_Sign1"},
		"signature short":       {with(3, make([]byte, 95)), "signature"},
		"signature zero":        {with(3, make([]byte, 96)), "signature"},
		"signature all ones":    {with(3, bytes.Repeat([]byte{0xff}, 96)), "signature"},
		"ES256":                 {marshal(t, sign(t, []byte{0xa1, 0x01, 0x26}, payload, p.leaf.key)), "ES384"},
		"no algorithm":          {marshal(t, sign(t, []byte{0xa0}, payload, p.leaf.key)), "ES384"},
		"a critical header":     {marshal(t, sign(t, []byte{0xa2, 0x01, 0x38, 0x22, 0x02, 0x81, 0x01}, payload, p.leaf.key)), "ES384"},
		"another signer":        {marshal(t, sign(t, es384, payload, other.leaf.key)), "signature"},
		"another payload":       {with(2, marshal(t, other.payload(t))), "signature"},
		"payload not a map":     {p.document(t, []int{1}), "payload"},
		"payload a tagged map":  {p.document(t, cbor.Tag{Number: 24, Content: p.payload(t)}), "payload"},
		"payload twice a field": {marshal(t, sign(t, es384, duplicate, p.leaf.key)), "payload"},
	} {
		mustRefuse(t, name, tc.document, tc.reason)
	}
}

func TestParseRefusesChains(t *testing.T) {
	t.Parallel()
	p, other := newPKI(t), newPKI(t)
	withLeaf := func(parent *authority, change func(*x509.Certificate), curve elliptic.Curve) *pki {
		return &pki{p.root, p.middle, issue(t, "leaf", parent, change, curve)}
	}
	late := withLeaf(p.middle, func(c *x509.Certificate) { asLeaf(c); c.NotBefore = noon.Add(time.Second) }, elliptic.P384())
	early := withLeaf(p.middle, func(c *x509.Certificate) { asLeaf(c); c.NotAfter = noon.Add(-time.Second) }, elliptic.P384())
	unable := &pki{root: p.root, middle: issue(t, "middle", p.root, asLeaf, elliptic.P384())}
	unable.leaf = issue(t, "leaf", unable.middle, asLeaf, elliptic.P384())
	for name, tc := range map[string]struct {
		pki    *pki
		bundle [][]byte
		reason string
	}{
		"not yet valid":       {late, nil, "chain"},
		"expired":             {early, nil, "chain"},
		"P-256 leaf":          {withLeaf(p.middle, asLeaf, elliptic.P256()), nil, "P-384"},
		"issued by no CA":     {unable, nil, "chain"},
		"another root":        {p, [][]byte{other.root.cert.Raw, p.middle.cert.Raw}, "chain"},
		"another middle":      {p, [][]byte{p.root.cert.Raw, other.middle.cert.Raw}, "chain"},
		"no middle":           {p, [][]byte{p.root.cert.Raw}, "chain"},
		"no self-signed root": {p, [][]byte{p.middle.cert.Raw}, "chain"},
		"root last":           {p, [][]byte{p.middle.cert.Raw, p.root.cert.Raw}, "chain"},
	} {
		fields := tc.pki.payload(t)
		if tc.bundle != nil {
			fields["cabundle"] = tc.bundle
		}
		mustRefuse(t, name, tc.pki.document(t, fields), tc.reason)
	}
}

func TestParseRefusesChanges(t *testing.T) {
	t.Parallel()
	document := mustNew(t, nil)
	signature := len(document) - 98
	for i := range document {
		// What is signed differs in nothing but its place.
		if i > 64 && i < signature && i%31 != 0 {
			continue
		}
		changed := bytes.Clone(document)
		changed[i] ^= 1 << (i % 8)
		var refused *Error
		if _, err := Parse(changed); !errors.As(err, &refused) {
			t.Fatalf("bit %d of byte %d changed: %v, want an *Error", i%8, i, err)
		}
	}
	for n := range document {
		var refused *Error
		if _, err := Parse(document[:n]); !errors.As(err, &refused) {
			t.Fatalf("cut to %d bytes: %v, want an *Error", n, err)
		}
	}
}

func TestParseRefusesAnyBit(t *testing.T) {
	t.Parallel()
	document := mustNew(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		bit := rapid.IntRange(0, 8*len(document)-1).Draw(t, "bit")
		changed := bytes.Clone(document)
		changed[bit/8] ^= 1 << (bit % 8)
		var refused *Error
		if _, err := Parse(changed); !errors.As(err, &refused) {
			t.Fatalf("%v, want an *Error", err)
		}
	})
}

func TestParseKeepsNothing(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	document := p.document(t, p.payload(t))
	d, err := Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	clear(document)
	if string(d.UserData) != "data" || d.PCR(8) != strings.Repeat("08", 48) || !d.PublicKey.Equal(&testKey().PublicKey) {
		t.Errorf("the document changed with its bytes: %+v", d)
	}
}

func FuzzParse(f *testing.F) {
	document := mustNew(f, nil)
	f.Add(document)
	f.Add(append([]byte{0xd2}, document...))
	f.Add(document[:len(document)/2])
	f.Add([]byte{0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0, 0x41, 0xa0, 0x40})
	p := newPKI(f)
	f.Add(p.document(f, p.payload(f)))
	f.Fuzz(func(t *testing.T, document []byte) {
		d, err := Parse(document)
		if err != nil {
			var refused *Error
			if d != nil || !errors.As(err, &refused) {
				t.Fatalf("Parse = %v, %v; want nil and an *Error", d, err)
			}
			return
		}
		if _, err := Seal(d.PublicKey, []byte("plaintext"), cryptorand.Reader); err != nil {
			t.Fatalf("nothing can be sealed to the key: %v", err)
		}
	})
}

// FuzzPayload signs what it is given, so that it reaches the fields.
func FuzzPayload(f *testing.F) {
	p := newPKI(f)
	f.Add(marshal(f, p.payload(f)))
	f.Add([]byte{0xa1, 0x64, 'p', 'c', 'r', 's', 0xf6})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > 20_000 {
			return
		}
		var refused *Error
		d, err := Parse(marshal(t, sign(t, es384, payload, p.leaf.key)))
		if (d == nil) != errors.As(err, &refused) {
			t.Fatalf("Parse = %v, %v", d, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	document := mustNew(b, nil)
	for b.Loop() {
		if _, err := Parse(document); err != nil {
			b.Fatal(err)
		}
	}
}
