package newswire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Config says how a newswire starts. The zero value is useful.
type Config struct {
	// FirstPort is the loopback port of the first site; the others follow one
	// by one. Zero lets the system choose, which gives other addresses, and
	// so other articles, at every start.
	FirstPort int
	// Edition to begin with, 0 to [Editions]-1. Default 0.
	Edition int
}

// Newswire is a set of sites and the edition they show. It is safe for
// concurrent use.
type Newswire struct {
	cfg     Config
	sites   []*site
	edition atomic.Int32

	mu    sync.Mutex
	log   []Request
	busy  map[corpus.SourceID]bool   // sites that have been busy once
	bases map[corpus.SourceID]string // once started
}

// Request is one request a site has answered.
type Request struct {
	Site      corpus.SourceID
	Method    string
	Path      string // with the query
	Status    int
	UserAgent string
	Forbidden bool // robots.txt closes the path
}

// New reads the sites. It fails only when an embedded file is broken.
func New(cfg Config) (*Newswire, error) {
	if cfg.Edition < 0 || cfg.Edition >= Editions {
		return nil, fmt.Errorf("newswire: edition %d is not one of %d", cfg.Edition, Editions)
	}
	n := &Newswire{cfg: cfg, sites: newSites(), busy: map[corpus.SourceID]bool{}, bases: map[corpus.SourceID]string{}}
	n.edition.Store(int32(cfg.Edition))
	for _, s := range n.sites {
		if err := s.open(); err != nil {
			return nil, fmt.Errorf("newswire: %w", err)
		}
	}
	return n, nil
}

// Edition returns the edition shown, from 0.
func (n *Newswire) Edition() int { return int(n.edition.Load()) }

// Advance moves to the next edition and reports whether there was one.
func (n *Newswire) Advance() bool {
	for {
		now := n.edition.Load()
		if now+1 >= Editions {
			return false
		}
		if n.edition.CompareAndSwap(now, now+1) {
			return true
		}
	}
}

// Start serves every site on its own loopback port, so that each has its own
// robots.txt and politeness, until ctx is done. It returns once all are
// listening; wait blocks until all have stopped.
func (n *Newswire) Start(ctx context.Context) (wait func() error, err error) {
	type running struct {
		srv *http.Server
		l   net.Listener
	}
	var all []running
	for i, s := range n.sites {
		port := 0
		if n.cfg.FirstPort != 0 {
			port = n.cfg.FirstPort + i
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			for _, r := range all {
				err = errors.Join(err, r.l.Close())
			}
			return nil, fmt.Errorf("newswire: %s: %w", s.ID, err)
		}
		all = append(all, running{&http.Server{Handler: n.Handler(s.ID), ReadHeaderTimeout: 5 * time.Second}, l})
		n.mu.Lock()
		n.bases[s.ID] = "http://" + l.Addr().String()
		n.mu.Unlock()
	}
	var wg sync.WaitGroup
	failed := make(chan error, 2*len(all))
	for _, r := range all {
		wg.Go(func() {
			if err := r.srv.Serve(r.l); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		})
		wg.Go(func() {
			<-ctx.Done()
			// Readers of this newswire are on the same machine and on the way
			// out themselves, so open connections are cut rather than awaited.
			if err := r.srv.Close(); err != nil {
				failed <- err
			}
		})
	}
	return func() error {
		wg.Wait()
		close(failed)
		var all error
		for err := range failed {
			all = errors.Join(all, err)
		}
		return all
	}, nil
}

// Base returns scheme, host and port of a started site, or "" when it is not
// started or not known.
func (n *Newswire) Base(id corpus.SourceID) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.bases[id]
}

// SetBase says where a site is served when [Newswire.Start] is not used, so
// that [Newswire.Sources] can name it.
func (n *Newswire) SetBase(id corpus.SourceID, base string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bases[id] = base
}

// Sites lists the publishers.
func (n *Newswire) Sites() []corpus.Source {
	var all []corpus.Source
	for _, s := range n.sites {
		all = append(all, s.Source)
	}
	return all
}

// Requests returns what has been asked so far, in order.
func (n *Newswire) Requests() []Request {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Request(nil), n.log...)
}

// Violations returns the requests that robots.txt forbids. There should never
// be one.
func (n *Newswire) Violations() []Request {
	var bad []Request
	for _, r := range n.Requests() {
		if r.Forbidden {
			bad = append(bad, r)
		}
	}
	return bad
}
