package event

import (
	"strings"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// class is a set of roles that a word can play in a cue.
type class uint32

const (
	regulator   class = 1 << iota // a named or unnamed authority that rules or supervises
	court                         // judges and juries
	legislature                   // parliaments and their members
	police                        // police and prosecutors
	government                    // heads of state, ministries, officials
	setter                        // international standard setters
	place                         // a country, state or city
	state                         // a country, state or city that acts: not "Korea's", not "Korean"
	exchange
	asset
	person
	firm // an organisation that is no authority
	number
	money
	percent
	instrument
	separator // ends a clause: gaps do not reach across

	authority = regulator | court | legislature | police | government | setter
)

// token is a word, a number, one Chinese character or a mark.
type token struct {
	start, end int
	norm       string   // folded, without possessive
	ids        []wordID // of the words and stems of patterns that it is
	class      class
	run        int // index after the last token of the same name; its own index + 1 without one
	entities   []*corpus.Entity
	authority  *authorityWord // the unnamed authority it is part of
	han        bool           // a Chinese character
	masked     bool           // part of an expression that only looks like a cue
	minor      bool           // in a subordinate clause
}

// maxTokens bounds what is read of one sentence.
const maxTokens = 120

// scan reads the tokens of a sentence.
func scan(full string, from, to int) []token {
	toks := make([]token, 0, 32)
	for t := range text.Tokens(full, from, to) {
		if len(toks) >= maxTokens {
			break
		}
		switch t.Kind {
		case text.Han:
			for i := t.Start; i < t.End; {
				r, n := utf8.DecodeRuneInString(full[i:t.End])
				norm := string(text.Fold(r))
				if norm == "拟" && len(toks) > 0 && toks[len(toks)-1].norm == "虚" {
					norm = "虚拟" // virtual, not planned
				}
				toks = append(toks, token{start: i, end: i + n, norm: norm, han: true})
				i += n
			}
		case text.Punct:
			tok := token{start: t.Start, end: t.End, norm: text.FoldString(full[t.Start:t.End])}
			switch tok.norm {
			case ";", "?", "!", "。", "|":
				tok.class = separator
			}
			toks = append(toks, tok)
		default:
			toks = appendWord(toks, full, t)
		}
	}
	for i := range toks {
		toks[i].run = i + 1
		toks[i].class |= numeric(toks, i)
	}
	return toks
}

// appendWord splits a word at its hyphens and drops the possessive.
func appendWord(toks []token, full string, t text.Token) []token {
	from := t.Start
	for from < t.End {
		to := t.End
		if i := strings.IndexAny(full[from:t.End], "-‑–"); i >= 0 {
			to = from + i
		}
		norm := text.FoldString(full[from:to])
		norm = strings.TrimSuffix(strings.TrimSuffix(norm, "'s"), "'")
		if norm != "" {
			tok := token{start: from, end: to, norm: norm}
			if c := norm[0]; '0' <= c && c <= '9' {
				tok.class = number
			}
			toks = append(toks, tok)
		}
		from = to
		if from < t.End {
			_, n := utf8.DecodeRuneInString(full[from:])
			from += n
		}
	}
	return toks
}

// numeric says whether the number at i is an amount of money or a share.
func numeric(toks []token, i int) class {
	if toks[i].class&number == 0 {
		return 0
	}
	var c class
	if i > 0 {
		switch toks[i-1].norm {
		case "$", "€", "£", "¥", "₩", "₹", "us$", "hk$", "a$":
			c |= money
		}
	}
	if strings.HasSuffix(toks[i].norm, "%") {
		c |= percent
	}
	for j := i + 1; j < len(toks) && j <= i+4; j++ {
		switch toks[j].norm {
		case "%", "percent", "pct":
			return c | percent
		case "cent":
			return c | percent
		case "million", "billion", "trillion", "m", "bn", "万", "亿", "千", "百", "per", "k":
			continue
		case "dollars", "usd", "euros", "pounds", "yuan", "won", "美", "元", "港":
			return c | money
		}
		break
	}
	return c
}

// tag gives the tokens of a sentence their classes from the entities and
// instruments found in it.
func (r *Reader) tag(toks []token, ctx *context) {
	for _, m := range ctx.mentionsIn(toks) {
		lo, hi := cover(toks, m.span)
		if lo == hi {
			continue
		}
		c := m.class
		for i := lo; i < hi; i++ {
			toks[i].class |= c
			toks[i].run = max(toks[i].run, hi)
			if m.entity != nil {
				toks[i].entities = append(toks[i].entities, m.entity)
			}
		}
		if c&place != 0 && actsAsState(ctx.doc.Full, toks[hi-1], m) {
			for i := lo; i < hi; i++ {
				toks[i].class |= state
			}
		}
	}
	r.tagAuthorities(toks, ctx)
	subordinate(toks)
}

// actsAsState reports whether the name of a country can be the subject of a
// sentence: possessives and most adjectives cannot.
func actsAsState(full string, last token, m mention) bool {
	surface := full[m.span.Start:m.span.End]
	if last.han {
		return true
	}
	if strings.ContainsAny(full[last.start:last.end], "'’") || strings.HasSuffix(surface, "'s") || strings.HasSuffix(surface, "’s") {
		return false
	}
	if rest := full[m.span.End:]; strings.HasPrefix(rest, "'s") || strings.HasPrefix(rest, "’s") {
		return false
	}
	if strings.HasSuffix(surface, "stan") {
		return true
	}
	if m.entity != nil && strings.EqualFold(surface, m.entity.Name) || surface == strings.ToUpper(surface) {
		return true
	}
	for _, name := range []string{"azerbaijan", "bhutan", "oman", "jordan", "brunei", "fiji", "dubai", "abu dhabi", "delhi", "mumbai", "shanghai", "miami", "michigan", "manhattan"} {
		if strings.EqualFold(surface, name) {
			return true
		}
	}
	for _, ending := range []string{"an", "ese", "ish", "i", "ch", "ss", "ans", "ek", "pino", "pine", "tine"} {
		if strings.HasSuffix(surface, ending) {
			return false
		}
	}
	return true
}

// cover returns the tokens inside a span.
func cover(toks []token, s corpus.Span) (lo, hi int) {
	for lo < len(toks) && toks[lo].end <= s.Start {
		lo++
	}
	for hi = lo; hi < len(toks) && toks[hi].start < s.End; hi++ {
	}
	return lo, hi
}

// subordinate marks the words of clauses that only tell when or why: what
// follows "after", "amid", "as".
func subordinate(toks []token) {
	minor := false
	for i := range toks {
		switch toks[i].norm {
		case "after", "amid", "following", "despite", "as", "while", "ahead", "amidst", "since", "before", "until", "because", "awaiting", "await", "awaits", "pending":
			// "as" before a name or title is no conjunction: "as CEO"
			if i > 0 && !(toks[i].norm == "as" && role(toks[i+1:])) {
				minor = true
			}
		case ";", ":", "。", "|", "!", "?":
			minor = false
		}
		toks[i].minor = minor
	}
}

// role reports whether what follows "as" is an office or a kind of thing, not
// a clause: "as CEO", "as SEC chair", "as a security".
func role(next []token) bool {
	if len(next) == 0 {
		return true
	}
	i := 0
	for i+1 < len(next) && i < 3 && next[i].class&authority != 0 && !office[next[i].norm] {
		i++ // whose office it is
	}
	return office[next[i].norm]
}

var office = wordSet("a an ceo chair chairman chairwoman head new securities property governor commissioner director secretary president legal commodity commodities illegal much many well margin collateral money oracle partner custodian adviser lead chief")
