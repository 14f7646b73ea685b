package instrument

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// selfExpr matches the words by which a document speaks of itself, or a news
// text of what it has just presented.
var selfExpr = lazy(`(?i)\b(?:this|the (?:new|present|updated|latest|revised))\s+(?:(?:new|final|interim|joint|updated|latest)\s+)*` +
	`(?:notice|letter|rule|rules|regulation|regulations|guidance|guidelines|order|bulletin|circular|directive|act|release|advisory|statement|policy|announcement|decision|law|FIL|ordinance|instrument)\b` +
	`|^The (?:letter|bulletin|notice|circular|order|directive|regulation|advisory)\b` +
	`|本(?:通知|公告|办法|规定|条例|條例|意见|决定|令|指引|细则|法)|新规|新通知|新公告|该通知|新指引|新指南`)

// read reads every sentence that names an instrument for acts, and joins each
// act to what does it and what it is done to.
func (p *page) read() {
	for i, s := range p.sentences {
		named, sentence := p.in(s), p.doc.Text(s)
		if len(named) == 0 && !strings.HasSuffix(sentence, "：") && !strings.HasSuffix(sentence, ":") && !selfExpr().MatchString(sentence) {
			continue
		}
		lower := asciiLower(sentence)
		p.introduce(named, s, sentence, lower)
		found := findActs(sentence, lower, s.Start)
		if len(found) == 0 {
			continue
		}
		p.date(found, s)
		r := reading{page: p, s: s, sentence: sentence, lower: lower, acts: found, units: p.withSelf(named, sentence, s.Start), taken: map[int]bool{}}
		for j := range found {
			r.apply(j)
		}
		if strings.HasSuffix(sentence, "：") || strings.HasSuffix(sentence, ":") {
			p.readList(i, found[len(found)-1])
		}
	}
}

// withSelf adds the words by which the document names itself.
func (p *page) withSelf(named []mention, sentence string, base int) []mention {
	all := slices.DeleteFunc(slices.Clone(named), func(m mention) bool { return procedural[m.item.series] })
	for _, m := range selfExpr().FindAllStringIndex(sentence, -1) {
		at, end := m[0]+base, m[1]+base
		if slices.ContainsFunc(named, func(o mention) bool { return o.start < end && at < o.end }) {
			continue
		}
		all = append(all, mention{start: at, end: end, head: at})
	}
	slices.SortFunc(all, func(a, b mention) int { return a.start - b.start })
	return all
}

// procedural are the series that number a procedure, not a text that can do
// anything.
var procedural = set("us.rin us.regsdocket us.sec.file us.fed.docket")

// reading is one sentence while its acts are applied in order.
type reading struct {
	*page
	s               text.Sentence
	sentence, lower string
	acts            []act
	units           []mention
	taken           map[int]bool // starts of mentions that an act was done to
	last            *item        // what did the act before
	kind            corpus.RelationKind
	status          corpus.InstrumentStatus
	void            bool // of the relation before
}

// apply joins act j to its subject and objects.
func (r *reading) apply(j int) {
	a := &r.acts[j]
	kind, status := a.kind, a.status
	if kind == sameAct {
		if r.kind == "" {
			return
		}
		kind, status = r.kind, r.status
	}
	to := r.s.End
	if j+1 < len(r.acts) && a.form != under {
		to = r.beforeNext(a.end, r.acts[j+1].start)
	}
	from := r.s.Start
	for _, b := range r.acts[:j] {
		if (b.kind != "" || b.status == "") && !a.han && b.form != under {
			from = max(from, min(a.start, r.resume(b.end, a.start)))
		}
	}
	var objects, agents []mention
	if a.han && a.form != under && a.form != self {
		var last []mention
		if j > 0 {
			last = r.acts[j-1].objects
		}
		objects, agents = r.hanRoles(a, r.units, r.taken, span{r.s.Start, r.s.End}, last, to)
	} else {
		objects, agents = r.roles(a, r.units, r.taken, from, to)
	}
	if kind == "" {
		if status == "" { // the words keep it as it is
			for _, o := range objects {
				r.taken[o.start] = true
			}
			return
		}
		r.tell(a, objects)
		return
	}
	a.objects = objects
	if len(objects) == 0 {
		r.unresolved(a, kind, agents)
		return
	}
	if j > 0 && r.void && a.form == active && !verbFinal(r.page.doc.Full[a.start:a.end]) {
		a.void = true // "would be amended and B repealed"
	}
	if a.form == under && firstItem(agents) == nil {
		return // "under B" says by what, not what
	}
	if a.form == under && a.han && len(objects) == 1 && objects[0].item != nil && commencing[objects[0].item.series] && j+1 < len(r.acts) && r.acts[j+1].status == corpus.InstrumentInForce {
		kind, status, objects, agents = corpus.Commences, corpus.InstrumentInForce, agents, objects // A根据命令B生效
	}
	for _, o := range objects {
		r.taken[o.start] = true
	}
	r.void = a.void
	if a.ahead && a.day.IsZero() && status != "" {
		return // "the agency will rescind it": a plan
	}
	if a.void {
		r.kind = ""
		return
	}
	r.kind, r.status = kind, status
	r.relate(a, kind, status, objects, agents)
}

// commencing are the series of orders that bring acts into force.
var commencing = set("hk.ln gb.si")

func (r *reading) relate(a *act, kind corpus.RelationKind, status corpus.InstrumentStatus, objects, agents []mention) {
	explicit := firstItem(agents)
	for _, o := range objects {
		if o.item == nil {
			continue
		}
		agent := r.agent(a, kind, o.item, explicit, agents)
		if agent != nil && agent.olderThan(o.item) && status != "" {
			continue // an older text cannot end a newer one: misread, or miswritten
		}
		if a.form == under && kind == corpus.BasedOn && (agent == nil || explicit == nil) {
			continue
		}
		part := r.part(a, o)
		rel := corpus.Relation{Kind: kind, To: o.item.ID, Part: part, Evidence: r.sentence}
		st := corpus.StatusChange{Status: status, EffectiveAt: a.day, Part: part, Evidence: r.sentence}
		if part != "" && status.Stage() == 5 {
			st.Status = corpus.InstrumentAmended
		}
		if agent != nil && agent != o.item {
			agent.relate(rel)
			st.By = agent.ID
			for _, m := range agents {
				if shared[kind] && m.item != nil && m.item != o.item {
					m.item.relate(rel)
				}
			}
		} else if agent == o.item {
			continue
		}
		if status != "" {
			o.item.state(st)
		}
		if explicit == nil {
			explicit = agent
		}
	}
	if explicit != nil {
		r.last = explicit
	}
}

// agent decides what did a to o: what the sentence names, else the document's
// own instrument where it speaks of itself, else the one instrument of the
// same series that the document presents as issued. Without a clear one there
// is none.
func (r *reading) agent(a *act, kind corpus.RelationKind, o, explicit *item, agents []mention) *item {
	if explicit != nil && explicit != o {
		if explicit.Issuer == o.Issuer || explicit.Jurisdiction == o.Jurisdiction || explicit.Jurisdiction == "" || o.Jurisdiction == "" || kind != corpus.Repeals && kind != corpus.Amends {
			return explicit
		}
		return nil
	}
	if a.hereby || slices.ContainsFunc(agents, func(m mention) bool { return m.item == nil }) {
		if own := r.own(o.Issuer, o); own != nil {
			return own
		}
		if own := r.own("", o); own != nil && own.Jurisdiction == o.Jurisdiction {
			return own
		}
	}
	if a.form == self || a.form == under {
		return r.own("", o)
	}
	if r.last != nil && r.last != o && (a.form == active || a.han) && len(agents) == 0 && r.last.Jurisdiction == o.Jurisdiction {
		return r.last
	}
	if kind == corpus.Repeals || kind == corpus.Amends {
		return r.sameSeries(o)
	}
	if r.s.Title || r.s.Start < headBytes {
		return r.own("", o)
	}
	return nil
}

// beforeNext ends the reach of an act at the clause of the next one: "rescinds
// A, and B is amended" gives B to the next.
func (p *page) beforeNext(from, next int) int {
	gap := p.doc.Full[from:next]
	for _, sep := range []string{"；", ";", ", and ", ", while ", ", but ", "，而", "，但", " and ", "，并", "，"} {
		if i := strings.LastIndex(gap, sep); i >= 0 {
			return from + i
		}
	}
	return next
}

// resume returns where the reach of an act begins that follows another: its
// subject may stand before that one.
func (p *page) resume(end, start int) int {
	gap := asciiLower(p.doc.Full[end:start])
	for _, sep := range []string{";", ", while ", ", but ", ". "} {
		if i := strings.LastIndex(gap, sep); i >= 0 {
			return end + i
		}
	}
	return 0
}

func firstItem(ms []mention) *item {
	for _, m := range ms {
		if m.item != nil {
			return m.item
		}
	}
	return nil
}

var (
	partBefore  = lazy(`(?i)((?:sections?|articles?|paragraphs?|parts?|titles?|chapters?|annex(?:es)?|rules?|clauses?)\s+[0-9IVXLC][0-9A-Za-z(),.\- –]{0,50}?)\s+of\s+(?:the\s+)?$`)
	partBetween = lazy(`(?i)\b(partially|in part|partly)\b|部分`)
	partBehind  = lazy(`^[）)》」]*(?:的|中)?(第[0-9一二三四五六七八九十百]{1,5}(?:条|條|章|款|项)(?:(?:、|至|和|第|[0-9一二三四五六七八九十百]|条|條|章|款|项){0,40}))`)
)

// part returns the part of an object that an act is done to, as worded.
func (r *reading) part(a *act, o mention) string {
	full := r.page.doc.Full
	if from := max(r.s.Start, o.head-90); from < o.head { // an object may begin before its sentence
		if m := partBefore().FindStringSubmatch(full[from:o.head]); m != nil {
			return strings.TrimSpace(m[1])
		}
	}
	if m := partBehind().FindStringSubmatch(full[o.end:min(len(full), o.end+80)]); m != nil {
		return m[1]
	}
	if a.kind == corpus.Repeals {
		from, to := min(o.end, a.start), max(o.start, a.end)
		lo, hi := max(r.s.Start, min(from, a.start-14)), min(r.s.End, max(to, a.end+12))
		if lo < hi {
			if m := partBetween().FindString(strings.ToValidUTF8(full[lo:hi], "")); m != "" {
				return m
			}
		}
	}
	return ""
}

// unresolvedExpr matches an object that is described, not named.
var unresolvedExpr = lazy(`(?i)^\s+((?:its|the|an?|all|two|three|four|several|earlier|previous|prior|existing|20\d\d)\s+[^,.;:()]{0,80}?\b(?:guidance|guidelines|letters?|rules?|notices?|bulletins?|circulars?|orders?|regulations?|directives?|advisor(?:y|ies)|policy statement|policies|requirements?)\b(?:\s+(?:on|of|from|about|for|that|to)\s[^,.;:()]{1,60})?)`)

// unresolved keeps an act whose object has no number: as it is worded, and
// tied to nothing.
func (r *reading) unresolved(a *act, kind corpus.RelationKind, agents []mention) {
	agent := firstItem(agents)
	if agent == nil || a.void || a.ahead || a.form != active || kind != corpus.Repeals && kind != corpus.Amends || !verbFinal(r.page.doc.Full[a.start:a.end]) {
		return
	}
	if m := unresolvedExpr().FindStringSubmatch(r.page.doc.Full[a.end:r.s.End]); m != nil && !strings.Contains(m[1], "except") && len(strings.Fields(m[1])) > 2 {
		agent.relate(corpus.Relation{Kind: kind, To: corpus.InstrumentID(m[1]), Unresolved: true, Evidence: r.sentence})
		r.last = agent
	}
}

// own returns the instrument that the document is, or is about: the only one
// of the issuer that it presents as issued and that is not older than the
// object. An empty issuer takes any.
func (p *page) own(issuer string, object *item) *item {
	var best *item
	for _, it := range p.items {
		if it == object || !it.introduced || issuer != "" && it.Issuer != issuer || object != nil && it.olderThan(object) {
			continue
		}
		if best != nil {
			if object != nil && (it.series == object.series) != (best.series == object.series) {
				if it.series == object.series {
					best = it
				}
				continue
			}
			if it.year != best.year {
				if it.year > best.year {
					best = it
				}
				continue
			}
			return nil // two could be meant
		}
		best = it
	}
	if best == nil && object != nil {
		return p.laterOne(object)
	}
	return best
}

// laterOne returns the one later number of the object's series, where a
// document speaks of itself without having presented any as issued.
func (p *page) laterOne(object *item) *item {
	var best *item
	for _, it := range p.items {
		if it == object || it.series != object.series || !object.olderThan(it) {
			continue
		}
		if best != nil {
			return nil
		}
		best = it
	}
	return best
}

// sameSeries returns the one instrument of the object's series, newer than
// it, that the document presents as issued.
func (p *page) sameSeries(o *item) *item {
	var best *item
	for _, it := range p.items {
		if it == o || it.series != o.series || !it.introduced || it.olderThan(o) {
			continue
		}
		if best != nil {
			return nil
		}
		best = it
	}
	return best
}

// olderThan reports whether a number shows that its text is older than the
// other: an earlier year, or a lower number of one counted series.
func (it *item) olderThan(o *item) bool {
	if it.year != 0 && o.year != 0 && it.year != o.year && it.series == o.series {
		return it.year < o.year
	}
	return it.series == o.series && counted[it.series] && it.serial() < o.serial()
}

// counted are the series that count on through the years.
var counted = set("us.sec.sab us.eo us.occ.il us.irs.td us.publ br.res")

var digits = regexp.MustCompile(`\d+`)

func (it *item) serial() int {
	all := digits.FindAllString(string(it.ID), -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	if it.series == "us.publ" { // congress, then number
		c, _ := strconv.Atoi(all[0])
		n += 10000 * c
	}
	return n
}

// maxList bounds the items of a list of repealed instruments.
const maxList = 60

var listItem = lazy(`^\s*(?:[（(]?[0-9一二三四五六七八九十]{1,3}[)）.、．]|[-•·])`)

// readList applies a repeal that ends in a colon to the items of the list that
// follows: 下列文件予以废止：1.《…》…
func (p *page) readList(i int, a act) {
	if a.kind == "" || a.void || strings.Trim(p.doc.Full[a.end:p.sentences[i].End], " :：") != "" {
		return
	}
	for _, s := range p.sentences[i+1 : min(len(p.sentences), i+1+maxList)] {
		t := p.doc.Text(s)
		if !listItem().MatchString(t) {
			return
		}
		for _, m := range p.in(s) {
			st := corpus.StatusChange{Status: a.status, EffectiveAt: a.day, Evidence: t}
			if own := p.own(m.item.Issuer, m.item); own != nil {
				own.relate(corpus.Relation{Kind: a.kind, To: m.item.ID, Evidence: t})
				st.By = own.ID
			}
			m.item.state(st)
		}
	}
}

func (it *item) relate(rel corpus.Relation) {
	for _, r := range it.Relations {
		if r.Kind == rel.Kind && r.To == rel.To {
			return
		}
	}
	it.Relations = append(it.Relations, rel)
}
