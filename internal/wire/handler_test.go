package wire

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

var requestIDForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func TestHandler(t *testing.T) {
	t.Parallel()
	const (
		forbidden = "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n"
		unknown   = `{"__type":"UnknownOperationException"}`
		unsigned  = `{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`
		garbled   = `{"__type":"SerializationException"}`
		huge      = `{"__type":"RequestEntityTooLargeException"}`
	)
	signed := func(r *http.Request, body string) {
		sign(t, r, body, aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", time.Now())
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name   string
		body   string
		change func(*http.Request) // before it is signed
		after  func(*http.Request) // after it is signed
		status int
		want   string
	}{
		{name: "good", body: "{}", status: 200, want: `{"Truncated":false}`},
		{name: "charset", body: "{}", change: header("Content-Type", "Application/X-Amz-Json-1.1; charset=utf-8"), status: 200, want: `{"Truncated":false}`},
		{name: "any path", body: "{}", change: func(r *http.Request) { r.URL.Path = "/kms/x" }, status: 200, want: `{"Truncated":false}`},
		{name: "no output", body: "{}", change: header("X-Amz-Target", "TrentService.EnableKey"), status: 200, want: ``},
		{name: "GET", change: func(r *http.Request) { r.Method = http.MethodGet }, status: 403, want: forbidden},
		{name: "PUT", body: "{}", change: func(r *http.Request) { r.Method = http.MethodPut }, status: 403, want: forbidden},
		{name: "another type", body: "{}", change: header("Content-Type", "application/json"), status: 404, want: "<UnknownOperationException/>\n"},
		{name: "no type, no target", body: "{}", change: func(r *http.Request) {
			r.Header.Del("Content-Type")
			r.Header.Del("X-Amz-Target")
		}, status: 403, want: forbidden},
		{name: "not signed", body: "not JSON", after: func(r *http.Request) { r.Header.Del("Authorization") }, status: 400, want: unsigned},
		{name: "not signed, no target", body: "{}", change: func(r *http.Request) { r.Header.Del("X-Amz-Target") },
			after: func(r *http.Request) { r.Header.Del("Authorization") }, status: 400, want: unsigned},
		{name: "no target", body: "{}", change: func(r *http.Request) { r.Header.Del("X-Amz-Target") }, status: 400, want: unknown},
		{name: "unknown target", body: "not JSON", change: header("X-Amz-Target", "TrentService.Nope"), status: 400, want: unknown},
		{name: "target in another case", body: "{}", change: header("X-Amz-Target", "TrentService.listKeys"), status: 400, want: unknown},
		{name: "another service", body: "{}", change: header("X-Amz-Target", "DynamoDB_20120810.ListKeys"), status: 400, want: unknown},
		{name: "not JSON", body: "{", status: 400, want: garbled},
		{name: "no body", status: 400, want: garbled},
		{name: "wrong type", body: `{"Limit":"1"}`, status: 400, want: `{"__type":"SerializationException","message":"STRING_VALUE can not be converted to an Integer"}`},
		{name: "all that fits", body: "{" + strings.Repeat(" ", maxBody-2) + "}", status: 200, want: `{"Truncated":false}`},
		{name: "a byte more", body: "{" + strings.Repeat(" ", maxBody-1) + "}", status: 413, want: huge},
		{name: "a byte more, length unknown", body: "{" + strings.Repeat(" ", maxBody-1) + "}", change: func(r *http.Request) { r.ContentLength = -1 }, status: 413, want: huge},
	}
	h := NewHandler(&stub{strict: true, invoke: func(_ context.Context, _ Identity, operation string, _ any) (any, string, error) {
		return operations[operation].output.new(), "", nil
	}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := request(test.body)
			if test.change != nil {
				test.change(r)
			}
			signed(r, test.body)
			if test.after != nil {
				test.after(r)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != test.status || w.Body.String() != test.want {
				t.Errorf("\n got %d %s\nwant %d %s", w.Code, w.Body, test.status, test.want)
			}
			checkHeaders(t, w.Result())
		})
	}
}

func checkHeaders(t *testing.T, resp *http.Response) {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if id := resp.Header.Get("X-Amzn-RequestId"); !requestIDForm.MatchString(id) {
		t.Errorf("request id %q", id)
	}
	if resp.ContentLength != int64(len(body)) {
		t.Errorf("content length %d of %d bytes", resp.ContentLength, len(body))
	}
	if got := resp.Header.Get("Content-Type"); got != contentType && (got != "text/xml" || !strings.HasPrefix(string(body), "<")) {
		t.Errorf("content type %q of %s", got, body)
	}
}

// A backend that answers with what it should not is a failure of the service,
// and says nothing to the client.
func TestHandlerDoesNotLeak(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		output any
		err    error
	}{
		"nothing":             {},
		"another output":      {output: &kms.DecryptOutput{Plaintext: []byte("secret")}},
		"a plain error":       {err: errors.New("secret")},
		"an output, an error": {output: &kms.ListKeysOutput{Truncated: true}, err: errors.New("secret")},
	} {
		h := NewHandler(&stub{invoke: func(context.Context, Identity, string, any) (any, string, error) {
			return answer.output, testID, answer.err
		}})
		r := request("{}")
		sign(t, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", time.Now())
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 500 || w.Body.String() != `{"__type":"InternalFailure"}` {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// The input that a backend keeps stays as it was when buffers are used again.
func TestInputsAreTheBackends(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	kept := map[string]*kms.EncryptInput{}
	h := NewHandler(&stub{invoke: func(_ context.Context, _ Identity, _ string, input any) (any, string, error) {
		in := input.(*kms.EncryptInput)
		mu.Lock()
		defer mu.Unlock()
		kept[*in.KeyId] = in
		return &kms.EncryptOutput{CiphertextBlob: in.Plaintext}, testID, nil
	}})
	client := clientOf(t, NewTransport(h))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				text := string(rune('a'+i)) + string(rune('a'+j))
				out, err := client.Encrypt(context.Background(), &kms.EncryptInput{
					KeyId: aws.String(text), Plaintext: []byte(text), EncryptionContext: map[string]string{text: text}, GrantTokens: []string{text},
				})
				if err != nil || string(out.CiphertextBlob) != text {
					t.Errorf("%s: %v, %v", text, out, err)
				}
			}
		})
	}
	wg.Wait()
	if len(kept) != 160 {
		t.Errorf("kept %d", len(kept))
	}
	for text, in := range kept {
		if *in.KeyId != text || string(in.Plaintext) != text || in.EncryptionContext[text] != text || in.GrantTokens[0] != text {
			t.Errorf("%s became %+v", text, in)
		}
	}
}

// Whatever is sent, an answer comes, in JSON when the request was, and no
// signature that is not right reaches the backend as known.
func FuzzHandler(f *testing.F) {
	const authorization = "AWS4-HMAC-SHA256 Credential=test/20260504/us-east-1/kms/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"
	seed := func(method, contentType, target, authorization, date, path string, body string) {
		f.Add(method, contentType, target, authorization, date, path, []byte(body))
	}
	seed("POST", contentType, "TrentService.ListKeys", authorization, "20260504T123015Z", "/", `{"Limit":1}`)
	seed("POST", contentType, "TrentService.Encrypt", authorization, "20260504T123015Z", "/?a=b&%zz", `{"KeyId":"k","Plaintext":"YQ==","EncryptionContext":{"a":"b"},"GrantTokens":["t",null]}`)
	seed("POST", contentType, "TrentService.ImportKeyMaterial", authorization, "20260504T123015Z", "/%2f", `{"ValidTo":1.7E9,"X":[{"y":"\ud83d"}]}`)
	seed("POST", contentType, "TrentService.TagResource", strings.Replace(authorization, "test", testKey, 1), "20260504T123015Z", "/", `{"Tags":[{"TagKey":"\u0000"}]}`)
	seed("GET", "", "", "", "", "/", "")
	seed("POST", contentType, "TrentService.", "AWS4-HMAC-SHA256 Credential=,SignedHeaders=;;,Signature", "x", "/", "[")
	f.Fuzz(func(t *testing.T, method, ct, target, authorization, date, path string, body []byte) {
		r, err := http.NewRequest(method, "https://kms.us-east-1.amazonaws.com"+path, strings.NewReader(string(body)))
		if err != nil {
			t.Skip("net/http would not take it")
		}
		for name, value := range map[string]string{"Content-Type": ct, "X-Amz-Target": target, "Authorization": authorization, "X-Amz-Date": date} {
			r.Header.Set(name, value)
		}
		for _, strict := range []bool{false, true} {
			b := &stub{strict: strict, invoke: func(_ context.Context, caller Identity, operation string, input any) (any, string, error) {
				if caller.Known || strict {
					t.Errorf("%q was taken for a signature", authorization)
				}
				text, err := AppendInput(nil, operation, input)
				if err != nil || !json.Valid(text) {
					t.Errorf("%s: %s, %v", operation, text, err)
				}
				return operations[operation].output.new(), "", nil
			}}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			w := httptest.NewRecorder()
			NewHandler(b).ServeHTTP(w, r)
			if w.Code != 200 && w.Code != 400 && w.Code != 403 && w.Code != 404 && w.Code != 413 {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
			if w.Header().Get("Content-Type") == contentType && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
				t.Errorf("not JSON: %s", w.Body)
			}
			checkHeaders(t, w.Result())
		}
	})
}
