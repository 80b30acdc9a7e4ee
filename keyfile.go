package kmsfake

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/kmsfake/internal/keyspec"
	"example.com/kmsfake/internal/service"
)

// ReadKeys reads keys from JSON: a list of objects with the members of [Key]. An
// error names the line and the member: one that there is not, one of the wrong
// type, or one with a value that AWS would refuse. What depends on the account and
// the Region that [New] is given is checked there.
func ReadKeys(r io.Reader) ([]Key, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("kmsfake: read keys: %w", err)
	}
	f := keyFile{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	keys, err := f.read()
	if err != nil {
		return nil, fmt.Errorf("kmsfake: read keys: %w", err)
	}
	return keys, nil
}

// keyFile is a file of keys that is being read.
type keyFile struct {
	data    []byte
	decoder *json.Decoder
	places  []map[string]int64 // of each key: where its members are
}

func (f *keyFile) read() ([]Key, error) {
	if err := f.expect('[', "a list of keys"); err != nil {
		return nil, err
	}
	keys := []Key{}
	for f.decoder.More() {
		key, err := f.key(len(keys))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if _, err := f.decoder.Token(); err != nil {
		return nil, f.syntax(err)
	}
	end := f.decoder.InputOffset()
	if rest := bytes.TrimLeft(f.data[end:], " \t\r\n"); len(rest) > 0 {
		return nil, f.at(int64(len(f.data)-len(rest)), errors.New("something follows the list of keys"))
	}
	return keys, f.check(keys)
}

// expect reads an opening bracket.
func (f *keyFile) expect(bracket json.Delim, what string) error {
	start := f.next()
	token, err := f.decoder.Token()
	if err != nil {
		return f.syntax(err)
	}
	if token == nil {
		token = "null"
	}
	if token != bracket {
		return f.at(start, fmt.Errorf("%v where %s should be", token, what))
	}
	return nil
}

// key reads the nth key, member by member.
func (f *keyFile) key(n int) (Key, error) {
	var key Key
	places := map[string]int64{"": f.next()}
	f.places = append(f.places, places)
	if err := f.expect('{', fmt.Sprintf("key %d", n+1)); err != nil {
		return key, err
	}
	for f.decoder.More() {
		place := f.next()
		token, err := f.decoder.Token()
		if err != nil {
			return key, f.syntax(err)
		}
		member, _ := token.(string) // an object's names are strings
		field, ok := fieldOf(&key, member)
		if _, twice := places[member]; twice {
			return key, f.at(place, fmt.Errorf("key %d: %s: stands twice", n+1, member))
		}
		places[member] = place
		if !ok {
			return key, f.at(place, fmt.Errorf("key %d: %s: there is no such member; there are %s", n+1, member, strings.Join(members, ", ")))
		}
		if err := f.value(member, field); err != nil {
			var syntax *json.SyntaxError
			if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return key, f.syntax(err)
			}
			return key, f.at(place, fmt.Errorf("key %d: %s: %s", n+1, member, plain(err)))
		}
	}
	if _, err := f.decoder.Token(); err != nil {
		return key, f.syntax(err)
	}
	return key, nil
}

// value reads the value of a member. A policy may be a document instead of text.
func (f *keyFile) value(member string, field any) error {
	if member != "policy" {
		return f.decoder.Decode(field)
	}
	var raw json.RawMessage
	if err := f.decoder.Decode(&raw); err != nil {
		return err
	}
	if raw[0] == '{' {
		*field.(*string) = string(raw)
		return nil
	}
	return json.Unmarshal(raw, field)
}

// check makes the keys in an AWS of their own, to see whether they can be.
func (f *keyFile) check(keys []Key) error {
	aws := service.New(service.Config{})
	for i, key := range keys {
		err := aws.AddKey(service.Seed(placed(key)))
		var wrong *service.SeedError
		if !errors.As(err, &wrong) {
			continue
		}
		member, _, _ := strings.Cut(wrong.Member, "[")
		place, ok := f.places[i][member]
		if !ok {
			place = f.places[i][""]
		}
		return f.at(place, fmt.Errorf("key %d: %w", i+1, err))
	}
	return nil
}

// placed is a key that has an account and a Region. Those that it gets are none
// that there are, so that it collides with no key that names its own; the Region
// is in China if the key can only be there.
func placed(key Key) Key {
	if key.Account == "" {
		key.Account = "000000000000"
	}
	if key.Region != "" {
		return key
	}
	key.Region = "no-default-1"
	spec, ok := keyspec.Lookup(cmp.Or(key.Spec, types.KeySpecSymmetricDefault))
	if ok && (spec.ChinaOnly || spec.ChinaMaterial != 0 && len(key.Material) == spec.ChinaMaterial) {
		key.Region = "cn-default-1"
	}
	return key
}

// next is where the next token begins.
func (f *keyFile) next() int64 {
	start := f.decoder.InputOffset()
	skipped := bytes.TrimLeft(f.data[start:], " \t\r\n,:")
	return int64(len(f.data) - len(skipped))
}

// syntax is an error in the JSON itself.
func (f *keyFile) syntax(err error) error {
	place := f.decoder.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		place = f.next()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		place, err = int64(len(f.data)), errors.New("unexpected end")
	}
	return f.at(place, err)
}

// at puts the line before an error.
func (f *keyFile) at(place int64, err error) error {
	line := 1 + bytes.Count(f.data[:place], []byte("\n"))
	return fmt.Errorf("line %d: %w", line, err)
}

// plain says what a value should have been.
func plain(err error) string {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return fmt.Sprintf("%s instead of %s", wrongType.Value, jsonKind(wrongType.Type))
	}
	return err.Error()
}

func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Map, reflect.Struct:
		return "object"
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return "array"
		}
	}
	return "string"
}

// members are the names of a Key's members in JSON.
var members = func() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Key]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}()

// fieldOf is a pointer to the field of a member.
func fieldOf(key *Key, member string) (any, bool) {
	i := slices.Index(members, member)
	if i < 0 {
		return nil, false
	}
	return reflect.ValueOf(key).Elem().Field(i).Addr().Interface(), true
}
