package kmsfake_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
// that is refused changes nothing, and nothing that a caller passes in or gets out
// is the fake's memory.
func TestTheFakeAnswersAsTheModelDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newModelWorld(rapid.Uint64().Draw(t, "seed"))
		for range rapid.IntRange(1, 4).Draw(t, "keys to start with") {
			modelKeyCommands[0].run(t, w, rapid.SampledFrom(modelPlaces).Draw(t, "place"))
		}
		t.Repeat(w.actions())
	})
}

// modelWorld is a fake and the model of it, side by side.
type modelWorld struct {
	model *modelAWS
	fakes map[modelPlace]*kmsfake.Fake
	dump  string // after the last call
}

func newModelWorld(seed uint64) *modelWorld {
	// Finer than AWS tells time.
	start := time.Date(2025, 12, 30, 23, 59, 58, 123456789, time.UTC)
	fake := kmsfake.New(kmsfake.WithSeed(seed), kmsfake.WithClock(func() time.Time { return start }))
	w := &modelWorld{model: newModelAWS(start)}
	w.handles(fake)
	return w
}

// handles makes a handle for each place on the AWS that fake is a handle of.
func (w *modelWorld) handles(fake *kmsfake.Fake) {
	w.fakes = map[modelPlace]*kmsfake.Fake{}
	for _, at := range modelPlaces {
		w.fakes[at] = fake.InRegion(at.region).InAccount(at.account)
	}
	w.dump = w.dumped()
}

func (w *modelWorld) fake() *kmsfake.Fake { return w.fakes[modelPlaces[0]] }

func (w *modelWorld) dumped() string {
	var b strings.Builder
	w.fake().Dump(&b)
	return b.String()
}

func (w *modelWorld) actions() map[string]func(*rapid.T) {
	actions := map[string]func(*rapid.T){
		"time passes": func(t *rapid.T) {
			day := 24 * time.Hour
			d := rapid.SampledFrom([]time.Duration{
				time.Microsecond, time.Millisecond, time.Second, day, 7 * day, 8 * day, 30*day - 1, 30 * day,
			}).Draw(t, "time")
			w.fake().Advance(d)
			w.model.advance(d)
			w.dump = w.dumped()
		},
	}
	for subject, commands := range modelActions {
		actions[subject] = func(t *rapid.T) {
			for range rapid.IntRange(1, 5).Draw(t, "calls") {
				at := modelPlaces[max(0, rapid.IntRange(-3, len(modelPlaces)-1).Draw(t, "place"))]
				rapid.SampledFrom(commands).Draw(t, "operation").run(t, w, at)
			}
		}
	}
	return actions
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
		in := draw(&modelDraw{t, w.model, at})
		sent := modelText{in}.String()
		got, err := call(w.fakes[at], context.Background(), in)
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
		dump := w.dumped()
		if refusal != nil && dump != w.dump {
			t.Fatalf("%s by %s, which was refused, changed something\n%s\n%s", operation, at, sent, cmp.Diff(w.dump, dump))
		}
		w.dump = dump
		modelScribble(reflect.ValueOf(in))
		modelScribble(reflect.ValueOf(got))
	}}
}

// modelText shows an input in a failing test's log.
type modelText struct{ v any }

func (s modelText) String() string {
	text, err := json.Marshal(s.v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

var modelCompared = cmp.Options{
	cmpopts.IgnoreTypes(document.NoSerde{}, middleware.Metadata{}),
	// A file of its own will tell of replicas.
	cmpopts.IgnoreFields(types.KeyMetadata{}, "MultiRegionConfiguration"),
}

// modelDifference tells how an answer differs from the one that was wanted.
func modelDifference[O any](want, got *O, err error) string {
	if err != nil {
		return "answered " + err.Error() + "\nwant " + modelText{want}.String()
	}
	metadata := reflect.ValueOf(got).Elem().FieldByName("ResultMetadata").Interface().(middleware.Metadata)
	if id, ok := awsmiddleware.GetRequestIDMetadata(metadata); !ok || !modelKeyID.MatchString(id) {
		return "answered without a request id"
	}
	if diff := cmp.Diff(want, got, modelCompared); diff != "" {
		return "answered otherwise (-want +got):\n" + diff
	}
	return ""
}

// modelTyped tells an exception from others by its Go type. The SDK has none for
// exceptions that are not here.
var modelTyped = map[string]func(error) bool{
	"AlreadyExistsException":     modelIs[*types.AlreadyExistsException],
	"DisabledException":          modelIs[*types.DisabledException],
	"DryRunOperationException":   modelIs[*types.DryRunOperationException],
	"IncorrectKeyException":      modelIs[*types.IncorrectKeyException],
	"InvalidAliasNameException":  modelIs[*types.InvalidAliasNameException],
	"InvalidArnException":        modelIs[*types.InvalidArnException],
	"InvalidCiphertextException": modelIs[*types.InvalidCiphertextException],
	"InvalidKeyUsageException":   modelIs[*types.InvalidKeyUsageException],
	"InvalidMarkerException":     modelIs[*types.InvalidMarkerException],
	"KMSInvalidStateException":   modelIs[*types.KMSInvalidStateException],
	"LimitExceededException":     modelIs[*types.LimitExceededException],
	"NotFoundException":          modelIs[*types.NotFoundException],
	"TagException":               modelIs[*types.TagException],
}

func modelIs[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// difference tells how an error differs from what AWS and its SDK make of the
// refusal.
func (r *modelRefusal) difference(operation string, none bool, err error) string {
	want := "want " + r.code + ": " + r.text
	if err == nil {
		return "answered no error, " + want
	}
	var wrapped *smithy.OperationError
	switch {
	case !none:
		return "answered an output beside the error"
	case !errors.As(err, &wrapped), wrapped.ServiceID != "KMS", wrapped.OperationName != operation:
		return "answered no error of the operation: " + err.Error()
	}
	prefix := "operation error KMS: " + operation + ", "
	if r.code == modelMissing {
		if !modelIs[smithy.InvalidParamsError](err) || err.Error() != prefix+r.text {
			return "answered " + err.Error() + ", " + want
		}
		return ""
	}
	var response *awshttp.ResponseError
	var exception smithy.APIError
	if !errors.As(err, &response) || !errors.As(err, &exception) {
		return "answered no response: " + err.Error()
	}
	text, code := r.text, r.code
	if isTyped, modelled := modelTyped[r.code]; !modelled {
		code = "api error " + code
		if !modelIs[*smithy.GenericAPIError](err) {
			return "answered an exception of another type: " + err.Error()
		}
		if text == "" && !r.guess {
			text = "UnknownError"
		}
	} else if !isTyped(err) {
		return "answered an exception of another type: " + err.Error() + ", " + want
	}
	if r.guess {
		text = exception.ErrorMessage()
	}
	whole := prefix + "https response error StatusCode: 400, RequestID: " + response.ServiceRequestID() + ", " + code + ": " + text
	if exception.ErrorCode() != r.code || response.HTTPStatusCode() != 400 || !modelKeyID.MatchString(response.ServiceRequestID()) || err.Error() != whole {
		return "answered " + err.Error() + "\nwant     " + whole
	}
	return ""
}

// modelScribble writes over all that a caller can reach from v. If the fake still
// refers to any of it, it answers nonsense from here on.
func modelScribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			modelScribble(v.Elem())
		}
	case reflect.Struct:
		if t := v.Type(); t == reflect.TypeFor[time.Time]() {
			v.SetZero()
			return
		} else if t == reflect.TypeFor[middleware.Metadata]() {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				modelScribble(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			modelScribble(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(k, reflect.Zero(v.Type().Elem()))
		}
	case reflect.String:
		v.SetString("scribble")
	case reflect.Uint8:
		v.SetUint(^v.Uint() & 0xff)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32:
		v.SetInt(-12345)
	}
}

// The model names every operation's states that the documentation's table has, and
// no state that keys do not come into by these operations.
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
