package pipeline

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/index"
)

// indexer follows the log into the search index. It differs from the other
// stages in one thing: its watermark lives inside the index, in the same batch
// as the documents.
type indexer struct {
	*Pipeline
	started bool
	at      corpus.Seq
	stored  corpus.Seq // the watermark inside the index
}

// The size of a batch is Bleve's lever: an article costs 8.7 ms alone and
// 1.0 ms among a thousand (measured). linger lets the reading of an article
// catch up with its text, so that most are indexed once and not twice.
const (
	indexBatch  = 1000
	indexLinger = 300 * time.Millisecond
)

// indexKinds are the changes after which an article looks different to search:
// its text, and what was made of it. An analysis alone is not: its placement
// follows at once.
var indexKinds = []corpus.Kind{corpus.KindRevision, corpus.KindPlacement}

func (x *indexer) run(ctx context.Context) error {
	pause := backoff.NewExponentialBackOff()
	pause.MaxInterval = 30 * time.Second
	for ctx.Err() == nil {
		progress, err := x.step(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			x.cfg.Logger.ErrorContext(ctx, "stage failed", "stage", "index", "err", err)
			x.metrics.failed("index")
			sleep(ctx, pause.NextBackOff())
		case progress:
			pause.Reset()
		default:
			if err := x.cfg.Store.Wait(ctx, x.at); err == nil {
				sleep(ctx, indexLinger)
			} else if ctx.Err() == nil {
				sleep(ctx, pause.NextBackOff())
			}
		}
	}
	return nil
}

func (x *indexer) drain(ctx context.Context) (bool, error) {
	worked := false
	for {
		progress, err := x.step(ctx)
		if err != nil || !progress {
			return worked, err
		}
		worked = true
	}
}

// catchUp indexes what there is. While more is coming it waits for a full
// batch.
func (x *indexer) catchUp(ctx context.Context, more bool) (bool, error) {
	for worked := false; ; worked = true {
		if more {
			waiting, err := x.cfg.Store.Changes(ctx, x.at, indexBatch, indexKinds...)
			if err != nil || len(waiting) < indexBatch {
				return worked, err
			}
		}
		if progress, err := x.step(ctx); err != nil || !progress {
			return worked, err
		}
	}
}

// step indexes one batch of changes. It reports whether there was one.
func (x *indexer) step(ctx context.Context) (bool, error) {
	if !x.started {
		mark, err := x.cfg.Index.Watermark()
		if err != nil {
			return false, err
		}
		x.at, x.stored, x.started = mark, mark, true
	}
	head, err := x.cfg.Store.Head(ctx)
	if err != nil {
		return false, err
	}
	changes, err := x.cfg.Store.Changes(ctx, x.at, indexBatch, indexKinds...)
	if err != nil {
		return false, err
	}
	if len(changes) == 0 {
		x.at = max(x.at, head.Seq)
		x.progress("index", x.at, head.Seq)
		return false, nil
	}
	began := time.Now()
	docs, err := x.documents(ctx, changes)
	if err != nil {
		return false, err
	}
	to := changes[len(changes)-1].Seq
	if err := x.cfg.Index.Apply(docs, to); err != nil {
		return false, err
	}
	x.at, x.stored = to, to
	x.metrics.done("index", len(changes), time.Since(began))
	x.progress("index", x.at, head.Seq)
	return true, nil
}

// documents returns the present state of each article among changes, once, and
// of those whose stories became one by them.
func (x *indexer) documents(ctx context.Context, changes []corpus.Change) ([]index.Document, error) {
	var articles []corpus.ArticleID
	seen := map[corpus.ArticleID]bool{}
	for _, c := range changes {
		article, err := x.articleOf(ctx, c)
		if err != nil {
			return nil, err
		}
		if !seen[article] {
			seen[article] = true
			articles = append(articles, article)
		}
	}
	moved, err := x.cfg.Store.Moved(ctx, articles)
	if err != nil {
		return nil, err
	}
	for _, article := range moved {
		if !seen[article] {
			seen[article] = true
			articles = append(articles, article)
		}
	}
	standings, err := x.cfg.Store.Standings(ctx, articles)
	if err != nil {
		return nil, err
	}
	docs := make([]index.Document, len(standings))
	for i, st := range standings {
		if docs[i], err = x.document(ctx, st); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

func (x *indexer) articleOf(ctx context.Context, c corpus.Change) (corpus.ArticleID, error) {
	if c.Kind == corpus.KindRevision {
		r, err := x.revision(ctx, c.Ref)
		return r.Article, err
	}
	p, err := x.placement(ctx, c.Ref)
	return p.Article, err
}

// document gathers what search knows of an article. One that has not been read
// yet is found by its words alone.
func (x *indexer) document(ctx context.Context, st store.Standing) (index.Document, error) {
	rev, err := recall(ctx, x.memory.revisions, st.Revision, x.cfg.Store.Revision)
	if err != nil {
		return index.Document{}, err
	}
	src := x.source(rev.Source)
	d := index.Document{
		Article: st.Article, Title: rev.Title, Body: rev.Body(), Source: rev.Source, Kind: src.Kind, Lang: rev.Lang,
		Status: rev.Status, PublishedAt: rev.PublishedAt, FirstSeenAt: rev.FirstSeenAt, Story: st.Story,
	}
	if st.Analysis == 0 {
		return d, nil
	}
	a, err := recall(ctx, x.memory.analyses, st.Analysis, x.cfg.Store.Analysis)
	if err != nil {
		return d, err
	}
	d.Score = a.Score
	for _, e := range a.Events {
		d.Types = append(d.Types, e.Type)
		d.Jurisdictions = append(d.Jurisdictions, e.Jurisdictions...)
		d.Regulators = append(d.Regulators, e.Regulators...)
		if e.Severity.Rank() > d.Severity.Rank() {
			d.Severity = e.Severity
		}
	}
	for _, i := range a.Instruments {
		d.Instruments = append(append(d.Instruments, string(i.ID)), i.Aliases...)
	}
	for _, e := range a.Entities {
		switch e.Kind {
		case corpus.EntityAsset:
			d.Assets = append(d.Assets, e.Symbol)
		case corpus.EntityExchange:
			d.Exchanges = append(d.Exchanges, e.Name)
		}
	}
	return d, nil
}
