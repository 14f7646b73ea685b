package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// minArticle is how much text, by [weight], stands under a headline before it
// is taken for one: less is a teaser or a section.
const minArticle = 300

// sections splits the blocks of a text into its articles. Most texts are one.
// A text is several when it has several headlines, and a headline is told
// from the headings inside an article by one of three signs, each of which
// must show at least twice:
//
//   - a byline or dateline of its own stands under it;
//   - a rule stands over it;
//   - it capitalises every word, small ones too, as the aggregators do that
//     republish translated titles, on a page that does so throughout.
//
// What stands before the first headline of several is the site's greeting and
// is dropped unless it is itself as long as an article.
func sections(parts []part) []section {
	if len(parts) == 0 {
		return nil
	}
	for _, sign := range []func([]part) []int{signedHeads, ruledHeads, capitalHeads} {
		heads := sign(parts)
		if len(heads) < 2 {
			continue
		}
		if out := splitAt(parts, heads); len(out) > 1 {
			return out
		}
	}
	title := parts[0].Text
	if weight(title) > 300 || parts[0].Kind == corpus.BlockCode {
		return []section{{title: firstSentence(title), parts: parts}}
	}
	return []section{{title: title, parts: parts[1:]}}
}

// splitAt cuts parts at heads, the positions of headlines. A headline with
// little under it goes with the article before it.
func splitAt(parts []part, heads []int) []section {
	var kept []int
	for i, h := range heads {
		end := len(parts)
		if i+1 < len(heads) {
			end = heads[i+1]
		}
		if textWeight(parts[h+1:end]) >= minArticle {
			kept = append(kept, h)
		}
	}
	if len(kept) < 2 {
		return nil
	}
	var out []section
	if textWeight(parts[:kept[0]]) >= 4*minArticle {
		out = append(out, section{title: parts[0].Text, parts: parts[1:kept[0]]})
	}
	for i, h := range kept {
		end := len(parts)
		if i+1 < len(kept) {
			end = kept[i+1]
		}
		out = append(out, section{title: parts[h].Text, parts: parts[h+1 : end]})
	}
	return out
}

func textWeight(parts []part) int {
	n := 0
	for i := range parts {
		if parts[i].Kind != corpus.BlockCaption {
			n += weight(parts[i].Text)
		}
	}
	return n
}

// signedHeads finds headlines with a byline or dateline of their own under
// them.
func signedHeads(parts []part) []int {
	var heads []int
	for i := 0; i+1 < len(parts); i++ {
		if (i == 0 || headingLine(parts[i].Text)) && parts[i].Kind != corpus.BlockCode && !numbered(parts[i].Text) && !headLine(parts[i].Text) && headLine(parts[i+1].Text) {
			heads = append(heads, i)
		}
	}
	return heads
}

// ruledHeads finds headlines under rules: lines of dashes, stars or the like.
func ruledHeads(parts []part) []int {
	var heads []int
	for i := 0; i+1 < len(parts); i++ {
		if i == 0 && headingLine(parts[0].Text) {
			heads = append(heads, 0)
		}
		if rule(parts[i].Text) {
			if !headingLine(parts[i+1].Text) || numbered(parts[i+1].Text) {
				return nil // rules between sections
			}
			heads = append(heads, i+1)
		}
	}
	return heads
}

func rule(s string) bool {
	if len(s) < 3 {
		return false
	}
	s = strings.ReplaceAll(s, " ", "")
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("-=*_—–─━~#", r) && strings.Trim(s, string(r)) == ""
}

// capitalHeads finds headlines in a text whose headlines capitalise every
// word.
func capitalHeads(parts []part) []int {
	var heads []int
	style := 0
	for i := range parts {
		b := &parts[i]
		if b.Kind == corpus.BlockCode || b.Kind == corpus.BlockCaption || b.Kind == corpus.BlockListItem || !b.gap || i+1 >= len(parts) {
			continue
		}
		words, small := capitalised(b.Text)
		if words < 4 || numbered(b.Text) || credit(b.Text) || weight(b.Text) < 24 {
			continue
		}
		if words >= 6 && small {
			style++
		}
		// Four words are as often a section: the article before must have
		// ended, or the one under it must begin.
		if words >= 5 || i > 0 && (closingNote(parts[i-1].Text) || greeting(parts[i+1].Text)) {
			heads = append(heads, i)
		}
	}
	if style < 2 {
		return nil
	}
	return heads
}

// capitalised returns the number of words of a line in which every word is
// capitalised, else 0, and whether small words (of, the, and) are among those
// after the first.
func capitalised(s string) (words int, small bool) {
	if !headingLine(s) || len(s) > 240 {
		return 0, false
	}
	for w := range strings.FieldsSeq(s) {
		w = strings.TrimLeft(w, "\"'“‘($€£#[&-–—")
		r, _ := utf8.DecodeRuneInString(w)
		switch {
		case w == "" || r == utf8.RuneError:
			continue
		case unicode.IsLower(r):
			return 0, false
		case unicode.IsUpper(r):
			if words > 0 {
				switch strings.TrimRight(w, ",.!?:;\"'”’") {
				case "Of", "The", "And", "To", "On", "In", "By", "For", "From", "With", "A", "An", "At", "As", "Or":
					small = true
				}
			}
		case !unicode.IsDigit(r):
			return 0, false
		}
		words++
	}
	return words, small
}

// credit reports whether a line names a role and who filled it.
func credit(s string) bool {
	role, who, ok := strings.Cut(s, ":")
	return ok && len(strings.Fields(role)) <= 3 && len(strings.Fields(who)) <= 6
}

// closingNote reports whether a line is a note at the end of an article:
// bracketed, or with thanks to the reader.
func closingNote(s string) bool {
	t := strings.TrimLeft(s, "•*- ")
	if (strings.HasPrefix(t, "(") || strings.HasPrefix(t, "（") || strings.HasPrefix(t, "[")) && (strings.HasSuffix(t, ")") || strings.HasSuffix(t, "）") || strings.HasSuffix(t, "]")) {
		return true
	}
	low := strings.ToLower(t)
	return strings.HasPrefix(low, "thank you for") || strings.HasPrefix(low, "thanks for reading") || strings.HasPrefix(low, "the end")
}

// greeting reports whether a line opens a broadcast or a letter.
func greeting(s string) bool {
	low := strings.ToLower(s)
	for _, g := range []string{"hi everyone", "hello everyone", "hi, everyone", "hello, everyone", "good morning", "good evening", "dear reader", "welcome to", "大家好", "各位好"} {
		if strings.HasPrefix(low, g) {
			return true
		}
	}
	return false
}

// splitTail cuts off the list of other articles at the end of an article
// ("You may also like"), and keeps those of them that stand there in full:
// under a headline of their own, with as much text as an article has and not
// a teaser's line or two.
func splitTail(parts []part) (main []part, embedded []section) {
	total, at, start := textWeight(parts), 0, -1
	for i := range parts {
		f := ""
		if len(parts[i].Text) < 80 {
			f = fold(parts[i].Text)
		}
		inText := parts[i].node != nil && parts[i].Kind != corpus.BlockHeading // on a page, lists have headings and boxes in the text may not
		if at*10 >= total*3 && f != "" && !inText && lead(parts[i], f) && i+1 < len(parts) && tailHead(parts[i+1]) {
			start = i
			break
		}
		at += weight(parts[i].Text)
	}
	if start < 0 {
		return parts, nil
	}
	var item section
	teasers := 0
	flush := func() {
		if item.title != "" && textWeight(item.parts) < minArticle {
			teasers++
		}
		prosy := 0
		for _, b := range item.parts {
			if prose(b) {
				prosy++
			}
		}
		if item.title != "" && prosy >= 3 && textWeight(item.parts) >= 3*minArticle {
			embedded = append(embedded, item)
		}
	}
	for _, b := range parts[start+1:] {
		if tailHead(b) {
			flush()
			item = section{title: b.Text}
			continue
		}
		item.parts = append(item.parts, b)
	}
	flush()
	if teasers < 2 { // no list: the article goes on behind a box with its own headings
		return parts, nil
	}
	return parts[:start], embedded
}

// tailHead reports whether b is the headline of an item in a list of articles
// and not a heading inside one.
func tailHead(b part) bool {
	return b.Kind != corpus.BlockCode && b.Kind != corpus.BlockCaption && headingLine(b.Text) && !numbered(b.Text) && weight(b.Text) >= 10
}

// firstSentence is a title for a text that has none.
func firstSentence(s string) string {
	for i, r := range s {
		if i > 30 && (r == '.' || r == '。' || r == '!' || r == '?' || r == '！' || r == '？') {
			return s[:i]
		}
		if i > 120 && r == ' ' {
			return s[:i] + " …"
		}
		if i > 240 {
			return s[:i] + "…"
		}
	}
	return s
}
