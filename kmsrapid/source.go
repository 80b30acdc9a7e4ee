package kmsrapid

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// source writes values as Go source.
type source struct {
	// known gives an expression for bytes, or for a pointer to a string, where there
	// is one; nil knows none.
	known func(value any) (expression string, ok bool)
}

// literal is an expression for a value: of a basic type, a struct, a pointer to
// one of these, a slice or a map of them.
func (s *source) literal(v any) string { return s.value(reflect.ValueOf(v), true) }

// value writes v; named says whether its type has to be named.
func (s *source) value(v reflect.Value, named bool) string {
	if !v.IsValid() {
		return "nil"
	}
	if t, ok := v.Interface().(time.Time); ok {
		return moment(t)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return s.pointer(v, named)
	case reflect.Struct:
		return s.composite(v, named)
	case reflect.Slice:
		return s.slice(v)
	case reflect.Map:
		var parts []string
		pairs := map[string]reflect.Value{}
		for _, key := range v.MapKeys() {
			pairs[key.String()] = v.MapIndex(key)
		}
		for _, key := range slices.Sorted(maps.Keys(pairs)) {
			parts = append(parts, strconv.Quote(key)+": "+s.value(pairs[key], false))
		}
		return v.Type().String() + "{" + strings.Join(parts, ", ") + "}"
	case reflect.String:
		return s.text(v.String())
	default:
		return fmt.Sprint(v.Interface())
	}
}

func (s *source) text(value string) string {
	if expression, ok := s.expression(value); ok {
		return "*" + expression
	}
	return strconv.Quote(value)
}

func (s *source) expression(value any) (string, bool) {
	if s.known == nil {
		return "", false
	}
	return s.known(value)
}

// pointers are the functions that make pointers to values of basic types.
var pointers = map[reflect.Kind]string{
	reflect.String: "aws.String", reflect.Bool: "aws.Bool", reflect.Int32: "aws.Int32", reflect.Int64: "aws.Int64",
}

func (s *source) pointer(v reflect.Value, named bool) string {
	if v.IsNil() {
		return "nil"
	}
	to := v.Elem()
	if t, ok := to.Interface().(time.Time); ok {
		return "aws.Time(" + moment(t) + ")"
	}
	if to.Kind() == reflect.Struct {
		text := s.composite(to, named)
		if named {
			text = "&" + text
		}
		return text
	}
	if to.Kind() == reflect.String {
		if expression, ok := s.expression(to.String()); ok {
			return expression
		}
	}
	return pointers[to.Kind()] + "(" + s.value(to, true) + ")"
}

func (s *source) composite(v reflect.Value, named bool) string {
	var parts []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || v.Field(i).IsZero() || f.Name == "ResultMetadata" {
			continue
		}
		if of := v.Field(i); of.Kind() == reflect.Slice && of.Len() == 0 && of.Type().Elem().Kind() != reflect.Uint8 {
			continue
		}
		parts = append(parts, f.Name+": "+s.value(v.Field(i), true))
	}
	text := "{" + strings.Join(parts, ", ") + "}"
	if named {
		text = v.Type().String() + text
	}
	return text
}

func (s *source) slice(v reflect.Value) string {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		if expression, ok := s.expression(v.Bytes()); ok {
			return expression
		}
		return "[]byte(" + strconv.Quote(string(v.Bytes())) + ")"
	}
	var parts []string
	for i := range v.Len() {
		parts = append(parts, s.value(v.Index(i), false))
	}
	return v.Type().String() + "{" + strings.Join(parts, ", ") + "}"
}

func moment(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC)", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond())
}

// span is a duration.
func span(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "time.Hour"}, {time.Minute, "time.Minute"}, {time.Second, "time.Second"}, {time.Millisecond, "time.Millisecond"}} {
		if d%unit.of == 0 {
			return fmt.Sprintf("%d*%s", d/unit.of, unit.name)
		}
	}
	return fmt.Sprintf("%d*time.Nanosecond", d)
}
