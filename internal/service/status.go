package service

import (
	"errors"
	"net/http"

	"github.com/aws/smithy-go"
)

// Status is the HTTP status that comes with an exception: 500 for what is the
// service's fault, 400 for all else. (The statuses in the SDK's schemas are
// those of an older protocol.)
func Status(err error) int {
	var exception smithy.APIError
	if errors.As(err, &exception) && exception.ErrorFault() == smithy.FaultServer {
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
