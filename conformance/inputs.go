package conformance

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// build makes an input of the SDK from members.
func (p *play) build(in reflect.Type, members Members) (reflect.Value, error) {
	v := reflect.New(in)
	return v, p.fill(v.Elem(), members)
}

func (p *play) fill(v reflect.Value, members Members) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		field := v.FieldByName(name)
		if !field.IsValid() || !field.CanSet() {
			return fmt.Errorf("%s has no member %s", v.Type().Name(), name)
		}
		if err := p.set(field, members[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// set gives a member its value. Pointers, enums and numbers take the plain value.
func (p *play) set(v reflect.Value, x any) error {
	x, err := p.resolve(x)
	if err != nil {
		return err
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	from := reflect.ValueOf(x)
	switch members, isMembers := x.(Members); {
	case isMembers && v.Kind() == reflect.Struct:
		return p.fill(v, members)
	case isMembers && v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for name, text := range members {
			element := reflect.New(v.Type().Elem()).Elem()
			if err := p.set(element, text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			v.SetMapIndex(reflect.ValueOf(name), element)
		}
	case v.Type() == reflect.TypeFor[time.Time](), v.Type() == reflect.TypeFor[[]byte](),
		v.Kind() == reflect.String, v.Kind() == reflect.Bool, v.Kind() == reflect.Int32:
		if !from.CanConvert(v.Type()) || (from.Kind() == reflect.Int) != (v.Kind() == reflect.Int32) {
			return fmt.Errorf("%T is no %s", x, v.Type())
		}
		v.Set(from.Convert(v.Type()))
	case v.Kind() == reflect.Slice && from.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			if err := p.set(v.Index(i), from.Index(i).Interface()); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
	default:
		return fmt.Errorf("%T is no %s", x, v.Type())
	}
	return nil
}
