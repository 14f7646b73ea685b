package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func sentences(d *Document) []string {
	var out []string
	for _, s := range d.Sentences {
		out = append(out, d.Text(s))
	}
	return out
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"country before a noun and before a sentence", "The U.S. Treasury agreed. He left the U.S. The bill passed.",
			[]string{"The U.S. Treasury agreed.", "He left the U.S.", "The bill passed."}},
		{"titles of people", "Mr. Smith met Sen. Lummis. They spoke.", []string{"Mr. Smith met Sen. Lummis.", "They spoke."}},
		{"numbers of instruments", "Notice No. 42 repeals No. 237. It applies on Jan. 5. Was it no. Yes.",
			[]string{"Notice No. 42 repeals No. 237.", "It applies on Jan. 5.", "Was it no.", "Yes."}},
		{"resolutions", "Congress passed H.J. Res. 25 in April. Trump signed S.J. Res. 3.",
			[]string{"Congress passed H.J. Res. 25 in April.", "Trump signed S.J. Res. 3."}},
		{"companies", "Coinbase Global Inc. Chief Executive spoke. It sued Acme Inc. The court agreed.",
			[]string{"Coinbase Global Inc. Chief Executive spoke.", "It sued Acme Inc.", "The court agreed."}},
		{"decimals and addresses", "It fell 2.6 percent to $1.05. See sec.gov for more.", []string{"It fell 2.6 percent to $1.05.", "See sec.gov for more."}},
		{"quotes", `"We are done." The SEC left at 5 p.m. Monday. (He agreed.) Why?`,
			[]string{`"We are done."`, "The SEC left at 5 p.m. Monday.", "(He agreed.)", "Why?"}},
		{"initials", "J. Powell spoke. S. Korea agreed.", []string{"J. Powell spoke.", "S. Korea agreed."}},
		{"list items", "1. Risk must be managed. 2. So it is.", []string{"1. Risk must be managed.", "2. So it is."}},
		{"lines end sentences", "A heading\nA paragraph", []string{"A heading", "A paragraph"}},
		{"Chinese", "央行发布通知。自2021年起废止；特此通知！“好。”他说",
			[]string{"央行发布通知。", "自2021年起废止；", "特此通知！", "“好。”", "他说"}},
		{"Chinese with Latin names", "SEC主席表示支持。BTC涨2.6%。", []string{"SEC主席表示支持。", "BTC涨2.6%。"}},
		{"ellipsis", "It was … well. And then... Nothing.", []string{"It was … well.", "And then...", "Nothing."}},
		{"nothing", "  \n \t\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, sentences(Read("", c.body, ""))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadKeepsTitleAndBlocks(t *testing.T) {
	d := Read("Bitcoin falls. Ether too", "One.\nTwo.", "")
	want := []Sentence{
		{Start: 0, End: 14, Title: true, Block: 0},
		{Start: 15, End: 24, Title: true, Block: 0},
		{Start: 25, End: 29, Block: 1},
		{Start: 30, End: 34, Block: 2},
	}
	if diff := cmp.Diff(want, d.Sentences); diff != "" {
		t.Error(diff)
	}
	if d.TitleEnd != 24 || d.Lang != "en" {
		t.Errorf("title ends at %d, language %q", d.TitleEnd, d.Lang)
	}
	for off, want := range map[int]int{0: 0, 14: 0, 15: 1, 27: 2, 100: 3} {
		if got := d.At(off); got != want {
			t.Errorf("At(%d) = %d, want %d", off, got, want)
		}
	}
	if (&Document{}).At(0) != -1 {
		t.Error("an empty document has no sentence at 0")
	}
}

func TestLanguageAsGiven(t *testing.T) {
	for given, want := range map[string]string{"": "en", "en-GB": "en", "zh-Hant-HK": "zh", "ZH_cn": "zh", "fr": "fr"} {
		if got := Read("", "Some words", given).Lang; got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func TestLongSentencesAreCut(t *testing.T) {
	for _, body := range []string{strings.Repeat("word ", 5000), strings.Repeat("字", 5000), strings.Repeat("x", 9000)} {
		d := Read("", body, "")
		for _, s := range d.Sentences {
			if s.End-s.Start > MaxSentence+utf8.UTFMax {
				t.Fatalf("sentence of %d bytes", s.End-s.Start)
			}
		}
		if len(d.Sentences) < 3 {
			t.Errorf("%d sentences", len(d.Sentences))
		}
	}
}

func TestDetectLang(t *testing.T) {
	for s, want := range map[string]string{
		"Bitcoin falls 21%":            "en",
		"比特币下跌 21%":                    "zh",
		"币安 Binance 上线 Filecoin (FIL)": "zh",
		"SEC sues 币安":                  "en",
		"金融庁は暗号資産の規制を見直すと発表した": "ja",
		"금융위원회는 가상자산":          "ko",
		"Банк России":          "ru",
		"12.5%":                "",
		"":                     "",
	} {
		if got := DetectLang(s); got != want {
			t.Errorf("DetectLang(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestSimplifiedPairs(t *testing.T) {
	for _, pair := range strings.Fields(simplifiedPairs) {
		r := []rune(pair)
		if len(r) != 2 || r[0] == r[1] || Fold(r[1]) != r[1] || Fold(r[0]) != r[1] {
			t.Errorf("%q is not a traditional character with its simplified form", pair)
		}
	}
	if got := FoldString("美國證監會　ＢＴＣ’s"); got != "美国证监会 btc's" {
		t.Errorf("got %q", got)
	}
}

func TestMatcher(t *testing.T) {
	phrases := []string{"bitcoin", "Bitcoin Cash", "sec", "比特币", "比特币现金", "bank of england", "央行", "$", "u.s."}
	m := NewMatcher(phrases)
	for _, c := range []struct{ text, want string }{
		{"Bitcoin Cash and bitcoin, not bitcoins or sechs", "Bitcoin Cash|bitcoin"},
		{"比特幣現金與比特幣價格", "比特币现金|比特币"},
		{"Bank\u00a0of  England", "bank of england"},
		{"Bank of\nEngland", ""},
		{"央行SEC央行", "央行|sec|央行"},
		{"ＳＥＣ said $5", "sec|$"},
		{"the U.S. says", "u.s."},
		{"bitcoin", "bitcoin"},
		{"", ""},
		{"bitcoin cas", "bitcoin"},
		{"éSEC SECé", ""},
	} {
		var got []string
		m.Find(c.text, 0, len(c.text), func(start, end, p int) bool {
			got = append(got, phrases[p])
			if FoldString(c.text[start:end]) != FoldString(phrases[p]) && !strings.ContainsAny(c.text, "\u00a0") {
				t.Errorf("%q at %d:%d is not %q", c.text, start, end, phrases[p])
			}
			return true
		})
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("%q: got %q, want %q", c.text, g, c.want)
		}
	}
	NewMatcher(nil).Find("text", 0, 4, func(_, _, _ int) bool { t.Error("match without phrases"); return true })
}

func TestTokens(t *testing.T) {
	s := "Don't sell: U.S. ETFs lost $2.6bn (−3,000 BTC).比特币ended.The end"
	var got []string
	for tok := range Tokens(s, 0, len(s)) {
		got = append(got, s[tok.Start:tok.End])
	}
	want := []string{"Don't", "sell", ":", "U.S", ".", "ETFs", "lost", "$", "2.6bn", "(", "−", "3,000", "BTC", ")", ".", "比特币", "ended", ".", "The", "end"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Title", "A body. With “two” sentences。三！")
	f.Add("", "a\xffb\n\n.")
	m := NewMatcher([]string{"a", "body with", "三", "b"})
	f.Fuzz(func(t *testing.T, title, body string) {
		d := Read(title, body, "")
		at := 0
		for _, s := range d.Sentences {
			if s.Start < at || s.End <= s.Start || s.End > len(d.Full) {
				t.Fatalf("sentence %+v after %d", s, at)
			}
			if strings.Contains(d.Text(s), "\n") || strings.TrimSpace(d.Text(s)) != d.Text(s) {
				t.Fatalf("sentence %q", d.Text(s))
			}
			if strings.TrimSpace(d.Full[at:s.Start]) != "" {
				t.Fatalf("lost %q", d.Full[at:s.Start])
			}
			at = s.End
		}
		if strings.TrimSpace(d.Full[at:]) != "" {
			t.Fatalf("lost %q", d.Full[at:])
		}
		last := 0
		m.Find(d.Full, 0, len(d.Full), func(start, end, _ int) bool {
			if start < last || end <= start {
				t.Fatalf("match %d:%d after %d", start, end, last)
			}
			last = end
			return true
		})
		last = 0
		for tok := range Tokens(d.Full, 0, len(d.Full)) {
			if tok.Start < last || tok.End <= tok.Start {
				t.Fatalf("token %+v after %d", tok, last)
			}
			last = tok.End
		}
	})
}

func BenchmarkRead(b *testing.B) {
	body := strings.Repeat("The U.S. Securities and Exchange Commission sued Acme Inc. on Monday, people said. Notice No. 42 applies. 央行发布通知。\n", 500)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		Read("Title", body, "en")
	}
}
