package service

import (
	"context"
	"time"

	"github.com/aws/smithy-go/middleware"

	"example.com/kmsfake/internal/constraint"
	"example.com/kmsfake/internal/enclave"
)

// Operation is one operation of AWS KMS: its name, what AWS states of it in
// tables, and its handler.
type Operation[I, O any] struct {
	Name     string
	traits   traits
	handle   func(*call, *I) (*O, error)
	metadata func(*O) *middleware.Metadata
}

// Invoker is an Operation whose types are not known to the one who calls it.
type Invoker interface {
	// Invoke is Do for an input that is a pointer to the operation's own input
	// type.
	Invoke(ctx context.Context, a *AWS, who *Caller, input any) (output any, requestID string, err error)
}

// Named finds an operation by its name, as the wire does.
func Named(name string) (Invoker, bool) {
	op, ok := operations[name]
	return op, ok
}

// Do takes one request all the way: constraints, handler, journal. The error is
// a plain one: a typed exception, or a *smithy.GenericAPIError where the SDK has
// no type.
func (op *Operation[I, O]) Do(ctx context.Context, a *AWS, who *Caller, in *I) (out *O, requestID string, err error) {
	requestID = a.NewRequestID()
	c := &call{AWS: a, who: who, ctx: ctx, name: op.Name, traits: &op.traits, now: a.clock.now(), requestID: requestID}
	out, err = op.attempt(c, in)
	return out, requestID, err
}

func (op *Operation[I, O]) attempt(c *call, in *I) (*O, error) {
	if text, ok := constraint.CheckAll(op.Name, in); !ok {
		return nil, validation(text)
	}
	out, err := op.handle(c, in)
	if err == nil {
		c.recordUse()
	}
	return out, err
}

// Metadata is where the output keeps what the SDK calls its ResultMetadata.
func (op *Operation[I, O]) Metadata(out *O) *middleware.Metadata { return op.metadata(out) }

// Invoke implements Invoker.
func (op *Operation[I, O]) Invoke(ctx context.Context, a *AWS, who *Caller, input any) (any, string, error) {
	out, requestID, err := op.Do(ctx, a, who, input.(*I))
	if err != nil {
		return nil, requestID, err
	}
	return out, requestID, nil
}

// NewRequestID is the id of the next request.
func (a *AWS) NewRequestID() string { return a.entropy.requestID(a.requests.Add(1)) }

// missing is the handler of an operation that the fake does not have yet.
func missing[I, O any](c *call, _ *I) (*O, error) {
	return nil, unsupported("kmsfake does not have " + c.name + " yet.")
}

// call is one request on its way through a handler.
type call struct {
	*AWS
	who    *Caller
	ctx    context.Context
	name   string
	traits *traits
	now    time.Time

	home      *account          // what the caller's account has in the caller's Region
	attested  *enclave.Document // what the request's Recipient attests, or nil
	requestID string
	used      [2]*key // the keys whose material the operation uses: ReEncrypt's are two
}

// lock takes the lock for a handler that changes something.
func (c *call) lock() {
	c.mu.Lock()
	c.removeDue(c.now)
	c.findHome()
}

// rlock takes the lock for a handler that only reads. What is due is removed
// first, so that readers never see a key whose time has come.
func (c *call) rlock() {
	c.mu.RLock()
	for c.due.passed(c.now) {
		c.mu.RUnlock()
		c.mu.Lock()
		c.removeDue(c.now)
		c.mu.Unlock()
		c.mu.RLock()
	}
	c.findHome()
}

// findHome finds the place of the caller's account in the caller's Region. One
// that nothing was put in is not kept: anything can be a caller's Region, and
// asking must not cost memory.
func (c *call) findHome() {
	if c.home = c.known(c.who.Account, c.who.Region); c.home == nil {
		c.home = c.newHome(c.who.Account, c.who.Region)
	}
}

// unlock gives back the lock of lock, and keeps what was put in a new place.
func (c *call) unlock() {
	if c.known(c.who.Account, c.who.Region) == nil && c.home.inUse() {
		c.keep(c.home)
	}
	c.mu.Unlock()
}

func (c *call) runlock() { c.mu.RUnlock() }
