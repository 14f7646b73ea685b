package parse

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// prosePad is text enough to be an article under a headline.
const prosePad = "<p>The authority published the final text of its rule on the custody of digital assets, after a consultation in which ninety firms took part.</p>" +
	"<p>Firms that hold keys for others must keep them apart from their own and show once a quarter that nothing is missing.</p>" +
	"<p>Those that do so already have a year to bring their contracts into line with the rule, all others six months.</p>"

// chinesePad is the same for pages in Chinese.
const chinesePad = "<p>监管部门今日公布了数字资产托管规则的最终文本，此前共有九十家机构参与了意见征询。</p><p>为他人保管密钥的机构必须将其与自有密钥分开，并每季度证明客户资产没有短缺。</p><p>已经这样做的机构有一年时间调整合同，其他机构为六个月。</p><p>规则自公布之日起施行，相关机构应当在三十日内报送实施方案。</p>"

// TestGeneric reads pages of kinds that were misread once.
func TestGeneric(t *testing.T) {
	for _, tc := range []struct {
		name, page string
		url        string
		title      string
		authors    []string
		day        string   // "" for none
		lacks      []string // must not be in the body
	}{
		{name: "a first sentence about when another text was issued",
			page:  `<h1>Letter 7-2025 rescinds letter 16-2022</h1><p>Letter 16-2022 was issued on 7 April 2022.</p>` + prosePad,
			title: "Letter 7-2025 rescinds letter 16-2022", day: ""},
		{name: "the meta element names both authors, the data one",
			page:  `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rule on custody is final","author":{"@type":"Person","name":"Ann Field"}}</script><meta name="author" content="Ann Field, Bo Lind"><h1>Rule on custody is final</h1>` + prosePad,
			title: "Rule on custody is final", authors: []string{"Ann Field", "Bo Lind"}},
		{name: "the site's name holds a word that joins names",
			page:  `<meta property="og:site_name" content="Law & Coin"><meta name="author" content="Law & Coin"><h1>Rule on custody is final</h1><p class="x">By <a href="/reporters/ann-field">Ann Field</a></p>` + prosePad,
			title: "Rule on custody is final", authors: []string{"Ann Field"}},
		{name: "a byline that is no list of names",
			page:  `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rule on custody is final","author":{"@type":"Person","name":"Staff and wire reports"}}</script><h1>Rule on custody is final</h1>` + prosePad,
			title: "Rule on custody is final", authors: []string{"Staff and wire reports"}},
		{name: "two agencies are no surname and first name",
			page:  `<meta name="author" content="Reuters, AFP"><h1>Rule on custody is final</h1>` + prosePad,
			title: "Rule on custody is final", authors: []string{"Reuters", "AFP"}},
		{name: "signed under the text instead of with an account",
			page:  `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rule on custody is final","author":{"name":"ann.field"}}</script><h1>Rule on custody is final</h1><article>` + prosePad + `<p>Parliament still has to agree. (Ann Field) +++</p></article>`,
			title: "Rule on custody is final", authors: []string{"Ann Field"}},
		{name: "a byline under the text",
			page:  `<h1>Regel zur Verwahrung ist fertig</h1><article>` + prosePad + prosePad + `<p>Autorin: Anna Feld</p></article>`,
			title: "Regel zur Verwahrung ist fertig", authors: []string{"Anna Feld"}},
		{name: "the box of the author links to all her articles",
			page:  `<h1>Regel zur Verwahrung ist fertig</h1><div class="author"><div>Anna Feld</div><a href="/search?by=author">Alle Artikel</a></div>` + prosePad,
			title: "Regel zur Verwahrung ist fertig", authors: []string{"Anna Feld"}},
		{name: "the author's page is linked in a box far below",
			page:  `<h1>Rule on custody is final</h1>` + strings.Repeat("<p>"+sentenceNoDate+"</p><div><span>x</span></div>", 30) + `<div class="z"><a href="/author/ann-field/">Ann Field</a></div>`,
			title: "Rule on custody is final", authors: []string{"Ann Field"}},
		{name: "the last step of the trail is a heading of the first level",
			page:  `<title>Rule on custody is final | Authority</title><meta property="og:title" content="Rule on custody is final"><nav><a href="/x"><h1>"At last" / Rule on custody is final</h1></a></nav><div><span>Rule on custody is final</span></div>` + prosePad,
			title: "Rule on custody is final"},
		{name: "a release opens with its dateline",
			page:  `<h1>Rule on custody is final</h1><p>Washington, D.C., March 3, 2026 – The authority published the final text of its rule on the custody of digital assets.</p>` + prosePad,
			title: "Rule on custody is final", day: "2026-03-03"},
		{name: "a sentence that opens with a date is no dateline",
			page:  `<h1>Rule on custody is final</h1><p>On March 3, 2025 the authority had published a first text of its rule on the custody of digital assets, which fell through.</p>` + prosePad,
			title: "Rule on custody is final"},
		{name: "a span of days is when something takes place",
			page:  `<h1>Workshops on custody of assets</h1><h2>9-23 Feb 2026 | Mo-Fr 9–16</h2>` + prosePad,
			title: "Workshops on custody of assets"},
		{name: "local midnight in UTC is the day that readers are told",
			page:  `<meta property="article:published_time" content="2026-11-04T23:00Z"><h1>Rule on custody is final</h1><p class="date">5. November 2026</p>` + prosePad,
			title: "Rule on custody is final", day: "2026-11-05"},
		{name: "the day a rule takes effect is not the day it was published",
			page:  `<h1>Rule on custody is final</h1><dl><dt>Effective date:</dt><dd>05/04/2026</dd><dt>Publication date:</dt><dd>March 3, 2026</dd><dt>Comments due:</dt><dd>March 30, 2026</dd></dl>` + prosePad,
			title: "Rule on custody is final", day: "2026-03-03"},
		{name: "only the day a rule takes effect is told",
			page:  `<h1>Rule on custody is final</h1><p>Effective date: May 4, 2026</p>` + prosePad,
			title: "Rule on custody is final"},
		{name: "a Chinese rule was drawn up, published and takes effect",
			page:  `<html lang="zh-CN"><h1>数字资产托管规则</h1><ul class="xxgk"><li>成文日期：2026年2月20日</li><li>发布日期：2026年3月1日</li><li>生效日期：2026年5月1日</li></ul><div class="TRS_Editor">` + chinesePad + `</div>`,
			title: "数字资产托管规则", day: "2026-03-01"},
		{name: "a time with its zone in the midst",
			page:  `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rule on custody is final","datePublished":"2026-11-28CET00:30:00+0100"}</script><h1>Rule on custody is final</h1>` + prosePad,
			title: "Rule on custody is final", day: "2026-11-28"},
		{name: "copyright years and comments are not the page's",
			page:  `<h1>Rule on custody is final</h1>` + prosePad + `<div class="comments"><div class="comment"><time datetime="2026-01-02">2 Jan 2026</time><p>First!</p></div></div><footer>© 2019–2026 Authority</footer>`,
			title: "Rule on custody is final", lacks: []string{"First!", "©"}},
		{name: "a Chinese wire names its reporters in brackets",
			page:  `<html lang="zh-CN"><h1>数字资产托管规则发布</h1><div>2026-03-01 10:05</div><div class="article-content"><p>示例社北京3月1日电（记者王小明、李思思）监管部门今日公布了数字资产托管规则的最终文本。</p>` + chinesePad + `</div>`,
			title: "数字资产托管规则发布", authors: []string{"王小明", "李思思"}, day: "2026-03-01"},
		{name: "a Chinese notice ends with its editor and its code",
			page:  `<html lang="zh-CN"><h1>数字资产托管规则发布</h1><div class="info">发布时间：2026年3月1日 来源：某某局</div><div class="TRS_Editor">` + chinesePad + `</div><div>责任编辑：赵明</div><div class="share">分享到：微信 微博</div><div class="qr">扫一扫在手机打开当前页</div>`,
			title: "数字资产托管规则发布", authors: []string{"赵明"}, day: "2026-03-01", lacks: []string{"扫一扫", "分享到", "责任编辑"}},
		{name: "an exchange's notice with a paywall, a newsletter box and share links",
			page:  `<h1>Trading halts on Sunday</h1><time datetime="2026-01-09T08:00:00Z">9 Jan 2026</time><div class="share-bar"><a href="#">Share on X</a></div>` + prosePad + `<div class="newsletter-box"><p>Sign up for our daily letter with all the news of the exchange and of its markets.</p></div>` + prosePad + `<p>Already have an account? Log in to read on.</p><figure><img><figcaption>bitcoin price_bitcoin news_crypto exchange news</figcaption></figure><h3>You may also like</h3><ul><li><a href="/a">Bitcoin climbs to a record again</a></li><li><a href="/b">Ether follows bitcoin up</a></li></ul>`,
			title: "Trading halts on Sunday", day: "2026-01-09", lacks: []string{"Share on", "Sign up", "Log in", "bitcoin price_", "You may also", "climbs to a record"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url := tc.url
			if url == "" {
				url = "https://authority.example/news/rule"
			}
			c := corpus.Capture{URL: url, FinalURL: url, MediaType: "text/html", Body: []byte("<!doctype html>" + tc.page)}
			drafts, err := New(Config{}).Articles(context.Background(), c, corpus.Source{})
			if err != nil {
				t.Fatal(err)
			}
			d := drafts[0]
			if d.Title != tc.title {
				t.Errorf("title %q, want %q", d.Title, tc.title)
			}
			if diff := cmp.Diff(tc.authors, slices.Clip(d.Authors)); diff != "" && len(tc.authors)+len(d.Authors) > 0 {
				t.Errorf("authors (-want +got):\n%s", diff)
			}
			day := ""
			if !d.PublishedAt.IsZero() {
				day = d.PublishedAt.Format(time.DateOnly)
			}
			if day != tc.day {
				t.Errorf("published on %q, want %q", day, tc.day)
			}
			if !strings.Contains(d.Body(), "ninety firms") && !strings.Contains(d.Body(), "九十家") && !strings.Contains(d.Body(), sentenceNoDate) {
				t.Errorf("the text is lost: %q", d.Body())
			}
			for _, s := range tc.lacks {
				if strings.Contains(d.Body(), s) {
					t.Errorf("the body holds %q:\n%s", s, d.Body())
				}
			}
		})
	}
}

const sentenceNoDate = "The authority published the final text of its rule on the custody of assets, which covers ninety firms."
