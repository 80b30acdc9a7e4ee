package enclave

import (
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// strict decodes without tags, duplicate keys or fields that the documents do
// not have, and in bounded depth and size.
var strict = sync.OnceValues(cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	MaxNestedLevels:   8,
	MaxArrayElements:  64,
	MaxMapPairs:       64,
	TagsMd:            cbor.TagsForbidden,
	ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
	BignumTag:         cbor.BignumTagForbidden,
}.DecMode)

func decode(data []byte, v any) error {
	mode, err := strict()
	if err != nil {
		return err
	}
	return mode.Unmarshal(data, v)
}

// canonical sorts map keys, so that equal documents are equal bytes.
var canonical = sync.OnceValues(cbor.CoreDetEncOptions().EncMode)

func encode(v any) ([]byte, error) {
	mode, err := canonical()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(v)
}

// octets is a CBOR byte string, and nothing else that decodes to bytes.
type octets []byte

func (o *octets) UnmarshalCBOR(data []byte) error {
	const byteString = 2
	if len(data) == 0 || data[0]>>5 != byteString {
		return refuse("a field is not a byte string")
	}
	var b []byte
	if err := decode(data, &b); err != nil {
		return err
	}
	*o = b
	return nil
}

func (o *octets) bytes() []byte {
	if o == nil {
		return nil
	}
	return *o
}
