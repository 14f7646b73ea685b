package entity

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// Gazetteer knows names and finds them.
type Gazetteer struct {
	defs    []Definition
	matcher *text.Matcher
	// senses lists for each phrase of the matcher what it may mean.
	senses [][]sense
	// nested marks the names of funds, which may hold those of their issuer and
	// of what they invest in: "Grayscale Bitcoin Trust".
	nested []bool
	// references are what the senses of form refer point to.
	references []reference
}

// sense is one meaning of a phrase.
type sense struct {
	def     int32 // index in defs, of a reference in references; -1 for a blocker
	form    form
	written string // with its case; empty where case does not matter
}

type form uint8

const (
	safe form = iota
	exact
	weak
	guarded
	tickerFree
	tickerContext
	tickerCashtag
	cue
	refer
	blocker
)

// New builds the gazetteer from the embedded data and the caller's own
// definitions. It takes a few milliseconds.
func New(extra ...Definition) (*Gazetteer, error) {
	defs, blockers, err := builtin()
	if err != nil {
		return nil, err
	}
	g := &Gazetteer{}
	type key struct {
		kind corpus.EntityKind
		id   string
	}
	index := map[key]int{}
	var errs []error
	for _, d := range append(defs, extra...) {
		if err := d.validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		k := key{d.Kind, d.ID}
		i, known := index[k]
		if !known {
			if d.Name == "" {
				d.Name = d.ID
			}
			index[k] = len(g.defs)
			g.defs = append(g.defs, d)
			continue
		}
		old := &g.defs[i]
		old.Aliases = append(old.Aliases, d.Aliases...)
		old.Exact = append(old.Exact, d.Exact...)
		old.Guarded = append(old.Guarded, d.Guarded...)
		old.Weak = append(old.Weak, d.Weak...)
		old.Cues = append(old.Cues, d.Cues...)
		old.Class = append(old.Class, d.Class...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := g.build(blockers); err != nil {
		return nil, err
	}
	return g, nil
}

func (g *Gazetteer) build(blockers []string) error {
	var phrases []string
	index := map[string]int{}
	add := func(phrase string, s sense) {
		k := text.FoldString(phrase)
		i, known := index[k]
		if !known {
			i = len(phrases)
			index[k] = i
			phrases = append(phrases, phrase)
			g.senses = append(g.senses, nil)
		}
		for _, old := range g.senses[i] {
			if old.def == s.def && s.form != refer && (old.form == safe || old.form <= s.form && old.written == s.written) {
				return // known in a stronger form
			}
		}
		g.senses[i] = append(g.senses[i], s)
	}
	for i, d := range g.defs {
		def := int32(i)
		for _, a := range d.Aliases {
			add(a, sense{def: def, form: safe})
		}
		for _, a := range d.Exact {
			add(a, sense{def, exact, a})
		}
		for _, a := range d.Weak {
			add(a, sense{def, weak, a})
		}
		for _, a := range d.Guarded {
			add(a, sense{def, guarded, a})
		}
		if d.Kind == corpus.EntityAsset {
			f := tickerContext
			switch d.Ticker {
			case TickerFree:
				f = tickerFree
			case TickerCashtag:
				f = tickerCashtag
			}
			add(d.ID, sense{def, f, d.ID})
		}
		for _, a := range d.Cues {
			add(a, sense{def: def, form: cue})
		}
	}
	err := table("references", func(r row) {
		for phrase := range strings.SplitSeq(r["phrases"], ";") {
			add(phrase, sense{def: int32(len(g.references)), form: refer})
		}
		g.references = append(g.references, reference{corpus.EntityKind(r["kind"]), r["class"]})
	})
	for _, b := range blockers {
		k := text.FoldString(b)
		if _, known := index[k]; !known { // a name that is also listed is found
			add(b, sense{def: -1, form: blocker})
		}
	}
	g.article(slices.Clone(phrases), add)
	g.matcher = text.NewMatcher(phrases)
	g.nested = make([]bool, len(phrases))
	for i, senses := range g.senses {
		g.nested[i] = slices.ContainsFunc(senses, func(s sense) bool {
			return s.form == safe && g.defs[s.def].Kind == corpus.EntityAsset && slices.Contains(g.defs[s.def].Class, "fund")
		})
	}
	return err
}

// article lets "the Bank of England" be found where "the Bank" is a phrase too:
// it adds "the" to the names that begin with the words of such a phrase.
func (g *Gazetteer) article(phrases []string, add func(string, sense)) {
	heads := map[string]bool{}
	for _, p := range phrases {
		if head, ok := strings.CutPrefix(text.FoldString(p), "the "); ok {
			heads[head] = true
		}
	}
	for i, p := range phrases {
		k := text.FoldString(p)
		for at := range len(k) {
			if k[at] != ' ' || !heads[k[:at]] {
				continue
			}
			for _, s := range g.senses[i] {
				if s.written != "" {
					s.written = "the " + s.written
				}
				add("the "+p, s)
			}
			break
		}
	}
}

// Definition returns the entry of the given kind and ID.
func (g *Gazetteer) Definition(kind corpus.EntityKind, id string) (Definition, bool) {
	for _, d := range g.defs {
		if d.Kind == kind && d.ID == id {
			return d, true
		}
	}
	return Definition{}, false
}

// Lookup returns the entities that name may stand for, whatever the context:
// any form in any case. Several kinds may share a name.
func (g *Gazetteer) Lookup(name string) []corpus.Entity {
	var out []corpus.Entity
	seen := map[int32]bool{}
	g.matcher.Find(name, 0, len(name), func(start, end, phrase int) bool {
		if start != 0 || end != len(name) {
			return true
		}
		for _, s := range g.senses[phrase] {
			if s.form < cue && !seen[s.def] && g.defs[s.def].Kind != kindContext {
				seen[s.def] = true
				out = append(out, g.entity(s.def))
			}
		}
		return true
	})
	return out
}

func (g *Gazetteer) entity(def int32) corpus.Entity {
	d := &g.defs[def]
	e := corpus.Entity{Kind: d.Kind, ID: d.ID, Name: d.Name, Jurisdiction: d.Jurisdiction}
	if d.Kind == corpus.EntityAsset {
		e.Symbol = d.ID
	}
	return e
}

// sameCase reports whether got, which folds to the same as written, has the
// case of written, or is wholly in capitals as headlines are.
func sameCase(written, got string) bool {
	if written == got {
		return true
	}
	if rest, ok := strings.CutPrefix(written, "the "); ok && strings.HasPrefix(got, "The ") {
		return sameCase(rest, got[4:]) // at the beginning of a sentence
	}
	w, g := []rune(written), []rune(got)
	if len(w) != len(g) {
		return false
	}
	same, capitals, letters := true, true, 0
	for i := range w {
		if !unicode.IsLetter(g[i]) {
			continue
		}
		letters++
		same = same && unicode.IsUpper(w[i]) == unicode.IsUpper(g[i])
		capitals = capitals && unicode.IsUpper(g[i])
	}
	return same || capitals && letters > 4
}

// inAddress reports whether s[start:end] is part of a URL or e-mail address.
func inAddress(s string, start, end int) bool {
	if start == 0 || !strings.ContainsRune("/.@=-_?&", rune(s[start-1])) {
		return false
	}
	from := start
	for from > 0 && start-from < 200 && s[from-1] > ' ' {
		from--
	}
	before := s[from:start]
	if i := strings.LastIndexByte(before, '@'); i > 0 {
		return true
	}
	return strings.Contains(before, "://") || strings.HasPrefix(before, "www.")
}
