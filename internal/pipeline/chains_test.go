package pipeline_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/pipeline"
)

type chain struct {
	articles []map[string]string
	facts    []string
}

func readChains(t *testing.T) map[string]*chain {
	t.Helper()
	b, err := os.ReadFile("testdata/chains.txt")
	must(t, err)
	chains := map[string]*chain{}
	var c *chain
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "== "); ok {
			c = &chain{}
			chains[name] = c
		} else if head, ok := strings.CutPrefix(line, "-- "); ok {
			f := strings.SplitN(head, " ", 3)
			c.articles = append(c.articles, map[string]string{
				"source": f[0], "published_at": f[1] + "T09:00:00Z", "title": f[2],
				"url": fmt.Sprintf("https://%s.example/%s/%d", f[0], f[1], len(c.articles)),
			})
		} else if fact, ok := strings.CutPrefix(line, "= "); ok {
			c.facts = append(c.facts, fact)
		} else if line != "" && line[0] != '#' {
			a := c.articles[len(c.articles)-1]
			a["text"] += line + "\n"
		}
	}
	return chains
}

// issuers are the sources of the chains that are authorities.
var issuers = []corpus.Source{
	{ID: "us-fdic", Name: "FDIC", Kind: corpus.SourceRegulator, Jurisdiction: "US", Regulator: "FDIC"},
	{ID: "us-sec", Name: "SEC", Kind: corpus.SourceRegulator, Jurisdiction: "US", Regulator: "SEC"},
	{ID: "us-treasury", Name: "Treasury", Kind: corpus.SourceRegulator, Jurisdiction: "US", Regulator: "Treasury"},
	{ID: "us-whitehouse", Name: "White House", Kind: corpus.SourceRegulator, Jurisdiction: "US", Regulator: "White House"},
	{ID: "cn-pboc", Name: "PBoC", Kind: corpus.SourceRegulator, Jurisdiction: "CN", Regulator: "PBoC"},
	{ID: "eu-commission", Name: "Commission", Kind: corpus.SourceRegulator, Jurisdiction: "EU", Regulator: "EC"},
	{ID: "eu-oj", Name: "Official Journal", Kind: corpus.SourceRegulator, Jurisdiction: "EU", Regulator: "EU"},
	{ID: "hk-gov", Name: "Hong Kong government", Kind: corpus.SourceRegulator, Jurisdiction: "HK", Regulator: "HK Legislature"},
	{ID: "hk-hkma", Name: "HKMA", Kind: corpus.SourceRegulator, Jurisdiction: "HK", Regulator: "HKMA"},
}

// graph renders all that the record says of instruments, in an order of its
// own.
func graph(t *testing.T, db *store.DB) []string {
	t.Helper()
	all, err := db.Instruments(t.Context(), corpus.InstrumentQuery{})
	must(t, err)
	facts := map[string]bool{}
	part := func(s string) string {
		if s != "" {
			return " part " + s
		}
		return ""
	}
	for _, in := range all {
		if in.Status != corpus.InstrumentUnknown {
			facts[fmt.Sprintf("%s is %s", in.ID, in.Status)] = true
		}
		for _, r := range in.Relations {
			facts[fmt.Sprintf("%s %s %s%s", in.ID, r.Kind, r.To, part(r.Part))] = true
			to, err := db.Instrument(t.Context(), string(r.To))
			if r.Unresolved {
				continue
			}
			must(t, err)
			if !slices.ContainsFunc(to.RelatedBy, func(o corpus.Relation) bool { return o.From == in.ID && o.Kind == r.Kind }) {
				t.Errorf("%s does not know that %s %s it", to.ID, in.ID, r.Kind)
			}
		}
		for _, h := range in.History {
			s := fmt.Sprintf("%s %s", in.ID, h.Status)
			if !h.EffectiveAt.IsZero() {
				s += h.EffectiveAt.Format(" 2006-01-02")
			}
			if !h.AppliesAt.IsZero() {
				s += h.AppliesAt.Format(" applies 2006-01-02")
			}
			if h.By != "" {
				s += " by " + string(h.By)
			}
			facts[s+part(h.Part)] = true
		}
		for _, n := range in.Procedure {
			facts[fmt.Sprintf("%s belongs with %s", in.ID, n)] = true
		}
		for _, c := range in.Conflicts() {
			facts[fmt.Sprintf("%s conflict: %s", in.ID, c.About)] = true
		}
	}
	return slices.Sorted(maps.Keys(facts))
}

// TestChains reads each chain through the whole pipeline in several orders of
// arrival: the record must say the same, and the right thing, after each.
func TestChains(t *testing.T) {
	for name, c := range readChains(t) {
		t.Run(name, func(t *testing.T) {
			order := make([]int, len(c.articles))
			for i := range order {
				order[i] = i
			}
			rnd := rand.New(rand.NewPCG(1, uint64(len(name))))
			for n := range 3 {
				p, db := open(t, t.TempDir(), func(cfg *pipeline.Config) { cfg.Sources = append(slices.Clone(cfg.Sources), issuers...) })
				var lines strings.Builder
				for _, i := range order {
					b, err := json.Marshal(c.articles[i])
					must(t, err)
					lines.Write(append(b, '\n'))
				}
				ingest(t, p, lines.String(), corpus.OriginBackfill)
				if diff := cmp.Diff(c.facts, graph(t, db)); diff != "" {
					t.Fatalf("order %v (-want +got)\n%s", order, diff)
				}
				if n == 0 {
					slices.Reverse(order)
				} else {
					rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
				}
			}
		})
	}
}
