package instrument

import (
	"slices"
	"strings"
)

// hanRoles says which mentions a Chinese act is done to and which do it.
// Chinese puts the object first (对《B》予以废止, B自A施行之日起废止, A施行，B同时废止)
// or last (A废止了B), and names what acts with 被, 由, 以 or by its coming into
// force.
func (p *page) hanRoles(a *act, units []mention, taken map[int]bool, sentence span, last []mention, to int) (objects, agents []mention) {
	full := p.doc.Full
	from, until := hanClause(full, sentence, a.start)
	var earlier, before, after []mention
	for _, m := range units {
		switch {
		case m.end <= from:
			if !taken[m.start] {
				earlier = append(earlier, m)
			}
		case m.end <= a.start && !taken[m.start]:
			before = append(before, m)
		case m.start >= a.end && m.end <= min(to, max(until, a.end)):
			after = append(after, m)
		}
	}
	var rest []mention
	for _, m := range before {
		if hanLed(full, m) || hanTimed(full, m, a.start) {
			agents = append(agents, m)
		} else {
			rest = append(rest, m)
		}
	}
	if a.kind == "" && a.status != "" {
		agents = nil
	}
	word := full[a.start:a.end]
	if len(after) > 0 && (word == "代之以" || strings.HasSuffix(word, "取而代之") && strings.HasPrefix(full[a.end:after[0].head], "的是")) {
		return last, after[:1]
	}
	for i, m := range after {
		if len(agents) == 0 && m.head > a.end && hanLed(full[a.end:], mention{start: m.start - a.end, end: m.end - a.end, head: m.head - a.end}) {
			agents, after = append(agents, m), after[:i]
			break
		}
	}
	if strings.HasPrefix(full[a.end:], "：") && a.kind != "" {
		for _, m := range units {
			if m.start > a.end {
				objects = append(objects, m)
			}
		}
		if self := slices.IndexFunc(before, func(m mention) bool { return m.item == nil }); len(objects) > 0 && (self >= 0 || len(rest) == 0) {
			return objects, append(agents, before...) // 下列文件自本通知施行之日起废止：…
		}
	}
	if len(after) > 0 && (hanActive(full, a, after[0]) || len(rest) == 0 && described(full[a.end:after[0].head])) {
		objects = run(full, after, false)
		if len(agents) == 0 && len(rest) > 0 {
			agents = rest[len(rest)-1:]
		}
		if len(agents) == 0 {
			agents = hanEarlier(full, earlier)
		}
		return objects, agents
	}
	if i := slices.IndexFunc(rest, func(m mention) bool { return hanMarked(full, m.head) }); i >= 0 {
		objects = run(full, rest[i:], false)
		if len(agents) == 0 && i > 0 {
			agents = rest[i-1 : i]
		}
	} else {
		objects = run(full, rest, true)
		if len(agents) == 0 && len(objects) < len(rest) {
			agents = rest[len(rest)-len(objects)-1 : len(rest)-len(objects)]
		}
	}
	if len(objects) == 0 && (len(last) > 0 && len(agents) > 0) {
		return last, agents // B已失效，由A取而代之
	}
	if len(objects) == 0 && len(earlier) > 0 && a.kind != "" && !strings.Contains(full[earlier[len(earlier)-1].end:a.start], "。") {
		gap := strings.Trim(full[earlier[len(earlier)-1].end:a.start], "）》」) ，现已均正式將将同时即")
		if gap == "" || len(agents) > 0 {
			objects = run(full, earlier, true)
			earlier = earlier[:len(earlier)-len(objects)]
		}
	}
	if len(agents) == 0 {
		agents = hanEarlier(full, earlier)
	}
	return objects, agents
}

// described reports whether what stands between a verb and a number only
// describes the number: 推翻国税局规则T.D. 10021.
func described(gap string) bool {
	return len(gap) <= 45 && !strings.ContainsAny(gap, "，。；：、") && !strings.Contains(gap, "的") && !strings.Contains(gap, "起") && !strings.Contains(gap, "后")
}

// hanEarlier picks what acts among the mentions of earlier clauses: the one
// that is said to be issued or in force, else the last.
func hanEarlier(full string, earlier []mention) []mention {
	for i := len(earlier) - 1; i >= 0; i-- {
		if hanLed(full, earlier[i]) || hanTimed(full, earlier[i], len(full)) {
			return earlier[i : i+1]
		}
	}
	if n := len(earlier); n > 0 && !aside(full, earlier[n-1].head) {
		return earlier[n-1:]
	}
	return nil
}

// hanClause returns the clause around at: what stands between commas outside
// of titles and brackets.
func hanClause(full string, sentence span, at int) (from, until int) {
	from, until = sentence.start, sentence.end
	depth := 0
	for i, r := range full[sentence.start:sentence.end] {
		switch r {
		case '《', '（', '〔', '“', '(':
			depth++
		case '》', '）', '〕', '”', ')':
			depth = max(0, depth-1)
		case '，', '；', '：', '。':
			if depth > 0 {
				continue
			}
			if pos := sentence.start + i; pos < at {
				from = pos + len("，")
			} else {
				return from, pos
			}
		}
	}
	return from, until
}

// hanLed reports whether a mention is marked as what something is done by.
func hanLed(full string, m mention) bool {
	head := strings.TrimRight(full[max(0, m.head-40):m.head], " (（《“")
	for _, det := range []string{"新发布的", "新的", "最新的", "最新", "新", "发布", "發布", "的", "公布"} {
		head = strings.TrimSuffix(head, det)
	}
	for _, w := range []string{"被", "由", "通过", "通過", "根据", "根據", "依据", "依據", "按照", "随着", "隨著", "经", "以", "凭"} {
		if strings.HasSuffix(head, w) && !strings.HasSuffix(head, "可以") && !strings.HasSuffix(head, "予以") {
			return true
		}
	}
	return false
}

// hanMarked reports whether a mention is marked as what something is done to.
func hanMarked(full string, at int) bool {
	head := strings.TrimRight(full[max(0, at-18):at], " (（《“")
	for _, w := range []string{"对", "對", "将", "將", "把", "就"} {
		if strings.HasSuffix(head, w) {
			return true
		}
	}
	return false
}

// hanTimed reports whether what follows a mention makes its coming into force
// the time of another act: 自A施行之日起, A发布后, 随着A的实施.
func hanTimed(full string, m mention, upTo int) bool {
	tail := full[m.end:min(len(full), upTo, m.end+60)]
	tail = strings.TrimLeft(tail, "）)》」” 的正式")
	for _, w := range []string{"により", "によって", "による"} {
		if strings.HasPrefix(tail, w) {
			return true
		}
	}
	for _, w := range []string{"施行", "实施", "實施", "印发", "发布", "發布", "公布", "生效", "出台", "颁布"} {
		if rest, ok := strings.CutPrefix(tail, w); ok {
			rest = strings.TrimLeft(rest, "之的")
			for _, t := range []string{"日", "后", "後", "以来", "时", "同时", "，"} {
				if strings.HasPrefix(rest, t) && (t != "，" || strings.Contains(full[max(0, m.head-9):m.head], "随着")) {
					return true
				}
			}
		}
	}
	return false
}

// hanActive reports whether a Chinese act has its object behind it: 废止了《…》.
func hanActive(full string, a *act, next mention) bool {
	gap := full[a.end:next.head]
	if len(gap) > 90 || strings.ContainsAny(gap, "。；") || strings.Contains(gap, "，") || strings.Contains(gap, "之日起") || strings.Contains(gap, "起") {
		return false
	}
	gap = strings.TrimLeft(gap, " 《（(“")
	if gap == "" || a.strict || a.form == active {
		return true
	}
	for _, w := range []string{"了", "此前", "之前", "原", "旧", "前述", "其", "已", "发布于", "19", "20", "其于", "先前", "早前", "该"} {
		if strings.HasPrefix(gap, w) {
			return true
		}
	}
	return strings.HasSuffix(strings.TrimRight(gap, " 《（(“"), "的") || strings.HasSuffix(strings.TrimRight(gap, " 《（(“"), "公告")
}
