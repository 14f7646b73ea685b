package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// A notice of our own making, and what becomes of it on its way.
const (
	noticeEN = `The authority has today published the conditions under which a bank may keep crypto assets for its customers. ` +
		`A bank that wants to offer custody has to tell the authority sixty days before it begins, name the person who answers for the keys, and show that customers' assets are held apart from its own. ` +
		`Keys must be kept by two persons at least, in two places at least, and never in the memory of a machine that is connected to a public network. ` +
		`Banks that already offer custody have until the end of the year to comply. The letter of 2022, which asked banks to wait for a permission before each new product, no longer applies. ` +
		`Questions may be sent to the office of innovation, which will collect the answers on its page.`
	noticeZH = `金融管理局今日公布银行为客户保管虚拟资产的条件。银行拟开展保管业务的，应当至少提前六十日向管理局报告，指定密钥负责人，并证明客户资产与自有资产分开存放。` +
		`密钥应当由两名以上人员在两处以上地点保管，不得存放在与公共网络连接的设备中。已经开展保管业务的银行，应当在年底前达到上述要求。` +
		`二〇二二年发出的关于逐项报批新产品的通知同时废止。有关问题可以向创新办公室提出，答复将在其网页上统一公布。`
	otherEN = `Shares of the miner rose on Tuesday after it reported that revenue had doubled in the quarter, helped by cheaper power in the north and by machines that it had bought last spring. ` +
		`The company said it would use the money to pay back a loan and to build a second hall beside the first. Analysts had expected less, and some of them raised their estimates within the hour.`
	otherZH = `该矿业公司周二公布的季度报告显示，受北部地区电价下降以及去年春季购入设备的推动，公司收入同比翻番，股价随之上涨。公司表示将把资金用于偿还贷款，并在现有厂房旁边再建一座厂房。分析师此前的预期较低，部分机构随即上调了预测。`
)

func TestResemblanceOfRealEdits(t *testing.T) {
	for _, c := range []struct {
		name      string
		a, b      string
		low, high float64
	}{
		{"itself", noticeEN, noticeEN, 1, 1},
		{"case, quotes and white space", noticeEN, strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(noticeEN, "'", "’"), " ", "  ")), 1, 1},
		{"a sentence less", noticeEN, noticeEN[:strings.Index(noticeEN, "Questions")], 0.75, 0.99},
		{"words changed here and there", noticeEN, strings.NewReplacer("today", "on Monday", "sixty", "60", "keep", "hold", "begins", "starts", "questions", "queries").Replace(noticeEN), 0.6, 0.95},
		{"another text", noticeEN, otherEN, 0, 0.05},
		{"itself, in Chinese", noticeZH, noticeZH, 1, 1},
		{"traditional characters", noticeZH, strings.NewReplacer("为", "為", "银", "銀", "资", "資", "产", "產", "业", "業", "务", "務", "应", "應", "当", "當").Replace(noticeZH), 1, 1},
		{"words changed here and there, in Chinese", noticeZH, strings.NewReplacer("今日公布", "周一发布", "六十日", "60天", "统一", "一并").Replace(noticeZH), 0.6, 0.95},
		{"another text, in Chinese", noticeZH, otherZH, 0, 0.05},
		{"a translation", noticeEN, noticeZH, 0, 0},
		{"nothing", "", "", 0, 0},
		{"punctuation", "…!", "…!", 0, 0},
		{"one word", "Bitcoin", "bitcoin", 1, 1},
	} {
		a, b := newSketch("s", "", c.a), newSketch("s", "", c.b)
		if got := resemblance(&a, &b); got < c.low || got > c.high {
			t.Errorf("%s: %.2f, want %.2f to %.2f", c.name, got, c.low, c.high)
		}
	}
}

func TestContainment(t *testing.T) {
	part, whole := newSketch("s", "", noticeEN), newSketch("s", "", otherEN+"\n"+noticeEN)
	r := resemblance(&part, &whole)
	if c := containment(&part, &whole, r); c < 0.85 {
		t.Errorf("a page that carries the notice holds %.2f of it (resemblance %.2f)", c, r)
	}
	other := newSketch("s", "", otherEN)
	if c := containment(&part, &other, resemblance(&part, &other)); c > 0.1 {
		t.Errorf("another text holds %.2f of it", c)
	}
}

// The estimate is unbiased within its error, and bands find what is near.
func TestSketchEstimatesResemblance(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	words := func(n int) []string {
		w := make([]string, n)
		for i := range w {
			w[i] = fmt.Sprintf("w%d", rng.IntN(1_000_000))
		}
		return w
	}
	for _, c := range []struct{ shared, own int }{{300, 100}, {300, 350}, {100, 400}, {400, 10}} {
		want := float64(c.shared) / float64(c.shared+2*c.own)
		sum, found, n := 0.0, 0, 200
		for range n {
			common := words(c.shared)
			a := newSketch("s", "", strings.Join(append(slices.Clone(common), words(c.own)...), " "))
			b := newSketch("s", "", strings.Join(append(slices.Clone(common), words(c.own)...), " "))
			r := resemblance(&a, &b)
			if math.Abs(r-want) > 0.25 {
				t.Errorf("estimate %.2f of %.2f", r, want)
			}
			sum += r
			bb := b.bands()
			if slices.ContainsFunc(a.bands(), func(k uint64) bool { return slices.Contains(bb, k) }) {
				found++
			}
		}
		if mean := sum / float64(n); math.Abs(mean-want) > 0.02 {
			t.Errorf("estimates of %.3f average %.3f", want, mean)
		}
		expected := 1 - math.Pow(1-math.Pow(want, bandRows), bandCount)
		if share := float64(found) / float64(n); math.Abs(share-expected) > 0.12 {
			t.Errorf("bands find %.2f of pairs that resemble by %.2f, want %.2f", share, want, expected)
		}
	}
}

func TestSameMould(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Binance Will List Aster (ASTER)", "Binance Will List Plasma (XPL)", true},
		{"币安将上线 Aster (ASTER)", "币安将上线 Plasma (XPL)", true},
		{"Bitcoin falls below 118,000 USDT", "Bitcoin falls below 119,000 USDT", true},
		{"比特币跌破118000美元", "比特币跌破119000美元", true},
		{"Binance Will List Aster (ASTER)", "Binance Will List Aster (ASTER) with Seed Tag", false},
		{"SEC sues Binance", "SEC sues Kraken", false}, // names are for the events to tell apart
		{"Bitcoin hits $120K", "A new high for the oldest coin at 120,000", false},
		{"", "", false},
	} {
		a, b := newSketch("s", c.a, ""), newSketch("s", c.b, "")
		if got := sameMould(&a, &b); got != c.want || sameMould(&b, &a) != got {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestSketchSurvivesTheRecord(t *testing.T) {
	for _, body := range []string{noticeEN, noticeZH, "", "one"} {
		s := newSketch("src", "The 2026 notice (FIL-7)", body)
		got, ok := decodeSketch(s.encode())
		if !ok {
			t.Fatal("not read back")
		}
		if r := resemblance(&s, &got); r != 1 && s.size > 0 {
			t.Error("resembles itself by", r)
		}
		if got.size != s.size || got.han != s.han || got.from != s.from || !slices.Equal(got.title, s.title) || !slices.Equal(got.outline, s.outline) {
			t.Error(cmp.Diff(s.title, got.title), got.size, got.han)
		}
	}
}

func FuzzSketch(f *testing.F) {
	f.Add("Title", noticeEN, []byte{1, 0})
	f.Add("标题 42", noticeZH, []byte(nil))
	s := newSketch("x", "t", "b")
	f.Add("\xff", "\xf0\x9f", s.encode())
	f.Fuzz(func(t *testing.T, title, body string, stored []byte) {
		a := newSketch("s", title, body)
		if b := newSketch("s", title, body); !slices.Equal(a.bands(), b.bands()) {
			t.Error("two sketches of one text differ")
		}
		b, ok := decodeSketch(stored)
		if !ok {
			b, _ = decodeSketch(a.encode())
		}
		r := resemblance(&a, &b)
		if c := containment(&a, &b, r); !(r >= 0 && r <= 1 && c >= 0 && c <= 1) {
			t.Error(r, c)
		}
		if c := a.outline.agree(b.outline); !(c >= 0 && c <= 1.0000001) || c != b.outline.agree(a.outline) {
			t.Error("outlines agree by", c)
		}
		if sameMould(&a, &b) != sameMould(&b, &a) {
			t.Error("mould depends on the order")
		}
	})
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Gate.io", "gateio"}, {"gate-io", "gateio"}, {"Binance Holdings Ltd.", "binance"}, {"Crypto.com", "cryptocom"}, {"The Ether Machine, Inc.", "ethermachine"},
		{"Holdings", "holdings"}, {"幣安", "币安"}, {"  ", ""}, {"—", ""}, {"Ｂｉｎａｎｃｅ", "binance"},
	} {
		if got := fold(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFigure(t *testing.T) {
	for _, c := range []struct {
		in   string
		want float64
	}{
		{"1.9B", 1.9e9}, {"1.9 billion", 1.9e9}, {"1,900 Million", 1.9e9}, {"19亿美元", 1.9e9}, {"1.2 万亿", 1.2e12}, {"118K", 118_000}, {"118,000", 118_000},
		{"0.375", 0.375}, {"3962 BTC", 3962}, {"5 percent", 0}, {"24-hour", 0}, {"2025", 0}, {"12", 0}, {"B", 0}, {"", 0}, {"1.2.3", 0}, {"5x", 0}, {"9bottles", 0}, {"1e999", 0}, {"0M", 0},
	} {
		w, rest := c.in, ""
		if i := strings.IndexAny(c.in, " 亿"); i >= 0 {
			w, rest = c.in[:i], c.in[i:]
		}
		if got, ok := figure(w, rest); got != c.want && ok || ok != (c.want != 0) {
			t.Errorf("%q: %v %v, want %v", c.in, got, ok, c.want)
		}
	}
	common := func(kind corpus.EventType, a, b []float64) float64 {
		return commonFigure(&telling{kind: kind, figures: a}, &telling{kind: kind, figures: b})
	}
	if common(corpus.Flows, []float64{1, 533e6}, []float64{2, 533.9e6, 9e9}) != 533e6 || common(corpus.PriceMove, []float64{118_000}, []float64{119_000}) != 0 || common(corpus.Flows, nil, []float64{1}) != 0 {
		t.Error("533 and 533.9 million are one figure, 118,000 and 119,000 are two")
	}
	if got := common(corpus.Flows, []float64{100e6, 152e6}, []float64{100e6, 153e6}); got != 152e6 {
		t.Error("the figure that says most is not the round one:", got)
	}
}

func TestStep(t *testing.T) {
	for in, want := range map[string]string{
		"Trump Signs GENIUS Act Into Law": "signed", "House passes GENIUS Act": "passed", "House Sends Act to Trump To Sign Into Law, Passes Two Others": "passed",
		"GENIUS Act stalls in Senate": "stopped", "Senators introduce market structure bill": "introduced", "众议院通过稳定币法案": "passed", "特朗普签署稳定币法案": "signed", "What the bill means": "",
	} {
		if got := step(text.FoldString(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzTelling(f *testing.F) {
	f.Add("SEC sues Kraken", "Kraken", "SEC", "美国证监会起诉")
	f.Fuzz(func(t *testing.T, title, target, who, evidence string) {
		r := corpus.EventReading{Type: corpus.Enforcement, Targets: []string{target}, Actors: []string{who}, Regulators: []string{who}, Jurisdictions: []corpus.Jurisdiction{"US"}}
		at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		a := tell(r, "s", title, []string{evidence}, at)
		if n, _ := same(&a, &a, true); n == 0 {
			t.Error("a telling differs from itself")
		}
		b := tell(r, "s", evidence, []string{title}, at)
		x, _ := same(&a, &b, false)
		if y, _ := same(&b, &a, false); x != y {
			t.Errorf("depends on the order: %d, %d", x, y)
		}
	})
}

// BenchmarkSketch reads an article of 600 words; the bare tokeniser stands
// beside it.
func BenchmarkSketch(b *testing.B) {
	for _, c := range []struct{ name, body string }{{"en", strings.Repeat(noticeEN+" ", 5)}, {"zh", strings.Repeat(noticeZH, 5)}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			for b.Loop() {
				s := newSketch("s", "Title", c.body)
				s.bands()
			}
		})
		b.Run(c.name+"-tokens-alone", func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			for b.Loop() {
				hashTokens(c.body, maxTokens)
			}
		})
	}
}
