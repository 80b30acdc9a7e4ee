package service

import (
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

	recordLimit = 1 << 20 // bytes of one input, output or text of an exception

	// Slabs double in size, since most fakes live for a few calls.
	smallestSlab = 2 << 10  // bytes
	largestSlab  = 32 << 10 // bytes
)

// journal keeps the last calls, in the order in which they took effect. Inputs
// and outputs are bytes until somebody asks for them: the callers' memory is not
// held, and the garbage collector has little to look at.
type journal struct {
	calls, bytes int // limits

	scribes sync.Pool // of *scribe

	mu    sync.Mutex
	ring  []entry // grows to calls
	first int     // the oldest
	n     int     // how many there are
	held  int     // bytes: the sizes of the entries
}

// entry is one call. Everything that it points to is never written again.
type entry struct {
	sequence  uint64
	at        time.Time
	who       *Caller
	op        Invoker
	key       string // ARN
	requestID string
	input     []byte // nil when it was too large to keep
	output    []byte // nil when there was none or it was too large
	err       error
	why       string
	fault     *Injected
	size      int // bytes that a caller can make many
}

// scribe writes entries, a slab of memory after another.
type scribe struct {
	encoder recording.Encoder
	slab    []byte
}

func newJournal(calls, bytes int) *journal { return &journal{calls: calls, bytes: bytes} }

func (s *scribe) write(v any) []byte {
	from, ok := v.(smithy.Serializable)
	if !ok {
		return nil
	}
	if cap(s.slab)-len(s.slab) < smallestSlab/2 {
		s.slab = make([]byte, 0, min(max(2*cap(s.slab), smallestSlab), largestSlab))
	}
	start := len(s.slab)
	data, err := s.encoder.Append(s.slab[start:start], from, recordLimit)
	if err != nil {
		return nil
	}
	if len(data) <= cap(s.slab)-start {
		s.slab = s.slab[:start+len(data)]
	}
	return data[:len(data):len(data)]
}

// add records a call. The input and output are only read, and only now.
func (j *journal) add(e *entry, input, output any) {
	s, _ := j.scribes.Get().(*scribe)
	if s == nil {
		s = &scribe{}
	}
	e.input = s.write(input)
	if e.err == nil {
		e.output = s.write(output)
	} else {
		e.err = excerpt(e.err)
	}
	j.scribes.Put(s)

	e.size = len(e.input) + len(e.output) + len(textOf(e.err)) + len(e.why)
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.n > 0 && (j.n == j.calls || j.held+e.size > j.bytes) {
		j.drop()
	}
	if j.n == len(j.ring) {
		j.grow()
	}
	j.ring[(j.first+j.n)%len(j.ring)] = *e
	j.n++
	j.held += e.size
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
	j.mu.Lock()
	entries := make([]entry, j.n)
	for i := range entries {
		entries[i] = j.ring[(j.first+i)%len(j.ring)]
	}
	j.mu.Unlock()
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.sequence, b.sequence) })
	calls := make([]Call, len(entries))
	for i := range entries {
		calls[i] = entries[i].call()
	}
	return calls
}

func (e *entry) call() Call {
	who := *e.who
	c := Call{
		Time: e.at, Caller: &who, Operation: e.op.name(), Key: e.key, RequestID: e.requestID, Error: cloneError(e.err), Why: e.why,
	}
	input, output := e.op.blank()
	if e.input != nil && recording.Decode(e.input, input) == nil {
		c.Input = input
	}
	if e.output != nil && recording.Decode(e.output, output) == nil {
		c.Output = output
	}
	if e.fault != nil {
		fault := e.fault.Fault()
		c.Fault = &fault
	}
	return c
}
