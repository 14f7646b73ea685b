package instrument

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

func FuzzRead(f *testing.F) {
	r := New()
	for _, p := range r.patterns {
		f.Add(p.yes[0][0], "This notice repeals "+p.yes[0][0]+".")
	}
	f.Add("八部门通知", "本通知自发布之日起施行，《关于处置的通知》（银发〔2021〕237号）同时废止。")
	f.Add("FIL-", strings.Repeat("FIL-1-2025 rescinds FIL-2-2024; ", 20))
	f.Add("", "央行等八部门发布通知。《\xe5\x85! 00000000000000000》（银发〔2000〕000号000000000废止000")
	f.Add("\xff号", "〔〔2021〕〕号 (EU) S. \x00")
	f.Fuzz(func(t *testing.T, title, body string) {
		if strings.Contains(title, "\n") {
			return
		}
		d := text.Read(title, body, "")
		got := r.Read(d, corpus.Source{})
		if diff := cmp.Diff(got, r.Read(d, corpus.Source{})); diff != "" {
			t.Fatalf("two readings differ\n%s", diff)
		}
		known := map[corpus.InstrumentID]bool{}
		for _, in := range got {
			if known[in.ID] || in.ID == "" {
				t.Fatalf("identity %q is empty or given twice", in.ID)
			}
			known[in.ID] = true
		}
		for _, in := range got {
			if in.Confidence <= 0 || in.Confidence > 1 || len(in.Mentions) == 0 {
				t.Fatalf("%+v", in)
			}
			if in.Status != corpus.InstrumentUnknown && !strings.Contains(d.Full, in.Evidence) {
				t.Fatalf("evidence %q is not in the text", in.Evidence)
			}
			for _, st := range in.Stated {
				if st.Status.Stage() == 0 || st.Evidence == "" || !strings.Contains(d.Full, st.Evidence) || st.By != "" && !known[st.By] || st.By == in.ID {
					t.Fatalf("statement %+v", st)
				}
			}
			for _, m := range in.Mentions {
				if m.Start < 0 || m.End > len(d.Full) || m.Start >= m.End {
					t.Fatalf("span %v outside the text", m)
				}
			}
			for _, rel := range in.Relations {
				if !known[rel.To] != rel.Unresolved || rel.To == in.ID || rel.Evidence == "" || !strings.Contains(d.Full, rel.Evidence) {
					t.Fatalf("relation %+v", rel)
				}
			}
		}
	})
}

// TestReadIsBounded reads hostile pages: what is kept of them is bounded.
func TestReadIsBounded(t *testing.T) {
	r := New()
	for _, unit := range []string{"FIL-1-2025 rescinds ", "银发〔2021〕1号", "S. 1 ", "(EU) 1/2 ", "Act 2019 The ", "废止", "令第1号", "FIL-1-2025 issued ", "《关于甲的通知》废止", "银发〔2021〕1号废止银发〔2020〕1号，", "“FIL-1-2025”", "will not amend FIL-1-2025, which ", "RIN 1505-AC87, ", "Interpretive Letters 1170, 1171, "} {
		d := text.Read("", strings.Repeat(unit, 20000), "")
		ins := r.Read(d, corpus.Source{})
		if len(ins) > MaxInstruments {
			t.Errorf("%q: %d instruments", unit, len(ins))
		}
		for _, in := range ins {
			if len(in.Mentions) > maxMentions || len(in.Aliases) > maxAliases {
				t.Errorf("%q: %d mentions, %d aliases", unit, len(in.Mentions), len(in.Aliases))
			}
		}
	}
}

func TestIdentities(t *testing.T) {
	r := New()
	for _, c := range []struct {
		id    string
		forms []string
	}{
		{"Regulation (EU) 2023/1114", []string{"MiCA", "MiCAR", "Regulation (EU) 2023/1114", "32023R1114", "Markets in Crypto-Assets", "加密资产市场法规"}},
		{"Pub. L. 119-27", []string{"GENIUS Act", "S. 1582", "Public Law 119-27", "《天才法案》"}},
		{"H.R. 3633", []string{"H.R. 3633", "HR 3633", "CLARITY Act", "《清晰法案》"}},
		{"银发〔2021〕237号", []string{"银发〔2021〕237号", "银发[2021]237号", "银发（2021）237号", "銀發【2021】237號", "Yinfa [2021] No. 237", "Yin Fa (2021) No. 237", "924通知", "9·24通知"}},
		{"SAB 121", []string{"SAB 121", "SAB No. 121", "Staff Accounting Bulletin No. 121", "Staff Accounting Bulletin (SAB) 121"}},
		{"Cap. 656", []string{"Hong Kong's Cap. 656", "Stablecoins Ordinance", "《稳定币条例》", "穩定幣條例"}},
	} {
		for _, f := range c.forms {
			ids := idsOf(r.find(f, corpus.Source{}))
			if !slices.Equal(ids, []string{c.id}) {
				t.Errorf("%q gave %q, want %q", f, ids, c.id)
			}
		}
	}
}

func TestCanonical(t *testing.T) {
	r := New()
	for name, want := range map[string]string{
		"银发[2021]237号": "银发〔2021〕237号", "yin fa [2021] no. 237": "银发〔2021〕237号", "mica": "mica", "MiCA": "Regulation (EU) 2023/1114", "32023R1114": "Regulation (EU) 2023/1114",
		"S. 1582": "Pub. L. 119-27", "OCC Interpretive Letter No. 1174": "OCC IL 1174", "第14178号行政令": "E.O. 14178",
		"the new letter": "the new letter", "SAB 121 and SAB 122": "SAB 121 and SAB 122", "what SAB 121 asked of all the banks": "what SAB 121 asked of all the banks", "": "",
	} {
		if got := r.Canonical(name); got != want {
			t.Errorf("%q gave %q, want %q", name, got, want)
		}
	}
}

func TestIssuerDecidesBetweenReadings(t *testing.T) {
	r := New()
	fca := corpus.Source{Kind: corpus.SourceRegulator, Jurisdiction: "GB", Regulator: "FCA"}
	pra := corpus.Source{Kind: corpus.SourceRegulator, Jurisdiction: "GB", Regulator: "PRA"}
	for _, c := range []struct {
		text string
		src  corpus.Source
		want []string
	}{
		{"See CP25/14 for details.", fca, []string{"FCA CP25/14"}},
		{"See CP25/14 for details.", pra, []string{"PRA CP25/14"}},
		{"See CP25/14 for details.", corpus.Source{}, nil},
		{"The FCA's paper CP25/14, long after the PRA was founded by the Bank of England.", corpus.Source{}, []string{"FCA CP25/14"}},
		{"FIL rose 7-2025", corpus.Source{}, nil},
		{"CVE-2025-0372 affects wallets", corpus.Source{}, nil},
		{"the market cap. 656 billion", corpus.Source{}, nil},
	} {
		if got := idsOf(r.find(c.text, c.src)); !slices.Equal(got, c.want) {
			t.Errorf("%q from %q gave %q, want %q", c.text, c.src.Regulator, got, c.want)
		}
	}
}

func TestTitlesAndDates(t *testing.T) {
	r := New()
	d := text.Read("", "The FDIC issued the “Guide for banks that hold coins” (FIL-7-2025). FIL-7-2025 took effect on March 28, 2025.\n"+
		"《关于规范外汇的通知》（汇发〔2019〕13号）自2019年7月1日起施行。", "")
	ins := r.Read(d, corpus.Source{})
	if len(ins) != 2 {
		t.Fatalf("%d instruments", len(ins))
	}
	if ins[0].Title != "Guide for banks that hold coins" || ins[0].Status != corpus.InstrumentInForce || ins[0].EffectiveAt.Format("2006-01-02") != "2025-03-28" || ins[0].Issuer != "FDIC" {
		t.Errorf("%+v", ins[0])
	}
	if ins[1].Title != "关于规范外汇的通知" || ins[1].Status != corpus.InstrumentInForce || ins[1].EffectiveAt.Format("2006-01-02") != "2019-07-01" || ins[1].Issuer != "SAFE" {
		t.Errorf("%+v", ins[1])
	}
}

// article is a news item of some 600 words, written for this test.
func article() string {
	return strings.Repeat("The agency said on Friday that banks under its supervision may hold coins for customers without asking first. "+
		"FIL-7-2025 rescinds FIL-16-2022, which had asked them to report such plans. In Brussels, the rules known as MiCA apply since December. "+
		"Senators have not yet voted on the CLARITY Act (H.R. 3633), and analysts expect a long debate. "+
		"Bitcoin rose two percent after the news, and shares of exchanges followed. A spokesman declined to comment on the timing of further letters. \n", 6)
}

func BenchmarkHeadline(b *testing.B) { benchmark(b, "FDIC rescinds FIL-16-2022 on crypto activities") }

func Benchmark600Words(b *testing.B) { benchmark(b, article()) }

func Benchmark600WordsWithout(b *testing.B) {
	benchmark(b, strings.Repeat("Bitcoin rose two percent after the news, and shares of exchanges followed while traders waited for data on inflation. ", 33))
}

func benchmark(b *testing.B, s string) {
	r := New()
	d := text.Read("", s, "en")
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		r.Read(d, corpus.Source{})
	}
}
