package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// since is the time from which the tests want pages: a year before a bubble's clock begins.
var since = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)

// site serves a page at every address of news.example that has no other answer.
func (w *world) site(paths ...string) {
	for _, p := range paths {
		w.text("news.example"+p, "text/html", "<p>"+p)
	}
}

// sitemapWorld has an index of three sitemaps, one of them too old, that name
// four pages, one of them too old.
func sitemapWorld(t *testing.T) (*world, crawler.Source) {
	w := newWorld(t)
	w.text("news.example/map.xml", "text/xml", `<sitemapindex><sitemap><loc>/new.xml</loc></sitemap>
		<sitemap><loc>/mid.xml</loc><lastmod>1999-06-01</lastmod></sitemap><sitemap><loc>/old.xml</loc><lastmod>1998-06-01</lastmod></sitemap></sitemapindex>`)
	w.text("news.example/new.xml", "text/xml", `<urlset><url><loc>/a</loc><lastmod>1999-12-01</lastmod></url><url><loc>/b</loc></url></urlset>`)
	w.text("news.example/mid.xml", "text/xml", `<urlset><url><loc>/c</loc><lastmod>1999-05-01</lastmod></url><url><loc>/d</loc><lastmod>1998-05-01</lastmod></url><url><loc>/a</loc></url></urlset>`)
	w.site("/a", "/b", "/c", "/d")
	src := serial()
	src.Discovery.Archive = crawler.Archive{Type: crawler.DiscoverSitemap, URL: "http://news.example/map.xml"}
	return w, src
}

func TestBackfillOfSitemaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, src := sitemapWorld(t)
		w.text("news.example/feed", "application/rss+xml", feed(entry("/a", "A", time.Now().Format(time.RFC1123Z))))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		b.round(t, w, "news.example/feed", "news.example/a")

		var last crawler.Progress
		reports := 0
		fill := func() {
			t.Helper()
			if err := b.Backfill(t.Context(), "news", since, func(p crawler.Progress) { last = p; reports++ }); err != nil {
				t.Fatal(err)
			}
		}
		fill()
		want := []string{"news.example/map.xml", "news.example/mid.xml", "news.example/new.xml", "news.example/b", "news.example/c"} // /a is known, /d too old
		if d := cmp.Diff(want, w.requests()); d != "" {
			t.Errorf("requests (-want +got)\n%s", d)
		}
		if last.Listings != 3 || last.Found != 2 || last.Captured != 2 || last.Left != 0 || last.Failed != 0 || last.Estimate != 0 || reports != 5 {
			t.Errorf("%d reports, the last %+v", reports, last)
		}
		for _, c := range b.sink.Captures()[1:] {
			if c.Origin != corpus.OriginBackfill || c.Source != "news" {
				t.Errorf("%s: %s of %s", c.URL, c.Origin, c.Source)
			}
		}
		fill()
		if got := w.requests(); len(got) != 0 {
			t.Errorf("asked again for %v", got)
		}
		// Visits know the pages, and leave what is old alone.
		w.text("news.example/feed", "application/rss+xml", feed(entry("/c", "", "")))
		time.Sleep(30 * time.Minute)
		b.round(t, w, "news.example/feed")

		// A later backfill finds what has come since.
		time.Sleep(25 * time.Hour)
		w.text("news.example/mid.xml", "text/xml", `<urlset><url><loc>/e</loc></url></urlset>`)
		w.site("/e")
		fill()
		if got := w.requests(); len(got) != 4 || got[3] != "news.example/e" {
			t.Errorf("asked for %v", got)
		}
	})
}

func TestBackfillOfIndexesOfIndexes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		index := func(at string) string { return "<sitemapindex><sitemap><loc>" + at + "</loc></sitemap></sitemapindex>" }
		for i := range 10 {
			w.text(fmt.Sprintf("news.example/%d.xml", i), "text/xml", index(fmt.Sprintf("/%d.xml", i+1)))
		}
		w.text("news.example/2.xml", "text/xml", `<urlset><url><loc>/a</loc></url></urlset>`)
		w.text("news.example/loop.xml", "text/xml", index("/loop.xml"))
		w.site("/a")
		deep, loop, endless := serial(), serial(), serial()
		deep.Discovery = crawler.Discovery{Type: crawler.DiscoverSitemap, URL: "http://news.example/0.xml"}
		loop.ID, loop.Discovery = "loop", crawler.Discovery{Type: crawler.DiscoverSitemap, URL: "http://news.example/loop.xml"}
		endless.ID, endless.Discovery = "endless", crawler.Discovery{Type: crawler.DiscoverSitemap, URL: "http://news.example/3.xml"}
		b := w.crawler(crawler.Config{Sources: []crawler.Source{deep, loop, endless}})
		for id, want := range map[corpus.SourceID]int{"news": 4, "loop": 1, "endless": 4} {
			if err := b.Backfill(t.Context(), id, since, nil); err != nil {
				t.Errorf("%s: %v", id, err)
			}
			if got := w.requests(); len(got) != want {
				t.Errorf("%s: asked for %v", id, got)
			}
		}
		if got := b.captured(); len(got) != 1 {
			t.Errorf("captured %v", got)
		}
	})
}

func TestBackfillOfPagedLists(t *testing.T) {
	day := func(n int) string {
		return time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC).AddDate(0, -n, 0).Format(time.DateOnly)
	}
	zero, two := 0, 2
	for name, tt := range map[string]struct {
		discovery crawler.Discovery
		serve     http.HandlerFunc
		want      []string // bodies or queries of the requests for the archive
	}{
		"an API that counts items in a body, until nothing comes": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverJSON, URL: "http://news.example/api", JSON: crawler.JSONListing{Items: "items", Link: "/n/{id}"},
				Method: http.MethodPost, Body: `{"from":0}`,
				Archive: crawler.Archive{URL: "http://news.example/api", Body: `{"from":{page}}`, First: &zero, Step: 2},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				from := 0
				fmt.Sscanf(string(body), `{"from":%d}`, &from)
				var items []string
				for i := from; i < min(from+2, 5); i++ {
					items = append(items, fmt.Sprintf(`{"id":"%d"}`, i))
				}
				fmt.Fprintf(rw, `{"items":[%s]}`, strings.Join(items, ","))
			},
			want: []string{"/api", "/api", "/api", "/api"},
		},
		"an API with numbered pages, until they are too old": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverJSON, URL: "http://news.example/api", JSON: crawler.JSONListing{Items: "items", Link: "/n/{id}", Published: "at"},
				Archive: crawler.Archive{URL: "http://news.example/api?page={page}"},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				page := 0
				fmt.Sscan(r.URL.Query().Get("page"), &page)
				fmt.Fprintf(rw, `{"items":[{"id":"%d","at":"%s"}]}`, page-1, day(3*(page-1)))
			},
			want: []string{"/api?page=1", "/api?page=2", "/api?page=3", "/api?page=4", "/api?page=5"},
		},
		"numbered pages that end with 404": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverHTML, URL: "http://news.example/list", HTML: crawler.HTMLListing{Item: "li"},
				Archive: crawler.Archive{URL: "http://news.example/list?p={page}"},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				page := 0
				fmt.Sscan(r.URL.Query().Get("p"), &page)
				if page > 2 {
					http.NotFound(rw, r)
					return
				}
				fmt.Fprintf(rw, `<li><a href="/n/%d">x</a>`, page-1)
			},
			want: []string{"/list?p=1", "/list?p=2", "/list?p=3"},
		},
		"a list with next pages": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverHTML, URL: "http://news.example/list", HTML: crawler.HTMLListing{Item: "li", Date: "i", Next: "a.next"},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				page := 0
				fmt.Sscan(r.URL.Query().Get("p"), &page)
				fmt.Fprintf(rw, `<li><a href="/n/%d">x</a><i>%s</i></li><a class="next" href="/list?p=%d">older</a>`, page, day(5*page), page+1)
			},
			want: []string{"/list", "/list?p=1", "/list?p=2", "/list?p=3"},
		},
		"an API by years, in pages, and a year without any": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverJSON, URL: "http://news.example/api?now", JSON: crawler.JSONListing{Items: "items", Link: "/n/{id}"},
				Archive: crawler.Archive{URL: "http://news.example/api?from={from}&to={to}&page={page}"},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				if q.Get("from") == "2000-01-01" {
					http.NotFound(rw, r)
					return
				}
				page := 0
				fmt.Sscan(q.Get("page"), &page)
				if page > 2 {
					fmt.Fprint(rw, `{"items":[]}`)
					return
				}
				fmt.Fprintf(rw, `{"items":[{"id":"%d"}]}`, page)
			},
			want: []string{"/api?from=2000-01-01&to=2000-12-31&page=1", "/api?from=1999-01-01&to=1999-12-31&page=1", "/api?from=1999-01-01&to=1999-12-31&page=2", "/api?from=1999-01-01&to=1999-12-31&page=3"},
		},
		"a feed whose archive is pages of months": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverRSS, URL: "http://news.example/feed", Content: crawler.ContentFeed,
				Archive: crawler.Archive{
					Type: crawler.DiscoverHTML, URL: "http://news.example/list?m={year}-{month}", HTML: crawler.HTMLListing{Item: "li", Date: "i"},
					Dates: crawler.Dates{Layouts: []string{"02/01/2006"}},
				},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				year, month, _ := strings.Cut(r.URL.Query().Get("m"), "-")
				n := map[string]int{"01": 1, "02": 2, "11": 3, "12": 4}[month]
				if n == 0 || year == "2000" {
					return // a page without anything on it
				}
				fmt.Fprintf(rw, `<li><a href="/n/%d">x</a><i>05/%s/%s</i></li>`, n, month, year)
			},
			want: []string{"/list?m=2000-01", "/list?m=1999-12", "/list?m=1999-11", "/list?m=1999-10", "/list?m=1999-09", "/list?m=1999-08", "/list?m=1999-07", "/list?m=1999-06", "/list?m=1999-05", "/list?m=1999-04", "/list?m=1999-03", "/list?m=1999-02", "/list?m=1999-01"},
		},
		"an API that goes on from its last item": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverJSON, URL: "http://news.example/api", JSON: crawler.JSONListing{Items: "items", Link: "/n/{id}"},
				Archive: crawler.Archive{URL: "http://news.example/api?before={cursor}&limit=2", Cursor: "key"},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				answers := map[string]string{
					"":    `{"items":[{"id":0,"key":"x"},{"id":1,"key":"a b"}]}`,
					"a b": `{"items":[{"id":2,"key":"c"}]}`,
					"c":   `{"items":[]}`,
				}
				fmt.Fprint(rw, answers[r.URL.Query().Get("before")])
			},
			want: []string{"/api?limit=2", "/api?before=a%20b&limit=2", "/api?before=c&limit=2"},
		},
		"a list whose second page is the first with a number": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverHTML, URL: "http://news.example/list", HTML: crawler.HTMLListing{Item: "li"},
				Archive: crawler.Archive{URL: "http://news.example/list?p={page}", First: &two},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				page := 1
				fmt.Sscan(r.URL.Query().Get("p"), &page)
				if page > 2 {
					http.NotFound(rw, r)
					return
				}
				fmt.Fprintf(rw, `<li><a href="/n/%d">x</a>`, page)
			},
			want: []string{"/list", "/list?p=2", "/list?p=3"},
		},
		"a list that repeats its last page for ever": {
			discovery: crawler.Discovery{
				Type: crawler.DiscoverHTML, URL: "http://news.example/list", HTML: crawler.HTMLListing{Item: "li"},
				Archive: crawler.Archive{URL: "http://news.example/list?p={page}"},
			},
			serve: func(rw http.ResponseWriter, r *http.Request) {
				page := 0
				fmt.Sscan(r.URL.Query().Get("p"), &page)
				fmt.Fprintf(rw, `<li><a href="/n/%d">x</a>`, min(page, 3)-1)
			},
			want: []string{"/list?p=1", "/list?p=2", "/list?p=3", "/list?p=4"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.on("news.example/api", tt.serve)
				w.on("news.example/list", tt.serve)
				w.site("/n/0", "/n/1", "/n/2", "/n/3", "/n/4", "/n/5")
				src := serial()
				src.Discovery = tt.discovery
				b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
				if err := b.Backfill(t.Context(), "news", since, nil); err != nil {
					t.Fatal(err)
				}
				var listings, pages []string
				for _, r := range w.requests() {
					if r = strings.TrimPrefix(r, "news.example"); strings.HasPrefix(r, "/n/") {
						pages = append(pages, r)
					} else {
						listings = append(listings, r)
					}
				}
				if d := cmp.Diff(tt.want, listings); d != "" {
					t.Errorf("requests (-want +got)\n%s", d)
				}
				if len(pages) < 2 || len(pages) != len(b.captured()) {
					t.Errorf("asked for %v, captured %v", pages, b.captured())
				}
			})
		})
	}
}

func TestBackfillGoesOnWhereItWasStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, src := sitemapWorld(t)
		src.Politeness.Delay = 10 * time.Second
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second) // the three sitemaps and a page
		defer cancel()
		var last crawler.Progress
		err := b.Backfill(ctx, "news", since, func(p crawler.Progress) { last = p })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if last.Left == 0 || last.Estimate < 10*time.Second || last.Estimate > time.Minute {
			t.Errorf("%+v", last)
		}
		first := w.requests()
		if err := b.Backfill(t.Context(), "news", since, nil); err != nil {
			t.Fatal(err)
		}
		for _, r := range w.requests() {
			if slices.Contains(first, r) {
				t.Errorf("%s was asked for again", r)
			}
		}
		if got := b.captured(); len(got) != 3 {
			t.Errorf("captured %v", got)
		}
	})
}

// TestBackfillCrash kills a backfill at each of its calls of state and sink,
// as TestCrash does visits.
func TestBackfillCrash(t *testing.T) {
	for _, landed := range []bool{false, true} {
		survived := false
		for at := 1; !survived && !t.Failed(); at++ {
			if at > 200 {
				t.Fatal("never survives")
			}
			t.Run(fmt.Sprintf("at call %d, landed %v", at, landed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w, src := sitemapWorld(t)
					state, sink := new(crawlertest.State), new(crawlertest.Sink)
					doomed := &mortal{State: state, sink: sink, landed: landed, left: at}
					err := w.crawler(crawler.Config{Sources: []crawler.Source{src}, State: doomed, Sink: doomed}).Backfill(t.Context(), "news", since, nil)
					survived = !doomed.dead
					if !survived && !doomed.quietly && !errors.Is(err, errKilled) {
						t.Fatalf("died of %v", err)
					}
					if err := w.crawler(crawler.Config{Sources: []crawler.Source{src}, State: state, Sink: sink}).Backfill(t.Context(), "news", since, nil); err != nil {
						t.Fatal(err)
					}
					asked := make(map[string]int)
					for _, p := range w.requests() {
						if asked[p]++; asked[p] > 2 {
							t.Errorf("%s was asked for %d times", p, asked[p])
						}
					}
					var got []string
					for _, c := range sink.Captures() {
						got = append(got, c.URL)
					}
					slices.Sort(got)
					if d := cmp.Diff([]string{"http://news.example/a", "http://news.example/b", "http://news.example/c"}, got); d != "" {
						t.Errorf("captures (-want +got)\n%s", d)
					}
					for _, id := range []corpus.SourceID{"news", "news~pages", "news~1999-01-01"} {
						entries := state.Entries(id)
						if len(entries) != 3 {
							t.Errorf("%d entries of %s", len(entries), id)
						}
						for _, e := range entries {
							if e.State != corpus.FrontierDone {
								t.Errorf("%s of %s is %s", e.URL, id, e.State)
							}
						}
					}
				})
			})
		}
	}
}

func TestBackfillOfPagesThatFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, src := sitemapWorld(t)
		w.on("news.example/b", status(502))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		var last crawler.Progress
		if err := b.Backfill(t.Context(), "news", since, func(p crawler.Progress) { last = p }); err != nil {
			t.Fatal(err)
		}
		// Tried again after one minute and four; sixteen are left to a later run.
		if last.Captured != 2 || last.Failed != 3 || last.Left != 1 {
			t.Errorf("%+v", last)
		}
		w.site("/b")
		time.Sleep(time.Hour)
		if err := b.Backfill(t.Context(), "news", since, func(p crawler.Progress) { last = p }); err != nil || last.Left != 0 || last.Captured != 1 {
			t.Errorf("%+v, %v", last, err)
		}
	})
	// What will not be had in a moment is not waited for.
	for name, refuse := range map[string]func(w *world){
		"a page that is forbidden": func(w *world) { w.on("news.example/b", status(403)) },
		"a page that is not there": func(w *world) { w.on("news.example/b", status(404)) },
		"a page that robots.txt closes": func(w *world) {
			w.text("news.example/robots.txt", "text/plain", "User-agent: *\nDisallow: /b\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, src := sitemapWorld(t)
				refuse(w)
				b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
				begun := time.Now()
				var last crawler.Progress
				if err := b.Backfill(t.Context(), "news", since, func(p crawler.Progress) { last = p }); err != nil {
					t.Fatal(err)
				}
				if last.Captured != 2 || last.Failed != 1 || last.Left != 1 || time.Since(begun) > time.Second {
					t.Errorf("%+v after %v", last, time.Since(begun))
				}
			})
		})
	}
	t.Run("a server that is down", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w, src := sitemapWorld(t)
			var urls strings.Builder
			for i := range 20 {
				fmt.Fprintf(&urls, "<url><loc>/down/%d</loc></url>", i)
				w.on(fmt.Sprintf("news.example/down/%d", i), status(500))
			}
			w.text("news.example/map.xml", "text/xml", "<urlset>"+urls.String()+"</urlset>")
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
			var v *crawler.VisitError
			if err := b.Backfill(t.Context(), "news", since, nil); !errors.As(err, &v) || v.Reason != crawler.ReasonServer {
				t.Errorf("got %v", err)
			}
			if n := len(w.requests()); n > 1+6*3 {
				t.Errorf("%d requests", n)
			}
		})
	})
}

func TestBackfillRefuses(t *testing.T) {
	w := newWorld(t)
	off := serial()
	off.ID, off.Disabled, off.Reason = "off", true, "blocked"
	b := w.crawler(crawler.Config{Sources: []crawler.Source{serial(), off}})
	if err := b.Backfill(t.Context(), "news", since, nil); !errors.Is(err, crawler.ErrNoArchive) {
		t.Errorf("got %v", err)
	}
	if err := b.Backfill(t.Context(), "off", since, nil); err == nil || !strings.Contains(err.Error(), "blocked") {
		t.Errorf("got %v", err)
	}
	if err := b.Backfill(t.Context(), "nobody", since, nil); err == nil {
		t.Error("an unknown source was backfilled")
	}
}
