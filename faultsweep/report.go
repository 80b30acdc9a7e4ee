package faultsweep

import (
	"fmt"
	"slices"
	"strings"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

// around is how many calls a report shows on either side of the fault.
const around = 4

// report tells a failed trial: what went wrong, the journal around it, and how to
// have the same in a plain test.
func (s *sweep) report(tr *trial) string {
	var b strings.Builder
	calls := tr.calls
	fmt.Fprintf(&b, "faultsweep: the body fails when %s.\n", tr.words)
	at := slices.IndexFunc(calls, func(c call) bool { return c.Fault != nil })
	if tr.before != nil {
		at = min(tr.before.call, len(calls)-1)
	}
	if at < 0 {
		at = len(calls) - 1
	}
	first, last := max(0, at-around), min(len(calls), at+around+1)
	if first > 0 {
		fmt.Fprintf(&b, "    (%d calls before)\n", first)
	}
	for i := first; i < last; i++ {
		if tr.before != nil && i == tr.before.call {
			fmt.Fprintf(&b, "  * here %s\n", tr.words)
		}
		mark := ' '
		if calls[i].Fault != nil {
			mark = '>'
		}
		fmt.Fprintf(&b, "  %c %s\n", mark, calls[i].Call)
	}
	if last < len(calls) {
		fmt.Fprintf(&b, "    (%d calls after)\n", len(calls)-last)
	}
	if len(tr.faults) > 0 {
		b.WriteString("The same in a plain test, with the same seed:\n")
		for _, f := range tr.faults {
			fmt.Fprintf(&b, "    fake.Inject(%s)\n", goSource(f))
		}
	}
	return b.String()
}

// goSource is a fault as it is written in Go.
func goSource(f kmsfake.Fault) string {
	var b strings.Builder
	fmt.Fprintf(&b, "kmsfake.Fault{Operation: %q", f.Operation)
	if f.Skip > 0 {
		fmt.Fprintf(&b, ", Skip: %d", f.Skip)
	}
	fmt.Fprintf(&b, ", Times: %d, Error: ", f.Times)
	if kind, ok := f.Error.(service.Kind); ok {
		b.WriteString("kmsfake." + string(kind))
	} else {
		fmt.Fprintf(&b, "&types.%s{}", nameOf(f.Error))
	}
	if f.Applied {
		b.WriteString(", Applied: true")
	}
	b.WriteString("}")
	return b.String()
}
