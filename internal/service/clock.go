package service

import (
	"sync/atomic"
	"time"
)

// clock is a base clock and what Advance has added to it.
type clock struct {
	base   func() time.Time // nil is time.Now
	offset atomic.Int64     // nanoseconds
}

func (c *clock) now() time.Time {
	base := c.base
	if base == nil {
		base = time.Now
	}
	return base().Add(time.Duration(c.offset.Load()))
}

// farthest is how far Advance goes in all. A time.Duration holds little more.
const farthest = 200 * 365 * day

func (c *clock) advance(d time.Duration) {
	for d > 0 {
		old := c.offset.Load()
		if c.offset.CompareAndSwap(old, old+min(int64(d), int64(farthest)-old)) {
			return
		}
	}
}

// byHand says whether time is moved by the test rather than by the world.
func (c *clock) byHand() bool { return c.base != nil || c.offset.Load() != 0 }

// stamp is a moment as the service records and answers it: UTC, milliseconds.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Pass lets a wait pass without waiting: a clock that is moved by hand moves by
// it, one that moves by itself does not, unless request quotas hold, which only
// time restores.
func (a *AWS) Pass(d time.Duration) {
	if a.clock.byHand() || a.quotas.rated() {
		a.clock.advance(d)
	}
}
