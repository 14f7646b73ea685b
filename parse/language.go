package parse

import (
	"strings"
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"

	"github.com/regwire/regwire/corpus"
)

// language decides what a draft is written in. The share of Chinese
// characters tells Chinese from the rest and is always right about it; for
// the others the page's own word is taken when its script fits, and the
// statistics are asked only where it gives none.
func language(d corpus.Draft, declared, prior string) string {
	sample := sampleOf(d)
	han, kana, hangul, latin, letters := 0, 0, 0, 0, 0
	for _, r := range sample {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		switch {
		case isHan(r):
			han++
		case r >= 0x3040 && r <= 0x30ff:
			kana++
		case r >= 0xac00 && r <= 0xd7af:
			hangul++
		case r < 0x250:
			latin++
		}
	}
	declared = primary(declared)
	if letters == 0 {
		return declared
	}
	switch {
	case kana*20 > letters && kana*10 > han:
		return "ja"
	case hangul*4 > letters:
		return "ko"
	case han*10 > letters*3 || han*5 > letters && han*2 > latin/3:
		return "zh"
	case latin*2 < letters:
		if declared != "" && declared != "en" && declared != "zh" {
			return declared
		}
		return guess(sample)
	}
	switch declared {
	case "zh", "ja", "ko", "ru", "ar", "he", "th", "hi", "el":
		declared = "" // its script is not the text's
	}
	if letters < 40 {
		if declared != "" {
			return declared
		}
		return primary(prior)
	}
	english := stopwords(sample) > 0.12
	switch {
	case english:
		return "en"
	case declared != "" && declared != "en":
		return declared
	}
	if g := guess(sample); g != "" {
		return g
	}
	return declared
}

// sampleOf is some of a draft's text, without its code.
func sampleOf(d corpus.Draft) string {
	var b strings.Builder
	b.WriteString(d.Title)
	for _, k := range d.Blocks {
		if k.Kind == corpus.BlockCode || k.Kind == corpus.BlockCaption {
			continue
		}
		b.WriteByte(' ')
		b.WriteString(k.Text)
		if b.Len() > 3000 {
			break
		}
	}
	return b.String()
}

// primary returns the ISO 639-1 part of a language tag.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	tag, _, _ = strings.Cut(tag, "_")
	switch {
	case len(tag) == 2 && tag != "xx":
		if tag == "cn" {
			return "zh"
		}
		return tag
	case tag == "english":
		return "en"
	case tag == "zho" || tag == "chi":
		return "zh"
	case tag == "eng":
		return "en"
	}
	return ""
}

// stopwords is the share of the commonest English words in s.
func stopwords(s string) float64 {
	hits, all := 0, 0
	for w := range strings.FieldsSeq(s) {
		all++
		switch w {
		case "the", "of", "and", "to", "that", "for", "is", "was", "with", "on", "as", "it", "by", "at", "from", "this", "are", "have", "has", "The", "be", "its", "you", "I":
			hits++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(hits) / float64(all)
}

// guess asks the statistics of letter triples. Languages that come out nearly
// level are not told apart: the library picks one of them at random.
func guess(s string) string {
	if len(s) > 1200 {
		s = strings.ToValidUTF8(s[:1200], "")
	}
	info := whatlanggo.Detect(s)
	if info.Confidence < 0.1 {
		return ""
	}
	return info.Lang.Iso6391()
}
