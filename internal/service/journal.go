package service

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"example.com/kmsfake/internal/recording"
)

const (
	// JournalCalls and JournalBytes are how much a journal keeps by default.
	JournalCalls = 10_000
	JournalBytes = 16 << 20

	recordLimit   = 1 << 20  // bytes of one input, output or text of an exception
	largestBuffer = 64 << 10 // bytes that a scribe keeps for the next call
)

// journal keeps the last calls, in the order in which they took effect. Inputs
// and outputs are bytes until somebody asks for them: the callers' memory is not
// held, and the garbage collector has little to look at.
type journal struct {
	calls, bytes int // limits

	scribes sync.Pool // of *scribe

	mu    sync.Mutex
	tape  tape    // inputs and outputs
	ring  []entry // grows to calls
	first int     // the oldest
	n     int     // how many there are
	held  int     // bytes: the sizes of the entries
}

// entry is one call. Everything that it points to is never written again, and
// what stands on the tape stays there until the entry is dropped.
type entry struct {
	sequence  uint64
	at        time.Time
	who       *Caller
	op        Invoker
	key       string // ARN
	requestID string
	recorded  piece // the input, then the output
	input     int   // length of the input; none when it was too large to keep
	output    int   // length of the output; none when there was none or it was too large
	err       error
	why       string
	fault     *Injected
	size      int // bytes that a caller can make many
}

// none is the length of what is not there.
const none = -1

// scribe writes inputs and outputs before they come on the tape.
type scribe struct {
	encoder recording.Encoder
	buf     []byte
}

// write appends a value, or says that there is none to keep.
func (s *scribe) write(v any) int {
	from, ok := v.(smithy.Serializable)
	if !ok {
		return none
	}
	start := len(s.buf)
	data, err := s.encoder.Append(s.buf, from, recordLimit)
	s.buf = data
	if err != nil {
		return none
	}
	return len(data) - start
}

// newJournal makes a journal of the last calls whose inputs, outputs and texts
// are so many bytes. The tape has room for two records more, which is what a
// piece can lose at its end.
func newJournal(calls, bytes int) *journal {
	return &journal{calls: calls, bytes: bytes, tape: tape{most: bytes + 2*recordLimit + 1}}
}

// add records a call. The input and output are only read, and only now.
func (j *journal) add(e *entry, input, output any) {
	s, _ := j.scribes.Get().(*scribe)
	if s == nil {
		s = &scribe{}
	}
	s.buf = s.buf[:0]
	e.input, e.output = s.write(input), none
	if e.err == nil {
		e.output = s.write(output)
	} else {
		e.err = excerpt(e.err)
	}
	e.size = len(s.buf) + len(textOf(e.err)) + len(e.why)
	j.append(e, s.buf)
	if cap(s.buf) <= largestBuffer {
		j.scribes.Put(s)
	}
}

func (j *journal) append(e *entry, recorded []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.n > 0 && (j.n == j.calls || j.held+e.size > j.bytes) {
		j.drop()
	}
	if j.n == len(j.ring) {
		j.grow()
	}
	e.recorded = j.place(max(len(recorded), 1)) // a piece of nothing would have no place among others
	copy(j.tape.bytes(e.recorded), recorded)
	j.ring[(j.first+j.n)%len(j.ring)] = *e
	j.n++
	j.held += e.size
}

// place finds a place on the tape, which grows or loses its oldest pieces for it.
func (j *journal) place(size int) piece {
	for {
		if p, ok := j.tape.place(size); ok {
			return p
		}
		if !j.tape.grow(size, j.eachPiece) {
			j.drop()
		}
	}
}

func (j *journal) eachPiece(move func(*piece)) {
	for i := range j.n {
		move(&j.ring[(j.first+i)%len(j.ring)].recorded)
	}
}

// excerpt copies an exception. AWS's texts repeat what was wrong in the input, of
// which a journal keeps no more than of an input.
func excerpt(err error) error {
	exception, ok := asException(err)
	if !ok || len(exception.ErrorMessage()) <= recordLimit {
		return cloneError(err)
	}
	text := strings.Clone(strings.ToValidUTF8(exception.ErrorMessage()[:recordLimit], ""))
	return withFault(NewException(exception.ErrorCode(), text), exception.ErrorFault())
}

// drop forgets the oldest entry.
func (j *journal) drop() {
	oldest := &j.ring[j.first]
	j.held -= oldest.size
	*oldest = entry{}
	j.first = (j.first + 1) % len(j.ring)
	j.n--
	j.tape.drop(j.ring[j.first].recorded)
}

func (j *journal) grow() {
	ring := make([]entry, min(max(16, 2*len(j.ring)), j.calls))
	copy(ring[copy(ring, j.ring[j.first:]):], j.ring[:j.first])
	j.ring, j.first = ring, 0
}

// Call is one call as the journal tells it. Everything in it is the reader's.
type Call struct {
	Time      time.Time
	Caller    *Caller
	Operation string
	Key       string // ARN of the key that it was about, if one was found
	RequestID string
	Input     any   // the SDK's; nil when it was too large to keep
	Output    any   // the SDK's; nil when the call failed
	Error     error // a plain exception
	Why       string
	Fault     *Fault
}

// Calls are the calls that the journal has, in the order of taking effect.
func (a *AWS) Calls() []Call {
	j := a.journal
	if j == nil {
		return nil
	}
	entries, recorded := j.copy()
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(entries[a].sequence, entries[b].sequence) })
	calls := make([]Call, len(entries))
	for i, at := range order {
		calls[i] = entries[at].call(recorded[at])
	}
	return calls
}

// copy is all entries and what stands on the tape for them.
func (j *journal) copy() (entries []entry, recorded [][]byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	entries = make([]entry, j.n)
	recorded = make([][]byte, j.n)
	for i := range entries {
		entries[i] = j.ring[(j.first+i)%len(j.ring)]
		recorded[i] = bytes.Clone(j.tape.bytes(entries[i].recorded))
	}
	return entries, recorded
}

func (e *entry) call(recorded []byte) Call {
	who := *e.who
	c := Call{
		Time: e.at, Caller: &who, Operation: e.op.name(), Key: e.key, RequestID: e.requestID, Error: cloneError(e.err), Why: e.why,
	}
	input, output := e.op.blank()
	if e.input != none && recording.Decode(recorded[:e.input], input) == nil {
		c.Input = input
	}
	if e.output != none && recording.Decode(recorded[max(e.input, 0):], output) == nil {
		c.Output = output
	}
	if e.fault != nil {
		fault := e.fault.Fault()
		c.Fault = &fault
	}
	return c
}
