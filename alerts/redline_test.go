package alerts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes a redline as the text mail does.
func show(p []paragraph) string {
	var b strings.Builder
	for _, runs := range p {
		for _, r := range runs {
			switch {
			case r.Deleted:
				fmt.Fprintf(&b, "[-%s-]", r.Text)
			case r.Inserted:
				fmt.Fprintf(&b, "{+%s+}", r.Text)
			default:
				b.WriteString(r.Text)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestRedline(t *testing.T) {
	long := strings.Repeat("and so on it goes ", 20)
	for name, c := range map[string]struct{ before, after, want string }{
		"nothing":           {"a|b", "a|b", ""},
		"a word":            {"x|fees rise by 2 %|y", "x|fees fall by 2 %|y", "fees [-rise-]{+fall+} by 2 %\n"},
		"a block added":     {"a|b", "a|new|b", "{+new+}\n"},
		"a block gone":      {"a|old|b", "a|b", "[-old-]\n"},
		"kept between":      {"one cat|same|two dogs", "one dog|same|two cats", "one [-cat-]{+dog+}\ntwo [-dogs-]{+cats+}\n"},
		"another text":      {"alpha beta gamma", "unlike anything before", "[-alpha beta gamma-]\n{+unlike anything before+}\n"},
		"Chinese":           {"三个月内完成", "一个月内完成", "[-三-]{+一+}个月内完成\n"},
		"Chinese, far away": {strings.Repeat("长", 300) + "三", strings.Repeat("长", 300) + "一", "… " + strings.Repeat("长", 90) + "[-三-]{+一+}\n"},
		"the end":           {"no " + long, "yes " + long, "[-no-]{+yes+} " + strings.Repeat("and so on it goes ", 5)[:89] + " …\n"},
		"far away words":    {long + "yes", long + "no", "… " + strings.Repeat("and so on it goes ", 5) + "[-yes-]{+no+}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, more := redline(strings.Split(c.before, "|"), strings.Split(c.after, "|"))
			if d := cmp.Diff(c.want, show(got)); d != "" || more != 0 {
				t.Errorf("%s (%d more)", d, more)
			}
		})
	}
}

// TestRedlineIsBounded gives it what would take quadratic time and space.
func TestRedlineIsBounded(t *testing.T) {
	var before, after []string
	for i := range 3 * maxTokens {
		before = append(before, fmt.Sprintf("old %d %s", i, strings.Repeat("x ", 10)))
		after = append(after, fmt.Sprintf("new %d %s", -i, strings.Repeat("y ", 10)))
	}
	got, more := redline(before, after)
	if len(got) > maxRedlineParagraphs+1 || more == 0 {
		t.Errorf("%d paragraphs, %d more", len(got), more)
	}
	huge := strings.Repeat("word ", 50_000)
	if got, _ := redline([]string{huge}, []string{huge + "end"}); len(show(got)) > 4*maxParagraphRunes {
		t.Errorf("%d bytes", len(show(got)))
	}
}

// FuzzRedline: what is kept and deleted is the old text, what is kept and
// inserted the new one, as long as nothing had to be left out.
func FuzzRedline(f *testing.F) {
	f.Add("the cat sat", "the dog sat")
	f.Add("三个月内", "一个月内 done")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, before, after string) {
		before, after = clean(before), clean(after)
		var was, is strings.Builder
		for _, p := range edited(before, after) {
			for _, r := range p {
				if !r.Inserted {
					was.WriteString(r.Text)
				}
				if !r.Deleted {
					is.WriteString(r.Text)
				}
			}
		}
		if was.String() != before || is.String() != after {
			t.Errorf("%q became %q; told as %q and %q", before, after, was.String(), is.String())
		}
	})
}
