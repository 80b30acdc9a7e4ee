package kmsfake_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"example.com/kmsfake"
)

func credentialsOf(id, secret, token string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}, nil
	})
}

// Credentials mean the same on every way: as an option of a direct call, of a
// client in process, and over HTTP.
func TestCredentialsOnEveryWay(t *testing.T) {
	t.Parallel()
	w := newTwins(t)
	for _, test := range []struct {
		name    string
		strict  bool
		of      func(*kmsfake.Fake) *kmsfake.Fake
		change  func(*aws.Credentials)
		account string
		code    string
	}{
		{"its own", true, nil, nil, account, ""},
		{"another account's", true, func(f *kmsfake.Fake) *kmsfake.Fake { return f.InAccount(otherAccount) }, nil, otherAccount, ""},
		{"a wrong secret", false, nil, func(c *aws.Credentials) { c.SecretAccessKey += "x" }, "", "InvalidSignatureException"},
		{"a token too many", false, nil, func(c *aws.Credentials) { c.SessionToken = "token" }, "", "UnrecognizedClientException"},
		{"both wrong", false, nil, func(c *aws.Credentials) { c.SecretAccessKey, c.SessionToken = "x", "token" }, "", "InvalidSignatureException"},
		{"nobody's", false, nil, func(c *aws.Credentials) { c.AccessKeyID, c.SecretAccessKey = "test", "test" }, account, ""},
		{"nobody's with a token", false, nil, func(c *aws.Credentials) {
			*c = aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b", SessionToken: "c"}
		}, account, ""},
		{"nobody's, strictly", true, nil, func(c *aws.Credentials) { c.AccessKeyID, c.SecretAccessKey = "test", "test" }, "", "UnrecognizedClientException"},
	} {
		var options []kmsfake.Option
		if test.strict {
			options = append(options, kmsfake.WithStrictCredentials())
		}
		list := w.fresh(options...)
		out := step(t, list, test.name, func(tw *twin) (any, error) {
			of := tw.fake
			if test.of != nil {
				of = test.of(tw.fake)
			}
			c := must(of.Credentials().Retrieve(context.Background()))
			if test.change != nil {
				test.change(&c)
			}
			return call(context.Background(), tw.api(tw.fake), "CreateKey", &kms.CreateKeyInput{}, func(o *kms.Options) {
				o.Credentials = credentialsOf(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
			})
		})
		if made, ok := out.(*kms.CreateKeyOutput); ok != (test.account != "") || ok && *made.KeyMetadata.AWSAccountId != test.account {
			t.Errorf("%s: %v", test.name, out)
		}
		if test.code == "" {
			continue
		}
		c := must(list[0].fake.Credentials().Retrieve(context.Background()))
		test.change(&c)
		got(list[0].fake.ListKeys(t.Context(), nil, func(o *kms.Options) {
			o.Credentials = credentialsOf(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
		})).failsAs(t, test.code)
	}
}

// Handles of one administrator have one access key; others have their own.
func TestAccessKeysAreFew(t *testing.T) {
	t.Parallel()
	f := newFake()
	keyOf := func(f *kmsfake.Fake) string { return must(f.Credentials().Retrieve(t.Context())).AccessKeyID }
	if a, b := keyOf(f.InAccount(otherAccount)), keyOf(f.InAccount(otherAccount).InRegion(otherRegion)); a != b || a == keyOf(f) {
		t.Errorf("access keys %s, %s and %s", a, b, keyOf(f))
	}
	const role = "arn:aws:iam::111122223333:role/app"
	if a, b := keyOf(f.As(role)), keyOf(f.As(role, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}`)); a == b {
		t.Errorf("%s is that of two identities", a)
	}
}

// failsAs checks the code alone.
func (r result[O]) failsAs(t testing.TB, code string) {
	t.Helper()
	if r.err == nil || !strings.Contains(r.err.Error(), "api error "+code+": ") {
		t.Errorf("%v, want %s", r.err, code)
	}
}

// A request is one that a test changes after, or before, it was signed.
type rawRequest struct {
	*http.Request
	body string
	at   time.Time // that it is signed for
}

// sendRaw signs and serves a request to a fake, and answers status and body.
func sendRaw(t *testing.T, f *kmsfake.Fake, before, after func(*rawRequest)) (int, map[string]string) {
	t.Helper()
	r := &rawRequest{
		Request: httptest.NewRequest("POST", "https://kms.us-east-1.amazonaws.com/", nil),
		body:    "{}", at: time.Now(),
	}
	r.Header.Set("X-Amz-Target", "TrentService.ListKeys")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if before != nil {
		before(r)
	}
	digest := sha256.Sum256([]byte(r.body))
	c := must(f.Credentials().Retrieve(t.Context()))
	if err := v4.NewSigner().SignHTTP(t.Context(), c, r.Request, hex.EncodeToString(digest[:]), "kms", "us-east-1", r.at); err != nil {
		t.Fatal(err)
	}
	if after != nil {
		after(r)
	}
	r.Body = io.NopCloser(strings.NewReader(r.body))
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r.Request)
	answer := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Errorf("%s: %v", w.Body, err)
	}
	if id := w.Header().Get("X-Amzn-Requestid"); !isUUID(id) {
		t.Errorf("request id %q", id)
	}
	texts := map[string]string{}
	for name, value := range answer {
		texts[name], _ = value.(string)
	}
	return w.Code, texts
}

func TestSignaturesAtTheDoor(t *testing.T) {
	t.Parallel()
	replace := func(header, old, with string) func(*rawRequest) {
		return func(r *rawRequest) { r.Header.Set(header, strings.Replace(r.Header.Get(header), old, with, 1)) }
	}
	for _, test := range []struct {
		name          string
		before, after func(*rawRequest)
		code, text    string
	}{
		{"as it should be", nil, nil, "", ""},
		{"four minutes old", func(r *rawRequest) { r.at = r.at.Add(-4 * time.Minute) }, nil, "", ""},
		{"six minutes old", func(r *rawRequest) { r.at = r.at.Add(-6 * time.Minute) }, nil, "InvalidSignatureException", "Signature expired: "},
		{"of six minutes hence", func(r *rawRequest) { r.at = r.at.Add(6 * time.Minute) }, nil, "InvalidSignatureException", "Signature not yet current: "},
		{"another body", nil, func(r *rawRequest) { r.body = `{"Limit":1}` }, "InvalidSignatureException", "The request signature we calculated does not match"},
		{"another operation", nil, replace("X-Amz-Target", "ListKeys", "ListAliases"), "InvalidSignatureException", "The request signature we calculated does not match"},
		{"another Region", nil, replace("Authorization", "us-east-1", "eu-west-1"), "InvalidSignatureException", "Credential should be scoped to a valid region, not 'eu-west-1'. "},
		{"another service", nil, replace("Authorization", "/kms/", "/sts/"), "InvalidSignatureException", "Credential should be scoped to correct service: 'kms'. "},
		{"another key", nil, replace("Authorization", "Credential=", "Credential=X"), "", ""},
		{"a header that is not signed", nil, func(r *rawRequest) { r.Header.Set("X-Amz-Meta", "x") }, "InvalidSignatureException", "'X-Amz-Meta' must be a 'SignedHeader' in the AWS Authorization."},
		{"no host among the signed headers", nil, replace("Authorization", "host;", ""), "InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
		{"no signature", nil, func(r *rawRequest) { r.Header.Del("Authorization") }, "MissingAuthenticationTokenException", "Missing Authentication Token"},
		{"half a header", nil, replace("Authorization", "SignedHeaders=", "Signed="), "IncompleteSignatureException", "Authorization header requires 'SignedHeaders' parameter. "},
		{"no date", nil, func(r *rawRequest) { r.Header.Del("X-Amz-Date") }, "IncompleteSignatureException", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "},
		{"an operation that there is not", func(r *rawRequest) { r.Header.Set("X-Amz-Target", "TrentService.Fly") }, nil, "UnknownOperationException", ""},
	} {
		f := kmsfake.New()
		status, answer := sendRaw(t, f, test.before, test.after)
		if test.code == "" {
			if status != 200 {
				t.Errorf("%s: %d %v", test.name, status, answer)
			}
			continue
		}
		if status != 400 || answer["__type"] != test.code || !strings.HasPrefix(answer["message"], test.text) {
			t.Errorf("%s: %d %v, want %s: %s", test.name, status, answer, test.code, test.text)
		}
	}
}

// Dates of signatures have to do with the real time, not with the fake's.
func TestSignaturesHoldWhenTimeIsAdvanced(t *testing.T) {
	t.Parallel()
	f := kmsfake.New()
	f.Advance(400 * day)
	if status, answer := sendRaw(t, f, nil, nil); status != 200 {
		t.Errorf("%d %v", status, answer)
	}
}

// The ids of requests that are refused at the door follow from the seed, as all
// others do.
func TestRequestIDsFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	var ids [2][]string
	for i := range ids {
		f := newFake()
		for _, target := range []string{"TrentService.Fly", "TrentService.ListKeys", "TrentService.Fly"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
			r.Header.Set("X-Amz-Target", target)
			r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			f.ServeHTTP(w, r)
			ids[i] = append(ids[i], w.Header().Get("X-Amzn-Requestid"))
		}
	}
	equal(t, "request ids", ids[0], ids[1])
	if ids[0][0] == ids[0][1] || ids[0][1] == ids[0][2] {
		t.Errorf("an id comes twice: %v", ids[0])
	}
}
