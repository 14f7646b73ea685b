package crawler_test

import (
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
