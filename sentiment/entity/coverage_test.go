package entity

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// leftOut are names of the compared lists that are not found on purpose.
var leftOut = map[string]string{
	"INTL": "standard setters are authorities, and no place",
}

// TestCoverage compares the gazetteer with lists of names kept elsewhere: set
// ENTITY_LISTS to a folder of assets.csv, exchanges.csv, regulators.csv,
// jurisdictions.csv and people.csv with a column for the name.
func TestCoverage(t *testing.T) {
	dir := os.Getenv("ENTITY_LISTS")
	if dir == "" {
		t.Skip("ENTITY_LISTS is not set")
	}
	g := gazetteer(t)
	for file, column := range map[string]string{"assets": "symbol", "exchanges": "name", "regulators": "name", "jurisdictions": "code", "people": "name"} {
		f, err := os.Open(filepath.Join(dir, file+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at, alsoAt := -1, -1
		for i, h := range rows[0] {
			if h == column {
				at = i
			}
			if h == "name" {
				alsoAt = i
			}
		}
		found := 0
		for _, row := range rows[1:] {
			switch {
			case leftOut[row[at]] != "" || len(g.Lookup(row[at])) > 0 || len(g.Lookup(row[alsoAt])) > 0:
				found++
			default:
				t.Errorf("%s: %q is not known", file, row[at])
			}
		}
		t.Logf("%s: %d of %d", file, found, len(rows)-1)
	}
}
