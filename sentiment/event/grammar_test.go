package event

import (
	"strings"
	"testing"
)

func TestReadCues(t *testing.T) {
	for data, want := range map[string]string{
		"[halt]\n9 0 @stop trading":                    "unknown family",
		"@stop suspend/halt":                           "want a name",
		"[halt]\n9 trading":                            "want weight",
		"[halt]\n9 0 ..3 trading":                      "cannot begin",
		"@stop = suspend/halt\n[halt]\n9 0 @stop x":    "",
		"[other]\n8 - ^ why\n[halt]\n9 0 暂停/停止 ..4 提现": "",
	} {
		_, err := readCues(data)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", data, err, want)
		}
	}
}

func TestFamiliesAndBeginnings(t *testing.T) {
	g, err := readCues("@stop = suspend+/halt+\n[halt]\n9 0 @stop/freeze ..2 trading\n[other]\n8 - ^ why")
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]int{
		"Venue halted all trading":  1,
		"Venue will freeze trading": 1,
		"Venue resumes trading":     0,
		"Why it matters":            1,
		"Nobody knows why":          0,
	} {
		if hits := g.find(scan(s, 0, len(s))); len(hits) != want {
			t.Errorf("%s: %d cues, want %d", s, len(hits), want)
		}
	}
}

// Rows of words that begin patterns and never end them would otherwise be
// tried in every combination.
func TestMatchingGivesUp(t *testing.T) {
	g, err := readCues("[halt]\n9 0 a ..40 a ..40 a ..40 b")
	if err != nil {
		t.Fatal(err)
	}
	s := strings.Repeat("a ", maxTokens)
	m := matcher{toks: scan(s, 0, len(s))}
	g.recognise(m.toks)
	for i := range m.toks {
		if to := m.match(g.byWord[g.ids["a"]][0].parts, i); to >= 0 {
			t.Fatalf("matched to %d", to)
		}
	}
	if m.steps > maxSteps+2*maxTokens*maxTokens {
		t.Errorf("%d steps, want few above %d", m.steps, maxSteps)
	}
}
