package kmsfake_test

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/kmsfake"
)

// modelActions are the steps of the state machine, by subject.
var modelActions = map[string][]modelCommand{
	"keys":       modelKeyCommands,
	"aliases":    modelAliasCommands,
	"tags":       modelTagCommands,
	"policies":   modelPolicyCommands,
	"encryption": modelEncryptionCommands,
	"data keys":  modelDataKeyCommands,
}

// The fake answers every call, good or bad, as the model of AWS KMS does. A call
// that is refused changes nothing, nothing that a caller passes in or gets out is
// the fake's memory, and a clone goes on as its original would have.
func TestTheFakeAnswersAsTheModelDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawModelWorld(t)
		t.Repeat(w.actions())
		w.checkOriginals(t)
	})
}

// modelWorld is a fake and the model of it, side by side.
type modelWorld struct {
	model *modelAWS
	fakes map[modelPlace]*kmsfake.Fake
	calls int
	dump  string // of the fake as it is now, or "" if it has to be asked

	originals map[*kmsfake.Fake]string     // whose clones took their place, with their dumps
	twins     map[modelPlace]*kmsfake.Fake // of the same seed; asked all the same if there are any
}

// drawModelWorld is a world with a key in every place, and more in the first. Its
// clock may be finer than AWS tells time.
func drawModelWorld(t *rapid.T) *modelWorld {
	start := time.Date(2025, 12, 30, 23, 59, 58, rapid.SampledFrom([]int{0, 123456789}).Draw(t, "nanoseconds"), time.UTC)
	seed := rapid.Uint64().Draw(t, "seed")
	w := &modelWorld{model: newModelAWS(start), originals: map[*kmsfake.Fake]string{}}
	w.goOnWith(newModelFake(seed, start))
	for _, at := range slices.Concat(modelPlaces, modelPlaces[:1], modelPlaces[:1]) {
		modelKeyCommands[0].run(t, w, at)
	}
	return w
}

func newModelFake(seed uint64, start time.Time) *kmsfake.Fake {
	return kmsfake.New(kmsfake.WithSeed(seed), kmsfake.WithClock(func() time.Time { return start }))
}

func (w *modelWorld) goOnWith(fake *kmsfake.Fake) {
	w.fakes, w.dump = modelHandles(fake), ""
}

// modelHandles are handles for each place on the AWS that fake is a handle of.
func modelHandles(fake *kmsfake.Fake) map[modelPlace]*kmsfake.Fake {
	handles := map[modelPlace]*kmsfake.Fake{}
	for _, at := range modelPlaces {
		handles[at] = fake.InRegion(at.region).InAccount(at.account)
	}
	return handles
}

func (w *modelWorld) fake() *kmsfake.Fake { return w.fakes[modelPlaces[0]] }

func (w *modelWorld) dumped() string {
	if w.dump == "" {
		w.dump = modelDumped(w.fake())
	}
	return w.dump
}

func modelDumped(fake *kmsfake.Fake) string {
	var b strings.Builder
	fake.Dump(&b)
	return b.String()
}

func (w *modelWorld) actions() map[string]func(*rapid.T) {
	actions := map[string]func(*rapid.T){"time passes": w.timePasses, "go on with a clone": w.clone}
	for subject, commands := range modelActions {
		actions[subject] = func(t *rapid.T) {
			for range rapid.IntRange(1, 5).Draw(t, "calls") {
				w.call(t, commands)
			}
		}
	}
	return actions
}

// call does one of some commands in one of the places.
func (w *modelWorld) call(t *rapid.T, commands []modelCommand) {
	at := modelPlaces[max(0, rapid.IntRange(-3, len(modelPlaces)-1).Draw(t, "place"))]
	rapid.SampledFrom(commands).Draw(t, "operation").run(t, w, at)
}

// steps is a shorter walk than Repeat's, for laws that look at where it ends.
func (w *modelWorld) steps(t *rapid.T, most int) {
	subjects := slices.Sorted(maps.Keys(modelActions))
	for range rapid.IntRange(0, most).Draw(t, "steps") {
		if rapid.IntRange(1, 10).Draw(t, "time passes") == 10 {
			w.timePasses(t)
		}
		w.call(t, modelActions[rapid.SampledFrom(subjects).Draw(t, "subject")])
	}
}

// timePasses lets some time pass, or all the time until a key is deleted, or all
// but a moment of it.
func (w *modelWorld) timePasses(t *rapid.T) {
	const day = 24 * time.Hour
	times := []time.Duration{time.Microsecond, time.Millisecond, time.Second, day, 7 * day, 30 * day}
	for _, at := range modelPlaces {
		for _, k := range w.model.stores[at].keys {
			if !k.deletion.IsZero() {
				left := k.deletion.Sub(w.model.now)
				times = append(times, left, left-1)
			}
		}
	}
	d := max(0, rapid.SampledFrom(times).Draw(t, "time"))
	w.fake().Advance(d)
	w.model.advance(d)
	if w.twins != nil {
		w.twins[modelPlaces[0]].Advance(d)
	}
	w.dump = ""
	for _, at := range modelPlaces {
		modelListAllKeys.run(t, w, at)
	}
}

// clone lets a clone take the fake's place. The original has to stay as it is.
func (w *modelWorld) clone(t *rapid.T) {
	clone := w.fake().Clone()
	if diff := cmp.Diff(w.dumped(), modelDumped(clone)); diff != "" {
		t.Fatalf("the clone is not like its original:\n%s", diff)
	}
	w.originals[w.fake()] = w.dump
	w.goOnWith(clone)
}

func (w *modelWorld) checkOriginals(t *rapid.T) {
	for original, dump := range w.originals {
		if diff := cmp.Diff(dump, modelDumped(original)); diff != "" {
			t.Fatalf("what was done with a clone changed its original:\n%s", diff)
		}
	}
}

// modelCommand is something that a caller does in a place, to fake and model.
type modelCommand struct {
	operation string
	run       func(t *rapid.T, w *modelWorld, at modelPlace)
}

// GoString is how a failing test's log shows a command that was drawn.
func (c modelCommand) GoString() string { return c.operation }

// modelOperation is a command that calls one operation: draw makes an input,
// answer is the model's answer to it. The fake is asked first, so that answer can
// learn from got what only a service can choose; got is nil if the fake refused.
func modelOperation[I, O any](
	operation string,
	call func(*kmsfake.Fake, context.Context, *I, ...func(*kms.Options)) (*O, error),
	draw func(*modelDraw) *I,
	answer func(c *modelCall, in *I, got *O) (*O, *modelRefusal),
) modelCommand {
	return modelCommand{operation, func(t *rapid.T, w *modelWorld, at modelPlace) {
		// Dumps are dear, so one call in three is watched for what it changes.
		w.calls++
		watched := w.calls%3 == 0
		if watched {
			w.dumped()
		}
		in := draw(&modelDraw{t, w.model, at})
		sent := modelText{in}.String()
		got, err := call(w.fakes[at], context.Background(), in)
		if w.twins != nil {
			again, errAgain := call(w.twins[at], context.Background(), in)
			if diff := cmp.Diff(got, again, modelCompared) + cmp.Diff(modelError(err), modelError(errAgain)); diff != "" {
				t.Fatalf("%s by %s\n%s\nis answered otherwise by a fake of the same seed:\n%s", operation, at, sent, diff)
			}
		}
		if after := (modelText{in}).String(); after != sent {
			t.Fatalf("%s changed its input\nfrom %s\nto   %s", operation, sent, after)
		}
		want, refusal := answer(&modelCall{modelAWS: w.model, operation: operation, at: at}, in, got)
		var text string
		if refusal != nil {
			text = refusal.difference(operation, got == nil, err)
		} else {
			text = modelDifference(want, got, err)
		}
		if text != "" {
			t.Fatalf("%s by %s\n%s\n%s", operation, at, sent, text)
		}
		if refusal == nil && !modelReads(operation) {
			w.dump = ""
		} else if watched {
			before := w.dump
			w.dump = ""
			if after := w.dumped(); after != before {
				t.Fatalf("%s by %s changed something\n%s\n%s", operation, at, sent, cmp.Diff(before, after))
			}
		}
		modelScribble(reflect.ValueOf(in))
		modelScribble(reflect.ValueOf(got))
	}}
}

// The state machine calls every operation that the model's table of key states has.
func TestTheModelKnowsItsStates(t *testing.T) {
	t.Parallel()
	var operations []string
	for _, commands := range modelActions {
		for _, c := range commands {
			operations = append(operations, c.operation)
		}
	}
	for operation := range modelStates {
		if !slices.Contains(operations, operation) {
			t.Errorf("no command calls %s", operation)
		}
	}
}
