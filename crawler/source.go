package crawler

import (
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/regwire/regwire/corpus"
)

// Source is one channel of a publisher and how it is crawled: what the
// configuration file says under sources. Zero fields mean the documented
// defaults.
type Source struct {
	corpus.Source `yaml:",inline"`

	// Section names the part of the publisher this source reads ("Press releases").
	Section string `yaml:"section,omitempty"`
	// Note tells a person what to know about the source; nothing reads it.
	Note string `yaml:"note,omitempty"`
	// Origin says how the facts of an entry are known: how many public accounts
	// of the channel agree. It is for people too.
	Origin string `yaml:"origin,omitempty"`
	// Schedule says when the source is visited: a cron expression of five
	// fields, or a descriptor ("@hourly", "@every 90s"; less than a second
	// counts as one). Default "@every 15m".
	Schedule string `yaml:"schedule,omitempty"`
	// Adaptive lets the time between visits follow the source's own rhythm.
	Adaptive Adaptive `yaml:"adaptive,omitempty"`
	// Expect is how long the source may publish nothing before it counts as
	// stale. Default: by its rhythm, as far as that is known (see [Crawler.Check]).
	Expect time.Duration `yaml:"expect,omitempty"`
	// TimeZone is an IANA name. The schedule is read in it, and so are dates
	// that name no zone. Default UTC.
	TimeZone string `yaml:"time_zone,omitempty"`
	// Disabled sources are kept in the list but never visited; Reason says why.
	Disabled bool   `yaml:"disabled,omitempty"`
	Reason   string `yaml:"reason,omitempty"`
	// AllowPrivate lifts the address guard for this source: it may be on this
	// machine or in a private network, and so may whatever its pages lead to.
	AllowPrivate bool `yaml:"allow_private,omitempty"`

	Discovery  Discovery  `yaml:"discovery"`
	Recheck    Recheck    `yaml:"recheck,omitempty"`
	Politeness Politeness `yaml:"politeness,omitempty"`
}

// Adaptive bounds the time between visits of a source that is visited as often
// as it publishes; both or none are set. Until its rhythm is known, and where
// items have no dates, it is visited on its schedule, within the bounds.
type Adaptive struct {
	Min time.Duration `yaml:"min,omitempty"`
	Max time.Duration `yaml:"max,omitempty"`
}

// DiscoveryType says what a listing is.
type DiscoveryType string

// The types of listing.
const (
	DiscoverRSS      DiscoveryType = "rss"
	DiscoverAtom     DiscoveryType = "atom"
	DiscoverJSONFeed DiscoveryType = "jsonfeed"
	DiscoverSitemap  DiscoveryType = "sitemap" // or an index of sitemaps; gzip or not
	DiscoverHTML     DiscoveryType = "html"    // a page of links, read with selectors
	DiscoverJSON     DiscoveryType = "json"    // an API, read with paths
	DiscoverNone     DiscoveryType = "none"    // no listing, only tracked pages
)

// Content says where the article is.
type Content string

// Where an article can be.
const (
	ContentPage Content = "page" // on the page that the listing links to
	ContentFeed Content = "feed" // in the listing; the page is not fetched
)

// Discovery says how to learn what a source has published.
type Discovery struct {
	Type DiscoveryType `yaml:"type"`
	// URL of the listing. {year} in it, or in Body, is the current year in the
	// source's time zone.
	URL string `yaml:"url,omitempty"`
	// Method, Body and Header are for JSON APIs. Method is GET (default) or
	// POST; a body that opens with { or [ is sent as JSON, any other as a form.
	Method string            `yaml:"method,omitempty"`
	Body   string            `yaml:"body,omitempty"`
	Header map[string]string `yaml:"header,omitempty"`
	// Content is "page" (default) or "feed".
	Content Content `yaml:"content,omitempty"`
	// Include and Exclude are regular expressions over an item's URL and
	// title, tried one by one: an item is kept when one of Include matches
	// either (or there is none) and none of Exclude does.
	Include []string `yaml:"include,omitempty"`
	Exclude []string `yaml:"exclude,omitempty"`
	// MaxItems bounds what is taken of one listing, in its order. Default 200.
	MaxItems int `yaml:"max_items,omitempty"`
	// AllowEmpty says that a listing without any item is no failure.
	AllowEmpty bool `yaml:"allow_empty,omitempty"`
	// Pages are read again at every visit, whether a listing names them or not.
	Pages []string `yaml:"pages,omitempty"`

	HTML   HTMLListing `yaml:"html,omitempty"`
	JSON   JSONListing `yaml:"json,omitempty"`
	Detail Detail      `yaml:"detail,omitempty"`
	// Archive says where older items are, for [Crawler.Backfill].
	Archive Archive `yaml:"archive,omitempty"`
	// Dates says how dates are written, where the defaults do not read them.
	Dates Dates `yaml:"dates,omitempty"`
}

// HTMLListing holds the selectors of a page of links. Each but Item and Next
// is applied inside an item and may end in @attribute; "@href" alone is the
// attribute of the item itself, "." its text.
type HTMLListing struct {
	Item    string `yaml:"item,omitempty"`    // one per entry; required
	Link    string `yaml:"link,omitempty"`    // default "a@href"
	Title   string `yaml:"title,omitempty"`   // default the text of the first link
	Date    string `yaml:"date,omitempty"`    // default none
	Summary string `yaml:"summary,omitempty"` // default none
	// Next leads to the next page of the listing, at most MaxPages (default 1) in all.
	Next     string `yaml:"next,omitempty"`
	MaxPages int    `yaml:"max_pages,omitempty"`
}

// JSONListing holds the paths of an API's answer, in the syntax of
// tidwall/gjson. Each but Items is applied inside an item.
type JSONListing struct {
	// Items is the array, "@this" when the answer is the array itself. It may
	// be an object too; "@key" is then the name of an item. Required.
	Items string `yaml:"items,omitempty"`
	ID    string `yaml:"id,omitempty"`
	Title string `yaml:"title,omitempty"`
	// Link is a path, or a template with paths in braces:
	// "https://example.com/notice/{id}". Required.
	Link      string `yaml:"link,omitempty"`
	Published string `yaml:"published,omitempty"`
	Updated   string `yaml:"updated,omitempty"`
	Summary   string `yaml:"summary,omitempty"`
	Author    string `yaml:"author,omitempty"`
	Tags      string `yaml:"tags,omitempty"` // a string or an array of strings
	// HTML and Text are the article itself, as markup or as plain text.
	HTML string `yaml:"html,omitempty"`
	Text string `yaml:"text,omitempty"`
}

// Detail says where the article is when the page for people is drawn by
// scripts out of a JSON document: that document is fetched in its place, and
// the markup in it is captured under the address of the page.
type Detail struct {
	// URL is the document's address, with {id} where the item's identifier
	// stands. Without it, pages are fetched themselves.
	URL string `yaml:"url,omitempty"`
	// HTML or Text is the path of the article in the document.
	HTML string `yaml:"html,omitempty"`
	Text string `yaml:"text,omitempty"`
}

// Archive says where a source lists what it published long ago. Without one, a
// listing that is a sitemap, or has a next page, is its own archive.
type Archive struct {
	// Type is that of the pages of the archive; default that of the listing,
	// whose selectors, paths, dates and headers hold here too unless the
	// archive has its own.
	Type DiscoveryType `yaml:"type,omitempty"`
	// URL of an archive in one piece, or with {page} of its pages, in it or in
	// Body: a number that begins with First (default 1) and grows by Step
	// (default 1), which for APIs that count items is a page's length. Where
	// First is more than 1 the listing itself is the page before it.
	//
	// {year}, or {from} and {to} (dates as 2024-01-01), cut it by years, and
	// {month} (two digits) with {year} by months: each is a piece with pages
	// of its own, read from the present back to the time wanted.
	//
	// {cursor} stands for what the last item of the page before has at Cursor,
	// for APIs that are paged so. On the first page, its parameter is left out.
	URL    string `yaml:"url,omitempty"`
	Body   string `yaml:"body,omitempty"`
	First  *int   `yaml:"first,omitempty"`
	Step   int    `yaml:"step,omitempty"`
	Cursor string `yaml:"cursor,omitempty"`

	HTML  HTMLListing `yaml:"html,omitempty"`
	JSON  JSONListing `yaml:"json,omitempty"`
	Dates Dates       `yaml:"dates,omitempty"`
}

// text is all of an archive in which marks can stand.
func (a Archive) text() string { return a.URL + a.Body }

// Dates says how a listing writes its dates.
type Dates struct {
	// Layouts are tried in order: Go layouts, or "rfc3339", "unix" (seconds),
	// "unixms" (milliseconds). Without any, common English and Chinese forms
	// are tried, never one that is day-first in one country and month-first in
	// another.
	Layouts []string `yaml:"layouts,omitempty"`
	// Pattern cuts the date out of a longer text: its first group, or all it
	// matches.
	Pattern string `yaml:"pattern,omitempty"`
}

// Recheck says when a captured page is read again although no listing says
// that it changed, so that silent corrections are noticed. Such reads are
// conditional requests. The time between two doubles, as news ages.
type Recheck struct {
	// First is the age of a page at its first second reading. Default 1 h.
	First time.Duration `yaml:"first,omitempty"`
	// Until is the age after which a page is left alone. Default 7 days;
	// negative: pages are never read again.
	Until time.Duration `yaml:"until,omitempty"`
	// PerVisit bounds such reads in one visit. Default 20.
	PerVisit int `yaml:"per_visit,omitempty"`
}

// Politeness bounds what a source's hosts are asked to bear. Sources that
// share a registrable domain share its limits, and the strictest holds.
type Politeness struct {
	// UserAgent replaces the crawler's own where a publisher asks for a form
	// of its own; {company} and {contact} are filled in from the configuration.
	UserAgent string `yaml:"user_agent,omitempty"`
	// Cookies keeps what the source's sites set, for this source alone and while
	// the process runs, and sends it back. Default: none is kept, not even from
	// one request to the redirect it leads to.
	Cookies bool `yaml:"cookies,omitempty"`
	// Proxy is asked in place of the environment's: http, https or socks5, or
	// "direct" for none.
	Proxy string `yaml:"proxy,omitempty"`
	// Delay is the least time between the starts of two requests. Default 1 s;
	// negative: none. A longer Crawl-delay in robots.txt holds, up to 1 minute.
	Delay time.Duration `yaml:"delay,omitempty"`
	// Parallelism is the most requests in flight. Default 2.
	Parallelism int `yaml:"parallelism,omitempty"`
	// Timeout bounds one request from connect to the last byte, waiting for
	// the host's turn not counted. Default 30 s.
	Timeout time.Duration `yaml:"timeout,omitempty"`
	// MaxBody bounds a body in bytes, after unpacking. A larger one is a
	// failure, never cut. Default 10 MiB.
	MaxBody int64 `yaml:"max_body,omitempty"`
	// MaxPages bounds the pages fetched in one visit; the rest waits for the
	// next. Default 100.
	MaxPages int `yaml:"max_pages,omitempty"`
}

// withDefaults returns s with every unset field at its default.
func (s Source) withDefaults() Source {
	def(&s.Schedule, "@every 15m")
	def(&s.TimeZone, "UTC")
	def(&s.Discovery.Method, "GET")
	def(&s.Discovery.Content, ContentPage)
	def(&s.Discovery.MaxItems, 200)
	s.Discovery.HTML = s.Discovery.HTML.withDefaults()
	def(&s.Recheck.First, time.Hour)
	def(&s.Recheck.Until, 7*24*time.Hour)
	def(&s.Recheck.PerVisit, 20)
	def(&s.Politeness.Delay, time.Second)
	def(&s.Politeness.Parallelism, 2)
	def(&s.Politeness.Timeout, 30*time.Second)
	def(&s.Politeness.MaxBody, 10<<20)
	def(&s.Politeness.MaxPages, 100)
	return s
}

func (h HTMLListing) withDefaults() HTMLListing {
	def(&h.Link, "a@href")
	def(&h.Title, "a")
	def(&h.MaxPages, 1)
	return h
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// LoadSources reads a list of sources in YAML. Unknown keys and wrong types
// are errors that name line and column; what [Source.Validate] finds is
// reported for all sources at once.
func LoadSources(text []byte) (list []Source, err error) {
	defer func() {
		// The YAML library panics on some tagged nodes ("! 0").
		if r := recover(); r != nil {
			list, err = nil, fmt.Errorf("not a list of sources: %v", r)
		}
	}()
	if err := yaml.UnmarshalWithOptions(text, &list, yaml.Strict()); err != nil {
		return nil, errors.Join(badDurations(text), err)
	}
	return list, ValidateSources(list)
}

// badDurations finds durations that cannot be read. The YAML library reports
// the first of them, but not where it is.
func badDurations(text []byte) error {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil // the library says where
	}
	v := new(durations)
	for _, doc := range file.Docs {
		if doc.Body != nil {
			ast.Walk(v, doc.Body)
		}
	}
	return errors.Join(v.errs...)
}

// durations visits a document and collects the durations that are none.
type durations struct{ errs []error }

func (v *durations) Visit(n ast.Node) ast.Visitor {
	m, ok := n.(*ast.MappingValueNode)
	if !ok {
		return v
	}
	value, ok := m.Value.(*ast.StringNode)
	if !ok {
		return v
	}
	switch key := m.Key.String(); key {
	case "first", "until", "delay", "timeout", "expect", "min", "max":
		if _, err := time.ParseDuration(value.Value); err != nil {
			at := value.GetToken().Position
			v.errs = append(v.errs, fmt.Errorf("[%d:%d] %s: %q: want a duration such as 90s", at.Line, at.Column, key, value.Value))
		}
	}
	return v
}
