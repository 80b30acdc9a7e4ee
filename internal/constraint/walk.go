package constraint

import (
	"strconv"
	"strings"

	"github.com/aws/smithy-go"
)

// Whether the model requires a member.
const (
	optional = false
	required = true
)

// A walk goes once through the members of an input and collects what it is
// asked for. It allocates only when it finds something.
type walk struct {
	values  bool // collect values that break their rule
	nulls   bool // collect missing members as the service tells them
	missing bool // collect missing members as the SDK tells them

	failures []string
	params   []*smithy.ParamRequiredError

	path  [maxDepth]step
	depth int
}

// A step leads into a structure: a member, or the index-th element (from 1) of
// a list.
type step struct {
	name  string
	index int
}

func (w *walk) enter(name string, index int) {
	w.path[w.depth] = step{name, index}
	w.depth++
}

func (w *walk) leave() { w.depth-- }

func (w *walk) text(name string, r *rule, v *string, required bool) {
	if v == nil {
		w.absent(name, required)
		return
	}
	if w.values && !r.allows(*v) {
		w.broken(name, r, *v)
	}
}

func (w *walk) enum(name string, r *rule, v string, required bool) {
	if v == "" {
		w.absent(name, required)
		return
	}
	if w.values && !r.allows(v) {
		w.broken(name, r, v)
	}
}

func (w *walk) blob(name string, r *rule, v []byte, required bool) {
	if v == nil {
		w.absent(name, required)
		return
	}
	if w.values && !r.fits(len(v)) {
		w.add(name, r, "", r.bound("length", len(v)))
	}
}

func (w *walk) number(name string, r *rule, v *int32, required bool) {
	if v == nil {
		w.absent(name, required)
		return
	}
	if n := int(*v); w.values && !r.fits(n) {
		w.add(name, r, strconv.Itoa(n), r.bound("value", n))
	}
}

// list is for lists of structures, which the caller then enters one by one.
func (w *walk) list(name string, present, required bool) {
	if !present {
		w.absent(name, required)
	}
}

// walkTexts is for lists of strings and enums. The service names such a list
// as a whole, with all its elements, not the element that is wrong.
func walkTexts[S ~string](w *walk, name string, list, element *rule, v []S, required bool) {
	if v == nil {
		w.absent(name, required)
		return
	}
	if !w.values {
		return
	}
	fits, allowed := list.fits(len(v)), true
	for _, s := range v {
		if !element.allows(string(s)) {
			allowed = false
			break
		}
	}
	if fits && allowed {
		return
	}
	elements := make([]string, len(v))
	for i, s := range v {
		elements[i] = string(s)
	}
	value := bracketed(elements)
	if !fits {
		w.add(name, list, value, list.bound("length", len(v)))
	}
	if !allowed {
		w.add(name, list, value, element.demands())
	}
}

// absent notes a member that is not there.
func (w *walk) absent(name string, required bool) {
	if !required {
		return
	}
	if w.nulls {
		w.failures = append(w.failures, "Value null at '"+w.member(name)+"' failed to satisfy constraint: Member must not be null")
	}
	if w.missing {
		err := smithy.NewErrParamRequired(name)
		for i := w.depth - 1; i >= 0; i-- {
			s := w.path[i]
			if s.index > 0 {
				err.AddNestedContext("[" + strconv.Itoa(s.index-1) + "]")
			}
			err.AddNestedContext(s.name)
		}
		w.params = append(w.params, err)
	}
}

// broken notes everything that the string v breaks.
func (w *walk) broken(name string, r *rule, v string) {
	for _, demand := range r.broken(v) {
		w.add(name, r, v, demand)
	}
}

func (w *walk) add(name string, r *rule, value, demand string) {
	var b strings.Builder
	b.WriteString("Value ")
	if !r.hidden {
		b.WriteString("'")
		// Conversion to runes turns every byte that is not UTF-8 into U+FFFD.
		b.WriteString(string([]rune(value)))
		b.WriteString("' ")
	}
	b.WriteString("at '")
	b.WriteString(w.member(name))
	b.WriteString("' failed to satisfy constraint: ")
	b.WriteString(demand)
	w.failures = append(w.failures, b.String())
}

// member is the service's name for a member where the walk stands, such as
// tags.1.member.tagKey.
func (w *walk) member(name string) string {
	var b strings.Builder
	for _, s := range w.path[:w.depth] {
		b.WriteString(lowerCamel(s.name))
		b.WriteByte('.')
		if s.index > 0 {
			b.WriteString(strconv.Itoa(s.index))
			b.WriteString(".member.")
		}
	}
	b.WriteString(lowerCamel(name))
	return b.String()
}

func lowerCamel(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// invalidParams is the SDK's error for the missing members, nil if there are
// none.
func (w *walk) invalidParams(operation string) error {
	if len(w.params) == 0 {
		return nil
	}
	invalid := smithy.InvalidParamsError{Context: operation + "Input"}
	for _, p := range w.params {
		invalid.Add(p)
	}
	return invalid
}

// as returns an operation's input, never nil, and whether it is of the
// operation's type. A nil input is an empty one, as it is to the SDK's client.
func as[T any](input any) (*T, bool) {
	in, ok := input.(*T)
	if in == nil {
		in = new(T)
	}
	return in, ok || input == nil
}
