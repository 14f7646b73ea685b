package instrument

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/instrument/when"
	"github.com/regwire/regwire/sentiment/text"
)

// page is one document while it is being read.
type page struct {
	doc      *text.Document
	src      corpus.Source
	mentions []mention
	items    []*item // one for each instrument, in order of first mention
}

// mention is one place where an instrument is named; item is nil for words
// like "this notice", which name the document's own.
type mention struct {
	start, end int
	item       *item
}

type item struct {
	corpus.InstrumentReading
	series string
	year   int // of its number; 0 when the number has none
	// introduced: the text presents it as issued, in its title, its head or
	// with a word like "published". Only such a one can be what acts.
	introduced bool
	statusRank int
	told       int // how often it is named
}

func newPage(d *text.Document, src corpus.Source, all []found) *page {
	p := &page{doc: d, src: src}
	byID := map[string]*item{}
	for _, f := range all {
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
			p.mentions = append(p.mentions, mention{f.start, f.end, it})
		}
	}
	return p
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

var (
	issues = lazy(`(?i)\b(?:issu(?:es?|ed|ing)|publish(?:es|ed|ing)?|releas(?:es?|ed)|unveil(?:s|ed)?|adopt(?:s|ed)|finali[sz](?:es|ed)|announc(?:es|ed)|introduc(?:es|ed)|sign(?:s|ed))\b|发布|印发|公布|出台|下发|颁布|发出|頒布|發布|發出`)
)

// statusCue says which words put an instrument into which stage.
type statusCue struct {
	status corpus.InstrumentStatus
	rank   int
	words  []string
}

var stages = []statusCue{
	{corpus.InstrumentProposed, 1, []string{
		"proposed rule", "proposes", "proposed", "proposal", "consultation", "consults", "draft", "introduced", "bill", "request for comment",
		"征求意见", "草案", "拟", "咨询文件", "諮詢文件", "徵求意見",
	}},
	{corpus.InstrumentAdopted, 2, []string{
		"adopted", "adopts", "finalised", "finalized", "final rule", "signed into law", "became law", "enacted", "signed the", "signed an", "signs",
		"issued", "issues", "published", "publishes", "promulgated", "gazetted", "royal assent",
		"will take effect", "will enter into force", "takes effect on", "will come into force", "come into force on", "enters into force on", "effective on",
		"印发", "发布", "公布", "颁布", "通过", "签署成为法律", "刊宪", "刊憲", "將於", "将于",
	}},
	{corpus.InstrumentInForce, 3, []string{
		"took effect", "takes effect immediately", "effective immediately", "has been in force", "is in force", "are in force", "entered into force", "came into force",
		"enter into force upon", "take effect upon", "takes effect upon", "is in effect", "went into effect", "has applied since", "remains in effect", "remains in force", "applies since",
		"起施行", "起实施", "起生效", "正式生效", "已生效", "即日起", "正式实施", "起執行", "起执行",
	}},
}

// readStatus reads each sentence that names an instrument, or the document
// itself, for words that put it into a stage of its life.
func (p *page) readStatus() {
	for _, s := range p.doc.Sentences {
		ms := p.in(s)
		sentence := p.doc.Text(s)
		lower := ""
		if len(ms) > 0 {
			lower = asciiLower(sentence)
			p.introduce(ms, s, sentence)
		} else if selfExpr().MatchString(sentence) {
			lower = asciiLower(sentence)
			if own := p.own("", nil); own != nil {
				ms = []mention{{item: own}}
			}
		}
		if len(ms) == 0 {
			continue
		}
		it := ms[0].item // what a sentence says of status it says of its first
		for _, c := range stages {
			at, word := firstOf(lower, c.words)
			if at < 0 || hypothetical(lower, at) {
				continue
			}
			if c.status == corpus.InstrumentProposed && len(findActs(sentence, s.Start)) > 0 {
				continue // what is proposed is to do something to it
			}
			if c.status != corpus.InstrumentProposed && (it.series == "us.bill" || it.issuerIs("Congress")) && !enacted(lower) {
				continue // a bill that was introduced, or passed one chamber, is still a proposal
			}
			it.setStatus(c.status, c.rank, sentence)
			if c.rank >= 2 && it.EffectiveAt.IsZero() {
				it.EffectiveAt = effectiveAt(sentence, word)
			}
		}
	}
}

func (it *item) issuerIs(s string) bool { return it.Issuer == s }

func enacted(lower string) bool {
	return strings.Contains(lower, "signed into law") || strings.Contains(lower, "became law") ||
		strings.Contains(lower, "enacted") || strings.Contains(lower, "签署成为法律") || strings.Contains(lower, "took effect") || strings.Contains(lower, "signed the")
}

// introduce marks the instruments that a sentence presents as issued: named in
// the title, at the head of the page, alone on a line, or near such a word.
func (p *page) introduce(ms []mention, s text.Sentence, sentence string) {
	issued := issues().FindStringIndex(sentence)
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

func (it *item) setStatus(st corpus.InstrumentStatus, rank int, evidence string) {
	if rank > it.statusRank {
		it.Status, it.statusRank, it.Evidence = st, rank, evidence
	}
}

func firstOf(s string, words []string) (at int, word string) {
	at = -1
	for _, w := range words {
		if i := firstWord(s, w); i >= 0 && (at < 0 || i < at) {
			at, word = i, w
		}
	}
	return at, word
}

// hypothetical reports whether the words before at make what follows a
// possibility, a wish or a negation.
func hypothetical(lower string, at int) bool {
	head := lower[max(0, at-28):at]
	for _, w := range []string{"not ", "n't ", "never ", "would ", "could ", "may ", "might ", "if ", "should ", "尚未", "未", "没有", "可能", "若", "如果"} {
		if i := strings.LastIndex(head, w); i >= 0 && !strings.ContainsAny(head[i:], ",;.，。；") {
			return true
		}
	}
	return false
}

// effectiveAt returns the date that follows a word of taking effect.
func effectiveAt(sentence, word string) time.Time {
	if !strings.Contains(word, "effect") && !strings.Contains(word, "force") && !strings.ContainsAny(word, "起于於生") {
		return time.Time{}
	}
	at := strings.Index(asciiLower(sentence), word)
	from, to := at, min(len(sentence), at+len(word)+40)
	if strings.HasPrefix(word, "起") {
		from = max(0, at-30)
	}
	if ds := when.Find(strings.ToValidUTF8(sentence[from:to], ""), time.Time{}); len(ds) > 0 {
		return ds[0].At
	}
	return time.Time{}
}
