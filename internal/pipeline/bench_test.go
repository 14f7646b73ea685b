package pipeline_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	_ "modernc.org/sqlite"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/newswire"
	"github.com/regwire/regwire/internal/pipeline"
	"github.com/regwire/regwire/parse"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/story"
)

// pages are the article pages of the newswire in UTF-8 HTML, as fetched.
func pages(tb testing.TB) []corpus.Capture {
	tb.Helper()
	wire, err := newswire.New(newswire.Config{Edition: newswire.Editions - 1})
	if err != nil {
		tb.Fatal(err)
	}
	var list []corpus.Capture
	seen := map[string]bool{}
	for _, a := range wire.Truth() {
		if seen[string(a.Source)+a.Path] || a.Gone > 0 {
			continue
		}
		seen[string(a.Source)+a.Path] = true
		req := httptest.NewRequest(http.MethodGet, "http://"+string(a.Source)+".example"+a.Path, nil)
		req.Header.Set("User-Agent", "bench bench@example.com")
		rec := httptest.NewRecorder()
		wire.Handler(a.Source).ServeHTTP(rec, req)
		kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
		if rec.Code != http.StatusOK || kind != "text/html" || rec.Header().Get("Content-Encoding") != "" {
			continue
		}
		list = append(list, corpus.Capture{
			Source: a.Source, URL: req.URL.String(), FinalURL: req.URL.String(), Status: http.StatusOK,
			MediaType: kind, Body: rec.Body.Bytes(), Header: http.Header{"Content-Type": rec.Header()["Content-Type"]},
			Origin: corpus.OriginLive, FetchedAt: time.Now().UTC(),
		})
	}
	if len(list) < 40 {
		tb.Fatalf("only %d pages", len(list))
	}
	return list
}

// nth is a page at an address of its own, with a word of its own, so that
// nothing passes for known already.
func nth(list []corpus.Capture, i int) corpus.Capture {
	c := list[i%len(list)]
	u, _ := url.Parse(c.URL)
	u.Path += fmt.Sprintf("/%d", i)
	address := u.String()
	c.Body = bytes.ReplaceAll(c.Body, []byte(c.URL), []byte(address)) // what it calls itself
	c.Body = bytes.Replace(c.Body, []byte("</p>"), fmt.Appendf(nil, " Copy %d.</p>", i), 1)
	c.URL, c.FinalURL = address, address
	return c
}

// BenchmarkPipeline is the whole way without the network: one operation is
// one article from capture to committed rows, reading, place among stories,
// signals, alerts and index.
func BenchmarkPipeline(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	list := pages(b)
	p, db := open(b, b.TempDir())
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		n := min(500, b.N-done)
		for from := 0; from < n; from += 100 {
			must(b, db.Update(b.Context(), func(tx *store.Tx) error {
				for i := from; i < min(from+100, n); i++ {
					if _, _, err := tx.AddCapture(nth(list, done+i)); err != nil {
						return err
					}
				}
				return nil
			}))
		}
		must(b, p.Drain(b.Context()))
		done += n
	}
	b.StopTimer()
	rate(b)
	if n, err := db.Counts(b.Context()); err != nil || min(n.Articles, n.Revisions) < int64(b.N) {
		b.Fatalf("%d articles, %d revisions of %d pages, %v", n.Articles, n.Revisions, b.N, err)
	}
}

// BenchmarkBareLibraries does the same steps with the libraries alone: parse
// the HTML, extract the text, compress and insert the bytes in batches, index
// in batches under the same mapping. It understands nothing.
func BenchmarkBareLibraries(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	list := pages(b)
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)")
	must(b, err)
	defer db.Close()
	_, err = db.Exec(`CREATE TABLE captures (id INTEGER PRIMARY KEY, url TEXT UNIQUE, body BLOB);
		CREATE TABLE articles (id INTEGER PRIMARY KEY, url TEXT UNIQUE, title TEXT, body TEXT)`)
	must(b, err)
	zip, err := zstd.NewWriter(nil)
	must(b, err)
	x, err := index.Open(b.TempDir(), nil)
	must(b, err)
	defer x.Close()
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		n := min(500, b.N-done)
		var docs []index.Document
		tx, err := db.Begin()
		must(b, err)
		for i := range n {
			c := nth(list, done+i)
			root, err := html.Parse(bytes.NewReader(c.Body))
			must(b, err)
			address, _ := url.Parse(c.URL)
			text, err := trafilatura.ExtractDocument(root, trafilatura.Options{OriginalURL: address, EnableFallback: false, ExcludeComments: true})
			if err != nil {
				text = &trafilatura.ExtractResult{}
			}
			_, err = tx.Exec(`INSERT INTO captures (url, body) VALUES ($1, $2)`, c.URL, zip.EncodeAll(c.Body, nil))
			must(b, err)
			_, err = tx.Exec(`INSERT INTO articles (url, title, body) VALUES ($1, $2, $3)`, c.URL, text.Metadata.Title, text.ContentText)
			must(b, err)
			docs = append(docs, index.Document{
				Article: corpus.ArticleID(c.URL), Title: text.Metadata.Title, Body: text.ContentText, Source: c.Source, FirstSeenAt: c.FetchedAt,
			})
		}
		must(b, tx.Commit())
		must(b, x.Apply(docs, corpus.Seq(done)))
		done += n
	}
	b.StopTimer()
	rate(b)
}

func rate(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// open makes a pipeline in dir on everything's defaults, with somebody to tell.
func open(tb testing.TB, dir string, options ...func(*pipeline.Config)) (*pipeline.Pipeline, *store.DB) {
	tb.Helper()
	db, err := store.Open(tb.Context(), filepath.Join(dir, "regwire.db"), store.Config{})
	must(tb, err)
	tb.Cleanup(func() { db.Close() })
	x, err := index.Open(filepath.Join(dir, "index"), db)
	must(tb, err)
	tb.Cleanup(func() { x.Close() })
	analyzer, err := sentiment.New(sentiment.Config{})
	must(tb, err)
	engine, err := signal.New(signal.Config{})
	must(tb, err)
	matcher, err := alerts.New(alerts.Config{Maildir: dir, Receivers: []alerts.Receiver{{Name: "desk", Email: alerts.Email{To: []string{"desk@example.com"}}}}}, nil)
	must(tb, err)
	wire, err := newswire.New(newswire.Config{})
	must(tb, err)
	cfg := pipeline.Config{
		Store: db, Sources: wire.Sites(), Parser: parse.New(parse.Config{}), Analyzer: analyzer, Clusterer: story.New(story.Config{}),
		Engine: engine, Index: x, Matcher: matcher,
	}
	for _, option := range options {
		option(&cfg)
	}
	p, err := pipeline.New(context.WithoutCancel(tb.Context()), cfg)
	must(tb, err)
	return p, db
}
