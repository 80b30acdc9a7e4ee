package wire

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// A Transport serves an SDK client from a [Handler] in the same process: it is
// an aws.HTTPClient with no socket and no goroutine. A call runs on the
// goroutine of its caller. It is safe for concurrent use.
type Transport struct {
	handler *Handler
}

// NewTransport returns a transport that serves the handler's backend.
func NewTransport(h *Handler) *Transport { return &Transport{handler: h} }

// Do answers the request. A context that has ended, before or during the call,
// fails with its error. A request for another service than AWS KMS fails with
// an [*OtherServiceError], which the SDK does not retry. A [Broken] answer is
// the error that net/http has for it.
func (t *Transport) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if r.URL == nil {
		return nil, fmt.Errorf("wire: request without URL")
	}
	if err := checkService(r); err != nil {
		return nil, err
	}
	a := t.handler.answer(r)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	truncated := false
	if a.broken != nil {
		if err := a.broken.transportError(ctx); err != nil {
			return nil, &url.Error{Op: "Post", URL: r.URL.String(), Err: err}
		}
		truncated = a.broken.How == Truncated
	}
	header := make(http.Header, headers+1)
	a.header(header)
	header["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	body := &responseBody{end: io.EOF}
	body.Reset(a.body)
	if truncated {
		body.Reset(a.body[:len(a.body)/2])
		body.end = io.ErrUnexpectedEOF
	}
	return &http.Response{
		Status:        statusText(a.status),
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          body,
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}

func statusText(status int) string {
	if status == http.StatusOK {
		return "200 OK"
	}
	return fmt.Sprintf("%d %s", status, http.StatusText(status))
}

// responseBody ends with its own error.
type responseBody struct {
	bytes.Reader
	end error
}

func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.end
	}
	return n, err
}

// WriteTo spares io.Copy a buffer.
func (b *responseBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil && b.end != io.EOF {
		err = b.end
	}
	return n, err
}

func (b *responseBody) Close() error { return nil }

// transportError returns what a client gets in place of an answer, nil when it
// gets one.
func (b *Broken) transportError(ctx context.Context) error {
	switch b.How {
	case Truncated, Replaced:
		return nil
	case Reset:
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	case Silent:
		if _, ends := ctx.Deadline(); ends {
			<-ctx.Done()
			return ctx.Err()
		}
		return &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	case Failed:
		return b.Cause
	}
	return io.EOF
}

// An OtherServiceError is a request that is not for AWS KMS.
type OtherServiceError struct {
	Host    string
	Service string // of the signature's scope; empty when it is not signed
}

// Error names the host and the service.
func (e *OtherServiceError) Error() string {
	what := "an unsigned request"
	if e.Service != "" {
		what = "a request to the service " + e.Service
	}
	return fmt.Sprintf("kmsfake serves AWS KMS alone: it got %s at %s; give that client another HTTP client", what, e.Host)
}

// RetryableError tells the SDK not to try again.
func (e *OtherServiceError) RetryableError() bool { return false }

// checkService refuses requests to other services: another host of AWS, or a
// host that is not AWS's when the request is not signed for KMS.
func checkService(r *http.Request) error {
	name := host(r)
	if _, ok := endpointRegion(name); ok {
		return nil
	}
	signed := scopeService(r.Header.Get("Authorization"))
	_, aws := cutDomain(name)
	if aws || signed != service && !(signed == "" && strings.HasPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)) {
		return &OtherServiceError{Host: name, Service: signed}
	}
	return nil
}

// scopeService returns the service in the scope of an Authorization header.
func scopeService(header string) string {
	_, scope, _ := strings.Cut(header, "Credential=")
	scope, _, _ = strings.Cut(scope, ",")
	parts := strings.Split(scope, "/")
	if len(parts) != 5 {
		return ""
	}
	return parts[3]
}
