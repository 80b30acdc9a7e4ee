// Package service is the AWS KMS that the fake shows: its state, and the
// operations on it, one file a resource. It knows nothing of HTTP and nothing
// of the SDK's way of wrapping errors: handlers take the SDK's inputs and
// answer the SDK's outputs or plain typed exceptions.
package service

import (
	"sync"
	"sync/atomic"
	"time"
)

// Config is what New takes. The zero value is a fresh AWS on the real clock.
type Config struct {
	Clock             func() time.Time // nil is time.Now
	Seed              uint64
	WithoutAWSAliases bool
	StrictCredentials bool          // an access key that was not handed out is refused
	PropagationDelay  time.Duration // until a change is seen everywhere

	WithoutAuthorization bool // whoever calls may do everything
	Quotas               Quotas
	Journal              int // calls to keep; 0 is none
}

// AWS is one AWS: accounts, Regions, keys, aliases. It is safe for concurrent
// use. One lock guards its maps and records; cryptography happens outside it.
type AWS struct {
	clock   clock
	entropy entropy
	config  Config

	accessKeys accessKeys
	quotas     Quotas // that hold
	rates      rates
	sequences  atomic.Uint64 // numbers the calls in the order of taking effect, and so their ids
	journal    *journal      // nil when none is kept

	faults   atomic.Pointer[faultTable] // nil when there are none
	faultMu  sync.Mutex                 // held by who replaces the table
	injected uint64                     // numbers the faults that draw

	mu      sync.RWMutex
	regions map[string]*region
	made    uint64 // keys ever made: numbers the key ids

	grantsMade uint64 // grants ever made: numbers the grant ids
	due        dueList
}

// New makes an AWS without accounts, Regions or keys: they come into being when
// they are first used.
func New(config Config) *AWS {
	a := &AWS{config: config, quotas: config.Quotas.withDefaults()}
	a.clock.base = config.Clock
	a.entropy.seed = config.Seed
	if config.Journal > 0 {
		a.journal = newJournal(config.Journal, JournalBytes)
	}
	return a
}

// StrictCredentials says whether only access keys that were handed out are taken.
func (a *AWS) StrictCredentials() bool { return a.config.StrictCredentials }

// Seed is what ids, key material and random answers are drawn from.
func (a *AWS) Seed() uint64 { return a.config.Seed }

// Now is the time of this AWS.
func (a *AWS) Now() time.Time { return a.clock.now() }

// Advance moves the time forward. A negative duration is ignored: time in AWS
// does not go back.
func (a *AWS) Advance(d time.Duration) { a.clock.advance(d) }
