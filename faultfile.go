package kmsfake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/kmsfake/internal/service"
)

// Faults in a file are a JSON list of objects, or one object. Their members are
// those of Fault in lowerCamel, all optional but one of error and delay:
//
//	[{"operation": "Decrypt", "key": "alias/app", "skip": 1, "times": 2, "probability": 0.5,
//	  "delay": "150ms", "error": "DisabledException", "message": "words", "applied": true}]
//
// An error is the name of an exception or of one of this package's errors; the
// member forced is Forced.
var faultMembers = []string{
	"operation", "key", "skip", "times", "probability", "delay", "error", "message", "applied", "forced", "fired",
}

const largestFaultFile = 4 << 20 // bytes

// ReadFaults reads faults from JSON: a list of objects, or one object, with the
// members operation, key, skip, times, probability, delay (a duration as "150ms"),
// error (the name of an exception, or Throttled, AccessDenied, Timeout,
// ConnectionReset, ServiceUnavailable, CorruptAnswer, or a connection error code
// such as CLUSTER_NOT_FOUND: see [ConnectionFailure]), message (the exception's
// text), applied and forced (see [Forced]). The member fired, which
// [Fake.WriteFaults] writes, is read and has no meaning.
//
// An error tells line and column of what is wrong. So does one for a fault that
// [Fake.Inject] would refuse. More than 4 MiB are refused.
func ReadFaults(r io.Reader) ([]Fault, error) {
	text, err := io.ReadAll(io.LimitReader(r, largestFaultFile+1))
	if err != nil {
		return nil, fmt.Errorf("kmsfake: reading faults: %w", err)
	}
	if len(text) > largestFaultFile {
		return nil, fmt.Errorf("kmsfake: reading faults: more than %d bytes", largestFaultFile)
	}
	f := &faultFile{text: text, decoder: json.NewDecoder(bytes.NewReader(text))}
	faults, err := f.read()
	if err != nil {
		return nil, fmt.Errorf("kmsfake: reading faults: %w", err)
	}
	return faults, nil
}

// WriteFaults writes the faults that this AWS has as JSON that [ReadFaults]
// reads, in the order of injection, each with the number of calls that it
// affected as the member fired. An Error that has no name in a file stands there
// as its text, which ReadFaults refuses. The error is the writer's.
func (f *Fake) WriteFaults(w io.Writer) error {
	list := []writtenFault{}
	for _, injected := range f.aws.Faults() {
		list = append(list, written(injected.Fault(), injected.Fired()))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

type writtenFault struct {
	Operation   string  `json:"operation,omitempty"`
	Key         string  `json:"key,omitempty"`
	Skip        int     `json:"skip,omitempty"`
	Times       int     `json:"times,omitempty"`
	Probability float64 `json:"probability,omitempty"`
	Delay       string  `json:"delay,omitempty"`
	Error       string  `json:"error,omitempty"`
	Message     string  `json:"message,omitempty"`
	Applied     bool    `json:"applied,omitempty"`
	Forced      bool    `json:"forced,omitempty"`
	Fired       int     `json:"fired"`
}

func written(f service.Fault, fired int) writtenFault {
	w := writtenFault{
		Operation: f.Operation, Key: f.Key, Skip: f.Skip, Times: f.Times, Probability: f.Probability, Applied: f.Applied, Fired: fired,
	}
	if f.Delay != 0 {
		w.Delay = f.Delay.String()
	}
	if f.Error != nil {
		w.Error, w.Message, w.Forced = service.ErrorName(f.Error)
	}
	return w
}

// faultFile reads a file and knows where it is.
type faultFile struct {
	text    []byte
	decoder *json.Decoder
}

// errorAt is an error with the line and column of a place, both from 1, columns
// in characters.
func (f *faultFile) errorAt(offset int64, format string, args ...any) error {
	before := f.text[:min(max(offset, 0), int64(len(f.text)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Errorf("line %d, column %d: %s", line, column, fmt.Sprintf(format, args...))
}

// next is where the next token begins.
func (f *faultFile) next() int64 {
	at := f.decoder.InputOffset()
	for at < int64(len(f.text)) && strings.IndexByte(" \t\r\n:,", f.text[at]) >= 0 {
		at++
	}
	return at
}

func (f *faultFile) token() (json.Token, int64, error) {
	at := f.next()
	token, err := f.decoder.Token()
	if err == nil {
		return token, at, nil
	}
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return nil, at, f.errorAt(int64(len(f.text)), "the text ends too early")
	case errors.As(err, &syntax):
		return nil, at, f.errorAt(max(at, syntax.Offset-1), "%v", err)
	default:
		return nil, at, f.errorAt(at, "%v", err)
	}
}

func (f *faultFile) read() ([]Fault, error) {
	token, at, err := f.token()
	if err != nil {
		return nil, err
	}
	faults := []Fault{}
	switch token {
	case json.Delim('{'):
		fault, err := f.fault(at)
		if err != nil {
			return nil, err
		}
		faults = append(faults, fault)
	case json.Delim('['):
		for f.decoder.More() {
			token, at, err := f.token()
			if err != nil {
				return nil, err
			}
			if token != json.Delim('{') {
				return nil, f.errorAt(at, "a fault is an object")
			}
			fault, err := f.fault(at)
			if err != nil {
				return nil, err
			}
			faults = append(faults, fault)
		}
		if _, _, err := f.token(); err != nil {
			return nil, err
		}
	default:
		return nil, f.errorAt(at, "faults are a list of objects, or one object")
	}
	if rest := f.next(); rest < int64(len(f.text)) {
		return nil, f.errorAt(rest, "there is more after the faults")
	}
	return faults, nil
}

// fault reads an object whose opening brace has been read.
func (f *faultFile) fault(start int64) (Fault, error) {
	var read struct {
		fault                Fault
		name, message        string
		delay                string
		forced               bool
		skip, times, ignored json.Number
		probability          json.Number
	}
	into := map[string]any{
		"operation": &read.fault.Operation, "key": &read.fault.Key, "skip": &read.skip, "times": &read.times,
		"probability": &read.probability, "delay": &read.delay, "error": &read.name, "message": &read.message,
		"applied": &read.fault.Applied, "forced": &read.forced, "fired": &read.ignored,
	}
	f.decoder.UseNumber()
	places := map[string]int64{}
	for f.decoder.More() {
		token, at, err := f.token()
		if err != nil {
			return Fault{}, err
		}
		member, _ := token.(string)
		if !slices.Contains(faultMembers, member) {
			return Fault{}, f.errorAt(at, "a fault has no member %q%s", member, service.DidYouMean(member, faultMembers))
		}
		if _, twice := places[member]; twice {
			return Fault{}, f.errorAt(at, "the member %q is there twice", member)
		}
		value, at, err := f.token()
		if err != nil {
			return Fault{}, err
		}
		places[member] = at
		if !assign(into[member], value) {
			return Fault{}, f.errorAt(at, "%s is not %s", member, kindOf(into[member]))
		}
	}
	if _, _, err := f.token(); err != nil {
		return Fault{}, err
	}
	place := func(members ...string) int64 {
		for _, member := range members {
			if at, ok := places[member]; ok {
				return at
			}
		}
		return start
	}

	fault := read.fault
	for member, number := range map[string]struct {
		from json.Number
		to   *int
	}{"skip": {read.skip, &fault.Skip}, "times": {read.times, &fault.Times}} {
		if number.from == "" {
			continue
		}
		n, err := number.from.Int64()
		if err != nil || int64(int(n)) != n {
			return Fault{}, f.errorAt(place(member), "%s is not a whole number, or too large", member)
		}
		*number.to = int(n)
	}
	if read.probability != "" {
		p, err := read.probability.Float64()
		if err != nil {
			return Fault{}, f.errorAt(place("probability"), "probability is not a number from 0 to 1")
		}
		fault.Probability = p
	}
	if read.delay != "" {
		d, err := time.ParseDuration(read.delay)
		if err != nil {
			return Fault{}, f.errorAt(place("delay"), "delay is no duration, such as \"150ms\": %q", read.delay)
		}
		fault.Delay = d
	}
	switch {
	case read.name != "":
		found, err := service.ErrorNamed(read.name, read.message, fault.Operation, read.forced)
		if err != nil {
			return Fault{}, f.errorAt(place("error"), "%v", err)
		}
		fault.Error = found
	case read.message != "" || read.forced:
		return Fault{}, f.errorAt(place("message", "forced"), "there is no error that this could belong to")
	}
	if err := service.Fault(fault).Check(); err != nil {
		var wrong *service.FaultError
		at := start
		if errors.As(err, &wrong) {
			at = place(strings.ToLower(wrong.Member))
		}
		return Fault{}, f.errorAt(at, "%v", err)
	}
	return fault, nil
}

// assign stores a token in the place of a member, if it is of its kind.
func assign(to any, token json.Token) (ok bool) {
	switch to := to.(type) {
	case *string:
		*to, ok = token.(string)
	case *bool:
		*to, ok = token.(bool)
	case *json.Number:
		*to, ok = token.(json.Number)
	}
	return ok
}

func kindOf(to any) string {
	switch to.(type) {
	case *string:
		return "a string"
	case *bool:
		return "true or false"
	default:
		return "a number"
	}
}
