package parse

import (
	"bytes"
	"compress/zlib"
	"io"

	"github.com/ledongthuc/pdf"
)

// What is asked of the streams of a PDF before the library reads them. It has
// no limits of its own, and waits for ever for the end of a string of
// hexadecimal digits that its stream does not close.

// maxPageText bounds the characters one page of a PDF shows. A page of dense
// print has some 6,000; each costs the library 72 bytes.
const maxPageText = 400_000

// maxPageStream bounds the drawing instructions of one page, unpacked, and
// maxUnpacked any stream: few bytes unpack to very many blanks.
const (
	maxPageStream = 8 << 20
	maxUnpacked   = 32 << 20
)

// hexTail follows a stream and knows whether what it has seen so far ends in
// an open string of hexadecimal digits, the last of which may be any sign.
type hexTail struct {
	open  bool
	other bool // the sign before was no digit
}

func (h *hexTail) see(c byte) {
	switch {
	case c == '<':
		h.open, h.other = true, false
	case !h.open, c == 0, c == '\t', c == '\n', c == '\f', c == '\r', c == ' ':
	case h.other || c == '>':
		h.open = false
	case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
	default:
		h.other = true
	}
}

// endless reports whether a stream ends in an open string, or is larger than
// any that is read.
func endless(r io.Reader) bool {
	var tail hexTail
	buf := make([]byte, 32<<10)
	for read := 0; ; {
		n, err := r.Read(buf)
		for _, c := range buf[:n] {
			tail.see(c)
		}
		if read += n; read > maxUnpacked {
			return true
		}
		if err != nil {
			return tail.open
		}
	}
}

// endlessMap reports whether a font of a page has an endless map of its
// letters.
func endlessMap(pg pdf.Page) bool {
	fonts := pg.Resources().Key("Font")
	for _, name := range fonts.Keys() {
		for _, key := range []string{"ToUnicode", "Encoding"} {
			if v := fonts.Key(name).Key(key); v.Kind() == pdf.Stream {
				r := v.Reader()
				found := endless(r)
				r.Close()
				if found {
					return true
				}
			}
		}
	}
	return false
}

// endlessObjects reports whether one of the streams in which a file packs its
// objects is endless. They are known by how they begin: numbers and blanks.
// Those of encrypted files are not seen.
func endlessObjects(file []byte, clock stopwatch) bool {
	const mark = "stream"
	for rest := file; !clock.expired(); {
		at := bytes.Index(rest, []byte(mark))
		if at < 0 {
			return false
		}
		data := bytes.TrimLeft(rest[at+len(mark):], "\r\n")
		rest = rest[at+len(mark):]
		var r io.Reader = bytes.NewReader(data)
		if len(data) > 1 && data[0]&0x0f == 8 && (int(data[0])<<8|int(data[1]))%31 == 0 {
			z, err := zlib.NewReader(r)
			if err != nil {
				continue
			}
			r = z
		} else if end := bytes.Index(data, []byte("endstream")); end >= 0 {
			r = bytes.NewReader(data[:end])
		}
		head := make([]byte, 8)
		if n, _ := io.ReadFull(r, head); n < len(head) || len(bytes.Trim(head, "0123456789 \r\n\t")) > 0 {
			continue
		}
		if endless(r) {
			return true
		}
	}
	return false
}

// shownText estimates how many characters a page's instructions show; more
// than a page may have where they do not end.
func shownText(contents pdf.Value) int {
	n := 0
	count := func(v pdf.Value) {
		r := v.Reader()
		defer r.Close()
		buf := make([]byte, 32<<10)
		inside, escaped, read, all := 0, false, 0, 0
		var tail hexTail
		for {
			k, err := r.Read(buf)
			for _, c := range buf[:k] {
				tail.see(c)
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
			all += k
			if tail.open && err != nil || all > maxUnpacked {
				n = maxPageText + 1
				return
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
