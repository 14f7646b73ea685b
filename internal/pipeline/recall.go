package pipeline

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// memory keeps the rows that the stages look at one after another: an article
// that was just read is about to be placed, scored and indexed. These rows
// never change once written, so what is remembered is never stale; nobody may
// write to what it returns. They are remembered as they are written, once the
// transaction is durable, so that the next stage need not even read them.
type memory struct {
	revisions  *lru.Cache[corpus.RevisionID, corpus.Revision]
	analyses   *lru.Cache[corpus.AnalysisID, corpus.Analysis]
	placements *lru.Cache[corpus.PlacementID, corpus.Placement]
}

// remembered is how many rows of each kind are kept: more than are in flight
// between the first stage and the index, some megabytes in all.
const remembered = 1024

func newMemory() (*memory, error) {
	revisions, err := lru.New[corpus.RevisionID, corpus.Revision](remembered)
	if err != nil {
		return nil, err
	}
	analyses, err := lru.New[corpus.AnalysisID, corpus.Analysis](remembered)
	if err != nil {
		return nil, err
	}
	placements, err := lru.New[corpus.PlacementID, corpus.Placement](remembered)
	if err != nil {
		return nil, err
	}
	return &memory{revisions, analyses, placements}, nil
}

// revision returns a revision by the reference of its log entry.
func (p *Pipeline) revision(ctx context.Context, ref string) (corpus.Revision, error) {
	id, err := number(ref)
	if err != nil {
		return corpus.Revision{}, err
	}
	return recall(ctx, p.memory.revisions, corpus.RevisionID(id), p.cfg.Store.Revision)
}

// analysis returns an analysis by the reference of its log entry.
func (p *Pipeline) analysis(ctx context.Context, ref string) (corpus.Analysis, error) {
	id, err := number(ref)
	if err != nil {
		return corpus.Analysis{}, err
	}
	return recall(ctx, p.memory.analyses, corpus.AnalysisID(id), p.cfg.Store.Analysis)
}

// placement returns a placement by the reference of its log entry.
func (p *Pipeline) placement(ctx context.Context, ref string) (corpus.Placement, error) {
	id, err := number(ref)
	if err != nil {
		return corpus.Placement{}, err
	}
	return recall(ctx, p.memory.placements, corpus.PlacementID(id), p.cfg.Store.Placement)
}

// article returns the article that a revision is of.
func (p *Pipeline) article(ctx context.Context, r corpus.Revision) (corpus.Article, error) {
	if r.N > 1 {
		return p.cfg.Store.Article(ctx, r.Article)
	}
	return corpus.Article{ID: r.Article, Source: r.Source, URL: r.URL, Fragment: r.Fragment, FirstSeenAt: r.FirstSeenAt}, nil
}

// reading returns an analysis with the revision it was made from.
func (p *Pipeline) reading(ctx context.Context, id corpus.AnalysisID) (a corpus.Analysis, r corpus.Revision, err error) {
	if a, err = recall(ctx, p.memory.analyses, id, p.cfg.Store.Analysis); err != nil {
		return a, r, err
	}
	r, err = recall(ctx, p.memory.revisions, a.Revision, p.cfg.Store.Revision)
	return a, r, err
}

// keep remembers a row that is being written, from when it is durable.
func keep[ID comparable, Row any](tx *store.Tx, known *lru.Cache[ID, Row], id ID, row Row) {
	tx.OnCommit(func() { known.Add(id, row) })
}

func recall[ID comparable, Row any](ctx context.Context, known *lru.Cache[ID, Row], id ID, read func(context.Context, ID) (Row, error)) (Row, error) {
	if row, ok := known.Get(id); ok {
		return row, nil
	}
	row, err := read(ctx, id)
	if err != nil {
		return row, fmt.Errorf("row %v: %w", id, err)
	}
	known.Add(id, row)
	return row, nil
}
