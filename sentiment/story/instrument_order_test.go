package story_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// remember is all that is kept of instruments, without what hangs on the
// moment at which each article arrived.
func remember(s *scene, ids ...corpus.InstrumentID) []string {
	var out []string
	for _, id := range ids {
		in, _, _ := s.mem.Instrument(id)
		out = append(out, fmt.Sprintf("%s same=%s issuer=%s title=%s status=%s aliases=%q procedure=%q", in.ID, in.SameAs, in.Issuer, in.Title, in.Status, in.Aliases, in.Procedure))
		for _, r := range in.Relations {
			out = append(out, fmt.Sprintf("  %s %s %s %q by %s", r.Kind, r.To, r.Part, r.Evidence, r.Article))
		}
		for _, r := range in.RelatedBy {
			out = append(out, fmt.Sprintf("  %s from %s by %s", r.Kind, r.From, r.Article))
		}
		for _, h := range in.History {
			out = append(out, fmt.Sprintf("  %s %s by=%s %q %s %s", h.Status, h.EffectiveAt.Format(time.DateOnly), h.By, h.Evidence, h.Article, h.SaidAt.Format(time.DateOnly)))
		}
		for _, c := range in.Conflicts() {
			out = append(out, "  conflict "+c.About)
		}
		articles := slices.Sorted(slices.Values(in.Articles))
		out = append(out, fmt.Sprintf("  %q", articles))
	}
	return out
}

// The order in which articles arrive changes nothing of what is kept of
// instruments: neither statements, conflicting ones among them, nor relations,
// nor what a text known by its title turns out to be.
func TestArrivalOrderChangesNoInstrument(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	const title, number corpus.InstrumentID = "《关于甲的通知》", "银发〔2026〕9号"
	repeals := func(to corpus.InstrumentID, ev string) []corpus.Relation {
		return []corpus.Relation{{Kind: corpus.Repeals, To: to, Evidence: ev}}
	}
	stated := func(st corpus.InstrumentStatus, on, ev string) []corpus.StatusChange {
		c := corpus.StatusChange{Status: st, Evidence: ev}
		if on != "" {
			c.EffectiveAt = day(on)
		}
		return []corpus.StatusChange{c}
	}
	pieces := []piece{
		{name: "a", src: wire, title: "one", ins: []corpus.InstrumentReading{{ID: title, Jurisdiction: "CN", Status: corpus.InstrumentProposed, Stated: stated(corpus.InstrumentProposed, "2026-01-02", "公开征求意见")}}},
		{name: "b", src: pboc, hours: 1, title: "two", ins: []corpus.InstrumentReading{
			{ID: number, Aliases: []string{string(title)}, Issuer: "PBoC", Jurisdiction: "CN", Title: "关于甲的通知", Status: corpus.InstrumentInForce, Stated: stated(corpus.InstrumentInForce, "2026-02-01", "起施行"), Relations: repeals(oldNotice, "同时废止"), Procedure: []corpus.InstrumentID{"RIN 1"}},
			{ID: oldNotice, Issuer: "PBoC", Jurisdiction: "CN", Status: corpus.InstrumentRepealed}, {ID: "RIN 1"}}},
		{name: "c", src: kuaixun, hours: 2, title: "three", ins: []corpus.InstrumentReading{
			{ID: title, Status: corpus.InstrumentUnknown, Relations: repeals(oldNotice, "被取代")}, {ID: oldNotice, Status: corpus.InstrumentRepealed}}},
		{name: "d", src: daily, hours: 3, title: "four", ins: []corpus.InstrumentReading{{ID: number, Issuer: "Wrong", Title: "A notice with a title that is longer", Status: corpus.InstrumentInForce, Stated: stated(corpus.InstrumentInForce, "2026-02-03", "in force")}}},
		{name: "e", src: wire, hours: 4, title: "five", ins: []corpus.InstrumentReading{
			{ID: newNotice, Status: corpus.InstrumentAdopted, Relations: []corpus.Relation{{Kind: corpus.Cites, To: title, Evidence: "refers"}, {Kind: corpus.Repeals, To: oldNotice, Evidence: "another says so"}, {Kind: corpus.Repeals, To: "the old rules", Unresolved: true, Evidence: "the old rules"}}},
			{ID: title, Status: corpus.InstrumentUnknown}, {ID: oldNotice, Status: corpus.InstrumentRepealed}}},
	}
	read := func(order []int) []string {
		s := newScene(t)
		for _, i := range order {
			s.place(pieces[i])
		}
		if id, ok, _ := s.mem.ResolveInstrument(string(title)); !ok || id != number {
			t.Errorf("order %v: the title leads to %q", order, id)
		}
		return remember(s, number, oldNotice, newNotice, "RIN 1")
	}
	want := read([]int{0, 1, 2, 3, 4})
	if !slices.Contains(want, "  conflict day") || !slices.Contains(want, "  conflict by") {
		t.Errorf("conflicts are lost: %q", want)
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		order := rnd.Perm(len(pieces))
		got := read(order)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("order %v (-want +got)\n%s", order, diff)
		}
	}
}
