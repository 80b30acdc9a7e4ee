package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	contentType  = "application/x-amz-json-1.1"
	targetPrefix = "TrentService."

	// maxBody bounds the body of a request. The largest that is valid, a key
	// policy whose characters are all escaped, stays below it.
	maxBody = 1 << 20
)

// An Identity is who calls, and where.
type Identity struct {
	AccessKeyID string
	Region      string // of the signature's scope
	Known       bool   // the backend knows the access key, and the signature is right
}

// A Backend does what the operations do. It is called concurrently.
type Backend interface {
	// Lookup returns the secret that belongs to an access key, and the
	// session token, which is empty for lasting credentials.
	Lookup(accessKeyID string) (secret, sessionToken string, known bool)

	// Strict tells whether an access key that Lookup does not know is refused
	// rather than passed on as an Identity that is not Known.
	Strict() bool

	// Invoke runs an operation. The input is its *kms.XInput, which is the
	// backend's to keep, and the output its *kms.XOutput. The error is an
	// exception of the SDK, another smithy.APIError, or a *Broken, which may
	// come with an output.
	Invoke(ctx context.Context, caller Identity, operation string, input any) (output any, requestID string, err error)

	// NewRequestID is the id of a request that did not come as far as Invoke.
	NewRequestID() string
}

// A Handler serves a [Backend] over HTTP as AWS JSON 1.1. It is safe for
// concurrent use.
type Handler struct {
	backend  Backend
	verifier Verifier
}

// NewHandler returns a handler that serves the backend. It panics only where
// net/http wants that of a handler that breaks off an answer, see [Broken].
func NewHandler(b Backend) *Handler { return &Handler{backend: b} }

// An answer is what goes back to the client.
type answer struct {
	status      int
	contentType string
	requestID   string
	body        []byte
	broken      *Broken
}

// ServeHTTP answers one request.
//
// Signatures come first, then the target, the JSON, the operation. The path is
// not looked at. A method other than POST and a content type other than
// application/x-amz-json-1.1 are told in XML, since the protocol is unknown; a
// body of more than 1 MiB is a RequestEntityTooLargeException with status 413,
// which is a guess.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h.answer(r)
	if a.broken != nil {
		a.broken.serve(w, r, a)
		return
	}
	a.write(w)
}

func (a *answer) write(w http.ResponseWriter) {
	a.header(w.Header())
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that is gone is not told
}

// headers is how many headers every answer has.
const headers = 6

// header sets them. No answer shares its values with another.
func (a *answer) header(h http.Header) {
	v := [headers]string{
		a.requestID, a.contentType, strconv.Itoa(len(a.body)),
		"no-cache, no-store, must-revalidate, private", "0", "no-cache",
	}
	h["X-Amzn-Requestid"] = v[0:1:1]
	h["Content-Type"] = v[1:2:2]
	h["Content-Length"] = v[2:3:3]
	h["Cache-Control"] = v[3:4:4]
	h["Expires"] = v[4:5:5]
	h["Pragma"] = v[5:6:6]
}

// answer does all that is not HTTP.
func (h *Handler) answer(r *http.Request) answer {
	a := answer{status: http.StatusOK, contentType: contentType}
	body, err := h.call(r, &a)
	if err != nil {
		if broken := brokenBy(err, body); broken == nil {
			a.status, body = AppendError(nil, err)
		} else if a.broken = broken; broken.How == Replaced {
			a.status, body = broken.Status, broken.Body
		}
	}
	if a.contentType == "" && a.broken == nil {
		a.contentType = "text/xml"
		a.status, body = h.unsupported(r)
	}
	a.body = body
	if a.requestID == "" {
		a.requestID = h.backend.NewRequestID()
	}
	return a
}

// brokenBy returns how err breaks the answer, nil when it is an answer. What
// cannot be done becomes what comes nearest.
func brokenBy(err error, body []byte) *Broken {
	var b *Broken
	if !errors.As(err, &b) || b == nil {
		return nil
	}
	c := *b
	if c.How == Truncated && len(body) == 0 {
		c.How = Closed // there is no half of nothing
	}
	if c.How == Replaced && (c.Status < 200 || c.Status > 599) {
		c.Status = http.StatusOK
	}
	return &c
}

// unsupported answers what is not AWS JSON 1.1.
func (h *Handler) unsupported(r *http.Request) (int, []byte) {
	if r.Method == http.MethodPost && r.Header.Get("X-Amz-Target") != "" {
		return http.StatusNotFound, []byte("<UnknownOperationException/>\n")
	}
	return http.StatusForbidden, []byte("<AccessDeniedException>\n" +
		"  <Message>Unable to determine service/operation name to be authorized</Message>\n" +
		"</AccessDeniedException>\n")
}

var bodies = sync.Pool{New: func() any { return new([]byte) }}

// call runs the request and returns the body of the answer. It clears a's
// content type when the request is in no protocol that it knows.
func (h *Handler) call(r *http.Request, a *answer) ([]byte, error) {
	if r.Method != http.MethodPost || !isJSON(r.Header.Get("Content-Type")) {
		a.contentType = ""
		return nil, nil
	}
	buf := bodies.Get().(*[]byte)
	defer bodies.Put(buf)
	var err error
	if *buf, err = readBody((*buf)[:0], r); err != nil {
		return nil, err
	}
	caller, err := h.identify(r, *buf)
	if err != nil {
		return nil, err
	}
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	if !ok {
		return nil, unknownOperation()
	}
	op, err := lookup(name)
	if err != nil {
		return nil, err
	}
	input, err := op.input.decode(*buf)
	if err != nil {
		return nil, err
	}
	var output any
	output, a.requestID, err = h.backend.Invoke(r.Context(), caller, name, input)
	var broken *Broken
	if err != nil && (output == nil || !errors.As(err, &broken)) {
		return nil, err
	}
	body, failure := op.output.append(nil, output)
	if failure != nil {
		return nil, fmt.Errorf("wire: %s: %w", name, failure)
	}
	return body, err
}

// identify tells who signed the request.
func (h *Handler) identify(r *http.Request, body []byte) (Identity, error) {
	c, err := ParseAuthorization(r)
	if err != nil {
		return Identity{}, err
	}
	id := Identity{AccessKeyID: c.AccessKeyID, Region: c.Region}
	secret, sessionToken, known := h.backend.Lookup(c.AccessKeyID)
	if !known && !h.backend.Strict() {
		return id, nil
	}
	if err := c.check(r, time.Now()); err != nil {
		return Identity{}, err
	}
	if !known {
		return Identity{}, UnrecognizedClient()
	}
	if err := h.verifier.verify(r, c, body, secret, sessionToken); err != nil {
		return Identity{}, err
	}
	id.Known = true
	return id, nil
}

func isJSON(header string) bool {
	if header == contentType {
		return true
	}
	media, _, _ := strings.Cut(header, ";")
	return strings.EqualFold(strings.TrimSpace(media), contentType)
}

// readBody appends the body of r, which is at most maxBody long.
func readBody(dst []byte, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return dst, tooLarge()
	}
	if r.Body == nil {
		return dst, nil
	}
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, make([]byte, max(512, len(dst)))...)[:len(dst)]
		}
		n, err := r.Body.Read(dst[len(dst):cap(dst)])
		dst = dst[:len(dst)+n]
		switch {
		case len(dst) > maxBody:
			return dst, tooLarge()
		case err == io.EOF:
			return dst, nil
		case err != nil:
			return dst, serializationError("") // the client broke off; it hardly reads this
		}
	}
}
