package event_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

func TestPublisherStandsBeforeItsHeadline(t *testing.T) {
	sec := corpus.Source{Kind: corpus.SourceRegulator, Jurisdiction: "US", Regulator: "SEC"}
	okx := corpus.Source{Kind: corpus.SourceExchange, Jurisdiction: "INTL", Exchange: "OKX"}
	staff := "The Division of Corporation Finance is sharing its view on meme coins. Transactions in them do not involve the sale of securities."
	for _, c := range []struct {
		name, title, body string
		src               corpus.Source
		want              corpus.EventType
		regulatory        bool
		sign              string
	}{
		{"staff statement", "Staff statement on meme coins", staff, sec, corpus.Guidance, true, "1"},
		{"the same without a source", "Staff statement on meme coins", staff, corpus.Source{}, corpus.Guidance, true, "1"},
		{"questions and answers", "Frequently asked questions on custody", "", sec, corpus.Guidance, true, "0"},
		{"market words", "Launch of a new crypto unit", "", sec, corpus.Policy, true, "0"},
		{"notice of a venue", "Notice to customers in India on closing accounts", "", okx, corpus.Halt, false, "0"},
		{"the same in the press", "Notice to customers on closing accounts", "", corpus.Source{}, corpus.Other, false, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			evs, regulatory := newMachine(t).read(c.title, c.body, "en", c.src, published)
			e := evs[0]
			if e.Type != c.want || regulatory != c.regulatory || signOf(e.Stance) != c.sign {
				t.Errorf("%s, regulatory %v, stance %+.1f", e.Type, regulatory, e.Stance)
			}
			if c.regulatory && (!slices.Equal(e.Jurisdictions, []corpus.Jurisdiction{"US"}) || !slices.Contains(e.Regulators, "SEC")) {
				t.Errorf("%v %v", e.Jurisdictions, e.Regulators)
			}
			if c.want == corpus.Halt && !slices.Contains(e.Exchanges, "OKX") {
				t.Errorf("exchanges %v", e.Exchanges)
			}
			if slices.Contains(e.Evidence, "") {
				t.Errorf("evidence %q", e.Evidence)
			}
		})
	}
}

func TestHeadingTellsAFurtherHappening(t *testing.T) {
	filler := "The exchange grew quickly in those years and moved its staff from country to country. Users came from everywhere."
	for heading, want := range map[string]corpus.EventType{
		"Binance and its founder were sued by the CFTC": corpus.Enforcement,
		"OKX suspends withdrawals":                      corpus.Halt,
		"How Binance works":                             "",
		"The CFTC may sue Binance":                      "",
	} {
		body := strings.Repeat(filler+"\n", 3) + heading + "\n" + filler
		evs, _ := newMachine(t).read("An introduction to Binance and its users", body, "en", corpus.Source{}, published)
		var got corpus.EventType
		for _, e := range evs[1:] {
			got = e.Type
			if !slices.Equal(e.Evidence, []string{heading}) {
				t.Errorf("%s: evidence %q", heading, e.Evidence)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", heading, got, want)
		}
	}
}

func TestNoticeThatCarriesItsNumberIsTheRepeal(t *testing.T) {
	evs, _ := newMachine(t).read("八部门关于进一步防范虚拟货币风险的通知（银发〔2026〕42号）",
		"虚拟货币相关业务活动属于非法金融活动，一律严格禁止。\n本通知自发布之日起施行。《关于防范的通知》（银发〔2021〕237号）同时废止。", "zh", corpus.Source{}, published)
	if e := evs[0]; e.Type != corpus.Repeal || e.Stance >= 0 || len(e.Instruments) != 2 {
		t.Errorf("main event %+v", e)
	}
}

func TestBoilerplateIsNoEvidence(t *testing.T) {
	evs, _ := newMachine(t).read("Kraken lists new token", "Kraken lists new token for traders in Europe.\nThe post Kraken lists new token appeared first on Some Site.", "en", corpus.Source{}, published)
	for _, s := range evs[0].Evidence {
		if strings.Contains(s, "appeared first") {
			t.Errorf("evidence %q", s)
		}
	}
}

func TestOneActIsOneEvent(t *testing.T) {
	m := newMachine(t)
	for title, want := range map[string]int{
		"South Korea's FIU bars Upbit from onboarding new users":   1,
		"SEC staff rescinds accounting bulletin on custody":        1,
		"Bitcoin rises after White House warnings":                 1,
		"Bitcoin slides below $60,000 after SEC sues Binance":      2,
		"SEC drops case against Coinbase, proposes new token rule": 2,
	} {
		if evs, _ := m.read(title, "", "en", corpus.Source{}, published); len(evs) != want {
			t.Errorf("%s: %d events: %+v", title, len(evs), evs)
		}
	}
}

// The model speaks where the cues are poor, and never turns an authority's
// plain act, or a document, into something else.
func TestSecondOpinion(t *testing.T) {
	for title, want := range map[string]corpus.EventType{
		"SEC sues Binance as bitcoin slides 5%": corpus.Enforcement,
		"八部门关于进一步防范虚拟货币风险的通知（银发〔2026〕42号）":      corpus.Prohibition,
	} {
		evs, _ := newMachine(t).read(title, "", "", corpus.Source{}, published)
		if len(evs) == 0 || evs[0].Type != want {
			t.Errorf("%s: %+v, want %s", title, evs, want)
		}
	}
}
