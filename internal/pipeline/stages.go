package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/parse"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/story"
)

// panicError is a bug of ours, caught where it cannot stop the rest.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func stack() string { return string(debug.Stack()) }

// parsed is what a capture gave.
type parsed struct {
	capture corpus.Capture
	drafts  []corpus.Draft
	teasers []string        // see [parse.Result]
	rules   map[string]bool // see [parse.Result]
}

// parse turns captures into revisions. A page that holds no article, or cannot
// be read, is parked with its reason; its bytes are kept.
func (p *Pipeline) parse(ctx context.Context, changes []corpus.Change) (commit, error) {
	return p.parseAs(ctx, changes, "")
}

// parseAs parses, and labels what is new with origin, or with that of each
// capture when it is empty.
func (p *Pipeline) parseAs(ctx context.Context, changes []corpus.Change, origin corpus.Origin) (commit, error) {
	pages, errs := each(ctx, changes, func(ctx context.Context, c corpus.Change) (parsed, error) {
		id, err := number(c.Ref)
		if err != nil {
			return parsed{}, err
		}
		page := parsed{}
		if page.capture, err = p.cfg.Store.Capture(ctx, corpus.CaptureID(id)); err != nil {
			return page, err
		}
		if gone(page.capture.Status) {
			return page, nil
		}
		read, err := p.readPage(ctx, page.capture)
		page.drafts, page.teasers, page.rules = read.Drafts, read.Teasers, read.Rules
		return page, err
	})
	parks, err := p.parks("parse", changes, errs, parseReason)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		for _, page := range pages {
			if err := p.noteRules(tx, page); err != nil {
				return err
			}
			if err := p.revise(ctx, tx, page, cmp.Or(origin, page.capture.Origin)); err != nil {
				return err
			}
		}
		return parkAll(tx, parks)
	}, nil
}

func gone(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }

// parseReason says why a page was parked.
func parseReason(err error) (Reason, bool) {
	var refused *parse.Error
	switch {
	case errors.Is(err, parse.ErrNotArticle):
		return ReasonNotArticle, true
	case errors.As(err, &refused):
		return ReasonUnreadable, true
	}
	return "", false
}

// analyze reads revisions: who and what they are about, what happened, how it
// bears on whom.
func (p *Pipeline) analyze(ctx context.Context, changes []corpus.Change) (commit, error) {
	readings, errs := each(ctx, changes, func(ctx context.Context, c corpus.Change) (corpus.Analysis, error) {
		rev, err := p.revision(ctx, c.Ref)
		if err != nil {
			return corpus.Analysis{}, err
		}
		return p.read(rev), nil
	})
	parks, err := p.parks("analyze", changes, errs, nil)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		for i, a := range readings {
			if errs[i] != nil {
				continue
			}
			a, isNew, err := tx.AddAnalysis(a)
			if err != nil {
				return err
			}
			if isNew {
				keep(tx, p.memory.analyses, a.ID, a)
			}
		}
		return parkAll(tx, parks)
	}, nil
}

// read is the local analyser's reading of a revision.
func (p *Pipeline) read(rev corpus.Revision) corpus.Analysis {
	a := p.cfg.Analyzer.Analyze(p.text(rev))
	a.Article, a.Revision, a.Origin = rev.Article, rev.ID, rev.Origin
	return a
}

// text is a revision as analysers take it.
func (p *Pipeline) text(rev corpus.Revision) corpus.Text {
	return corpus.Text{
		ID: rev.ID.String(), Title: rev.Title, Body: rev.Body(), Lang: rev.Lang,
		PublishedAt: rev.PublishedAt, URL: rev.URL, Source: p.source(rev.Source),
	}
}

// place finds each analysis its place among all that is known: its story, how
// new it is, which happening it tells of, what it says about instruments.
func (p *Pipeline) place(ctx context.Context, changes []corpus.Change) (commit, error) {
	var inputs []story.Input
	for _, c := range changes {
		a, err := p.analysis(ctx, c.Ref)
		if err != nil {
			return nil, err
		}
		in := story.Input{Analysis: a}
		if _, in.Revision, err = p.reading(ctx, a.ID); err != nil {
			return nil, err
		}
		if in.Article, err = p.article(ctx, in.Revision); err != nil {
			return nil, err
		}
		in.Source = p.source(in.Article.Source)
		inputs = append(inputs, in)
	}
	return func(tx *store.Tx) error {
		for _, in := range inputs {
			out, err := p.cfg.Clusterer.Place(tx, in)
			if err != nil {
				return err
			}
			if out.Stale {
				continue
			}
			placed, isNew, err := tx.AddPlacement(out.Placement)
			if err != nil {
				return err
			}
			if isNew {
				keep(tx, p.memory.placements, placed.ID, placed)
			}
		}
		return nil
	}, nil
}

// signal moves the indices of every target that a placed reading speaks of.
func (p *Pipeline) signal(ctx context.Context, changes []corpus.Change) (commit, error) {
	var inputs []signal.Input
	for _, c := range changes {
		in, err := p.signalInput(ctx, c.Ref)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	return func(tx *store.Tx) error {
		for _, in := range inputs {
			if _, err := p.cfg.Engine.Update(tx, in); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (p *Pipeline) signalInput(ctx context.Context, ref string) (in signal.Input, err error) {
	if in.Placement, err = p.placement(ctx, ref); err != nil {
		return in, err
	}
	if in.Analysis, in.Revision, err = p.reading(ctx, in.Placement.Analysis); err != nil {
		return in, err
	}
	if in.Article, err = p.article(ctx, in.Revision); err != nil {
		return in, err
	}
	in.Source = p.source(in.Article.Source)
	return in, nil
}

// alert matches new versions of events against the rules. The decision, and
// the mail it promises, are stored together.
func (p *Pipeline) alert(ctx context.Context, changes []corpus.Change) (commit, error) {
	var events []corpus.Event
	for _, c := range changes {
		e, err := p.cfg.Store.EventAt(ctx, c.Seq)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return func(tx *store.Tx) error {
		for _, e := range events {
			decisions, mails, err := p.cfg.Matcher.Match(tx, e, time.Now().UTC())
			if err != nil {
				return err
			}
			for _, d := range decisions {
				if _, err := tx.AddAlert(d); err != nil {
					return err
				}
			}
			for _, n := range mails {
				if _, _, err := tx.AddNotification(n); err != nil {
					return err
				}
			}
		}
		return nil
	}, nil
}

// parks turns the errors of single changes into parked work. An error that
// reason does not know ends the batch instead: the database, most likely, and
// worth another attempt.
func (p *Pipeline) parks(stage string, changes []corpus.Change, errs []error, reason func(error) (Reason, bool)) ([]corpus.Parked, error) {
	var parks []corpus.Parked
	for i, err := range errs {
		if err == nil {
			continue
		}
		var why Reason
		known := false
		var bug *panicError
		if errors.As(err, &bug) {
			why, known = ReasonPanic, true
			p.cfg.Logger.Error("bug", "stage", stage, "ref", changes[i].Ref, "reason", why, "err", err, "stack", bug.stack)
		} else if reason != nil {
			why, known = reason(err)
		}
		if !known {
			return nil, fmt.Errorf("%s %s: %w", changes[i].Kind, changes[i].Ref, err)
		}
		p.metrics.parked(stage, why)
		parks = append(parks, corpus.Parked{Stage: stage, Ref: changes[i].Ref, Reason: string(why), Detail: err.Error(), Attempts: 1})
	}
	return parks, nil
}

func parkAll(tx *store.Tx, parks []corpus.Parked) error {
	for _, k := range parks {
		if err := tx.Park(k); err != nil {
			return err
		}
	}
	return nil
}

func number(ref string) (int64, error) {
	n, err := strconv.ParseInt(ref, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("log entry refers to %q, not to a row: %w", ref, err)
	}
	return n, nil
}
