package parse

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/regwire/regwire/corpus"
)

// item is a headline with a date of its own, on a page of several articles.
type item struct {
	heading *html.Node
	stamp   stamp
	authors []string // of the byline beside it
}

// datedHeadings returns the headings of one level that have each their own
// date beside them: the mark of lists of releases, live blogs and digests.
// Sections of an article have headings too, but no dates. It has to be asked
// before the tree is pruned of its datelines.
func (p *page) datedHeadings() []item {
	// Many digests describe themselves as one article; the page is believed
	// unless each item stands in an article element of its own.
	single := p.article != nil && ldRank(p.article) >= 3 && !slices.Contains(ldTypes(p.article), "LiveBlogPosting")
	byLevel := map[atom.Atom][]item{}
	for i, h := range p.headings {
		level, text := heading(h.node.DataAtom), headingText(h.node)
		if m, ok := parseMoment(text, true); ok && len(text) <= m.end-m.start+16 || weight(text) < 12 || numbered(text) {
			continue // a date, a name, a section: what stands over the posts of a forum, the days of a calendar, the parts of a notice
		}
		if level == 0 || h.under&(traitComment|traitNav|traitFoot|traitSide) != 0 || h.own&traitDate != 0 {
			continue
		}
		next, prev := 1<<30, 0
		if i+1 < len(p.headings) {
			next = p.headings[i+1].order
		}
		if i > 0 {
			prev = p.headings[i-1].order
		}
		var best *stamp
		var box *html.Node
		bestGap := 1 << 30
		for k := range p.dates {
			s := &p.dates[k]
			gap := s.order - h.order
			if !s.short || s.order >= next || s.order <= prev || gap > 24 || gap < -16 || s.under&traitComment != 0 {
				continue
			}
			if gap < 0 {
				gap = 8 - gap // the date under a headline goes before the one over it
			}
			if box == nil {
				box = p.wrapper(h)
			}
			if contains(box, s.node) {
				gap -= 100 // and the one in the same box before both
			}
			if gap < bestGap {
				best, bestGap = s, gap
			}
		}
		if best != nil {
			byLevel[h.node.DataAtom] = append(byLevel[h.node.DataAtom], item{heading: h.node, stamp: *best, authors: p.namesBetween(h.order, min(next, h.order+30))})
		}
	}
	var most []item
	for _, a := range []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4} {
		if items := byLevel[a]; len(items) > len(most) {
			most = items
		}
	}
	if len(most) < 2 || single && !p.articlesOfTheirOwn(most) {
		return nil
	}
	if p.first("og:type") == "article" || len(most) == 2 {
		// Against the page's own word, or with two only, each must have a box
		// of its own: headings of one text lie side by side.
		for _, it := range most {
			if p.wrapper(place{node: it.heading}) == it.heading {
				return nil
			}
		}
	}
	return most
}

// namesBetween returns the names in the first byline between two places.
func (p *page) namesBetween(from, to int) []string {
	for _, at := range p.bylines {
		if at.order > from && at.order < to && at.under&traitComment == 0 {
			if text := p.bylineText(at.node); text != "" && runes(text) <= 160 {
				if names := bylineIn(text); names != nil {
					return p.signers(names)
				}
				if names := p.signers([]string{text}); len(names) > 0 {
					return names
				}
			}
		}
	}
	return nil
}

// articlesOfTheirOwn reports whether each item stands, with its date, in an
// article element that holds none of the others.
func (p *page) articlesOfTheirOwn(items []item) bool {
	for _, it := range items {
		box := p.wrapper(place{node: it.heading})
		own := it.heading
		for own != box && own.DataAtom != atom.Article {
			own = own.Parent
		}
		if own.DataAtom != atom.Article || !contains(own, it.stamp.node) {
			return false
		}
	}
	return true
}

// wrapper returns the largest element round h that holds no other heading of
// its level; h itself where headings and text lie side by side.
func (p *page) wrapper(h place) *html.Node {
	box := h.node
	for up := box.Parent; up != nil; up = up.Parent {
		for _, o := range p.headings {
			if o.node != h.node && o.node.DataAtom == h.node.DataAtom && contains(up, o.node) {
				return box
			}
		}
		box = up
	}
	return h.node
}

// several returns the articles of a page that carries several, each with a
// fragment, and before them what the page itself says, when it says
// something; nil when the page is one article. The tree must be pruned.
func (p *page) several(items []item, main corpus.Draft) []corpus.Draft {
	root := rootOf(items)
	if root == nil {
		return nil
	}
	all := cut(p.body)
	at := map[*html.Node]item{}
	for _, it := range items {
		at[it.heading] = it
	}
	var heads []int
	for i := range all {
		if _, ok := at[all[i].node]; ok && all[i].Kind == corpus.BlockHeading {
			heads = append(heads, i)
		}
	}
	if len(heads) < 2 {
		return nil
	}
	for i := heads[len(heads)-1]; i < len(all); i++ { // what follows the list is not of its last item
		if all[i].node != nil && !contains(root, all[i].node) {
			all = all[:i]
		}
	}
	var drafts []corpus.Draft
	own := -1 // the one the page is about: those behind it are the next to read
	carried, longest := 0, 0
	for k, h := range heads {
		end := len(all)
		if k+1 < len(heads) {
			end = heads[k+1]
		}
		body := slices.DeleteFunc(clean(slices.Clone(all[h+1:end]), all[h].Text, p), func(b part) bool { return onlyTime(b.Text) })
		w := textWeight(body)
		if w < 150 || linkShare(body) > 0.4 || w < 2*minArticle && all[h].linked > 0 && excerpt(body) {
			p.in.teasers = append(p.in.teasers, all[h].Text)
			continue
		}
		carried += w
		longest = max(longest, w)
		node := all[h].node
		d := corpus.Draft{URL: main.URL, Lang: main.Lang, Title: all[h].Text, Blocks: blocksOf(body), Fragment: anchor(node, root)}
		d.PublishedAt = localTime(at[node].stamp.moment, zoneOf(string(p.in.source.Jurisdiction))).Time
		d.Authors = at[node].authors
		if d.Fragment == "" {
			d.Fragment = fragment(d.Title)
		}
		if own < 0 && fold(d.Title) == fold(main.Title) {
			own = len(drafts)
			main.Blocks = d.Blocks
			d = main
		}
		drafts = append(drafts, d)
	}
	total := textWeight(cut(p.body))
	if len(drafts) < 2 || len(drafts)*2 < len(heads) || carried*10 < total*5 || longest*10 > carried*8 {
		return nil
	}
	if own >= 0 {
		return append([]corpus.Draft{main}, slices.Delete(drafts, own, own+1)...)
	}
	start := 0
	for i := range heads[0] {
		if fold(all[i].Text) == fold(main.Title) {
			start = i + 1
		}
	}
	intro := slices.DeleteFunc(clean(slices.Clone(all[start:heads[0]]), main.Title, p), func(b part) bool { return onlyTime(b.Text) })
	if d := p.first("description", "og:description"); textWeight(intro) < 60 && slices.Contains(ldTypesOf(p.article), "LiveBlogPosting") && d != "" {
		intro = []part{{Block: corpus.Block{Kind: corpus.BlockParagraph, Text: d}}}
	}
	if w := textWeight(intro); w > carried/2 {
		return nil // an article with a list of others under it
	}
	if textWeight(intro) >= 60 && linkShare(intro) < 0.5 && main.Title != "" {
		main.Blocks = blocksOf(intro)
		drafts = append([]corpus.Draft{main}, drafts...)
	}
	return drafts
}

// rootOf is the smallest element that holds all items; nil for fewer than two.
func rootOf(items []item) *html.Node {
	if len(items) < 2 {
		return nil
	}
	root := items[0].heading
	for _, it := range items[1:] {
		for root != nil && !contains(root, it.heading) {
			root = root.Parent
		}
	}
	return root
}

// onlyTime reports whether a block is a date or a time of day and no more.
func onlyTime(s string) bool {
	if weight(s) > 40 {
		return false
	}
	if m, ok := parseMoment(s, true); ok {
		return weight(s[:m.start]+s[m.end:]) <= 12
	}
	return strings.Trim(s, "0123456789:. hHuUpPaAmM") == "" && strings.ContainsAny(s, "0123456789")
}

func ldTypesOf(o map[string]any) []string {
	if o == nil {
		return nil
	}
	return ldTypes(o)
}

// flash is how much text, by [weight], a single paragraph must have to be an
// item of news of its own and not the beginning of one.
const flash = 240

// excerpt reports whether a body is the beginning of an article that stands
// elsewhere.
func excerpt(parts []part) bool {
	if len(parts) == 0 {
		return true
	}
	last := strings.TrimRight(parts[len(parts)-1].Text, " ]»")
	return strings.HasSuffix(last, "…") || strings.HasSuffix(last, "...") || len(parts) == 1 && (weight(last) < flash || !endsSentence(last))
}

// anchor returns the id by which a browser would reach the item: that of its
// heading or of the nearest element round it, below root.
func anchor(n, root *html.Node) string {
	for ; n != nil && n != root; n = n.Parent {
		if id := attr(n, "id"); anchors(id) {
			return id
		}
	}
	return ""
}

// anchors reports whether an id may stand behind the # of an address: it is
// short, and of printed ASCII without blanks, quotes and angles.
func anchors(id string) bool {
	return id != "" && len(id) <= 80 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"'<>", r) })
}

// liveUpdates returns the posts of a live blog that the page carries as data,
// for pages that show them by script only.
func (p *page) liveUpdates(main corpus.Draft) []corpus.Draft {
	if p.article == nil || !slices.Contains(ldTypes(p.article), "LiveBlogPosting") {
		return nil
	}
	list, _ := p.article["liveBlogUpdate"].([]any)
	var out []corpus.Draft
	for _, e := range list {
		o, ok := e.(map[string]any)
		if !ok || len(out) >= 200 {
			continue
		}
		title, body := ldString(o["headline"]), ldText(o["articleBody"])
		if title == "" || weight(body) < 60 {
			continue
		}
		d := corpus.Draft{URL: main.URL, Lang: main.Lang, Title: title, Fragment: fragment(title)}
		for l := range strings.SplitSeq(body, "\n") {
			if l = line(l); l != "" {
				d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockParagraph, Text: l})
			}
		}
		if m, ok := parseStamp(ldString(o["datePublished"])); ok {
			d.PublishedAt = m.Time
		}
		people, _ := ldNames(o["author"], p.byID, 0)
		d.Authors = p.names(people)
		if u := ldString(o["url"]); strings.Contains(u, "#") {
			if f := u[strings.LastIndexByte(u, '#')+1:]; anchors(f) {
				d.Fragment = f
			}
		}
		out = append(out, d)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// ldText is like ldString for a body: it keeps its lines, and takes the markup
// out where there is some.
func ldText(v any) string {
	s, ok := v.(string)
	if !ok {
		return ""
	}
	if len(s) > maxText {
		s = s[:maxText]
	}
	s = unescape(s)
	if strings.Contains(s, "</") || strings.Contains(s, "<br") {
		if doc, err := html.Parse(strings.NewReader(s[:affordable(s)])); err == nil {
			var b strings.Builder
			for _, k := range cut(doc) {
				b.WriteString(k.Text)
				b.WriteByte('\n')
			}
			return b.String()
		}
	}
	return s
}
