package story_test

import (
	"testing"

	"github.com/regwire/regwire/corpus"
)

// in returns what an article says of an instrument; titled means that the
// headline names it.
func in(id corpus.InstrumentID, issuer string, st corpus.InstrumentStatus, titled bool) corpus.InstrumentReading {
	r := corpus.InstrumentReading{ID: id, Issuer: issuer, Status: st, Mentions: []corpus.Span{{Start: 300, End: 310}}}
	if titled {
		r.Mentions[0] = corpus.Span{Start: 1, End: 5}
	}
	return r
}

// deep puts an instrument far behind the lead.
func deep(r corpus.InstrumentReading) corpus.InstrumentReading {
	r.Mentions = []corpus.Span{{Start: 4000, End: 4010}}
	return r
}

func stance(s float64, r corpus.EventReading) corpus.EventReading {
	r.Stance = s
	return r
}

func market(kind corpus.EventType, assets ...string) corpus.EventReading {
	return corpus.EventReading{Type: kind, Status: corpus.EventDone, Severity: corpus.SeverityMedium, Confidence: 0.6, Assets: assets}
}

func described(who string, r corpus.EventReading) corpus.EventReading {
	r.Actors = []string{who}
	return r
}

func one(p piece, r corpus.EventReading, ins ...corpus.InstrumentReading) piece {
	p.events, p.ins = []corpus.EventReading{r}, ins
	return p
}

// Tellings in other words, of another type, in another language.
func TestTellingsOfOneHappening(t *testing.T) {
	const law, notice, code = corpus.InstrumentID("Lei 15.042/2026"), corpus.InstrumentID("FSC Notice 2026-14"), corpus.InstrumentID("Cap. 701")
	for _, c := range []struct {
		name string
		a, b piece
	}{
		{"a law signed, by whatever the president is called",
			one(piece{src: wire, title: "Brazil's president signs law on virtual assets"}, numbered(described("president", act(corpus.Legislation, "", "BR")), law), in(law, "Congresso", corpus.InstrumentAdopted, false)),
			one(piece{src: kuaixun, hours: 9, title: "巴西总统签署第15042号虚拟资产法"}, numbered(described("总统", act(corpus.Legislation, "Presidency", "BR")), law), in(law, "Congresso", corpus.InstrumentUnknown, true))},
		{"an ordinance comes into force: a reminder, and licences",
			one(piece{src: corpus.Source{ID: "hk-sfc", Kind: corpus.SourceRegulator, Regulator: "SFC"}, title: "證監會提醒投資者新例今日生效"}, numbered(act(corpus.Warning, "SFC", "HK"), code), in(code, "HK Legislature", corpus.InstrumentInForce, true)),
			one(piece{src: wire, hours: 8, title: "Custodians in Hong Kong need a licence from today"}, numbered(stance(0.5, act(corpus.Licensing, "", "HK")), code), in(code, "HK Legislature", corpus.InstrumentInForce, false))},
		{"a notice told as a rule and as a ban",
			one(piece{src: wire, title: "Korean watchdog issues rules for exchange wallets"}, numbered(act(corpus.RuleFinal, "FSC", "KR"), notice), in(notice, "FSC", corpus.InstrumentAdopted, false)),
			one(piece{src: kuaixun, hours: 20, title: "韩国禁止交易所混用客户资产"}, numbered(act(corpus.Prohibition, "FSC", "KR"), notice), in(notice, "FSC", corpus.InstrumentAdopted, false))},
		{"a notice told as a rule and as policy, in one language",
			one(piece{src: wire, title: "Korean watchdog issues rules for exchange wallets"}, numbered(act(corpus.RuleFinal, "FSC", "KR"), notice), in(notice, "FSC", corpus.InstrumentAdopted, false)),
			one(piece{src: daily, hours: 30, title: "Seoul wants customers' coins kept apart"}, numbered(act(corpus.Policy, "FSC", "KR"), notice), in(notice, "FSC", corpus.InstrumentAdopted, false))},
		{"products approved, and nobody named who did",
			one(piece{src: wire, title: "SFC approves first spot solana funds for listing"}, assets(stance(0.5, act(corpus.Licensing, "SFC", "HK")), "SOL")),
			one(piece{src: daily, hours: 5, title: "Spot solana funds win green light in Hong Kong for listing in May"}, assets(stance(0.5, described("securities regulator", act(corpus.Licensing, "", "HK"))), "SOL"))},
		{"products approved, in two languages, and nobody named who did",
			one(piece{src: wire, title: "Spot solana funds get green light in Hong Kong"}, assets(stance(0.5, act(corpus.Licensing, "", "HK")), "SOL")),
			one(piece{src: kuaixun, hours: 5, title: "香港证监会批准首批现货 SOL 基金"}, assets(stance(0.5, act(corpus.Licensing, "SFC", "HK")), "SOL"))},
		{"a venue warned about, and banned",
			one(piece{src: wire, title: "Dutch central bank warns about unregistered exchange Bitsomething"}, act(corpus.Warning, "DNB", "NL", "Bitsomething")),
			one(piece{src: kuaixun, hours: 6, title: "荷兰央行禁止 Bitsomething 提供服务"}, act(corpus.Prohibition, "DNB", "NL", "Bitsomething"))},
		{"one sum of liquidations, of the market and of a coin",
			one(piece{src: wire, title: "Traders lose $2.3bn in a day of liquidations"}, market(corpus.PriceMove, "BTC")),
			one(piece{src: kuaixun, hours: 4, title: "全网爆仓23亿美元"}, market(corpus.PriceMove))},
		{"one mark passed, in two languages",
			one(piece{src: wire, title: "Ether climbs above $5,000"}, market(corpus.PriceMove, "ETH")),
			one(piece{src: kuaixun, hours: 1, title: "以太坊突破5000美元"}, market(corpus.PriceMove, "ETH"))},
		{"one inflow, in two languages and roundings",
			one(piece{src: wire, title: "Solana funds take in $152 million"}, market(corpus.Flows, "SOL")),
			one(piece{src: kuaixun, hours: 3, title: "SOL 基金净流入1.53亿美元"}, market(corpus.Flows, "SOL"))},
		{"one sum that two houses hardly word alike",
			one(piece{src: wire, title: "Open interest in XRP sheds $2.37 billion, is a crash next"}, market(corpus.Flows, "XRP")),
			one(piece{src: daily, hours: 6, title: "Traders pull back $2.37 billion from XRP open positions"}, market(corpus.Flows, "XRP"))},
		{"an order that is planned, with nobody named but the place and a figure",
			one(piece{src: wire, title: "Order would open 9.2 trillion dollars of pensions to crypto"}, described("president", act(corpus.Policy, "", "US"))),
			one(piece{src: daily, hours: 5, title: "Pensions worth 9.2 trillion dollars may hold crypto, order says"}, described("administration", act(corpus.Policy, "", "US")))},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, c.a, c.b, func(t *testing.T, a, b corpus.EventID) {
				if a != b {
					t.Error("two events")
				}
			})
		})
	}
}

// Pairs with much in common that are two happenings.
func TestTellingsOfTwoHappenings(t *testing.T) {
	const mica, notice, letter = corpus.InstrumentID("Regulation (EU) 2023/1114"), corpus.InstrumentID("银发〔2026〕42号"), corpus.InstrumentID("FIL-7-2025")
	esma := corpus.Source{ID: "esma", Kind: corpus.SourceRegulator, Regulator: "ESMA"}
	repeal := in(notice, "PBoC", corpus.InstrumentAdopted, false)
	for _, c := range []struct {
		name string
		a, b piece
	}{
		{"two papers of a house under one law",
			one(piece{src: esma, title: "ESMA guidelines set criteria for staff of crypto-asset service providers"}, numbered(act(corpus.Guidance, "ESMA", "EU"), mica), in(mica, "EU", corpus.InstrumentAdopted, false)),
			one(piece{src: esma, hours: 26, title: "ESMA review sets out how crypto-asset service providers were authorised"}, numbered(act(corpus.Policy, "ESMA", "EU"), mica), in(mica, "EU", corpus.InstrumentAdopted, false))},
		{"a notice, and the questions and answers on it the same day",
			one(piece{src: wire, title: "China bans tokenisation without licence"}, numbered(act(corpus.Prohibition, "PBoC", "CN"), notice), repeal),
			one(piece{src: pboc, hours: 2, title: "有关负责人就42号文答记者问"}, numbered(act(corpus.Guidance, "PBoC", "CN"), notice), in(notice, "PBoC", corpus.InstrumentAdopted, true))},
		{"a letter, and another paper that recalls it",
			one(piece{src: fdic, title: "FDIC clarifies process for banks"}, numbered(act(corpus.Guidance, "FDIC", "US"), letter), in(letter, "FDIC", corpus.InstrumentAdopted, true)),
			one(piece{src: fdic, hours: 24 * 6, title: "FDIC explains deposit insurance to wallet providers"}, numbered(act(corpus.Guidance, "FDIC", "US"), letter), deep(in(letter, "FDIC", corpus.InstrumentAdopted, false)))},
		{"talk of officials about one law",
			one(piece{src: wire, title: "Treasury chief praises stablecoin law"}, numbered(act(corpus.Policy, "Treasury", "US"), "S. 1582"), deep(in("S. 1582", "Congress", corpus.InstrumentAdopted, false))),
			one(piece{src: daily, hours: 20, title: "Governor doubts that banks will issue coins"}, numbered(act(corpus.Policy, "", "US"), "S. 1582"), deep(in("S. 1582", "Congress", corpus.InstrumentAdopted, false)))},
		{"what is said about rates all day",
			one(piece{src: wire, title: "Fed rate cut hopes dim after Powell speaks on inflation outlook"}, act(corpus.Policy, "Fed", "US")),
			one(piece{src: daily, hours: 20, title: "Governor breaks ranks and wants rate cut in autumn, citing inflation"}, act(corpus.Policy, "Fed", "US"))},
		{"two firms and one round sum",
			one(piece{src: wire, title: "Matador secures $100M facility to expand bitcoin holdings"}, market(corpus.Flows, "BTC")),
			one(piece{src: daily, hours: 20, title: "Volcon starts bitcoin treasury and secures $100M for buybacks"}, market(corpus.Flows, "BTC"))},
		{"up through a price and down again",
			one(piece{src: wire, title: "Bitcoin surges past $118,000 in early trading"}, market(corpus.PriceMove, "BTC")),
			one(piece{src: daily, hours: 7, title: "Bitcoin drops below $118,000 in early trading"}, market(corpus.PriceMove, "BTC"))},
		{"up through a price and down again, in two languages",
			one(piece{src: wire, title: "Bitcoin surges past $118,000"}, market(corpus.PriceMove, "BTC")),
			one(piece{src: kuaixun, hours: 7, title: "比特币跌破11.8万美元"}, market(corpus.PriceMove, "BTC"))},
		{"two days of one fund in one mould",
			one(piece{src: wire, title: "IBIT leads with $522.6M inflow in US spot ETFs on Friday"}, corpus.EventReading{Type: corpus.Flows, Targets: []string{"BlackRock"}, Assets: []string{"BTC"}}),
			one(piece{src: wire, hours: 24, title: "IBIT leads with $496.8M inflow in US spot ETFs on Saturday"}, corpus.EventReading{Type: corpus.Flows, Targets: []string{"BlackRock"}, Assets: []string{"BTC"}})},
		{"two coins of one holder",
			one(piece{src: wire, title: "BlackRock's holdings near a mark amid growing interest"}, corpus.EventReading{Type: corpus.Flows, Targets: []string{"BlackRock"}, Assets: []string{"ETH"}}),
			one(piece{src: daily, hours: 1, title: "BlackRock's holdings may lead amid growing interest"}, corpus.EventReading{Type: corpus.Flows, Targets: []string{"BlackRock"}, Assets: []string{"BTC"}})},
		{"a bankrupt firm in the news again",
			one(piece{src: wire, title: "FTX creditors fight a freeze on claims"}, corpus.EventReading{Type: corpus.Insolvency, Targets: []string{"FTX"}}),
			one(piece{src: daily, hours: 80, title: "September date set for next payout round"}, corpus.EventReading{Type: corpus.Insolvency, Targets: []string{"FTX"}})},
		{"a permission and a refusal on one day",
			one(piece{src: wire, title: "Spot solana funds approved for listing"}, assets(stance(0.5, act(corpus.Licensing, "", "HK")), "SOL")),
			one(piece{src: kuaixun, hours: 5, title: "香港驳回 SOL 基金申请"}, assets(stance(-0.5, act(corpus.Licensing, "SFC", "HK")), "SOL"))},
		{"a warning about one venue and a ban of another",
			one(piece{src: wire, title: "DNB warns about Bitsomething"}, act(corpus.Warning, "DNB", "NL", "Bitsomething")),
			one(piece{src: kuaixun, hours: 6, title: "荷兰央行禁止 Coinother"}, act(corpus.Prohibition, "DNB", "NL", "Coinother"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, c.a, c.b, func(t *testing.T, a, b corpus.EventID) {
				if a == b {
					t.Error("one event")
				}
			})
		})
	}
}

// both places two pieces in either order and hands over their main events.
func both(t *testing.T, a, b piece, check func(*testing.T, corpus.EventID, corpus.EventID)) {
	a.name, b.name = "a", "b"
	for _, order := range [][]piece{{a, b}, {b, a}} {
		outs := newScene(t).places(order...)
		check(t, outs[0].Placement.Events[0], outs[1].Placement.Events[0])
	}
}

func TestStepsOfABillDoNotMeetInAVagueReport(t *testing.T) {
	const bill = corpus.InstrumentID("H.R. 4763")
	told := func(name string, hours float64, title string) piece {
		return one(piece{name: name, src: corpus.Source{ID: corpus.SourceID("src-" + name), Kind: corpus.SourceMedia}, hours: hours, title: title}, numbered(act(corpus.Legislation, "", "US"), bill), in(bill, "Congress", corpus.InstrumentAdopted, true))
	}
	s := newScene(t)
	outs := s.places(
		told("passed", 0, "House passes market structure bill"),
		told("vague", 5, "What H.R. 4763 means for exchanges"),
		told("signed", 24, "President signs market structure bill into law"),
		told("zh", 26, "总统签署市场结构法案"),
	)
	id := func(i int) corpus.EventID { return outs[i].Placement.Events[0] }
	if id(0) != id(1) || id(2) == id(0) || id(3) != id(2) {
		t.Error(id(0), id(1), id(2), id(3))
	}
}

// Readings of one article.
func TestReadingsThatRepeatOneAnother(t *testing.T) {
	const order, revoked = corpus.InstrumentID("E.O. 14999"), corpus.InstrumentID("E.O. 14067")
	ins := []corpus.InstrumentReading{{ID: order, Issuer: "White House", Relations: []corpus.Relation{{Kind: corpus.Repeals, To: revoked}}}, {ID: revoked, Issuer: "White House", Status: corpus.InstrumentRepealed}}
	said := func(sentence string, r corpus.EventReading) corpus.EventReading {
		r.Evidence = []string{sentence}
		return r
	}
	policy := said("The order sets a policy.", numbered(act(corpus.Policy, "White House", "US"), order, revoked))
	policy.Severity = corpus.SeverityMedium
	for _, c := range []struct {
		name   string
		events []corpus.EventReading
		ins    []corpus.InstrumentReading
		want   int // events
		kind   corpus.EventType
	}{
		{"an order that sets a policy and revokes another", []corpus.EventReading{policy, said("It revokes the old one.", numbered(act(corpus.Repeal, "", "US"), revoked))}, ins, 1, corpus.Repeal},
		{"agencies withdraw statements, and say what they think", []corpus.EventReading{said("Agencies withdraw joint statements.", described("agencies", act(corpus.Repeal, "", "US"))), said("Agencies withdraw joint statements.", act(corpus.Policy, "Fed", "US"))}, nil, 1, corpus.Repeal},
		{"a raise to buy coins", []corpus.EventReading{said("MARA raises $850M to buy bitcoin.", corpus.EventReading{Type: corpus.Funding, Targets: []string{"MARA"}}), said("MARA raises $850M to buy bitcoin.", assets(corpus.EventReading{Type: corpus.Flows, Targets: []string{"MARA"}}, "BTC"))}, nil, 1, corpus.Funding},
		{"two authorities in one sentence", []corpus.EventReading{said("The SEC issues guidance and the CFTC a warning.", act(corpus.Guidance, "SEC", "US")), said("The SEC issues guidance and the CFTC a warning.", act(corpus.Warning, "CFTC", "US"))}, nil, 2, corpus.Guidance},
		{"two targets in one sentence", []corpus.EventReading{said("The SEC sues one and settles with the other.", act(corpus.Enforcement, "SEC", "US", "Kraken")), said("The SEC sues one and settles with the other.", act(corpus.CourtRuling, "SEC", "US", "Bittrex"))}, nil, 2, corpus.Enforcement},
		{"a suit, and the price that falls", []corpus.EventReading{said("XRP slides as the SEC sues.", act(corpus.Enforcement, "SEC", "US", "Ripple")), said("XRP slides as the SEC sues.", market(corpus.PriceMove, "XRP"))}, nil, 2, corpus.Enforcement},
		{"a rule, and a chairman who leaves", []corpus.EventReading{said("The chair signs the rule and resigns.", act(corpus.RuleFinal, "SEC", "US")), said("The chair signs the rule and resigns.", act(corpus.Appointment, "SEC", "US"))}, nil, 2, corpus.RuleFinal},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			p := piece{name: "a", src: wire, title: "A headline", events: c.events, ins: c.ins}
			first := s.place(p)
			evs := s.mem.Events()
			if len(evs) != c.want {
				t.Fatalf("%d events, want %d", len(evs), c.want)
			}
			if i := 0; c.want == 1 {
				if evs[i].Type != c.kind || evs[i].Severity.Rank() < corpus.SeverityMedium.Rank() && c.kind.Regulatory() {
					t.Error("it is", evs[i].Type, evs[i].Severity)
				}
			}
			again := s.place(p)
			if len(again.Events) != 0 || again.Placement.Events[0] != first.Placement.Events[0] || again.Placement.Events[1] != first.Placement.Events[1] {
				t.Error("another reading of the same says otherwise:", again.Placement.Events, first.Placement.Events)
			}
		})
	}
}
