package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// What stands beside the sentences keeps its kind: a short table of dates is
// no dateline, the mark of a footnote is no digit of the word before it.
func TestNotesTablesCaptions(t *testing.T) {
	page := `<title>Rule on custody</title><article><h1>Rule on custody</h1>
<p>The office adopted a rule on custody today<sup><a href="#fn1">1</a></sup>, which binds every firm that holds keys for others in the country.</p>
<p>A tenth of 10<sup>9</sup> tokens is covered; firms must separate what they hold for clients and report on it each quarter, the office said.</p>
<ul><li>Keys are held apart</li></ul>
<table><tr><th>Step</th><th>Day</th></tr><tr><td>Entry into force</td><td>1 May 2026</td></tr></table>
<figure><img src="a.png"><figcaption>The office in the capital</figcaption></figure>
<p>The rule replaces guidance of 2022 and will be reviewed after two years, with a report to parliament.</p>
<section class="footnotes"><ol><li id="fn1">Order 12 of 2026, section 4. <a href="#ref1">↩</a></li></ol></section></article>`
	drafts, err := New(Config{}).Articles(t.Context(), corpus.Capture{URL: "https://office.example/rule", Status: 200, MediaType: "text/html", Body: []byte(page)}, corpus.Source{ID: "office"})
	if err != nil || len(drafts) != 1 {
		t.Fatal(len(drafts), err)
	}
	got := map[corpus.BlockKind][]string{}
	for _, b := range drafts[0].Blocks {
		got[b.Kind] = append(got[b.Kind], b.Text)
	}
	want := map[corpus.BlockKind][]string{
		corpus.BlockParagraph: {
			"The office adopted a rule on custody today, which binds every firm that holds keys for others in the country.",
			"A tenth of 109 tokens is covered; firms must separate what they hold for clients and report on it each quarter, the office said.",
			"The rule replaces guidance of 2022 and will be reviewed after two years, with a report to parliament.",
		},
		corpus.BlockListItem: {"Keys are held apart"},
		corpus.BlockTable:    {"Step\tDay\nEntry into force\t1 May 2026"},
		corpus.BlockCaption:  {"The office in the capital"},
		corpus.BlockFootnote: {"Order 12 of 2026, section 4."},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
