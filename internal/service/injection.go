package service

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// faultTable is the faults that an AWS has. It is never written to: who adds or
// removes a fault puts another table in its place, so that calls read it without
// a lock.
type faultTable struct {
	all         []*Injected
	byOperation map[string][]*Injected // only of operations that have any
}

// Injected is a fault that an AWS has, and what became of it.
type Injected struct {
	fault      Fault
	operations []string

	mu      sync.Mutex
	matched int        // calls that it was tried on and fitted
	fired   int        // calls that it affected
	draws   *rand.Rand // of a fault with a Probability
}

// Fault is a copy of what was injected.
func (i *Injected) Fault() Fault {
	f := i.fault
	if forced, ok := f.Error.(*Forced); ok {
		f.Error = &Forced{cloneError(forced.Err)}
	} else {
		f.Error = cloneError(f.Error)
	}
	return f
}

// Fired is how many calls the fault has affected.
func (i *Injected) Fired() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fired
}

// String tells the fault and how often it has fired, as Dump shows it.
func (i *Injected) String() string {
	f := &i.fault
	var b strings.Builder
	b.WriteString("fault for ")
	b.WriteString(cmp.Or(f.Operation, "every operation"))
	if f.Key != "" {
		b.WriteString(" with " + f.Key)
	}
	if f.Error != nil {
		fmt.Fprintf(&b, ": %v", f.Error)
	}
	if f.Applied {
		b.WriteString(" in place of the answer")
	}
	for _, part := range []struct {
		said bool
		text string
	}{
		{f.Delay > 0, fmt.Sprintf("after %v", f.Delay)},
		{f.Skip > 0, fmt.Sprintf("skip %d", f.Skip)},
		{f.Times > 0, fmt.Sprintf("times %d", f.Times)},
		{f.Probability > 0, fmt.Sprintf("probability %v", f.Probability)},
	} {
		if part.said {
			b.WriteString(", " + part.text)
		}
	}
	fmt.Fprintf(&b, "; fired %d", i.Fired())
	return b.String()
}

// Inject adds faults, all or none. The error is a *FaultError, and the number
// the index of the fault that it is about.
func (a *AWS) Inject(faults ...Fault) (injected []*Injected, index int, err error) {
	for index, f := range faults {
		f, ops, err := f.check()
		if err != nil {
			return nil, index, err
		}
		injected = append(injected, &Injected{fault: f, operations: ops})
	}
	a.faultMu.Lock()
	defer a.faultMu.Unlock()
	for _, i := range injected {
		if i.fault.Probability > 0 {
			a.injected++
			i.draws = rand.New(rand.NewChaCha8(a.entropy.derive("fault", "", a.injected)))
		}
	}
	a.setFaults(slices.Concat(a.injections(), injected))
	return injected, 0, nil
}

// Remove takes faults away. Those that are not there any more are passed over.
func (a *AWS) Remove(faults ...*Injected) {
	a.faultMu.Lock()
	defer a.faultMu.Unlock()
	a.setFaults(slices.DeleteFunc(a.injections(), func(i *Injected) bool { return slices.Contains(faults, i) }))
}

// Faults are the faults in the order of injection, without intrusions, which fail
// nothing. The caller owns the slice.
func (a *AWS) Faults() []*Injected {
	return slices.DeleteFunc(a.injections(), func(i *Injected) bool {
		_, ok := i.fault.Error.(*Intrusion)
		return ok
	})
}

func (a *AWS) injections() []*Injected {
	if table := a.faults.Load(); table != nil {
		return slices.Clone(table.all)
	}
	return nil
}

func (a *AWS) setFaults(all []*Injected) {
	if len(all) == 0 {
		a.faults.Store(nil)
		return
	}
	table := &faultTable{all: all, byOperation: map[string][]*Injected{}}
	for _, i := range all {
		for _, op := range i.operations {
			table.byOperation[op] = append(table.byOperation[op], i)
		}
	}
	a.faults.Store(table)
}

// faultsOf are the faults that may affect an operation.
func (a *AWS) faultsOf(operation string) []*Injected {
	if table := a.faults.Load(); table != nil {
		return table.byOperation[operation]
	}
	return nil
}

// a strike is a fault that affects a call.
type strike struct {
	by      *Injected
	err     error // nil: the call goes on
	applied bool  // the error comes in place of the answer
}

// strike tries faults in the order of injection. The first with an Error decides;
// those that only delay let the next ones be tried.
func (c *call) strike(faults []*Injected, in any) (s strike) {
	for _, i := range faults {
		if i.fault.Key != "" && !c.isAbout(in, i.fault.Key) {
			continue
		}
		if !i.fires() {
			continue
		}
		if intrusion, ok := i.fault.Error.(*Intrusion); ok {
			if i = c.intrude(intrusion, in); i == nil {
				continue
			}
		}
		s.by = i
		if i.fault.Applied {
			return strike{by: i, applied: true}
		}
		if err := c.delay(i.fault.Delay); err != nil {
			return strike{by: i, err: err}
		}
		if failure, ok := i.fault.Error.(ConnectionFailure); ok {
			c.connection = types.ConnectionErrorCodeType(failure)
			return s
		}
		if i.fault.Error != nil {
			return strike{by: i, err: c.failure(i.fault.Error, in)}
		}
	}
	return s
}

// intrude lets an intrusion happen, and gives the fault that comes of it, or nil.
func (c *call) intrude(intrusion *Intrusion, in any) *Injected {
	f := intrusion.Do(c.who, c.name, in)
	c.now = c.clock.now()
	if f == nil {
		return nil
	}
	met := Fault{Operation: c.name, Times: 1, Delay: f.Delay, Error: f.Error, Applied: f.Applied}
	met, _, err := met.check()
	if _, again := met.Error.(*Intrusion); again || err != nil {
		return nil
	}
	return &Injected{fault: met, fired: 1}
}

// lose is what the caller gets in place of an answer that the fault lost.
func (c *call) lose(i *Injected, in any) error {
	if err := c.delay(i.fault.Delay); err != nil {
		return err
	}
	return c.failure(i.fault.Error, in)
}

// fires counts a call that the fault fits, and says whether it affects it.
func (i *Injected) fires() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.matched++
	switch f := &i.fault; {
	case i.matched <= f.Skip, f.Times > 0 && i.fired == f.Times:
		return false
	case i.draws != nil && i.draws.Float64() >= f.Probability:
		return false
	}
	i.fired++
	return true
}

// delay lets time pass: at once on a clock that is moved by hand, else really. A
// context that ends first ends it.
func (c *call) delay(d time.Duration) error {
	if d == 0 {
		return nil
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if c.clock.byHand() {
		c.clock.advance(d)
	} else {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
	c.now = c.clock.now()
	return nil
}

// silence is what a caller gets who gets no answer: the end of the context, if
// that has a deadline, and at once the timeout of the connection, if it has none.
func silence(ctx context.Context) error {
	if _, ends := ctx.Deadline(); !ends {
		return &Loss{How: LossTimeout}
	}
	<-ctx.Done()
	return ctx.Err()
}
