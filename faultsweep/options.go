package faultsweep

import (
	"testing"

	"example.com/kmsfake"
)

// Option changes what [Run] does.
type Option func(*sweep)

// With sets options of every fake that the body gets, the seed among them.
func With(options ...kmsfake.Option) Option {
	return func(s *sweep) { s.options = append(s.options, options...) }
}

// Prepare does something before the body whose calls are not failed. It runs on
// every fake, in the body's test.
func Prepare(prepare func(t *testing.T, fake *kmsfake.Fake)) Option {
	return func(s *sweep) { s.prepare = append(s.prepare, prepare) }
}

// Operations chooses the operations whose calls are failed. Without it all are.
func Operations(names ...string) Option {
	return func(s *sweep) { s.operations = append(s.operations, names...) }
}

// Failures chooses how calls are failed: typed exceptions, of which only the type
// matters, and errors such as [kmsfake.Timeout]. Those that a call's operation
// does not know are passed over. Without it all are tried.
func Failures(errs ...error) Option {
	return func(s *sweep) { s.chosen = append(s.chosen, errs...) }
}

// Times makes every fault last for some calls of its operation, from the one that
// it is for. The default is 1, which the SDK's retryer overcomes if the failure is
// one that it retries; 3 are what it gives up at.
func Times(calls int) Option {
	return func(s *sweep) { s.times = max(calls, 1) }
}

// Limit sets how many runs there are at most. What is left out is evenly spread
// and told in the test's log.
func Limit(runs int) Option {
	return func(s *sweep) { s.limit, s.limited = max(runs, 0), true }
}

// Interfere adds runs in which an administrator does something between two calls
// to the KMS key that the second is about: disables it, schedules its deletion,
// rotates its key material, points its alias to another key, deletes its alias,
// revokes its grant.
func Interfere() Option { return func(s *sweep) { s.interfere = true } }

// Pairs adds runs in which, after a first fault, a later call fails too: while the
// body handles the first. Both are throttling, a timeout before or after the
// operation took effect, or denied access.
func Pairs() Option { return func(s *sweep) { s.pairs = true } }

// RealTime runs the body outside of a bubble of testing/synctest: for a body that
// the bubble does not bear, since it starts subtests or waits for the network. A
// wait then takes its time, and a body that blocks for ever is not noticed.
func RealTime() Option { return func(s *sweep) { s.realTime = true } }
