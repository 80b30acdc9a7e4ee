package service

import (
	"errors"
	"net/http"

	"github.com/aws/smithy-go"
)

// statuses are the HTTP statuses of exceptions that the SDK has no types for,
// where they are not 400.
var statuses = map[string]int{
	"InternalFailure":                http.StatusInternalServerError,
	"RequestEntityTooLargeException": http.StatusRequestEntityTooLarge,
	"ServiceUnavailable":             http.StatusServiceUnavailable,
	"ServiceUnavailableException":    http.StatusServiceUnavailable,
}

// Status is the HTTP status that comes with an exception: 500 or 503 for what is
// the service's fault, 400 for all else but a request that is too large. (The
// statuses in the SDK's schemas are those of an older protocol.)
func Status(err error) int {
	var exception smithy.APIError
	if !errors.As(err, &exception) {
		return http.StatusBadRequest
	}
	if status, ok := statuses[exception.ErrorCode()]; ok {
		return status
	}
	if exception.ErrorFault() == smithy.FaultServer {
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
