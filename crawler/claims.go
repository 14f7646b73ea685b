package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
)

const (
	// defaultLease is how long the work of a process that died stays undone.
	// Guessed: long against a slow database, short against any schedule.
	defaultLease = 30 * time.Second
	// renewals is how often a lease is renewed in its time, so that one may fail.
	renewals = 3
	// claimPoll is how long to wait before asking again for what another
	// process has. Guessed: a visit takes seconds.
	claimPoll = 2 * time.Second
)

// errLost ends work whose lease another process has taken over, because it
// was not renewed in time: the machine slept, or the database was away.
var errLost = errors.New("another process has taken over")

// claims are the leases this process holds, each for one or several users: a
// site serves all visits that ask it. They hold between processes what hosts
// and source.busy hold within one.
type claims struct {
	state   State
	holder  string
	life    time.Duration
	clock   func() time.Time
	log     *slog.Logger
	metrics *metrics
	hosts   *hosts // learn what a site has asked of other processes, and say when it may be asked next

	// asking is held while the state is asked, so that what one visit gives
	// back is not what another has just been granted.
	asking chan struct{}

	mu      sync.Mutex
	held    map[corpus.LeaseName]*claim
	keepers int // who wants the leases renewed
	stop    func()
}

// claim is a lease this process holds.
type claim struct {
	until  time.Time // by our clock, counted from before we asked
	users  map[string]bool
	wanted bool // by another process
	note   string
	lost   func(error) // told when it is lost; may be nil
}

// newHolder names this process among those that share a state.
func newHolder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "somewhere"
	}
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), strconv.FormatUint(uint64(rand.Uint32()), 36))
}

func siteLease(site string) corpus.LeaseName { return corpus.NameLease(corpus.LeaseSite, site) }
func sourceLease(id corpus.SourceID) corpus.LeaseName {
	return corpus.NameLease(corpus.LeaseSource, string(id))
}
func backfillLease(id corpus.SourceID) corpus.LeaseName {
	return corpus.NameLease(corpus.LeaseBackfill, string(id))
}

// begin claims work and the sites it needs for user, all or none, and reports
// whether it got them. lost is called when another process takes the work over.
func (c *claims) begin(ctx context.Context, user string, lost func(error), work corpus.LeaseName, sites ...corpus.LeaseName) (bool, error) {
	ok, err := c.take(ctx, user, append(sites, work)...)
	if !ok {
		c.drop(ctx, user)
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if cl := c.held[work]; cl != nil {
		cl.lost = lost
	}
	return true, nil
}

// take claims what of names this process does not hold, for user, and reports
// whether it now holds all.
func (c *claims) take(ctx context.Context, user string, names ...corpus.LeaseName) (bool, error) {
	select {
	case c.asking <- struct{}{}:
		defer func() { <-c.asking }()
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	var missing []corpus.LeaseName
	for _, name := range names {
		if !c.use(user, name) {
			missing = append(missing, name)
		}
	}
	denied, err := c.ask(ctx, missing)
	if err != nil {
		return false, err
	}
	for _, name := range missing {
		c.use(user, name)
	}
	for _, name := range denied {
		c.metrics.claim(name, "denied")
	}
	return len(denied) == 0, nil
}

// use registers user with a claim, and reports whether this process holds it.
func (c *claims) use(user string, name corpus.LeaseName) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	cl := c.held[name]
	if cl == nil || !c.clock().Before(cl.until) {
		return false
	}
	cl.users[user] = true
	return true
}

// ask claims or renews leases. It returns those that another process has; of
// these, what this one held is forgotten, and whoever worked on it is told.
// The caller holds asking.
func (c *claims) ask(ctx context.Context, names []corpus.LeaseName) (denied []corpus.LeaseName, err error) {
	if len(names) == 0 {
		return nil, nil
	}
	wants := make([]corpus.Lease, len(names))
	c.mu.Lock()
	for i, name := range names {
		wants[i].Name = name
		if cl := c.held[name]; cl != nil {
			wants[i].Note = cl.note
		}
	}
	c.mu.Unlock()
	asked := c.clock()
	leases, err := c.state.Claim(ctx, c.holder, c.life, wants)
	if err != nil {
		return nil, err
	}
	var lost []func(error)
	c.mu.Lock()
	for _, l := range leases {
		cl := c.held[l.Name]
		switch {
		case l.Holder != c.holder:
			denied = append(denied, l.Name)
			delete(c.held, l.Name)
			if cl != nil {
				c.metrics.claim(l.Name, "lost")
				c.log.WarnContext(ctx, "lease lost", "lease", l.Name, "holder", l.Holder)
				if cl.lost != nil {
					lost = append(lost, cl.lost)
				}
			}
			continue
		case cl == nil:
			c.metrics.claim(l.Name, "taken")
			cl = &claim{users: make(map[string]bool)}
			c.held[l.Name] = cl
		}
		cl.until, cl.wanted = asked.Add(c.life), !l.WantedAt.IsZero()
	}
	c.mu.Unlock()
	for _, tell := range lost {
		tell(errLost)
	}
	for _, l := range leases {
		if kind, of := l.Name.Split(); kind == corpus.LeaseSite && l.Holder == c.holder {
			c.hosts.postpone(of, l.NotBefore)
		}
	}
	return denied, nil
}

// own makes sure that this process may do what name stands for, waiting for
// another at most patience. Its error is a *failure. It costs nothing while
// the lease is held.
func (c *claims) own(ctx context.Context, user string, name corpus.LeaseName, patience time.Duration) error {
	if c.use(user, name) {
		return nil
	}
	deadline := c.clock().Add(patience)
	for {
		ok, err := c.take(ctx, user, name)
		switch {
		case ctx.Err() != nil:
			return fail(ReasonCancelled, "%w", context.Cause(ctx))
		case err != nil:
			return fail(ReasonState, "%w", err)
		case ok:
			return nil
		case !c.clock().Add(claimPoll).Before(deadline):
			f := fail(ReasonClaimed, "another process has %s", name)
			f.until = c.clock().Add(c.life)
			return f
		}
		pause(ctx, claimPoll)
	}
}

// drop ends what user does with its claims.
func (c *claims) drop(ctx context.Context, user string) { c.giveBack(ctx, user, true) }

// lend ends what user does with its claims to sites, until it asks again.
func (c *claims) lend(ctx context.Context, user string) { c.giveBack(ctx, user, false) }

// giveBack ends what user does with claims, to sites or all, and gives back
// those that nobody else uses. When it cannot, they end by themselves.
func (c *claims) giveBack(ctx context.Context, user string, all bool) {
	c.asking <- struct{}{}
	defer func() { <-c.asking }()
	var back []corpus.Lease
	c.mu.Lock()
	for name, cl := range c.held {
		if kind, _ := name.Split(); !all && kind != corpus.LeaseSite || !cl.users[user] {
			continue
		}
		if delete(cl.users, user); len(cl.users) == 0 {
			delete(c.held, name)
			back = append(back, corpus.Lease{Name: name})
		}
	}
	c.mu.Unlock()
	if len(back) == 0 {
		return
	}
	now := c.clock()
	for i := range back {
		if kind, of := back[i].Name.Split(); kind == corpus.LeaseSite {
			if next := c.hosts.next(of); next.After(now) {
				back[i].NotBefore = next
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if err := c.state.Release(ctx, c.holder, back); err != nil {
		c.log.WarnContext(ctx, "leases not given back", "err", err)
	}
}

// postpone tells all processes that a site is not to be asked before t. A
// crash here costs a request that the site did not want.
func (c *claims) postpone(ctx context.Context, site string, t time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if _, err := c.state.Claim(ctx, c.holder, c.life, []corpus.Lease{{Name: siteLease(site), NotBefore: t}}); err != nil {
		c.log.WarnContext(ctx, "wish of a site not kept", "err", err)
	}
}

// describe says what the holder of a lease is doing. It is written down when
// the lease is renewed.
func (c *claims) describe(name corpus.LeaseName, note string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cl := c.held[name]; cl != nil {
		cl.note = note
	}
}

// wanted reports whether another process waits for a claim of user.
func (c *claims) wanted(user string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cl := range c.held {
		if cl.wanted && cl.users[user] {
			return true
		}
	}
	return false
}

// keep renews the leases until the function it returns is called.
func (c *claims) keep() (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keepers++; c.keepers == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for pause(ctx, c.life/renewals) {
				c.renew(ctx)
			}
		}()
		c.stop = func() { cancel(); <-done }
	}
	return sync.OnceFunc(func() {
		c.mu.Lock()
		c.keepers--
		last := c.keepers == 0
		stop := c.stop
		c.mu.Unlock()
		if last {
			stop()
		}
	})
}

// renew renews all leases.
func (c *claims) renew(ctx context.Context) {
	select {
	case c.asking <- struct{}{}:
		defer func() { <-c.asking }()
	case <-ctx.Done():
		return
	}
	c.mu.Lock()
	names := make([]corpus.LeaseName, 0, len(c.held))
	for name := range c.held {
		names = append(names, name)
	}
	c.mu.Unlock()
	slices.Sort(names)
	ctx, cancel := context.WithTimeoutCause(ctx, c.life, errors.New("renewing took too long"))
	defer cancel()
	if _, err := c.ask(ctx, names); err != nil && !errors.Is(err, context.Canceled) {
		c.log.WarnContext(ctx, "leases not renewed", "err", err)
	}
}

// pause waits and reports whether ctx let it.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
