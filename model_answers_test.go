package kmsfake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// How the fake's answers are compared with the model's.

// modelReads says of an operation that it never changes anything.
func modelReads(operation string) bool {
	for _, verb := range []string{"Create", "Update", "Delete", "Enable", "Disable", "Schedule", "Cancel", "Tag", "Untag", "Put"} {
		if strings.HasPrefix(operation, verb) {
			return false
		}
	}
	return true
}

func modelError(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// modelText shows an input in a failing test's log.
type modelText struct{ v any }

func (s modelText) String() string {
	text, err := json.Marshal(s.v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

var modelCompared = cmp.Options{
	cmp.Comparer(func(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }),
	cmpopts.IgnoreTypes(document.NoSerde{}, middleware.Metadata{}),
	// A file of its own will tell of replicas.
	cmpopts.IgnoreFields(types.KeyMetadata{}, "MultiRegionConfiguration"),
}

// modelDifference tells how an answer differs from the one that was wanted.
func modelDifference[O any](want, got *O, err error) string {
	if err != nil {
		return "answered " + err.Error() + "\nwant " + modelText{want}.String()
	}
	metadata := reflect.ValueOf(got).Elem().FieldByName("ResultMetadata").Interface().(middleware.Metadata)
	if id, ok := awsmiddleware.GetRequestIDMetadata(metadata); !ok || !modelKeyID.MatchString(id) {
		return "answered without a request id"
	}
	if diff := cmp.Diff(want, got, modelCompared); diff != "" {
		return "answered otherwise (-want +got):\n" + diff
	}
	return ""
}

// modelTyped tells an exception from others by its Go type. The SDK has none for
// exceptions that are not here.
var modelTyped = map[string]func(error) bool{
	"AlreadyExistsException":     modelIs[*types.AlreadyExistsException],
	"DisabledException":          modelIs[*types.DisabledException],
	"DryRunOperationException":   modelIs[*types.DryRunOperationException],
	"IncorrectKeyException":      modelIs[*types.IncorrectKeyException],
	"InvalidAliasNameException":  modelIs[*types.InvalidAliasNameException],
	"InvalidArnException":        modelIs[*types.InvalidArnException],
	"InvalidCiphertextException": modelIs[*types.InvalidCiphertextException],
	"InvalidKeyUsageException":   modelIs[*types.InvalidKeyUsageException],
	"InvalidMarkerException":     modelIs[*types.InvalidMarkerException],
	"KMSInvalidStateException":   modelIs[*types.KMSInvalidStateException],
	"LimitExceededException":     modelIs[*types.LimitExceededException],
	"NotFoundException":          modelIs[*types.NotFoundException],
	"TagException":               modelIs[*types.TagException],
}

func modelIs[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// difference tells how an error differs from what AWS and its SDK make of the
// refusal.
func (r *modelRefusal) difference(operation string, none bool, err error) string {
	want := "want " + r.code + ": " + r.text
	if err == nil {
		return "answered no error, " + want
	}
	var wrapped *smithy.OperationError
	switch {
	case !none:
		return "answered an output beside the error"
	case !errors.As(err, &wrapped), wrapped.ServiceID != "KMS", wrapped.OperationName != operation:
		return "answered no error of the operation: " + err.Error()
	}
	prefix := "operation error KMS: " + operation + ", "
	if r.code == modelMissing {
		if !modelIs[smithy.InvalidParamsError](err) || err.Error() != prefix+r.text {
			return "answered " + err.Error() + ", " + want
		}
		return ""
	}
	var response *awshttp.ResponseError
	var exception smithy.APIError
	if !errors.As(err, &response) || !errors.As(err, &exception) {
		return "answered no response: " + err.Error()
	}
	text, code := r.text, r.code
	if isTyped, modelled := modelTyped[r.code]; !modelled {
		code = "api error " + code
		if !modelIs[*smithy.GenericAPIError](err) {
			return "answered an exception of another type: " + err.Error()
		}
		if text == "" && !r.guess {
			text = "UnknownError"
		}
	} else if !isTyped(err) {
		return "answered an exception of another type: " + err.Error() + ", " + want
	}
	if r.guess {
		text = exception.ErrorMessage()
	}
	whole := prefix + "https response error StatusCode: 400, RequestID: " + response.ServiceRequestID() + ", " + code + ": " + text
	if exception.ErrorCode() != r.code || response.HTTPStatusCode() != 400 || !modelKeyID.MatchString(response.ServiceRequestID()) || err.Error() != whole {
		return "answered " + err.Error() + "\nwant     " + whole
	}
	return ""
}

// modelScribble writes over all that a caller can reach from v. If the fake still
// refers to any of it, it answers nonsense from here on.
func modelScribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			modelScribble(v.Elem())
		}
	case reflect.Struct:
		if t := v.Type(); t == reflect.TypeFor[time.Time]() {
			v.SetZero()
			return
		} else if t == reflect.TypeFor[middleware.Metadata]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				modelScribble(v.Field(i))
			}
		}
	case reflect.Slice:
		if b, ok := v.Interface().([]byte); ok {
			for i := range b {
				b[i] ^= 0xff
			}
			return
		}
		for i := range v.Len() {
			modelScribble(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(k, reflect.Zero(v.Type().Elem()))
		}
	case reflect.String:
		v.SetString("scribble")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32:
		v.SetInt(-12345)
	}
}
