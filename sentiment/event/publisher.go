package event

import (
	"strings"

	"github.com/regwire/regwire/corpus"
)

// publisher is who speaks through the source of a text, as a word: an
// authority's own page says "Staff statement on custody" and means that it
// made one, a venue's says "Notice to customers in India". Such a headline is
// read as if the name stood first. It returns nil when the source is neither.
func publisher(src corpus.Source) *authorityWord {
	switch src.Kind {
	case corpus.SourceRegulator:
		c, ok := regulatorClass[src.Regulator]
		if !ok {
			c = regulator
		}
		return &authorityWord{phrase: src.Regulator, class: c, jurisdiction: src.Jurisdiction, regulator: src.Regulator}
	case corpus.SourceExchange:
		return &authorityWord{phrase: src.Exchange, class: exchange}
	}
	return nil
}

// speak puts the publisher before the headline, unless an authority or a venue
// already stands at its beginning.
func (ctx *context) speak() {
	p := publisher(ctx.src)
	head := ctx.head[0]
	if p == nil || head.leader() != 0 || p.class&exchange != 0 && head.names(exchange) {
		return
	}
	toks := make([]token, 0, len(head.toks)+1)
	toks = append(toks, token{start: head.from, end: head.from, class: p.class, run: 1, authority: p})
	for _, t := range head.toks {
		t.run++
		toks = append(toks, t)
	}
	head.toks = toks
}

// names reports whether a word of class c stands in the main clause.
func (s *sentence) names(c class) bool {
	for i := range s.toks {
		if s.toks[i].class&c != 0 && !s.toks[i].minor {
			return true
		}
	}
	return false
}

// own reports whether the text comes from an authority itself.
func (ctx *context) own() bool { return ctx.src.Kind == corpus.SourceRegulator }

// ownMarket is what a market type counts on an authority's own page, which
// tells of the market only in passing. Judged, not measured.
const ownMarket = 0.4

// boilerplate reports whether a sentence belongs to the page, not to the text.
func boilerplate(s string) bool {
	if len(s) > 400 {
		return false
	}
	low := strings.ToLower(s)
	for _, w := range []string{"appeared first on", "all rights reserved", "sign up for", "subscribe to", "newsletter", "follow us on", "not financial advice", "not investment advice", "not constitute investment", "click here", "read more:", "also read", "related reading", "image source", "image credit", "featured image", "for immediate release", "免责声明", "不构成投资建议", "不构成任何投资", "版权所有", "转载请注明", "责任编辑", "扫码关注", "点击下载"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
