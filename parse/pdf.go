package parse

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/ledongthuc/pdf"

	"github.com/regwire/regwire/corpus"
)

// maxPageText bounds the characters one page of a PDF shows. A page of dense
// print has some 6,000; each costs the library 72 bytes.
const maxPageText = 400_000

// maxPageStream bounds the drawing instructions of one page, unpacked.
const maxPageStream = 8 << 20

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
	doc, err := pdf.NewReader(&timedReaderAt{b: in.Body, clock: in.clock}, int64(len(in.Body)))
	if err != nil {
		return nil, refuse(ReasonMalformed, err)
	}
	var sheets [][]printed
	left := maxText
	for i := 1; i <= min(doc.NumPage(), p.cfg.MaxPDFPages) && left > 0 && !in.clock.expired(); i++ {
		lines := printedLines(doc, i)
		for _, l := range lines {
			left -= len(l.text)
		}
		sheets = append(sheets, lines)
	}
	if in.clock.expired() && len(sheets) == 0 {
		return nil, refuse(ReasonDeadline, nil)
	}
	parts := paragraphs(withoutRunners(sheets))
	d := corpus.Draft{Title: pdfTitle(doc, parts)}
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
	return []corpus.Draft{d}, nil
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
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
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
func printedLines(doc *pdf.Reader, number int) (out []printed) {
	defer func() {
		if r := recover(); r != nil {
			out = nil
		}
	}()
	pg := doc.Page(number)
	if pg.V.IsNull() || shownText(pg.V.Key("Contents")) > maxPageText {
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
		b.WriteString(t.S)
		right = t.X + t.W
		if t.W == 0 {
			right = math.Max(t.X+size*0.25, right)
		}
	}
	flush()
	return out
}

// shownText estimates how many characters a page's instructions show.
func shownText(contents pdf.Value) int {
	n := 0
	count := func(v pdf.Value) {
		r := v.Reader()
		defer r.Close()
		buf := make([]byte, 32<<10)
		inside, escaped, read := 0, false, 0
		for {
			k, err := r.Read(buf)
			for _, c := range buf[:k] {
				switch {
				case escaped:
					escaped = false
				case c == '\\':
					escaped = true
				case c == '(':
					inside++
				case c == ')':
					inside = max(0, inside-1)
				case inside > 0:
					n++
				case c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
					// Hexadecimal strings are not told from numbers here:
					// their digits count an eighth, and they are four a letter.
					read++
				}
			}
			if err != nil || n > maxPageText || read > maxPageStream {
				n += read / 8
				return
			}
		}
	}
	switch contents.Kind() {
	case pdf.Array:
		for i := range min(contents.Len(), 1000) {
			count(contents.Index(i))
		}
	case pdf.Stream:
		count(contents)
	}
	return n
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
func pdfTitle(doc *pdf.Reader, parts []part) string {
	for i, b := range parts {
		if b.Page > 1 || i > 12 {
			break
		}
		if b.Kind == corpus.BlockHeading && runes(b.Text) >= 8 && !headLine(b.Text) {
			return b.Text
		}
	}
	if t := line(doc.Trailer().Key("Info").Key("Title").Text()); runes(t) >= 8 && !strings.Contains(strings.ToLower(t), "microsoft word") && !strings.HasSuffix(strings.ToLower(t), ".doc") && !strings.HasSuffix(strings.ToLower(t), ".docx") {
		return t
	}
	if len(parts) > 0 {
		return firstSentence(parts[0].Text)
	}
	return ""
}
