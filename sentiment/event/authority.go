package event

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

//go:embed data/authorities.txt
var authorityData string

//go:embed data/authorities_zh.txt
var authorityDataZh string

// authorityWord is a word or person that stands for an authority; the fields
// are those of data/authorities.txt.
type authorityWord struct {
	phrase       string
	class        class
	jurisdiction corpus.Jurisdiction
	regulator    string
	// assumed and assumedName: the jurisdiction, the name, are only what is
	// meant when no place is named.
	assumed, assumedName bool
}

var authorityClasses = map[string]class{
	"": 0, "court": court, "legislature": legislature, "police": police,
	"government": government, "regulator": regulator, "setter": setter, "place": place,
}

// readAuthorities returns the words, the persons by gazetteer id, and the names
// of whom "central bank" and "regulator" mean with a country ("regulator@GB"),
// and who is competent there ("rules@SG", "rules@dubai").
func readAuthorities(data string) (words []authorityWord, persons map[string]*authorityWord, meant map[string]string, err error) {
	persons, meant = map[string]*authorityWord{}, map[string]string{}
	for n, line := range strings.Split(data, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, ";")
		if len(f) != 4 {
			return nil, nil, nil, fmt.Errorf("line %d: %d fields, want 4", n+1, len(f))
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		w := authorityWord{phrase: f[0]}
		var ok bool
		if w.class, ok = authorityClasses[f[1]]; !ok {
			return nil, nil, nil, fmt.Errorf("line %d: unknown class %q", n+1, f[1])
		}
		j, in := strings.CutPrefix(f[2], "(")
		w.jurisdiction, w.assumed = corpus.Jurisdiction(strings.TrimSuffix(j, ")")), in
		w.regulator, w.assumedName = strings.CutPrefix(f[3], "(")
		w.regulator = strings.TrimSuffix(w.regulator, ")")
		if id, ok := strings.CutPrefix(w.phrase, "@"); ok {
			persons[id] = &w
			continue
		}
		if name, city, ok := strings.Cut(w.phrase, "@"); ok {
			if city == strings.ToUpper(city) && len(city) == 2 {
				city = string(w.jurisdiction)
			}
			meant[name+"@"+city] = w.regulator
			continue
		}
		words = append(words, w)
	}
	return words, persons, meant, nil
}

// Some authorities are known by what they are, not only that they are one.
var regulatorClass = map[string]class{
	"Congress": legislature, "European Parliament": legislature, "EU Council": legislature, "UK Parliament": legislature, "LegCo": legislature,
	"National Assembly (Korea)": legislature, "Diet": legislature, "Legislative Yuan": legislature, "NPC": legislature,
	"Supreme Court of India": court, "CJEU": court, "D.C. Circuit": court, "Second Circuit": court, "Third Circuit": court,
	"Korean prosecutors": police, "CBI India": police, "MJIB": police, "Hong Kong Police": police, "ICAC": police, "Singapore Police": police, "Royal Malaysia Police": police,
	"SFO": police, "CPS": police, "Metropolitan Police": police, "BKA": police, "Paris prosecutors": police, "FIOD": police, "Guardia Civil": police, "Eurojust": police,
	"Secret Service": police, "DHS": police, "U.S. Marshals": police, "Manhattan DA": police,
	"FSTB": government, "MIIT": government, "Japan MoF": government, "India MoF": government, "Labor Department": government, "Commerce Department": government,
	"State Department": government, "Australian Treasury": government, "Russian Finance Ministry": government, "Vietnam MoF": government,
	"SCOTUS": court, "SPC": court, "DOJ": police, "FBI": police, "NCA": police, "Europol": police, "INTERPOL": police, "ED": police, "SPP": police, "MPS": police, "NYAG": police,
	"White House": government, "Treasury": government, "HMT": government, "European Commission": government, "State Council": government, "MOF": government,
	"FATF": setter, "BIS": setter, "BCBS": setter, "CPMI": setter, "FSB": setter, "IOSCO": setter, "IMF": setter, "World Bank": setter, "OECD": setter, "G20": setter, "G7": setter, "UN": setter,
}

// called is what events call authorities that the gazetteer names otherwise.
// Courts, prosecutors and police forces that act as any would are called
// nothing: they say where something happens, but are no regulators of it.
var called = map[string]string{
	"State Bank of Pakistan": "SBP", "State Taxation Administration": "STA", "National Bank of Kazakhstan": "NBK", "Labor Department": "DOL",
	"CBI India": "CBI", "CBC Taiwan": "CBC",
	"Supreme Court of India": "", "D.C. Circuit": "", "Second Circuit": "", "Third Circuit": "",
	"Korean prosecutors": "", "Paris prosecutors": "", "Manhattan DA": "",
	"Hong Kong Police": "", "Singapore Police": "", "Royal Malaysia Police": "", "Metropolitan Police": "", "Guardia Civil": "",
}

// tagAuthorities marks the words that stand for an authority without naming
// one, and the persons who speak for one; and takes the mark from names that
// only look like it.
func (r *Reader) tagAuthorities(toks []token, ctx *context) {
	if len(toks) == 0 {
		return
	}
	full := ctx.doc.Full
	r.words.Find(full, toks[0].start, toks[len(toks)-1].end, func(start, end, phrase int) bool {
		w := &r.authorities[phrase]
		if surface := full[start:end]; w.phrase != strings.ToLower(w.phrase) && surface != w.phrase && !(surface == strings.ToUpper(surface) && len(surface) > 6) {
			return true
		}
		lo, hi := cover(toks, corpus.Span{Start: start, End: end})
		if lo < hi && toks[lo].class&person != 0 && (toks[lo].run > hi || lo > 0 && toks[lo-1].run > lo) {
			return true // part of a longer name: Jesse Powell
		}
		if lo < hi && toks[lo].han && !longest(toks, lo, hi) {
			return true // part of a longer name: 美国证监会
		}
		for i := lo; i < hi; i++ {
			toks[i].class |= w.class
			toks[i].run = max(toks[i].run, hi)
			toks[i].authority = w
			if w.class == place && actsAsState(full, toks[hi-1], mention{span: corpus.Span{Start: start, End: end}}) {
				toks[i].class |= state
			}
		}
		return true
	})
	for i := range toks {
		for _, e := range toks[i].entities {
			if p := r.persons[e.ID]; p != nil && e.Kind == corpus.EntityPerson {
				toks[i].class = toks[i].class&^person | p.class
				toks[i].authority = p
			}
		}
	}
	for i := range toks {
		if toks[i].class&authority != 0 && impostor(toks, i) {
			disown(toks, i)
		}
	}
}

// disown takes the mark of an authority from the whole name at i.
func disown(toks []token, i int) {
	end := toks[i].run
	for i > 0 && toks[i-1].run == end {
		i--
	}
	for ; i < end; i++ {
		toks[i].class &^= authority
		toks[i].authority = nil
		toks[i].entities = slices.DeleteFunc(toks[i].entities, func(e *corpus.Entity) bool { return e.Kind == corpus.EntityRegulator })
	}
}

// impostor reports whether the authority at i is a former one, a company that
// bears a politician's name, or a treasury of bitcoin.
func impostor(toks []token, i int) bool {
	norm := func(j int) string {
		if j < 0 || j >= len(toks) {
			return ""
		}
		return toks[j].norm
	}
	reach := 2
	if a := toks[i].authority; a != nil && (len(toks[i].entities) > 0 || len(a.phrase) > 4 && a.phrase != strings.ToLower(a.phrase)) {
		reach = 4 // "former CFTC chair Quintenz"
	}
	for j := i - 1; j >= max(0, i-reach); j-- {
		switch norm(j) {
		case "ex", "former", "onetime":
			return true
		case "前":
			return j == i-1 && norm(j-1) != "目" && norm(j-1) != "此" && norm(j-1) != "日"
		}
	}
	next, prev := norm(i+1), norm(i-1)
	switch norm(i) {
	case "trump", "特":
		if next == "bitcoin" || next == "crypto" || next == "memecoin" {
			next = norm(i + 2)
		}
		switch next {
		case "wlfi", "world", "liberty", "company", "firm", "business", "empire", "mentor", "fortune", "wealth", "net", "stash", "media", "family", "backed", "linked", "organization", "coin", "memecoin", "token", "jr", "sons", "son", "affiliated", "themed", "meme", "brothers", "owned", "style":
			return true
		}
		return prev == "eric" || prev == "melania" || prev == "barron" || prev == "$" || prev == "official"
	case "treasury", "treasuries":
		if i > 0 && toks[i-1].class&(place|separator) == 0 && toks[i].run == i+1 {
			switch prev {
			case "the", "and", ",", "by", "from", "hm", "with", "&":
			default:
				return true
			}
		}
		if toks[max(0, i-1)].class&asset != 0 && i > 0 {
			return true
		}
		switch prev {
		case "crypto", "corporate", "digital", "asset", "token", "dao", "bitcoin", "eth", "btc", "company", "public", "firm":
			return true
		}
		switch next {
		case "company", "companies", "firm", "firms", "strategy", "strategies", "holdings", "plan", "reserve", "reserves", "bitcoin", "assets", "asset", "allocation", "model", "bonds", "yields", "yield", "giant", "stocks", "vehicle", "holding":
			return true
		}
	case "president":
		if i == 0 || toks[i-1].class&(place|authority) != 0 || toks[i-1].class&separator != 0 {
			return false
		}
		return prev != "the" && prev != "vice" && prev != "new" && !(i+1 < len(toks) && toks[i+1].class&authority != 0)
	case "house":
		return prev == "auction" || prev == "clearing" || prev == "in" || next == "of" && norm(i+2) == "cards"
	case "customs", "cabinet", "agency", "agencies", "supervisor", "court", "courts":
		return prev == "news" || prev == "rating" || prev == "tennis"
	case "asic":
		for _, w := range []string{prev, next, norm(i + 2)} {
			switch w {
			case "miner", "miners", "mining", "chip", "chips", "resistant", "manufacturer", "maker", "makers", "rig", "rigs", "hardware", "facility", "factory":
				return true
			}
		}
	}
	return false
}

// who is what a text says of the authorities that act.
type who struct {
	jurisdictions []corpus.Jurisdiction
	regulators    []string
	actors        []string
	// guessed: the jurisdiction is only what such words usually mean.
	guessed bool
}

// add adds a jurisdiction, or several with "/" between: 英美 is two.
func (w *who) add(j corpus.Jurisdiction) {
	for s := range strings.SplitSeq(string(j), "/") {
		if j := corpus.Jurisdiction(s); j != "" && !slices.Contains(w.jurisdictions, j) {
			w.jurisdictions = append(w.jurisdictions, j)
		}
	}
}

// name adds an authority, or several with "/" between, as one word may mean.
func (w *who) name(s string) {
	for s := range strings.SplitSeq(s, "/") {
		if s != "" && !slices.Contains(w.regulators, s) {
			w.regulators = append(w.regulators, s)
		}
	}
}

func (w *who) actor(s string) {
	if s != "" && !slices.Contains(w.actors, s) {
		w.actors = append(w.actors, s)
	}
}

// authoritiesIn reads who acts from the words of one sentence; with aside, also
// from its subordinate clauses.
func (r *Reader) authoritiesIn(ctx *context, toks []token, aside bool) who {
	var w who
	full, lang := ctx.doc.Full, ctx.doc.Lang
	var assumed []*authorityWord
	for i := 0; i < len(toks); i = toks[i].run {
		t := &toks[i]
		if t.minor && !aside {
			continue
		}
		if t.class&authority == 0 {
			if a := t.authority; a != nil && t.class&(place|exchange) == 0 && !a.assumedName { // words that mean one authority without being one
				w.add(a.jurisdiction)
				w.name(a.regulator)
			}
			continue
		}
		if t.han && t.authority != nil && bare[t.authority.phrase] {
			if name, j, ok := r.bareName(ctx, toks, i, t.run); ok {
				w.actor(cmp.Or(name, full[t.start:toks[t.run-1].end]))
				w.add(j)
				w.name(name)
				continue
			}
		}
		named := false
		foreign := t.authority != nil && generic[t.authority.phrase] != "" // 央行 is China's, 阿联酋央行 is not
		for _, e := range t.entities {
			if t.han && i > 0 && toks[i-1].class&place != 0 && jurisdictionAt(&toks[i-1]) != e.Jurisdiction {
				continue // 印度财政部 is not China's
			}
			if foreign || e.Name == "Congress" || e.Name == "Treasury" { // "Brazil's Congress"
				if j := placeOf(toks, i, t.run); j != "" && j != e.Jurisdiction {
					continue
				}
				if e.Name == "Congress" && (t.norm == "senate" || t.norm == "house") && stateOfUS(&sentence{toks: toks}) {
					continue // "Oklahoma bill dies in Senate"
				}
			}
			if e.Kind == corpus.EntityRegulator {
				named = true
				name, other := called[e.Name]
				if !other {
					name = e.Name
				}
				w.name(name)
				w.add(e.Jurisdiction)
				w.actor(e.Name)
			}
		}
		if named || t.authority == nil {
			continue
		}
		a := t.authority
		w.actor(cmp.Or(full[t.start:toks[t.run-1].end], a.regulator))
		if j := placeOf(toks, i, t.run); j != "" && (a.assumed || a.jurisdiction == "") {
			w.add(j)
			local := stateOfUS(&sentence{toks: toks[max(0, i-2):i]}) // "Montana Senate"
			if (!a.assumedName || j == a.jurisdiction) && !(a.class == legislature && local) {
				w.name(a.regulator)
			}
			if kind := generic[a.phrase]; kind != "" {
				w.name(cmp.Or(r.meantIn(kind, toks[max(0, i-4):i], full, 0), r.meant[kind+"@"+string(j)]))
			}
			continue
		}
		if a.jurisdiction != "" && !a.assumed {
			w.add(a.jurisdiction)
			w.name(a.regulator)
			continue
		}
		assumed = append(assumed, a)
	}
	if len(w.jurisdictions) == 0 {
		subjects(toks, &w)
	}
	for _, a := range assumed {
		if ctx.home != "" && a.jurisdiction != ctx.home && (a.jurisdiction == "" || a.jurisdiction == "CN") {
			if len(w.jurisdictions) == 0 || w.guessed {
				w.add(ctx.home)
				w.guessed = true
			}
			continue
		}
		if a.jurisdiction == "" || a.jurisdiction == "US" && lang == "zh" && a.class&(legislature|court|police) == 0 || a.jurisdiction == "CN" && lang != "zh" {
			continue
		}
		if len(w.jurisdictions) == 0 || w.guessed {
			w.add(a.jurisdiction)
			w.guessed = true
		}
		if slices.Contains(w.jurisdictions, a.jurisdiction) && !(a.class == legislature && stateOfUS(&sentence{toks: toks})) {
			w.name(a.regulator)
		}
	}
	return w
}

// generic are the words that mean an authority of the country named beside
// them.
var generic = map[string]string{
	"监管局": "regulator", "监管机构": "regulator", "金融监管机构": "regulator", "监管部门": "regulator",
	"central bank": "central bank", "央行": "central bank", "中央银行": "central bank", "央行行长": "central bank", "central banker": "central bank",
	"monetary authority": "central bank", "securities watchdog": "regulator", "financial watchdog": "regulator", "markets board": "regulator",
	"regulator": "regulator", "watchdog": "regulator", "financial regulator": "regulator", "securities regulator": "regulator",
}

// placeOf returns the country that the authority at toks[from:to] belongs to:
// the place just before it, or just after "in", "of", "from".
func placeOf(toks []token, from, to int) corpus.Jurisdiction {
	for j := from - 1; j >= 0 && j >= from-4; j-- {
		if toks[j].class&separator != 0 || toks[j].class&(authority&^toks[from].class) != 0 {
			break
		}
		if toks[j].class&place != 0 {
			return jurisdictionAt(&toks[j])
		}
		switch toks[j].norm {
		case "by", "after", "as", "to", "and", ",", "for", "with":
			j = -1
		}
	}
	for j := to; j < len(toks) && j < to+3; j++ {
		switch toks[j].norm {
		case "in", "of", "from", "for":
			for k := j + 1; k < len(toks) && k <= j+3; k++ {
				if toks[k].class&place != 0 {
					return jurisdictionAt(&toks[k])
				}
			}
		}
	}
	return ""
}

func jurisdictionAt(t *token) corpus.Jurisdiction {
	for _, e := range t.entities {
		if e.Kind == corpus.EntityJurisdiction {
			return e.Jurisdiction
		}
	}
	if t.authority != nil {
		return t.authority.jurisdiction
	}
	return ""
}

// subjects adds the countries that a sentence begins with: "UK and US agree",
// or else the first it names.
func subjects(toks []token, w *who) {
	for i := 0; i < len(toks); i++ {
		if toks[i].class&place == 0 {
			continue
		}
		w.add(jurisdictionAt(&toks[i]))
		for j := toks[i].run; j+1 < len(toks) && (toks[j].norm == "and" || toks[j].norm == "," || toks[j].norm == "&" || toks[j].norm == "、" || toks[j].norm == "与" || toks[j].norm == "和"); {
			if toks[j+1].class&place == 0 {
				break
			}
			w.add(jurisdictionAt(&toks[j+1]))
			j = toks[j+1].run
		}
		return
	}
}

// phrases lists the words for a [text.Matcher].
func phrases(words []authorityWord) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.phrase
	}
	return out
}
