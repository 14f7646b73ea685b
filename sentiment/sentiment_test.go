package sentiment

import (
	"bufio"
	"bytes"
	order "cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/text"
)

func analyzer(t testing.TB) *Analyzer {
	t.Helper()
	a, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestHeadlines guards the reading of our own headlines: it fails on a real
// drop, not on one headline.
func TestHeadlines(t *testing.T) {
	b, err := os.ReadFile("testdata/headlines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	a := analyzer(t)
	right, turned, all := 0, 0, 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "\t")
		gold, err := strconv.Atoi(f[0])
		if err != nil || len(f) != 3 {
			t.Fatalf("%q: %v", line, err)
		}
		an := a.Analyze(corpus.Text{Title: f[2], Target: f[1]})
		all++
		switch {
		case an.Label == gold:
			right++
		case an.Label*gold < 0:
			turned++
			fallthrough
		default:
			t.Logf("%+d for %s, read as %+.2f: %s", gold, f[1], an.Score, f[2])
		}
	}
	if share := float64(right) / float64(all); share < 0.85 || turned > all/25 {
		t.Errorf("%d of %d right, want 85 %%; %d with the sign turned, want at most %d", right, all, turned, all/25)
	}
}

func TestAnalyze(t *testing.T) {
	an := analyzer(t).Analyze(corpus.Text{
		Title: "SEC sues Binance as bitcoin slides 5%",
		Body:  "The U.S. Securities and Exchange Commission on Monday sued Binance for running an unregistered exchange.\nBitcoin fell 5% to $25,800. Ether was little changed.",
	})
	if an.Analyzer != Name || an.Version == "" || an.Lang != "en" || an.Label != -1 || !an.Regulatory {
		t.Errorf("analysis %+v", an)
	}
	byTarget := map[string]corpus.Sentiment{}
	for _, s := range an.Sentiments {
		byTarget[s.Target] = s
	}
	if s := byTarget["binance"]; s.Score > -0.4 || s.Kind != corpus.EntityExchange || len(s.Evidence) == 0 || !strings.Contains(s.Evidence[0], "sue") {
		t.Errorf("Binance: %+v", s)
	}
	if s := byTarget["BTC"]; s.Score > -0.4 {
		t.Errorf("BTC: %+v", s)
	}
	if b, e := byTarget["BTC"], byTarget["ETH"]; e.Score < b.Score/2 {
		t.Errorf("ETH %.2f should be far milder than BTC %.2f", e.Score, b.Score)
	}
	if len(an.Events) == 0 || an.Events[0].Type != corpus.Enforcement {
		t.Errorf("events %+v", an.Events)
	}
}

func TestTargets(t *testing.T) {
	a := analyzer(t)
	text := corpus.Text{Title: "Nifty 50 gains while Globex plunges on fraud; bitcoin rallies"}
	for _, c := range []struct {
		target, id string
		kind       corpus.EntityKind
		label      int
	}{
		{"Nifty 50", "Nifty 50", corpus.EntityOrganisation, 1},
		{"Globex", "Globex", corpus.EntityOrganisation, -1},
		{"$BTC", "BTC", corpus.EntityAsset, 1},
		{"Bitcoin", "BTC", corpus.EntityAsset, 1},
		{"比特币", "BTC", corpus.EntityAsset, 1},
	} {
		text.Target = c.target
		an := a.Analyze(text)
		s := an.Sentiments[0]
		if s.Target != c.id || s.Kind != c.kind || an.Label != c.label || an.Score != s.Score {
			t.Errorf("%s: label %d, first sentiment %+v", c.target, an.Label, s)
		}
	}
	text.Target = "Umbrella"
	absent := a.Analyze(text)
	text.Target = ""
	whole := a.Analyze(text)
	if absent.Score != whole.Score || absent.Confidence >= whole.Confidence || absent.Sentiments[0].Relevance != 0 {
		t.Errorf("a target that is not there: %+v, the whole: %v (%v)", absent.Sentiments[0], whole.Score, whole.Confidence)
	}
}

func TestTargetThatOnlyLooksLikeAnEntity(t *testing.T) {
	an := analyzer(t).Analyze(corpus.Text{Title: "Sky gains subscribers as profit jumps", Target: "Sky"})
	if s := an.Sentiments[0]; s.Target != "Sky" || s.Kind != corpus.EntityOrganisation || an.Label != 1 {
		t.Errorf("the broadcaster is no token: %+v", s)
	}
}

func TestJurisdictions(t *testing.T) {
	a := analyzer(t)
	for title, label := range map[string]int{
		"China bans all cryptocurrency transactions":         -1,
		"SEC rescinds SAB 121, freeing banks to hold crypto": 1,
	} {
		an := a.Analyze(corpus.Text{Title: title})
		i := slices.IndexFunc(an.Sentiments, func(s corpus.Sentiment) bool { return s.Kind == corpus.EntityJurisdiction })
		if i < 0 {
			t.Errorf("%s: no jurisdiction among %+v", title, an.Sentiments)
		} else if s := an.Sentiments[i]; s.Score*float64(label) < 0.3 {
			t.Errorf("%s: %+v", title, s)
		}
	}
}

func TestChinese(t *testing.T) {
	an := analyzer(t).Analyze(corpus.Text{Title: "美联储加息预期降温，加密货币市场迎来利好"})
	if an.Lang != "zh" || an.Score < 0.6 || an.Sentiments[0].Target != "market" {
		t.Errorf("score %v, sentiments %+v", an.Score, an.Sentiments)
	}
	if an.Entities[0].ID != "us-fed" || an.Entities[0].Name != "Fed" {
		t.Errorf("entities %+v", an.Entities)
	}
}

func TestAddedEntities(t *testing.T) {
	a, err := New(Config{Entities: []entity.Definition{{Kind: corpus.EntityExchange, ID: "acme", Name: "Acme", Aliases: []string{"acme exchange"}}}})
	if err != nil {
		t.Fatal(err)
	}
	an := a.Analyze(corpus.Text{Title: "Acme Exchange hacked, funds stolen"})
	if len(an.Sentiments) == 0 || an.Sentiments[0].Target != "acme" || an.Sentiments[0].Score > -0.4 {
		t.Errorf("sentiments %+v", an.Sentiments)
	}
	if _, err := New(Config{Entities: []entity.Definition{{Kind: "planet", ID: "x"}}}); !errors.Is(err, entity.ErrDefinition) {
		t.Errorf("a bad definition: %v", err)
	}
}

func TestReferencesCarryTheScore(t *testing.T) {
	a := analyzer(t)
	named := corpus.Text{Title: "Kraken and Binance publish reports", Body: "Binance kept its margin. The exchange lost customers and collapsed into insolvency."}
	score := func(t corpus.Text, id string) float64 {
		for _, s := range a.Analyze(t).Sentiments {
			if s.Target == id {
				return s.Score
			}
		}
		return 0
	}
	if b, k := score(named, "binance"), score(named, "kraken"); b >= k || b > -0.2 {
		t.Errorf("the exchange is Binance: %.2f, and not Kraken: %.2f", b, k)
	}
}

func TestListsAreNeverNil(t *testing.T) {
	for _, text := range []string{"", " ", "\n", "12", "Hello there."} {
		b, err := json.Marshal(newReply(nil, analyzer(t).Analyze(corpus.Text{Body: text})))
		if err != nil || bytes.Contains(b, []byte("null")) && !bytes.Contains(b, []byte(`"id":null`)) {
			t.Errorf("%q: %s %v", text, b, err)
		}
	}
}

func TestLines(t *testing.T) {
	in := strings.Join([]string{
		`{"id":"a","title":"Bitcoin surges to a record high","text":"","published_at":"2026-01-02T03:04:05Z"}`,
		``,
		`{"id":2,"text":"Acme plunges","target":"Acme","unknown":1}`,
		`not json`,
		`{"id":"c","text":"x","published_at":"yesterday"}`,
		`{"id":"d","text":"SEC proposes rule"}`,
	}, "\n")
	var out bytes.Buffer
	if err := analyzer(t).Lines(t.Context(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	for line := range strings.Lines(out.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got = append(got, m)
	}
	if len(got) != 5 {
		t.Fatalf("%d lines: %s", len(got), out.String())
	}
	if got[0]["id"] != "a" || got[0]["label"] != 1.0 || got[1]["id"] != 2.0 || got[1]["label"] != -1.0 {
		t.Errorf("%v\n%v", got[0], got[1])
	}
	for i, id := range map[int]any{2: nil, 3: "c"} {
		if got[i]["error"] == nil || got[i]["id"] != id {
			t.Errorf("line %d: %v", i, got[i])
		}
	}
	want := []string{"id", "lang", "score", "label", "regulatory", "entities", "sentiment", "events", "instruments"}
	for _, key := range want {
		if v, ok := got[4][key]; !ok || v == nil {
			t.Errorf("%s is missing or null in %v", key, got[4])
		}
	}
	if len(got[4]) != len(want) {
		t.Errorf("further keys in %v", got[4])
	}
}

func TestLinesStream(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan error, 1)
	a := analyzer(t)
	go func() { done <- a.Lines(t.Context(), inR, outW); outW.Close() }()
	dec := json.NewDecoder(bufio.NewReader(outR)) // reads a reply whole, newline and all, or the writer would wait
	for i := range 3 {
		if _, err := io.WriteString(inW, `{"id":`+strconv.Itoa(i)+`,"text":"Bitcoin falls"}`+"\n"); err != nil {
			t.Fatal(err)
		}
		var r reply
		if err := dec.Decode(&r); err != nil || string(r.ID) != strconv.Itoa(i) {
			t.Fatalf("line %d: %v, %v", i, r.ID, err)
		}
	}
	inW.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestLinesStopWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := analyzer(t).Lines(ctx, strings.NewReader(`{"text":"x"}`), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := analyzer(t).Lines(t.Context(), strings.NewReader(`{"text":"x"}`), failing{}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestHugeText(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of text")
	}
	a := analyzer(t)
	for name, body := range map[string]string{
		"one word":    strings.Repeat("a", 5<<20),
		"one line":    strings.Repeat("Bitcoin falls, ", 5<<20/15),
		"many lines":  strings.Repeat("SEC sues Binance. FIL-7-2025\n", 1<<20/29),
		"punctuation": strings.Repeat(".,;:!?", 1<<20/6),
		"Chinese":     strings.Repeat("比特币暴跌", 1<<20/15),
	} {
		t.Run(name, func(t *testing.T) { check(t, a, corpus.Text{Body: body}) })
	}
}

// check asserts what holds of every analysis.
func check(t *testing.T, a *Analyzer, text corpus.Text) {
	t.Helper()
	an := a.Analyze(text)
	full := text.Full()
	unit := func(what string, x float64) {
		if !(x >= 0 && x <= 1) {
			t.Errorf("%s %v", what, x)
		}
	}
	signed := func(what string, x float64) {
		if !(x >= -1 && x <= 1) {
			t.Errorf("%s %v", what, x)
		}
	}
	quotes := func(what string, ss []string) {
		for _, s := range ss {
			if s == "" || !strings.Contains(full, s) {
				t.Errorf("%s: %q is not in the text", what, s)
			}
		}
	}
	signed("score", an.Score)
	unit("confidence", an.Confidence)
	for _, s := range an.Sentiments {
		signed("score of "+s.Target, s.Score)
		unit("confidence of "+s.Target, s.Confidence)
		unit("relevance of "+s.Target, s.Relevance)
		quotes("evidence for "+s.Target, s.Evidence)
	}
	for _, e := range an.Entities {
		unit("relevance of "+e.ID, e.Relevance)
	}
	for _, e := range an.Events {
		signed("stance", e.Stance)
		unit("confidence of event", e.Confidence)
		quotes("evidence for "+string(e.Type), e.Evidence)
	}
	for _, i := range an.Instruments {
		for _, r := range i.Relations {
			quotes("relation of "+string(i.ID), []string{r.Evidence})
		}
	}
	if len(full) < 1<<16 {
		if diff := cmp.Diff(an, a.Analyze(text)); diff != "" {
			t.Errorf("read twice: %s", diff)
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	f.Add("SEC sues Binance", "Bitcoin fell 5%. Comments close on 1 May 2026.", "BTC", "")
	f.Add("", "美联储加息预期降温，加密货币市场迎来利好", "market", "zh")
	f.Add("FIL-7-2025 rescinds FIL-16-2022", "not \xff valid", "Acme Ltd.", "en")
	a := analyzer(f)
	f.Fuzz(func(t *testing.T, title, body, target, lang string) {
		check(t, a, corpus.Text{Title: title, Body: body, Target: target, Lang: lang})
	})
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("{\"id\":1,\"text\":\"x\"}\nnot json\n\n{\"id\":{}}"))
	f.Add([]byte("{\"text\":\"\\ud800\",\"published_at\":\"2026-01-01\"}\r\n[]"))
	a := analyzer(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		if err := a.Lines(t.Context(), bytes.NewReader(in), &out); err != nil {
			t.Fatal(err)
		}
		want := 0
		for line := range bytes.Lines(in) {
			if len(bytes.TrimSpace(line)) > 0 {
				want++
			}
		}
		got := 0
		for line := range bytes.Lines(out.Bytes()) {
			got++
			if !json.Valid(line) {
				t.Fatalf("not JSON: %q", line)
			}
		}
		if got != want {
			t.Fatalf("%d lines in, %d out", want, got)
		}
	})
}

// BenchmarkLength shows that the time for a byte does not grow with the text.
func BenchmarkLength(b *testing.B) {
	a := analyzer(b)
	for name, unit := range map[string]string{
		"English":    "The SEC sued Binance on Monday. The exchange denied wrongdoing, and BTC fell 3% to $90,000. ",
		"one line":   "Bitcoin falls, ",
		"references": "the exchange ",
		"Chinese":    "币安遭调查，该平台否认指控。比特币下跌。",
	} {
		for _, kb := range []int{100, 1024, 4096} {
			body := strings.Repeat(unit, kb<<10/len(unit))
			b.Run(name+"/"+strconv.Itoa(kb)+"KB", func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				for b.Loop() {
					a.Analyze(corpus.Text{Body: body})
				}
			})
		}
	}
}

func BenchmarkAnalyze(b *testing.B) {
	a := analyzer(b)
	sentences := []string{
		"The U.S. Securities and Exchange Commission on Monday approved new rules for exchanges that list bitcoin and other digital assets, according to people familiar with the matter. ",
		"Ether fell 3.4% to $2,950 after the announcement, while Solana gained on hopes of a spot fund. ",
		"Analysts said that liquidity remains thin and that several venues may have to register before the end of the year. ",
		"“We expect a wave of applications,” said a lawyer who advises exchanges in Singapore and Hong Kong. ",
	}
	article := ""
	for len(strings.Fields(article)) < 600 {
		article += strings.Join(sentences, "") + "\n"
	}
	for _, c := range []struct {
		name string
		text corpus.Text
	}{
		{"headline", corpus.Text{Title: "Bitcoin slides below $90,000 as SEC delays decision on spot fund", Target: "BTC"}},
		{"headline in Chinese", corpus.Text{Title: "美联储加息预期降温，加密货币市场迎来利好"}},
		{"article of 600 words", corpus.Text{Title: "SEC approves rules for bitcoin exchanges", Body: article}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text.Full())))
			for b.Loop() {
				a.Analyze(c.text)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}

// Who has a part in what happens is more relevant than who is only named.
func TestPartRaisesRelevance(t *testing.T) {
	out := analyzer(t).Analyze(corpus.Text{Title: "SEC sues Kraken", Body: "The SEC sued Kraken on Monday. Coinbase was sued before."})
	alone := analyzer(t).gazetteer.Find(text.Read("SEC sues Kraken", "The SEC sued Kraken on Monday. Coinbase was sued before.", ""), corpus.Source{})
	raised := map[string]bool{}
	for _, e := range out.Entities {
		i := slices.IndexFunc(alone, func(o corpus.Entity) bool { return o.Name == e.Name })
		raised[e.Name] = e.Relevance > alone[i].Relevance || e.Relevance == 1
	}
	if !raised["SEC"] || !raised["Kraken"] || raised["Coinbase"] {
		t.Errorf("raised: %v", raised)
	}
	if !slices.IsSortedFunc(out.Entities, func(x, y corpus.Entity) int { return order.Compare(y.Relevance, x.Relevance) }) {
		t.Error("entities are not in order of relevance")
	}
}
