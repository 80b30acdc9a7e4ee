package wire

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/prelude"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOperationsAreThoseOfTheClient(t *testing.T) {
	t.Parallel()
	var want []string
	client := reflect.TypeFor[*kms.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.NumIn() != 4 || m.Type.NumOut() != 2 {
			continue
		}
		want = append(want, m.Name)
		op, ok := operations[m.Name]
		if !ok {
			continue // the comparison below tells
		}
		if m.Type.In(2) != op.input.pointer || m.Type.Out(0) != op.output.pointer {
			t.Errorf("%s: have %v and %v, the client %v and %v", m.Name, op.input.pointer, op.output.pointer, m.Type.In(2), m.Type.Out(0))
		}
	}
	if diff := cmp.Diff(want, Operations()); diff != "" {
		t.Errorf("operations (-client +ours):\n%s", diff)
	}
	if len(want) < 56 {
		t.Errorf("found %d operations on the client", len(want))
	}
}

// Every member that Go can see has a codec, so none is lost on the wire.
func TestPlansCoverEveryField(t *testing.T) {
	t.Parallel()
	var check func(t *testing.T, v reflect.Type, s *structure)
	check = func(t *testing.T, v reflect.Type, s *structure) {
		var fields []int
		for i := range v.NumField() {
			if f := v.Field(i); f.IsExported() && f.Name != "ResultMetadata" && f.Name != "ErrorCodeOverride" {
				fields = append(fields, i)
			}
		}
		var planned []int
		for _, m := range s.members {
			planned = append(planned, m.field)
		}
		slices.Sort(planned)
		if !slices.Equal(fields, planned) {
			t.Errorf("%v: fields %v, planned %v", v, fields, planned)
		}
		for _, m := range s.members {
			elem, c := v.Field(m.field).Type, m.codec
			for {
				switch inner := c.(type) {
				case pointer:
					elem, c = elem.Elem(), inner.elem
					continue
				case list:
					elem, c = elem.Elem(), inner.elem
					continue
				case *structure:
					check(t, elem, inner)
				}
				break
			}
		}
	}
	for name, op := range operations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, s := range []shape{op.input, op.output} {
				plan, err := s.plan()
				if err != nil {
					t.Fatal(err)
				}
				check(t, s.pointer.Elem(), plan)
			}
		})
	}
	if have, want := len(exceptions()), len(kms.TypeRegistry.Entries); have != want {
		t.Errorf("%d exceptions of %d", have, want)
	}
	for p, plan := range exceptions() {
		check(t, p.Elem(), plan)
	}
}

// A type that the SDK gains and this package does not know is an error.
func TestPlansOfUnknownTypes(t *testing.T) {
	t.Parallel()
	schema := smithy.NewSchema(smithy.ShapeID{Namespace: "n", Name: "S"}, smithy.ShapeTypeStructure, 1)
	schema.AddMember("A", prelude.Double)
	if plan, err := (planner{}).structure(reflect.TypeFor[struct{ A *float64 }](), schema); err == nil {
		t.Errorf("planned %+v", plan)
	}
	if plan, err := (planner{}).structure(reflect.TypeFor[struct{ B *float64 }](), schema); err == nil {
		t.Errorf("planned %+v", plan)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, name := range Operations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op := operations[name]
			rapid.Check(t, func(t *rapid.T) {
				input := filled(t, op.input, false)
				body, err := AppendInput([]byte("prefix"), name, input)
				if err != nil {
					t.Fatal(err)
				}
				body = body[len("prefix"):]
				got, err := DecodeInput(name, body)
				if err != nil {
					t.Fatalf("%v\n%s", err, body)
				}
				clear(body) // nothing decoded may alias it
				if diff := cmp.Diff(input, got, same); diff != "" {
					t.Fatalf("input (-want +got):\n%s", diff)
				}

				output := filled(t, op.output, false)
				body, err = AppendOutput(nil, name, output)
				if err != nil {
					t.Fatal(err)
				}
				if len(body) > 0 && !json.Valid(body) {
					t.Fatalf("not JSON: %s", body)
				}
				got, err = DecodeOutput(name, body)
				if err != nil {
					t.Fatalf("%v\n%s", err, body)
				}
				clear(body)
				if diff := cmp.Diff(output, got, same); diff != "" {
					t.Fatalf("output (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// The SDK's own snapshots of every operation and exception pass through.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/kms").Output()
	if err != nil {
		t.Fatal(err)
	}
	snapshot := func(t *testing.T, folder, file string) []byte {
		text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), folder, file))
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "\n\n")
		if strings.HasPrefix(string(text), "POST") {
			_, rest, _ = strings.Cut(rest, "\n\n") // the request line stands apart
		}
		return []byte(rest)
	}
	for _, name := range Operations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := snapshot(t, "request_snapshot", name+".request.snap")
			input, err := DecodeInput(name, body)
			if err != nil {
				t.Fatal(err)
			}
			again, err := AppendInput(nil, name, input)
			if err != nil {
				t.Fatal(err)
			}
			equalJSON(t, body, again)

			body = snapshot(t, "response_snapshot", name+".response.snap")
			output, err := DecodeOutput(name, body)
			if err != nil {
				t.Fatal(err)
			}
			again, err = AppendOutput(nil, name, output)
			if err != nil {
				t.Fatal(err)
			}
			if operations[name].output.unit() {
				if len(again) != 0 {
					t.Errorf("answers %s, want nothing", again)
				}
				return
			}
			equalJSON(t, body, again)
		})
	}
	for id, entry := range kms.TypeRegistry.Entries {
		_, name, _ := strings.Cut(id, "#")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := entry.New()
			message := reflect.ValueOf("__Message__")
			p := reflect.New(message.Type())
			p.Elem().Set(message)
			reflect.ValueOf(e).Elem().FieldByName("Message").Set(p)
			_, body := AppendError(nil, e.(error))
			equalJSON(t, snapshot(t, "response_snapshot", name+".error.snap"), body)
		})
	}
}

func equalJSON(t *testing.T, want, got []byte) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatalf("%v in %s", err, want)
	}
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestWrongValues(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"nil": nil, "typed nil": (*kms.EncryptOutput)(nil), "another": &kms.DecryptOutput{}, "no pointer": kms.EncryptOutput{},
	} {
		if _, err := AppendOutput(nil, "Encrypt", v); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, err := range map[string]error{
		"DecodeInput":  second(DecodeInput("Nope", []byte("{}"))),
		"DecodeOutput": second(DecodeOutput("Nope", []byte("{}"))),
		"AppendInput":  second(AppendInput(nil, "Nope", &kms.EncryptInput{})),
		"AppendOutput": second(AppendOutput(nil, "", &kms.EncryptInput{})),
	} {
		if api, ok := err.(smithy.APIError); !ok || api.ErrorCode() != "UnknownOperationException" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
