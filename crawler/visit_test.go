package crawler_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/crawler"
)

func TestVisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("news.example/feed", "application/rss+xml", feed(
			entry("/a", "First", "Fri, 31 Dec 1999 10:00:00 GMT"), entry("/b?utm_source=rss", "Second", ""),
		))
		w.text("news.example/a", "text/html", "<p>a")
		w.text("news.example/b", "text/html", "<p>b")
		b := w.crawler(crawler.Config{Sources: []crawler.Source{feedSource()}})
		if err := b.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"http://news.example/a", "http://news.example/b"}, b.captured()); d != "" {
			t.Error(d)
		}
		w.on("news.example/feed", func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(http.StatusNotModified) })
	})
}
