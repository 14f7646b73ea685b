package pipeline_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/pipeline"
)

// fetch stores a capture of a page of the office and lets the stages work.
func fetch(t *testing.T, p *pipeline.Pipeline, db *store.DB, c corpus.Capture) {
	t.Helper()
	c.Source, c.Status, c.MediaType = "office", http.StatusOK, "text/html"
	must(t, db.Update(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.AddCapture(c)
		return err
	}))
	must(t, p.Drain(t.Context()))
}

func office(rules *corpus.Rules) func(*pipeline.Config) {
	return func(c *pipeline.Config) {
		c.Sources = append(c.Sources, corpus.Source{ID: "office", Name: "Office of Supervision", Kind: corpus.SourceRegulator, Jurisdiction: "GB", Regulator: "OoS", Rules: rules})
	}
}

// TestChurnIsNoRevision follows a page through captures in which its stamps
// move, then one figure that always does, then its rule.
func TestChurnIsNoRevision(t *testing.T) {
	p, db := open(t, t.TempDir(), office(nil))
	page := func(hour int, held int, limit, stamp string) {
		t.Helper()
		fetch(t, p, db, corpus.Capture{
			URL: "https://office.example/rule", FetchedAt: time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC),
			Body: fmt.Appendf(nil, `<html><body><article><h1>Rule on the custody of tokens</h1><p>Firms shall keep %s per cent of the tokens of clients apart from their own.</p><p>At present %d accounts are held with firms that the Office supervises.</p><p>The Office inspects every firm once a year and publishes what it has found.</p><p>Last updated: %s</p></article></body></html>`, limit, held, stamp),
		})
	}
	want := func(n int, why string) {
		t.Helper()
		if got := counts(t, db).Revisions; got != int64(n) {
			t.Fatalf("%s: %d revisions, want %d", why, got, n)
		}
	}
	page(1, 100, "90", "1 March 2026, 01:00")
	want(1, "the first capture")
	page(2, 100, "90", "1 March 2026, 02:00")
	want(1, "a stamp")
	page(3, 101, "90", "1 March 2026, 03:00")
	want(2, "a figure not known to be restless")
	page(4, 102, "90", "1 March 2026, 04:00")
	want(3, "the same once more")
	page(5, 103, "90", "1 March 2026, 05:00")
	want(4, "and again: three captures of the past do not all differ")
	page(6, 104, "90", "1 March 2026, 06:00")
	page(7, 105, "90", "1 March 2026, 07:00")
	n := counts(t, db).Revisions
	page(8, 106, "90", "1 March 2026, 08:00")
	want(int(n), "a figure that moved in every capture")
	if n > 5 {
		t.Errorf("%d revisions before the figure was known", n)
	}
	page(9, 107, "80", "1 March 2026, 09:00")
	want(int(n)+1, "the rule")
	// What shows the change leaves out the figure that moved with it.
	revisions, err := db.Revisions(t.Context(), corpus.NewArticleID("office", "https://office.example/rule", ""))
	must(t, err)
	changed := redline.Of(revisions[n-1].Draft, revisions[n].Draft)
	if len(changed) != 1 || !strings.Contains(changed[0].String(), "[-90-]{+80+}") {
		t.Errorf("shown with the rule: %v", changed)
	}
}

// TestRulesAreKept: what became of a source's selectors is in its state.
func TestRulesAreKept(t *testing.T) {
	p, db := open(t, t.TempDir(), office(&corpus.Rules{Title: "h2.t", Body: ".txt"}))
	for i, class := range []string{"txt", "copy", "copy", "copy"} {
		fetch(t, p, db, corpus.Capture{
			URL: fmt.Sprintf("https://office.example/%d", i), FetchedAt: time.Date(2026, 3, 1+i, 0, 0, 0, 0, time.UTC),
			Body: fmt.Appendf(nil, `<html><body><h2 class="t">Notice %d</h2><div class="%s"><p>%s</p></div></body></html>`, i, class, strings.Repeat("Firms shall keep tokens apart. ", 8)),
		})
	}
	st, err := db.SourceState(t.Context(), "office")
	must(t, err)
	if len(st.Rules) != 2 || st.Rules[0].Rule != "body" || !st.Rules[0].Broken() || st.Rules[0].Failures != 3 || st.Rules[1].Broken() {
		t.Errorf("%+v", st.Rules)
	}
	if st.Rules[0].URL != "https://office.example/3" {
		t.Errorf("the page it failed on is %s", st.Rules[0].URL)
	}
	if n := counts(t, db).Articles; n != 4 {
		t.Errorf("%d articles: a broken rule must not lose one", n)
	}
}

// TestFurtherPagesAreJoined: the pages of an article make one text, whichever
// of them is the newest.
func TestFurtherPagesAreJoined(t *testing.T) {
	p, db := open(t, t.TempDir(), office(nil))
	page := func(url, body string, it corpus.Item) {
		t.Helper()
		fetch(t, p, db, corpus.Capture{
			URL: url, Item: it, FetchedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
			Body: fmt.Appendf(nil, `<html><body><article><h1>Rule on the custody of tokens</h1><p>%s</p></article></body></html>`, strings.Repeat(body+" ", 12)),
		})
	}
	const first, second = "https://office.example/rule", "https://office.example/rule?page=2"
	page(second, "Firms shall report losses.", corpus.Item{URL: second, PageOf: first})
	if n := counts(t, db).Articles; n != 0 {
		t.Fatalf("%d articles of a further page alone", n)
	}
	page(first, "Firms shall keep tokens apart.", corpus.Item{URL: first, Pages: []string{second, first + "?page=3"}}) // the third was never captured
	id := corpus.NewArticleID("office", first, "")
	body := func() string {
		r, err := db.LatestRevision(t.Context(), id)
		must(t, err)
		return r.Body()
	}
	if got := body(); !strings.Contains(got, "apart") || !strings.Contains(got, "losses") {
		t.Errorf("joined: %s", got)
	}
	page(second, "Firms may report losses.", corpus.Item{URL: second, PageOf: first, Pages: []string{second}})
	if got := body(); !strings.Contains(got, "apart") || !strings.Contains(got, "may report") || strings.Contains(got, "shall report") {
		t.Errorf("joined again: %s", got)
	}
	if c := counts(t, db); c.Articles != 1 || c.Revisions != 2 {
		t.Errorf("%d articles, %d revisions", c.Articles, c.Revisions)
	}
}

// TestEvidenceInAPDFHasItsPage: what an event was read from in a PDF is known
// by page, from the file to the report.
func TestEvidenceInAPDFHasItsPage(t *testing.T) {
	p, db := open(t, t.TempDir(), office(nil))
	must(t, db.Update(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.AddCapture(corpus.Capture{
			Source: "office", URL: "https://office.example/order.pdf", Status: http.StatusOK, MediaType: "application/pdf", FetchedAt: time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC), Origin: corpus.OriginLive,
			Body: filePDF(
				[]string{"Order of the Office of Supervision", "The Office of Supervision (OoS) supervises firms in the United Kingdom that keep crypto assets."},
				[]string{"The OoS sued Binance in the High Court for operating an unregistered crypto exchange.", "It asks the court to ban the firm."},
			),
		})
		return err
	}))
	must(t, p.Drain(t.Context()))
	events, err := db.Events(t.Context(), corpus.EventQuery{})
	must(t, err)
	if len(events) == 0 {
		t.Fatal("nothing was read out of the file")
	}
	for _, e := range events {
		for _, r := range e.Reports {
			for i, said := range r.Evidence {
				want := 1
				if strings.Contains(said, "sued") || strings.Contains(said, "court") {
					want = 2
				}
				if len(r.Pages) != len(r.Evidence) || r.Pages[i] != want {
					t.Errorf("%q is said to be on pages %v, want %d", said, r.Pages, want)
				}
			}
		}
	}
}

// filePDF writes a small PDF: pages of lines of text.
func filePDF(pages ...[]string) []byte {
	var b strings.Builder
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), fmt.Sprintf(format, args...))
	}
	b.WriteString("%PDF-1.4\n")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count %d /Kids [ %s] >>", len(pages), kids.String())
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126 /Widths [ %s] >>", strings.Repeat("500 ", 95))
	for i, page := range pages {
		var s strings.Builder
		for k, l := range page {
			fmt.Fprintf(&s, "BT /F1 11 Tf 1 0 0 1 72 %d Tm (%s) Tj ET\n", 760-40*k, strings.NewReplacer("(", `\(`, ")", `\)`).Replace(l))
		}
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", 5+2*i)
		object("<< /Length %d >>\nstream\n%sendstream", s.Len(), s.String())
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, at)
	return []byte(b.String())
}

// TestAnItemTakenOffItsPageIsWithdrawn follows a page of several notices: one
// comes and one rolls off, then one is taken off, then put back.
func TestAnItemTakenOffItsPageIsWithdrawn(t *testing.T) {
	p, db := open(t, t.TempDir(), office(nil))
	const list = "https://office.example/notices"
	notice := func(day int) string {
		return fmt.Sprintf(`<section id="n%d"><h2>Notice number %d on the custody of tokens</h2><p class="date">%d March 2026</p><p>%s</p></section>`, day, day, day,
			strings.Repeat(fmt.Sprintf("The Office of Supervision tells firms of rule %d on how they shall keep the tokens of their clients. ", day), 5))
	}
	var hour int
	page := func(days ...int) {
		t.Helper()
		var b strings.Builder
		for _, d := range days {
			b.WriteString(notice(d))
		}
		hour++
		fetch(t, p, db, corpus.Capture{
			URL: list, FetchedAt: time.Date(2026, 3, 20, hour, 0, 0, 0, time.UTC),
			Body: []byte(`<html><body><main><h1>Notices of the Office</h1>` + b.String() + `</main></body></html>`),
		})
	}
	status := func(day int) (corpus.RevisionStatus, int) {
		t.Helper()
		r, err := db.LatestRevision(t.Context(), corpus.NewArticleID("office", list, fmt.Sprintf("n%d", day)))
		must(t, err)
		return r.Status, r.N
	}
	page(14, 13, 12, 11)
	page(15, 14, 13, 12)
	if c := counts(t, db); c.Revisions != 5 {
		t.Fatalf("%d revisions of five notices, one of which rolled off", c.Revisions)
	}
	page(15, 13, 12)
	if s, n := status(14); s != corpus.StatusWithdrawn || n != 2 {
		t.Errorf("the notice taken off: %s, revision %d", s, n)
	}
	page(15, 14, 13, 12)
	if s, n := status(14); s != corpus.StatusPublished || n != 3 {
		t.Errorf("the notice put back: %s, revision %d", s, n)
	}
	if c := counts(t, db); c.Revisions != 7 {
		t.Errorf("%d revisions, not 7", c.Revisions)
	}
}
