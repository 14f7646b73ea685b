package story

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// telling is one article's reading of an event, in the form in which two of
// them are compared. All slices are sorted and without repetition.
type telling struct {
	kind          corpus.EventType
	date          time.Time
	authority     []string // who acts: regulators and courts
	parties       []string // whom it is about: targets, venues, companies
	assets        []string // tickers; mainAsset is the one named first
	mainAsset     string
	jurisdictions []corpus.Jurisdiction
	instruments   []corpus.InstrumentID // all that are named
	acting        []corpus.InstrumentID // the ones by which the authority acts
	ended         []corpus.InstrumentID // the ones that end
	deadlines     [2]time.Time          // effective, comments close
	stance        float64

	// What headline and evidence say is read when it is first asked for: most
	// comparisons end at the names.
	title    string
	evidence []string
	read     bool
	words    []string  // beside the names
	figures  []float64 // amounts and prices: "$1.9B" is 1.9e9
	step     string    // of a bill: "introduced", "passed", …; "" when unclear
	explains bool      // it answers questions about what was done before
	course   int       // of prices and money: 1 up or in, -1 down or out
	han      bool      // Chinese

	source corpus.SourceID
	// alike means that the article it is out of tells the same as the one being
	// placed, by headline, names and figures.
	alike bool
}

// The bounds of a telling: real ones have a handful of names.
const (
	maxNames    = 12
	maxSentence = 600 // bytes of each evidence sentence read for words
	maxEvidence = 2   // sentences
)

// tell prepares a reading for comparison. acting and ended are known only
// where the whole analysis is at hand; they may be nil.
func tell(r corpus.EventReading, source corpus.SourceID, title string, evidence []string, date time.Time) telling {
	t := telling{
		kind:          r.Type,
		date:          date,
		jurisdictions: slices.Compact(slices.Sorted(slices.Values(r.Jurisdictions))),
		instruments:   slices.Compact(slices.Sorted(slices.Values(r.Instruments))),
		assets:        subjectAssets(r),
		deadlines:     [2]time.Time{r.EffectiveAt, r.CommentsCloseAt},
		stance:        r.Stance,
		title:         title,
		evidence:      evidence,
		source:        source,
	}
	if len(r.Assets) > 0 {
		t.mainAsset = fold(r.Assets[0])
	}
	if r.Type.Regulatory() {
		t.authority = authority(r)
		t.parties = names(r.Targets, r.Exchanges)
		t.parties = slices.DeleteFunc(t.parties, func(n string) bool { return slices.Contains(t.authority, n) })
	} else {
		t.parties = names(r.Actors, r.Targets, r.Exchanges)
		regulators := names(r.Regulators)
		t.parties = slices.DeleteFunc(t.parties, func(n string) bool {
			return slices.Contains(regulators, n) || slices.Contains(t.assets, n)
		})
	}
	return t
}

// subjectAssets returns the assets an event is about. What a listing trades
// against (and "Bitcoin exchange X lists …") is not among them.
func subjectAssets(r corpus.EventReading) []string {
	all := names(r.Assets)
	if traits[r.Type].byAsset && r.Type != corpus.PriceMove {
		all = slices.DeleteFunc(all, func(a string) bool { return slices.Contains(quoteAssets, a) })
	}
	return all
}

var quoteAssets = []string{"btc", "eth", "bnb", "usdt", "usdc", "fdusd", "tusd", "usd1", "dai"}

// authority returns who acts in a regulatory event, by name. Actors are the
// best word for it; regulators may include those merely named, except the
// first. A description ("a federal judge", 八部门) tells no two authorities
// apart: the jurisdiction stands for it.
func authority(r corpus.EventReading) []string {
	regulators := names(r.Regulators)
	var acting []string
	for _, a := range names(r.Actors) {
		if slices.Contains(regulators, a) {
			acting = append(acting, a)
		}
	}
	if len(acting) == 0 && len(r.Regulators) > 0 {
		return names(r.Regulators[:1])
	}
	return acting
}

// text takes the words and figures from the headline and the first sentences
// of evidence, leaving out names, which are compared on their own.
func (t *telling) text() {
	if t.read {
		return
	}
	t.read = true
	s := t.title
	for _, e := range t.evidence[:min(maxEvidence, len(t.evidence))] {
		if e != t.title {
			s += "\n" + cut(e, maxSentence)
		}
	}
	t.han = text.DetectLang(s) == "zh"
	folded := text.FoldString(t.title)
	switch {
	case slices.Contains(textual, t.kind):
		t.step, t.explains = step(folded), containsAny(folded, explanations)
	case t.kind == corpus.PriceMove || t.kind == corpus.Flows:
		t.course = course(folded)
	}
	for tok := range text.Tokens(s, 0, len(s)) {
		w := s[tok.Start:tok.End]
		if f, ok := figure(w, s[tok.End:]); ok {
			t.figures = append(t.figures, f)
		}
		switch tok.Kind {
		case text.Number:
			if n := strings.ReplaceAll(w, ",", ""); len(n) >= 2 && !year(n) {
				t.words = append(t.words, n)
			}
		case text.Word:
			if f := fold(w); len(f) >= 3 && !common[f] && !t.names(f) {
				t.words = append(t.words, cut(f, 6))
			}
		case text.Han:
			rs := []rune(text.FoldString(w))
			for i := 0; i+2 <= len(rs); i++ {
				t.words = append(t.words, string(rs[i:i+2]))
			}
		}
	}
	t.words = set(t.words)
	slices.Sort(t.figures)
}

// names reports whether a word is (part of) a name that is compared elsewhere.
func (t *telling) names(w string) bool {
	for _, list := range [][]string{t.authority, t.parties, t.assets} {
		for _, n := range list {
			if n == w || len(w) > 3 && strings.Contains(n, w) {
				return true
			}
		}
	}
	return false
}

// common are words that stand in any headline: comparing them says nothing.
var common = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`the and for with from that this has have had was were are its his her their
		into over after amid before says said say new will would could may might can not but than then they you your who
		what when where why how all more most about against under out also been being crypto cryptocurrency
		cryptocurrencies bitcoin blockchain digital asset assets token tokens coin coins market markets price
		us usd million billion year today news report reports according`) {
		m[w] = true
	}
	return m
}()

// generic names stand for nobody in particular: sharing one is no evidence.
var generic = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`crypto market markets cryptomarket cryptocurrency cryptocurrencies investors banks
		exchanges cryptoexchanges companies issuers stablecoin stablecoins users customers public court courts police judge
		government agencies agency regulator regulators authorities lawmakers president 市场 加密货币 虚拟货币 投资者 银行 交易所 公司 发行人 稳定币 用户 法院 警方 法官 政府`) {
		m[w] = true
	}
	return m
}()

// names folds lists of names into one sorted set, at most maxNames long.
func names(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		for _, n := range l {
			if f := fold(n); f != "" && !generic[f] && len(out) < maxNames {
				out = append(out, f)
			}
		}
	}
	return set(out)
}

// fold brings a name into the form in which names are compared: letters and
// digits only, lower case, simplified Chinese, without a company's legal form.
func fold(name string) string {
	var words []string
	for w := range strings.FieldsFuncSeq(name, unicode.IsSpace) {
		w = strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return text.Fold(r)
		}, w)
		if w != "" {
			words = append(words, w)
		}
	}
	for len(words) > 1 && slices.Contains(legalForms, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) > 1 && words[0] == "the" {
		words = words[1:]
	}
	return strings.Join(words, "")
}

var legalForms = []string{"inc", "incorporated", "ltd", "limited", "llc", "corp", "corporation", "co", "company", "plc", "ag", "sa", "gmbh", "holdings", "holding", "group"}

// year reports whether a figure is one of the years that stand in any notice.
func year(n string) bool {
	y, err := strconv.Atoi(n)
	return err == nil && len(n) == 4 && y >= 1990 && y < 2100
}

// figure reads an amount, with its magnitude attached ("1.9B") or behind it
// ("1.9 billion", "19亿"). Small and round numbers, and years, tell nothing.
func figure(w, rest string) (float64, bool) {
	if w == "" || w[0] < '0' || w[0] > '9' {
		return 0, false
	}
	digits := strings.TrimRight(w, "kmbntKMBNT")
	x, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64)
	if err != nil || math.IsInf(x, 0) || x == 0 {
		return 0, false
	}
	unit := strings.ToLower(w[len(digits):])
	if unit == "" {
		rest = strings.ToLower(strings.TrimLeft(cut(rest, 24), " \u00a0"))
		for _, m := range magnitudeWords {
			if strings.HasPrefix(rest, m) {
				unit = m
				break
			}
		}
	}
	if unit == "" {
		significant := strings.Trim(points.Replace(digits), "0")
		return x, (x >= 100 || len(significant) >= 3) && !year(digits)
	}
	return x * magnitudes[unit], magnitudes[unit] != 0
}

var points = strings.NewReplacer(".", "", ",", "")

// magnitudeWords are looked for behind a number, longer ones first.
var magnitudeWords = []string{"trillion", "billion", "million", "thousand", "万亿", "萬億", "亿", "億", "万", "萬"}

var magnitudes = map[string]float64{
	"k": 1e3, "thousand": 1e3, "万": 1e4, "萬": 1e4, "m": 1e6, "mn": 1e6, "million": 1e6, "亿": 1e8, "億": 1e8,
	"b": 1e9, "bn": 1e9, "billion": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12, "万亿": 1e12, "萬億": 1e12,
}

// step returns where a bill stands by a headline, the step furthest along that
// it names: a bill keeps its number from the first draft to the signature, and
// the steps may follow within a day.
func step(folded string) string {
	folded = unsigned.Replace(" " + folded + " ")
	for _, s := range steps {
		if containsAny(folded, s.cues) {
			return s.name
		}
	}
	return ""
}

// unsigned takes out of a headline what is only going to be signed.
var unsigned = strings.NewReplacer("to sign into law", "", "to be signed into law", "")

func containsAny(s string, cues []string) bool {
	return slices.ContainsFunc(cues, func(c string) bool { return strings.Contains(s, c) })
}

var steps = []struct {
	name string
	cues []string
}{
	{"signed", []string{" signs ", " signed ", "into law", " is law", "becomes law", "becomes u.s. law", "signing", "signature", "签署"}},
	{"passed", []string{" passes ", " passed ", " clears ", " clear ", "approves", "passage", "通过"}},
	{"stopped", []string{" stall", " veto", " block", "rejects", " delay", "否决", "搁置", "推迟"}},
	{"advanced", []string{"advance", "markup", "committee", "委员会"}},
	{"introduced", []string{"introduce", "unveil", "proposes", "提出", "提交"}},
}

// explanations are what a headline says when an authority answers questions
// about an act of its own: a further happening, whatever number it goes by.
var explanations = []string{"faq", "frequently asked", "q&a", "questions and answers", "答记者问", "问答", "解读"}

// course returns which way prices or money go by a headline: 1 up or in, -1
// down or out, 0 when it says nothing, or both.
func course(folded string) int {
	up, down := containsAny(folded, courses.up), containsAny(folded, courses.down)
	switch {
	case up == down:
		return 0
	case up:
		return 1
	}
	return -1
}

var courses = struct{ up, down []string }{
	up: []string{"inflow", "surge", "soar", "jump", "climb", "rall", "gain", "explod", "rocket", "rebound", "rise", "rising", "tops", "past $",
		"above $", "breaks $", "record high", "all-time high", "净流入", "突破", "上涨", "大涨", "升破", "涨破", "站上", "新高"},
	down: []string{"outflow", "drop", "fall", "fell", "plunge", "plummet", "slide", "slump", "tumble", "crash", "sink", "dips", "below $",
		"wiped out", "liquidat", "净流出", "跌", "跳水", "失守", "爆仓"},
}

// set sorts s and drops repetitions, in place.
func set[T ~string](s []T) []T {
	slices.Sort(s)
	return slices.Compact(s)
}

// cut returns at most n bytes of s, ending at a whole character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shared counts the members of both sorted sets.
func shared[T ~string](a, b []T) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n, i, j = n+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return n
}
