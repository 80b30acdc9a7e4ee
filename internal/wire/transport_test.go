package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// doors are the ways to a backend: in process and over loopback.
func doors(t testing.TB, b Backend) map[string]func(...func(*kms.Options)) *kms.Client {
	h := NewHandler(b)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return map[string]func(...func(*kms.Options)) *kms.Client{
		"in process": func(optFns ...func(*kms.Options)) *kms.Client {
			return clientOf(t, NewTransport(h), optFns...)
		},
		"loopback": func(optFns ...func(*kms.Options)) *kms.Client {
			at := func(o *kms.Options) { o.BaseEndpoint = aws.String(server.URL) }
			return clientOf(t, server.Client(), append([]func(*kms.Options){at}, optFns...)...)
		},
	}
}

// What the client is given reaches the backend, and what the backend answers
// reaches the client, for every operation.
func TestClientTwins(t *testing.T) {
	t.Parallel()
	type call struct {
		caller    Identity
		operation string
		input     any
	}
	var got call
	var output any
	b := &stub{strict: true, invoke: func(_ context.Context, caller Identity, operation string, input any) (any, string, error) {
		got = call{caller, operation, input}
		return output, testID, nil
	}}
	for door, open := range doors(t, b) {
		client := reflect.ValueOf(open())
		for _, name := range Operations() {
			op := operations[name]
			method := client.MethodByName(name)
			rapid.Check(t, func(rt *rapid.T) {
				input := filled(rt, op.input, true)
				output = filled(rt, op.output, false)
				results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(input)})
				if err, _ := results[1].Interface().(error); err != nil {
					rt.Fatalf("%s, %s: %v", door, name, err)
				}
				want := call{Identity{testKey, "us-east-1", true}, name, input}
				if diff := cmp.Diff(want, got, same, cmp.AllowUnexported(call{})); diff != "" {
					rt.Fatalf("%s, %s: call (-want +got):\n%s", door, name, diff)
				}
				if diff := cmp.Diff(output, results[0].Interface(), read); diff != "" {
					rt.Fatalf("%s, %s: output (-want +got):\n%s", door, name, diff)
				}
			})
		}
	}
}

func TestClientErrors(t *testing.T) {
	t.Parallel()
	var answer error
	b := &stub{invoke: func(context.Context, Identity, string, any) (any, string, error) { return nil, testID, answer }}
	for door, open := range doors(t, b) {
		client := open()
		for id, entry := range kms.TypeRegistry.Entries {
			answer = entry.New().(error)
			_, err := client.ListKeys(context.Background(), nil)
			var api smithy.APIError
			if !errors.As(err, &api) || reflect.TypeOf(api) != reflect.TypeOf(answer) {
				t.Errorf("%s, %s: %v", door, id, err)
			}
			var response *awshttp.ResponseError
			if !errors.As(err, &response) || response.ServiceRequestID() != testID {
				t.Errorf("%s, %s: no request id in %v", door, id, err)
			}
		}
		answer = &types.NotFoundException{Message: aws.String("Alias a is not found.")}
		_, err := client.ListKeys(context.Background(), nil)
		const want = "operation error KMS: ListKeys, https response error StatusCode: 400, RequestID: " + testID + ", NotFoundException: Alias a is not found."
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", door, err, want)
		}
		answer = &smithy.GenericAPIError{Code: "NotAuthorizedException"}
		_, err = client.ListKeys(context.Background(), nil)
		const bare = "operation error KMS: ListKeys, https response error StatusCode: 400, RequestID: " + testID + ", api error NotAuthorizedException: UnknownError"
		if err == nil || err.Error() != bare {
			t.Errorf("%s:\n got %v\nwant %s", door, err, bare)
		}
	}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	var caller Identity
	b := &stub{token: "token", invoke: func(_ context.Context, c Identity, operation string, _ any) (any, string, error) {
		caller = c
		return operations[operation].output.new(), "", nil
	}}
	strict := &stub{strict: true}
	tests := []struct {
		name               string
		backend            *stub
		key, secret, token string
		want               Identity
		code               string
	}{
		{"known", b, testKey, testSecret, "token", Identity{testKey, "eu-west-1", true}, ""},
		{"wrong secret", b, testKey, "x", "token", Identity{}, "InvalidSignatureException"},
		{"wrong token", b, testKey, testSecret, "another", Identity{}, "UnrecognizedClientException"},
		{"no token", b, testKey, testSecret, "", Identity{}, "UnrecognizedClientException"},
		{"a token too many", strict, testKey, testSecret, "token", Identity{}, "UnrecognizedClientException"},
		{"unknown", b, "test", "test", "", Identity{"test", "eu-west-1", false}, ""},
		{"unknown and strict", strict, "test", "test", "", Identity{}, "UnrecognizedClientException"},
	}
	for _, test := range tests {
		for door, open := range doors(t, test.backend) {
			caller = Identity{}
			_, err := open(func(o *kms.Options) {
				o.Region = "eu-west-1"
				o.Credentials = staticCredentials(test.key, test.secret, test.token)
			}).ListKeys(context.Background(), nil)
			var api smithy.APIError
			switch {
			case test.code == "" && err != nil, test.code != "" && (!errors.As(err, &api) || api.ErrorCode() != test.code):
				t.Errorf("%s, %s: %v, want %q", test.name, door, err, test.code)
			case caller != test.want:
				t.Errorf("%s, %s: caller %+v, want %+v", test.name, door, caller, test.want)
			}
		}
	}
}

func TestTransportHonoursTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	b := &stub{invoke: func(c context.Context, _ Identity, operation string, _ any) (any, string, error) {
		cancel()
		return operations[operation].output.new(), testID, c.Err()
	}}
	client := clientOf(t, NewTransport(NewHandler(b)))
	for _, want := range []string{
		"operation error KMS: ListKeys, https response error StatusCode: 0, RequestID: , canceled, context canceled", // in flight
		"operation error KMS: ListKeys, context canceled",                                                            // before
	} {
		_, err := client.ListKeys(ctx, nil)
		if !errors.Is(err, context.Canceled) || err.Error() != want {
			t.Errorf("\n got %v\nwant %s", err, want)
		}
	}
}

func TestTransportInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &stub{strict: true, invoke: func(_ context.Context, _ Identity, operation string, _ any) (any, string, error) {
			if operation == "Encrypt" {
				return nil, "", &Broken{How: Silent}
			}
			return operations[operation].output.new(), testID, nil
		}}
		client := clientOf(t, NewTransport(NewHandler(b)))
		if _, err := client.ListKeys(t.Context(), nil); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := client.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("k"), Plaintext: []byte("p")})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("silent: %v", err)
		}
	})
}

func TestTransportTakesAnyEndpoint(t *testing.T) {
	t.Parallel()
	h := NewHandler(&stub{strict: true})
	for _, endpoint := range []string{
		"http://localhost:80", "http://localhost:4566", "http://[::1]:4566/kms", "https://kms.example.com",
		"https://kms.us-east-1.amazonaws.com:443", "https://vpce-0123-4567.kms.us-east-1.vpce.amazonaws.com",
	} {
		client := clientOf(t, NewTransport(h), func(o *kms.Options) { o.BaseEndpoint = aws.String(endpoint) })
		if _, err := client.ListKeys(t.Context(), nil); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	for kind := range 4 {
		client := clientOf(t, NewTransport(h), func(o *kms.Options) {
			o.Region = "ca-central-1"
			o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointState(kind & 1)
			o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointState(kind >> 1)
		})
		if _, err := client.ListKeys(t.Context(), nil); err != nil {
			t.Errorf("kind %d: %v", kind, err)
		}
	}
}

func TestTransportRefusesOtherServices(t *testing.T) {
	t.Parallel()
	tests := []struct {
		host, service, want string
	}{
		{"sts.us-east-1.amazonaws.com", "sts", "kmsfake serves AWS KMS alone: it got a request to the service sts at sts.us-east-1.amazonaws.com; give that client another HTTP client"},
		{"sts.us-east-1.amazonaws.com", "kms", "a request to the service kms at sts.us-east-1.amazonaws.com"},
		{"example.com", "s3", "a request to the service s3 at example.com"},
		{"bucket.s3.amazonaws.com", "", "an unsigned request at bucket.s3.amazonaws.com"},
		{"localhost:4566", "kms", ""},
		{"kms.us-east-1.amazonaws.com", "kms", ""},
		{"kms.us-east-1.amazonaws.com", "", ""}, // KMS answers that it is not signed
	}
	for _, test := range tests {
		r := request("{}")
		r.Host, r.URL.Host = "", test.host
		r.Header.Del("X-Amz-Target")
		if test.service != "" {
			sign(t, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, test.service, "us-east-1", time.Now())
		}
		resp, err := NewTransport(NewHandler(&stub{})).Do(r)
		if test.want == "" {
			if err != nil || resp.StatusCode != 400 {
				t.Errorf("%s for %s: %v, %v", test.host, test.service, resp, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s for %s:\n got %v\nwant %s", test.host, test.service, err, test.want)
		}
		wrapped := error(&smithy.OperationError{Err: err})
		if retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(wrapped) != aws.FalseTernary {
			t.Errorf("the SDK would try again after %v", err)
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	output := &kms.ListKeysOutput{Keys: []types.KeyListEntry{{KeyId: aws.String(strings.Repeat("k", 100))}}}
	tests := []struct {
		name    string
		broken  *Broken
		output  any
		matches func(error) bool
	}{
		{"reset", &Broken{How: Reset}, nil, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }},
		{"closed", &Broken{How: Closed}, nil, func(err error) bool { return errors.Is(err, io.EOF) }},
		{"truncated", &Broken{How: Truncated}, output, func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }},
		{"truncated nothing", &Broken{How: Truncated}, nil, func(err error) bool { return errors.Is(err, io.EOF) }},
		{"silent", &Broken{How: Silent}, nil, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		{"no JSON", &Broken{How: Replaced, Body: []byte("<html>")}, output, func(err error) bool {
			var e *smithy.DeserializationError
			return errors.As(err, &e)
		}},
		{"gateway", &Broken{How: Replaced, Status: 502, Body: []byte("<html>")}, nil, func(err error) bool {
			var e *awshttp.ResponseError
			return errors.As(err, &e) && e.HTTPStatusCode() == 502
		}},
		{"no such status", &Broken{How: Replaced, Status: 7, Body: []byte("{}")}, nil, func(err error) bool { return err == nil }},
		{"failed", &Broken{How: Failed, Cause: io.EOF}, nil, func(err error) bool { return errors.Is(err, io.EOF) }},
		{"no such breakage", &Broken{How: -1}, nil, func(err error) bool { return errors.Is(err, io.EOF) }},
	}
	for _, test := range tests {
		b := &stub{invoke: func(context.Context, Identity, string, any) (any, string, error) {
			return test.output, testID, test.broken
		}}
		for door, open := range doors(t, b) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			if test.broken.How == Silent {
				cancel()
				ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
			}
			_, err := open().ListKeys(ctx, nil)
			cancel()
			if !test.matches(err) {
				t.Errorf("%s, %s: %v", test.name, door, err)
			}
		}
	}
}

func TestSilentWithoutAnEnd(t *testing.T) {
	t.Parallel()
	b := &stub{invoke: func(context.Context, Identity, string, any) (any, string, error) {
		return nil, "", &Broken{How: Silent}
	}}
	ended, cancel := context.WithCancel(context.Background()) // has no deadline
	defer cancel()
	_, err := clientOf(t, NewTransport(NewHandler(b))).ListKeys(ended, nil)
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("have %v, want a timeout", err)
	}
}

// The two doors differ only in what net/http adds.
func TestResponses(t *testing.T) {
	t.Parallel()
	h := NewHandler(&stub{})
	server := httptest.NewServer(h)
	defer server.Close()
	var responses [2]*http.Response
	var bodies [2][]byte
	for i, do := range []func(*http.Request) (*http.Response, error){server.Client().Do, NewTransport(h).Do} {
		r, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = request("").Header
		sign(t, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", time.Now())
		resp, err := do(r)
		if err != nil {
			t.Fatal(err)
		}
		if bodies[i], err = io.ReadAll(resp.Body); err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := http.ParseTime(resp.Header.Get("Date")); err != nil {
			t.Error(err)
		}
		resp.Header.Del("Date")
		responses[i] = resp
	}
	remote, local := responses[0], responses[1]
	if remote.Status != local.Status || remote.StatusCode != local.StatusCode || remote.Proto != local.Proto || remote.ContentLength != local.ContentLength {
		t.Errorf("have %+v, want %+v", local, remote)
	}
	if diff := cmp.Diff(remote.Header, local.Header); diff != "" {
		t.Errorf("headers (-loopback +in process):\n%s", diff)
	}
	if !bytes.Equal(bodies[0], bodies[1]) {
		t.Errorf("have %s, want %s", bodies[1], bodies[0])
	}
}
