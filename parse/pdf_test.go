package parse

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

// writePDF makes a small PDF of pages, each a list of lines of text; a line
// that starts with "#" is set large, an empty one leaves a gap.
func writePDF(pages ...[]string) []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), fmt.Sprintf(format, args...))
	}
	b.WriteString("%PDF-1.4\n")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count %d /Kids [ %s] >>", len(pages), kids.String())
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126 /Widths [ %s] >>", strings.Repeat("500 ", 95))
	for i, page := range pages {
		var s strings.Builder
		s.WriteString("BT\n")
		y := 760
		for _, l := range page {
			if l == "" {
				y -= 20
				continue
			}
			size := 11
			if strings.HasPrefix(l, "#") {
				l, size = l[1:], 18
			}
			l = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(l)
			fmt.Fprintf(&s, "/F1 %d Tf 1 0 0 1 72 %d Tm (%s) Tj\n", size, y, l)
			y -= size + 3
		}
		s.WriteString("ET\n")
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", 5+2*i)
		object("<< /Length %d >>\nstream\n%sendstream", s.Len(), s.String())
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, at)
	return b.Bytes()
}

func TestPDFKeepsPagesAndParagraphs(t *testing.T) {
	body := writePDF(
		[]string{"Supervision Office", "#Order on the custody of keys", "March 4, 2026", "",
			"The Office orders every supervised firm that keeps the keys of its custom-", "ers to prove once a quarter that it can move the assets they guard, and to", "report the result (Form K-1) within ten days.", "",
			"The order takes effect on 1 July 2026.", "1"},
		[]string{"Supervision Office", "#Reasons", "Two firms lost keys last year, and learned of it only when customers asked", "for their assets.", "2"},
		[]string{"Supervision Office", "Issued at the seat of the Office.", "3"},
	)
	d := articles(t, corpus.Capture{URL: "https://office.example/order.pdf", MediaType: "application/pdf", Body: body})[0]
	if d.Title != "Order on the custody of keys" || d.PublishedAt.Format("2006-01-02") != "2026-03-04" || d.Lang != "en" {
		t.Errorf("title %q, published %v, %s", d.Title, d.PublishedAt, d.Lang)
	}
	want := []corpus.Block{
		{Kind: "p", Text: "March 4, 2026", Page: 1},
		{Kind: "p", Text: "The Office orders every supervised firm that keeps the keys of its customers to prove once a quarter that it can move the assets they guard, and to report the result (Form K-1) within ten days.", Page: 1},
		{Kind: "p", Text: "The order takes effect on 1 July 2026.", Page: 1},
		{Kind: "h", Text: "Reasons", Page: 2},
		{Kind: "p", Text: "Two firms lost keys last year, and learned of it only when customers asked for their assets.", Page: 2},
		{Kind: "p", Text: "Issued at the seat of the Office.", Page: 3},
	}
	if fmt.Sprint(d.Blocks) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", d.Blocks, want)
	}
}

func TestPDFDamageIsAnError(t *testing.T) {
	good := writePDF([]string{"A line of text that is long enough."})
	for i := 10; i < len(good); i += 37 {
		bad := append([]byte{}, good...)
		bad[i] ^= 0x55
		// Whatever comes of it, it must not panic.
		_, _ = New(Config{}).Articles(t.Context(), corpus.Capture{Body: bad}, corpus.Source{})
		_, _ = New(Config{}).Articles(t.Context(), corpus.Capture{Body: append(bad[:i:i], "\n%%EOF\n"...)}, corpus.Source{})
	}
}
