package conformance

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/aws/smithy-go/middleware"
)

// render is an output of the SDK as members: those that are there. A bool that
// the SDK keeps without a pointer is always there.
func render(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if v.Elem().Kind() == reflect.String {
			return v.Elem().String()
		}
		return render(v.Elem())
	case reflect.String:
		if v.String() == "" {
			return nil
		}
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int32, reflect.Int64:
		return int(v.Int())
	case reflect.Slice:
		return renderSlice(v)
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		members := m{}
		for _, name := range v.MapKeys() {
			members[name.String()] = render(v.MapIndex(name))
		}
		return members
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return at
		}
		return renderStruct(v)
	}
	return fmt.Sprintf("a %s", v.Type()) // no output has one
}

func renderSlice(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	if blob, ok := v.Interface().([]byte); ok {
		return blob
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = render(v.Index(i))
	}
	return list
}

func renderStruct(v reflect.Value) Members {
	members := m{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || field.Type == reflect.TypeFor[middleware.Metadata]() {
			continue
		}
		if x := render(v.Field(i)); x != nil {
			members[field.Name] = x
		}
	}
	return members
}

// compare says how an answer differs from what is wanted, a line for each member.
func compare(p *play, at string, want, have any) []string {
	if wanted, ok := want.(matcher); ok {
		if wrong := wanted.match(p, have); wrong != "" {
			return []string{at + ": " + wrong}
		}
		return nil
	}
	want, err := p.resolve(want)
	if err != nil {
		return []string{at + ": " + err.Error()}
	}
	if members, ok := want.(Members); ok {
		return compareMembers(p, at, members, have)
	}
	if list := reflect.ValueOf(want); list.IsValid() && list.Kind() == reflect.Slice && list.Type() != reflect.TypeFor[[]byte]() {
		return compareList(p, at, list, have)
	}
	if blob, ok := have.([]byte); ok {
		if text, ok := want.(string); ok && text == string(blob) {
			return nil
		}
	}
	if !reflect.DeepEqual(want, have) {
		return []string{fmt.Sprintf("%s: want %s, have %s", at, show(want), show(have))}
	}
	return nil
}

func compareMembers(p *play, at string, want Members, have any) []string {
	members, ok := have.(Members)
	if !ok {
		return []string{fmt.Sprintf("%s: want members, have %s", at, show(have))}
	}
	if at != "" {
		at += "."
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		wrong = append(wrong, compare(p, at+name, want[name], members[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if _, ok := want[name]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: want nothing, have %s", at+name, show(members[name])))
		}
	}
	return wrong
}

func compareList(p *play, at string, want reflect.Value, have any) []string {
	list, ok := have.([]any)
	if !ok || len(list) != want.Len() {
		return []string{fmt.Sprintf("%s: want %d elements, have %s", at, want.Len(), show(have))}
	}
	var wrong []string
	for i, element := range list {
		wrong = append(wrong, compare(p, fmt.Sprintf("%s.%d", at, i), want.Index(i).Interface(), element)...)
	}
	return wrong
}
