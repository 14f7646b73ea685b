package instrument

import (
	"slices"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

func TestPatternExamples(t *testing.T) {
	r := New()
	for _, p := range r.patterns {
		if len(p.yes) == 0 || len(p.no) == 0 {
			t.Errorf("%s: needs an example and a counter-example", p.series)
		}
		src := corpus.Source{Jurisdiction: corpus.Jurisdiction(p.own)}
		for _, y := range p.yes {
			if ids := idsOf(r.find(y[0], src)); strings.Join(ids, ", ") != y[1] && (len(ids) != 1 || ids[0] != y[1]) {
				t.Errorf("%s: %q gave %q, want %q", p.series, y[0], ids, y[1])
			}
		}
		for _, n := range p.no {
			for _, f := range r.find(n, src) {
				if f.series == p.series {
					t.Errorf("%s: %q gave %q, want nothing", p.series, n, f.id)
				}
			}
		}
	}
}

func idsOf(all []found) []string {
	var ids []string
	for _, f := range all {
		if !slices.Contains(ids, f.id) {
			ids = append(ids, f.id)
		}
	}
	return ids
}

// Expressions are compiled when they are first needed: all of them must be.
func TestExpressionsCompile(t *testing.T) {
	for _, p := range New().patterns {
		p.expr()
		if p.more != nil {
			p.more()
		}
	}
	for _, v := range verbs() {
		v.expr()
	}
}
