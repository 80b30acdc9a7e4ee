package kmsfake

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"example.com/kmsfake/internal/service"
	"example.com/kmsfake/internal/wire"
)

// endpoint is a handle as the wire sees it: HTTP from outside, and the SDK's own
// client from inside the process.
type endpoint struct {
	once    sync.Once
	handler *wire.Handler
}

func (f *Fake) endpoint() *wire.Handler {
	f.door.once.Do(func() { f.door.handler = wire.NewHandler(backend{f}) })
	return f.door.handler
}

// ServeHTTP serves the AWS as AWS KMS does: AWS JSON 1.1 with SigV4. The Region
// and the caller come from the credential scope and the access key of each
// request. A request that is signed with the [Fake.Credentials] of a handle acts
// as that handle's principal, and its signature is verified. Another access key
// acts as the principal of this handle, unless [WithStrictCredentials] is given.
//
// Dates of signatures are held against the real time, however far the fake's
// clock was advanced: that is what SDKs sign with.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.endpoint().ServeHTTP(w, r)
}

// backend is what the wire calls.
type backend struct{ fake *Fake }

func (b backend) Lookup(accessKeyID string) (secret, sessionToken string, known bool) {
	_, secret, known = b.fake.aws.Authenticate(accessKeyID)
	return secret, "", known
}

func (b backend) Strict() bool { return b.fake.aws.StrictCredentials() }

func (b backend) Invoke(ctx context.Context, id wire.Identity, operation string, input any) (any, string, error) {
	caller := b.fake.caller.In(id.Region)
	if who, _, known := b.fake.aws.Authenticate(id.AccessKeyID); known && id.Known {
		caller.Identity = who
	}
	op, _ := service.Named(operation) // the wire knows the same operations
	output, requestID, err := op.Invoke(ctx, b.fake.aws, caller, input)
	var loss *service.Loss
	if errors.As(err, &loss) {
		err = broken(loss)
	}
	return output, requestID, err
}

// broken is how the wire loses an answer.
func broken(loss *service.Loss) *wire.Broken {
	switch loss.How {
	case service.LossTimeout:
		return &wire.Broken{How: wire.Silent}
	case service.LossReset:
		return &wire.Broken{How: wire.Reset}
	case service.LossCorrupt:
		return &wire.Broken{How: wire.Replaced, Status: http.StatusOK, Body: []byte(service.CorruptBody)}
	default:
		return &wire.Broken{How: wire.Failed, Cause: loss.Cause}
	}
}

func (b backend) NewRequestID() string { return b.fake.aws.NewRequestID() }
