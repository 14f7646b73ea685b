package crawler

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"github.com/regwire/regwire/corpus"
)

// Trial is what a visit of a source would find, tried without saving anything.
type Trial struct {
	Source  corpus.SourceID
	At      time.Time
	Robots  Robots
	Listing Listing
	// Items are what the listing names, as a visit would take them; the
	// tracked pages for a source without a listing.
	Items []corpus.Item
	// NewestAt is the latest date among Items, zero without any; Rhythm the
	// usual time between two of them, zero when it cannot be told.
	NewestAt time.Time
	Rhythm   time.Duration
	Pages    []TrialPage
	Problems []Problem // what a person should know; empty when all is well
}

// Robots is what robots.txt says of an address.
type Robots struct {
	Allowed bool
	Delay   time.Duration // its Crawl-delay for us, at most a minute; 0 without
	Err     error         // why it could not be read, in which case nothing is allowed
}

// Listing is the answer to a request for a listing.
type Listing struct {
	URL       string
	FinalURL  string
	Status    int // 0 without an answer
	MediaType string
	// Type is what the body can be read as, whatever the source says; empty
	// for nothing we know.
	Type   DiscoveryType
	Size   int    // of the body in bytes
	Reason Reason // why it could not be read, ReasonNone when it could
	Err    error  // the same in words
}

// TrialPage is a page that a trial fetched.
type TrialPage struct {
	Item    corpus.Item
	Capture corpus.Capture // as a sink would get it; zero when it failed
	Reason  Reason         // why it failed, ReasonNone when it did not
	Err     error          // the same in words
}

// ProblemKind says what is wrong with a source that answers.
type ProblemKind string

// The kinds of problem.
const (
	ProblemRobots      ProblemKind = "robots"      // robots.txt forbids what the source is made of
	ProblemListing     ProblemKind = "listing"     // the listing cannot be read
	ProblemDecoy       ProblemKind = "decoy"       // a page for people in place of a feed or an API
	ProblemChallenge   ProblemKind = "challenge"   // kept from robots: a wall under status 200, or 401, 403, 451
	ProblemEmpty       ProblemKind = "empty"       // nothing in it
	ProblemUnwanted    ProblemKind = "unwanted"    // items, but none that include and exclude let through
	ProblemFrozen      ProblemKind = "frozen"      // nothing new for longer than expected
	ProblemUndated     ProblemKind = "undated"     // no dates, so that age is unknown
	ProblemFuture      ProblemKind = "future"      // dates that lie ahead
	ProblemUntitled    ProblemKind = "untitled"    // items without a title
	ProblemDropped     ProblemKind = "dropped"     // items whose address cannot be fetched, or without content
	ProblemRepeated    ProblemKind = "repeated"    // one address for several items
	ProblemPage        ProblemKind = "page"        // a page cannot be fetched
	ProblemInterchange ProblemKind = "interchange" // different addresses, one page: a soft 404, a consent wall
	ProblemThin        ProblemKind = "thin"        // a page with hardly any text: drawn by scripts
)

// Problem is something a person should know before a source is trusted.
type Problem struct {
	Kind ProblemKind
	Text string
}

// frozenAfter is the age of the newest item from which a source counts as
// frozen when nothing is known of its rhythm. Guessed: the quietest regulators
// publish a few times a year, those that speak of crypto more often.
const frozenAfter = 90 * 24 * time.Hour

// thinText is the number of letters below which a page has no text to speak
// of. Guessed: the shortest notices run to a few sentences.
const thinText = 120

// Try does what a visit of s would do, without saving anything: it reads the
// listing and fetches its first pages, at most as many as pages says. It obeys
// robots.txt and the limits of the sites as a visit does, and waits for them.
// s may be disabled; it need not be one of the crawler's own. What fails is in
// the trial; the error means that s is not valid, or that ctx ended.
func (c *Crawler) Try(ctx context.Context, s Source, pages int) (Trial, error) {
	if err := s.Validate(); err != nil {
		return Trial{}, err
	}
	s.Disabled, s.Reason = false, ""
	src, err := c.config.compile(s)
	if err != nil {
		return Trial{}, err
	}
	t := c.aside().try(ctx, src, pages)
	return t, context.Cause(ctx)
}

// aside returns a crawler that shares what c knows of sites, and leaves no
// trace in state, sink or metrics.
func (c *Crawler) aside() *Crawler {
	unregistered, err := newMetrics(nil)
	if err != nil {
		panic(err) // only a registry makes errors
	}
	f := *c.fetcher
	f.metrics = unregistered
	out := *c
	out.fetcher, out.state, out.sink = &f, nil, nil
	return &out
}

func (c *Crawler) try(ctx context.Context, src *source, pages int) Trial {
	now := c.clock()
	t := Trial{Source: src.ID, At: now, Listing: Listing{URL: src.Discovery.URL}}
	var read found
	if src.Discovery.Type == DiscoverNone {
		for _, u := range src.Discovery.Pages {
			t.Items = append(t.Items, corpus.Item{URL: u})
		}
		t.Robots = c.verdict(ctx, src, src.Discovery.Pages[0])
	} else {
		t.Robots = c.verdict(ctx, src, src.listingURL(now))
		var err error
		read, err = c.readAll(ctx, src, &corpus.SourceState{Source: src.ID}, now)
		t.Listing.note(read.first, err)
		t.Items = read.items
	}
	dates := publishedAt(t.Items)
	t.NewestAt, t.Rhythm = newest(dates), rhythm(dates)
	for _, it := range t.Items[:max(0, min(pages, len(t.Items)))] {
		if ctx.Err() != nil {
			break
		}
		e, _ := offered(nil, src.ID, it, c.origin(it, true, now), now)
		p := TrialPage{Item: it}
		if res, err := c.ask(ctx, src, e); err != nil {
			f := failureOf(err)
			p.Reason, p.Err = f.reason, f
		} else {
			p.Capture = c.capture(src, e, res)
		}
		t.Pages = append(t.Pages, p)
	}
	t.Problems = diagnose(src, t, read.first)
	return t
}

// verdict asks robots.txt about an address.
func (c *Crawler) verdict(ctx context.Context, src *source, address string) Robots {
	u, err := url.Parse(address)
	if err != nil {
		return Robots{Err: err}
	}
	r, err := c.fetcher.rules(ctx, src, u)
	if err != nil {
		return Robots{Err: failureOf(err)}
	}
	return Robots{Allowed: allows(r.data, u), Delay: crawlDelay(r.data)}
}

// note writes an answer, or its absence, into l.
func (l *Listing) note(res *response, err error) {
	if res != nil {
		l.FinalURL, l.Status, l.Size = res.finalURL, res.status, len(res.body)
		l.MediaType, _ = res.mediaType()
		l.Type = sniff(res.header.Get("Content-Type"), res.body)
	}
	if err != nil {
		f := failureOf(err)
		l.Reason, l.Err = f.reason, f
		if f.status != 0 {
			l.Status = f.status
		}
	}
}

// dated is the date by which an item is sorted into time: of publication, or
// of change where no other is known.
func dated(it corpus.Item) time.Time {
	if it.PublishedAt.IsZero() {
		return it.UpdatedAt
	}
	return it.PublishedAt
}

func newest(dates []time.Time) (at time.Time) {
	for _, d := range dates {
		if d.After(at) {
			at = d
		}
	}
	return at
}

// diagnose says what is wrong with what a trial found. listing is the answer
// that its items were read from, nil without any.
func diagnose(src *source, t Trial, listing *response) []Problem {
	d := diagnosis{src: src, Trial: t}
	d.robots()
	if src.Discovery.Type != DiscoverNone {
		d.listing(listing)
	}
	d.pages()
	return d.problems
}

type diagnosis struct {
	Trial
	src      *source
	problems []Problem
}

func (d *diagnosis) add(kind ProblemKind, format string, args ...any) {
	d.problems = append(d.problems, Problem{kind, fmt.Sprintf(format, args...)})
}

func (d *diagnosis) robots() {
	switch {
	case d.Robots.Err != nil:
		d.add(ProblemRobots, "robots.txt cannot be read, so nothing may be fetched: %v", d.Robots.Err)
	case !d.Robots.Allowed:
		d.add(ProblemRobots, "robots.txt forbids the listing")
	case d.Robots.Delay > max(d.src.Politeness.Delay, 0):
		d.add(ProblemRobots, "robots.txt asks for %v between requests, which is honoured", d.Robots.Delay)
	}
}

func (d *diagnosis) listing(res *response) {
	l := d.Listing
	switch l.Reason {
	case ReasonNone:
	case ReasonForbidden:
		d.add(ProblemChallenge, "the listing is kept from robots: %v", l.Err)
		return
	case ReasonRobots:
		return // said above
	case ReasonDecoy:
		d.add(ProblemDecoy, "the address answers %d with a page of HTML, not with %s", l.Status, d.src.Discovery.Type)
		return
	case ReasonEmpty:
	default:
		text := fmt.Sprintf("%v", l.Err)
		if l.Type != "" && l.Type != d.src.Discovery.Type {
			text += fmt.Sprintf("; the body looks like %s", l.Type)
		}
		d.add(ProblemListing, "%s", text)
		return
	}
	raw := d.raw(res)
	switch {
	case len(d.Items) > 0:
		d.dates(raw)
	case len(raw) > 0:
		d.add(ProblemUnwanted, "of %d items none is wanted or can be fetched; the first is %q", len(raw), raw[0].URL)
	case len(raw) == 0:
		d.add(ProblemEmpty, "the listing answers %d and holds no item", l.Status)
	}
	d.faults(raw, res)
}

// raw reads the items of the listing's first page as the publisher wrote them.
func (d *diagnosis) raw(res *response) []corpus.Item {
	if res == nil {
		return nil
	}
	l, err := readListing(d.src, res.header.Get("Content-Type"), res.body)
	if err != nil {
		return nil
	}
	return l.items
}

// dates judges how old the listing is.
func (d *diagnosis) dates(raw []corpus.Item) {
	future := 0
	for _, it := range raw {
		if it.PublishedAt.After(d.At.Add(clockSkew)) || it.UpdatedAt.After(d.At.Add(clockSkew)) {
			future++
		}
	}
	if future > 0 {
		d.add(ProblemFuture, "%d of %d items are dated in the future; their dates are not used", future, len(raw))
	}
	limit := frozenAfter
	if e := d.src.Expect; e > 0 {
		limit = e
	} else if d.Rhythm > 0 {
		limit = expected(d.Rhythm)
	}
	switch age := d.At.Sub(d.NewestAt); {
	case d.NewestAt.IsZero():
		d.add(ProblemUndated, "no item has a date that can be read")
	case age > limit:
		d.add(ProblemFrozen, "the newest item is of %s, %d days ago", d.NewestAt.Format(time.DateOnly), int(age.Hours()/24))
	}
}

// faults counts what is wrong with single items.
func (d *diagnosis) faults(raw []corpus.Item, res *response) {
	if res == nil || len(raw) == 0 {
		return
	}
	if _, dropped := d.src.accept(listing{items: raw}, res.finalURL, d.At); dropped > 0 && len(d.Items) > 0 {
		d.add(ProblemDropped, "%d of %d items have no address that can be fetched, or no content", dropped, len(raw))
	}
	untitled, seen, repeated := 0, make(map[string]bool), 0
	for _, it := range raw {
		if strings.TrimSpace(it.Title) == "" {
			untitled++
		}
		if seen[it.URL] && it.URL != "" {
			repeated++
		}
		seen[it.URL] = true
	}
	if untitled == len(raw) && d.src.Discovery.Type != DiscoverSitemap { // whose items never have one
		d.add(ProblemUntitled, "no item has a title")
	}
	if repeated > 0 {
		d.add(ProblemRepeated, "%d of %d items share their address with another", repeated, len(raw))
	}
}

// pages judges the pages that were fetched.
func (d *diagnosis) pages() {
	byBody := make(map[string]string)
	for _, p := range d.Pages {
		if p.Reason == ReasonForbidden {
			d.add(ProblemChallenge, "%s is kept from robots: %v", p.Item.URL, p.Err)
			continue
		}
		if p.Reason != ReasonNone {
			d.add(ProblemPage, "%s: %v", p.Item.URL, p.Err)
			continue
		}
		body := p.Capture.Body
		if p.Capture.MediaType == "text/html" && p.Item.Content == "" && letters(body) < thinText {
			d.add(ProblemThin, "%s has hardly any text; it may be drawn by scripts", p.Item.URL)
		}
		sum := digest(body)
		if other, ok := byBody[sum]; ok {
			d.add(ProblemInterchange, "%s and %s are one and the same page", other, p.Item.URL)
		}
		byBody[sum] = p.Item.URL
	}
}

// letters counts the letters that a page shows without scripts.
func letters(body []byte) (n int) {
	if !utf8.Valid(body) {
		return len(body) // not ours to decode here; enough to tell text from none
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return 0
	}
	doc.Find("script, style, noscript, template").Remove()
	for _, r := range doc.Find("body").Text() {
		switch {
		case unicode.Is(unicode.Han, r):
			n += 3 // as much is said in one
		case unicode.IsLetter(r):
			n++
		}
	}
	return n
}
