package event

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// context is one text while it is being read.
type context struct {
	doc         *text.Document
	entities    []corpus.Entity
	instruments []corpus.InstrumentReading
	src         corpus.Source
	published   time.Time
	home        corpus.Jurisdiction // where a Chinese text was written, see homeOfText
	head        []*sentence         // the headline, then the lead
	mentions    []mention           // by start
	dated       []time.Time         // of effect and of the end of comments, once read
}

// sentence is one of the sentences that are read for cues.
type sentence struct {
	from, to int
	text     string
	chinese  bool
	folded   string // text as words are compared with it; of texts in other than Chinese the text itself
	toks     []token
	hits     []hit
	sure     []hit   // cues of how certain it is
	lean     float64 // weight of its permissive stance cues less that of the restrictive ones
	up       float64 // weight of the strongest permissive one
}

// mention is a place where an entity or an instrument is named.
type mention struct {
	span   corpus.Span
	class  class
	entity *corpus.Entity
}

// located is a cue and the sentence it stands in.
type located struct {
	hit
	sentence *sentence
}

func newContext(d *text.Document, ents []corpus.Entity, ins []corpus.InstrumentReading, src corpus.Source, published time.Time) *context {
	ctx := &context{doc: d, entities: ents, instruments: ins, src: src, published: published, home: homeOfText(d, src)}
	from := 0
	if d.TitleEnd > 0 { // a headline of several sentences is one headline
		ctx.add(0, d.TitleEnd)
		for from < len(d.Sentences) && d.Sentences[from].Title {
			from++
		}
	}
	for _, s := range d.Sentences[from:] {
		if len(ctx.head) > leadSentences {
			break
		}
		if len(ctx.head) == 0 || !boilerplate(d.Text(s)) {
			ctx.add(s.Start, s.End)
		}
	}
	if len(ctx.head) == 0 {
		return ctx
	}
	end := ctx.head[len(ctx.head)-1].to
	if h := ctx.headings(); len(h) > 0 {
		end = h[len(h)-1].End
	}
	for i := range ents {
		c := classOf(&ents[i])
		for _, m := range ents[i].Mentions {
			if c != 0 && m.Start < end {
				ctx.mentions = append(ctx.mentions, mention{m, c, &ents[i]})
			}
		}
	}
	for i := range ins {
		for _, m := range ins[i].Mentions {
			if m.Start < end {
				ctx.mentions = append(ctx.mentions, mention{span: m, class: instrument})
			}
		}
	}
	slices.SortStableFunc(ctx.mentions, func(a, b mention) int { return cmp.Compare(a.span.Start, b.span.Start) })
	return ctx
}

func (ctx *context) add(from, to int) {
	if s := ctx.sentence(from, to); len(s.toks) > 0 {
		ctx.head = append(ctx.head, s)
	}
}

// sentence scans the bytes [from, to) of the text.
func (ctx *context) sentence(from, to int) *sentence {
	s := &sentence{from: from, to: to, text: ctx.doc.Full[from:to], toks: scan(ctx.doc.Full, from, to)}
	s.folded = s.text
	if s.chinese = ctx.doc.Lang == "zh"; s.chinese {
		s.folded = text.FoldString(s.text)
	}
	return s
}

// says reports whether one of the Chinese words stands in the sentence.
func (s *sentence) says(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s.folded, w) })
}

func classOf(e *corpus.Entity) class {
	switch e.Kind {
	case corpus.EntityRegulator:
		if c, ok := regulatorClass[e.Name]; ok {
			return c
		}
		return regulator
	case corpus.EntityJurisdiction:
		if e.ID == "INTL" {
			return 0
		}
		return place
	case corpus.EntityExchange:
		return exchange
	case corpus.EntityAsset:
		return asset
	case corpus.EntityPerson:
		return person
	case corpus.EntityOrganisation:
		return firm
	}
	return 0
}

// mentionsIn returns the mentions that lie in a sentence.
func (ctx *context) mentionsIn(toks []token) []mention {
	if len(toks) == 0 {
		return nil
	}
	from, to := toks[0].start, toks[len(toks)-1].end
	lo, _ := slices.BinarySearchFunc(ctx.mentions, from, func(m mention, at int) int { return cmp.Compare(m.span.Start, at) })
	hi := lo
	for hi < len(ctx.mentions) && ctx.mentions[hi].span.Start < to {
		hi++
	}
	return ctx.mentions[lo:hi]
}

// best returns the strongest cue of a type, in the headline if there is one.
func (ctx *context) best(t corpus.EventType) located {
	var b located
	for _, s := range ctx.head {
		for _, h := range s.hits {
			if h.cue.typ == t && (b.cue == nil || b.sentence == s && (h.weight > b.weight || h.weight == b.weight && h.cue.stance != neutral && b.cue.stance == neutral)) {
				b = located{h, s}
			}
		}
	}
	return b
}

// authorityInMain reports whether an authority stands in the main clause.
func (s *sentence) authorityInMain() bool {
	for i := range s.toks {
		if s.toks[i].class&authority != 0 && !s.toks[i].minor && !s.toks[i].masked {
			return true
		}
	}
	return false
}

// leader returns the class of the authority that a sentence begins with, give
// or take its country and an article; 0 when it begins otherwise.
func (s *sentence) leader() class {
	for i := 0; i < len(s.toks) && i < 4; i++ {
		t := &s.toks[i]
		switch {
		case t.class&authority != 0:
			return t.class & authority
		case t.class&(place|separator) != 0, t.norm == "the", t.norm == "breaking", t.norm == "'", t.norm == "\"", t.norm == ":":
		default:
			return 0
		}
	}
	return 0
}

// names returns the assets (by ticker) or exchanges of a sentence; without any
// there, those of the text that are central to it.
func (ctx *context) names(kind corpus.EntityKind, s *sentence) []string {
	out := []string{}
	add := func(e *corpus.Entity) {
		n := e.Name
		if kind == corpus.EntityAsset {
			n = e.Symbol
		}
		if n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for i := range ctx.entities {
		if e := &ctx.entities[i]; e.Kind == kind && overlaps(e.Mentions, s.from, s.to) {
			add(e)
		}
	}
	if len(out) == 0 {
		for i := range ctx.entities {
			if e := &ctx.entities[i]; e.Kind == kind && e.Relevance >= centralRelevance {
				add(e)
			}
		}
	}
	return out
}

// centralRelevance is what an entity that is not in the headline must have to
// belong to the event. Guessed.
const centralRelevance = 0.4

func overlaps(spans []corpus.Span, from, to int) bool {
	return slices.ContainsFunc(spans, func(s corpus.Span) bool { return s.Start < to && from < s.End })
}

// targets returns the names of firms, exchanges and persons in a sentence that
// do not act in it.
func (ctx *context) targets(s *sentence, actors []string) []string {
	var out []string
	for i := range ctx.entities {
		e := &ctx.entities[i]
		switch e.Kind {
		case corpus.EntityExchange, corpus.EntityOrganisation, corpus.EntityPerson:
			if overlaps(e.Mentions, s.from, s.to) && !slices.Contains(actors, e.Name) && !slices.Contains(out, e.Name) && !ctx.official(e, s) {
				out = append(out, e.Name)
			}
		}
	}
	return out
}

// official reports whether a person in a sentence speaks for an authority.
func (ctx *context) official(e *corpus.Entity, s *sentence) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool { return t.class&authority != 0 && slices.Contains(t.entities, e) })
}

// evidence returns the sentences that tell of a type, the headline or the
// strongest first.
func (ctx *context) evidence(t corpus.EventType, first *sentence) []string {
	out := []string{first.text}
	for _, s := range ctx.head {
		if s == first || len(out) == maxEvidence {
			continue
		}
		if s.tells(t) && !slices.Contains(out, s.text) {
			out = append(out, s.text)
		}
	}
	return out
}

// mainClause returns the words of a sentence that stand in no subordinate
// clause; all of them when none does.
func (s *sentence) mainClause() []token {
	var out []token
	for _, t := range s.toks {
		if !t.minor {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return s.toks
	}
	return out
}

// homeOf returns the country of the person, firm or venue of a sentence, for
// want of any authority or place.
func (ctx *context) homeOf(s *sentence) corpus.Jurisdiction {
	for _, kind := range []corpus.EntityKind{corpus.EntityPerson, corpus.EntityOrganisation, corpus.EntityExchange} {
		for i := range ctx.entities {
			if e := &ctx.entities[i]; e.Kind == kind && e.Jurisdiction != "" && overlaps(e.Mentions, s.from, s.to) {
				return e.Jurisdiction
			}
		}
	}
	return ""
}

// instrumentsOf returns the instruments that a sentence names; with lead, also
// those of the headline and the lead, and what they repeal or amend.
func (ctx *context) instrumentsOf(s *sentence, lead bool) []corpus.InstrumentID {
	var out []corpus.InstrumentID
	from, to := s.from, s.to
	if lead {
		from, to = ctx.head[0].from, ctx.head[len(ctx.head)-1].to
	}
	for _, in := range ctx.instruments {
		if overlaps(in.Mentions, from, to) {
			addTo(&out, in.ID)
			if lead {
				for _, r := range in.Relations {
					addTo(&out, r.To)
				}
			}
		}
	}
	return out
}
