package server

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// guard keeps web pages out of what drives the fake: a browser on this machine
// reaches the loopback address for any page that asks it to.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		if !s.ownHost(r.Host) {
			refuse(w, http.StatusMisdirectedRequest, errors.New("the Host header names another server"))
			return
		}
		if foreign(r) {
			refuse(w, http.StatusForbidden, errors.New("web pages of other origins are not served"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownHost says whether a Host header may be this server's: an address, a name
// without a domain, the host that it listens on. A page whose domain its owner
// points at this machine (DNS rebinding) asks by the domain.
func (s *Server) ownHost(header string) bool {
	name := header
	if host, port, err := net.SplitHostPort(header); err == nil {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return false
		}
		name = host
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return true
	}
	own, _, _ := net.SplitHostPort(s.config.Addr)
	if name == "" {
		return false
	}
	return !strings.Contains(name, ".") || strings.HasSuffix(name, ".localhost") || strings.EqualFold(name, own)
}

// foreign says whether a page of another origin sent the request. Browsers say so
// in Sec-Fetch-Site, older ones in Origin.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host)
}
