package pipeline

import (
	"context"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// withdrawItems records which articles of a page that carries several have
// been taken off it since its last capture.
func (p *Pipeline) withdrawItems(ctx context.Context, tx *store.Tx, page parsed, origin corpus.Origin) error {
	if len(itemsOf(page.drafts)) < minItems || len(page.capture.Body) > maxPast {
		return nil
	}
	earlier, err := tx.CapturesBefore(page.capture.Source, page.capture.URL, page.capture.ID, 1)
	if err != nil || len(earlier) == 0 || gone(earlier[0].Status) || len(earlier[0].Body) > maxPast {
		return err
	}
	before, err := p.readPage(ctx, earlier[0])
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return nil // it carried no articles then
	}
	for _, d := range takenOff(before.Drafts, page.drafts, page.teasers) {
		revisions, err := tx.RevisionsOf(d.ArticleID())
		if err != nil {
			return err
		}
		if len(revisions) == 0 {
			continue // the parser reads the page otherwise than it did
		}
		last := revisions[len(revisions)-1].Draft
		last.Status = corpus.StatusWithdrawn
		if _, _, err := tx.ReviseWhere(last, page.capture.ID, origin, func(_ *corpus.Draft, newest corpus.Revision) (bool, error) {
			return newest.Status != corpus.StatusWithdrawn, nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// minItems is how many articles a page has to carry, then and now, for one
// that is missing to mean anything.
const minItems = 2

// itemsOf are the articles that stand at a place of their own on their page.
func itemsOf(drafts []corpus.Draft) []corpus.Draft {
	return slices.DeleteFunc(slices.Clone(drafts), func(d corpus.Draft) bool { return d.Fragment == "" })
}

// takenOff returns the items of a page that it no longer has although items
// that are as old or older are still there. What lies beyond the oldest that
// stayed has rolled off the end, as on every list of the latest. A page that
// was drawn anew, shows other items in between, or lost as many as it kept, is
// not believed; nor is an item gone that goes by another name, or of which a
// teaser is left.
func takenOff(before, now []corpus.Draft, teasers []string) []corpus.Draft {
	was, is := itemsOf(before), itemsOf(now)
	place := map[string]int{} // of what is there now
	for j, d := range is {
		place[d.Fragment] = j
	}
	had := map[string]bool{}
	var stayed []int // places in was
	last, inOrder := -1, true
	for i, d := range was {
		had[d.Fragment] = true
		if j, ok := place[d.Fragment]; ok {
			stayed = append(stayed, i)
			inOrder = inOrder && j > last
			last = j
		}
	}
	if len(stayed) < minItems || !inOrder {
		return nil
	}
	first := place[was[stayed[0]].Fragment]
	newest, oldest := was[0].PublishedAt, was[len(was)-1].PublishedAt
	growsAtHead := newest.After(oldest)
	growsAtFoot := oldest.After(newest)
	var come []corpus.Draft
	for j, d := range is {
		if had[d.Fragment] {
			continue
		}
		come = append(come, d)
		if j > first && j < last || growsAtHead && j > last || growsAtFoot && j < first {
			return nil // it shows now these, now those
		}
	}
	var out []corpus.Draft
	for i, d := range was {
		if _, ok := place[d.Fragment]; ok {
			continue
		}
		behind, ahead := i < stayed[len(stayed)-1], i > stayed[0] // of which something stayed
		switch {
		case growsAtHead && !behind, growsAtFoot && !ahead, !growsAtHead && !growsAtFoot && !(behind && ahead):
			continue // rolled off
		case left(d, now, come, teasers):
			continue
		}
		out = append(out, d)
	}
	if len(out) > len(stayed)/2 {
		return nil
	}
	return out
}

// left reports whether something of an item is still on the page: its title,
// or its text under another.
func left(d corpus.Draft, now, come []corpus.Draft, teasers []string) bool {
	if slices.Contains(teasers, d.Title) {
		return true
	}
	for _, o := range now {
		if o.Title == d.Title || slices.ContainsFunc(o.Blocks, func(b corpus.Block) bool { return strings.Contains(b.Text, d.Title) }) {
			return true
		}
	}
	for _, o := range come {
		if !d.PublishedAt.IsZero() && o.PublishedAt.Equal(d.PublishedAt) && d.PublishedAt.Unix()%86400 != 0 {
			return true // the minute tells it
		}
		same := 0
		for _, b := range d.Blocks {
			if slices.ContainsFunc(o.Blocks, func(c corpus.Block) bool { return c.Text == b.Text }) {
				same += len(b.Text)
			}
		}
		if same*2 >= len(d.Body()) {
			return true
		}
	}
	return false
}
