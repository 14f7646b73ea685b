package crawler_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
)

// round runs one round and checks what was asked for.
func (b *bench) round(t *testing.T, w *world, want ...string) {
	t.Helper()
	if err := b.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, w.requests()); d != "" {
		t.Fatalf("requests (-want +got)\n%s", d)
	}
}

// tagged answers with a body and an entity tag, and 304 to who has it.
func tagged(contentType, body string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"%x"`, len(body)*31+int(body[len(body)-1]))
		rw.Header().Set("ETag", tag)
		rw.Header().Set("Content-Type", contentType)
		if r.Header.Get("If-None-Match") == tag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(rw, body)
	}
}

func serial() crawler.Source {
	s := quick()
	s.Politeness.Parallelism = 1
	return s
}

func TestVisitFetchesWhatIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		date := time.Now().Add(-time.Hour).Format(time.RFC1123Z)
		w.on("news.example/feed", tagged("application/rss+xml", feed(entry("/a?utm_source=rss", "A", date), entry("/b", "B", ""))))
		w.on("news.example/a", tagged("text/html; charset=utf-8", "<p>a"))
		w.on("news.example/b", status(302, "Location", "http://www.news.example/b2"))
		w.on("www.news.example/b2", tagged("text/html", "<p>b"))
		begun := time.Now().UTC()
		b := w.crawler(crawler.Config{Sources: []crawler.Source{serial()}})
		b.round(t, w, "news.example/feed", "news.example/a", "news.example/b", "www.news.example/b2")

		captures := b.sink.Captures()
		a, bb := captures[0], captures[1]
		if a.URL != "http://news.example/a" || a.FinalURL != a.URL || a.Status != 200 || a.MediaType != "text/html" || a.Charset != "utf-8" ||
			string(a.Body) != "<p>a" || a.Item.Title != "A" || a.Item.PublishedAt.IsZero() || a.FetchedAt.Before(begun) || a.Origin != corpus.OriginLive {
			t.Errorf("a: %+v", a)
		}
		if bb.FinalURL != "http://www.news.example/b2" || !bb.Item.PublishedAt.IsZero() {
			t.Errorf("b: %+v", bb)
		}
		if bb.Origin != corpus.OriginBackfill {
			t.Errorf("an undated item of a first listing counts as %s", bb.Origin)
		}

		// Nothing has changed: one conditional request, nothing learnt.
		conditional := false
		w.on("news.example/feed", func(rw http.ResponseWriter, r *http.Request) {
			conditional = r.Header.Get("If-None-Match") != ""
			rw.WriteHeader(http.StatusNotModified)
		})
		b.round(t, w, "news.example/feed")
		if !conditional {
			t.Error("the listing was asked for as if it were unknown")
		}
		// Something has: it alone is fetched, and undated it counts as news now.
		w.on("news.example/feed", tagged("application/rss+xml", feed(entry("/a", "A", date), entry("/b", "B", ""), entry("/c", "C", ""))))
		w.text("news.example/c", "text/html", "<p>c")
		b.round(t, w, "news.example/feed", "news.example/c")
		if c := b.sink.Captures()[2]; c.Origin != corpus.OriginLive {
			t.Errorf("c: %s", c.Origin)
		}
	})
}

func TestVisitNoticesChange(t *testing.T) {
	atom := func(updated, title string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>` + title + `</title><link href="/a"/><updated>` + updated + `</updated></entry></feed>`
	}
	t.Run("that the listing tells", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			src := quick()
			src.Discovery.Type, src.Recheck.Until = crawler.DiscoverAtom, -1
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
			w.text("news.example/feed", "", atom("1999-12-01T00:00:00Z", "A"))
			w.on("news.example/a", tagged("text/html", "one"))
			b.round(t, w, "news.example/feed", "news.example/a")
			if o := b.sink.Captures()[0].Origin; o != corpus.OriginBackfill {
				t.Errorf("an item a month old counts as %s", o)
			}
			w.text("news.example/feed", "", atom("1999-12-02T00:00:00Z", "A"))
			b.round(t, w, "news.example/feed", "news.example/a") // says so, but the page is the same
			w.text("news.example/feed", "", atom("1999-12-02T00:00:00Z", "A, corrected"))
			w.on("news.example/a", tagged("text/html", "two"))
			b.round(t, w, "news.example/feed", "news.example/a")
			time.Sleep(30 * 24 * time.Hour)
			b.round(t, w, "news.example/feed")
			got := b.sink.Captures()
			if len(got) != 2 || string(got[1].Body) != "two" || got[1].Origin != corpus.OriginLive || got[1].Item.Title != "A, corrected" {
				t.Errorf("got %+v", got)
			}
		})
	})
	t.Run("that nobody tells, while the page is young", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.on("news.example/feed", tagged("", feed(entry("/a", "A", ""))))
			w.on("news.example/a", tagged("text/html", "one"))
			b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
			b.round(t, w, "news.example/feed", "news.example/a")
			reads := 0
			for hour := range 40 * 24 {
				time.Sleep(time.Hour)
				if hour == 30 {
					w.on("news.example/a", tagged("text/html", "one, corrected"))
				}
				if err := b.Round(t.Context()); err != nil {
					t.Fatal(err)
				}
				reads += len(w.requests()) - 1
			}
			if reads < 5 || reads > 10 {
				t.Errorf("the page was read again %d times", reads)
			}
			if got := b.sink.Captures(); len(got) != 2 || string(got[1].Body) != "one, corrected" {
				t.Errorf("got %d captures", len(got))
			}
		})
	})
}

func TestVisitOfPagesThatAreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/feed", tagged("", feed(entry("/a", "A", ""), entry("/b", "B", ""))))
		w.on("news.example/a", tagged("text/html", "a"))
		w.on("news.example/b", tagged("text/html", "b"))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{serial()}})
		b.round(t, w, "news.example/feed", "news.example/a", "news.example/b")
		w.on("news.example/a", status(410))
		w.on("news.example/b", status(404))
		time.Sleep(2 * time.Hour)
		b.round(t, w, "news.example/feed", "news.example/a", "news.example/b")
		if got := b.sink.Captures(); len(got) != 4 || got[2].Status != 410 || got[3].Status != 404 {
			t.Fatalf("got %+v", got)
		}
		// 404 was an accident of the site; 410 is believed.
		w.on("news.example/b", tagged("text/html", "b"))
		time.Sleep(24 * time.Hour)
		b.round(t, w, "news.example/feed", "news.example/b")
		if got := b.sink.Captures(); len(got) != 5 || got[4].Status != 200 {
			t.Fatalf("got %+v", got)
		}
		if e := b.state.Entries("news")[0]; e.State != corpus.FrontierGone {
			t.Errorf("a is %s", e.State)
		}
	})
}

func TestVisitParksWhatKeepsFailing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("news.example/feed", "", feed(entry("/a", "A", "")))
		w.on("news.example/a", status(403))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
		asks := 0
		for range 14 * 24 * 4 {
			if err := b.Round(t.Context()); err != nil {
				t.Fatal(err)
			}
			asks += len(w.requests()) - 1
			time.Sleep(15 * time.Minute)
		}
		e := b.state.Entries("news")[0]
		if e.State != corpus.FrontierParked || e.Reason != string(crawler.ReasonForbidden) || asks != 6 {
			t.Errorf("%s, %s, asked %d times", e.State, e.Reason, asks)
		}
		// A page that is said to have changed gets another chance.
		w.text("news.example/feed", "", feed(entry("/a", "A, now open", "")))
		w.text("news.example/a", "text/html", "a")
		b.round(t, w, "news.example/feed", "news.example/a")
	})
}

func TestVisitLeavesADeadServerAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var items []string
		for i := range 20 {
			p := fmt.Sprintf("/%02d", i)
			items = append(items, entry(p, p, ""))
			w.on("news.example"+p, status(502))
		}
		w.text("news.example/feed", "", feed(items...))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{serial()}})
		if err := b.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(w.requests()); n > 1+3*5 {
			t.Errorf("asked %d times", n)
		}
		for i := range 20 {
			p := fmt.Sprintf("news.example/%02d", i)
			w.text(p, "text/html", p)
		}
		time.Sleep(time.Hour)
		if err := b.Round(t.Context()); err != nil || len(b.captured()) != 20 {
			t.Errorf("captured %d, %v", len(b.captured()), err)
		}
	})
}

func TestVisitReadsTrackedPagesEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/rules", tagged("text/html", "rule, version 1"))
		src := serial()
		src.Discovery = crawler.Discovery{Type: crawler.DiscoverNone, Pages: []string{"http://news.example/rules#top", "http://news.example/faq"}}
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		b.round(t, w, "news.example/rules", "news.example/faq")
		b.round(t, w, "news.example/rules", "news.example/faq")
		w.on("news.example/rules", tagged("text/html", "rule, version 2!"))
		b.round(t, w, "news.example/rules", "news.example/faq")
		got := b.sink.Captures()
		if len(got) != 2 || string(got[1].Body) != "rule, version 2!" || got[1].Origin != corpus.OriginLive {
			t.Errorf("got %+v", got)
		}
	})
}

func TestVisitOfFeedsThatCarryTheArticle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		item := func(text string) string {
			return feed(`<item><link>/a</link><title>A</title><description>` + text + `</description></item>`)
		}
		w := newWorld(t)
		src := quick()
		src.Discovery.Content = crawler.ContentFeed
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		w.text("news.example/feed", "", item("&lt;p&gt;One."))
		b.round(t, w, "news.example/feed")
		b.round(t, w, "news.example/feed")
		w.text("news.example/feed", "", item("&lt;p&gt;Two."))
		time.Sleep(time.Hour)
		b.round(t, w, "news.example/feed")
		b.round(t, w, "news.example/feed")
		got := b.sink.Captures()
		if len(got) != 2 || string(got[0].Body) != "<p>One." || string(got[1].Body) != "<p>Two." || got[1].MediaType != "text/html" ||
			got[1].Item.Content != "<p>Two." || got[1].URL != "http://news.example/a" {
			t.Errorf("got %+v", got)
		}
		if e := b.state.Entries("news")[0]; e.Item.Content != "" {
			t.Error("the frontier keeps the text of what was captured")
		}
	})
}

func TestVisitOfListingsInSeveralPages(t *testing.T) {
	t.Run("pages of links", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			page := func(link, next string) string {
				return `<li><a href="` + link + `">T</a></li><a class=next href="` + next + `">next</a>`
			}
			w.text("news.example/feed", "text/html", page("/1", "/feed2"))
			w.text("news.example/feed2", "text/html", page("/2", "/feed3"))
			w.text("news.example/feed3", "text/html", page("/3", "/feed4"))
			src := serial()
			src.Discovery.Type, src.Discovery.HTML = crawler.DiscoverHTML, crawler.HTMLListing{Item: "li", Next: "a.next", MaxPages: 3}
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
			b.round(t, w, "news.example/feed", "news.example/feed2", "news.example/feed3", "news.example/1", "news.example/2", "news.example/3")

			// A page of the listing that fails does not hide what the others say,
			// and the listing is read again whole.
			w.text("news.example/feed", "text/html", page("/0", "/feed2"))
			w.text("news.example/0", "text/html", "0")
			w.on("news.example/feed2", status(403))
			err := b.Round(t.Context())
			var v *crawler.VisitError
			if !errors.As(err, &v) || v.Reason != crawler.ReasonForbidden || len(b.captured()) != 1 {
				t.Errorf("got %v, captured %v", err, b.captured())
			}
		})
	})
	t.Run("an index of sitemaps", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.text("news.example/feed", "text/xml", `<sitemapindex><sitemap><loc>http://news.example/1.xml.gz</loc></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>`)
			w.on("news.example/1.xml.gz", func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/x-gzip")
				_, _ = rw.Write(pack(t, "gzip", []byte(`<urlset><url><loc>http://news.example/a</loc></url></urlset>`)))
			})
			w.text("news.example/2.xml", "text/xml", `<urlset><url><loc>http://news.example/b</loc></url></urlset>`)
			src := serial()
			src.Discovery.Type = crawler.DiscoverSitemap
			b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
			b.round(t, w, "news.example/feed", "news.example/1.xml.gz", "news.example/2.xml", "news.example/a", "news.example/b")
		})
	})
}

func TestVisitOfAPIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/feed", func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method != "POST" || string(body) != `{"year":2000}` || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Lang") != "en" {
				t.Errorf("%s %s %v", r.Method, body, r.Header)
			}
			fmt.Fprint(rw, `{"items":[{"ref":"26PR27","title":"T"}]}`)
		})
		w.text("news.example/api/26PR27", "application/json", `{"data":{"html":"<p>公告 & more"}}`)
		src := quick()
		src.Discovery = crawler.Discovery{
			Type: crawler.DiscoverJSON, URL: "http://news.example/feed", Method: "POST", Body: `{"year":{year}}`, Header: map[string]string{"lang": "en"},
			JSON:   crawler.JSONListing{Items: "items", ID: "ref", Title: "title", Link: "http://news.example/doc?ref={ref}"},
			Detail: crawler.Detail{URL: "http://news.example/api/{id}", HTML: "data.html"},
		}
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		b.round(t, w, "news.example/feed", "news.example/api/26PR27")
		c := b.sink.Captures()[0]
		if c.URL != "http://news.example/doc?ref=26PR27" || string(c.Body) != "<p>公告 & more" || c.MediaType != "text/html" || c.Charset != "utf-8" {
			t.Errorf("got %+v", c)
		}
	})
}

func TestVisitOfBrokenListings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/feed", tagged("", feed(entry("/a", "A", ""))))
		w.on("news.example/a", status(500))
		b := w.crawler(crawler.Config{Sources: []crawler.Source{quick()}})
		if err := b.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		w.text("news.example/a", "text/html", "a")
		for _, tt := range []struct {
			listing http.HandlerFunc
			want    crawler.Reason
		}{
			{tagged("text/html", "<html>Maintenance"), crawler.ReasonDecoy},
			{tagged("text/xml", feed()), crawler.ReasonEmpty},
			{status(404), crawler.ReasonMissing},
		} {
			w.on("news.example/feed", tt.listing)
			var v *crawler.VisitError
			if err := b.Round(t.Context()); !errors.As(err, &v) || v.Reason != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		}
		// What the listing named before is fetched all the same.
		if got := b.captured(); len(got) != 1 {
			t.Errorf("captured %v", got)
		}
		st, err := b.state.SourceState(t.Context(), "news")
		if err != nil || st.Failures != 3 || st.Reason != string(crawler.ReasonMissing) || st.LastError == "" || !st.NotBefore.After(time.Now()) {
			t.Errorf("state %+v, %v", st, err)
		}
		time.Sleep(time.Hour)
		w.on("news.example/feed", tagged("", feed(entry("/a", "A", ""))))
		if err := b.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		if st, _ = b.state.SourceState(t.Context(), "news"); st.Failures != 0 || st.Reason != "" || st.LastError != "" || !st.NotBefore.IsZero() {
			t.Errorf("state %+v", st)
		}
	})
}

func TestVisitReadsAListingAgainWhenItsSettingsChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/feed", tagged("", feed(entry("/a", "A", ""), entry("/b", "B", ""))))
		narrow := serial()
		narrow.Discovery.Include = []string{"/a"}
		b := w.crawler(crawler.Config{Sources: []crawler.Source{narrow}})
		b.round(t, w, "news.example/feed", "news.example/a")
		wide := w.crawler(crawler.Config{Sources: []crawler.Source{serial()}, State: b.state})
		wide.round(t, w, "news.example/feed", "news.example/b")
	})
}

func TestVisitsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.text("news.example/feed", "", feed(entry("/a", "A", ""), entry("/b", "B", "")))
		w.text("news.example/a", "text/html", "abc")
		registry := prometheus.NewRegistry()
		var visits []crawler.Visit
		b := w.crawler(crawler.Config{Sources: []crawler.Source{serial()}, Registry: registry, Visited: func(v crawler.Visit) { visits = append(visits, v) }})
		b.round(t, w, "news.example/feed", "news.example/a", "news.example/b")
		time.Sleep(time.Minute)
		w.text("news.example/feed", "", feed(entry("/x", "X", "")))
		b.round(t, w, "news.example/feed", "news.example/b", "news.example/x")

		time.Sleep(time.Hour)
		w.text("news.example/feed", "", feed(entry("/x", "X", ""), entry("/y", "Y", ""))) // one of two is known: no gap
		if err := b.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{
			"regwire_crawler_claims_total kind=site outcome=taken":      3,
			"regwire_crawler_claims_total kind=source outcome=taken":    3,
			"regwire_crawler_gaps_total source=news":                    1,
			"regwire_crawler_pages_total outcome=captured source=news":  1,
			"regwire_crawler_pages_total outcome=missing source=news":   6,
			"regwire_crawler_pages_total outcome=unchanged source=news": 1, // a is an hour old
			"regwire_crawler_visits_total reason=ok source=news":        3,
			"regwire_crawler_requests_total source=news status=2xx":     5,
			"regwire_crawler_requests_total source=news status=4xx":     7, // robots.txt among them
		}
		got := counters(t, registry)
		delete(got, "regwire_crawler_body_bytes_total source=news")
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("counters (-want +got)\n%s", d)
		}
		if n := gauge(t, registry, "regwire_crawler_success_timestamp_seconds"); n < float64(time.Now().Unix()-5) {
			t.Errorf("last success at %v", n)
		}
		if v := visits[0]; v.Items != 2 || v.New != 2 || v.Captured != 1 || v.Failed != 1 || v.Reason != crawler.ReasonNone {
			t.Errorf("got %+v", v)
		}
	})
}

// counters returns the counters of a registry by name and labels.
func counters(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			key := f.GetName()
			for _, l := range m.GetLabel() {
				key += " " + l.GetName() + "=" + l.GetValue()
			}
			if m.GetCounter() != nil {
				out[key] = m.GetCounter().GetValue()
			}
		}
	}
	return out
}

// gauge returns the only value of a gauge.
func gauge(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no %s", name)
	return 0
}
