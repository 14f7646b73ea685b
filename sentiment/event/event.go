package event

import (
	"cmp"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

const (
	// leadSentences are read for cues besides the headline.
	leadSentences = 4
	// leadWeight is what a cue of the first sentence of the lead counts against
	// one of the headline, and of the later ones in proportion to their place;
	// bareWeight is the same below a headline that tells of nothing.
	leadWeight = 0.2
	bareWeight = 0.45
	// enough is the weight from which a type is told; below it is Other.
	enough = 3.0
	// opinionWeight is what a headline must weigh to say that it is no report.
	opinionWeight = 6.0
	// aside is the same for a type that only a subordinate clause of the
	// headline tells of: "ahead of a decision".
	aside = 4.4
	// speakerBonus is what a headline that begins with an authority adds for
	// policy: whoever speaks first is whom it is about.
	speakerBonus = 2.0
	// further is the weight of a cue from which it is a happening of its own.
	further = 7.5
	// maxEvents and maxEvidence bound a reading.
	maxEvents   = 4
	maxEvidence = 3
)

// Reader reads events. Use [New].
type Reader struct {
	grammar     *grammar
	authorities []authorityWord
	persons     map[string]*authorityWord
	meant       map[string]string // by generic word and country
	words       *text.Matcher
	lists       map[string]*wordList
}

// New returns a Reader over the embedded data. It panics if that is broken,
// which a test excludes.
func New() *Reader {
	r, err := newReader()
	if err != nil {
		panic("event: embedded data: " + err.Error())
	}
	return r
}

func newReader() (r *Reader, err error) {
	r = &Reader{}
	if r.grammar, err = readCues(cueData + stanceData + statusData + cueDataZh); err != nil {
		return nil, err
	}
	if r.authorities, r.persons, r.meant, err = readAuthorities(authorityData + authorityDataZh); err != nil {
		return nil, err
	}
	r.lists, err = readWords(wordData, "permissive", "restrictive", "warm", "cold", "duty", "setback", "burden", "crime", "business", "rumour", "planned", "later", "denied", "friend", "critic", "swindle", "governs", "acts", "pending", "refused", "granted")
	r.words = text.NewMatcher(phrases(r.authorities))
	return r, err
}

// Read returns the events that d tells, the main one first, and whether d is
// regulatory: an authority acts, speaks or is the issue. A text that tells of
// nothing we have a type for has one event of type [corpus.Other]; an empty
// text has none. ents and ins are what was found in d; src and published may
// be zero.
func (r *Reader) Read(d *text.Document, ents []corpus.Entity, ins []corpus.InstrumentReading, src corpus.Source, published time.Time) (events []corpus.EventReading, regulatory bool) {
	ctx := newContext(d, ents, ins, src, published)
	if len(ctx.head) == 0 {
		return nil, false
	}
	for _, s := range ctx.head {
		r.read(ctx, s)
	}
	if ctx.src.Kind == "" && ctx.speak(ctx.speaker()) {
		r.cues(ctx, ctx.head[0])
	}
	scores := r.score(ctx)
	main := r.second(ctx, r.choose(ctx, scores))
	events = append(events, r.reading(ctx, main, ctx.best(main), true))
	for _, at := range r.others(ctx, scores, main) {
		events = append(events, r.reading(ctx, at.cue.typ, at, false))
	}
	regulatory = r.regulatory(ctx, events)
	if !regulatory { // nobody acts, then
		events[0].Jurisdictions, events[0].Regulators = []corpus.Jurisdiction{}, []string{}
	}
	return r.repeals(ctx, r.sections(ctx, events)), regulatory
}

// score adds up what the cues of the headline and the lead say for each type.
func (r *Reader) score(ctx *context) map[corpus.EventType]float64 {
	scores := map[corpus.EventType]float64{}
	lead := bareWeight
	if len(ctx.head[0].hits) > 0 {
		lead = leadWeight
	}
	noReport := told(ctx.head[0].hits) == corpus.Other
	for i, s := range ctx.head {
		w := 1.0
		if i > 0 {
			if noReport && !ctx.own() {
				break // an opinion, an explainer: its lead is no news either
			}
			w = 2 * lead / float64(i+1)
		}
		for t, x := range byType(s.hits) {
			scores[t] += w * x
		}
	}
	if ctx.own() {
		for t := range scores {
			if !t.Regulatory() {
				scores[t] *= ownMarket
			}
		}
	}
	for t, c := range subject {
		if !ctx.own() && !slices.ContainsFunc(ctx.head, func(s *sentence) bool { return s.tells(t) && s.about(c) }) {
			delete(scores, t)
		}
	}
	if scores[corpus.Policy] > 0 && ctx.head[0].leader() != 0 && !particular(scores) {
		scores[corpus.Policy] += speakerBonus
	}
	return scores
}

// subject is what must stand in a sentence that tells of a type, for types
// whose cues are common words.
var subject = map[corpus.EventType]class{
	corpus.Appointment: authority | place,
	corpus.PriceMove:   asset | exchange | firm,
}

// tells reports whether a cue of type t stands in the sentence.
func (s *sentence) tells(t corpus.EventType) bool {
	return slices.ContainsFunc(s.hits, func(h hit) bool { return h.cue.typ == t })
}

// about reports whether the sentence names something of class c; for what is
// traded, general words will do.
func (s *sentence) about(c class) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool {
		return t.class&c != 0 || c&asset != 0 && (t.han && t.class&money != 0 || traded[t.norm] || t.class&place == 0 && t.norm == "币")
	})
}

var traded = wordSet("majors bets positions liquidation liquidations btc bitcoin eth crypto cryptos cryptocurrency cryptocurrencies market markets altcoin altcoins memecoin memecoins coin coins token tokens stock stocks shares share price prices etf etfs gold altseason longs shorts 股 市 盘 元 链 爆 仓 u 刀")

// told returns the type that the cues of a sentence tell of most strongly; ""
// without any that counts.
func told(hits []hit) (best corpus.EventType) {
	weights, top := byType(hits), opinionWeight
	for _, t := range order {
		if w := weights[t]; w > top {
			best, top = t, w
		}
	}
	return best
}

// particular reports whether a regulatory type other than policy is told.
func particular(scores map[corpus.EventType]float64) bool {
	for t, s := range scores {
		if t != corpus.Policy && t.Regulatory() && s > 6 {
			return true
		}
	}
	return false
}

// byType weighs the cues of one sentence: the strongest of a type counts
// whole, the next, when it stands on other words, adds a little.
func byType(hits []hit) map[corpus.EventType]float64 {
	best := map[corpus.EventType]hit{}
	for _, h := range hits {
		if b, ok := best[h.cue.typ]; !ok || h.weight > b.weight || h.weight == b.weight && h.to < b.to {
			best[h.cue.typ] = h
		}
	}
	sum := map[corpus.EventType]float64{}
	for t, b := range best {
		second := 0.0
		for _, h := range hits {
			if h.cue.typ == t && (h.from >= b.to || h.to <= b.from || h.to-1 != b.to-1) {
				second = max(second, h.weight)
			}
		}
		sum[t] = b.weight + 0.1*second
	}
	return sum
}

// order decides between types of equal weight: the more particular first.
var order = []corpus.EventType{
	corpus.Repeal, corpus.CourtRuling, corpus.Enforcement, corpus.RuleProposal, corpus.Legislation, corpus.Warning, corpus.Licensing, corpus.Appointment,
	corpus.RuleFinal, corpus.Prohibition, corpus.Guidance,
	corpus.Delisting, corpus.Halt, corpus.Outage, corpus.Insolvency, corpus.Hack, corpus.Funding, corpus.Listing, corpus.Partnership,
	corpus.Flows, corpus.Other, corpus.Policy, corpus.Launch, corpus.PriceMove,
}

// choose returns the main type: among those that the headline itself tells of,
// or, when it tells of none, those of the lead.
func (r *Reader) choose(ctx *context, scores map[corpus.EventType]float64) corpus.EventType {
	told := byType(ctx.head[0].hits)
	best, top := corpus.Other, 0.0
	for _, t := range order {
		if len(told) > 0 && told[t] == 0 {
			continue
		}
		if s := scores[t]; s > top+1e-9 {
			best, top = t, s
		}
	}
	if top < enough || mood[best] && told[best] > 0 && told[best] < aside && onlyAside(ctx, best) {
		best = corpus.Other
	}
	if best == corpus.Other && (told[corpus.Other] < 6.5 || ctx.own()) {
		if c := ctx.head[0].leader(); c != 0 {
			return unnamedAct(c) // an authority does what we have no word for
		}
	}
	return best
}

// mood are the types that a subordinate clause names as the mood in which
// something else happens.
var mood = map[corpus.EventType]bool{corpus.Policy: true, corpus.Hack: true, corpus.Flows: true, corpus.PriceMove: true, corpus.Launch: true}

// onlyAside reports whether all cues of a type in the headline stand in a
// subordinate clause.
func onlyAside(ctx *context, t corpus.EventType) bool {
	s := ctx.head[0]
	return !slices.ContainsFunc(s.hits, func(h hit) bool { return h.cue.typ == t && !s.toks[h.to-1].minor })
}

// unnamedAct is what an authority of class c most likely does.
func unnamedAct(c class) corpus.EventType {
	switch {
	case c&court != 0:
		return corpus.CourtRuling
	case c&police != 0:
		return corpus.Enforcement
	}
	return corpus.Policy
}

// others returns the cues of further happenings: strong ones of the headline
// or the lead that stand on other words than the main type's. The lead adds
// only finished acts of an authority, and only what the headline does not tell
// already.
func (r *Reader) others(ctx *context, scores map[corpus.EventType]float64, main corpus.EventType) []located {
	taken := ctx.best(main)
	if main == corpus.Other && taken.cue != nil && taken.cue.stance == restrictive {
		return nil // an opinion, a forecast: what it mentions is not what it reports
	}
	var out []located
	for i, s := range ctx.head {
		if i > 0 && !main.Regulatory() {
			break // the lead of market news tells the background
		}
		for _, h := range s.hits {
			if !r.isFurther(ctx, main, taken, located{h, s}, i > 0) || scores[h.cue.typ] < enough {
				continue
			}
			j := slices.IndexFunc(out, func(o located) bool { return o.cue.typ == h.cue.typ })
			switch {
			case j < 0:
				out = append(out, located{h, s})
			case out[j].sentence == s && h.weight > out[j].weight:
				out[j].hit = h
			}
		}
	}
	slices.SortStableFunc(out, func(a, b located) int { return cmp.Compare(scores[b.cue.typ], scores[a.cue.typ]) })
	return out[:min(len(out), maxEvents-1)]
}

// isFurther reports whether a cue tells of a happening besides the main one,
// whose strongest cue is taken.
func (r *Reader) isFurther(ctx *context, main corpus.EventType, taken, at located, lead bool) bool {
	t, s := at.cue.typ, at.sentence
	if t == main || t == corpus.Other || t == corpus.Policy || t == corpus.Launch || at.cue.weight < further {
		return false
	}
	if c, ok := subject[t]; ok && !s.about(c) {
		return false
	}
	if hush[t] && s.toks[at.to-1].minor {
		return false // "after warnings" is the mood, "after they sue" is news
	}
	if lead {
		return t.Regulatory() && at.weight >= sectionWeight && !ctx.head[0].tells(t) &&
			s.names(authority) && r.status(s, t, at.hit) == corpus.EventDone && !background(s.text)
	}
	if taken.sentence != s {
		return true
	}
	if main.Regulatory() && t.Regulatory() {
		return apart(s.toks, taken.hit, at.hit) // else one act, described in two ways
	}
	return at.from >= taken.to || taken.from >= at.to
}

// hush are the types that tell of nothing in a subordinate clause.
var hush = map[corpus.EventType]bool{corpus.Warning: true, corpus.Guidance: true, corpus.RuleProposal: true, corpus.Licensing: true}

// apart reports whether two cues stand in different clauses.
func apart(toks []token, a, b hit) bool {
	if a.from > b.from {
		a, b = b, a
	}
	if a.to > b.from {
		return false
	}
	if toks[a.to-1].minor != toks[b.to-1].minor {
		return true
	}
	return slices.ContainsFunc(toks[a.to:b.from], func(t token) bool {
		return t.class&separator != 0 || t.norm == "," || t.norm == "，"
	})
}

// regulatory decides whether an authority acts, speaks or is the issue.
func (r *Reader) regulatory(ctx *context, events []corpus.EventReading) bool {
	for _, e := range events {
		if e.Type.Regulatory() {
			return true
		}
	}
	if ctx.opinion() && !ctx.own() {
		return false // opinion, forecast, explainer
	}
	if events[0].Type == corpus.Insolvency { // every bankruptcy passes a court
		return ctx.head[0].leader()&^court != 0
	}
	return ctx.head[0].authorityInMain() && !ctx.head[0].onlyPolitician()
}

// onlyPolitician reports whether the authorities in the main clause are heads
// of state and such by their own names alone: what they say moves markets
// without being an act.
func (s *sentence) onlyPolitician() bool {
	for i := range s.toks {
		t := &s.toks[i]
		if t.class&authority == 0 || t.minor || t.masked {
			continue
		}
		a := t.authority
		if a == nil || a.class != government || a.regulator != "" || a.jurisdiction == "" || a.assumed {
			return false
		}
	}
	return true
}

// reading puts together what is known of an event of type t, which the cue at
// tells.
func (r *Reader) reading(ctx *context, t corpus.EventType, at located, main bool) corpus.EventReading {
	s := ctx.head[0]
	if at.sentence != nil {
		s = at.sentence
	}
	e := corpus.EventReading{
		Type: t, Jurisdictions: []corpus.Jurisdiction{}, Regulators: []string{}, Instruments: []corpus.InstrumentID{},
		Assets: ctx.names(corpus.EntityAsset, s), Exchanges: ctx.names(corpus.EntityExchange, s),
	}
	if ctx.src.Kind == corpus.SourceExchange && main && ctx.src.Exchange != "" {
		addTo(&e.Exchanges, ctx.src.Exchange)
	}
	if t.Regulatory() || main && ctx.head[0].authorityInMain() {
		w := r.acting(ctx, s, t, at.cue != nil && s.toks[at.to-1].minor)
		e.Jurisdictions = append(e.Jurisdictions, w.jurisdictions...)
		e.Regulators = append(e.Regulators, w.regulators...)
		e.Actors = w.actors
	}
	e.Instruments = append(e.Instruments, ctx.instrumentsOf(s, main && t.Regulatory())...)
	e.Targets = ctx.targets(s, e.Actors)
	e.Stance = r.stance(ctx, s, t, at.hit, e.Jurisdictions)
	if main && t.Regulatory() {
		e.Stance = r.side(ctx, t, at.hit, e.Stance)
	}
	e.Status = r.status(s, t, at.hit)
	if e.Status == corpus.EventDenied {
		e.Stance = 0 // nothing happened
	}
	e.Severity = r.severity(ctx, s, e)
	e.Confidence = confidence(at)
	e.Evidence = ctx.evidence(t, s)
	if main || t.Regulatory() {
		e.EffectiveAt, e.CommentsCloseAt = ctx.dates(t)
		e.AppliesAt = ctx.appliesAt(e.EffectiveAt)
	}
	return e
}

// confidence grows with the weight of the cue: .9 for the surest.
func confidence(at located) float64 {
	if at.cue == nil {
		return 0.3
	}
	return min(0.9, 0.3+0.07*at.weight)
}
