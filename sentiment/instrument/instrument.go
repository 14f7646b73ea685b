package instrument

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	ac "github.com/petar-dambovaliev/aho-corasick"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

const (
	// windowBefore and windowAfter are how far around a literal an expression
	// looks, in bytes; a pattern may look further back.
	windowBefore = 40
	windowAfter  = 72
	// A literal is dismissed unless a digit stands near: within digitReach
	// bytes, or shortReach where the literal is as short as an ordinary
	// syllable (shortLiteral).
	digitReach   = 40
	shortReach   = 6
	shortLiteral = 2
	// nearby is how far around a number the words that support it may stand.
	nearby = 120
	// MaxInstruments bounds what is read out of one text, so that a page that
	// is a register does not drown the rest. Lists in the notices we know
	// hold below 100.
	MaxInstruments = 200
	// maxFound bounds the places that are looked at in one text, and maxTold
	// those that are read for what they say of one instrument: a page that
	// names a number a hundred times says nothing new after that. Both keep
	// hostile pages of half a megabyte well below half a second.
	maxFound = 3000
	maxTold  = 120
	// maxAliases and maxMentions bound what is kept of one instrument.
	maxAliases  = 12
	maxMentions = 50
)

// Reader finds instruments. Use [New].
type Reader struct {
	patterns []*pattern
	literals ac.AhoCorasick
	literal  []int // pattern of each literal
	named    []named
	names    *text.Matcher
	nameOf   [][2]int
	byID     map[string]*named // of canonical forms and of names
	prefixes []prefix
}

// New returns a Reader over the embedded data. It builds its automata, which
// takes some twenty milliseconds; a program needs one. Expressions are compiled
// when a text first needs them. It panics if the embedded
// data is broken, which a test excludes.
func New() *Reader {
	r, err := newReader(patternData, namedData, prefixData)
	if err != nil {
		panic("instrument: embedded data: " + err.Error())
	}
	return r
}

func newReader(patterns, names, prefixes string) (r *Reader, err error) {
	r = &Reader{byID: map[string]*named{}}
	if r.patterns, err = readPatterns(patterns); err != nil {
		return nil, err
	}
	if r.named, err = readNamed(names); err != nil {
		return nil, err
	}
	if r.prefixes, err = readPrefixes(prefixes); err != nil {
		return nil, err
	}
	var literals []string
	for i, p := range r.patterns {
		for _, l := range p.find {
			literals = append(literals, l)
			r.literal = append(r.literal, i)
		}
	}
	builder := ac.NewAhoCorasickBuilder(ac.Opts{AsciiCaseInsensitive: true, DFA: true, MatchKind: ac.StandardMatch})
	r.literals = builder.Build(literals)
	var phrases []string
	phrases, r.nameOf = namePhrases(r.named)
	r.names = text.NewMatcher(phrases)
	for i := range r.named {
		n := &r.named[i]
		r.byID[n.id] = n
		for _, nm := range n.names {
			if len(nm.near) == 0 {
				r.byID[nm.text] = n
			}
		}
	}
	return r, nil
}

// Read is [Reader.ReadAt] of a text whose day of publication is not known.
func (r *Reader) Read(d *text.Document, src corpus.Source) []corpus.InstrumentReading {
	return r.ReadAt(d, src, time.Time{})
}

// ReadAt returns the instruments that d names, in order of first mention, with
// what d says of them. src is where d came from; the zero Source when unknown.
// Days without a year, and what still lies ahead, are read as of the day of
// publication.
func (r *Reader) ReadAt(d *text.Document, src corpus.Source, published time.Time) []corpus.InstrumentReading {
	all := r.find(d.Full, src)
	if len(all) == 0 {
		return nil
	}
	p := newPage(d, src, published, all)
	p.readTitles()
	p.read()
	p.readProcedures()
	return p.readings()
}

// Canonical returns the identity that a name means when it stands alone, in
// any way of writing it: "银发[2021]237号" gives 银发〔2021〕237号. It is the name
// itself where that is none we know.
func (r *Reader) Canonical(name string) string {
	if len(name) > maxName {
		return name
	}
	if all := r.find(name, corpus.Source{}); len(all) == 1 && all[0].end-all[0].start >= len(strings.TrimSpace(name))*2/3 {
		return all[0].id
	}
	return name
}

// maxName is the longest name that is looked at, in bytes.
const maxName = 400

// find returns the numbers and names in full, in order and without overlaps.
func (r *Reader) find(full string, src corpus.Source) []found {
	var all []found
	for i, w := range r.windows(full) {
		for n, span := range w {
			if n == maxFound {
				break
			}
			all = r.match(all, r.patterns[i], full, span, src)
		}
	}
	r.names.Find(full, 0, len(full), func(start, end, phrase int) bool {
		at := r.nameOf[phrase]
		n := &r.named[at[0]]
		nm := n.names[at[1]]
		if !nm.matches(full[start:end]) {
			return true
		}
		f := found{start: start, end: end, series: "name", id: n.id, issuer: n.issuer, jurisdiction: n.jurisdiction, title: n.title, confidence: 0.9}
		if len(nm.near) > 0 {
			if f.near = distance(full, start, end, nearby, nm.near); f.near < 0 {
				return true
			}
			f.confidence = 0.7
		}
		all = append(all, f)
		return true
	})
	return withoutOverlaps(all)
}

// span is a half-open byte range.
type span struct{ start, end int }

// windows returns for each pattern where in full its expression has to look.
// Windows of one pattern do not overlap, so that every expression reads a
// byte at most once.
func (r *Reader) windows(full string) [][]span {
	out := make([][]span, len(r.patterns))
	it := r.literals.IterOverlapping(full)
	for m := it.Next(); m != nil; m = it.Next() {
		reach := digitReach
		if m.End()-m.Start() <= shortLiteral {
			reach = shortReach
		}
		i := r.literal[m.Pattern()]
		if p := r.patterns[i]; !p.anywhere && !hasDigit(full[max(0, m.Start()-max(reach, p.back)):m.Start()]) && !hasDigit(full[m.Start():min(len(full), m.End()+reach)]) {
			continue
		}
		s := span{max(0, m.Start()-max(windowBefore, r.patterns[i].back)), min(len(full), m.End()+windowAfter)}
		ws := out[i]
		if n := len(ws); n > 0 && s.start <= ws[n-1].end {
			ws[n-1].end = max(ws[n-1].end, s.end)
			continue
		}
		out[i] = append(ws, s)
	}
	return out
}

func hasDigit(s string) bool {
	for i := range len(s) {
		if '0' <= s[i] && s[i] <= '9' {
			return true
		}
	}
	return false
}

func (r *Reader) match(all []found, p *pattern, full string, w span, src corpus.Source) []found {
	own := src.Kind == corpus.SourceRegulator && src.Regulator != "" && src.Regulator == p.issuer
	if p.own != "" && string(src.Jurisdiction) != p.own && src.Regulator != p.own {
		return all
	}
	for _, m := range p.expr().FindAllStringSubmatchIndex(full[w.start:w.end], maxFound) {
		if m[0] == 0 && w.start > 0 || m[1] == w.end-w.start && w.end < len(full) {
			continue // cut by the window: the word may go on outside
		}
		g := make([]string, len(m)/2)
		for i := range g {
			if m[2*i] >= 0 {
				g[i] = full[w.start+m[2*i] : w.start+m[2*i+1]]
			}
		}
		f := found{
			start: w.start + m[0], end: w.start + m[1], series: p.series, id: expand(p.id, g),
			issuer: p.issuer, jurisdiction: p.jurisdiction, own: own, confidence: 0.95,
		}
		if m[2] > m[0] && p.series == "us.bill" {
			f.start = w.start + m[2] // the expression begins with what must stand before
		}
		if len(p.bar) > 0 && distance(full, f.start, f.start, 24, p.bar) >= 0 {
			continue
		}
		if len(p.near) > 0 && !own {
			f.near = distance(full, f.start, f.end, nearby, p.near)
			f.confidence = 0.8
			if n := r.byID[f.id]; f.near < 0 && (n == nil || p.series != "hk.cap") {
				continue // of Hong Kong's chapters we know some by their number alone
			}
		}
		if p.fix != nil && !p.fix(r, &f, g) {
			continue
		}
		if p.series == "eu.act.bare" && strings.HasPrefix(f.id, "(") {
			kindBefore(&f, full, full[f.start:f.end])
		}
		all = append(all, r.known(f, p, full, src))
		all = r.rest(all, p, f, g, full, src)
	}
	return all
}

// known gives a number the identity of the instrument we know it to be of, and
// says whose it is where its form does not.
func (r *Reader) known(f found, p *pattern, full string, src corpus.Source) found {
	if n := r.byID[f.id]; n != nil {
		f.id, f.issuer, f.jurisdiction, f.title = n.id, n.issuer, n.jurisdiction, n.title
		return f
	}
	switch {
	case p.series == "gb.act" && f.jurisdiction == "GB":
		actOf(&f, full, src)
	case p.series == "cn.title" && f.jurisdiction == "":
		f.jurisdiction = titleOf(full[max(0, f.start-60):f.start], src)
	}
	return f
}

// maxRest bounds the further numbers of one list.
const maxRest = 40

// rest reads on where the number f opens a list.
func (r *Reader) rest(all []found, p *pattern, f found, g []string, full string, src corpus.Source) []found {
	if p.more == nil || len(g) < 2 {
		return all
	}
	last := f
	for range maxRest {
		tail := full[last.end:min(len(full), last.end+windowAfter)]
		m := p.more().FindStringSubmatchIndex(tail)
		if m == nil || m[1] == len(tail) && last.end+m[1] < len(full) {
			return all
		}
		next := f
		next.start, next.end = last.end+m[2], last.end+m[3]
		groups := slices.Clone(g)
		groups[len(groups)-1] = full[next.start:next.end]
		if p.series == "us.fdic.fil" {
			groups[1], groups[2], _ = strings.Cut(dashes.Replace(full[next.start:next.end]), "-")
		}
		next.id = expand(p.id, groups)
		if p.fix != nil && !p.fix(r, &next, groups) {
			return all
		}
		all = append(all, r.known(next, p, full, src))
		last = next
	}
	return all
}

// titleOf says whose a Chinese title is: the place named before it, else the
// source's, where that writes Chinese.
func titleOf(head string, src corpus.Source) corpus.Jurisdiction {
	best, where := -1, corpus.Jurisdiction("")
	for _, c := range []struct {
		code corpus.Jurisdiction
		word string
	}{
		{"HK", "香港"}, {"TW", "台湾"}, {"TW", "臺灣"}, {"EU", "欧盟"}, {"EU", "歐盟"}, {"US", "美国"}, {"US", "美國"}, {"KR", "韩国"}, {"KR", "韓國"},
		{"JP", "日本"}, {"SG", "新加坡"}, {"GB", "英国"}, {"GB", "英國"}, {"CN", "我国"}, {"CN", "中国"}, {"CN", "国务院"}, {"CN", "人民银行"}, {"CN", "全国人大"},
	} {
		if i := strings.LastIndex(head, c.word); i > best {
			best, where = i, c.code
		}
	}
	if best < 0 && slices.Contains([]corpus.Jurisdiction{"CN", "HK", "TW"}, src.Jurisdiction) {
		return src.Jurisdiction
	}
	return where
}

// actOf decides whose parliament passed an "… Act 2019": the page's country
// when it is one that names its acts so, the country named nearest, or Britain.
func actOf(f *found, full string, src corpus.Source) {
	countries := []struct {
		code  corpus.Jurisdiction
		words []string
	}{
		{"SG", []string{"singapore", "mas"}}, {"AU", []string{"australia", "australian"}},
		{"NZ", []string{"new zealand"}}, {"IE", []string{"ireland", "irish"}},
		{"MY", []string{"malaysia"}}, {"GB", []string{"uk", "britain", "british", "fca"}},
	}
	best := -1
	for _, c := range countries {
		if src.Jurisdiction == c.code {
			f.jurisdiction = c.code
			return
		}
		if d := distance(full, f.start, f.end, nearby, c.words); d >= 0 && (best < 0 || d < best) {
			best, f.jurisdiction = d, c.code
		}
	}
	if best < 0 {
		f.confidence = 0.6
	}
}

// withoutOverlaps sorts what was found and decides between readings of the
// same place: the page's own issuer, then the longer, then the one whose
// supporting word is nearer.
func withoutOverlaps(all []found) []found {
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	var out []found
	for _, f := range all {
		if n := len(out); n > 0 && f.start < out[n-1].end {
			if better(f, out[n-1]) {
				out[n-1] = f
			}
			continue
		}
		out = append(out, f)
	}
	return out
}

func better(a, b found) bool {
	switch {
	case a.own != b.own:
		return a.own
	case a.end-a.start != b.end-b.start:
		return a.end-a.start > b.end-b.start
	}
	return a.near < b.near
}

// simplify writes the traditional characters of official numbers as
// simplified ones, so that both give one identity.
func simplify(s string) string { return text.FoldString(s) }

// lazy compiles an expression when it is first needed.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
