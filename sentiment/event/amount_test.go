package event_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/event"
	"github.com/regwire/regwire/sentiment/instrument"
	"github.com/regwire/regwire/sentiment/text"
)

func TestAmounts(t *testing.T) {
	for s, want := range map[string][]corpus.Amount{
		"Binance pays $4.3 billion and forfeits US$2.5bn":    {{Value: 4.3e9, Unit: "USD"}, {Value: 2.5e9, Unit: "USD"}},
		"A fine of €3.5m, or £3,000,000":                     {{Value: 3.5e6, Unit: "EUR"}, {Value: 3e6, Unit: "GBP"}},
		"HK$10 million, NT$300 million and S$5 million":      {{Value: 1e7, Unit: "HKD"}, {Value: 3e8, Unit: "TWD"}, {Value: 5e6, Unit: "SGD"}},
		"fined 3.4 billion won for weak checks":              {{Value: 3.4e9, Unit: "KRW"}},
		"moved 1,308 BTC and 20,000 ether":                   {{Value: 1308, Unit: "BTC"}, {Value: 20000, Unit: "ETH"}},
		"$50 million, then $50 million again":                {{Value: 5e7, Unit: "USD"}},
		"被盗约4730万美元":                                         {{Value: 4.73e7, Unit: "USD"}},
		"处以34亿韩元罚款，没收310枚比特币":                                {{Value: 3.4e9, Unit: "KRW"}, {Value: 310, Unit: "BTC"}},
		"罰款一事涉及港幣、8,400萬港元及1.2萬億日圓":                          {{Value: 8.4e7, Unit: "HKD"}, {Value: 1.2e12, Unit: "JPY"}},
		"In 2025, 23% of 12 firms cited FIL-7-2025 and Web3": nil,
		"CHF 2 million":                      {{Value: 2e6, Unit: "CHF"}},
		"sold 5 wonderful coins for 7 moons": nil,
	} {
		if d := cmp.Diff(want, event.Amounts([]string{s})); d != "" {
			t.Errorf("%s:\n%s", s, d)
		}
	}
}

func FuzzAmounts(f *testing.F) {
	f.Add("Binance pays $4.3 billion, 处以34亿韩元, 1,308 BTC")
	f.Add("$" + strings.Repeat("9", 308) + " trillion")
	f.Add("$1,,2.3..4 1e999 99999999999999999999999999999999999999t€")
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range event.Amounts([]string{s}) {
			if !(a.Value > 0 && a.Value <= 1e18) || a.Unit == "" || !utf8.ValidString(a.Unit) {
				t.Errorf("%q: %+v", s, a)
			}
		}
	})
}

func TestApplicationApart(t *testing.T) {
	published := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	r, ins := event.New(), instrument.New()
	g, err := entity.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ title, body, effective, applies string }{
		{"ESMA adopts rules for crypto custodians", "The regulation enters into force on 20 March 2026. It shall apply from 30 December 2026.", "2026-03-20", "2026-12-30"},
		{"FCA adopts rules for crypto custodians", "The rules take effect on 1 July 2026.", "2026-07-01", ""},
		{"FCA adopts rules for crypto custodians", "The rules apply from 1 July 2026.", "2026-07-01", ""},
		{"证监会发布虚拟资产托管办法", "本办法自2026年5月1日起施行，其中第八条自2027年1月1日起适用。", "2026-05-01", "2027-01-01"},
	} {
		d := text.Read(c.title, c.body, "")
		src := corpus.Source{}
		events, _ := r.Read(d, g.Find(d, src), ins.Read(d, src), src, published)
		if len(events) == 0 {
			t.Errorf("%s: nothing read", c.title)
			continue
		}
		day := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.Format(time.DateOnly)
		}
		if e, a := day(events[0].EffectiveAt), day(events[0].AppliesAt); e != c.effective || a != c.applies {
			t.Errorf("%s %s: effective %q, applies %q; want %q, %q", c.title, c.body, e, a, c.effective, c.applies)
		}
	}
}
