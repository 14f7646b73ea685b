package parse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/regwire/regwire/corpus"
)

func articles(t *testing.T, c corpus.Capture) []corpus.Draft {
	t.Helper()
	if c.URL == "" {
		c.URL = "https://news.example/a"
	}
	drafts, err := New(Config{}).Articles(context.Background(), c, corpus.Source{})
	if err != nil {
		t.Fatal(err)
	}
	return drafts
}

func TestReasons(t *testing.T) {
	for name, tc := range map[string]struct {
		capture corpus.Capture
		want    Reason
	}{
		"error page":         {corpus.Capture{Status: 404, Body: []byte("<p>gone</p>")}, ReasonStatus},
		"nothing":            {corpus.Capture{MediaType: "text/html", Body: []byte(" \n")}, ReasonEmpty},
		"a picture":          {corpus.Capture{MediaType: "image/png", Body: []byte("\x89PNG")}, ReasonMediaType},
		"a page of scripts":  {corpus.Capture{MediaType: "text/html", Body: []byte("<html><script>let a = 1</script></html>")}, ReasonNoText},
		"a broken PDF":       {corpus.Capture{MediaType: "application/pdf", Body: []byte("%PDF-1.4\nnothing\n%%EOF\n")}, ReasonMalformed},
		"API without a body": {corpus.Capture{MediaType: "application/json", Body: []byte("{}")}, ReasonMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{}).Articles(context.Background(), tc.capture, corpus.Source{})
			var e *Error
			if !errors.As(err, &e) || e.Reason != tc.want || !errors.Is(err, ErrNotArticle) {
				t.Errorf("got %v, want reason %s", err, tc.want)
			}
		})
	}
	_, err := New(Config{MaxPDFBytes: 8}).Articles(context.Background(), corpus.Capture{Body: []byte("%PDF-1.4 and more")}, corpus.Source{})
	var e *Error
	if !errors.As(err, &e) || e.Reason != ReasonTooLarge {
		t.Errorf("large PDF: got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New(Config{}).Articles(ctx, corpus.Capture{Body: []byte("x")}, corpus.Source{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestItemContentIsReadWithWhatTheFeedSays(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	d := articles(t, corpus.Capture{
		URL: "https://api.example/v1/news/7", MediaType: "application/json", Body: []byte(`{"id":7}`),
		Item: corpus.Item{Title: "Withdrawals resume", Author: "Desk", Tags: []string{"status", "Status"}, PublishedAt: at,
			Content: "<p>Withdrawals have resumed on all networks after the maintenance.</p><p>Share this article</p><p>We thank our users for their patience during the work.</p>"},
	})[0]
	if d.Title != "Withdrawals resume" || !d.PublishedAt.Equal(at) || len(d.Authors) != 1 || len(d.Tags) != 1 || len(d.Blocks) != 2 {
		t.Errorf("got %+v", d)
	}
}

func TestNoticeAmongTeasersIsAnArticleOfItsOwn(t *testing.T) {
	para := func(s string) string { return "<p>" + strings.Repeat(s+" ", 6) + "</p>" }
	story := para("The fund bought three positions and sold one of them.") + para("Rates stayed where they were for the whole year.") + para("Volumes fell to a third of what they had been.")
	notice := para("Banks shall keep a register of all tokenised deposits.") + para("Banks shall not pay interest on them, nor rewards.") + para("The circular of 2023 on this subject is repealed today.")
	page := "<html lang=en><title>What a year of quiet markets taught us</title><article><h1>What a year of quiet markets taught us</h1>" + story + story +
		"</article><div class=list><h2>You may also like</h2><h3><a href=/1>Is the winter over or only paused</a></h3><p>Four rounds.</p>" +
		"<h3>Central bank publishes notice on tokenised deposits</h3>" + notice + notice +
		"<h3><a href=/2>Miners move north as prices rise</a></h3><p>A short look.</p></div>"
	drafts := articles(t, corpus.Capture{MediaType: "text/html", Body: []byte(page)})
	if len(drafts) != 2 {
		t.Fatalf("got %d articles", len(drafts))
	}
	if b := drafts[0].Body(); strings.Contains(b, "register") || strings.Contains(b, "Four rounds") || !strings.Contains(b, "three positions") || drafts[0].Fragment != "" {
		t.Errorf("main: %q", b)
	}
	if b := drafts[1].Body(); !strings.Contains(b, "is repealed") || strings.Contains(b, "short look") || drafts[1].Title != "Central bank publishes notice on tokenised deposits" || drafts[1].Fragment == "" {
		t.Errorf("notice: %q %q", drafts[1].Title, b)
	}
}

func TestBodyInScriptsIsRead(t *testing.T) {
	text := strings.Repeat("The order takes effect at once and binds all firms. ", 8)
	for name, page := range map[string]string{
		"JSON-LD": `<title>Order</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"Order","articleBody":"` + text + `"}</script><div id=app></div>`,
		"state":   `<title>Order</title><script id="__NEXT_DATA__" type="application/json">{"props":{"page":{"post":{"body":"<p>` + text + `</p>"}}}}</script><div id=app>Loading</div>`,
	} {
		t.Run(name, func(t *testing.T) {
			d := articles(t, corpus.Capture{MediaType: "text/html", Body: []byte(page)})[0]
			if !strings.Contains(d.Body(), "binds all firms") {
				t.Errorf("got %q", d.Body())
			}
		})
	}
}

func TestTitleIsTheHeadlineWithoutTheSite(t *testing.T) {
	body := "<p>" + strings.Repeat("The notice says what it says, and no more. ", 20) + "</p>"
	for page, want := range map[string]string{
		`<title>Exchange halts withdrawals | Coin Daily</title><meta property="og:site_name" content="Coin Daily">`:                                  "Exchange halts withdrawals",
		`<title>Coin Daily - Exchange halts withdrawals</title><meta property="og:site_name" content="Coin Daily">`:                                  "Exchange halts withdrawals",
		`<title>交易所暂停提现_要闻频道_海岸财经网</title>`:                                                                                                          "交易所暂停提现",
		`<title>Exchange halts withdrawals - Coin Daily</title><h1>Coin Daily</h1><meta property="og:title" content="Exchange halts withdrawals">`:   "Exchange halts withdrawals",
		`<title>Exchange halts withdrawals for a day</title><h1><span>Markets</span> <span>Exchange halts withdrawals for a day</span></h1>`:         "Exchange halts withdrawals for a day",
		`<title>Exchange halts withdrawals, users wait</title><h1>Exchange halts withdrawals, users wait <a class="share-btn" href=#>Share</a></h1>`: "Exchange halts withdrawals, users wait",
	} {
		if got := articles(t, corpus.Capture{URL: "https://www.coindaily.example/2/x", MediaType: "text/html", Body: []byte("<meta charset=utf-8>" + page + body)})[0].Title; got != want {
			t.Errorf("%s: got %q", page, got)
		}
	}
}

func TestCanonicalURL(t *testing.T) {
	for _, tc := range []struct{ page, claim, want string }{
		{"https://a.example/x?utm_source=m&id=3#top", "", "https://a.example/x?id=3"},
		{"https://www.a.example/x?id=3", "https://a.example/x", "https://a.example/x"},
		{"https://a.example/x", "https://b.example/x", "https://a.example/x"},
		{"https://a.example/x", "//b.example/x", "https://a.example/x"},
		{"https://a.example/x", "https://a.example/", "https://a.example/x"},
		{"https://a.example/x", "/y", "https://a.example/y"},
		{"https://a.example/x", "javascript:alert(1)", "https://a.example/x"},
	} {
		if got := canonicalURL(pageURL(corpus.Capture{URL: tc.page}), tc.claim); got != tc.want {
			t.Errorf("%s claims %q: got %s, want %s", tc.page, tc.claim, got, tc.want)
		}
	}
}

func TestDecode(t *testing.T) {
	zh, zhTW, ja, ko, de := "关于进一步防范虚拟货币交易炒作风险的通知，自发布之日起施行。", "關於虛擬資產服務提供者登記之公告，自即日起生效。", "暗号資産の交換業者に対する行政処分について、お知らせします。", "가상자산 이용자 보호법 시행에 관한 안내입니다.", "Über die Änderung der Kryptowertevorschriften für Börsen"
	encode := func(s string, f func(string) (string, error)) []byte {
		out, err := f(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(out)
	}
	for name, tc := range map[string]struct {
		body     []byte
		declared string
		want     string
	}{
		"utf-8":                     {[]byte(zh), "utf-8", zh},
		"utf-8 declared as gbk":     {[]byte(zh), "gbk", zh},
		"utf-8 with mark":           {append([]byte("\xef\xbb\xbf"), zh...), "", zh},
		"utf-16":                    {encode(zh, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String), "", zh},
		"gb18030":                   {encode(zh, simplifiedchinese.GB18030.NewEncoder().String), "gb2312", zh},
		"gbk declared as utf-8":     {encode(zh, simplifiedchinese.GBK.NewEncoder().String), "utf-8", zh},
		"gbk without declaration":   {encode(strings.Repeat(zh, 3), simplifiedchinese.GBK.NewEncoder().String), "", strings.Repeat(zh, 3)},
		"big5":                      {encode(zhTW, traditionalchinese.Big5.NewEncoder().String), "big5", zhTW},
		"shift_jis":                 {encode(ja, japanese.ShiftJIS.NewEncoder().String), "shift_jis", ja},
		"iso-2022-jp":               {encode(ja, japanese.ISO2022JP.NewEncoder().String), "iso-2022-jp", ja},
		"euc-kr":                    {encode(ko, korean.EUCKR.NewEncoder().String), "euc-kr", ko},
		"windows-1252":              {encode(de, charmap.Windows1252.NewEncoder().String), "iso-8859-1", de},
		"windows-1252 called utf-8": {encode(de, charmap.Windows1252.NewEncoder().String), "utf-8", de},
		"damaged utf-8":             {[]byte(zh + "\xff"), "utf-8", zh + "\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decode(tc.body, tc.declared, ""); got != tc.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestMoments(t *testing.T) {
	for _, tc := range []struct {
		text       string
		monthFirst bool
		want       string // RFC 3339, or the day alone
	}{
		{"2026-03-04T05:06:07Z", false, "2026-03-04T05:06:07Z"},
		{"2026-03-04T05:06:07.123+08:00", false, "2026-03-04T05:06:07+08:00"},
		{"2026-03-04 05:06", false, "2026-03-04T05:06:00Z"},
		{"2025/04/17 18:15:03", false, "2025-04-17T18:15:03Z"},
		{"发布时间：2026年2月6日 17:30", false, "2026-02-06T17:30:00Z"},
		{"2026年2月6日 下午3:05 北京时间", false, "2026-02-06T15:05:00+08:00"},
		{"March 4, 2026 at 5:06 p.m. EST", false, "2026-03-04T17:06:00-05:00"},
		{"Tue, 04 Mar 2025 10:00:00 GMT", false, "2025-03-04T10:00:00Z"},
		{"4th of March 2026", false, "2026-03-04"},
		{"4. März 2026, 14:30 Uhr", false, "2026-03-04T14:30:00Z"},
		{"04.03.2026", false, "2026-03-04"},
		{"04/03/2026", false, "2026-03-04"},
		{"03/04/2026", true, "2026-03-04"},
		{"25/12/2025", true, "2025-12-25"},
		{"4 de marzo de 2026", false, "2026-03-04"},
		{"le 4 mars 2026 à 9h15", false, "2026-03-04T09:15:00Z"},
		{"31 February 2026", false, ""},
		{"version 10.2.1", false, ""},
		{"call 2026 555", false, ""},
	} {
		m, ok := parseMoment(tc.text, tc.monthFirst)
		got := ""
		if ok && m.clock {
			got = m.Format(time.RFC3339)
		} else if ok {
			got = m.Format(time.DateOnly)
		}
		if got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
	for path, want := range map[string]string{"/2026/03/04/x": "2026-03-04", "/n/t20260304_9.htm": "2026-03-04", "/202603/04/x.html": "2026-03-04", "/a-2026-03-04-b": "2026-03-04", "/p/120260304777": "", "/2026/13/40/": ""} {
		m, ok := urlDate(path)
		got := ""
		if ok {
			got = m.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestAuthorClaims(t *testing.T) {
	for claim, want := range map[string]string{
		"By Jane Doe":                                "Jane Doe",
		"Jane Doe and John Roe":                      "Jane Doe|John Roe",
		"Jane Doe, John Roe & Max Moe":               "Jane Doe|John Roe|Max Moe",
		"Doe, Jane":                                  "Jane Doe",
		"Jane Doe, PhD":                              "Jane Doe, PhD",
		"Von Jörg Müller und Eva Groß":               "Jörg Müller|Eva Groß",
		"https://social.example/jane":                "",
		"admin":                                      "",
		"jane@example.com":                           "",
		"记者：王小明":                                     "王小明",
		"Jane Doe, senior reporter":                  "Jane Doe",
		"Jane Doe | March 4, 2026":                   "Jane Doe",
		"<b>Jane</b>":                                "",
		"Written by Jane Doe Updated 4 March 2026":   "Jane Doe",
		"Alle Artikel von Eva Groß":                  "Eva Groß",
		"Jane Doe; John Roe; Jane Doe":               "Jane Doe|John Roe|Jane Doe",
		"A very long sentence that cannot be a name": "",
	} {
		if got := strings.Join(splitAuthors(claim), "|"); got != want {
			t.Errorf("%q: got %q, want %q", claim, got, want)
		}
	}
	for text, want := range map[string]string{
		"海岸网讯（记者 林知遥 周砚）": "林知遥|周砚",
		"作者：陈予":                             "陈予",
		"By: coastwire|2026/01/15 09:30:00": "coastwire|2026/01/15 09:30:00",
		"The report was read by many":       "",
	} {
		if got := strings.Join(bylineIn(text), "|"); got != want {
			t.Errorf("byline %q: got %q, want %q", text, got, want)
		}
	}
}

func TestStatus(t *testing.T) {
	p := func(s string) corpus.Block { return corpus.Block{Kind: corpus.BlockParagraph, Text: s} }
	for _, tc := range []struct {
		title, first string
		want         corpus.RevisionStatus
	}{
		{"Bank opens", "Text.", corpus.StatusPublished},
		{"RETRACTED: Bank opens", "Text.", corpus.StatusWithdrawn},
		{"Bank opens", "Correction: the bank opens on Monday.", corpus.StatusCorrected},
		{"Bank opens", "An earlier version of this article gave the wrong day.", corpus.StatusCorrected},
		{"Bank opens", "Correction, 25 July 2024: the bank opens on Monday.", corpus.StatusCorrected},
		{"Bank opens", "*Correction (July 25, 2024):* the bank opens on Monday.", corpus.StatusCorrected},
		{"Bank opens", "Corrected on 25 July 2024 is how the notice begins that the bank sent out.", corpus.StatusPublished},
		{"更正：央行公告", "正文。", corpus.StatusCorrected},
		{"公告", "撤稿：本文因事实有误撤回。", corpus.StatusWithdrawn},
		{"Correction in crypto markets deepens", "Prices fell.", corpus.StatusPublished},
		{"Bank withdraws offer", "Withdrawn offers are rare.", corpus.StatusPublished},
	} {
		if got := status(corpus.Draft{Title: tc.title, Blocks: []corpus.Block{p(tc.first)}}); got != tc.want {
			t.Errorf("%q / %q: got %s, want %s", tc.title, tc.first, got, tc.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, tc := range []struct{ text, declared, prior, want string }{
		{"The regulator has published a notice on the custody of digital assets for advisers.", "", "", "en"},
		{"The regulator has published a notice on the custody of digital assets for advisers.", "zh-CN", "", "en"},
		{"关于防范虚拟货币交易炒作风险的公告", "en", "", "zh"},
		{"币安将上线 LGR/USDT 与 LGR/BTC 交易对，充值业务现已开放", "", "", "zh"},
		{"暗号資産の交換業者に対する行政処分についてのお知らせ", "", "", "ja"},
		{"Die Aufsicht hat am Dienstag ein Rundschreiben zur Verwahrung von Schlüsseln veröffentlicht.", "de", "", "de"},
		{"Die Aufsicht hat am Dienstag ein Rundschreiben zur Verwahrung von Schlüsseln veröffentlicht.", "", "", "de"},
		{"BTC 42", "", "en", "en"},
	} {
		d := corpus.Draft{Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: tc.text}}}
		if got := language(d, tc.declared, tc.prior); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestTextIsSanitised(t *testing.T) {
	d := articles(t, corpus.Capture{MediaType: "text/html", Body: []byte("<h1>A ti\u200btle\u202e here</h1><p>Zero\u200bwidth, \u202eright to left\u202c, a bell \x07, a soft\u00adhyphen, a\u00a0space\u3000and &lt;b&gt;text&lt;/b&gt; that is only text, long enough to be read as an article by all.</p>")})[0]
	if want := "A title here"; d.Title != want {
		t.Errorf("title %q", d.Title)
	}
	if want := "Zerowidth, right to left, a bell , a softhyphen, a space and <b>text</b> that is only text, long enough to be read as an article by all."; d.Blocks[0].Text != want {
		t.Errorf("got %q", d.Blocks[0].Text)
	}
}

// TestHostilePages bounds what pages made to be expensive may cost.
func TestHostilePages(t *testing.T) {
	var fonts strings.Builder
	for i := range 400 {
		fmt.Fprintf(&fonts, "<font size=%d>", i)
	}
	pages := map[string]string{
		"open formatting elements": fonts.String() + strings.Repeat("<p>a", 200_000),
		"deep nesting":             strings.Repeat("<div>", 100_000) + "<p>The text at the bottom of it all is still read by us.</p>",
		"many paragraphs":          strings.Repeat("<p>A short paragraph, with a comma.</p>", 30_000),
		"many attributes":          "<p " + strings.Repeat("a=b ", 1_000_000) + ">text</p>",
		"many dates":               "<h1>Dates</h1>" + strings.Repeat("<p>4 March 2026 and 5 April 2025</p>", 5_000),
		"many links":               strings.Repeat("<a href=x>link</a> ", 100_000),
		"long line":                "<p>" + strings.Repeat("word ", 400_000) + "</p>",
		"deep data":                `<script type="application/ld+json">` + strings.Repeat("[", 200_000) + `</script><p>text</p>`,
		"nested tables":            strings.Repeat("<table><tr><td>", 5_000) + "cell",
		"half a tag":               strings.Repeat("<a b='", 100_000),
		"class names":              `<div class="` + strings.Repeat("share related ", 100_000) + `">text</div>`,
	}
	for name, body := range pages {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p := New(Config{Timeout: 30 * time.Second}) // the limits, not the clock, must hold
			_, err := p.Articles(context.Background(), corpus.Capture{URL: "https://a.example/x", MediaType: "text/html", Body: []byte("<html><body>" + body)}, corpus.Source{})
			if err != nil && !errors.Is(err, ErrNotArticle) {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 700 {
				t.Errorf("allocated %d MB in all", mb)
			}
		})
	}
}

func TestLines(t *testing.T) {
	dir := t.TempDir()
	page := func(name, title string) string {
		path := filepath.Join(dir, name)
		body := "<html lang=en><title>" + title + "</title><h1>" + title + "</h1><p>" + strings.Repeat("The notice says what it says, and no more. ", 20) + "</p>"
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := page("a.html", "The first notice of the day"), page("b.html", "The second notice of the day")
	r, w := io.Pipe()
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- New(Config{}).Lines(context.Background(), r, pw)
		pw.Close()
	}()
	out := json.NewDecoder(pr)
	ask := func(line string) Reading {
		t.Helper()
		if _, err := fmt.Fprintln(w, line); err != nil {
			t.Fatal(err)
		}
		var got Reading
		if err := out.Decode(&got); err != nil { // blocks unless a line in gives a line out
			t.Fatal(err)
		}
		return got
	}
	request := func(path, url string) string {
		b, _ := json.Marshal(map[string]string{"path": path, "url": url})
		return string(b)
	}
	if got := ask(request(a, "https://n.example/2026/02/03/a")); got.Title != "The first notice of the day" || got.Lang != "en" || len(got.Articles) != 1 || got.PublishedAt != "2026-02-03T00:00:00Z" || got.Body == "" {
		t.Errorf("got %+v", got)
	}
	for _, bad := range []string{"{", request(filepath.Join(dir, "missing"), "https://n.example/x"), `{"url":"https://n.example"}`, request(dir, "https://n.example/x")} {
		if got := ask(bad); got.Error == "" {
			t.Errorf("%s: no error", bad)
		}
	}
	if got := ask(request(b, "https://n.example/b")); got.Title != "The second notice of the day" {
		t.Errorf("got %+v", got)
	}
	w.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}

	var in, all bytes.Buffer
	for i := range 200 {
		fmt.Fprintln(&in, request([]string{a, b}[i%2], fmt.Sprintf("https://n.example/%d", i)))
	}
	if err := New(Config{}).Lines(context.Background(), &in, &all); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&all)
	for i := range 200 {
		var got Reading
		if err := dec.Decode(&got); err != nil || got.URL != fmt.Sprintf("https://n.example/%d", i) {
			t.Fatalf("line %d: %s, %v", i, got.URL, err)
		}
	}
}

func TestFeedBoilerplateIsNoText(t *testing.T) {
	const post = `<p>The post <a href="https://courier.example/a">Court lets suit go on</a> appeared first on <a href="https://courier.example">Chain Courier</a>.</p>`
	for name, c := range map[string]struct{ content, summary, want string }{
		"behind the text":        {"<p>A judge refused to dismiss the suit of token holders on Wednesday, lawyers say.</p>" + post, "A judge refused.", "A judge refused to dismiss the suit of token holders on Wednesday, lawyers say."},
		"and nothing else":       {post, "A judge refused to dismiss the suit. The post Court lets suit go on appeared first on Chain Courier.", "A judge refused to dismiss the suit."},
		"in another language":    {`<p>Der Beitrag Gericht lässt Klage zu erschien zuerst auf Kettenbote.</p>`, "Das Gericht ließ die Klage zu.", "Das Gericht ließ die Klage zu."},
		"as words of a headline": {"<p>The post office that first appeared on the chain has closed, and nobody knows who holds its keys.</p>", "", "The post office that first appeared on the chain has closed, and nobody knows who holds its keys."},
	} {
		t.Run(name, func(t *testing.T) {
			drafts, err := New(Config{}).Articles(context.Background(), corpus.Capture{
				URL: "https://courier.example/a", Status: 200, MediaType: "application/rss+xml",
				Item: corpus.Item{URL: "https://courier.example/a", Title: "Court lets suit go on", Content: c.content, Summary: c.summary},
			}, corpus.Source{})
			if err != nil {
				t.Fatal(err)
			}
			if got := drafts[0].Body(); got != c.want {
				t.Errorf("body %q, want %q", got, c.want)
			}
		})
	}
}

func TestNumberedSectionsWithDatesStayOneArticle(t *testing.T) {
	const page = `<html lang="zh"><head><title>关于规范代币业务的通知</title></head><body><div class="content"><h1>关于规范代币业务的通知</h1><p>2026-02-13 17:30</p>
<section><h2>一、关于明确业务属性的要求</h2><p class="date">2026年3月1日起</p><p>以虚拟货币为标的的期货、期权、掉期和差价合约，均属于未经批准的衍生品业务，任何机构不得在境内开展、撮合或者为其提供结算服务。境外机构通过互联网向境内居民提供上述服务，同样属于非法金融活动，应当依法处置。</p></section>
<section><h2>二、关于压实机构责任的要求</h2><p class="date">2026年4月30日前</p><p>证券期货经营机构应当完成自查，停止为上述业务提供开户、融资、托管和宣传服务，并将自查报告报送注册地派出机构。未按时完成自查的，依法采取监管措施。派出机构应当按季度汇总自查情况，并报告下一步安排。</p></section>
<section><h2>三、关于加强监测处置的要求</h2><p class="date">2026年6月30日前</p><p>派出机构应当会同有关部门建立监测机制，对境外平台通过互联网向境内居民提供服务的，依法移送处置。地方金融管理部门负责属地风险处置，维护社会稳定，并按季度报告处置情况和下一步安排，不得瞒报漏报。</p></section></div></body></html>`
	drafts, err := New(Config{}).Articles(context.Background(), corpus.Capture{URL: "https://csrc.example.cn/n/1.html", Status: 200, MediaType: "text/html", Body: []byte(page)}, corpus.Source{})
	if err != nil {
		t.Fatal(err)
	}
	if len(drafts) != 1 || !strings.Contains(drafts[0].Body(), "三、关于加强监测处置的要求") {
		t.Errorf("%d articles, first %q", len(drafts), drafts[0].Body())
	}
}

// TestBinaryIsNoArticle: what is sent as a page may be a picture; text in any
// encoding is none.
func TestBinaryIsNoArticle(t *testing.T) {
	random := make([]byte, 64<<10)
	for i, x := 0, uint32(1); i < len(random); i++ {
		x = x*1664525 + 1013904223
		random[i] = byte(x >> 24)
	}
	for _, kind := range []string{"text/html", "text/plain", "text/markdown"} {
		if _, err := New(Config{}).Articles(t.Context(), corpus.Capture{URL: "https://a.example/x", MediaType: kind, Body: random}, corpus.Source{}); !errors.Is(err, ErrNotArticle) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	const text = "通知 custody of tokens\r\n"
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.Repeat(text, 100))
	if err != nil {
		t.Fatal(err)
	}
	shifted, err := japanese.ISO2022JP.NewEncoder().String(strings.Repeat("お知らせ tokens\n", 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"", text, wide, shifted, strings.Repeat("\x01", 5)} {
		if binary([]byte(s), "") {
			t.Errorf("%.20q is told as binary", s)
		}
	}
}
