package event_test

import (
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// benchmark times the reading of events alone: sentences, entities and
// instruments are found before.
func benchmark(b *testing.B, title, body string) {
	m := newMachine(b)
	d := text.Read(title, body, "")
	ents := m.gazetteer.Find(d, corpus.Source{})
	ins := m.instruments.Read(d, corpus.Source{})
	b.SetBytes(int64(len(d.Full)))
	b.ReportAllocs()
	for b.Loop() {
		m.events.Read(d, ents, ins, corpus.Source{}, published)
	}
}

func BenchmarkChineseNotice(b *testing.B) {
	benchmark(b, "央行等八部门印发通知，防范虚拟货币交易炒作风险", strings.Repeat("中国人民银行会同有关部门发布通知，要求金融机构和支付机构不得为虚拟货币相关业务活动提供账户开立、资金划转和清算结算等服务。"+
		"通知自2026年3月1日起施行，此前发布的有关通知同时废止。社会公众可于3月31日前反馈意见。\n", 12))
}
