package recording

import (
	"encoding/binary"
	"errors"
	"math/big"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
)

// The form: a tag, in a structure the member's name, then the value. Lists,
// maps and structures run to an end tag. A key of a map is a string before its value.
const (
	tagEnd    = 0
	tagString = 's'
	tagBlob   = 'b'
	tagInt    = 'i'
	tagTrue   = '1'
	tagFalse  = '0'
	tagTime   = 't'
	tagStruct = '{'
	tagList   = '['
	tagMap    = '('
)

// maxDepth is how deep values may nest.
const maxDepth = 32

var (
	errKind  = errors.New("recording: a kind of value that AWS KMS does not have")
	errLarge = errors.New("recording: larger than the limit")
	errDepth = errors.New("recording: nested too deep")
)

// Encoder writes values. The zero value is ready; it is for one goroutine at a
// time.
type Encoder struct {
	buf     []byte
	room    int // length that buf may reach
	err     error
	depth   int
	structs uint32 // a bit for every level: whether it is a structure
}

var _ smithy.ShapeSerializer = (*Encoder)(nil)

// Append appends a value to dst, in at most limit bytes. It fails for what is
// larger, and then returns dst as it was.
func (e *Encoder) Append(dst []byte, v smithy.Serializable, limit int) ([]byte, error) {
	*e = Encoder{buf: dst, room: len(dst) + limit}
	v.Serialize(e)
	buf, err := e.buf, e.err
	e.buf = nil
	if err == nil && len(buf) > e.room {
		err = errLarge
	}
	if err != nil {
		return dst, err
	}
	return buf, nil
}

// begin is what is written with the tag and the name of the next value, of which
// at least size bytes follow, or nil if it has no place.
func (e *Encoder) begin(tag byte, s *smithy.Schema, size int) []byte {
	if e.err != nil {
		return nil
	}
	if len(e.buf)+size > e.room {
		e.err = errLarge
		return nil
	}
	if e.structs&1 == 0 {
		return append(e.buf, tag)
	}
	name := s.MemberName()
	return append(append(e.buf, tag, byte(len(name))), name...)
}

func (e *Encoder) open(tag byte, s *smithy.Schema, isStruct uint32) {
	if e.depth == maxDepth {
		e.fail(errDepth)
		return
	}
	if b := e.begin(tag, s, 1); b != nil {
		e.buf = b
		e.depth++
		e.structs = e.structs<<1 | isStruct
	}
}

func (e *Encoder) close() {
	if e.err == nil {
		e.buf = append(e.buf, tagEnd)
		e.depth--
		e.structs >>= 1
	}
}

func (e *Encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *Encoder) integer(s *smithy.Schema, v int64) {
	if b := e.begin(tagInt, s, 1); b != nil {
		e.buf = binary.AppendVarint(b, v)
	}
}

// Bytes is what has been written so far.
func (e *Encoder) Bytes() []byte { return e.buf }

// WriteString writes a text.
func (e *Encoder) WriteString(s *smithy.Schema, v string) {
	if b := e.begin(tagString, s, len(v)); b != nil {
		e.buf = append(binary.AppendUvarint(b, uint64(len(v))), v...)
	}
}

// WriteBlob writes bytes.
func (e *Encoder) WriteBlob(s *smithy.Schema, v []byte) {
	if b := e.begin(tagBlob, s, len(v)); b != nil {
		e.buf = append(binary.AppendUvarint(b, uint64(len(v))), v...)
	}
}

// WriteBool writes a truth value.
func (e *Encoder) WriteBool(s *smithy.Schema, v bool) {
	tag := byte(tagFalse)
	if v {
		tag = tagTrue
	}
	if b := e.begin(tag, s, 0); b != nil {
		e.buf = b
	}
}

// WriteTime writes a moment.
func (e *Encoder) WriteTime(s *smithy.Schema, v time.Time) {
	if b := e.begin(tagTime, s, 2); b != nil {
		e.buf = binary.AppendUvarint(binary.AppendVarint(b, v.Unix()), uint64(v.Nanosecond()))
	}
}

// WriteInt8 writes an integer.
func (e *Encoder) WriteInt8(s *smithy.Schema, v int8) { e.integer(s, int64(v)) }

// WriteInt16 writes an integer.
func (e *Encoder) WriteInt16(s *smithy.Schema, v int16) { e.integer(s, int64(v)) }

// WriteInt32 writes an integer.
func (e *Encoder) WriteInt32(s *smithy.Schema, v int32) { e.integer(s, int64(v)) }

// WriteInt64 writes an integer.
func (e *Encoder) WriteInt64(s *smithy.Schema, v int64) { e.integer(s, v) }

// WriteStruct begins a structure.
func (e *Encoder) WriteStruct(s *smithy.Schema) { e.open(tagStruct, s, 1) }

// CloseStruct ends it.
func (e *Encoder) CloseStruct() { e.close() }

// WriteList begins a list.
func (e *Encoder) WriteList(s *smithy.Schema) { e.open(tagList, s, 0) }

// CloseList ends it.
func (e *Encoder) CloseList() { e.close() }

// WriteMap begins a map.
func (e *Encoder) WriteMap(s *smithy.Schema) { e.open(tagMap, s, 0) }

// WriteKey writes the key of the value that follows.
func (e *Encoder) WriteKey(_ *smithy.Schema, key string) {
	if e.err != nil {
		return
	}
	if len(e.buf)+len(key) > e.room {
		e.err = errLarge
		return
	}
	e.buf = append(e.buf, tagString)
	e.buf = binary.AppendUvarint(e.buf, uint64(len(key)))
	e.buf = append(e.buf, key...)
}

// CloseMap ends it.
func (e *Encoder) CloseMap() { e.close() }

// WriteNil writes nothing: what is not there is not set.
func (e *Encoder) WriteNil(*smithy.Schema) {}

// The kinds that follow do not occur in AWS KMS.

// WriteFloat32 fails.
func (e *Encoder) WriteFloat32(*smithy.Schema, float32) { e.fail(errKind) }

// WriteFloat64 fails.
func (e *Encoder) WriteFloat64(*smithy.Schema, float64) { e.fail(errKind) }

// WriteBigInt fails.
func (e *Encoder) WriteBigInt(*smithy.Schema, *big.Int) { e.fail(errKind) }

// WriteBigFloat fails.
func (e *Encoder) WriteBigFloat(*smithy.Schema, *big.Float) { e.fail(errKind) }

// WriteDocument fails.
func (e *Encoder) WriteDocument(*smithy.Schema, document.Value) { e.fail(errKind) }

// WriteUnion fails.
func (e *Encoder) WriteUnion(_, _ *smithy.Schema) { e.fail(errKind) }

// CloseUnion does nothing.
func (e *Encoder) CloseUnion() {}
