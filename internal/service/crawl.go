package service

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/crawler"
)

// CrawlStatus is how the crawl stands, for all processes that share a record.
type CrawlStatus struct {
	At        time.Time              `json:"at"`
	Totals    CrawlTotals            `json:"totals"`
	Frontier  []CrawlPart            `json:"frontier"`  // by source and host
	Sources   []corpus.SourceState   `json:"sources"`   // sources that failed, or were asked to wait
	Backfills []CrawlBackfill        `json:"backfills"` // running and interrupted
	Leases    []corpus.Lease         `json:"leases"`    // who works on what
	Failures  []corpus.FrontierEntry `json:"-"`
}

// CrawlTotals counts pages: those that can be fetched now and that nobody has
// taken up, that a process which has claimed their source is about to fetch,
// that wait for their time, and that were given up. Retries are those among
// the first three that failed before.
type CrawlTotals struct {
	Due     int `json:"due"`
	Claimed int `json:"claimed"`
	Waiting int `json:"waiting"`
	Parked  int `json:"parked"`
	Retries int `json:"retries"`
}

func (t *CrawlTotals) add(o CrawlTotals) {
	t.Due, t.Claimed, t.Waiting, t.Parked, t.Retries = t.Due+o.Due, t.Claimed+o.Claimed, t.Waiting+o.Waiting, t.Parked+o.Parked, t.Retries+o.Retries
}

// CrawlPart is the part of the frontier that one source has at one host.
type CrawlPart struct {
	Source   corpus.SourceID `json:"source"`
	Host     string          `json:"host"`
	Backfill bool            `json:"backfill,omitempty"` // what its archive named
	Holder   string          `json:"holder,omitempty"`   // the process that works on it
	CrawlTotals
	// OldestDue is since when the longest due page waits, NextAt when the next
	// one of the others is due; zero without any.
	OldestDue time.Time      `json:"oldest_due,omitzero"`
	NextAt    time.Time      `json:"next_at,omitzero"`
	Reasons   map[string]int `json:"reasons,omitempty"` // of failures, by their number
}

// CrawlBackfill is the reading of an archive.
type CrawlBackfill struct {
	crawler.Progress
	Holder string    `json:"holder,omitempty"` // empty when nobody goes on with it
	At     time.Time `json:"at,omitzero"`      // since when it runs
}

// ReadCrawl tells how the crawl stands.
func ReadCrawl(ctx context.Context, db *store.DB, now time.Time) (CrawlStatus, error) {
	s := CrawlStatus{At: now.UTC(), Frontier: []CrawlPart{}, Sources: []corpus.SourceState{}, Backfills: []CrawlBackfill{}, Leases: []corpus.Lease{}}
	leases, err := db.Leases(ctx)
	if err != nil {
		return s, err
	}
	held := make(map[corpus.LeaseName]corpus.Lease)
	for _, l := range leases {
		if l.Holder != "" && l.Until.After(now) {
			held[l.Name] = l
		}
		if l.Holder != "" || l.NotBefore.After(now) {
			s.Leases = append(s.Leases, l)
		}
	}
	counts, err := db.FrontierCounts(ctx, now)
	if err != nil {
		return s, err
	}
	left := make(map[corpus.SourceID]int) // by backfills
	for _, n := range counts {
		name, rest, archive := strings.Cut(string(n.Source), "~")
		id := corpus.SourceID(name)
		if archive && "~"+rest != string(corpus.BackfillPages) {
			left[id] += 0 // pages of the archive itself: it is not read to its end
			continue
		}
		lease := corpus.NameLease(corpus.LeaseSource, name)
		if archive {
			lease = corpus.NameLease(corpus.LeaseBackfill, name)
			if n.State == corpus.FrontierPending {
				left[id] += n.Entries
			}
		}
		i := slices.IndexFunc(s.Frontier, func(p CrawlPart) bool {
			return p.Source == id && p.Host == n.Host && p.Backfill == archive
		})
		if i < 0 {
			i = len(s.Frontier)
			s.Frontier = append(s.Frontier, CrawlPart{Source: id, Host: n.Host, Backfill: archive, Holder: held[lease].Holder})
		}
		s.Frontier[i].count(n, now)
	}
	for _, p := range s.Frontier {
		s.Totals.add(p.CrawlTotals)
	}
	for _, l := range held {
		if kind, id := l.Name.Split(); kind == corpus.LeaseBackfill {
			b := CrawlBackfill{Holder: l.Holder, At: l.TakenAt}
			b.Source, b.Left = corpus.SourceID(id), left[corpus.SourceID(id)]
			_ = json.Unmarshal([]byte(l.Note), &b.Progress) // empty until something was read
			s.Backfills = append(s.Backfills, b)
			delete(left, corpus.SourceID(id))
		}
	}
	for id, n := range left {
		b := CrawlBackfill{}
		b.Source, b.Left = id, n
		s.Backfills = append(s.Backfills, b)
	}
	slices.SortFunc(s.Backfills, func(a, b CrawlBackfill) int { return strings.Compare(string(a.Source), string(b.Source)) })
	states, err := db.SourceStates(ctx)
	if err != nil {
		return s, err
	}
	for _, st := range states {
		if st.Failures > 0 || st.NotBefore.After(now) {
			s.Sources = append(s.Sources, st)
		}
	}
	s.Failures, err = db.FailedFrontier(ctx, corpus.FailureQuery{})
	return s, err
}

// count adds pages that stand alike.
func (p *CrawlPart) count(n corpus.FrontierCount, now time.Time) {
	if n.Reason != "" {
		if p.Reasons == nil {
			p.Reasons = make(map[string]int)
		}
		p.Reasons[n.Reason] += n.Entries
	}
	if n.State == corpus.FrontierParked {
		p.Parked += n.Entries
		return
	}
	if p.Holder != "" {
		p.Claimed += n.Due
	} else {
		p.Due += n.Due
	}
	p.Waiting += n.Entries - n.Due
	if n.Reason != "" {
		p.Retries += n.Entries
	}
	switch {
	case n.NextAt.IsZero():
	case !n.NextAt.After(now):
		if p.OldestDue.IsZero() || n.NextAt.Before(p.OldestDue) {
			p.OldestDue = n.NextAt
		}
	case p.NextAt.IsZero() || n.NextAt.Before(p.NextAt):
		p.NextAt = n.NextAt
	}
}
