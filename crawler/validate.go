package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/robfig/cron/v3"

	"github.com/regwire/regwire/corpus"
)

// ValidateSources checks every source and that no two share an id. It reports
// all problems at once, each with the source's id and the field.
func ValidateSources(list []Source) error {
	var errs []error
	seen := make(map[corpus.SourceID]bool)
	for i, s := range list {
		if s.ID != "" && seen[s.ID] {
			errs = append(errs, fmt.Errorf("source %s: id: used twice", s.ID))
		}
		seen[s.ID] = true
		if s.ID == "" {
			errs = append(errs, fmt.Errorf("source number %d: id: missing", i+1))
		}
		errs = append(errs, s.Validate())
	}
	return errors.Join(errs...)
}

// Validate reports every problem of the source at once, each with the
// source's id, the field and the value.
func (s Source) Validate() error {
	p := problems{id: s.ID}
	s = s.withDefaults()
	d := s.Discovery

	if s.ID != "" {
		p.check(wellFormedID.MatchString(string(s.ID)), "id", "%q: want lower-case letters, digits and dashes", s.ID)
	}
	p.check(s.Name != "", "name", "missing")
	p.check(slices.Contains([]corpus.SourceKind{corpus.SourceRegulator, corpus.SourceExchange, corpus.SourceMedia}, s.Kind),
		"kind", "%q: want regulator, exchange or media", s.Kind)
	p.check(s.Jurisdiction == "" || s.Jurisdiction == "INTL" || wellFormedCountry.MatchString(string(s.Jurisdiction)),
		"jurisdiction", "%q: want an ISO 3166-1 alpha-2 code, EU or INTL", s.Jurisdiction)
	p.check(s.Weight >= 0 && s.Weight <= 1, "weight", "%v: want 0 to 1", s.Weight)
	p.check(!s.Disabled || s.Reason != "", "reason", "missing: a disabled source says why")
	if a := s.Adaptive; a != (Adaptive{}) {
		p.check(a.Min >= time.Second && a.Max >= a.Min, "adaptive", "min %v, max %v: want a second or more, and no more than max", a.Min, a.Max)
	}
	p.check(s.Expect >= 0, "expect", "%v: want a positive duration", s.Expect)
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		p.add("time_zone", "%v", err)
	} else if _, err := parseSchedule(s.Schedule, s.TimeZone); err != nil {
		p.add("schedule", "%q: %v", s.Schedule, err)
	}

	p.discovery(d)
	if r := s.Rules; r != nil {
		p.check(r.Title+r.Body+r.Date+r.Author+strings.Join(r.Drop, "") != "", "rules", "say nothing")
		p.selector("rules.title", r.Title)
		p.selector("rules.body", r.Body)
		p.selector("rules.date", r.Date)
		p.selector("rules.author", r.Author)
		for _, e := range r.Drop {
			p.selector("rules.drop", e)
		}
	}
	p.check(s.Recheck.First > 0, "recheck.first", "%v: want a positive duration", s.Recheck.First)
	p.check(s.Recheck.PerVisit > 0, "recheck.per_visit", "%d: want a positive number", s.Recheck.PerVisit)
	p.check(s.Politeness.Parallelism > 0, "politeness.parallelism", "%d: want a positive number", s.Politeness.Parallelism)
	p.check(s.Politeness.Timeout > 0, "politeness.timeout", "%v: want a positive duration", s.Politeness.Timeout)
	p.check(s.Politeness.MaxBody > 0, "politeness.max_body", "%d: want a positive number", s.Politeness.MaxBody)
	p.check(s.Politeness.MaxPages > 0, "politeness.max_pages", "%d: want a positive number", s.Politeness.MaxPages)
	if _, err := parseProxy(s.Politeness.Proxy); err != nil {
		p.add("politeness.proxy", "%v", err)
	}
	p.check(validHeader(s.Politeness.UserAgent), "politeness.user_agent", "%q: not a header value", s.Politeness.UserAgent)
	return errors.Join(p.errs...)
}

var (
	wellFormedID      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	wellFormedCountry = regexp.MustCompile(`^[A-Z]{2}$`)
)

// problems collects what is wrong with one source.
type problems struct {
	id   corpus.SourceID
	errs []error
}

func (p *problems) add(field, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("source %s: %s: %s", p.id, field, fmt.Sprintf(format, args...)))
}

func (p *problems) check(ok bool, field, format string, args ...any) {
	if !ok {
		p.add(field, format, args...)
	}
}

func (p *problems) address(field, raw string) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		p.add(field, "%q: want an http or https address", raw)
	}
}

func (p *problems) expression(field, expr string) {
	if _, err := regexp.Compile(expr); err != nil {
		p.add(field, "%q: %v", expr, err)
	}
}

func (p *problems) selector(field, text string) {
	sel, _ := cutSelector(text)
	if sel == "" || sel == "." {
		return
	}
	if _, err := cascadia.ParseGroup(sel); err != nil {
		p.add(field, "%q: %v", text, err)
	}
}

func (p *problems) discovery(d Discovery) {
	switch d.Type {
	case DiscoverRSS, DiscoverAtom, DiscoverJSONFeed, DiscoverSitemap:
	case DiscoverHTML:
		p.html("discovery.html", d.HTML)
	case DiscoverJSON:
		p.json("discovery.json", d.JSON)
	case DiscoverNone:
		p.check(len(d.Pages) > 0, "discovery.pages", "missing: a source without a listing tracks at least one page")
		p.check(d.URL == "", "discovery.url", "%q: a source without a listing has none", d.URL)
	default:
		p.add("discovery.type", "%q: want rss, atom, jsonfeed, sitemap, html, json or none", d.Type)
	}
	if d.Type != DiscoverNone {
		p.address("discovery.url", d.URL)
	}
	p.check(d.Method == http.MethodGet || d.Method == http.MethodPost, "discovery.method", "%q: want GET or POST", d.Method)
	p.check(d.Method == http.MethodGet || d.Type == DiscoverJSON, "discovery.method", "%q: only for json", d.Method)
	p.check(d.Body == "" || d.Method == http.MethodPost, "discovery.body", "only with method POST")
	for k, v := range d.Header {
		p.check(k != "" && validHeader(k) && validHeader(v), "discovery.header", "%q: not a header", k)
	}
	p.check(d.Content == ContentPage || d.Content == ContentFeed, "discovery.content", "%q: want page or feed", d.Content)
	p.check(d.Content == ContentPage || d.Type != DiscoverSitemap && d.Type != DiscoverHTML && d.Type != DiscoverNone,
		"discovery.content", "%q: a listing of type %s carries no articles", d.Content, d.Type)
	p.check(d.Content == ContentPage || d.Type != DiscoverJSON || d.JSON.HTML != "" || d.JSON.Text != "",
		"discovery.json", "html or text: missing, with content feed")
	if d.Detail != (Detail{}) {
		p.address("discovery.detail.url", d.Detail.URL)
		p.check(strings.Contains(d.Detail.URL, "{id}"), "discovery.detail.url", "%q: want {id} in it", d.Detail.URL)
		p.check((d.Detail.HTML == "") != (d.Detail.Text == ""), "discovery.detail", "want one of html and text")
	}
	p.archive(d)
	p.check(d.MaxItems > 0, "discovery.max_items", "%d: want a positive number", d.MaxItems)
	for _, e := range d.Include {
		p.expression("discovery.include", e)
	}
	for _, e := range d.Exclude {
		p.expression("discovery.exclude", e)
	}
	p.expression("discovery.dates.pattern", d.Dates.Pattern)
	for _, u := range d.Pages {
		p.address("discovery.pages", u)
	}
}

func (p *problems) html(field string, h HTMLListing) {
	p.check(h.Item != "", field+".item", "missing")
	p.selector(field+".item", h.Item)
	p.selector(field+".link", h.Link)
	p.selector(field+".title", h.Title)
	p.selector(field+".date", h.Date)
	p.selector(field+".summary", h.Summary)
	p.selector(field+".next", h.Next)
	p.check(h.MaxPages > 0, field+".max_pages", "%d: want a positive number", h.MaxPages)
}

func (p *problems) json(field string, j JSONListing) {
	p.check(j.Items != "", field+".items", "missing")
	p.check(j.Link != "", field+".link", "missing")
}

func (p *problems) archive(d Discovery) {
	a := d.Archive
	if reflect.ValueOf(a).IsZero() {
		return
	}
	p.address("discovery.archive.url", a.URL)
	p.check(a.Step >= 0, "discovery.archive.step", "%d: want a positive number", a.Step)
	p.expression("discovery.archive.dates.pattern", a.Dates.Pattern)
	if h := a.HTML; h != (HTMLListing{}) {
		p.html("discovery.archive.html", h.withDefaults())
	}
	if a.JSON != (JSONListing{}) {
		p.json("discovery.archive.json", a.JSON)
	}
	def(&a.Type, d.Type)
	own := a.Type == DiscoverHTML && a.HTML.Item != "" || a.Type == DiscoverJSON && a.JSON.Items != ""
	feed := a.Type == DiscoverRSS || a.Type == DiscoverAtom || a.Type == DiscoverJSONFeed
	p.check(own || feed || a.Type == d.Type || a.Type == DiscoverSitemap, "discovery.archive.type", "%q: its selectors or paths are missing", a.Type)
	p.check(!strings.Contains(a.text(), "{month}") || strings.Contains(a.text(), "{year}"), "discovery.archive.url", "%q: {month} without {year}", a.URL)
	p.check((a.Cursor != "") == strings.Contains(a.URL, "{cursor}") && (a.Cursor == "" || a.Type == DiscoverJSON && !strings.Contains(a.text(), "{page}")),
		"discovery.archive.cursor", "%q: belongs with {cursor} in the address of an API, without {page}", a.Cursor)
}

func validHeader(v string) bool { return !strings.ContainsAny(v, "\r\n\x00") }

// parseSchedule reads a cron expression or descriptor in a time zone.
func parseSchedule(expr, zone string) (cron.Schedule, error) {
	s, err := cron.ParseStandard("CRON_TZ=" + zone + " " + expr)
	if err != nil {
		return nil, err
	}
	// A date that never comes (31 February) has no next time.
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, errors.New("never comes")
	}
	return s, nil
}
