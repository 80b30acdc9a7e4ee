package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
)

func TestTableIsFresh(t *testing.T) {
	t.Parallel()
	m, err := parse(modelJSON)
	if err != nil {
		t.Fatal(err)
	}
	for path, render := range map[string]func(*model) ([]byte, error){tablePath: render, exceptionsPath: renderExceptions} {
		want, err := render(m)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate in internal/constraint", path)
		}
	}
}

// Every exception of the model is one of the SDK's, and every operation has
// the one that stands for the service's own failure.
func TestExceptionsAreTheSDKs(t *testing.T) {
	t.Parallel()
	m, err := parse(modelJSON)
	if err != nil {
		t.Fatal(err)
	}
	for operation := range m.Operations {
		if !slices.Contains(m.Errors[operation], "KMSInternalException") {
			t.Errorf("%s cannot fail with KMSInternalException", operation)
		}
		for _, name := range m.Errors[operation] {
			if kms.TypeRegistry.Entries["com.amazonaws.kms#"+name] == nil {
				t.Errorf("%s throws %s, which the SDK does not have", operation, name)
			}
		}
	}
}

// The model has the SDK's operations, and their inputs have its members.
func TestModelIsTheSDKs(t *testing.T) {
	t.Parallel()
	m, err := parse(modelJSON)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	client := reflect.TypeFor[*kms.Client]()
	for i := range client.NumMethod() {
		method := client.Method(i)
		if method.Type.NumIn() != 4 || method.Type.In(2).Kind() != reflect.Pointer || method.Type.In(2).Elem().Name() != method.Name+"Input" {
			continue
		}
		names = append(names, method.Name)
		compare(t, m, m.Operations[method.Name], method.Type.In(2).Elem())
	}
	if want := slices.Sorted(maps.Keys(m.Operations)); !slices.Equal(names, want) {
		t.Errorf("operations of the SDK: %q\nof the model: %q", names, want)
	}
}

func compare(t *testing.T, m *model, name string, goType reflect.Type) {
	t.Helper()
	types := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(goType) {
		if f.IsExported() && !f.Anonymous {
			types[f.Name] = f.Type
		}
	}
	for _, x := range m.Shapes[name].Members {
		inner, shape := types[x.Name], x.Shape
		if inner == nil {
			t.Errorf("%s has no %s in the SDK", name, x.Name)
			continue
		}
		delete(types, x.Name)
		if m.Shapes[shape].Type == "list" {
			inner, shape = inner.Elem(), m.Shapes[shape].Member
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if m.Shapes[shape].Type == "structure" {
			compare(t, m, shape, inner)
		}
	}
	for extra := range types {
		t.Errorf("%s: the model lacks %s", name, extra)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const input = `{"operations": {"Op": "In"}, "shapes": {"In": {"type": "structure", "members": [{"name": "M", "shape": "S"}]}, `
	for name, tt := range map[string]struct{ model, want string }{
		"unknown word":       {`{"shape": {}}`, "unknown field"},
		"two models":         {`{} {}`, "text after the model"},
		"no input":           {`{"operations": {"Op": "In"}}`, "not a structure"},
		"no such shape":      {input + `"T": {"type": "blob"}}}`, `no shape "S"`},
		"member sans shape":  {`{"shapes": {"In": {"type": "structure", "members": [{"name": "M"}]}}}`, "has no shape"},
		"unconstrained":      {input + `"S": {"type": "string"}}}`, "without constraints"},
		"unknown type":       {input + `"S": {"type": "document"}}}`, "unknown type"},
		"constrained map":    {input + `"S": {"type": "map", "key": "K", "value": "K"}, "K": {"type": "string", "max": 1}}}`, "constraints on a map"},
		"constrained time":   {input + `"S": {"type": "timestamp", "max": 1}}}`, "constraints on a timestamp"},
		"maximum 0":          {input + `"S": {"type": "string", "max": 0}}}`, "maximum 0"},
		"bad pattern":        {input + `"S": {"type": "string", "pattern": "["}}}`, "pattern ["},
		"list of blobs":      {input + `"S": {"type": "list", "member": "B"}, "B": {"type": "blob", "max": 1}}}`, "a list of blob"},
		"bounded structures": {input + `"S": {"type": "list", "max": 1, "member": "B"}, "B": {"type": "structure"}}}`, "with bounds"},
		"bottomless":         {input + `"S": {"type": "list", "member": "In"}}}`, "too deep"},
	} {
		m, err := parse([]byte(tt.model))
		if err == nil {
			_, err = render(m)
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	_, err := parse([]byte(input + `"S": {"type": "boolean"}}}`))
	if err != nil {
		t.Errorf("an unconstrained boolean: %v", err)
	}
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, value string
		want           bool
	}{
		{`[0-9]{12}`, "111122223333", true},
		{`[0-9]{12}`, "x111122223333", false},
		{`a|bc`, "ac", false},
		{`a|bc`, "bc", true},
		{`^a$|^b$`, "b", true},
		{`^[a]+$`, "a\n", false},
		{`[\u0020-\u00FF]*`, "ÿ é", true},
		{`[\u0020-\u00FF]*`, "Ā", false},
		{`\s`, "\v", true},
		{`[\s]`, "\v", true},
		{`\\.`, `\x`, true},
		{`a.b`, "a\rb", false},
		{`a.b`, "a\u2028b", false},
		{`a.b`, "aéb", true},
		{`a\.b`, "axb", false},
		{`[.]`, "x", false},
	} {
		expr, err := translate(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if got := regexp.MustCompile(expr).MatchString(tt.value); got != tt.want {
			t.Errorf("%s (%s) matches %q: %t", tt.pattern, expr, tt.value, got)
		}
	}
}

func TestRepeatedClass(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern   string
		empty, ok bool
	}{
		{`^[a-z]+$`, false, true},
		{`[a-z]*`, true, true},
		{`[\u0020-\u00FF]*`, true, true},
		{`[\u0020-\u0100]*`, false, false},
		{`[a-z]`, false, false},
		{`[a-z]+[0-9]+`, false, false},
		{`[a-z]{2}`, false, false},
		{`^[a-z]+$|^b+$`, false, false},
		{`([a-z]b)+`, false, false},
		{`.+`, false, false},
	} {
		expr, err := translate(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		set, empty, ok := repeatedClass(expr)
		if ok != tt.ok || ok && empty != tt.empty {
			t.Errorf("%s: empty %t, ok %t", tt.pattern, empty, ok)
		}
		if !ok {
			continue
		}
		re := regexp.MustCompile(expr)
		for r := range rune(256) {
			if has := set[r>>6]>>(r&63)&1 == 1; has != re.MatchString(string(r)) {
				t.Errorf("%s: code point %#x is in the set: %t", tt.pattern, r, has)
			}
		}
	}
}
