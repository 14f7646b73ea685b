package event_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

func TestChineseDates(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct{ name, title, body, effective, comments string }{
		{"upon issue", "央行印发虚拟货币管理办法", "本办法自发布之日起施行。", "2026-02-06", ""},
		{"on a day", "央行印发虚拟货币管理办法", "本办法自2026年3月1日起施行。", "2026-03-01", ""},
		{"on a day, traditional", "金管會發布虛擬資產服務辦法", "本辦法自民國115年7月1日施行。", "2026-07-01", ""},
		{"on a day in numerals", "立法會三讀通過穩定幣條例", "條例將於八月一日起實施。", "2026-08-01", ""},
		{"after months", "越南政府颁布数字资产法令", "法令自公布后六个月起施行。", "2026-08-06", ""},
		{"after days", "欧盟公布加密资产实施条例", "条例自刊登之日起第二十日生效。", "2026-02-26", ""},
		{"from a day to another", "韩国金融情报分析院处分Upbit", "自3月7日起至6月6日，新客户不得转出虚拟资产。", "2026-03-07", ""},
		{"of a draft", "央行就虚拟货币管理办法征求意见", "正式稿拟自公布后六个月起施行。", "", ""},
		{"whichever is earlier", "美国总统签署稳定币法案", "法律于签署之日起18个月后或细则发布后120天生效，以较早者为准。", "", ""},
		{"deadline", "央行就虚拟货币管理办法征求意见", "意见反馈截止日期为2026年3月6日。", "", "2026-03-06"},
		{"deadline, traditional", "證監會就託管發牌展開諮詢", "諮詢期於2026年3月6日結束。", "", "2026-03-06"},
		{"days from notice", "金管會預告虛擬資產辦法草案", "各界得於預告翌日起60日內陳述意見。", "", "2026-04-07"},
		{"a deadline to register is none for comments", "金管會發布虛擬資產登記辦法", "業者應於3月31日前提出申請。", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			evs, _ := m.read(c.title, c.body, "zh", corpus.Source{}, published)
			date := func(at time.Time) string {
				if at.IsZero() {
					return ""
				}
				return at.Format(time.DateOnly)
			}
			if diff := cmp.Diff([]string{c.effective, c.comments}, []string{date(evs[0].EffectiveAt), date(evs[0].CommentsCloseAt)}); diff != "" {
				t.Errorf("%s: effective, comments (-want +got)\n%s", evs[0].Type, diff)
			}
		})
	}
}

func TestStatusOfChinese(t *testing.T) {
	m := newMachine(t)
	for title, want := range map[string]corpus.EventStatus{
		"知情人士称美国司法部正调查某交易平台": corpus.EventRumour,
		"傳幣安將收購韓國交易所":        corpus.EventRumour,
		"金管會擬修訂虛擬資產規則":       corpus.EventPlanned,
		"金管會公布虛擬資產規則修正草案":    corpus.EventDone,
		"OKX下周上线新代币":         corpus.EventPlanned,
		"交易所驳斥暂停提币谣言":        corpus.EventDenied,
		"央行宣传虚拟货币风险提示":       corpus.EventDone,
		"SEC工作人员释疑流动性质押":     corpus.EventDone,
	} {
		if evs, _ := m.read(title, "", "zh", corpus.Source{}, published); evs[0].Status != want {
			t.Errorf("%q: %s %s, want %s", title, evs[0].Type, evs[0].Status, want)
		}
	}
}

func TestWhoIsMeantByASharedShortName(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct {
		title, body string
		in          corpus.Jurisdiction
		regulators  []string
	}{
		{"证监会对某虚拟货币平台立案调查", "", "CN", []string{"CSRC"}},
		{"證監會對虛擬資產交易平台採取行動", "香港市民應查閱名單。", "HK", []string{"SFC"}},
		{"巴西证监会警告代币发行风险", "", "BR", []string{"CVM"}},
		{"金管局提醒公众警惕无牌代币平台", "新加坡金融管理局今天说，已收到多宗投诉。", "SG", []string{"MAS"}},
		{"金管局提醒公众警惕无牌代币平台", "", "HK", []string{"HKMA"}},
		{"美证监会起诉代币发行人", "", "US", []string{"SEC"}},
		{"阿斯塔纳金管局注销交易所牌照", "", "KZ", []string{"AFSA"}},
		{"警方破獲虛擬貨幣詐團，查扣新台幣千萬元", "", "TW", []string{}},
		{"警方破獲虛擬資產騙案，涉款千萬港元", "", "HK", []string{}},
		{"警方破获虚拟货币诈骗团伙", "", "CN", []string{}},
		{"欧洲三大监管机构提醒加密资产风险", "", "EU", []string{"EBA", "ESMA", "EIOPA"}},
	} {
		evs, _ := m.read(c.title, c.body, "zh", corpus.Source{}, published)
		if diff := cmp.Diff([]corpus.Jurisdiction{c.in}, evs[0].Jurisdictions); diff != "" {
			t.Errorf("%q: jurisdictions (-want +got)\n%s", c.title, diff)
		}
		if diff := cmp.Diff(c.regulators, evs[0].Regulators); diff != "" {
			t.Errorf("%q: regulators (-want +got)\n%s", c.title, diff)
		}
	}
}
