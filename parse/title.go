package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// title returns the headline as the page shows it. The visible heading is
// best, when something else on the page confirms that it is the headline and
// not a section's name; what the machine-readable parts say comes next,
// without the site's name.
func (p *page) title() string {
	if p.headline == "" {
		p.headline = p.findTitle()
		p.claimTitle()
	}
	return p.headline
}

// claimTitle notes which places say the headline.
func (p *page) claimTitle() {
	f := fold(p.headline)
	if f == "" {
		return
	}
	var from []Origin
	says := func(s string, origin Origin) {
		if s != "" && strings.Contains(fold(unescape(s)), f) {
			from = append(from, origin)
		}
	}
	for _, h := range p.headings {
		if fold(headingText(h.node)) == f {
			from = append(from, OriginVisible)
			break
		}
	}
	if p.article != nil {
		says(ldString(p.article["headline"]), OriginLinked)
	}
	says(p.first("og:title", "twitter:title", "headline", "dc.title", "title"), OriginMeta)
	says(p.docTitle, OriginWindow)
	if len(from) == 0 {
		from = append(from, OriginVisible)
	}
	p.in.claim(FieldTitle, from[0], len(from) > 1)
}

func (p *page) findTitle() string {
	var claims []string // without the site's name, in order of trust
	add := func(s string) {
		if s = p.stripSite(line(unescape(s))); s != "" && !p.isSite(s) {
			claims = append(claims, s)
		}
	}
	if p.article != nil && ldRank(p.article) > 1 {
		add(ldString(p.article["headline"]))
	}
	add(p.first("og:title"))
	add(p.first("twitter:title"))
	add(p.first("headline", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "title", "articletitle", "citation_title"))
	if t := strings.Trim(p.docTitle, " -|–—·»:"); len(claims) == 0 && len(t) < len(p.docTitle)-1 && len(units(fold(t))) <= 5 && !strings.HasSuffix(p.docTitle, t+":") {
		p.siteNames = append(p.siteNames, fold(t)) // "Example News -": a template without its headline
	}
	add(p.docTitle)
	if p.in.Item.Title != "" {
		add(p.in.Item.Title)
	}
	folded := make([]string, len(claims))
	for i, c := range claims {
		folded[i] = fold(c)
	}

	var bestNode *html.Node
	best, bestScore := "", 0.0
	h1s := 0
	for _, h := range p.headings {
		if heading(h.node.DataAtom) == 1 && h.under&around == 0 {
			h1s++
		}
	}
	for i, h := range p.headings {
		if l := heading(h.node.DataAtom); l > 2 && h.own&traitTitle == 0 {
			continue
		}
		text := headingText(h.node)
		n := runes(text)
		if n < 2 || n > 300 || p.isSite(text) || p.leadsHome(h.node) {
			continue
		}
		f := fold(text)
		agree := 0.0
		for k, c := range folded {
			s := overlap(f, c)
			if k == 0 || s > agree {
				agree = max(agree, s)
			}
		}
		score := agree * 3
		switch heading(h.node.DataAtom) {
		case 1:
			score += 1
			if h1s == 1 {
				score += 0.5
			}
		case 2:
			score += 0.2
		}
		if h.own&traitTitle != 0 || attr(h.node, "itemprop") == "headline" {
			score += 0.4
		}
		if h.under&around != 0 || h.own&around != 0 || h.own&traitHidden != 0 && h1s > 1 {
			score -= 1.5
		}
		score -= float64(min(i, 10)) * 0.02
		if agree < 0.3 && !(h1s == 1 && heading(h.node.DataAtom) == 1 && n >= 12) {
			continue // nothing says that this heading is the headline
		}
		if agree < 0.9 && h.under&traitNav != 0 && len(folded) > 0 {
			continue // the last crumb of a trail, which is often worded apart
		}
		if agree < 0.5 && p.partOfSite(text) && len(units(f)) <= 6 {
			continue
		}
		if score > bestScore {
			best, bestScore, bestNode = text, score, h.node
		}
	}
	if best != "" && bestScore > 1.2 {
		return withoutDateline(withoutKicker(bestNode, best, claims))
	}
	if (len(claims) == 0 || len(claims) == 1 && p.partOfSite(claims[0])) && strings.Trim(p.in.base.Path, "/") != "" { // the page's title is the site's
		for _, h := range p.headings {
			if t := headingText(h.node); h.under&around == 0 && runes(t) >= 12 && !p.isSite(t) && !p.leadsHome(h.node) {
				return t
			}
		}
	}
	if len(claims) > 0 {
		claims[0] = withoutDateline(claims[0])
		if len(claims) == 1 && p.docTitle != "" {
			return withoutSuffix(claims[0])
		}
		return claims[0]
	}
	if t := line(unescape(p.docTitle)); t != "" {
		return t
	}
	for _, h := range p.headings {
		if t := headingText(h.node); t != "" {
			return t
		}
	}
	return ""
}

// withoutDateline takes a numeric date off the head of a title.
func withoutDateline(s string) string {
	if m, ok := parseMoment(s[:min(len(s), 24)], true); ok && m.start == 0 && !strings.ContainsFunc(s[:m.end], unicode.IsLetter) {
		if rest := strings.TrimLeft(s[m.end:], " "); strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "– ") || strings.HasPrefix(rest, ": ") || strings.HasPrefix(rest, "| ") {
			return strings.TrimLeft(rest, "-–:| ")
		}
	}
	return s
}

// leadsHome reports whether a heading is the site's name: a link to its root.
func (p *page) leadsHome(n *html.Node) bool {
	a := find(n, atom.A)
	if a == nil && n.Parent != nil && n.Parent.DataAtom == atom.A {
		a = n.Parent
	}
	if a == nil {
		return false
	}
	u, err := p.in.base.Parse(attr(a, "href"))
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && strings.Trim(p.in.base.Path, "/") != "" && attr(a, "href") != "" && !strings.HasPrefix(attr(a, "href"), "#")
}

// withoutKicker takes off a headline what stands in the same heading as an
// element of its own and is no part of it by the page's own account: the
// topic over it, or the line under it.
func withoutKicker(n *html.Node, text string, claims []string) string {
	f := fold(text)
	for _, c := range claims {
		cf := fold(c)
		if cf == f {
			return text
		}
		if runes(cf) < 10 || !(strings.HasSuffix(f, cf) || strings.HasPrefix(f, cf)) {
			continue
		}
		rest := strings.TrimSpace(strings.TrimPrefix(f, cf))
		if strings.HasSuffix(f, cf) {
			rest = strings.TrimSpace(strings.TrimSuffix(f, cf))
		}
		own := false
		var walk func(*html.Node)
		walk = func(e *html.Node) {
			for k := e.FirstChild; k != nil && !own; k = k.NextSibling {
				if k.Type == html.ElementNode {
					if t := fold(textOf(k)); t == cf || t == rest {
						own = true
						return
					}
					walk(k)
				}
			}
		}
		if walk(n); own {
			return c
		}
	}
	return text
}

// withoutSuffix takes the last part off a title that nothing else on the page
// confirms, where that part is short beside the rest: it is the site's name.
func withoutSuffix(s string) string {
	for _, sep := range separators {
		i := strings.LastIndex(s, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+len(sep):])
		if h, t := len(units(fold(head))), len(units(fold(tail))); h >= 4 && t <= 3 && h > 2*t || hasHan(head) && h >= 8 && t <= 6 {
			return head
		}
	}
	return s
}

// headingText is the text of a heading without what is hung into it: labels
// for screen readers, buttons, link marks.
func headingText(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(c *html.Node) {
		if c.Type == html.ElementNode && c != n {
			if dropped(c.DataAtom) || traits(c)&(traitHidden|traitTools|traitShare|traitKicker|traitDate) != 0 || hiddenNode(c) {
				return
			}
		}
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
			return
		}
		if c.Type == html.ElementNode && (block(c.DataAtom) || c.Data == "br") {
			b.WriteByte(' ')
		}
		for k := c.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
		if c.Type == html.ElementNode && block(c.DataAtom) {
			b.WriteByte(' ')
		}
	}
	walk(n)
	if t := strings.TrimRight(line(b.String()), " #¶"); t != "" {
		return t
	}
	return textOf(n)
}

// overlap is the share of words (or Chinese characters) two folded texts have
// in common, in [0, 1]: 1 when one holds the other as a whole and is not much
// longer.
func overlap(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	if a == b {
		return 1
	}
	wa, wb := units(a), units(b)
	seen := make(map[string]int, len(wb))
	for _, w := range wb {
		seen[w]++
	}
	common := 0
	for _, w := range wa {
		if seen[w] > 0 {
			seen[w]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(wa)+len(wb))
}

// units splits a folded text into words and single Chinese characters.
func units(s string) []string {
	var out []string
	for w := range strings.FieldsSeq(s) {
		start := 0
		for i, r := range w {
			if r >= 0x2e80 {
				if start < i {
					out = append(out, w[start:i])
				}
				out = append(out, string(r))
				start = i + len(string(r))
			}
		}
		if start < len(w) {
			out = append(out, w[start:])
		}
	}
	return out
}

// separators stand between a headline and the names of section and site.
var separators = []string{" | ", " - ", " – ", " — ", " · ", " • ", " » ", " « ", " :: ", " // ", " / ", " › ", " > ", "_", " ‹ ", " ∣ ", "｜", " |", "| ", "|", "——", " : "}

// stripSite takes the site's name off either end of a title, and a last part
// that an untitled page would have as well.
func (p *page) stripSite(s string) string {
	for range 3 {
		cut := s
		for _, sep := range separators {
			if i := strings.LastIndex(cut, sep); i > 0 {
				head, tail := strings.TrimSpace(cut[:i]), strings.TrimSpace(cut[i+len(sep):])
				if tail == "" || p.isSite(tail) || (p.partOfSite(tail) && runes(head) > runes(tail)) {
					cut = head
				}
			}
			if i := strings.Index(cut, sep); i > 0 {
				head, tail := strings.TrimSpace(cut[:i]), strings.TrimSpace(cut[i+len(sep):])
				if tail != "" && p.isSite(head) {
					cut = tail
				}
			}
		}
		if hasHan(cut) { // Chinese titles end in "-某某网" and "_频道_某某网"
			if i := strings.LastIndexAny(cut, "-_|—｜"); i > 0 {
				_, size := utf8.DecodeRuneInString(cut[i:])
				if tail := strings.TrimSpace(cut[i+size:]); runes(tail) <= 12 && outlet(tail) {
					cut = strings.TrimRight(cut[:i], " -_|—｜")
				}
			}
		}
		if cut == s {
			break
		}
		s = cut
	}
	return s
}

// outlet reports whether s is a Chinese site, paper or channel by its ending.
func outlet(s string) bool {
	for _, e := range []string{"网", "网站", "频道", "日报", "晚报", "时报", "在线", "新闻", "财经", "资讯", "门户", "網", "新聞"} {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

// partOfSite reports whether s begins or ends with the site's name, or is a
// part of it: "Example News – Latest", "example.com".
func (p *page) partOfSite(s string) bool {
	f := fold(s)
	for _, name := range p.siteNames {
		if runes(name) < 3 {
			continue
		}
		if strings.HasPrefix(f, name) || strings.HasSuffix(f, name) || (runes(f) >= 4 && strings.HasPrefix(name, f)) {
			return true
		}
	}
	return false
}
