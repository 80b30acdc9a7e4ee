package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestBrokenSaysHow(t *testing.T) {
	t.Parallel()
	cause := errors.New("a fault")
	for how, want := range map[Breakage]string{
		Reset: "connection reset", Closed: "connection closed", Silent: "no answer",
		Truncated: "answer truncated", Replaced: "answer replaced", Failed: "connection failed", -1: "answer lost",
	} {
		if got := (&Broken{How: how}).Error(); got != want {
			t.Errorf("%d: got %q, want %q", how, got, want)
		}
		err := &Broken{How: how, Cause: cause}
		if got := err.Error(); got != want+": a fault" || !errors.Is(err, cause) {
			t.Errorf("%d: got %q", how, got)
		}
	}
}

// Behind a server that does not give its connections away, net/http is asked
// to break the answer off.
func TestBrokenWithoutConnection(t *testing.T) {
	t.Parallel()
	for _, how := range []Breakage{Reset, Closed} {
		h := NewHandler(&stub{invoke: func(context.Context, Identity, string, any) (any, string, error) {
			return nil, testID, &Broken{How: how}
		}})
		r := request("{}")
		sign(t, r, "{}", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", time.Now())
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if got := recover(); got != http.ErrAbortHandler {
					t.Errorf("%d: recovered %v", how, got)
				}
			}()
			h.ServeHTTP(w, r)
		}()
		if w.Body.Len() != 0 {
			t.Errorf("%d: wrote %s", how, w.Body)
		}
	}
}

func TestRequestThatBreaksOff(t *testing.T) {
	t.Parallel()
	r := request("")
	sign(t, r, "", aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}, "kms", "us-east-1", time.Now())
	r.Body = io.NopCloser(iotest.ErrReader(errors.New("connection reset")))
	w := httptest.NewRecorder()
	NewHandler(&stub{}).ServeHTTP(w, r)
	if w.Code != 400 || w.Body.String() != `{"__type":"SerializationException"}` {
		t.Errorf("have %d %s", w.Code, w.Body)
	}
}
