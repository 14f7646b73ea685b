package parse

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/regwire/regwire/corpus"
)

// page reads an HTML page.
func (p *Parser) page(in *input) ([]corpus.Draft, error) {
	src := decode(in.body(p.cfg.MaxBytes), declaredCharset(in), in.source.Language)
	return p.html(in, src)
}

// item reads an article that its listing carried whole.
func (p *Parser) item(in *input) ([]corpus.Draft, error) {
	src := in.Item.Content
	if len(src) > p.cfg.MaxBytes {
		src = src[:p.cfg.MaxBytes]
	}
	doc := parseHTML(strings.ToValidUTF8(src, ""), in.clock)
	if doc == nil {
		doc = flatten(src, in.clock)
	}
	pg := readPage(in, doc)
	prune(pg, in.Item.Title)
	d := corpus.Draft{Title: in.Item.Title, Blocks: blocksOf(clean(cut(pg.body), in.Item.Title, pg))}
	d.Lang = pg.lang
	return []corpus.Draft{d}, nil
}

func (p *Parser) html(in *input, src string) ([]corpus.Draft, error) {
	doc := parseHTML(src, in.clock)
	if doc == nil {
		doc = flatten(src, in.clock)
	}
	drop(in.source.Rules, doc)
	pg := readPage(in, doc)
	own := follow(in.source.Rules, pg)
	in.rules = own.matched
	main := corpus.Draft{Title: pg.title(), URL: canonicalURL(in.base, pg.canonical), Lang: pg.lang, Tags: pg.tags()}
	pub, mod := pg.published()
	main.PublishedAt, main.ModifiedAt = pub.Time, mod.Time
	in.claim(FieldPublished, pub.from, pub.confirmed)
	main.Authors = pg.authors(pg.headLines())
	own.apply(&main, pg)
	for field, rule := range map[string]string{FieldTitle: ruleTitle, FieldAuthors: ruleAuthor, FieldPublished: ruleDate} {
		if own.matched[rule] {
			in.claim(field, OriginRule, false)
		}
	}
	if own.matched[ruleBody] {
		return []corpus.Draft{main}, nil
	}
	items := pg.datedHeadings()

	prune(pg, main.Title)
	if drafts := pg.several(items, main); drafts != nil {
		if drafts[0].Fragment != "" {
			in.digest = main.Title
		}
		return drafts, nil
	}
	lead := pg.lead(main.Title)
	_, tail := splitTail(cut(pg.body))
	named, rank := byName(pg, main.Title)
	var listed []part // a list of teasers, whole: readers for articles take one of them
	if root := rootOf(items); root != nil {
		listed = slices.DeleteFunc(cut(root), func(b part) bool {
			return onlyTime(b.Text) || furniture(b, fold(b.Text)) || b.Kind != corpus.BlockHeading && b.linked*2 > len(b.Text)
		})
	}
	parts, embedded := splitTail(choose(named, rank, byDensity(pg)))
	over, under := pg.signed(parts)
	outlet := !slices.ContainsFunc(main.Authors, func(n string) bool { return person(n) || !pg.partOfSite(n) })
	signed := main.Authors
	switch {
	case own.matched[ruleAuthor]:
	case len(over) > 0 && (outlet || pg.accounts):
		signed = over
	case len(under) > 0 && (len(main.Authors) == 0 || account(main.Authors)):
		signed = under
	case len(main.Authors) == 0:
		signed = pg.editorName()
	}
	if !slices.Equal(signed, main.Authors) {
		main.Authors = signed
		in.claim(FieldAuthors, OriginText, false)
	}
	if main.PublishedAt.IsZero() {
		main.PublishedAt = claimed(in, pg.dateline(parts).Time)
		in.claim(FieldPublished, OriginText, false)
	}
	parts = clean(parts, main.Title, pg)
	if textWeight(listed)*10 > textWeight(parts)*13 {
		parts = listed
	}
	if text := textWeight(parts); text < 600 {
		if held := pg.carried(); textWeight(held) > 2*text {
			parts = clean(held, main.Title, pg)
		}
	}
	if len(parts) == 0 {
		parts = clean(cut(pg.body), main.Title, pg)
	}
	main.Blocks = blocksOf(withLead(parts, lead))
	drafts := []corpus.Draft{main}
	for _, e := range apart(embedded, tail, main) {
		drafts = append(drafts, corpus.Draft{URL: main.URL, Lang: main.Lang, Title: e.title, Fragment: fragment(e.title), Blocks: blocksOf(clean(e.parts, e.title, pg))})
	}
	return append(drafts, pg.liveUpdates(main)...), nil
}

// apart returns the articles that stand in full behind the main one: those
// found behind its text and those found behind it on the page, each once a
// place, without what is the main article's own text.
func apart(embedded, tail []section, main corpus.Draft) []section {
	if len(tail) > len(embedded) {
		embedded = tail
	}
	body := main.Body()
	var out []section
	for _, e := range embedded {
		if len(units(fold(e.title))) < 4 || linkShare(e.parts) > 0.1 || strings.Contains(body, e.parts[len(e.parts)/2].Text) {
			continue
		}
		out = append(out, e)
	}
	return out
}

// headLines are the short lines under the headline, and behind them the two
// over it, where bylines without a name of their own stand. They are taken before the tree is pruned.
func (p *page) headLines() []string {
	title := fold(p.title())
	var at *html.Node
	for _, h := range p.headings {
		if h.under&around == 0 && fold(headingText(h.node)) == title {
			at = h.node
			break
		}
	}
	if at == nil {
		return nil
	}
	root := at
	var out, over []string
	for level := 0; level < 8 && root.Parent != nil && root.Parent.Type == html.ElementNode && root != p.body; level++ {
		root = root.Parent
		if level < 2 {
			continue // a few levels up from the headline
		}
		out, over = out[:0], over[:0]
		after := false
		for _, b := range cut(root) {
			switch {
			case fold(b.Text) == title:
				after = true
			case !after && runes(b.Text) < 120:
				over = append(over[max(0, len(over)-1):], b.Text)
			case after && len(out) < 12 && runes(b.Text) < 200:
				out = append(out, b.Text)
			}
		}
		if len(out) >= 3 {
			break
		}
	}
	return append(out, over...)
}

func blocksOf(parts []part) []corpus.Block {
	out := make([]corpus.Block, 0, len(parts))
	for _, b := range parts {
		out = append(out, b.Block)
	}
	return out
}
