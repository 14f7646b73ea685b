package parse

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

// decode returns b as UTF-8. A byte order mark decides; then the bytes
// themselves: what is valid UTF-8 and not plain ASCII is UTF-8 whatever it is
// declared to be, because no other encoding looks like it by accident. Then
// come the declarations, that of the header before that of the page, and each
// must hold what it promises: a declaration under which the text falls apart
// is dropped for the encoding under which it does not.
func decode(b []byte, declared string, lang string) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return toUTF8(b[3:])
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return decodeWith(xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM), b[2:])
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return decodeWith(xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM), b[2:])
	}
	if utf8.Valid(b) {
		if enc := encodingNamed(declared); enc != nil && bytes.IndexByte(b, 0x1b) >= 0 {
			return decodeWith(enc, b) // ISO-2022 writes in seven bits
		}
		return string(b)
	}
	var best encoding.Encoding
	bestScore := -1.0
	for _, enc := range candidates(b, declared, lang) {
		score := plausible(decodeWith(enc, b[:min(len(b), maxPlausible)]))
		if score > bestScore {
			best, bestScore = enc, score
		}
		if score > 0.99 || enc == nil && score > 0.9 { // damaged UTF-8 is still UTF-8
			break
		}
	}
	return decodeWith(best, b)
}

// candidates lists encodings to try, the likeliest first; nil is UTF-8 with
// damage.
func candidates(b []byte, declared, lang string) []encoding.Encoding {
	var list []encoding.Encoding
	names := []string{declared, metaCharset(b)}
	for _, n := range names {
		if strings.EqualFold(n, "utf-8") || strings.EqualFold(n, "utf8") {
			list = append(list, nil)
		} else if enc := encodingNamed(n); enc != nil {
			list = append(list, enc)
		}
	}
	if lang == "zh" {
		list = append(list, simplifiedchinese.GB18030)
	}
	if enc := encodingNamed(guessCharset(b[:min(len(b), 64<<10)])); enc != nil {
		list = append(list, enc)
	}
	for _, n := range []string{"gb18030", "big5", "shift_jis", "euc-kr", "windows-1252"} {
		list = append(list, encodingNamed(n))
	}
	return append(list, nil)
}

// guessCharset asks the statistics of bytes. The detector weighs encodings in
// parallel and leaves ties in the order of arrival, so that its own choice is
// not the same twice; ours is.
func guessCharset(b []byte) string {
	all, err := chardet.NewHtmlDetector().DetectAll(b)
	if err != nil {
		return ""
	}
	best := chardet.Result{}
	for _, r := range all {
		if r.Confidence > best.Confidence || r.Confidence == best.Confidence && r.Charset < best.Charset {
			best = r
		}
	}
	return best.Charset
}

func encodingNamed(name string) encoding.Encoding {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "":
		return nil
	case "gb2312", "gbk", "gb-18030", "gb_2312-80", "x-gbk", "cp936":
		return simplifiedchinese.GB18030 // the superset of the three
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	if n, _ := htmlindex.Name(enc); n == "utf-8" || n == "replacement" {
		return nil
	}
	return enc
}

// metaCharset reads the encoding a page declares in its first kilobytes.
func metaCharset(b []byte) string {
	head := bytes.ToLower(b[:min(len(b), 4096)])
	i := bytes.Index(head, []byte("charset="))
	if i < 0 {
		return ""
	}
	head = bytes.TrimLeft(head[i+len("charset="):], "\"' ")
	if j := bytes.IndexAny(head, "\"' ;>/"); j >= 0 {
		return string(head[:j])
	}
	return ""
}

// decodeWith returns b in UTF-8; a nil encoding is UTF-8 with damage.
func decodeWith(enc encoding.Encoding, b []byte) string {
	if enc == nil {
		return toUTF8(b)
	}
	var out strings.Builder
	out.Grow(len(b) + len(b)/2)
	if _, err := io.Copy(&out, enc.NewDecoder().Reader(bytes.NewReader(b))); err != nil {
		return toUTF8(b)
	}
	return out.String()
}

func toUTF8(b []byte) string { return strings.ToValidUTF8(string(b), "\ufffd") }

// maxPlausible is how much of a page tells its encoding, in bytes.
const maxPlausible = 256 << 10

// plausible is the share, in [0, 1], of the characters beyond ASCII in s that
// a text would have: letters, digits, marks and punctuation, and neither
// replacements nor controls nor rare blocks.
func plausible(s string) float64 {
	good, all := 0, 0
	for _, r := range s {
		if r < 0x80 {
			continue
		}
		all++
		switch {
		case r == utf8.RuneError || r < 0xa0 || (r >= 0xe000 && r <= 0xf8ff):
		case (r >= 0x4e00 && r <= 0x9fa5) || unicode.IsLetter(r) || unicode.IsPunct(r) || unicode.IsSpace(r) || unicode.IsSymbol(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			good++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(good) / float64(all)
}

// binary reports whether a body that says it is text is none: pictures and
// archives are full of control signs, which no encoding of text has but for
// those that shift its letters, and UTF-16, which says so.
func binary(b []byte, declared string) bool {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) || strings.HasPrefix(strings.ToLower(declared), "utf-16") {
		return false
	}
	b = b[:min(len(b), 4<<10)]
	n := 0
	for _, c := range b {
		if c >= 0x01 && c <= 0x08 || c >= 0x10 && c <= 0x1a || c >= 0x1c && c <= 0x1f {
			n++
		}
	}
	return n > 8 && n*50 > len(b)
}

// declaredCharset returns the encoding that the response declares.
func declaredCharset(in *input) string {
	if in.Charset != "" {
		return in.Charset
	}
	if in.Header == nil {
		return ""
	}
	ct := in.Header.Get("Content-Type")
	if i := strings.Index(strings.ToLower(ct), "charset="); i >= 0 {
		name, _, _ := strings.Cut(ct[i+len("charset="):], ";")
		_, canonical := charset.Lookup(strings.Trim(name, " \"'"))
		return canonical
	}
	return ""
}
