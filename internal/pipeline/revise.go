package pipeline

import (
	"context"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/parse"
)

const (
	// pastCaptures is how many earlier captures of a page are looked at to
	// learn what changes on it all the time.
	pastCaptures = 5
	// pastGap is the longest time between two captures that still follow one
	// another closely. A figure that moves each quarter is news; one that moves
	// whenever we look is not.
	pastGap = 72 * time.Hour
	// maxPast is the largest page that is read again for that, in bytes.
	maxPast = 1 << 20
)

// revise stores what a capture gave. A draft that differs from the newest
// revision only by its churn is none.
func (p *Pipeline) revise(ctx context.Context, tx *store.Tx, page parsed, origin corpus.Origin) error {
	if gone(page.capture.Status) {
		_, err := tx.Withdraw(page.capture.Source, page.capture.URL, page.capture.ID, origin)
		return err
	}
	for _, d := range page.drafts {
		r, isNew, err := tx.ReviseWhere(d, page.capture.ID, origin, func(d *corpus.Draft, newest corpus.Revision) (bool, error) {
			return p.differs(ctx, tx, page.capture, newest, d)
		})
		if err != nil {
			return err
		}
		if isNew && r.N == 1 { // later ones may be read under another address
			keep(tx, p.memory.revisions, r.ID, r)
		}
	}
	return p.withdrawItems(ctx, tx, page, origin)
}

// differs reports whether a draft says anything that the newest revision does
// not. The page's past is asked last, and only where it could explain some of
// it; what it shows to be restless is noted in the draft, for whoever shows
// the rest.
func (p *Pipeline) differs(ctx context.Context, tx *store.Tx, c corpus.Capture, newest corpus.Revision, d *corpus.Draft) (bool, error) {
	status := d.Status != newest.Status && !(d.Status == "" && newest.Status == corpus.StatusPublished)
	changed := redline.Of(newest.Draft, *d)
	if len(changed) == 0 {
		return status, nil
	}
	if !redline.Learnable(changed) || len(c.Body) > maxPast {
		return true, nil
	}
	past, err := p.past(ctx, tx, c, d.ArticleID())
	if err != nil || len(past) < redline.MinPast {
		return true, err
	}
	d.Restless = redline.Restless(newest.Draft, *d, past)
	return status || len(redline.Of(newest.Draft, *d)) > 0, nil
}

// past reads an article in the captures of its page before c, oldest first, as
// far back as they follow one another closely.
func (p *Pipeline) past(ctx context.Context, tx *store.Tx, c corpus.Capture, id corpus.ArticleID) ([]corpus.Draft, error) {
	earlier, err := tx.CapturesBefore(c.Source, c.URL, c.ID, pastCaptures)
	if err != nil {
		return nil, err
	}
	var out []corpus.Draft
	at := c.FetchedAt
	for _, e := range earlier {
		if at.Sub(e.FetchedAt) > pastGap || gone(e.Status) || len(e.Body) > maxPast {
			break
		}
		at = e.FetchedAt
		read, err := p.readPage(ctx, e)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			break // it could not be read then either
		}
		found := false
		for _, d := range read.Drafts {
			if d.ArticleID() == id {
				out, found = append([]corpus.Draft{d}, out...), true
				break
			}
		}
		if !found {
			break
		}
	}
	return out, nil
}

// readPage parses a capture with the rules of its source, and with the pages
// on which its article goes on, as they were then. A further page says nothing
// by itself: it is read with the first.
func (p *Pipeline) readPage(ctx context.Context, c corpus.Capture) (parse.Result, error) {
	if c.Item.PageOf != "" {
		if len(c.Item.Pages) == 0 {
			return parse.Result{}, nil
		}
		first, err := p.cfg.Store.CapturesBefore(ctx, c.Source, c.Item.PageOf, c.ID, 1)
		if err != nil || len(first) == 0 || gone(first[0].Status) {
			return parse.Result{}, err
		}
		pages := c.Item.Pages
		id := c.ID
		c = first[0]
		c.Item.Pages, c.ID = pages, id
	}
	var further []corpus.Capture
	for _, u := range c.Item.Pages {
		page, err := p.cfg.Store.CapturesBefore(ctx, c.Source, u, c.ID+1, 1)
		if err != nil {
			return parse.Result{}, err
		}
		further = append(further, page...)
	}
	return p.cfg.Parser.Read(ctx, c, p.source(c.Source), further...)
}

// noteRules keeps how the source's own selectors did on a page.
func (p *Pipeline) noteRules(tx *store.Tx, page parsed) error {
	if len(page.rules) == 0 {
		return nil
	}
	for rule, matched := range page.rules {
		p.metrics.rule(page.capture.Source, rule, matched)
	}
	return tx.NoteRules(page.capture, page.rules)
}
