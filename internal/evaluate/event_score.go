package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// EventScore is a text, and the reading of it.
type EventScore struct {
	Text LabelledText
	Got  EventLabel
}

// Faults says what was read otherwise than labelled; none when all agrees.
// Further happenings are not compared.
func (s *EventScore) Faults() []string {
	var out []string
	want, got := &s.Text.EventLabel, &s.Got
	differ := func(what string, got, want any) {
		out = append(out, fmt.Sprintf("%s %v, not %v", what, got, want))
	}
	if got.Type != want.Type {
		differ("type", got.Type, want.Type)
	}
	if got.Regulatory != want.Regulatory {
		differ("regulatory", got.Regulatory, want.Regulatory)
	}
	if !sameSet(got.Jurisdictions, want.Jurisdictions) {
		differ("jurisdictions", got.Jurisdictions, want.Jurisdictions)
	}
	if !sameSet(got.Regulators, want.Regulators) {
		differ("regulators", got.Regulators, want.Regulators)
	}
	if want.Regulatory && got.Stance != want.Stance {
		differ("stance", got.Stance, want.Stance)
	}
	if want.Status != "" && got.Status != want.Status {
		differ("status", got.Status, want.Status)
	}
	if s.dated() && got.Effective != want.Effective {
		differ("effective", orNone(got.Effective), orNone(want.Effective))
	}
	if s.dated() && got.Comments != want.Comments {
		differ("comments", orNone(got.Comments), orNone(want.Comments))
	}
	return out
}

// dated reports whether the dates of a text are labelled: without its own day
// nothing can be reckoned.
func (s *EventScore) dated() bool { return s.Text.Published != "" }

func orNone(s string) string { return cmp.Or(s, "none") }

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

// Confusion is a pair of types, and how often one was read for the other.
type Confusion struct {
	Want corpus.EventType `json:"want"`
	Got  corpus.EventType `json:"got"`
	N    int              `json:"n"`
}

// found counts what precision and recall need.
type found struct{ right, wrong, missed int }

func (f *found) sets(got, want []string) {
	for _, g := range got {
		if slices.Contains(want, g) {
			f.right++
		} else {
			f.wrong++
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			f.missed++
		}
	}
}

// day counts one date; "" is none.
func (f *found) day(got, want string) {
	f.sets(parts(got), parts(want))
}

func (f found) precision() float64 { return portion(f.right, f.right+f.wrong) }
func (f found) recall() float64    { return portion(f.right, f.right+f.missed) }
func (f found) f1() float64        { return portion(2*f.right, 2*f.right+f.wrong+f.missed) }

func portion(n, of int) float64 { return float64(n) / float64(max(1, of)) }

// EventFigures sums the scores of a set up.
//
//	n, regulatory_n      texts, and those labelled regulatory
//	types_macro          F1 of types, the mean over all of them
//	types_present        the same over those that occur among the labels
//	types_right          share of texts with the right type
//	regulatory           share told right from not regulatory
//	jurisdictions, regulators
//	                     F1 over all that are named
//	stance               share of the regulatory texts with the right sign
//	status               share of all texts with a labelled status
//	effective_p, _r      precision and recall of days of effect, comments_p, _r
//	                     of those when comments close; dated_n, effective_n and
//	                     comments_n are the texts asked and the dates there are
func EventFigures(set string, scores []EventScore) Figures {
	types := map[corpus.EventType]*found{}
	for _, t := range corpus.EventTypes() {
		types[t] = &found{}
	}
	var regulatory, regulatoryRight, typeRight, stanceRight, statuses, statusRight, dated int
	var jurisdictions, regulators, effective, comments found
	for i := range scores {
		s := &scores[i]
		want, got := &s.Text.EventLabel, &s.Got
		if got.Type == want.Type {
			typeRight++
			types[want.Type].right++
		} else {
			types[want.Type].missed++
			types[got.Type].wrong++
		}
		regulatoryRight += one(got.Regulatory == want.Regulatory)
		jurisdictions.sets(got.Jurisdictions, want.Jurisdictions)
		regulators.sets(got.Regulators, want.Regulators)
		if want.Regulatory {
			regulatory++
			stanceRight += one(got.Stance == want.Stance)
		}
		if want.Status != "" {
			statuses++
			statusRight += one(got.Status == want.Status)
		}
		if s.dated() {
			dated++
			effective.day(got.Effective, want.Effective)
			comments.day(got.Comments, want.Comments)
		}
	}
	sum, present := 0.0, 0
	for _, f := range types {
		if f.right+f.missed > 0 {
			present++
		}
		sum += f.f1()
	}
	f := Figures{Set: set}
	f.count("n", len(scores))
	f.count("regulatory_n", regulatory)
	f.share("types_macro", sum/float64(len(types)))
	f.share("types_present", sum/float64(max(1, present)))
	f.share("types_right", portion(typeRight, len(scores)))
	f.share("regulatory", portion(regulatoryRight, len(scores)))
	f.share("jurisdictions", jurisdictions.f1())
	f.share("regulators", regulators.f1())
	f.share("stance", portion(stanceRight, regulatory))
	if statuses > 0 {
		f.share("status", portion(statusRight, statuses))
	}
	if dated > 0 {
		f.count("dated_n", dated)
		f.count("effective_n", effective.right+effective.missed)
		f.share("effective_p", effective.precision())
		f.share("effective_r", effective.recall())
		f.count("comments_n", comments.right+comments.missed)
		f.share("comments_p", comments.precision())
		f.share("comments_r", comments.recall())
	}
	return f
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// TypeFigures are the F1 of each type that occurs or was read.
func TypeFigures(scores []EventScore) Figures {
	f := Figures{Set: "types"}
	for _, t := range corpus.EventTypes() {
		var n found
		for i := range scores {
			want, got := scores[i].Text.Type == t, scores[i].Got.Type == t
			n.right += one(want && got)
			n.wrong += one(got && !want)
			n.missed += one(want && !got)
		}
		if n != (found{}) {
			f.share(string(t), n.f1())
		}
	}
	return f
}

// Confusions are the types read for others, the most frequent first.
func Confusions(scores []EventScore) []Confusion {
	counts := map[Confusion]int{}
	for i := range scores {
		if c := (Confusion{Want: scores[i].Text.Type, Got: scores[i].Got.Type}); c.Want != c.Got {
			counts[c]++
		}
	}
	out := make([]Confusion, 0, len(counts))
	for c, n := range counts {
		c.N = n
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(string(a.Want), string(b.Want)), strings.Compare(string(a.Got), string(b.Got)))
	})
	return out
}
