package event

import (
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
		if in.Issuer == "" || in.Issuer == string(in.Jurisdiction) || strings.HasSuffix(in.Issuer, "Legislature") || regulatorClass[in.Issuer]&(legislature|government) != 0 || !overlaps(in.Mentions, s.from, s.to) {
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
	return has(s, "joint", "jointly", "together", "alongside") || s.says("联合发", "联合印", "联合公", "会同", "共同发布", "联名", "同日", "携手")
}

func aboutFund(s *sentence) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool {
		return t.norm == "etf" || t.norm == "etfs"
	}) || strings.Contains(strings.ToLower(s.text), "exchange-traded")
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
