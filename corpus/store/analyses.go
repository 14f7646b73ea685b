package store

import (
	"cmp"
	"context"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

const analysisColumns = `id, article, revision, at, origin, doc`

func (db *DB) scanAnalysis(s scanner) (a corpus.Analysis, err error) {
	var doc []byte
	if err := s.Scan(&a.ID, &a.Article, &a.Revision, instant{&a.At}, &a.Origin, &doc); err != nil {
		return a, err
	}
	err = db.packer.unpack(doc, &a)
	return a, err
}

// AddAnalysis stores what one version of one analyser read out of a revision
// and appends it to the log. It returns the stored one, and false, when that
// version has read that revision before. An empty Origin means live.
//
// What is returned of a new one is what will be read, so it may be kept (see
// [Tx.OnCommit]); the same holds for placements, revisions and events.
func (tx *Tx) AddAnalysis(a corpus.Analysis) (corpus.Analysis, bool, error) {
	article, revision, origin := a.Article, a.Revision, cmp.Or(a.Origin, corpus.OriginLive)
	doc, err := pack(tx.db.packer, &a)
	if err != nil {
		return a, false, fmt.Errorf("add analysis of revision %s: %w", revision, err)
	}
	seq, at := tx.next()
	a.ID, a.Article, a.Revision, a.At, a.Origin = corpus.AnalysisID(seq), article, revision, at, origin
	n, err := tx.exec(`INSERT INTO analyses (id, article, revision, analyzer, version, at, origin, lang, score, label, confidence, regulatory, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (revision, analyzer, version) DO NOTHING`,
		a.ID, a.Article, a.Revision, a.Analyzer, a.Version, a.At, a.Origin, a.Lang, a.Score, a.Label, a.Confidence, a.Regulatory, doc)
	if err != nil {
		return a, false, fmt.Errorf("add analysis of revision %s: %w", a.Revision, err)
	}
	if n == 0 {
		old, _, err := one(tx.ctx, tx, tx.db.scanAnalysis, `SELECT `+analysisColumns+` FROM analyses WHERE revision = $1 AND analyzer = $2 AND version = $3`,
			a.Revision, a.Analyzer, a.Version)
		if err != nil {
			return a, false, fmt.Errorf("add analysis of revision %s: %w", a.Revision, err)
		}
		return old, false, nil
	}
	tx.append(corpus.KindAnalysis, a.ID.String(), at)
	return a, true, nil
}

// Analysis returns an analysis.
func (tx *Tx) Analysis(id corpus.AnalysisID) (corpus.Analysis, bool, error) {
	a, ok, err := analysisByID(tx.ctx, tx, id)
	if err != nil {
		return a, false, fmt.Errorf("read analysis %s: %w", id, err)
	}
	return a, ok, nil
}

func analysisByID(ctx context.Context, q querier, id corpus.AnalysisID) (corpus.Analysis, bool, error) {
	return one(ctx, q, q.store().scanAnalysis, `SELECT `+analysisColumns+` FROM analyses WHERE id = $1`, id)
}

// Analysis returns an analysis.
func (db *DB) Analysis(ctx context.Context, id corpus.AnalysisID) (corpus.Analysis, error) {
	a, ok, err := analysisByID(ctx, db, id)
	return found("analysis", id, a, ok, err)
}

// Analyses lists the analyses of a revision, oldest first.
func (db *DB) Analyses(ctx context.Context, id corpus.RevisionID) ([]corpus.Analysis, error) {
	out, err := all(ctx, db, db.scanAnalysis, `SELECT `+analysisColumns+` FROM analyses WHERE revision = $1 ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("list analyses of revision %s: %w", id, err)
	}
	return out, nil
}

// LatestAnalysis returns the last analysis of the newest revision of an
// article that has been analysed.
func (db *DB) LatestAnalysis(ctx context.Context, id corpus.ArticleID) (corpus.Analysis, error) {
	a, ok, err := one(ctx, db, db.scanAnalysis, `SELECT `+analysisColumns+` FROM analyses
		WHERE revision = (SELECT max(r.id) FROM revisions r WHERE r.article = $1 AND EXISTS (SELECT 1 FROM analyses x WHERE x.revision = r.id))
		ORDER BY id DESC LIMIT 1`, id)
	return found("analysis of article", id, a, ok, err)
}

const placementColumns = `id, analysis, article, story, similarity, novelty_key, novelty_days, novelty_weight, events, at, origin`

func (db *DB) scanPlacement(s scanner) (p corpus.Placement, err error) {
	var events []byte
	err = s.Scan(&p.ID, &p.Analysis, &p.Article, &p.Story, &p.Similarity, &p.Novelty.Key, &p.Novelty.Days, &p.Novelty.Weight, &events, instant{&p.At}, &p.Origin)
	if err != nil {
		return p, err
	}
	err = db.packer.unpack(events, &p.Events)
	return p, err
}

// AddPlacement stores where an analysis took its place and appends it to the
// log. It returns the stored one, and false, when that analysis has been
// placed before. An empty Origin means live.
func (tx *Tx) AddPlacement(p corpus.Placement) (corpus.Placement, bool, error) {
	seq, at := tx.next()
	p.ID, p.At = corpus.PlacementID(seq), at
	if p.Origin == "" {
		p.Origin = corpus.OriginLive
	}
	events, err := pack(tx.db.packer, &p.Events)
	if err != nil {
		return p, false, fmt.Errorf("add placement of analysis %s: %w", p.Analysis, err)
	}
	n, err := tx.exec(`INSERT INTO placements (`+placementColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (analysis) DO NOTHING`,
		p.ID, p.Analysis, p.Article, p.Story, p.Similarity, p.Novelty.Key, p.Novelty.Days, p.Novelty.Weight, events, p.At, p.Origin)
	if err != nil {
		return p, false, fmt.Errorf("add placement of analysis %s: %w", p.Analysis, err)
	}
	if n == 0 {
		old, _, err := tx.PlacementOf(p.Analysis)
		return old, false, err
	}
	tx.append(corpus.KindPlacement, p.ID.String(), at)
	return p, true, nil
}

// PlacementOf returns the placement of an analysis.
func (tx *Tx) PlacementOf(id corpus.AnalysisID) (corpus.Placement, bool, error) {
	p, ok, err := one(tx.ctx, tx, tx.db.scanPlacement, `SELECT `+placementColumns+` FROM placements WHERE analysis = $1`, id)
	if err != nil {
		return p, false, fmt.Errorf("read placement of analysis %s: %w", id, err)
	}
	return p, ok, nil
}

// LastPlacement returns the placement of an article that was stored last.
func (tx *Tx) LastPlacement(id corpus.ArticleID) (corpus.Placement, bool, error) {
	p, ok, err := one(tx.ctx, tx, tx.db.scanPlacement, `SELECT `+placementColumns+` FROM placements WHERE article = $1 ORDER BY id DESC LIMIT 1`, id)
	if err != nil {
		return p, false, fmt.Errorf("read placement of article %s: %w", id, err)
	}
	return p, ok, nil
}

// Placement returns a placement.
func (db *DB) Placement(ctx context.Context, id corpus.PlacementID) (corpus.Placement, error) {
	p, ok, err := one(ctx, db, db.scanPlacement, `SELECT `+placementColumns+` FROM placements WHERE id = $1`, id)
	return found("placement", id, p, ok, err)
}
