package parse

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// TestClaims reads pages whose values stand in different places, and asks
// where they were read.
func TestClaims(t *testing.T) {
	text := "<p>Depositors of the two failed exchanges can file their claims from Monday, the administrator said, and those who hold less than a thousand francs are paid first.</p>"
	for _, tc := range []struct {
		name, url, page string
		want            map[string]Claim
	}{
		{"all say the same", "https://news.example/2026/02/03/claims",
			`<title>Depositors can file their claims | Example News</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"Depositors can file their claims","datePublished":"2026-02-03T08:00:00Z","author":{"@type":"Person","name":"Ann Field"}}</script><h1>Depositors can file their claims</h1><p class="byline">By Ann Field</p><time datetime="2026-02-03T08:00:00Z">3 Feb 2026</time>` + text,
			map[string]Claim{FieldTitle: {OriginVisible, true, 0.95}, FieldAuthors: {OriginLinked, true, 0.9}, FieldPublished: {OriginLinked, true, 0.9}}},
		{"only readers are told", "https://news.example/claims",
			`<h1>Depositors can file their claims</h1><p class="byline">By Ann Field</p><p class="date">3 February 2026</p>` + text,
			map[string]Claim{FieldTitle: {OriginVisible, false, 0.95}, FieldAuthors: {OriginVisible, false, 0.85}, FieldPublished: {OriginVisible, false, 0.95}}},
		{"only machines are told", "https://news.example/claims",
			`<title>Depositors can file their claims</title><meta name="author" content="Ann Field"><meta property="article:published_time" content="2026-02-03T08:00:00Z">` + text,
			map[string]Claim{FieldTitle: {OriginWindow, false, 0.65}, FieldAuthors: {OriginMeta, false, 0.5}, FieldPublished: {OriginMeta, false, 0.6}}},
		{"the text opens with its date", "https://news.example/claims",
			`<h1>Depositors can file their claims</h1><p>Zug, 3 February 2026 – Depositors of the two failed exchanges can file their claims from Monday, the administrator said.</p>` + text,
			map[string]Claim{FieldTitle: {OriginVisible, false, 0.95}, FieldPublished: {OriginText, false, 0.9}}},
		{"nothing is said", "https://news.example/claims", `<h1>Depositors can file their claims</h1>` + text,
			map[string]Claim{FieldTitle: {OriginVisible, false, 0.95}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := corpus.Capture{URL: tc.url, FinalURL: tc.url, MediaType: "text/html", Body: []byte("<!doctype html><html lang=en>" + tc.page)}
			r, err := New(Config{}).Read(context.Background(), c, corpus.Source{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, r.Claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the listing", func(t *testing.T) {
		c := corpus.Capture{URL: "https://news.example/claims", MediaType: "text/html", Body: []byte("<html lang=en><body>" + text)}
		c.Item.Title, c.Item.Author = "Depositors can file", "Ann Field"
		r, err := New(Config{}).Read(context.Background(), c, corpus.Source{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Claims[FieldAuthors].Origin; got != OriginListing {
			t.Errorf("the authors are from %q", got)
		}
	})
}
