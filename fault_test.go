package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

// freshKey makes a key and returns its ARN.
func freshKey(t testing.TB, api kmsfake.API) string {
	t.Helper()
	out, err := api.CreateKey(context.Background(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

func described(ctx context.Context, fake kmsfake.API, key string) error {
	_, err := fake.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &key})
	return err
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// sdkError is what a real client makes of an answer or of a connection's error.
func sdkError(ctx context.Context, do doer) error {
	client := kms.New(kms.Options{
		Region: "us-east-1", HTTPClient: do, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
	_, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/x")})
	return err
}

func answer(status int, body string) doer {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Request: r, Body: io.NopCloser(strings.NewReader(body)),
			Header: http.Header{"X-Amzn-Requestid": {"id"}, "Content-Type": {"application/x-amz-json-1.1"}},
		}, nil
	}
}

func fails(err error) doer {
	return func(r *http.Request) (*http.Response, error) {
		return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: err}
	}
}

// chain is the types of an error and of all that it wraps.
func chain(err error) []string {
	var list []string
	for ; err != nil; err = errors.Unwrap(err) {
		list = append(list, fmt.Sprintf("%T", err))
	}
	return list
}

// A caller who looks at an error cannot tell a fault from the real failure: the
// same types all the way down, the same text, the same verdict of the retryer.
func TestFaultsLookAsTheSDKsErrors(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, test := range []struct {
		fault error
		real  doer
	}{
		{kmsfake.ConnectionReset, fails(&net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)})},
		{kmsfake.Timeout, fails(&net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded})},
		{io.EOF, fails(io.EOF)},
		{boom, fails(boom)},
		{kmsfake.CorruptAnswer, answer(200, "\x00\x7f{")},
		{kmsfake.Throttled, answer(400, `{"__type":"ThrottlingException","message":"You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."}`)},
		{kmsfake.ServiceUnavailable, answer(503, `{"__type":"ServiceUnavailable","message":"The request has failed due to a temporary failure of the server."}`)},
		{&types.KMSInternalException{}, answer(500, `{"__type":"KMSInternalException"}`)},
		{&types.DependencyTimeoutException{Message: aws.String("words")}, answer(500, `{"__type":"DependencyTimeoutException","message":"words"}`)},
		{&types.NotFoundException{}, answer(400, `{"__type":"NotFoundException","message":"Alias arn:aws:kms:us-east-1:111122223333:alias/x is not found."}`)},
		{kmsfake.AccessDenied, answer(400, `{"__type":"AccessDeniedException","message":"User: arn:aws:iam::111122223333:user/kmsfake is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:us-east-1:111122223333:alias/x because no identity-based policy allows the kms:DescribeKey action"}`)},
		{&smithy.GenericAPIError{Code: "ExpiredTokenException", Fault: smithy.FaultClient}, answer(400, `{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}`)},
		{kmsfake.Forced(&types.LimitExceededException{Message: aws.String("w")}), answer(400, `{"__type":"LimitExceededException","message":"w"}`)},
	} {
		want := sdkError(t.Context(), test.real)
		fake := kmsfake.New()
		fake.Inject(kmsfake.Fault{Operation: "DescribeKey", Error: test.fault})
		once := func(o *kms.Options) { o.Retryer = aws.NopRetryer{} }
		sameError(t, fmt.Sprintf("%v, direct", test.fault), described(t.Context(), fake, "alias/x"), want)
		sameError(t, fmt.Sprintf("%v, client", test.fault), described(t.Context(), fake.Client(once), "alias/x"), want)
	}
}

func sameError(t *testing.T, name string, got, want error) {
	t.Helper()
	if got == nil {
		t.Errorf("%s: the call succeeded", name)
		return
	}
	if !reflect.DeepEqual(chain(got), chain(want)) {
		t.Errorf("%s:\n got %v\nwant %v", name, chain(got), chain(want))
	}
	if got, want := withoutRequestID(got), withoutRequestID(want); got != want {
		t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
	retryable := retry.IsErrorRetryables(retry.DefaultRetryables)
	if got, want := retryable.IsErrorRetryable(got), retryable.IsErrorRetryable(want); got != want {
		t.Errorf("%s: retryable %v, of the SDK's %v", name, got, want)
	}
	var gotAPI, wantAPI smithy.APIError
	if errors.As(got, &gotAPI) != errors.As(want, &wantAPI) || gotAPI != nil && gotAPI.ErrorFault() != wantAPI.ErrorFault() {
		t.Errorf("%s: exception %#v, of the SDK %#v", name, gotAPI, wantAPI)
	}
}

// The SDK's retryer overcomes what passes, and tells what does not.
func TestClientRetriesFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []error{
		kmsfake.Throttled, kmsfake.Timeout, kmsfake.ConnectionReset, kmsfake.ServiceUnavailable, &types.KMSInternalException{},
		&types.DependencyTimeoutException{}, &types.KeyUnavailableException{},
	} {
		fake := kmsfake.New()
		key := freshKey(t, fake)
		injection := fake.Inject(kmsfake.Fault{Operation: "Encrypt", Times: 2, Error: fault})
		in := &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")}
		if _, err := fake.Client().Encrypt(t.Context(), in); err != nil || injection.Fired() != 2 {
			t.Errorf("%v, twice: fired %d, %v", fault, injection.Fired(), err)
		}
		fake.Inject(kmsfake.Fault{Operation: "Encrypt", Error: fault})
		var exhausted *retry.MaxAttemptsError
		if _, err := fake.Client().Encrypt(t.Context(), in); !errors.As(err, &exhausted) || exhausted.Attempt != 3 {
			t.Errorf("%v, always: %v", fault, err)
		}
	}
}

// A server loses answers on real connections.
func TestFaultsOverHTTP(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	client := kms.NewFromConfig(fake.Config(), func(o *kms.Options) {
		o.BaseEndpoint, o.HTTPClient, o.Retryer = &server.URL, server.Client(), aws.NopRetryer{}
	})
	for _, test := range []struct {
		fault error
		is    func(error) bool
	}{
		{kmsfake.ConnectionReset, func(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) }},
		{kmsfake.Timeout, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		{errors.New("boom"), func(err error) bool { return errors.Is(err, io.EOF) }},
		{kmsfake.CorruptAnswer, func(err error) bool { var e *smithy.DeserializationError; return errors.As(err, &e) }},
		{kmsfake.ServiceUnavailable, func(err error) bool {
			var e interface{ HTTPStatusCode() int }
			return errors.As(err, &e) && e.HTTPStatusCode() == 503
		}},
	} {
		fault := fake.Inject(kmsfake.Fault{Error: test.fault})
		limit := time.Minute
		if test.fault == kmsfake.Timeout {
			limit = 50 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		if _, err := client.ListKeys(ctx, nil); err == nil || !test.is(err) {
			t.Errorf("%v: %v", test.fault, err)
		}
		cancel()
		fault.Remove()
	}
}

// withoutRequestID is the text with the request id, of which there may be none,
// made one that is always the same.
func withoutRequestID(err error) string {
	var answered interface{ ServiceRequestID() string }
	if errors.As(err, &answered) && answered.ServiceRequestID() != "" {
		return strings.Replace(err.Error(), answered.ServiceRequestID(), "id", 1)
	}
	return err.Error()
}

// A context that ends while the call is under way looks as the SDK's too.
func TestTimeoutEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := kmsfake.New(kmsfake.WithFaults(kmsfake.Fault{Error: kmsfake.Timeout}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		got := described(ctx, fake, "alias/x")
		if waited := time.Since(start); waited != time.Hour {
			t.Errorf("the call took %v of the hour", waited)
		}
		ended, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		want := sdkError(ended, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		if !reflect.DeepEqual(chain(got), chain(want)) || got.Error() != want.Error() {
			t.Errorf("got  %v %v\nwant %v %v", got, chain(got), want, chain(want))
		}
	})
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := kmsfake.New()
		key := freshKey(t, fake)
		fault := fake.Inject(kmsfake.Fault{Operation: "DisableKey", Delay: time.Minute})
		start := time.Now()
		if _, err := fake.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != time.Minute || fault.Fired() != 1 {
			t.Errorf("took %v, fired %d", took, fault.Fired())
		}

		// The context ends first, and the key stays as it is.
		fake.Inject(kmsfake.Fault{Operation: "EnableKey", Delay: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		_, err := fake.EnableKey(ctx, &kms.EnableKeyInput{KeyId: &key})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if enabled(t, fake, key) {
			t.Error("the key is enabled")
		}
	})

	// Time that is moved by hand is moved, and none passes.
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	fake := kmsfake.New(kmsfake.WithClock(func() time.Time { return now }))
	fake.Inject(kmsfake.Fault{Operation: "CreateKey", Delay: 24 * time.Hour})
	out, err := fake.CreateKey(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := now.Add(24 * time.Hour); !fake.Now().Equal(want) || !out.KeyMetadata.CreationDate.Equal(want) {
		t.Errorf("now %v, created %v", fake.Now(), out.KeyMetadata.CreationDate)
	}
}

func enabled(t *testing.T, fake *kmsfake.Fake, key string) bool {
	t.Helper()
	out, err := fake.DescribeKey(context.Background(), &kms.DescribeKeyInput{KeyId: &key})
	if err != nil {
		t.Fatal(err)
	}
	return out.KeyMetadata.Enabled
}

// Which of a run of calls fail.
func TestSkipTimesAndOrder(t *testing.T) {
	t.Parallel()
	internal, throttled := &types.KMSInternalException{}, kmsfake.Throttled
	for name, test := range map[string]struct {
		faults []kmsfake.Fault
		want   string // a letter a call: . success, i internal, t throttled
	}{
		"all":          {[]kmsfake.Fault{{Error: internal}}, "iiiiii"},
		"skip":         {[]kmsfake.Fault{{Skip: 4, Error: internal}}, "....ii"},
		"times":        {[]kmsfake.Fault{{Times: 2, Error: internal}}, "ii...."},
		"both":         {[]kmsfake.Fault{{Skip: 1, Times: 2, Error: internal}}, ".ii..."},
		"in order":     {[]kmsfake.Fault{{Times: 1, Error: internal}, {Times: 2, Error: throttled}}, "itt..."},
		"other":        {[]kmsfake.Fault{{Operation: "Decrypt", Error: internal}}, "......"},
		"one of two":   {[]kmsfake.Fault{{Operation: "Decrypt", Error: internal}, {Operation: "DescribeKey", Skip: 5, Error: throttled}}, ".....t"},
		"not thrown":   {[]kmsfake.Fault{{Error: &types.DisabledException{}}}, "......"},
		"delay passes": {[]kmsfake.Fault{{Delay: time.Nanosecond}, {Skip: 1, Times: 1, Error: internal}}, ".i...."},
	} {
		fake := kmsfake.New()
		key := freshKey(t, fake)
		fake.Inject(test.faults...)
		got := ""
		for range test.want {
			err := described(t.Context(), fake, key)
			var e *types.KMSInternalException
			var g *smithy.GenericAPIError
			switch {
			case err == nil:
				got += "."
			case errors.As(err, &e):
				got += "i"
			case errors.As(err, &g) && g.Code == "ThrottlingException":
				got += "t"
			default:
				got += "?"
			}
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// A probability draws from the seed: the same again, and about as often as said.
func TestProbability(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (pattern string, fired int) {
		fake := kmsfake.New(kmsfake.WithSeed(seed))
		key := freshKey(t, fake)
		fault := fake.Inject(kmsfake.Fault{Probability: 0.25, Error: kmsfake.Throttled})
		for range 1000 {
			pattern += map[bool]string{true: ".", false: "x"}[described(t.Context(), fake, key) == nil]
		}
		return pattern, fault.Fired()
	}
	first, fired := run(1)
	again, _ := run(1)
	other, _ := run(2)
	if first != again || first == other {
		t.Error("the draws do not follow from the seed")
	}
	if fired != strings.Count(first, "x") || fired < 180 || fired > 320 { // 5 standard deviations
		t.Errorf("fired %d of 1000 at 0.25; %d calls failed", fired, strings.Count(first, "x"))
	}
}

// A fault for one key fits every name of the key, and no other key.
func TestFaultKey(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	fake := kmsfake.New()
	arn, other := freshKey(t, fake), freshKey(t, fake)
	id := arn[strings.LastIndex(arn, "/")+1:]
	alias := "alias/app"
	if _, err := fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: &arn}); err != nil {
		t.Fatal(err)
	}
	aliasARN := "arn:aws:kms:us-east-1:111122223333:alias/app"
	sealed, err := fake.Encrypt(ctx, &kms.EncryptInput{KeyId: &arn, Plaintext: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{id, arn, alias, aliasARN}
	for _, name := range names {
		fault := fake.Inject(kmsfake.Fault{Key: name, Error: kmsfake.Throttled})
		for _, called := range names {
			if described(ctx, fake, called) == nil {
				t.Errorf("a fault for %s lets a call for %s pass", name, called)
			}
		}
		if _, err := fake.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob}); err == nil {
			t.Errorf("a fault for %s lets a ciphertext of the key pass", name)
		}
		if _, err := fake.ReEncrypt(ctx, &kms.ReEncryptInput{CiphertextBlob: sealed.CiphertextBlob, DestinationKeyId: &other}); err == nil {
			t.Errorf("a fault for %s lets ReEncrypt from the key pass", name)
		}
		if err := described(ctx, fake, other); err != nil {
			t.Errorf("a fault for %s meets another key: %v", name, err)
		}
		if _, err := fake.ListKeys(ctx, nil); err != nil {
			t.Errorf("a fault for %s meets ListKeys: %v", name, err)
		}
		fault.Remove()
		if err := described(ctx, fake, arn); err != nil {
			t.Errorf("after Remove: %v", err)
		}
	}

	// An alias is followed to where it points now.
	fake.Inject(kmsfake.Fault{Operation: "DescribeKey", Key: alias, Error: kmsfake.Throttled})
	if _, err := fake.UpdateAlias(ctx, &kms.UpdateAliasInput{AliasName: &alias, TargetKeyId: &other}); err != nil {
		t.Fatal(err)
	}
	if err := described(ctx, fake, arn); err != nil {
		t.Errorf("the key that the alias left: %v", err)
	}
	if described(ctx, fake, other) == nil {
		t.Error("the key that the alias points to now is not met")
	}

	// What does not exist is met by its name.
	fake.Inject(kmsfake.Fault{Key: "alias/new", Error: &types.AlreadyExistsException{}})
	_, err = fake.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/new"), TargetKeyId: &arn})
	if want := "An alias with the name arn:aws:kms:us-east-1:111122223333:alias/new already exists"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

// An exception without a text gets the text that AWS has for it.
func TestOwnTexts(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	arn := freshKey(t, fake)
	for _, test := range []struct {
		err  error
		want string
	}{
		{&types.DisabledException{}, "DisabledException: " + arn + " is disabled."},
		{&types.KMSInvalidStateException{}, "KMSInvalidStateException: " + arn + " is pending deletion."},
		{&types.NotFoundException{}, "NotFoundException: Key '" + arn + "' does not exist"},
		{&types.InvalidKeyUsageException{}, "InvalidKeyUsageException: " + arn + " key usage is SIGN_VERIFY which is not valid for Encrypt."},
		{&types.KMSInternalException{}, "KMSInternalException: "},
		{&types.DisabledException{Message: aws.String("mine")}, "DisabledException: mine"},
	} {
		fault := fake.Inject(kmsfake.Fault{Operation: "Encrypt", Error: test.err})
		_, err := fake.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &arn, Plaintext: []byte("x")})
		if err == nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
		fault.Remove()
	}
}

// The text of a denied call tells the permission that it lacks and, where a
// ciphertext alone names the key, not which that is.
func TestTextsOfAccessDenied(t *testing.T) {
	t.Parallel()
	f := newFake(kmsfake.WithFaults(
		kmsfake.Fault{Operation: "Decrypt", Error: kmsfake.AccessDenied},
		kmsfake.Fault{Operation: "ReEncrypt", Error: &smithy.GenericAPIError{Code: "AccessDeniedException"}},
		kmsfake.Fault{Operation: "ListKeys", Error: kmsfake.AccessDenied},
	))
	key, other := newKey(t, f), newKey(t, f)
	blob := got(encrypt(t, f, key, "x")).ok(t).CiphertextBlob
	const sealed = "the resource associated with this ciphertext"
	for _, c := range []struct {
		err              error
		action, resource string
	}{
		{errOf(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob})), "kms:Decrypt", sealed},
		{errOf(f.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: blob, KeyId: &key})), "kms:Decrypt", "resource: " + keyARN(f, key)},
		{errOf(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, DestinationKeyId: &other})), "kms:ReEncryptFrom", sealed},
		{errOf(f.ReEncrypt(t.Context(), &kms.ReEncryptInput{CiphertextBlob: blob, SourceKeyId: &key, DestinationKeyId: &other})), "kms:ReEncryptFrom", "resource: " + keyARN(f, key)},
		{errOf(f.ListKeys(t.Context(), nil)), "kms:ListKeys", "resource: *"},
	} {
		var exception smithy.APIError
		want := "User: " + f.Principal() + " is not authorized to perform: " + c.action + " on " + c.resource + noIdentity(c.action)
		if !errors.As(c.err, &exception) || exception.ErrorCode() != "AccessDeniedException" || exception.ErrorMessage() != want {
			t.Errorf("got %v\nwant %s", c.err, want)
		}
	}
}

// Applied: the operation takes effect, and the caller does not know.
func TestApplied(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	key := freshKey(t, fake)
	fake.Inject(kmsfake.Fault{Operation: "DisableKey", Error: kmsfake.ConnectionReset, Applied: true})
	if _, err := fake.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &key}); err == nil {
		t.Error("the answer came")
	}
	if enabled(t, fake, key) {
		t.Error("the operation took no effect")
	}
	fake.Inject(kmsfake.Fault{Operation: "EnableKey", Error: kmsfake.ConnectionReset})
	if _, err := fake.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: &key}); err == nil {
		t.Error("the answer came")
	}
	if enabled(t, fake, key) {
		t.Error("the operation took effect")
	}
}

func TestInjectRefusesNonsense(t *testing.T) {
	t.Parallel()
	var none *types.DisabledException
	for _, test := range []struct {
		fault kmsfake.Fault
		want  string
	}{
		{kmsfake.Fault{}, "Fault.Error"},
		{kmsfake.Fault{Operation: "Decript", Error: kmsfake.Timeout}, "Fault.Operation: AWS KMS has no operation \"Decript\"; did you mean Decrypt?"},
		{kmsfake.Fault{Operation: "decrypt", Error: kmsfake.Timeout}, "did you mean Decrypt?"},
		{kmsfake.Fault{Skip: -1, Error: kmsfake.Timeout}, "Fault.Skip"},
		{kmsfake.Fault{Times: -1, Error: kmsfake.Timeout}, "Fault.Times"},
		{kmsfake.Fault{Probability: 1.5, Error: kmsfake.Timeout}, "Fault.Probability"},
		{kmsfake.Fault{Probability: -0.5, Error: kmsfake.Timeout}, "Fault.Probability"},
		{kmsfake.Fault{Delay: -1}, "Fault.Delay"},
		{kmsfake.Fault{Delay: 1, Applied: true}, "Fault.Applied"},
		{kmsfake.Fault{Key: "app", Error: kmsfake.Timeout}, "Fault.Key"},
		{kmsfake.Fault{Key: "alias/", Error: kmsfake.Timeout}, "Fault.Key"},
		{kmsfake.Fault{Key: "arn:aws:s3:::bucket", Error: kmsfake.Timeout}, "Fault.Key"},
		{kmsfake.Fault{Operation: "ListKeys", Key: "alias/app", Error: kmsfake.Timeout}, "Fault.Key: ListKeys"},
		{kmsfake.Fault{Error: none}, "Fault.Error"},
		{kmsfake.Fault{Error: kmsfake.Forced(nil)}, "Fault.Error: no exception is forced"},
		{kmsfake.Fault{Error: &smithy.GenericAPIError{}}, "Fault.Error: the *smithy.GenericAPIError has no code"},
		{kmsfake.Fault{Error: kmsfake.Forced(&smithy.GenericAPIError{Message: "x"})}, "Fault.Error: the *smithy.GenericAPIError has no code"},
		{kmsfake.Fault{Operation: "ListKeys", Error: &types.DisabledException{}}, "Fault.Error: ListKeys throws no DisabledException"},
		{kmsfake.Fault{Error: &smithy.GenericAPIError{Code: "ThrotlingException"}}, "did you mean ThrottlingException?"},
	} {
		func() {
			defer func() {
				text, _ := recover().(string)
				if !strings.HasPrefix(text, "kmsfake: ") || !strings.Contains(text, test.want) {
					t.Errorf("%+v: panic %q, want %q in it", test.fault, text, test.want)
				}
			}()
			kmsfake.New().Inject(test.fault)
		}()
	}
}

// All handles meet a fault; a clone and another AWS do not. What refuses one of
// several faults injects none.
func TestFaultsBelongToTheAWS(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	key := freshKey(t, fake)
	fault := fake.Inject(kmsfake.Fault{Error: kmsfake.Throttled}, kmsfake.Fault{Operation: "ListKeys", Error: kmsfake.Timeout})
	for name, handle := range map[string]*kmsfake.Fake{
		"Region": fake.InRegion("eu-west-1"), "account": fake.InAccount("444455556666"),
	} {
		if _, err := handle.ListAliases(t.Context(), nil); err == nil {
			t.Errorf("a handle in another %s does not meet the fault", name)
		}
	}
	twin := fake.Clone()
	if err := described(t.Context(), twin, key); err != nil {
		t.Errorf("the clone: %v", err)
	}
	if n := len(twin.Calls()); n != 1 {
		t.Errorf("the clone has %d calls in its journal", n)
	}
	if fault.Fired() != 2 || len(fake.Injections()) != 2 {
		t.Errorf("fired %d, %d faults", fault.Fired(), len(fake.Injections()))
	}
	var dump strings.Builder
	fake.Dump(&dump)
	if want := "fault for every operation: Throttled; fired 2\nfault for ListKeys: Timeout; fired 0\n"; !strings.HasSuffix(dump.String(), want) {
		t.Errorf("dump:\n%s", dump.String())
	}
	fault.Remove()
	fault.Remove()
	if err := described(t.Context(), fake, key); err != nil || len(fake.Injections()) != 0 {
		t.Errorf("after Remove: %v, %d faults", err, len(fake.Injections()))
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		fake.Inject(kmsfake.Fault{Error: kmsfake.Throttled}, kmsfake.Fault{Skip: -1})
	}()
	if len(fake.Injections()) != 0 {
		t.Error("half of an Inject was done")
	}
}

// The error that was injected and the error that came out are not one.
func TestFaultsAliasNothing(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	mine := &types.KMSInternalException{Message: aws.String("words")}
	injection := fake.Inject(kmsfake.Fault{Error: mine})
	*mine.Message = "changed"
	for range 2 {
		var got *types.KMSInternalException
		if !errors.As(described(t.Context(), fake, "alias/x"), &got) || *got.Message != "words" {
			t.Fatalf("got %v", got)
		}
		*got.Message = "changed"
		for _, call := range fake.Calls() {
			if !errors.As(call.Error, &got) || *got.Message != "words" {
				t.Fatalf("the journal has %v", call.Error)
			}
			*got.Message = "changed"
		}
		if !errors.As(injection.Faults()[0].Error, &got) || *got.Message != "words" {
			t.Fatalf("the injection has %v", injection.Faults())
		}
		*got.Message = "changed"
	}
}

// Faults come and go while calls run. Each call meets a fault or none, and what
// fired is what failed.
func TestFaultsWhileCallsRun(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	key := freshKey(t, fake)
	var failed atomic.Int64
	var calls, injecting sync.WaitGroup
	done := make(chan struct{})
	fired := make([]int, 2)
	for i := range fired {
		injecting.Go(func() {
			for {
				injection := fake.Inject(kmsfake.Fault{Operation: "DescribeKey", Key: key, Times: 3, Error: kmsfake.Throttled})
				_ = fake.Calls()
				fake.Dump(io.Discard)
				injection.Remove()
				defer func() { fired[i] += injection.Fired() }()
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 4 {
		calls.Go(func() {
			for range 200 {
				if described(context.Background(), fake, key) != nil {
					failed.Add(1)
				}
			}
		})
	}
	calls.Wait()
	close(done)
	injecting.Wait()
	if got := int64(fired[0] + fired[1]); got != failed.Load() {
		t.Errorf("%d faults fired, %d calls failed", got, failed.Load())
	}
	if err := described(context.Background(), fake, key); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A key id fits the key in every account that calls with it, an alias only the
// account that it is in; a fault in one Region for an ARN leaves others alone.
func TestFaultKeyAcrossAccountsAndRegions(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	arn := freshKey(t, fake)
	id := arn[strings.LastIndex(arn, "/")+1:]
	var throttled *smithy.GenericAPIError
	isThrottled := func(err error) bool {
		return errors.As(err, &throttled) && throttled.Code == "ThrottlingException"
	}
	other := fake.InAccount("444455556666")
	for _, name := range []string{id, arn} {
		fault := fake.Inject(kmsfake.Fault{Key: name, Error: kmsfake.Throttled})
		if !isThrottled(described(t.Context(), other, arn)) {
			t.Errorf("a fault for %s lets another account's call pass", name)
		}
		if isThrottled(described(t.Context(), fake.InRegion("eu-west-1"), arn)) && name == arn {
			t.Errorf("a fault for %s meets a call in another Region", name)
		}
		fault.Remove()
	}
}

// A grant token names the key of its grant.
func TestFaultKeyOfAGrantToken(t *testing.T) {
	t.Parallel()
	fake := kmsfake.New()
	arn, other := freshKey(t, fake), freshKey(t, fake)
	grant, err := fake.CreateGrant(t.Context(), &kms.CreateGrantInput{
		KeyId: &arn, GranteePrincipal: aws.String(fake.Principal()), Operations: []types.GrantOperation{types.GrantOperationDecrypt},
	})
	if err != nil {
		t.Fatal(err)
	}
	fake.Inject(kmsfake.Fault{Operation: "RetireGrant", Key: other, Error: kmsfake.Throttled})
	fault := fake.Inject(kmsfake.Fault{Operation: "RetireGrant", Key: arn, Error: kmsfake.Throttled})
	if _, err := fake.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: grant.GrantToken}); err == nil || fault.Fired() != 1 {
		t.Errorf("fired %d: %v", fault.Fired(), err)
	}
	fault.Remove()
	if _, err := fake.RetireGrant(t.Context(), &kms.RetireGrantInput{GrantToken: grant.GrantToken}); err != nil {
		t.Errorf("without a fault for its key: %v", err)
	}
}
