package store

import "testing"

func TestPositional(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT 1`:                                 `SELECT 1`,
		`INSERT INTO t VALUES ($1, $2)`:            `INSERT INTO t VALUES (?, ?)`,
		`a = $1 AND b = $2 AND c = $1`:             `a = $1 AND b = $2 AND c = $1`, // used twice
		`a = $2 AND b = $1`:                        `a = $2 AND b = $1`,            // in another order
		`a = $10`:                                  `a = $10`,
		`($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`:     `(?,?,?,?,?,?,?,?,?,?,?)`,
		`json_extract(doc, '$.a') = $1`:            `json_extract(doc, '$.a') = $1`,
		`SELECT value FROM json_each($1) LIMIT $2`: `SELECT value FROM json_each(?) LIMIT ?`,
	} {
		if got := positional(query); got != want {
			t.Errorf("%s became %s", query, got)
		}
	}
}
