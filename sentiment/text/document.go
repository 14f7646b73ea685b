package text

import (
	"strings"
	"unicode/utf8"
)

// MaxSentence is the length in bytes at which a sentence is cut even without
// punctuation. Real ones stay below 1,000; pages without any punctuation would
// otherwise be one sentence.
const MaxSentence = 2000

// Document is a text ready to be read.
type Document struct {
	// Full is the title on the first line, then the body, one block a line:
	// the same string as corpus.Text.Full returns. Invalid UTF-8 is kept, so
	// that offsets hold.
	Full string
	// TitleEnd is the length of the title in Full; 0 without a title.
	TitleEnd int
	// Lang is "en", "zh", another ISO 639-1 code, or "" when undecided.
	Lang      string
	Sentences []Sentence
}

// Sentence is a byte range of [Document.Full] without surrounding space.
type Sentence struct {
	Start, End int
	Title      bool // part of the title
	Block      int  // number of its line in Full, from 0
}

// Read splits a text into sentences. An empty lang is detected; of one with a
// region or script ("zh-Hant-HK") the language is kept.
func Read(title, body, lang string) *Document {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	lang, _, _ = strings.Cut(lang, "_")
	d := &Document{Full: body, Lang: lang}
	switch {
	case title == "":
	case body == "":
		d.Full, d.TitleEnd = title, len(title)
	default:
		d.Full, d.TitleEnd = title+"\n"+body, len(title)
	}
	if d.Lang == "" {
		d.Lang = DetectLang(d.Full)
	}
	d.Sentences = make([]Sentence, 0, 1+len(d.Full)/100)
	block := 0
	for at := 0; at < len(d.Full); block++ {
		end := len(d.Full)
		if i := strings.IndexByte(d.Full[at:], '\n'); i >= 0 {
			end = at + i
		}
		d.splitBlock(at, end, block)
		at = end + 1
	}
	return d
}

// Text returns the bytes of s.
func (d *Document) Text(s Sentence) string { return d.Full[s.Start:s.End] }

// At returns the index of the sentence that holds byte off of Full, or the
// nearest one before it; -1 when there is none.
func (d *Document) At(off int) int {
	lo, hi := 0, len(d.Sentences)
	for lo < hi {
		if mid := (lo + hi) / 2; d.Sentences[mid].Start <= off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// splitBlock appends the sentences of one line.
func (d *Document) splitBlock(start, end, block int) {
	s := d.Full
	from := start
	for i := start; i < end; {
		next := boundary(s, from, i, end)
		if next == 0 && i-from >= MaxSentence {
			next = softBreak(s, from, i)
		}
		if next > 0 {
			d.add(from, next, block)
			from, i = next, next
			continue
		}
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, n := utf8.DecodeRuneInString(s[i:end])
		i += n
	}
	d.add(from, end, block)
}

func (d *Document) add(start, end, block int) {
	t := d.Full[start:end]
	trimmed := strings.TrimSpace(t)
	if trimmed == "" {
		return
	}
	start += strings.Index(t, trimmed)
	d.Sentences = append(d.Sentences, Sentence{
		Start: start,
		End:   start + len(trimmed),
		Title: start < d.TitleEnd,
		Block: block,
	})
}

// softBreak finds where to cut s[from:to], which is too long: after the last
// comma or space of its second half, else where it is.
func softBreak(s string, from, to int) int {
	for i := to - 1; i > from+(to-from)/2; i-- {
		switch s[i] {
		case ' ', ',', ';', '\t':
			return i + 1
		}
	}
	return to
}
