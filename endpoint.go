package kmsfake

import (
	"context"
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
	return op.Invoke(ctx, b.fake.aws, caller, input)
}

func (b backend) NewRequestID() string { return b.fake.aws.NewRequestID() }
