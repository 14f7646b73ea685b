package event_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/event"
	"github.com/regwire/regwire/sentiment/instrument"
	"github.com/regwire/regwire/sentiment/text"
)

// What the labelled headlines must reach. They were written before the cues
// and then used to mend them, so these are no estimate for unseen ones; they
// are here to show a real drop.
const (
	wantMacroF1       = 0.96
	wantRegulatory    = 0.98
	wantJurisdictions = 0.97
	wantRegulators    = 0.97
	wantStance        = 0.94
)

type labelled struct {
	id, lang, typ string
	regulatory    bool
	jurisdictions []string
	regulators    []string
	stance        string
	text          string
}

func readLabelled(t testing.TB, path string) []labelled {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		c := strings.Split(sc.Text(), "\t")
		if len(c) != 8 {
			t.Fatalf("%s: %d columns in %q", path, len(c), sc.Text())
		}
		if !slices.Contains(corpus.EventTypes(), corpus.EventType(c[2])) {
			t.Fatalf("%s: unknown type %q", c[0], c[2])
		}
		out = append(out, labelled{c[0], c[1], c[2], c[3] == "1", list(c[4]), list(c[5]), c[6], c[7]})
	}
	return out
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

type machine struct {
	gazetteer   *entity.Gazetteer
	instruments *instrument.Reader
	events      *event.Reader
}

func newMachine(t testing.TB) *machine {
	g, err := entity.New()
	if err != nil {
		t.Fatal(err)
	}
	return &machine{g, instrument.New(), event.New()}
}

func (m *machine) read(title, body, lang string, src corpus.Source, published time.Time) ([]corpus.EventReading, bool) {
	d := text.Read(title, body, lang)
	return m.events.Read(d, m.gazetteer.Find(d, src), m.instruments.Read(d, src), src, published)
}

func signOf(x float64) string {
	switch {
	case x > 0.05:
		return "1"
	case x < -0.05:
		return "-1"
	}
	return "0"
}

// tallyF1 counts what F1 needs.
type tallyF1 struct{ tp, fp, fn int }

func (t *tallyF1) sets(got, want []string) {
	for _, g := range got {
		if slices.Contains(want, g) {
			t.tp++
		} else {
			t.fp++
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.fn++
		}
	}
}

func (t tallyF1) f1() float64 {
	if t.tp == 0 {
		return 0
	}
	return 2 * float64(t.tp) / float64(2*t.tp+t.fp+t.fn)
}

func TestHeadlines(t *testing.T) {
	evaluate(t, "testdata/headlines.tsv", 300, []float64{wantMacroF1, wantRegulatory, wantJurisdictions, wantRegulators, wantStance})
}

// The further sets were each written after the cues and first read without mending anything: docs/events.md has
// the figures of that first reading, which are the honest ones. Since then the
// kinds of error they showed have been mended.
func TestSecondHeadlines(t *testing.T) {
	evaluate(t, "testdata/second.tsv", 140, []float64{0.94, 0.97, 0.95, 0.92, 0.90})
}

func TestThirdHeadlines(t *testing.T) {
	evaluate(t, "testdata/third.tsv", 140, []float64{0.91, 0.97, 0.94, 0.76, 0.88})
}

func TestFourthHeadlines(t *testing.T) {
	evaluate(t, "testdata/fourth.tsv", 140, []float64{0.96, 0.98, 0.96, 0.75, 0.90})
}

func TestFifthHeadlines(t *testing.T) {
	evaluate(t, "testdata/fifth.tsv", 100, []float64{0.96, 0.98, 0.97, 0.80, 0.92})
}

func TestSixthHeadlines(t *testing.T) {
	evaluate(t, "testdata/sixth.tsv", 80, []float64{0.95, 0.98, 0.95, 0.81, 0.81})
}

func TestSeventhHeadlines(t *testing.T) {
	evaluate(t, "testdata/seventh.tsv", 120, []float64{0.93, 0.98, 0.97, 0.95, 0.96})
}

func TestEighthHeadlines(t *testing.T) {
	evaluate(t, "testdata/eighth.tsv", 80, []float64{0.75, 0.98, 0.98, 0.92, 0.95})
}

func TestNinthHeadlines(t *testing.T) {
	evaluate(t, "testdata/ninth.tsv", 80, []float64{0.74, 0.98, 0.98, 0.94, 0.93})
}

// evaluate reads the labelled headlines of a file and compares the quality of
// the reading with what is wanted of it: macro-F1 over types, accuracy of
// regulatory, F1 of jurisdictions and of regulators, accuracy of the stance's
// sign among the regulatory ones.
func evaluate(t *testing.T, path string, least int, want []float64) {
	m := newMachine(t)
	all := readLabelled(t, path)
	if len(all) < least {
		t.Fatalf("only %d headlines", len(all))
	}
	types := map[string]*tallyF1{}
	for _, et := range corpus.EventTypes() {
		types[string(et)] = &tallyF1{}
	}
	var jur, regs tallyF1
	var regRight, stanceRight, stanceAll int
	for _, h := range all {
		evs, regulatory := m.read("", h.text, h.lang, corpus.Source{}, time.Time{})
		e := evs[0]
		if string(e.Type) == h.typ {
			types[h.typ].tp++
		} else {
			types[h.typ].fn++
			types[string(e.Type)].fp++
		}
		var js []string
		for _, j := range e.Jurisdictions {
			js = append(js, string(j))
		}
		if !regulatory {
			js = nil
		}
		jur.sets(js, h.jurisdictions)
		regs.sets(e.Regulators, h.regulators)
		if regulatory == h.regulatory {
			regRight++
		}
		ok := signOf(e.Stance) == h.stance
		if h.regulatory {
			stanceAll++
			if ok {
				stanceRight++
			}
		}
		if wrong := describe(h, e, regulatory, js); wrong != "" {
			t.Logf("%s %s: %s", h.id, h.text, wrong)
		}
	}
	macro := 0.0
	var report []string
	for _, et := range corpus.EventTypes() {
		f := types[string(et)].f1()
		macro += f / float64(len(corpus.EventTypes()))
		report = append(report, fmt.Sprintf("%s %.2f", et, f))
	}
	sort.Strings(report)
	t.Logf("%d headlines: types macro-F1 %.3f, regulatory %.3f, jurisdictions F1 %.3f, regulators F1 %.3f, stance sign %.3f",
		len(all), macro, frac(regRight, len(all)), jur.f1(), regs.f1(), frac(stanceRight, stanceAll))
	t.Log(strings.Join(report, ", "))
	names := []string{"macro-F1 of types", "regulatory", "jurisdictions", "regulators", "sign of stance"}
	for i, got := range []float64{macro, frac(regRight, len(all)), jur.f1(), regs.f1(), frac(stanceRight, stanceAll)} {
		if got < want[i] {
			t.Errorf("%s: %.3f, want at least %.2f", names[i], got, want[i])
		}
	}
}

func frac(a, b int) float64 { return float64(a) / float64(max(1, b)) }

func describe(h labelled, e corpus.EventReading, regulatory bool, js []string) string {
	var b strings.Builder
	if string(e.Type) != h.typ {
		fmt.Fprintf(&b, " type %s want %s", e.Type, h.typ)
	}
	if regulatory != h.regulatory {
		fmt.Fprintf(&b, " regulatory %v", regulatory)
	}
	if !sameSet(js, h.jurisdictions) {
		fmt.Fprintf(&b, " jurisdictions %v want %v", js, h.jurisdictions)
	}
	if !sameSet(e.Regulators, h.regulators) {
		fmt.Fprintf(&b, " regulators %v want %v", e.Regulators, h.regulators)
	}
	if s := signOf(e.Stance); h.regulatory && s != h.stance {
		fmt.Fprintf(&b, " stance %s want %s", s, h.stance)
	}
	return b.String()
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
