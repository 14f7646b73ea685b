package entity

import (
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

func TestReferences(t *testing.T) {
	g := gazetteer(t)
	for _, c := range []struct{ name, title, body, want string }{
		{"a venue", "Binance fined in France", "The exchange denied wrongdoing.", "binance:The exchange"},
		{"in the same sentence", "", "Kraken said the exchange will appeal.", "kraken:the exchange"},
		{"a regulator", "", "BaFin opened a case. The regulator declined to comment.", "de-bafin:The regulator"},
		{"no legislature is a regulator", "", "Congress met. The regulator declined to comment.", ""},
		{"a central bank", "", "The Bank of Japan met. The central bank kept rates.", "jp-boj:The central bank"},
		{"an issuer", "", "Paxos applied for a charter. The issuer said it will wait.", "paxos:The issuer"},
		{"a token, not the stablecoin", "", "Litecoin rose against USDT. The token gained 5%.", "LTC:The token"},
		{"a stablecoin", "", "RLUSD was approved. The stablecoin is issued by Ripple.", "RLUSD:The stablecoin"},
		{"a country", "", "Kenya passed a law. The country has many users.", "KE:The country"},
		{"its founder", "", "Coinbase rose. Its founder sold shares.", "coinbase:Its founder"},
		{"two that fit", "", "Binance and Kraken met. The exchange declined to comment.", ""},
		{"two that fit, one in the title", "Kraken settles", "Binance and Kraken met. The exchange declined to comment.", "kraken:The exchange"},
		{"too long ago", "", "Binance moved. One. Two. Three. Four. The exchange fell silent.", ""},
		{"no noun phrase", "", "Binance moved. The exchange rate fell, the exchange operators met, the exchange of letters ended.", ""},
		{"a name follows", "", "Binance moved. The exchange Kraken did not.", ""},
		{"a stranger between", "", "Coinbase rose, while Acme Ltd. fell on news. The company said nothing.", ""},
		{"plural", "", "Binance moved. The exchanges are calm.", ""},
		{"Chinese venue", "币安遭调查", "该平台否认指控。", "binance:该平台"},
		{"Chinese, traditional", "", "歐易推出新服務。該交易所表示將繼續。", "okx:該交易所"},
		{"Chinese company", "", "比特大陆起诉前员工。该公司要求赔偿。", "bitmain:该公司"},
		{"Chinese token", "", "莱特币今日走高。该代币上涨5%。", "LTC:该代币"},
		{"Chinese founder", "", "币安发表声明，其创始人表示感谢。", "binance:其创始人"},
		{"no reference inside a word", "", "币安发布报告。该行业正在增长，应该公司化。", ""},
		{"nothing named", "", "The exchange fell. 该平台关闭。", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := text.Read(c.title, c.body, "")
			var got []string
			for _, e := range g.Find(d, corpus.Source{}) {
				for _, s := range e.References {
					got = append(got, e.ID+":"+d.Full[s.Start:s.End])
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

func TestReferencesAreNoMentions(t *testing.T) {
	es := gazetteer(t).Find(text.Read("Binance fined", "The exchange denied wrongdoing.", ""), corpus.Source{})
	if len(es) != 1 || len(es[0].Mentions) != 1 || len(es[0].References) != 1 || len(es[0].Spoken()) != 2 {
		t.Fatalf("%+v", es)
	}
}
