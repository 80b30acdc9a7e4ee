package wire

import (
	"errors"
	"net/http"
	"reflect"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
)

// statuses has the exceptions that are not 400 Bad Request. The statuses in
// the SDK's schemas are those of another protocol.
var statuses = map[string]int{
	"DependencyTimeoutException":     http.StatusInternalServerError,
	"InternalFailure":                http.StatusInternalServerError,
	"KeyUnavailableException":        http.StatusInternalServerError,
	"KMSInternalException":           http.StatusInternalServerError,
	"RequestEntityTooLargeException": http.StatusRequestEntityTooLarge,
	"ServiceUnavailable":             http.StatusServiceUnavailable,
	"ServiceUnavailableException":    http.StatusServiceUnavailable,
}

// exceptions has the shapes of the exceptions that the SDK has types for. One
// that cannot be planned has its message alone.
var exceptions = sync.OnceValue(func() map[reflect.Type]*structure {
	m := make(map[reflect.Type]*structure, len(kms.TypeRegistry.Entries))
	for _, entry := range kms.TypeRegistry.Entries {
		t := reflect.TypeOf(entry.New())
		if plan, err := (planner{}).structure(t.Elem(), entry.Schema); err == nil {
			m[t] = plan
		}
	}
	return m
})

// Status returns the HTTP status that comes with an exception: what the table
// says, and otherwise 500 for what is the service's fault and 400 for all else.
func Status(err error) int {
	var api smithy.APIError
	if !errors.As(err, &api) || isNilPointer(api) {
		return http.StatusInternalServerError
	}
	if status, ok := statuses[api.ErrorCode()]; ok {
		return status
	}
	if api.ErrorFault() == smithy.FaultServer {
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// AppendError appends err as the body of an answer and returns its [Status]. An
// exception of the SDK and a [smithy.APIError] of any other kind have their code
// as the type, and a message only when it has a text. Any other error is an
// InternalFailure whose text stays here.
func AppendError(dst []byte, err error) (status int, body []byte) {
	var api smithy.APIError
	if !errors.As(err, &api) || isNilPointer(api) {
		api = &smithy.GenericAPIError{Code: "InternalFailure", Fault: smithy.FaultServer}
	}
	code := api.ErrorCode()
	dst = append(dst, `{"__type":`...)
	dst = appendString(dst, code)
	if plan, ok := exceptions()[reflect.TypeOf(api)]; ok {
		dst = plan.encodeException(dst, reflect.ValueOf(api).Elem())
	} else if message := api.ErrorMessage(); message != "" {
		dst = appendString(append(dst, `,"message":`...), message)
	}
	return Status(api), append(dst, '}')
}

// encodeException appends the members, each after a comma. An empty text is
// left out, the message's too.
func (s *structure) encodeException(dst []byte, v reflect.Value) []byte {
	for i := range s.members {
		m := &s.members[i]
		f := v.Field(m.field)
		if m.absent(f) || f.Kind() == reflect.Pointer && f.Elem().Kind() == reflect.String && f.Elem().Len() == 0 {
			continue
		}
		dst = append(append(dst, ','), m.key...)
		dst = m.encode(dst, f)
	}
	return dst
}

func isNilPointer(v any) bool {
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

func clientFault(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message, Fault: smithy.FaultClient}
}

func serializationError(message string) error { return clientFault("SerializationException", message) }

func unknownOperation() error { return clientFault("UnknownOperationException", "") }

func tooLarge() error { return clientFault("RequestEntityTooLargeException", "") }

func incompleteSignature(message string) error {
	return clientFault("IncompleteSignatureException", message)
}

func invalidSignature(message string) error {
	return clientFault("InvalidSignatureException", message)
}

// UnrecognizedClient is the refusal of an access key that nobody handed out, or
// of a session token that does not go with it.
func UnrecognizedClient() error {
	return clientFault("UnrecognizedClientException", "The security token included in the request is invalid.")
}

// SignatureMismatch is the refusal of a signature by another secret.
func SignatureMismatch() error {
	return invalidSignature("The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}
