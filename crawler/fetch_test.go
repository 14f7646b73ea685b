package crawler_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// quick is feedSource without delays, so that tests of other things need not
// count seconds.
func quick() crawler.Source {
	s := feedSource()
	s.Politeness.Delay = -1
	return s
}

// onePage is a world with a feed that names one page.
func onePage(t *testing.T) *world {
	w := newWorld(t)
	w.text("news.example/feed", "application/rss+xml", feed(entry("/a", "A", "")))
	return w
}

func status(code int, header ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			rw.Header().Set(header[i], header[i+1])
		}
		rw.WriteHeader(code)
	}
}

// pack returns body in a content coding.
func pack(t *testing.T, coding string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var z io.WriteCloser
	switch coding {
	case "gzip":
		z = gzip.NewWriter(&b)
	case "br":
		z = brotli.NewWriter(&b)
	case "zstd":
		var err error
		if z, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1)); err != nil {
			t.Fatal(err)
		}
	default:
		return body
	}
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPageFailures serves one page in every way that is no answer, and checks
// the reason, that nothing was captured, and that the page waits.
func TestPageFailures(t *testing.T) {
	const limit = 1000
	for _, tt := range []struct {
		name  string
		page  http.HandlerFunc
		rules string
		want  crawler.Reason
		asks  int // requests for the page
	}{
		{name: "robots.txt forbids it", rules: "User-agent: *\nDisallow: /a", want: crawler.ReasonRobots},
		{name: "robots.txt forbids it to us alone", rules: "User-agent: *\nDisallow:\n\nUser-Agent: Regwire\nDisallow: /a", want: crawler.ReasonRobots},
		{name: "a redirect to what robots.txt forbids", page: status(302, "Location", "/private/a"), rules: "User-agent: *\nDisallow: /private", want: crawler.ReasonRobots, asks: 1},
		{name: "a redirect that never ends", page: status(302, "Location", "/a"), want: crawler.ReasonRedirects, asks: 6},
		{name: "a redirect to another scheme", page: status(302, "Location", "ftp://news.example/a"), want: crawler.ReasonRedirects, asks: 1},
		{name: "403", page: status(403), want: crawler.ReasonForbidden, asks: 1},
		{name: "404 of a page never seen", page: status(404), want: crawler.ReasonMissing, asks: 1},
		{name: "418", page: status(418), want: crawler.ReasonClient, asks: 1},
		{name: "500, asked three times", page: status(500), want: crawler.ReasonServer, asks: 3},
		{name: "429 without a time", page: status(429), want: crawler.ReasonRateLimited, asks: 3},
		{
			name: "a body over the limit, announced",
			page: func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(make([]byte, limit+1)) },
			want: crawler.ReasonTooLarge, asks: 1,
		},
		{
			name: "a body over the limit, in pieces",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				for range 10 {
					_, _ = rw.Write(make([]byte, 150))
					rw.(http.Flusher).Flush()
				}
			},
			want: crawler.ReasonTooLarge, asks: 1,
		},
		{
			name: "a gzip bomb",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Encoding", "gzip")
				_, _ = rw.Write(pack(t, "gzip", make([]byte, 200*limit)))
			},
			want: crawler.ReasonTooLarge, asks: 1,
		},
		{
			name: "a zstd bomb",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Encoding", "zstd")
				_, _ = rw.Write(pack(t, "zstd", make([]byte, 200*limit)))
			},
			want: crawler.ReasonTooLarge, asks: 1,
		},
		{
			name: "gzip that is none",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Encoding", "gzip")
				fmt.Fprint(rw, "plain text, really")
			},
			want: crawler.ReasonEncoding, asks: 1,
		},
		{
			name: "a coding we did not ask for",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Encoding", "compress")
				fmt.Fprint(rw, "?")
			},
			want: crawler.ReasonEncoding, asks: 1,
		},
		{
			name: "a body that breaks off",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Length", "500")
				fmt.Fprint(rw, "half of it")
				panic(http.ErrAbortHandler)
			},
			want: crawler.ReasonNetwork, asks: 3,
		},
		{
			name: "a packed body that breaks off",
			page: func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Encoding", "gzip")
				rw.Header().Set("Content-Length", "500")
				_, _ = rw.Write(pack(t, "gzip", []byte(strings.Repeat("half of it", 3)))[:20])
				panic(http.ErrAbortHandler)
			},
			want: crawler.ReasonNetwork, asks: 3,
		},
		{
			name: "no answer in time",
			page: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			want: crawler.ReasonTimeout, asks: 3,
		},
		{
			name: "a byte now and then",
			page: func(rw http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := rw.Write([]byte(".")); err != nil {
						return
					}
					rw.(http.Flusher).Flush()
					select {
					case <-time.After(time.Second):
					case <-r.Context().Done():
					}
				}
			},
			want: crawler.ReasonTimeout, asks: 3,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := onePage(t)
				if tt.rules != "" {
					w.text("news.example/robots.txt", "text/plain", tt.rules)
				}
				if tt.page != nil {
					w.on("news.example/a", tt.page)
				}
				src := quick()
				src.Politeness.MaxBody = limit
				b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
				if err := b.Round(t.Context()); err != nil {
					t.Fatal(err)
				}
				asks := 0
				for _, p := range w.requests() {
					if p == "news.example/a" {
						asks++
					}
				}
				if asks != tt.asks {
					t.Errorf("asked %d times, want %d", asks, tt.asks)
				}
				if got := b.captured(); len(got) != 0 {
					t.Errorf("captured %v", got)
				}
				e := b.state.Entries("news")[0]
				if e.Reason != string(tt.want) || e.State != corpus.FrontierPending || e.Attempts != 1 || !e.NextAt.After(time.Now()) {
					t.Errorf("got %s, reason %q, %d attempts, next %v", e.State, e.Reason, e.Attempts, e.NextAt)
				}
			})
		})
	}
}

func TestFetchKeepsWhatWasSent(t *testing.T) {
	const text = "<html><head><meta charset=gb2312><title>中国人民银行公告</title>"
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ contentType, coding, wantMedia, wantCharset string }{
		{"text/html; charset=GB18030", "", "text/html", "gb18030"},
		{"text/html;charset=iso-8859-1", "gzip", "text/html", "iso-8859-1"},
		{"text/html", "br", "text/html", ""},
		{"", "zstd", "text/html", "utf-8"},
		{"application/pdf", "", "application/pdf", ""},
		{`text/html; charset="utf-16"; broken`, "", "text/html", ""},
	} {
		t.Run(tt.contentType+" "+tt.coding, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := onePage(t)
				w.on("news.example/a", func(rw http.ResponseWriter, r *http.Request) {
					if tt.coding != "" {
						if !strings.Contains(r.Header.Get("Accept-Encoding"), tt.coding) {
							t.Errorf("%s is not accepted: %q", tt.coding, r.Header.Get("Accept-Encoding"))
						}
						rw.Header().Set("Content-Encoding", tt.coding)
					}
					rw.Header()["Content-Type"] = []string{tt.contentType}
					if tt.contentType == "" {
						rw.Header()["Content-Type"] = nil
					}
					rw.Header().Set("Set-Cookie", "a=b")
					_, _ = rw.Write(pack(t, tt.coding, []byte(chinese)))
				})
				b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
				if err := b.Round(t.Context()); err != nil {
					t.Fatal(err)
				}
				c := b.sink.Captures()[0]
				if string(c.Body) != chinese {
					t.Errorf("body was changed: %q", c.Body)
				}
				if c.MediaType != tt.wantMedia || c.Charset != tt.wantCharset {
					t.Errorf("got %q, %q; want %q, %q", c.MediaType, c.Charset, tt.wantMedia, tt.wantCharset)
				}
				if c.Header.Get("Content-Type") != tt.contentType || c.Header.Get("Set-Cookie") != "" {
					t.Errorf("header %v", c.Header)
				}
			})
		})
	}
}

func TestFetchSaysWhoAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := onePage(t)
		w.text("news.example/a", "text/html", "a")
		declared := quick()
		declared.Politeness.UserAgent = "{company} {contact}"
		b := w.crawler(crawler.Config{Sources: []crawler.Source{declared}, Company: "Example Corp", Contact: "crawl@example.com"})
		if err := b.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, a := range w.asked {
			if got := a.Get("User-Agent"); got != "Example Corp crawl@example.com" {
				t.Errorf("%s: User-Agent %q", a.page, got)
			}
			if got := a.Get("From"); got != "crawl@example.com" {
				t.Errorf("%s: From %q", a.page, got)
			}
		}
	})
}

func TestFetchIsPolite(t *testing.T) {
	many := func(w *world, host string) {
		var items []string
		for i := range 4 {
			p := fmt.Sprintf("/%d", i)
			items = append(items, entry(p, p, ""))
			w.text(host+p, "text/html", p)
		}
		w.text(host+"/feed", "application/rss+xml", feed(items...))
	}
	gaps := func(w *world) (least time.Duration) {
		least = time.Hour
		for i := 1; i < len(w.asked); i++ {
			least = min(least, w.asked[i].at.Sub(w.asked[i-1].at))
		}
		return least
	}

	t.Run("sources of one domain share the strictest delay", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			many(w, "news.example")
			many(w, "www.news.example")
			one, two := feedSource(), feedSource()
			two.ID, two.Discovery.URL, two.Politeness.Delay = "two", "http://www.news.example/feed", 3*time.Second
			b := w.crawler(crawler.Config{Sources: []crawler.Source{one, two}})
			if err := b.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(w.asked) != 10 || gaps(w) < 3*time.Second {
				t.Errorf("%d requests, %v apart", len(w.asked), gaps(w))
			}
		})
	})

	t.Run("Crawl-delay holds where it is longer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			many(w, "news.example")
			asks := 0
			w.on("news.example/robots.txt", func(rw http.ResponseWriter, _ *http.Request) {
				asks++
				fmt.Fprint(rw, "<html>\nCrawl-delay: 99\nUser-agent: *\nCrawl-delay: x\nCrawl-delay: 7\nDisallow:\n")
			})
			b := w.crawler(crawler.Config{Sources: []crawler.Source{feedSource()}})
			if err := b.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(w.asked) != 5 || gaps(w) < 7*time.Second {
				t.Errorf("%d requests, %v apart", len(w.asked), gaps(w))
			}
			if asks != 1 {
				t.Errorf("robots.txt was asked for %d times in one round", asks)
			}
		})
	})

	t.Run("no more requests in flight than allowed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			many(w, "news.example")
			many(w, "www.news.example")
			var flying, most atomic.Int32
			for i := range 4 {
				for _, host := range []string{"news.example", "www.news.example"} {
					w.on(fmt.Sprintf("%s/%d", host, i), func(http.ResponseWriter, *http.Request) {
						if n := flying.Add(1); n > most.Load() {
							most.Store(n)
						}
						time.Sleep(time.Second)
						flying.Add(-1)
					})
				}
			}
			one, two := quick(), quick()
			two.ID, two.Discovery.URL, two.Politeness.Parallelism = "two", "http://www.news.example/feed", 3
			for sources, want := range map[*[]crawler.Source]int32{{one}: 2, {two}: 3, {two, one}: 2} {
				most.Store(0)
				if err := w.crawler(crawler.Config{Sources: *sources}).Round(t.Context()); err != nil {
					t.Fatal(err)
				}
				if most.Load() != want {
					t.Errorf("%d in flight, want %d", most.Load(), want)
				}
			}
		})
	})

	t.Run("nothing is fetched while robots.txt cannot be read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			many(w, "news.example")
			w.on("news.example/robots.txt", status(503))
			b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
			err := b.Round(t.Context())
			var v *crawler.VisitError
			if !errors.As(err, &v) || v.Reason != crawler.ReasonServer || len(w.asked) != 0 {
				t.Errorf("got %v after %v", err, w.asked)
			}
			w.on("news.example/robots.txt", status(404))
			time.Sleep(time.Hour) // the failure is remembered for a while
			if err := b.Round(t.Context()); err != nil || len(w.asked) != 5 {
				t.Errorf("got %v after %v", err, w.asked)
			}
		})
	})
}

func TestRetryAfter(t *testing.T) {
	t.Run("a short wait is waited for", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := onePage(t)
			busy := true
			w.on("news.example/a", func(rw http.ResponseWriter, _ *http.Request) {
				if busy {
					busy = false
					rw.Header().Set("Retry-After", "20")
					rw.WriteHeader(http.StatusTooManyRequests)
				}
			})
			b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
			if err := b.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			if wait := w.asked[2].at.Sub(w.asked[1].at); len(b.captured()) != 1 || wait < 20*time.Second {
				t.Errorf("captured %v after %v", b.captured(), wait)
			}
		})
	})

	t.Run("a long wait is left to a later visit, and costs no attempt", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.text("news.example/feed", "application/rss+xml", feed(entry("/a", "A", ""), entry("/b", "B", "")))
			w.on("news.example/a", status(503, "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)))
			w.text("news.example/b", "text/html", "b")
			src := quick()
			src.Politeness.Parallelism = 1
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
			if err := b.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{"news.example/feed", "news.example/a"}, w.requests()); d != "" {
				t.Error("a server that asked to be left alone was asked again\n" + d)
			}
			es := b.state.Entries("news")
			if es[1].Reason != string(crawler.ReasonDeferred) || es[1].Attempts != 0 || time.Until(es[1].NextAt) < 59*time.Minute {
				t.Errorf("got %+v", es[1])
			}
			w.text("news.example/a", "text/html", "a")
			time.Sleep(time.Hour + time.Second)
			if err := b.Round(t.Context()); err != nil || len(b.captured()) != 2 {
				t.Errorf("captured %v, %v", b.captured(), err)
			}
		})
	})

	t.Run("a listing that asks to wait is not visited before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.on("news.example/feed", status(429, "Retry-After", "3600"))
			b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
			for _, want := range []crawler.Reason{crawler.ReasonRateLimited, crawler.ReasonDeferred} {
				var v *crawler.VisitError
				if err := b.Round(t.Context()); !errors.As(err, &v) || v.Reason != want {
					t.Errorf("got %v, want %s", err, want)
				}
			}
			// A restart forgets the limits of hosts, but not the source's state.
			again := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}, State: b.state})
			if err := again.Round(t.Context()); err == nil || len(w.asked) != 1 {
				t.Errorf("got %v after %d requests", err, len(w.asked))
			}
		})
	})
}

func TestCancelEndsARoundAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := onePage(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		quit := errors.New("time to go")
		w.on("news.example/a", func(_ http.ResponseWriter, r *http.Request) {
			cancel(quit)
			<-r.Context().Done()
		})
		b := w.crawler(crawler.Config{Sources: []crawler.Source{feedSource()}})
		begun := time.Now()
		err := b.Round(ctx)
		var v *crawler.VisitError
		if !errors.As(err, &v) || v.Reason != crawler.ReasonCancelled || !errors.Is(err, quit) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
		if e := b.state.Entries("news")[0]; e.State != corpus.FrontierPending || e.Attempts != 0 {
			t.Errorf("being in a hurry was counted against the page: %+v", e)
		}
	})
}

// slow is a sink that is cancelled while it writes.
type slow struct {
	crawler.Sink
	cancel context.CancelFunc
}

func (s slow) Capture(ctx context.Context, c corpus.Capture) (bool, error) {
	s.cancel()
	return s.Sink.Capture(ctx, c)
}

func TestCancelLetsWritesFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := onePage(t)
		w.text("news.example/a", "text/html", "a")
		ctx, cancel := context.WithCancel(t.Context())
		sink := new(crawlertest.Sink)
		b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}, Sink: slow{sink, cancel}})
		_ = b.Round(ctx)
		if e := b.state.Entries("news")[0]; len(sink.Captures()) != 1 || e.State != corpus.FrontierDone {
			t.Errorf("%d captures, the page is %s", len(sink.Captures()), e.State)
		}
	})
}
