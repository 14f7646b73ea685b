package crawler_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// world is a small internet in memory: hosts that speak HTTP over pipes. In a
// synctest bubble its waits take no time and its clock is exact.
type world struct {
	t *testing.T

	mu    sync.Mutex
	pages map[string]http.HandlerFunc // "host/path"
	rest  http.HandlerFunc            // what answers elsewhere; nil: 404
	asked []asked
}

// asked is a request that a host of the world got.
type asked struct {
	page string // "host/path?query"
	at   time.Time
	http.Header
}

func newWorld(t *testing.T) *world {
	return &world{t: t, pages: make(map[string]http.HandlerFunc)}
}

// on answers requests for "host/path" with h.
func (w *world) on(page string, h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[page] = h
}

// text answers requests for "host/path" with a body.
func (w *world) text(page, contentType, body string) {
	w.on(page, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", contentType)
		fmt.Fprint(rw, body)
	})
}

// ServeHTTP implements http.Handler for all hosts of the world.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	if r.URL.Path != "/robots.txt" {
		w.asked = append(w.asked, asked{r.Host + r.URL.RequestURI(), time.Now(), r.Header.Clone()})
	}
	h := w.pages[r.Host+r.URL.Path]
	if h == nil && r.URL.Path != "/robots.txt" {
		h = w.rest
	}
	w.mu.Unlock()
	if h == nil {
		http.NotFound(rw, r)
		return
	}
	h(rw, r)
}

// requests returns the pages asked for since the last call, in order.
func (w *world) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, a := range w.asked {
		out = append(out, a.page)
	}
	w.asked = nil
	return out
}

// transport connects to the hosts of the world. Connections end with the test.
func (w *world) transport() http.RoundTripper {
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: w}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t := &http.Transport{
		DisableCompression: true,
		DisableKeepAlives:  true,
		DialContext:        l.dial,
		DialTLSContext:     l.dial, // https without its cryptography
	}
	w.t.Cleanup(func() { server.Close(); <-done; t.CloseIdleConnections() })
	return t
}

// dial connects to the listener, whatever the address.
func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipes is a listener of in-memory connections.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// feedSource is a source of the world at news.example with an RSS feed.
func feedSource() crawler.Source {
	return crawler.Source{
		Source:    corpus.Source{ID: "news", Name: "News", Kind: corpus.SourceMedia, Jurisdiction: "US"},
		Discovery: crawler.Discovery{Type: crawler.DiscoverRSS, URL: "http://news.example/feed"},
	}
}

// bench is a crawler over a world, with its memory.
type bench struct {
	*crawler.Crawler
	state *crawlertest.State
	sink  *crawlertest.Sink
}

func (w *world) crawler(cfg crawler.Config) *bench {
	w.t.Helper()
	b := &bench{state: new(crawlertest.State), sink: new(crawlertest.Sink)}
	if cfg.State == nil {
		cfg.State = b.state
	}
	if cfg.Sink == nil {
		cfg.Sink = b.sink
	}
	if cfg.Jitter == nil {
		cfg.Jitter = func(time.Duration) time.Duration { return 0 }
	}
	c, err := crawler.New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	c.SetTransport(w.transport())
	b.Crawler = c
	return b
}

// captured returns the URLs of what the sink holds, sorted.
func (b *bench) captured() []string {
	var out []string
	for _, c := range b.sink.Captures() {
		out = append(out, c.URL)
	}
	slices.Sort(out)
	return out
}

// feed writes an RSS feed of items "path|title|pubDate|description".
func feed(items ...string) string {
	out := `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>`
	for _, it := range items {
		out += it
	}
	return out + `</channel></rss>`
}

func entry(link, title, date string) string {
	return fmt.Sprintf("<item><link>%s</link><title>%s</title><pubDate>%s</pubDate></item>", link, title, date)
}
