package pipeline

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/regwire/regwire/corpus"
)

// memory keeps the rows that the stages look at one after another: an article
// that was just read is about to be placed, scored and indexed. Revisions and
// analyses never change once written, so what is remembered is never stale;
// nobody may write to what it returns.
type memory struct {
	revisions *lru.Cache[corpus.RevisionID, corpus.Revision]
	analyses  *lru.Cache[corpus.AnalysisID, corpus.Analysis]
}

// remembered is how many rows of each kind are kept: more than a batch of the
// largest kind in flight between two stages, some megabytes in all.
const remembered = 512

func newMemory() (*memory, error) {
	revisions, err := lru.New[corpus.RevisionID, corpus.Revision](remembered)
	if err != nil {
		return nil, err
	}
	analyses, err := lru.New[corpus.AnalysisID, corpus.Analysis](remembered)
	if err != nil {
		return nil, err
	}
	return &memory{revisions, analyses}, nil
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

// reading returns an analysis with the revision it was made from.
func (p *Pipeline) reading(ctx context.Context, id corpus.AnalysisID) (a corpus.Analysis, r corpus.Revision, err error) {
	if a, err = recall(ctx, p.memory.analyses, id, p.cfg.Store.Analysis); err != nil {
		return a, r, err
	}
	r, err = recall(ctx, p.memory.revisions, a.Revision, p.cfg.Store.Revision)
	return a, r, err
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
