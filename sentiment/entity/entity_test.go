package entity

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

func gazetteer(t testing.TB) *Gazetteer {
	t.Helper()
	g, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func found(g *Gazetteer, title, body string, src corpus.Source) []string {
	var out []string
	for _, e := range g.Find(text.Read(title, body, ""), src) {
		out = append(out, e.ID)
	}
	slices.Sort(out)
	return out
}

func TestFind(t *testing.T) {
	g := gazetteer(t)
	for _, c := range []struct {
		name, text string
		src        corpus.Source
		want       string
	}{
		{"longest name wins", "Bitcoin Cash and Ethereum Classic rise, Binance Coin falls", corpus.Source{}, "BCH BNB ETC"},
		{"forks beside the original", "Bitcoin and Bitcoin Cash", corpus.Source{}, "BCH BTC"},
		{"an FDIC letter is not Filecoin", "The FDIC issued FIL-7-2025 on crypto tokens", corpus.Source{}, "market us-fdic"},
		{"an abbreviation being introduced", "The Financial Institution Letter (FIL) on crypto tokens", corpus.Source{}, "market"},
		{"Filecoin by its ticker", "Storage token FIL gains 5%", corpus.Source{}, "FIL"},
		{"words that are tickers", "ONE must not NEAR a LINK to GAS fees, DASH home, SAND castles of crypto", corpus.Source{}, "market"},
		{"cashtags", "$ONE and $LINK up, NEAR/USDT flat, token (GAS) down", corpus.Source{}, "GAS LINK NEAR ONE"},
		{"single letters", "Crypto: options (A) and $W.WW; Wormhole token: $W", corpus.Source{}, "W market"},
		{"currencies are no places", "Bitcoin against the South Korean won and the British pound", corpus.Source{}, "BTC"},
		{"cash ticker beside its name", "Chainlink: LINK holders gain", corpus.Source{}, "LINK"},
		{"US and us", "They told us that in the US it is legal", corpus.Source{}, "US"},
		{"SEC of the US by default", "SEC sues exchange", corpus.Source{}, "us-sec"},
		{"SEC of Thailand", "Thailand says its SEC will act", corpus.Source{}, "TH th-sec"},
		{"SEC from a Philippine source", "SEC flags a platform", corpus.Source{Jurisdiction: "PH"}, "ph-sec"},
		{"the Commission in a release", "The Commission today sued; “the Commission acts”", corpus.Source{Regulator: "SEC", Jurisdiction: "US"}, "us-sec"},
		{"the Commission of Europe", "The European Commission proposed rules. Today the Commission explained.", corpus.Source{}, "eu-ec"},
		{"the Commission of nobody", "He asked the Commission for help", corpus.Source{}, ""},
		{"MAS needs Singapore", "Feliz MAS dinero", corpus.Source{}, ""},
		{"MAS with Singapore", "Singapore: MAS grants licence", corpus.Source{}, "SG sg-mas"},
		{"FSC of Korea and of Taiwan", "South Korea's FSC met", corpus.Source{}, "kr-fsc"},
		{"FSC of Taiwan", "In Taiwan the FSC met", corpus.Source{}, "TW tw-fsc"},
		{"FSC of nobody", "The FSC met", corpus.Source{}, ""},
		{"Fed, not fed", "Fed cuts rates; he fed the cat", corpus.Source{}, "us-fed"},
		{"Treasury yields", "Treasury yields rose; Bitcoin treasury company buys", corpus.Source{}, "BTC"},
		{"Treasury of the US", "Treasury Secretary Bessent said the Treasury will act", corpus.Source{}, "scott-bessent us-treasury"},
		{"UK Treasury", "UK: HM Treasury consults; the Treasury said", corpus.Source{}, "GB gb-hmt"},
		{"ripple effect", "The ripple effect was felt by the SEC", corpus.Source{}, "us-sec"},
		{"Ripple the company", "Ripple wins against SEC as XRP jumps", corpus.Source{}, "XRP ripple us-sec"},
		{"a sandbox is not a token", "FCA opens regulatory sandbox for crypto", corpus.Source{}, "gb-fca market"},
		{"an adjective is not a token", "Stellar results at an avalanche of optimism", corpus.Source{}, ""},
		{"names with crypto context", "Stellar and Avalanche tokens gain", corpus.Source{}, "AVAX XLM"},
		{"addresses are not mentions", "see https://www.binance.com/en/BTC or mail help@kraken.com", corpus.Source{}, ""},
		{"Chinese", "美联储加息预期降温，币安与火币下架莱特币，比特币现金上涨", corpus.Source{}, "BCH LTC binance htx us-fed"},
		{"traditional Chinese", "香港證監會與金管局就穩定幣發聲明，比特幣上漲", corpus.Source{}, "BTC hk-hkma hk-sfc market"},
		{"central banks by country", "日本央行与欧洲央行按兵不动，央行发布通知", corpus.Source{}, "cn-pboc eu-ecb jp-boj"},
		{"the mainland's regulator by default, Hong Kong's by source", "证监会发布通函", corpus.Source{Jurisdiction: "HK"}, "hk-sfc"},
		{"Georgia needs a cue", "Georgia on my mind", corpus.Source{}, ""},
		{"New Jersey is in the US", "New Jersey and New Mexico act", corpus.Source{}, "US"},
		{"surnames after the full name", "Jerome Powell spoke. Powell said no.", corpus.Source{}, "jerome-powell"},
		{"ETH Zurich", "A study by ETH Zurich", corpus.Source{}, ""},
		{"a protocol is a venue and a token", "Uniswap adds chains", corpus.Source{}, "UNI uniswap"},
		{"capitals", "BINANCE HALTS BITCOIN WITHDRAWALS", corpus.Source{}, "BTC binance"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(found(g, "", c.text, c.src), " ")
			if got != c.want {
				t.Errorf("%q: got %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestMentionsPointIntoTheText(t *testing.T) {
	g := gazetteer(t)
	d := text.Read("ＢＴＣ falls", "Bitcoin (BTC) fell.\n比特幣下跌", "")
	es := g.Find(d, corpus.Source{})
	if len(es) != 1 {
		t.Fatalf("found %v", es)
	}
	var got []string
	for _, m := range es[0].Mentions {
		got = append(got, d.Full[m.Start:m.End])
	}
	if diff := cmp.Diff([]string{"ＢＴＣ", "Bitcoin", "BTC", "比特幣"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRelevance(t *testing.T) {
	g := gazetteer(t)
	body := "Bitcoin slid. Bitcoin holders sold bitcoin.\n" + strings.Repeat("More words follow here and there. ", 60) + "\nLitecoin was flat."
	rel := map[string]float64{}
	for _, e := range g.Find(text.Read("Bitcoin falls after SEC ruling", body, ""), corpus.Source{}) {
		rel[e.ID] = e.Relevance
	}
	if !(rel["BTC"] > 0.8 && rel["us-sec"] > 0.5 && rel["us-sec"] < rel["BTC"] && rel["LTC"] < 0.3) {
		t.Errorf("relevance %v", rel)
	}
}

func TestAddedDefinitions(t *testing.T) {
	g, err := New(
		Definition{Kind: corpus.EntityOrganisation, ID: "acme", Name: "Acme Custody", Aliases: []string{"acme custody"}},
		Definition{Kind: corpus.EntityAsset, ID: "BTC", Aliases: []string{"orange coin"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(found(g, "", "ACME Custody holds orange coin", corpus.Source{}), " "); got != "BTC acme" {
		t.Errorf("got %q", got)
	}
	_, err = New(Definition{Kind: "planet", ID: "x", Aliases: []string{"x"}}, Definition{Kind: corpus.EntityPerson, ID: "y"})
	if !errors.Is(err, ErrDefinition) || !strings.Contains(err.Error(), "planet") || !strings.Contains(err.Error(), `"y"`) {
		t.Errorf("both definitions should be refused: %v", err)
	}
}

func TestLookup(t *testing.T) {
	g := gazetteer(t)
	for name, want := range map[string]string{"bitcoin": "BTC", "XRP": "XRP", "link": "LINK", "stellar": "XLM", "币安": "binance", "Reliance": ""} {
		got := ""
		if es := g.Lookup(name); len(es) > 0 {
			got = es[0].ID
		}
		if got != want {
			t.Errorf("Lookup(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestData checks the data files: an origin and a review date, known codes,
// no name that would mean two things of one kind without a policy.
func TestData(t *testing.T) {
	files, err := fs.Glob(dataFiles, "data/*.csv")
	if err != nil || len(files) != 11 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		b, _ := fs.ReadFile(dataFiles, f)
		if head, _, _ := strings.Cut(string(b), "\n"+strings.TrimLeft(string(b), "#")); !strings.Contains(head, "Origin: ") || !regexp.MustCompile(`Reviewed \d{4}-\d\d-\d\d`).MatchString(head) {
			t.Errorf("%s: no origin or review date in its header", f)
		}
		r := csv.NewReader(strings.NewReader(string(b)))
		r.Comment = '#'
		if _, err := r.ReadAll(); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}

	defs, _, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	codes := map[corpus.Jurisdiction]bool{"": true, "INTL": true}
	for _, d := range defs {
		if d.Kind == corpus.EntityJurisdiction {
			codes[corpus.Jurisdiction(d.ID)] = true
		}
	}
	type key struct {
		kind corpus.EntityKind
		form string
	}
	owner := map[key]string{}
	ids := map[key]bool{}
	for _, d := range defs {
		if err := d.validate(); err != nil {
			t.Error(err)
		}
		if !codes[d.Jurisdiction] {
			t.Errorf("%s %s: unknown jurisdiction %q", d.Kind, d.ID, d.Jurisdiction)
		}
		if k := (key{d.Kind, d.ID}); ids[k] && d.Kind != corpus.EntityMarket {
			t.Errorf("%s %s is defined twice", d.Kind, d.ID)
		} else {
			ids[k] = true
		}
		if d.Kind == corpus.EntityJurisdiction && !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(d.ID) {
			t.Errorf("jurisdiction %q is no code", d.ID)
		}
		for _, a := range slices.Concat(d.Aliases, d.Exact) {
			k := key{d.Kind, text.FoldString(a)}
			if o, taken := owner[k]; taken && o != d.ID {
				t.Errorf("%s %q means both %s and %s: guard one of them", d.Kind, a, o, d.ID)
			}
			owner[k] = d.ID
			if strings.TrimSpace(a) != a {
				t.Errorf("%s: space around %q", d.ID, a)
			}
		}
		for _, a := range d.Aliases {
			if r := []rune(a); len(r) == 1 && a != "₿" {
				t.Errorf("%s: %q alone is no name", d.ID, a)
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("Bitcoin (BTC) falls", "$ONE, NEAR/USDT and the Commission\n比特幣", "US")
	f.Add("", "FIL-7-2025 (FIL", "")
	g := gazetteer(f)
	f.Fuzz(func(t *testing.T, title, body, place string) {
		d := text.Read(title, body, "")
		src := corpus.Source{Jurisdiction: corpus.Jurisdiction(place)}
		es := g.Find(d, src)
		last := 2.0
		for _, e := range es {
			if e.Relevance <= 0 || e.Relevance > 1 || e.Relevance > last {
				t.Fatalf("%s: relevance %v after %v", e.ID, e.Relevance, last)
			}
			last = e.Relevance
			for _, m := range e.Mentions {
				if m.Start < 0 || m.End > len(d.Full) || m.Start >= m.End {
					t.Fatalf("%s: mention %v", e.ID, m)
				}
			}
		}
		if diff := cmp.Diff(es, g.Find(d, src)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// BenchmarkFind finds in 60 KB of mixed text, beside the bare walk of the
// matcher.
func BenchmarkFind(b *testing.B) {
	g := gazetteer(b)
	para := "The U.S. Securities and Exchange Commission on Monday approved rules for Bitcoin and other digital assets, according to people familiar with the matter. " +
		"Traders in Singapore expected the decision to lift prices, while analysts warned that liquidity remains thin and that several venues may have to register. " +
		"The central bank said that it would publish a further notice before the end of the year and asked for comments from the public.\n"
	d := text.Read("SEC approves rules", strings.Repeat(para, 60<<10/len(para)), "en")
	b.Run("gazetteer", func(b *testing.B) {
		b.SetBytes(int64(len(d.Full)))
		for b.Loop() {
			g.Find(d, corpus.Source{})
		}
	})
	b.Run("matcher", func(b *testing.B) {
		b.SetBytes(int64(len(d.Full)))
		for b.Loop() {
			g.matcher.Find(d.Full, 0, len(d.Full), func(_, _, _ int) bool { return true })
		}
	})
	b.Run("New", func(b *testing.B) {
		for b.Loop() {
			gazetteer(b)
		}
	})
}
