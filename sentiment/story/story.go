package story

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Config sets how a [Clusterer] decides. Zero fields mean the defaults.
type Config struct {
	// Threshold is the share of shingles two texts must have in common to be
	// near-duplicates, in (0, 1]. Default .5, chosen by reading the pairs just
	// above it in two weeks of real feeds.
	Threshold float64
	// BandCap bounds how many articles of one band are compared. Default 16:
	// those of a crowded band meet in others too.
	BandCap int
}

// Clusterer places articles. It holds no state but its configuration.
type Clusterer struct {
	cfg Config
}

// New returns a Clusterer.
func New(cfg Config) *Clusterer {
	if cfg.Threshold <= 0 || cfg.Threshold > 1 {
		cfg.Threshold = 0.5
	}
	if cfg.BandCap <= 0 {
		cfg.BandCap = 16
	}
	return &Clusterer{cfg: cfg}
}

// Input is one analysis with what it was made from.
type Input struct {
	Article  corpus.Article
	Revision corpus.Revision // the one that was analysed
	Analysis corpus.Analysis // as stored: with ID, At and Origin
	Source   corpus.Source
}

// Outcome is what came of placing one analysis. Events and instruments are
// written already, in this order; the placement is the caller's to write.
type Outcome struct {
	Placement   corpus.Placement
	Events      []corpus.Event      // new versions; Event.Change says why
	Instruments []corpus.Instrument // new versions
	// Stale means that a later revision of the article was placed before, so
	// that this reading of an older one changed no event and no instrument.
	// Signals must not move on it either.
	Stale bool
}

// Material reports whether an event came into being, changed its facts, or was
// retracted.
func (o Outcome) Material() bool {
	return slices.ContainsFunc(o.Events, func(e corpus.Event) bool { return e.Change.Reason.Material() })
}

// Place finds an analysis its place, and writes the article's story, the
// events it tells of and the instruments it speaks of into mem. Analyses have
// to come in the order of the log; placing one again changes nothing. Errors
// are those of mem.
func (c *Clusterer) Place(mem Memory, in Input) (Outcome, error) {
	p := &placing{Clusterer: c, mem: mem, in: in}
	for _, step := range []func() error{p.recall, p.match, p.join, p.happen, p.record} {
		if err := step(); err != nil {
			return Outcome{}, fmt.Errorf("place %s: %w", in.Article.ID, err)
		}
	}
	p.out.Stale = p.stale
	p.out.Placement = p.placement()
	return p.out, nil
}

// placing is one call of Place on its way through the steps.
type placing struct {
	*Clusterer
	mem Memory
	in  Input
	out Outcome

	seen  time.Time // when the article was first seen
	date  time.Time // when it appeared, see date
	stale bool
	// What was placed before of the same article, if anything was.
	known          bool
	before         corpus.Placement
	beforeAnalysis corpus.Analysis

	story  corpus.StoryID // "" until it has one
	member corpus.Member
	sketch sketch
	filed  []uint64    // the keys it is found by
	near   []neighbour // near-duplicates that came before this article, nearest first
	alike  []neighbour // articles that came before and tell the same in other words, most alike first

	canonical map[corpus.InstrumentID]corpus.InstrumentID // instruments as the record names them
	own       []corpus.Event                              // that this article has reported
	claims    []claim                                     // parallel to Analysis.Events
	kin       []corpus.ArticleID                          // whose main happening is this article's
}

// neighbour is a near-duplicate.
type neighbour struct {
	corpus.Near
	similarity float64
}

// maxNeighbours bounds how many near-duplicates are asked for their events.
const maxNeighbours = 8

// recall reads what is known of the article itself, and of texts like it.
func (p *placing) recall() error {
	p.seen = p.in.Article.FirstSeenAt
	if p.seen.IsZero() {
		p.seen = p.in.Revision.FirstSeenAt
	}
	p.date = date(p.in.Revision.PublishedAt, p.seen)

	var member bool
	var err error
	if p.story, p.member, member, err = p.mem.Member(p.in.Article.ID); err != nil {
		return err
	}
	if member { // else it was never placed
		if p.before, p.known, err = p.mem.LastPlacement(p.in.Article.ID); err != nil {
			return err
		}
	}
	if p.known {
		if p.beforeAnalysis, _, err = p.mem.Analysis(p.before.Analysis); err != nil {
			return err
		}
		p.stale = p.beforeAnalysis.Revision > p.in.Analysis.Revision
	}
	p.sketch = newSketch(string(p.in.Article.Source), p.in.Revision.Title, p.in.Revision.Body())
	return p.findNear()
}

// findNear looks for near-duplicates among the articles that came before this
// one: all that are known, or, when it is read again, those seen before it.
func (p *placing) findNear() error {
	bands := p.sketch.bands()
	file, look := p.sketch.outline.keys(p.date)
	p.filed = append(slices.Clip(bands), file...)
	found, err := p.mem.Near(append(bands, look...), p.cfg.BandCap)
	if err != nil {
		return err
	}
	for _, n := range found {
		if n.Article == p.in.Article.ID || p.known && !p.after(n.FirstSeenAt, n.Article) {
			continue
		}
		other, ok := decodeSketch(n.Sketch)
		if !ok {
			continue
		}
		gap := p.date.Sub(date(n.PublishedAt, n.FirstSeenAt)).Abs()
		switch s := p.similarity(&other); {
		case s >= p.cfg.Threshold && p.sameNews(&other, s, gap):
			p.near = append(p.near, neighbour{n, s})
		case p.sketch.alike(&other, gap):
			p.alike = append(p.alike, neighbour{n, s})
		}
	}
	for _, list := range [][]neighbour{p.near, p.alike} {
		slices.SortFunc(list, func(a, b neighbour) int {
			return cmp.Or(cmp.Compare(b.similarity, a.similarity), a.FirstSeenAt.Compare(b.FirstSeenAt), cmp.Compare(a.Article, b.Article))
		})
	}
	return nil
}

// The bounds within which a text that holds another counts as near to it: the
// shorter one has to be long enough to be more than a quotation, and found
// nearly whole.
const (
	minContained = 80  // shingles
	contained    = 0.8 // of the shorter text
)

// similarity compares the article's sketch with that of another, [0, 1].
func (p *placing) similarity(other *sketch) float64 {
	r := resemblance(&p.sketch, other)
	if c := containment(&p.sketch, other, r); c >= contained && min(p.sketch.size, other.size) >= minContained {
		return max(r, min(c, reprint-0.01)) // with something else round it, it is an edited text
	}
	return r
}

const (
	// reprint is the similarity from which on a text is the same text, however
	// much later it appears.
	reprint = 0.9
	// An edited text appears soon, and in its own house sooner than elsewhere;
	// later ones that look like it are the next in a series. Both were read off
	// two weeks of feeds.
	editedElsewhere = 7 * 24 * time.Hour
	editedAtHome    = 2 * 24 * time.Hour
)

// sameNews reports whether a text that is near enough to another is also about
// the same thing, and not another one from its mould.
func (p *placing) sameNews(other *sketch, similarity float64, gap time.Duration) bool {
	switch {
	case sameMould(&p.sketch, other):
		return false
	case similarity >= reprint:
		return true
	case p.sketch.from == other.from:
		return gap <= editedAtHome && !sameColumn(&p.sketch, other)
	}
	return gap <= editedElsewhere
}

// after reports whether this article came after another.
func (p *placing) after(seen time.Time, article corpus.ArticleID) bool {
	return cmp.Or(p.seen.Compare(seen), cmp.Compare(p.in.Article.ID, article)) > 0
}

// join gives the article its story: the one it has, or the oldest of those it
// is linked to, or one of its own. An article that links stories shows them to
// be one: the younger ones end in the oldest, so that the order of arrival
// makes no difference in the end.
func (p *placing) join() error {
	if p.stale {
		return nil
	}
	linked, err := p.linked()
	if err != nil {
		return err
	}
	similarity, isNew, begins := p.member.Similarity, p.story == "", false
	if isNew {
		if len(p.near) > 0 {
			similarity = p.near[0].similarity
		}
		if len(linked) > 0 {
			p.story = linked[0]
		} else {
			p.story, similarity, begins = corpus.StoryID(corpus.Digest("s", string(p.in.Article.ID))), 1, true
		}
	}
	m := corpus.Member{
		Article:     p.in.Article.ID,
		Source:      p.in.Article.Source,
		URL:         p.in.Article.Address(),
		Title:       clip(p.in.Revision.Title),
		Similarity:  similarity,
		PublishedAt: p.in.Revision.PublishedAt,
		FirstSeenAt: p.seen,
	}
	if !isNew && p.known && p.beforeAnalysis.Revision == p.in.Analysis.Revision {
		return p.represent() // another reading of the same text
	}
	p.member = m
	if err := p.mem.PutMember(p.story, m, p.filed, p.sketch.encode()); err != nil || begins {
		return err // the first member represents its story
	}
	for _, other := range linked {
		if other != p.story {
			if err := p.merge(other); err != nil {
				return err
			}
		}
	}
	return p.represent()
}

// linked returns the stories of the articles that tell the same as this one,
// in its words, in others, or by its main event, the one seen first leading.
func (p *placing) linked() ([]corpus.StoryID, error) {
	if p.settled() {
		return nil, nil
	}
	links := slices.Concat(p.near, p.alike)
	for _, article := range p.kin {
		story, m, ok, err := p.mem.Member(article)
		if err != nil {
			return nil, err
		}
		if ok {
			links = append(links, neighbour{corpus.Near{Article: article, Story: story, FirstSeenAt: m.FirstSeenAt}, 0})
		}
	}
	slices.SortFunc(links, func(a, b neighbour) int {
		return cmp.Or(a.FirstSeenAt.Compare(b.FirstSeenAt), cmp.Compare(a.Article, b.Article))
	})
	var stories []corpus.StoryID
	for _, n := range links {
		if !slices.Contains(stories, n.Story) {
			stories = append(stories, n.Story)
		}
	}
	return stories, nil
}

// merge ends a story in the article's own. An authority's headline goes on
// standing for both.
func (p *placing) merge(from corpus.StoryID) error {
	head, err := p.mem.Representative(from)
	if err != nil {
		return err
	}
	own, err := p.mem.Representative(p.story)
	if err != nil {
		return err
	}
	if err := p.mem.MergeStories(p.story, from, p.in.Article.ID); err != nil {
		return err
	}
	speaks, err := p.speaks(head)
	if err != nil || !speaks {
		return err
	}
	if speaks, err = p.speaks(own); err != nil || speaks {
		return err
	}
	_, m, _, err := p.mem.Member(head)
	if err != nil {
		return err
	}
	return p.mem.SetRepresentative(p.story, head, m.Title)
}

// speaks reports whether an article is the acting authority's own report of an
// event.
func (p *placing) speaks(article corpus.ArticleID) (bool, error) {
	events, err := p.mem.EventsByKey([]string{articleKey(article)})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(events, func(ev corpus.Event) bool {
		i := reportOf(ev, article)
		return i >= 0 && ev.Reports[i].Primary
	}), nil
}

// represent lets the story go by this article's headline when it is the first,
// or the first to come from the acting authority.
func (p *placing) represent() error {
	now, err := p.mem.Representative(p.story)
	if err != nil {
		return err
	}
	own := len(p.in.Analysis.Events) > 0 && primary(p.in.Source, p.in.Analysis.Events[0])
	if now != "" && now != p.in.Article.ID {
		if !own {
			return nil
		}
		// The first authority to speak keeps the headline.
		if speaks, err := p.speaks(now); err != nil || speaks {
			return err
		}
	}
	return p.mem.SetRepresentative(p.story, p.in.Article.ID, p.member.Title)
}

// placement sums up where the article stands.
func (p *placing) placement() corpus.Placement {
	key, told := string(p.story), map[corpus.ArticleID]time.Time{}
	var e earlier
	for _, n := range slices.Concat(p.near, p.alike) {
		told[n.Article] = date(n.PublishedAt, n.FirstSeenAt)
		e.similarity = max(e.similarity, n.similarity)
	}
	events := make([]corpus.EventID, len(p.claims))
	for i, c := range p.claims {
		events[i] = c.event.ID
	}
	if i := slices.IndexFunc(p.claims, func(c claim) bool { return c.event.ID != "" }); i >= 0 {
		key = string(p.claims[i].event.ID)
		for _, r := range p.claims[i].event.Reports {
			if r.Article != p.in.Article.ID && (!p.known || p.after(r.FirstSeenAt, r.Article)) {
				told[r.Article] = date(r.PublishedAt, r.FirstSeenAt)
			}
		}
	}
	if p.known && p.before.Novelty.Key == key {
		// How new it was when it came does not change by reading it again.
		return p.placed(p.before.Novelty, events)
	}
	e.n = len(told)
	for _, at := range told {
		if at.After(p.date) {
			at = p.date // it claims to be younger, yet came first
		}
		if at.After(e.latest) {
			e.latest = at
		}
	}
	return p.placed(novelty(key, p.date, e), events)
}

func (p *placing) placed(n corpus.Novelty, events []corpus.EventID) corpus.Placement {
	return corpus.Placement{
		Analysis:   p.in.Analysis.ID,
		Article:    p.in.Article.ID,
		Story:      p.story,
		Similarity: p.member.Similarity,
		Novelty:    n,
		Events:     events,
		Origin:     p.origin(),
	}
}

// origin is that of the reading: live only when both the text and its reading
// were.
func (p *placing) origin() corpus.Origin {
	if p.in.Analysis.Origin == corpus.OriginLive {
		return p.in.Revision.Origin
	}
	return p.in.Analysis.Origin
}
