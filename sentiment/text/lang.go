package text

import (
	"unicode"
	"unicode/utf8"
)

// langSample bounds what [DetectLang] reads: a language does not change after
// a page of text.
const langSample = 8 << 10

// DetectLang tells Chinese ("zh") and English ("en") apart by whether there are
// more Chinese characters than words in Latin letters, because Chinese news is
// full of tickers and foreign names. It recognises Japanese ("ja"), Korean
// ("ko"), Russian and its neighbours ("ru"), Arabic ("ar") and Thai ("th") by
// their script. Any text in Latin letters is "en"; one without letters is "".
func DetectLang(s string) string {
	if len(s) > langSample {
		s = s[:langSample]
	}
	var latin, words, han, kana, hangul, cyrillic, arabic, thai int
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if isASCIILetter(c) {
				latin++
				if i == 0 || !isASCIILetter(s[i-1]) {
					words++
				}
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case IsHan(r):
			han++
		case r < 0x250 && unicode.IsLetter(r):
			latin++
		case 0x3040 <= r && r <= 0x30ff:
			kana++
		case 0xac00 <= r && r <= 0xd7a3:
			hangul++
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Arabic, r):
			arabic++
		case unicode.Is(unicode.Thai, r):
			thai++
		}
	}
	all := float64(latin + han + kana + hangul + cyrillic + arabic + thai)
	switch {
	case all == 0:
		return ""
	case float64(kana) > 0.1*all:
		return "ja"
	case float64(hangul) > 0.2*all:
		return "ko"
	case han > words:
		return "zh"
	case float64(cyrillic) > 0.5*all:
		return "ru"
	case float64(arabic) > 0.5*all:
		return "ar"
	case float64(thai) > 0.5*all:
		return "th"
	}
	return "en"
}

// IsHan reports whether r is a Chinese character of the common planes.
func IsHan(r rune) bool {
	return 0x4e00 <= r && r <= 0x9fff || 0x3400 <= r && r <= 0x4dbf || 0xf900 <= r && r <= 0xfaff || 0x20000 <= r && r <= 0x2ffff || r == '〇'
}
