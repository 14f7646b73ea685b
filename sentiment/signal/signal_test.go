package signal

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
)

var start = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

func engine(t testing.TB, cfg Config) *Engine {
	t.Helper()
	e, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// article returns a placement, hours after start, of an article that says score
// of BTC: from a regulator, new, surely read and wholly about it.
func article(id corpus.ArticleID, hours float64, score float64) Input {
	at := start.Add(time.Duration(hours * float64(time.Hour)))
	return Input{
		Placement: corpus.Placement{ID: corpus.PlacementID(hours*1000) + 1, Article: id, Novelty: corpus.Novelty{Key: "e" + string(id), Days: -1, Weight: 1}, At: at, Origin: corpus.OriginLive},
		Analysis:  corpus.Analysis{Sentiments: []corpus.Sentiment{{Target: "BTC", Kind: corpus.EntityAsset, Score: score, Confidence: 1, Relevance: 1}}},
		Revision:  corpus.Revision{Draft: corpus.Draft{Status: corpus.StatusPublished, PublishedAt: at.Add(-time.Hour)}, FirstSeenAt: at},
		Article:   corpus.Article{ID: id, Source: "us-sec-press", URL: "https://example.org/" + string(id)},
		Source:    corpus.Source{Kind: corpus.SourceRegulator},
	}
}

func replay(t testing.TB, e *Engine, inputs ...Input) []corpus.Signal {
	t.Helper()
	var rows []corpus.Signal
	for r, err := range e.Replay(slices.Values(inputs)) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

var near = cmpopts.EquateApprox(0, 1e-12)

func TestFormula(t *testing.T) {
	e := engine(t, Config{HalfLife: 24 * time.Hour, Prior: 0.5})
	second := article("b", 24, -0.5)
	second.Source.Kind = corpus.SourceMedia
	second.Analysis.Sentiments[0].Confidence = 0.5
	second.Analysis.Sentiments[0].Relevance = 0.8
	second.Placement.Novelty.Weight = 0.25
	rows := replay(t, e, article("a", 0, 0.9), second)
	if len(rows) != 2 {
		t.Fatal(rows)
	}
	// By hand: weights 1, halved after a day, and .5 × .8 × .25 × .6 = .06.
	num, den, sq := 0.45-0.03, 0.5+0.06, 0.405+0.06*0.25
	want := corpus.Signal{
		Kind: corpus.SignalSentiment, Target: "BTC", TargetKind: corpus.EntityAsset,
		Score: num / (den + 0.5), Confidence: den / (den + 0.5), Volume: den, Dispersion: math.Sqrt(sq/den - (num/den)*(num/den)),
		Delta: -0.5, Weight: 0.06, Relevance: 0.8,
	}
	got := rows[1]
	if d := cmp.Diff(want, corpus.Signal{Kind: got.Kind, Target: got.Target, TargetKind: got.TargetKind, Score: got.Score, Confidence: got.Confidence,
		Volume: got.Volume, Dispersion: got.Dispersion, Delta: got.Delta, Weight: got.Weight, Relevance: got.Relevance}, near); d != "" {
		t.Error(d)
	}
	if rows[0].Score != 0.9/1.5 {
		t.Error("one report is shrunk by the prior: want", 0.9/1.5, "got", rows[0].Score)
	}
}

func TestPressureIsStanceTimesSeverity(t *testing.T) {
	in := article("a", 0, 0)
	in.Analysis.Sentiments = nil
	in.Analysis.Events = []corpus.EventReading{
		{Type: corpus.Prohibition, Stance: -0.8, Severity: corpus.SeverityHigh, Confidence: 1, Jurisdictions: []corpus.Jurisdiction{"CN"}},
		{Type: corpus.Licensing, Stance: 1, Severity: corpus.SeverityMedium, Confidence: 1, Jurisdictions: []corpus.Jurisdiction{"HK"}},
		{Type: corpus.Listing, Stance: 1, Severity: corpus.SeverityCritical, Confidence: 1, Jurisdictions: []corpus.Jurisdiction{"US"}},
	}
	rows := replay(t, engine(t, Config{}), in)
	type brief struct {
		Target        string
		Delta, Weight float64
	}
	var got []brief
	for _, r := range rows {
		if r.Kind != corpus.SignalPressure || r.TargetKind != corpus.EntityJurisdiction {
			t.Error(r.Kind, r.TargetKind)
		}
		got = append(got, brief{r.Target, r.Delta, r.Weight})
	}
	if d := cmp.Diff([]brief{{"CN", -0.6, 1}, {"HK", 0.5, 0.5}}, got, near); d != "" {
		t.Error("a market event presses on nobody, a second event counts half:", d)
	}
}

func TestOnlyWhatCanBeTradedHasSentiment(t *testing.T) {
	in := article("a", 0, 0.5)
	for _, k := range []corpus.EntityKind{corpus.EntityExchange, corpus.EntityMarket, corpus.EntityRegulator, corpus.EntityPerson, corpus.EntityJurisdiction} {
		in.Analysis.Sentiments = append(in.Analysis.Sentiments, corpus.Sentiment{Target: string(k), Kind: k, Score: 0.5, Confidence: 1, Relevance: 1})
	}
	var got []string
	for _, r := range replay(t, engine(t, Config{}), in) {
		got = append(got, r.Target)
	}
	if d := cmp.Diff([]string{"BTC", "exchange", "market"}, got); d != "" {
		t.Error(d)
	}
}

func TestSourcesWeighByKindUnlessTheySayOtherwise(t *testing.T) {
	e := engine(t, Config{Weights: map[corpus.SourceKind]float64{corpus.SourceExchange: 0.7}})
	for _, c := range []struct {
		src  corpus.Source
		want float64
	}{
		{corpus.Source{Kind: corpus.SourceRegulator}, 1},
		{corpus.Source{Kind: corpus.SourceExchange}, 0.7},
		{corpus.Source{Kind: corpus.SourceMedia}, 0.6},
		{corpus.Source{Kind: corpus.SourceMedia, Weight: 0.9}, 0.9},
		{corpus.Source{}, 0.5},
	} {
		in := article("a", 0, 1)
		in.Source = c.src
		if got := replay(t, e, in)[0].Weight; got != c.want {
			t.Errorf("%v: want %v, got %v", c.src, c.want, got)
		}
	}
}

func TestCorrectionTakesThePlaceOfTheFirstReading(t *testing.T) {
	e := engine(t, Config{})
	others := []Input{article("x", 1, 0.2), article("y", 7, -0.4)}
	corrected := article("a", 9, 0.6)
	corrected.Revision.Status = corpus.StatusCorrected
	with := replay(t, e, article("a", 0, -1), others[0], others[1], corrected)
	without := replay(t, e, others[0], others[1], corrected)
	a, b := with[len(with)-1], without[len(without)-1]
	if d := cmp.Diff([]float64{b.Score, b.Volume, b.Dispersion, b.Confidence}, []float64{a.Score, a.Volume, a.Dispersion, a.Confidence}, near); d != "" {
		t.Error("the first reading left something behind:", d)
	}
	if len(with) != 4 || with[0].Delta != -1 {
		t.Error("the past was changed")
	}
}

func TestCorrectionThatDropsATargetTakesItOut(t *testing.T) {
	first, second := article("a", 0, -1), article("a", 2, 0.5)
	second.Analysis.Sentiments[0].Target = "ETH"
	rows := replay(t, engine(t, Config{}), first, second)
	if len(rows) != 3 || rows[1].Target != "BTC" || rows[1].Volume != 0 || rows[1].Score != 0 || rows[2].Target != "ETH" {
		t.Error(rows)
	}
	if rows[1].TargetKind != corpus.EntityAsset {
		t.Error("the row that takes it out has lost the kind of its target")
	}
}

func TestWithdrawnArticleIsTakenOutOnce(t *testing.T) {
	e := engine(t, Config{})
	gone := article("a", 5, -1)
	gone.Revision.Status = corpus.StatusWithdrawn
	again := gone
	again.Placement.At = again.Placement.At.Add(time.Hour)
	rows := replay(t, e, article("x", 0, 0.3), article("a", 1, -1), gone, again)
	if len(rows) != 3 {
		t.Fatalf("want three rows, got %v", rows)
	}
	alone := replay(t, e, article("x", 0, 0.3))[0]
	d := decay(5*time.Hour, DefaultHalfLife)
	if got, want := rows[2].State.Num, alone.State.Num*d; math.Abs(got-want) > 1e-12 {
		t.Error("want what the other article left", want, "got", got)
	}
	if rows[2].Weight != 0 || rows[2].Delta != 0 {
		t.Error("a withdrawal adds nothing", rows[2])
	}
	back := article("a", 8, -1)
	if n := len(replay(t, e, article("a", 1, -1), gone, back)); n != 3 {
		t.Error("an article that comes back counts again; rows:", n)
	}
}

func TestReadingThatSaysTheSameWritesNothing(t *testing.T) {
	again := article("a", 0, 0.4)
	again.Placement.ID, again.Placement.At = 2, start.Add(36*time.Hour)
	again.Placement.Origin = corpus.OriginReconstructed
	if rows := replay(t, engine(t, Config{}), article("a", 0, 0.4), again); len(rows) != 1 {
		t.Error(rows)
	}
}

func TestSecondReadingOfOldTextStaysOld(t *testing.T) {
	again := article("a", 0, -0.9)
	again.Placement.At = start.Add(10 * DefaultHalfLife)
	rows := replay(t, engine(t, Config{}), article("a", 0, 0.4), again)
	if w := rows[1].Weight; math.Abs(w-1.0/1024) > 1e-15 {
		t.Error("want 2^-10, got", w)
	}
}

func TestStaleReadingMovesNothing(t *testing.T) {
	in := article("a", 0, 1)
	in.Stale = true
	if rows := replay(t, engine(t, Config{}), in); len(rows) != 0 {
		t.Error(rows)
	}
}

func TestClockOfAnIndexNeverRunsBackwards(t *testing.T) {
	rows := replay(t, engine(t, Config{}), article("a", 10, 1), article("b", 3, -1))
	if rows[1].AsOf.Before(rows[0].AsOf) || rows[1].Volume > 2 {
		t.Error(rows[1].AsOf, rows[1].Volume)
	}
}

func TestZMeasuresSurprise(t *testing.T) {
	var inputs []Input
	for i := range 40 {
		inputs = append(inputs, article(corpus.ArticleID("q"+strconv.Itoa(i)), float64(i), 0.1*math.Sin(float64(i))))
	}
	rows := replay(t, engine(t, Config{}), append(inputs, article("bad", 40, -1))...)
	if z := rows[3].Z; z != 0 {
		t.Error("five rows are too few for a z-score, got", z)
	}
	if z := rows[len(rows)-1].Z; z > -2 {
		t.Error("want a surprise below -2, got", z)
	}
}

// random returns n placements of some articles, corrections, re-readings and
// withdrawals among them, with hostile numbers when asked.
func random(seed uint64, n int, hostile bool) []Input {
	rng := rand.New(rand.NewPCG(seed, 7))
	num := func() float64 {
		if hostile && rng.IntN(4) == 0 {
			return []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 1e300, 5e-324}[rng.IntN(6)]
		}
		return rng.Float64()*2 - 1
	}
	var out []Input
	hours := 0.0
	for i := range n {
		in := article(corpus.ArticleID("a"+strconv.Itoa(rng.IntN(n/2+1))), hours, num())
		in.Placement.ID = corpus.PlacementID(i + 1)
		in.Placement.Novelty.Weight = math.Abs(num())
		in.Source.Kind = []corpus.SourceKind{corpus.SourceRegulator, corpus.SourceMedia, ""}[rng.IntN(3)]
		for _, target := range []string{"ETH", "market", "BTC"} {
			if rng.IntN(2) == 0 {
				in.Analysis.Sentiments = append(in.Analysis.Sentiments, corpus.Sentiment{Target: target, Kind: corpus.EntityAsset, Score: num(), Confidence: math.Abs(num()), Relevance: math.Abs(num())})
			}
		}
		if rng.IntN(3) == 0 {
			in.Analysis.Events = []corpus.EventReading{{Type: corpus.Warning, Stance: num(), Severity: corpus.SeverityHigh, Confidence: math.Abs(num()), Jurisdictions: []corpus.Jurisdiction{"US", "EU"}}}
		}
		if rng.IntN(6) == 0 {
			in.Revision.Status = corpus.StatusWithdrawn
		}
		out = append(out, in)
		switch rng.IntN(20) {
		case 0:
			hours += 1e5 // long silence: sums underflow
		case 1:
			hours -= 2 // a clock set back
		default:
			hours += rng.ExpFloat64()
		}
	}
	return out
}

func TestRowsStayInRange(t *testing.T) {
	for seed := range uint64(30) {
		for _, r := range replay(t, engine(t, Config{}), random(seed, 120, true)...) {
			checkRanges(t, r)
		}
	}
}

func checkRanges(t *testing.T, r corpus.Signal) {
	t.Helper()
	within := func(name string, x, low, high float64) {
		if !(x >= low && x <= high) {
			t.Errorf("%s = %v, want it in [%v, %v]: %+v", name, x, low, high, r)
		}
	}
	within("score", r.Score, -1, 1)
	within("confidence", r.Confidence, 0, 1)
	within("volume", r.Volume, 0, math.MaxFloat64)
	within("dispersion", r.Dispersion, 0, 1)
	within("z", r.Z, -10, 10)
	within("delta", r.Delta, -1, 1)
	within("weight", r.Weight, 0, 1)
	within("relevance", r.Relevance, 0, 1)
}

func TestReplayGivesTheSameBits(t *testing.T) {
	for seed := range uint64(10) {
		inputs := random(seed, 200, false)
		a, b := replay(t, engine(t, Config{}), inputs...), replay(t, engine(t, Config{}), inputs...)
		if !slices.Equal(a, b) {
			t.Fatal("two replays differ")
		}
		// What was known at any moment is what a replay up to then gives: no
		// row depends on anything later.
		for _, n := range []int{1, 50, 150} {
			if prefix := replay(t, engine(t, Config{}), inputs[:n]...); !slices.Equal(prefix, a[:len(prefix)]) {
				t.Fatal("a later placement changed an earlier row")
			}
		}
	}
}

func TestTakingOutEverythingLeavesNothing(t *testing.T) {
	inputs := random(3, 100, false)
	var gone []Input
	for i, in := range inputs {
		in.Revision.Status = corpus.StatusWithdrawn
		in.Placement.At = start.Add(time.Duration(1000+i) * time.Hour)
		gone = append(gone, in)
	}
	last := map[string]corpus.Signal{}
	for _, r := range replay(t, engine(t, Config{HalfLife: 1e4 * time.Hour, PressureHalfLife: 1e4 * time.Hour}), append(inputs, gone...)...) {
		last[string(r.Kind)+r.Target] = r
	}
	for name, r := range last {
		if r.Volume > 1e-9 || math.Abs(r.Score) > 1e-9 {
			t.Errorf("%s keeps volume %v and score %v of nothing", name, r.Volume, r.Score)
		}
	}
}

func TestDecay(t *testing.T) {
	for _, c := range []struct {
		age, halfLife time.Duration
		want          float64
	}{
		{0, time.Hour, 1}, {time.Hour, time.Hour, 0.5}, {2 * time.Hour, time.Hour, 0.25}, {-time.Hour, time.Hour, 1}, {math.MaxInt64, 1, 0},
	} {
		if got, err := Decay(c.age, c.halfLife); got != c.want || err != nil {
			t.Errorf("Decay(%v, %v) = %v, %v; want %v", c.age, c.halfLife, got, err, c.want)
		}
	}
	for _, h := range []time.Duration{0, -1} {
		if _, err := Decay(time.Hour, h); err != ErrHalfLife {
			t.Error(h, err)
		}
	}
	last := 1.0
	for age := time.Duration(0); age < 100*time.Hour; age += 17 * time.Minute {
		d, _ := Decay(age, 5*time.Hour)
		if d > last {
			t.Fatal("decay rises at", age)
		}
		last = d
	}
}

func TestNewReportsEverySettingOutOfRange(t *testing.T) {
	_, err := New(Config{HalfLife: -1, PressureHalfLife: -1, Prior: math.NaN(), Weights: map[corpus.SourceKind]float64{corpus.SourceMedia: 1.5}})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 4 {
		t.Error(err)
	}
	a, b := engine(t, Config{}), engine(t, Config{Prior: 0.6})
	if a.Version() == b.Version() || a.Version() != engine(t, Config{Prior: DefaultPrior}).Version() {
		t.Error("versions name the settings:", a.Version(), b.Version())
	}
}

func FuzzUpdate(f *testing.F) {
	f.Add(0.5, 0.9, 0.8, 1.0, int64(0), int64(3600))
	f.Add(math.NaN(), math.Inf(1), -1.0, 0.0, int64(-5), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, score, confidence, relevance, novel float64, first, second int64) {
		a, b := article("a", 0, score), article("b", 0, -score)
		a.Placement.At, b.Placement.At = start.Add(time.Duration(first)), start.Add(time.Duration(second))
		for _, in := range []*Input{&a, &b} {
			in.Analysis.Sentiments[0].Confidence, in.Analysis.Sentiments[0].Relevance = confidence, relevance
			in.Placement.Novelty.Weight = novel
		}
		for _, r := range replay(t, engine(t, Config{}), a, b, a) {
			checkRanges(t, r)
		}
	})
}

// BenchmarkUpdate places articles that move three indices each, one after the
// other; the cost must not grow with what came before.
func BenchmarkUpdate(b *testing.B) {
	e := engine(b, Config{})
	mem := newReplayMemory()
	in := article("a", 0, 0.5)
	for _, target := range []string{"ETH", "market"} {
		s := in.Analysis.Sentiments[0]
		s.Target = target
		in.Analysis.Sentiments = append(in.Analysis.Sentiments, s)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		in.Article.ID = corpus.ArticleID(strconv.Itoa(i))
		in.Placement.At = in.Placement.At.Add(time.Minute)
		in.Revision.FirstSeenAt = in.Placement.At
		if _, err := e.Update(mem, in); err != nil {
			b.Fatal(err)
		}
	}
}
