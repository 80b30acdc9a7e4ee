package wire

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// A codec writes and reads the values of one Go type.
type codec interface {
	// absent tells whether a member with this value is left out.
	absent(v reflect.Value) bool
	// encode appends the value as JSON.
	encode(dst []byte, v reflect.Value) []byte
	// decode sets v, which is settable, from the next value, which is not null.
	decode(p *parser, v reflect.Value) error
}

type (
	text      struct{} // strings and enums
	boolean   struct{}
	integer   struct{}
	timestamp struct{}
	blob      struct{}
	list      struct{ elem codec }
	mapping   struct{ elem codec }
	pointer   struct{ elem codec }

	structure struct {
		members []member // by name
		byName  map[string]int
	}
	member struct {
		codec
		key   string // `"Name":`
		field int
	}
)

var (
	timeType = reflect.TypeFor[time.Time]()
	blobType = reflect.TypeFor[[]byte]()
)

// A planner pairs Go types with schemas. It remembers the structures that it
// met, so that a type which contains itself ends.
type planner map[reflect.Type]*structure

func (p planner) structure(t reflect.Type, schema *smithy.Schema) *structure {
	if s, ok := p[t]; ok {
		return s
	}
	s := &structure{byName: make(map[string]int, len(schema.Members()))}
	p[t] = s
	for _, name := range slices.Sorted(maps.Keys(schema.Members())) {
		// Exceptions spell it "message"; Go fields are exported.
		f, ok := t.FieldByName(strings.ToUpper(name[:1]) + name[1:])
		if !ok {
			panic(fmt.Sprintf("wire: %v has no field for member %s of %v", t, name, schema.ID()))
		}
		s.byName[name] = len(s.members)
		s.members = append(s.members, member{
			codec: p.codec(f.Type, schema.Member(name)),
			key:   string(append(appendString(nil, name), ':')),
			field: f.Index[0],
		})
	}
	return s
}

func (p planner) codec(t reflect.Type, schema *smithy.Schema) codec {
	if t.Kind() == reflect.Pointer {
		return pointer{p.codec(t.Elem(), schema)}
	}
	kind := t.Kind()
	switch schema.Type() {
	case smithy.ShapeTypeString, smithy.ShapeTypeEnum:
		if kind == reflect.String {
			return text{}
		}
	case smithy.ShapeTypeBoolean:
		if kind == reflect.Bool {
			return boolean{}
		}
	case smithy.ShapeTypeInteger:
		if kind == reflect.Int32 {
			return integer{}
		}
	case smithy.ShapeTypeTimestamp:
		if t == timeType {
			return timestamp{}
		}
	case smithy.ShapeTypeBlob:
		if t == blobType {
			return blob{}
		}
	case smithy.ShapeTypeList:
		if kind == reflect.Slice {
			return list{p.codec(t.Elem(), schema.ListMember())}
		}
	case smithy.ShapeTypeMap:
		if kind == reflect.Map && t.Key().Kind() == reflect.String {
			return mapping{p.codec(t.Elem(), schema.MapValue())}
		}
	case smithy.ShapeTypeStructure:
		if kind == reflect.Struct {
			return p.structure(t, schema)
		}
	}
	panic(fmt.Sprintf("wire: no codec for %v as %v", t, schema.ID()))
}
