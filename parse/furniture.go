package parse

import (
	"github.com/regwire/regwire/corpus"
)

// clean drops what boxes left behind among the blocks of an article.
func clean(parts []part, title string, p *page) []part {
	var out []part
	t := fold(title)
	for i, b := range parts {
		if b.Kind == corpus.BlockHeading && i < 4 && fold(b.Text) == t {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Text == b.Text {
			continue
		}
		out = append(out, b)
	}
	for len(out) > 0 && out[len(out)-1].Kind == corpus.BlockHeading {
		out = out[:len(out)-1]
	}
	return out
}
