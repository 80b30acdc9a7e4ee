// Package constraint knows what the service model of AWS KMS asks of the
// members of every operation's input (required, lengths, ranges, patterns,
// enums) and says in the service's words what an input breaks.
//
// The operation and the type of the input go together: "CreateAlias" and
// *kms.CreateAliasInput. A nil input is an empty one. Of an operation it does
// not know, or an input of another type, the package has nothing to say.
// Inputs are read only while a function runs; texts hold copies. All functions
// may be called concurrently, as long as nobody writes to the input meanwhile.
package constraint

import (
	"fmt"
	"strings"
)

//go:generate go run ./gen

// Check returns the message of the service's ValidationException for what is
// in the input, all failures at once in the model's order of members, or ok if
// there is none. A member that the SDK does not send (nil, or an empty enum)
// breaks nothing here; see [MissingRequired] and [NullMembers].
//
// Lengths of strings are in code points, of blobs in bytes, of lists in
// elements. A byte that is not UTF-8 counts and reads as U+FFFD, which is what
// the SDK sends for it.
func Check(operation string, input any) (message string, ok bool) {
	w := walk{values: true}
	walkInput(&w, operation, input)
	return w.message()
}

// CheckAll is [Check] with the failures of [NullMembers] among the others,
// each in its member's place: what the service answers to a client that sends
// an input without looking at it.
func CheckAll(operation string, input any) (message string, ok bool) {
	w := walk{values: true, nulls: true}
	walkInput(&w, operation, input)
	return w.message()
}

// NullMembers returns the service's words for every required member that is
// missing, in the model's order, nested ones included. The caller owns the
// slice.
func NullMembers(operation string, input any) []string {
	w := walk{nulls: true}
	walkInput(&w, operation, input)
	return w.failures
}

// MissingRequired returns the smithy.InvalidParamsError that the SDK's client
// returns instead of sending the input, or nil if every required member is
// there.
func MissingRequired(operation string, input any) error {
	w := walk{missing: true}
	walkInput(&w, operation, input)
	return w.invalidParams(operation)
}

// message joins the failures to one text.
func (w *walk) message() (message string, ok bool) {
	switch n := len(w.failures); n {
	case 0:
		return "", true
	case 1:
		return "1 validation error detected: " + w.failures[0], false
	default:
		return fmt.Sprintf("%d validation errors detected: %s", n, strings.Join(w.failures, "; ")), false
	}
}
