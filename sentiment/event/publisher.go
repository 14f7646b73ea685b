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

// speaker is who publishes, for want of a source: the issuer of the text whose
// number begins the headline, or the authority that the lead begins with, under
// a headline that tells of nothing by itself.
func (ctx *context) speaker() *authorityWord {
	head := ctx.head[0]
	if head.leader() != 0 || head.names(authority|exchange|asset) || told(head.hits) != "" {
		return nil
	}
	for _, in := range ctx.instruments {
		if in.Issuer != "" && overlaps(in.Mentions, head.from, head.from+1) {
			return &authorityWord{phrase: in.Issuer, class: regulator, jurisdiction: in.Jurisdiction, regulator: in.Issuer}
		}
	}
	if len(ctx.head) < 2 || ctx.head[1].leader() == 0 {
		return nil
	}
	for i := range ctx.head[1].toks {
		t := &ctx.head[1].toks[i]
		if t.class&authority == 0 {
			continue
		}
		if t.authority != nil && t.authority.regulator != "" && !t.authority.assumedName {
			return t.authority
		}
		for _, e := range t.entities {
			if e.Kind == corpus.EntityRegulator {
				return &authorityWord{phrase: e.Name, class: t.class & authority, jurisdiction: e.Jurisdiction, regulator: e.Name}
			}
		}
		break
	}
	return nil
}

// speak puts the publisher before the headline, unless an authority or a venue
// already stands at its beginning. It reports whether it did.
func (ctx *context) speak(p *authorityWord) bool {
	head := ctx.head[0]
	if p == nil || head.leader() != 0 || p.class&exchange != 0 && head.names(exchange) {
		return false
	}
	toks := make([]token, 0, len(head.toks)+1)
	toks = append(toks, token{start: head.from, end: head.from, class: p.class, run: 1, authority: p})
	for _, t := range head.toks {
		t.run++
		toks = append(toks, t)
	}
	head.toks = toks
	return true
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
