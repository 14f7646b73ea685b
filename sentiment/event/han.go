package event

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// Chinese is written in several places that use the same words for authorities
// of their own: 证监会 is the CSRC's in Beijing and the SFC's in Hong Kong,
// 金管局 the HKMA's or the MAS's. A text rarely says which: its readers know
// where it was written.

// traditional is the share of characters in traditional form from which a text
// is taken to come from Hong Kong or Taiwan. Traditional texts have some 30 %,
// simplified ones none but a quoted name.
const traditional = 0.08

// homeSample bounds what is read to tell where a Chinese text comes from, in bytes.
const homeSample = 2 << 10

// The words that tell the two apart, folded.
var (
	ofHongKong = strings.Fields("香港 港元 港府 港股 港交所 港警 证监会 金管局 财库局 财政司 高院 警务处 廉政 廉署 海关 特区 立法会 数码 市民 证监 联储局 坊间 本港 特首 法援 裁判法院")
	ofTaiwan   = strings.Fields("台湾 台北 台中 高雄 新台币 台币 金管会 立院 立法院 立委 行政院 刑事局 地检 检调 调查局 诈团 车手 并科 声押 羁押 徒刑 负责人 北检 虚拟通货 币商 民众 资讯 网路 帐户 联准会 川普 南韩 洗防 国税局 三读 央行总裁 数位 业者 起诉书 民国")
)

// homeOfText returns where a Chinese text was written, HK or TW; "" for the
// mainland, for anywhere else, and when it cannot be told.
func homeOfText(d *text.Document, src corpus.Source) corpus.Jurisdiction {
	if d.Lang != "zh" {
		return ""
	}
	switch src.Jurisdiction {
	case "HK", "TW", "SG":
		return src.Jurisdiction
	}
	sample := d.Full[:min(len(d.Full), homeSample)]
	han, changed := 0, 0
	for _, r := range sample {
		if r != utf8.RuneError && text.IsHan(r) {
			han++
			if text.Fold(r) != r {
				changed++
			}
		}
	}
	if float64(changed) < traditional*float64(han) || changed == 0 {
		return ""
	}
	sample = text.FoldString(sample)
	count := func(words []string) (n int) {
		for _, w := range words {
			n += strings.Count(sample, w)
		}
		return n
	}
	switch hk, tw := count(ofHongKong), count(ofTaiwan); {
	case hk > tw:
		return "HK"
	case tw > hk:
		return "TW"
	}
	return ""
}

// bare are the short names that authorities of several places share, as
// data/authorities_zh.txt writes them; "证监会@TH" there says who is meant in
// Thailand.
var bare = wordSet("证监会 金管局 财政部 司法部 税务局 国税局 国税厅 金融监管局 证券委员会 警方 海关 检察院")

// bareName returns who is meant by a shared short name at toks[from:to], where
// the place beside it, the lead or the home of the text tells; "" and false
// when nothing does, and the gazetteer's own reading stands.
func (r *Reader) bareName(ctx *context, toks []token, from, to int) (who string, in corpus.Jurisdiction, ok bool) {
	phrase := toks[from].authority.phrase
	if in = placeOf(toks, from, to); in == "" {
		in = ctx.spelledOut(r, phrase)
	}
	if in == "" {
		in = ctx.home
	}
	if in == "" {
		return "", "", false
	}
	return r.meant[phrase+"@"+string(in)], in, true
}

// spelledOut returns the country of the authority that the lead names in full,
// when the headline has only its shared short name: 金管局, then 新加坡金融管理局.
func (ctx *context) spelledOut(r *Reader, phrase string) corpus.Jurisdiction {
	for _, s := range ctx.head[1:] {
		for _, m := range ctx.mentions {
			if m.span.Start < s.from || m.span.Start >= s.to || m.entity == nil || m.entity.Kind != corpus.EntityRegulator {
				continue
			}
			if m.span.End-m.span.Start > len(phrase) && r.meant[phrase+"@"+string(m.entity.Jurisdiction)] == m.entity.Name {
				return m.entity.Jurisdiction
			}
		}
	}
	return ""
}

// longest takes the gazetteer's regulators from the words of a longer Chinese
// name at toks[lo:hi]: 阿斯塔纳金管局 is not Hong Kong's 金管局. It reports
// false when the gazetteer's name is the longer one.
func longest(toks []token, lo, hi int) bool {
	for i := lo; i < hi; i++ {
		for _, e := range toks[i].entities {
			if e.Kind != corpus.EntityRegulator {
				continue
			}
			if toks[i].run > hi || lo > 0 && toks[lo-1].run >= toks[i].run && slices.Contains(toks[lo-1].entities, e) {
				return false
			}
		}
	}
	if hi-lo > 1 && slices.ContainsFunc(toks[lo:hi], func(t token) bool { return !names(t, corpus.EntityRegulator) }) {
		for i := lo; i < hi; i++ {
			toks[i].entities = slices.DeleteFunc(toks[i].entities, func(e *corpus.Entity) bool { return e.Kind == corpus.EntityRegulator })
		}
	}
	return true
}

func names(t token, kind corpus.EntityKind) bool {
	return slices.ContainsFunc(t.entities, func(e *corpus.Entity) bool { return e.Kind == kind })
}

// wonBy reads who won in a Chinese sentence, the one before 胜诉 or 上诉得直: -1
// for an agency, +1 for those it supervises.
func wonBy(s *sentence) float64 {
	for i := 1; i < len(s.toks); i++ {
		if w := s.toks[i-1].norm + s.toks[i].norm; w != "胜诉" && w != "得直" {
			continue
		}
		for j := i - 2; j >= max(0, i-6); j-- {
			if s.toks[j].class&(regulator|government|police) != 0 {
				return -1
			}
		}
	}
	return 1
}
