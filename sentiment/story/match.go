package story

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// trait says how readings of one type of event are matched.
type trait struct {
	// classes of types that articles of one happening disagree about: a ruling
	// is told as enforcement, a binding notice as a ban. Types that share a
	// class are kindred.
	classes []string
	// days between two tellings of one happening. Guessed from how long the
	// press repeats a notice, not measured.
	days float64
	// identified means that authority and party (or venue and asset) on one
	// date make a happening; otherwise the words have to agree as well.
	identified bool
	// byAsset means that the asset is what it is about: other assets, other
	// happening.
	byAsset bool
	// noisy means that so much of it is told every day, in the same words, that
	// words have to come with a party or a figure in common.
	noisy bool
	// byNumber means that it is about a regulatory text: its number tells
	// happenings apart or together. In a charge the numbers are those of the
	// laws that were broken, and say nothing.
	byNumber bool
}

// Families hold the types that one act may be told as where its identity is
// beyond doubt: one instrument acts, or one authority deals with one party on
// one day. In one article, the same sentences are enough, see [retells].
var (
	textual = []corpus.EventType{corpus.RuleFinal, corpus.Prohibition, corpus.Repeal, corpus.Guidance, corpus.Warning, corpus.Policy, corpus.Legislation, corpus.Licensing}
	deeds   = []corpus.EventType{corpus.Enforcement, corpus.CourtRuling, corpus.Prohibition, corpus.Warning, corpus.Licensing}
	// An article on a proposal may say that it would ban, and repeal.
	withProposal = append(slices.Clone(textual), corpus.RuleProposal)
	// What is said, and what changes what holds.
	words   = []corpus.EventType{corpus.Guidance, corpus.Warning, corpus.Policy}
	changes = []corpus.EventType{corpus.Repeal, corpus.RuleFinal, corpus.Prohibition, corpus.Legislation, corpus.Licensing}
	money   = []corpus.EventType{corpus.Funding, corpus.Flows, corpus.Partnership}
)

// retells reports whether a further reading of one article tells the happening
// of an earlier one again: nothing sets them apart, and they are by one
// instrument or out of one sentence. A price that moves because of a suit is a
// happening of its own, and so is who comes and goes.
func retells(a, b *telling) bool {
	sentence := slices.ContainsFunc(a.evidence, func(s string) bool { return slices.Contains(b.evidence, s) })
	switch {
	case a.kind == b.kind:
		n, _ := same(a, b, false)
		return n > 0
	case disjoint(a.authority, b.authority), disjoint(a.jurisdictions, b.jurisdictions), disjoint(a.parties, b.parties):
		return false
	case shareFamily(a.kind, b.kind, withProposal):
		return sentence || shared(a.acting, b.acting) > 0 || shared(a.ended, b.ended) > 0
	case shareFamily(a.kind, b.kind, deeds), shareFamily(a.kind, b.kind, money):
		return sentence
	}
	return false
}

// shareFamily reports whether both types are of a family; any type is of its
// own.
func shareFamily(a, b corpus.EventType, family []corpus.EventType) bool {
	return a == b && traits[a].byNumber || slices.Contains(family, a) && slices.Contains(family, b)
}

var traits = map[corpus.EventType]trait{
	corpus.Enforcement:  {classes: []string{"act"}, days: 4, identified: true},
	corpus.CourtRuling:  {classes: []string{"act"}, days: 4, identified: true},
	corpus.Prohibition:  {classes: []string{"act", "rule"}, days: 7, identified: true, byNumber: true},
	corpus.RuleProposal: {classes: []string{"proposal"}, days: 7, byNumber: true},
	corpus.RuleFinal:    {classes: []string{"rule"}, days: 7, byNumber: true},
	corpus.Repeal:       {classes: []string{"rule"}, days: 7, byNumber: true},
	corpus.Guidance:     {classes: []string{"rule", "word"}, days: 7, byNumber: true},
	corpus.Legislation:  {classes: []string{"law"}, days: 2, byNumber: true},
	corpus.Licensing:    {classes: []string{"licence"}, days: 4, identified: true},
	corpus.Warning:      {classes: []string{"word"}, days: 4, identified: true},
	corpus.Policy:       {classes: []string{"word", "law"}, days: 2, byNumber: true},
	corpus.Appointment:  {classes: []string{"post"}, days: 5, identified: true},
	corpus.Listing:      {classes: []string{"list"}, days: 4, identified: true, byAsset: true},
	corpus.Delisting:    {classes: []string{"delist"}, days: 4, identified: true, byAsset: true},
	corpus.Halt:         {classes: []string{"stop"}, days: 3, identified: true},
	corpus.Hack:         {classes: []string{"hack"}, days: 4, identified: true},
	corpus.Insolvency:   {classes: []string{"fail"}, days: 5, identified: true},
	corpus.Outage:       {classes: []string{"stop"}, days: 2, identified: true},
	corpus.Launch:       {classes: []string{"launch", "licence"}, days: 4},
	corpus.Partnership:  {classes: []string{"deal"}, days: 4},
	corpus.Funding:      {classes: []string{"deal"}, days: 4, identified: true, noisy: true},
	corpus.Flows:        {classes: []string{"flow"}, days: 2, noisy: true},
	corpus.PriceMove:    {classes: []string{"price"}, days: 1, byAsset: true, noisy: true},
}

const (
	// The words of two headlines with their evidence agree from here on,
	// measured as the cosine of their sets (beside names). One house repeats
	// itself more. Read off two weeks of feeds: below, pairs share a manner of
	// speaking.
	wordsAgree     = 0.25
	wordsAgreeHome = 0.4
	// Words that hint at one happening where names say nearly as much.
	wordsHint = 0.15
	// What officials say all day is told in the same words; so much is needed
	// where nothing else is shared.
	wordsTalk     = 0.4
	wordsTalkHome = 0.5
	// Words that outweigh figures of their own on either side.
	wordsOutweigh = 0.5
	// Prices are the same within half a per cent: 118,000 and 119,000 are not.
	// Sums are within one: 152 and 153 million are.
	priceSlack = 0.005
	sumSlack   = 0.01
	// A round figure says something from here on, guessed: there are not two
	// events of a billion a day.
	hugeFigure = 1e9
	// Between languages, and between types, only what needs no translation can
	// agree, so the dates have to be closer.
	foreignDays = 2
	// An instrument is adopted, amended or repealed once: the press may take
	// its time. Bills are different, see [same].
	instrumentDays = 60
	// Tellings follow one another, but not for ever: at most so many windows
	// after the happening.
	spread = 3
)

// reason says why two tellings are the same happening, or why not.
type reason string

// The reasons, in the order in which they are looked for.
const (
	otherKind       reason = "other kind"
	otherTime       reason = "other time"
	otherInstrument reason = "other instrument"
	otherAuthority  reason = "other authority"
	otherParty      reason = "other party"
	otherAsset      reason = "other asset"
	sameInstrument  reason = "same instrument"
	sameText        reason = "same text"
	sameParty       reason = "same authority and party"
	sameWords       reason = "same words"
	sameFigures     reason = "same figures or dates"
	otherStep       reason = "other step"
	otherCourse     reason = "other direction, or an explanation"
	noEvidence      reason = "nothing says so"
)

// excludes reports whether the reason is that two tellings contradict one
// another, rather than that too little or too late is said.
func (r reason) excludes() bool {
	return slices.Contains([]reason{otherInstrument, otherAuthority, otherParty, otherAsset, otherStep, otherCourse}, r)
}

// same decides whether two tellings are of one happening: first whether
// anything forbids it, then whether anything positive says so. near means that
// the texts are near-duplicates. The strength orders several that match; 0
// means different.
func same(a, b *telling, near bool) (strength int, why reason) {
	p := pair{a: a, b: b, kind: traits[a.kind], kindred: a.kind != b.kind, gap: math.Abs(a.date.Sub(b.date).Hours()) / 24}
	p.instrument = shareFamily(a.kind, b.kind, textual) && (shared(a.acting, b.acting) > 0 || shared(a.ended, b.ended) > 0)
	p.distant = p.kindred && !shareClass(a.kind, b.kind)
	if why := p.forbidden(); why != "" {
		return 0, why
	}
	switch strength, why = p.said(near); {
	case strength == 0 || p.distant:
		return strength, why
	case p.kindred:
		return strength + 5, why
	}
	return strength + 10, why
}

// pair is two tellings being compared.
type pair struct {
	a, b       *telling
	kind       trait   // of the first
	gap        float64 // days between them
	kindred    bool    // of different types
	distant    bool    // of types that do not even share a class
	instrument bool    // one instrument acts, or ends, in both
}

// forbidden says why the two cannot be one happening, or "".
func (p *pair) forbidden() reason {
	a, b := p.a, p.b
	if p.distant && !p.instrument && !shareFamily(a.kind, b.kind, deeds) {
		return otherKind
	}
	byNumber := p.kind.byNumber && traits[b.kind].byNumber
	limit := max(p.kind.days, traits[b.kind].days)
	switch {
	case p.distant && p.instrument:
		limit = foreignDays
	case p.distant:
		limit = 1
	case p.instrument && !p.kindred && a.kind != corpus.Legislation && a.kind != corpus.Policy:
		limit = instrumentDays // a bill keeps its number through all its steps
	}
	switch {
	case p.gap > limit:
		return otherTime
	case byNumber && otherNumber(a, b):
		return otherInstrument
	case !p.instrument && (disjoint(a.authority, b.authority) || disjoint(a.jurisdictions, b.jurisdictions) && shared(a.authority, b.authority) == 0):
		return otherAuthority
	case disjoint(a.parties, b.parties) && !p.instrument:
		return otherParty
	case (p.kind.byAsset || a.kind == corpus.Flows) && disjoint(a.assets, b.assets):
		return otherAsset
	}
	a.text()
	b.text()
	switch {
	case a.kind == corpus.PriceMove && a.mainAsset != b.mainAsset && !wholeMarket(a, b):
		return otherAsset
	case a.step != "" && b.step != "" && a.step != b.step && (a.kind == corpus.Legislation || b.kind == corpus.Legislation):
		return otherStep
	case a.explains != b.explains && p.kindred, a.course*b.course < 0:
		return otherCourse
	}
	return ""
}

// said says by what the two are one happening, and how strongly.
func (p *pair) said(near bool) (int, reason) {
	a, b := p.a, p.b
	if near && !p.distant {
		return 5, sameText
	}
	likeness, agree := cosine(a.words, b.words), wordsAgree
	if a.source == b.source {
		agree = wordsAgreeHome
	}
	foreign := a.han != b.han
	if a.alike || b.alike {
		likeness = max(likeness, wordsOutweigh)
	}
	words := !foreign && likeness >= agree
	assets := shared(a.assets, b.assets) > 0
	parties := shared(a.parties, b.parties)
	if a.kind == corpus.Policy && !assets && parties == 0 {
		words = words && likeness >= wordsTalk && (a.source != b.source || likeness >= wordsTalkHome)
	}
	if p.instrument && (!p.kindred || words || p.gap <= foreignDays) {
		return 4, sameInstrument
	}
	if (p.kindred || foreign) && p.gap > foreignDays {
		return 0, otherTime
	}
	if p.kind.noisy {
		return p.noise(likeness, agree, foreign)
	}
	authority := shared(a.authority, b.authority) > 0
	place := authority || shared(a.jurisdictions, b.jurisdictions) > 0 // a court has no short name
	figures := commonFigure(a, b) > 0 || sameDay(a.deadlines[0], b.deadlines[0]) || sameDay(a.deadlines[1], b.deadlines[1])
	if p.distant {
		if authority && parties > 0 && !opposed(a, b) && (words || foreign && slices.Equal(a.parties, b.parties)) {
			return 3, sameParty
		}
		return 0, noEvidence
	}
	if a.kind.Regulatory() && !place {
		return 0, noEvidence
	}
	named := parties > 0
	if p.kind.byAsset {
		named = named && assets
	}
	about := named || authority || assets && len(a.parties) == 0 && len(b.parties) == 0
	if a.kind.Regulatory() && len(a.authority)+len(b.authority) == 0 {
		about = about || figures || likeness >= wordsAgreeHome // nobody is named; the place has to do
	}
	// A name alone says so only while the news is fresh: whoever is in the news
	// for weeks has done something else by then.
	fresh := p.gap <= foreignDays || figures || !foreign && likeness >= wordsHint
	switch {
	case named && p.kind.identified && fresh && (!p.kindred || a.kind.Regulatory() && (words || foreign)):
		return 3, sameParty
	case !about:
		return 0, noEvidence
	case a.kind == corpus.Partnership && parties > 1:
		return 2, sameParty
	case words && !(p.kindred && a.source == b.source):
		return 2, sameWords // a house does not call one thing by two names
	case foreign && figures:
		return 2, sameFigures
	case p.kindred || !sameSubjects(a, b):
		return 0, noEvidence
	case foreign && authority:
		return 1, sameParty
	case p.kind.identified && p.gap <= 1 && !opposed(a, b) && (foreign || likeness >= wordsHint):
		return 1, sameParty // one of them leaves out who acts
	}
	return 0, noEvidence
}

// noise decides for the types of which there is much every day: words need a
// party or a figure, and figures of their own speak against it.
func (p *pair) noise(likeness, agree float64, foreign bool) (int, reason) {
	a, b := p.a, p.b
	if p.kindred && !shareClass(a.kind, b.kind) {
		return 0, noEvidence
	}
	parties := shared(a.parties, b.parties) > 0
	assets := shared(a.assets, b.assets) > 0
	whole := a.kind != corpus.Funding && wholeMarket(a, b) // a raise is somebody's, known or not
	figure := commonFigure(a, b)
	home := a.source == b.source
	switch {
	case home && a.kind == corpus.PriceMove && p.gap > 0.5:
		return 0, noEvidence // the house's next look at the chart
	case figure == 0 && len(a.figures) > 0 && len(b.figures) > 0:
		if home || p.gap > 1 {
			return 0, noEvidence // the next day's figures in the same mould
		}
		agree = max(agree, wordsOutweigh)
	}
	switch n := significant(figure); {
	case parties || a.kind == corpus.PriceMove:
	case n < 2:
		agree = max(agree, wordsAgreeHome)
	case figure >= 1e6 && p.gap <= 1:
		agree = min(agree, wordsHint+0.05*float64(max(0, 3-n))) // no two sums are alike
	}
	switch {
	case !parties && !assets && !whole:
		return 0, noEvidence
	case foreign && figure > 0 && (parties || significant(figure) > 1 || figure >= hugeFigure || a.kind == corpus.PriceMove):
		return 2, sameFigures
	case foreign || likeness < agree:
		return 0, noEvidence
	case parties && p.kind.identified && p.gap <= foreignDays:
		return 3, sameParty
	case parties || figure > 0:
		return 2, sameWords
	}
	return 0, noEvidence
}

// wholeMarket reports whether two tellings are of the market as a whole: neither
// says more of what moved, or one does not and a sum too large to be of
// anything else is in both.
func wholeMarket(a, b *telling) bool {
	x, y := len(a.assets)+len(a.parties), len(b.assets)+len(b.parties)
	if x+y == 0 || min(x, y) > 0 {
		return x+y == 0
	}
	f := commonFigure(a, b)
	return f >= hugeFigure && significant(f) > 1
}

// opposed reports whether one telling is of a restriction and the other of a
// permission.
func opposed(a, b *telling) bool { return a.stance*b.stance < 0 }

func disjoint[T ~string](a, b []T) bool { return len(a) > 0 && len(b) > 0 && shared(a, b) == 0 }

// commonFigure returns the figure that two tellings have in common, the one
// that says most when there are several; 0 when there is none.
func commonFigure(a, b *telling) float64 {
	best := 0.0
	for i, j := 0, 0; i < len(a.figures) && j < len(b.figures); {
		x, y := a.figures[i], b.figures[j]
		if math.Abs(x-y) <= slack(x)*min(x, y) && (best == 0 || significant(x) >= significant(best)) {
			best = x
		}
		if x < y {
			i++
		} else {
			j++
		}
	}
	return best
}

// slack is how far apart a figure and another may be, as a share. Prices and
// numbers of coins are told exactly; sums are rounded.
func slack(x float64) float64 {
	if x < 1e6 {
		return priceSlack
	}
	return sumSlack
}

// significant counts the digits of a figure before its zeros: one of a round
// figure, of which there are many.
func significant(x float64) int {
	digits := strings.TrimRight(strconv.FormatFloat(x, 'f', 0, 64), "0")
	return len(digits)
}

// otherNumber reports whether both name instruments of one numbering and none
// of it in common: FIL-7-2025 is not FIL-8-2025, whatever else both cite.
func otherNumber(a, b *telling) bool {
	for _, x := range a.instruments {
		both, common := false, false
		for _, y := range a.instruments {
			if series(y) == series(x) && slices.Contains(b.instruments, y) {
				common = true
			}
		}
		for _, y := range b.instruments {
			both = both || series(y) == series(x)
		}
		if both && !common {
			return true
		}
	}
	return false
}

// series returns an instrument's number without its digits.
func series(id corpus.InstrumentID) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, string(id))
}

// sameSubjects reports whether two tellings say what they are about, beside
// who acts, and exactly the same. Not every one gives the number.
func sameSubjects(a, b *telling) bool {
	numbered := len(a.instruments) > 0 && len(b.instruments) > 0
	return slices.Equal(a.parties, b.parties) && slices.Equal(a.assets, b.assets) && len(a.parties)+len(a.assets)+shared(a.instruments, b.instruments) > 0 &&
		(!numbered || slices.Equal(a.instruments, b.instruments))
}

func sameDay(a, b time.Time) bool {
	return !a.IsZero() && a.Truncate(24*time.Hour).Equal(b.Truncate(24*time.Hour))
}

// cosine is the cosine of two sets: the size of what they share over the
// geometric mean of their sizes.
func cosine(a, b []string) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	return float64(shared(a, b)) / math.Sqrt(float64(len(a)*len(b)))
}

func shareClass(a, b corpus.EventType) bool {
	return slices.ContainsFunc(traits[a].classes, func(c string) bool { return slices.Contains(traits[b].classes, c) })
}
