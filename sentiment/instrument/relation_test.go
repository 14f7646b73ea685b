package instrument

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// say renders what a reading states, one line an instrument that is more than
// mentioned: "FIL-7-2025 repeals FIL-16-2022", "SAB 121 repealed".
func say(ins []corpus.InstrumentReading) []string {
	var out []string
	for _, in := range ins {
		for _, r := range in.Relations {
			out = append(out, string(in.ID)+" "+string(r.Kind)+" "+string(r.To))
		}
		switch in.Status {
		case corpus.InstrumentRepealed, corpus.InstrumentWithdrawn, corpus.InstrumentAmended, corpus.InstrumentProposed:
			out = append(out, string(in.ID)+" "+string(in.Status))
		}
	}
	slices.Sort(out)
	return out
}

func TestRelations(t *testing.T) {
	r := New()
	for _, c := range []struct {
		name, title, body string
		want              []string
	}{
		{"active", "", "FIL-7-2025 rescinds FIL-16-2022.",
			[]string{"FIL-16-2022 repealed", "FIL-7-2025 repeals FIL-16-2022"}},
		{"passive with agent", "", "FIL-16-2022 is rescinded by FIL-7-2025.",
			[]string{"FIL-16-2022 repealed", "FIL-7-2025 repeals FIL-16-2022"}},
		{"passive without agent in a news text", "", "SAB 121 was repealed last week, to the relief of custodians.",
			[]string{"SAB 121 repealed"}},
		{"a person repeals", "", "In January he repealed the accounting bulletin SAB 121.",
			[]string{"SAB 121 repealed"}},
		{"SEC staff rescinds with another", "", "The SEC rescinded SAB 121 through SAB 122.",
			[]string{"SAB 121 repealed", "SAB 122 repeals SAB 121"}},
		{"across sentences", "Banks may hold coins, FDIC says",
			"The agency on Friday issued FIL-7-2025, a letter on procedure. The new letter revokes the duty to notify of 2022 (FIL-16-2022).",
			[]string{"FIL-16-2022 repealed", "FIL-7-2025 repeals FIL-16-2022"}},
		{"agency as subject, own letter named elsewhere", "",
			"The FDIC published FIL-7-2025. With it the agency rescinds its earlier guidance (FIL-16-2022).",
			[]string{"FIL-16-2022 repealed", "FIL-7-2025 repeals FIL-16-2022"}},
		{"notice that repeals another, in translation", "",
			"The central bank's site carries the “Notice of eight bodies on preventing risks of virtual currency (Yinfa [2026] No. 42)”, its newest word.\n" +
				"To all provinces:\nThis notice takes effect on the day it is issued. The “Notice on handling the risks of trading” (Yinfa [2021] No. 237) is hereby repealed.",
			[]string{"银发〔2021〕237号 repealed", "银发〔2026〕42号 repeals 银发〔2021〕237号"}},
		{"Chinese, object first", "八部门关于防范风险的通知",
			"银发〔2026〕42号\n各省、自治区：\n本通知自发布之日起施行，《关于处置炒作风险的通知》（银发〔2021〕237号）同时废止。",
			[]string{"银发〔2021〕237号 repealed", "银发〔2026〕42号 repeals 银发〔2021〕237号"}},
		{"Chinese, active", "", "美国FDIC发布FIL-7-2025，撤销了FIL-16-2022。",
			[]string{"FIL-16-2022 withdrawn", "FIL-7-2025 repeals FIL-16-2022"}},
		{"Chinese list", "人民银行发布2026年第3号：银发〔2026〕50号", "经研究，下列文件予以废止：\n1. 《关于甲的通知》（银发〔2013〕289号）\n2. 《关于乙的通知》（银发〔2017〕10号）\n特此公告。",
			[]string{"银发〔2013〕289号 repealed", "银发〔2017〕10号 repealed", "银发〔2026〕50号 repeals 银发〔2013〕289号", "银发〔2026〕50号 repeals 银发〔2017〕10号"}},
		{"rescinds and reaffirms", "", "OCC Interpretive Letter 1183 rescinds Interpretive Letter 1179 and reaffirms Interpretive Letter 1170 and Interpretive Letter 1172.",
			[]string{"OCC IL 1179 repealed", "OCC IL 1183 cites OCC IL 1170", "OCC IL 1183 cites OCC IL 1172", "OCC IL 1183 repeals OCC IL 1179"}},
		{"remains in effect", "", "FIL-7-2025 was issued; FIL-16-2022 remains in effect.", nil},
		{"negation", "", "SAB 122 does not rescind SAB 121.", nil},
		{"plan", "", "Lawmakers want the SEC to rescind SAB 121.", nil},
		{"proposal", "", "The agency proposes to repeal FIL-16-2022.", nil},
		{"two acts", "", "FIL-7-2025 rescinds FIL-16-2022 and amends FIL-10-2020.",
			[]string{"FIL-10-2020 amended", "FIL-16-2022 repealed", "FIL-7-2025 amends FIL-10-2020", "FIL-7-2025 repeals FIL-16-2022"}},
		{"EU", "", "Regulation (EU) 2015/847 is repealed by Regulation (EU) 2023/1113 from 30 December 2024.",
			[]string{"Regulation (EU) 2015/847 repealed", "Regulation (EU) 2023/1113 repeals Regulation (EU) 2015/847"}},
		{"executive orders", "", "E.O. 14178, signed on Thursday, revokes Executive Order 14067 of 2022.",
			[]string{"E.O. 14067 repealed", "E.O. 14178 repeals E.O. 14067"}},
		{"joint resolution nullifies", "", "H.J. Res. 25 nullified the IRS broker rule, T.D. 10021.",
			[]string{"Pub. L. 119-5 repeals T.D. 10021", "T.D. 10021 repealed"}},
		{"the repealed letter", "", "The revoked FIL-16-2022 asked banks to notify the FDIC first.",
			[]string{"FIL-16-2022 repealed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := text.Read(c.title, c.body, "")
			ins := r.Read(d, corpus.Source{})
			if diff := cmp.Diff(c.want, say(ins)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, in := range ins {
				for _, rel := range in.Relations {
					if !strings.Contains(d.Full, rel.Evidence) || rel.Evidence == "" {
						t.Errorf("evidence %q is not in the text", rel.Evidence)
					}
				}
			}
		})
	}
}

// TestSeeds reads saved pages from the directory named by REGWIRE_SEEDS; the
// pages are not ours to keep here.
func TestSeeds(t *testing.T) {
	dir := os.Getenv("REGWIRE_SEEDS")
	if dir == "" {
		t.Skip("REGWIRE_SEEDS names no directory of saved pages")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	r := New()
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		ins := r.Read(text.Read("", string(b), ""), corpus.Source{})
		got = append(got, say(ins)...)
		for _, in := range ins {
			t.Logf("%s: %s %q %s %q %v %v", filepath.Base(f), in.ID, in.Aliases, in.Issuer, in.Title, in.Status, in.EffectiveAt)
		}
	}
	for _, want := range []string{"FIL-7-2025 repeals FIL-16-2022", "银发〔2026〕42号 repeals 银发〔2021〕237号", "SAB 121 repealed"} {
		if !slices.Contains(got, want) {
			t.Errorf("missing %q in %q", want, got)
		}
	}
}
