package material_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/cloudflare/circl/sign"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"example.com/kmsfake/internal/material"
)

// oids are those of RFC 8017, 5480, 8410, 9881, 9935 and GM/T 0006, with the
// curve where there is one.
var oids = map[types.KeySpec][]string{
	types.KeySpecRsa2048:             {"1.2.840.113549.1.1.1"},
	types.KeySpecRsa3072:             {"1.2.840.113549.1.1.1"},
	types.KeySpecRsa4096:             {"1.2.840.113549.1.1.1"},
	types.KeySpecEccNistP256:         {"1.2.840.10045.2.1", "1.2.840.10045.3.1.7"},
	types.KeySpecEccNistP384:         {"1.2.840.10045.2.1", "1.3.132.0.34"},
	types.KeySpecEccNistP521:         {"1.2.840.10045.2.1", "1.3.132.0.35"},
	types.KeySpecEccSecgP256k1:       {"1.2.840.10045.2.1", "1.3.132.0.10"},
	types.KeySpecSm2:                 {"1.2.840.10045.2.1", "1.2.156.10197.1.301"},
	types.KeySpecEccNistEdwards25519: {"1.3.101.112"},
	types.KeySpecMlDsa44:             {"2.16.840.1.101.3.4.3.17"},
	types.KeySpecMlDsa65:             {"2.16.840.1.101.3.4.3.18"},
	types.KeySpecMlDsa87:             {"2.16.840.1.101.3.4.3.19"},
	types.KeySpecMlKem512:            {"2.16.840.1.101.3.4.4.1"},
	types.KeySpecMlKem768:            {"2.16.840.1.101.3.4.4.2"},
	types.KeySpecMlKem1024:           {"2.16.840.1.101.3.4.4.3"},
}

type spki struct {
	Algorithm pkix.AlgorithmIdentifier
	PublicKey asn1.BitString
}

type pkcs8 struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	PrivateKey []byte
}

func unmarshal(t *testing.T, der []byte, value any) {
	t.Helper()
	if rest, err := asn1.Unmarshal(der, value); err != nil || len(rest) != 0 {
		t.Fatalf("%x: %v, %d left", der, err, len(rest))
	}
}

func marshal(t *testing.T, value any) []byte {
	t.Helper()
	der, err := asn1.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestObjectIdentifiers(t *testing.T) {
	t.Parallel()
	for _, spec := range everySpec {
		pair, ok := derive(t, spec, home(spec), seedOf(1)).(material.Public)
		want, known := oids[spec]
		if ok != known {
			t.Errorf("%s is a key pair: %v", spec, ok)
		}
		if !ok {
			continue
		}
		var public spki
		unmarshal(t, pair.PublicKey(), &public)
		var private pkcs8
		unmarshal(t, pair.Encode(), &private)
		for what, algorithm := range map[string]pkix.AlgorithmIdentifier{"public": public.Algorithm, "private": private.Algorithm} {
			if got := algorithm.Algorithm.String(); got != want[0] {
				t.Errorf("%s, %s key: %s", spec, what, got)
			}
			if len(want) == 1 {
				continue
			}
			var curve asn1.ObjectIdentifier
			unmarshal(t, algorithm.Parameters.FullBytes, &curve)
			if got := curve.String(); got != want[1] {
				t.Errorf("%s, %s key: curve %s", spec, what, got)
			}
		}
	}
}

var mldsaSchemes = map[types.KeySpec]sign.Scheme{
	types.KeySpecMlDsa44: mldsa44.Scheme(),
	types.KeySpecMlDsa65: mldsa65.Scheme(),
	types.KeySpecMlDsa87: mldsa87.Scheme(),
}

// RFC 9881 has three forms of a private key: the seed, the expanded key, both.
func TestFormsOfSeedKeys(t *testing.T) {
	t.Parallel()
	expand := map[types.KeySpec]func(seed []byte) ([]byte, error){}
	for spec, scheme := range mldsaSchemes {
		expand[spec] = func(seed []byte) ([]byte, error) {
			_, private := scheme.DeriveKey(seed)
			return private.MarshalBinary()
		}
	}
	for spec, k := range kems {
		expand[spec] = func(seed []byte) ([]byte, error) {
			_, private := k.other.DeriveKeyPair(seed)
			return private.MarshalBinary()
		}
	}
	for spec, expand := range expand {
		m := derive(t, spec, commercial, seedOf(1))
		var info pkcs8
		unmarshal(t, m.Encode(), &info)
		seed := info.PrivateKey[2:]
		expanded, err := expand(seed)
		if err != nil {
			t.Fatal(err)
		}
		forged := bytes.Clone(expanded)
		forged[len(forged)-1] ^= 1
		type both struct{ Seed, Expanded []byte }
		for _, form := range []struct {
			name    string
			private any
			taken   bool
		}{
			{"seed", asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: seed}, true},
			{"both", both{seed, expanded}, true},
			{"both, at odds", both{seed, forged}, false},
			{"both, short seed", both{seed[1:], expanded}, false},
			{"expanded", expanded, false},
			{"short seed", asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: seed[1:]}, false},
			{"another choice", asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, Bytes: seed}, false},
			{"explicit", asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: marshal(t, seed)}, false},
		} {
			info.PrivateKey = marshal(t, form.private)
			parsed, err := material.Parse(spec, commercial, marshal(t, info))
			if form.taken != (err == nil) || err != nil && !errors.Is(err, material.ErrEncoding) {
				t.Errorf("%s, %s: %v", spec, form.name, err)
			}
			if err == nil && !bytes.Equal(parsed.Encode(), m.Encode()) {
				t.Errorf("%s, %s: another key", spec, form.name)
			}
		}
		info.PrivateKey = marshal(t, asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: seed})
		info.Algorithm.Parameters = asn1.NullRawValue
		if _, err := material.Parse(spec, commercial, marshal(t, info)); !errors.Is(err, material.ErrEncoding) {
			t.Errorf("%s with parameters: %v", spec, err)
		}
	}
}

func TestFormsOfECKeys(t *testing.T) {
	t.Parallel()
	type ecPrivate struct {
		Version    int
		PrivateKey []byte
		Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	for spec, curve := range map[types.KeySpec]asn1.ObjectIdentifier{
		types.KeySpecEccSecgP256k1: {1, 3, 132, 0, 10},
		types.KeySpecSm2:           {1, 2, 156, 10197, 1, 301},
	} {
		m := derive(t, spec, home(spec), seedOf(1))
		var info pkcs8
		unmarshal(t, m.Encode(), &info)
		var private ecPrivate
		unmarshal(t, info.PrivateKey, &private)
		other := derive(t, spec, home(spec), seedOf(2)).(material.Public).PublicKey()
		half := bytes.Clone(private.PublicKey.Bytes)
		half[len(half)-1] &^= 0x0f
		ones := bytes.Repeat([]byte{0xff}, 32)
		for _, form := range []struct {
			name    string
			private ecPrivate
			taken   bool
		}{
			{"no public key", ecPrivate{Version: 1, PrivateKey: private.PrivateKey}, true},
			{"curve named", ecPrivate{Version: 1, PrivateKey: private.PrivateKey, Curve: curve}, true},
			{"padded scalar", ecPrivate{Version: 1, PrivateKey: append([]byte{0}, private.PrivateKey...)}, true},
			{"another curve", ecPrivate{Version: 1, PrivateKey: private.PrivateKey, Curve: asn1.ObjectIdentifier{1, 3, 132, 0, 34}}, false},
			{"another version", ecPrivate{Version: 2, PrivateKey: private.PrivateKey}, false},
			{"another public key", ecPrivate{Version: 1, PrivateKey: private.PrivateKey, PublicKey: asn1.BitString{Bytes: other[len(other)-65:], BitLength: 520}}, false},
			{"half a byte", ecPrivate{Version: 1, PrivateKey: private.PrivateKey, PublicKey: asn1.BitString{Bytes: half, BitLength: 516}}, false},
			{"zero", ecPrivate{Version: 1, PrivateKey: make([]byte, 32)}, false},
			{"nothing", ecPrivate{Version: 1}, false},
			{"above the order", ecPrivate{Version: 1, PrivateKey: ones}, false},
			{"too long", ecPrivate{Version: 1, PrivateKey: append([]byte{1}, private.PrivateKey...)}, false},
		} {
			info.PrivateKey = marshal(t, form.private)
			parsed, err := material.Parse(spec, home(spec), marshal(t, info))
			if form.taken != (err == nil) || err != nil && !errors.Is(err, material.ErrEncoding) {
				t.Errorf("%s, %s: %v", spec, form.name, err)
			}
			if err == nil && !bytes.Equal(parsed.Encode(), m.Encode()) {
				t.Errorf("%s, %s: another key", spec, form.name)
			}
		}
	}
}

func TestParsePublic(t *testing.T) {
	t.Parallel()
	for _, p := range pairings() {
		if p.messageType != types.MessageTypeRaw {
			continue
		}
		signer := as[material.Signer](t, p.spec, 1)
		der := signer.PublicKey()
		public, err := material.ParsePublic(p.spec, home(p.spec), der)
		if err != nil {
			t.Fatalf("%s: %v", p.spec, err)
		}
		clear(der)
		message := []byte("verified with the public key alone")
		signature, err := signer.Sign(p.alg, p.messageType, message, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := public.Verify(p.alg, p.messageType, message, signature); !ok || err != nil {
			t.Errorf("%s, %s: %v, %v", p.spec, p.alg, ok, err)
		}
		if ok, err := public.Verify(p.alg, p.messageType, message[1:], signature); ok || err != nil {
			t.Errorf("%s, %s, another message: %v, %v", p.spec, p.alg, ok, err)
		}
	}
	for _, from := range everySpec {
		pair, ok := derive(t, from, home(from), seedOf(1)).(material.Public)
		if !ok {
			continue
		}
		for _, to := range everySpec {
			_, signs := derive(t, to, home(to), seedOf(1)).(material.Signer)
			want := material.ErrPublicKey
			if !signs {
				want = material.ErrSpec
			}
			if from == to && signs {
				want = nil
			}
			if _, err := material.ParsePublic(to, home(to), pair.PublicKey()); !errors.Is(err, want) {
				t.Errorf("%s read as %s: %v, want %v", from, to, err, want)
			}
		}
	}
}
