package event_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

var published = time.Date(2026, 2, 6, 9, 30, 0, 0, time.UTC)

func TestNoticeThatRepealsAnother(t *testing.T) {
	m := newMachine(t)
	evs, regulatory := m.read("Central bank and seven departments issue notice on virtual currency",
		"China's central bank today published the “Notice of eight departments on risks of virtual currency (Yinfa [2026] No. 42)”.\n"+
			"Stablecoins pegged to the yuan may not be issued abroad without consent.\n"+
			"This notice takes effect on the day of its issuance. The “Notice on handling the risks of trading” (Yinfa [2021] No. 237) is hereby repealed.",
		"en", corpus.Source{}, published)
	if !regulatory {
		t.Error("not regulatory")
	}
	if evs[0].Type != corpus.RuleFinal || evs[0].Stance >= 0 || !slices.Equal(evs[0].Jurisdictions, []corpus.Jurisdiction{"CN"}) {
		t.Errorf("main event %+v", evs[0])
	}
	if !slices.Contains(evs[0].Regulators, "PBoC") || !slices.Contains(evs[0].Instruments, "银发〔2026〕42号") {
		t.Errorf("regulators %v, instruments %v", evs[0].Regulators, evs[0].Instruments)
	}
	i := slices.IndexFunc(evs, func(e corpus.EventReading) bool { return e.Type == corpus.Repeal })
	if i < 0 {
		t.Fatalf("no repeal in %+v", evs)
	}
	if diff := cmp.Diff([]corpus.InstrumentID{"银发〔2026〕42号", "银发〔2021〕237号"}, evs[i].Instruments); diff != "" {
		t.Errorf("instruments of the repeal (-want +got)\n%s", diff)
	}
}

func TestFurtherHappeningOfTheHeadline(t *testing.T) {
	m := newMachine(t)
	evs, regulatory := m.read("Bitcoin slides below $60,000 after SEC sues Binance", "", "en", corpus.Source{}, published)
	if !regulatory || len(evs) < 2 || evs[0].Type != corpus.PriceMove || evs[1].Type != corpus.Enforcement {
		t.Fatalf("regulatory %v, events %+v", regulatory, evs)
	}
	if diff := cmp.Diff([]string{"SEC"}, evs[1].Regulators); diff != "" {
		t.Errorf("regulators (-want +got)\n%s", diff)
	}
	if len(evs[0].Jurisdictions) != 0 {
		t.Errorf("the price has jurisdictions %v", evs[0].Jurisdictions)
	}
}

func TestAsideIsNotRegulatory(t *testing.T) {
	m := newMachine(t)
	for _, title := range []string{
		"Bitcoin treads water amid regulatory pressure",
		"Bitcoin treasury company adds 300 coins",
		"Trump Media buys $2 billion of bitcoin",
		"Former SEC chair joins venture fund",
		"Bitcoin price prediction: what if the SEC approves every fund?",
		"Vanguard president expects weak stock returns",
	} {
		if evs, regulatory := m.read(title, "", "en", corpus.Source{}, published); regulatory {
			t.Errorf("%q: regulatory, %s", title, evs[0].Type)
		}
	}
}

func TestSourceCompletesWhoActs(t *testing.T) {
	m := newMachine(t)
	src := corpus.Source{ID: "gb-fca", Kind: corpus.SourceRegulator, Jurisdiction: "GB", Regulator: "FCA"}
	evs, regulatory := m.read("Consultation on new rules for stablecoin issuers", "We are asking for views by 30 June.", "en", src, published)
	e := evs[0]
	if !regulatory || e.Type != corpus.RuleProposal {
		t.Fatalf("regulatory %v, %s", regulatory, e.Type)
	}
	if diff := cmp.Diff([]corpus.Jurisdiction{"GB"}, e.Jurisdictions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"FCA"}, e.Regulators); diff != "" {
		t.Error(diff)
	}
	if got := e.CommentsCloseAt.Format(time.DateOnly); got != "2026-06-30" {
		t.Errorf("comments close %s", got)
	}
}

func TestDates(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct{ name, title, body, effective, comments string }{
		{"absolute", "HKMA finalises stablecoin rules", "The regime takes effect on 1 August 2026.", "2026-08-01", ""},
		{"upon issuance", "PBoC issues notice on virtual currency", "This notice takes effect upon issuance.", "2026-02-06", ""},
		{"Chinese, upon issuance", "央行发布关于虚拟货币风险的通知", "本通知自发布之日起施行。", "2026-02-06", ""},
		{"Chinese, dated", "香港金管局发布稳定币监管指引", "指引自2026年8月1日起生效。", "2026-08-01", ""},
		{"days after publication", "SEC adopts custody rule", "The rule becomes effective 60 days after publication in the Federal Register.", "2026-04-07", ""},
		{"spelled out, in force", "Kenya gazettes virtual asset regulations", "The regulations come into operation fourteen days after publication in the Gazette.", "2026-02-20", ""},
		{"ordinal", "Commission adopts delegated regulation on white papers", "It shall enter into force on the twentieth day following that of its publication in the Official Journal.", "2026-02-26", ""},
		{"a duty from a day", "MAS adopts rules for token service providers", "From 30 June 2026, providers must hold a licence.", "2026-06-30", ""},
		{"a day that has passed", "MAS adopts rules for token service providers", "The text differs from 30 June 2025 in one word.", "", ""},
		{"a consultation's length is not its end", "EBA launches consultation on redemption plans", "The consultation runs for three months. Contributions can be submitted until 6 June 2026.", "", "2026-06-06"},
		{"comment period", "SEC proposes custody rule", "The public comment period will remain open for 60 days following publication.", "", "2026-04-07"},
		{"comments by a day", "FinCEN proposes rule on mixers", "Comments must be received on or before June 9, 2026.", "", "2026-06-09"},
		{"Chinese deadline", "证监会就代币化证券规则征求意见", "意见反馈截止时间为2026年3月6日。", "", "2026-03-06"},
		{"none", "SEC sues exchange", "The complaint was filed on Monday.", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			evs, _ := m.read(c.title, c.body, "", corpus.Source{}, published)
			date := func(at time.Time) string {
				if at.IsZero() {
					return ""
				}
				return at.Format(time.DateOnly)
			}
			if diff := cmp.Diff([]string{c.effective, c.comments}, []string{date(evs[0].EffectiveAt), date(evs[0].CommentsCloseAt)}); diff != "" {
				t.Errorf("effective, comments (-want +got)\n%s", diff)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	m := newMachine(t)
	for title, want := range map[string]corpus.EventStatus{
		"SEC sues crypto exchange":                              corpus.EventDone,
		"Binance will delist four tokens":                       corpus.EventPlanned,
		"Binance denies it will halt withdrawals":               corpus.EventDenied,
		"Kraken reportedly in talks to buy rival exchange":      corpus.EventRumour,
		"币安否认暂停提币传闻":                                            corpus.EventDenied,
		"Judge refuses to dismiss SEC suit against exchange":    corpus.EventDone,
		"Court denied bail to mixer developer":                  corpus.EventDone,
		"Regulator weighing stablecoin cap, sources say":        corpus.EventRumour,
		"Startup pays $3 million to settle CFTC charges":        corpus.EventDone,
		"Russia to ban crypto mining in ten regions until 2031": corpus.EventPlanned,
	} {
		if evs, _ := m.read(title, "", "", corpus.Source{}, published); evs[0].Status != want {
			t.Errorf("%q: %s %s, want %s", title, evs[0].Type, evs[0].Status, want)
		}
	}
}

func TestSeverity(t *testing.T) {
	m := newMachine(t)
	for title, want := range map[string]corpus.Severity{
		"Bybit loses $1.5 billion in record heist":                        corpus.SeverityCritical,
		"China's central bank declares all crypto transactions illegal":   corpus.SeverityCritical,
		"Binance adds spot trading for new coin":                          corpus.SeverityLow,
		"OKX suspends withdrawals":                                        corpus.SeverityHigh,
		"SEC sues Binance over unregistered token sales":                  corpus.SeverityHigh,
		"Binance to carry out scheduled system maintenance on Tuesday":    corpus.SeverityLow,
		"Attackers drain $44 million from CoinDCX wallet":                 corpus.SeverityMedium,
		"Trump signs stablecoin bill into law":                            corpus.SeverityHigh,
		"BlackRock files for staked ether ETF":                            corpus.SeverityLow,
		"FCA fines payments firm £3.5m for serving risky crypto accounts": corpus.SeverityMedium,
	} {
		if evs, _ := m.read(title, "", "", corpus.Source{}, published); evs[0].Severity != want {
			t.Errorf("%q: %s %s, want %s", title, evs[0].Type, evs[0].Severity, want)
		}
	}
}

func TestEmptyTextHasNoEvents(t *testing.T) {
	m := newMachine(t)
	if evs, regulatory := m.read("", " \n ", "", corpus.Source{}, published); len(evs) != 0 || regulatory {
		t.Errorf("%v %v", evs, regulatory)
	}
}

// article is a news item of some 600 words, written for this test.
func article() (title, body string) {
	title = "SEC sues exchange over unregistered tokens as Senate weighs market bill"
	para := "The Securities and Exchange Commission filed a complaint in a New York court on Tuesday against a trading platform " +
		"that it says offered unregistered securities to retail customers. The agency seeks penalties and an injunction. " +
		"A spokeswoman for the company said it had asked for clear rules for years and would defend itself. " +
		"Bitcoin fell 3% to $60,100 after the news, while ether held above $3,000. Lawmakers are debating the CLARITY Act (H.R. 3633), " +
		"which would give the CFTC more power over spot markets. FIL-7-2025, a letter of the FDIC, rescinded FIL-16-2022 last year. "
	return title, strings.Repeat(para+"\n", 6)
}

func FuzzRead(f *testing.F) {
	m := newMachine(f)
	f.Add("SEC sues Binance", "The complaint was filed on Monday.", int64(0))
	f.Add("", "央行等八部门发布通知。《关于防范的通知》（银发〔2021〕237号）同时废止。", int64(1770000000))
	f.Add("Bitcoin : ; ? as after $ % — ", "\xff\xfe$$$ 3.5bn", int64(-1))
	title, body := article()
	f.Add(title, body, int64(1770000000))
	f.Fuzz(func(t *testing.T, title, body string, unix int64) {
		if strings.Contains(title, "\n") {
			return
		}
		at := time.Unix(unix%1e11, 0)
		evs, regulatory := m.read(title, body, "", corpus.Source{}, at)
		again, twice := m.read(title, body, "", corpus.Source{}, at)
		if diff := cmp.Diff(evs, again); diff != "" || regulatory != twice {
			t.Fatalf("two readings differ\n%s", diff)
		}
		full := corpus.Text{Title: title, Body: body}.Full()
		for _, e := range evs {
			if e.Stance < -1 || e.Stance > 1 || e.Confidence < 0 || e.Confidence > 1 || e.Severity.Rank() < 0 {
				t.Fatalf("out of range: %+v", e)
			}
			if !slices.Contains(corpus.EventTypes(), e.Type) || len(e.Evidence) == 0 {
				t.Fatalf("type %q, evidence %q", e.Type, e.Evidence)
			}
			for _, s := range e.Evidence {
				if !strings.Contains(full, s) {
					t.Fatalf("evidence %q is not in the text", s)
				}
			}
		}
	})
}

func BenchmarkHeadline(b *testing.B) {
	benchmark(b, "SEC sues Binance over unregistered token sales", "")
}

func Benchmark600Words(b *testing.B) {
	title, body := article()
	benchmark(b, title, body)
}
