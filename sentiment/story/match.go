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
	// Figures are the same within half a per cent: 533 and 533.9 million are,
	// 118,000 and 119,000 are not.
	figureSlack = 0.005
	// Between languages only what needs no translation can agree, so the dates
	// have to be closer.
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
	noEvidence      reason = "nothing says so"
)

// same decides whether two tellings are of one happening: first whether
// anything forbids it, then whether anything positive says so. near means that
// the texts are near-duplicates. The strength orders several that match; 0
// means different.
func same(a, b *telling, near bool) (strength int, why reason) {
	kind, kindred := traits[a.kind], a.kind != b.kind
	if kindred && !shareClass(a.kind, b.kind) {
		return 0, otherKind
	}
	gap := math.Abs(a.date.Sub(b.date).Hours()) / 24
	days := max(kind.days, traits[b.kind].days)
	byNumber := kind.byNumber && traits[b.kind].byNumber
	instrument := byNumber && (shared(a.acting, b.acting) > 0 || shared(a.ended, b.ended) > 0)
	limit := days
	if instrument && a.kind != corpus.Legislation && a.kind != corpus.Policy {
		limit = instrumentDays // a bill keeps its number through all its steps
	}
	if gap > limit {
		return 0, otherTime
	}
	switch {
	case byNumber && otherNumber(a, b):
		return 0, otherInstrument
	case len(a.authority) > 0 && len(b.authority) > 0 && shared(a.authority, b.authority) == 0:
		return 0, otherAuthority
	case len(a.parties) > 0 && len(b.parties) > 0 && shared(a.parties, b.parties) == 0 && !instrument:
		return 0, otherParty
	case kind.byAsset && len(a.assets) > 0 && len(b.assets) > 0 && shared(a.assets, b.assets) == 0:
		return 0, otherAsset
	case a.kind == corpus.PriceMove && a.mainAsset != b.mainAsset:
		return 0, otherAsset
	}
	rank := func(n int, why reason) (int, reason) {
		if kindred {
			return n, why
		}
		return n + 10, why
	}
	if near {
		return rank(5, sameText)
	}
	a.text()
	b.text()
	if a.kind == corpus.Legislation && b.kind == a.kind && a.step != "" && b.step != "" && a.step != b.step {
		return 0, otherStep
	}
	agree := wordsAgree
	if a.source == b.source {
		agree = wordsAgreeHome
	}
	foreign := a.han != b.han
	words := !foreign && cosine(a.words, b.words) >= agree
	if instrument && (!kindred || words || foreign) {
		return rank(4, sameInstrument)
	}
	if (kindred || foreign) && gap > foreignDays {
		return 0, otherTime
	}
	authority := shared(a.authority, b.authority) > 0
	parties := shared(a.parties, b.parties)
	assets := shared(a.assets, b.assets) > 0
	figures := shareFigure(a.figures, b.figures) || sameDay(a.deadlines[0], b.deadlines[0]) || sameDay(a.deadlines[1], b.deadlines[1])

	// Who is it about?
	named := parties > 0
	if a.kind.Regulatory() {
		// A court has no short name, so an authority may be missing; then the
		// jurisdiction stands for it.
		if !authority && shared(a.jurisdictions, b.jurisdictions) == 0 {
			return 0, noEvidence
		}
		if named && kind.identified && (!kindred || words || foreign) {
			return rank(3, sameParty)
		}
	} else {
		if kind.byAsset {
			named = assets && (parties > 0 || a.kind == corpus.PriceMove)
		}
		if named && kind.identified && !kindred {
			return rank(3, sameParty)
		}
	}
	about := named || authority || assets && len(a.parties) == 0 && len(b.parties) == 0
	switch {
	case !about:
		return 0, noEvidence
	case a.kind == corpus.Partnership && parties > 1:
		return rank(2, sameParty)
	case words && (!kind.noisy || figures || parties > 0):
		return rank(2, sameWords)
	case foreign && figures:
		return rank(2, sameFigures)
	case foreign && !kindred && authority && subjects(a) && sameSubjects(a, b):
		return rank(1, sameParty)
	}
	return 0, noEvidence
}

// shareFigure reports whether two sorted lists of figures have one in common.
func shareFigure(a, b []float64) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch x, y := a[i], b[j]; {
		case math.Abs(x-y) <= figureSlack*min(x, y):
			return true
		case x < y:
			i++
		default:
			j++
		}
	}
	return false
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

// subjects reports whether a telling says what it is about, beside who acts.
func subjects(t *telling) bool {
	return len(t.parties)+len(t.assets)+len(t.instruments) > 0
}

// sameSubjects reports whether two tellings are about exactly the same.
func sameSubjects(a, b *telling) bool {
	return slices.Equal(a.parties, b.parties) && slices.Equal(a.assets, b.assets) && slices.Equal(a.instruments, b.instruments)
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

// bucketDays is the width of the buckets of time that event keys of a class
// fall into: no less than the window of any type in it, so that a telling has
// to look at three of them only.
func bucketDays(class string) float64 {
	days := 0.0
	for _, t := range traits {
		if slices.Contains(t.classes, class) {
			days = max(days, t.days)
		}
	}
	return days
}

// keys returns the keys a telling is filed under, and those under which a
// match may be filed. They pair each class of the type with each name the
// event may go by and a stretch of time, so that a lookup stays small however
// long the record is.
func (t *telling) keys(article corpus.ArticleID) (file, look []string) {
	fileNames, lookNames := t.keyNames()
	for _, c := range traits[t.kind].classes {
		bucket := int(math.Floor(float64(t.date.Unix()) / (bucketDays(c) * 24 * 3600)))
		for _, n := range fileNames {
			file = append(file, c+"|"+n+"|"+strconv.Itoa(bucket))
		}
		for _, n := range lookNames {
			for d := -1; d <= 1; d++ {
				look = append(look, c+"|"+n+"|"+strconv.Itoa(bucket+d))
			}
		}
	}
	for _, id := range t.acting {
		file = append(file, actingKey(id))
	}
	for _, id := range t.ended {
		file = append(file, endedKey(id))
	}
	return set(append(file, articleKey(article))), set(look)
}

// keyNames lists the names an event is found by: its parties, and who acts.
// Two tellings that both name parties have to share one, so those need not be
// looked up by the authority, who does a lot.
func (t *telling) keyNames() (file, look []string) {
	if traits[t.kind].noisy {
		return t.noisyNames()
	}
	who := t.authority
	if len(who) == 0 && t.kind.Regulatory() {
		for _, j := range t.jurisdictions {
			who = append(who, string(j))
		}
	}
	if len(t.parties) == 0 && len(who) == 0 {
		who = t.assets
	}
	for _, n := range who {
		look = append(look, "by "+n)
		if len(t.parties) == 0 {
			file = append(file, "by "+n)
			look = append(look, "on somebody by "+n)
		} else {
			file = append(file, "on somebody by "+n)
		}
	}
	return append(file, t.parties...), append(look, t.parties...)
}

// noisyNames lists the names of an event of which there are hundreds a day: its
// parties, and each asset with each figure, since without a figure in common
// there is no match.
func (t *telling) noisyNames() (file, look []string) {
	t.text()
	assets := t.assets
	if t.kind == corpus.PriceMove {
		assets = []string{t.mainAsset}
	}
	for _, a := range assets[:min(maxKeyAssets, len(assets))] {
		for _, f := range t.figures[:min(maxKeyFigures, len(t.figures))] {
			bucket := int(math.Floor(math.Log(f) / figureSlack))
			file = append(file, a+"~"+strconv.Itoa(bucket))
			for d := -1; d <= 1; d++ {
				look = append(look, a+"~"+strconv.Itoa(bucket+d))
			}
		}
	}
	return append(file, t.parties...), append(look, t.parties...)
}

// The bounds of what is looked up for one event of a noisy type.
const (
	maxKeyAssets  = 3
	maxKeyFigures = 6
)

func articleKey(id corpus.ArticleID) string   { return "article|" + string(id) }
func actingKey(id corpus.InstrumentID) string { return "acting|" + string(id) }
func endedKey(id corpus.InstrumentID) string  { return "ended|" + string(id) }
