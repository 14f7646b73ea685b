package instrument

import (
	"encoding/csv"
	"os"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

// TestCoverage reads a table of numbering patterns from outside this
// repository (columns id, jurisdiction, examples and counter_examples, the
// last two divided by " ¦ "), and reports which of its examples are not read,
// which counter-examples are, and which of its patterns have no examples of
// our own in patterns.txt.
func TestCoverage(t *testing.T) {
	file := os.Getenv("REGWIRE_INSTRUMENT_PATTERNS")
	if file == "" {
		t.Skip("REGWIRE_INSTRUMENT_PATTERNS names no table of patterns")
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	r := New()
	tested := map[string]bool{}
	for _, p := range r.patterns {
		tested[p.series] = len(p.yes) > 0 && len(p.no) > 0
	}
	examples, read, counters, refused, patterns := 0, 0, 0, 0, 0
	for _, row := range rows[1:] {
		id := column(row, "id")
		if tested[id] {
			patterns++
		} else {
			t.Logf("%s: no pattern of this name with an example and a counter-example", id)
		}
		src := corpus.Source{Kind: corpus.SourceRegulator, Jurisdiction: corpus.Jurisdiction(column(row, "jurisdiction")), Regulator: issuers[id]}
		for _, e := range split(column(row, "examples")) {
			examples++
			if found := r.find(e, src); len(found) > 0 {
				read++
			} else {
				t.Logf("%s: %q is not read", id, e)
			}
		}
		for _, e := range split(column(row, "counter_examples")) {
			counters++
			if found := r.find(e, src); len(found) == 0 {
				refused++
			} else {
				t.Logf("%s: %q is read as %q", id, e, found[0].id)
			}
		}
	}
	t.Logf("%d of %d patterns have tests of their own; %d of %d examples are read, %d of %d counter-examples refused", patterns, len(rows)-1, read, examples, refused, counters)
	if patterns < len(rows)-1 || read < examples || refused < counters-1 { // one is a number of another issuer, and read as that
		t.Error("less is read than was")
	}
}

// TestPhraseCoverage reads a table of relation phrases from outside this
// repository (columns relation, lang, regex_re2, example) and reports which of
// its examples hold no act that we read. What only dates or colours a text is
// not for acts to read.
func TestPhraseCoverage(t *testing.T) {
	file := os.Getenv("REGWIRE_RELATION_PHRASES")
	if file == "" {
		t.Skip("REGWIRE_RELATION_PHRASES names no table of phrases")
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	others := []string{"transition", "comment-deadline", "comment-extended", "effective-relative", "prohibits"}
	phrases, alternatives, read := 0, 0, 0
	for _, row := range rows[1:] {
		if slices.Contains(others, column(row, "relation")) {
			continue
		}
		phrases++
		for _, w := range samples(column(row, "regex_re2")) {
			alternatives++
			if len(findActs(w, strings.ToLower(w), 0)) > 0 {
				read++
			} else {
				t.Logf("%s %s: %q", column(row, "relation"), column(row, "lang"), w)
			}
		}
	}
	t.Logf("%d phrases, %d of %d of their wordings are read as acts", phrases, read, alternatives)
	if read*100 < alternatives*83 { // many of the rest are no words
		t.Error("fewer are read than were")
	}
}

// samples expands an expression into the shortest string of each of its
// alternatives.
func samples(expr string) []string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	var out []string
	for _, s := range expandExpr(re) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func expandExpr(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCharClass:
		r := re.Rune[0]
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i] <= ' ' && ' ' <= re.Rune[i+1] {
				return []string{" "}
			}
			if r > ' ' && re.Rune[i] >= 'a' && re.Rune[i] <= 'z' {
				r = re.Rune[i]
			}
		}
		if r < ' ' {
			r = ' '
		}
		return []string{string(r)}
	case syntax.OpCapture, syntax.OpPlus:
		return expandExpr(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 0 {
			return []string{""}
		}
		return []string{strings.Repeat(expandExpr(re.Sub[0])[0], re.Min)}
	case syntax.OpAlternate:
		var out []string
		for _, s := range re.Sub {
			out = append(out, expandExpr(s)...)
		}
		return out
	case syntax.OpConcat:
		out := []string{""}
		for _, s := range re.Sub {
			var next []string
			for _, head := range out {
				for _, tail := range expandExpr(s) {
					next = append(next, head+tail)
				}
			}
			out = next[:min(len(next), 200)]
		}
		return out
	}
	return []string{""} // optional parts, boundaries
}

// issuers are the issuers of the series of each pattern, as we call them: the
// table's examples are read as from their own pages.
var issuers = func() map[string]string {
	m := map[string]string{}
	patterns, _ := readPatterns(patternData)
	for _, p := range patterns {
		m[p.series] = p.issuer
	}
	return m
}()

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, " ¦ ")
}
