package redline

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// text makes a draft: blocks divided by "|"; one that begins with "#" is a
// heading, rows of a table are divided by ";".
func text(s string) corpus.Draft {
	var d corpus.Draft
	for b := range strings.SplitSeq(s, "|") {
		switch {
		case strings.HasPrefix(b, "#"):
			d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockHeading, Text: b[1:]})
		case strings.Contains(b, ";"):
			d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockTable, Text: strings.NewReplacer(";", "\n", "/", "\t").Replace(b)})
		default:
			d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockParagraph, Text: b})
		}
	}
	return d
}

func show(ps []Paragraph) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

func TestRedline(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"nothing":               {"a|b", "a|b", ""},
		"a word":                {"x|fees rise by 2 %|y", "x|fees fall by 2 %|y", "fees [-rise-]{+fall+} by 2 %\n"},
		"a block added":         {"a|b", "a|new|b", "{+new+}\n"},
		"a block gone":          {"a|old|b", "a|b", "[-old-]\n"},
		"kept between":          {"one cat|same|two dogs", "one dog|same|two cats", "one [-cat-]{+dog+}\ntwo [-dogs-]{+cats+}\n"},
		"another text":          {"alpha beta gamma", "unlike anything before", "[-alpha beta gamma-]\n{+unlike anything before+}\n"},
		"Chinese":               {"三个月内完成", "一个月内完成", "[-三-]{+一+}个月内完成\n"},
		"the likest together":   {"fees are due in May|banks report monthly", "insurers are new here|fees are due in June|banks report monthly", "{+insurers are new here+}\nfees are due in [-May-]{+June+}\n"},
		"typography":            {"“Fees” – due|A.B", "\"fees\" - due.|Ａ.Ｂ", ""},
		"order":                 {"a one|b two|c three", "c three|a one|b two", ""},
		"rows in another order": {"name/no;Alpha/1;Beta/2", "name/no;Beta/2;Alpha/1", ""},
		"numbered rows":         {"no/name;1/Alpha;2/Beta;3/Gamma", "no/name;1/Gamma;2/Alpha;3/Beta", ""},
		"a row gone":            {"name/no;Alpha/1;Beta/2;Gamma/3", "name/no;Alpha/1;Gamma/3", "[-Beta | 2-]\n"},
		"another heading":       {"#Licensed|Alpha|Beta|#Revoked|Gamma", "#Licensed|Alpha|#Revoked|Beta|Gamma", "[moved] Beta\n"},
		"another heading, twice": {
			"#Licensed|#A|Alpha|Asahi|#B|Beta|#Revoked|#A|Axon|#B|Bolt", "#Licensed|#A|Alpha|#B|Beta|#Revoked|#A|Asahi|Axon|#B|Bolt", "[moved] Asahi\n",
		},
		"sections in another order": {"#One|first|#Two|second", "#Two|second|#One|first", ""},
		"cut otherwise":             {"First sentence. Second sentence.|Third", "First sentence.|Second sentence.|Third", ""},
		"a line broken":             {"this line goes on", "this line|goes on", ""},
		"a point is a figure":       {"fees of 1.5 and 2", "fees of 15 and 2", "fees of [-1.5-]{+15+} and 2\n"},
		"a square is a figure":      {"at most 10² units", "at most 102 units", "at most [-10²-]{+102+} units\n"},
		"moved beside a change":     {"alpha one goes|beta two|gamma three", "gamma four|alpha one goes|beta two", "{+gamma four+}\n[-gamma three-]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, show(Of(text(c.before), text(c.after)))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestStamps(t *testing.T) {
	for _, s := range []string{
		"Last updated: 5 March 2026", "Page last reviewed on March 5, 2026 at 14:02 UTC", "This page was last modified 2026-03-05T14:02:11Z",
		"Page generated at 12:30:01 on 5 March 2026", "Data as of 05/03/2026 12:30", "Updated 3 hours ago", "Views: 12,345", "12.3k views",
		"You are visitor no. 88123", "This page has been viewed 1,234 times.", "57 people found this helpful", "Session ID: 8f3a9c11d2e4b7aa",
		"Ray ID: 7d1c0a9be4f3", "4 min read", "© 2026 Authority. All rights reserved.", "We use cookies to improve our site.", "Share Facebook LinkedIn Email Print",
		"Today is Thursday, 5 March 2026", "Page rendered in 0.32 s", "(as at 5 March 2026)", "Advertisement",
		"最后更新：2026年3月5日", "更新时间：2026-03-05 14:02", "浏览次数：1234次", "阅读 1.2万", "今天是2026年3月5日 星期四", "本页面最近更新日期：2026年3月5日",
		"您是第88123位访问者", "版权所有 © 2026 某局", "会话编号：8f3a9c11d2e4b7aa", "分享到：微信 微博", "3小时前更新", "資料更新日期：2026年3月5日",
	} {
		if !stamp(normal(s)) {
			t.Errorf("%q is a stamp: %q", s, known().canonical(normal(s)))
		}
	}
	for _, s := range []string{
		"5 March 2026", "Effective date: 5 March 2026", "Applications close on 5 March 2026", "Last amended: 5 March 2026", "Updated fees apply from 5 March 2026",
		"The list was last updated on 5 March 2026 to remove Alpha Ltd", "Circular 12/2026", "Reference number: 12/2026", "Fee: 1,234", "143 entries",
		"As of 5 March 2026 the threshold is 100", "Compliance within 3 days", "Views of the Authority on custody", "Comments close 5 March 2026", "施行日期：2026年3月5日",
		"修订日期：2026年3月5日", "截至2026年3月5日，共有12家机构获得牌照", "自2026年3月5日起施行", "不得少于3日", "Share capital: 1,000,000", "Likes and dislikes", "Review period: 3 days",
		"Download limit: 100",
	} {
		if stamp(normal(s)) {
			t.Errorf("%q is no stamp", s)
		}
	}
}

// TestVolatile: what changed in every capture is churn from the fourth on,
// unless it lays down a rule.
func TestVolatile(t *testing.T) {
	page := func(rate, held, tip string) corpus.Draft {
		return text("Custody of assets|Bitcoin trades near " + rate + " dollars|Clients hold " + held + " accounts|" + tip + "|Firms must keep " + rate + " in reserve")
	}
	past := []corpus.Draft{page("1", "10", "red"), page("2", "11", "blue"), page("3", "12", "red")}
	after := page("4", "12", "blue")
	after.Restless = Restless(page("3", "12", "red"), after, past)
	got := show(Of(page("3", "12", "red"), after))
	if want := "Firms must keep [-3-]{+4+} in reserve\n"; got != want {
		t.Errorf("learnt: %s", cmp.Diff(want, got))
	}
	past[1] = past[0]
	after = page("3", "13", "red")
	after.Restless = Restless(page("3", "12", "red"), after, past)
	if got := show(Of(page("3", "12", "red"), after)); got != "Clients hold [-12-]{+13+} accounts\n" {
		t.Errorf("a figure that stood still once is no churn: %s", got)
	}
}

func TestRedlineIsBounded(t *testing.T) {
	var was, is corpus.Draft
	for i := range 8_000 {
		b := corpus.Block{Kind: corpus.BlockParagraph, Text: fmt.Sprintf("provision %d lays down something", i)}
		was.Blocks = append(was.Blocks, b)
		if i == 4_000 {
			b.Text = "provision 4000 lays down nothing"
		}
		is.Blocks = append(is.Blocks, b)
	}
	if d := cmp.Diff("provision 4000 lays down [-something-]{+nothing+}\n", show(Of(was, is))); d != "" {
		t.Error(d)
	}
	for i := range is.Blocks { // nothing in common, and nothing unique
		was.Blocks[i].Text = fmt.Sprintf("old %d", i%50)
		is.Blocks[i].Text = fmt.Sprintf("new %d", i%50)
	}
	if got := Of(was, is); len(got) != 8_000 {
		t.Errorf("%d paragraphs", len(got))
	}
	huge := strings.Repeat("word ", 40_000)
	if got := Of(text(huge), text(huge+"end")); len(got) != 1 {
		t.Errorf("%d paragraphs", len(got))
	}
}

// FuzzRedline: what is kept and deleted is the old text, what is kept and
// inserted the new one; nothing has changed from a text to itself.
func FuzzRedline(f *testing.F) {
	f.Add("the cat sat", "the dog sat")
	f.Add("三个月内", "一个月内 done")
	f.Add("", "x")
	f.Add("a. B|c;d/e", "#a|c. D\xff")
	f.Fuzz(func(t *testing.T, before, after string) {
		if !utf8.ValidString(before) || !utf8.ValidString(after) {
			return
		}
		if got := Of(text(before), text(before)); got != nil {
			t.Errorf("%q differs from itself: %s", before, show(got))
		}
		latest := text(after)
		Of(text(before), latest)
		latest.Restless = Restless(text(before), latest, []corpus.Draft{text(before), latest, text(before)})
		Of(text(before), latest)
		var was, is strings.Builder
		for _, p := range edited(passage{text: before}, passage{text: after}) {
			for _, r := range p.Runs {
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

// BenchmarkRedline compares a rule book of 2,000 provisions, three of them
// changed.
func BenchmarkRedline(b *testing.B) {
	var was, is corpus.Draft
	for i := range 2000 {
		p := corpus.Block{Kind: corpus.BlockParagraph, Text: fmt.Sprintf("A firm that holds assets of clients shall keep record %d of every transfer. It shall not lend them.", i)}
		was.Blocks = append(was.Blocks, p)
		if i%800 == 1 {
			p.Text = strings.Replace(p.Text, "shall not", "may", 1)
		}
		is.Blocks = append(is.Blocks, p)
	}
	for b.Loop() {
		if len(Of(was, is)) != 3 {
			b.Fatal("not three")
		}
	}
}
