package event

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

const (
	// maxSections bounds the headings inside a text that are read.
	maxSections = 24
	// The length in bytes of a heading worth reading.
	minHeading, maxHeading = 12, 160
	// sectionWeight is what a cue of a heading must weigh to be a happening
	// of its own: a heading has no context to lean on.
	sectionWeight = 8.0
)

// headings returns the sentences below the lead that are headings: a line of
// its own, short and without final punctuation, with text below it.
func (ctx *context) headings() []text.Sentence {
	var out []text.Sentence
	after := ctx.head[len(ctx.head)-1].to
	all := ctx.doc.Sentences
	for i := 0; i+1 < len(all) && len(out) < maxSections; i++ {
		s := all[i]
		if s.Start < after || s.End-s.Start < minHeading || s.End-s.Start > maxHeading ||
			i > 0 && all[i-1].Block == s.Block || all[i+1].Block == s.Block || len(ctx.doc.Text(all[i+1])) < 2*minHeading {
			continue
		}
		r, _ := utf8.DecodeLastRuneInString(ctx.doc.Text(s))
		if strings.ContainsRune(".。!！?？;；,，:：…", r) || strings.HasPrefix(ctx.doc.Text(s), "-") {
			continue
		}
		out = append(out, s)
	}
	return out
}

// sections adds the happenings that headings inside the text tell: somebody
// named acts or suffers, and it has happened.
func (r *Reader) sections(ctx *context, events []corpus.EventReading) []corpus.EventReading {
	if len(events) > 0 && events[0].Type == corpus.Other && ctx.opinion() {
		return events
	}
	for _, h := range ctx.headings() {
		if len(events) == maxEvents {
			break
		}
		s := ctx.sentence(h.Start, h.End)
		if len(s.toks) == 0 {
			continue
		}
		r.read(ctx, s)
		best := located{}
		for _, t := range order {
			if !happens[t] {
				continue
			}
			for _, c := range s.hits {
				if c.cue.typ == t && c.weight >= sectionWeight && (best.cue == nil || c.weight > best.weight) {
					best = located{c, s}
				}
			}
		}
		if best.cue == nil || best.cue.typ.Regulatory() && !s.names(authority) || !best.cue.typ.Regulatory() && !s.names(exchange|firm|asset) ||
			slices.ContainsFunc(events, func(e corpus.EventReading) bool { return e.Type == best.cue.typ }) {
			continue
		}
		e := r.reading(ctx, best.cue.typ, best, false)
		if e.Status == corpus.EventDone {
			events = append(events, e)
		}
	}
	return events
}

// happens are the types that a heading may add: acts with a date. The others
// are as likely the heading of an explanation.
var happens = map[corpus.EventType]bool{
	corpus.Enforcement: true, corpus.CourtRuling: true, corpus.Repeal: true, corpus.Halt: true, corpus.Hack: true, corpus.Insolvency: true, corpus.Delisting: true,
}

var past = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:in|since|of|from|until|between) (?:(?:january|february|march|april|may|june|july|august|september|october|november|december) )?(?:19|20)\d\d\b|\b(?:earlier|previously|years? ago|last year|months? ago|had (?:been|already)|formerly|back in|once)\b|(?:19|20)\d\d年|此前|曾|去年|早前|当年`)
})

// background reports whether a sentence tells of what was before. Only its
// beginning is read.
func background(s string) bool { return past().MatchString(s[:min(len(s), maxPast)]) }

const maxPast = 300

// opinion reports whether the headline is no report.
func (ctx *context) opinion() bool {
	return slices.ContainsFunc(ctx.head[0].hits, func(h hit) bool { return h.cue.typ == corpus.Other && h.cue.stance == restrictive })
}

// read gives a sentence its classes and finds its cues.
func (r *Reader) read(ctx *context, s *sentence) {
	r.tag(s.toks, ctx)
	if len(ctx.head) > 0 && s == ctx.head[0] {
		ctx.speak(publisher(ctx.src))
	}
	r.cues(ctx, s)
}

// cues finds the cues of a sentence and which way it leans.
func (r *Reader) cues(ctx *context, s *sentence) {
	s.hits, s.sure = nil, nil
	best := map[corpus.EventType]float64{}
	for _, h := range r.grammar.find(s.toks) {
		if h.cue.typ == up || h.cue.typ == down {
			w := h.weight
			if s != ctx.head[0] {
				w = h.cue.weight // clauses of prose are no asides
			}
			best[h.cue.typ] = max(best[h.cue.typ], w)
			continue
		}
		if t := h.cue.typ; t == denial || t == rumoured || t == coming {
			s.sure = append(s.sure, h)
			continue
		}
		s.hits = append(s.hits, h)
	}
	s.lean, s.up = best[up]-best[down], best[up]
}
