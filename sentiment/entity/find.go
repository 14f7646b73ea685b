package entity

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// maxMentions bounds the spans kept of one entity; further mentions still
// count for its relevance.
const maxMentions = 500

// hit is a phrase met in the text.
type hit struct {
	start, end int32
	phrase     int32
	sentence   int32
}

// reading is what is known of one text while its hits are judged.
type reading struct {
	g    *Gazetteer
	doc  *text.Document
	src  corpus.Source
	hits []hit
	// sure counts the mentions of each definition under safe forms.
	sure map[int32]int
	// cued are the definitions with a cue in the text.
	cued map[int32]bool
	// crypto marks the sentences with crypto words or sure assets.
	crypto []bool
	// places are the jurisdictions in the text.
	places map[corpus.Jurisdiction]bool
}

// Find returns the entities of a text, the most relevant first. Src may be the
// zero Source; where it is known, it helps to tell who "the Commission" is.
func (g *Gazetteer) Find(d *text.Document, src corpus.Source) []corpus.Entity {
	r := &reading{g: g, doc: d, src: src, sure: map[int32]int{}, cued: map[int32]bool{},
		crypto: make([]bool, len(d.Sentences)), places: map[corpus.Jurisdiction]bool{}}
	r.collect()
	found := map[int32]*tally{}
	var past []spoken
	for i := range r.hits {
		h := r.hits[i]
		senses := r.resolve(i)
		if len(senses) == 0 && r.mayRefer(h) {
			if def, ok := r.refersTo(i, past, found); ok {
				found[def].refer(h)
				past = append(past, spoken{def, h.sentence, h.start, h.end})
			}
			continue
		}
		for _, s := range senses {
			t := found[s.def]
			if t == nil {
				t = &tally{first: int(h.start)}
				found[s.def] = t
			}
			t.add(r, h, s.form == weak)
			past = append(past, spoken{s.def, h.sentence, h.start, h.end})
		}
	}
	return r.rank(found)
}

// collect finds all phrases and notes what needs no judgement.
func (r *reading) collect() {
	sentence := 0
	full := r.doc.Full
	var visit func(start, end, phrase int) bool
	visit = func(start, end, phrase int) bool {
		for sentence+1 < len(r.doc.Sentences) && r.doc.Sentences[sentence+1].Start <= start {
			sentence++
		}
		if inAddress(full, start, end) || isQuote(full, start, end) {
			return true
		}
		h := hit{int32(start), int32(end), int32(phrase), int32(sentence)}
		keep := false
		for _, s := range r.g.senses[phrase] {
			switch s.form {
			case cue:
				r.cued[s.def] = true
				continue
			case blocker:
				continue
			case refer:
				keep = true
				continue
			}
			kind := r.g.defs[s.def].Kind
			if kind == kindContext {
				r.crypto[sentence] = true
				continue
			}
			keep = true
			if s.form == safe || s.form == tickerFree && full[start:end] == s.written {
				r.sure[s.def]++
				if kind == corpus.EntityAsset || kind == corpus.EntityMarket || kind == corpus.EntityExchange {
					r.crypto[sentence] = true
				}
			}
			if kind == corpus.EntityJurisdiction && s.form <= weak && (s.written == "" || sameCase(s.written, full[start:end])) {
				r.places[r.g.defs[s.def].Jurisdiction] = true
			}
		}
		if keep {
			r.hits = append(r.hits, h)
		}
		if r.g.nested[phrase] {
			r.g.matcher.Find(full, start, end-1, visit) // all but the whole
		}
		return true
	}
	r.g.matcher.Find(full, 0, len(full), visit)
}

// resolve returns what the hit means: at most one sense of each kind.
func (r *reading) resolve(i int) []sense {
	h := r.hits[i]
	senses := r.g.senses[h.phrase]
	if len(senses) == 1 && senses[0].form == safe {
		return senses
	}
	var out []sense
	var scores []int
	for _, s := range senses {
		if s.form >= cue || r.g.defs[s.def].Kind == kindContext {
			continue
		}
		score := r.support(i, s)
		if score <= 0 {
			continue
		}
		kind := r.g.defs[s.def].Kind
		at := slices.IndexFunc(out, func(o sense) bool { return r.g.defs[o.def].Kind == kind })
		switch {
		case at < 0:
			out, scores = append(out, s), append(scores, score)
		case score > scores[at] || score == scores[at] && r.sure[s.def] > r.sure[out[at].def]:
			out[at], scores[at] = s, score
		}
	}
	return out
}

// support says how well the text supports one sense of a hit; 0 drops it.
func (r *reading) support(i int, s sense) int {
	h := r.hits[i]
	d := &r.g.defs[s.def]
	got := r.doc.Full[h.start:h.end]
	if s.form == safe {
		return 100
	}
	if !sameCase(s.written, got) {
		return 0
	}
	score := 0
	self := r.sure[s.def] > 0 || d.Kind == corpus.EntityRegulator && r.src.Regulator != "" && strings.EqualFold(r.src.Regulator, d.Name)
	if self {
		score += 3
	}
	if r.cued[s.def] {
		score += 2
	}
	switch s.form {
	case weak:
		return 1
	case guarded:
		if r.namesTicker(i, s.def) {
			score += 3
		}
	case tickerFree, tickerContext, tickerCashtag:
		if r.isNumber(h) || r.isAcronym(h) && !self {
			return 0
		}
		marked := r.marked(h)
		switch {
		case s.form == tickerFree, score > 0:
			return score + 1
		case h.end-h.start == 1 && (marked != cash || strings.HasPrefix(r.doc.Full[h.end:], ".")):
			return 0 // "(A)", "$W.WW"
		case marked == cash, marked == bracketed && r.aboutCrypto():
			return 1
		case s.form == tickerContext && r.crypto[h.sentence]:
			return 1
		}
		return 0
	}
	if d.Kind == corpus.EntityRegulator {
		if s.form == guarded && r.afterAsset(i) {
			return 0 // "a Bitcoin Treasury"
		}
		score += r.place(i, d.Jurisdiction)
		if s.form == guarded && strings.HasPrefix(s.written, "the ") && !self && !r.cued[s.def] {
			return 0
		}
	}
	if r.src.Jurisdiction != "" && r.src.Jurisdiction == d.Jurisdiction && d.Kind != corpus.EntityPerson {
		score += 2
	}
	if s.form == exact {
		return score + 1
	}
	if score == 0 && len(d.Cues) == 0 && r.crypto[h.sentence] && d.Ticker != TickerCashtag {
		switch d.Kind {
		case corpus.EntityAsset, corpus.EntityExchange, corpus.EntityOrganisation:
			return 1
		}
	}
	return score
}

// namesTicker reports whether the ticker of the same asset follows in brackets:
// "Polygon (POL)".
func (r *reading) namesTicker(i int, def int32) bool {
	if i+1 >= len(r.hits) || r.marked(r.hits[i+1]) != bracketed || r.hits[i+1].start-r.hits[i].end > 4 {
		return false
	}
	return slices.ContainsFunc(r.g.senses[r.hits[i+1].phrase], func(s sense) bool {
		return s.def == def && tickerFree <= s.form && s.form <= tickerCashtag
	})
}

// afterAsset reports whether the name of an asset stands right before the hit.
func (r *reading) afterAsset(i int) bool {
	if i == 0 || r.hits[i].start-r.hits[i-1].end > 1 {
		return false
	}
	got := r.doc.Full[r.hits[i-1].start:r.hits[i-1].end]
	return slices.ContainsFunc(r.g.senses[r.hits[i-1].phrase], func(s sense) bool {
		return s.form < cue && (s.form == safe || sameCase(s.written, got)) && (r.g.defs[s.def].Kind == corpus.EntityAsset || r.g.defs[s.def].Kind == corpus.EntityMarket)
	})
}

// place says how near the jurisdiction is mentioned: in the sentence, in the
// text, or not at all.
func (r *reading) place(i int, j corpus.Jurisdiction) int {
	if !r.places[j] {
		return 0
	}
	near := func(k int) bool {
		for _, s := range r.g.senses[r.hits[k].phrase] {
			if s.form <= weak && r.g.defs[s.def].Kind == corpus.EntityJurisdiction && r.g.defs[s.def].Jurisdiction == j {
				return true
			}
		}
		return false
	}
	const window = 8 // hits either side: a sentence full of names stays cheap
	for k := i - 1; k >= 0 && i-k <= window && r.hits[k].sentence == r.hits[i].sentence; k-- {
		if near(k) {
			return 3
		}
	}
	for k := i + 1; k < len(r.hits) && k-i <= window && r.hits[k].sentence == r.hits[i].sentence; k++ {
		if near(k) {
			return 3
		}
	}
	return 1
}

func (r *reading) aboutCrypto() bool { return slices.Contains(r.crypto, true) }

type mark uint8

const (
	unmarked  mark = iota
	bracketed      // (ABC)
	cash           // $ABC, ABC/USDT
)

// marked says how the text marks a ticker as one.
func (r *reading) marked(h hit) mark {
	before, after := r.doc.Full[:h.start], r.doc.Full[h.end:]
	switch {
	case strings.HasSuffix(before, "$") || strings.HasSuffix(before, "＄"):
		return cash
	case strings.HasPrefix(after, "/") || strings.HasPrefix(after, "-"):
		for _, quote := range []string{"USDT", "USDC", "USD", "BTC", "ETH", "EUR", "KRW", "JPY", "TRY", "PERP"} {
			if strings.HasPrefix(after[1:], quote) {
				return cash
			}
		}
	case strings.HasPrefix(after, " token ") || strings.HasPrefix(after, ", the token") || strings.HasPrefix(after, "代币") || strings.HasSuffix(before, "代币"):
		return bracketed // as good: "the ONE token"
	case (strings.HasSuffix(before, "(") || strings.HasSuffix(before, "（")) && (strings.HasPrefix(after, ")") || strings.HasPrefix(after, "）")):
		return bracketed
	}
	return unmarked
}

// isQuote reports whether the hit is what a pair is quoted in: USDT in
// "SOL/USDT" is not what the text is about.
func isQuote(s string, start, end int) bool {
	if start < 2 || s[start-1] != '/' || !unicode.IsUpper(rune(s[start-2])) {
		return false
	}
	switch s[start:end] {
	case "USDT", "USDC", "BUSD", "FDUSD":
		return true
	}
	return false
}

// isNumber reports whether the hit begins an official number: FIL-7-2025.
func (r *reading) isNumber(h hit) bool {
	after := r.doc.Full[h.end:]
	return len(after) > 1 && (after[0] == '-' || after[0] == '.') && '0' <= after[1] && after[1] <= '9'
}

// isAcronym reports whether a bracketed hit abbreviates the words before it:
// "Financial Institution Letter (FIL)".
func (r *reading) isAcronym(h hit) bool {
	if h.start < 2 || r.doc.Full[h.start-1] != '(' {
		return false
	}
	_, n := utf8.DecodeLastRuneInString(r.doc.Full[:h.start])
	words := strings.Fields(r.doc.Full[max(0, int(h.start)-120) : int(h.start)-n])
	letters := []rune(r.doc.Full[h.start:h.end])
	if len(letters) < 2 || len(words) < len(letters) {
		return false
	}
	words = words[len(words)-len(letters):]
	for i, l := range letters {
		first, _ := utf8.DecodeRuneInString(words[i])
		if unicode.ToUpper(first) != l {
			return false
		}
	}
	return true
}

// inPassing reports whether an entity is only named as example, company or
// source: "such as Binance", "according to Chainalysis", "如币安".
func (r *reading) inPassing(h hit) bool {
	before := r.doc.Full[max(0, int(h.start)-30):h.start]
	for _, words := range []string{"such as ", "including ", "alongside ", "ccording to ", "similar to ", "formerly of ", "formerly at ", "former ", "unlike ", "包括", "例如", "诸如", "据", "不同于"} {
		if strings.HasSuffix(before, words) {
			return true
		}
	}
	return false
}

// tally is what was met of one entity.
type tally struct {
	count      float64
	first      int
	title      bool
	onlyWeak   bool
	mentions   []corpus.Span
	references []corpus.Span
	n          int // mentions by name
}

// refer counts a mention without the name: half, because it is less sure.
func (t *tally) refer(h hit) {
	t.count += 0.5
	if len(t.references) < maxMentions {
		t.references = append(t.references, corpus.Span{Start: int(h.start), End: int(h.end)})
	}
}

func (t *tally) add(r *reading, h hit, isWeak bool) {
	aside := r.inPassing(h)
	if isWeak || aside {
		t.count += 0.5
	} else {
		t.count++
	}
	t.onlyWeak = isWeak && (t.onlyWeak || t.n == 0)
	t.n++
	if s := r.doc.Sentences; len(s) > 0 {
		t.title = t.title || s[h.sentence].Title || r.doc.TitleEnd == 0 && h.sentence == 0
	}
	if len(t.mentions) < maxMentions {
		t.mentions = append(t.mentions, corpus.Span{Start: int(h.start), End: int(h.end)})
	}
}

// rank turns tallies into entities with relevance: .40 for the title, up to
// .25 for an early first mention (half of it after 800 bytes), and up to .35
// for the number of mentions, absolutely and against the most mentioned entity.
// Weak forms, references and mentions in passing count half.
// The weights are guessed; they give the subject of a headline about .9 and a
// name in the last paragraph about .1.
func (r *reading) rank(found map[int32]*tally) []corpus.Entity {
	most := 0.0
	for _, t := range found {
		most = max(most, t.count)
	}
	out := make([]corpus.Entity, 0, len(found))
	for def, t := range found {
		e := r.g.entity(def)
		rel := 0.25 / (1 + float64(t.first)/800)
		if t.title {
			rel += 0.40
		}
		rel += 0.35 * (0.5*t.count/(t.count+2) + 0.5*t.count/most)
		if t.onlyWeak {
			rel *= 0.7
		}
		e.Relevance = min(1, rel)
		e.Mentions, e.References = t.mentions, t.references
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b corpus.Entity) int {
		return cmp.Or(cmp.Compare(b.Relevance, a.Relevance), cmp.Compare(a.Mentions[0].Start, b.Mentions[0].Start),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return out
}
