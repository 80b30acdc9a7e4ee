package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"
)

var signedAt = time.Date(2026, 5, 4, 12, 30, 15, 0, time.UTC)

func request(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "https://kms.us-east-1.amazonaws.com/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", "TrentService.ListKeys")
	return r
}

func sign(t testing.TB, r *http.Request, body string, c aws.Credentials, service, region string, at time.Time) {
	t.Helper()
	digest := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(context.Background(), c, r, hex.EncodeToString(digest[:]), service, region, at); err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || api.ErrorMessage() != message {
		t.Errorf("\n got %v\nwant %s: %s", err, code, message)
	}
}

func TestVerifyAcceptsTheSDK(t *testing.T) {
	t.Parallel()
	var v Verifier // one for all, so that keys are found again
	printable := rapid.StringMatching(`[ -~]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringN(0, 50, -1).Draw(t, "body")
		r, err := http.NewRequest(http.MethodPost, "https://kms.us-east-1.amazonaws.com", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path = rapid.SampledFrom([]string{"", "/", "/a b/ü%2F~*", "/x/"}).Draw(t, "path")
		query := r.URL.Query()
		for _, name := range []string{"a", "a b", "+", "é"} {
			for range rapid.IntRange(0, 2).Draw(t, "times") {
				query.Add(name, printable.Draw(t, "value"))
			}
		}
		r.URL.RawQuery = query.Encode()
		for _, name := range []string{"X-Amz-Target", "Content-Type", "X-Other"} {
			for range rapid.IntRange(0, 2).Draw(t, "times") {
				r.Header.Add(name, printable.Draw(t, "value"))
			}
		}
		c := aws.Credentials{
			AccessKeyID:     testKey,
			SecretAccessKey: printable.Draw(t, "secret"),
			SessionToken:    rapid.SampledFrom([]string{"", "token"}).Draw(t, "token"),
		}
		digest := sha256.Sum256([]byte(body))
		if err := v4.NewSigner().SignHTTP(context.Background(), c, r, hex.EncodeToString(digest[:]), "kms", "us-east-1", signedAt); err != nil {
			t.Fatal(err)
		}
		cred, err := ParseAuthorization(r)
		if err != nil {
			t.Fatal(err)
		}
		if cred.AccessKeyID != testKey || cred.Region != "us-east-1" || cred.SecurityToken != c.SessionToken || !cred.Time.Equal(signedAt) {
			t.Fatalf("have %+v", cred)
		}
		now := signedAt.Add(time.Duration(rapid.Int64Range(int64(-skew), int64(skew)).Draw(t, "off")))
		if err := v.Verify(r, cred, []byte(body), c.SecretAccessKey, c.SessionToken, now); err != nil {
			t.Fatal(err)
		}
		if err := v.Verify(r, cred, []byte(body+"x"), c.SecretAccessKey, c.SessionToken, now); err == nil {
			t.Fatal("another body was accepted")
		}
		if err := v.Verify(r, cred, []byte(body), c.SecretAccessKey+"x", c.SessionToken, now); err == nil {
			t.Fatal("another secret was accepted")
		}
	})
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	const (
		invalid      = "InvalidSignatureException"
		incomplete   = "IncompleteSignatureException"
		unrecognized = "UnrecognizedClientException"
		missing      = "MissingAuthenticationTokenException"
		noMatch      = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	)
	replace := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			before := r.Header.Get("Authorization")
			after := strings.Replace(before, old, new, 1)
			if after == before {
				panic("nothing to replace: " + before)
			}
			r.Header.Set("Authorization", after)
		}
	}
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name    string
		change  func(*http.Request)
		now     time.Time
		token   string
		code    string
		message string // %s is the header as it was sent
	}{
		{name: "not signed", change: func(r *http.Request) { r.Header.Del("Authorization") }, code: missing, message: "Missing Authentication Token"},
		{name: "basic", change: set("Authorization", "Basic YTpi"), code: missing, message: "Missing Authentication Token"},
		{name: "nothing but the algorithm", change: set("Authorization", "AWS4-HMAC-SHA256"), code: incomplete,
			message: "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=%s"},
		{name: "no signature", change: replace("Signature=", "X="), code: incomplete, message: "Authorization header requires 'Signature' parameter. Authorization=%s"},
		{name: "no equal sign", change: set("Authorization", "AWS4-HMAC-SHA256 Credential"), code: incomplete,
			message: "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential'."},
		{name: "no date", change: func(r *http.Request) { r.Header.Del("X-Amz-Date") }, code: incomplete,
			message: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=%s"},
		{name: "bad date", change: set("X-Amz-Date", "2026-05-04"), code: incomplete, message: "Date must be in ISO-8601 'basic format'. Got '2026-05-04'. See http://en.wikipedia.org/wiki/ISO_8601"},
		{name: "algorithm", change: replace("SHA256", "SHA1"), code: incomplete, message: "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now). "},
		{name: "short scope", change: replace("/us-east-1", ""), code: incomplete,
			message: "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20260504/kms/aws4_request'"},
		{name: "service", change: replace("/kms/", "/sts/"), code: invalid, message: "Credential should be scoped to correct service: 'kms'. "},
		{name: "terminator", change: replace("aws4_request", "aws5_request"), code: invalid, message: "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. "},
		{name: "Region", change: replace("us-east-1", "eu-west-1"), code: invalid, message: "Credential should be scoped to a valid region, not 'eu-west-1'. "},
		{name: "no Region", change: replace("us-east-1", ""), code: invalid, message: "Credential should be scoped to a valid region, not ''. "},
		{name: "no name of a Region", change: replace("us-east-1", "US_East"), code: invalid, message: "Credential should be scoped to a valid region, not 'US_East'. "},
		{name: "scope's date", change: replace("20260504", "20260503"), code: invalid,
			message: "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260503' != '20260504', from '20260504T123015Z'."},
		{name: "expired", now: signedAt.Add(5*time.Minute + time.Second), code: invalid,
			message: "Signature expired: 20260504T123015Z is now earlier than 20260504T123016Z (20260504T123516Z - 5 min.)"},
		{name: "early", now: signedAt.Add(-5*time.Minute - time.Second), code: invalid,
			message: "Signature not yet current: 20260504T123015Z is still later than 20260504T123014Z (20260504T122514Z + 5 min.)"},
		{name: "host not signed", change: replace("host;", ""), code: invalid, message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		{name: "target not signed", change: replace(";x-amz-target", ""), code: invalid, message: "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."},
		{name: "a header added", change: set("X-Amz-Extra", "1"), code: invalid, message: "'X-Amz-Extra' must be a 'SignedHeader' in the AWS Authorization."},
		{name: "another target", change: set("X-Amz-Target", "TrentService.Decrypt"), code: invalid, message: noMatch},
		{name: "another host", change: func(r *http.Request) { r.Host = "localhost:4566" }, code: invalid, message: noMatch},
		{name: "another path", change: func(r *http.Request) { r.URL.Path = "/x" }, code: invalid, message: noMatch},
		{name: "another query", change: func(r *http.Request) { r.URL.RawQuery = "x" }, code: invalid, message: noMatch},
		{name: "another method", change: func(r *http.Request) { r.Method = "PUT" }, code: invalid, message: noMatch},
		{name: "another second", change: set("X-Amz-Date", "20260504T123016Z"), code: invalid, message: noMatch},
		{name: "a header that is not there", change: replace("host;", "host;x-none;"), code: invalid, message: noMatch},
		{name: "half a signature", change: func(r *http.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:len(h)-32])
		}, code: invalid, message: noMatch},
		{name: "session token wanted", token: "t", code: unrecognized, message: "The security token included in the request is invalid."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := request("{}")
			sign(t, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", signedAt)
			if test.change != nil {
				test.change(r)
			}
			now := test.now
			if now.IsZero() {
				now = signedAt
			}
			c, err := ParseAuthorization(r)
			if err == nil {
				err = new(Verifier).Verify(r, c, []byte("{}"), testSecret, test.token, now)
			}
			wantCode(t, err, test.code, strings.Replace(test.message, "%s", r.Header.Get("Authorization"), 1))
		})
	}
}

// Some SDKs leave the content type, their own name or what proxies add unsigned.
func TestVerifyAcceptsUnsignedHeaders(t *testing.T) {
	t.Parallel()
	r := request("{}")
	r.Header.Del("Content-Type")
	sign(t, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", signedAt)
	for _, name := range []string{"Content-Type", "X-Amz-User-Agent", "X-Amzn-Trace-Id", "Accept"} {
		r.Header.Set(name, "x")
	}
	c, err := ParseAuthorization(r)
	if err == nil {
		err = new(Verifier).Verify(r, c, []byte("{}"), testSecret, "", signedAt)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestVerifyReadsTheDateHeader(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{isoBasic, http.TimeFormat} {
		r := request("")
		sign(t, r, "", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", signedAt)
		r.Header.Set("Date", signedAt.Format(layout))
		r.Header.Del("X-Amz-Date")
		c, err := ParseAuthorization(r)
		if err != nil || !c.Time.Equal(signedAt) {
			t.Errorf("%s: have %v, %v", layout, c.Time, err)
		}
	}
}

func TestVerifierForgets(t *testing.T) {
	t.Parallel()
	var v Verifier
	first := v.key(keyID{"s", "20260504", "r0"})
	for i := range 10 * maxKeys {
		v.key(keyID{"s", "20260504", fmt.Sprint("r", i)})
		if len(v.keys) > maxKeys {
			t.Fatalf("remembers %d keys", len(v.keys))
		}
	}
	if !bytes.Equal(first, v.key(keyID{"s", "20260504", "r0"})) {
		t.Error("the key changed")
	}
}
