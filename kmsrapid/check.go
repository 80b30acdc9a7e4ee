package kmsrapid

import (
	"fmt"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"example.com/kmsfake"
	"example.com/kmsfake/internal/service"
)

// Check fails the test if there is a world, and something that happens in it
// between the calls of the property, for which the property fails, by the rules
// of [rapid.Check], whose flags hold here too.
//
// In every run the property gets a handle on a fresh AWS that has the keys of a
// [World]. Acts happen before calls of this AWS that any of its handles makes,
// by [kmsfake.Fake.Client] and over HTTP too, and none before calls of a
// [kmsfake.Fake.Clone]: that is where a property looks at what the code under test
// has done.
//
// All that is to happen is drawn before the property runs, and nothing within a
// call. So calls may come from several goroutines, of which the others wait while
// the administrator acts; but only calls that are made one after another meet the
// same again, which a failure needs to be shrunk.
//
// The log of a failure ends with a test in which the calls of the smallest
// failing run stand, those of the administrator among them, for you to paste.
func Check(t rapid.TB, prop func(t *rapid.T, fake *kmsfake.Fake), options ...Option) {
	t.Helper()
	s, err := settingsOf(options)
	if err != nil {
		t.Fatalf("kmsrapid: %v", err)
	}
	allowed := s.acts()
	futures := rapid.Just(future(nil))
	if len(allowed) > 0 {
		futures = plans(allowed)
	}
	name, home := t.Name(), kmsfake.New(s.fake...).Account()
	rapid.Check(t, func(t *rapid.T) {
		s.run(t, name, prop, world.Draw(t, "world"), home, allowed, futures.Draw(t, "interference"))
	})
}

func (s *settings) run(t *rapid.T, name string, prop func(*rapid.T, *kmsfake.Fake), w AWS, account string, allowed []Act, to future) {
	w = w.of(account)
	w.Keys = slices.Concat(s.keys, w.Keys)
	options := slices.Concat([]kmsfake.Option{kmsfake.WithSeed(seed), kmsfake.WithClock(clock)}, s.fake, []kmsfake.Option{kmsfake.WithJournal(journal)})
	fake := w.New(options...)
	p := &paste{test: name, keys: w.Keys, fake: fake, begun: fake.Now(), more: len(s.fake) > 0}
	defer func() {
		r := recover()
		if r != nil {
			p.failure = fmt.Sprint(r)
		}
		if t.Failed() || r != nil && !isSkip(r) {
			t.Log(p)
		}
		if r != nil {
			panic(r) // above the stack of the first, which rapid prints
		}
	}()
	for _, prepare := range s.prepare {
		prepare(t, fake)
	}
	if len(to) > 0 {
		p.by = newInterferer(fake, w.Keys, allowed, to)
		fake.Inject(kmsfake.Fault{Error: &service.Intrusion{Do: p.by.between}})
	}
	prop(t, fake)
}

// isSkip says whether a panic is a run that skips itself, or that has too few data.
func isSkip(r any) bool {
	return r != nil && reflect.TypeOf(r).String() == "rapid.invalidData"
}
