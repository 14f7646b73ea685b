package event

import (
	"cmp"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// competent names the authority that is meant where a sentence names only its
// country, or only what it alone does: "Singapore yanks licence" is the MAS,
// "US sanctions" are the OFAC's. It names none where anybody else acts.
func (r *Reader) competent(s *sentence, t corpus.EventType, w *who) {
	if len(w.regulators) > 0 || len(w.jurisdictions) != 1 {
		return
	}
	j := w.jurisdictions[0]
	if j == "US" {
		r.competentUS(s, t, w)
		return
	}
	switch t {
	case corpus.Licensing:
	case corpus.RuleFinal, corpus.RuleProposal, corpus.Prohibition, corpus.Guidance:
		if has(s, "tax", "taxes", "mining", "miners", "levy") || s.says("税", "挖矿") {
			return
		}
	default:
		return
	}
	if slices.ContainsFunc(s.toks, func(t token) bool { return t.class&authority != 0 }) {
		return
	}
	kinds := []string{"rules"}
	if t == corpus.Licensing {
		kinds = []string{"rules", "licence"}
	}
	if has(s, "stablecoin", "stablecoins") || s.says("稳定币") {
		kinds = append([]string{"stablecoins"}, kinds...)
	}
	for _, kind := range kinds {
		if name := cmp.Or(r.meantIn(kind, s.toks, s.text, s.from), r.meant[kind+"@"+string(j)]); name != "" {
			w.name(name)
			return
		}
	}
}

// meantIn returns who is meant by a kind of word in the first place among toks
// that has an authority of its own, such as Dubai or New York. The text of the
// tokens begins at byte from of the document.
func (r *Reader) meantIn(kind string, toks []token, text string, from int) string {
	for i := range toks {
		if toks[i].class&place == 0 {
			continue
		}
		end := toks[min(len(toks), max(i+1, toks[i].run))-1].end
		if name := r.meant[kind+"@"+strings.ToLower(text[toks[i].start-from:end-from])]; name != "" {
			return name
		}
	}
	return ""
}

// competentUS does the same for the United States.
func (r *Reader) competentUS(s *sentence, t corpus.EventType, w *who) {
	switch t {
	case corpus.Legislation:
		if has(s, "trump", "biden") && has(s, "sign", "signs", "signed", "signing", "desk", "veto", "vetoes", "signature") {
			w.name("White House")
			return
		}
		if !stateOfUS(s) && !has(s, "governor", "mayor", "town", "city", "sign", "signs", "signed", "signing", "county") && !s.says("签署") {
			w.name("Congress")
		}
	case corpus.Enforcement:
		text := strings.ToLower(s.text)
		switch {
		case has(s, "sanctions", "sanctioned", "sanctioning", "blacklists", "blacklisted") || strings.Contains(text, "制裁"):
			w.name("OFAC")
		case strings.Contains(text, "new york") && has(s, "fine", "fined", "fines", "settle", "settles", "settlement", "compliance", "penalty") && !has(s, "attorney", "ag", "prosecutors", "judge"):
			w.name(r.meant["regulator@new york"])
		case has(s, "plead", "pleads", "pleaded", "plea") && !stateOfUS(s):
			w.name("DOJ")
		}
	}
}

// stateOfUS reports whether a sentence names one of the United States.
func stateOfUS(s *sentence) bool {
	return slices.ContainsFunc(s.toks, func(t token) bool {
		if t.class&place == 0 || jurisdictionAt(&t) != "US" {
			return false
		}
		switch t.norm {
		case "us", "usa", "u.s", "u.s.", "u", "united", "america", "american", "america's", "washington", "美", "国":
			return false
		}
		return true
	})
}
