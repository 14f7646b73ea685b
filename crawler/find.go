package crawler

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/regwire/regwire/corpus"
)

// Proposal is a way to follow a site, tried.
type Proposal struct {
	// Source is ready to be crawled; its name, kind and jurisdiction are
	// guesses that a person should look at.
	Source Source
	Trial  Trial
	Found  string // how it was found, in words
	Score  int    // the higher the better; comparable within one search only
}

const (
	// maxCandidates bounds the listings that one search tries.
	maxCandidates = 20
	// maxAnnounced bounds those of each kind that a page or a robots.txt announces.
	maxAnnounced = 4
)

// feedPaths are where feeds lie by the habits of publishing systems.
var feedPaths = []string{"feed", "rss", "rss.xml", "feed.xml", "atom.xml", "feed.json"}

// sitemapPaths are where sitemaps lie when robots.txt names none.
var sitemapPaths = []string{"/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml"}

// Find looks for ways to follow the site at address and tries each, best
// first: the address itself when it is a listing, feeds that the page
// announces or links to, feeds where they usually lie, the sitemaps of
// robots.txt or where they usually lie, and the page itself with selectors
// read off its structure. What names nothing is left out, so that the answer
// may be empty. Nothing is saved, robots.txt and limits are obeyed, and at
// most a few dozen requests are made. With allowPrivate the address guard is
// lifted, and the proposed sources lift it too.
func (c *Crawler) Find(ctx context.Context, address string, allowPrivate bool) ([]Proposal, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	home, err := Canonical(address, nil)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(home)
	if err != nil {
		return nil, err
	}
	s := search{Crawler: c.aside(), base: base, model: modelFor(base, allowPrivate), seen: make(map[string]bool)}
	err = s.run(ctx)
	slices.SortStableFunc(s.found, func(a, b Proposal) int { return cmp.Compare(b.Score, a.Score) })
	s.number()
	return s.found, err
}

// search is one search for ways to follow a site.
type search struct {
	*Crawler
	base  *url.URL
	model Source // what all proposals share
	seen  map[string]bool
	tried int
	found []Proposal
}

func (s *search) run(ctx context.Context) error {
	probe := s.model
	probe.Discovery = Discovery{Type: DiscoverNone, Pages: []string{s.base.String()}}
	src, err := s.config.compile(probe)
	if err != nil {
		return err
	}
	res, err := s.fetcher.get(ctx, src, request{url: s.base.String()})
	if err != nil {
		return fmt.Errorf("%s: %w", s.base, err)
	}
	if res.missing() {
		return fmt.Errorf("%s: status %d", s.base, res.status)
	}
	if u, err := url.Parse(res.finalURL); err == nil {
		s.base = u
	}
	switch kind := sniff(res.header.Get("Content-Type"), res.body); kind {
	case DiscoverRSS, DiscoverAtom, DiscoverJSONFeed, DiscoverSitemap:
		s.try(ctx, "the address itself", Discovery{Type: kind, URL: s.base.String()}, 0)
		return context.Cause(ctx)
	case DiscoverJSON:
		for _, d := range proposeJSON(res.body) {
			d.URL = s.base.String()
			s.try(ctx, "the address itself, an API", d, 0)
		}
		return context.Cause(ctx)
	case DiscoverHTML:
	default:
		return fmt.Errorf("%s: neither a page nor a listing", s.base)
	}
	page, err := utf8HTML(res.header.Get("Content-Type"), res.body)
	if err != nil {
		return fmt.Errorf("%s: %w", s.base, err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return fmt.Errorf("%s: %w", s.base, err)
	}
	if name := siteName(doc); name != "" {
		s.model.Name = name
	}
	base, err := s.base.Parse(doc.Find("base[href]").First().AttrOr("href", ""))
	if err != nil {
		base = s.base
	}
	s.feeds(ctx, doc, base)
	s.sitemaps(ctx, src)
	for _, d := range proposeHTML(s.base, doc) {
		d.URL = s.base.String()
		s.try(ctx, "the page itself, with selectors read off it", d, 0)
	}
	return context.Cause(ctx)
}

// feeds tries the feeds that a page announces, then those it links to, and
// only where neither gives any, those that usually lie there.
func (s *search) feeds(ctx context.Context, doc *goquery.Document, base *url.URL) {
	announced := 0
	doc.Find("link[rel~=alternate][type]").Each(func(_ int, l *goquery.Selection) {
		kinds := map[string]DiscoveryType{
			"application/rss+xml": DiscoverRSS, "application/rdf+xml": DiscoverRSS, "application/atom+xml": DiscoverAtom,
			"application/feed+json": DiscoverJSONFeed, "application/json": DiscoverJSONFeed,
		}
		media, _ := mediaType(l.AttrOr("type", ""))
		kind, ok := kinds[media]
		if !ok || announced >= maxAnnounced {
			return
		}
		if s.offer(ctx, "announced by the page", kind, l.AttrOr("href", ""), base, 20-announced) {
			announced++
		}
	})
	if len(s.found) > 0 {
		return
	}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		if feedLink.MatchString(href) && announced < maxAnnounced && s.offer(ctx, "linked by the page", DiscoverRSS, href, base, 10) {
			announced++
		}
	})
	for _, p := range feedPaths {
		for _, at := range []string{strings.TrimSuffix(s.base.Path, "/") + "/" + p, "/" + p} {
			if len(s.found) > 0 {
				return
			}
			s.offer(ctx, "at a common path", DiscoverRSS, at, s.base, 0)
		}
	}
}

// feedLink matches addresses that look like feeds.
var feedLink = regexp.MustCompile(`(?i)(^|[/._-])(rss|feed|atom)s?(\.xml|\.json|\.aspx|\.php)?/?$|\.(rss|atom)$|[?&](feed|format)=(rss|atom)`)

// sitemaps tries the sitemaps that robots.txt names, those for news first, or
// those that usually lie there.
func (s *search) sitemaps(ctx context.Context, src *source) {
	var list []string
	how := "named by robots.txt"
	if r, err := s.fetcher.rules(ctx, src, s.base); err == nil {
		list = slices.Clone(r.sitemaps)
	}
	if len(list) == 0 {
		list, how = sitemapPaths, "at a common path"
	}
	news := func(u string) int {
		if strings.Contains(strings.ToLower(u), "news") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b string) int { return news(a) - news(b) })
	for i, u := range list[:min(len(list), maxAnnounced)] {
		s.offer(ctx, how, DiscoverSitemap, u, s.base, -30-10*news(u)-i)
	}
}

// offer tries the listing at href, once, and reports whether it was tried.
func (s *search) offer(ctx context.Context, how string, kind DiscoveryType, href string, base *url.URL, score int) bool {
	address, err := Canonical(href, base)
	if err != nil || strings.TrimSpace(href) == "" || s.seen[address] {
		return false
	}
	s.seen[address] = true
	s.try(ctx, how, Discovery{Type: kind, URL: address}, score)
	return true
}

// try adds a proposal when d names anything.
func (s *search) try(ctx context.Context, how string, d Discovery, score int) {
	if s.tried >= maxCandidates || ctx.Err() != nil {
		return
	}
	s.tried++
	p := Proposal{Source: s.model, Found: how}
	p.Source.Discovery = d
	trial, err := s.Try(ctx, p.Source, 1)
	if err != nil || trial.Listing.Reason != ReasonNone || len(trial.Items) == 0 {
		return
	}
	p.Trial = trial
	if t := trial.Listing.Type; t == DiscoverRSS || t == DiscoverAtom || t == DiscoverJSONFeed {
		p.Source.Discovery.Type = t // what it is, not what the page calls it
	}
	p.Score = score + worth(p)
	s.found = append(s.found, p)
}

// worth rates a proposal by its kind and by what its trial found wrong: a
// frozen feed is worth less than a living page.
func worth(p Proposal) int {
	score := map[DiscoveryType]int{
		DiscoverRSS: 100, DiscoverAtom: 100, DiscoverJSONFeed: 100, DiscoverJSON: 80, DiscoverSitemap: 90, DiscoverHTML: 60,
	}[p.Source.Discovery.Type]
	cost := map[ProblemKind]int{
		ProblemFrozen: 100, ProblemUndated: 25, ProblemUntitled: 15, ProblemChallenge: 60, ProblemInterchange: 30,
		ProblemPage: 20, ProblemThin: 10, ProblemDropped: 5, ProblemFuture: 5, ProblemRepeated: 5,
	}
	for _, problem := range p.Trial.Problems {
		score -= cost[problem.Kind]
	}
	if strings.Contains(p.Source.Discovery.URL, "comments") {
		score -= 60 // what readers say
	}
	return score + min(len(p.Trial.Items), 20)/4
}

// number gives proposals identifiers of their own.
func (s *search) number() {
	for i := range s.found {
		if i > 0 {
			id := corpus.SourceID(fmt.Sprintf("%s-%d", s.model.ID, i+1))
			s.found[i].Source.ID, s.found[i].Trial.Source = id, id
		}
	}
}

// modelFor guesses from its host what a site is.
func modelFor(u *url.URL, allowPrivate bool) Source {
	host := strings.TrimPrefix(u.Hostname(), "www.")
	id := strings.Trim(notID.ReplaceAllString(host, "-"), "-")
	s := Source{Source: corpus.Source{ID: corpus.SourceID(id), Name: host, Kind: corpus.SourceMedia}, AllowPrivate: allowPrivate}
	labels := strings.Split(host, ".")
	top := labels[len(labels)-1]
	switch {
	case top == "gov":
		s.Jurisdiction = "US"
	case top == "eu":
		s.Jurisdiction = "EU"
	case top == "uk":
		s.Jurisdiction = "GB"
	case len(top) == 2 && top >= "aa":
		s.Jurisdiction = corpus.Jurisdiction(strings.ToUpper(top))
	}
	for _, l := range labels[max(0, len(labels)-2):] {
		if l == "gov" || l == "gob" || l == "gouv" || l == "go" || l == "europa" {
			s.Kind = corpus.SourceRegulator
		}
	}
	return s
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// siteName is what a page calls its site: the name it gives to be shared
// under, or the last part of its title.
func siteName(doc *goquery.Document) string {
	if name := plain(doc.Find(`meta[property="og:site_name"]`).AttrOr("content", "")); name != "" {
		return clip(name)
	}
	parts := regexp.MustCompile(`\s+[|–—·-]\s+`).Split(plain(doc.Find("title").First().Text()), -1)
	return clip(parts[len(parts)-1])
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80])
	}
	return s
}

// imagePath reports whether an address is that of a picture or another file
// that no article is.
func imagePath(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".css", ".js", ".mp4", ".mp3":
		return true
	}
	return false
}
