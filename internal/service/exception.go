package service

import (
	"errors"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
)

// Exceptions are the names of the exceptions that the service model says that
// an operation may throw, in their order. The caller owns the slice.
func Exceptions(operation string) []string { return slices.Clone(exceptions[operation]) }

// NewException makes an exception by its name: the SDK's type where it has one,
// a *smithy.GenericAPIError where it has none.
func NewException(name, message string) error {
	entry := kms.TypeRegistry.Entries["com.amazonaws.kms#"+name]
	if entry == nil {
		return generic(name, message)
	}
	exception := entry.New()
	if message != "" {
		reflect.ValueOf(exception).Elem().FieldByName("Message").Set(reflect.ValueOf(&message))
	}
	return exception.(error)
}

// modelled says whether the SDK has a type for an exception.
func modelled(name string) bool { return kms.TypeRegistry.Entries["com.amazonaws.kms#"+name] != nil }

// cloneError copies an exception, so that nobody can change it through another's
// pointer. Errors of other kinds never change and stay what they are.
func cloneError(err error) error {
	exception, ok := asException(err)
	if !ok {
		return err
	}
	if g, ok := exception.(*smithy.GenericAPIError); ok {
		twin := *g
		return &twin
	}
	return NewException(exception.ErrorCode(), exception.ErrorMessage())
}

// asException finds the exception in an error, as far as it is one that a
// service can answer.
func asException(err error) (smithy.APIError, bool) {
	var exception smithy.APIError
	if err == nil || !errors.As(err, &exception) {
		return nil, false
	}
	if v := reflect.ValueOf(exception); v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, false
	}
	return exception, true
}
