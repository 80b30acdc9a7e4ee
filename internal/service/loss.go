package service

import "fmt"

// A Loss is the error of a call whose answer did not arrive as the service wrote
// it. Who carries answers makes of it what fails there.
type Loss struct {
	How   LossKind
	Cause error // of LossOther: what the connection failed with
}

// LossKind is how an answer is lost.
type LossKind int

const (
	// LossTimeout is an answer that does not come.
	LossTimeout LossKind = iota
	// LossReset is a connection that is reset.
	LossReset
	// LossCorrupt is an answer of bytes that are none of the protocol: Corrupt.
	LossCorrupt
	// LossOther is a connection that fails with the Cause.
	LossOther
)

// CorruptBody is the body of a corrupt answer, whose status is 200. No SDK can
// decode it.
const CorruptBody = "\x00\x7f{"

// Error says how the answer was lost.
func (l *Loss) Error() string {
	switch l.How {
	case LossTimeout:
		return "no answer"
	case LossReset:
		return "connection reset"
	case LossCorrupt:
		return "corrupt answer"
	default:
		return fmt.Sprintf("connection failed: %v", l.Cause)
	}
}

// Unwrap is the cause.
func (l *Loss) Unwrap() error { return l.Cause }
