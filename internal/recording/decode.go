package recording

import (
	"encoding/binary"
	"errors"
	"reflect"
	"time"
	"unicode"
	"unicode/utf8"
)

var errForm = errors.New("recording: not what an Encoder wrote for this type")

// Decode makes a value again: v points to a structure of the type that was
// written, which is empty.
func Decode(data []byte, v any) error {
	d := decoder{data: data}
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() || d.byte() != tagStruct {
		return errForm
	}
	d.structure(target.Elem())
	if d.failed || len(d.data) != 0 {
		return errForm
	}
	return nil
}

type decoder struct {
	data   []byte
	failed bool
}

func (d *decoder) byte() byte {
	if len(d.data) == 0 {
		d.failed = true
		return tagEnd
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.data)) {
		d.failed, d.data = true, nil
		return nil
	}
	b := d.data[:n]
	d.data = d.data[n:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.data)
	d.take(uint64(max(n, 0)))
	d.failed = d.failed || n <= 0
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.data)
	d.take(uint64(max(n, 0)))
	d.failed = d.failed || n <= 0
	return v
}

func (d *decoder) text() string { return string(d.take(d.uvarint())) }

// structure reads members to the end tag.
func (d *decoder) structure(v reflect.Value) {
	for !d.failed {
		tag := d.byte()
		if tag == tagEnd {
			return
		}
		name := string(d.take(uint64(d.byte())))
		if v.Kind() != reflect.Struct {
			d.failed = true
			return
		}
		d.value(tag, v.FieldByName(exported(name)))
	}
}

// exported is the Go name of a member.
func exported(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

var timeType = reflect.TypeFor[time.Time]()

// value reads one value into its place.
func (d *decoder) value(tag byte, v reflect.Value) {
	if !v.IsValid() || !v.CanSet() {
		d.failed = true
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	kind := v.Kind()
	switch {
	case tag == tagString && kind == reflect.String:
		v.SetString(d.text())
	case tag == tagBlob && kind == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		v.SetBytes(append([]byte{}, d.take(d.uvarint())...))
	case tag == tagInt && v.CanInt():
		v.SetInt(d.varint())
	case (tag == tagTrue || tag == tagFalse) && kind == reflect.Bool:
		v.SetBool(tag == tagTrue)
	case tag == tagTime && v.Type() == timeType:
		seconds := d.varint()
		v.Set(reflect.ValueOf(time.Unix(seconds, int64(d.uvarint())).UTC()))
	case tag == tagStruct && kind == reflect.Struct:
		d.structure(v)
	case tag == tagList && kind == reflect.Slice:
		d.list(v)
	case tag == tagMap && kind == reflect.Map && v.Type().Key().Kind() == reflect.String:
		d.table(v)
	default:
		d.failed = true
	}
}

func (d *decoder) list(v reflect.Value) {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for !d.failed {
		tag := d.byte()
		if tag == tagEnd {
			return
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(tag, item)
		v.Set(reflect.Append(v, item))
	}
}

func (d *decoder) table(v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	for !d.failed {
		if tag := d.byte(); tag == tagEnd {
			return
		} else if tag != tagString {
			d.failed = true
			return
		}
		key := d.text()
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(d.byte(), item)
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), item)
	}
}
