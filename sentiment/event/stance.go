package event

import (
	"cmp"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

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
		if code != restrictive && s.lean > 0 && s.up >= relieving {
			return 1 // the case is over
		}
		business := count("business") > 0
		if !business && ctx.doc.Lang != "zh" && onlyPolice(s) && !s.about(exchange|firm) {
			return 0 // who hunts persons hunts crime
		}
		venue := business || len(ctx.names(corpus.EntityExchange, s)) > 0
		if code == restrictive && (count("crime") == 0 || venue) || code == neutral && venue && count("crime") == 0 {
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
	case corpus.Prohibition:
		if s.lean > 0 && s.up > relieving {
			return 1 // a ban that ends
		}
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
	if t == corpus.Licensing && ctx.doc.Lang != "zh" {
		return r.licence(s)
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
		if up == 0 && slices.Contains(in, "CN") && !digitalCurrency(s) && !(ctx.doc.Lang == "zh" && !s.says("币", "虚拟", "加密", "数字资产", "代币", "挖矿", "链")) {
			return -1 // there rules about crypto restrict it
		}
	}
	switch {
	case up > down:
		return 1
	case down > up:
		return -1
	}
	if t == corpus.Repeal && ctx.doc.Lang != "zh" {
		return 1 // what is taken back is mostly a burden
	}
	if t == corpus.Prohibition {
		return -1 // a ban of which the words say nothing else
	}
	if t == corpus.Guidance || t == corpus.Policy && ctx.own() || ctx.doc.Lang == "zh" && (t == corpus.RuleFinal || t == corpus.Policy || t == corpus.Licensing) {
		return ctx.leadLeans()
	}
	return 0
}

// licence reads what became of an application: 0 while it is asked for or put
// off, 1 when it is granted, -1 when it is refused or taken away.
func (r *Reader) licence(s *sentence) float64 {
	count := func(list string) int { return r.lists[list].count(s.toks, s.folded) }
	switch {
	case count("pending") > 0:
		return 0
	case count("refused") > 0:
		return -1
	case count("granted") > 0:
		return 1
	}
	return signum(s.lean)
}

// onlyPolice reports whether nobody but police, prosecutors and courts act in a
// sentence, and not as they act against a business.
func onlyPolice(s *sentence) bool {
	var c class
	for i := range s.toks {
		c |= s.toks[i].class & authority
	}
	return c&police != 0 && c&(regulator|government|setter) == 0 &&
		!has(s, "settle", "settles", "settled", "settlement", "sue", "sues", "sued", "lawsuit", "fine", "fines", "fined", "penalty", "service", "services")
}

// leadLeans returns the sign of what the sentences of the lead say together,
// where the headline takes no side.
func (ctx *context) leadLeans() float64 {
	sum := 0.0
	for _, s := range ctx.head[1:] {
		sum += s.lean
	}
	enough := leadLeaning
	if ctx.doc.Lang == "zh" {
		enough = leadLeaningZh
	}
	if abs := max(sum, -sum); abs < enough {
		return 0
	}
	return signum(sum)
}

// leadLeaning is what the leanings of a lead must add up to: one word of risk
// takes no side.
const leadLeaning = 7.0

// leadLeaningZh is the same for Chinese, whose words weigh up to 9 each.
const leadLeaningZh = 10.0

// relieving is the weight of words that take a burden away ("scraps tax"),
// which count even in a bill whose words are those of a burden.
const relieving = 8.0

func signum(x float64) float64 { return float64(cmp.Compare(x, 0)) }

// newcomer reads an appointment by what the person is known for.
func (r *Reader) newcomer(s *sentence) float64 {
	leaves := has(s, "step", "steps", "stepping", "leaves", "leave", "leaving", "resigns", "resign", "resigned", "departs", "exits", "quits", "fired", "fires", "ousted", "retires", "out", "yanks", "yanked", "pulls", "pulled", "drops", "dropped", "withdraws", "withdrawn") ||
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
	case has("blow") && !agency(s):
		return -1
	case has("won't") && has("hear", "review"):
		return -1 // what was decided against those who ask stands
	case has("property") && !has("not", "isn't", "aren't", "seized"):
		return 1
	case has("blocks", "blocked", "halts", "pauses", "tosses") && has("ordinance", "ban", "curb", "curbs", "limits"):
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
	case s.says("胜诉", "得直"):
		return wonBy(s)
	case s.says("构成证券", "属于证券") && !s.says("不构成", "不属于"):
		return -1
	case s.says("不构成证券", "不属于证券"):
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
		case "hands", "handed", "hand":
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
	if has(s, "cut", "cuts", "hike", "hikes", "dovish", "hawkish", "pause", "pauses", "dissent", "minutes") && slices.ContainsFunc(s.toks, func(t token) bool {
		return t.norm == "fed" || t.authority != nil && t.authority.regulator == "Fed"
	}) {
		return true
	}
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
