package evaluate

import (
	"fmt"
	"slices"
)

// Kappa is Cohen's kappa of two lists of choices, of equal length: 1 for full
// agreement, 0 for what chance alone gives. When chance alone would make them
// agree it is 1.
//
// J. Cohen, A coefficient of agreement for nominal scales, 1960.
func Kappa[T comparable](a, b []T) float64 {
	if len(a) == 0 {
		return 1
	}
	inA, inB := map[T]int{}, map[T]int{}
	agree := 0
	for i := range a {
		inA[a[i]]++
		inB[b[i]]++
		agree += one(a[i] == b[i])
	}
	n := float64(len(a))
	chance := 0.0
	for x, k := range inA {
		chance += float64(k) / n * float64(inB[x]) / n
	}
	if chance == 1 {
		return 1
	}
	return (float64(agree)/n - chance) / (1 - chance)
}

// Disagreement is a text that two people labelled differently, and in what.
type Disagreement struct {
	ID    string   `json:"id"`
	About []string `json:"about"`
}

// Agreement compares the labels that two people gave to the same texts. It
// fails when they are not about the same texts.
//
//	n                          texts
//	types_kappa, regulatory_kappa, stance_kappa
//	                           Cohen's kappa; of stance over the texts both
//	                           call regulatory
//	types, regulatory, jurisdictions, regulators, stance, status, effective,
//	comments                   share of texts with the same label; lists as sets
func Agreement(set string, first, second []EventLabel) (Figures, []Disagreement, error) {
	f := Figures{Set: set}
	by := make(map[string]EventLabel, len(second))
	for _, l := range second {
		by[l.ID] = l
	}
	if len(by) != len(first) {
		return f, nil, fmt.Errorf("%d labels and %d", len(first), len(by))
	}
	var typesA, typesB []string
	var regA, regB []bool
	var stanceA, stanceB []int
	same := map[string]int{}
	var out []Disagreement
	for _, a := range first {
		b, ok := by[a.ID]
		if !ok {
			return f, nil, fmt.Errorf("%s has one label", a.ID)
		}
		typesA, typesB = append(typesA, string(a.Type)), append(typesB, string(b.Type))
		regA, regB = append(regA, a.Regulatory), append(regB, b.Regulatory)
		if a.Regulatory && b.Regulatory {
			stanceA, stanceB = append(stanceA, a.Stance), append(stanceB, b.Stance)
		}
		var about []string
		compare := func(what string, equal bool, x, y any) {
			same[what] += one(equal)
			if !equal {
				about = append(about, fmt.Sprintf("%s %v, %v", what, x, y))
			}
		}
		compare("types", a.Type == b.Type, a.Type, b.Type)
		compare("regulatory", a.Regulatory == b.Regulatory, a.Regulatory, b.Regulatory)
		compare("jurisdictions", sameSet(a.Jurisdictions, b.Jurisdictions), a.Jurisdictions, b.Jurisdictions)
		compare("regulators", sameSet(a.Regulators, b.Regulators), a.Regulators, b.Regulators)
		compare("stance", a.Stance == b.Stance, a.Stance, b.Stance)
		compare("status", a.Status == b.Status, a.Status, b.Status)
		compare("effective", a.Effective == b.Effective, orNone(a.Effective), orNone(b.Effective))
		compare("comments", a.Comments == b.Comments, orNone(a.Comments), orNone(b.Comments))
		if len(about) > 0 {
			out = append(out, Disagreement{ID: a.ID, About: slices.Clip(about)})
		}
	}
	f.count("n", len(first))
	f.share("types_kappa", Kappa(typesA, typesB))
	f.share("regulatory_kappa", Kappa(regA, regB))
	f.share("stance_kappa", Kappa(stanceA, stanceB))
	for _, what := range []string{"types", "regulatory", "jurisdictions", "regulators", "stance", "status", "effective", "comments"} {
		f.share(what, portion(same[what], len(first)))
	}
	return f, out, nil
}
