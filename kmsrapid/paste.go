package kmsrapid

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/kmsfake"
)

const (
	seed    = 1
	journal = 10_000
)

// start is when every run begins.
var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func clock() time.Time { return start }

// paste is a failed run, which becomes the source of a test if it is printed.
type paste struct {
	test    string // its name
	keys    []kmsfake.Key
	fake    *kmsfake.Fake
	begun   time.Time   // when the fake was new
	more    bool        // the fake has options that are not shown
	by      *interferer // nil if there is none
	failure string      // "" if it is not known
}

func (p *paste) String() string {
	w := &writer{paste: p, time: p.begun, variables: map[string]int{}, values: map[string]value{}, handles: map[string]string{}}
	w.source.known = w.find
	for _, c := range p.fake.Calls() {
		w.add(c)
	}
	text := "Nobody interferes.\n"
	if p.by != nil {
		if told := p.by.told(); told != "" {
			text = "What happens in between:\n" + told + "\n"
		}
	}
	return text + "The same calls as a plain test:\n\n" + w.file()
}

// step is one call.
type step struct {
	before   string // lines
	call     string // expression
	name     string // of the operation
	refused  string // the error in words; "" if it succeeded
	code     string // of the exception; "" if it is none
	variable string // for the output; "" unless a later call uses it
}

// value is where a value comes from.
type value struct {
	step int
	path string
}

// writer writes the test of a run.
type writer struct {
	*paste
	source    source
	steps     []step
	time      time.Time // of the last call
	variables map[string]int
	values    map[string]value  // what calls answered
	handles   map[string]string // variables, by the expressions for them
	makers    []string          // these expressions, in order
}

func (w *writer) add(c kmsfake.Call) {
	var before strings.Builder
	passed := c.Time.Sub(w.time)
	if w.time = c.Time; c.Fault != nil {
		passed -= c.Fault.Delay
	}
	if passed > 0 {
		fmt.Fprintf(&before, "fake.Advance(%s)\n", span(passed))
	}
	if c.Fault != nil {
		fmt.Fprintf(&before, "fake.Inject(%s)\n", faultSource(c))
	}
	input := "nil"
	if c.Input != nil {
		input = w.source.literal(c.Input)
	}
	s := step{before: before.String(), name: c.Operation, call: fmt.Sprintf("%s.%s(ctx, %s)", w.handle(c), c.Operation, input)}
	if c.Error != nil {
		s.refused, s.code = inWords(c.Error), codeOf(c.Error)
	}
	w.steps = append(w.steps, s)
	if c.Error == nil && c.Output != nil {
		w.learn(reflect.ValueOf(c.Output).Elem(), "")
	}
}

// handle is the variable for the handle that a call was made by.
func (w *writer) handle(c kmsfake.Call) string {
	expression, name := "fake", "other"
	_, partition, _ := strings.Cut(c.Principal, ":")
	partition, _, _ = strings.Cut(partition, ":")
	switch {
	case c.Principal == "arn:"+partition+":iam::"+c.Account+":user/kmsfake":
		if c.Account != w.fake.Account() {
			expression += fmt.Sprintf(".InAccount(%q)", c.Account)
		}
	case strings.HasPrefix(c.Principal, "arn:"):
		expression += fmt.Sprintf(".As(%q, allowAll)", c.Principal)
	default:
		expression += fmt.Sprintf(".InAccount(%q).As(%q)", c.Account, c.Principal)
	}
	if isAdministrator(c.Principal) {
		name = "administrator"
	}
	if c.Region != w.fake.Region() {
		expression += fmt.Sprintf(".InRegion(%q)", c.Region)
	}
	if expression == "fake" {
		return expression
	}
	if w.handles[expression] == "" {
		w.handles[expression] = w.newVariable(name)
		w.makers = append(w.makers, expression)
	}
	return w.handles[expression]
}

func (w *writer) newVariable(name string) string {
	if w.variables[name]++; w.variables[name] > 1 {
		return fmt.Sprint(name, w.variables[name])
	}
	return name
}

// learn remembers what the last call answered, as far as later calls may bring it
// back: names that the service chose, and bytes.
func (w *writer) learn(v reflect.Value, path string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" {
			continue
		}
		member, of := v.Field(i), path+"."+f.Name
		switch {
		case member.Kind() == reflect.Pointer && !member.IsNil() && member.Elem().Kind() == reflect.Struct:
			w.learn(member.Elem(), of)
		case member.Kind() == reflect.Pointer && !member.IsNil() && member.Elem().Kind() == reflect.String:
			const shortest = 20
			if text := member.Elem().String(); len(text) >= shortest && !w.given(text) {
				w.keep(text, of)
			}
		case member.Kind() == reflect.Slice && member.Type().Elem().Kind() == reflect.Uint8:
			const shortest = 16
			if member.Len() >= shortest {
				w.keep(member.Bytes(), of)
			}
		}
	}
}

// given says whether a name is that of a key that is there from the start.
func (w *writer) given(name string) bool {
	for _, k := range w.keys {
		if strings.HasSuffix(name, k.ID) && k.ID != "" {
			return true
		}
	}
	return false
}

func (w *writer) keep(v any, path string) {
	if _, known := w.values[identity(v)]; !known {
		w.values[identity(v)] = value{len(w.steps) - 1, path}
	}
}

func (w *writer) find(v any) (string, bool) {
	from, ok := w.values[identity(v)]
	if !ok {
		return "", false
	}
	s := &w.steps[from.step]
	if s.variable == "" {
		first, size := utf8.DecodeRuneInString(s.name)
		s.variable = w.newVariable(string(unicode.ToLower(first)) + s.name[size:])
	}
	return s.variable + from.path, true
}

// identity tells strings and bytes apart.
func identity(v any) string { return fmt.Sprintf("%T %s", v, v) }
