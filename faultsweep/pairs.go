package faultsweep

import (
	"fmt"
	"slices"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

// The failures of pairs stand for all: one that is over at once, one that stays,
// and one that leaves open what happened, both ways.
var pairNames = []string{
	string(service.Throttled), string(service.AccessDenied), string(service.Timeout), string(service.Timeout) + "/applied",
}

func (s *sweep) pairFailures(c *call) []failure {
	return slices.DeleteFunc(s.failures(c), func(f failure) bool { return !slices.Contains(pairNames, f.name) })
}

// doubles are the trials with a second fault after a first. Which calls come after
// the first is known from the trials that have been run; where the body has failed
// a second fault would tell nothing.
func (s *sweep) doubles(run []*trial) (plan []*trial) {
	for _, one := range run {
		hit := slices.IndexFunc(one.calls, func(c call) bool { return c.Fault != nil })
		if !slices.Contains(pairNames, one.name) || !one.ok || hit < 0 {
			continue
		}
		for _, second := range s.chosenCalls(one.calls[hit+1:]) {
			if second.Fault != nil {
				continue // the first lasts
			}
			for _, f := range s.pairFailures(second) {
				plan = append(plan, s.pair(one, second, f, hits(one.calls, second)))
			}
		}
	}
	return plan
}

// hits is how many calls of an operation the first fault decides before the nth.
func hits(calls []call, nth *call) (n int) {
	for i := range calls {
		if c := &calls[i]; c.Operation == nth.Operation && c.nth < nth.nth && c.Fault != nil {
			n++
		}
	}
	return n
}

func (s *sweep) pair(one *trial, second *call, f failure, hits int) *trial {
	two := s.trial(second, f)
	two.faults[0].Skip -= hits // what the first decides, the second does not see
	return &trial{
		call: one.call, group: fmt.Sprintf("%s/%s/%s", one.call, one.name, second.name()), name: f.name,
		words: one.words + " and then " + two.words, faults: []kmsfake.Fault{one.faults[0], two.faults[0]},
	}
}
