package entity

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

// TestAmbiguity reads short texts with names of more than one meaning. The
// first file was written before the rules and names were corrected on it, the
// second afterwards; docs/entities.md has the figures of its first reading.
func TestAmbiguity(t *testing.T) {
	g := gazetteer(t)
	for file, floor := range map[string]float64{"testdata/ambiguity_first.tsv": 0.97, "testdata/ambiguity_second.tsv": 0.97} {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var right, wrong, missed, texts, whole float64
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "#") {
				continue
			}
			col := strings.Split(lines.Text(), "\t")
			if len(col) != 3 {
				t.Fatalf("%s: %q", file, lines.Text())
			}
			want := strings.Fields(col[2])
			got := slices.DeleteFunc(found(g, "", col[0], corpus.Source{Jurisdiction: corpus.Jurisdiction(col[1])}), func(id string) bool { return id == "market" })
			texts++
			if slices.Sort(want); slices.Equal(got, want) {
				whole++
			} else {
				t.Logf("%q: got %v, want %v", col[0], got, want)
			}
			for _, id := range got {
				if slices.Contains(want, id) {
					right++
				} else {
					wrong++
				}
			}
			for _, id := range want {
				if !slices.Contains(got, id) {
					missed++
				}
			}
		}
		precision, recall := right/(right+wrong), right/(right+missed)
		t.Logf("%s: %v texts, %v wholly right, precision %.3f, recall %.3f", file, texts, whole, precision, recall)
		if precision < floor || recall < floor {
			t.Errorf("%s: precision %.3f, recall %.3f, want %.2f of both", file, precision, recall, floor)
		}
	}
}
