package service

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/regwire/regwire/internal/httpapi"
	"github.com/regwire/regwire/internal/web"
	"github.com/regwire/regwire/sentiment/instrument"
	"github.com/regwire/regwire/sentiment/signal"
)

// Handler returns the API, the pages, health and metrics.
func (s *Service) Handler(version string) (http.Handler, error) {
	numbers := sync.OnceValue(instrument.New) // built when a request first names one
	canonical := func(name string) string { return numbers().Canonical(name) }
	api := httpapi.New(httpapi.Config{
		Record: s.Store, Canonical: canonical, Search: s.Index, SignalCSV: signal.WriteCSV, Logger: s.opts.Logger, Version: version,
	})
	pages, err := web.New(web.Config{
		Record: s.Store, Canonical: canonical, Search: s.Index, Logger: s.opts.Logger, Version: "regwire " + version, Clock: time.Now,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", api)
	mux.Handle("/healthz", api)
	if s.opts.Registry != nil {
		mux.Handle("GET /metrics", promhttp.HandlerFor(s.opts.Registry, promhttp.HandlerOpts{}))
	}
	mux.Handle("/", pages)
	handler := s.guard(mux)
	callback := s.Crawler.Callback()
	if callback == nil {
		return handler, nil
	}
	callback = http.StripPrefix("/websub", callback)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/websub/") { // hubs have no token of ours; what they send is signed
			callback.ServeHTTP(w, r)
			return
		}
		handler.ServeHTTP(w, r)
	}), nil
}

// guard asks for the token where one is configured. /healthz stays open.
func (s *Service) guard(next http.Handler) http.Handler {
	token := string(s.opts.Config.HTTP.Token)
	if token == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var given string
		if scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
			given = value
		} else if _, password, ok := r.BasicAuth(); ok {
			given = password
		}
		if r.URL.Path != "/healthz" && subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="regwire", charset="UTF-8"`)
			http.Error(w, "a token is required", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// shutdownTime is how long open requests may take to end. Streams are cut:
// their clients resume.
const shutdownTime = 2 * time.Second

// Serve runs the pipeline and the HTTP server until ctx ends, then finishes
// what is under way. ready is called with the address once it is listening.
func (s *Service) Serve(ctx context.Context, version string, ready func(url string)) error {
	handler, err := s.Handler(version)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.opts.Config.HTTP.Address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("http.address %s is in use; choose another (--address, http.address, REGWIRE_HTTP_ADDRESS), or stop what listens there", s.opts.Config.HTTP.Address)
	}
	if err != nil {
		return fmt.Errorf("http.address: %w", err)
	}
	url := "http://" + reachable(listener.Addr().(*net.TCPAddr))
	if err := s.announce(url); err != nil {
		listener.Close()
		return err
	}
	defer os.Remove(s.announcement())

	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 18,
		BaseContext: func(net.Listener) context.Context { return requests },
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	s.opts.Logger.InfoContext(ctx, "service up", "url", url, "sources", len(s.Sources))
	if ready != nil {
		ready(url)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	piped := make(chan error, 1)
	go func() { piped <- s.Pipeline.Run(running) }()

	var failed error
	select {
	case <-ctx.Done():
	case failed = <-served: // the listener broke
		served <- nil
	case failed = <-piped:
		piped <- nil
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	s.opts.Logger.InfoContext(closing, "service stopping")
	stop()
	cut()
	if err := server.Shutdown(closing); err != nil {
		server.Close()
	}
	ended := <-served
	if errors.Is(ended, http.ErrServerClosed) {
		ended = nil
	}
	return errors.Join(failed, <-piped, ended)
}

// reachable is an address at which this machine reaches a listener: one that
// listens everywhere listens here too.
func reachable(a *net.TCPAddr) string {
	if a.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(a.Port))
	}
	return a.String()
}

// announcement is the file that says where the service can be reached.
func (s *Service) announcement() string { return filepath.Join(s.opts.Data, "serve.json") }

func (s *Service) announce(url string) error {
	b, err := json.Marshal(map[string]any{"url": url, "pid": os.Getpid()})
	if err != nil {
		return err
	}
	return os.WriteFile(s.announcement(), append(b, '\n'), 0o600)
}

// Running returns the address of the service that works on a data folder, and
// false when there is none.
func Running(data string) (string, bool) {
	b, err := os.ReadFile(filepath.Join(data, "serve.json"))
	if err != nil {
		return "", false
	}
	var a struct{ URL string }
	if json.Unmarshal(b, &a) != nil || a.URL == "" {
		return "", false
	}
	l, err := acquire(filepath.Join(data, "lock"))
	if err == nil { // nobody holds the folder: the file was left by a crash
		l.release()
		return "", false
	}
	return a.URL, true
}
