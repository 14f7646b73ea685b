package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func TestEvaluateParse(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Abs(filepath.Join("..", "..", "internal", "evaluate", "testdata", "pages"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	got := regwire(t, dir, "", "evaluate", "parse", pages, "--worst", "1")
	if got.code != exitDone || !strings.Contains(got.stdout, "full       n=3 errors=1") || !strings.Contains(got.stdout, "authors_exact=1.000") {
		t.Errorf("exit %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if !strings.Contains(got.stdout, "full lost  https://lost.example/x\n  error: ") || strings.Contains(got.stdout, "passages notice  ") {
		t.Errorf("the worst page is not the one that was lost:\n%s", got.stdout)
	}
	got = regwire(t, dir, "", "evaluate", "parse", pages, "--json")
	for l := range strings.Lines(got.stdout) {
		var f struct {
			Set string  `json:"set"`
			N   float64 `json:"n"`
		}
		if err := json.Unmarshal([]byte(l), &f); err != nil || f.Set == "" || f.N != 3 {
			t.Errorf("%q: %+v, %v", l, f, err)
		}
	}
	if got := regwire(t, dir, "", "evaluate", "parse", dir); got.code != exitFailed || !strings.Contains(got.stderr, "gold.jsonl") {
		t.Errorf("a folder without labels exits %d: %s", got.code, got.stderr)
	}
}
