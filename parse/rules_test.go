package parse

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

const ruledPage = `<!DOCTYPE html><html lang="en"><head><title>Portal</title></head><body>
<h1>Portal of the Office</h1>
<div class="promo"><p>Visit the exhibition on the history of coins in the lobby of the Office, every day except Monday.</p></div>
<div id="rec"><h4 class="t">Notice on wallets</h4><span class="when">published in the week of <b data-at="2026-03-05T08:00:00Z">5.3.</b></span><i class="who">Supervision Department</i>
<div class="txt"><h4>Notice on wallets</h4><p>Wallets of clients shall be kept apart.</p><div class="promo"><p>Buy the yearbook.</p></div></div>
<div class="txt"><p>Firms have until June.</p></div></div>
</body></html>`

func read(t *testing.T, page string, r corpus.Rules) Result {
	t.Helper()
	out, err := New(Config{}).Read(context.Background(), corpus.Capture{
		Source: "s", URL: "https://office.example/n/1", Status: http.StatusOK, MediaType: "text/html", Body: []byte(page), FetchedAt: time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC),
	}, corpus.Source{ID: "s", Rules: &r})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRules(t *testing.T) {
	rules := corpus.Rules{Title: "#rec > .t", Body: "#rec .txt", Date: ".when b@data-at", Author: ".who", Drop: []string{".promo", ".none", "not[a"}}
	got := read(t, ruledPage, rules)
	d := got.Drafts[0]
	if d.Title != "Notice on wallets" || d.Body() != "Wallets of clients shall be kept apart.\nFirms have until June." || len(got.Drafts) != 1 ||
		!d.PublishedAt.Equal(time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC)) || !cmp.Equal(d.Authors, []string{"Supervision Department"}) {
		t.Errorf("read as %+v", d)
	}
	if diff := cmp.Diff(map[string]bool{"title": true, "body": true, "date": true, "author": true}, got.Rules); diff != "" {
		t.Error(diff)
	}
}

// TestRulesThatStoppedMatching: what they do not find is found without them,
// and they are named.
func TestRulesThatStoppedMatching(t *testing.T) {
	redesigned := strings.NewReplacer(`class="txt"`, `class="copy"`, "data-at", "data-x").Replace(ruledPage)
	got := read(t, redesigned, corpus.Rules{Title: "#rec > .t", Body: "#rec .txt", Date: ".when b@data-at"})
	if diff := cmp.Diff(map[string]bool{"title": true, "body": false, "date": false}, got.Rules); diff != "" {
		t.Error(diff)
	}
	if d := got.Drafts[0]; d.Title != "Notice on wallets" || !strings.Contains(d.Body(), "Wallets of clients") {
		t.Errorf("without the rule it is read as %+v", d)
	}
	if got := read(t, ruledPage, corpus.Rules{}); len(got.Rules) != 0 {
		t.Errorf("no rules, and yet %v", got.Rules)
	}
}

// TestRulesAreReportedOfUnreadablePages: a page of which nothing is left says
// that too.
func TestRulesAreReportedOfUnreadablePages(t *testing.T) {
	out, err := New(Config{}).Read(context.Background(), corpus.Capture{Source: "s", URL: "https://office.example/", Status: 200, MediaType: "text/html", Body: []byte("<body><div></div></body>")},
		corpus.Source{Rules: &corpus.Rules{Body: ".txt"}})
	if !errors.Is(err, ErrNotArticle) || len(out.Rules) != 1 || out.Rules["body"] {
		t.Errorf("%v, %v", out.Rules, err)
	}
}

func TestFurtherPages(t *testing.T) {
	page := func(url, body string) corpus.Capture {
		return corpus.Capture{Source: "s", URL: url, Status: 200, MediaType: "text/html", Body: []byte("<html><body><article><h1>Report on custody</h1><p>By the Office of Supervision.</p>" + body + "<p>The Office answers questions about this report by letter.</p></article></body></html>")}
	}
	para := func(s string) string {
		return "<p>" + strings.Repeat(s+" goes on for a while and ends here. ", 6) + "</p>"
	}
	got, err := New(Config{}).Read(context.Background(), page("https://o.example/r", para("One")+para("Two")), corpus.Source{},
		page("https://o.example/r?page=2", para("Three")+para("Two")+para("Four")), corpus.Capture{Status: 500}, page("https://o.example/r?page=3", para("Five")))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, b := range got.Drafts[0].Blocks {
		order = append(order, strings.Fields(b.Text)[0])
	}
	if diff := cmp.Diff("By One Two Three Two Four Five The", strings.Join(order, " ")); diff != "" || len(got.Drafts) != 1 {
		t.Errorf("%d articles: %s", len(got.Drafts), diff)
	}
}
