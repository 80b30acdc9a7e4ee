package service

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

// Fault is a failure to produce. The zero value of every member but one of Error
// and Delay is sensible: a fault fits every call, always.
type Fault struct {
	Operation   string
	Key         string
	Skip        int
	Times       int
	Probability float64
	Delay       time.Duration
	Error       error
	Applied     bool
}

// Kind is one of the failures that have a name of their own and need no text.
type Kind string

// The failures with a name.
const (
	Throttled          Kind = "Throttled"
	AccessDenied       Kind = "AccessDenied"
	ServiceUnavailable Kind = "ServiceUnavailable"
	Timeout            Kind = "Timeout"
	ConnectionReset    Kind = "ConnectionReset"
	CorruptAnswer      Kind = "CorruptAnswer"
)

// Kinds are the failures with a name.
var Kinds = []Kind{Throttled, AccessDenied, ServiceUnavailable, Timeout, ConnectionReset, CorruptAnswer}

// Error is the name.
func (k Kind) Error() string { return string(k) }

// Forced is an exception that an operation shall throw although AWS KMS would
// not.
type Forced struct{ Err error }

// Error is the text of the exception.
func (f *Forced) Error() string { return f.Err.Error() }

// Unwrap is the exception.
func (f *Forced) Unwrap() error { return f.Err }

// ConnectionFailure is a Fault's Error for ConnectCustomKeyStore: the operation
// succeeds, and the connection that it begins fails with the code.
type ConnectionFailure types.ConnectionErrorCodeType

// Error is the code.
func (f ConnectionFailure) Error() string { return string(f) }

func (f ConnectionFailure) known() bool {
	return slices.Contains(types.ConnectionErrorCodeType("").Values(), types.ConnectionErrorCodeType(f))
}

// Intrusion is a Fault's Error that has something else happen before the call.
type Intrusion struct {
	// Do may call this AWS, and its calls meet the intrusion in their turn. The
	// input is only to be read. The fault that Do returns, if any, is the one that
	// the call meets; of it only Delay, Error and Applied matter, and one that the
	// operation cannot meet lets the call go on.
	Do func(who *Caller, operation string, in any) *Fault
}

// Before is an Intrusion that lets every call go on.
func Before(do func()) *Intrusion {
	return &Intrusion{func(*Caller, string, any) *Fault { do(); return nil }}
}

func (i *Intrusion) Error() string { return "intrusion" }

// FaultError says what makes no sense in a Fault.
type FaultError struct {
	Member string // of Fault
	Text   string
}

func (e *FaultError) Error() string { return "Fault." + e.Member + ": " + e.Text }

func faultError(member, format string, args ...any) *FaultError {
	return &FaultError{member, fmt.Sprintf(format, args...)}
}

// check says why a fault could never fire, or gives it back with its Error in a
// form that is nobody else's. It also tells the operations that it is for.
func (f Fault) check() (Fault, []string, error) {
	ops := slices.Sorted(maps.Keys(operations))
	if f.Operation != "" {
		if _, ok := operations[f.Operation]; !ok {
			return f, nil, faultError("Operation", "AWS KMS has no operation %q%s", f.Operation, DidYouMean(f.Operation, ops))
		}
		ops = []string{f.Operation}
	}
	switch {
	case f.Skip < 0:
		return f, nil, faultError("Skip", "%d is negative", f.Skip)
	case f.Times < 0:
		return f, nil, faultError("Times", "%d is negative", f.Times)
	case !(f.Probability >= 0 && f.Probability <= 1):
		return f, nil, faultError("Probability", "%v is not between 0 and 1", f.Probability)
	case f.Delay < 0:
		return f, nil, faultError("Delay", "%v is negative", f.Delay)
	case f.Error == nil && f.Delay == 0:
		return f, nil, faultError("Error", "there is neither an Error nor a Delay, so nothing would happen")
	case f.Error == nil && f.Applied:
		return f, nil, faultError("Applied", "there is no Error in place of the answer")
	}
	if f.Key != "" {
		if err := checkFaultKey(f.Key); err != nil {
			return f, nil, err
		}
		ops = slices.DeleteFunc(ops, func(name string) bool { return !hasKey(name) })
		if len(ops) == 0 {
			return f, nil, faultError("Key", "%s is about no key that its input names", f.Operation)
		}
	}
	return f.checkError(ops)
}

func (f Fault) checkError(ops []string) (Fault, []string, error) {
	if f.Error == nil {
		return f, ops, nil
	}
	if v := reflect.ValueOf(f.Error); v.Kind() == reflect.Pointer && v.IsNil() {
		return f, nil, faultError("Error", "the %T is nil", f.Error)
	}
	var forced *Forced
	isForced := errors.As(f.Error, &forced)
	if isForced && forced.Err == nil {
		return f, nil, faultError("Error", "no exception is forced")
	}
	var kind Kind
	if errors.As(f.Error, &kind) {
		if !slices.Contains(Kinds, kind) {
			return f, nil, faultError("Error", "there is no failure %q%s", kind, DidYouMean(string(kind), errorNames(ops)))
		}
		f.Error = kind
		return f, ops, nil
	}
	var failure ConnectionFailure
	if errors.As(f.Error, &failure) {
		switch {
		case !failure.known():
			return f, nil, faultError("Error", "there is no connection error code %q%s", failure, DidYouMean(string(failure), connectionErrorCodes()))
		case !slices.Contains(ops, ConnectCustomKeyStore.Name):
			return f, nil, faultError("Error", "%s makes no connection, so none can fail with %s", f.Operation, failure)
		case f.Applied:
			return f, nil, faultError("Applied", "the answer is not lost when the connection fails with %s", failure)
		}
		f.Error = failure
		return f, []string{ConnectCustomKeyStore.Name}, nil
	}
	exception, ok := asException(f.Error)
	if !ok {
		return f, ops, nil
	}
	name := exception.ErrorCode()
	if name == "" {
		return f, nil, faultError("Error", "the %T has no code", exception)
	}
	thrown := slices.DeleteFunc(slices.Clone(ops), func(op string) bool { return !throws(op, name) })
	f.Error = withFault(NewException(name, exception.ErrorMessage()), exception.ErrorFault())
	switch {
	case isForced:
		f.Error = &Forced{f.Error}
		return f, ops, nil
	case len(thrown) > 0:
		return f, thrown, nil
	case f.Operation == "":
		return f, nil, faultError("Error", "AWS KMS throws no %s%s", name, DidYouMean(name, errorNames(ops)))
	case modelled(name):
		return f, nil, faultError("Error", "%s throws no %s; it throws %s", f.Operation, name, strings.Join(exceptions[f.Operation], ", "))
	default:
		return f, nil, faultError("Error", "%s throws no %s%s", f.Operation, name, DidYouMean(name, errorNames(ops)))
	}
}

// withFault keeps what a GenericAPIError says of whose fault it is.
func withFault(err error, fault smithy.ErrorFault) error {
	if g, ok := err.(*smithy.GenericAPIError); ok {
		g.Fault = fault
	}
	return err
}

// commonErrors are the exceptions that the SDK has no types for and that every
// operation may throw.
//
// https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
var commonErrors = []string{
	"AccessDeniedException", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException", "InternalFailure",
	"InvalidSignatureException", "MalformedHttpRequestException", "MissingAuthenticationTokenException", "NotAuthorized",
	"NotAuthorizedException", "OptInRequired", "RequestAbortedException", "RequestEntityTooLargeException", "RequestExpired",
	"RequestTimeoutException", "SerializationException", "ServiceUnavailable", "ServiceUnavailableException",
	"ThrottlingException", "UnknownOperationException", "UnrecognizedClientException", "ValidationError", "ValidationException",
}

func throws(operation, exception string) bool {
	return slices.Contains(exceptions[operation], exception) || slices.Contains(commonErrors, exception)
}

// errorNames are the names that a fault for one of the operations may give its
// error.
func errorNames(ops []string) []string {
	names := slices.Clone(commonErrors)
	for _, kind := range Kinds {
		names = append(names, string(kind))
	}
	for _, op := range ops {
		names = append(names, exceptions[op]...)
	}
	if slices.Contains(ops, ConnectCustomKeyStore.Name) {
		names = append(names, connectionErrorCodes()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func connectionErrorCodes() []string {
	var codes []string
	for _, code := range types.ConnectionErrorCodeType("").Values() {
		codes = append(codes, string(code))
	}
	return codes
}

// checkFaultKey says what is wrong with the form of a key's name.
func checkFaultKey(name string) error {
	resource := name
	if strings.HasPrefix(name, "arn:") {
		a, err := arn.Parse(name)
		if err != nil || a.Service != "kms" || a.Region == "" || a.AccountID == "" {
			return faultError("Key", "%q is not the ARN of a KMS key or an alias", name)
		}
		resource = a.Resource
		if id, ok := strings.CutPrefix(resource, "key/"); ok {
			resource = id
		} else if !strings.HasPrefix(resource, aliasPrefix) {
			return faultError("Key", "%q is not the ARN of a KMS key or an alias", name)
		}
	}
	if strings.HasPrefix(resource, aliasPrefix) && resource != aliasPrefix || wellFormedKeyID(resource) {
		return nil
	}
	return faultError("Key", "%q is no key id, key ARN, alias name (which begins with %s) or alias ARN", name, aliasPrefix)
}

// ErrorNamed finds a fault's Error by the name that it has in a file.
func ErrorNamed(name, message, operation string, forced bool) (error, error) {
	switch {
	case slices.Contains(Kinds, Kind(name)):
		if message != "" || forced {
			return nil, faultError("Error", "%s has a text of its own, and needs no force", name)
		}
		return Kind(name), nil
	case ConnectionFailure(name).known():
		if message != "" || forced {
			return nil, faultError("Error", "%s has no text, and needs no force", name)
		}
		return ConnectionFailure(name), nil
	case forced:
		return &Forced{NewException(name, message)}, nil
	case modelled(name), slices.Contains(commonErrors, name):
		return NewException(name, message), nil
	}
	ops := []string{operation}
	if _, ok := operations[operation]; !ok {
		ops = slices.Collect(maps.Keys(operations))
	}
	return nil, faultError("Error", "AWS KMS throws no %s%s", name, DidYouMean(name, errorNames(ops)))
}

// ErrorName is the name and the text that a fault's Error has in a file.
func ErrorName(err error) (name, message string, forced bool) {
	if kind, ok := err.(Kind); ok {
		return string(kind), "", false
	}
	if failure, ok := err.(ConnectionFailure); ok {
		return string(failure), "", false
	}
	_, forced = err.(*Forced)
	if exception, ok := asException(err); ok {
		return exception.ErrorCode(), exception.ErrorMessage(), forced
	}
	return err.Error(), "", forced
}

// Check says why a fault could never fire: a *FaultError, or nil.
func (f Fault) Check() error {
	_, _, err := f.check()
	return err
}
