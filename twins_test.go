package kmsfake_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// A twin is one way to an AWS: every way has an AWS of its own, and all of them
// begin alike.
type twin struct {
	way  string
	fake *kmsfake.Fake
	api  func(*kmsfake.Fake) kmsfake.API // the way for a handle
}

// twins are the ways: directly, through the SDK in process, and over loopback.
// The server is one for many sets of twins: it serves the last that was made.
type twins struct {
	server *httptest.Server
	served atomic.Pointer[kmsfake.Fake]
}

func newTwins(t testing.TB) *twins {
	w := &twins{}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.served.Load().ServeHTTP(rw, r)
	}))
	t.Cleanup(w.server.Close)
	return w
}

func noRetry(o *kms.Options) { o.Retryer = aws.NopRetryer{} }

func (w *twins) fresh(options ...kmsfake.Option) []*twin {
	list := []*twin{
		{way: "directly", api: func(f *kmsfake.Fake) kmsfake.API { return f }},
		{way: "in process", api: func(f *kmsfake.Fake) kmsfake.API { return f.Client(noRetry) }},
		{way: "over loopback", api: func(f *kmsfake.Fake) kmsfake.API {
			return kms.New(kms.Options{
				Region: f.Region(), Credentials: f.Credentials(), BaseEndpoint: &w.server.URL,
				HTTPClient: w.server.Client(), Retryer: aws.NopRetryer{},
			})
		}},
	}
	for _, tw := range list {
		tw.fake = newFake(options...)
	}
	w.served.Store(list[2].fake)
	return list
}

// call calls an operation by its name.
func call(ctx context.Context, api kmsfake.API, operation string, in any, optFns ...func(*kms.Options)) (any, error) {
	args := []reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(in)}
	for _, fn := range optFns {
		args = append(args, reflect.ValueOf(fn))
	}
	results := reflect.ValueOf(api).MethodByName(operation).Call(args)
	err, _ := results[1].Interface().(error)
	if results[0].IsNil() {
		return nil, err
	}
	return results[0].Interface(), err
}

// outcome is all that a caller can tell of an error, its request id aside.
type outcome struct {
	Text      string
	Types     []string // of the chain
	Exception any
	Status    int
}

func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{}
	}
	o := outcome{Text: err.Error()}
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		o.Status = response.HTTPStatusCode()
		if id := response.ServiceRequestID(); id != "" {
			o.Text = strings.ReplaceAll(o.Text, id, "-")
		}
	}
	var exception smithy.APIError
	if errors.As(err, &exception) {
		o.Exception = exception
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		o.Types = append(o.Types, fmt.Sprintf("%T", e))
	}
	return o
}

// sameAnswer compares outputs and exceptions as callers see them. A nil list and
// an empty one differ, a nil one and none on the wire do not.
var sameAnswer = cmp.Options{
	cmpopts.IgnoreTypes(middleware.Metadata{}),
	cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && field.Name() == "noSmithyDocumentSerde"
	}, cmp.Ignore()),
}

// step does the same on all ways and compares what comes of it.
func step(t rapid.TB, list []*twin, what string, do func(*twin) (any, error)) any {
	t.Helper()
	var output any
	var first outcome
	for i, tw := range list {
		out, err := do(tw)
		if i == 0 {
			output, first = out, outcomeOf(err)
			continue
		}
		if diff := cmp.Diff(first, outcomeOf(err), sameAnswer); diff != "" {
			t.Fatalf("%s: the error (-directly +%s):\n%s", what, tw.way, diff)
		}
		if diff := cmp.Diff(output, out, sameAnswer); diff != "" {
			t.Fatalf("%s: the output (-directly +%s):\n%s", what, tw.way, diff)
		}
		if diff := cmp.Diff(dump(list[0].fake), dump(tw.fake)); diff != "" {
			t.Fatalf("%s: the state (-directly +%s):\n%s", what, tw.way, diff)
		}
	}
	return output
}

// worlds are the options of twins.
var worlds = [][]kmsfake.Option{
	{}, {}, {kmsfake.WithStrictCredentials(), kmsfake.WithoutAWSAliases()},
	{kmsfake.WithPropagationDelay(10 * time.Second)}, {kmsfake.WithoutAuthorization()},
}

// twinKeys are there from the start, so that drawn calls find something.
var twinKeys = []kmsfake.Key{
	{ID: "00000000-0000-4000-8000-000000000001", Aliases: []string{"alias/symmetric"}, Tags: map[string]string{"a": "b"}},
	{ID: "00000000-0000-4000-8000-000000000002", Spec: types.KeySpecRsa2048, Usage: types.KeyUsageTypeSignVerify, Aliases: []string{"alias/rsa-sign"}},
	{ID: "00000000-0000-4000-8000-000000000003", Spec: types.KeySpecRsa2048, Usage: types.KeyUsageTypeEncryptDecrypt, Aliases: []string{"alias/rsa-encrypt"}},
	{ID: "00000000-0000-4000-8000-000000000004", Spec: types.KeySpecEccNistP256, Usage: types.KeyUsageTypeSignVerify, Aliases: []string{"alias/ecc-sign"}},
	{ID: "00000000-0000-4000-8000-000000000005", Spec: types.KeySpecEccNistP256, Usage: types.KeyUsageTypeKeyAgreement, Aliases: []string{"alias/agree"}},
	{ID: "00000000-0000-4000-8000-000000000006", Spec: types.KeySpecHmac256, Aliases: []string{"alias/mac"}},
	{ID: "00000000-0000-4000-8000-000000000007", Spec: types.KeySpecMlKem768, Aliases: []string{"alias/encapsulate"}},
	{ID: "00000000-0000-4000-8000-000000000008", Origin: types.OriginTypeExternal, State: types.KeyStatePendingImport, Aliases: []string{"alias/import"}},
	{ID: "00000000-0000-4000-8000-000000000009", State: types.KeyStateDisabled, Aliases: []string{"alias/disabled"}},
	{ID: "mrk-00000000000000000000000000000001", Aliases: []string{"alias/multi-region"}},
	{ID: "00000000-0000-4000-8000-00000000000a", Region: otherRegion, Aliases: []string{"alias/symmetric"}},
	{ID: "00000000-0000-4000-8000-00000000000b", Account: otherAccount, Aliases: []string{"alias/symmetric"}},
}

// Any sequence of calls, valid and not, gives the same outputs, errors and state
// through the direct methods, the client in process and HTTP on loopback.
func TestTwins(t *testing.T) {
	t.Parallel()
	w := newTwins(t)
	answered := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		list := w.fresh(append(rapid.SampledFrom(worlds).Draw(t, "world"), kmsfake.WithKeys(twinKeys...))...)
		pool := newPool(twinKeys)
		draw := func(t *rapid.T) (operation string, in any) {
			operation = rapid.SampledFrom(operationNames).Draw(t, "operation")
			return operation, pool.input(t, operation)
		}
		plain := func(t *rapid.T) {
			operation, in := draw(t)
			where := rapid.SampledFrom(handles).Draw(t, "handle")
			out := step(t, list, operation, func(tw *twin) (any, error) {
				return call(context.Background(), tw.api(where.of(tw.fake)), operation, in)
			})
			if out != nil {
				answered[operation]++
				pool.harvest(out)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"call": plain, "then call": plain, "and call": plain, "call again": plain, "call once more": plain,
			"call in another Region": func(t *rapid.T) {
				operation, in := draw(t)
				elsewhere := func(o *kms.Options) { o.Region = otherRegion }
				step(t, list, operation, func(tw *twin) (any, error) {
					return call(context.Background(), tw.api(tw.fake), operation, in, elsewhere)
				})
			},
			"something else": func(t *rapid.T) {
				switch rapid.SampledFrom([]string{"advance", "end", "fault"}).Draw(t, "what") {
				case "advance":
					d := time.Duration(rapid.Int64Range(1, int64(100*day)).Draw(t, "by"))
					for _, tw := range list {
						tw.fake.Advance(d)
					}
				case "end":
					operation, in := draw(t)
					ctx, cancel := context.WithCancel(context.Background())
					cancel()
					step(t, list, operation, func(tw *twin) (any, error) { return call(ctx, tw.api(tw.fake), operation, in) })
				case "fault":
					fault := kmsfake.Fault{
						Error:   rapid.SampledFrom(faultErrors).Draw(t, "error"),
						Times:   1,
						Applied: rapid.Bool().Draw(t, "applied"),
					}
					for _, tw := range list {
						tw.fake.Inject(fault)
					}
				}
			},
		})
	})
	for _, operation := range operationNames {
		t.Logf("%-40s %d", operation, answered[operation])
	}
}

// handles are who calls, and where: mostly the administrator of the keys.
var handles = []handle{
	{region, account, ""}, {region, account, ""}, {region, account, ""}, {otherRegion, account, ""}, {region, otherAccount, ""},
	{"moon-1", account, ""}, {region, account, "s3.amazonaws.com"}, {region, account, "arn:aws:iam::111122223333:role/app"}, {region, account, "arn:aws:iam::444455556666:root"},
}

type handle struct{ region, account, principal string }

func (h handle) of(f *kmsfake.Fake) *kmsfake.Fake {
	if h.principal != "" {
		return f.As(h.principal).InRegion(h.region)
	}
	if h.account != f.Account() {
		f = f.InAccount(h.account)
	}
	return f.InRegion(h.region)
}

// faultErrors are exceptions that every operation may answer.
var faultErrors = []error{
	&types.KMSInternalException{},
	&types.KMSInternalException{Message: aws.String("it is us")},
	&types.DependencyTimeoutException{},
	kmsfake.Throttled,
	kmsfake.AccessDenied,
	kmsfake.ServiceUnavailable,
}

// operationNames are the operations of the SDK's client.
var operationNames = func() []string {
	var names []string
	api := reflect.TypeFor[kmsfake.API]()
	for i := range api.NumMethod() {
		names = append(names, api.Method(i).Name)
	}
	return names
}()
