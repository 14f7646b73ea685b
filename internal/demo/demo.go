// Package demo runs the whole way on the loopback newswire: sites, crawler,
// pipeline, index, mail into a maildir, and the pages. It needs no key, no
// configuration and no internet; what it runs is the service as it is.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/config"
	"github.com/regwire/regwire/internal/newswire"
	"github.com/regwire/regwire/internal/service"
	"github.com/regwire/regwire/internal/telemetry"
)

// The sites stand at a row of ports: the first one when it is free, else one
// of the next rows, so that several demos can run beside one another.
const (
	firstPort = 18441
	rows      = 20
	rowLength = 100
)

// Quick is the schedule that stands for a day of the real world.
const quick = "@every 2s"

// Options say where the demo keeps its things and what it tells on the way.
type Options struct {
	Data    string // folder; required
	Version string
	Once    bool // [Demo.Once] will be called, and not [Demo.Run]
	Logger  *slog.Logger
	// Say is told what goes on, in lines for people. Required.
	Say func(format string, args ...any)
}

// Summary is what came of it, as counts.
type Summary struct {
	Sources     int64   `json:"sources"`
	Captures    int64   `json:"captures"`
	Articles    int64   `json:"articles"`
	Revisions   int64   `json:"revisions"`
	Stories     int64   `json:"stories"`
	Events      int64   `json:"events"`
	Instruments int64   `json:"instruments"`
	Alerts      int64   `json:"alerts"` // rules that matched an event and were told
	Mails       int64   `json:"mails"`  // delivered
	Signals     int64   `json:"signals"`
	Seconds     float64 `json:"seconds"`
}

// Demo is a newswire with a service that reads it.
type Demo struct {
	Service *service.Service
	Wire    *newswire.Newswire
	MailDir string

	opts    Options
	began   time.Time
	place   place
	stop    context.CancelFunc
	stopped func() error

	mu     sync.Mutex
	visits map[corpus.SourceID]int
}

// place is where a demo stands, kept in its data folder: the same addresses
// make the same articles, and sites that went back to an earlier edition would
// tell old news again.
type place struct {
	Port    int `json:"port"` // of the first site
	Edition int `json:"edition"`
}

// Start puts up the sites and opens the service.
func Start(ctx context.Context, opts Options) (*Demo, error) {
	d := &Demo{opts: opts, began: time.Now(), MailDir: filepath.Join(opts.Data, "mail"), visits: map[corpus.SourceID]int{}}
	if err := d.findPlace(); err != nil {
		return nil, err
	}
	sites, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = stop
	if err := d.raise(sites); err != nil {
		stop()
		return nil, err
	}
	cfg, err := d.config()
	if err == nil {
		d.Service, err = service.Open(ctx, service.Options{
			Data: opts.Data, Config: cfg, Logger: opts.Logger, Registry: telemetry.Registry(), Visited: d.visited,
		})
	}
	if err != nil {
		stop()
		return nil, errors.Join(err, d.stopped())
	}
	opts.Say("newswire up: %d small sites on this machine, edition %d of %d", len(d.Wire.Sites()), d.Wire.Edition()+1, newswire.Editions)
	return d, d.keepPlace()
}

func (d *Demo) findPlace() error {
	b, err := os.ReadFile(d.placeFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(b, &d.place)
	}
	if err == nil && (d.place.Edition < 0 || d.place.Edition >= newswire.Editions) {
		err = fmt.Errorf("there is no edition %d", d.place.Edition)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", d.placeFile(), err)
	}
	return nil
}

func (d *Demo) keepPlace() error {
	d.place.Edition = d.Wire.Edition()
	b, err := json.Marshal(d.place)
	if err != nil {
		return err
	}
	return os.WriteFile(d.placeFile(), append(b, '\n'), 0o644)
}

func (d *Demo) placeFile() string { return filepath.Join(d.opts.Data, "demo.json") }

// raise puts up the sites: where they stood last time, which may mean to wait
// for another demo to end, or at the first row of ports that is free.
func (d *Demo) raise(ctx context.Context) error {
	if d.place.Port != 0 {
		return d.raiseAgain(ctx)
	}
	var errs error
	for i := range rows {
		err := d.raiseAt(ctx, firstPort+i*rowLength)
		if err == nil {
			return nil
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// patience is how long a demo waits for the ports its folder knows.
const patience = 40 * time.Second

// raiseAgain puts the sites up at the addresses that their articles are known
// by: at others, all of them would look new.
func (d *Demo) raiseAgain(ctx context.Context) error {
	for began := time.Now(); ; {
		err := d.raiseAt(ctx, d.place.Port)
		if err == nil {
			return nil
		}
		if time.Since(began) > patience || ctx.Err() != nil {
			return fmt.Errorf("the sites of %s stand at port %d and following, where something else listens; stop it, or use another --data: %w", d.opts.Data, d.place.Port, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (d *Demo) raiseAt(ctx context.Context, port int) error {
	wire, err := newswire.New(newswire.Config{FirstPort: port, Edition: d.place.Edition})
	if err != nil {
		return err
	}
	wait, err := wire.Start(ctx)
	if err == nil {
		d.Wire, d.stopped, d.place.Port = wire, wait, port
	}
	return err
}

// config is the service's own defaults, with the sites for sources and a
// maildir for a relay.
func (d *Demo) config() (config.Config, error) {
	cfg := config.Default()
	list, err := d.Wire.Sources(quick)
	if err != nil {
		return cfg, err
	}
	if cfg.Sources, err = crawler.LoadSources(list); err != nil {
		return cfg, err
	}
	cfg.HTTP.Address = freeAddress(cfg.HTTP.Address)
	if !d.opts.Once { // mails link to the pages, where there are any
		cfg.Alerts.BaseURL = "http://" + cfg.HTTP.Address
	}
	// The articles tell of real happenings under their real dates; here they
	// are all news.
	cfg.Crawl.LiveWithin = -1
	cfg.Crawl.Company, cfg.Crawl.Contact = "regwire demo", "demo@localhost"
	cfg.Alerts.Maildir = d.MailDir
	cfg.Alerts.Receivers = []alerts.Receiver{{Name: "compliance", Email: alerts.Email{To: []string{"compliance@localhost"}}}}
	return cfg, cfg.Validate()
}

// freeAddress returns address, or one with another port when something
// listens there already.
func freeAddress(address string) string {
	l, err := net.Listen("tcp", address)
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return address
		}
	}
	defer l.Close()
	return l.Addr().String()
}

func (d *Demo) visited(v crawler.Visit) {
	d.mu.Lock()
	d.visits[v.Source]++
	d.mu.Unlock()
	if v.Captured > 0 || v.Err != nil {
		line := fmt.Sprintf("  %-22s %2d items, %2d new pages", v.Source, v.Items, v.Captured)
		if v.Err != nil {
			line += fmt.Sprintf("  (%s)", v.Reason)
		}
		d.opts.Say("%s", line)
	}
}

func (d *Demo) visitsSoFar() map[corpus.SourceID]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.visits)
}

// Once does one complete round: every edition of every site is crawled and
// worked through.
func (d *Demo) Once(ctx context.Context) (Summary, error) {
	var failed error
	for {
		// A site that fails does not end the demo: one of them means to. The
		// second visit finds it mended.
		for range 2 {
			failed = d.Service.Pipeline.Round(ctx)
			if ctx.Err() != nil {
				return Summary{}, ctx.Err()
			}
			if failed == nil {
				break
			}
		}
		more, err := d.advance(ctx)
		if err != nil {
			return Summary{}, err
		}
		if !more {
			break
		}
	}
	s, err := d.Summary(ctx)
	return s, errors.Join(failed, err)
}

// advance says how things stand and turns the edition, if there is another.
func (d *Demo) advance(ctx context.Context) (bool, error) {
	s, err := d.Summary(ctx)
	if err != nil {
		return false, err
	}
	d.opts.Say("so far: %d articles in %d revisions, %d stories, %d events, %d instruments, %d mails, %d signal rows (%.1f s)",
		s.Articles, s.Revisions, s.Stories, s.Events, s.Instruments, s.Mails, s.Signals, s.Seconds)
	if !d.Wire.Advance() {
		return false, nil
	}
	d.opts.Say("edition %d of %d", d.Wire.Edition()+1, newswire.Editions)
	return true, d.keepPlace()
}

// Run serves until ctx ends, crawling on schedule in quick time. shown is
// called when every edition has been read, with what came of it.
func (d *Demo) Run(ctx context.Context, shown func(url string, s Summary) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	up := make(chan string, 1)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case url := <-up:
			d.opts.Say("pages and API at %s", url)
			if err := d.watch(ctx, url, shown); err != nil && ctx.Err() == nil {
				stop(err)
			}
		case <-ctx.Done():
		}
	}()
	err := d.Service.Serve(ctx, d.opts.Version, func(url string) { up <- url })
	stop(err)
	<-watched
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) && err == nil {
		err = cause
	}
	return err
}

// watch turns the editions as they have been read.
func (d *Demo) watch(ctx context.Context, url string, shown func(string, Summary) error) error {
	for {
		if err := d.settle(ctx); err != nil {
			return err
		}
		more, err := d.advance(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	s, err := d.Summary(ctx)
	if err != nil {
		return err
	}
	return shown(url, s)
}

// settle waits until every site has been visited twice since it was called
// and the log has come to rest.
func (d *Demo) settle(ctx context.Context) error {
	before := d.visitsSoFar()
	twice := func() bool {
		now := d.visitsSoFar()
		for _, src := range d.Service.Sources {
			if now[src.ID] < before[src.ID]+2 {
				return false
			}
		}
		return true
	}
	var last corpus.Seq
	for quiet := 0; quiet < 4; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
		head, err := d.Service.Store.Head(ctx)
		if err != nil {
			return err
		}
		if head.Seq != last || !twice() {
			quiet, last = 0, head.Seq
			continue
		}
		quiet++
	}
	return nil
}

// Summary counts what there is.
func (d *Demo) Summary(ctx context.Context) (Summary, error) {
	c, err := d.Service.Store.Counts(ctx)
	return Summary{
		Sources: int64(len(d.Service.Sources)), Captures: c.Captures, Articles: c.Articles, Revisions: c.Revisions, Stories: c.Stories, Events: c.Events,
		Instruments: c.Instruments, Alerts: c.Alerts, Mails: c.Sent, Signals: c.Signals,
		Seconds: float64(time.Since(d.began).Milliseconds()) / 1000,
	}, err
}

// Close closes the service and takes the sites down.
func (d *Demo) Close() error {
	err := d.Service.Close()
	d.stop()
	return errors.Join(err, d.stopped())
}
