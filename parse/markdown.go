package parse

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	gtext "github.com/yuin/goldmark/text"

	"github.com/regwire/regwire/corpus"
)

// markdown reads a Markdown document, with the front matter that site
// generators put before it.
func (p *Parser) markdown(in *input) (drafts []corpus.Draft, err error) {
	src := decode(in.body(min(p.cfg.MaxBytes, 2<<20)), declaredCharset(in), in.source.Language)
	front, body := frontMatter(src)
	defer func() {
		if r := recover(); r != nil {
			drafts, err = nil, refuse(ReasonMalformed, fmt.Errorf("markdown: %v", r))
		}
	}()
	text := []byte(shallow(body))
	root := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser().Parse(gtext.NewReader(text))
	w := markdownWalk{src: text, clock: in.clock}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n, corpus.BlockParagraph)
	}

	d := corpus.Draft{Title: front["title"], Lang: front["lang"], Tags: cleanTags(splitTags(strings.Trim(front["tags"], "[]")))}
	if d.Lang == "" {
		d.Lang = front["language"]
	}
	for _, k := range []string{"author", "authors", "by"} {
		if len(d.Authors) == 0 {
			d.Authors = splitAuthors(strings.Trim(front[k], "[]"))
		}
	}
	pg := &page{in: in}
	for _, k := range []string{"date", "published", "published_at", "pubdate"} {
		if m, ok := parseStamp(front[k]); ok && d.PublishedAt.IsZero() {
			d.PublishedAt = localTime(m, zoneOf(string(in.source.Jurisdiction))).Time
		}
	}
	for _, k := range []string{"updated", "lastmod", "modified", "modified_at"} {
		if m, ok := parseStamp(front[k]); ok && d.ModifiedAt.IsZero() {
			d.ModifiedAt = localTime(m, zoneOf(string(in.source.Jurisdiction))).Time
		}
	}
	parts := w.parts
	if d.Title == "" && len(parts) > 0 && parts[0].Kind == corpus.BlockHeading {
		d.Title, parts = parts[0].Text, parts[1:]
	}
	if d.Title == "" && len(parts) > 0 {
		d.Title = firstSentence(parts[0].Text)
	}
	t := textDraft(in, d.Title, parts, true)
	d.Blocks = t.Blocks
	if len(d.Authors) == 0 {
		d.Authors = pg.names(t.Authors)
	}
	if d.PublishedAt.IsZero() {
		d.PublishedAt = t.PublishedAt
	}
	return []corpus.Draft{d}, nil
}

// frontMatter splits the block of "key: value" lines off the start of a
// document. Only plain values are read.
func frontMatter(src string) (map[string]string, string) {
	front := map[string]string{}
	rest, ok := strings.CutPrefix(strings.TrimLeft(src, "\r\n "), "---\n")
	if !ok {
		if rest, ok = strings.CutPrefix(strings.TrimLeft(src, "\r\n "), "---\r\n"); !ok {
			return front, src
		}
	}
	head, body, ok := strings.Cut(rest, "\n---")
	if !ok || len(head) > 8<<10 {
		return front, src
	}
	for l := range strings.SplitSeq(head, "\n") {
		k, v, ok := strings.Cut(l, ":")
		if ok && !strings.HasPrefix(l, " ") {
			front[strings.ToLower(strings.TrimSpace(k))] = strings.Trim(strings.TrimSpace(v), "\"'")
		}
	}
	return front, strings.TrimLeft(body, "-")
}

// shallow bounds the nesting of quotations and lists and the runs of brackets
// and marks, whose cost in the parser grows faster than their number.
func shallow(src string) string {
	var b strings.Builder
	b.Grow(len(src))
	run := 0
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch c {
		case '>', '[', ']', '*', '_', '!', '`', '~', '<', '(':
			run++
		case ' ', '\t':
		default:
			run = 0
		}
		if run <= 32 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

type markdownWalk struct {
	src   []byte
	parts []part
	depth int
	clock stopwatch
}

func (w *markdownWalk) block(n ast.Node, kind corpus.BlockKind) {
	if w.depth++; w.depth > 60 {
		w.depth--
		return
	}
	defer func() { w.depth-- }()
	switch n := n.(type) {
	case *ast.Heading:
		w.add(corpus.BlockHeading, n.Level, w.inline(n))
	case *ast.Paragraph, *ast.TextBlock:
		w.add(kind, 0, w.inline(n))
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		var b strings.Builder
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			b.Write(seg.Value(w.src))
		}
		if t := lines(b.String()); t != "" {
			w.parts = append(w.parts, part{Block: corpus.Block{Kind: corpus.BlockCode, Text: t}})
		}
	case *ast.HTMLBlock:
		var b strings.Builder
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			b.Write(seg.Value(w.src))
		}
		if doc := parseHTML(b.String(), w.clock); doc != nil {
			w.parts = append(w.parts, cut(doc)...)
		}
	case *extast.Table:
		var rows []string
		for r := n.FirstChild(); r != nil; r = r.NextSibling() {
			var cells []string
			for c := r.FirstChild(); c != nil; c = c.NextSibling() {
				cells = append(cells, line(w.inline(c)))
			}
			rows = append(rows, strings.Join(cells, "\t"))
		}
		w.parts = append(w.parts, part{Block: corpus.Block{Kind: corpus.BlockTable, Text: strings.Join(rows, "\n")}})
	case *ast.Blockquote:
		w.children(n, corpus.BlockQuote)
	case *ast.ListItem:
		w.children(n, corpus.BlockListItem)
	case *ast.List:
		w.children(n, kind)
	case *ast.ThematicBreak:
	default:
		w.children(n, kind)
	}
}

func (w *markdownWalk) children(n ast.Node, kind corpus.BlockKind) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.block(c, kind)
	}
}

func (w *markdownWalk) add(kind corpus.BlockKind, level int, text string) {
	if text = line(text); text != "" {
		w.parts = append(w.parts, part{Block: corpus.Block{Kind: kind, Text: text}, level: level, gap: true})
	}
}

// inline returns the text of inline elements; images leave nothing.
func (w *markdownWalk) inline(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch c := c.(type) {
		case *ast.Image, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		case *ast.AutoLink:
			b.Write(c.URL(w.src))
		case *ast.String:
			b.Write(c.Value)
		case *ast.Text:
			b.WriteString(unescape(string(c.Segment.Value(w.src))))
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte('\n')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
