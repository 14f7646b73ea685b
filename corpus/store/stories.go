package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// PutMember puts an article into a story, or changes its place, with the
// sketch by which later articles find it: bands are looked up by [Tx.Near],
// the sketch is handed back as it is. The first member makes the story and is
// its representative.
func (tx *Tx) PutMember(story corpus.StoryID, m corpus.Member, bands []uint64, sketch []byte) error {
	if sketch == nil {
		sketch = []byte{}
	}
	_, err := tx.exec(`INSERT INTO stories (id, title, representative, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (id) DO UPDATE SET last_seen_at = CASE WHEN excluded.last_seen_at > stories.last_seen_at THEN excluded.last_seen_at ELSE stories.last_seen_at END`,
		story, m.Title, m.Article, m.FirstSeenAt)
	if err != nil {
		return fmt.Errorf("put %s into story %s: %w", m.Article, story, err)
	}
	args := []any{m.Article, story, m.Source, m.URL, m.Title, m.Similarity, m.PublishedAt, m.FirstSeenAt, sketch, packBands(bands)}
	added, err := tx.exec(`INSERT INTO story_members (article, story, source, url, title, similarity, published_at, first_seen_at, sketch, bands)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (article) DO NOTHING`, slices.Clone(args)...)
	if err == nil && added == 0 {
		if err = tx.dropBands(m.Article); err == nil {
			_, err = tx.exec(`UPDATE story_members SET story = $2, source = $3, url = $4, title = $5, similarity = $6, published_at = $7,
				first_seen_at = $8, sketch = $9, bands = $10 WHERE article = $1`, args...)
		}
	}
	if err == nil {
		err = tx.putBands(m, bands)
	}
	if err != nil {
		return fmt.Errorf("put %s into story %s: %w", m.Article, story, err)
	}
	return nil
}

// putBands writes the bands of an article in one statement: there are as many
// for every article.
func (tx *Tx) putBands(m corpus.Member, bands []uint64) error {
	var rows []any
	for _, b := range bands {
		rows = append(rows, int64(b), m.FirstSeenAt, m.Article)
	}
	return tx.insert(`story_bands (band, first_seen_at, article)`, 3, rows)
}

// dropBands takes an article out of story_bands. Few articles ever change
// their place, so the member knows its bands instead of an index knowing them.
func (tx *Tx) dropBands(article corpus.ArticleID) error {
	type place struct {
		seen  time.Time
		bands []byte
	}
	old, _, err := one(tx.ctx, tx, func(s scanner) (p place, err error) {
		err = s.Scan(instant{&p.seen}, &p.bands)
		return p, err
	}, `SELECT first_seen_at, bands FROM story_members WHERE article = $1`, article)
	if err != nil {
		return err
	}
	for b := range slices.Chunk(old.bands, 8) {
		_, err := tx.exec(`DELETE FROM story_bands WHERE band = $1 AND first_seen_at = $2 AND article = $3`, int64(binary.BigEndian.Uint64(b)), old.seen, article)
		if err != nil {
			return err
		}
	}
	return nil
}

func packBands(bands []uint64) []byte {
	b := make([]byte, 0, 8*len(bands))
	for _, v := range bands {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return b
}

// MergeStories moves the articles of one story into another, which keeps its
// representative. The first ends: asked for by its identifier, the other is
// found. by is the article that showed them to be one.
func (tx *Tx) MergeStories(into, from corpus.StoryID, by corpus.ArticleID) error {
	for _, q := range []string{
		`UPDATE story_members SET story = $1 WHERE story = $2`,
		`UPDATE stories SET merged_into = $1, merged_by = $3 WHERE id = $2`,
		`UPDATE stories SET merged_into = $1 WHERE merged_into = $2`,
		`UPDATE stories SET first_seen_at = (SELECT min(s.first_seen_at) FROM stories s WHERE s.id IN ($1, $2)),
			last_seen_at = (SELECT max(s.last_seen_at) FROM stories s WHERE s.id IN ($1, $2)) WHERE id = $1`,
	} {
		args := []any{into, from}
		if strings.Contains(q, "$3") {
			args = append(args, by)
		}
		if _, err := tx.exec(q, args...); err != nil {
			return fmt.Errorf("merge story %s into %s: %w", from, into, err)
		}
	}
	return nil
}

// Moved returns the articles whose story is another since one of articles was
// placed, and that one's companions: of stories that ended by it.
func (db *DB) Moved(ctx context.Context, articles []corpus.ArticleID) ([]corpus.ArticleID, error) {
	var out []corpus.ArticleID
	for part := range slices.Chunk(articles, 500) {
		marks, args := make([]string, len(part)), make([]any, len(part))
		for i, a := range part {
			marks[i], args[i] = "$"+strconv.Itoa(i+1), a
		}
		moved, err := all(ctx, db, value[corpus.ArticleID], `SELECT m.article FROM story_members m
			WHERE m.story IN (SELECT merged_into FROM stories WHERE merged_by IN (`+strings.Join(marks, ", ")+`)) ORDER BY m.article`, args...)
		if err != nil {
			return nil, fmt.Errorf("read what stories took in: %w", err)
		}
		out = append(out, moved...)
	}
	return out, nil
}

// SetRepresentative names the article that stands for a story, and the
// story's title.
func (tx *Tx) SetRepresentative(story corpus.StoryID, article corpus.ArticleID, title string) error {
	n, err := tx.exec(`UPDATE stories SET representative = $1, title = $2 WHERE id = $3`, article, title, story)
	if err != nil {
		return fmt.Errorf("set representative of story %s: %w", story, err)
	}
	if n == 0 {
		return fmt.Errorf("set representative of story %s: %w", story, corpus.ErrNotFound)
	}
	return nil
}

// Representative returns the article that stands for a story, "" for a story
// that is not known.
func (tx *Tx) Representative(story corpus.StoryID) (corpus.ArticleID, error) {
	id, _, err := one(tx.ctx, tx, value[corpus.ArticleID], `SELECT representative FROM stories WHERE id = $1`, story)
	if err != nil {
		return id, fmt.Errorf("read representative of story %s: %w", story, err)
	}
	return id, nil
}

// Member returns the story an article belongs to and its place in it.
func (tx *Tx) Member(id corpus.ArticleID) (corpus.StoryID, corpus.Member, bool, error) {
	type place struct {
		story  corpus.StoryID
		member corpus.Member
	}
	p, ok, err := one(tx.ctx, tx, func(s scanner) (p place, err error) {
		p.member, err = scanMember(s, &p.story)
		return p, err
	}, `SELECT `+memberColumns+`, story FROM story_members WHERE article = $1`, id)
	if err != nil {
		return "", corpus.Member{}, false, fmt.Errorf("read place of article %s: %w", id, err)
	}
	return p.story, p.member, ok, nil
}

// Near returns the articles that share at least one of bands, each once, by
// identifier. Of one band it looks only at the perBand articles seen first
// latest (by FirstSeenAt, then identifier), so that a boilerplate text shared
// by thousands costs no more than any other.
func (tx *Tx) Near(bands []uint64, perBand int) ([]corpus.Near, error) {
	if len(bands) == 0 {
		return nil, nil
	}
	args := []any{perBand}
	parts := make([]string, len(bands))
	for i, b := range bands {
		args = append(args, int64(b))
		parts[i] = `SELECT article FROM (SELECT article FROM story_bands WHERE band = $` + strconv.Itoa(i+2) + ` ORDER BY first_seen_at DESC, article DESC LIMIT $1) AS b` + strconv.Itoa(i)
	}
	out, err := all(tx.ctx, tx, func(s scanner) (n corpus.Near, err error) {
		err = s.Scan(&n.Article, &n.Story, &n.Sketch, instant{&n.PublishedAt}, instant{&n.FirstSeenAt})
		return n, err
	}, `SELECT article, story, sketch, published_at, first_seen_at FROM story_members
		WHERE article IN (`+strings.Join(parts, ` UNION ALL `)+`) ORDER BY article`, args...)
	if err != nil {
		return nil, fmt.Errorf("find neighbours: %w", err)
	}
	return out, nil
}

const memberColumns = `article, source, url, title, similarity, published_at, first_seen_at`

func scanMember(s scanner, more ...any) (m corpus.Member, err error) {
	err = s.Scan(append([]any{&m.Article, &m.Source, &m.URL, &m.Title, &m.Similarity, instant{&m.PublishedAt}, instant{&m.FirstSeenAt}}, more...)...)
	return m, err
}

const selectStory = `SELECT s.id, s.title, s.representative, s.first_seen_at, s.last_seen_at FROM stories s`

func story(ctx context.Context, q querier, query string, arg any) (corpus.Story, bool, error) {
	st, ok, err := one(ctx, q, func(s scanner) (st corpus.Story, err error) {
		err = s.Scan(&st.ID, &st.Title, &st.Representative, instant{&st.FirstSeenAt}, instant{&st.LastSeenAt})
		return st, err
	}, query, arg)
	if err != nil || !ok {
		return st, false, err
	}
	st.Articles, err = all(ctx, q, func(s scanner) (corpus.Member, error) { return scanMember(s) },
		`SELECT `+memberColumns+` FROM story_members WHERE story = $1 ORDER BY first_seen_at, article`, st.ID)
	return st, err == nil, err
}

// byStory finds a story by its identifier, also after it ended in another.
const byStory = ` WHERE s.id = (SELECT COALESCE(merged_into, id) FROM stories WHERE id = $1)`

// Story returns a story with its members in order of arrival. One that ended
// in another returns the other.
func (db *DB) Story(ctx context.Context, id corpus.StoryID) (corpus.Story, error) {
	st, ok, err := story(ctx, db, selectStory+byStory, id)
	return found("story", id, st, ok, err)
}

// StoryOf returns the story an article belongs to.
func (db *DB) StoryOf(ctx context.Context, id corpus.ArticleID) (corpus.Story, error) {
	st, ok, err := story(ctx, db, selectStory+` JOIN story_members m ON m.story = s.id WHERE m.article = $1`, id)
	return found("story of article", id, st, ok, err)
}

// Story is [DB.Story] inside the transaction.
func (tx *Tx) Story(id corpus.StoryID) (corpus.Story, bool, error) {
	st, ok, err := story(tx.ctx, tx, selectStory+byStory, id)
	if err != nil {
		return st, false, fmt.Errorf("read story %s: %w", id, err)
	}
	return st, ok, nil
}

// StoryOf returns the story an article belongs to.
func (tx *Tx) StoryOf(id corpus.ArticleID) (corpus.Story, bool, error) {
	st, ok, err := story(tx.ctx, tx, selectStory+` JOIN story_members m ON m.story = s.id WHERE m.article = $1`, id)
	if err != nil {
		return st, false, fmt.Errorf("read story of article %s: %w", id, err)
	}
	return st, ok, nil
}
