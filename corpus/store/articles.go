package store

import (
	"context"
	"fmt"

	"github.com/regwire/regwire/corpus"
)

// revisionDoc is what nobody selects revisions by.
type revisionDoc struct {
	Authors []string       `json:"authors,omitempty"`
	Tags    []string       `json:"tags,omitempty"`
	Blocks  []corpus.Block `json:"blocks"`
	// Restless is missing in most.
	Restless []string `json:"restless,omitempty"`
}

const selectRevision = `SELECT r.id, r.article, r.n, r.capture, r.title, r.published_at, r.modified_at, r.lang, r.status, r.digest, r.first_seen_at, r.origin, r.doc,
	a.source, a.url, a.fragment FROM revisions r JOIN articles a ON a.id = r.article`

func (db *DB) scanRevision(s scanner) (r corpus.Revision, err error) {
	var doc []byte
	err = s.Scan(&r.ID, &r.Article, &r.N, &r.Capture, &r.Title, instant{&r.PublishedAt}, instant{&r.ModifiedAt}, &r.Lang, &r.Status, &r.Digest,
		instant{&r.FirstSeenAt}, &r.Origin, &doc, &r.Source, &r.URL, &r.Fragment)
	if err != nil {
		return r, err
	}
	var d revisionDoc
	if err := db.packer.unpack(doc, &d); err != nil {
		return r, err
	}
	r.Authors, r.Tags, r.Blocks, r.Restless = d.Authors, d.Tags, d.Blocks, d.Restless
	return r, nil
}

// Revise stores a draft as a new revision of its article, which it creates
// when it is the first. It returns the newest revision, and false, when the
// draft teaches nothing: because it says the same, or because it was made
// from an older capture than that revision (so parsing the whole record again
// never takes an article back to what it once said). An empty Status means
// published, an empty origin live.
func (tx *Tx) Revise(d corpus.Draft, capture corpus.CaptureID, origin corpus.Origin) (corpus.Revision, bool, error) {
	return tx.ReviseWhere(d, capture, origin, func(*corpus.Draft, corpus.Revision) (bool, error) { return true, nil })
}

// ReviseWhere is [Tx.Revise] for callers who judge themselves whether a draft
// that differs from the newest revision has anything to say: differs is asked
// about that revision, and not at all when the draft is the first, says the
// same to the letter, or comes of an older capture. It may note in the draft
// what is [corpus.Draft.Restless].
func (tx *Tx) ReviseWhere(d corpus.Draft, capture corpus.CaptureID, origin corpus.Origin, differs func(d *corpus.Draft, newest corpus.Revision) (bool, error)) (corpus.Revision, bool, error) {
	if d.Status == "" {
		d.Status = corpus.StatusPublished
	}
	article, digest := d.ArticleID(), d.ContentDigest()
	newest, known, err := one(tx.ctx, tx, func(s scanner) (n struct {
		id      corpus.RevisionID
		n       int
		capture corpus.CaptureID
		digest  string
	}, err error) {
		err = s.Scan(&n.id, &n.n, &n.capture, &n.digest)
		return n, err
	}, `SELECT id, n, capture, digest FROM revisions WHERE article = $1 ORDER BY n DESC LIMIT 1`, article)
	if err != nil {
		return corpus.Revision{}, false, fmt.Errorf("revise %s: %w", d.URL, err)
	}
	if known {
		old, _, err := revisionByID(tx.ctx, tx, newest.id)
		if err != nil {
			return corpus.Revision{}, false, fmt.Errorf("revise %s: %w", d.URL, err)
		}
		if newest.digest == digest || newest.capture > capture {
			return old, false, nil
		}
		if real, err := differs(&d, old); err != nil || !real {
			return old, false, err
		}
	}
	r := corpus.Revision{Article: article, N: newest.n + 1, Capture: capture, Draft: d, Digest: digest, Origin: origin}
	if err := tx.insertRevision(&r); err != nil {
		return corpus.Revision{}, false, fmt.Errorf("revise %s: %w", d.URL, err)
	}
	return r, true, nil
}

// insertRevision stores r, and its article when r is the first, and appends it
// to the log.
func (tx *Tx) insertRevision(r *corpus.Revision) error {
	seq, at := tx.next()
	r.ID, r.FirstSeenAt = corpus.RevisionID(seq), at
	if r.Origin == "" {
		r.Origin = corpus.OriginLive
	}
	r.PublishedAt, r.ModifiedAt = micro(r.PublishedAt), micro(r.ModifiedAt)
	if r.N == 1 {
		_, err := tx.exec(`INSERT INTO articles (id, source, url, page, fragment, first_seen_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.Article, r.Source, r.URL, page(r.Source, r.URL), r.Fragment, r.FirstSeenAt)
		if err != nil {
			return err
		}
	}
	rest := revisionDoc{r.Authors, r.Tags, r.Blocks, r.Restless}
	doc, err := pack(tx.db.packer, &rest)
	if err != nil {
		return err
	}
	r.Authors, r.Tags, r.Blocks, r.Restless = rest.Authors, rest.Tags, rest.Blocks, rest.Restless
	r.Title, r.Lang = clean(r.Title), clean(r.Lang)
	_, err = tx.exec(`INSERT INTO revisions (id, article, n, capture, title, published_at, modified_at, lang, status, digest, first_seen_at, origin, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		r.ID, r.Article, r.N, r.Capture, r.Title, r.PublishedAt, r.ModifiedAt, r.Lang, r.Status, r.Digest, r.FirstSeenAt, r.Origin, doc)
	if err != nil {
		return err
	}
	tx.append(corpus.KindRevision, r.ID.String(), at)
	return nil
}

// Withdraw records that a page is no longer there: each article that has this
// URL, or whose newest revision was read from a capture of it, gets a further
// revision with the old text and the status withdrawn. Articles that are
// withdrawn already, or have been seen since capture, are left as they are.
// It returns the new revisions.
func (tx *Tx) Withdraw(source corpus.SourceID, url string, capture corpus.CaptureID, origin corpus.Origin) ([]corpus.Revision, error) {
	newest, err := all(tx.ctx, tx, tx.db.scanRevision, selectRevision+` JOIN captures c ON c.id = r.capture
		WHERE (a.page = $1 OR a.id IN (SELECT x.article FROM revisions x JOIN captures y ON y.id = x.capture WHERE y.page = $1))
		AND (a.page = $1 OR c.page = $1) AND r.capture < $2 AND r.status <> 'withdrawn'
		AND NOT EXISTS (SELECT 1 FROM revisions later WHERE later.article = r.article AND later.n > r.n)
		ORDER BY r.id`, page(source, url), capture)
	if err != nil {
		return nil, fmt.Errorf("withdraw %s: %w", url, err)
	}
	for i := range newest {
		r := &newest[i]
		r.N++
		r.Capture, r.Status, r.Origin = capture, corpus.StatusWithdrawn, origin
		r.Digest = r.Draft.ContentDigest()
		if err := tx.insertRevision(r); err != nil {
			return nil, fmt.Errorf("withdraw %s: %w", url, err)
		}
	}
	return newest, nil
}

func revisionByID(ctx context.Context, q querier, id corpus.RevisionID) (corpus.Revision, bool, error) {
	return one(ctx, q, q.store().scanRevision, selectRevision+` WHERE r.id = $1`, id)
}

func revisionsOf(ctx context.Context, q querier, id corpus.ArticleID) ([]corpus.Revision, error) {
	out, err := all(ctx, q, q.store().scanRevision, selectRevision+` WHERE r.article = $1 ORDER BY r.n`, id)
	if err != nil {
		return nil, fmt.Errorf("list revisions of %s: %w", id, err)
	}
	return out, nil
}

// Revision returns a revision.
func (db *DB) Revision(ctx context.Context, id corpus.RevisionID) (corpus.Revision, error) {
	r, ok, err := revisionByID(ctx, db, id)
	return found("revision", id, r, ok, err)
}

// Revisions lists the revisions of an article, oldest first.
func (db *DB) Revisions(ctx context.Context, id corpus.ArticleID) ([]corpus.Revision, error) {
	return revisionsOf(ctx, db, id)
}

// RevisionsOf lists the revisions of an article, oldest first.
func (tx *Tx) RevisionsOf(id corpus.ArticleID) ([]corpus.Revision, error) {
	return revisionsOf(tx.ctx, tx, id)
}

// LatestRevision returns the newest revision of an article.
func (db *DB) LatestRevision(ctx context.Context, id corpus.ArticleID) (corpus.Revision, error) {
	r, ok, err := one(ctx, db, db.scanRevision, selectRevision+` WHERE r.article = $1 ORDER BY r.n DESC LIMIT 1`, id)
	return found("revision of article", id, r, ok, err)
}

// Standing is where an article stands: what a reader of the whole record would
// be shown of it.
type Standing struct {
	Article  corpus.ArticleID
	Revision corpus.RevisionID // the newest
	Analysis corpus.AnalysisID // the last of the newest revision that was analysed; 0 when none was
	Story    corpus.StoryID    // "" before it was placed
}

// Standings returns where each of the given articles stands, in any order.
func (db *DB) Standings(ctx context.Context, ids []corpus.ArticleID) ([]Standing, error) {
	out, err := all(ctx, db, func(s scanner) (st Standing, err error) {
		err = s.Scan(&st.Article, &st.Revision, &st.Analysis, &st.Story)
		return st, err
	}, `SELECT a.id,
		(SELECT max(r.id) FROM revisions r WHERE r.article = a.id),
		coalesce((SELECT x.id FROM revisions r JOIN analyses x ON x.revision = r.id WHERE r.article = a.id ORDER BY r.n DESC, x.id DESC LIMIT 1), 0),
		coalesce((SELECT m.story FROM story_members m WHERE m.article = a.id), '')
		FROM articles a WHERE `+db.dialect.in(`a.id`, `$1`), texts(ids))
	if err != nil {
		return nil, fmt.Errorf("read where articles stand: %w", err)
	}
	return out, nil
}

// Article returns an article.
func (db *DB) Article(ctx context.Context, id corpus.ArticleID) (corpus.Article, error) {
	a, ok, err := one(ctx, db, func(s scanner) (a corpus.Article, err error) {
		err = s.Scan(&a.ID, &a.Source, &a.URL, &a.Fragment, instant{&a.FirstSeenAt})
		return a, err
	}, `SELECT id, source, url, fragment, first_seen_at FROM articles WHERE id = $1`, id)
	return found("article", id, a, ok, err)
}
