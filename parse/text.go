package parse

import (
	"strings"

	"github.com/regwire/regwire/corpus"
)

// text reads a page of plain text.
func (p *Parser) text(in *input) ([]corpus.Draft, error) {
	src := decode(in.body(p.cfg.MaxBytes), declaredCharset(in), in.source.Language)
	var d corpus.Draft
	for l := range strings.SplitSeq(src, "\n") {
		if l = line(l); l == "" {
			continue
		}
		if d.Title == "" {
			d.Title = l
			continue
		}
		d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockParagraph, Text: l})
	}
	return []corpus.Draft{d}, nil
}
