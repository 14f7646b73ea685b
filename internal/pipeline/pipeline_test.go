package pipeline_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/pipeline"
	"github.com/regwire/regwire/llm"
	"github.com/regwire/regwire/llm/llmtest"
)

// archive is what a person might ingest: two reports of one suit, a notice in
// Chinese, a repeal.
const archive = `{"url":"https://ledger.example/suit","source":"ledger","published_at":"2023-03-27T16:00:00Z","title":"CFTC sues Binance and its founder","text":"The Commodity Futures Trading Commission sued Binance and Changpeng Zhao in Chicago on Monday.\nThe regulator says the exchange solicited American customers without registering."}
{"url":"https://harbour.example/binance","source":"harbour","published_at":"2023-03-27T18:00:00Z","title":"Binance sued by CFTC over unregistered derivatives","text":"The CFTC filed a civil enforcement action against Binance and Changpeng Zhao.\nIt seeks penalties and trading bans."}
{"url":"https://harbour.example/fdic","source":"harbour","published_at":"2025-03-28T18:00:00Z","title":"FDIC rescinds crypto notification rule","text":"The FDIC issued FIL-7-2025, which rescinds FIL-16-2022.\nBanks may engage in permissible crypto activities without prior approval."}
{"url":"https://lianxun.example/42","source":"lianxun","published_at":"2026-02-06T10:00:00Z","title":"央行等八部门发布通知防范虚拟货币风险","text":"中国人民银行等八部门印发《关于进一步防范和处置虚拟货币等相关风险的通知》（银发〔2026〕42号）。\n通知自发布之日起施行，银发〔2021〕237号同时废止。"}
`

func ingest(t *testing.T, p *pipeline.Pipeline, text string, origin corpus.Origin) pipeline.IngestResult {
	t.Helper()
	in := &pipeline.Ingest{Pipeline: p, Origin: origin}
	res, err := in.Paths(t.Context(), strings.NewReader(text), "-")
	must(t, err)
	must(t, p.Drain(t.Context()))
	return res
}

func counts(t *testing.T, db *store.DB) corpus.Counts {
	t.Helper()
	c, err := db.Counts(t.Context())
	must(t, err)
	return c
}

func TestIngestingTwiceIsOnce(t *testing.T) {
	p, db := open(t, t.TempDir())
	first := ingest(t, p, archive, corpus.OriginBackfill)
	if first.Captures != 4 || first.Known != 0 {
		t.Fatalf("first: %+v", first)
	}
	before := counts(t, db)
	again := ingest(t, p, archive, corpus.OriginBackfill)
	if again.Captures != 0 || again.Known != 4 {
		t.Errorf("again: %+v", again)
	}
	if d := cmp.Diff(before, counts(t, db)); d != "" {
		t.Error(d)
	}
}

func TestWhatIsReadOutOfAnArchive(t *testing.T) {
	p, db := open(t, t.TempDir())
	ingest(t, p, archive, corpus.OriginBackfill)
	events, err := db.Events(t.Context(), corpus.EventQuery{Types: []corpus.EventType{corpus.Enforcement}})
	must(t, err)
	if len(events) != 1 || len(events[0].Reports) != 2 {
		t.Errorf("the suit is %d events: %+v", len(events), events)
	}
	for _, want := range [][2]string{{"FIL-7-2025", "FIL-16-2022"}, {"Yinfa [2026] No. 42", "银发〔2021〕237号"}} {
		i, err := db.Instrument(t.Context(), want[0])
		must(t, err)
		old, err := db.Instrument(t.Context(), want[1])
		must(t, err)
		if len(i.Relations) != 1 || i.Relations[0].Kind != corpus.Repeals || i.Relations[0].To != old.ID || old.Status != corpus.InstrumentRepealed {
			t.Errorf("%s: %+v; %s is %s", want[0], i.Relations, want[1], old.Status)
		}
	}
}

func TestOnlyNewsAlerts(t *testing.T) {
	for origin, want := range map[corpus.Origin]bool{corpus.OriginLive: true, corpus.OriginBackfill: false} {
		p, db := open(t, t.TempDir())
		ingest(t, p, archive, origin)
		if n := counts(t, db).Notifications; (n > 0) != want {
			t.Errorf("%s: %d notifications", origin, n)
		}
	}
}

func TestABadLineStopsNothing(t *testing.T) {
	p, db := open(t, t.TempDir())
	in := &pipeline.Ingest{Pipeline: p, Origin: corpus.OriginBackfill}
	res, err := in.Paths(t.Context(), strings.NewReader("{\"url\": \"nowhere\"}\n{broken\n"+archive), "-")
	if err == nil || !strings.Contains(err.Error(), "-:1: url") || !strings.Contains(err.Error(), "-:2:") {
		t.Errorf("errors do not name the lines: %v", err)
	}
	if res.Refused != 2 || res.Captures != 4 || counts(t, db).Captures != 4 {
		t.Errorf("%+v", res)
	}
}

func TestALinesSourceIsAnIdentifier(t *testing.T) {
	p, db := open(t, t.TempDir())
	ingest(t, p, `{"url":"https://x.example/1","source":"Evil\u001b[31m Wire, Inc.","title":"A title","text":"Bitcoin rose on Monday, and nobody could say why it did that."}`, corpus.OriginBackfill)
	if _, err := db.Source(t.Context(), "evil-31m-wire-inc."); err != nil {
		list, _ := db.Sources(t.Context())
		t.Errorf("%v; known are %+v", err, list[len(list)-1])
	}
}

func TestAPageThatCannotBeReadIsParked(t *testing.T) {
	p, db := open(t, t.TempDir())
	must(t, db.Update(t.Context(), func(tx *store.Tx) error {
		for i, c := range []corpus.Capture{
			{MediaType: "application/pdf", Body: []byte("%PDF-1.7 and then nothing")},
			{MediaType: "text/html", Body: []byte("")},
			{MediaType: "text/html", Body: []byte("<h1>Notice</h1><p>Deposits of bitcoin are suspended until tomorrow morning, the exchange said in a short notice to its customers.</p>")},
		} {
			c.Source, c.Status, c.URL = pipeline.LocalSource.ID, http.StatusOK, fmt.Sprintf("https://x.example/%d", i)
			if err := tx.PutSource(pipeline.LocalSource); err != nil {
				return err
			}
			if _, _, err := tx.AddCapture(c); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, p.Drain(t.Context()))
	parked, err := db.ParkedItems(t.Context(), "parse")
	must(t, err)
	if len(parked) != 2 || counts(t, db).Articles != 1 {
		t.Errorf("parked %+v, %d articles", parked, counts(t, db).Articles)
	}
}

func TestAPageThatIsTakenDownIsWithdrawn(t *testing.T) {
	p, db := open(t, t.TempDir())
	page := corpus.Capture{
		Source: "ledger", URL: "https://ledger.example/scoop", Status: http.StatusOK, MediaType: "text/html",
		Body: []byte("<h1>SEC sues Kraken</h1><p>The Securities and Exchange Commission sued Kraken on Monday for operating an unregistered exchange.</p>"),
	}
	take := func() {
		must(t, db.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.PutSource(corpus.Source{ID: "ledger", Name: "Ledger", Kind: corpus.SourceMedia}); err != nil {
				return err
			}
			_, _, err := tx.AddCapture(page)
			return err
		}))
		must(t, p.Drain(t.Context()))
	}
	take()
	page.Status, page.Body = http.StatusGone, []byte("gone")
	take()
	events, err := db.Events(t.Context(), corpus.EventQuery{})
	must(t, err)
	if len(events) != 1 || events[0].Status != corpus.EventRetracted {
		t.Errorf("events: %+v", events)
	}
	if c := counts(t, db); c.Articles != 1 || c.Revisions != 2 {
		t.Errorf("%+v", c)
	}
}

func TestARebuiltIndexEqualsAFollowedOne(t *testing.T) {
	dir := t.TempDir()
	p, db := open(t, dir)
	ingest(t, p, archive, corpus.OriginBackfill)
	queries := []string{"", "binance", "regulator:CFTC", "虚拟货币", "instrument:FIL-7-2025", "type:enforcement"}
	x, err := index.Open(filepath.Join(dir, "again"), db)
	must(t, err)
	defer x.Close()
	var followed []string
	for _, q := range queries {
		followed = append(followed, found(t, p, q))
	}
	must(t, p.Reindex(t.Context(), x))
	for i, q := range queries {
		if again := found(t, p, q); again != followed[i] {
			t.Errorf("%q: followed %s, rebuilt %s", q, followed[i], again)
		}
		if q != "" && followed[i] == "" {
			t.Errorf("%q finds nothing", q)
		}
	}
}

// found returns the articles a query finds, in order.
func found(t *testing.T, p *pipeline.Pipeline, q string) string {
	t.Helper()
	r, err := p.Search(t.Context(), index.Query{Text: q})
	must(t, err)
	var ids []string
	for _, h := range r.Hits {
		ids = append(ids, string(h.Article))
	}
	return strings.Join(ids, " ")
}

func TestRebuildingChangesNothingThatWasRight(t *testing.T) {
	p, db := open(t, t.TempDir())
	ingest(t, p, archive, corpus.OriginLive)
	before := counts(t, db)
	must(t, p.Reparse(t.Context()))
	must(t, p.Reanalyze(t.Context()))
	report, err := p.Resignal(t.Context())
	must(t, err)
	if report.Rows == 0 || report.Equal != report.Rows || report.Corrected != 0 {
		t.Errorf("signals are not what they were: %+v", report)
	}
	if d := cmp.Diff(before, counts(t, db)); d != "" {
		t.Error(d)
	}
}

func TestHardCasesAreJudged(t *testing.T) {
	for name, tt := range map[string]struct {
		reply  llmtest.Reply
		judged bool
	}{
		"a model that answers":  {llmtest.Plausible, true},
		"a model that is down":  {llmtest.Fail(http.StatusServiceUnavailable, "busy"), false},
		"a model that is led":   {llmtest.Obey, true},
		"a model that babbles":  {llmtest.Say("certainly!"), false},
		"an endpoint that 404s": {llmtest.Fail(http.StatusNotFound, "no such model"), false},
	} {
		t.Run(name, func(t *testing.T) {
			server := llmtest.Always(tt.reply)
			judge, err := llm.New(llm.Config{URL: server.Start(t), Model: "test", Attempts: 1, Votes: 1, BelowConfidence: 1})
			must(t, err)
			p, db := open(t, t.TempDir(), func(c *pipeline.Config) { c.Judge = judge })
			ingest(t, p, archive, corpus.OriginLive)
			if len(server.Requests()) == 0 {
				t.Fatal("the model was not asked")
			}
			readings, err := db.Changes(t.Context(), 0, 100, corpus.KindAnalysis)
			must(t, err)
			parked, err := db.ParkedItems(t.Context(), "judge")
			must(t, err)
			if judged := len(readings) > 4; judged != tt.judged && len(parked) == 0 {
				t.Errorf("%d readings, %d parked", len(readings), len(parked))
			}
			if !tt.judged && len(readings) != 4 {
				t.Errorf("%d readings of 4 articles", len(readings))
			}
		})
	}
}

func TestAnUnknownFileIsNamed(t *testing.T) {
	p, _ := open(t, t.TempDir())
	in := &pipeline.Ingest{Pipeline: p, Origin: corpus.OriginBackfill}
	_, err := in.Paths(t.Context(), nil, "/nowhere/at.all", filepath.Join("testdata"))
	if err == nil || !strings.Contains(err.Error(), "/nowhere/at.all") {
		t.Errorf("got %v", err)
	}
	if errors.Is(err, corpus.ErrNotFound) {
		t.Error("a missing file is not a missing row")
	}
}
