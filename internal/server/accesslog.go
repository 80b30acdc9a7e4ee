package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"example.com/kmsfake/internal/wire"
)

// logged serves a call and writes it to the access log: what was asked where and
// what came of it, nothing of what was in it nor of who signed it.
func (s *Server) logged(w http.ResponseWriter, r *http.Request, next http.Handler) {
	begin := time.Now()
	seen := &response{ResponseWriter: w}
	defer func() { // an answer that is cut off is a panic
		operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
		attributes := []slog.Attr{
			slog.String("operation", operation),
			slog.Int("status", seen.status),
			slog.Duration("took", time.Since(begin)),
			slog.String("requestId", w.Header().Get("X-Amzn-Requestid")),
		}
		if c, err := wire.ParseAuthorization(r); err == nil {
			attributes = append(attributes, slog.String("region", c.Region))
		}
		if exception := seen.exception(); exception != "" {
			attributes = append(attributes, slog.String("error", exception))
		}
		s.config.Logger.LogAttrs(r.Context(), slog.LevelInfo, "call", attributes...)
	}()
	next.ServeHTTP(seen, r)
}

// response remembers what the access log tells. Its status is 0 while there is no
// answer.
type response struct {
	http.ResponseWriter
	status int
	start  []byte // of the body of a refusal
}

func (w *response) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.status != http.StatusOK && w.start == nil {
		w.start = bytes.Clone(p[:min(len(p), 100)])
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets an answer break in the ways that connections break.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// exception is the type of the exception in the answer.
func (w *response) exception() string {
	_, rest, ok := bytes.Cut(w.start, []byte(`{"__type":"`))
	name, _, closed := bytes.Cut(rest, []byte(`"`))
	if !ok || !closed {
		return ""
	}
	return string(name)
}
