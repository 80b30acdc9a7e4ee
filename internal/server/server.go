// Package server is the command kmsfake: a fake AWS KMS behind a socket, and the
// endpoints with which a test in another process moves its time, looks into it
// and makes it fail.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/kmsfake"
)

// Config is what a server serves.
type Config struct {
	Addr    string // host and port to listen on; port 0 is any
	Region  string
	Account string
	Seed    uint64
	Keys    []kmsfake.Key
	Faults  []kmsfake.Fault
	Logger  *slog.Logger // for the access log and warnings; nil is none
}

// Server serves one fake at a time. It is an [http.Handler], safe for concurrent
// use.
type Server struct {
	config  Config
	mux     http.Handler
	started time.Time

	fake     atomic.Pointer[kmsfake.Fake]
	changing sync.Mutex // held by who replaces the fake or its faults
}

// New makes a server. The error is about keys that cannot be.
func New(config Config) (*Server, error) {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config, started: time.Now()}
	if err := s.reset(); err != nil {
		return nil, err
	}
	s.mux = s.routes()
	return s, nil
}

// Fake is the fake that is served now.
func (s *Server) Fake() *kmsfake.Fake { return s.fake.Load() }

// reset puts a fresh fake in the place of the one that is served. Calls that are
// under way end with the old one.
func (s *Server) reset() (err error) {
	// New has no other way to say that keys collide.
	defer func() {
		if problem := recover(); problem != nil {
			wrong, ok := problem.(error)
			if !ok {
				panic(problem)
			}
			err = wrong
		}
	}()
	s.changing.Lock()
	defer s.changing.Unlock()
	s.fake.Store(kmsfake.New(
		kmsfake.WithRegion(s.config.Region), kmsfake.WithAccount(s.config.Account), kmsfake.WithSeed(s.config.Seed),
		kmsfake.WithKeys(s.config.Keys...), kmsfake.WithFaults(s.config.Faults...),
	))
	return nil
}

// ServeHTTP serves AWS KMS, and what is below /_kmsfake/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Running is a server that listens.
type Running struct {
	*Server
	listener net.Listener
	http     *http.Server
	end      context.CancelFunc // of what requests wait for
	done     chan error
}

// Start listens and serves until Stop.
func (s *Server) Start() (*Running, error) {
	listener, err := net.Listen("tcp", s.config.Addr)
	if err != nil {
		return nil, err
	}
	if !loopback(listener.Addr()) {
		s.config.Logger.Warn("this is not a loopback address: whoever can reach it can use this fake and look into it", "addr", listener.Addr().String())
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Running{Server: s, listener: listener, end: cancel, done: make(chan error, 1)}
	r.http = &http.Server{
		Handler:           s,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.config.Logger.Handler(), slog.LevelWarn),
	}
	go func() { r.done <- r.http.Serve(listener) }()
	return r, nil
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// URL is where the server is reached.
func (r *Running) URL() string {
	addr, ok := r.listener.Addr().(*net.TCPAddr)
	if ok && addr.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", addr.Port)
	}
	return "http://" + r.listener.Addr().String()
}

// Failed tells when and why the server ended by itself.
func (r *Running) Failed() <-chan error { return r.done }

// Stop stops listening, lets calls that are under way end until ctx ends, and
// then breaks them off. The server is gone when it returns.
func (r *Running) Stop(ctx context.Context) error {
	err := r.http.Shutdown(ctx)
	r.end()
	if err != nil {
		err = r.http.Close()
	}
	if served := <-r.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(served, err)
	}
	return err
}
