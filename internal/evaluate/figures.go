package evaluate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Figure is one number of a report.
type Figure struct {
	Name  string
	Value float64
	Count bool // a number of cases and not a share
}

// Figures are those of one set, in the order they are printed in.
type Figures struct {
	Set  string
	List []Figure
}

// Get returns the figure of that name, and whether there is one.
func (f Figures) Get(name string) (float64, bool) {
	for _, x := range f.List {
		if x.Name == name {
			return x.Value, true
		}
	}
	return 0, false
}

// String is one line: the set and its figures.
func (f Figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s", f.Set)
	for _, x := range f.List {
		if x.Count {
			fmt.Fprintf(&b, " %s=%.0f", x.Name, x.Value)
		} else {
			fmt.Fprintf(&b, " %s=%.3f", x.Name, x.Value)
		}
	}
	return b.String()
}

// MarshalJSON writes one object of numbers.
func (f Figures) MarshalJSON() ([]byte, error) {
	out := map[string]any{"set": f.Set}
	for _, x := range f.List {
		out[x.Name] = x.Value
	}
	return json.Marshal(out)
}

func (f *Figures) count(name string, n int) {
	f.List = append(f.List, Figure{Name: name, Value: float64(n), Count: true})
}

func (f *Figures) share(name string, v float64) {
	f.List = append(f.List, Figure{Name: name, Value: v})
}

// PageFigures sums scores up, a set at a time, in the order the sets appear.
//
//	body_*    words of the body: precision, recall and F1, the mean of the pages
//	seg_*     passages: those of the article found, those beside it kept out
//	title_*   equal, and equal without case and punctuation
//	authors_* the same set of names, and every name somewhere
//	date_*    the same day, the same minute
//	lang_ok   the right language
//	nodate_given, noauthor_given
//	          a date or an author where the page has none: lower is better
func PageFigures(scores []PageScore) []Figures {
	var sets []string
	bySet := map[string][]PageScore{}
	for _, s := range scores {
		if !slices.Contains(sets, s.Page.Set) {
			sets = append(sets, s.Page.Set)
		}
		bySet[s.Page.Set] = append(bySet[s.Page.Set], s)
	}
	out := make([]Figures, 0, len(sets))
	for _, set := range sets {
		out = append(out, figuresOf(set, bySet[set]))
	}
	return out
}

func figuresOf(set string, scores []PageScore) Figures {
	f := Figures{Set: set}
	f.count("n", len(scores))
	f.count("errors", countIf(scores, func(s *PageScore) bool { return s.Error }))
	f.count("empty_body", countIf(scores, func(s *PageScore) bool { return s.Empty }))
	f.bodies(scores)
	f.segments(scores)

	tally := func(of func(*PageScore) Tally) (yes float64, asked int) {
		for i := range scores {
			if t := of(&scores[i]); t.Asked {
				asked++
				if t.Yes {
					yes++
				}
			}
		}
		return yes, asked
	}
	shares := func(prefix string, given func(*PageScore) Tally, names []string, of ...func(*PageScore) Tally) {
		yes, n := tally(given)
		if n == 0 {
			return
		}
		f.count(prefix+"_n", n)
		f.share(prefix+"_given", yes/float64(n))
		for i, name := range names {
			yes, _ := tally(of[i])
			f.share(prefix+"_"+name, yes/float64(n))
		}
	}
	shares("title", func(s *PageScore) Tally { return s.TitleGiven }, []string{"exact", "loose"},
		func(s *PageScore) Tally { return s.TitleExact }, func(s *PageScore) Tally { return s.TitleLoose })
	shares("authors", func(s *PageScore) Tally { return s.AuthorsGiven }, []string{"exact", "contains"},
		func(s *PageScore) Tally { return s.AuthorsExact }, func(s *PageScore) Tally { return s.AuthorsIn })
	dateGiven, dateDay := func(s *PageScore) Tally { return s.DateGiven }, func(s *PageScore) Tally { return s.DateDay }
	shares("date", dateGiven, []string{"day", "instant"}, dateDay, func(s *PageScore) Tally { return s.DateInstant })
	if given, n := tally(dateGiven); n > 0 {
		right, _ := tally(dateDay)
		f.share("date_p", ratio(right, given))
		f.share("date_r", ratio(right, right+float64(n)-given))
		f.share("date_f1", ratio(2*right, given+right+float64(n)-given))
	}
	shares("lang", func(s *PageScore) Tally { return s.LangGiven }, []string{"ok"}, func(s *PageScore) Tally { return s.LangRight })
	if in, n := tally(func(s *PageScore) Tally { return s.LeadIn }); n > 0 {
		first, _ := tally(func(s *PageScore) Tally { return s.LeadFirst })
		f.count("lead_n", n)
		f.share("lead_in", in/float64(n))
		f.share("lead_start", first/float64(n))
	}
	if yes, n := tally(func(s *PageScore) Tally { return s.DateMadeUp }); n > 0 {
		f.count("nodate_given_n", n)
		f.share("nodate_given", yes/float64(n))
	}
	if yes, n := tally(func(s *PageScore) Tally { return s.AuthorsMadeUp }); n > 0 {
		f.count("noauthor_given_n", n)
		f.share("noauthor_given", yes/float64(n))
	}
	return f
}

func countIf(scores []PageScore, is func(*PageScore) bool) int {
	n := 0
	for i := range scores {
		if is(&scores[i]) {
			n++
		}
	}
	return n
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (f *Figures) bodies(scores []PageScore) {
	var f1s []float64
	var p, r, f1, four, short, good, bad float64
	for _, s := range scores {
		if !s.HasBody {
			continue
		}
		f1s = append(f1s, s.F1)
		p, r, f1, four, short = p+s.P, r+s.R, f1+s.F1, four+s.F1Four, short+s.F1Short
		if s.F1 >= .95 {
			good++
		}
		if s.F1 < .5 {
			bad++
		}
	}
	n := float64(len(f1s))
	if n == 0 {
		return
	}
	slices.Sort(f1s)
	for _, x := range []Figure{
		{Name: "body_f1", Value: f1 / n}, {Name: "body_p", Value: p / n}, {Name: "body_r", Value: r / n},
		{Name: "body_f1_4gram", Value: four / n}, {Name: "body_f1_nosummary", Value: short / n},
		{Name: "body_f1_median", Value: (f1s[(len(f1s)-1)/2] + f1s[len(f1s)/2]) / 2},
		{Name: "body_ge95", Value: good / n}, {Name: "body_lt50", Value: bad / n},
	} {
		f.share(x.Name, x.Value)
	}
}

func (f *Figures) segments(scores []PageScore) {
	asked := false
	var found, taken, missed, kept float64
	for _, s := range scores {
		asked = asked || s.HasSegments
		found, taken, missed, kept = found+float64(s.Found), taken+float64(s.Taken), missed+float64(s.Missed), kept+float64(s.Kept)
	}
	if !asked {
		return
	}
	f.share("seg_p", ratio(found, found+taken))
	f.share("seg_r", ratio(found, found+missed))
	f.share("seg_acc", ratio(found+kept, found+taken+missed+kept))
	f.share("seg_f1", ratio(2*found, 2*found+taken+missed))
}
