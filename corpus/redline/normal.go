package redline

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// normal returns s for comparison: what sites rewrite without changing a word
// is levelled. Signs that carry a meaning (digits, their points and commas,
// per cent, minus, comparison, superscripts) are kept.
func normal(s string) string {
	if strings.Contains(s, "://") {
		s = withoutQueries(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	var last rune
	for _, r := range s {
		r = level(r)
		switch {
		case r < 0:
			continue
		case unicode.IsSpace(r):
			space = true
			continue
		}
		// Spaces beside Chinese characters are a matter of taste.
		if space && b.Len() > 0 && !wide(last) && !wide(r) {
			b.WriteByte(' ')
		}
		space = false
		switch r {
		case '…':
			b.WriteString("...")
		case 'ﬁ':
			b.WriteString("fi")
		case 'ﬂ':
			b.WriteString("fl")
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		last = r
	}
	return strings.TrimRight(b.String(), " .;,:。；，：、")
}

// level maps a character to the one it is written for, negative for none.
func level(r rune) rune {
	switch {
	case r >= 'ａ' && r <= 'ｚ', r >= 'Ａ' && r <= 'Ｚ', r >= '０' && r <= '９', r >= '！' && r <= '～':
		return r - 0xfee0
	}
	switch r {
	case '‘', '’', '‚', '‛', '`', '´', '「', '」', '『', '』', '“', '”', '„', '‟', '«', '»', '"', '*', '•', '·', '●', '▪', '■', '◆', '▶', '►', '›', '\u00ad', '\u200b', '\ufeff', '\u200c', '\u200d':
		if r == '‘' || r == '’' || r == '´' || r == '`' {
			return '\''
		}
		return -1
	case '–', '—', '‐', '‑', '‒', '―', '−':
		return '-'
	case '〔':
		return '['
	case '〕':
		return ']'
	case '。':
		return '.'
	case '、':
		return ','
	}
	return r
}

// wide reports whether r is written without spaces round it.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f
}

var queries = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(https?://[^\s?#]+)[?#]\S*`) })

// withoutQueries cuts queries and fragments off printed addresses: session
// marks stand there.
func withoutQueries(s string) string { return queries().ReplaceAllString(s, "$1") }

// sentences cuts a text behind its full stops. A stop inside a number or
// before a small letter does not end a sentence.
func sentences(s string) []string {
	var out []string
	start := 0
	var rs []rune
	var at []int
	for i, r := range s {
		rs, at = append(rs, r), append(at, i)
	}
	at = append(at, len(s))
	for i, r := range rs {
		end := false
		switch r {
		case '。', '！', '？', '；':
			end = true
		case '.', '!', '?':
			end = i+2 < len(rs) && unicode.IsSpace(rs[i+1]) && !unicode.IsLower(rs[i+2])
		}
		if end && i+1 < len(rs) {
			if t := strings.TrimSpace(s[at[start]:at[i+1]]); t != "" {
				out = append(out, t)
			}
			start = i + 1
		}
	}
	if t := strings.TrimSpace(s[at[start]:]); t != "" {
		out = append(out, t)
	}
	return out
}
