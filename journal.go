package kmsfake

import (
	"fmt"
	"strings"
	"time"
)

// Call is one call that this AWS has answered, or refused, or that a fault has
// kept from it.
type Call struct {
	Time      time.Time
	Principal string // ARN of who called
	Account   string // that the call was made for
	Region    string
	Operation string
	KeyARN    string // of the KMS key that the call was about; "" if none was found
	RequestID string // "" if no answer came
	Input     any    // the SDK's input, *kms.EncryptInput and its kin
	Output    any    // the SDK's output; nil if the call failed
	Error     error  // as the caller got it from a direct call; nil if it succeeded
	Why       string // the call was denied or its key policy refused, in one line a person understands; else ""
	Fault     *Fault // the fault that decided or delayed the call; nil if none did
}

// Calls are the last calls of all handles, in the order of taking effect, as far
// as the journal reaches: [WithJournal]. Calls that the SDK would not have sent,
// because a required member is missing or the context has ended, are not among
// them. Those of before a [Fake.Clone] are not in the clone.
//
// Everything in them is a copy that the caller may change, plaintexts and key
// material included, so mind what a log shows. An input or output of more than
// 1 MiB is nil, and the text of an exception ends there; times are in UTC.
func (f *Fake) Calls() []Call {
	recorded := f.aws.Calls()
	calls := make([]Call, len(recorded))
	for i, r := range recorded {
		calls[i] = Call{
			Time:      r.Time,
			Principal: r.Caller.ARN,
			Account:   r.Caller.Account,
			Region:    r.Caller.Region,
			Operation: r.Operation,
			KeyARN:    r.Key,
			RequestID: r.RequestID,
			Input:     r.Input,
			Output:    r.Output,
			Why:       r.Why,
		}
		if r.Error != nil {
			calls[i].Error = operationError(r.Operation, failedAnswer(r.Caller.Region, r.RequestID, r.Error))
		}
		if noAnswer(r.Error) {
			calls[i].RequestID = ""
		}
		if r.Fault != nil {
			fault := Fault(*r.Fault)
			calls[i].Fault = &fault
		}
	}
	return calls
}

// String tells the call in one line, without anything that was encrypted or
// decrypted.
func (c Call) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Time.UTC().Format("15:04:05.000"), c.Operation)
	if c.KeyARN != "" {
		fmt.Fprintf(&b, " %s", c.KeyARN)
	}
	fmt.Fprintf(&b, " by %s: ", c.Principal)
	if c.Error == nil {
		b.WriteString("ok")
	} else {
		text := c.Error.Error()
		b.WriteString(strings.TrimPrefix(text, "operation error KMS: "+c.Operation+", "))
	}
	if c.Why != "" {
		fmt.Fprintf(&b, " (%s)", c.Why)
	}
	if c.Fault != nil {
		b.WriteString(" (a fault")
		if c.Fault.Applied {
			b.WriteString("; the operation took effect")
		}
		b.WriteString(")")
	}
	return b.String()
}
