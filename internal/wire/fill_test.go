package wire

import (
	"reflect"
	"time"

	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/middleware"
	smithytime "github.com/aws/smithy-go/time"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// same compares inputs and outputs: nil and empty lists differ.
var same = cmp.Options{cmpopts.IgnoreTypes(document.NoSerde{}, middleware.Metadata{})}

// read compares what was written with what a client of the SDK read.
var read = cmp.Options{same, cmp.Comparer(func(a, b time.Time) bool {
	return a.Equal(b) || clientTime(a).Equal(b) || a.Equal(clientTime(b))
})}

// clientTime returns t as a client of the SDK reads it: in milliseconds, and at
// some dates (parts of 2004, 2038 and others) one short of that, where it cuts
// off what it should round.
func clientTime(t time.Time) time.Time {
	return smithytime.ParseEpochSeconds(float64(t.UnixMilli()) / 1000)
}

// A filler sets the members of a structure to what a client may send.
type filler struct {
	t    *rapid.T
	full bool // no member is absent
}

func (f filler) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if f.present() {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == timeType {
			ms := rapid.Int64Range(-1e12, 9e12).Draw(f.t, "ms")
			v.Set(reflect.ValueOf(time.UnixMilli(ms).UTC()))
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "ResultMetadata" {
				f.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		if !f.present() {
			return
		}
		if v.Type() == blobType {
			v.SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(f.t, "blob"))
			return
		}
		n := rapid.IntRange(0, 2).Draw(f.t, "length")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		if !f.present() {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 2).Draw(f.t, "length") {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		least := 0
		if f.full {
			least = 1 // the SDK takes an empty enum for a missing one
		}
		v.SetString(rapid.StringN(least, 20, -1).Draw(f.t, "string"))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(f.t, "int")))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(f.t, "bool"))
	default:
		f.t.Fatalf("no way to fill %v", v.Type())
	}
}

func (f filler) present() bool {
	return f.full || rapid.Bool().Draw(f.t, "present")
}

// filled draws a value of the shape.
func filled(t *rapid.T, s shape, full bool) any {
	v := s.new()
	filler{t, full}.fill(reflect.ValueOf(v).Elem())
	return v
}
