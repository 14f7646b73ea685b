package parse

import (
	"maps"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// carried returns the article as the page carries it for its scripts: the
// body in its JSON-LD, or the longest piece of writing in its data. Pages
// that are drawn by script have nothing else to read.
func (p *page) carried() []part {
	if p.article != nil {
		if body := ldText(p.article["articleBody"]); weight(body) > 200 {
			return plainParts(body)
		}
	}
	best, bestSize := "", 400
	for _, src := range p.islands {
		if i := strings.IndexAny(src, "{["); i >= 0 {
			walkStrings(decodeLoose(src[i:]), 0, func(key, s string) {
				if len(s) <= bestSize || !bodyKey(key) && !strings.Contains(s, "<p") {
					return
				}
				if !strings.Contains(s, " ") && !hasHan(s) || strings.HasPrefix(s, "http") || strings.Contains(s[:min(len(s), 200)], "function") {
					return
				}
				best, bestSize = s, len(s)
			})
		}
	}
	if best == "" {
		return nil
	}
	return plainParts(ldText(best))
}

// bodyKey reports the keys under which data holds the text of an article.
func bodyKey(k string) bool {
	switch strings.ToLower(k) {
	case "body", "content", "articlebody", "text", "html", "fulltext", "bodyhtml", "contenthtml", "rendered", "maintext", "detail", "article", "story", "markdown", "richtext":
		return true
	}
	return false
}

// walkStrings calls f with every string in v and the key it stands under.
func walkStrings(v any, depth int, f func(key, s string)) {
	if depth > 24 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walkStrings(e, depth+1, f)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			e := v[k]
			if s, ok := e.(string); ok {
				f(k, s)
			} else {
				walkStrings(e, depth+1, f)
			}
		}
	}
}

func plainParts(s string) []part {
	var parts []part
	for l := range strings.SplitSeq(s, "\n") {
		if l = line(l); l != "" {
			parts = append(parts, part{Block: corpus.Block{Kind: corpus.BlockParagraph, Text: l}})
		}
	}
	return parts
}
