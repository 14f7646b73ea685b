package crawlertest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
)

// State is a crawler.State in memory. Its zero value is empty and ready; it is
// safe for concurrent use.
type State struct {
	mu       sync.Mutex
	sources  map[corpus.SourceID]corpus.SourceState
	frontier map[key]corpus.FrontierEntry
	leases   map[corpus.LeaseName]corpus.Lease
}

type key struct {
	source corpus.SourceID
	url    string
}

// SourceState implements crawler.State.
func (s *State) SourceState(ctx context.Context, id corpus.SourceID) (corpus.SourceState, error) {
	if err := ctx.Err(); err != nil {
		return corpus.SourceState{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.sources[id]; ok {
		return st, nil
	}
	return corpus.SourceState{Source: id}, nil
}

// SaveSourceState implements crawler.State.
func (s *State) SaveSourceState(ctx context.Context, st corpus.SourceState) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sources == nil {
		s.sources = make(map[corpus.SourceID]corpus.SourceState)
	}
	s.sources[st.Source] = st
	return nil
}

// Frontier implements crawler.State.
func (s *State) Frontier(ctx context.Context, source corpus.SourceID, urls []string) ([]corpus.FrontierEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []corpus.FrontierEntry
	for _, u := range slices.Compact(slices.Sorted(slices.Values(urls))) {
		if e, ok := s.frontier[key{source, u}]; ok {
			out = append(out, copyEntry(e))
		}
	}
	return out, nil
}

// SaveFrontier implements crawler.State.
func (s *State) SaveFrontier(ctx context.Context, entries []corpus.FrontierEntry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frontier == nil {
		s.frontier = make(map[key]corpus.FrontierEntry)
	}
	for _, e := range entries {
		s.frontier[key{e.Source, e.URL}] = copyEntry(e)
	}
	return nil
}

// DueFrontier implements crawler.State.
func (s *State) DueFrontier(ctx context.Context, source corpus.SourceID, now time.Time, limit int) ([]corpus.FrontierEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []corpus.FrontierEntry
	for _, e := range s.Entries(source) {
		waits := e.State == corpus.FrontierPending || e.State == corpus.FrontierDone
		if waits && !e.NextAt.IsZero() && !e.NextAt.After(now) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b corpus.FrontierEntry) int {
		return cmp.Or(
			cmp.Compare(rank(a.State), rank(b.State)),
			a.NextAt.Compare(b.NextAt),
			cmp.Compare(a.URL, b.URL),
		)
	})
	return out[:min(limit, len(out))], nil
}

func rank(s corpus.FrontierState) int {
	if s == corpus.FrontierPending {
		return 0
	}
	return 1
}

// WaitingFrontier implements crawler.State.
func (s *State) WaitingFrontier(ctx context.Context, source corpus.SourceID) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	for _, e := range s.Entries(source) {
		if e.State == corpus.FrontierPending && !e.NextAt.IsZero() {
			n++
		}
	}
	return n, nil
}

// FrontierCounts implements crawler.State.
func (s *State) FrontierCounts(ctx context.Context, now time.Time) ([]corpus.FrontierCount, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []corpus.FrontierCount
	for _, e := range s.frontier {
		if e.NextAt.IsZero() && e.State != corpus.FrontierParked {
			continue
		}
		_, host, _ := strings.Cut(e.URL, "://")
		host, _, _ = strings.Cut(host, "/")
		like := func(n corpus.FrontierCount) bool {
			return n.Source == e.Source && n.Host == host && n.State == e.State && n.Reason == e.Reason
		}
		i := slices.IndexFunc(out, like)
		if i < 0 {
			i = len(out)
			out = append(out, corpus.FrontierCount{Source: e.Source, Host: host, State: e.State, Reason: e.Reason})
		}
		n := &out[i]
		n.Entries++
		n.Attempts = max(n.Attempts, e.Attempts)
		if !e.NextAt.IsZero() && !e.NextAt.After(now) {
			n.Due++
		}
		if n.NextAt.IsZero() || !e.NextAt.IsZero() && e.NextAt.Before(n.NextAt) {
			n.NextAt = e.NextAt
		}
	}
	slices.SortFunc(out, func(a, b corpus.FrontierCount) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Host, b.Host), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason))
	})
	return out, nil
}

// Claim implements crawler.State. Its clock is time.Now.
func (s *State) Claim(ctx context.Context, holder string, ttl time.Duration, leases []corpus.Lease) ([]corpus.Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases == nil {
		s.leases = make(map[corpus.LeaseName]corpus.Lease)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	var out []corpus.Lease
	for _, want := range leases {
		l, known := s.leases[want.Name]
		switch {
		case known && l.Holder != "" && l.Holder != holder && l.Until.After(now):
			if l.WantedAt.IsZero() {
				l.WantedAt = now
			}
		default:
			if l.Holder != holder {
				l.TakenAt, l.WantedAt = now, time.Time{}
			}
			l.Name, l.Holder, l.Until, l.Note = want.Name, holder, now.Add(ttl), want.Note
			if want.NotBefore.After(l.NotBefore) {
				l.NotBefore = want.NotBefore
			}
		}
		s.leases[want.Name] = l
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b corpus.Lease) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Release implements crawler.State.
func (s *State) Release(ctx context.Context, holder string, leases []corpus.Lease) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, back := range leases {
		l, ok := s.leases[back.Name]
		if !ok || l.Holder != holder {
			continue
		}
		if back.NotBefore.After(l.NotBefore) {
			l.NotBefore = back.NotBefore
		}
		s.leases[back.Name] = corpus.Lease{Name: l.Name, TakenAt: l.TakenAt, NotBefore: l.NotBefore}
	}
	return nil
}

// Leases returns the leases somebody holds, by name.
func (s *State) Leases() []corpus.Lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []corpus.Lease
	for _, l := range s.leases {
		if l.Holder != "" {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b corpus.Lease) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Entries returns all entries of source, by URL.
func (s *State) Entries(source corpus.SourceID) []corpus.FrontierEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []corpus.FrontierEntry
	for k, e := range s.frontier {
		if k.source == source {
			out = append(out, copyEntry(e))
		}
	}
	slices.SortFunc(out, func(a, b corpus.FrontierEntry) int { return cmp.Compare(a.URL, b.URL) })
	return out
}

func copyEntry(e corpus.FrontierEntry) corpus.FrontierEntry {
	e.Item.Tags = slices.Clone(e.Item.Tags)
	return e
}

// Sink is a crawler.Sink in memory that keeps the store's contract: a capture
// with the body and status of the newest one of its source and URL teaches
// nothing and is not kept. Its zero value is empty and ready; it is safe for
// concurrent use.
type Sink struct {
	mu       sync.Mutex
	captures []corpus.Capture
}

// Capture implements crawler.Sink.
func (s *Sink) Capture(ctx context.Context, c corpus.Capture) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range slices.Backward(s.captures) {
		if old.Source == c.Source && old.URL == c.URL {
			if old.Status == c.Status && bytes.Equal(old.Body, c.Body) {
				return false, nil
			}
			break
		}
	}
	s.captures = append(s.captures, c)
	return true, nil
}

// Captures returns what was kept, in order of arrival.
func (s *Sink) Captures() []corpus.Capture {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.captures)
}
