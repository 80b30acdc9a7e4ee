package service

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
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
	tokens   func(*I) []string // the grant tokens of the input; nil where there is no such member
	metadata func(*O) *middleware.Metadata
}

// Invoker is an Operation whose types are not known to the one who calls it.
type Invoker interface {
	// Invoke is Do for an input that is a pointer to the operation's own input
	// type.
	Invoke(ctx context.Context, a *AWS, who *Caller, input any) (output any, requestID string, err error)

	name() string
	blank() (input, output any)
}

// Named finds an operation by its name, as the wire does.
func Named(name string) (Invoker, bool) {
	op, ok := operations[name]
	return op, ok
}

// Names are the names of all operations, in order. The caller owns the slice.
func Names() []string { return slices.Sorted(maps.Keys(operations)) }

// Do takes one request all the way: faults, constraints, handler, faults that
// lose the answer, journal. The error is a plain one: a typed exception, a
// *smithy.GenericAPIError where the SDK has no type, a *Loss where there is no
// answer, or the context's where that ended first.
func (op *Operation[I, O]) Do(ctx context.Context, a *AWS, who *Caller, in *I) (out *O, requestID string, err error) {
	c := calls.Get().(*call)
	defer calls.Put(c)
	*c = call{AWS: a, who: who, ctx: ctx, name: op.Name, traits: &op.traits, now: a.clock.now()}
	var s strike
	if faults := a.faultsOf(op.Name); faults != nil {
		s = c.strike(faults, in)
	}
	if err = s.err; err == nil {
		err = c.throttle(in)
	}
	if err == nil {
		out, err = op.attempt(c, in)
	}
	at := c.now
	requestID = c.id()
	if s.applied {
		out, err = nil, c.lose(s.by, in)
	}
	if a.journal != nil {
		a.journal.add(&entry{
			sequence: c.turn(), at: at, who: who, op: op, key: c.about(in, s), requestID: requestID, err: err, why: c.why, fault: s.by,
		}, in, out)
	}
	return out, requestID, err
}

func (op *Operation[I, O]) attempt(c *call, in *I) (*O, error) {
	if text, ok := constraint.CheckAll(op.Name, in); !ok {
		return nil, validation(text)
	}
	c.in = in
	if op.tokens != nil {
		if err := c.readTokens(op.tokens(in)); err != nil {
			return nil, err
		}
	}
	if op.traits.onAccount {
		if err := c.authorizeOn(op.traits.action, "*", nil); err != nil {
			return nil, err
		}
	}
	out, err := op.handle(c, in)
	if err == nil {
		c.recordUse()
	}
	return out, err
}

func (op *Operation[I, O]) name() string { return op.Name }

// blank is an empty input and an empty output.
func (op *Operation[I, O]) blank() (input, output any) { return new(I), new(O) }

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

// NewRequestID is the id of a request that no operation answers.
func (a *AWS) NewRequestID() string { return a.entropy.requestID(a.sequences.Add(1)) }

// calls are used again: nothing holds a call beyond Do.
var calls = sync.Pool{New: func() any { return new(call) }}

// call is one request on its way through a handler.
type call struct {
	*AWS
	who    *Caller
	ctx    context.Context
	name   string
	traits *traits
	now    time.Time

	keyID     string            // of the key that it makes; drawn unless it is set
	home      *account          // what the caller's account has in the caller's Region
	attested  *enclave.Document // what the request's Recipient attests, or nil
	requestID string            // once it is asked for
	used      [2]*key           // the keys whose material the operation uses: ReEncrypt's are two
	sequence  uint64            // the place among all calls at which this one took effect
	settled   bool              // what it does is seen at once
	key       string            // ARN of the first key that it found

	connection   types.ConnectionErrorCodeType // what a fault makes the connection of a custom key store fail with
	in           any                           // the input
	tokens       []string                      // ids of the grants whose tokens the request brings
	requestAlias string                        // the alias by which the request names its key
	source       *key                          // ReEncrypt's, whose ciphertext it is
	why          string                        // the request was denied, for a person
}

// lock takes the lock for a handler that changes something.
func (c *call) lock() {
	c.mu.Lock()
	c.removeDue(c.now)
	c.findHome()
	c.sequence = c.sequences.Add(1)
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
	c.sequence = c.sequences.Add(1)
}

// turn is the place of the call among all: when it last held the lock, or now if
// it never did.
func (c *call) turn() uint64 {
	if c.sequence == 0 {
		c.sequence = c.sequences.Add(1)
	}
	return c.sequence
}

// id is the request id. It follows from the call's turn, so that what many calls
// count together is one number.
func (c *call) id() string {
	if c.requestID == "" {
		c.requestID = c.entropy.requestID(c.turn())
	}
	return c.requestID
}

// about is the ARN of the key that the call was about, for the journal.
func (c *call) about(in any, s strike) string {
	if c.key == "" && s.err != nil {
		if s := c.subject(in); s.found {
			return s.key
		}
	}
	return c.key
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
