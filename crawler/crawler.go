package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/robfig/cron/v3"
	"golang.org/x/net/http/httpproxy"
	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/corpus"
)

// defaultUserAgent names us and where to read about us.
const defaultUserAgent = "regwire/1.0 (+https://github.com/regwire/regwire)"

// Config is what a crawler is made of. Sources, State and Sink are required;
// a zero field means the default that is named with it.
type Config struct {
	Sources []Source
	State   State
	Sink    Sink

	// UserAgent is sent where a source does not ask for its own. Default
	// "regwire/1.0 (+https://github.com/regwire/regwire)".
	UserAgent string
	// Company and Contact say who crawls. Some publishers require them in the
	// User-Agent; without them their sources cannot be enabled. A Contact that
	// is a mail address is sent as From to all.
	Company, Contact string
	// Concurrency is how many sources are visited at once. Default 8.
	Concurrency int
	// MaxWait is the longest a request waits, within a visit, for a server
	// that answered Retry-After; after that the source or page waits for a
	// later visit. Default 30 s.
	MaxWait time.Duration
	// LiveWithin is how old an item may be, by its own date, to count as news
	// (corpus.OriginLive); older ones are backfill and never alert. Items
	// without a date are news except in a source's first listing. Default 7
	// days; negative: every item is news.
	LiveWithin time.Duration
	// Every replaces the schedule of every source, as a demonstration or a
	// test wants it ("@every 2s"). Default: their own.
	Every string

	// Holder names this process among those that share State. One that takes
	// the name of another which died goes on at once with what that one held;
	// two at a time must not have the same. Default: a new name.
	Holder string
	// Lease is how long what a process works on stays its own when nothing is
	// heard of it any more. Default 30 s.
	Lease time.Duration

	// Callback is the public address under which hubs reach [Crawler.Callback],
	// for feeds that offer pushes (WebSub). Default: none are asked for.
	Callback string
	// CallbackKey is what signatures of pushes are derived from. Processes that
	// share a callback need the same. Default: a new one.
	CallbackKey string

	Logger   *slog.Logger          // default: none
	Registry prometheus.Registerer // default: metrics are not registered
	// Visited, when set, is told of each visit after it. It is called from
	// several goroutines.
	Visited func(Visit)

	// Clock tells the time; it has to run, since waits are measured by it.
	// Default time.Now.
	Clock func() time.Time
	// Jitter returns a duration in [0, most), by which a scheduled visit is
	// late, so that sources do not all begin on the minute. Default uniform.
	Jitter func(most time.Duration) time.Duration
	// Resolver finds the addresses of hosts. Default net.DefaultResolver.
	Resolver *net.Resolver
	// Proxy returns the proxy for an address, nil for none. Default: what
	// HTTP_PROXY, HTTPS_PROXY and NO_PROXY say. A proxy resolves names itself,
	// where the address guard cannot see it.
	Proxy func(*url.URL) (*url.URL, error)
}

// Crawler visits sources and hands what it fetches to a sink. See the package
// documentation for what it promises. It is safe for concurrent use.
type Crawler struct {
	config     Config    // with its defaults
	sources    []*source // enabled and disabled, in the order of the configuration
	state      State
	sink       Sink
	fetcher    *fetcher
	claims     *claims
	pushes     *pushes
	metrics    *metrics
	log        *slog.Logger
	clock      func() time.Time
	jitter     func(time.Duration) time.Duration
	visited    func(Visit)
	liveWithin time.Duration
	slots      chan struct{} // one for each source that may be visited at once
}

// source is a configured source, ready to be visited.
type source struct {
	Source
	schedule    cron.Schedule
	zone        *time.Location
	include     []*regexp.Regexp
	exclude     []*regexp.Regexp
	datePattern *regexp.Regexp
	userAgent   string
	proxy       *url.URL      // of its own, when it names one; nil then means none
	cookies     *cookies      // nil: none are kept
	fresh       *atomic.Int64 // until when its listing need not be asked for, in microseconds
	wake        chan struct{} // a push came
	settings    string        // stands for how its listing is read
	busy        chan struct{} // holds one token while it is visited
	filling     chan struct{} // holds one token while it is backfilled
	user        string        // of claims; empty for one that is only tried, which claims nothing
}

func (src *source) tracks(url string) bool { return slices.Contains(src.Discovery.Pages, url) }

// New makes a crawler. It reports every problem of the configuration at once
// and touches neither network nor state.
func New(cfg Config) (*Crawler, error) {
	var errs []error
	if cfg.State == nil || cfg.Sink == nil {
		errs = append(errs, errors.New("crawler: state and sink are required"))
	}
	if err := ValidateSources(cfg.Sources); err != nil {
		return nil, errors.Join(append(errs, err)...)
	}
	def(&cfg.UserAgent, defaultUserAgent)
	def(&cfg.Concurrency, 8)
	def(&cfg.MaxWait, 30*time.Second)
	def(&cfg.LiveWithin, 7*24*time.Hour)
	def(&cfg.Holder, newHolder())
	def(&cfg.Lease, defaultLease)
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Jitter == nil {
		cfg.Jitter = rand.N[time.Duration]
	}
	if cfg.Proxy == nil {
		cfg.Proxy = httpproxy.FromEnvironment().ProxyFunc()
	}
	metrics, err := newMetrics(cfg.Registry)
	errs = append(errs, err)
	pushes, err := newPushes(cfg.Callback, cfg.CallbackKey)
	errs = append(errs, err)

	// The corpus keeps microseconds; a clock of nanoseconds would make what is
	// due now lie a moment ahead of what was saved as now.
	clock := func() time.Time { return cfg.Clock().UTC().Truncate(time.Microsecond) }
	h := &hosts{clock: clock, patience: cfg.MaxWait}
	claims := &claims{
		state: cfg.State, holder: cfg.Holder, life: cfg.Lease, clock: clock, log: cfg.Logger, metrics: metrics, hosts: h,
		asking: make(chan struct{}, 1), held: make(map[corpus.LeaseName]*claim),
	}
	f := &fetcher{
		clock:   clock,
		hosts:   h,
		claims:  claims,
		contact: cfg.Contact,
		guarded: transport(cfg.Resolver, publicAddress, cfg.Proxy),
		open:    transport(cfg.Resolver, nil, cfg.Proxy),
		proxy:   cfg.Proxy,
		metrics: metrics,
	}
	f.robots = &robots{clock: clock}
	c := &Crawler{
		config: cfg,
		state:  cfg.State, sink: cfg.Sink, fetcher: f, claims: claims, pushes: pushes, metrics: metrics, log: cfg.Logger, clock: clock, jitter: cfg.Jitter,
		visited: cfg.Visited, liveWithin: cfg.LiveWithin, slots: make(chan struct{}, cfg.Concurrency),
	}
	for _, s := range cfg.Sources {
		src, err := cfg.compile(s)
		errs = append(errs, err)
		if src != nil {
			src.user = string(s.ID)
		}
		c.sources = append(c.sources, src)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, src := range c.sources { // so that the strictest limit of a site holds from its first request
		if u, err := url.Parse(src.Discovery.URL); err == nil && u.Host != "" && !src.Disabled {
			f.hosts.site(u, src.Politeness)
		}
	}
	return c, nil
}

// compile prepares a valid source.
func (cfg Config) compile(s Source) (*source, error) {
	s = s.withDefaults()
	if cfg.Every != "" {
		s.Schedule = cfg.Every
	}
	src := &source{Source: s, fresh: new(atomic.Int64), wake: make(chan struct{}, 1), busy: make(chan struct{}, 1), filling: make(chan struct{}, 1)}
	p := problems{id: s.ID}
	var err error
	if src.schedule, err = parseSchedule(s.Schedule, s.TimeZone); err != nil {
		p.add("schedule", "%q: %v", s.Schedule, err)
	}
	if s.Adaptive != (Adaptive{}) && cfg.Every == "" && err == nil {
		src.schedule = &paced{Adaptive: s.Adaptive, usual: src.schedule}
	}
	if src.zone, err = time.LoadLocation(s.TimeZone); err != nil {
		p.add("time_zone", "%v", err)
	}
	for _, e := range s.Discovery.Include {
		src.include = append(src.include, regexp.MustCompile(e)) // Validate has compiled it
	}
	for _, e := range s.Discovery.Exclude {
		src.exclude = append(src.exclude, regexp.MustCompile(e))
	}
	if e := s.Discovery.Dates.Pattern; e != "" {
		src.datePattern = regexp.MustCompile(e)
	}
	for i, u := range src.Discovery.Pages {
		src.Discovery.Pages = slices.Clone(src.Discovery.Pages)
		if src.Discovery.Pages[i], err = Canonical(u, nil); err != nil {
			p.add("discovery.pages", "%v", err)
		}
	}
	if src.proxy, err = parseProxy(s.Politeness.Proxy); err != nil {
		p.add("politeness.proxy", "%v", err)
	}
	if s.Politeness.Cookies {
		src.cookies = new(cookies)
	}
	src.userAgent = s.Politeness.UserAgent
	if src.userAgent == "" {
		src.userAgent = cfg.UserAgent
	}
	for mark, value := range map[string]string{"{company}": cfg.Company, "{contact}": cfg.Contact} {
		if strings.Contains(src.userAgent, mark) && value == "" && !s.Disabled {
			p.add("politeness.user_agent", "%q: this publisher wants to know who asks; set %s in the crawler's configuration", src.userAgent, strings.Trim(mark, "{}"))
		}
		src.userAgent = strings.ReplaceAll(src.userAgent, mark, value)
	}
	settings, err := json.Marshal(s.Discovery)
	if err != nil {
		return nil, fmt.Errorf("source %s: discovery: %w", s.ID, err)
	}
	src.settings = digest(settings)[:12] + "-"
	return src, errors.Join(p.errs...)
}

// Sources returns the configured sources as the rest of the house knows them,
// disabled ones included, in the order of the configuration.
func (c *Crawler) Sources() []corpus.Source {
	out := make([]corpus.Source, len(c.sources))
	for i, src := range c.sources {
		out[i] = src.Source.Source
	}
	return out
}

// Round visits each of the named sources once, all that are enabled when none
// is named, and returns when the last visit has ended. The schedule is not
// asked; a server's wish to be left alone is. A source that another process
// visits meanwhile is waited for, and counts as visited. The error joins a [*VisitError]
// for each visit that failed; pages that failed are no error, they wait in the
// frontier.
func (c *Crawler) Round(ctx context.Context, ids ...corpus.SourceID) error {
	var chosen []*source
	for _, src := range c.sources {
		named := slices.Contains(ids, src.ID)
		if named && src.Disabled {
			return fmt.Errorf("source %s is disabled: %s", src.ID, src.Reason)
		}
		if named || len(ids) == 0 && !src.Disabled {
			chosen = append(chosen, src)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(c.sources, func(src *source) bool { return src.ID == id }) {
			return fmt.Errorf("source %s is not configured", id)
		}
	}
	defer c.claims.keep()()
	begun := c.clock()
	errs := make([]error, len(chosen))
	var visits errgroup.Group
	for i, src := range chosen {
		visits.Go(func() error {
			_, errs[i] = c.turn(ctx, src, begun)
			return nil
		})
	}
	_ = visits.Wait()
	return errors.Join(errs...)
}

// turn visits src when no other visit of it runs, here or in another process,
// and there is a slot for it; unless it was visited after since, whoever did
// it: then there is no visit, but the state of the source as that one left it.
func (c *Crawler) turn(ctx context.Context, src *source, since time.Time) (Visit, error) {
	select {
	case src.busy <- struct{}{}:
		defer func() { <-src.busy }()
	case <-ctx.Done():
		return Visit{}, &VisitError{Source: src.ID, Reason: ReasonCancelled, Err: context.Cause(ctx)}
	}
	before, err := c.state.SourceState(ctx, src.ID)
	if err != nil {
		before.VisitedAt = since // the visit meets the same state, and reports it
	}
	for {
		v, ours := c.tryVisit(ctx, src, since)
		if !ours && v.Err == nil {
			// The visit that keeps us out counts, though it may have begun before.
			if before.VisitedAt.Before(since) {
				since = before.VisitedAt
			}
			if pause(ctx, claimPoll) {
				continue
			}
		}
		if !ours && v.Err == nil {
			v.Reason, v.Err = ReasonCancelled, context.Cause(ctx)
		}
		if v.elsewhere == nil {
			c.visitEnded(ctx, v)
		}
		if v.Err != nil {
			return v, &VisitError{Source: src.ID, Reason: v.Reason, Err: v.Err}
		}
		return v, nil
	}
}

// tryVisit visits src, and reports whether it could: when another process has
// it, or its site, there is neither visit nor error.
func (c *Crawler) tryVisit(ctx context.Context, src *source, since time.Time) (v Visit, ours bool) {
	v.Source = src.ID
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		v.Reason, v.Err = ReasonCancelled, context.Cause(ctx)
		return v, false
	}
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	ours, err := c.claims.begin(ctx, src.user, lost, sourceLease(src.ID), src.sites()...)
	switch {
	case ctx.Err() != nil:
		v.Reason, v.Err = ReasonCancelled, context.Cause(ctx)
	case err != nil:
		v.Reason, v.Err = ReasonState, err
	}
	if !ours || v.Err != nil {
		if ours {
			c.claims.drop(ctx, src.user)
		}
		return v, false
	}
	// A crash from here on leaves the claims to end by themselves, and the
	// source due: another process takes it up then.
	defer c.claims.drop(ctx, src.user)
	return c.visit(ctx, src, since), true
}

// sites returns the leases of the site where the listing is.
func (src *source) sites() []corpus.LeaseName {
	u, err := url.Parse(src.Discovery.URL)
	if err != nil || u.Host == "" {
		return nil
	}
	return []corpus.LeaseName{siteLease(siteKey(u))}
}

// visitEnded counts, logs and tells a visit.
func (c *Crawler) visitEnded(ctx context.Context, v Visit) {
	c.metrics.visit(v.Source, v.Reason)
	attrs := []any{
		"source", v.Source, "items", v.Items, "new", v.New, "captured", v.Captured, "unchanged", v.Unchanged,
		"failed", v.Failed, "elapsed", v.Elapsed,
	}
	switch v.Reason {
	case ReasonNone, ReasonCancelled, ReasonClaimed:
		c.log.InfoContext(ctx, "source visited", attrs...)
	case ReasonState, ReasonSink:
		c.log.ErrorContext(ctx, "visit failed", append(attrs, "reason", v.Reason, "err", v.Err)...)
	default:
		c.log.WarnContext(ctx, "visit failed", append(attrs, "reason", v.Reason, "err", v.Err)...)
	}
	if c.visited != nil {
		c.visited(v)
	}
}
