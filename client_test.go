package kmsfake_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"example.com/kmsfake"
)

func TestClientActsAsItsHandle(t *testing.T) {
	t.Parallel()
	f := newFake()
	for _, h := range []*kmsfake.Fake{f, f.InRegion(otherRegion), f.InAccount(otherAccount), f.InRegion("cn-north-1")} {
		for name, client := range map[string]*kms.Client{"Client": h.Client(), "Config": kms.NewFromConfig(h.Config())} {
			made := got(client.CreateKey(t.Context(), nil)).ok(t).KeyMetadata
			key := describe(t, h, *made.KeyId)
			equal(t, name, made, key)
			if client.Options().Region != h.Region() || *key.AWSAccountId != h.Account() {
				t.Errorf("%s: %s in %s", name, *key.Arn, client.Options().Region)
			}
		}
	}
}

// The SDK's own retryer makes its attempts, and a test does not wait for them.
func TestClientRetries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		fault    kmsfake.Fault
		options  func(*kms.Options)
		attempts int
		code     string
	}{
		{"twice is not too often", kmsfake.Fault{Times: 2, Error: kmsfake.Throttled}, nil, 3, ""},
		{"thrice is", kmsfake.Fault{Error: &types.KMSInternalException{}}, nil, 3, "KMSInternalException"},
		{"what no retry mends", kmsfake.Fault{Error: &types.InvalidMarkerException{}}, nil, 1, "InvalidMarkerException"},
		{"no answer", kmsfake.Fault{Times: 1, Error: kmsfake.ConnectionReset}, nil, 2, ""},
		{"a corrupt answer", kmsfake.Fault{Times: 1, Error: kmsfake.CorruptAnswer}, nil, 1, "-"},
		{"a retryer that does not", kmsfake.Fault{Times: 1, Error: kmsfake.Throttled}, noRetry, 1, "ThrottlingException"},
		{"more attempts", kmsfake.Fault{Times: 4, Error: kmsfake.Throttled}, func(o *kms.Options) { o.RetryMaxAttempts = 5 }, 5, ""},
		{"a retryer of the caller's", kmsfake.Fault{Times: 6, Error: kmsfake.Throttled}, func(o *kms.Options) {
			o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) {
				s.MaxAttempts = 7
				s.RateLimiter = ratelimit.None
				s.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		}, 7, ""},
	} {
		f := newFake()
		test.fault.Operation = "ListKeys"
		injection := f.Inject(test.fault)
		var options []func(*kms.Options)
		if test.options != nil {
			options = append(options, test.options)
		}
		_, err := f.Client(options...).ListKeys(t.Context(), nil)
		var exception smithy.APIError
		switch {
		case test.code == "" && err != nil, test.code != "" && err == nil:
			t.Errorf("%s: %v", test.name, err)
		case len(test.code) > 1 && (!errors.As(err, &exception) || exception.ErrorCode() != test.code):
			t.Errorf("%s: %v, want %s", test.name, err, test.code)
		}
		if n := len(f.Calls()); n != test.attempts {
			t.Errorf("%s: %d attempts, want %d", test.name, n, test.attempts)
		}
		if n := injection.Fired(); n == 0 {
			t.Errorf("%s: the fault did not befall it", test.name)
		}
		if exhausted := new(retry.MaxAttemptsError); errors.As(err, &exhausted) != (test.attempts > 1 && err != nil) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// A wait between attempts passes on the fake's clock where a test moves that.
func TestRetryWaitsPassOnTheClock(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.Inject(kmsfake.Fault{Operation: "ListKeys", Times: 2, Error: kmsfake.Throttled})
	got(f.Client().ListKeys(t.Context(), nil)).ok(t)
	if passed := f.Now().Sub(start); passed <= 0 || passed > time.Minute {
		t.Errorf("%v passed on a clock that is moved by hand", passed)
	}
	synctest.Test(t, func(t *testing.T) {
		f := kmsfake.New()
		f.Inject(kmsfake.Fault{Operation: "ListKeys", Times: 2, Error: kmsfake.Throttled})
		begin := time.Now()
		got(f.Client().ListKeys(t.Context(), nil)).ok(t)
		if passed := f.Now().Sub(begin); passed != 0 {
			t.Errorf("%v passed on a clock that moves by itself", passed)
		}
	})
}

// The client works in a bubble of testing/synctest: it has no goroutine and no
// socket, and the clock is the bubble's.
func TestClientInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := kmsfake.New()
		client := f.Client()
		made := got(client.CreateKey(t.Context(), nil)).ok(t).KeyMetadata
		if !made.CreationDate.Equal(time.Now()) {
			t.Errorf("made at %v, now %v", made.CreationDate, time.Now())
		}
		got(client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: made.KeyId, PendingWindowInDays: aws.Int32(7)})).ok(t)
		week, stop := context.WithTimeout(t.Context(), 7*day)
		defer stop()
		<-week.Done()
		_, err := client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: made.KeyId})
		if gone := new(types.NotFoundException); !errors.As(err, &gone) {
			t.Errorf("after a week: %v", err)
		}

		_, err = client.ListKeys(week, nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a context that has expired: %v", err)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = client.ListKeys(cancelled, nil)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that was cancelled: %v", err)
		}

		f.Inject(kmsfake.Fault{Operation: "ListKeys", Error: kmsfake.Timeout})
		begin := time.Now()
		minute, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		_, err = client.ListKeys(minute, nil)
		if passed := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || passed != time.Minute {
			t.Errorf("no answer for a minute: %v after %v", err, passed)
		}
	})
}

func TestClientLeavesNoGoroutine(t *testing.T) {
	// Not parallel: it counts.
	before := runtime.NumGoroutine()
	for range 100 {
		f := kmsfake.New()
		got(f.Client().CreateKey(context.Background(), nil)).ok(t)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, then %d", before, after)
	}
}

// What a caller says wins over what the fake says.
func TestClientHonoursOptions(t *testing.T) {
	t.Parallel()
	f := newFake()
	var seen atomic.Int32
	count := func(stack *middleware.Stack) error {
		return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("count", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			seen.Add(1)
			return next.HandleFinalize(ctx, in)
		}), middleware.Before)
	}
	client := f.Client(func(o *kms.Options) {
		o.Region = otherRegion
		o.Credentials = f.InAccount(otherAccount).Credentials()
		o.APIOptions = append(o.APIOptions, count)
	})
	made := got(client.CreateKey(t.Context(), nil)).ok(t).KeyMetadata
	if want := "arn:aws:kms:eu-west-1:444455556666:key/" + *made.KeyId; *made.Arn != want {
		t.Errorf("made %s, want %s", *made.Arn, want)
	}
	elsewhere := got(client.CreateKey(t.Context(), nil, func(o *kms.Options) { o.Region = "us-west-2" })).ok(t).KeyMetadata
	if !strings.HasPrefix(*elsewhere.Arn, "arn:aws:kms:us-west-2:444455556666:") {
		t.Errorf("made %s", *elsewhere.Arn)
	}
	if n := seen.Load(); n != 2 {
		t.Errorf("the caller's middleware saw %d calls", n)
	}
	var sent *http.Request
	own := func(o *kms.Options) {
		o.HTTPClient = smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
			sent = r
			return f.Config().HTTPClient.Do(r)
		})
	}
	got(f.Client(own).ListKeys(t.Context(), nil)).ok(t)
	if sent == nil || sent.URL.Host != "kms.us-east-1.amazonaws.com" {
		t.Errorf("the caller's HTTP client got %v", sent)
	}
}

func TestConfigIsForKMSAlone(t *testing.T) {
	t.Parallel()
	request, err := http.NewRequestWithContext(t.Context(), "GET", "https://bucket.s3.us-east-1.amazonaws.com/object", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = newFake().Config().HTTPClient.Do(request)
	if err == nil || !strings.Contains(err.Error(), "kmsfake serves AWS KMS alone") || !strings.Contains(err.Error(), "bucket.s3.us-east-1.amazonaws.com") {
		t.Errorf("got %v", err)
	}
	if retryable, ok := err.(interface{ RetryableError() bool }); !ok || retryable.RetryableError() {
		t.Error("the SDK would try again")
	}
}

// A Region that has no endpoint ends a call before it is sent, on every way.
func TestRegionsWithoutAnEndpoint(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"", ".", "us east 1", "us-east-1/", "eu-wést-1", "us..east", strings.Repeat("x", 64)} {
		own, option := kmsfake.New(kmsfake.WithRegion(region)), func(o *kms.Options) { o.Region = region }
		f := kmsfake.New()
		_, want := f.Client(option).ListKeys(t.Context(), nil)
		if want == nil {
			t.Errorf("the SDK finds an endpoint in Region %q", region)
			continue
		}
		for way, call := range map[string]func() (*kms.ListKeysOutput, error){
			"WithRegion": func() (*kms.ListKeysOutput, error) { return own.ListKeys(t.Context(), nil) },
			"Client":     func() (*kms.ListKeysOutput, error) { return own.Client().ListKeys(t.Context(), nil) },
			"InRegion":   func() (*kms.ListKeysOutput, error) { return f.InRegion(region).ListKeys(t.Context(), nil) },
			"an option":  func() (*kms.ListKeysOutput, error) { return f.ListKeys(t.Context(), nil, option) },
		} {
			if _, err := call(); err == nil || err.Error() != want.Error() {
				t.Errorf("%q, %s: %v, want %v", region, way, err, want)
			}
		}
		if n := len(f.Calls()) + len(own.Calls()); n != 0 {
			t.Errorf("%q: %d calls came through", region, n)
		}
	}
	got(kmsfake.New().InRegion("mars-north-1").ListKeys(t.Context(), nil)).ok(t) // a Region to come
}
