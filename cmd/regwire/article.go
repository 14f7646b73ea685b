package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
	"github.com/regwire/regwire/corpus/store"
)

func (a *app) article() *cobra.Command {
	var n int
	var text bool
	cmd := &cobra.Command{
		Use: "article ID|URL", Short: "Show an article's revisions, and what changed from one to the next",
		Long: `Show the revisions of an article and what changed in its text, paragraph by
paragraph: [-what went-] and {+what came+}. It is named by its identifier, or
by its address, with the fragment where one page carries several.

  regwire article https://www.example.org/rules/custody
  regwire article abc2def3ghi4jkl5 --revision 3    what the third changed
  regwire article abc2def3ghi4jkl5 --text          the text as it stands now`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			return a.read(cmd.Context(), cfg, func(db *store.DB) error {
				art, err := named(cmd.Context(), db, names[0])
				if err != nil {
					return err
				}
				revisions, err := db.Revisions(cmd.Context(), art.ID)
				if err != nil {
					return err
				}
				if n < 0 || n > len(revisions) {
					return usageError{fmt.Errorf("--revision %d: the article has %d", n, len(revisions))}
				}
				return a.showArticle(cmd, art, revisions, n, text)
			})
		},
	}
	cmd.Flags().IntVar(&n, "revision", 0, "only this one, from 1")
	cmd.Flags().BoolVar(&text, "text", false, "the whole text besides")
	return cmd
}

// named finds an article by its identifier or its address.
func named(ctx context.Context, db *store.DB, name string) (corpus.Article, error) {
	ids := []corpus.ArticleID{corpus.ArticleID(name)}
	if u, err := url.Parse(name); err == nil && u.Host != "" {
		fragment := u.Fragment
		u.Fragment, u.RawFragment = "", ""
		sources, err := db.Sources(ctx)
		if err != nil {
			return corpus.Article{}, err
		}
		ids = nil
		for _, s := range sources {
			ids = append(ids, corpus.NewArticleID(s.ID, u.String(), fragment))
		}
	}
	for _, id := range ids {
		art, err := db.Article(ctx, id)
		if !errors.Is(err, corpus.ErrNotFound) {
			return art, err
		}
	}
	return corpus.Article{}, fmt.Errorf("no article goes by %q; `regwire search` finds addresses", name)
}

// articleLine is what `article --json` prints.
type articleLine struct {
	ID          corpus.ArticleID `json:"id"`
	Source      corpus.SourceID  `json:"source"`
	URL         string           `json:"url"`
	FirstSeenAt time.Time        `json:"first_seen_at"`
	Revisions   []revisionLine   `json:"revisions"` // oldest first
}

type revisionLine struct {
	N           int                   `json:"n"`
	Title       string                `json:"title"`
	Status      corpus.RevisionStatus `json:"status"`
	Lang        string                `json:"lang,omitempty"`
	PublishedAt time.Time             `json:"published_at,omitzero"`
	FirstSeenAt time.Time             `json:"first_seen_at"`
	Origin      corpus.Origin         `json:"origin"`
	Changes     []redline.Paragraph   `json:"changes"` // since the one before
	Blocks      []corpus.Block        `json:"blocks,omitempty"`
}

func (a *app) showArticle(cmd *cobra.Command, art corpus.Article, revisions []corpus.Revision, n int, text bool) error {
	out := articleLine{ID: art.ID, Source: art.Source, URL: art.Address(), FirstSeenAt: art.FirstSeenAt}
	for i, r := range revisions {
		if n > 0 && r.N != n {
			continue
		}
		l := revisionLine{
			N: r.N, Title: r.Title, Status: r.Status, Lang: r.Lang, PublishedAt: r.PublishedAt, FirstSeenAt: r.FirstSeenAt, Origin: r.Origin,
			Changes: []redline.Paragraph{},
		}
		if i > 0 {
			l.Changes = list(redline.Of(revisions[i-1].Draft, r.Draft))
		}
		if text && (n > 0 || i == len(revisions)-1) {
			l.Blocks = r.Blocks
		}
		out.Revisions = append(out.Revisions, l)
	}
	if a.json {
		return printJSON(cmd.OutOrStdout(), out)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s, %s\n", out.URL, out.Source, out.ID)
	for _, r := range out.Revisions {
		fmt.Fprintf(&b, "\n%d. %s  %s  %s\n   %s\n", r.N, r.FirstSeenAt.UTC().Format(time.RFC3339), r.Status, r.Origin, clip(r.Title, 100))
		for _, c := range r.Changes {
			page := ""
			if c.Page > 0 {
				page = fmt.Sprintf("(page %d) ", c.Page)
			}
			fmt.Fprintf(&b, "   %s%s\n", page, c)
		}
		for _, blk := range r.Blocks {
			fmt.Fprintf(&b, "\n%s\n", blk.Text)
		}
	}
	return say(cmd.OutOrStdout(), "%s", b.String())
}
