package polarity

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// Chinese has no inflection and few words that only join: who does what to
// whom is said by order and by a handful of markers, clauses follow one another
// with a comma and without a subject of their own, and a headline parts them
// with a space. What is read differently for it is in this file.

// span is a byte range; empty where there is none.
type span struct{ start, end int }

func (p span) holds(at int) bool { return p.start <= at && at < p.end }

// Reach of Chinese words, in bytes, three a character. Chosen on the labelled
// sentences that are not held out.
const (
	reachBackHan      = 27 // from a direction back to the thing that moves
	reachAgain        = 24 // from a direction back to another of the same thing
	reachBefore       = 36 // from a verb that ends something back to what it ends
	reachTopic        = 18 // from the beginning of a clause to its verb, where its topic is that of the clause before
	reachReason       = 60 // of 以…为由
	reachNegatorShort = 15 // of 不, 没, 未, 无, 非
	reachNoun         = 6  // from a verb that ends something back to a verb that stands as a noun: 调查终止
	reachNegatorLong  = 36 // of 并未, 没有, 不会
)

// Markers of the doer and of what is done to. The traditional forms are listed
// because they are looked for in the text as it stands.
var (
	passiveMarkers = []string{"被", "遭", "面临", "面臨", "接受", "收到", "受到", "陷入", "卷入", "捲入", "获", "獲"}
	objectMarkers  = []string{"针对", "針對", "对", "對", "向", "把", "将", "將", "给", "給"}
)

// agentOf returns where the doer of a Chinese verb stands in its clause, which
// is full[from:to]. 被SEC起诉 has it between marker and verb; SEC对币安提起诉讼
// and SEC将币安告上法庭 before the preposition; SEC起诉币安 before the verb, but
// only if something follows: of 处罚 at the end of a clause what stands before
// is the object.
func agentOf(full string, from, to int, it *item) span {
	before := full[from:it.start]
	if i, n := lastOf(before, passiveMarkers); i >= 0 {
		return span{from + i + n, it.start}
	}
	if i := firstOf(before, objectMarkers); i >= 0 {
		return span{from, from + i}
	}
	after := strings.TrimLeft(full[it.end:to], " 　了")
	r, _ := utf8.DecodeRuneInString(after)
	if !text.IsHan(r) && !isLetter(r) || strings.HasPrefix(after, "的") || strings.HasPrefix(after, "案") {
		return span{}
	}
	return span{from, it.start}
}

func isLetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }

// lastOf returns where the last of some words begins and how long it is, or -1.
func lastOf(s string, words []string) (at, n int) {
	at = -1
	for _, w := range words {
		if i := strings.LastIndex(s, w); i > at {
			at, n = i, len(w)
		}
	}
	return at, n
}

// firstOf returns where the first of some words begins, or -1.
func firstOf(s string, words []string) int {
	at := -1
	for _, w := range words {
		if i := strings.Index(s, w); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
}

// partAtSpaces adds the spaces between Chinese characters as marks that part
// clauses: headlines use them for commas.
func partAtSpaces(full string, s text.Sentence, items []item) []item {
	sorted := true
	for i := s.Start + utf8.UTFMax; i < s.End; i++ {
		if full[i] != ' ' || full[i-1] < utf8.RuneSelf || full[min(i+1, s.End-1)] < utf8.RuneSelf {
			continue
		}
		l, _ := utf8.DecodeLastRuneInString(full[:i])
		r, _ := utf8.DecodeRuneInString(full[i+1 : s.End])
		if !text.IsHan(l) || !text.IsHan(r) {
			continue
		}
		items = append(items, item{start: i, end: i + 1, kind: punctuation})
		sorted = false
	}
	if !sorted {
		slices.SortStableFunc(items, func(a, b item) int { return a.start - b.start })
	}
	return items
}

// endHan is [end] for Chinese: the object's head stands last (撤销对某平台的洗钱
// 指控 ends the charge), or the whole object stands first (调查终止). A verb of
// positive weight is a remedy (归还, 放宽): good in itself, and what is bad
// around it is what it helps against.
func endHan(items []item, i int) {
	d := &items[i]
	relief := max(0.45, math.Abs(d.weight))
	last := -1
	for j := i + 1; j < len(items) && items[j].clause == d.clause && items[j].start-d.end <= reachObject; j++ {
		k := items[j].kind
		if k == up || k == down || k == stop {
			break
		}
		if endsBadly(&items[j]) || endsWell(&items[j]) && d.weight <= 0 {
			last = j
		}
	}
	if last >= 0 {
		ended := endsBadly(&items[last])
		for j := i + 1; j <= last; j++ {
			if endsBadly(&items[j]) || endsWell(&items[j]) {
				items[j].used = true
			}
		}
		if d.value = relief; !ended {
			d.value = -relief
		}
		if d.weight <= 0 {
			return
		}
	}
	for j := i - 1; j >= 0 && items[j].clause == d.clause && d.start-items[j].end <= reachBefore; j-- {
		if endsBadly(&items[j]) && (items[j].kind == bad || d.weight > 0 || d.start-items[j].end <= reachNoun) {
			items[j].used = true
			d.value = relief
			if d.weight <= 0 {
				return
			}
		}
		if d.weight <= 0 && items[j].kind == good && !items[j].used {
			items[j].used = true // 救援并未出现
			d.value = -relief
			return
		}
		if k := items[j].kind; k == up || k == down || k == stop {
			return
		}
	}
}

// endsBadly reports whether o is something bad that a verb can put an end to:
// a bad thing, or in Chinese, where verbs are nouns as well, a bad act.
func endsBadly(o *item) bool {
	return !o.used && (o.kind == bad || o.han && o.weight < 0 && (o.kind == act || o.kind == polar))
}

// endsWell reports whether o is something good that a verb can put an end to.
func endsWell(o *item) bool {
	return !o.used && (o.kind == good || o.kind == act && o.weight > 0)
}

// fail makes something bad of the negators that found nothing to deny: 未能按时
// 提交报告, 无法定位.
func fail(items []item) {
	for i := range items {
		n := &items[i]
		if n.kind != negator || !n.han || n.weight > failing {
			continue
		}
		alone := true
		for j := i + 1; j < len(items) && items[j].clause == n.clause && alone; j++ {
			alone = !items[j].kind.valued()
		}
		if alone {
			n.kind, n.value = polar, -0.4
		}
	}
}

// failing is the weight from which on a negator tells of a failure: 未能 and
// 无法 do, 没有 and 不会 do not.
const failing = -0.8

// papers are heads of what is published: what stands before them says what the
// paper is about. Rules, bills and bans are not among them; they do something.
var papers = []string{
	"报告", "報告", "名单", "名單", "名册", "名冊", "日历", "日曆", "一览", "一覽", "说明", "說明", "公告", "机制", "機制",
	"日期", "时间", "時間", "时间表", "時間表", "课程", "課程", "会议", "會議", "听证", "聽證", "大事记", "标准", "標準", "数据", "數據",
	"指引", "手册", "手冊", "白皮书", "白皮書", "问答", "問答", "进展", "進展", "目录", "目錄", "案例", "纪要", "紀要", "统计", "統計",
	"周报", "月报", "提示", "安排", "清单", "清單", "日程", "议程", "議程", "活动", "活動", "讲座", "講座", "论坛", "論壇", "研讨会", "研討會",
	"词汇表", "路线图", "路線圖", "讨论稿", "討論稿", "意见稿", "次数", "解答", "博客", "质询", "系列", "指数",
}

// aboutShare is what a charged word counts that says what a paper is about.
const aboutShare = 0.1

// notices takes the charge from the words between a verb of publishing and the
// paper that is published: 发布加密犯罪报告, 就爆仓机制发布说明.
func notices(full string, s text.Sentence, items []item, clauses []int) {
	for i := range items {
		if items[i].kind != notice {
			continue
		}
		c := items[i].clause
		from, to := clauses[c], s.End
		if c+1 < len(clauses) {
			to = clauses[c+1]
		}
		told := strings.TrimRight(full[from:to], "。！!. ")
		if !slices.ContainsFunc(papers, func(p string) bool { return strings.HasSuffix(told, p) }) {
			continue
		}
		about := firstOf(full[from:items[i].start], []string{"就", "关于", "關於"})
		for j := range items {
			it := &items[j]
			if it.clause == c && (it.start > items[i].start || about >= 0 && it.start >= from+about) {
				it.value *= aboutShare
			}
		}
	}
}

// reasons silences what stands between 以 and 为由: a reason that is given
// is not what happens (以缺乏管辖权为由驳回).
func reasons(full string, items []item) {
	for i := range items {
		if items[i].kind != reason {
			continue
		}
		from := max(0, items[i].start-reachReason)
		at := strings.LastIndex(full[from:items[i].start], "以")
		if at < 0 {
			continue
		}
		for j := i - 1; j >= 0 && items[j].start >= from+at; j-- {
			items[j].value, items[j].used = 0, true
		}
	}
}

// negatorReach is how far a Chinese negator acts: one of a single character
// over its neighbour, a longer one over the clause.
func negatorReach(o *item) int {
	if o.end-o.start <= 3 {
		return reachNegatorShort
	}
	return reachNegatorLong
}

// chained reports whether what stands between a negator and an item passes the
// negation on: 并未恐慌抛售 denies both.
func chained(items []item, from, to int) bool {
	for k := from + 1; k < to; k++ {
		if items[k].kind.valued() && items[k].value != 0 && items[k+1].start-items[k].end > 3 {
			return false
		}
	}
	return true
}

// relationHan is [Reading.relation] for a Chinese word: own is the clause of
// the nearest mention, d its distance in clauses.
func (r *Reading) relationHan(s *sentence, it item, ms []corpus.Span, own, d int) float64 {
	if d == 0 {
		if slices.ContainsFunc(ms, func(m corpus.Span) bool { return m.Start < it.end && it.start < m.End }) {
			return 0 // a word of its name
		}
		switch it.kind {
		case act, stop:
			if r.isAgent(s, it, ms) {
				if it.kind == stop && !r.otherIn(s, it.clause, ms) {
					return 0.7 // 某平台停止运营: what it ends is its own
				}
				if it.weight > 0 {
					return 0.5 // who buys or supports is doing well himself
				}
				return 0.1
			}
		case versus:
			if !slices.ContainsFunc(ms, func(m corpus.Span) bool { return m.End <= it.start && s.clauseOf(m.Start) == it.clause }) {
				return -0.8
			}
		}
		return 1
	}
	other := r.otherIn(s, it.clause, ms)
	switch {
	case other && s.hasValue(own):
		return 0.05
	case other && it.kind == act:
		return 0.1
	case other:
		return 0.4
	case !s.hasValue(own):
		return 0.85
	case it.clause > own && it.start-s.clauses[it.clause] <= reachTopic && !r.otherBefore(s, own, ms):
		return 0.6 // the topic goes on
	}
	return 0.25
}

// otherBefore reports whether a clause names another entity before the target:
// then that one is its topic.
func (r *Reading) otherBefore(s *sentence, clause int, ms []corpus.Span) bool {
	j, _ := slices.BinarySearchFunc(r.others, s.clauses[clause], func(m corpus.Span, at int) int { return m.Start - at })
	return j < len(r.others) && s.clauseOf(r.others[j].Start) == clause &&
		r.others[j].Start < ms[len(ms)-1].Start && !slices.Contains(ms, r.others[j])
}

// isAgent reports whether all mentions in the clause of a verb are its doer.
func (r *Reading) isAgent(s *sentence, it item, ms []corpus.Span) bool {
	for _, m := range ms {
		if s.clauseOf(m.Start) == it.clause && !it.agent.holds(m.Start) {
			return false
		}
	}
	return true
}
