package story_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
)

// The suit of the CFTC against Binance, as five publications would tell it.
func suit() []piece {
	return []piece{
		{name: "cftc", src: cftc, hours: 0, title: "CFTC Charges Binance and Its Founder with Evasion of Federal Law",
			events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance", "Changpeng Zhao")}},
		{name: "daily", src: daily, hours: 1, title: "Regulator takes world's largest crypto exchange to court",
			events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance")}},
		{name: "wire", src: wire, hours: 3, title: "Binance and chief executive sued by US derivatives watchdog",
			events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Changpeng Zhao", "Binance Holdings Ltd.")}},
		{name: "kuaixun", src: kuaixun, hours: 5, title: "美国商品期货交易委员会起诉币安及其创始人赵长鹏",
			events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance", "Changpeng Zhao")}},
		{name: "late", src: daily, hours: 40, title: "What the case against Binance means for traders",
			events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance")}},
	}
}

func TestOneHappeningIsOneEvent(t *testing.T) {
	s := newScene(t)
	outs := s.places(suit()...)
	for _, o := range outs[1:] {
		if o.Placement.Events[0] != outs[0].Placement.Events[0] || o.Placement.Story != outs[0].Placement.Story {
			t.Errorf("%s went its own way", o.Placement.Article)
		}
	}
	evs := s.mem.Events()
	if len(evs) != 1 || len(evs[0].Reports) != 5 {
		t.Fatal(evs)
	}
	ev := evs[0]
	if ev.Title != "CFTC Charges Binance and Its Founder with Evasion of Federal Law" || !ev.Reports[0].Primary || ev.Reports[1].Primary {
		t.Error("the authority's own publication leads:", ev.Title, ev.Reports)
	}
	if !ev.PublishedAt.Equal(day0.Add(-10*time.Minute)) || !ev.FirstSeenAt.Equal(day0) {
		t.Error(ev.PublishedAt, ev.FirstSeenAt)
	}
	for i, want := range []corpus.ChangeReason{corpus.ChangeCreated, corpus.ChangeReport, corpus.ChangeReport, corpus.ChangeReport, corpus.ChangeReport} {
		if len(outs[i].Events) != 1 || outs[i].Events[0].Change.Reason != want || outs[i].Events[0].Version != i+1 {
			t.Errorf("report %d: %v", i, outs[i].Events)
		}
		if outs[i].Material() != (i == 0) {
			t.Error("an echo is no material change")
		}
	}
}

func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	other := []piece{
		{name: "zec", src: sec, hours: 2, title: "SEC Charges Kraken with Operating as an Unregistered Exchange", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
		{name: "zec2", src: wire, hours: 3, title: "Kraken hit with SEC complaint", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
		{name: "zlist", src: binance, hours: 2, title: "Binance Will List Aster (ASTER)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
		{name: "zlist2", src: kuaixun, hours: 2.5, title: "币安将上线 Aster (ASTER)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
		{name: "zn1", src: pboc, hours: 1, title: "关于防范风险的通知", events: []corpus.EventReading{numbered(act(corpus.RuleFinal, "PBoC", "CN"), "银发〔2026〕42号")}, ins: []corpus.InstrumentReading{in("银发〔2026〕42号", "PBoC", corpus.InstrumentAdopted, false)}},
		{name: "zn2", src: daily, hours: 2, title: "Beijing bans tokenisation", events: []corpus.EventReading{numbered(act(corpus.Prohibition, "PBoC", "CN"), "银发〔2026〕42号")}, ins: []corpus.InstrumentReading{in("银发〔2026〕42号", "PBoC", corpus.InstrumentAdopted, false)}},
		{name: "zn3", src: wire, hours: 9, title: "What China's new line means", events: []corpus.EventReading{numbered(act(corpus.Policy, "PBoC", "CN"), "银发〔2026〕42号")}, ins: []corpus.InstrumentReading{in("银发〔2026〕42号", "PBoC", corpus.InstrumentAdopted, false)}},
		{name: "zlist3", src: binance, hours: 4, title: "Binance Will List Plasma (XPL)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "XPL")}},
	}
	pieces := append(suit(), other...)
	grouping := func(order []int) (groups []string, titles []string) {
		s := newScene(t)
		for _, i := range order {
			s.place(pieces[i])
		}
		for _, ev := range s.mem.Events() {
			var names []string
			for _, r := range ev.Reports {
				names = append(names, string(r.Article))
			}
			slices.Sort(names)
			groups = append(groups, strings.Join(names, "+"))
			titles = append(titles, ev.Title)
		}
		slices.Sort(groups)
		slices.Sort(titles)
		for _, l := range s.mem.Stories() {
			groups = append(groups, "story of "+strconv.Itoa(len(l)))
		}
		slices.Sort(groups)
		return groups, titles
	}
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	wantGroups, wantTitles := grouping(order)
	if len(wantTitles) != 5 {
		t.Fatal(wantGroups)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		groups, titles := grouping(order)
		if d := cmp.Diff(wantGroups, groups) + cmp.Diff(wantTitles, titles); d != "" {
			t.Fatalf("order %v: %s", order, d)
		}
	}
}

// Pairs that are easily taken for one happening, and must not be.
func TestDifferentHappeningsStayApart(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b piece
	}{
		{"two targets of one authority",
			piece{src: sec, title: "SEC Charges Kraken with Operating as an Unregistered Exchange", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
			piece{src: sec, hours: 20, title: "SEC Charges Bittrex with Operating as an Unregistered Exchange", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Bittrex")}}},
		{"two targets of one authority, in Chinese",
			piece{src: kuaixun, title: "美国证监会起诉 Kraken 经营未注册交易所", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
			piece{src: kuaixun, hours: 20, title: "美国证监会起诉 Bittrex 经营未注册交易所", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Bittrex")}}},
		{"one target of two authorities",
			piece{src: cftc, title: "CFTC Charges Binance with Evasion", events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance")}},
			piece{src: sec, hours: 5, title: "SEC Charges Binance with Securities Violations", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Binance")}}},
		{"one target of two authorities, the first named in passing",
			piece{src: cftc, title: "CFTC Charges Binance with Evasion", events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance")}},
			piece{src: wire, hours: 5, title: "After the CFTC, the SEC sues Binance too", events: []corpus.EventReading{{Type: corpus.Enforcement, Regulators: []string{"SEC", "CFTC"}, Targets: []string{"Binance"}, Jurisdictions: []corpus.Jurisdiction{"US"}}}}},
		{"one target of two countries, one of them without a name",
			piece{src: wire, title: "巴西法院冻结币安账户", events: []corpus.EventReading{act(corpus.Enforcement, "", "BR", "Binance")}},
			piece{src: wire, hours: 5, title: "CFTC sues Binance", events: []corpus.EventReading{act(corpus.Enforcement, "CFTC", "US", "Binance")}}},
		{"two assets on one exchange",
			piece{src: binance, title: "Binance Will List Aster (ASTER)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
			piece{src: binance, hours: 3, title: "Binance Will List Plasma (XPL)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "XPL")}}},
		{"two assets on one exchange, in Chinese",
			piece{src: kuaixun, title: "币安将上线 Aster (ASTER)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
			piece{src: kuaixun, hours: 3, title: "币安将上线 Plasma (XPL)", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "XPL")}}},
		{"one asset on two exchanges",
			piece{src: wire, title: "Binance lists Aster", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
			piece{src: wire, hours: 1, title: "OKX lists Aster", events: []corpus.EventReading{venue(corpus.Listing, "OKX", "ASTER")}}},
		{"a listing and a delisting",
			piece{src: wire, title: "Binance lists Aster", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
			piece{src: wire, hours: 30, title: "Binance delists Aster", events: []corpus.EventReading{venue(corpus.Delisting, "Binance", "ASTER")}}},
		{"two letters of one numbering",
			piece{src: fdic, title: "FDIC clarifies process for banks to engage in crypto", events: []corpus.EventReading{numbered(act(corpus.Guidance, "FDIC", "US"), "FIL-7-2025", "FIL-16-2022")}},
			piece{src: fdic, hours: 30, title: "FDIC clarifies process for banks to engage in crypto custody", events: []corpus.EventReading{numbered(act(corpus.Guidance, "FDIC", "US"), "FIL-8-2025")}}},
		{"two consultations of one authority",
			piece{src: wire, title: "FCA consults on stablecoin issuance rules", events: []corpus.EventReading{act(corpus.RuleProposal, "FCA", "GB")}},
			piece{src: wire, hours: 24, title: "FCA seeks views about market abuse on trading platforms", events: []corpus.EventReading{act(corpus.RuleProposal, "FCA", "GB")}}},
		{"proposal and rule",
			piece{src: wire, title: "MAS proposes stablecoin framework", events: []corpus.EventReading{act(corpus.RuleProposal, "MAS", "SG")}},
			piece{src: wire, hours: 24, title: "MAS finalises stablecoin framework", events: []corpus.EventReading{act(corpus.RuleFinal, "MAS", "SG")}}},
		{"two hacks that touch one asset",
			piece{src: wire, title: "GMX exploited for 42 million dollars", events: []corpus.EventReading{assets(corpus.EventReading{Type: corpus.Hack, Targets: []string{"GMX"}}, "ETH")}},
			piece{src: wire, hours: 5, title: "WOO X hacked for 14 million dollars", events: []corpus.EventReading{assets(corpus.EventReading{Type: corpus.Hack, Targets: []string{"WOO X"}}, "ETH")}}},
		{"one halt and the next, months later",
			piece{src: wire, title: "OKEx suspends withdrawals", events: []corpus.EventReading{venue(corpus.Halt, "OKEx")}},
			piece{src: wire, hours: 2400, title: "OKEx suspends withdrawals", body: "OKEx stopped all withdrawals for maintenance of its wallets.", events: []corpus.EventReading{venue(corpus.Halt, "OKEx")}}},
		{"a suit and a ruling on one day",
			piece{src: wire, title: "SEC sues Kraken over staking", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
			piece{src: wire, hours: 3, title: "Appeal of exchange dismissed in custody dispute", events: []corpus.EventReading{act(corpus.CourtRuling, "", "US", "Kraken")}}},
		{"two steps of one bill on two days",
			piece{src: wire, title: "House passes GENIUS Act", events: []corpus.EventReading{numbered(act(corpus.Legislation, "Congress", "US"), "S. 1582")}, ins: []corpus.InstrumentReading{{ID: "S. 1582", Status: corpus.InstrumentAdopted}}},
			piece{src: wire, hours: 20, title: "Trump signs GENIUS Act into law", events: []corpus.EventReading{numbered(act(corpus.Legislation, "Congress", "US"), "S. 1582")}, ins: []corpus.InstrumentReading{{ID: "S. 1582", Status: corpus.InstrumentAdopted}}}},
		{"two purchases in the same words",
			piece{src: wire, title: "Treasury firm boosts bitcoin holdings with 780 BTC purchase", events: []corpus.EventReading{assets(corpus.EventReading{Type: corpus.Flows}, "BTC")}},
			piece{src: daily, hours: 5, title: "Treasury firm boosts bitcoin holdings with 225 BTC purchase", events: []corpus.EventReading{assets(corpus.EventReading{Type: corpus.Flows}, "BTC")}}},
		{"two listings against the same quote assets",
			piece{src: wire, title: "Upbit lists SYRUP", events: []corpus.EventReading{venue(corpus.Listing, "Upbit", "SYRUP", "BTC", "USDT")}},
			piece{src: daily, hours: 50, title: "Upbit lists Optimism", events: []corpus.EventReading{venue(corpus.Listing, "Upbit", "OP", "BTC", "USDT")}}},
		{"two speeches of one official",
			piece{src: sec, title: "Remarks on tokenised funds", events: []corpus.EventReading{act(corpus.Policy, "SEC", "US")}},
			piece{src: sec, hours: 20, title: "Statement about staking and custody", events: []corpus.EventReading{act(corpus.Policy, "SEC", "US")}}},
		{"two moves of two assets",
			piece{src: wire, title: "Bitcoin falls 5 percent in an hour", events: []corpus.EventReading{{Type: corpus.PriceMove, Assets: []string{"BTC"}}}},
			piece{src: wire, title: "Ether falls 5 percent in an hour", events: []corpus.EventReading{{Type: corpus.PriceMove, Assets: []string{"ETH"}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, swap := range []bool{false, true} {
				s := newScene(t)
				a, b := c.a, c.b
				a.name, b.name = "a", "b"
				if swap {
					a, b = b, a
				}
				outs := s.places(a, b)
				if outs[0].Placement.Events[0] == outs[1].Placement.Events[0] {
					t.Error("taken for one event")
				}
				if outs[0].Placement.Story == outs[1].Placement.Story {
					t.Error("taken for one story")
				}
				if w := outs[1].Placement.Novelty; w.Days != -1 || w.Weight != 1 {
					t.Error("the second is not new:", w)
				}
			}
		})
	}
}

// Pairs that look unlike, and are one happening.
func TestSameHappeningsMeet(t *testing.T) {
	close := time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC)
	consult := act(corpus.RuleProposal, "SFC", "HK")
	consult.CommentsCloseAt = close
	repeals := []corpus.InstrumentReading{{ID: "FIL-7-2025", Issuer: "FDIC", Status: corpus.InstrumentAdopted, Relations: []corpus.Relation{{Kind: corpus.Repeals, To: "FIL-16-2022"}}}, {ID: "FIL-16-2022", Status: corpus.InstrumentRepealed}}
	for _, c := range []struct {
		name string
		a, b piece
	}{
		{"other words, same authority, target and day",
			piece{src: sec, title: "SEC Charges Kraken", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
			piece{src: wire, hours: 4, title: "美国证监会指控加密交易所", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}}},
		{"a ruling told as enforcement",
			piece{src: wire, title: "Judge finds Tornado developer guilty of conspiracy", events: []corpus.EventReading{act(corpus.CourtRuling, "", "US", "Roman Storm")}},
			piece{src: daily, hours: 4, title: "Tornado developer found guilty of conspiracy by jury", events: []corpus.EventReading{act(corpus.Enforcement, "", "US", "Roman Storm")}}},
		{"one instrument, named weeks apart",
			piece{src: fdic, title: "FDIC clarifies process", events: []corpus.EventReading{numbered(act(corpus.Repeal, "FDIC", "US"), "FIL-7-2025", "FIL-16-2022")}, ins: repeals},
			piece{src: wire, hours: 24 * 20, title: "Banks digest the new letter", events: []corpus.EventReading{numbered(act(corpus.Repeal, "FDIC", "US"), "FIL-7-2025", "FIL-16-2022")}, ins: repeals}},
		{"the repealed instrument alone is named",
			piece{src: fdic, title: "FDIC clarifies process", events: []corpus.EventReading{numbered(act(corpus.Repeal, "FDIC", "US"), "FIL-7-2025", "FIL-16-2022")}, ins: repeals},
			piece{src: kuaixun, hours: 24, title: "旧函件废止", events: []corpus.EventReading{numbered(act(corpus.Repeal, "FDIC", "US"), "FIL-16-2022")}, ins: repeals[1:]}},
		{"two languages and one deadline",
			piece{src: wire, title: "SFC consults on custody of virtual assets", events: []corpus.EventReading{consult}},
			piece{src: kuaixun, hours: 8, title: "香港证监会就虚拟资产托管展开咨询", events: []corpus.EventReading{consult}}},
		{"a proposal in similar words",
			piece{src: wire, title: "FCA consults on rules for issuing stablecoins", events: []corpus.EventReading{act(corpus.RuleProposal, "FCA", "GB")}},
			piece{src: daily, hours: 8, title: "UK's FCA opens consultation on stablecoin issuance rules", events: []corpus.EventReading{act(corpus.RuleProposal, "FCA", "GB")}}},
		{"a proposal about one asset, in two languages",
			piece{src: wire, title: "FCA consults on Tether", events: []corpus.EventReading{assets(act(corpus.RuleProposal, "FCA", "GB"), "USDT")}},
			piece{src: kuaixun, hours: 8, title: "英国就泰达币征求意见", events: []corpus.EventReading{assets(act(corpus.RuleProposal, "FCA", "GB"), "USDT")}}},
		{"a purchase with one figure in common",
			piece{src: wire, title: "Ether ETFs draw $533M in a day", events: []corpus.EventReading{assets(corpus.EventReading{Type: corpus.Flows}, "ETH")}},
			piece{src: daily, hours: 5, title: "Ether ETFs draw 533.9 million dollars", events: []corpus.EventReading{assets(corpus.EventReading{Type: corpus.Flows}, "ETH")}}},
		{"a step of a bill in two languages",
			piece{src: wire, title: "House passes GENIUS Act", events: []corpus.EventReading{numbered(act(corpus.Legislation, "Congress", "US"), "S. 1582")}, ins: []corpus.InstrumentReading{{ID: "S. 1582", Status: corpus.InstrumentAdopted}}},
			piece{src: kuaixun, hours: 5, title: "美国众议院通过稳定币法案", events: []corpus.EventReading{numbered(act(corpus.Legislation, "Congress", "US"), "S. 1582")}, ins: []corpus.InstrumentReading{{ID: "S. 1582", Status: corpus.InstrumentAdopted}}}},
		{"one telling without a target",
			piece{src: wire, title: "SEC charges exchange over unregistered staking service", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Kraken")}},
			piece{src: daily, hours: 8, title: "Exchange charged by SEC over unregistered staking", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US")}}},
		{"a listing in two languages",
			piece{src: binance, title: "Binance Will List Aster (ASTER) with Seed Tag Applied", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}},
			piece{src: kuaixun, hours: 1, title: "币安宣布上线新代币", events: []corpus.EventReading{venue(corpus.Listing, "Binance", "ASTER")}}},
		{"an exchange under two spellings",
			piece{src: wire, title: "Gate.io halts withdrawals", events: []corpus.EventReading{venue(corpus.Halt, "Gate.io")}},
			piece{src: kuaixun, hours: 1, title: "交易所暂停提现", events: []corpus.EventReading{venue(corpus.Halt, "gate-io")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, swap := range []bool{false, true} {
				s := newScene(t)
				a, b := c.a, c.b
				a.name, b.name = "a", "b"
				if swap {
					a, b = b, a
				}
				outs := s.places(a, b)
				if outs[0].Placement.Events[0] != outs[1].Placement.Events[0] {
					t.Error("two events")
				}
				if outs[0].Placement.Story != outs[1].Placement.Story {
					t.Error("two stories")
				}
			}
		})
	}
}

// A name alone says that it is the same happening while that is fresh: reports
// in ever other words, a day and a half apart, are a new event every few days.
func TestAHappeningIsNotToldForEver(t *testing.T) {
	s := newScene(t)
	events := map[corpus.EventID]bool{}
	for i := range 20 {
		p := kraken("k"+strconv.Itoa(i), float64(i)*36)
		p.title, p.body = "Report number "+strconv.Itoa(i*1000), strings.Repeat("word"+strconv.Itoa(i)+" ", 9)
		events[s.place(p).Placement.Events[0]] = true
	}
	if len(events) < 6 || len(events) > 8 {
		t.Errorf("thirty days of enforcement against one firm are %d events", len(events))
	}
}

func TestWordsDoNotLeadFromOneHappeningToTheNext(t *testing.T) {
	words := strings.Fields("alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu")
	s := newScene(t)
	events := map[corpus.EventID]bool{}
	for i := 0; i+6 <= len(words); i += 2 {
		p := piece{name: "w" + strconv.Itoa(i), src: corpus.Source{ID: corpus.SourceID("s" + strconv.Itoa(i)), Kind: corpus.SourceMedia}, hours: float64(i),
			title: strings.Join(words[i:i+6], " "), events: []corpus.EventReading{act(corpus.Policy, "SEC", "US")}}
		events[s.place(p).Placement.Events[0]] = true
	}
	if len(events) < 2 {
		t.Error("each headline has words of the one before, none of the first, and all are one event")
	}
}

func TestOneArticleWithSeveralHappenings(t *testing.T) {
	s := newScene(t)
	digest := piece{name: "digest", src: wire, hours: 1, title: "The week in enforcement", events: []corpus.EventReading{
		act(corpus.Enforcement, "SEC", "US", "Kraken"), act(corpus.Enforcement, "SEC", "US", "Bittrex"),
		act(corpus.Enforcement, "SEC", "US", "Kraken"), {Type: corpus.Other}}}
	one := s.place(piece{name: "one", src: sec, title: "SEC Charges Bittrex", events: []corpus.EventReading{act(corpus.Enforcement, "SEC", "US", "Bittrex")}})
	got := s.place(digest).Placement.Events
	if len(got) != 4 || got[0] == got[1] || got[1] != one.Placement.Events[0] || got[2] != got[0] || got[3] != "" {
		t.Error(got)
	}
	if n := len(s.mem.Events()); n != 2 {
		t.Error("events:", n)
	}
}

func TestANoticeThatBansAndRepealsIsOneEvent(t *testing.T) {
	ins := []corpus.InstrumentReading{{ID: "银发〔2026〕42号", Status: corpus.InstrumentInForce, Relations: []corpus.Relation{{Kind: corpus.Repeals, To: "银发〔2021〕237号"}}}, {ID: "银发〔2021〕237号", Status: corpus.InstrumentRepealed}}
	rule, repeal := act(corpus.Prohibition, "PBoC", "CN"), act(corpus.Repeal, "PBoC", "CN")
	rule.Instruments = []corpus.InstrumentID{"银发〔2026〕42号"}
	repeal.Instruments = []corpus.InstrumentID{"银发〔2026〕42号", "银发〔2021〕237号"}
	zh := piece{name: "zh", src: pboc, title: "关于进一步防范虚拟货币风险的通知", events: []corpus.EventReading{rule, repeal}, ins: ins}
	en := piece{name: "en", src: wire, hours: 9, title: "China widens its ban and repeals the notice of 2021", events: []corpus.EventReading{repeal, rule}, ins: ins}
	short := piece{name: "short", src: daily, hours: 12, title: "Beijing bans tokenisation", events: []corpus.EventReading{rule}, ins: ins[:1]}
	for _, order := range [][]piece{{zh, en, short}, {short, en, zh}, {en, zh, short}, {short, zh, en}} {
		s := newScene(t)
		by := map[string][]corpus.EventID{}
		for _, p := range order {
			by[p.name] = s.place(p).Placement.Events
		}
		evs := s.mem.Events()
		if len(evs) != 1 || len(evs[0].Reports) != 3 || by["zh"][0] != by["zh"][1] || by["en"][0] != by["en"][1] {
			t.Fatal(order[0].name, by, len(evs))
		}
		if evs[0].Type != corpus.Prohibition || len(evs[0].Instruments) != 2 {
			t.Error("the authority's main reading says what it is:", evs[0].Type, evs[0].Instruments)
		}
	}
}

func TestPlacingTwiceEqualsOnce(t *testing.T) {
	s := newScene(t)
	var inputs []story.Input
	for _, p := range suit() {
		p.ins = []corpus.InstrumentReading{{ID: "Case 1:26-cv-1", Status: corpus.InstrumentAdopted, Evidence: "x"}}
		inputs = append(inputs, s.input(p))
	}
	var first []story.Outcome
	for _, in := range inputs {
		first = append(first, s.put(in))
	}
	before := s.mem.Events()
	for i, in := range inputs {
		again := s.put(in)
		if len(again.Events)+len(again.Instruments) != 0 {
			t.Error("the second time something was new:", again.Events, again.Instruments)
		}
		if d := cmp.Diff(first[i].Placement, again.Placement, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".At" }, cmp.Ignore())); d != "" {
			t.Error(d)
		}
	}
	if d := cmp.Diff(before, s.mem.Events()); d != "" {
		t.Error(d)
	}
}
