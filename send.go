package kmsfake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"example.com/kmsfake/internal/constraint"
	"example.com/kmsfake/internal/service"
	"example.com/kmsfake/internal/wire"
)

// send is the way of every direct call. What the SDK does on its side of the
// wire happens here, in the SDK's order: required members, context, and the
// wrapping of what comes back.
func send[I, O any](ctx context.Context, f *Fake, op *service.Operation[I, O], in *I, optFns []func(*kms.Options)) (*O, error) {
	if in == nil {
		in = new(I)
	}
	caller := f.caller
	var credentials aws.CredentialsProvider
	if len(optFns) > 0 {
		caller, credentials = f.callerFor(optFns)
	}
	if err := constraint.MissingRequired(op.Name, in); err != nil {
		return nil, operationError(op.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, operationError(op.Name, err)
	}
	if credentials != nil {
		var err error
		if caller, err = f.authenticate(ctx, caller, credentials); err != nil {
			return nil, operationError(op.Name, err)
		}
	}
	if err := checkRegion(caller.Region); err != nil {
		return nil, operationError(op.Name, err)
	}
	out, requestID, err := op.Do(ctx, f.aws, caller, in)
	if err != nil {
		return nil, operationError(op.Name, failedAnswer(caller.Region, requestID, err))
	}
	awsmiddleware.SetRequestIDMetadata(op.Metadata(out), requestID)
	return out, nil
}

// checkRegion is what the SDK says of a Region for which it knows no endpoint.
func checkRegion(region string) error {
	if region == "" {
		return errors.New("failed to resolve service endpoint, endpoint rule error, Invalid Configuration: Missing Region")
	}
	for label := range strings.SplitSeq(region, ".") {
		if !smithyhttp.ValidHostLabel(label) {
			return fmt.Errorf("failed to bind endpoint params, invalid input region %s", region)
		}
	}
	return nil
}

// callerFor applies the options of one call, as far as they mean something
// without a wire: the Region, and credentials of the call's own.
func (f *Fake) callerFor(optFns []func(*kms.Options)) (*service.Caller, aws.CredentialsProvider) {
	o := kms.Options{Region: f.caller.Region}
	for _, fn := range optFns {
		fn(&o)
	}
	if o.Region == f.caller.Region {
		return f.caller, o.Credentials
	}
	return f.caller.In(o.Region), o.Credentials
}

// authenticate finds who calls with credentials, as ServeHTTP does.
func (f *Fake) authenticate(ctx context.Context, caller *service.Caller, provider aws.CredentialsProvider) (*service.Caller, error) {
	credentials, err := provider.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("get identity: get credentials: %w", err)
	}
	who, secret, known := f.aws.Authenticate(credentials.AccessKeyID)
	switch {
	case known && secret != credentials.SecretAccessKey:
		return nil, failedAnswer(caller.Region, f.aws.NewRequestID(), wire.SignatureMismatch())
	case known && credentials.SessionToken != "":
		return nil, failedAnswer(caller.Region, f.aws.NewRequestID(), wire.UnrecognizedClient())
	case known:
		return &service.Caller{Identity: who, Region: caller.Region}, nil
	case f.aws.StrictCredentials():
		return nil, failedAnswer(caller.Region, f.aws.NewRequestID(), wire.UnrecognizedClient())
	}
	return caller, nil
}

func operationError(operation string, err error) error {
	return &smithy.OperationError{ServiceID: kms.ServiceID, OperationName: operation, Err: err}
}

// failedAnswer is what the SDK makes of an exception, of an answer that did not
// come, and of a context that ended meanwhile.
func failedAnswer(region, requestID string, err error) error {
	var loss *service.Loss
	switch {
	case errors.As(err, &loss):
		return lostAnswer(region, requestID, loss)
	case noAnswer(err):
		return httpError(0, "", &smithy.CanceledError{Err: err})
	}
	status := wire.Status(err)
	var exception smithy.APIError
	if !errors.As(err, &exception) {
		err = &smithy.GenericAPIError{Code: "InternalFailure"}
	}
	var generic *smithy.GenericAPIError
	if errors.As(err, &generic) {
		// Who is to blame is in no answer; the SDK reads a missing text as this.
		named := *generic
		named.Fault = smithy.FaultUnknown
		if named.Message == "" {
			named.Message = "UnknownError"
		}
		err = &named
	}
	return httpError(status, requestID, err)
}

// noAnswer says whether an error came in place of any answer.
func noAnswer(err error) bool {
	var loss *service.Loss
	if errors.As(err, &loss) {
		return loss.How != service.LossCorrupt
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// lostAnswer is what the SDK makes of a connection that fails.
func lostAnswer(region, requestID string, loss *service.Loss) error {
	var cause error
	switch loss.How {
	case service.LossCorrupt:
		return httpError(http.StatusOK, requestID, &smithy.DeserializationError{Err: errors.New("unexpected token at offset 0")})
	case service.LossTimeout:
		cause = &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	case service.LossReset:
		cause = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	default:
		cause = loss.Cause
	}
	return httpError(0, "", &smithyhttp.RequestSendError{
		Err: &url.Error{Op: "Post", URL: endpointURL(region), Err: cause},
	})
}

func endpointURL(region string) string {
	domain := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	return "https://kms." + region + "." + domain + "/"
}

// httpError wraps an error as the SDK wraps one that came in a response, or in
// place of one, which has status 0.
func httpError(status int, requestID string, err error) error {
	response := &http.Response{StatusCode: status, Header: http.Header{}}
	if requestID != "" {
		response.Header["X-Amzn-Requestid"] = []string{requestID}
	}
	return &awshttp.ResponseError{
		RequestID:     requestID,
		ResponseError: &smithyhttp.ResponseError{Err: err, Response: &smithyhttp.Response{Response: response}},
	}
}
