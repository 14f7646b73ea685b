package instrument

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
)

//go:embed data/acts.txt
var actData string

// form is how a word stands to what it acts on; data/acts.txt explains them.
type form string

const (
	active  form = "active"
	passive form = "passive"
	noun    form = "noun"
	under   form = "under"
	first   form = "first"
	self    form = "self"
)

// sameAct is the kind of words that repeat the act before them.
const sameAct corpus.RelationKind = "same"

// verb is a way of saying what one instrument does to another, or what becomes
// of one. Its fields are those of data/acts.txt.
type verb struct {
	name   string
	kind   corpus.RelationKind
	status corpus.InstrumentStatus
	form   form
	hints  []string
	expr   func() *regexp.Regexp
	after  []string
	strict bool
	han    bool
}

// verbs are read once, when a text first names an instrument.
var verbs = sync.OnceValue(func() []*verb {
	out, err := readVerbs(actData)
	if err != nil {
		panic("instrument: acts.txt: " + err.Error())
	}
	return out
})

func readVerbs(data string) ([]*verb, error) {
	var out []*verb
	for n, line := range strings.Split(data, "\n") {
		if name, ok := strings.CutPrefix(line, "["); ok && strings.HasSuffix(line, "]") {
			out = append(out, &verb{name: strings.TrimSuffix(name, "]")})
			continue
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, " = ")
		if !ok || len(out) == 0 {
			return nil, fmt.Errorf("line %d: %q is no field", n+1, line)
		}
		v := out[len(out)-1]
		switch key {
		case "kind":
			v.kind = corpus.RelationKind(value)
		case "status":
			v.status = corpus.InstrumentStatus(value)
		case "form":
			v.form = form(value)
		case "hint":
			v.hints = strings.Split(value, " | ")
		case "expr":
			v.expr = lazy(value)
			v.han = v.form == first || !strings.Contains(value, `\b`) && !isASCII(value)
		case "after":
			v.after = strings.Split(value, " | ")
		case "strict":
			v.strict = value == "yes"
		default:
			return nil, fmt.Errorf("line %d: unknown field %q", n+1, key)
		}
	}
	return out, nil
}

// act is a verb met in a text.
type act struct {
	*verb
	start, end int
	void       bool // negated, planned or proposed: nothing has happened
	ahead      bool // happens on a later day
	hereby     bool // the text itself does it
	day        time.Time
	objects    []mention
}

// findActs returns the acts in a sentence, in order and without overlaps, at
// offsets of the whole text.
func findActs(sentence, lower string, base int) []act {
	var out []act
	for _, v := range verbs() {
		if !slices.ContainsFunc(v.hints, func(h string) bool { return strings.Contains(lower, h) }) {
			continue
		}
		if len(v.after) > 0 && !slices.ContainsFunc(v.after, func(w string) bool { return strings.Contains(lower, w) }) {
			continue
		}
		for _, m := range v.expr().FindAllStringIndex(sentence, -1) {
			if slices.ContainsFunc(out, func(b act) bool { return m[0]+base < b.end && b.start < m[1]+base }) {
				continue
			}
			if v.han && (!standing(sentence, m[0], m[1]) || v.status == corpus.InstrumentInForce && temporal(sentence[m[1]:])) {
				continue
			}
			a := act{verb: v, start: m[0] + base, end: m[1] + base}
			word := lower[m[0]:m[1]]
			a.void = v.unreal(lower, m[0], m[1])
			a.hereby = strings.Contains(lower[max(0, m[0]-8):m[1]], "hereby") ||
				strings.HasPrefix(word, "同时") || strings.HasPrefix(word, "同時") || strings.HasPrefix(word, "予以") || strings.HasPrefix(word, "即行")
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b act) int { return cmp.Compare(a.start, b.start) })
	return out
}

// standing reports whether a Chinese match is a word of its own and not part
// of a longer one, nor inside a title.
func standing(s string, start, end int) bool {
	for _, w := range []string{"发布会", "发布者", "发布了报告", "实施细则", "实施办法", "撤销权", "修订稿", "修正主义", "发布人", "通过率", "替代品", "替代方案", "代替人"} {
		if i := strings.Index(s[start:], w); i >= 0 && start+i < end {
			return false
		}
	}
	head := s[:start]
	return strings.Count(head, "《") <= strings.Count(head, "》")
}

// temporal reports whether what follows 施行 makes it the time of something
// else: 自该文施行之日起.
func temporal(tail string) bool {
	for _, w := range []string{"之日", "后", "後", "以来", "前", "之前", "之后", "时", "時", "细则", "办法", "情况", "过程", "的"} {
		if strings.HasPrefix(tail, w) {
			return true
		}
	}
	return false
}

// unreal reports whether the words around an act say that it has not happened:
// a negation, a plan, a proposal, a demand, a denial.
func (v *verb) unreal(lower string, start, end int) bool {
	head := lower[:start]
	if !v.han {
		return v.unrealEnglish(head, lower[start:end], lower)
	}
	if i := strings.LastIndexAny(head, ",;:"); i >= 0 {
		head = head[i+1:]
	}
	for _, stop := range []string{"，", "；", "。", "："} {
		if i := strings.LastIndex(head, stop); i >= 0 {
			head = head[i+len(stop):]
		}
	}
	near := strings.ReplaceAll(strings.ReplaceAll(head, "虚拟", ""), "虛擬", "")
	if len(near) > 45 {
		near = near[len(near)-45:]
	}
	close := near
	if len(close) > 18 {
		close = close[len(close)-18:]
	}
	for _, w := range []string{"未", "没有", "沒有", "不会", "不會", "并不", "无意", "不", "若", "如果", "是否", "一旦"} {
		if strings.Contains(close, w) {
			return true
		}
	}
	for _, w := range []string{"拟", "擬", "建议", "建議", "考虑", "考慮", "计划", "計劃", "呼吁", "呼籲", "要求废", "要求撤", "可能", "或将", "有望", "打算", "提议", "提議", "酝酿", "主张", "讨论", "没有", "沒有", "误传", "誤傳", "谣言", "谣传", "不实", "否认", "否認"} {
		if strings.Contains(near, w) {
			return true
		}
	}
	return false
}

// plans are words before an act that leave it undone. They are stems.
var plans = []string{
	"would ", "could ", "may ", "might ", "propos", "consider", "plan", "seek", "want", "urg", "call for", "calls for", "calls on", "called on", "calling for",
	"consult", "draft", "bill to ", "push", "aim", "intend", "ask", "request", "moves to", "effort", "attempt", "should ", "pledg", "promis", "hope", "likely", "demand", "vow", "whether", "weigh", "threaten", "petition", "veto", "prepar",
}

func (v *verb) unrealEnglish(head, word, sentence string) bool {
	for _, w := range []string{"are wrong", "is wrong", "were wrong", "are false", "is false", "is untrue", "are untrue", "not true"} {
		if strings.Contains(sentence, w) && (strings.Contains(head, "report") || strings.Contains(head, "claim") || strings.Contains(head, "rumour") || strings.Contains(head, "rumor")) {
			return true
		}
	}
	if strings.HasSuffix(word, "ing") && (strings.Contains(sentence[len(head):], " would ") || strings.Contains(sentence[len(head):], " could ")) {
		return true // "revoking it would leave …"
	}
	if strings.HasPrefix(head, "had ") && strings.Contains(sentence, "would ") {
		return true
	}
	if i := strings.LastIndexAny(head, ";:"); i >= 0 {
		head = head[i+1:]
	}
	if i := strings.LastIndex(head, ". "); i >= 0 {
		head = head[i+2:]
	}
	near := head[max(0, len(head)-44):]
	for _, w := range []string{"not ", "n't ", "never ", "without ", "no plan", "nor ", "neither ", "against "} {
		if strings.Contains(near, w) {
			return true
		}
	}
	trimmed := strings.TrimRight(near, " ")
	switch v.kind {
	case corpus.Implements, corpus.BasedOn, corpus.Cites, corpus.Transposes:
		return false // a draft too is made under a law
	}
	if v.status == corpus.InstrumentProposed {
		return false
	}
	if v.status == corpus.InstrumentInForce || v.status == corpus.InstrumentAdopted {
		for _, w := range []string{"once", "before", "until", "when", "if", "unless", "after", "vote on", "voted on"} {
			if i := lastWord(near, w); i >= 0 && len(near)-i < 36 && !strings.Contains(near[i:], ",") && w != "after" {
				return true
			}
		}
	}
	finite := strings.HasPrefix(word, "is ") || strings.HasPrefix(word, "are ") || strings.HasPrefix(word, "was ") || strings.HasPrefix(word, "were ")
	for _, w := range plans {
		if finite && !strings.HasSuffix(w, " ") && w != "whether" {
			continue // "proposed in 2020, was amended in 2024"
		}
		if i := strings.LastIndex(near, w); i >= 0 && (i == 0 || near[i-1] < 'a' || near[i-1] > 'z') {
			return true
		}
	}
	if i := lastWord(near, "if"); i >= 0 {
		return true
	}
	if strings.HasSuffix(trimmed, " to") || trimmed == "to" { // "to repeal", but "voted to repeal"
		return !strings.Contains(near, "voted") && !strings.Contains(near, "votes") && !strings.Contains(near, "set to") && !strings.Contains(near, "due to")
	}
	return false
}
