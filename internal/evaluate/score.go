package evaluate

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Tally is one yes or no of a page: Asked when its gold has an answer.
type Tally struct{ Asked, Yes bool }

// PageScore is how one page was read.
type PageScore struct {
	Page     LabelledPage
	Got      PageReading
	Error    bool
	Empty    bool    // no body
	HasBody  bool    // the gold has one
	P, R, F1 float64 // of the body's words
	F1Four   float64 // of its runs of four words
	F1Short  float64 // against the gold without its summary

	LeadIn, LeadFirst Tally

	// Segments: those of the article found and missed, those beside it taken
	// and kept out.
	HasSegments                bool
	Found, Taken, Missed, Kept int

	TitleGiven, TitleExact, TitleLoose    Tally
	AuthorsGiven, AuthorsExact, AuthorsIn Tally
	DateGiven, DateDay, DateInstant       Tally
	LangGiven, LangRight                  Tally
	DateMadeUp, AuthorsMadeUp             Tally // where the page has none: lower is better
}

// ScorePage compares what was found on a page with its gold.
func ScorePage(page LabelledPage, got PageReading) PageScore {
	g := page.Gold
	s := PageScore{Page: page, Got: got, Error: got.Error != "", Empty: got.Body == ""}
	if g.Body != nil {
		want, have := words(*g.Body), words(got.Body)
		s.HasBody = true
		s.P, s.R, s.F1 = agreement(want, have)
		_, _, s.F1Four = agreement(runsOf(want, 4), runsOf(have, 4))
		s.F1Short = s.F1
		if g.BodyNoSummary != nil && *g.BodyNoSummary != *g.Body {
			_, _, s.F1Short = agreement(words(*g.BodyNoSummary), have)
		}
	}
	if g.Lead != "" {
		want, have := words(g.Lead), words(got.Body)
		s.LeadIn = Tally{true, strings.Contains(strings.Join(have, " "), strings.Join(want, " "))}
		s.LeadFirst = Tally{true, strings.Contains(strings.Join(have[:min(len(have), len(want)+60)], " "), strings.Join(want, " "))}
	}
	if g.With != nil {
		s.HasSegments = true
		body := spaced(got.Body)
		for _, w := range g.With {
			if strings.Contains(body, spaced(w)) {
				s.Found++
			} else {
				s.Missed++
			}
		}
		for _, w := range g.Without {
			if strings.Contains(body, spaced(w)) {
				s.Taken++
			} else {
				s.Kept++
			}
		}
	}
	if g.Title != "" {
		t, want := spaced(got.Title), spaced(g.Title)
		s.TitleGiven, s.TitleExact = Tally{true, t != ""}, Tally{true, t == want}
		s.TitleLoose = Tally{true, strings.Join(words(t), " ") == strings.Join(words(want), " ")}
	}
	given := false
	for _, a := range got.Authors {
		given = given || strings.TrimSpace(a) != ""
	}
	if len(g.Authors) > 0 {
		s.AuthorsGiven = Tally{true, given}
		s.AuthorsExact, s.AuthorsIn = sameAuthors(g.Authors, got.Authors)
		s.AuthorsIn.Yes = s.AuthorsIn.Yes && given
	}
	if g.PublishedAt != "" {
		want, have := readMoment(g.PublishedAt), readMoment(got.PublishedAt)
		s.DateGiven = Tally{true, have.ok}
		s.DateDay = Tally{true, have.ok && want.ok && want.sameDay(have)}
		s.DateInstant = Tally{true, have.ok && want.ok && want.sameMinute(have)}
	}
	if len(g.Lang) > 0 {
		s.LangGiven = Tally{true, got.Lang != ""}
		right := false
		for _, l := range g.Lang {
			right = right || language(l) == language(got.Lang)
		}
		s.LangRight = Tally{true, right}
	}
	if g.NoDate {
		s.DateMadeUp = Tally{true, got.PublishedAt != ""}
	}
	if g.NoAuthors {
		s.AuthorsMadeUp = Tally{true, given}
	}
	return s
}

// words splits a text into words, without regard to case and compatibility
// forms; scripts written without spaces give one word a character.
func words(s string) []string {
	var out []string
	start := -1
	s = cases.Fold().String(norm.NFKC.String(s))
	for i, r := range s {
		alone := unspaced(r)
		if start >= 0 && (alone || !wordRune(r)) {
			out, start = append(out, s[start:i]), -1
		}
		switch {
		case alone:
			out = append(out, string(r))
		case start < 0 && wordRune(r):
			start = i
		}
	}
	if start >= 0 {
		out = append(out, s[start:])
	}
	return out
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// unspaced reports the Thai, Burmese, Khmer, Japanese and Chinese characters.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (r <= 0x0e7f || r >= 0x1000 && r <= 0x109f || r >= 0x1780 && r <= 0x17ff || r >= 0x3040 && r <= 0x30ff ||
		r >= 0x3400 && r <= 0x4dbf || r >= 0x4e00 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x2ffff)
}

// agreement compares two bags of words.
func agreement(want, have []string) (p, r, f1 float64) {
	if len(want) == 0 && len(have) == 0 {
		return 1, 1, 1
	}
	left := make(map[string]int, len(want))
	for _, w := range want {
		left[w]++
	}
	common := 0.0
	for _, w := range have {
		if left[w] > 0 {
			left[w]--
			common++
		}
	}
	if common == 0 {
		return 0, 0, 0
	}
	p, r = common/float64(len(have)), common/float64(len(want))
	return p, r, 2 * p * r / (p + r)
}

// runsOf gives every run of n words as one; a shorter text is one run.
func runsOf(w []string, n int) []string {
	if len(w) == 0 {
		return nil
	}
	out := make([]string, 0, max(1, len(w)-n+1))
	for i := range max(1, len(w)-n+1) {
		out = append(out, strings.Join(w[i:min(len(w), i+n)], " "))
	}
	return out
}

// spaced makes all white space single spaces.
func spaced(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }), " ")
}

func language(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexAny(s, "-_"); i >= 0 {
		s = s[:i]
	}
	return s
}

var authorBy = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:by|von|par|por|di|door|av|af)[ :]+`)
})

func authorName(s string) string {
	s = cases.Fold().String(spaced(norm.NFKC.String(s)))
	return strings.Trim(authorBy().ReplaceAllString(s, ""), " ,.;:|")
}

// sameAuthors compares two lists of names as sets, and asks whether every
// name that is wanted stands somewhere in those that were found.
func sameAuthors(want, have []string) (exact, in Tally) {
	w, h := map[string]bool{}, map[string]bool{}
	var all []string
	for _, a := range have {
		if strings.TrimSpace(a) != "" {
			h[authorName(a)] = true
			all = append(all, authorName(a))
		}
	}
	joined := strings.Join(all, " ")
	exact, in = Tally{true, true}, Tally{true, true}
	for _, a := range want {
		a = authorName(a)
		w[a] = true
		exact.Yes = exact.Yes && h[a]
		in.Yes = in.Yes && strings.Contains(joined, a)
	}
	exact.Yes = exact.Yes && len(w) == len(h)
	return exact, in
}

// instant is a date as gold or a reader writes it.
type instant struct {
	time.Time
	ok, clock, zone bool
}

var (
	dayForm   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{4}(?:-\d\d)?$`) })
	clockForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?`)
	})
	anyDay = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\d{4})[-/.](\d\d)[-/.](\d\d)`) })
	unix   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{10})(?:\d{3})?$`) })
)

func readMoment(s string) instant {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return instant{Time: t, ok: true}
	}
	if s == "" || dayForm().MatchString(s) {
		return instant{}
	}
	if m := clockForm().FindStringSubmatch(s); m != nil {
		text, layout := m[1]+"T"+m[2]+m[3], "2006-01-02T15:04"
		if m[3] != "" {
			layout += ":05"
		}
		switch {
		case m[4] == "Z":
			text, layout = text+"Z", layout+"Z07:00"
		case strings.Contains(m[4], ":"):
			text, layout = text+m[4], layout+"-07:00"
		case m[4] != "":
			text, layout = text+m[4], layout+"-0700"
		}
		if t, err := time.Parse(layout, text); err == nil {
			return instant{Time: t, ok: true, clock: true, zone: m[4] != ""}
		}
	}
	if t, err := mail.ParseDate(s); err == nil {
		return instant{Time: t, ok: true, clock: true, zone: true}
	}
	if m := anyDay().FindStringSubmatch(s); m != nil {
		if t, err := time.Parse(time.DateOnly, m[1]+"-"+m[2]+"-"+m[3]); err == nil {
			return instant{Time: t, ok: true}
		}
	}
	if m := unix().FindStringSubmatch(s); m != nil {
		if n, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			return instant{Time: time.Unix(n, 0).UTC(), ok: true, clock: true, zone: true}
		}
	}
	return instant{}
}

func dayOf(t time.Time) string { return t.Format(time.DateOnly) }

// sameDay reports whether have falls on the day of want, where it was written
// or in UTC.
func (want instant) sameDay(have instant) bool {
	switch {
	case dayOf(want.Time) == dayOf(have.Time):
		return true
	case !want.zone || !want.clock:
		return false
	}
	utc := dayOf(want.UTC())
	return dayOf(have.Time) == utc || have.clock && have.zone && dayOf(have.UTC()) == utc
}

// sameMinute reports whether have is want to less than a minute. A time
// without a zone stands for UTC beside one that has a zone; gold without a
// zone is right by either clock.
func (want instant) sameMinute(have instant) bool {
	near := func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Minute }
	switch {
	case !want.clock || !have.clock:
		return false
	case want.zone:
		return near(have.Time, want.Time)
	}
	_, offset := have.Zone()
	return near(have.Add(time.Duration(offset)*time.Second), want.Time) || near(have.Time, want.Time)
}
