package recording

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var same = cmp.Options{cmpopts.IgnoreTypes(document.NoSerde{}, middleware.Metadata{})}

// shapes are the inputs and outputs of every operation that the SDK has.
func shapes() (list []reflect.Type) {
	client := reflect.TypeFor[*kms.Client]()
	for i := range client.NumMethod() {
		if m := client.Method(i).Type; m.NumIn() == 4 && m.NumOut() == 2 {
			list = append(list, m.In(2).Elem(), m.Out(0).Elem())
		}
	}
	return list
}

// fill sets a value to anything that it may be.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "set") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == timeType {
			at := time.Unix(rapid.Int64Range(-1e11, 1e11).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds"))
			v.Set(reflect.ValueOf(at.UTC()))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" {
				fill(t, v.Field(i))
			}
		}
	case reflect.Slice:
		if n := rapid.IntRange(-1, 3).Draw(t, "length"); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	case reflect.Map:
		if n := rapid.IntRange(-1, 3).Draw(t, "length"); n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				v.SetMapIndex(reflect.ValueOf(rapid.String().Draw(t, "key")), reflect.ValueOf(rapid.String().Draw(t, "value")))
			}
		}
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "string"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, "byte")))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, "int")))
	default:
		t.Fatalf("a kind that nothing fills: %v", v.Type())
	}
}

// What was written comes back as it was, for every shape of the SDK, after
// whatever the buffer held.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	all := shapes()
	if len(all) != 2*56 {
		t.Fatalf("%d shapes", len(all))
	}
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SampledFrom(all).Draw(t, "shape")
		in := reflect.New(shape)
		fill(t, in.Elem())
		var e Encoder
		prefix := []byte("prefix")
		data, err := e.Append(prefix, in.Interface().(smithy.Serializable), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		out := reflect.New(shape)
		if err := Decode(data[len(prefix):], out.Interface()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in.Interface(), out.Interface(), same); diff != "" {
			t.Fatalf("%v: %s", shape, diff)
		}
	})
}

// Neither the bytes nor what is read from them share memory with the input.
func TestNotAliased(t *testing.T) {
	t.Parallel()
	in := &kms.EncryptInput{Plaintext: []byte("secret"), EncryptionContext: map[string]string{"a": "b"}}
	var e Encoder
	data, err := e.Append(nil, in, 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	var first, second kms.EncryptInput
	if Decode(data, &first) != nil {
		t.Fatal("not read")
	}
	in.Plaintext[0], first.Plaintext[0], first.EncryptionContext["a"] = 'x', 'x', "x"
	if Decode(data, &second) != nil || string(second.Plaintext) != "secret" || second.EncryptionContext["a"] != "b" {
		t.Errorf("got %+v", second)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	in := &kms.TagResourceInput{KeyId: new(string)}
	for range 10 {
		text := strings.Repeat("x", 100)
		in.Tags = append(in.Tags, types.Tag{TagKey: &text, TagValue: &text})
	}
	var e Encoder
	whole, err := e.Append(nil, in, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for limit := range len(whole) + 2 {
		data, err := e.Append([]byte("ab"), in, limit)
		if fits := limit >= len(whole); fits != (err == nil) {
			t.Fatalf("limit %d of %d: %v", limit, len(whole), err)
		}
		if err != nil && string(data) != "ab" {
			t.Fatalf("limit %d: dst is %q", limit, data)
		}
	}
}

// Whatever the bytes are, Decode ends with a value or an error.
func FuzzDecode(f *testing.F) {
	var e Encoder
	yes, no := "yes", int32(-7)
	for _, in := range []smithy.Serializable{
		&kms.DescribeKeyInput{KeyId: &yes, GrantTokens: []string{"a", "b"}},
		&kms.EncryptInput{Plaintext: []byte{1, 2}, EncryptionContext: map[string]string{"k": "v"}},
		&kms.ScheduleKeyDeletionInput{PendingWindowInDays: &no},
	} {
		data, err := e.Append(nil, in, 1<<10)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	all := shapes()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, shape := range all {
			_ = Decode(data, reflect.New(shape).Interface())
		}
		if Decode(data, nil) == nil || Decode(data, (*kms.EncryptInput)(nil)) == nil {
			t.Error("decoded into nothing")
		}
	})
}
