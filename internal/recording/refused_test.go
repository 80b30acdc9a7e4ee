package recording

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/aws/smithy-go"
)

// written is a value that writes itself as it is told to.
type written func(smithy.ShapeSerializer)

func (w written) Serialize(s smithy.ShapeSerializer) { w(s) }

// What AWS KMS has no members of is refused, and what was there stays as it was.
func TestRefused(t *testing.T) {
	t.Parallel()
	var deep func(s smithy.ShapeSerializer, levels int)
	deep = func(s smithy.ShapeSerializer, levels int) {
		if levels > 0 {
			s.WriteList(nil)
			deep(s, levels-1)
			s.CloseList()
		}
	}
	for what, test := range map[string]struct {
		write written
		want  error
	}{
		"float":              {func(s smithy.ShapeSerializer) { s.WriteFloat32(nil, 1) }, errKind},
		"double":             {func(s smithy.ShapeSerializer) { s.WriteFloat64(nil, math.Pi) }, errKind},
		"big integer":        {func(s smithy.ShapeSerializer) { s.WriteBigInt(nil, big.NewInt(1)) }, errKind},
		"big decimal":        {func(s smithy.ShapeSerializer) { s.WriteBigFloat(nil, big.NewFloat(1)) }, errKind},
		"document":           {func(s smithy.ShapeSerializer) { s.WriteDocument(nil, nil) }, errKind},
		"union":              {func(s smithy.ShapeSerializer) { s.WriteUnion(nil, nil); s.CloseUnion() }, errKind},
		"deep":               {func(s smithy.ShapeSerializer) { deep(s, maxDepth+1) }, errDepth},
		"as deep as it gets": {func(s smithy.ShapeSerializer) { deep(s, maxDepth) }, nil},
		"the first error is told": {func(s smithy.ShapeSerializer) {
			s.WriteFloat32(nil, 1)
			s.WriteMap(nil)
			s.WriteKey(nil, "a")
			s.WriteString(nil, "b")
			s.CloseMap()
		}, errKind},
		"a long key": {func(s smithy.ShapeSerializer) {
			s.WriteMap(nil)
			s.WriteKey(nil, string(make([]byte, 200)))
			s.CloseMap()
		}, errLarge},
		"integers": {func(s smithy.ShapeSerializer) {
			s.WriteList(nil)
			s.WriteInt8(nil, math.MinInt8)
			s.WriteInt16(nil, math.MaxInt16)
			s.WriteInt32(nil, math.MinInt32)
			s.WriteInt64(nil, math.MaxInt64)
			s.CloseList()
		}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var e Encoder
			out, err := e.Append([]byte("before"), test.write, 100)
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
			if err != nil && string(out) != "before" || string(out[:6]) != "before" || err == nil && len(out) == 6 {
				t.Errorf("%q", out)
			}
		})
	}
}

// What no Encoder wrote for a type is no value of it.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	type value struct {
		Text *string
		List []string
		Map  map[string]string
	}
	good := "{\x04Texts\x01a\x00"
	for _, data := range []string{
		"", "{", "[\x00", "{s", "{s\x04", good + "x", "{s\x04Texts\x05a\x00", "{s\x04None\x01a\x00", "{i\x04Text\x02\x00", "{{\x04Text\x00\x00",
		"{[\x04List", "{[\x04List[", "{[\x04Listi\x02\x00\x00", "{(\x03Map", "{(\x03Maps", "{(\x03Mapi\x02\x00\x00", "{(\x03Maps\x01a", "{(\x03Maps\x01a\x00\x00",
		"{s\x04Text\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "{?\x04Text\x00",
	} {
		var v value
		if err := Decode([]byte(data), &v); !errors.Is(err, errForm) {
			t.Errorf("%q: %v", data, err)
		}
	}
	for _, v := range []any{value{}, (*value)(nil), nil, new(int), new([]string)} {
		if err := Decode([]byte("{s\x04Text\x01a\x00"), v); !errors.Is(err, errForm) {
			t.Errorf("into %T: %v", v, err)
		}
	}
	var v value
	if err := Decode([]byte("{s\x04Text\x01a[\x04Lists\x01b\x00(\x03Maps\x01cs\x01d\x00\x00"), &v); err != nil || *v.Text != "a" || v.List[0] != "b" || v.Map["c"] != "d" {
		t.Errorf("%+v, %v", v, err)
	}
}
