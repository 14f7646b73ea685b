package index_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

// texts is a corpus of drafts in memory.
type texts map[corpus.ArticleID]corpus.Revision

func (t texts) LatestRevision(_ context.Context, id corpus.ArticleID) (corpus.Revision, error) {
	r, ok := t[id]
	if !ok {
		return r, fmt.Errorf("no article %s", id)
	}
	return r, nil
}

func day(d int) time.Time { return time.Date(2025, 3, d, 12, 0, 0, 0, time.UTC) }

var shelf = []struct {
	index.Document
}{
	{index.Document{Article: "repeal", Title: "FDIC rescinds its prior notification rule for banks", Kind: corpus.SourceRegulator,
		Body: "The letter FIL-7-2025 lets banks engage in permissible crypto activities.\nFIL-16-2022 no longer applies.", Source: "fdic",
		Lang: "en", Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"FDIC"}, Types: []corpus.EventType{corpus.Repeal},
		Instruments: []string{"FIL-7-2025", "FIL-16-2022"}, PublishedAt: day(28)}},
	{index.Document{Article: "yinfa", Title: "八部门发布虚拟货币风险处置通知", Kind: corpus.SourceRegulator,
		Body: "中国人民银行等八部门联合印发通知，明确稳定币发行须经批准。Binance 等境外平台不得向境内提供服务。", Source: "pboc",
		Lang: "zh", Jurisdictions: []corpus.Jurisdiction{"CN"}, Regulators: []string{"PBoC"}, Types: []corpus.EventType{corpus.RuleFinal}, PublishedAt: day(6)}},
	{index.Document{Article: "suit", Title: "Derivatives watchdog sues Binance", Kind: corpus.SourceMedia,
		Body: "The regulator alleges that the exchange solicited American customers.", Source: "ledger", Lang: "en",
		Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"CFTC"}, Types: []corpus.EventType{corpus.Enforcement}, Exchanges: []string{"Binance"}, PublishedAt: day(27)}},
	{index.Document{Article: "price", Title: "Bitcoin slides as traders regulate their appetite", Kind: corpus.SourceMedia,
		Body: "A quiet week for Bitcoin.", Source: "ledger", Lang: "en", Assets: []string{"BTC"}, PublishedAt: day(30)}},
}

func open(t testing.TB, dir string) (*index.Index, texts) {
	t.Helper()
	txt := texts{}
	x, err := index.Open(dir, txt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x, txt
}

func fill(t testing.TB, x *index.Index, txt texts) {
	t.Helper()
	var docs []index.Document
	for _, s := range shelf {
		docs = append(docs, s.Document)
		txt[s.Article] = corpus.Revision{Article: s.Article, Draft: corpus.Draft{
			Source: s.Source, URL: "https://example.test/" + string(s.Article), Title: s.Title, Lang: s.Lang,
			PublishedAt: s.PublishedAt, Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: s.Body}},
		}}
	}
	if err := x.Apply(docs, 7); err != nil {
		t.Fatal(err)
	}
}

func ids(r index.Result) string {
	var s []string
	for _, h := range r.Hits {
		s = append(s, string(h.Article))
	}
	return strings.Join(s, " ")
}

func TestSearch(t *testing.T) {
	x, txt := open(t, t.TempDir())
	fill(t, x, txt)
	for _, tt := range []struct{ name, query, want string }{
		{"word in the title outranks the body", "binance", "suit yinfa"},
		{"English words are stemmed", "rescinding banking", "repeal"},
		{"all words must match", "binance customers", "suit"},
		{"either word", "customers OR appetite", "price suit"},
		{"excluded word", "binance -customers", "yinfa"},
		{"only exclusions", "-binance", "price repeal"},
		{"phrase", `"permissible crypto activities"`, "repeal"},
		{"phrase in another order", `"crypto permissible"`, ""},
		{"Chinese phrase", "稳定币发行", "yinfa"},
		{"Chinese phrase in the title", "虚拟货币", "yinfa"},
		{"Chinese in another order", "发行稳定币", ""},
		{"Latin word in a Chinese article", "lang:zh binance", "yinfa"},
		{"official number", "FIL-16-2022", "repeal"},
		{"instrument field", "instrument:fil-7-2025", "repeal"},
		{"regulator field", "regulator:CFTC", "suit"},
		{"field with nothing", "regulator:FCA", ""},
		{"title field", "title:bitcoin", "price"},
		{"dates include both ends", "since:2025-03-27 until:2025-03-28", "repeal suit"},
		{"no words: newest first", "", "price repeal suit yinfa"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := x.Search(t.Context(), index.Query{Text: tt.query})
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(r); got != tt.want {
				t.Errorf("search %q: got %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

func TestSearchSnippetMarksTheWords(t *testing.T) {
	x, txt := open(t, t.TempDir())
	fill(t, x, txt)
	for query, want := range map[string][]string{
		"稳定币发行":     {"稳定币发行"},
		"crypto":    {"crypto"},
		"solicited": {"solicited"},
	} {
		r, err := x.Search(t.Context(), index.Query{Text: query})
		if err != nil || len(r.Hits) != 1 {
			t.Fatalf("%s: %v, %d hits", query, err, len(r.Hits))
		}
		var got []string
		for _, m := range r.Hits[0].Marks {
			got = append(got, r.Hits[0].Snippet[m.Start:m.End])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", query, d)
		}
	}
}

func TestSearchFacets(t *testing.T) {
	x, txt := open(t, t.TempDir())
	fill(t, x, txt)
	r, err := x.Search(t.Context(), index.Query{Facets: true, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]index.FacetValue{}
	for _, f := range r.Facets {
		got[f.Field] = f.Values
	}
	for field, want := range map[string][]index.FacetValue{
		"jurisdiction": {{"US", 2}, {"CN", 1}},
		"regulator":    {{"CFTC", 1}, {"FDIC", 1}, {"PBoC", 1}}, // as they are written
		"type":         {{"enforcement", 1}, {"repeal", 1}, {"rule-final", 1}},
	} {
		if d := cmp.Diff(want, got[field]); d != "" {
			t.Errorf("%s: %s", field, d)
		}
	}
}

func TestSnippetsBeginAndEndBetweenWords(t *testing.T) {
	x, txt := open(t, t.TempDir())
	body := strings.Repeat("alpha bravo charlie delta. ", 30) + "needle " + strings.Repeat("echo foxtrot golf hotel. ", 30)
	txt["long"] = corpus.Revision{Article: "long", Draft: corpus.Draft{Blocks: []corpus.Block{{Text: body}}}}
	if err := x.Apply([]index.Document{{Article: "long", Body: body}}, 1); err != nil {
		t.Fatal(err)
	}
	r, err := x.Search(t.Context(), index.Query{Text: "needle"})
	if err != nil || len(r.Hits) != 1 {
		t.Fatal(err, len(r.Hits))
	}
	h := r.Hits[0]
	inner, cutBefore := strings.CutPrefix(h.Snippet, "…")
	inner, cutAfter := strings.CutSuffix(inner, "…")
	if !cutBefore || !cutAfter || !strings.Contains(body, " "+inner+" ") {
		t.Errorf("%q", h.Snippet)
	}
	if len(h.Marks) != 1 || h.Snippet[h.Marks[0].Start:h.Marks[0].End] != "needle" {
		t.Errorf("%v in %q", h.Marks, h.Snippet)
	}
}

func TestSearchExplainsWhatItCannotRead(t *testing.T) {
	x, _ := open(t, t.TempDir())
	for query, want := range map[string]string{
		`"open`:           "not closed",
		"since:yesterday": "not a date",
		"a OR":            "OR needs",
		"OR a":            "OR needs",
		"-a OR b":         "cannot join",
		"regulator:":      "needs a value",
	} {
		_, err := x.Search(t.Context(), index.Query{Text: query})
		var qe *index.QueryError
		if !errors.As(err, &qe) || !strings.Contains(qe.Reason, want) {
			t.Errorf("%q: got %v, want %q", query, err, want)
		}
	}
}

func TestWatermarkSurvivesAndApplyingTwiceIsOnce(t *testing.T) {
	dir := t.TempDir()
	x, txt := open(t, dir)
	fill(t, x, txt)
	fill(t, x, txt)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x, _ = open(t, dir)
	if n, err := x.Count(); err != nil || n != uint64(len(shelf)) {
		t.Errorf("count %d, %v", n, err)
	}
	if w, err := x.Watermark(); err != nil || w != 7 {
		t.Errorf("watermark %d, %v", w, err)
	}
}

// A process that dies while it creates the index leaves files in any state;
// the next one starts over.
func TestAnIndexThatWasNotFinishedIsMadeAgain(t *testing.T) {
	for name, mangle := range map[string]func(dir string) error{
		"nothing but a folder": func(dir string) error { return os.RemoveAll(filepath.Join(dir, "bleve", "store")) },
		"an empty store": func(dir string) error {
			if err := os.RemoveAll(filepath.Join(dir, "bleve", "store")); err != nil {
				return err
			}
			return os.MkdirAll(filepath.Join(dir, "bleve", "store"), 0o755)
		},
		"no description": func(dir string) error { return os.Remove(filepath.Join(dir, "bleve", "index_meta.json")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			x, _ := open(t, dir)
			x.Close()
			if err := errors.Join(os.Remove(filepath.Join(dir, "VERSION")), mangle(dir)); err != nil {
				t.Fatal(err)
			}
			x, txt := open(t, dir)
			fill(t, x, txt)
		})
	}
}

func TestOpenTwiceIsBusy(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := index.Open(dir, texts{}); !errors.Is(err, index.ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
}

func TestRemoveStartsFromZero(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x, txt := open(t, dir)
	fill(t, x, txt)
	x.Close()
	if err := index.Remove(dir); err != nil {
		t.Fatal(err)
	}
	x, _ = open(t, dir)
	if w, err := x.Watermark(); err != nil || w != 0 {
		t.Errorf("watermark %d, %v", w, err)
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{`a -b "c d" OR e`, "since:2025-01-01", `"`, "稳定币", "title:\"x y\" -", "::", "a\xffb"} {
		f.Add(s)
	}
	x, txt := open(f, f.TempDir())
	fill(f, x, txt)
	f.Fuzz(func(t *testing.T, q string) {
		r, err := x.Search(t.Context(), index.Query{Text: q})
		var qe *index.QueryError
		if err != nil && !errors.As(err, &qe) {
			t.Fatalf("%q: %v", q, err)
		}
		for _, h := range r.Hits {
			for _, m := range h.Marks {
				_ = h.Snippet[m.Start:m.End]
			}
		}
	})
}
