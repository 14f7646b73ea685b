package pipeline

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// TestTakenOff: items are letters, the later the older; "a+b" is the page with
// both. A small letter is an item without a date.
func TestTakenOff(t *testing.T) {
	page := func(s string) (out []corpus.Draft) {
		for _, r := range s {
			d := corpus.Draft{Fragment: string(r), Title: "Item " + string(r), Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: "what is told of " + string(r)}}}
			if r >= 'A' && r <= 'Z' {
				d.PublishedAt = time.Date(2026, 3, 31-int(r-'A'), 0, 0, 0, 0, time.UTC)
			}
			out = append(out, d)
		}
		return out
	}
	for name, c := range map[string]struct{ before, now, want string }{
		"one in between":                   {"BCDE", "BDE", "C"},
		"the newest":                       {"BCDE", "CDE", "B"},
		"one goes, another comes":          {"BCDE", "ABDE", "C"},
		"the newest, and another comes":    {"BCDE", "ACDE", "B"},
		"one in between, and one rolls":    {"BCDEF", "ABDE", "C"},
		"the oldest rolls off":             {"BCDE", "ABCD", ""},
		"the oldest goes by itself":        {"BCDE", "BCD", ""},
		"two roll off":                     {"CDEF", "ABCD", ""},
		"nothing":                          {"BCDE", "BCDE", ""},
		"the oldest first, it rolls":       {"EDCB", "DCBA", ""},
		"the oldest first, in between":     {"EDCB", "EDBA", "C"},
		"other items in between":           {"BDF", "BCF", ""},
		"now these, now those, at the end": {"BCD", "BDE", ""},
		"another order":                    {"BCDE", "DBE", ""},
		"most are gone":                    {"BCDEF", "BF", ""},
		"a page drawn anew":                {"BCDE", "WXYZ", ""},
		"without dates, in between":        {"bcde", "bde", "c"},
		"without dates, at either end":     {"bcde", "cd", ""},
		"one is left":                      {"BCD", "B", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			for _, d := range takenOff(page(c.before), page(c.now), nil) {
				got.WriteString(d.Fragment)
			}
			if d := cmp.Diff(c.want, got.String()); d != "" {
				t.Error(d)
			}
		})
	}
	before, now := page("BCDE"), page("BDE")
	if got := takenOff(before, now, []string{"Item C"}); got != nil {
		t.Errorf("a teaser is left of what is told as gone: %v", got)
	}
	now[0].Blocks = append(now[0].Blocks, corpus.Block{Text: "Item C"})
	if got := takenOff(before, now, nil); got != nil {
		t.Errorf("it stands under another heading: %v", got)
	}
	renamed := page("XBCDE")[:4]
	renamed[0].Title, renamed[0].Blocks, renamed[0].PublishedAt = "Renamed", page("B")[0].Blocks, before[0].PublishedAt
	if got := takenOff(before, append(renamed[:1:1], page("CDE")...), nil); got != nil {
		t.Errorf("a renamed item is told as gone: %v", got)
	}
}
