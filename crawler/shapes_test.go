package crawler_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/regwire/regwire/crawler"
)

// TestCatalogShapes serves every enabled API and list of the catalogue an
// answer of the structure that is known of it, at its own address, method and
// body, and wants the items in it; and then reads its archive.
func TestCatalogShapes(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/shapes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	shapes := make(map[string]string)
	for _, f := range archive.Files {
		shapes[f.Name] = string(f.Data)
	}
	list, err := crawler.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		shape, ok := shapes[string(s.ID)]
		delete(shapes, string(s.ID))
		if s.Disabled || s.Discovery.Type != crawler.DiscoverJSON && s.Discovery.Type != crawler.DiscoverHTML {
			continue
		}
		if !ok {
			t.Errorf("%s: nothing is known of its answers", s.ID)
			continue
		}
		detail := shapes[string(s.ID)+" detail"]
		delete(shapes, string(s.ID)+" detail")
		if (detail == "") != (s.Discovery.Detail.URL == "") {
			t.Errorf("%s: a detail without need, or none", s.ID)
		}
		t.Run(string(s.ID), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { tryShape(t, s, shape, detail) })
		})
	}
	if len(shapes) > 0 {
		t.Errorf("nobody answers so: %v", slices.Collect(maps.Keys(shapes)))
	}
}

func tryShape(t *testing.T, s crawler.Source, shape, detail string) {
	wants, answer, _ := strings.Cut(shape, "\n\n")
	w := newWorld(t)
	var asked []string
	serve := func(body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			sent, _ := io.ReadAll(r.Body)
			if r.Method != max(s.Discovery.Method, "GET") || (len(sent) > 0) != (s.Discovery.Body != "") {
				t.Errorf("%s with a body of %d", r.Method, len(sent))
			}
			if strings.HasPrefix(string(sent), "{") != (r.Header.Get("Content-Type") == "application/json") {
				t.Errorf("body %s is of type %q", sent, r.Header.Get("Content-Type"))
			}
			for k, v := range s.Discovery.Header {
				if r.Header.Get(k) != v {
					t.Errorf("header %s: %q", k, r.Header.Get(k))
				}
			}
			asked = append(asked, r.URL.RequestURI()+string(sent))
			fmt.Fprint(rw, body)
		}
	}
	at := func(address string, page ...string) string {
		u, err := url.Parse(strings.NewReplacer("{year}", "2000", "{page}", strings.Join(page, "")).Replace(address))
		if err != nil {
			t.Fatal(err)
		}
		return u.Host + u.Path
	}
	w.on(at(s.Discovery.URL), serve(answer))
	if d := s.Discovery.Detail; d.URL != "" {
		_, id, _ := strings.Cut(strings.Fields(wants)[0], "=")
		w.text(at(strings.ReplaceAll(d.URL, "{id}", id)), "application/json", detail)
	}
	b := w.crawler(crawler.Config{Sources: []crawler.Source{s}, Company: "Example Corp", Contact: "crawl@example.com"})
	if err := b.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, e := range b.state.Entries(s.ID) {
		at := "-"
		if !e.Item.PublishedAt.IsZero() {
			at = e.Item.PublishedAt.UTC().Format(time.RFC3339)
		} else if !e.Item.UpdatedAt.IsZero() {
			at = e.Item.UpdatedAt.UTC().Format(time.RFC3339)
		}
		got = append(got, e.URL+" | "+e.Item.Title+" | "+at)
	}
	for line := range strings.Lines(wants) {
		want = append(want, strings.TrimSpace(line))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("items (-want +got)\n%s", d)
	}
	if carried := s.Discovery.Content == crawler.ContentFeed || s.Discovery.Detail.URL != ""; carried && len(b.sink.Captures()) != 1 {
		t.Errorf("captured %v", b.captured())
	}

	a := s.Discovery.Archive
	if a.URL == "" {
		return
	}
	if a.Type != "" && a.Type != s.Discovery.Type {
		return // a sitemap, which needs no shape
	}
	asked = nil
	for _, page := range []string{"1", "2", "3"} {
		w.on(at(a.URL, page), serve(answer))
	}
	if err := b.Backfill(t.Context(), s.ID, since, nil); err != nil {
		t.Fatal(err)
	}
	for i, r := range asked {
		if regexp.MustCompile(`(\{|%7B)(page|year|month|from|to|cursor)(\}|%7D)`).MatchString(r) {
			t.Errorf("asked for %s", r)
		}
		if slices.Contains(asked[:i], r) {
			t.Errorf("asked twice for %s", r)
		}
	}
	if paged := strings.Contains(a.URL+a.Body, "{page}") || a.Cursor != ""; paged && len(asked) < 2 {
		t.Errorf("asked for %v", asked)
	}
}

// TestAnHourOfTheCatalogue lets the crawler run for the first hour of its life
// with all that is in the catalogue, against sites that have 25 items each, of
// which the newest is of today. Every source is read, and no site is asked more
// than a person with a feed reader would ask it.
func TestAnHourOfTheCatalogue(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/shapes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	list, err := crawler.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.rest = func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(rw, "<!doctype html><title>A page</title>"+strings.Repeat("<p>A sentence of it that is of some length.", 500))
		}
		enabled := 0
		for _, s := range list {
			if s.Disabled {
				continue
			}
			enabled++
			u, err := url.Parse(s.Discovery.URL)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == string(s.ID) })
			if i >= 0 {
				_, answer, _ := strings.Cut(string(archive.Files[i].Data), "\n\n")
				w.text(u.Host+u.Path, "", answer)
				continue
			}
			var items []string
			for n := range 25 {
				at := time.Now().Add(-time.Duration(n) * 6 * time.Hour).Format(time.RFC1123Z)
				items = append(items, fmt.Sprintf("<item><link>/news/%s/%d</link><title>Crypto news %d</title><pubDate>%s</pubDate><description>It says so.</description></item>", s.ID, n, n, at))
			}
			w.text(u.Host+u.Path, "", feed(items...))
		}
		for _, f := range archive.Files { // documents behind the pages
			id, ok := strings.CutSuffix(f.Name, " detail")
			if i := slices.IndexFunc(list, func(s crawler.Source) bool { return string(s.ID) == id }); ok && i >= 0 {
				body := string(f.Data)
				if u, err := url.Parse(strings.ReplaceAll(list[i].Discovery.Detail.URL, "{id}", "1187")); err == nil {
					w.text(u.Host+u.Path, "application/json", body)
				}
			}
		}
		b := w.crawler(crawler.Config{Sources: list, Company: "Example Corp", Contact: "crawl@example.com"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := b.Run(ctx); err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			st, err := b.state.SourceState(t.Context(), s.ID)
			if err != nil {
				t.Fatal(err)
			}
			if s.Disabled != st.SucceededAt.IsZero() {
				t.Errorf("%s: last success %v, %s", s.ID, st.SucceededAt, st.LastError)
			}
		}
		requests := w.requests()
		sites := make(map[string]int)
		for _, r := range requests {
			host, _, _ := strings.Cut(r, "/")
			sites[host]++
		}
		most := slices.MaxFunc(slices.Collect(maps.Keys(sites)), func(a, b string) int { return sites[a] - sites[b] })
		// The SEC has six channels on one host, of 25 pages each, read twice.
		if sites[most] > 400 {
			t.Errorf("%s was asked %d times", most, sites[most])
		}
		t.Logf("%d sources, %d requests to %d hosts, most to %s (%d), %d pages captured", enabled, len(requests), len(sites), most, sites[most], len(b.sink.Captures()))
	})
}
