package event

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/instrument/when"
)

// maxDated and maxDatedBytes bound the sentences that are read for dates.
const (
	maxDated      = 400
	maxDatedBytes = 64 << 10
)

func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

var (
	effective = lazy(`(?i)\b(?:takes?|took|come|comes|came|enters?|entered|go|goes|went|put)\s+(?:into\s+)?(?:full\s+)?(?:effect|force|operation)\b|\b(?:is|are|be|becomes?)\s+effective\b|\beffective\s+(?:date|immediately|as of|at|on|from|upon|[a-z]{3,9}\.?\s+\d)|\bwith effect from\b|\b(?:appl(?:y|ies)|applicable)\s+(?:from|as of|on)\b|\b(?:restrictions?|bans?|rules?|obligations?|requirements?|regime|duty|duties|measures?|licensing)\s+(?:will\s+)?(?:start|begin|commence)s?\s+(?:on|from)\b|\bwith immediate effect\b|\b(?:effective|in force)\s+today\b|\bin force (?:from|on|since)\b|\bstarting (?:on|from)\b`)
	uponIssue = lazy(`(?i)\b(?:effective|in force|(?:takes?|took) effect|into force)\s+(?:today|the same day|since the same day)\b|\b(?:date of (?:its )?issue|date of (?:its )?issuance)\b|\beffective immediately\b|\bimmediate effect\b|\b(?:upon|on) (?:the date of )?(?:its |their )?(?:issuance|publication|release|signature)\b`)
	// fromDay is a day from which something holds, in prose that need not say
	// that it takes effect: "from 30 June 2025".
	fromDay = lazy(`(?i)\b(?:from|as of|starting|beginning|on or after)\s+(?:on\s+)?(?:the\s+)?(?:\d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9}\b|[a-z]{3,9}\.?\s+\d{1,2}\b)`)
	// lasting are periods that a consultation runs for: its last day is stated
	// elsewhere, or does not stand in the text to the day.
	lasting  = lazy(`(?i)\b(?:runs?|lasts?|open) for (?:\d+|[a-z]+) (?:weeks|months)`)
	relative = lazy(`(?i)\b([a-z]+|\d+)[\s-]+(?:calendar |business |working )?(day|week|month|year)s?\s+(?:after|following|from|of)\s+(?:(?:that|the date|the day) of\s+|it(?: is)?\s+|its\s+|their\s+|the\s+)*(?:publi|gazett|enact|signature|signing|adopt|issu|releas|today|notice)`)
	comments = lazy(`(?i)\b(?:comments?|responses?|submissions?|contributions?|answers?|replies|input|feedback|views)\b.{0,60}\b(?:by|before|until|due|no later than|within|close|closes|received|end|ends)\b|\b(?:comment period|consultation)\b.{0,50}\b(?:clos|end|run|open|until|expire|last)|\d+[- ]day (?:public )?comment|\bdeadline for (?:comments|responses|submissions)`)
)

// dates reads when a rule applies and when comments close. Relative dates are
// resolved against the day of publication.
func (ctx *context) dates(t corpus.EventType) (effectiveAt, closesAt time.Time) {
	if !t.Regulatory() {
		return
	}
	if ctx.dated == nil {
		read := func() (time.Time, time.Time) { return ctx.readDates(t) }
		if ctx.doc.Lang == "zh" {
			read = func() (time.Time, time.Time) { return ctx.readChineseDates(t) }
		}
		e, c := read()
		ctx.dated = []time.Time{e, c}
	}
	return ctx.dated[0], ctx.dated[1]
}

func (ctx *context) readDates(t corpus.EventType) (effectiveAt, closesAt time.Time) {
	read := 0
	var duty time.Time // from which a duty holds, where nothing is said to take effect
	for i, s := range ctx.doc.Sentences {
		if i == maxDated || read > maxDatedBytes {
			break
		}
		sentence := ctx.doc.Text(s)
		if duty.IsZero() && (t == corpus.RuleFinal || t == corpus.Prohibition) {
			duty = ctx.dutyFrom(sentence)
		}
		if !maybeDate(sentence) {
			continue
		}
		read += len(sentence)
		if effectiveAt.IsZero() {
			if m := effective().FindStringIndex(sentence); m != nil {
				effectiveAt = ctx.effectiveFrom(sentence, m)
			}
		}
		if closesAt.IsZero() {
			if m := comments().FindStringIndex(sentence); m != nil {
				closesAt = ctx.dateAfter(sentence, m[0])
			}
		}
		if !effectiveAt.IsZero() && !closesAt.IsZero() {
			break
		}
	}
	if effectiveAt.IsZero() {
		effectiveAt = duty
	}
	return effectiveAt, closesAt
}

// dutyFrom returns the day to come from which a sentence says that something
// holds: "From 30 June 2025 providers need a licence".
func (ctx *context) dutyFrom(sentence string) time.Time {
	if ctx.published.IsZero() || !strings.Contains(sentence, "rom ") && !strings.Contains(sentence, "s of ") && !strings.Contains(sentence, "tarting") {
		return time.Time{}
	}
	m := fromDay().FindStringIndex(sentence)
	if m == nil {
		return time.Time{}
	}
	for _, d := range when.Find(sentence, ctx.published) {
		if d.End > m[0] && d.Start < m[1] && !d.At.Before(day(ctx.published)) {
			return d.At
		}
	}
	return time.Time{}
}

// counted returns the day that lies a stated time after publication: "60 days
// after it is published", "on the twentieth day following its publication".
func (ctx *context) counted(sentence string) (time.Time, bool) {
	m := relative().FindStringSubmatch(sentence)
	if m == nil || ctx.published.IsZero() {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		n = spelled[strings.ToLower(m[1])]
	}
	if n == 0 || n > 1000 {
		return time.Time{}, false
	}
	from := day(ctx.published)
	switch strings.ToLower(m[2]) {
	case "day":
		return from.AddDate(0, 0, n), true
	case "week":
		return from.AddDate(0, 0, 7*n), true
	case "month":
		return from.AddDate(0, n, 0), true
	}
	return from.AddDate(n, 0, 0), true
}

// spelled are the numbers that notices write out, and their ordinals.
var spelled = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18,
	"twenty": 20, "thirty": 30, "forty": 40, "sixty": 60, "ninety": 90, "first": 1, "third": 3, "seventh": 7, "tenth": 10, "fifteenth": 15, "twentieth": 20, "thirtieth": 30,
}

// maybeDate is a cheap test before any expression runs.
func maybeDate(s string) bool {
	for _, w := range []string{"ffect", "force", "omment", "onsult", "eedback", "espons", "ubmission", "iews", "appl", "tarting", "eadline", "ontribution", "nswers", "nput", "eplies", "operation", "tart", "ommenc", "begin"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// effectiveFrom returns the date that a phrase of taking effect is about: the
// nearest one in its sentence, a period after publication, or publication.
func (ctx *context) effectiveFrom(sentence string, m []int) time.Time {
	var best when.Date
	const reach = 60
	gap := reach + 1
	for _, d := range when.Find(sentence, ctx.published) {
		g := d.Start - m[1]
		if d.End <= m[0] {
			g = m[0] - d.End
		}
		if g = max(g, 0); g < gap {
			best, gap = d, g
		}
	}
	if gap <= reach {
		return best.At
	}
	if ctx.published.IsZero() {
		return time.Time{}
	}
	if at, ok := ctx.counted(sentence); ok {
		return at
	}
	if rest := sentence[m[0]:]; strings.Contains(rest, "days after") || strings.Contains(rest, "months after") {
		if at, ok := when.Period(sentence, day(ctx.published)); ok {
			return at
		}
	}
	if uponIssue().MatchString(sentence) {
		return day(ctx.published)
	}
	return time.Time{}
}

// dateAfter returns the first date, or the end of the first period, at or
// after byte from.
func (ctx *context) dateAfter(sentence string, from int) time.Time {
	ds := when.Find(sentence, ctx.published)
	for i := len(ds) - 1; i >= 0; i-- { // Chinese puts the date before: 请于3月6日前反馈
		if ds[i].Start >= from || ds[i].End+12 >= from {
			if i > 0 && ds[i-1].Start >= from {
				continue
			}
			return ds[i].At
		}
	}
	if !ctx.published.IsZero() && !lasting().MatchString(sentence) {
		if at, ok := when.Period(sentence, day(ctx.published)); ok {
			return at
		}
	}
	return time.Time{}
}

func day(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func addTo[T comparable](s *[]T, v T) {
	for _, x := range *s {
		if x == v {
			return
		}
	}
	*s = append(*s, v)
}
