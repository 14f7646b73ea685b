package alerts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
)

// version is a revision of one block a line.
func version(text string) corpus.Revision {
	var r corpus.Revision
	for l := range strings.SplitSeq(text, "|") {
		r.Blocks = append(r.Blocks, corpus.Block{Kind: corpus.BlockParagraph, Text: l})
	}
	return r
}

func show(ps []redline.Paragraph) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// TestChanges: how a redline compares is tested where it lives; here, what a
// mail shows of it.
func TestChanges(t *testing.T) {
	long := strings.Repeat("and so on it goes ", 20)
	for name, c := range map[string]struct{ before, after, want string }{
		"a word":            {"x|fees rise by 2 %|y", "x|fees fall by 2 %|y", "fees [-rise-]{+fall+} by 2 %\n"},
		"hostile":           {"a\u202eb|c", "a\u202eb d|c", "ab{+ d+}\n"},
		"Chinese, far away": {strings.Repeat("长", 300) + "三", strings.Repeat("长", 300) + "一", "… " + strings.Repeat("长", 90) + "[-三-]{+一+}\n"},
		"the end":           {"no " + long, "yes " + long, "[-no-]{+yes+} " + strings.Repeat("and so on it goes ", 5)[:89] + " …\n"},
		"far away words":    {long + "yes", long + "no", "… " + strings.Repeat("and so on it goes ", 5) + "[-yes-]{+no+}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, more := changes(version(c.before), version(c.after))
			if d := cmp.Diff(c.want, show(got)); d != "" || more != 0 {
				t.Errorf("%s (%d more)", d, more)
			}
		})
	}
}

func TestChangesAreBounded(t *testing.T) {
	var before, after []string
	for i := range 4500 {
		before = append(before, fmt.Sprintf("old %d %s", i, strings.Repeat("x ", 10)))
		after = append(after, fmt.Sprintf("new %d %s", -i, strings.Repeat("y ", 10)))
	}
	got, more := changes(version(strings.Join(before, "|")), version(strings.Join(after, "|")))
	if len(got) != maxRedlineParagraphs || more == 0 {
		t.Errorf("%d paragraphs, %d more", len(got), more)
	}
	huge := strings.Repeat("word ", 50_000)
	if got, _ := changes(version(huge), version(huge+"end")); len(show(got)) > 4*maxParagraphRunes {
		t.Errorf("%d bytes", len(show(got)))
	}
}
