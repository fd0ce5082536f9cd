package live

import (
	"context"
	"embed"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"molap/cmd/molap/internal/watch"
)

// Source provides what the page shows.
type Source struct {
	Title string // the command
	Board *watch.Board
	// Status returns how far the run is, in words and per cent.
	Status func() (text string, percent int)
}

// mostStreams is the number of pages that are kept up to date at once.
const mostStreams = 16

// tickTime is the time between two looks for news.
const tickTime = time.Second

// Server is a page that is being served.
type Server struct {
	URL string

	source  Source
	socket  net.Listener
	hosts   []string // what a request's Host may be
	http    *http.Server
	streams chan struct{} // a token for each
	over    chan struct{} // closed when the run has ended
	close   sync.Once
}

// Check returns an error unless addr is HOST:PORT with a loopback address or
// localhost as the host.
func Check(addr string) error {
	_, err := parseAddress(addr)
	return err
}

// parseAddress returns the address to listen on. The name localhost is 127.0.0.1 here,
// whatever a resolver says.
func parseAddress(addr string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is not HOST:PORT, such as 127.0.0.1:8080", addr)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("port %q (allowed: 1 to 65535; 0 takes a free one)", port)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() || ip.Zone() != "" {
		return netip.AddrPort{}, fmt.Errorf("host %q (allowed: loopback addresses such as 127.0.0.1 or [::1]; from another machine use a tunnel, ssh -L)", host)
	}
	return netip.AddrPortFrom(ip, uint16(n)), nil
}

// Serve serves the page of source on a loopback address until Close.
func Serve(addr string, source Source) (*Server, error) {
	at, err := parseAddress(addr)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", at.String())
	if err != nil {
		return nil, err
	}
	s := newServer(source, l.Addr().(*net.TCPAddr).AddrPort())
	s.socket = limitListener(l, connectionsHere(), writeTime)
	go s.http.Serve(s.socket) // ends with Close
	return s, nil
}

func newServer(source Source, at netip.AddrPort) *Server {
	port := strconv.Itoa(int(at.Port()))
	s := &Server{URL: "http://" + at.String() + "/", source: source, streams: make(chan struct{}, mostStreams), over: make(chan struct{})}
	s.hosts = []string{at.String(), "localhost:" + port}
	if at.Port() == 80 {
		s.hosts = append(s.hosts, strings.TrimSuffix(at.String(), ":80"), "localhost")
	}
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       10 * time.Second, // connections are few
		MaxHeaderBytes:    1 << 14,
		ErrorLog:          log.New(io.Discard, "", 0), // a browser's mistakes are no news of the run
	}
	return s
}

// Close tells the pages that the run has ended and stops serving.
func (s *Server) Close() {
	s.close.Do(func() {
		s.http.SetKeepAlivesEnabled(false)
		s.socket.Close()
		close(s.over)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if s.http.Shutdown(ctx) != nil {
			s.http.Close()
		}
	})
}

//go:embed page.html page.css page.js draw.js
var pageFiles embed.FS

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for path, file := range map[string]struct{ name, kind string }{
		"/{$}":      {"page.html", "text/html; charset=utf-8"},
		"/page.css": {"page.css", "text/css; charset=utf-8"},
		"/page.js":  {"page.js", "text/javascript; charset=utf-8"},
		"/draw.js":  {"draw.js", "text/javascript; charset=utf-8"},
	} {
		data, err := pageFiles.ReadFile(file.name)
		if err != nil {
			panic(err) // it is embedded
		}
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", file.kind)
			w.Write(data)
		})
	}
	mux.HandleFunc("/events", s.events)
	return s.guarded(mux)
}

// contentPolicy lets the page load what this server serves and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guarded refuses what does not come from the page itself or from the user's
// address bar.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !slices.Contains(s.hosts, r.Host):
			http.Error(w, "this page is served under "+s.URL+" alone", http.StatusForbidden)
		case !s.own(r.Header):
			http.Error(w, "a request of another page", http.StatusForbidden)
		case r.Method != http.MethodGet:
			h.Set("Allow", http.MethodGet)
			http.Error(w, "this page is only read", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// own reports whether a request comes from the page itself or from no page.
func (s *Server) own(h http.Header) bool {
	for _, origin := range h.Values("Origin") {
		if host, ok := strings.CutPrefix(origin, "http://"); !ok || !slices.Contains(s.hosts, host) {
			return false
		}
	}
	site := h.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}
