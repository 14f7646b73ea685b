package parse

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/regwire/regwire/corpus"
)

// assemble writes objects, the first of which is the catalog, as a file.
func assemble(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.6\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, trailer, at)
	return b.Bytes()
}

func stream(s string) string {
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(s), s)
}

// chinesePDF sets lines with a composite font, as Chinese files do, under an
// encoding that encode writes; with a ToUnicode map where one is wanted.
func chinesePDF(encoding string, withMap bool, encode func(r rune, id int) string, lines ...string) []byte {
	ids := map[rune]int{}
	var page, chars strings.Builder
	page.WriteString("BT\n")
	for i, l := range lines {
		fmt.Fprintf(&page, "/F1 12 Tf 1 0 0 1 72 %d Tm <", 760-16*i)
		for _, r := range l {
			if ids[r] == 0 {
				ids[r] = len(ids) + 1
				fmt.Fprintf(&chars, "<%04x> <%04x>\n", ids[r], r)
			}
			page.WriteString(encode(r, ids[r]))
		}
		page.WriteString("> Tj\n")
	}
	page.WriteString("ET\n")
	cmap := fmt.Sprintf("/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange %d beginbfchar\n%sendbfchar endcmap CMapName currentdict /CMap defineresource pop end end", len(ids), chars.String())
	unicode := ""
	if withMap {
		unicode = "/ToUnicode 7 0 R"
	}
	return assemble("",
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		stream(page.String()),
		"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /"+encoding+" /DescendantFonts [ 6 0 R ] "+unicode+" >>",
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 >>",
		stream(cmap))
}

func byID(_ rune, id int) string  { return fmt.Sprintf("%04x", id) }
func asUCS2(r rune, _ int) string { return fmt.Sprintf("%04x", r) }

func asGBK(r rune, _ int) string {
	b, err := simplifiedchinese.GBK.NewEncoder().String(string(r))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%x", b)
}

func TestChinesePDF(t *testing.T) {
	lines := []string{"关于规范虚拟资产托管业务的通知", "托管机构应当将客户资产与自有资产分开存放，", "不得挪用客户资产。", "本通知自2026年3月1日起施行。"}
	for name, body := range map[string][]byte{
		"Identity-H with a map": chinesePDF("Identity-H", true, byID, lines...),
		"UniGB-UCS2-H":          chinesePDF("UniGB-UCS2-H", false, asUCS2, lines...),
	} {
		t.Run(name, func(t *testing.T) {
			d := articles(t, corpus.Capture{URL: "https://office.example/tz.pdf", MediaType: "application/pdf", Body: body})[0]
			text := d.Title + d.Body()
			for _, l := range lines {
				if !strings.Contains(text, strings.TrimRight(l, "，。")) {
					t.Errorf("%q is not in %q", l, text)
				}
			}
			if d.Lang != "zh" || d.Blocks[0].Page != 1 {
				t.Errorf("%s, page %d", d.Lang, d.Blocks[0].Page)
			}
		})
	}
}

func TestPDFsThatCannotBeRead(t *testing.T) {
	lines := []string{"关于规范虚拟资产托管业务的通知", "托管机构应当将客户资产与自有资产分开存放。"}
	good := writePDF([]string{"A line of text that is long enough to be read."})
	image := assemble("",
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
		stream("q 595 0 0 842 0 0 cm /I Do Q"),
		"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 1 >>\nstream\n0\nendstream")
	locked := bytes.Replace(good, []byte("/Root 1 0 R"), []byte("/Root 1 0 R /ID [ <00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff> ] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <"+strings.Repeat("ab", 32)+"> /U <"+strings.Repeat("cd", 32)+"> >>"), 1)
	newer := bytes.Replace(locked, []byte("/V 2 /R 3 /Length 128"), []byte("/V 5 /R 6 /Length 256"), 1)
	for name, c := range map[string]struct {
		body []byte
		want Reason
	}{
		"a password":           {locked, ReasonEncrypted},
		"AES of 256 bits":      {newer, ReasonEncrypted},
		"scanned":              {image, ReasonScanned},
		"no page":              {assemble("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 0 /Kids [ ] >>"), ReasonNoText},
		"cut off":              {good[:len(good)/2], ReasonMalformed},
		"nothing behind":       {[]byte("%PDF-1.7 and then nothing"), ReasonMalformed},
		"GBK without a map":    {chinesePDF("GBK-EUC-H", false, asGBK, lines...), ReasonFonts},
		"glyphs without a map": {chinesePDF("Identity-H", false, byID, lines...), ReasonFonts},
		"too large":            {append(bytes.Clone(good), make([]byte, 33<<20)...), ReasonTooLarge},
		"a page of nothing":    {writePDF([]string{""}), ReasonNoText},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{}).Articles(t.Context(), corpus.Capture{URL: "https://o.example/x.pdf", Status: 200, MediaType: "application/pdf", Body: c.body}, corpus.Source{})
			var why *Error
			if !errors.As(err, &why) || why.Reason != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestPDFsAsServersSendThem: a later version, markup behind the end.
func TestPDFsAsServersSendThem(t *testing.T) {
	good := writePDF([]string{"A line of text that is long enough to be read."})
	for name, body := range map[string][]byte{
		"version 2.0": bytes.Replace(good, []byte("%PDF-1.4"), []byte("%PDF-2.0"), 1),
		"a tail":      append(bytes.Clone(good), []byte("\r\n<!-- served in 3 ms -->\n")...),
	} {
		t.Run(name, func(t *testing.T) {
			if d := articles(t, corpus.Capture{URL: "https://o.example/x.pdf", MediaType: "application/pdf", Body: body})[0]; !strings.Contains(d.Body(), "long enough") {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestPDFsAreBounded: of very many pages some are read, and a page of more text
// than a page can show is none.
func TestPDFsAreBounded(t *testing.T) {
	var many [][]string
	for i := range 2000 {
		many = append(many, []string{fmt.Sprintf("Provision %x of the rule says what %x firms have to do.", i, i*i)})
	}
	p := New(Config{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	drafts, err := p.Articles(t.Context(), corpus.Capture{URL: "https://o.example/x.pdf", Status: 200, MediaType: "application/pdf", Body: writePDF(many...)}, corpus.Source{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if last := drafts[0].Blocks[len(drafts[0].Blocks)-1]; last.Page > 400 {
		t.Errorf("page %d was read", last.Page)
	}
	if kept := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20; kept > 32 {
		t.Errorf("%d MiB are kept of it", kept)
	}
	dense := []string{strings.Repeat("x", maxPageText+1)}
	if _, err := p.Articles(t.Context(), corpus.Capture{URL: "https://o.example/y.pdf", Status: 200, MediaType: "application/pdf", Body: writePDF(dense)}, corpus.Source{}); !errors.Is(err, ErrNotArticle) {
		t.Errorf("a page of %d letters: %v", maxPageText+1, err)
	}
}

// FuzzPDF: whatever the bytes, an article or a reason, within the time.
func FuzzPDF(f *testing.F) {
	f.Add(writePDF([]string{"#Order", "A line of text."}))
	f.Add(chinesePDF("Identity-H", true, byID, "通知"))
	f.Fuzz(func(t *testing.T, body []byte) {
		drafts, err := New(Config{Timeout: 100 * time.Millisecond}).Articles(t.Context(), corpus.Capture{URL: "https://o.example/x.pdf", Status: 200, MediaType: "application/pdf", Body: body}, corpus.Source{})
		if err != nil && !errors.Is(err, ErrNotArticle) || err == nil && len(drafts) == 0 {
			t.Errorf("%d articles, %v", len(drafts), err)
		}
	})
}

// TestOpenStrings: a stream that ends in an open string of digits would keep
// the library for ever.
func TestOpenStrings(t *testing.T) {
	for s, want := range map[string]bool{
		"BT <0041> Tj ET":    false,
		"BT (a < b) Tj":      false,
		"<< /A 1 >>":         false,
		"":                   false,
		"BT <0041":           true,
		"BT <00 41 \n":       true,
		"BT <T\n":            true,
		"BT <4T ":            true,
		"<":                  true,
		"BT <00zz":           false, // the library gives up by itself
		"1 0 2 8 <</A <0041": true,
	} {
		if got := endless(strings.NewReader(s)); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	objects := "1 0 2 8 <</A <0041"
	for name, file := range map[string]string{"plain": objects, "packed": string(deflate(t, objects))} {
		if !endlessObjects([]byte("%PDF-1.5\n5 0 obj <</Type /ObjStm>>\nstream\r\n"+file+"\nendstream"), newStopwatch(time.Minute)) {
			t.Errorf("%s objects that do not end were not seen", name)
		}
	}
	if endlessObjects(chinesePDF("Identity-H", true, byID, "通知"), newStopwatch(time.Minute)) {
		t.Error("an honest file is refused")
	}
}

func deflate(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
