package parse

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// moment is a point in time as written somewhere.
type moment struct {
	time.Time
	clock bool // a time of day was given
	zone  bool // and a zone
	start int  // the bytes of the text that say it
	end   int

	from      Origin
	confirmed bool // another place says the same day
}

// parseMoment reads the first date in s, with the time of day and the zone
// that follow it. It knows ISO 8601 and its relatives, Chinese dates, dates
// with month names in a dozen languages and numeric ones; monthFirst says how
// 04/05/2025 is read, which nothing in it tells.
func parseMoment(s string, monthFirst bool) (moment, bool) {
	if len(s) > 400 {
		s = s[:400]
	}
	var buf [32]token // most texts need no more
	toks := scanDate(s, buf[:0])
	for i := range toks {
		y, m, d, n, ok := dateAt(toks[i:], monthFirst)
		if !ok {
			continue
		}
		mo := moment{start: toks[i].at, end: toks[i+n-1].end}
		h, mi, sec, zone, k := clockAt(s, toks[i+n:])
		if k > 0 {
			mo.clock, mo.zone, mo.end = true, zone != nil, toks[i+n+k-1].end
		}
		if zone == nil {
			zone = time.UTC
		}
		mo.Time = time.Date(y, time.Month(m), d, h, mi, sec, 0, zone)
		if mo.Day() != d {
			continue // 31 February
		}
		return mo, true
	}
	return moment{}, false
}

// parseStamp reads a machine's date: like parseMoment, and Unix seconds or
// milliseconds, and eight digits.
func parseStamp(s string) (moment, bool) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch {
		case len(s) == 10:
			return moment{Time: time.Unix(n, 0).UTC(), clock: true, zone: true}, true
		case len(s) == 13:
			return moment{Time: time.UnixMilli(n).UTC(), clock: true, zone: true}, true
		case len(s) == 8:
			t, err := time.Parse("20060102", s)
			return moment{Time: t}, err == nil && t.Year() > 1990 && t.Year() < 2100
		case len(s) == 14:
			t, err := time.Parse("20060102150405", s)
			return moment{Time: t, clock: true}, err == nil && t.Year() > 1990 && t.Year() < 2100
		}
		return moment{}, false
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return moment{Time: t.Truncate(time.Microsecond), clock: true, zone: true}, true
	}
	return parseMoment(s, true)
}

// token is a number, a word or a single sign of a date.
type token struct {
	kind    byte // 'n', 'w', or the sign itself (CJK signs as their own words)
	num     int
	digits  int
	word    string // lower case
	at, end int
}

// scanDate appends the tokens of s to toks.
func scanDate(s string, toks []token) []token {
	for i := 0; i < len(s) && len(toks) < 120; {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			j, n := i, 0
			for j < len(s) && s[j] >= '0' && s[j] <= '9' {
				if j-i < 9 {
					n = n*10 + int(s[j]-'0')
				}
				j++
			}
			toks = append(toks, token{kind: 'n', num: n, digits: j - i, at: i, end: j})
			i = j
		case c == ' ' || c == '\t' || c == '\n':
			i++
		case c < 0x80 && !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'):
			toks = append(toks, token{kind: c, at: i, end: i + 1})
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r >= 0x2e80 { // one token a Chinese, Japanese or Korean character
				toks = append(toks, token{kind: 'w', word: s[i : i+size], at: i, end: i + size})
				i += size
				continue
			}
			if !unicode.IsLetter(r) {
				i += size
				continue
			}
			j := i
			for j < len(s) {
				r, size := utf8.DecodeRuneInString(s[j:])
				if !unicode.IsLetter(r) || r >= 0x2e80 {
					break
				}
				j += size
			}
			toks = append(toks, token{kind: 'w', word: strings.ToLower(s[i:j]), at: i, end: j})
			i = j
		}
	}
	return toks
}

// dateAt reads a date at the start of toks; n is the number of tokens read.
func dateAt(toks []token, monthFirst bool) (y, m, d, n int, ok bool) {
	at := func(i int) token {
		if i < len(toks) {
			return toks[i]
		}
		return token{}
	}
	is := func(i int, kinds string) bool {
		return i < len(toks) && toks[i].kind != 'n' && toks[i].kind != 'w' && strings.IndexByte(kinds, toks[i].kind) >= 0
	}
	word := func(i int, words ...string) bool {
		if at(i).kind != 'w' {
			return false
		}
		for _, w := range words {
			if toks[i].word == w {
				return true
			}
		}
		return false
	}
	year := func(i int) bool {
		return at(i).kind == 'n' && toks[i].digits == 4 && toks[i].num >= 1990 && toks[i].num <= 2100
	}
	small := func(i, limit int) bool {
		return at(i).kind == 'n' && toks[i].digits <= 2 && toks[i].num >= 1 && toks[i].num <= limit
	}
	switch {
	case year(0) && (is(1, "-/.") || word(1, "年", "년")) && small(2, 12) && (is(3, "-/.") || word(3, "月", "월")) && small(4, 31):
		n = 5
		if word(5, "日", "号", "일") {
			n = 6
		}
		return at(0).num, at(2).num, at(4).num, n, true
	case year(0) && (is(1, ",-") && monthName(at(2).word) > 0 && small(3, 31)):
		return at(0).num, monthName(at(2).word), at(3).num, 4, true
	case year(0) && monthName(at(1).word) > 0 && small(2, 31):
		return at(0).num, monthName(at(1).word), at(2).num, 3, true
	case small(0, 31) && is(1, "./-") && small(2, 31) && is(3, "./-") && toks[1].kind == toks[3].kind && (year(4) || at(4).kind == 'n' && toks[1].kind == '.' && at(4).digits == 2):
		a, b, yy := at(0).num, at(2).num, at(4).num
		if yy < 100 {
			yy += 2000
			if yy > 2060 {
				return
			}
		}
		if a > 12 && b > 12 {
			return
		}
		if b > 12 || (a <= 12 && monthFirst && toks[1].kind == '/') {
			a, b = b, a
		}
		return yy, b, a, 5, true
	case small(0, 31):
		i := 1
		for i < len(toks) && i < 4 && (is(i, ".-/,") || word(i, "st", "nd", "rd", "th", "de", "of", "er", "º")) {
			i++
		}
		mon := monthName(at(i).word)
		if at(i).kind != 'w' || mon == 0 {
			return
		}
		i++
		for i < len(toks) && i < 7 && (is(i, ".-/,") || word(i, "de", "del", "of")) {
			i++
		}
		if year(i) {
			return at(i).num, mon, at(0).num, i + 1, true
		}
	case at(0).kind == 'w' && monthName(at(0).word) > 0:
		i := 1
		for i < len(toks) && i < 3 && is(i, ".-/,") {
			i++
		}
		if !small(i, 31) {
			return
		}
		day := at(i).num
		i++
		for i < len(toks) && i < 6 && (is(i, ".-/,") || word(i, "st", "nd", "rd", "th")) {
			i++
		}
		if year(i) {
			return at(i).num, monthName(at(0).word), day, i + 1, true
		}
	}
	return 0, 0, 0, 0, false
}

// clockAt reads a time of day and a zone at the start of toks, which follow a
// date; n is the number of tokens read, 0 when there is no time.
func clockAt(s string, toks []token) (h, m, sec int, zone *time.Location, n int) {
	i := 0
	for i < len(toks) && i < 5 {
		t := toks[i]
		if t.kind == 'n' {
			break
		}
		if t.kind == 'w' {
			switch t.word {
			case "t", "at", "um", "à", "kl", "às", "a", "las", "alle", "ore", "om", "von", "o", "clock", "on",
				"mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
				"星", "期", "上", "下", "午", "一", "二", "三", "四", "五", "六":
			default:
				if _, ok := zoneOffset(t.word); !ok { // "2018-11-28CET11:59"
					return 0, 0, 0, nil, 0
				}
			}
		}
		i++
	}
	num := func(k, limit int) bool {
		return k < len(toks) && toks[k].kind == 'n' && toks[k].digits <= 2 && toks[k].num <= limit
	}
	colon := func(k int) bool {
		return k < len(toks) && (toks[k].kind == ':' || toks[k].word == "：" || toks[k].word == "时" || toks[k].word == "時" || toks[k].word == "点" || toks[k].word == "h" || toks[k].kind == '.' && toks[k].end-toks[k].at == 1)
	}
	if !num(i, 24) {
		return 0, 0, 0, nil, 0
	}
	afternoon := false
	for k := range i {
		if toks[k].word == "下" {
			afternoon = true
		}
	}
	h = toks[i].num
	i++
	half := func(k int) (string, bool) {
		if k < len(toks) && toks[k].kind == 'w' && (toks[k].word == "am" || toks[k].word == "pm" || toks[k].word == "a" || toks[k].word == "p") {
			return toks[k].word, true
		}
		return "", false
	}
	if colon(i) && num(i+1, 59) && toks[i+1].digits == 2 {
		m = toks[i+1].num
		i += 2
		if colon(i) && num(i+1, 59) && toks[i+1].digits == 2 {
			sec = toks[i+1].num
			i += 2
			if i+1 < len(toks) && toks[i].kind == '.' && toks[i+1].kind == 'n' {
				i += 2 // fractions of a second
			}
		}
	} else if _, ok := half(i); !ok {
		return 0, 0, 0, nil, 0
	}
	if i < len(toks) && (toks[i].word == "分" || toks[i].word == "秒" || toks[i].word == "uhr") {
		i++
	}
	if w, ok := half(i); ok {
		if w[0] == 'p' && h < 12 {
			h += 12
		} else if w[0] == 'a' && h == 12 {
			h = 0
		}
		i++
		for i+1 < len(toks) && (toks[i].kind == '.' || toks[i].word == "m") { // "p.m."
			i++
		}
	} else if afternoon && h < 12 {
		h += 12
	}
	if h > 23 {
		return 0, 0, 0, nil, 0
	}
	n = i
	k := i
	for k < len(toks) && k < i+2 && (toks[k].kind == '(' || toks[k].kind == ',') {
		k++
	}
	if k < len(toks) {
		switch t := toks[k]; {
		case t.kind == '+' || t.kind == '-':
			if k+1 < len(toks) && toks[k+1].kind == 'n' && toks[k+1].at == t.end {
				o := toks[k+1]
				mins, used := -1, k+2
				switch {
				case o.digits == 4 && o.num <= 1400:
					mins = o.num/100*60 + o.num%100
				case o.digits <= 2 && o.num <= 14:
					mins = o.num * 60
					if k+3 < len(toks) && toks[k+2].kind == ':' && toks[k+3].kind == 'n' && toks[k+3].digits == 2 {
						mins += toks[k+3].num
						used = k + 4
					}
				}
				if mins >= 0 {
					if t.kind == '-' {
						mins = -mins
					}
					zone, n = fixedZone(mins), used
				}
			}
		case t.kind == 'w':
			if mins, ok := zoneOffset(t.word); ok {
				zone, n = fixedZone(mins), k+1
			} else if strings.HasPrefix(s[t.at:], "北京时间") {
				zone, n = fixedZone(8*60), k+4
			}
		}
	}
	return h, m, sec, zone, n
}

func fixedZone(minutes int) *time.Location {
	if minutes == 0 {
		return time.UTC
	}
	return time.FixedZone("", minutes*60)
}

// zoneOffset knows the abbreviations that mean one thing in the press. CST is
// read as American: Chinese sites do not write it.
func zoneOffset(w string) (minutes int, ok bool) {
	switch w {
	case "z", "utc", "gmt", "wet":
		return 0, true
	case "est", "cdt":
		return -5 * 60, true
	case "edt":
		return -4 * 60, true
	case "et":
		return -5 * 60, true
	case "cst", "mdt":
		return -6 * 60, true
	case "mst", "pdt":
		return -7 * 60, true
	case "pst":
		return -8 * 60, true
	case "bst", "cet", "mez":
		return 60, true
	case "cest", "mesz", "eet", "sast":
		return 2 * 60, true
	case "eest", "msk":
		return 3 * 60, true
	case "ist":
		return 5*60 + 30, true
	case "sgt", "hkt", "awst":
		return 8 * 60, true
	case "jst", "kst":
		return 9 * 60, true
	case "aest":
		return 10 * 60, true
	case "aedt":
		return 11 * 60, true
	}
	return 0, false
}

// monthName returns 1 to 12 for the name of a month, in full or as usually
// cut, in the languages of Europe; 0 for any other word.
func monthName(w string) int {
	switch w {
	case "january", "jan", "januar", "jänner", "jän", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro", "januari", "января", "stycznia", "ocak":
		return 1
	case "february", "feb", "februar", "febr", "février", "févr", "fév", "fevrier", "febrero", "febbraio", "fevereiro", "fev", "februari", "февраля", "lutego", "şubat":
		return 2
	case "march", "mar", "märz", "mär", "mrz", "maerz", "mars", "marzo", "março", "maart", "mrt", "марта", "marca", "mart":
		return 3
	case "april", "apr", "avril", "avr", "abril", "abr", "aprile", "апреля", "kwietnia", "nisan":
		return 4
	case "may", "mai", "mayo", "maggio", "mag", "maio", "mei", "maj", "мая", "maja", "mayıs":
		return 5
	case "june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "июня", "czerwca", "haziran":
		return 6
	case "july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "июля", "lipca", "temmuz":
		return 7
	case "august", "aug", "août", "aout", "agosto", "ago", "augustus", "augusti", "августа", "sierpnia", "ağustos":
		return 8
	case "september", "sep", "sept", "septembre", "septiembre", "settembre", "set", "setembro", "сентября", "września", "eylül":
		return 9
	case "october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out", "октября", "października", "ekim":
		return 10
	case "november", "nov", "novembre", "noviembre", "novembro", "ноября", "listopada", "kasım":
		return 11
	case "december", "dec", "dezember", "dez", "décembre", "déc", "diciembre", "dic", "dicembre", "dezembro", "декабря", "grudnia", "aralık":
		return 12
	}
	return 0
}

// urlDate reads the date that many sites put into an article's path:
// /2025/04/17/, /2025-04-17-, /20250417/, /t20250417_123.htm.
func urlDate(path string) (moment, bool) {
	for i := 0; i+8 <= len(path); i++ {
		if i > 0 && path[i-1] >= '0' && path[i-1] <= '9' || !strings.HasPrefix(path[i:], "20") && !strings.HasPrefix(path[i:], "19") {
			continue
		}
		rest := path[i:]
		if t, err := time.Parse("20060102", rest[:8]); err == nil && (len(rest) == 8 || rest[8] < '0' || rest[8] > '9') {
			return moment{Time: t}, t.Year() >= 1995
		}
		if len(rest) >= 10 {
			for _, layout := range []string{"2006/01/02", "2006-01-02", "2006_01_02", "2006.01.02"} {
				if t, err := time.Parse(layout, rest[:10]); err == nil && (len(rest) == 10 || rest[10] < '0' || rest[10] > '9') {
					return moment{Time: t}, t.Year() >= 1995
				}
			}
			if t, err := time.Parse("2006-01/02", rest[:10]); err == nil && (len(rest) == 10 || rest[10] < '0' || rest[10] > '9') {
				return moment{Time: t}, t.Year() >= 1995
			}
			if t, err := time.Parse("200601/02", rest[:9]); err == nil && rest[9] == '/' {
				return moment{Time: t}, t.Year() >= 1995
			}
		}
	}
	return moment{}, false
}

// zoneOf is the clock of a jurisdiction that has one zone all year, in which
// its publishers state times without saying so; nil elsewhere.
func zoneOf(jurisdiction string) *time.Location {
	switch jurisdiction {
	case "CN", "HK", "MO", "TW", "SG", "MY", "PH":
		return fixedZone(8 * 60)
	case "JP", "KR":
		return fixedZone(9 * 60)
	case "IN":
		return fixedZone(5*60 + 30)
	case "AE":
		return fixedZone(4 * 60)
	case "TH", "VN":
		return fixedZone(7 * 60)
	}
	return nil
}
