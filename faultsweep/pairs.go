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
				plan = append(plan, s.pair(one, second, f))
			}
		}
	}
	return plan
}

func (s *sweep) pair(one *trial, second *call, f failure) *trial {
	two := s.trial(second, f)
	if second.Operation == one.faults[0].Operation {
		two.faults[0].Skip -= one.faults[0].Times // what the first decides, the second does not see
	}
	return &trial{
		call: one.call, group: fmt.Sprintf("%s/%s/%s", one.call, one.name, second.name()), name: f.name,
		words: one.words + " and then " + two.words, faults: []kmsfake.Fault{one.faults[0], two.faults[0]},
	}
}
