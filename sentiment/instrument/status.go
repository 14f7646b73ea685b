package instrument

import (
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/instrument/when"
	"github.com/regwire/regwire/sentiment/text"
)

// state adds a statement on an instrument's status. Of two that say the same
// the one with more facts stays.
func (it *item) state(st corpus.StatusChange) {
	for i, have := range it.Stated {
		if have.Status != st.Status || have.Part != st.Part || have.By != "" && st.By != "" && have.By != st.By {
			continue
		}
		if !have.EffectiveAt.IsZero() && !st.EffectiveAt.IsZero() && !have.EffectiveAt.Equal(st.EffectiveAt) {
			if st.Status == corpus.InstrumentInForce || st.Status.Stage() == 5 {
				continue
			}
			return // a second day of proposal is that of another draft
		}
		if have.EffectiveAt.IsZero() {
			it.Stated[i].EffectiveAt = st.EffectiveAt
		}
		if have.AppliesAt.IsZero() {
			it.Stated[i].AppliesAt = st.AppliesAt
		}
		if have.By == "" && st.By != "" {
			it.Stated[i].By, it.Stated[i].Evidence = st.By, st.Evidence
		}
		return
	}
	it.Stated = append(it.Stated, st)
}

// summarize sets the status from all that was stated. What lies ahead of the
// day of publication has not been reached; without that day, what the words
// put into the future.
func (it *item) summarize(published time.Time) {
	if it.printed && slices.ContainsFunc(it.Stated, func(st corpus.StatusChange) bool { return st.Status == corpus.InstrumentProposed }) {
		it.Stated = slices.DeleteFunc(it.Stated, func(st corpus.StatusChange) bool { return st.Status == corpus.InstrumentAdopted })
	}
	now := published
	if now.IsZero() {
		now = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		if it.ahead {
			for _, st := range it.Stated {
				if st.Status == corpus.InstrumentInForce {
					now = st.EffectiveAt.AddDate(0, 0, -1)
				}
			}
		}
	}
	it.Status = corpus.StatusAt(it.Stated, now)
	for _, st := range it.Stated {
		if st.Status == it.Status || it.Status == corpus.InstrumentAdopted && st.Status == corpus.InstrumentInForce {
			if it.Evidence == "" {
				it.Evidence = st.Evidence
			}
		}
		if st.Status.Stage() >= 2 && it.EffectiveAt.IsZero() && st.Status == corpus.InstrumentInForce {
			it.EffectiveAt = st.EffectiveAt
			if it.EffectiveAt.IsZero() {
				it.EffectiveAt = st.AppliesAt
			}
		}
	}
	if it.Status == corpus.InstrumentUnknown {
		it.Evidence = ""
	}
	if it.EffectiveAt.IsZero() && it.Status.Stage() == 5 {
		for _, st := range it.Stated {
			if st.Status == it.Status {
				it.EffectiveAt = st.EffectiveAt
			}
		}
	}
}

// date finds the day of each act: behind it, in its clause, or, where the
// sentence opens with one, there. It also says which acts lie in the future.
func (p *page) date(acts []act, s text.Sentence) {
	dates := when.Find(p.doc.Text(s), p.published)
	full := p.doc.Full
	for i := range acts {
		a := &acts[i]
		if a.status == "" && a.kind == "" {
			continue
		}
		head := asciiLower(full[max(s.Start, a.start-24):a.start])
		a.ahead = !a.han && (lastWord(head, "will") >= 0 || strings.HasSuffix(strings.TrimSpace(head), "set to") || strings.HasSuffix(strings.TrimSpace(head), "due to")) ||
			a.han && (strings.Contains(head, "将") || strings.Contains(head, "將"))
		if len(dates) == 0 {
			continue
		}
		from, to := a.end, s.End
		if i+1 < len(acts) {
			if to = acts[i+1].start; acts[i+1].name == "force.adj" && to-a.end < 4 { // "is repealed with effect from"
				to = s.End
			}
		}
		if a.han {
			from, to = hanClause(full, span{s.Start, s.End}, a.start)
			if a.status == corpus.InstrumentAdopted && i > 0 {
				from = max(from, acts[i-1].end)
			}
		} else {
			to = min(to, a.end+70)
			if a.name == "force.adj" {
				from = a.start
			}
		}
		if j := slices.IndexFunc(dates, func(d when.Date) bool { return s.Start+d.Start >= from && s.Start+d.End <= to }); j >= 0 && (a.han || dayOf(full[from:s.Start+dates[j].Start])) {
			a.day = dates[j].At
		} else if a.han && i == 0 && s.Start+dates[0].End <= a.start {
			a.day = dates[0].At // 2025年5月21日，立法会三读通过…
		} else if !a.han && i == 0 && dates[0].Start < 12 && s.Start+dates[0].End <= a.start {
			a.day = dates[0].At // "On 21 May 2025 …"
		} else if !a.han && i > 0 && p.clauseDay(acts, i, dates, s) >= 0 {
			a.day = dates[p.clauseDay(acts, i, dates, s)].At
		}
		if !a.day.IsZero() && !p.published.IsZero() && a.day.After(p.published) && !a.void {
			a.ahead = true
		}
	}
}

// clauseDay returns the date that opens the clause of an act: ", and on 1
// August 2025 it came into force".
func (p *page) clauseDay(acts []act, i int, dates []when.Date, s text.Sentence) int {
	full := p.doc.Full
	return slices.IndexFunc(dates, func(d when.Date) bool {
		at := s.Start + d.Start
		if at < acts[i-1].end || s.Start+d.End > acts[i].start {
			return false
		}
		head := asciiLower(full[acts[i-1].end:at])
		return strings.HasSuffix(head, ", on ") || strings.HasSuffix(head, "and on ") || strings.HasSuffix(head, "; on ")
	})
}

// dayOf reports whether the words between an act and a date leave the date to
// the act.
func dayOf(gap string) bool {
	gap = asciiLower(plain(gap))
	for _, w := range []string{"comment", "comments", "until", "expires", "which", "that", "replacing", "dated", "known", "called", "dubbed", "of"} {
		if firstWord(gap, w) >= 0 {
			return w == "of" && len(gap) > 30
		}
	}
	return true
}
