package instrument

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// page is one document while it is being read.
type page struct {
	doc       *text.Document
	src       corpus.Source
	published time.Time
	sentences []text.Sentence
	mentions  []mention
	items     []*item // one for each instrument, in order of first mention
}

// mention is one place where an instrument is named; item is nil for words
// like "this notice", which name the document's own.
type mention struct {
	start, end int
	head       int // where a title that the number follows in brackets begins; else start
	item       *item
}

type item struct {
	corpus.InstrumentReading
	series string
	year   int // of its number; 0 when the number has none
	// introduced: the text presents it as issued, in its title, its head or
	// with a word like "published". Only such a one can be what acts.
	introduced bool
	ahead      bool // said to come into force on a day to come
	printed    bool // adopted only so far as it was issued or published, as drafts are too
	told       int  // how often it is named
}

func newPage(d *text.Document, src corpus.Source, published time.Time, all []found) *page {
	p := &page{doc: d, src: src, published: published}
	byID := map[string]*item{}
	numberOf := titlesOf(d.Full, all)
	for i, f := range all {
		if id, ok := numberOf[f.id]; ok {
			if i+1 < len(all) && all[i+1].id == id && titled(d.Full, f, all[i+1]) {
				all[i+1].alias = cmp.Or(all[i+1].alias, f.id)
				continue
			}
			f.id = id
		}
		it := byID[f.id]
		if it == nil {
			if len(p.items) == MaxInstruments {
				continue
			}
			it = &item{series: seriesOf(f), year: yearOf(f.id)}
			it.InstrumentReading = corpus.InstrumentReading{
				ID: corpus.InstrumentID(f.id), Issuer: f.issuer, Jurisdiction: f.jurisdiction, Title: f.title,
				Status: corpus.InstrumentUnknown, Relations: []corpus.Relation{}, Confidence: f.confidence,
			}
			byID[f.id] = it
			p.items = append(p.items, it)
		}
		it.alias(f.alias)
		it.alias(strings.TrimSpace(dashes.Replace(d.Full[f.start:f.end])))
		it.Confidence = max(it.Confidence, f.confidence)
		if len(it.Mentions) < maxMentions {
			it.Mentions = append(it.Mentions, corpus.Span{Start: f.start, End: f.end})
		}
		if it.told++; it.told <= maxTold {
			p.mentions = append(p.mentions, mention{f.start, f.end, titleStart(d.Full, f.start), it})
		}
	}
	p.sentences = p.joined()
	return p
}

// titlesOf returns the number of each title in 《》 that a number in brackets
// follows somewhere in the text.
func titlesOf(full string, all []found) map[string]string {
	var out map[string]string
	for i := 0; i+1 < len(all); i++ {
		if all[i].series == "cn.title" && strings.HasPrefix(all[i].id, "《") && titled(full, all[i], all[i+1]) {
			if out == nil {
				out = map[string]string{}
			}
			out[all[i].id] = all[i+1].id
		}
	}
	return out
}

// titled reports whether a number stands in brackets right behind a title.
func titled(full string, title, number found) bool {
	gap := full[title.end:number.start]
	return number.series != "cn.title" && (gap == "（" || gap == "(" || gap == " (" || gap == " （")
}

// joined returns the sentences of the text, those put together again that a
// full stop inside a number, or before one, had parted ("FR Doc.
// C1-2025-18226", "Docket No. TREAS-DO-2025-0037").
func (p *page) joined() []text.Sentence {
	var out []text.Sentence
	i := 0
	for _, s := range p.doc.Sentences {
		for i < len(p.mentions) && p.mentions[i].end <= s.Start {
			i++
		}
		if n := len(out); n > 0 && i < len(p.mentions) && p.mentions[i].end > s.Start && out[n-1].Block == s.Block &&
			(p.mentions[i].start < out[n-1].End || p.mentions[i].start == s.Start && strings.HasSuffix(p.doc.Text(out[n-1]), "No.")) {
			out[n-1].End = s.End
			continue
		}
		out = append(out, s)
	}
	for i := range out {
		if s := &out[i]; s.End-s.Start > maxSentence {
			s.End = s.Start + maxSentence
			for !utf8.RuneStart(p.doc.Full[s.End]) {
				s.End--
			}
		}
	}
	return out
}

// maxSentence is how much of one sentence is read, in bytes. The longest we
// know, the titles of European acts, have a quarter of that.
const maxSentence = 6000

// titleStart returns where the title in title marks begins that a number in
// brackets follows.
func titleStart(full string, at int) int {
	head, ok := cutSuffixAny(full[max(0, at-longestTitle):at], "（", "(", "〔")
	if !ok {
		if strings.HasSuffix(head, "《") {
			return at - len("《")
		}
		return at
	}
	head = strings.TrimRight(head, " ")
	for _, q := range [][2]string{{"《", "》"}, {"“", "”"}} {
		if inside, ok := strings.CutSuffix(head, q[1]); ok {
			if i := strings.LastIndex(inside, q[0]); i >= 0 && !strings.Contains(inside[i:], "\n") {
				return max(0, at-longestTitle) + i
			}
		}
	}
	return at
}

// seriesOf returns what tells whether two numbers continue one another. The
// Chinese and the romanised form of a number are one series.
func seriesOf(f found) string {
	switch {
	case f.series == "cn.doc.en" || f.series == "cn.doc":
		head, _, _ := strings.Cut(f.id, "〔")
		return head
	case f.series == "name":
		head, _, _ := strings.Cut(f.id, "〔")
		return strings.TrimRight(head, "0123456789/-. ")
	}
	return f.series
}

var yearExpr = lazy(`(?:19|20)\d{2}`)

func yearOf(id string) int {
	y, _ := strconv.Atoi(yearExpr().FindString(id))
	return y
}

func (it *item) alias(s string) {
	if s == "" || s == string(it.ID) || len(it.Aliases) == maxAliases || slices.Contains(it.Aliases, s) {
		return
	}
	it.Aliases = append(it.Aliases, s)
}

// readings returns the instruments in order of first mention.
func (p *page) readings() []corpus.InstrumentReading {
	out := make([]corpus.InstrumentReading, len(p.items))
	for i, it := range p.items {
		it.summarize(p.published)
		out[i] = it.InstrumentReading
	}
	return out
}

// readTitles takes titles from the quotation marks that stand around or before
// a number in brackets: “Notice on …” (Yinfa [2021] No. 237), 《…》（银发…）.
func (p *page) readTitles() {
	for _, m := range p.mentions {
		if m.item.Title == "" {
			m.item.Title = titleBefore(p.doc.Full, m.start)
		}
	}
}

// longestTitle is in bytes; the longest title of a joint notice we know takes
// 600 in English.
const longestTitle = 800

func titleBefore(full string, at int) string {
	head := full[max(0, at-longestTitle):at]
	if i := strings.LastIndexByte(head, '\n'); i >= 0 {
		head = head[i+1:]
	}
	head, ok := cutSuffixAny(strings.TrimRight(head, " \u00a0"), "(", "（", "[", "〔")
	if !ok {
		return ""
	}
	head = strings.TrimRight(head, " \u00a0")
	for _, q := range [][2]string{{"《", "》"}, {"“", "”"}, {"‘", "’"}, {`"`, `"`}, {"「", "」"}} {
		inside, closed := strings.CutSuffix(head, q[1])
		i := strings.LastIndex(inside, q[0])
		if i < 0 {
			continue
		}
		title := inside[i+len(q[0]):]
		if !closed && (strings.Contains(title, q[1]) || strings.Count(inside, q[0])%2 == 0 && q[0] == q[1]) {
			continue // the quotation ended earlier
		}
		if n := len([]rune(title)); n < 4 || !closed && !strings.ContainsAny(title, " 的关") {
			continue
		}
		return strings.Trim(title, " ,.，。")
	}
	return ""
}

func cutSuffixAny(s string, suffixes ...string) (string, bool) {
	for _, x := range suffixes {
		if t, ok := strings.CutSuffix(s, x); ok {
			return t, true
		}
	}
	return s, false
}

// in returns the mentions that end inside a sentence; a number with a full
// stop in it ("H.J. Res. 25") may have begun in the one before.
func (p *page) in(s text.Sentence) []mention {
	lo, _ := slices.BinarySearchFunc(p.mentions, s.Start, func(m mention, at int) int {
		if m.end <= at {
			return -1
		}
		return 1
	})
	hi := lo
	for hi < len(p.mentions) && p.mentions[hi].end <= s.End {
		hi++
	}
	return p.mentions[lo:hi]
}

// headBytes is how far from the beginning a document's own number stands.
const headBytes = 500

var issues = lazy(`(?i)\b(?:issu(?:es?|ed|ing)|publish(?:es|ed|ing)?|releas(?:es?|ed)|unveil(?:s|ed)?|adopt(?:s|ed)|finali[sz](?:es|ed)|announc(?:es|ed)|introduc(?:es|ed)|sign(?:s|ed))\b|发布|印发|公布|出台|下发|颁布|发出|頒布|發布|發出`)

// issueStems are pieces of words, one of which every match of issues has.
var issueStems = []string{"issu", "publish", "releas", "unveil", "adopt", "finali", "announc", "introduc", "sign", "布", "印", "出", "下"}

// introduce marks the instruments that a sentence presents as issued: named in
// the title, at the head of the page, alone on a line, or near such a word.
func (p *page) introduce(ms []mention, s text.Sentence, sentence, lower string) {
	if len(ms) == 0 {
		return
	}
	var issued []int
	if slices.ContainsFunc(issueStems, func(w string) bool { return strings.Contains(lower, w) }) {
		issued = issues().FindStringIndex(sentence)
	}
	for _, m := range ms {
		alone := m.end-m.start > len(sentence)*2/3
		if s.Title || alone || p.src.Kind == corpus.SourceRegulator && m.start < headBytes || issued != nil && !referred(p.doc.Full, m.start) {
			m.item.introduced = true
		}
	}
}

// referred reports whether words before a number make it one that something is
// done under or to, not one that is being issued.
func referred(full string, at int) bool {
	head := asciiLower(full[max(0, at-24):at])
	for _, w := range []string{"under ", "pursuant to ", "replac", "rescind", "repeal", "revok", "supersed", "amend", "根据", "依据", "按照", "废止"} {
		if strings.Contains(head, w) {
			return true
		}
	}
	return false
}
