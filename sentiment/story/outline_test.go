package story

import (
	"slices"
	"testing"
	"time"
)

func TestOutlinesAgree(t *testing.T) {
	type piece struct{ title, body string }
	for _, c := range []struct {
		name string
		a, b piece
		want bool
	}{
		{"one move of coins in two headlines",
			piece{"Skylark Aerospace moves $153M in bitcoin after three years", "The company, led by Ilse Marrow, sent 1,308 BTC to new wallets."},
			piece{"Skylark shifts 1,308 BTC, its first transfer in three years", "Wallets of Skylark, worth $153 million, woke up, on-chain data of Lumen show."}, true},
		{"one statement of one person",
			piece{"Hartwick Bell: sell ether, buy gold", "The economist Hartwick Bell told followers to leave ether."},
			piece{"Economist Bell urges swap of ether for gold", "On Monday, Hartwick Bell said ether had reached the top of its range."}, true},
		{"two forecasts of prices",
			piece{"Bitcoin price prediction: can BTC hit $150K this month?", "Bitcoin holds above support as traders eye resistance."},
			piece{"Ethereum price prediction: can ETH hit $5K this month?", "Ether holds above support as traders eye resistance."}, false},
		{"two purchases for two treasuries",
			piece{"Corwin Foods buys 120 bitcoin for its treasury", "The company, which makes pasta, plans to hold them."},
			piece{"Alder Mining buys 95 bitcoin for its treasury", "The company, which mines zinc, plans to hold them."}, false},
		{"一则公告的两种说法",
			piece{"澜涛数字获香港金管局发放稳定币牌照", "香港金融管理局今日公布名单。"},
			piece{"香港金管局向澜涛数字发放牌照", "该公司成为新的持牌发行人。"}, true},
		{"两种代币的行情",
			piece{"比特币跌破九万八千美元，市场观望", "行情显示比特币走低。"},
			piece{"以太坊涨破三千六百美元，市场观望", "行情显示以太坊走高。"}, false},
		{"nothing to go by", piece{"Crypto market update", ""}, piece{"Crypto market update", ""}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := newSketch("one", c.a.title, c.a.body), newSketch("two", c.b.title, c.b.body)
			if got := a.alike(&b, time.Hour); got != c.want {
				t.Errorf("alike = %v at %.2f", got, a.outline.agree(b.outline))
			}
			if a.alike(&b, time.Hour) != b.alike(&a, time.Hour) {
				t.Error("alike one way only")
			}
			if a.alike(&b, outlineWindow+time.Minute) {
				t.Error("alike days apart")
			}
		})
	}
}

// What agrees within the window is found, wherever in it the two stand.
func TestOutlineKeysMeet(t *testing.T) {
	o := newOutline("Skylark shifts 1,308 BTC, its first transfer in three years", "")
	begin := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range 200 {
		a := begin.Add(time.Duration(i) * time.Hour)
		b := a.Add(time.Duration(i*7%37) * time.Hour)
		fa, la := o.keys(a)
		fb, lb := o.keys(b)
		for _, k := range []struct{ look, file []uint64 }{{lb, fa}, {la, fb}} {
			if !slices.ContainsFunc(k.look, func(k2 uint64) bool { return slices.Contains(k.file, k2) }) {
				t.Fatalf("%v and %v do not meet", a, b)
			}
		}
	}
}

func TestStem(t *testing.T) {
	for word, want := range map[string]string{"Moves": "mov", "moved": "mov", "moving": "mov", "SpaceX’s": "spacex", "gas": "gas", "U.S": "u.s"} {
		if got := stem(word); got != want {
			t.Errorf("stem(%q) = %q, want %q", word, got, want)
		}
	}
}
