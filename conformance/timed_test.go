package conformance

import (
	"testing"
	"time"
)

// A minute can be waited for; more is for targets whose time can be moved.
func TestTimed(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]bool{0: false, time.Minute: false, time.Minute + 1: true, 24 * time.Hour: true} {
		s := Scenario{Calls: []Call{{Operation: "ListKeys"}, {Advance: wait}}}
		if s.Timed() != want {
			t.Errorf("a scenario that takes %v: Timed is %v", wait, !want)
		}
		unmoved, moved := &Target{}, &Target{Advance: func(time.Duration) error { return nil }}
		if refused := unmoved.Refuses(&s) != ""; refused != want {
			t.Errorf("a scenario that takes %v, where time cannot be moved: refused %v", wait, refused)
		}
		if why := moved.Refuses(&s); why != "" {
			t.Errorf("a scenario that takes %v, where time can be moved: %s", wait, why)
		}
	}
}
