package event

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// acting says who acts in an event of type t told by sentence s, in a
// subordinate clause of it with aside: from the
// sentence itself, then the headline, then the lead, then what the text is
// about, and last from where it was published.
func (r *Reader) acting(ctx *context, s *sentence, t corpus.EventType, aside bool) who {
	w := r.authoritiesIn(ctx, s.toks, aside)
	if len(w.actors) == 0 && !aside {
		w = r.authoritiesIn(ctx, s.toks, true)
	}
	if s != ctx.head[0] && len(w.jurisdictions) == 0 {
		w = r.authoritiesIn(ctx, ctx.head[0].toks, true)
	}
	if len(w.jurisdictions) == 0 {
		for _, in := range ctx.instruments {
			if overlaps(in.Mentions, s.from, s.to) {
				w.add(in.Jurisdiction)
				break
			}
		}
	}
	own := ctx.src.Kind == corpus.SourceRegulator
	if own && (len(w.jurisdictions) == 0 || w.guessed) {
		w.jurisdictions = nil
		w.add(ctx.src.Jurisdiction)
	}
	if own && slices.Contains(w.jurisdictions, ctx.src.Jurisdiction) {
		w.name(ctx.src.Regulator)
	}
	if len(w.jurisdictions) == 0 || w.guessed || len(w.regulators) == 0 {
		r.fromLead(ctx, &w)
	}
	if t == corpus.Licensing && aboutFund(s) && (len(w.jurisdictions) == 0 || slices.Equal(w.jurisdictions, []corpus.Jurisdiction{"US"})) {
		w.add("US") // exchange-traded funds without another country named are for the SEC to decide
		w.name("SEC")
	}
	if t == corpus.Legislation && len(w.jurisdictions) == 0 && ctx.doc.Lang == "en" {
		w.add("US") // "the bill" of English headlines
	}
	if (t == corpus.Enforcement || t == corpus.CourtRuling) && len(w.jurisdictions) == 0 {
		w.add(ctx.homeOf(s))
	}
	if len(w.jurisdictions) == 0 {
		w.add(ctx.home) // a text from Hong Kong or Taiwan that names nobody
	}
	if len(w.regulators) == 0 {
		ctx.issuers(s, t, &w)
	}
	r.hinted(s, &w)
	r.competent(s, t, &w)
	return w
}

// issuers names who stands behind the regulatory texts of a sentence, for want
// of anybody else who acts.
func (ctx *context) issuers(s *sentence, t corpus.EventType, w *who) {
	switch t {
	case corpus.RuleFinal, corpus.RuleProposal, corpus.Guidance, corpus.Repeal:
	default:
		return
	}
	for _, in := range ctx.instruments {
		if in.Issuer == "" || regulatorClass[in.Issuer]&(legislature|government) != 0 || !overlaps(in.Mentions, s.from, s.to) {
			continue
		}
		if len(w.jurisdictions) == 0 || slices.Contains(w.jurisdictions, in.Jurisdiction) {
			w.add(in.Jurisdiction)
			w.name(in.Issuer)
			return
		}
	}
}

// hinted names the authority whom words stand for that name none, "no-action
// relief", when nobody else is named.
func (r *Reader) hinted(s *sentence, w *who) {
	if len(w.regulators) > 0 {
		return
	}
	for i := range s.toks {
		a := s.toks[i].authority
		if a == nil || !a.assumedName || a.class != 0 || len(w.jurisdictions) > 0 && !slices.Contains(w.jurisdictions, a.jurisdiction) {
			continue
		}
		w.add(a.jurisdiction)
		w.name(a.regulator)
		return
	}
}

// fromLead completes who acts from the sentences after the headline: all who
// act jointly, else the first.
func (r *Reader) fromLead(ctx *context, w *who) {
	for _, s := range ctx.head[1:] {
		l := r.authoritiesIn(ctx, s.toks, true)
		if len(l.jurisdictions) == 0 || l.guessed && len(l.regulators) == 0 {
			continue
		}
		if len(w.jurisdictions) == 0 || w.guessed && len(l.regulators) > 0 && len(w.regulators) == 0 {
			w.jurisdictions, w.guessed = l.jurisdictions[:1], l.guessed
		}
		if len(w.regulators) == 0 && len(l.regulators) > 0 && slices.Contains(w.jurisdictions, l.jurisdictions[0]) {
			n := 1
			if jointly(s) {
				n = len(l.regulators)
			}
			w.regulators = l.regulators[:min(n, len(l.regulators))]
			w.actors = l.actors[:min(n, len(l.actors))]
		}
		if len(w.regulators) > 0 || ctx.doc.Lang == "zh" {
			return
		}
	}
}

// jointly reports whether several act together in a sentence.
func jointly(s *sentence) bool {
	return has(s, "joint", "jointly", "together", "alongside")
}

func aboutFund(s *sentence) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool {
		return t.norm == "etf" || t.norm == "etfs"
	}) || strings.Contains(strings.ToLower(s.text), "exchange-traded")
}

// How far from neutral a stance is, by how an event of a type weighs.
var stanceWeight = map[corpus.EventType]float64{
	corpus.Enforcement: 0.7, corpus.Prohibition: 0.9, corpus.Repeal: 0.6, corpus.RuleFinal: 0.6, corpus.Legislation: 0.6,
	corpus.RuleProposal: 0.4, corpus.Guidance: 0.5, corpus.Licensing: 0.5, corpus.CourtRuling: 0.6, corpus.Warning: 0.3,
	corpus.Policy: 0.4, corpus.Appointment: 0.4,
}

// stance returns the stance of an event: 0 for those of the market.
func (r *Reader) stance(ctx *context, s *sentence, t corpus.EventType, h hit, in []corpus.Jurisdiction) float64 {
	if !t.Regulatory() {
		return 0
	}
	code := byWords
	if h.cue != nil {
		code = h.cue.stance
	}
	return stanceWeight[t] * r.sign(ctx, s, t, code, in)
}

// sign returns the sign of the stance of an event in the given countries: what
// its cue says, else how the words of its sentence lean, else those of the
// lead.
func (r *Reader) sign(ctx *context, s *sentence, t corpus.EventType, code stance, in []corpus.Jurisdiction) float64 {
	toks := s.mainClause()
	count := func(list string) int { return r.lists[list].count(toks, s.folded) }
	switch t {
	case corpus.Enforcement:
		switch {
		case code == permissive:
			return 1
		case code == neutral && has(s, "testify", "testifies", "testified", "testimony", "rests", "rested"):
			return 0 // a day in court decides nothing
		}
		business := count("business") > 0
		venue := business || len(ctx.names(corpus.EntityExchange, s)) > 0
		if code == restrictive && (count("crime") == 0 || venue) || code == neutral && business && count("crime") == 0 {
			return -1
		}
		return 0
	case corpus.Legislation:
		if code == restrictive && (count("setback") == 0 || count("burden") == 0) {
			return -1
		}
		side := 1.0
		if count("burden") > 0 && !strings.Contains(strings.ToLower(s.text), "anti-cbdc") {
			side = -1
		}
		if count("setback") > 0 && !has(s, "overrides", "override", "overrode", "overridden", "revives", "reviving") {
			return -side
		}
		if s.lean >= leadLeaning || side < 0 && s.lean > 0 && s.up >= relieving {
			return 1
		}
		if side > 0 && s.lean <= -leadLeaning {
			return -1
		}
		if side < 0 || count("permissive")+count("warm") > 0 || slices.Contains(in, "US") {
			return side // American crypto bills are friendly unless words say otherwise
		}
		return 0
	case corpus.Warning:
		if ctx.doc.Lang != "zh" && count("crime")+count("swindle") > 0 {
			return 0 // of swindlers, not of crypto
		}
	case corpus.CourtRuling:
		if sign := r.ruling(s); sign != 0 || crime(s) {
			return sign
		}
		return signum(s.lean)
	case corpus.Appointment:
		if ctx.own() {
			return 0 // an authority's own page takes no side about its people
		}
		return r.newcomer(s)
	case corpus.Policy:
		if digitalCurrency(s) {
			if s.lean > 0 && has(s, "stablecoins", "stablecoin", "bitcoin", "crypto") && has(s, "cbdc", "cbdcs", "digital") {
				return 1 // against it, and for what is private
			}
			if s.lean <= -leadLeaning && has(s, "stablecoins", "stablecoin", "bitcoin", "crypto") && has(s, "wary", "sceptical", "skeptical", "reject", "rejects", "against", "warns", "instead") {
				return -1 // for it, and against what is private
			}
			return 0
		}
		if code == restrictive && has(s, "delay", "delays", "delayed", "postpones", "postpone", "scraps", "exempt") || s.says("征税推迟", "推迟征税") {
			return 1 // of a tax
		}
	}
	if t == corpus.Repeal && (slices.Contains(in, "CN") || strings.ContainsRune(s.text, '〔')) {
		if s.says("取代") || has(s, "replaces", "replaced", "supersedes") {
			return -1 // there one restriction makes way for another
		}
		return 0
	}
	switch code {
	case permissive:
		return 1
	case restrictive:
		return -1
	case neutral:
		return 0
	}
	if s.lean != 0 {
		return signum(s.lean)
	}
	up, down := count("permissive"), count("restrictive")
	switch t {
	case corpus.Policy:
		up, down = up+count("warm"), down+count("cold")
	case corpus.RuleFinal, corpus.RuleProposal:
		down += count("duty")
		if up == 0 && slices.Contains(in, "CN") && !digitalCurrency(s) {
			return -1 // there rules about crypto restrict it
		}
	}
	switch {
	case up > down:
		return 1
	case down > up:
		return -1
	}
	if t == corpus.Guidance || t == corpus.Policy && ctx.own() {
		return ctx.leadLeans()
	}
	return 0
}

// leadLeans returns the sign of what the sentences of the lead say together,
// where the headline takes no side.
func (ctx *context) leadLeans() float64 {
	sum := 0.0
	for _, s := range ctx.head[1:] {
		sum += s.lean
	}
	if abs := max(sum, -sum); abs < leadLeaning {
		return 0
	}
	return signum(sum)
}

// leadLeaning is what the leanings of a lead must add up to: one word of risk
// takes no side.
const leadLeaning = 7.0

// relieving is the weight of words that take a burden away ("scraps tax"),
// which count even in a bill whose words are those of a burden.
const relieving = 8.0

func signum(x float64) float64 { return float64(cmp.Compare(x, 0)) }

// newcomer reads an appointment by what the person is known for.
func (r *Reader) newcomer(s *sentence) float64 {
	leaves := has(s, "step", "steps", "stepping", "leaves", "leave", "leaving", "resigns", "resign", "resigned", "departs", "exits", "quits", "fired", "fires", "ousted", "retires", "out") ||
		s.says("卸任", "辞职", "离任")
	sign := 0.0
	switch {
	case has(s, "sworn"):
		return 0 // a ceremony
	case r.lists["friend"].count(s.toks, s.folded) > 0:
		if !leaves {
			sign = 1
		}
	case r.lists["critic"].count(s.toks, s.folded) > 0:
		sign = -1
		if leaves {
			sign = 1
		}
	}
	return sign
}

func has(s *sentence, words ...string) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool { return slices.Contains(words, t.norm) })
}

// suitAgainst reports whether a regulator is who was sued.
func suitAgainst(s *sentence) bool {
	for i := range s.toks {
		if s.toks[i].norm == "against" || s.toks[i].norm == "versus" {
			for _, t := range s.toks[i+1 : min(len(s.toks), i+3)] {
				if t.class&regulator != 0 {
					return true
				}
			}
		}
	}
	return false
}

// crime reports whether a court decides about persons and procedure, not about
// what crypto may do.
func crime(s *sentence) bool {
	return s.says("合同") && !s.says("担") && !s.says("保护") || has(s, "mutual", "extradition", "witness", "wright", "sentence", "plea", "fraud", "guilty", "records", "stolen", "theft", "freezing")
}

// ruling reads for whom a court decided: words of winning and losing beside
// who they are said of.
func (r *Reader) ruling(s *sentence) float64 {
	has := func(words ...string) bool { return has(s, words...) }
	refuses := has("refuses", "refused", "denies", "denied", "rejects", "rejected", "declines", "declined") || s.says("驳回", "拒绝")
	dismissal := has("dismiss", "dismissed", "dismisses", "dismissal", "toss", "tosses", "tossed", "throws", "thrown", "threw", "drop")
	against := has("suit", "lawsuit", "case", "charges", "claims", "sanctions", "refusal", "denial", "rule", "action", "finding", "verdict", "decision")
	side := sidesWith(s)
	switch {
	case crime(s):
		return 0
	case side != 0:
		return side
	case has("overstepped", "oversteps", "overstep", "exceeded", "unlawful", "unlawfully", "arbitrary", "unconstitutional") && !has("not"):
		return 1 // only authorities can
	case has("must") && has("face"):
		return -1
	case has("wrong", "erred", "improperly", "unfairly", "lacks", "lacked") && agency(s):
		return 1
	case has("beats", "defeats", "prevails", "beat") && agency(s):
		if s.leader() != 0 {
			return -1
		}
		return 1
	case s.says("定罪") && (s.says("推翻", "撤销")):
		return 1
	case dismissal && suitAgainst(s):
		return -1 // it was the industry that sued
	case s.says("不构成证券", "不属于证券", "胜诉"):
		return 1
	case has("not") && has("securities", "security"), has("wins", "win", "victory", "acquits", "acquitted", "cleared") && !has("sec", "cftc", "fca"):
		return 1
	case refuses && (dismissal || has("motion", "bid", "appeal", "request", "petition") || s.says("动议", "请求", "上诉")):
		return -1
	case (dismissal || has("overturns", "overturned", "vacates", "vacated", "strikes", "struck", "reverses", "reversed", "voids", "quashes", "lifts", "blocks")) && against:
		return 1
	case has("loses", "loss", "convicts", "liable", "violated", "unregistered", "upholds") && !has("sec", "cftc"):
		return -1
	}
	return 0
}

// agency reports whether a sentence names an authority other than a court.
func agency(s *sentence) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool { return t.class&(regulator|government|police) != 0 })
}

// sidesWith reads whom a court "sides with" or "rules against": -1 for an
// agency, +1 for those it supervises; 0 when it says nothing of the kind.
func sidesWith(s *sentence) float64 {
	for i, t := range s.toks {
		sign := 1.0
		switch t.norm {
		case "with":
			if i == 0 || !strings.HasPrefix(s.toks[i-1].norm, "sid") {
				continue
			}
		case "favor", "favour", "backs", "for", "to":
			if t.norm == "for" && (i == 0 || !strings.HasPrefix(s.toks[i-1].norm, "rul")) || t.norm == "to" && (i == 0 || s.toks[i-1].norm != "victory") {
				continue
			}
		case "against":
			if i == 0 || !strings.HasPrefix(s.toks[i-1].norm, "rul") && s.toks[i-1].norm != "sides" && s.toks[i-1].norm != "sided" {
				continue
			}
			sign = -1
		default:
			continue
		}
		for _, of := range s.toks[i+1 : min(len(s.toks), i+4)] {
			switch {
			case of.class&(regulator|police|government) != 0:
				return -sign
			case of.class&(exchange|firm|asset|person) != 0, of.norm == "crypto", of.norm == "industry", of.norm == "developer", of.norm == "developers":
				return sign
			}
		}
	}
	return 0
}

// digitalCurrency reports whether a sentence is about the digital money of
// central banks or their interest rates, which take no side about crypto.
func digitalCurrency(s *sentence) bool {
	for i, t := range s.toks {
		switch t.norm {
		case "cbdc", "cbdcs", "interest", "rates", "inflation", "fomc":
			return true
		case "rate":
			return i+1 < len(s.toks) && (s.toks[i+1].norm == "cut" || s.toks[i+1].norm == "cuts" || s.toks[i+1].norm == "hike" || s.toks[i+1].norm == "decision" || s.toks[i+1].norm == "pause")
		case "digital":
			if i+1 < len(s.toks) {
				switch s.toks[i+1].norm {
				case "euro", "yuan", "pound", "ruble", "rouble", "rupee", "yen", "won", "dirham", "dollar", "currency":
					return true
				}
			}
		}
	}
	return s.says("数字人民币", "数字欧元", "数字卢布", "央行数字货币", "利率", "降息", "加息")
}

var baseSeverity = map[corpus.EventType]int{
	corpus.Enforcement: 1, corpus.CourtRuling: 1, corpus.RuleProposal: 1, corpus.RuleFinal: 2, corpus.Legislation: 1, corpus.Guidance: 1,
	corpus.Repeal: 2, corpus.Licensing: 1, corpus.Prohibition: 2, corpus.Warning: 1, corpus.Policy: 0, corpus.Appointment: 0,
	corpus.Listing: 0, corpus.Delisting: 0, corpus.Halt: 2, corpus.Hack: 1, corpus.Insolvency: 2, corpus.Outage: 1,
}

var grades = []corpus.Severity{corpus.SeverityLow, corpus.SeverityMedium, corpus.SeverityHigh, corpus.SeverityCritical}

// severity grades an event: by its type, then up for much money, for a known
// venue or a whole country as its target, and for what has become law; down
// for what is only planned, rumoured or denied.
func (r *Reader) severity(ctx *context, s *sentence, e corpus.EventReading) corpus.Severity {
	g := baseSeverity[e.Type]
	switch m := amount(s.toks); {
	case e.Type == corpus.Hack && m >= 1e9:
		g = 3
	case e.Type == corpus.Hack && m >= 5e7:
		g = 2
	case e.Type == corpus.Enforcement && m >= 1e9:
		g = 3
	case e.Type == corpus.Enforcement && (m >= 1e8 || len(e.Exchanges) > 0 && e.Stance != 0):
		g = 2
	}
	has := func(words ...string) bool { return has(s, words...) }
	switch e.Type {
	case corpus.Legislation:
		if has("law", "sign", "signs", "signed", "passes", "passed") || s.says("签署", "通过") {
			g = 2
		}
	case corpus.Prohibition:
		if has("all", "illegal", "outright", "nationwide", "total") || s.says("全面") {
			g = 3
		}
	case corpus.Licensing:
		if e.Stance == 0 {
			g = 0
		}
	case corpus.Outage:
		if has("maintenance", "scheduled") || s.says("维护") {
			g = 0
		}
	case corpus.Halt:
		if has("resumes", "resume", "resumed") || s.says("恢复") {
			g = 1
		}
	}
	if e.Status != corpus.EventDone && g > 0 {
		g--
	}
	return grades[g]
}

// amount returns the largest sum of money in a sentence, in its own currency.
func amount(toks []token) float64 {
	most := 0.0
	for i := range toks {
		if toks[i].class&money == 0 {
			continue
		}
		digits := strings.TrimRight(strings.ReplaceAll(toks[i].norm, ",", ""), "kmbnt+")
		n, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			continue
		}
		unit := toks[i].norm[len(strings.TrimRight(toks[i].norm, "kmbnt")):]
		if unit == "" && i+1 < len(toks) {
			unit = toks[i+1].norm
		}
		switch unit {
		case "k", "thousand":
			n *= 1e3
		case "万":
			n *= 1e4
		case "m", "mn", "million":
			n *= 1e6
		case "亿":
			n *= 1e8
		case "b", "bn", "billion":
			n *= 1e9
		case "t", "tn", "trillion":
			n *= 1e12
		}
		most = max(most, n)
	}
	return most
}
