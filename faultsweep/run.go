package faultsweep

import (
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

const (
	// A run may take this much longer on the fake's clock than the one without
	// faults, and make this many more calls.
	patience   = 24 * time.Hour
	moreCalls  = 5000
	timesCalls = 20

	journalCalls = 10_000
)

// run runs the body on a fresh fake with what goes wrong in the trial, and notes
// there what came of it.
func (s *sweep) run(t *testing.T, tr *trial) {
	t.Helper()
	if s.realTime {
		s.runInside(t, tr)
		return
	}
	defer func() {
		if r := recover(); r != nil {
			if tr.note == nil {
				panic(r) // the bubble could not be made
			}
			tr.note()
			t.Errorf("faultsweep: the body hangs, and nothing can wake it: %v\n%s\n%s", r, stackOf(tr.goroutine), s.report(tr))
		}
	}()
	synctest.Test(t, func(t *testing.T) { s.runInside(t, tr) })
}

func (s *sweep) runInside(t *testing.T, tr *trial) {
	t.Helper()
	fake := kmsfake.New(append(slices.Clone(s.options), kmsfake.WithJournal(journalCalls))...)
	var begun time.Time
	prepared := 0
	tr.goroutine = thisGoroutine()
	tr.note = func() {
		calls := fake.Calls()
		tr.calls, tr.elapsed = numbered(calls[min(prepared, len(calls)):]), fake.Now().Sub(begun)
	}
	t.Cleanup(func() { // the first is the last to run
		tr.skipped = t.Skipped()
		if tr.ok = !t.Failed(); !tr.ok && (len(tr.faults) > 0 || tr.before != nil) {
			tr.note()
			t.Log(s.report(tr))
		}
	})
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	for _, prepare := range s.prepare {
		prepare(t, fake)
	}
	prepared, begun = len(fake.Calls()), fake.Now()
	s.arm(t, fake, tr, begun)
	s.body(t, fake)
	tr.note()
}

// arm injects what goes wrong, and before it the guard that ends a body that
// would go on for ever.
func (s *sweep) arm(t *testing.T, fake *kmsfake.Fake, tr *trial, begun time.Time) {
	t.Helper()
	g := &guard{t: t, fake: fake, until: begun.Add(s.elapsed + patience), left: timesCalls*len(s.calls) + moreCalls}
	fake.Inject(kmsfake.Fault{Error: service.Before(g.pass)})
	if tr.watch {
		w := &watcher{sweep: s}
		fake.Inject(kmsfake.Fault{Error: service.Before(func() { w.look(fake) })})
	}
	if act := tr.before; act != nil {
		fake.Inject(kmsfake.Fault{Skip: act.call, Times: 1, Error: service.Before(func() { act.do(fake) })})
	}
	fake.Inject(tr.faults...)
}
