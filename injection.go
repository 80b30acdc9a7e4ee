package kmsfake

import (
	"fmt"

	"example.com/kmsfake/internal/service"
)

// Injection is faults that were injected together. Its methods are safe for
// concurrent use.
type Injection struct {
	aws    *service.AWS
	faults []*service.Injected
}

// Inject adds faults to this AWS; every handle of it meets them, a [Fake.Clone]
// does not. A call tries the faults in the order of injection. The first that
// affects it and has an Error decides; the faults after that do not see the call.
//
// A fault that could never affect a call is a mistake in the test: Inject panics
// with a text that names the member and, where one is near, the right name.
func (f *Fake) Inject(faults ...Fault) *Injection {
	list := make([]service.Fault, len(faults))
	for i, fault := range faults {
		list[i] = service.Fault(fault)
	}
	injected, i, err := f.aws.Inject(list...)
	if err != nil {
		where := "kmsfake: "
		if len(faults) > 1 {
			where = fmt.Sprintf("kmsfake: fault %d of %d: ", i+1, len(faults))
		}
		panic(where + err.Error())
	}
	return &Injection{aws: f.aws, faults: injected}
}

// Injections are the faults that this AWS has, one each, in the order of
// injection.
func (f *Fake) Injections() []*Injection {
	var list []*Injection
	for _, i := range f.aws.Faults() {
		list = append(list, &Injection{aws: f.aws, faults: []*service.Injected{i}})
	}
	return list
}

// Remove takes the faults away again. Calls that are under way may still meet
// them. What is removed already stays so.
func (i *Injection) Remove() { i.aws.Remove(i.faults...) }

// Fired is how many calls the faults have affected, those that were only delayed
// included. It goes on counting what it has counted after Remove.
func (i *Injection) Fired() int {
	n := 0
	for _, fault := range i.faults {
		n += fault.Fired()
	}
	return n
}

// Faults are the faults as they were injected. The caller owns the slice.
func (i *Injection) Faults() []Fault {
	list := make([]Fault, len(i.faults))
	for n, fault := range i.faults {
		list[n] = Fault(fault.Fault())
	}
	return list
}
