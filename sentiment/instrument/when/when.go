package when

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Date is one date in a text.
type Date struct {
	Start, End int // byte range in the text
	At         time.Time
}

const months = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`

// The groups of dateExpr, in its order of alternatives.
var dateExpr = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + strings.Join([]string{
		`\b` + months + `\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(20\d{2}|19\d{2}))?\b`,
		`\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + months + `(?:,?\s+(20\d{2}|19\d{2}))?\b`,
		`\b(20\d{2})-(\d{1,2})-(\d{1,2})\b`,
		`(?:(20\d{2}|1\d{2})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]`,
		`(?:(二[〇零○Ｏ][〇零○Ｏ一二三四五六七八九]{2}|一百[一二三四五六七八九十]{1,3})年)?([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日`,
		`(元旦)`,
	}, "|"))
})

// Find returns the dates in s, in order. A date without a year takes the year
// that puts it nearest to ref, with a preference for the future (see [near]);
// with a zero ref it is left out.
func Find(s string, ref time.Time) []Date {
	var out []Date
	for _, m := range dateExpr().FindAllStringSubmatchIndex(s, -1) {
		g := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		var y, mo, d int
		switch {
		case m[2] >= 0:
			y, mo, d = number(g(3)), month(g(1)), number(g(2))
		case m[8] >= 0:
			y, mo, d = number(g(6)), month(g(5)), number(g(4))
		case m[14] >= 0:
			y, mo, d = number(g(7)), number(g(8)), number(g(9))
		case m[22] >= 0:
			y, mo, d = number(g(10)), number(g(11)), number(g(12))
		case m[28] >= 0:
			y, mo, d = hanYear(g(13)), hanNumber(g(14)), hanNumber(g(15))
		default:
			mo, d = 1, 1 // New Year's Day
		}
		if 0 < y && y < 1000 {
			y += republic
		}
		if at, ok := resolve(y, mo, d, ref); ok {
			out = append(out, Date{m[0], m[1], at})
		}
	}
	return out
}

// republic is what Taiwan's years, counted from the founding of the Republic of
// China, fall short of the common era: 民國114年 is 2025.
const republic = 1911

func resolve(y, mo, d int, ref time.Time) (time.Time, bool) {
	if y == 0 {
		if ref.IsZero() {
			return time.Time{}, false
		}
		return near(mo, d, ref)
	}
	return day(y, mo, d)
}

// near picks the year of a date without one: among last, this and next year
// the one that falls between three months before ref and nine months after,
// because notices look forward.
func near(mo, d int, ref time.Time) (time.Time, bool) {
	for y := ref.Year() - 1; y <= ref.Year()+1; y++ {
		at, ok := day(y, mo, d)
		if ok && at.After(ref.AddDate(0, -3, 0)) && !at.After(ref.AddDate(0, 9, 0)) {
			return at, true
		}
	}
	return time.Time{}, false
}

func day(y, mo, d int) (time.Time, bool) {
	at := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)
	return at, at.Year() == y && int(at.Month()) == mo && at.Day() == d
}

func month(s string) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	return strings.Index(names, strings.ToLower(s[:3]))/3 + 1
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

const hanDigits = "〇一二三四五六七八九"

// hanYear reads a year written digit by digit, 二〇二六, or one of Taiwan's,
// 一百十四.
func hanYear(s string) int {
	if rest, ok := strings.CutPrefix(s, "一百"); ok {
		return 100 + hanNumber(rest)
	}
	n := 0
	for _, r := range s {
		n = n*10 + hanDigit(r)
	}
	return n
}

// hanNumber reads 1 to 99 as written in dates and periods: 三, 十二, 二十一.
func hanNumber(s string) int {
	tens, ones := 0, 0
	for _, r := range s {
		if r == '十' {
			tens, ones = max(ones, 1), 0
			continue
		}
		ones = hanDigit(r)
	}
	return tens*10 + ones
}

func hanDigit(r rune) int {
	i := strings.IndexRune(hanDigits, r)
	if i < 0 {
		return 0 // the look-alikes of 〇
	}
	return utf8.RuneCountInString(hanDigits[:i])
}

var periodExpr = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(\d{1,3}|thirty|sixty|ninety|twenty)[- ](?:(?:calendar|business)[- ])?(days?|weeks?|months?)\b|` +
		`(\d{1,3}|[一二三四五六七八九十]{1,3})\s*(个工作日|個工作日|个月|個月|日|天|周)`)
})

// Period returns the first length of time in s ("60 days", "60-day", "30日",
// "三个月") added to from. It reports false when s holds none.
func Period(s string, from time.Time) (time.Time, bool) {
	for _, m := range periodExpr().FindAllStringSubmatch(s, -1) {
		n, unit := m[1], strings.ToLower(m[2])
		if unit == "" {
			n, unit = m[3], m[4]
		}
		count := number(n)
		if count == 0 {
			switch strings.ToLower(n) {
			case "twenty":
				count = 20
			case "thirty":
				count = 30
			case "sixty":
				count = 60
			case "ninety":
				count = 90
			default:
				count = hanNumber(n)
			}
		}
		if count == 0 {
			continue
		}
		switch unit {
		case "month", "months", "个月", "個月":
			return from.AddDate(0, count, 0), true
		case "week", "weeks", "周":
			return from.AddDate(0, 0, 7*count), true
		default:
			return from.AddDate(0, 0, count), true
		}
	}
	return time.Time{}, false
}
