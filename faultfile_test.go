package kmsfake_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"example.com/kmsfake"
)

func TestReadFaults(t *testing.T) {
	t.Parallel()
	words := "words"
	for text, want := range map[string][]kmsfake.Fault{
		`[]`:                                   {},
		`{"error":"Timeout"}`:                  {{Error: kmsfake.Timeout}},
		` [ {"delay" : "1m30s", "skip": 3} ] `: {{Delay: 90 * time.Second, Skip: 3}},
		`[{"error":"Throttled"},{"delay":"1ms"}]`: {{Error: kmsfake.Throttled}, {Delay: time.Millisecond}},
		`{"operation":"Decrypt","key":"alias/a","skip":1,"times":2,"probability":0.5,"error":"DisabledException","message":"words","applied":true,"fired":7}`: {{
			Operation: "Decrypt", Key: "alias/a", Skip: 1, Times: 2, Probability: 0.5, Applied: true,
			Error: &types.DisabledException{Message: &words},
		}},
		`{"error":"ExpiredTokenException"}`:                                  {{Error: &smithy.GenericAPIError{Code: "ExpiredTokenException"}}},
		`{"operation":"ListKeys","error":"DisabledException","forced":true}`: {{Operation: "ListKeys", Error: kmsfake.Forced(&types.DisabledException{})}},
	} {
		got, err := kmsfake.ReadFaults(strings.NewReader(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %#v %v\nwant %#v", text, got, err, want)
		}
	}
}

// Every mistake is told with its place.
func TestReadFaultsTellsWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:                      "line 1, column 1: the text ends too early",
		`7`:                     "line 1, column 1: faults are a list",
		`[7]`:                   "line 1, column 2: a fault is an object",
		"[\n  {},":              "line 2, column 3: Fault.Error: there is neither",
		`[{}`:                   "line 1, column 2: Fault.Error",
		`{"error":"Timeout"} x`: "line 1, column 21: there is more",
		"{\"error\":\n  \"Timeout\",\n \"skipp\": 1}":                        `line 3, column 2: a fault has no member "skipp"; did you mean skip?`,
		`{"error":"Timeout","error":"Timeout"}`:                              `line 1, column 20: the member "error" is there twice`,
		`{"error":7}`:                                                        "line 1, column 10: error is not a string",
		`{"error":"Timeout","applied":"yes"}`:                                "line 1, column 30: applied is not true or false",
		`{"error":"Timeout","skip":"1"}`:                                     "line 1, column 27: skip is not a number",
		`{"error":"Timeout","skip":1.5}`:                                     "line 1, column 27: skip is not a whole number",
		`{"error":"Timeout","times":99999999999999999999}`:                   "line 1, column 28: times is not a whole number",
		`{"error":"Timeout","skip":-1}`:                                      "line 1, column 27: Fault.Skip: -1 is negative",
		`{"error":"Timeout","probability":1.5}`:                              "line 1, column 34: Fault.Probability",
		`{"delay":"soon"}`:                                                   "line 1, column 10: delay is no duration",
		`{"error":"Timeout","message":"x"}`:                                  "line 1, column 10: Fault.Error: Timeout has a text of its own",
		`{"delay":"1s","message":"x"}`:                                       "line 1, column 25: there is no error",
		`{"error":"DisabledExeption"}`:                                       "line 1, column 10: Fault.Error: AWS KMS throws no DisabledExeption; did you mean DisabledException?",
		`{"operation":"ListKeys","error":"DisabledException"}`:               "line 1, column 33: Fault.Error: ListKeys throws no DisabledException",
		"{\"key\":\"ключ\",\"operation\":\"Decript\",\"error\":\"Timeout\"}": `line 1, column 27: Fault.Operation: AWS KMS has no operation "Decript"; did you mean Decrypt?`,
		`{"error":"Timeout",}`:                                               "line 1, column 20",
		`{"error" "Timeout"}`:                                                "line 1, column 10",
	} {
		_, err := kmsfake.ReadFaults(strings.NewReader(text))
		if err == nil || !strings.HasPrefix(err.Error(), "kmsfake: reading faults: "+want) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
	boom := errors.New("boom")
	if _, err := kmsfake.ReadFaults(failingReader{boom}); !errors.Is(err, boom) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// What is read can be injected, and what is written is read as the same.
func FuzzReadFaults(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"error":"Timeout","skip":1},{"operation":"Decrypt","key":"alias/a","delay":"1s","probability":0.25}]`,
		`{"error":"DisabledException","message":"\ud800","applied":true}`, `{"error":"X","forced":true}`, `[[`, `{"a":{"b":[`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := kmsfake.ReadFaults(strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "kmsfake: reading faults: line ") {
				t.Fatalf("no place in %v", err)
			}
			return
		}
		fake := kmsfake.New()
		fake.Inject(faults...)
		var written strings.Builder
		if err := fake.WriteFaults(&written); err != nil {
			t.Fatal(err)
		}
		again, err := kmsfake.ReadFaults(strings.NewReader(written.String()))
		if err != nil || !reflect.DeepEqual(faults, again) {
			t.Fatalf("%#v\nwritten %s\nread %#v %v", faults, written.String(), again, err)
		}
	})
}
