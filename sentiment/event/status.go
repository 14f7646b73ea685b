package event

import (
	_ "embed"

	"github.com/regwire/regwire/corpus"
)

//go:embed data/status.txt
var statusData string

// The types of cues that say how certain a happening is.
const (
	denial   corpus.EventType = "denial"
	rumoured corpus.EventType = "rumoured"
	coming   corpus.EventType = "coming"
)

// status says how certain the happening is that h tells: a plan shows in the
// words of the cue or just before it, a rumour or a denial anywhere in the
// sentence.
func (r *Reader) status(s *sentence, t corpus.EventType, h hit) corpus.EventStatus {
	if s.chinese {
		return r.statusOfChinese(s, t, h)
	}
	from, to := 0, len(s.toks)
	if h.cue != nil {
		from, to = max(0, h.from-nearPlan), min(len(s.toks), h.to+nearPlan)
	}
	switch {
	case s.tense(denial, 0, len(s.toks)):
		return corpus.EventDenied
	case t == corpus.Warning:
		return corpus.EventDone // warning is what was done
	case s.tense(rumoured, 0, len(s.toks)):
		return corpus.EventRumour
	case t == corpus.RuleProposal, t == corpus.Policy && h.cue != nil && h.cue.stance == neutral:
		return corpus.EventDone // so are proposing, hearing and deciding on rates
	case s.tense(coming, from, to), t != corpus.Appointment && r.infinitive(s.toks[from:to], s.toks[:from]):
		return corpus.EventPlanned
	}
	return corpus.EventDone
}

// nearPlan is how many tokens before and after a cue a plan may stand.
const nearPlan = 5

// tense reports whether a cue of how certain it is stands in toks[from:to].
func (s *sentence) tense(t corpus.EventType, from, to int) bool {
	for _, h := range s.sure {
		if h.cue.typ == t && h.from >= from && h.to <= to+1 {
			return true
		}
	}
	return false
}

// infinitive reports whether toks tell of what is to come as headlines do: "X
// to ban Y". After what somebody did, said or asked for, the infinitive only
// belongs to that; before are the words in front of toks.
func (r *Reader) infinitive(toks, before []token) bool {
	governed := func(toks []token) bool {
		for i := range toks {
			if toks[i].class&separator != 0 || toks[i].norm == ":" {
				return false
			}
			if r.lists["governs"].has(toks[i].norm) || toks[i].class&(money|number) != 0 && i == len(toks)-1 {
				return true
			}
		}
		return false
	}
	for i := 1; i+1 < len(toks); i++ {
		if toks[i].norm != "to" || !r.lists["acts"].has(toks[i+1].norm) {
			continue
		}
		if !governed(toks[:i]) && !governed(before) {
			return true
		}
	}
	return false
}
