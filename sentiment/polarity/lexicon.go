package polarity

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/regwire/regwire/sentiment/text"
)

// kind is what a word of the lexicon does; the names in the data files are
// explained at their head.
type kind uint8

const (
	none kind = iota
	up
	down
	relax
	good
	bad
	polar
	verb
	act
	stop
	versus
	negator
	denial
	booster
	damper
	hedge
	question
	clause
	contrast
	turn
	reason
	notice
	concession
	preposition
	punctuation
	plain
	background
)

var kindNames = map[string]kind{
	"none": none, "up": up, "down": down, "relax": relax, "good": good, "bad": bad, "polar": polar, "verb": verb,
	"act": act, "stop": stop, "versus": versus, "negator": negator, "denial": denial, "booster": booster,
	"damper": damper, "hedge": hedge, "question": question, "clause": clause,
	"contrast": contrast, "turn": turn, "reason": reason, "notice": notice, "concession": concession, "preposition": preposition, "plain": plain, "background": background,
}

// valued reports whether words of this kind carry a value themselves.
func (k kind) valued() bool { return up <= k && k <= versus }

// word is one form of the lexicon.
type word struct {
	form   string
	kind   kind
	weight float64
}

// lexicon is the built word list; of equal forms the first wins.
type lexicon struct {
	words   []word
	matcher *text.Matcher
}

//go:embed data/*.csv
var dataFiles embed.FS

// load builds the lexicon once a process.
var load = sync.OnceValues(func() (*lexicon, error) {
	lx := &lexicon{}
	for _, p := range []string{",", ";", ":", "?", "-", "|", "…"} {
		lx.words = append(lx.words, word{form: p, kind: punctuation})
	}
	for _, f := range []string{"en", "zh"} {
		words, err := readWords(f)
		if err != nil {
			return nil, err
		}
		lx.words = append(lx.words, words...)
	}
	forms := make([]string, len(lx.words))
	for i, w := range lx.words {
		forms[i] = w.form
	}
	lx.matcher = text.NewMatcher(forms)
	return lx, nil
})

// readWords reads one data file and inflects its words.
func readWords(name string) ([]word, error) {
	f, err := dataFiles.Open("data/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	r.FieldsPerRecord = 3
	r.LazyQuotes = true
	if _, err := r.Read(); err != nil {
		return nil, fmt.Errorf("data/%s.csv: %w", name, err)
	}
	var words []word
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return words, nil
		}
		if err != nil {
			return nil, fmt.Errorf("data/%s.csv: %w", name, err)
		}
		k, known := kindNames[rec[0]]
		w, err := strconv.ParseFloat(rec[1], 64)
		if !known || err != nil {
			return nil, fmt.Errorf("data/%s.csv: kind %q, weight %q", name, rec[0], rec[1])
		}
		for form := range strings.SplitSeq(rec[2], ";") {
			for _, inflected := range inflect(k, form) {
				words = append(words, word{inflected, k, w})
			}
		}
	}
}

// inflect lists the forms of an entry: as given where they are given, else by
// the regular rules for its kind.
func inflect(k kind, form string) []string {
	if strings.Contains(form, "|") {
		return strings.Split(form, "|")
	}
	base, doubled := strings.CutSuffix(form, "+")
	if form == "" || form[0] > 'z' { // Chinese
		return []string{form}
	}
	switch k {
	case good, bad:
		if strings.HasSuffix(base, "s") {
			return []string{base}
		}
		return []string{base, base + "s"}
	case up, down, relax, verb, act, stop, versus:
	default:
		return []string{base}
	}
	head, tail, _ := strings.Cut(base, " ") // "bounce back": the first word is inflected
	if tail != "" {
		tail = " " + tail
	}
	switch {
	case doubled:
		last := head[len(head)-1:]
		return []string{base, head + "s" + tail, head + last + "ed" + tail, head + last + "ing" + tail}
	case strings.HasSuffix(head, "e"):
		return []string{base, head + "s" + tail, head + "d" + tail, head[:len(head)-1] + "ing" + tail}
	case strings.HasSuffix(head, "y") && len(head) > 2 && !strings.ContainsRune("aeiou", rune(head[len(head)-2])):
		return []string{base, head[:len(head)-1] + "ies" + tail, head[:len(head)-1] + "ied" + tail, head + "ing" + tail}
	case strings.HasSuffix(head, "s") || strings.HasSuffix(head, "sh") || strings.HasSuffix(head, "ch") || strings.HasSuffix(head, "x"):
		return []string{base, head + "es" + tail, head + "ed" + tail, head + "ing" + tail}
	}
	return []string{base, head + "s" + tail, head + "ed" + tail, head + "ing" + tail}
}
