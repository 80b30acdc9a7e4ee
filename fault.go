package kmsfake

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/service"
)

// Fault is a failure to produce. It affects the calls that fit its Operation and
// Key, from the one after Skip of them, Times of them, each with its
// Probability: Delay passes, and the caller gets Error, if there is one, in place
// of the operation.
type Fault struct {
	// Operation is the name of an operation, such as Decrypt; "" is all.
	Operation string

	// Key is a key id, key ARN, alias name or alias ARN; "" is all. The fault
	// fits calls whose input names the same key in whatever form, or whose
	// ciphertext does where the input names none. An alias stands for the key
	// that it points to at the time of the call. What does not exist is fitted by
	// its name.
	Key string

	// Skip is how many calls that fit pass first.
	Skip int

	// Times is how many calls to affect; 0 is all that follow.
	Times int

	// Probability, from 0 to 1, is how likely the fault affects a call that
	// fits; 0 is always. It is drawn from the seed.
	Probability float64

	// Delay is how long the call takes. When the fake's time is moved by hand
	// ([WithClock], or after [Fake.Advance]) the Delay moves it and takes no
	// time; otherwise it passes really, or in the bubble of testing/synctest. A
	// context that ends first ends it.
	Delay time.Duration

	// Error is a typed exception of the SDK, a *smithy.GenericAPIError, or one of
	// this package's errors. An exception without a text gets AWS's own for
	// the operation and the key. An exception that the operation does not
	// throw is refused; see [Forced]. In a fault for all operations it affects
	// those that throw it. Any other error is what the connection fails with.
	Error error

	// Applied makes the operation take effect, if it would; only its answer is
	// lost, and Error comes in its place, after the Delay.
	Applied bool
}

// Errors of a [Fault]. What callers get is not these, but what the SDK makes of
// such a failure.
var (
	// Throttled is a ThrottlingException: the request quota is exceeded.
	Throttled error = service.Throttled

	// AccessDenied is an AccessDeniedException: no identity-based policy allows
	// the operation.
	AccessDenied error = service.AccessDenied

	// Timeout is an answer that never comes. The call ends when the context's
	// deadline does; without one it fails at once, as if the connection had
	// timed out.
	Timeout error = service.Timeout

	// ConnectionReset is a connection that is reset before the answer comes.
	ConnectionReset error = service.ConnectionReset

	// ServiceUnavailable is an answer with HTTP status 503.
	ServiceUnavailable error = service.ServiceUnavailable

	// CorruptAnswer is an answer of HTTP status 200 whose bytes no SDK can
	// decode.
	CorruptAnswer error = service.CorruptAnswer
)

// ConnectionFailure is an Error for a [Fault] of ConnectCustomKeyStore: the call
// succeeds, as it does in AWS, and the connection state of the custom key store
// becomes FAILED with the code as its ConnectionErrorCode.
func ConnectionFailure(code types.ConnectionErrorCodeType) error {
	return service.ConnectionFailure(code)
}

// Forced is an Error for a [Fault] whose exception an operation shall throw
// although AWS KMS would not, say one that is newer than this package.
func Forced(exception error) error { return &service.Forced{Err: exception} }
