package parse

import (
	"context"

	"github.com/regwire/regwire/corpus"
)

// joined appends to the main article what its further pages say. A page that
// cannot be read is left out: what the others say is still true.
func (p *Parser) joined(ctx context.Context, in *input, drafts []corpus.Draft, further []corpus.Capture) []corpus.Draft {
	if len(drafts) == 0 || len(further) == 0 {
		return drafts
	}
	seen := map[string]bool{fold(drafts[0].Title): true, "": true}
	fragments := map[string]bool{}
	for _, d := range drafts {
		fragments[d.Fragment] = true
	}
	for _, b := range drafts[0].Blocks {
		seen[fold(b.Text)] = true
	}
	var foot []corpus.Block
	for _, c := range further {
		if in.clock.expired() || ctx.Err() != nil {
			break
		}
		next, err := p.Read(ctx, c, in.source)
		if err != nil {
			continue
		}
		if foot == nil { // what every page ends with ends the whole
			n := commonTail(drafts[0].Blocks, next.Drafts[0].Blocks)
			keep := len(drafts[0].Blocks) - n
			drafts[0].Blocks, foot = drafts[0].Blocks[:keep:keep], drafts[0].Blocks[keep:]
		}
		blocks := unrepeated(next.Drafts[0].Blocks, seen)
		for _, b := range blocks {
			seen[fold(b.Text)] = true
		}
		drafts[0].Blocks = append(drafts[0].Blocks, blocks...)
		for _, d := range next.Drafts[1:] {
			if !fragments[d.Fragment] {
				fragments[d.Fragment] = true
				drafts = append(drafts, d)
			}
		}
	}
	drafts[0].Blocks = append(drafts[0].Blocks, foot...)
	return drafts
}

// commonTail is how many blocks two pages end with in common.
func commonTail(a, b []corpus.Block) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n].Text == b[len(b)-1-n].Text {
		n++
	}
	return n
}

// unrepeated returns the blocks of a further page without those at its head
// and its foot that stand on earlier pages too: the lead, the byline, the
// notes. What repeats within is the author's.
func unrepeated(blocks []corpus.Block, seen map[string]bool) []corpus.Block {
	start, end := 0, len(blocks)
	for start < end && seen[fold(blocks[start].Text)] {
		start++
	}
	for end > start && seen[fold(blocks[end-1].Text)] {
		end--
	}
	return blocks[start:end]
}
