package evaluate

import "fmt"

// Faults says what went wrong on a page, and how bad it is: the sum of the
// columns in which it failed, each counting one at most.
func (s *PageScore) Faults() (cost float64, faults []string) {
	add := func(c float64, format string, args ...any) {
		cost += c
		faults = append(faults, fmt.Sprintf(format, args...))
	}
	if s.Error {
		add(0, "error: %s", s.Got.Error)
	}
	if s.HasBody && s.F1 < 0.95 {
		add(1-s.F1, "body: F1 %.3f, precision %.3f, recall %.3f", s.F1, s.P, s.R)
	}
	if all := s.Found + s.Missed + s.Taken + s.Kept; s.Missed+s.Taken > 0 {
		add(float64(s.Missed+s.Taken)/float64(all), "passages: %d of %d missed, %d of %d taken that stand beside the article", s.Missed, s.Found+s.Missed, s.Taken, s.Taken+s.Kept)
	}
	g := s.Page.Gold
	wrong := func(t Tally) bool { return t.Asked && !t.Yes }
	if wrong(s.TitleExact) {
		add(1, "title: %q, not %q", s.Got.Title, g.Title)
	}
	if wrong(s.AuthorsExact) {
		add(1, "authors: %q, not %q", s.Got.Authors, g.Authors)
	}
	if wrong(s.DateDay) {
		add(1, "date: %q, not %q", s.Got.PublishedAt, g.PublishedAt)
	}
	if s.DateDay.Yes && wrong(s.DateInstant) && readMoment(g.PublishedAt).clock {
		add(0.5, "time: %q, not %q", s.Got.PublishedAt, g.PublishedAt)
	}
	if s.DateMadeUp.Yes {
		add(1, "date made up: %q", s.Got.PublishedAt)
	}
	if s.AuthorsMadeUp.Yes {
		add(1, "authors made up: %q", s.Got.Authors)
	}
	if wrong(s.LangRight) {
		add(0.5, "language: %q, not %q", s.Got.Lang, g.Lang)
	}
	return cost, faults
}
