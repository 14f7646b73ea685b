package instrument

import (
	"encoding/csv"
	"os"
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
