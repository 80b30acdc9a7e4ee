package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/kmsfake"
)

const (
	prefix = "/_kmsfake/"

	largestBody = 4 << 20 // bytes
)

// routes are AWS KMS and the endpoints that drive it.
func (s *Server) routes() http.Handler {
	control := http.NewServeMux()
	control.HandleFunc("GET "+prefix+"health", s.health)
	control.HandleFunc("POST "+prefix+"advance", s.advance)
	control.HandleFunc("POST "+prefix+"reset", s.restart)
	control.HandleFunc("GET "+prefix+"dump", s.dump)
	control.HandleFunc("GET "+prefix+"calls", s.calls)
	control.HandleFunc("GET "+prefix+"faults", s.showFaults)
	control.HandleFunc("PUT "+prefix+"faults", s.putFaults)
	control.HandleFunc("DELETE "+prefix+"faults", s.deleteFaults)
	guarded := s.guard(control)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, prefix) {
			guarded.ServeHTTP(w, r)
			return
		}
		s.logged(w, r, s.Fake())
	})
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{
		"status":  "ok",
		"region":  s.config.Region,
		"account": s.config.Account,
		"seed":    s.config.Seed,
		"now":     s.Fake().Now().UTC(),
		"started": s.started.UTC(),
	})
}

// advance moves the time by what the body says, or the query where there is no body.
func (s *Server) advance(w http.ResponseWriter, r *http.Request) {
	body, err := read(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	text := strings.TrimSpace(string(body))
	if text == "" {
		text = cmp.Or(r.URL.Query().Get("duration"), r.URL.Query().Get("seconds"))
	}
	by, err := step(text)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	fake := s.Fake()
	fake.Advance(by)
	answer(w, map[string]any{"now": fake.Now().UTC()})
}

// farthest is what one step of the clock may be: a hundred years.
const farthest = 100 * 365 * 24 * time.Hour

// step reads how far to move the time: a duration, or JSON with one.
func step(text string) (time.Duration, error) {
	if strings.HasPrefix(text, "{") {
		var object struct {
			Duration string
			Seconds  json.Number
		}
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&object); err != nil {
			return 0, fmt.Errorf(`the body is not {"duration": "192h"} or {"seconds": 5}: %w`, err)
		}
		if _, err := d.Token(); err != io.EOF {
			return 0, errors.New("something follows the object in the body")
		}
		if object.Duration != "" && object.Seconds != "" {
			return 0, errors.New("the body has both a duration and seconds")
		}
		text = cmp.Or(object.Duration, object.Seconds.String())
	}
	return duration(strings.Trim(text, `"`))
}

// duration reads a duration as Go writes it, or a number of seconds.
func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		seconds, failed := strconv.ParseFloat(text, 64)
		if failed != nil || !(seconds < farthest.Seconds()) {
			return 0, fmt.Errorf("%q is neither a duration such as 192h nor a number of seconds", text)
		}
		d = time.Duration(seconds * float64(time.Second))
	}
	switch {
	case d < 0:
		return 0, errors.New("time does not go back")
	case d > farthest:
		return 0, fmt.Errorf("%v is more than a hundred years", d)
	}
	return d, nil
}

func (s *Server) restart(w http.ResponseWriter, _ *http.Request) {
	if err := s.reset(); err != nil {
		refuse(w, http.StatusConflict, err) // a key's deletion date may have passed since the start
		return
	}
	answer(w, map[string]any{"now": s.Fake().Now().UTC()})
}

func (s *Server) dump(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.Fake().Dump(w)
}

func (s *Server) showFaults(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = s.Fake().WriteFaults(w) // a client that is gone is not told
}

// putFaults puts faults in the place of those that there are.
func (s *Server) putFaults(w http.ResponseWriter, r *http.Request) {
	body, err := read(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	faults, err := kmsfake.ReadFaults(bytes.NewReader(body))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	s.replaceFaults(faults)
	s.showFaults(w, r)
}

func (s *Server) deleteFaults(w http.ResponseWriter, r *http.Request) {
	s.replaceFaults(nil)
	s.showFaults(w, r)
}

func (s *Server) replaceFaults(faults []kmsfake.Fault) {
	s.changing.Lock()
	defer s.changing.Unlock()
	fake := s.Fake()
	for _, injected := range fake.Injections() {
		injected.Remove()
	}
	if len(faults) > 0 {
		fake.Inject(faults...)
	}
}

// read reads the body of a request.
func read(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody+1))
	if err == nil && len(body) > largestBody {
		err = fmt.Errorf("the body has more than %d bytes", largestBody)
	}
	return body, err
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(value) // a client that is gone is not told
}

func refuse(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	answer(w, map[string]string{"error": err.Error()})
}
