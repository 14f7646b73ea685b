package entity

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// A reference is a phrase by which a text speaks again of what it has named:
// "the exchange", "该平台". It is taken for the last entity that fits, and only
// where no other could be meant: what is missed costs a mention, what is wrong
// puts words into somebody's mouth.
type reference struct {
	kind  corpus.EntityKind
	class string // "" fits all, "-" those without a class
}

func (f reference) fits(d *Definition) bool {
	switch {
	case d.Kind != f.kind:
		return false
	case f.kind == corpus.EntityJurisdiction:
		return d.ID != "EU" // no country
	case f.class == "":
		return true
	case f.class == "-":
		return len(d.Class) == 0
	}
	return slices.Contains(d.Class, f.class)
}

const (
	// reach is how many sentences back the entity may have been spoken of:
	// further on, in news, another has taken the stage. Guessed.
	reach = 3
	// subjectBytes is how near to the beginning of a sentence its subject is.
	subjectBytes = 40
)

// spoken is one mention that has been accepted.
type spoken struct {
	def        int32
	sentence   int32
	start, end int32
}

// refersTo returns the definition that a reference stands for. Past are the
// mentions before it, in order.
func (r *reading) refersTo(i int, past []spoken, found map[int32]*tally) (int32, bool) {
	h := r.hits[i]
	full := r.doc.Full
	if !r.isHead(h) || i+1 < len(r.hits) && r.hits[i+1].start-h.end <= 1 && r.isName(i+1) && !strings.HasPrefix(full[h.end:], ",") {
		return 0, false // "the exchange rate", "the exchange Kraken"
	}
	var fits []spoken
	at := int32(-1)
	for k := len(past) - 1; k >= 0 && past[k].sentence >= h.sentence-reach; k-- {
		p := past[k]
		if at >= 0 && p.sentence != at {
			break
		}
		if !r.fits(h, p.def) {
			continue
		}
		at = p.sentence
		if j := slices.IndexFunc(fits, func(o spoken) bool { return o.def == p.def }); j >= 0 {
			fits[j] = p // the first mention in the sentence says whether it is the subject
		} else {
			fits = append(fits, p)
		}
		if len(fits) > 4 {
			return 0, false
		}
	}
	if len(fits) > 1 {
		fits = slices.DeleteFunc(fits, func(p spoken) bool { return !found[p.def].title })
	}
	if len(fits) != 1 {
		return 0, false
	}
	p := fits[0]
	t := found[p.def]
	subject := int(p.start)-r.doc.Sentences[p.sentence].Start <= subjectBytes
	if !t.title && !subject && t.n < 2 && r.rivals(h, found) {
		return 0, false
	}
	if r.stranger(full[p.end:h.start]) {
		return 0, false
	}
	return p.def, true
}

// mayRefer reports whether a hit is a reference.
func (r *reading) mayRefer(h hit) bool {
	senses := r.g.senses[h.phrase]
	return senses[len(senses)-1].form == refer // references are added last
}

// fits reports whether the reference at h may mean a definition.
func (r *reading) fits(h hit, def int32) bool {
	return slices.ContainsFunc(r.g.senses[h.phrase], func(s sense) bool {
		return s.form == refer && r.g.references[s.def].fits(&r.g.defs[def])
	})
}

// rivals reports whether the text has named several that fit.
func (r *reading) rivals(h hit, found map[int32]*tally) bool {
	n := 0
	for def := range found {
		if r.fits(h, def) {
			n++
		}
	}
	return n > 1
}

// isName reports whether a hit may name an entity.
func (r *reading) isName(i int) bool {
	return slices.ContainsFunc(r.g.senses[r.hits[i].phrase], func(s sense) bool { return s.form < cue })
}

// stranger reports whether a firm that is in no list has been named since: then
// "the company" is that one.
func (r *reading) stranger(between string) bool {
	for _, form := range []string{" Inc.", " Inc,", " Inc ", " Corp", " Ltd", " LLC", " GmbH", " plc", " PLC", " S.A.", "有限公司", "股份公司"} {
		if strings.Contains(between, form) {
			return true
		}
	}
	return false
}

// isHead reports whether a reference is a whole noun phrase: "the exchange
// said", not "the exchange operators" or "the exchange of prisoners".
func (r *reading) isHead(h hit) bool {
	if full := r.doc.Full; full[h.end-1] < utf8.RuneSelf {
		return endsNoun(full[h.end:])
	}
	return true
}

func endsNoun(after string) bool {
	if after == "" || after[0] != ' ' {
		return !strings.HasPrefix(after, "-")
	}
	after = strings.TrimLeft(after, " ")
	n := 0
	for n < len(after) && n < 20 && 'a' <= after[n] && after[n] <= 'z' {
		n++
	}
	word := after[:n]
	switch {
	case n == 0:
		r, _ := utf8.DecodeRuneInString(after)
		return r < 'A' || r > 'Z' // a name: "the token Sui"
	case goesOn()[word]:
		return true
	}
	return n > 4 && (strings.HasSuffix(word, "ed") || strings.HasSuffix(word, "ly"))
}

// goesOn are words that follow a noun phrase and are no part of it. Verbs in
// -ed and adverbs in -ly are told by their ending.
var goesOn = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`said says saying has had have is was were will would can could may might must should shall does did
		told tells plans faces holds offers allows lets makes made gave gives got went goes came comes took takes became becomes began begins
		lost fell falls rose rises grew grows hit won wins paid pays sold sells bought buys kept keeps let put set sent sought seeks wants needs
		knew knows ran runs saw sees stood stands left met built chose froze denies admits adds argues warns claims notes expects believes
		remains operates serves blames joins reports raises cuts halts lists issues fines sues bans
		and or but nor that which who whose whom where when while since because if though although as than so yet
		in on at to for from with by after before over under against amid into about between during despite without through until via
		also not now then still never already soon once again ahead itself alone today yesterday earlier later this last next not`) {
		m[w] = true
	}
	return m
})
