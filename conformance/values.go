package conformance

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"time"
)

// value is what only a play can tell of an input.
type value interface {
	of(p *play) (any, error)
}

// matcher is what an answer is held against where it cannot be told in advance.
type matcher interface {
	// match says what is wrong with a value, or "".
	match(p *play, have any) string
}

// zeros are that many bytes.
type zeros int

func (z zeros) of(*play) (any, error) { return make([]byte, z), nil }

// altered is binary data with its last bit turned over.
type altered string

func (a altered) of(p *play) (any, error) {
	blob, err := p.bytes(string(a))
	if err == nil {
		blob[len(blob)-1] ^= 1
	}
	return blob, err
}

// shortened is binary data without its last byte.
type shortened string

func (s shortened) of(p *play) (any, error) {
	blob, err := p.bytes(string(s))
	if err == nil {
		blob = blob[:len(blob)-1]
	}
	return blob, err
}

// wrapped is key material under a public key, as RSAES_OAEP_SHA_256 wraps it.
type wrapped struct{ material, publicKey string }

func (w wrapped) of(p *play) (any, error) {
	der, err := p.bytes(w.publicKey)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the wrapping key is not an RSA key")
	}
	return rsa.EncryptOAEP(sha256.New(), rand.Reader, public, []byte(w.material), nil)
}

// fromNow is a moment: in an answer one within ten minutes of it, for clocks
// differ.
type fromNow time.Duration

func (f fromNow) of(p *play) (any, error) { return p.now().Add(time.Duration(f)), nil }

func (f fromNow) match(p *play, have any) string {
	at, ok := have.(time.Time)
	if off := at.Sub(p.now().Add(time.Duration(f))).Abs(); !ok || off > 10*time.Minute {
		return fmt.Sprintf("want %v from now, have %v", time.Duration(f), have)
	}
	return ""
}

// some is whatever is there and not empty.
type some struct{}

func (some) match(_ *play, have any) string {
	v := reflect.ValueOf(have)
	if !v.IsValid() || v.Kind() != reflect.Bool && v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0 {
		return "want something, have nothing"
	}
	return ""
}

// whatever is anything at all, of a call that succeeds.
type whatever struct{}

func (whatever) match(*play, any) string { return "" }

// length is binary data of that many bytes.
type length int

func (l length) match(_ *play, have any) string {
	if blob, ok := have.([]byte); !ok || len(blob) != int(l) {
		return fmt.Sprintf("want %d bytes, have %s", int(l), show(have))
	}
	return ""
}

// form is a text of a form.
type form string

func (f form) match(_ *play, have any) string {
	text, ok := have.(string)
	if matched, err := regexp.MatchString("^(?:"+string(f)+")$", text); err != nil || !ok || !matched {
		return fmt.Sprintf("want a text like %s, have %s", string(f), show(have))
	}
	return ""
}

const (
	uuid       form = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
	mrkID      form = "mrk-[0-9a-f]{32}"
	materialID form = "[0-9a-f]{64}"
	grantID    form = "[0-9a-f]{64}"
)

// unlike is anything of the same kind but this.
type unlike string

func (u unlike) match(p *play, have any) string {
	other, err := p.resolve(string(u))
	if err != nil {
		return err.Error()
	}
	if reflect.TypeOf(other) != reflect.TypeOf(have) || reflect.DeepEqual(other, have) {
		return fmt.Sprintf("want another than %s, have %s", show(other), show(have))
	}
	return ""
}

// including is a list with an element that is like these members.
type including m

func (i including) match(p *play, have any) string {
	list, _ := have.([]any)
	for _, element := range list {
		if len(compare(p, "", m(i), element)) == 0 {
			return ""
		}
	}
	return fmt.Sprintf("none of %d elements is like %v", len(list), m(i))
}

// show is a value as a difference names it.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return fmt.Sprintf("%q", v)
	case []byte:
		if len(v) <= 32 && !bytes.ContainsFunc(v, func(r rune) bool { return r < ' ' || r > '~' }) {
			return fmt.Sprintf("%q", v)
		}
		return fmt.Sprintf("%d bytes", len(v))
	}
	return fmt.Sprint(v)
}
