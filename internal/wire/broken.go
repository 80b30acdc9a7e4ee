package wire

import (
	"net"
	"net/http"
	"time"
)

// A Breakage is a way in which an answer can fail to arrive.
type Breakage int

const (
	// Reset is a connection that is reset before a byte of the answer.
	Reset Breakage = iota
	// Closed is a connection that is closed before a byte of the answer.
	Closed
	// Silent is an answer that does not come until the client gives up. In
	// process, a context without a deadline fails with a timeout at once: one
	// that ends with the test would otherwise hang it.
	Silent
	// Truncated is an answer whose second half is missing.
	Truncated
	// Replaced is an answer of Status and Body instead of the service's.
	Replaced
	// Failed is a connection that fails with the Cause, in process; on a
	// socket it is closed.
	Failed
)

// Broken is the error of a [Backend] whose answer does not reach the client
// as the service wrote it. What the operation did is the backend's affair.
type Broken struct {
	How    Breakage
	Status int    // of Replaced
	Body   []byte // of Replaced, as it is; not copied, so it must not change
	Cause  error  // of Failed; otherwise for who looks at the error, the client never sees it
}

// Error says how the answer broke.
func (b *Broken) Error() string {
	text := "answer lost"
	switch b.How {
	case Reset:
		text = "connection reset"
	case Closed:
		text = "connection closed"
	case Silent:
		text = "no answer"
	case Truncated:
		text = "answer truncated"
	case Replaced:
		text = "answer replaced"
	case Failed:
		text = "connection failed"
	}
	if b.Cause != nil {
		text += ": " + b.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (b *Broken) Unwrap() error { return b.Cause }

// serve breaks the answer a on the connection behind w.
func (b *Broken) serve(w http.ResponseWriter, r *http.Request, a answer) {
	switch b.How {
	case Reset:
		abort(w, true)
	case Silent:
		<-r.Context().Done()
		abort(w, false)
	case Truncated:
		a.header(w.Header())
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // how net/http is told to cut an answer off
	case Replaced:
		a.write(w)
	default:
		abort(w, false)
	}
}

// abort ends the connection behind w without an answer.
func abort(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // how net/http is told to give no answer
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.SetDeadline(time.Time{})
	_ = conn.Close()
}
