package event

import (
	"github.com/regwire/regwire/corpus"
)

// dayIsSaid are the types whose happenings are announced with the day they come.
var dayIsSaid = map[corpus.EventType]bool{
	corpus.Listing: true, corpus.Delisting: true, corpus.Halt: true, corpus.Outage: true, corpus.Launch: true, corpus.Insolvency: true,
	corpus.Policy: true, corpus.Prohibition: true, corpus.Licensing: true, corpus.Partnership: true, corpus.Funding: true, corpus.Appointment: true, corpus.Legislation: true,
}

// planless is what only looks like a plan: 虚拟 is virtual, 没有计划 none, and
// 将 before what is moved or named is "take": 将比特币列为储备.
var planless = lazy(`虚拟|(?:没有|并无|无)计划|将(?:[^,。;:将]{3,30})(?:入刑|入罪|合法化|降至|降到|升至|从|写入|纳入|列入|视为|列为|转为|迁移|接入|转入|划归|作为|用作|归还)`)

// statusOfChinese is status for Chinese, by lists of words.
func (r *Reader) statusOfChinese(s *sentence, t corpus.EventType, h hit) corpus.EventStatus {
	has := func(list string) bool { return r.lists[list].count(s.toks, s.folded) > 0 }
	near, text := s.toks, s.folded
	if h.cue != nil {
		near = s.toks[max(0, h.from-6):h.to]
		text = norms(near)
	}
	text = planless().ReplaceAllString(text, "")
	switch {
	case has("denied"):
		return corpus.EventDenied
	case has("rumour"), hearsay(s.toks):
		return corpus.EventRumour
	case t == corpus.RuleProposal && s.says("拟", "将提", "计划提", "准备提") && !s.says("拟议", "草案", "征求", "征询", "征集", "咨询", "预告", "意见稿", "发布", "公布"):
		return corpus.EventPlanned
	case t == corpus.RuleProposal, t == corpus.Warning:
		return corpus.EventDone // proposing and warning are what was done
	case dayIsSaid[t] && has("later"):
		return corpus.EventPlanned
	case t == corpus.Policy && s.says(":"):
		return corpus.EventDone // who said it has said it
	case r.lists["planned"].count(near, text) > 0:
		return corpus.EventPlanned
	}
	return corpus.EventDone
}

// hearsay reports whether a Chinese sentence begins with 传, "it is said".
func hearsay(toks []token) bool {
	return len(toks) > 2 && toks[0].norm == "传" && toks[1].norm != "统" && toks[1].norm != "销" && toks[1].norm != "奇"
}
