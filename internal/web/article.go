package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
)

type articlePage struct {
	URL       string
	Revision  corpus.Revision // the one shown
	Newest    bool            // it is
	Revisions []corpus.Revision
	Blocks    []block
	Changes   []redline.Paragraph // since the revision before, at most maxChanges
	Omitted   int                 // how many more there are
	Analysis  *corpus.Analysis    // of the newest that has been read
	Story     *corpus.Story
	Events    []corpus.Event // of the story
	Names     names
}

// block is a block of the article, with what was read as evidence marked.
type block struct {
	Kind  corpus.BlockKind
	Parts []part
	Page  int // of a PDF, where it begins with this block
}

// maxChanges is how many changed paragraphs are shown at once.
const maxChanges = 200

func (s *site) article(r *http.Request) (view, error) {
	ctx, id := r.Context(), corpus.ArticleID(r.PathValue("id"))
	revisions, err := s.Record.Revisions(ctx, id)
	if err != nil {
		return view{}, err
	}
	n := len(revisions)
	if asked := r.URL.Query().Get("revision"); asked != "" {
		if n, err = strconv.Atoi(asked); err != nil || n < 1 {
			return view{}, corpus.ErrNotFound
		}
	}
	if n == 0 || n > len(revisions) {
		return view{}, corpus.ErrNotFound
	}
	p := articlePage{Revision: revisions[n-1], Newest: n == len(revisions), Revisions: revisions}
	p.URL = corpus.Article{URL: p.Revision.URL, Fragment: p.Revision.Fragment}.Address()
	if n > 1 {
		p.Changes = redline.Of(revisions[n-2].Draft, p.Revision.Draft)
		p.Omitted = max(0, len(p.Changes)-maxChanges)
		p.Changes = p.Changes[:len(p.Changes)-p.Omitted]
	}
	if p.Names, err = s.names(r); err != nil {
		return view{}, err
	}
	// An article can be looked at before it has been read.
	a, err := s.Record.LatestAnalysis(ctx, id)
	if err == nil {
		p.Analysis = &a
	} else if !errors.Is(err, corpus.ErrNotFound) {
		return view{}, err
	}
	p.Blocks = blocks(p.Revision, a)
	st, err := s.Record.StoryOf(ctx, id)
	if err == nil {
		p.Story = &st
		p.Events, err = s.Record.Events(ctx, corpus.EventQuery{Story: st.ID, Limit: listSize})
	}
	if err != nil && !errors.Is(err, corpus.ErrNotFound) {
		return view{}, err
	}
	return view{name: "article", title: p.Revision.Title, here: "/search", page: p}, nil
}

// blocks marks the sentences that carry the events and instruments read.
func blocks(rev corpus.Revision, a corpus.Analysis) []block {
	var evidence []string
	for _, e := range a.Events {
		evidence = append(evidence, e.Evidence...)
	}
	for _, i := range a.Instruments {
		evidence = append(evidence, i.Evidence)
		for _, rel := range i.Relations {
			evidence = append(evidence, rel.Evidence)
		}
	}
	slices.SortFunc(evidence, func(x, y string) int { return len(y) - len(x) }) // a sentence before its parts
	var out []block
	found, page := false, 0
	for _, b := range rev.Blocks {
		marks := occurrences(b.Text, evidence)
		parts := cut(b.Text, marks)
		if len(marks) > 0 && !found {
			found = true
			parts[slices.IndexFunc(parts, func(p part) bool { return p.Marked })].First = true
		}
		begins := b.Page
		if begins == page {
			begins = 0
		} else if begins > 0 {
			page = begins
		}
		out = append(out, block{b.Kind, parts, begins})
	}
	return out
}

// occurrences finds each quote once, in order and without overlap.
func occurrences(text string, quotes []string) []corpus.Span {
	var spans []corpus.Span
	for _, q := range quotes {
		at := strings.Index(text, q)
		if at < 0 || q == "" {
			continue
		}
		s := corpus.Span{Start: at, End: at + len(q)}
		if !slices.ContainsFunc(spans, func(o corpus.Span) bool { return s.Start < o.End && o.Start < s.End }) {
			spans = append(spans, s)
		}
	}
	slices.SortFunc(spans, func(a, b corpus.Span) int { return a.Start - b.Start })
	return spans
}
