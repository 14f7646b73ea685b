package polarity

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// TestChineseSigns has a line for each thing that Chinese says its own way.
func TestChineseSigns(t *testing.T) {
	s := scorer(t)
	for _, c := range []struct {
		what, target, text string
		sign               float64
	}{
		{"usage", "", "平台暴雷", -1},
		{"usage", "", "庄家割韭菜", -1},
		{"usage", "", "币价承压", -1},
		{"usage", "", "机构抢筹", 1},
		{"usage", "", "价格站稳关口", 1},
		{"usage", "", "多头爆仓", -1},
		{"usage", "", "空头爆仓", 1},
		{"usage", "", "稳定币脱锚", -1},
		{"usage", "", "利好出尽", -1},
		{"usage", "", "利空出尽", 1},
		{"what moves decides", "", "加息预期降温", 1},
		{"what moves decides", "", "抛压减轻", 1},
		{"what moves decides", "", "买盘减弱", -1},
		{"what moves decides", "", "跌幅收窄", 1},
		{"what moves decides", "", "涨幅收窄", -1},
		{"what moves decides", "", "资金流出放缓", 1},
		{"what moves decides", "", "手续费降至新低", 1},
		{"negation", "", "并未上涨", -1},
		{"negation", "", "矿工并未恐慌抛售", 1},
		{"negation", "", "监管机构不予批准", -1},
		{"negation", "", "没有牌照", 0},
		{"failure", "", "发行方未能按时提交报告", -1},
		{"denial", "", "公司否认亏损", 0},
		{"who does it", "甲公司", "证监会起诉甲公司", -1},
		{"who does it", "证监会", "证监会起诉甲公司", 0},
		{"object before the verb", "甲公司", "证监会对甲公司提起诉讼", -1},
		{"object before the verb", "证监会", "证监会对甲公司提起诉讼", 0},
		{"object before the verb", "甲公司", "检方把甲公司告上法庭", -1},
		{"object before the verb", "检方", "检方把甲公司告上法庭", 0},
		{"passive", "甲公司", "甲公司被证监会起诉", -1},
		{"passive", "证监会", "甲公司被证监会起诉", 0},
		{"passive", "甲公司", "甲公司遭黑客攻击", -1},
		{"end of something bad", "甲公司", "法院撤销对甲公司的洗钱指控", 1},
		{"end of something bad", "", "针对平台的调查终止", 1},
		{"end of something bad", "", "解除禁令", 1},
		{"end of something good", "", "停止增持", -1},
		{"refusal", "", "驳回牌照申请", -1},
		{"remedy", "", "黑客退还全部赃款", 1},
		{"remedy", "", "当局放宽限制", 1},
		{"reason", "", "法官以缺乏证据为由撤销诉讼", 1},
		{"condition", "", "若跌破支撑，价格可能上涨", 1},
		{"concession", "", "尽管遭遇抛售，价格大涨", 1},
		{"turn", "", "坏消息不断，价格仍上涨", 1},
		{"two sides", "甲币", "甲币上涨，乙币却下跌", 1},
		{"two sides", "乙币", "甲币上涨，乙币却下跌", -1},
		{"two sides", "甲链", "甲链超越乙链", 1},
		{"two sides", "乙链", "甲链超越乙链", -1},
		{"two sides", "甲链", "甲链不敌乙链", -1},
		{"two sides", "乙链", "甲链不敌乙链", 1},
		{"topic goes on", "甲公司", "甲公司公布业绩，大幅亏损", -1},
		{"space for a comma", "乙币", "甲币暴跌 乙币逆势走强", 1},
		{"space for a comma", "甲币", "甲币暴跌 乙币逆势走强", -1},
		{"name of good words", "利好链", "利好链暴跌", -1},
		{"papers", "", "平台就爆仓通知机制发布说明", 0},
		{"papers", "", "公司发布加密犯罪报告", 0},
		{"papers", "", "平台发布公告称遭黑客攻击", -1},
		{"compound", "", "公司公布调查问卷", 0},
		{"compound", "", "清算人会议", 0},
		{"compound", "", "反洗钱培训", 0},
	} {
		d := &text.Document{Full: c.text, Lang: "zh", Sentences: []text.Sentence{{End: len(c.text)}}}
		r := s.Read(d, others(d, "甲币", "乙币", "甲链", "乙链"))
		sum := 0.0
		ms := Mentions(d, c.target)
		for _, it := range r.sentences[0].items {
			if it.value == 0 {
				continue
			}
			if len(ms) == 0 {
				sum += it.value
			} else {
				sum += it.value * r.relation(&r.sentences[0], it, ms)
			}
		}
		if c.sign == 0 && math.Abs(sum) > 0.115 || c.sign != 0 && sum*c.sign <= 0.115 {
			t.Errorf("%s: %q for %q: %+.2f, want sign %+.0f", c.what, c.text, c.target, sum, c.sign)
		}
	}
}

// others are entities of these names in a text.
func others(d *text.Document, names ...string) []corpus.Entity {
	var out []corpus.Entity
	for _, n := range names {
		if ms := Mentions(d, n); ms != nil {
			out = append(out, corpus.Entity{Kind: corpus.EntityAsset, ID: n, Name: n, Mentions: ms})
		}
	}
	return out
}

func TestTraditionalCharactersReadAlike(t *testing.T) {
	s := scorer(t)
	for _, pair := range [][2]string{
		{"证监会对该平台提起诉讼", "證監會對該平台提起訴訟"},
		{"比特币站稳十万美元，多头气势如虹", "比特幣站穩十萬美元，多頭氣勢如虹"},
		{"该公司被监管机构罚款", "該公司被監管機構罰款"},
		{"加密市场迎来利好，恐慌情绪消退", "加密市場迎來利好，恐慌情緒消退"},
		{"法院以缺乏管辖权为由驳回诉讼", "法院以缺乏管轄權為由駁回訴訟"},
		{"当局将币安列入黑名单", "當局將幣安列入黑名單"},
		{"净流出放缓", "淨流出放緩"},
		{"用户面临挤兑", "用戶面臨擠兌"},
	} {
		a, b := lexical(s, pair[0], ""), lexical(s, pair[1], "")
		if a != b || a == 0 {
			t.Errorf("%q %.3f, %q %.3f", pair[0], a, pair[1], b)
		}
		ra := s.Read(&text.Document{Full: pair[0], Sentences: []text.Sentence{{End: len(pair[0])}}}, nil)
		rb := s.Read(&text.Document{Full: pair[1], Sentences: []text.Sentence{{End: len(pair[1])}}}, nil)
		for i, it := range ra.sentences[0].items {
			if other := rb.sentences[0].items[i]; it.agent != other.agent {
				t.Errorf("%q: doer at %v, in %q at %v", pair[0], it.agent, pair[1], other.agent)
			}
		}
	}
}

// TestChineseSentences guards what the lexicon alone makes of the labelled
// sentences it was written on; docs/sentiment.md has the figures of the others.
func TestChineseSentences(t *testing.T) {
	b, err := os.ReadFile("data/sentences_zh.tsv")
	if err != nil {
		t.Fatal(err)
	}
	s := scorer(t)
	var cells [3][3]float64
	ids, rows, side := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 {
			continue
		}
		if len(f) != 6 || f[1] != "zh" {
			t.Fatalf("line %d: %q", i+1, line)
		}
		id, target, sentence := f[0], f[4], f[5]
		label, errLabel := strconv.Atoi(f[2])
		score, errScore := strconv.ParseFloat(f[3], 64)
		if errLabel != nil || errScore != nil || math.Abs(score) > 1 || label != Label(score) {
			t.Errorf("%s: label %s of score %s", id, f[2], f[3])
		}
		if ids[id] || rows[target+"\t"+sentence] {
			t.Errorf("%s stands there twice", id)
		}
		ids[id], rows[target+"\t"+sentence] = true, true
		if was, known := side[sentence]; known && was != Held(id) {
			t.Errorf("%s: rows of one text on both sides of what is held out", id)
		}
		if side[sentence] = Held(id); !Held(id) {
			cells[label+1][Label(math.Tanh(sharpness*lexical(s, sentence, target)))+1]++
		}
	}
	right, all := cells[0][0]+cells[1][1]+cells[2][2], 0.0
	for _, row := range cells {
		all += row[0] + row[1] + row[2]
	}
	if share := right / all; share < 0.75 {
		t.Errorf("%.3f of %.0f right: %v", share, all, cells)
	} else {
		t.Logf("%.3f of %.0f right: %v", share, all, cells)
	}
}

func FuzzChinese(f *testing.F) {
	for _, seed := range []string{
		"证监会对币安提起诉讼", "以缺乏为由", "为由", "被", "并未恐慌抛售", "甲币暴跌 乙币走强", "撤销撤销撤销指控",
		"若，却，但是，", "對\xff起訴", "未能", "获SEC批准　上涨", "费用降至新低新低",
	} {
		f.Add(seed, "币安")
	}
	s, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, full, target string) {
		d := text.Read(full, "", "zh")
		ms := Mentions(d, target)
		r := s.Read(d, nil)
		for i := range r.sentences {
			sn := &r.sentences[i]
			st := d.Sentences[i]
			for j, it := range sn.items {
				if it.start < st.Start || it.end > st.End || it.start >= it.end || j > 0 && it.start < sn.items[j-1].end {
					t.Fatalf("item %d of %q at %d–%d", j, full, it.start, it.end)
				}
				if math.IsNaN(it.value) || math.Abs(it.value) > 5 {
					t.Fatalf("item %d of %q has value %v", j, full, it.value)
				}
				if it.agent.end > it.start || it.agent.start > it.agent.end {
					t.Fatalf("item %d of %q: doer at %v", j, full, it.agent)
				}
				if len(ms) > 0 {
					if rel := r.relation(sn, it, ms); rel < -1 || rel > 1 {
						t.Fatalf("item %d of %q relates by %v", j, full, rel)
					}
				}
			}
		}
		if v := r.Target(ms).Value; v < -1 || v > 1 || math.IsNaN(v) {
			t.Fatalf("%q for %q: %v", full, target, v)
		}
		if again := s.Read(d, nil).Target(ms); again.Value != r.Target(ms).Value {
			t.Fatalf("%q read twice differs", full)
		}
	})
}

func BenchmarkChineseHeadline(b *testing.B) {
	s := scorer(b)
	d := text.Read("美国证监会撤回对该交易所的全部指控，比特币应声上涨，空头爆仓逾四亿美元", "", "zh")
	ms := Mentions(d, "比特币")
	b.ReportAllocs()
	for b.Loop() {
		s.Read(d, nil).Target(ms)
	}
}
