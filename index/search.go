package index

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/regwire/regwire/corpus"
)

// Texts gives the words of an article: what the index does not store.
type Texts interface {
	LatestRevision(context.Context, corpus.ArticleID) (corpus.Revision, error)
}

// Sort orders the hits of a query.
type Sort string

// The orders.
const (
	ByRelevance Sort = "relevance" // best first; ties newest first
	ByNewest    Sort = "newest"    // by published_at
)

// Query asks the index. The zero Limit means 20; at most 1,000.
type Query struct {
	Text   string // see [Syntax]; empty matches everything
	Sort   Sort   // default: ByRelevance with words, ByNewest without
	Limit  int
	Offset int
	Facets bool
}

// Hit is one article found. Title and Snippet are plain text; the spans of
// Snippet that match are in Marks, as byte ranges.
type Hit struct {
	Article     corpus.ArticleID `json:"article"`
	URL         string           `json:"url"`
	Source      corpus.SourceID  `json:"source"`
	Title       string           `json:"title"`
	PublishedAt time.Time        `json:"published_at,omitzero"`
	FirstSeenAt time.Time        `json:"first_seen_at"`
	Lang        string           `json:"lang,omitempty"`
	Score       float64          `json:"score"` // Bleve's; comparable within one result only
	Snippet     string           `json:"snippet"`
	Marks       []corpus.Span    `json:"marks,omitempty"`
}

// Facet counts the values of one field among all matches, most frequent first.
type Facet struct {
	Field  string       `json:"field"`
	Values []FacetValue `json:"values"`
}

// FacetValue is one value with the number of articles that have it.
type FacetValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Result is the answer to a query.
type Result struct {
	Total  uint64        `json:"total"`
	Hits   []Hit         `json:"hits"`
	Facets []Facet       `json:"facets,omitempty"`
	Took   time.Duration `json:"took"` // nanoseconds in the index
}

// facetFields are counted on request: few values each, all with doc values.
var facetFields = []string{fieldKind, fieldJurisdiction, fieldType, fieldRegulator, fieldSource, fieldLang}

// counted is the field whose values stand for those of a facet: people know
// PBoC, not pboc. Queries fold what they are asked for.
func counted(facet string) string {
	if facet == fieldRegulator {
		return fieldAuthority
	}
	return facet
}

const (
	defaultLimit = 20
	maxLimit     = 1000
	facetSize    = 12
)

// Search answers q. It returns a [*QueryError] when the query cannot be read.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	built, err := build(q.Text)
	if err != nil {
		return Result{}, err
	}
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	req := bleve.NewSearchRequestOptions(built, min(q.Limit, maxLimit), max(q.Offset, 0), false)
	highlight := highlights(q.Text)
	if q.Sort == "" && len(highlight) == 0 {
		q.Sort = ByNewest
	}
	if q.Sort == ByNewest {
		req.SortBy([]string{"-" + fieldPublished, "_id"})
	} else {
		req.SortBy([]string{"-_score", "-" + fieldPublished, "_id"})
	}
	if q.Facets {
		for _, f := range facetFields {
			req.AddFacet(f, bleve.NewFacetRequest(counted(f), facetSize))
		}
	}
	found, err := x.bleve.SearchInContext(ctx, req)
	if err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	r := Result{Total: found.Total, Took: found.Took, Hits: make([]Hit, 0, len(found.Hits))}
	for _, h := range found.Hits {
		rev, err := x.texts.LatestRevision(ctx, corpus.ArticleID(h.ID))
		if err != nil {
			return Result{}, fmt.Errorf("search: read %s: %w", h.ID, err)
		}
		hit := Hit{
			Article: rev.Article, URL: rev.URL, Source: rev.Source, Title: rev.Title,
			PublishedAt: rev.PublishedAt, FirstSeenAt: rev.FirstSeenAt, Lang: rev.Lang, Score: h.Score,
		}
		if rev.Fragment != "" {
			hit.URL += "#" + rev.Fragment
		}
		hit.Snippet, hit.Marks = snippet(rev.Body(), highlight)
		r.Hits = append(r.Hits, hit)
	}
	for _, f := range facetFields {
		facet, ok := found.Facets[f]
		if !ok {
			continue
		}
		out := Facet{Field: f}
		for _, v := range facet.Terms.Terms() {
			if v.Term == "" {
				continue
			}
			if f == fieldJurisdiction {
				v.Term = strings.ToUpper(v.Term)
			}
			out.Values = append(out.Values, FacetValue{v.Term, v.Count})
		}
		r.Facets = append(r.Facets, out)
	}
	return r, nil
}
