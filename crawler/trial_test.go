package crawler_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/crawler"
)

func kinds(t crawler.Trial) []crawler.ProblemKind {
	var out []crawler.ProblemKind
	for _, p := range t.Problems {
		out = append(out, p.Kind)
	}
	return out
}

// article is a page with enough text to be one.
func article(title string) string {
	return "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1><p>" +
		strings.Repeat("The authority published a notice about custody today. ", 5) + "</p></body></html>"
}

func TestTrySavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		date := time.Now().Add(-time.Hour)
		w.text("news.example/robots.txt", "text/plain", "User-agent: *\nCrawl-delay: 3\nDisallow: /b\n")
		w.text("news.example/feed", "application/rss+xml", feed(
			entry("/a?utm_source=rss", "A", date.Format(time.RFC1123Z)), entry("/b", "B", date.Format(time.RFC1123Z)), entry("/c", "C", "")))
		w.text("news.example/a", "text/html; charset=utf-8", article("A"))
		src := serial()
		src.Disabled, src.Reason = true, "not tried yet"
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}})
		got, err := b.Try(t.Context(), src, 2)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"news.example/feed", "news.example/a"}, w.requests()); d != "" {
			t.Errorf("requests (-want +got)\n%s", d)
		}
		if !got.Robots.Allowed || got.Robots.Delay != 3*time.Second {
			t.Errorf("robots: %+v", got.Robots)
		}
		if l := got.Listing; l.Status != 200 || l.MediaType != "application/rss+xml" || l.Type != crawler.DiscoverRSS || l.Size == 0 || l.Err != nil {
			t.Errorf("listing: %+v", l)
		}
		if len(got.Items) != 3 || got.Items[0].URL != "http://news.example/a" || !got.NewestAt.Equal(date.Truncate(time.Second)) {
			t.Errorf("items %v, newest %v", got.Items, got.NewestAt)
		}
		if len(got.Pages) != 2 || got.Pages[0].Capture.Status != 200 || len(got.Pages[0].Capture.Body) == 0 || got.Pages[1].Reason != crawler.ReasonRobots {
			t.Errorf("pages: %+v", got.Pages)
		}
		if d := cmp.Diff([]crawler.ProblemKind{crawler.ProblemRobots, crawler.ProblemPage}, kinds(got)); d != "" {
			t.Errorf("problems (-want +got)\n%s\n%v", d, got.Problems)
		}
		if st, _ := b.state.SourceState(t.Context(), "news"); !st.VisitedAt.IsZero() || len(b.state.Entries("news")) > 0 || len(b.captured()) > 0 {
			t.Error("something was saved")
		}
	})
}

func TestTryNamesProblems(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // where a bubble's clock begins
	at := func(age time.Duration) string { return now.Add(-age).Format(time.RFC1123Z) }
	const day = 24 * time.Hour
	fresh := entry("/a", "A", at(time.Hour))
	for name, tt := range map[string]struct {
		listing string
		status  int
		pages   map[string]string
		robots  string
		change  func(*crawler.Source)
		want    []crawler.ProblemKind
	}{
		"none":                       {listing: feed(fresh), pages: map[string]string{"/a": article("A")}},
		"an empty feed":              {listing: feed(), want: []crawler.ProblemKind{crawler.ProblemEmpty}},
		"a page in place of a feed":  {listing: article("Home"), want: []crawler.ProblemKind{crawler.ProblemDecoy}},
		"a wall in place of a feed":  {listing: article("Just a moment..."), want: []crawler.ProblemKind{crawler.ProblemChallenge}},
		"no feed at all":             {listing: "sorry", want: []crawler.ProblemKind{crawler.ProblemListing}},
		"a listing that is gone":     {status: 404, want: []crawler.ProblemKind{crawler.ProblemListing}},
		"a listing that is withheld": {status: 403, want: []crawler.ProblemKind{crawler.ProblemChallenge}},
		"a forbidden listing":        {robots: "User-agent: *\nDisallow: /feed", want: []crawler.ProblemKind{crawler.ProblemRobots}},
		"a frozen feed": {
			listing: feed(entry("/a", "A", at(200*day))), pages: map[string]string{"/a": article("A")}, want: []crawler.ProblemKind{crawler.ProblemFrozen},
		},
		"a feed that is slow by nature": {
			listing: feed(entry("/a", "A", at(100*day)), entry("/b", "B", at(200*day)), entry("/c", "C", at(300*day)), entry("/d", "D", at(400*day))),
		},
		"a feed slower than its owner wants": {
			listing: feed(entry("/a", "A", at(3*day))), change: func(s *crawler.Source) { s.Expect = 2 * day }, want: []crawler.ProblemKind{crawler.ProblemFrozen},
		},
		"a feed without dates":        {listing: feed(entry("/a", "A", "")), want: []crawler.ProblemKind{crawler.ProblemUndated}},
		"a feed of tomorrow's news":   {listing: feed(fresh, entry("/b", "B", at(-90*day))), want: []crawler.ProblemKind{crawler.ProblemFuture}},
		"a feed without titles":       {listing: feed(entry("/a", "", at(day))), want: []crawler.ProblemKind{crawler.ProblemUntitled}},
		"a feed that repeats itself":  {listing: feed(fresh, fresh), want: []crawler.ProblemKind{crawler.ProblemRepeated}},
		"links that are none":         {listing: feed(fresh, entry("javascript:x", "B", "")), want: []crawler.ProblemKind{crawler.ProblemDropped}},
		"nothing that anybody wanted": {listing: feed(fresh), change: func(s *crawler.Source) { s.Discovery.Include = []string{"crypto"} }, want: []crawler.ProblemKind{crawler.ProblemUnwanted}},
		"one page under two addresses": {
			listing: feed(fresh, entry("/b", "B", at(day))), pages: map[string]string{"/a": article("Sign in"), "/b": article("Sign in")},
			want: []crawler.ProblemKind{crawler.ProblemInterchange},
		},
		"a page drawn by scripts": {
			listing: feed(fresh), pages: map[string]string{"/a": "<html><body><div id=root></div><script>" + strings.Repeat("x", 500) + "</script>"},
			want: []crawler.ProblemKind{crawler.ProblemThin},
		},
		"a wall before a page": {listing: feed(fresh), pages: map[string]string{"/a": article("安全验证")}, want: []crawler.ProblemKind{crawler.ProblemChallenge}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				if tt.status != 0 {
					w.on("news.example/feed", status(tt.status))
				} else {
					w.text("news.example/feed", "application/rss+xml", tt.listing)
				}
				if tt.robots != "" {
					w.text("news.example/robots.txt", "text/plain", tt.robots)
				}
				for path, body := range tt.pages {
					w.text("news.example"+path, "text/html", body)
				}
				src := serial()
				if tt.change != nil {
					tt.change(&src)
				}
				got, err := w.crawler(crawler.Config{}).Try(t.Context(), src, len(tt.pages))
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(tt.want, kinds(got)); d != "" {
					t.Errorf("problems (-want +got)\n%s\n%v", d, got.Problems)
				}
				if tt.status != 0 && got.Listing.Status != tt.status {
					t.Errorf("status %d, want %d", got.Listing.Status, tt.status)
				}
			})
		})
	}
}

func TestTryRefusesWhatIsNotValid(t *testing.T) {
	w := newWorld(t)
	src := serial()
	src.Discovery.URL = "ftp://news.example/feed"
	if _, err := w.crawler(crawler.Config{}).Try(t.Context(), src, 1); err == nil || !strings.Contains(err.Error(), "discovery.url") {
		t.Errorf("got %v", err)
	}
	src = serial()
	src.Politeness.UserAgent = "{company} {contact}"
	if _, err := w.crawler(crawler.Config{}).Try(t.Context(), src, 1); err == nil || !strings.Contains(err.Error(), "who asks") {
		t.Errorf("got %v", err)
	}
}

func TestTryOfTrackedPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/rules", func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, article("Rules")) })
		src := serial()
		src.Discovery = crawler.Discovery{Type: crawler.DiscoverNone, Pages: []string{"http://news.example/rules"}}
		got, err := w.crawler(crawler.Config{}).Try(t.Context(), src, 5)
		if err != nil || len(got.Problems) > 0 || len(got.Pages) != 1 || got.Pages[0].Capture.Status != 200 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
