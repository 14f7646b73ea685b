package instrument

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// selfExpr matches the words by which a document speaks of itself, or a news
// text of what it has just presented.
var selfExpr = lazy(`(?i)\b(?:this|the (?:new|present|updated|latest|revised))\s+(?:(?:new|final|interim|joint|updated|latest)\s+)*` +
	`(?:notice|letter|rule|rules|regulation|regulations|guidance|guidelines|order|bulletin|circular|directive|act|release|advisory|statement|policy|announcement|decision|law|FIL|instrument)\b` +
	`|本(?:通知|公告|办法|规定|条例|意见|决定|令|指引|细则|法)|新规|新通知|新公告|该通知|新指引|新指南`)

// act is a word that says what one instrument does to another.
type act struct {
	start, end int
	kind       corpus.RelationKind // empty for words that keep an instrument as it is
	status     corpus.InstrumentStatus
	form       form
	void       bool // negated, planned or proposed: nothing has happened
	hereby     bool // the text itself does it
}

// form is how a word stands to what it acts on.
type form int

const (
	active    form = iota // "A repeals B", 撤销了B
	passive               // "B is repealed by A", B同时废止
	attribute             // "the repealed B", "the repeal of B"
)

// The expressions of acts. Their order decides when two match at one place.
var acts = []struct {
	kind   corpus.RelationKind
	status corpus.InstrumentStatus
	form   form
	hints  []string // lower-case parts of words, one of which every match has
	expr   func() *regexp.Regexp
}{
	{"", "", passive, []string{"remain", "continue", "有效", "不变", "继续执行"},
		lazy(`(?i)\b(?:remains?|remained|continues? to be) in (?:effect|force)\b|\bcontinues? to apply\b|继续有效|仍然有效|仍有效|保持不变|继续执行`)},
	{"", "", active, []string{"reaffirm", "reinstat", "retain", "重申"},
		lazy(`(?i)\b(?:reaffirm(?:s|ed|ing)?|reinstat(?:es|ed)|retain(?:s|ed))\b|重申`)},
	{corpus.Repeals, corpus.InstrumentRepealed, passive, []string{"repeal", "revok", "rescind", "abrogat", "annul", "supersed", "replac", "nullif", "abolish", "scrap", "overturn", "cancel", "ceas", "no longer", "of no "},
		lazy(`(?i)\b(?:(?:is|are|was|were|be|been|being|gets?|got|stands?)\s+(?:\w+ly\s+|hereby\s+|now\s+|also\s+|all\s+|therefore\s+)*(?:repealed|revoked|rescinded|abrogated|annulled|superseded|replaced|nullified|abolished|scrapped|overturned|cancell?ed)|ceas(?:es?|ed) to (?:have effect|apply|be in force)|no longer (?:in effect|in force|applicable|applies|apply)|of no (?:further )?(?:force|effect))\b`)},
	{corpus.Repeals, corpus.InstrumentWithdrawn, passive, []string{"withdrawn"},
		lazy(`(?i)\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+|hereby\s+|now\s+|also\s+)*withdrawn\b`)},
	{corpus.Amends, corpus.InstrumentAmended, passive, []string{"amended", "modified", "revised"},
		lazy(`(?i)\b(?:is|are|was|were|be|been|being|as)\s+(?:\w+ly\s+|hereby\s+|now\s+|also\s+)*(?:amended|modified|revised)\b`)},
	{corpus.Corrects, "", passive, []string{"corrected"},
		lazy(`(?i)\b(?:is|are|was|were|been)\s+(?:hereby\s+)?corrected\b`)},
	{corpus.Repeals, corpus.InstrumentRepealed, attribute, []string{"repeal", "revo", "resci", "annulment", "abolition", "replacement", "cancel", "supersed", "scrapped"},
		lazy(`(?i)\b(?:repeal|revocation|rescission|annulment|abolition|replacement|cancellation)\s+of\b|\b(?:the|now|since|recently|already|newly)[- ](?:repealed|revoked|rescinded|superseded|scrapped)\b`)},
	{corpus.Repeals, corpus.InstrumentWithdrawn, attribute, []string{"withdraw"},
		lazy(`(?i)\bwithdrawal\s+of\b|\b(?:the|now|since)[- ]withdrawn\b`)},
	{corpus.Repeals, corpus.InstrumentRepealed, active, []string{"repeal", "revok", "rescind", "abrogat", "annul", "supersed", "replac", "nullif", "overturn", "scrap", "abolish", "cancel"},
		lazy(`(?i)\b(?:repeal|revok|rescind|abrogat|annul|supersed|replac|nullif|overturn|scrap|abolish|cancel)(?:e|s|es|ed|led|ped|ping|ies|ied|ing|y|ling)?\b`)},
	{corpus.Repeals, corpus.InstrumentWithdrawn, active, []string{"withdr"},
		lazy(`(?i)\bwithdr(?:aw|aws|ew|awing)\b`)},
	{corpus.Amends, corpus.InstrumentAmended, active, []string{"amend", "modif", "revis"},
		lazy(`(?i)\b(?:amend(?:s|ed|ing)?|modif(?:y|ies|ied|ying)|revis(?:es|ed|ing))\b`)},
	{corpus.Implements, "", active, []string{"implement", "effect to"},
		lazy(`(?i)\b(?:implement(?:s|ed|ing)?|giv(?:es?|ing) effect to)\b`)},
	{corpus.Transposes, "", active, []string{"transpos"},
		lazy(`(?i)\btranspos(?:es?|ed|ing)\b`)},
	{corpus.Commences, "", active, []string{"commenc", "into force"},
		lazy(`(?i)\bcommenc(?:es|ed|ing)\b|\bbrings? into force\b`)},
	{corpus.Corrects, "", active, []string{"correct", "corrig"},
		lazy(`(?i)\bcorrect(?:s|ing)\b|\bcorrigendum to\b`)},
	{corpus.Repeals, corpus.InstrumentRepealed, passive, []string{"废止", "廢止", "失效", "不再", "停止"},
		lazy(`(?:同时|予以|即行|相应|一并|现予|起)?(?:废止|廢止|宣布失效|不再执行|停止执行|不再适用|停止適用|失效)`)},
	{corpus.Repeals, corpus.InstrumentWithdrawn, passive, []string{"撤", "取消", "收回"},
		lazy(`撤回|撤销|撤銷|取消|收回`)},
	{corpus.Repeals, corpus.InstrumentRepealed, active, []string{"代", "废除", "廢除"},
		lazy(`取代|替代|代替|废除|廢除`)},
	{corpus.Amends, corpus.InstrumentAmended, active, []string{"修"},
		lazy(`修订|修正|修改|修訂`)},
}

// readRelations reads every sentence that names an instrument for acts, and
// joins each act to what does it and what it is done to.
func (p *page) readRelations() {
	for i, s := range p.doc.Sentences {
		named, sentence := p.in(s), p.doc.Text(s)
		list := strings.HasSuffix(sentence, "：") || strings.HasSuffix(sentence, ":")
		if len(named) == 0 && !list {
			continue
		}
		found := findActs(sentence, s.Start)
		if len(found) == 0 {
			continue
		}
		all := p.withSelf(named, sentence, s.Start)
		claimed := map[int]bool{} // starts of mentions that an act has taken as its object
		var last *item            // what did the act before this one
		for j, a := range found {
			last = p.apply(a, j, found, all, claimed, last, s, sentence)
		}
		if list {
			p.readList(i, found[len(found)-1])
		}
	}
}

// findActs returns the acts in a sentence, in order and without overlaps, at
// offsets of the whole text.
func findActs(sentence string, base int) []act {
	var out []act
	lower := asciiLower(sentence)
	for _, k := range acts {
		if !slices.ContainsFunc(k.hints, func(h string) bool { return strings.Contains(lower, h) }) {
			continue
		}
		for _, m := range k.expr().FindAllStringIndex(sentence, -1) {
			if slices.ContainsFunc(out, func(b act) bool { return m[0]+base < b.end && b.start < m[1]+base }) {
				continue
			}
			a := act{start: m[0] + base, end: m[1] + base, kind: k.kind, status: k.status, form: k.form}
			a.void = unreal(lower, m[0])
			a.hereby = strings.Contains(lower[m[0]:m[1]], "hereby") || strings.HasPrefix(sentence[m[0]:], "同时") ||
				strings.HasPrefix(sentence[m[0]:], "予以") || strings.HasPrefix(sentence[m[0]:], "即行") || strings.Contains(lower[max(0, m[0]-8):m[0]], "hereby")
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b act) int { return cmp.Compare(a.start, b.start) })
	return out
}

// unreal reports whether the words before an act say that it has not happened:
// a negation, a plan, a proposal, a demand.
func unreal(lower string, at int) bool {
	head := lower[max(0, at-44):at]
	if i := strings.LastIndexAny(head, ".;:"); i >= 0 {
		head = head[i+1:]
	}
	for _, w := range []string{
		"not ", "n't ", "never ", "without ", "would ", "could ", "may ", "might ", "propos", "consider", "plan", "seek", "want", "urg", "call for", "calls for", "calls on",
		"consult", "draft", "bill to ", "push", "aim", "intend", "ask", "request", "moves to", "effort", "attempt", "if ", "should ", "pledg", "promis", "hope", "likely", "demand", "vow",
	} {
		if strings.Contains(head, w) {
			return true
		}
	}
	if strings.HasSuffix(strings.TrimRight(head, " "), " to") { // "to repeal", but "voted to repeal"
		return !strings.Contains(head, "voted") && !strings.Contains(head, "votes")
	}
	for _, w := range []string{"不", "未", "没有", "拟", "建议", "考虑", "计划", "呼吁", "要求", "或将", "可能"} {
		if i := strings.LastIndex(head, w); i >= 0 && len(head)-i <= 18 {
			return true
		}
	}
	return false
}

// withSelf adds the words by which the document names itself.
func (p *page) withSelf(named []mention, sentence string, base int) []mention {
	all := slices.Clone(named)
	for _, m := range selfExpr().FindAllStringIndex(sentence, -1) {
		all = append(all, mention{start: m[0] + base, end: m[1] + base})
	}
	slices.SortFunc(all, func(a, b mention) int { return cmp.Compare(a.start, b.start) })
	return all
}

// apply joins the act found[j] to its subject and objects and returns what
// did it, for the next act of the sentence to inherit.
func (p *page) apply(a act, j int, found []act, all []mention, claimed map[int]bool, last *item, s text.Sentence, sentence string) *item {
	from, to := s.Start, s.End
	if j > 0 {
		from = found[j-1].end
	}
	if j+1 < len(found) {
		to = found[j+1].start
		to = p.beforeNext(a.end, to)
	}
	var before, after []mention
	for _, m := range all {
		switch {
		case m.end <= a.start && m.end > from && !claimed[m.start]:
			before = append(before, m)
		case m.start >= a.end && m.end <= to:
			after = append(after, m)
		}
	}
	objects, agents := p.roles(&a, before, after)
	if len(objects) == 0 && a.form == active && a.kind != corpus.Implements {
		return last
	}
	for _, o := range objects {
		claimed[o.start] = true
	}
	if a.kind == "" || a.void {
		return firstItem(agents, last)
	}
	explicit := firstItem(agents, nil)
	for _, o := range objects {
		if o.item == nil {
			continue
		}
		agent := p.agent(a, o.item, explicit, agents, last)
		if a.status != "" {
			o.item.setStatus(a.status, statusRank(a.status), sentence)
		}
		if agent != nil && agent != o.item {
			agent.relate(a.kind, o.item.ID, sentence)
		}
		if explicit == nil {
			explicit = agent
		}
	}
	return explicit
}

func statusRank(st corpus.InstrumentStatus) int {
	if st == corpus.InstrumentAmended {
		return 4
	}
	return 5
}

// roles says which mentions the act is done to and which do it.
func (p *page) roles(a *act, before, after []mention) (objects, agents []mention) {
	full := p.doc.Full
	switch a.form {
	case attribute:
		agents = instrumentsOf(before)
		if len(after) > 0 {
			objects = after[:1]
			if by := p.byAgent(objects[0].end, after[1:]); by != nil {
				agents = []mention{*by}
			}
		}
		return objects, agents
	case active:
		if len(after) == 0 && len(before) > 0 && reducedRelative(full, a, before[len(before)-1]) {
			return before[len(before)-1:], nil // "SAB 121, repealed in January, …"
		}
		if len(before) > 0 {
			agents = before[len(before)-1:]
		}
		for i, m := range after {
			if i > 0 && through(full, m.start) {
				return objects, append([]mention{m}, agents...)
			}
			objects = append(objects, m)
		}
		if len(agents) > 0 && !close(full, agents[0], a) {
			agents = nil
		}
		return objects, agents
	}
	if len(after) > 0 && len(before) == 0 { // 废止了《…》; "are repealed: A, B"
		return after, nil
	}
	if by := p.byAgent(a.end, after); by != nil {
		agents = []mention{*by}
	} else if len(after) > 0 && hanActive(full, a, after[0]) {
		return after, before
	}
	for _, m := range before {
		if leading(full, m.start) {
			agents = append(agents, m)
		} else {
			objects = append(objects, m)
		}
	}
	if len(objects) > 1 { // 本通知自发布之日起施行，《…》同时废止: the first is what speaks
		if rest := slices.DeleteFunc(slices.Clone(objects), func(m mention) bool { return m.item == nil }); len(rest) > 0 && len(rest) < len(objects) {
			a.hereby = true
			objects = rest
		}
	}
	return objects, agents
}

// beforeNext ends the reach of an act at the clause of the next one: "rescinds
// A, and B is amended" gives B to the next.
func (p *page) beforeNext(from, next int) int {
	gap := p.doc.Full[from:next]
	for _, sep := range []string{"；", ";", ", and ", ", while ", ", but ", "，而", " and "} {
		if i := strings.LastIndex(gap, sep); i >= 0 {
			return from + i
		}
	}
	return next
}

func firstItem(ms []mention, or *item) *item {
	for _, m := range ms {
		if m.item != nil {
			return m.item
		}
	}
	return or
}

func instrumentsOf(ms []mention) []mention {
	if len(ms) == 0 {
		return nil
	}
	return ms[len(ms)-1:]
}

// agentReach is how far behind "by" the name of what acts may stand.
const agentReach = 60

// byAgent returns the mention that a passive's "by" or 由 leads to.
func (p *page) byAgent(from int, after []mention) *mention {
	for i := range after {
		m := &after[i]
		gap := p.doc.Full[from:m.start]
		if len(gap) <= agentReach && (strings.Contains(gap, " by ") || strings.HasPrefix(gap, "by ") || strings.Contains(gap, "through ") || strings.Contains(gap, " with ") || strings.Contains(gap, " in ")) {
			return m
		}
	}
	return nil
}

// through reports whether the words before at make what follows the means.
func through(full string, at int) bool {
	head := asciiLower(full[max(0, at-34):at])
	for _, w := range []string{"through ", "via ", " with ", " by ", "by issuing ", " in ", " under ", "通过", "以"} {
		if i := strings.LastIndex(head, w); i >= 0 && len(head)-i-len(w) <= 20 && !strings.ContainsAny(head[i:], ",;，；") {
			return true
		}
	}
	return false
}

// leading reports whether a mention is what something is done under or by.
func leading(full string, at int) bool {
	head := asciiLower(strings.TrimRight(full[max(0, at-24):at], " (（《\"“"))
	for _, w := range []string{"under", "with", "through", "by", "in", "upon", "pursuant to", "issued", "issuing", "被", "由", "根据", "依据"} {
		if strings.HasSuffix(head, w) {
			return true
		}
	}
	return false
}

// reducedRelative reports whether "B, repealed in May" has B as its object.
func reducedRelative(full string, a *act, m mention) bool {
	word := asciiLower(full[a.start:a.end])
	return strings.HasSuffix(word, "ed") && len(strings.Trim(full[m.end:a.start], " ,(（，\"”")) == 0
}

// close reports whether a subject stands near enough to its verb, with no
// other subject between.
func close(full string, m mention, a *act) bool {
	gap := full[m.end:a.start]
	return len(gap) <= 160 && !strings.Contains(gap, ", which") && !strings.Contains(gap, "；")
}

// hanActive reports whether a Chinese act has its object behind it: 废止了《…》.
func hanActive(full string, a *act, next mention) bool {
	gap := full[a.end:next.start]
	return len(gap) <= 90 && full[a.start] >= 0x80 && !strings.ContainsAny(gap, "。；，") &&
		(gap == "" || strings.HasPrefix(gap, "了") || strings.HasPrefix(gap, "《") || strings.HasPrefix(gap, "此前") || strings.HasPrefix(gap, "原") || strings.HasPrefix(gap, "旧"))
}

// agent decides what did a to o: what the sentence names, else the document's
// own instrument where it speaks of itself, else the one instrument of the
// same series that the document presents as issued. Without a clear one there
// is none.
func (p *page) agent(a act, o, explicit *item, agents []mention, last *item) *item {
	if explicit != nil && explicit != o {
		if explicit.Issuer == o.Issuer || explicit.Jurisdiction == o.Jurisdiction || a.kind != corpus.Repeals {
			return explicit
		}
		return nil
	}
	self := a.hereby || slices.ContainsFunc(agents, func(m mention) bool { return m.item == nil })
	if self {
		if own := p.own(o.Issuer, o); own != nil {
			return own
		}
	}
	if last != nil && last != o && a.form == active {
		return last
	}
	if a.kind == corpus.Repeals || a.kind == corpus.Amends {
		return p.sameSeries(o)
	}
	return nil
}

// own returns the instrument that the document is, or is about: the only one
// of the issuer that it presents as issued and that is not older than the
// object. An empty issuer takes any.
func (p *page) own(issuer string, object *item) *item {
	var best *item
	for _, it := range p.items {
		if it == object || !it.introduced || issuer != "" && it.Issuer != issuer {
			continue
		}
		if object != nil && it.year != 0 && object.year != 0 && it.year < object.year {
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
		if it.series != object.series || it.year <= object.year || object.year == 0 {
			continue
		}
		if best != nil {
			return nil
		}
		best = it
	}
	return best
}

// sameSeries returns the one instrument of the object's series, not older than
// it, that the document presents as issued.
func (p *page) sameSeries(o *item) *item {
	var best *item
	for _, it := range p.items {
		if it == o || it.series != o.series || !it.introduced || it.year != 0 && it.year < o.year {
			continue
		}
		if best != nil {
			return nil
		}
		best = it
	}
	return best
}

// maxList bounds the items of a list of repealed instruments.
const maxList = 60

var listItem = lazy(`^\s*(?:[（(]?[0-9一二三四五六七八九十]{1,3}[)）.、．]|[-•·])`)

// readList applies a repeal that ends in a colon to the items of the list that
// follows: 下列文件予以废止：1.《…》…
func (p *page) readList(i int, a act) {
	if a.kind == "" || a.void || strings.Trim(p.doc.Full[a.end:p.doc.Sentences[i].End], " :：") != "" {
		return
	}
	for _, s := range p.doc.Sentences[i+1 : min(len(p.doc.Sentences), i+1+maxList)] {
		t := p.doc.Text(s)
		if !listItem().MatchString(t) {
			return
		}
		for _, m := range p.in(s) {
			m.item.setStatus(a.status, statusRank(a.status), t)
			if own := p.own(m.item.Issuer, m.item); own != nil {
				own.relate(a.kind, m.item.ID, t)
			}
		}
	}
}

func (it *item) relate(kind corpus.RelationKind, to corpus.InstrumentID, evidence string) {
	for _, r := range it.Relations {
		if r.Kind == kind && r.To == to {
			return
		}
	}
	it.Relations = append(it.Relations, corpus.Relation{Kind: kind, To: to, Evidence: evidence})
}
