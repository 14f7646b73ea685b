package instrument

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// statuses renders what a text states of the status of its instruments, with
// days: "Cap. 656 in-force 2025-08-01".
func statuses(ins []corpus.InstrumentReading) []string {
	var out []string
	for _, in := range ins {
		for _, st := range in.Stated {
			s := string(in.ID) + " " + string(st.Status)
			if !st.EffectiveAt.IsZero() {
				s += st.EffectiveAt.Format(" 2006-01-02")
			}
			if !st.AppliesAt.IsZero() {
				s += st.AppliesAt.Format(" applies 2006-01-02")
			}
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

func TestStatuses(t *testing.T) {
	r := New()
	for _, c := range []struct {
		title, body string
		want        []string
	}{
		{"", "The FDIC issued FIL-7-2025 on March 28, 2025.", []string{"FIL-7-2025 adopted 2025-03-28"}},
		{"FIL-16-2022: Notification of engaging in crypto-related activities", "Financial Institution Letter FIL-16-2022 was issued on April 7, 2022.", []string{"FIL-16-2022 adopted 2022-04-07"}},
		{"", "FIL-7-2025 took effect on 28 March 2025.", []string{"FIL-7-2025 in-force 2025-03-28"}},
		{"", "MiCA entered into force on 29 June 2023 and applies since 30 December 2024.", []string{"Regulation (EU) 2023/1114 in-force 2023-06-29 applies 2024-12-30"}},
		{"", "Regulation (EU) 2023/1114 was adopted on 31 May 2023.", []string{"Regulation (EU) 2023/1114 adopted 2023-05-31"}},
		{"", "The Commission proposed MiCA on 24 September 2020.", []string{"Regulation (EU) 2023/1114 proposed 2020-09-24"}},
		{"", "Hong Kong's Stablecoins Bill was gazetted on 6 December 2024.", []string{"Cap. 656 proposed 2024-12-06"}},
		{"", "The Legislative Council passed the Stablecoins Bill on 21 May 2025.", []string{"Cap. 656 adopted 2025-05-21"}},
		{"", "The Stablecoins Ordinance (Cap. 656) came into force on 1 August 2025.", []string{"Cap. 656 in-force 2025-08-01"}},
		{"", "香港《稳定币条例草案》于2024年12月6日刊宪。", []string{"Cap. 656 proposed 2024-12-06"}},
		{"", "2025年5月21日，香港立法会三读通过《稳定币条例草案》。", []string{"Cap. 656 adopted 2025-05-21"}},
		{"", "《稳定币条例》于2025年8月1日正式生效。", []string{"Cap. 656 in-force 2025-08-01"}},
		{"", "Senators introduced the GENIUS Act (S. 1582) on May 1, 2025.", []string{"Pub. L. 119-27 proposed 2025-05-01"}},
		{"", "The Senate passed the GENIUS Act on June 17, 2025.", []string{"Pub. L. 119-27 proposed"}},
		{"", "The president signed the GENIUS Act into law on July 18, 2025.", []string{"Pub. L. 119-27 adopted 2025-07-18"}},
		{"", "The GENIUS Act became law on 18 July 2025 as Public Law 119-27.", []string{"Pub. L. 119-27 adopted 2025-07-18"}},
		{"", "特朗普于2025年7月18日签署《天才法案》。", []string{"Pub. L. 119-27 adopted 2025-07-18"}},
		{"", "Regulation (EU) 2015/847 is repealed with effect from 30 December 2024.", []string{"Regulation (EU) 2015/847 repealed 2024-12-30"}},
		{"", "《关于规范外汇的通知》（汇发〔2019〕13号）自2019年7月1日起施行。", []string{"汇发〔2019〕13号 in-force 2019-07-01"}},
		{"", "就《虚拟资产管理办法（征求意见稿）》向社会公开征求意见。", []string{"《虚拟资产管理办法（征求意见稿）》 proposed"}},
		{"", "The FCA consulted on FCA CP25/14 in May.", []string{"FCA CP25/14 proposed"}},
		// What is said of something else.
		{"", "ESMA adopted guidelines under MiCA on 1 March 2025.", nil},
		{"", "The exchange published its MiCA white paper and adopted new custody rules.", nil},
		{"", "A firm licensed under MiCA issued a stablecoin in June.", nil},
		{"", "MiCA licences were issued to three firms.", nil},
		{"", "The Treasury proposed GENIUS Act rules on 18 September 2025.", nil},
		{"", "Guidance on the GENIUS Act was published on 1 August 2025.", nil},
		{"", "The bank has adopted a policy that takes MiCA into account; the policy takes effect in May.", nil},
		{"", "八部门发布《关于进一步防范和处置虚拟货币等相关风险的通知》（银发〔2026〕42号）。", []string{"银发〔2026〕42号 adopted"}},
		{"", "银发〔2026〕42号明确，虚拟货币不具有与法定货币等同的法律地位。", nil},
		{"", "某平台根据银发〔2026〕42号发布公告，拟停止服务。", nil},
		{"", "The GENIUS Act will take effect once rules are final.", nil},
		{"", "If the Senate passes it, the CLARITY Act takes effect in 2027.", nil},
		{"", "SAB 121 never took effect for brokers.", nil},
		{"", "H.R. 3633 failed to advance in the Senate.", nil},
		{"", "The Senate has not passed the CLARITY Act.", nil},
	} {
		if diff := cmp.Diff(c.want, statuses(r.Read(text.Read(c.title, c.body, ""), corpus.Source{}))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.body, diff)
		}
	}
}

func TestDaysAreReadAsOfPublication(t *testing.T) {
	r := New()
	published := time.Date(2025, 5, 30, 0, 0, 0, 0, time.UTC)
	ins := r.ReadAt(text.Read("", "The Stablecoins Ordinance will come into force on 1 August.", ""), corpus.Source{}, published)
	if len(ins) != 1 || ins[0].Status != corpus.InstrumentAdopted || ins[0].EffectiveAt.Format("2006-01-02") != "2025-08-01" {
		t.Errorf("%+v", ins)
	}
}
