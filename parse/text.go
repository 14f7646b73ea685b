package parse

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// text reads a page of plain text: a saved page more often than a written
// one. The first line is the headline; bylines and datelines follow it; and
// one text may run several articles together.
func (p *Parser) text(in *input) ([]corpus.Draft, error) {
	src := decode(in.body(p.cfg.MaxBytes), declaredCharset(in), in.source.Language)
	var drafts []corpus.Draft
	all := sections(textParts(src))
	for i, s := range all {
		main, embedded := splitTail(s.parts)
		d := textDraft(in, s.title, main, i == 0)
		if len(all) > 1 { // none of several is the page: a rolling one may lead with another tomorrow
			d.Fragment = fragment(s.title)
		}
		drafts = append(drafts, d)
		for _, e := range embedded {
			d := textDraft(in, e.title, e.parts, false)
			d.Fragment = fragment(e.title)
			drafts = append(drafts, d)
		}
	}
	if len(drafts) == 0 {
		return nil, refuse(ReasonNoText, nil)
	}
	return drafts, nil
}

// section is one article of several, with its headline.
type section struct {
	title string
	parts []part
}

// textDraft makes a draft of the blocks of an article in plain text: its
// byline and dateline are read from the lines at its head.
func textDraft(in *input, title string, parts []part, first bool) corpus.Draft {
	pg := &page{in: in}
	d := corpus.Draft{Title: title}
	zone := zoneOf(string(in.source.Jurisdiction))
	for i, b := range parts {
		if i >= 8 || weight(b.Text) > 200 {
			break
		}
		if len(d.Authors) == 0 {
			d.Authors = pg.names(bylineIn(b.Text))
		}
		if d.PublishedAt.IsZero() && headLine(b.Text) {
			if m, ok := parseMoment(b.Text, pg.monthFirst()); ok {
				d.PublishedAt = localTime(m, zone).Time
			}
		}
	}
	if d.PublishedAt.IsZero() && first {
		if m, ok := urlDate(in.base.Path); ok {
			d.PublishedAt = m.Time
		}
	}
	d.Blocks = blocksOf(clean(parts, title, pg))
	return d
}

// textParts cuts plain text into blocks: a line is a paragraph, a heading, a
// list item or a line of code.
func textParts(src string) []part {
	type row struct {
		text, raw string
		gap       bool // a blank line stands before it
	}
	var rows []row
	gap, budget := true, maxText
	for raw := range strings.SplitSeq(src, "\n") {
		text := line(raw)
		if text == "" {
			gap = true
			continue
		}
		if budget -= len(text); budget < 0 {
			break
		}
		rows = append(rows, row{text: text, raw: strings.TrimRight(raw, "\r"), gap: gap})
		gap = false
	}
	var parts []part
	for i := 0; i < len(rows); {
		r := rows[i]
		if n, label := codeRun(len(rows)-i, func(k int) (string, bool) { return rows[i+k].text, rows[i+k].gap }); n > 0 {
			var b strings.Builder
			for k := label; k < n; k++ {
				if k > label {
					b.WriteByte('\n')
				}
				b.WriteString(rows[i+k].raw)
			}
			parts = append(parts, part{Block: corpus.Block{Kind: corpus.BlockCode, Text: lines(b.String())}, gap: r.gap})
			i += n
			continue
		}
		b := part{Block: corpus.Block{Kind: corpus.BlockParagraph, Text: r.text}, gap: r.gap}
		switch {
		case keywordCaption(r.text) || pictureNote(r.text):
			b.Kind = corpus.BlockCaption
		case bullet(r.text):
			b.Kind = corpus.BlockListItem
		case i > 0 && headingLine(r.text) && i+1 < len(rows) && (r.gap || !rows[min(i+2, len(rows)-1)].gap) && weight(rows[i+1].text) > weight(r.text):
			b.Kind = corpus.BlockHeading
		}
		parts = append(parts, b)
		i++
	}
	return parts
}

// pictureNote reports whether a line is the caption of a picture that the
// text no longer has.
func pictureNote(s string) bool {
	t := strings.ToLower(strings.TrimLeft(s, "(（[【 "))
	for _, p := range []string{"picture note", "illustration:", "titelbild:", "beitragsbild:", "aufmacherbild:", "titelfoto:", "cover image:", "featured image:", "image source", "image from", "image credit", "image:", "photo:", "photo by", "photo credit", "source: getty", "foto:", "fotos:", "bild:", "bilder:", "crédito:", "crédit photo", "credito:", "图：", "图片来源", "图源", "图注", "配图"} {
		if strings.HasPrefix(t, p) {
			return weight(s) < 160
		}
	}
	ends := strings.HasSuffix(s, ")") || strings.HasSuffix(s, "）") || strings.Contains(s[max(0, len(s)-80):], "©")
	return ends && weight(s) < 300 && creditAtEnd().MatchString(s)
}

// creditAtEnd is the credit with which captions end.
var creditAtEnd = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:[(（](?:foto|fotos|photo|photos|bild|bildquelle|crédito|crédit|credit|symbolbild|symbolfoto|image|grafik)\b[^()（）]{0,80}[)）]|[.!?)] ?©[^.]{2,60})$`)
})

// bullet reports whether a line is an item of an unnumbered list.
func bullet(s string) bool {
	for _, p := range []string{"• ", "- ", "* ", "· ", "– ", "● ", "■ ", "◆ ", "▪ "} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// headingLine reports whether a line of plain text can be a heading: short,
// not the end of a sentence, and written like one.
func headingLine(s string) bool {
	if w := weight(s); w < 3 || w > 200 {
		return false
	}
	if strings.ContainsAny(s, "_{}<>=;") {
		return false
	}
	for _, e := range []string{".", ",", ";", ":", "。", "，", "；", "：", "、"} {
		if strings.HasSuffix(s, e) && !strings.HasSuffix(s, "...") {
			return false
		}
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "\"'“‘«「『【《($€£¥#[（"))
	return unicode.IsUpper(r) || unicode.IsDigit(r) || !unicode.IsLower(r) && unicode.IsLetter(r)
}

// numbered reports whether a heading belongs to a list inside an article:
// "3. Step", "II. Work", "(IV) Strengthening", "第三条", "一、".
func numbered(s string) bool {
	s = strings.TrimLeft(s, "(（[【 ")
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' && i > 0) {
		i++
	}
	if i > 0 && i < len(s) && i <= 6 && (s[i-1] == '.' || s[i] == ')' || s[i] == ' ' && s[i-1] == '.' || strings.HasPrefix(s[i:], "、") || strings.HasPrefix(s[i:], "）")) {
		return true
	}
	i = 0
	for i < len(s) && strings.IndexByte("IVXLC", s[i]) >= 0 {
		i++
	}
	if i > 0 && i < len(s) && (s[i] == '.' || s[i] == ')') {
		return true
	}
	for _, r := range s {
		switch {
		case strings.ContainsRune("一二三四五六七八九十百第条章节", r):
			continue
		case r == '、' || r == '）' || r == '.' || r == ' ' || r == '．' || r == '　':
			return r != rune(s[0])
		}
		break
	}
	return strings.HasPrefix(strings.ToLower(s), "step ") || strings.HasPrefix(strings.ToLower(s), "part ") || strings.HasPrefix(strings.ToLower(s), "chapter ")
}

// codeRun reports how many of the n rows that at gives are one block of code,
// and how many of them are its label (the name of the language that sites put
// over it).
func codeRun(n int, at func(int) (text string, gap bool)) (rows, label int) {
	first, _ := at(0)
	labelled := codeLabel(first) && n > 1
	if labelled {
		label = 1
		if next, _ := at(1); codeLabel(next) && n > 2 {
			label = 2
		}
	}
	good, k := 0, label
	for ; k < n; k++ {
		text, gap := at(k)
		if k > label && gap {
			break
		}
		if codeLine(text) {
			good++
		}
	}
	all := k - label
	if labelled && good*3 >= all && all > 0 || good*2 > all && all > 0 && (all > 1 || good == 1) {
		return k, label
	}
	return 0, 0
}

func codeLabel(s string) bool {
	switch strings.ToLower(s) {
	case "bash", "shell", "sh", "python", "json", "yaml", "javascript", "js", "typescript", "go", "golang", "rust", "java", "c++", "cpp", "sql", "html", "css", "solidity", "php", "ruby", "xml", "toml", "code", "run":
		return true
	}
	return false
}

// codeLine reports whether a line is written in a programming language. It
// looks for what prose does not do.
func codeLine(s string) bool {
	for _, p := range []string{"import ", "from ", "def ", "class ", "return ", "let ", "const ", "var ", "pub ", "fn ", "async ", "func ", "package ", "#include", "using ", "print(", "pip install", "git clone", "npm ", "curl ", "sudo ", "cd ", "//", "/*", "#!", "# ", "$ ", "if __", "@", "}", "{", "]", ")", "elif ", "else:", "for ", "while ", "try:", "except ", "derive(", "contract ", "pragma ", "function "} {
		if !strings.HasPrefix(s, p) {
			continue
		}
		switch p {
		case "import ", "from ":
			return strings.Contains(s, " import ") || len(strings.Fields(s)) <= 4 && !endsSentence(s)
		case "class ", "for ", "while ", "if __", "elif ", "except ":
			return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "{")
		case "return ", "let ", "const ", "var ", "pub ", "fn ", "async ", "func ", "using ", "package ", "function ", "contract ":
			return strings.ContainsAny(s, "=;(){}.") && len(strings.Fields(s)) <= 16
		case "# ", "@":
			return len(s) < 100 && !strings.HasSuffix(s, ".")
		case "]", ")":
			return len(s) <= 4
		}
		return true
	}
	if strings.HasSuffix(s, "{") || strings.HasSuffix(s, "};") || strings.HasSuffix(s, ");") || strings.HasSuffix(s, "):") && len(strings.Fields(s)) <= 3 || strings.HasSuffix(s, "</div>") {
		return true
	}
	if strings.HasPrefix(s, "\"") && (strings.HasSuffix(s, "\",") || strings.HasSuffix(s, "{") || strings.Contains(s, "\": ")) {
		return true
	}
	if i := strings.Index(s, "="); i > 0 && i < 60 { // an assignment
		left := strings.TrimRight(s[:i], " +-*/")
		if left != "" && identifier(left) {
			return true
		}
	}
	if i := strings.IndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") && identifier(s[:i]) && strings.ContainsAny(s[:i], "._") {
		return true // a call
	}
	return false
}

// identifier reports whether s is one name, with indexes and members.
func identifier(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.[]'\"", c) >= 0) {
			return false
		}
	}
	return s != ""
}
