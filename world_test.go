package kmsfake_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"example.com/kmsfake"
)

const (
	account      = "111122223333"
	otherAccount = "444455556666"
	region       = "us-east-1"
	otherRegion  = "eu-west-1"

	// unknownKey has the form of a key id and is none.
	unknownKey = "1234abcd-12ab-34cd-56ef-1234567890ab"

	day = 24 * time.Hour
)

// start is when the fakes of these tests begin. It has a part below the
// millisecond, which the service does not keep.
var (
	start   = time.Date(2026, time.March, 14, 15, 9, 26, 535_897_932, time.UTC)
	startMS = start.Truncate(time.Millisecond)
)

// newFake is a fake whose time stands still unless the test advances it.
func newFake(options ...kmsfake.Option) *kmsfake.Fake {
	standing := kmsfake.WithClock(func() time.Time { return start })
	return kmsfake.New(append([]kmsfake.Option{kmsfake.WithSeed(1), standing}, options...)...)
}

// result is what a call came to.
type result[O any] struct {
	out *O
	err error
}

func got[O any](out *O, err error) result[O] { return result[O]{out, err} }

// ok is the output of a call that must succeed.
func (r result[O]) ok(t testing.TB) *O {
	t.Helper()
	if r.err != nil {
		t.Fatalf("%s: %v", operationOf(r.out), r.err)
	}
	if r.out == nil {
		t.Fatalf("%s: neither output nor error", operationOf(r.out))
	}
	return r.out
}

// fails checks that the call failed with an exception, exactly as the SDK would
// return it.
func (r result[O]) fails(t testing.TB, code, text string) {
	t.Helper()
	if r.out != nil {
		t.Errorf("%s: an output beside the error", operationOf(r.out))
	}
	checkError(t, operationOf(r.out), r.err, code, text)
}

// failsWith checks the code of the exception and its form, where AWS's words are
// not known.
func (r result[O]) failsWith(t testing.TB, code string) {
	t.Helper()
	var exception smithy.APIError
	if !errors.As(r.err, &exception) {
		t.Errorf("%s: %v, want %s", operationOf(r.out), r.err, code)
		return
	}
	r.fails(t, code, exception.ErrorMessage())
}

func operationOf(out any) string {
	return strings.TrimSuffix(reflect.TypeOf(out).Elem().Name(), "Output")
}

// untyped are the exceptions that the SDK has no types for.
var untyped = []string{
	"AccessDeniedException", "ExpiredTokenException", "NotAuthorizedException", "SerializationException", "ThrottlingException",
	"UnknownOperationException", "ValidationException",
}

// serverFaults are the exceptions that come with the status 500.
var serverFaults = []string{"DependencyTimeoutException", "KeyUnavailableException", "KMSInternalException"}

// checkError checks an error of a call in every way that a caller may look at it.
func checkError(t testing.TB, operation string, err error, code, text string) {
	t.Helper()
	var exception smithy.APIError
	if !errors.As(err, &exception) {
		t.Errorf("%s: error %v, want %s: %s", operation, err, code, text)
		return
	}
	if exception.ErrorCode() != code || exception.ErrorMessage() != text {
		t.Errorf("%s:\n got %s: %s\nwant %s: %s", operation, exception.ErrorCode(), exception.ErrorMessage(), code, text)
		return
	}
	named, typeName := code, "*types."+code
	if slices.Contains(untyped, code) {
		named, typeName = "api error "+code, "*smithy.GenericAPIError"
	}
	if have := fmt.Sprintf("%T", exception); have != typeName {
		t.Errorf("%s: the exception is a %s, want %s", operation, have, typeName)
	}
	var ofOperation *smithy.OperationError
	if !errors.As(err, &ofOperation) {
		t.Errorf("%s: no *smithy.OperationError in %v", operation, err)
	} else if ofOperation.ServiceID != "KMS" || ofOperation.OperationName != operation {
		t.Errorf("error of %s %s, want of KMS %s", ofOperation.ServiceID, ofOperation.OperationName, operation)
	}
	status := 400
	if slices.Contains(serverFaults, code) {
		status = 500
	}
	var response *awshttp.ResponseError
	if !errors.As(err, &response) {
		t.Errorf("%s: no *awshttp.ResponseError in %v", operation, err)
		return
	}
	if response.HTTPStatusCode() != status {
		t.Errorf("%s: status %d, want %d", operation, response.HTTPStatusCode(), status)
	}
	if !isUUID(response.ServiceRequestID()) {
		t.Errorf("%s: request id %q is not a UUID", operation, response.ServiceRequestID())
	}
	want := fmt.Sprintf("operation error KMS: %s, https response error StatusCode: %d, RequestID: %s, %s: %s",
		operation, status, response.ServiceRequestID(), named, text)
	if err.Error() != want {
		t.Errorf("%s: the error reads\n     %s\nwant %s", operation, err, want)
	}
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') {
			return false
		}
		if c != '-' && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return false
		}
	}
	return true
}

// oneFailure is the text of a ValidationException for one member.
func oneFailure(failure string) string { return "1 validation error detected: " + failure }

func keyARN(f *kmsfake.Fake, id string) string {
	return "arn:aws:kms:" + f.Region() + ":" + f.Account() + ":key/" + id
}

func aliasARN(f *kmsfake.Fake, name string) string {
	return "arn:aws:kms:" + f.Region() + ":" + f.Account() + ":" + name
}

// newKey makes a symmetric encryption key and answers its key id.
func newKey(t testing.TB, f *kmsfake.Fake) string {
	t.Helper()
	return newKeyLike(t, f, &kms.CreateKeyInput{})
}

func newKeyOf(t testing.TB, f *kmsfake.Fake, spec types.KeySpec, usage types.KeyUsageType) string {
	t.Helper()
	return newKeyLike(t, f, &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage})
}

func newKeyLike(t testing.TB, f *kmsfake.Fake, in *kms.CreateKeyInput) string {
	t.Helper()
	return *got(f.CreateKey(t.Context(), in)).ok(t).KeyMetadata.KeyId
}

func newAlias(t testing.TB, f *kmsfake.Fake, name, keyID string) {
	t.Helper()
	got(createAlias(t, f, name, keyID)).ok(t)
}

func createAlias(t testing.TB, f *kmsfake.Fake, name, keyID string) (*kms.CreateAliasOutput, error) {
	return f.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: &name, TargetKeyId: &keyID})
}

func updateAlias(t testing.TB, f *kmsfake.Fake, name, keyID string) (*kms.UpdateAliasOutput, error) {
	return f.UpdateAlias(t.Context(), &kms.UpdateAliasInput{AliasName: &name, TargetKeyId: &keyID})
}

func deleteAlias(t testing.TB, f *kmsfake.Fake, name string) (*kms.DeleteAliasOutput, error) {
	return f.DeleteAlias(t.Context(), &kms.DeleteAliasInput{AliasName: &name})
}

func describeKey(t testing.TB, f *kmsfake.Fake, name string) (*kms.DescribeKeyOutput, error) {
	return f.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &name})
}

// describe is the metadata of a key that must be there.
func describe(t testing.TB, f *kmsfake.Fake, name string) *types.KeyMetadata {
	t.Helper()
	return got(describeKey(t, f, name)).ok(t).KeyMetadata
}

func encrypt(t testing.TB, f *kmsfake.Fake, name, plaintext string) (*kms.EncryptOutput, error) {
	return f.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &name, Plaintext: []byte(plaintext)})
}

func disable(t testing.TB, f *kmsfake.Fake, keyID string) {
	t.Helper()
	got(f.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &keyID})).ok(t)
}

func scheduleDeletion(t testing.TB, f *kmsfake.Fake, keyID string, days int32) {
	t.Helper()
	got(f.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &keyID, PendingWindowInDays: &days})).ok(t)
}

// aliasesOf are the aliases of a key, all pages of them.
func aliasesOf(t testing.TB, f *kmsfake.Fake, keyID string) []types.AliasListEntry {
	t.Helper()
	return listAliases(t, f, &kms.ListAliasesInput{KeyId: &keyID})
}

// ownAliases are the aliases of the account that are not AWS's.
func ownAliases(t testing.TB, f *kmsfake.Fake) []types.AliasListEntry {
	t.Helper()
	return slices.DeleteFunc(listAliases(t, f, &kms.ListAliasesInput{}), func(a types.AliasListEntry) bool {
		return strings.HasPrefix(*a.AliasName, "alias/aws/")
	})
}

func listAliases(t testing.TB, f *kmsfake.Fake, in *kms.ListAliasesInput) []types.AliasListEntry {
	t.Helper()
	list := []types.AliasListEntry{}
	for pages := kms.NewListAliasesPaginator(f, in); pages.HasMorePages(); {
		list = append(list, got(pages.NextPage(t.Context())).ok(t).Aliases...)
	}
	return list
}

func aliasNames(list []types.AliasListEntry) []string {
	names := []string{}
	for _, a := range list {
		names = append(names, aws.ToString(a.AliasName))
	}
	return names
}

func listKeys(t testing.TB, f *kmsfake.Fake) []types.KeyListEntry {
	t.Helper()
	var list []types.KeyListEntry
	for pages := kms.NewListKeysPaginator(f, &kms.ListKeysInput{}); pages.HasMorePages(); {
		list = append(list, got(pages.NextPage(t.Context())).ok(t).Keys...)
	}
	return list
}

func dump(f *kmsfake.Fake) string {
	var b bytes.Buffer
	f.Dump(&b)
	return b.String()
}

// unchanged runs something that must leave the fake as it is.
func unchanged(t testing.TB, f *kmsfake.Fake, do func()) {
	t.Helper()
	before := dump(f)
	do()
	if diff := cmp.Diff(before, dump(f)); diff != "" {
		t.Errorf("the state changed (-before +after):\n%s", diff)
	}
}

// exported compares what callers can see of the SDK's values, without their
// ResultMetadata.
var exported = cmp.FilterPath(func(p cmp.Path) bool {
	field, ok := p.Last().(cmp.StructField)
	return ok && (field.Name() == "ResultMetadata" || strings.ToLower(field.Name()[:1]) == field.Name()[:1])
}, cmp.Ignore())

func equal(t testing.TB, what string, have, want any) {
	t.Helper()
	if diff := cmp.Diff(want, have, exported); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
