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

func (p planner) structure(t reflect.Type, schema *smithy.Schema) (*structure, error) {
	if s, ok := p[t]; ok {
		return s, nil
	}
	s := &structure{byName: make(map[string]int, len(schema.Members()))}
	p[t] = s
	for _, name := range slices.Sorted(maps.Keys(schema.Members())) {
		// Exceptions spell it "message"; Go fields are exported.
		f, ok := t.FieldByName(strings.ToUpper(name[:1]) + name[1:])
		if !ok {
			return nil, fmt.Errorf("wire: %v has no field for member %s of %v", t, name, schema.ID())
		}
		c, err := p.codec(f.Type, schema.Member(name))
		if err != nil {
			return nil, err
		}
		s.byName[name] = len(s.members)
		s.members = append(s.members, member{
			codec: c,
			key:   string(append(appendString(nil, name), ':')),
			field: f.Index[0],
		})
	}
	return s, nil
}

func (p planner) codec(t reflect.Type, schema *smithy.Schema) (codec, error) {
	kind := t.Kind()
	if kind == reflect.Pointer {
		elem, err := p.codec(t.Elem(), schema)
		return pointer{elem}, err
	}
	switch typ := schema.Type(); {
	case kind == reflect.String && (typ == smithy.ShapeTypeString || typ == smithy.ShapeTypeEnum):
		return text{}, nil
	case kind == reflect.Bool && typ == smithy.ShapeTypeBoolean:
		return boolean{}, nil
	case kind == reflect.Int32 && typ == smithy.ShapeTypeInteger:
		return integer{}, nil
	case t == timeType && typ == smithy.ShapeTypeTimestamp:
		return timestamp{}, nil
	case t == blobType && typ == smithy.ShapeTypeBlob:
		return blob{}, nil
	case kind == reflect.Slice && typ == smithy.ShapeTypeList:
		elem, err := p.codec(t.Elem(), schema.ListMember())
		return list{elem}, err
	case kind == reflect.Map && t.Key().Kind() == reflect.String && typ == smithy.ShapeTypeMap:
		elem, err := p.codec(t.Elem(), schema.MapValue())
		return mapping{elem}, err
	case kind == reflect.Struct && typ == smithy.ShapeTypeStructure:
		return p.structure(t, schema)
	}
	return nil, fmt.Errorf("wire: no codec for %v as %v", t, schema.TargetID())
}
