package llm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sashabaranov/go-openai"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/secret"
	"github.com/regwire/regwire/llm"
	"github.com/regwire/regwire/llm/llmtest"
)

func config(url string) llm.Config {
	return llm.Config{URL: url, Model: "m1", FirstWait: time.Millisecond}
}

func analyst(t *testing.T, cfg llm.Config) *llm.Analyst {
	t.Helper()
	a, err := llm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// conform holds for every model, honest or not: what comes out is well-formed,
// and every quotation is in the article.
func conform(t *testing.T, a *llm.Analyst, text corpus.Text, local corpus.Analysis) corpus.Analysis {
	t.Helper()
	before, _ := json.Marshal(local)
	got, err := a.Judge(t.Context(), text, local)
	if err != nil {
		if llm.ReasonOf(err) == "" {
			t.Errorf("an error without a reason: %v", err)
		}
		return corpus.Analysis{}
	}
	if after, _ := json.Marshal(local); string(before) != string(after) {
		t.Error("the local reading was changed")
	}
	if got.Analyzer != a.Name() || !strings.HasSuffix(got.Version, "/"+local.Version) {
		t.Errorf("made by %q, version %q", got.Analyzer, got.Version)
	}
	in := func(what string, v, low, high float64) {
		if !(v >= low && v <= high) {
			t.Errorf("%s is %v", what, v)
		}
	}
	verbatim := func(quotes []string) {
		for _, q := range quotes {
			if !strings.Contains(text.Full(), q) {
				t.Errorf("not in the article: %q", q)
			}
		}
	}
	in("confidence", got.Confidence, 0, 1)
	in("score", got.Score, -1, 1)
	for _, s := range got.Sentiments {
		in("score of "+s.Target, s.Score, -1, 1)
		in("confidence of "+s.Target, s.Confidence, 0, 1)
		in("relevance of "+s.Target, s.Relevance, 0, 1)
		verbatim(s.Evidence)
	}
	for _, e := range got.Events {
		if !slices.Contains(corpus.EventTypes(), e.Type) || e.Severity.Rank() < 0 {
			t.Errorf("%s, %s", e.Type, e.Severity)
		}
		in("stance", e.Stance, -1, 1)
		in("confidence of the event", e.Confidence, 0, 1)
		verbatim(e.Evidence)
		for _, id := range e.Instruments {
			if !slices.ContainsFunc(local.Instruments, func(r corpus.InstrumentReading) bool { return r.ID == id }) {
				t.Errorf("instrument %q out of nowhere", id)
			}
		}
	}
	return got
}

func TestConformance(t *testing.T) {
	text, local := llmtest.Article()
	t.Run("plausible", func(t *testing.T) {
		conform(t, analyst(t, config(llmtest.New().Start(t))), text, local)
	})
	for _, name := range llmtest.Answers() {
		t.Run(name, func(t *testing.T) {
			conform(t, analyst(t, config(llmtest.Always(llmtest.Say(llmtest.Answer(name))).Start(t))), text, local)
		})
	}
	t.Run("real", func(t *testing.T) {
		url := os.Getenv("REGWIRE_TEST_LLM_URL")
		if url == "" {
			t.Skip("REGWIRE_TEST_LLM_URL is not set: no real endpoint to try")
		}
		a := analyst(t, llm.Config{URL: url, Model: os.Getenv("REGWIRE_TEST_LLM_MODEL"), APIKey: secret.Text(os.Getenv("REGWIRE_TEST_LLM_KEY"))})
		got := conform(t, a, text, local)
		if len(got.Events) == 0 || got.Events[0].Type != corpus.Repeal {
			t.Errorf("events %+v", got.Events)
		}
	})
}

func TestJudge(t *testing.T) {
	text, local := llmtest.Article()
	server := llmtest.Always(llmtest.Say(llmtest.Answer("good")))
	got := conform(t, analyst(t, config(server.Start(t))), text, local)
	want := local
	want.Analyzer, want.Version = "llm:m1", "p1.3/7"
	want.Regulatory, want.Confidence, want.Score, want.Label = true, 0.9, 0.4, 1
	quote := "The letter rescinds FIL-16-2022 and takes effect on March 28, 2025."
	want.Events = []corpus.EventReading{{
		Type: corpus.Repeal, Stance: 0.7, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: 0.9,
		Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"FDIC"}, Assets: []string{"BTC"}, Exchanges: []string{},
		Instruments: []corpus.InstrumentID{"FIL-7-2025", "FIL-16-2022"},
		EffectiveAt: time.Date(2025, 3, 28, 0, 0, 0, 0, time.UTC), Evidence: []string{quote},
	}}
	want.Sentiments = []corpus.Sentiment{
		{Target: "BTC", Kind: corpus.EntityAsset, Score: 0.5, Confidence: 0.8, Relevance: 0.4, Evidence: []string{"Traders in Bitcoin welcomed the step"}},
		local.Sentiments[1],
		{Target: "market", Kind: corpus.EntityMarket, Score: 0.4, Confidence: 0.7, Relevance: 1, Evidence: []string{quote}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests for 3 votes", n)
	}
	for i, r := range server.Requests() {
		if r.Format != "json_schema" || r.Model != "m1" || i > 0 && r.Seed == server.Requests()[0].Seed {
			t.Errorf("request %+v", r)
		}
	}
}

func TestVotes(t *testing.T) {
	text, local := llmtest.Article()
	say := func(names ...string) []llmtest.Reply {
		var script []llmtest.Reply
		for _, n := range names {
			script = append(script, llmtest.Say(llmtest.Answer(n)))
		}
		return script
	}
	judge := func(t *testing.T, names ...string) (corpus.Analysis, error) {
		return analyst(t, config(llmtest.New(say(names...)...).Start(t))).Judge(t.Context(), text, local)
	}
	t.Run("agreement keeps confidence", func(t *testing.T) {
		got, err := judge(t, "good", "good", "good")
		if err != nil || got.Confidence != 0.9 || got.Events[0].Confidence != 0.9 {
			t.Errorf("%v, %+v", err, got)
		}
	})
	t.Run("the majority decides and the median counts", func(t *testing.T) {
		got, err := judge(t, "good", "good-milder", "good-otherwise")
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Events) != 1 || got.Events[0].Type != corpus.Repeal || got.Events[0].Stance != 0.5 || got.Events[0].Severity != corpus.SeverityMedium {
			t.Errorf("events %+v", got.Events)
		}
		if got.Score != 0.4 {
			t.Errorf("score %v, want the median of 0.4, 0.4 and -0.4", got.Score)
		}
		if got.Confidence >= 0.9*0.9 || got.Events[0].Confidence >= 0.9*0.67 {
			t.Errorf("disagreement left the confidence at %v and %v", got.Confidence, got.Events[0].Confidence)
		}
	})
	t.Run("different numbers lower confidence", func(t *testing.T) {
		got, err := judge(t, "good", "good-milder", "good-milder")
		if err != nil || got.Events[0].Confidence != 0.72 || got.Sentiments[0].Confidence != 0.72 {
			t.Errorf("%v, %v and %v, want 0.8 less a tenth", err, got.Events[0].Confidence, got.Sentiments[0].Confidence)
		}
	})
	t.Run("one bad answer is outvoted", func(t *testing.T) {
		got, err := judge(t, "good", "prose", "good")
		if err != nil || got.Events[0].Type != corpus.Repeal {
			t.Errorf("%v, %+v", err, got.Events)
		}
	})
	t.Run("two bad answers decide nothing", func(t *testing.T) {
		if _, err := judge(t, "prose", "extra-field", "good"); llm.ReasonOf(err) != llm.ReasonSchema {
			t.Errorf("%v", err)
		}
	})
	t.Run("invented quotations void the claims", func(t *testing.T) {
		got, err := judge(t, "invented-quotes", "invented-quotes", "invented-quotes")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(local.Events, got.Events); d != "" {
			t.Errorf("the event was believed: %s", d)
		}
		if got.Sentiments[0].Score != local.Sentiments[0].Score {
			t.Errorf("the sentiment was believed: %+v", got.Sentiments[0])
		}
	})
	t.Run("invented names are left out", func(t *testing.T) {
		got, err := judge(t, "invented-names", "invented-names", "invented-names")
		if err != nil {
			t.Fatal(err)
		}
		e := got.Events[0]
		if d := cmp.Diff([]any{[]string{"FDIC"}, []corpus.InstrumentID{"FIL-7-2025"}, []string{"BTC"}, []string{}, []corpus.Jurisdiction{"US"}},
			[]any{e.Regulators, e.Instruments, e.Assets, e.Exchanges, e.Jurisdictions}); d != "" {
			t.Error(d)
		}
		if !e.EffectiveAt.IsZero() || !e.CommentsCloseAt.IsZero() {
			t.Errorf("dates the article does not state: %v, %v", e.EffectiveAt, e.CommentsCloseAt)
		}
	})
	t.Run("nothing to say is an answer", func(t *testing.T) {
		got, err := judge(t, "empty", "empty", "empty")
		if err != nil || len(got.Events) != 0 {
			t.Errorf("%v, %+v", err, got.Events)
		}
	})
}

func TestAnswersThatBreakTheSchema(t *testing.T) {
	text, local := llmtest.Article()
	for _, name := range []string{"unknown-type", "unknown-status", "out-of-range", "missing-field", "extra-field", "wrong-type", "cut-off", "two-objects", "prose"} {
		t.Run(name, func(t *testing.T) {
			_, err := analyst(t, config(llmtest.Always(llmtest.Say(llmtest.Answer(name))).Start(t))).Judge(t.Context(), text, local)
			if llm.ReasonOf(err) != llm.ReasonSchema {
				t.Errorf("%v", err)
			}
		})
	}
	for _, name := range []string{"fenced", "thinking"} {
		t.Run(name, func(t *testing.T) {
			if _, err := analyst(t, config(llmtest.Always(llmtest.Say(llmtest.Answer(name))).Start(t))).Judge(t.Context(), text, local); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestEndpointTrouble says for each way an endpoint can fail what is made of
// it, and how often it is tried.
func TestEndpointTrouble(t *testing.T) {
	text, local := llmtest.Article()
	good := llmtest.Say(llmtest.Answer("good"))
	for name, c := range map[string]struct {
		script   []llmtest.Reply
		want     llm.Reason
		requests int
	}{
		"busy, then well":    {[]llmtest.Reply{llmtest.Fail(500, "busy"), llmtest.Fail(503, "busy"), good}, llm.ReasonJudged, 3},
		"busy":               {[]llmtest.Reply{llmtest.Fail(500, "a"), llmtest.Fail(500, "b"), llmtest.Fail(502, "c")}, llm.ReasonServer, 3},
		"too many requests":  {[]llmtest.Reply{llmtest.After("0"), llmtest.After("0"), good}, llm.ReasonJudged, 3},
		"come back tomorrow": {[]llmtest.Reply{llmtest.After("86400")}, llm.ReasonLimited, 1},
		"wrong key":          {[]llmtest.Reply{llmtest.Fail(401, "bad key")}, llm.ReasonDenied, 1},
		"no such model":      {[]llmtest.Reply{llmtest.Fail(404, "no such model")}, llm.ReasonRequest, 1},
		"too long":           {[]llmtest.Reply{llmtest.Fail(400, "maximum context length is 4096 tokens")}, llm.ReasonRequest, 1},
		"not JSON":           {[]llmtest.Reply{llmtest.Raw(200, "<html>hello")}, llm.ReasonProtocol, 1},
		"an error page":      {[]llmtest.Reply{llmtest.Raw(502, "<html>bad gateway"), good}, llm.ReasonJudged, 2},
		"no choices":         {[]llmtest.Reply{llmtest.Raw(200, `{"choices":[]}`)}, llm.ReasonProtocol, 1},
		"endless":            {[]llmtest.Reply{llmtest.Raw(200, `{"id":"`+strings.Repeat("x", 2<<20))}, llm.ReasonProtocol, 1},
		"a redirect":         {[]llmtest.Reply{redirect, redirect, redirect}, llm.ReasonServer, 3},
		"cut off":            {[]llmtest.Reply{llmtest.Complete(openai.ChatCompletionChoice{FinishReason: openai.FinishReasonLength})}, llm.ReasonCut, 1},
		"refused":            {[]llmtest.Reply{llmtest.Complete(openai.ChatCompletionChoice{Message: openai.ChatCompletionMessage{Refusal: "no"}})}, llm.ReasonRefused, 1},
		"knows no schema":    {[]llmtest.Reply{llmtest.OnlyFormat("json_object", good), llmtest.OnlyFormat("json_object", good)}, llm.ReasonJudged, 2},
		"knows no format":    {[]llmtest.Reply{llmtest.OnlyFormat("", good), llmtest.OnlyFormat("", good), llmtest.OnlyFormat("", good)}, llm.ReasonJudged, 3},
	} {
		t.Run(name, func(t *testing.T) {
			server := llmtest.New(c.script...)
			cfg := config(server.Start(t))
			cfg.Votes = 1
			_, err := analyst(t, cfg).Judge(t.Context(), text, local)
			if llm.ReasonOf(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if n := len(server.Requests()); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
		})
	}
}

func redirect(w http.ResponseWriter, r *http.Request, _ llmtest.Request) {
	http.Redirect(w, r, "http://elsewhere.example/", http.StatusTemporaryRedirect)
}

func TestFormatIsRemembered(t *testing.T) {
	text, local := llmtest.Article()
	server := llmtest.Always(llmtest.OnlyFormat("json_object", llmtest.Say(llmtest.Answer("good"))))
	cfg := config(server.Start(t))
	cfg.Votes, cfg.Cache = 1, llm.NewMemoryCache(1)
	a := analyst(t, cfg)
	conform(t, a, text, local)
	text.Body += "\nMore."
	conform(t, a, text, local)
	var formats []string
	for _, r := range server.Requests() {
		formats = append(formats, r.Format)
		if holds := strings.Contains(r.System, `"comments_close_at"`); r.Format == "json_object" && !strings.Contains(r.System, "The schema:") || !holds && r.Format == "json_object" {
			t.Error("a schema that is not enforced has to be told")
		}
	}
	if d := cmp.Diff([]string{"json_schema", "json_object", "json_object"}, formats); d != "" {
		t.Error(d)
	}
}

// direct answers requests without a network, so that time can stand still.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	done := make(chan struct{})
	go func() { defer close(done); d.ServeHTTP(w, r) }()
	<-done
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func TestWaits(t *testing.T) {
	text, local := llmtest.Article()
	good := llmtest.Say(llmtest.Answer("good"))
	judge := func(t *testing.T, ctx context.Context, cfg llm.Config, script ...llmtest.Reply) (time.Duration, error) {
		cfg.URL, cfg.Model, cfg.Votes = "http://127.0.0.1/v1", "m1", 1
		cfg.Client = &http.Client{Transport: direct{llmtest.New(script...)}}
		begun := time.Now()
		_, err := analyst(t, cfg).Judge(ctx, text, local)
		return time.Since(begun), err
	}
	for name, test := range map[string]func(*testing.T){
		"as long as the endpoint says": func(t *testing.T) {
			took, err := judge(t, t.Context(), llm.Config{}, llmtest.After("17"), good)
			if err != nil || took != 17*time.Second {
				t.Errorf("%v, %v", took, err)
			}
		},
		"until the date the endpoint says": func(t *testing.T) {
			at := time.Now().Add(40 * time.Second).UTC().Format(http.TimeFormat)
			took, err := judge(t, t.Context(), llm.Config{}, llmtest.After(at), good)
			if err != nil || took < 39*time.Second || took > 40*time.Second {
				t.Errorf("%v, %v", took, err)
			}
		},
		"no longer than the timeout": func(t *testing.T) {
			took, err := judge(t, t.Context(), llm.Config{Attempts: 1, Timeout: 5 * time.Second}, llmtest.Stall)
			if llm.ReasonOf(err) != llm.ReasonTimeout || took != 5*time.Second {
				t.Errorf("%v, %v", took, err)
			}
		},
		"until the caller gives up": func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			took, err := judge(t, ctx, llm.Config{}, llmtest.Stall)
			if llm.ReasonOf(err) != llm.ReasonCancelled || took != 3*time.Second {
				t.Errorf("%v, %v", took, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
}

func TestCache(t *testing.T) {
	text, local := llmtest.Article()
	server := llmtest.Always(llmtest.Say(llmtest.Answer("good")))
	cfg := config(server.Start(t))
	cfg.Cache = llm.NewMemoryCache(10)
	first := conform(t, analyst(t, cfg), text, local)
	second := conform(t, analyst(t, cfg), text, local)
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests for one text read twice", n)
	}
	other := cfg
	other.Model = "m2"
	conform(t, analyst(t, other), text, local)
	text.Body += " More."
	conform(t, analyst(t, cfg), text, local)
	if n := len(server.Requests()); n != 9 {
		t.Errorf("%d requests: another model and another text are other questions", n)
	}
}

// poisoned is a cache that others can write to.
type poisoned struct{ value []byte }

func (p poisoned) Get(context.Context, string) ([]byte, bool, error) { return p.value, true, nil }
func (p poisoned) Put(context.Context, string, []byte) error         { return errors.New("read-only") }

func TestCacheIsNotTrusted(t *testing.T) {
	text, local := llmtest.Article()
	for _, value := range []string{"", "[]", `["{}","{}","{}"]`, "\x00", `["` + strings.Repeat("x", 100) + `"]`} {
		server := llmtest.Always(llmtest.Say(llmtest.Answer("good")))
		cfg := config(server.Start(t))
		cfg.Cache = poisoned{[]byte(value)}
		if conform(t, analyst(t, cfg), text, local); len(server.Requests()) != 3 {
			t.Errorf("%q was taken for answers", value)
		}
	}
}

func TestBudget(t *testing.T) {
	text, local := llmtest.Article()
	now := time.Date(2026, 1, 5, 23, 0, 0, 0, time.UTC)
	server := llmtest.Always(llmtest.Say(llmtest.Answer("good")))
	cfg := config(server.Start(t))
	cfg.Votes, cfg.Cache, cfg.Clock = 1, llm.NewMemoryCache(1), func() time.Time { return now }
	cfg.Budget = llm.Budget{TokensPerDay: 5000, CostPerDay: 1, InputPrice: 10, OutputPrice: 30}
	a := analyst(t, cfg)
	read := func(n int) llm.Reason {
		text := text
		text.Body += fmt.Sprint("\n", n)
		_, err := a.Judge(t.Context(), text, local)
		return llm.ReasonOf(err)
	}
	if got := read(1); got != llm.ReasonJudged {
		t.Fatal(got)
	}
	spent := a.Spent()
	if spent.Tokens < 500 || spent.Tokens > 2500 || spent.Cost <= 0 {
		t.Errorf("spent %+v", spent)
	}
	n := 2
	for ; read(n) == llm.ReasonJudged && n < 100; n++ {
	}
	if got := read(n); got != llm.ReasonBudget || a.Spent().Tokens > 5000 {
		t.Errorf("%s after %+v", got, a.Spent())
	}
	asked := len(server.Requests())
	if read(n); len(server.Requests()) != asked {
		t.Error("asked without a budget")
	}
	now = now.Add(2 * time.Hour)
	if got := read(n); got != llm.ReasonJudged {
		t.Errorf("a new day: %s", got)
	}
}

func TestWhatWasRefusedCostsNothing(t *testing.T) {
	text, local := llmtest.Article()
	cfg := config(llmtest.Always(llmtest.Fail(429, "no")).Start(t))
	cfg.Budget = llm.Budget{TokensPerDay: 100_000}
	a := analyst(t, cfg)
	a.Judge(t.Context(), text, local)
	if a.Spent().Tokens != 0 {
		t.Errorf("%+v", a.Spent())
	}
}

func TestKeyStaysSecret(t *testing.T) {
	text, local := llmtest.Article()
	const key = "sk-very-secret"
	var log strings.Builder
	server := llmtest.New(llmtest.Fail(401, "Incorrect API key provided: "+key+"\r\nset-cookie: x"))
	cfg := config(server.Start(t))
	cfg.Votes, cfg.APIKey, cfg.Logger = 1, key, logger(&log)
	_, err := analyst(t, cfg).Judge(t.Context(), text, local)
	if llm.ReasonOf(err) != llm.ReasonDenied || server.Requests()[0].Key != key {
		t.Fatalf("%v; sent %q", err, server.Requests()[0].Key)
	}
	for _, s := range []string{err.Error(), log.String(), fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg.APIKey)} {
		if strings.Contains(s, key) || strings.Contains(s, "Bitcoin") || strings.ContainsAny(strings.TrimSpace(s), "\r") {
			t.Errorf("shows too much: %s", s)
		}
	}
}

func TestMetrics(t *testing.T) {
	text, local := llmtest.Article()
	registry := prometheus.NewRegistry()
	cfg := config(llmtest.Always(llmtest.Say(llmtest.Answer("invented-quotes"))).Start(t))
	cfg.Registry = registry
	conform(t, analyst(t, cfg), text, local)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			values[f.GetName()] += m.GetCounter().GetValue()
		}
	}
	for name, want := range map[string]float64{
		"regwire_llm_voided_claims_total": 6, "regwire_llm_requests_total": 3, "regwire_llm_judgements_total": 1,
	} {
		if values[name] != want {
			t.Errorf("%s is %v, want %v", name, values[name], want)
		}
	}
	if values["regwire_llm_tokens_total"] == 0 {
		t.Error("no tokens counted")
	}
}
