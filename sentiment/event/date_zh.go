package event

import (
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/instrument/when"
	"github.com/regwire/regwire/sentiment/text"
)

// The Chinese expressions are matched with folded text, so that 實施 is 实施.
var (
	effectiveZh = lazy(`之日起(?:正式)?(?:施行|实施|执行|生效)|日起[^,。;]{0,40}(?:施行|实施|执行|生效|适用|上路|禁止|停止|停产|须|不得|允许|开放)|日(?:正式)?(?:生效|实施|施行|上路|启用)|\d日起|元旦|即日起|即日生效|今日?起(?:生效|施行|实施)|立即生效|即时生效|起(?:施行|生效|适用|实施)` +
		`|将于[^,。;]{0,60}(?:生效|实施|施行|启动|执行|适用|上路|启用)`)
	uponIssueZh = lazy(`(?:发布|公布|印发|下发|刊登|刊宪|签署|颁布|通过)之日起(?:正式)?(?:施行|实施|执行|生效)|即日起|即日生效|立即生效|即时生效|今日?起(?:生效|施行|实施)`)
	// afterIssue is a period that runs from publication, to the end of which a rule waits.
	afterIssue = lazy(`(?:发布|公布|刊登|签署|颁布|印发|通过)(?:之日)?(?:后|起)(?:满|第)?[\d一二三四五六七八九十]{1,3}(?:个月|日|天)(?:后|起)?(?:起)?(?:正式)?(?:施行|实施|生效|执行)`)
	commentsZh = lazy(`意见反馈|反馈(?:截止)?时间|(?:意见|建议|反馈|咨询|征询|征求|来信).{0,90}截止|截止.{0,60}(?:意见|反馈|建议)|(?:日|月)(?:或)?(?:之)?前.{0,40}(?:反馈|意见|建议|陈述)|(?:意见|建议|反馈).{0,40}日前|咨询期|(?:咨询|征询|征求|征集).{0,20}(?:至|结束|届满)|公开征求意见|征求意见|日内.{0,90}(?:意见|反馈|陈述|建议)|(?:意见|反馈|陈述|建议).{0,60}日内`)
)

// readChineseDates is readDates for a Chinese text. A proposal's relative
// dates count from a publication that is still to come and are left out.
func (ctx *context) readChineseDates(t corpus.EventType) (effectiveAt, closesAt time.Time) {
	read := 0
	for i, s := range ctx.doc.Sentences {
		if i == maxDated || read > maxDatedBytes {
			break
		}
		sentence := ctx.doc.Text(s)
		if !strings.ContainsAny(sentence, "日月期旦") {
			continue
		}
		read += len(sentence)
		sentence = text.FoldString(sentence)
		if effectiveAt.IsZero() {
			effectiveAt = ctx.effectiveZh(sentence, t)
		}
		if closesAt.IsZero() {
			if m := commentsZh().FindStringIndex(sentence); m != nil {
				closesAt = ctx.dateAfter(sentence, m[0])
			}
		}
		if !effectiveAt.IsZero() && !closesAt.IsZero() {
			break
		}
	}
	return effectiveAt, closesAt
}

// effectiveZh returns the day from which a Chinese sentence says that a rule
// holds: a date beside the words, or one reckoned from publication.
func (ctx *context) effectiveZh(sentence string, t corpus.EventType) time.Time {
	if m := afterIssue().FindStringIndex(sentence); m != nil && !ctx.published.IsZero() && t != corpus.RuleProposal && !strings.Contains(sentence, "为准") {
		if at, ok := when.Period(sentence[m[0]:m[1]], day(ctx.published)); ok {
			return at
		}
	}
	for _, m := range effectiveZh().FindAllStringIndex(sentence, -1) {
		for _, d := range when.Find(sentence, ctx.published) {
			if d.Start < m[1] && d.End+reachZh >= m[0] {
				return d.At
			}
		}
	}
	if t != corpus.RuleProposal && !ctx.published.IsZero() && uponIssueZh().MatchString(sentence) {
		return day(ctx.published)
	}
	return time.Time{}
}

// reachZh is how many bytes may stand between a day and the words that say
// that it is the day of effect: 2026年1月1日起在本地实施.
const reachZh = 30
