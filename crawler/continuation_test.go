package crawler_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
)

// tracker follows one page of the world.
func tracker(page string) crawler.Source {
	s := serial()
	s.Discovery = crawler.Discovery{Type: crawler.DiscoverNone, Pages: []string{page}}
	return s
}

// told writes what the sink got, in order: the address, whose further page it
// is and how many pages the whole has.
func told(captures []corpus.Capture) []string {
	var out []string
	for _, c := range captures {
		out = append(out, fmt.Sprintf("%s of %q, %d", c.URL, c.Item.PageOf, len(c.Item.Pages)))
	}
	return out
}

func TestFurtherPagesAreFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		const pager = `<p><a href="/rule">1</a> <a href="/rule?page=2">2</a> <a href="/rule?page=3">3</a> <a href="/other?page=2">next</a></p>`
		pages := map[string]string{"": "one", "2": "two", "3": "three"}
		w.on("news.example/rule", func(rw http.ResponseWriter, r *http.Request) {
			n := r.URL.Query().Get("page")
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, "<p>"+pages[n]+"</p>"+pager)
		})
		b := w.crawler(crawler.Config{Sources: []crawler.Source{tracker("http://news.example/rule")}})
		round := func() {
			t.Helper()
			if err := b.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		round()
		const first = "http://news.example/rule"
		want := []string{
			first + `?page=2 of "` + first + `", 0`,
			first + `?page=3 of "` + first + `", 0`,
			first + ` of "", 2`,
		}
		if d := cmp.Diff(want, told(b.sink.Captures())); d != "" {
			t.Fatal(d)
		}
		round()
		if d := cmp.Diff(want, told(b.sink.Captures())); d != "" {
			t.Fatalf("nothing changed: %s", d)
		}
		pages["3"] = "three, amended"
		round()
		want = append(want, first+`?page=3 of "`+first+`", 2`)
		if d := cmp.Diff(want, told(b.sink.Captures())); d != "" {
			t.Fatalf("only the third page changed: %s", d)
		}
		pages["2"], pages["3"] = "two, amended", "three, amended again"
		round()
		want = append(want, first+`?page=2 of "`+first+`", 0`, first+`?page=3 of "`+first+`", 2`)
		if d := cmp.Diff(want, told(b.sink.Captures())); d != "" {
			t.Fatalf("two changed at once: the whole is read once, with both: %s", d)
		}
		pages["2"] = "two, as it was"
		round()
		want = append(want, first+`?page=2 of "`+first+`", 2`)
		if d := cmp.Diff(want, told(b.sink.Captures())); d != "" {
			t.Fatalf("only the second page changed: %s", d)
		}
		if slices.Contains(w.requests(), "news.example/other?page=2") {
			t.Error("the next article was taken for a page of this one")
		}
	})
}

// TestAnArticleIsNotCutByAFailure: while a further page does not answer, the
// article is not captured without it.
func TestAnArticleIsNotCutByAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("news.example/rule.html", "text/html", `<p>one</p><a rel="next" href="rule_2.html">Next</a>`)
		broken := true
		w.on("news.example/rule_2.html", func(rw http.ResponseWriter, r *http.Request) {
			if broken {
				rw.WriteHeader(500)
				return
			}
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, `<p>two</p><a rel="next" href="rule_3.html">Next</a>`) // which is not there
		})
		b := w.crawler(crawler.Config{Sources: []crawler.Source{tracker("http://news.example/rule.html")}})
		_ = b.Round(t.Context())
		if got := told(b.sink.Captures()); len(got) != 0 {
			t.Fatalf("captured %v", got)
		}
		broken = false
		time.Sleep(24 * time.Hour)
		_ = b.Round(t.Context())
		if d := cmp.Diff([]string{"http://news.example/rule_2.html of \"http://news.example/rule.html\", 0", "http://news.example/rule.html of \"\", 1"}, told(b.sink.Captures())); d != "" {
			t.Error(d)
		}
	})
}

// TestEndlessPagesEnd: a site that always has one more page costs ten.
func TestEndlessPagesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/calendar", func(rw http.ResponseWriter, r *http.Request) {
			var n int
			fmt.Sscan(r.URL.Query().Get("page"), &n)
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(rw, `<p>day %d</p><a rel=next href="/calendar?page=%d">next</a>`, n, max(n, 1)+1)
		})
		b := w.crawler(crawler.Config{Sources: []crawler.Source{tracker("http://news.example/calendar")}})
		_ = b.Round(t.Context())
		if n := len(w.requests()); n != 10 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestFollows(t *testing.T) {
	for _, c := range []struct {
		first, next string
		n           int
		want        bool
	}{
		{"https://a.example/x", "https://a.example/x?page=2", 1, true},
		{"https://a.example/x?id=7", "https://a.example/x?id=7&page=2", 1, true},
		{"https://a.example/x?id=7", "https://a.example/x?id=8&page=2", 1, false},
		{"https://a.example/x", "https://a.example/x?page=3", 1, false},
		{"https://a.example/x/", "https://a.example/x/2/", 1, true},
		{"https://a.example/x", "https://a.example/x/page/2", 1, true},
		{"https://a.example/2026/11/20", "https://a.example/2026/11/21", 1, false},
		{"https://a.example/t1_55.html", "https://a.example/t1_55_2.html", 1, true},
		{"https://a.example/index.html", "https://a.example/index_1.html", 1, true},
		{"https://a.example/index.html", "https://a.example/index_2.html", 2, true},
		{"https://a.example/notice-1.html", "https://a.example/notice-2.html", 1, false},
		{"https://a.example/x", "https://b.example/x?page=2", 1, false},
		{"https://a.example/x", "https://a.example/x?comment-page=2", 1, false},
		{"https://a.example/x", "http://[::1", 1, false},
	} {
		if got := crawler.Follows(c.first, c.next, c.n); got != c.want {
			t.Errorf("%s after %s, page %d: %v", c.next, c.first, c.n, got)
		}
	}
}
