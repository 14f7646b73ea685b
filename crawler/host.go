package crawler

import (
	"context"
	"math"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// hosts holds what each site is asked to bear. One site is one registrable
// domain ("sec.gov" with all its hosts), so that a publisher who spreads over
// many names is still asked at one rate.
type hosts struct {
	clock func() time.Time
	// patience is the longest a request waits for a site that asked us to.
	patience time.Duration

	mu    sync.Mutex
	sites map[string]*site
}

// site is the state of one registrable domain.
type site struct {
	key      string // see siteKey
	mu       sync.Mutex
	delay    time.Duration // between the starts of two requests; the longest asked for
	parallel int           // most in flight; the least asked for
	active   int
	next     time.Time     // no request starts before it
	blocked  time.Time     // the server asked not to be asked before it
	freed    chan struct{} // closed and replaced when a request ends
}

// siteKey names the site of u: the registrable domain, or the host and port
// where there is none (addresses, localhost, public suffixes).
func siteKey(u *url.URL) string {
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return u.Host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return u.Host
	}
	return domain
}

// site returns the state for u and tightens it to p.
func (h *hosts) site(u *url.URL, p Politeness) *site {
	s := h.named(siteKey(u))
	s.mu.Lock()
	s.parallel = min(s.parallel, p.Parallelism)
	s.mu.Unlock()
	s.slowTo(p.Delay)
	return s
}

// named returns the state of a site, with no limits where it is new.
func (h *hosts) named(key string) *site {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sites[key]
	if s == nil {
		s = &site{key: key, parallel: math.MaxInt, freed: make(chan struct{})}
		if h.sites == nil {
			h.sites = make(map[string]*site)
		}
		h.sites[key] = s
	}
	return s
}

// postpone takes over from another process that a site is not to be asked
// before t: the time between two requests, or more when the site asked for it.
func (h *hosts) postpone(key string, t time.Time) {
	if t.IsZero() {
		return
	}
	s := h.named(key)
	if t.Sub(h.clock()) > maxCrawlDelay {
		s.block(t)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.After(s.next) {
		s.next = t
	}
}

// next returns the time before which a site is not to be asked.
func (h *hosts) next(key string) time.Time {
	s := h.named(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blocked.After(s.next) {
		return s.blocked
	}
	return s.next
}

// slowTo raises the delay between requests.
func (s *site) slowTo(delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = max(s.delay, delay)
}

// block keeps requests away until t.
func (s *site) block(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.After(s.blocked) {
		s.blocked = t
	}
}

// acquire waits for the site's turn and returns a function that ends it, to be
// called once. It fails with ReasonDeferred when the server asked for a longer
// wait than we have patience for, and with the context's cause.
func (h *hosts) acquire(ctx context.Context, s *site) (release func(), err error) {
	for {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		s.mu.Lock()
		now := h.clock()
		if wait := s.blocked.Sub(now); wait > h.patience {
			until := s.blocked
			s.mu.Unlock()
			f := fail(ReasonDeferred, "the server asked to wait %v", wait.Round(time.Second))
			f.until = until
			return nil, f
		}
		wait := max(s.next.Sub(now), s.blocked.Sub(now))
		if wait <= 0 && s.active < s.parallel {
			s.active++
			s.next = now.Add(s.delay)
			s.mu.Unlock()
			return sync.OnceFunc(s.release), nil
		}
		freed := s.freed
		s.mu.Unlock()

		if wait <= 0 {
			select {
			case <-freed:
			case <-ctx.Done():
			}
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

func (s *site) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	close(s.freed)
	s.freed = make(chan struct{})
}
