package crawler

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/regwire/regwire/corpus"
)

// FuzzPropose checks that what is read off any page or answer is a source
// that could be configured.
func FuzzPropose(f *testing.F) {
	f.Add([]byte(`<ul class="a b">` + strings.Repeat(`<li><a href="/1">A title that is long enough</a><i>2026-03-05</i></li>`, 4)))
	f.Add([]byte(`<div id="-"><a class="x:y" href="?1">A title that is long enough</a><a href="?2">A title that is long enough</a><a href="?3">A title that is long enough 31/12/2026</a>`))
	f.Add([]byte(`{"a":[{"url":"/1","title":"A b c d e","date":"2026-03-05"},{"url":"/2","title":"A b c d e","date":"2026-03-06"}]}`))
	f.Add([]byte(`[{"u.l":"/1"},[],3]`))
	base, err := url.Parse("https://a.example/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var all []Discovery
		if doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body)); err == nil {
			all = proposeHTML(base, doc)
		}
		for _, d := range append(all, proposeJSON(body)...) {
			d.URL = base.String()
			s := Source{Source: corpus.Source{ID: "a", Name: "A", Kind: corpus.SourceMedia}, Discovery: d}
			if err := s.Validate(); err != nil {
				t.Errorf("%v", err)
			}
		}
	})
}
