package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/ledongthuc/pdf"

	"github.com/regwire/regwire/corpus"
)

var errDeadline = errors.New("deadline")

// pdf reads a PDF: the text of its pages in paragraphs, each with its page.
// Scanned pages have none.
func (p *Parser) pdf(in *input) (drafts []corpus.Draft, err error) {
	if len(in.Body) > p.cfg.MaxPDFBytes {
		return nil, refuse(ReasonTooLarge, fmt.Errorf("%d bytes", len(in.Body)))
	}
	defer func() { // the library panics at what it does not expect
		if r := recover(); r != nil {
			reason := ReasonMalformed
			if in.clock.expired() {
				reason = ReasonDeadline
			}
			drafts, err = nil, refuse(reason, fmt.Errorf("pdf: %v", r))
		}
	}()
	file := pdfFile(in.Body)
	if endlessObjects(file, in.clock) {
		return nil, refuse(ReasonMalformed, errors.New("pdf: objects that do not end"))
	}
	doc, err := pdf.NewReader(&timedReaderAt{b: file, clock: in.clock}, int64(len(file)))
	switch {
	case err == nil:
	case errors.Is(err, pdf.ErrInvalidPassword) || strings.Contains(err.Error(), "encrypt"):
		return nil, refuse(ReasonEncrypted, err)
	case in.clock.expired():
		return nil, refuse(ReasonDeadline, err)
	default:
		return nil, refuse(ReasonMalformed, err)
	}
	var letters legibility
	var sheets [][]printed
	left := maxText
	named := line(doc.Trailer().Key("Info").Key("Title").Text())
	for i, pg := range pdfPages(doc, p.cfg.MaxPDFPages) {
		if left <= 0 || in.clock.expired() { // what has been read stands
			break
		}
		lines := printedLines(pg, i+1, &letters)
		for _, l := range lines {
			left -= len(l.text)
		}
		sheets = append(sheets, lines)
	}
	if in.clock.expired() && len(sheets) == 0 {
		return nil, refuse(ReasonDeadline, nil)
	}
	if letters.bad*3 > letters.all { // what is left of the others would be nonsense
		return nil, refuse(ReasonFonts, fmt.Errorf("%d of %d characters are not named", letters.bad, letters.all))
	}
	parts := paragraphs(withoutRunners(sheets))
	if len(parts) == 0 && bytes.Contains(file, []byte("/Image")) {
		return nil, refuse(ReasonScanned, fmt.Errorf("%d pages without text", len(sheets)))
	}
	d := corpus.Draft{Title: pdfTitle(named, parts)}
	pg := &page{in: in}
	for i, b := range parts {
		if i >= 16 || weight(b.Text) > 200 {
			continue
		}
		if d.PublishedAt.IsZero() && headLine(b.Text) {
			if m, ok := parseMoment(b.Text, pg.monthFirst()); ok {
				d.PublishedAt = localTime(m, zoneOf(string(in.source.Jurisdiction))).Time
			}
		}
		if len(d.Authors) == 0 {
			d.Authors = pg.names(bylineIn(b.Text))
		}
	}
	t := fold(d.Title)
	for _, b := range parts {
		if len(d.Blocks) < 3 && fold(b.Text) == t {
			continue
		}
		d.Blocks = append(d.Blocks, b.Block)
	}
	if len(d.Blocks) == 0 { // a file of its title alone
		d.Blocks = blocksOf(parts)
	}
	return []corpus.Draft{d}, nil
}

// pdfFile returns the part of a body that is the file: servers append blanks
// and markup to it.
func pdfFile(body []byte) []byte {
	const end = "%%EOF"
	if at := bytes.LastIndex(body, []byte(end)); at >= 0 && len(body)-at < 8<<10 {
		return body[:at+len(end)]
	}
	return body
}

// header is what the library reads the first bytes of a file as: it refuses
// PDF 2.0, which it reads as well as 1.7, and versions that no line end follows.
const header = "%PDF-1.7\n"

// legibility counts characters, and those that stand for no letter.
type legibility struct{ all, bad int }

func (l *legibility) add(s string) {
	for _, r := range s {
		l.all++
		if r == utf8.RuneError || r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r >= 0xe000 && r <= 0xf8ff {
			l.bad++
		}
	}
}

// timedReaderAt is the file until its time is over. The library reads it in
// small pieces, so that a file made to keep it busy ends with an error.
type timedReaderAt struct {
	b     []byte
	clock stopwatch
}

func (r *timedReaderAt) ReadAt(b []byte, off int64) (int, error) {
	if r.clock.expired() {
		return 0, errDeadline
	}
	if off < 0 || off >= int64(len(r.b)) {
		return 0, io.EOF
	}
	n := copy(b, r.b[off:])
	if off < int64(len(header)) && bytes.HasPrefix(r.b, []byte("%PDF-")) {
		copy(b[:n], header[off:])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// pdfPages returns the first pages of a file, at most most of them. The
// library looks for each page from the root again, which takes the square of
// their number.
func pdfPages(doc *pdf.Reader, most int) (out []pdf.Page) {
	defer func() {
		_ = recover() // a broken branch ends the file: what was found stands
	}()
	nodes := 0
	var walk func(v pdf.Value, depth int)
	walk = func(v pdf.Value, depth int) {
		if nodes++; depth > 40 || nodes > 20*most || len(out) >= most {
			return
		}
		switch kids := v.Key("Kids"); {
		case v.Key("Type").Name() == "Page" || kids.IsNull() && !v.Key("Contents").IsNull():
			out = append(out, pdf.Page{V: v})
		default:
			for i := 0; i < kids.Len() && len(out) < most; i++ {
				walk(kids.Index(i), depth+1)
			}
		}
	}
	walk(doc.Trailer().Key("Root").Key("Pages"), 0)
	return out
}

// printed is a line as it stands on a page.
type printed struct {
	text string
	page int
	size float64 // of its letters, in points
	x, y float64 // where it starts
	end  float64 // where it ends
}

// printedLines returns the lines of a page in the order in which they are
// drawn, which is that of reading in all but odd files. A page that makes the
// library panic, or shows more than a page can, has none.
func printedLines(pg pdf.Page, number int, letters *legibility) (out []printed) {
	defer func() {
		if r := recover(); r != nil {
			out = nil
		}
	}()
	if pg.V.IsNull() || shownText(pg.V.Key("Contents")) > maxPageText || endlessMap(pg) {
		return nil
	}
	var b strings.Builder
	var cur printed
	var right float64 // where the last letter ended
	flush := func() {
		if cur.text = line(b.String()); cur.text != "" {
			cur.end = right
			out = append(out, cur)
		}
		b.Reset()
	}
	for _, t := range pg.Content().Text {
		size := math.Abs(t.FontSize)
		if size == 0 || math.IsNaN(size) {
			size = 10
		}
		switch {
		case b.Len() == 0:
			cur = printed{page: number, size: size, x: t.X, y: t.Y}
		case math.Abs(t.Y-cur.y) > size/2:
			flush()
			cur = printed{page: number, size: size, x: t.X, y: t.Y}
		case t.X-right > size*0.18 && t.S != " ", t.X < right-size*2:
			b.WriteByte(' ')
		}
		letters.add(t.S)
		b.WriteString(t.S)
		right = t.X + t.W
		if t.W == 0 {
			right = math.Max(t.X+size*0.25, right)
		}
	}
	flush()
	return out
}

// withoutRunners drops page numbers and the lines that stand on most pages.
func withoutRunners(sheets [][]printed) []printed {
	seen := map[string]int{}
	for _, s := range sheets {
		once := map[string]bool{}
		for _, l := range s {
			if key := withoutDigits(l.text); len(key) < 120 && !once[key] {
				once[key] = true
				seen[key]++
			}
		}
	}
	var out []printed
	for _, s := range sheets {
		for i, l := range s {
			key := withoutDigits(l.text)
			edge := i < 2 || i >= len(s)-2
			if edge && (strings.Trim(key, " -–—/|.") == "" || fold(key) == "page" || fold(key) == "page of" || fold(key) == "第 页" || fold(key) == "第 页 共 页") {
				continue
			}
			if edge && len(sheets) >= 3 && seen[key]*2 > len(sheets) {
				continue
			}
			out = append(out, l)
		}
	}
	return out
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

// paragraphs joins lines into blocks. A block ends where the letters change
// size, where the gap to the next line is wider than a line, where the next
// line stands higher (another column or page, unless the sentence goes on),
// or where a line ends early with the end of a sentence.
func paragraphs(ls []printed) []part {
	body := bodySize(ls)
	widest := 0.0
	for _, l := range ls {
		widest = math.Max(widest, l.end-l.x)
	}
	var parts []part
	var b strings.Builder
	flush := func(at printed) {
		text := line(b.String())
		b.Reset()
		if text == "" {
			return
		}
		blk := part{Block: corpus.Block{Kind: corpus.BlockParagraph, Text: text, Page: at.page}}
		switch {
		case at.size > body*1.12 && weight(text) < 240:
			blk.Kind, blk.level = corpus.BlockHeading, 2
		case bullet(text):
			blk.Kind = corpus.BlockListItem
		}
		parts = append(parts, blk)
	}
	var first, prev printed
	for i, l := range ls {
		if i > 0 {
			done := endsSentence(prev.text)
			moved := l.page != prev.page || l.y > prev.y+1
			switch {
			case math.Abs(l.size-prev.size) > prev.size*0.12,
				!moved && prev.y-l.y > 1.75*math.Max(l.size, prev.size),
				moved && done,
				done && prev.end < prev.x+widest*0.8,
				bullet(l.text) || numbered(l.text) && weight(l.text) < 120:
				flush(first)
			}
		}
		if b.Len() == 0 {
			first = l
			b.WriteString(l.text)
		} else {
			b.WriteString(join(&b, prev.text, l.text))
		}
		prev = l
	}
	flush(first)
	return parts
}

// join returns what next adds behind the text in b, whose last line is prev:
// Chinese lines join without a space, and a word divided at the end of a line
// is made whole.
func join(b *strings.Builder, prev, next string) string {
	pr, nr := []rune(prev), []rune(next)
	last, first := pr[len(pr)-1], nr[0]
	if last >= 0x2e80 && first >= 0x2e80 {
		return next
	}
	if last == '-' && len(pr) > 2 && first >= 'a' && first <= 'z' && pr[len(pr)-2] >= 'a' && pr[len(pr)-2] <= 'z' {
		whole := b.String()
		b.Reset()
		b.WriteString(strings.TrimSuffix(whole, "-"))
		return next
	}
	return " " + next
}

// bodySize is the size in which most letters are set.
func bodySize(ls []printed) float64 {
	count := map[float64]int{}
	best, most := 10.0, 0
	for _, l := range ls {
		size := math.Round(l.size*2) / 2
		count[size] += len(l.text)
		if n := count[size]; n > most || n == most && size < best {
			best, most = size, n
		}
	}
	return best
}

// pdfTitle is the first heading of the first page, else the title in the
// file's own data, else the first line.
func pdfTitle(named string, parts []part) string {
	for i, b := range parts {
		if b.Page > 1 || i > 12 {
			break
		}
		if b.Kind == corpus.BlockHeading && runes(b.Text) >= 8 && !headLine(b.Text) {
			return b.Text
		}
	}
	if t := named; runes(t) >= 8 && !strings.Contains(strings.ToLower(t), "microsoft word") && !strings.HasSuffix(strings.ToLower(t), ".doc") && !strings.HasSuffix(strings.ToLower(t), ".docx") {
		return t
	}
	if len(parts) > 0 {
		return firstSentence(parts[0].Text)
	}
	return ""
}
