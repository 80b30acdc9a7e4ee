package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// answering is an HTTP client that has one answer, as AWS would send it.
type answering struct {
	status          int
	requestID, body string
}

func (a answering) Do(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Request: r, Body: io.NopCloser(strings.NewReader(a.body)),
		Header: http.Header{"X-Amzn-Requestid": {a.requestID}, "Content-Type": {"application/x-amz-json-1.1"}},
	}, nil
}

// sdkClient is the SDK's own client, for what it makes of an answer.
func sdkClient(a answering) *kms.Client {
	return kms.New(kms.Options{
		Region: region, HTTPClient: a, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}

// An error of a direct call is what the SDK makes of the answer of AWS: the same
// text, the same types one in the other.
func TestErrorsAreTheSDKs(t *testing.T) {
	t.Parallel()
	f := newFake()
	disabled := newKey(t, f)
	disable(t, f, disabled)
	cases := []struct {
		call func() error
		body string // of AWS's answer
	}{
		{
			func() error { _, err := describeKey(t, f, unknownKey); return err },
			`{"__type":"NotFoundException","message":"Key 'arn:aws:kms:us-east-1:111122223333:key/` + unknownKey + `' does not exist"}`,
		},
		{
			func() error { _, err := describeKey(t, f, ""); return err },
			`{"__type":"ValidationException","message":"1 validation error detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1"}`,
		},
		{
			func() error { _, err := encrypt(t, f, disabled, "x"); return err },
			`{"__type":"DisabledException","message":"` + keyARN(f, disabled) + ` is disabled."}`,
		},
		{
			func() error { _, err := createAlias(t, f, "alias/aws/mine", disabled); return err },
			`{"__type":"NotAuthorizedException"}`,
		},
		{
			func() error {
				_, err := f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: []byte("garbage")})
				return err
			},
			`{"__type":"InvalidCiphertextException"}`,
		},
	}
	for _, c := range cases {
		t.Run(c.body, func(t *testing.T) {
			t.Parallel()
			have := c.call()
			var operation *smithy.OperationError
			if !errors.As(have, &operation) {
				t.Fatalf("%v is no *smithy.OperationError", have)
			}
			want := callSDK(t, sdkClient(answering{400, requestIDOfError(have), c.body}), operation.OperationName)
			if have.Error() != want.Error() {
				t.Errorf("the error reads\n     %s\nwant %s", have, want)
			}
			equal(t, "types of the chain", typesOf(have), typesOf(want))
		})
	}
}

// callSDK calls an operation of the SDK's client with members that satisfy it.
func callSDK(t *testing.T, client *kms.Client, operation string) error {
	t.Helper()
	var err error
	switch ctx, id := t.Context(), aws.String(unknownKey); operation {
	case "DescribeKey":
		_, err = client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
	case "Encrypt":
		_, err = client.Encrypt(ctx, &kms.EncryptInput{KeyId: id, Plaintext: []byte("x")})
	case "CreateAlias":
		_, err = client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: id})
	case "Decrypt":
		_, err = client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: []byte("x")})
	default:
		t.Fatalf("no call of %s", operation)
	}
	return err
}

func requestIDOfError(err error) string {
	var response interface{ ServiceRequestID() string }
	if !errors.As(err, &response) {
		return ""
	}
	return response.ServiceRequestID()
}

// typesOf is the types of an error and of what it wraps.
func typesOf(err error) []string {
	var names []string
	for ; err != nil; err = errors.Unwrap(err) {
		names = append(names, fmt.Sprintf("%T", err))
	}
	return names
}

// A missing required member is told before the context is looked at, by the
// SDK's own error, whatever else is wrong.
func TestMissingRequiredMembers(t *testing.T) {
	t.Parallel()
	f := newFake()
	client := sdkClient(answering{status: 200, body: "{}"})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	methods := reflect.TypeFor[*kms.Client]()
	for m := range methods.NumMethod() {
		method := methods.Method(m)
		if method.Type.NumIn() != 4 || method.Type.In(2).Kind() != reflect.Pointer {
			continue
		}
		call := func(on any, ctx context.Context, in reflect.Value) error {
			err, _ := reflect.ValueOf(on).MethodByName(method.Name).Call([]reflect.Value{reflect.ValueOf(ctx), in})[1].Interface().(error)
			return err
		}
		for _, in := range []reflect.Value{reflect.Zero(method.Type.In(2)), reflect.New(method.Type.In(2).Elem())} {
			want := call(client, cancelled, in)
			var invalid smithy.InvalidParamsError
			if !errors.As(want, &invalid) {
				want = fmt.Errorf("operation error KMS: %s, context canceled", method.Name)
			}
			have := call(f, cancelled, in)
			if have == nil || have.Error() != want.Error() {
				t.Errorf("%s: the error reads %v, want %v", method.Name, have, want)
			}
			if !errors.As(have, &invalid) && !errors.Is(have, context.Canceled) {
				t.Errorf("%s: %v is neither smithy.InvalidParamsError nor context.Canceled", method.Name, have)
			}
		}
	}
}

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	f := newFake()
	key := newKey(t, f)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancelLate := context.WithDeadline(t.Context(), start.AddDate(-10, 0, 0))
	defer cancelLate()
	for ctx, want := range map[context.Context]error{cancelled: context.Canceled, late: context.DeadlineExceeded} {
		unchanged(t, f, func() {
			out, err := f.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/a"), TargetKeyId: &key})
			if out != nil || !errors.Is(err, want) {
				t.Errorf("%v, %v, want %v", out, err, want)
			}
			if text := "operation error KMS: CreateAlias, " + want.Error(); err.Error() != text {
				t.Errorf("the error reads %q, want %q", err, text)
			}
		})
	}
}

// A nil input is an empty one.
func TestNilInput(t *testing.T) {
	t.Parallel()
	f := newFake()
	id := *got(f.CreateKey(t.Context(), nil)).ok(t).KeyMetadata.KeyId
	equal(t, "keys", got(f.ListKeys(t.Context(), nil)).ok(t).Keys, []types.KeyListEntry{{KeyId: &id, KeyArn: aws.String(keyARN(f, id))}})
	_, err := f.DescribeKey(t.Context(), nil)
	missingMember(t, err, "operation error KMS: DescribeKey, 1 validation error(s) found.\n- missing required field, DescribeKeyInput.KeyId.\n")
	got(f.GenerateRandom(t.Context(), nil)).fails(t, "ValidationException", "NumberOfBytes is required.")
}

// Every answer carries a request id of its own, a refusal too.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	f := newFake()
	seen := map[string]bool{}
	note := func(id string) {
		t.Helper()
		if !isUUID(id) || seen[id] {
			t.Errorf("request id %q: not a UUID, or one that was there before", id)
		}
		seen[id] = true
	}
	idOf := func(m middleware.Metadata) string {
		id, _ := awsmiddleware.GetRequestIDMetadata(m)
		return id
	}
	key := got(f.CreateKey(t.Context(), nil)).ok(t)
	note(idOf(key.ResultMetadata))
	for range 100 {
		note(idOf(got(describeKey(t, f, *key.KeyMetadata.KeyId)).ok(t).ResultMetadata))
		_, err := describeKey(t, f.InRegion(otherRegion), unknownKey)
		note(requestIDOfError(err))
	}
	note(idOf(got(f.ListKeys(t.Context(), nil)).ok(t).ResultMetadata))
	note(idOf(got(encrypt(t, f, *key.KeyMetadata.KeyId, "x")).ok(t).ResultMetadata))
}

// What the members of an input break is told all at once, before the key is
// looked for.
func TestConstraints(t *testing.T) {
	t.Parallel()
	f := newFake()
	long := strings.Repeat("x", 129)
	tag := func(k, v string) types.Tag { return types.Tag{TagKey: &k, TagValue: &v} }
	for _, c := range []struct {
		what string
		call func() (any, error)
		text string
	}{
		{"range", func() (any, error) {
			return f.GenerateRandom(t.Context(), &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1025)})
		}, "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024"},
		{"length", func() (any, error) {
			return f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: aws.String(unknownKey), Tags: []types.Tag{tag(long, "v")}})
		}, "1 validation error detected: Value '" + long + "' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{"several", func() (any, error) {
			return f.TagResource(t.Context(), &kms.TagResourceInput{KeyId: aws.String(""), Tags: []types.Tag{tag("k", "v"), tag("", "v")}})
		}, "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
			"Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"sensitive", func() (any, error) {
			return f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String(unknownKey), Plaintext: make([]byte, 4097)})
		}, "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"},
		{"sensitive and empty", func() (any, error) {
			return f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: aws.String(unknownKey), Plaintext: []byte{}})
		}, "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{"binary", func() (any, error) {
			return f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: make([]byte, 6145)})
		}, "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length less than or equal to 6144"},
		{"pattern", func() (any, error) {
			return f.DeleteAlias(t.Context(), &kms.DeleteAliasInput{AliasName: aws.String("alias/a b")})
		}, "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"},
		{"description", func() (any, error) {
			return f.CreateKey(t.Context(), &kms.CreateKeyInput{Description: aws.String(strings.Repeat("d", 8193))})
		}, "1 validation error detected: Value '" + strings.Repeat("d", 8193) + "' at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192"},
		{"enum", func() (any, error) {
			return f.VerifyMac(t.Context(), &kms.VerifyMacInput{KeyId: aws.String(unknownKey), Message: []byte("m"), Mac: []byte("m"), MacAlgorithm: "INVALID"})
		}, "1 validation error detected: Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			out, err := c.call()
			checkError(t, operationOf(out), err, "ValidationException", c.text)
		})
	}
}
