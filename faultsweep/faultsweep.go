package faultsweep

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/kmsfake"
)

// sweep is one Run.
type sweep struct {
	body       func(*testing.T, *kmsfake.Fake)
	options    []kmsfake.Option
	prepare    []func(*testing.T, *kmsfake.Fake)
	operations []string
	chosen     []error
	times      int
	limit      int
	limited    bool
	interfere  bool
	pairs      bool
	realTime   bool

	calls    []call        // of the run without faults
	elapsed  time.Duration // of that run, on the fake's clock
	meddling []*trial      // the interferences that its state allows
	runs     int           // so far, without those that record
}

// Run runs the body once without faults and takes down its calls of KMS. Then,
// for every call and every way in which its operation can fail, it runs the body
// again on a fresh fake, which is the same but for this one fault. Each run is a
// subtest, such as TestProvision/CreateAlias#1/DependencyTimeoutException/applied,
// and they run in parallel. Run returns when all are done.
//
// A call fails with each exception that the service model has for the operation,
// by throttling, denied access, a timeout and a connection that is reset: before
// the operation takes effect, and, where it changes something and the failure
// leaves that open, after it (applied).
//
// What the body shares with its other runs it must guard, since they run at the
// same time. The body must not call t.Parallel, and in its bubble of testing/synctest no
// t.Run; see [RealTime]. A body whose run without faults fails, or that does not make the same calls in
// the same order twice, is told so and not swept.
func Run(t *testing.T, body func(t *testing.T, fake *kmsfake.Fake), opts ...Option) {
	t.Helper()
	s := &sweep{body: body, times: 1, options: []kmsfake.Option{kmsfake.WithSeed(1)}}
	for _, option := range opts {
		option(s)
	}
	if err := s.check(); err != nil {
		t.Fatalf("faultsweep: %v", err)
	}
	if !s.record(t) {
		return
	}
	plan := s.within(t, s.singles(), "faults")
	s.sweep(t, plan)
	if s.interfere {
		s.sweep(t, s.within(t, s.meddling, "interference"))
	}
	if s.pairs {
		s.sweep(t, s.within(t, s.doubles(plan), "pairs of faults"))
	}
}

// record runs the body twice without faults and says whether it can be swept.
func (s *sweep) record(t *testing.T) bool {
	t.Helper()
	for i := range 2 {
		ran := false
		tr := &trial{words: "no call is failed", watch: i == 1 && s.interfere}
		ok := t.Run("without faults", func(t *testing.T) {
			ran = true
			s.run(t, tr)
		})
		if !ran { // -run chose another subtest
			s.run(t, tr)
		}
		calls := tr.calls
		switch {
		case tr.skipped:
			t.Log("faultsweep: the body skips its run without faults, so there is nothing to sweep")
			return false
		case !ok:
			t.Fatal("faultsweep: the body fails without faults; it must pass before it can be swept")
		case len(calls) == 0:
			t.Fatal("faultsweep: the body made no call of KMS, so there is nothing to fail")
		case i == 0:
			s.calls, s.elapsed = calls, tr.elapsed
			continue
		}
		if difference := differ(s.calls, calls); difference != "" {
			t.Fatalf("faultsweep: two runs of the body without faults differ: %s. A sweep needs a body that makes the same calls in the same order", difference)
		}
	}
	return true
}

// differ tells the first difference between the calls of two runs.
func differ(a, b []call) string {
	for i := range min(len(a), len(b)) {
		if a[i].shown() != b[i].shown() {
			return fmt.Sprintf("call %d was %s, then %s", i+1, a[i].shown(), b[i].shown())
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("there were %d calls, then %d", len(a), len(b))
	}
	return ""
}

// sweep runs the trials, those of one group at the same time.
func (s *sweep) sweep(t *testing.T, plan []*trial) {
	t.Helper()
	for len(plan) > 0 {
		group := plan[0].group
		n := slices.IndexFunc(plan, func(tr *trial) bool { return tr.group != group })
		if n < 0 {
			n = len(plan)
		}
		t.Run(group, func(t *testing.T) {
			for _, tr := range plan[:n] {
				t.Run(tr.name, func(t *testing.T) {
					t.Parallel()
					s.run(t, tr)
				})
			}
		})
		plan = plan[n:]
	}
}

// within leaves out what is over the limit.
func (s *sweep) within(t *testing.T, plan []*trial, what string) []*trial {
	t.Helper()
	room := s.limit - s.runs
	if !s.limited || len(plan) <= room {
		s.runs += len(plan)
		return plan
	}
	var kept []*trial
	left := map[string]int{}
	var calls []string
	for i, tr := range plan {
		if (i+1)*room/len(plan) > i*room/len(plan) {
			kept = append(kept, tr)
			continue
		}
		if left[tr.call]++; left[tr.call] == 1 {
			calls = append(calls, tr.call)
		}
	}
	for i, name := range calls {
		calls[i] = fmt.Sprintf("%d of %s", left[name], name)
	}
	s.runs += len(kept)
	t.Logf("faultsweep: the limit of %d runs leaves out %d of %d runs with %s: %s",
		s.limit, len(plan)-len(kept), len(plan), what, strings.Join(calls, ", "))
	return kept
}
