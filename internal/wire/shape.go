package wire

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/aws/smithy-go"
)

// An operation has the shapes of what goes in and what comes out.
type operation struct {
	input, output shape
}

// A shape is a structure of the service: its Go type in the SDK and its schema.
type shape struct {
	pointer reflect.Type
	schema  *smithy.Schema
	new     func() any
	plan    func() (*structure, error) // fails for a type that the SDK gained since
}

func shapeOf[T any](schema *smithy.Schema) shape {
	return shape{
		pointer: reflect.TypeFor[*T](),
		schema:  schema,
		new:     func() any { return new(T) },
		plan: sync.OnceValues(func() (*structure, error) {
			return planner{}.structure(reflect.TypeFor[T](), schema)
		}),
	}
}

// unit tells whether the operation answers nothing at all, not even {}.
func (s shape) unit() bool { return s.schema.ID().Namespace == "smithy.api" }

// value checks that v is what the shape says and returns the structure.
func (s shape) value(v any) (reflect.Value, error) {
	p := reflect.ValueOf(v)
	if !p.IsValid() || p.Type() != s.pointer {
		return reflect.Value{}, fmt.Errorf("wire: have %T, want %v", v, s.pointer)
	}
	if p.IsNil() {
		return reflect.Value{}, fmt.Errorf("wire: nil %v", s.pointer)
	}
	return p.Elem(), nil
}

func (s shape) append(dst []byte, v any) ([]byte, error) {
	value, err := s.value(v)
	if err != nil || s.unit() {
		return dst, err
	}
	plan, err := s.plan()
	if err != nil {
		return dst, err
	}
	return plan.encode(dst, value), nil
}

func (s shape) decode(body []byte) (any, error) {
	v := s.new()
	if s.unit() && len(body) == 0 {
		return v, nil
	}
	plan, err := s.plan()
	if err != nil {
		return nil, err
	}
	if err := decode(body, plan, reflect.ValueOf(v).Elem()); err != nil {
		return nil, err
	}
	return v, nil
}

// Operations returns the names of all operations, sorted.
func Operations() []string { return slices.Sorted(maps.Keys(operations)) }

func lookup(name string) (operation, error) {
	op, ok := operations[name]
	if !ok {
		return op, unknownOperation()
	}
	return op, nil
}

// DecodeInput reads the body of a request into the operation's *kms.XInput.
// Nothing of it aliases body. Unknown members are ignored, nulls are absent,
// and of duplicate members the last one wins. An operation that does not exist
// is an UnknownOperationException; a body that is not JSON or whose members
// have the wrong types is a SerializationException.
func DecodeInput(operation string, body []byte) (any, error) {
	op, err := lookup(operation)
	if err != nil {
		return nil, err
	}
	return op.input.decode(body)
}

// DecodeOutput reads the body of an answer into the operation's *kms.XOutput,
// with the rules and errors of [DecodeInput].
func DecodeOutput(operation string, body []byte) (any, error) {
	op, err := lookup(operation)
	if err != nil {
		return nil, err
	}
	return op.output.decode(body)
}

// AppendInput appends v, the operation's *kms.XInput, as the body of a
// request. It fails when v is of another type or nil.
func AppendInput(dst []byte, operation string, v any) ([]byte, error) {
	op, err := lookup(operation)
	if err != nil {
		return dst, err
	}
	return op.input.append(dst, v)
}

// AppendOutput appends v, the operation's *kms.XOutput, as the body of an
// answer. As the service does, it writes members that are false, and lists
// that are empty but not nil; it leaves out nil members and empty enums, and
// writes nothing for an operation that has no output. It fails when v is of
// another type or nil.
func AppendOutput(dst []byte, operation string, v any) ([]byte, error) {
	op, err := lookup(operation)
	if err != nil {
		return dst, err
	}
	return op.output.append(dst, v)
}
