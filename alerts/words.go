package alerts

import (
	"fmt"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// language holds the mail's own words. What is quoted from articles stays in
// the language it was written in. Its fields are read by the templates.
type language struct {
	Tag       string // BCP 47
	Severity  map[corpus.Severity]string
	Types     map[corpus.EventType]string
	Status    map[corpus.EventStatus]string
	Relations map[corpus.RelationKind]string

	// Labels of facts.
	Who, Where, State, Whom, Assets, Instruments                          string
	Effective, Applies, Comments, Sums, Stance, Confidence, Was, Unstated string
	Restrictive, Permissive, Neutral                                      string
	// Headings and remarks.
	Replaces, Evidence, Changes, Moved, OnPage, Sources string
	Primary, Withdrawn, More                            string
	Read, Because, Unsubscribe                          string
	// Banners of follow-ups.
	Retracted, Changed string

	DateLayout, Comma string
}

// date writes a day, and the hour when one is given.
func (l *language) date(t time.Time) string {
	t = t.UTC()
	s := t.Format(l.DateLayout)
	if h, m, _ := t.Clock(); h != 0 || m != 0 {
		s += t.Format(" 15:04 UTC")
	}
	return s
}

func (l *language) list(items []string) string { return strings.Join(items, l.Comma) }

// stanceOf says in a word which way an event leans; the third of the range
// around nought is called neutral.
func (l *language) stanceOf(s float64) string {
	word := l.Neutral
	switch {
	case s <= -1.0/3:
		word = l.Restrictive
	case s >= 1.0/3:
		word = l.Permissive
	}
	return strings.Replace(fmt.Sprintf("%s (%+.1f)", word, s), "-", "−", 1)
}

// named returns the name of k, or k itself for one that has no name here.
func named[K ~string](names map[K]string, k K) string {
	if n, ok := names[k]; ok {
		return n
	}
	return clean(string(k))
}

// languageOf returns English for everything but "zh".
func languageOf(tag string) *language {
	if tag == "zh" {
		return chinese()
	}
	return english()
}

func english() *language {
	return &language{
		Tag: "en",
		Types: map[corpus.EventType]string{
			corpus.Enforcement: "Enforcement", corpus.CourtRuling: "Court ruling", corpus.RuleProposal: "Proposed rule",
			corpus.RuleFinal: "Final rule", corpus.Legislation: "Legislation", corpus.Guidance: "Guidance",
			corpus.Repeal: "Repeal", corpus.Licensing: "Licensing", corpus.Prohibition: "Prohibition",
			corpus.Warning: "Warning", corpus.Policy: "Policy", corpus.Appointment: "Appointment",
			corpus.Listing: "Listing", corpus.Delisting: "Delisting", corpus.Halt: "Halt", corpus.Hack: "Hack",
			corpus.Insolvency: "Insolvency", corpus.Outage: "Outage", corpus.Launch: "Launch",
			corpus.Partnership: "Partnership", corpus.Funding: "Funding", corpus.Flows: "Flows",
			corpus.PriceMove: "Price move", corpus.Other: "Other",
		},
		Relations: map[corpus.RelationKind]string{corpus.BasedOn: "is based on"},
		Who:       "Who", Where: "Where", State: "Status", Whom: "Whom", Assets: "Assets", Instruments: "Instruments",
		Effective: "Effective", Applies: "Applies from", Comments: "Comments by", Sums: "Sums", Stance: "Stance", Confidence: "Confidence", Was: "was", Unstated: "not stated before",
		Restrictive: "restrictive", Permissive: "permissive", Neutral: "neutral",
		Replaces: "Effect on other instruments", Evidence: "In their words",
		Changes: "What changed in the text", Moved: "moved", OnPage: "page %d", Sources: "Sources",
		Primary: "primary source", Withdrawn: "withdrawn", More: "and %d more",
		Read: "Open in regwire", Because: "Sent to “%s” by rule %s.", Unsubscribe: "Unsubscribe",
		Retracted:  "Retracted: the articles that reported this have been withdrawn.",
		Changed:    "Changed since our last mail: %s.",
		DateLayout: "2 January 2006", Comma: ", ",
	}
}

func chinese() *language {
	return &language{
		Tag: "zh-Hans",
		Severity: map[corpus.Severity]string{
			corpus.SeverityLow: "低", corpus.SeverityMedium: "中", corpus.SeverityHigh: "高", corpus.SeverityCritical: "紧急",
		},
		Types: map[corpus.EventType]string{
			corpus.Enforcement: "执法", corpus.CourtRuling: "法院裁决", corpus.RuleProposal: "规则草案",
			corpus.RuleFinal: "正式规则", corpus.Legislation: "立法", corpus.Guidance: "指引", corpus.Repeal: "废止",
			corpus.Licensing: "牌照", corpus.Prohibition: "禁令", corpus.Warning: "风险警示", corpus.Policy: "政策",
			corpus.Appointment: "任免", corpus.Listing: "上线", corpus.Delisting: "下架", corpus.Halt: "暂停服务",
			corpus.Hack: "黑客攻击", corpus.Insolvency: "破产", corpus.Outage: "故障", corpus.Launch: "发布",
			corpus.Partnership: "合作", corpus.Funding: "融资", corpus.Flows: "资金流向", corpus.PriceMove: "价格变动",
			corpus.Other: "其他",
		},
		Status: map[corpus.EventStatus]string{
			corpus.EventRumour: "传闻", corpus.EventPlanned: "计划中", corpus.EventDone: "已发生",
			corpus.EventDenied: "已否认", corpus.EventRetracted: "已撤回",
		},
		Relations: map[corpus.RelationKind]string{
			corpus.Repeals: "废止", corpus.Amends: "修订", corpus.Implements: "实施", corpus.Corrects: "更正",
			corpus.Commences: "施行", corpus.BasedOn: "依据", corpus.Transposes: "转化",
		},
		Who: "机构", Where: "法域", State: "状态", Whom: "对象", Assets: "资产", Instruments: "文件",
		Effective: "生效日期", Applies: "适用日期", Comments: "意见截止", Sums: "金额", Stance: "立场", Confidence: "置信度", Was: "原为", Unstated: "此前未说明",
		Restrictive: "趋严", Permissive: "趋宽", Neutral: "中性",
		Replaces: "对其他文件的影响", Evidence: "原文", Changes: "文本变化", Moved: "移动", OnPage: "第%d页", Sources: "来源",
		Primary: "官方来源", Withdrawn: "已撤下", More: "另有 %d 条",
		Read: "在 regwire 中查看", Because: "收件人“%s”，触发规则：%s。", Unsubscribe: "退订",
		Retracted:  "已撤回：报道此事的文章均已撤下。",
		Changed:    "自上次邮件以来有变化：%s。",
		DateLayout: "2006年1月2日", Comma: "、",
	}
}
