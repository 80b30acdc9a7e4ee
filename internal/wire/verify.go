package wire

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// skew is how far a signature's date may be from the service's.
const skew = 5 * time.Minute

// A Verifier checks signatures. The zero value is ready. It is safe for
// concurrent use and remembers a bounded number of signing keys.
type Verifier struct {
	mu   sync.Mutex
	keys map[keyID][]byte
}

type keyID struct{ secret, date, region string }

// maxKeys bounds the signing keys that a Verifier remembers.
const maxKeys = 128

// Verify checks that r, whose body is given, was signed as c says with the
// secret and the session token, within five minutes of now. It answers an
// InvalidSignatureException when it was not, and an
// UnrecognizedClientException when only the session token is another.
func (v *Verifier) Verify(r *http.Request, c Credential, body []byte, secret, sessionToken string, now time.Time) error {
	if err := c.check(r, now); err != nil {
		return err
	}
	return v.verify(r, c, body, secret, sessionToken)
}

// check looks at what does not need the secret: the date, the headers that
// have to be signed, the scope.
func (c *Credential) check(r *http.Request, now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	if limit := now.Add(-skew); c.Time.Before(limit) {
		return invalidSignature("Signature expired: " + c.Time.Format(isoBasic) + " is now earlier than " +
			limit.Format(isoBasic) + " (" + now.Format(isoBasic) + " - 5 min.)")
	}
	if limit := now.Add(skew); c.Time.After(limit) {
		return invalidSignature("Signature not yet current: " + c.Time.Format(isoBasic) + " is still later than " +
			limit.Format(isoBasic) + " (" + now.Format(isoBasic) + " + 5 min.)")
	}
	if !slices.Contains(c.SignedHeaders, "host") {
		return unsignedHeader("Host' or ':authority")
	}
	for name := range r.Header {
		// Some SDKs do not sign the content type, nor who they are.
		if strings.HasPrefix(name, "X-Amz-") && name != "X-Amz-User-Agent" && !c.signed(name) {
			return unsignedHeader(name)
		}
	}
	if region, ok := endpointRegion(host(r)); ok && region != c.Region {
		return wrongRegion(c.Region)
	}
	var date [8]byte
	if c.Time.AppendFormat(date[:0], "20060102"); string(date[:]) != c.Date {
		return invalidSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			c.Date + "' != '" + string(date[:]) + "', from '" + c.Time.Format(isoBasic) + "'.")
	}
	return nil
}

func unsignedHeader(name string) error {
	return invalidSignature("'" + name + "' must be a 'SignedHeader' in the AWS Authorization.")
}

// signed tells whether the header, in its canonical spelling, is signed.
func (c *Credential) signed(name string) bool {
	for _, s := range c.SignedHeaders {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

func (v *Verifier) verify(r *http.Request, c Credential, body []byte, secret, sessionToken string) error {
	buf := canonicalBuffers.Get().(*[]byte)
	defer canonicalBuffers.Put(buf)
	*buf = appendCanonical((*buf)[:0], r, &c, body)
	digest := sha256.Sum256(*buf)

	*buf = append((*buf)[:0], algorithm+"\n"...)
	*buf = c.Time.AppendFormat(*buf, isoBasic)
	*buf = append(*buf, '\n')
	*buf = append(append(append(*buf, c.Date...), '/'), c.Region...)
	*buf = append(*buf, "/"+service+"/"+terminator+"\n"...)
	*buf = hex.AppendEncode(*buf, digest[:])

	var want [2 * sha256.Size]byte
	hex.Encode(want[:], sum(v.key(keyID{secret, c.Date, c.Region}), *buf))
	if subtle.ConstantTimeCompare(want[:], []byte(c.Signature)) != 1 {
		return SignatureMismatch()
	}
	if subtle.ConstantTimeCompare([]byte(sessionToken), []byte(c.SecurityToken)) != 1 {
		return UnrecognizedClient()
	}
	return nil
}

// key returns the signing key, which lasts a day.
func (v *Verifier) key(id keyID) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	if key, ok := v.keys[id]; ok {
		return key
	}
	key := sum([]byte("AWS4"+id.secret), []byte(id.date))
	for _, part := range []string{id.region, service, terminator} {
		key = sum(key, []byte(part))
	}
	if v.keys == nil || len(v.keys) >= maxKeys {
		v.keys = make(map[keyID][]byte)
	}
	v.keys[id] = key
	return key
}

func sum(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

var canonicalBuffers = sync.Pool{New: func() any { return new([]byte) }}

// appendCanonical appends the canonical request that SigV4 signs.
func appendCanonical(dst []byte, r *http.Request, c *Credential, body []byte) []byte {
	dst = append(append(dst, r.Method...), '\n')
	dst = append(appendPath(dst, r.URL.EscapedPath()), '\n')
	dst = append(appendQuery(dst, r.URL.RawQuery), '\n')
	for _, name := range c.SignedHeaders {
		dst = append(append(dst, name...), ':')
		switch name {
		case "host":
			dst = appendTrimmed(dst, host(r))
		case "content-length":
			dst = strconv.AppendInt(dst, int64(len(body)), 10)
		default:
			for i, value := range r.Header[canonicalName(name)] {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = appendTrimmed(dst, value)
			}
		}
		dst = append(dst, '\n')
	}
	dst = append(dst, '\n')
	for i, name := range c.SignedHeaders {
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = append(dst, name...)
	}
	dst = append(dst, '\n')
	digest := sha256.Sum256(body)
	return hex.AppendEncode(dst, digest[:])
}

// canonicalName spares the common headers an allocation.
func canonicalName(name string) string {
	switch name {
	case "amz-sdk-invocation-id":
		return "Amz-Sdk-Invocation-Id"
	case "amz-sdk-request":
		return "Amz-Sdk-Request"
	case "content-type":
		return "Content-Type"
	case "x-amz-date":
		return "X-Amz-Date"
	case "x-amz-security-token":
		return "X-Amz-Security-Token"
	case "x-amz-target":
		return "X-Amz-Target"
	}
	return http.CanonicalHeaderKey(name)
}

// host returns the host that r was sent to.
func host(r *http.Request) string {
	if r.Host != "" || r.URL == nil {
		return r.Host
	}
	return r.URL.Host
}

// appendTrimmed appends a header's value without the white space around it and
// with one space for many.
func appendTrimmed(dst []byte, value string) []byte {
	value = strings.TrimSpace(value)
	if !strings.Contains(value, "  ") {
		return append(dst, value...)
	}
	for i := range len(value) {
		if value[i] != ' ' || value[i-1] != ' ' {
			dst = append(dst, value[i])
		}
	}
	return dst
}

// appendPath appends the path escaped once more, as every service but S3 has it.
func appendPath(dst []byte, escaped string) []byte {
	if escaped == "" {
		escaped = "/"
	}
	for i := range len(escaped) {
		switch c := escaped[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("/-_.~", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

const upperHex = "0123456789ABCDEF"

// appendQuery appends the parameters escaped and sorted by their escaped form.
func appendQuery(dst []byte, raw string) []byte {
	if raw == "" {
		return dst
	}
	values, _ := url.ParseQuery(raw) // what cannot be read is not what was signed
	var pairs [][2]string
	for name, list := range values {
		for _, value := range list {
			pairs = append(pairs, [2]string{escapeQuery(name), escapeQuery(value)})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
	for i, pair := range pairs {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = append(append(append(dst, pair[0]...), '='), pair[1]...)
	}
	return dst
}

func escapeQuery(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
