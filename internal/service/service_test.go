package service_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/secret"
	"github.com/regwire/regwire/internal/service"
	"github.com/regwire/regwire/internal/telemetry"
)

// settings are the defaults with one source that is never visited, on a port
// of the system's choice.
func settings() config.Config {
	cfg := config.Default()
	cfg.HTTP.Address = "127.0.0.1:0"
	cfg.Sources = []crawler.Source{{
		Source:    corpus.Source{ID: "quiet", Name: "Quiet", Kind: corpus.SourceMedia},
		Discovery: crawler.Discovery{Type: "rss", URL: "https://quiet.example/feed"}, Disabled: true, Reason: "a test",
	}}
	return cfg
}

func open(t *testing.T, data string, cfg config.Config) *service.Service {
	t.Helper()
	s, err := service.Open(t.Context(), service.Options{Data: data, Config: cfg, Registry: telemetry.Registry()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// serve runs the service and returns its address, and what ends it and waits.
func serve(t *testing.T, s *service.Service) (url string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- s.Serve(ctx, "test", func(url string) { up <- url }) }()
	select {
	case url = <-up:
	case err := <-ended:
		cancel()
		t.Fatal(err)
	}
	stop = func() error { cancel(); return <-ended }
	return url, stop
}

func TestOneProcessWorksOnAFolder(t *testing.T) {
	data := t.TempDir()
	first := open(t, data, settings())
	if _, err := service.Open(t.Context(), service.Options{Data: data, Config: settings()}); !errors.Is(err, service.ErrBusy) {
		t.Fatalf("second: %v", err)
	}
	db, err := service.ReadStore(t.Context(), data, settings(), nil)
	if err != nil {
		t.Fatalf("reading beside it: %v", err)
	}
	db.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, data, settings())
}

func TestReadingCreatesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "none")
	for _, database := range []string{"", filepath.Join(data, "other.db"), "sqlite:" + filepath.Join(data, "other.db")} {
		cfg := settings()
		cfg.Database = secret.Text(database)
		if _, err := service.ReadStore(t.Context(), data, cfg, nil); !errors.Is(err, service.ErrNothing) {
			t.Errorf("database %q: %v", database, err)
		}
	}
	if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was created: %v", err)
	}
}

func TestRunningIsSeenFromOutside(t *testing.T) {
	data := t.TempDir()
	if at, ok := service.Running(data); ok {
		t.Fatalf("%s runs in an empty folder", at)
	}
	url, stop := serve(t, open(t, data, settings()))
	if at, ok := service.Running(data); !ok || at != url {
		t.Errorf("%q %v, want %s", at, ok, url)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if at, ok := service.Running(data); ok {
		t.Errorf("%s still runs", at)
	}
}

func TestListeningEverywhereIsReachedHere(t *testing.T) {
	cfg := settings()
	cfg.HTTP.Address = ":0"
	url, stop := serve(t, open(t, t.TempDir(), cfg))
	answer, err := http.Get(url + "/healthz")
	if err != nil || answer.StatusCode != 200 || !strings.HasPrefix(url, "http://localhost:") {
		t.Errorf("%s: %v %v", url, answer, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestWhatACrashLeftIsNotRunning(t *testing.T) {
	for name, left := range map[string]string{
		"whole": `{"pid":1,"url":"http://127.0.0.1:1"}`, "half": `{"pid":1,"u`, "empty": "",
	} {
		data := t.TempDir()
		if err := os.WriteFile(filepath.Join(data, "serve.json"), []byte(left), 0o600); err != nil {
			t.Fatal(err)
		}
		if at, ok := service.Running(data); ok {
			t.Errorf("%s: %s", name, at)
		}
		// A service takes such a folder over.
		url, stop := serve(t, open(t, data, settings()))
		if at, ok := service.Running(data); !ok || at != url {
			t.Errorf("%s: %q %v, want %s", name, at, ok, url)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}

func TestABusyPortIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg := settings()
	cfg.HTTP.Address = l.Addr().String()
	data := t.TempDir()
	err = open(t, data, cfg).Serve(t.Context(), "test", func(string) { t.Error("ready") })
	if err == nil || !strings.Contains(err.Error(), cfg.HTTP.Address) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v", err)
	}
	if at, ok := service.Running(data); ok {
		t.Errorf("%s runs", at)
	}
}

func TestTheTokenGuardsAllButHealthAndPushes(t *testing.T) {
	cfg := settings()
	cfg.HTTP.Token = "open sesame"
	cfg.Crawl.Callback = "https://we.example/websub"
	handler, err := open(t, t.TempDir(), cfg).Handler("test")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: handler}
	go srv.Serve(l)
	defer srv.Close()
	for _, tt := range []struct {
		path string
		auth func(*http.Request)
		want int
	}{
		{"/healthz", nil, 200},
		{"/", nil, 401},
		{"/metrics", nil, 401},
		{"/api/v1/events", nil, 401},
		{"/healthz/../api/v1/events", nil, 401},
		{"/static/style.css", nil, 401},
		{"/websub/quiet/x", nil, 404},                        // nothing was asked for, and a hub has no token
		{"/websub/quiet/x/../../../api/v1/events", nil, 307}, // to where the token is asked for
		{"/api/v1/events", func(r *http.Request) { r.Header.Set("Authorization", "Bearer open sesame") }, 200},
		{"/api/v1/events", func(r *http.Request) { r.Header.Set("Authorization", "Bearer open sesam") }, 401},
		{"/api/v1/events", func(r *http.Request) { r.Header.Set("Authorization", "open sesame") }, 401},
		{"/api/v1/events", func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, 401},
		{"/", func(r *http.Request) { r.SetBasicAuth("anyone", "open sesame") }, 200},
		{"/", func(r *http.Request) { r.SetBasicAuth("open sesame", "") }, 401},
		{"/metrics", func(r *http.Request) { r.SetBasicAuth("", "open sesame") }, 200},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.auth != nil {
			tt.auth(req)
		}
		answer, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != tt.want {
			t.Errorf("%s with %q: %d, want %d", tt.path, req.Header.Get("Authorization"), answer.StatusCode, tt.want)
		}
		if asks := answer.Header.Get("WWW-Authenticate") != ""; asks != (tt.want == 401) {
			t.Errorf("%s: asks for a password: %v", tt.path, asks)
		}
	}
}

// TestShutdownCutsStreams holds a stream open while the service is stopped: it
// must end, and quickly enough for a service manager.
func TestShutdownCutsStreams(t *testing.T) {
	url, stop := serve(t, open(t, t.TempDir(), settings()))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v1/signals/stream?after=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if stream.StatusCode != 200 || !strings.HasPrefix(stream.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%s %s", stream.Status, stream.Header.Get("Content-Type"))
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
		}
	}()
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	late := time.After(8 * time.Second) // it takes milliseconds; a stream that is not cut never ends
	for range 2 {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-closed:
			closed = nil
		case <-late:
			t.Fatal("still running")
		}
	}
}

func TestRebuildOfNothing(t *testing.T) {
	s := open(t, t.TempDir(), settings())
	for _, part := range []service.Part{service.PartIndex, service.PartAnalysis, service.PartSignals, service.PartAll} {
		report, err := s.Rebuild(t.Context(), part)
		if err != nil {
			t.Errorf("%s: %v", part, err)
		}
		if report.Part != part || report.Indexed != 0 || report.Counts.Articles != 0 {
			t.Errorf("%s: %v", part, report)
		}
		if b, err := json.Marshal(report); err != nil || !strings.Contains(string(b), `"part":"`+string(part)+`"`) {
			t.Errorf("%s %v", b, err)
		}
	}
}
