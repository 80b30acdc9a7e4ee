package kmsfake

import (
	"context"
	"errors"
	"net/http"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"example.com/kmsfake/internal/constraint"
	"example.com/kmsfake/internal/service"
)

// send is the way of every direct call. What the SDK does on its side of the
// wire happens here, in the SDK's order: required members, context, and the
// wrapping of what comes back.
func send[I, O any](ctx context.Context, f *Fake, op *service.Operation[I, O], in *I, optFns []func(*kms.Options)) (*O, error) {
	if in == nil {
		in = new(I)
	}
	caller := f.caller
	if len(optFns) > 0 {
		caller = f.callerFor(optFns)
	}
	if err := constraint.MissingRequired(op.Name, in); err != nil {
		return nil, operationError(op.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, operationError(op.Name, err)
	}
	out, requestID, err := op.Do(ctx, f.aws, caller, in)
	if err != nil {
		return nil, operationError(op.Name, responseError(requestID, err))
	}
	awsmiddleware.SetRequestIDMetadata(op.Metadata(out), requestID)
	return out, nil
}

// callerFor applies the options of one call, as far as they mean something
// without a wire.
func (f *Fake) callerFor(optFns []func(*kms.Options)) *service.Caller {
	o := kms.Options{Region: f.caller.Region}
	for _, fn := range optFns {
		fn(&o)
	}
	if o.Region == f.caller.Region {
		return f.caller
	}
	return f.InRegion(o.Region).caller
}

func operationError(operation string, err error) error {
	return &smithy.OperationError{ServiceID: kms.ServiceID, OperationName: operation, Err: err}
}

// responseError wraps an exception as the SDK wraps one that came in a response.
func responseError(requestID string, err error) error {
	var generic *smithy.GenericAPIError
	if errors.As(err, &generic) && generic.Message == "" {
		named := *generic
		named.Message = "UnknownError"
		err = &named
	}
	return &awshttp.ResponseError{
		RequestID: requestID,
		ResponseError: &smithyhttp.ResponseError{
			Err: err,
			Response: &smithyhttp.Response{Response: &http.Response{
				StatusCode: service.Status(err),
				Header:     http.Header{"X-Amzn-Requestid": {requestID}},
			}},
		},
	}
}
