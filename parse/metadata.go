package parse

import (
	"html"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is an HTML page with what it says about itself, gathered in one walk
// before anything is taken out of the tree.
type page struct {
	in   *input
	doc  *xhtml.Node
	body *xhtml.Node

	lang      string // of the html element
	docTitle  string
	headline  string // what title found
	canonical string
	metas     map[string][]string // by lower-case name, property or itemprop
	ld        []map[string]any    // objects of JSON-LD, in order
	article   map[string]any      // the one that is this article; may be nil
	byID      map[string]map[string]any
	islands   []string // other scripts that hold data

	accounts bool   // the site is run by WordPress, which signs with accounts
	editor   string // the line that names the editor in charge, as Chinese sites end with
	spoken   string // what a reader sees, folded; see shown

	spine    map[*xhtml.Node]bool // the elements round the headlines
	headings []place              // h1 to h4, and what is marked as the headline
	bylines  []place
	profiles []place // links to the pages of authors
	dates    []stamp
	order    int // counts the nodes of the walk

	siteNames []string // folded; what the site calls itself
}

// place is an element with where it stands.
type place struct {
	node  *xhtml.Node
	order int
	under trait // what it lies inside of
	own   trait
}

// stamp is a date that stands on the page.
type stamp struct {
	moment
	place
	text     string // what it was read from
	label    string // what stands before it
	machine  bool   // from a datetime attribute
	modified bool   // said to be a later one
	labelled bool   // said to be the date of publication
	short    bool   // the text is little more than the date
	span     bool   // an end of a span of days
}

// around are the traits that make what lies inside them foreign to the article.
const around = traitNav | traitFoot | traitSide | traitRelated | traitComment | traitAd | traitLetter | traitPopup | traitConsent

func readPage(in *input, doc *xhtml.Node) *page {
	p := &page{in: in, doc: doc, metas: map[string][]string{}, byID: map[string]map[string]any{}}
	p.spine = spine(doc)
	p.walk(doc, 0, 0)
	if p.body == nil {
		p.body = doc
	}
	for _, o := range p.ld {
		if id, ok := o["@id"].(string); ok && p.byID[id] == nil {
			p.byID[id] = o
		}
	}
	p.article = p.mainObject()
	p.nameSite()
	return p
}

// trail reports whether n is the way from the home page to this one. Some
// sites make its last step their heading of the first level.
func trail(n *xhtml.Node) bool {
	return n.DataAtom == atom.Nav || strings.HasSuffix(attr(n, "itemtype"), "BreadcrumbList")
}

// spine returns the elements that hold a first-level heading.
func spine(doc *xhtml.Node) map[*xhtml.Node]bool {
	out := map[*xhtml.Node]bool{}
	found := 0
	var walk func(n *xhtml.Node)
	walk = func(n *xhtml.Node) {
		for c := n.FirstChild; c != nil && found < 5; c = c.NextSibling {
			if c.Type != xhtml.ElementNode || trail(c) {
				continue
			}
			if c.DataAtom == atom.H1 {
				found++
				for a := c.Parent; a != nil; a = a.Parent {
					out[a] = true
				}
				continue
			}
			walk(c)
		}
	}
	walk(doc)
	return out
}

func (p *page) walk(n *xhtml.Node, under trait, depth int) {
	p.order++
	switch n.Type {
	case xhtml.TextNode:
		p.text(n, under)
		if len(n.Data) < 200 && (strings.Contains(n.Data, "编辑") || strings.Contains(n.Data, "编审") || strings.Contains(n.Data, "責任編輯") || strings.Contains(n.Data, "责编")) {
			if s := shortText(n.Parent, 400); p.editor == "" && editorForm().MatchString(s) {
				p.editor = s
			}
		}
		return
	case xhtml.ElementNode:
	default:
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			p.walk(c, under, depth+1)
		}
		return
	}
	var own trait
	switch n.DataAtom {
	case atom.Html:
		p.lang = attr(n, "lang")
		if p.lang == "" {
			p.lang = attr(n, "xml:lang")
		}
	case atom.Body:
		p.body = n
	case atom.Meta:
		p.meta(n)
		return
	case atom.Link:
		if rel := strings.ToLower(attr(n, "rel")); rel == "canonical" && p.canonical == "" {
			p.canonical = attr(n, "href")
		}
		p.wordPress(attr(n, "href"))
		return
	case atom.Title:
		if p.docTitle == "" && !inside(n, func(a *xhtml.Node) bool { return a.DataAtom == atom.Svg || a.Data == "svg" }) {
			p.docTitle = textOf(n)
		}
		return
	case atom.Script:
		p.wordPress(attr(n, "src"))
		p.script(n)
		return
	case atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Textarea, atom.Select:
		return
	case atom.Nav:
		own |= traitNav
	case atom.Footer:
		own |= traitFoot
	case atom.Aside:
		own |= traitSide
	}
	own |= traits(n)
	if trail(n) {
		own |= traitNav
	}
	if n.DataAtom == atom.Body || n.DataAtom == atom.Html || n.DataAtom == atom.Main || n.DataAtom == atom.Article && own&traitComment == 0 || p.spine[n] {
		own &^= around // the names of what holds the article speak of its layout
	}
	at := place{node: n, order: p.order, under: under, own: own}
	prop := attr(n, "itemprop")
	switch {
	case heading(n.DataAtom) > 0 && heading(n.DataAtom) < 5 || prop == "headline":
		if len(p.headings) < 200 {
			p.headings = append(p.headings, at)
		}
	case n.DataAtom == atom.Time:
		p.timeElement(n, at)
	case n.DataAtom == atom.A && len(p.profiles) < 30 && profile(attr(n, "href")):
		p.profiles = append(p.profiles, at)
	}
	if (own&(traitByline|traitBio) != 0 || prop == "author" || prop == "creator" || attr(n, "rel") == "author") && len(p.bylines) < 60 {
		p.bylines = append(p.bylines, at)
	}
	if own&traitDate != 0 && n.DataAtom != atom.Time && attr(n, "title") != "" {
		p.timeElement(n, at)
	}
	if prop == "datePublished" || prop == "dateModified" || prop == "dateCreated" {
		if v := attr(n, "content"); v != "" {
			p.metas[strings.ToLower(prop)] = append(p.metas[strings.ToLower(prop)], v)
		}
	}
	inner := under | own
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.walk(c, inner, depth+1)
	}
}

func (p *page) meta(n *xhtml.Node) {
	val := attr(n, "content")
	if val == "" || len(val) > 4096 {
		return
	}
	for i := range n.Attr {
		switch n.Attr[i].Key {
		case "name", "property", "itemprop", "http-equiv":
			for key := range strings.FieldsSeq(strings.ToLower(n.Attr[i].Val)) {
				if n.Attr[i].Key == "itemprop" && key == "author" {
					key = markedAuthor // of whatever item it stands in: a cited work too
				}
				if len(p.metas[key]) < 20 {
					p.metas[key] = append(p.metas[key], val)
				}
			}
		}
	}
}

// markedAuthor is the key under which meta elements with itemprop="author" are
// kept, apart from those with name="author".
const markedAuthor = "itemprop:author"

// wordPress notes by the address of a style sheet or script that WordPress
// runs the site.
func (p *page) wordPress(href string) {
	if !p.accounts && (strings.Contains(href, "/wp-content/") || strings.Contains(href, "/wp-includes/")) {
		p.accounts = true
	}
}

// profile reports whether href leads to the page of an author: below a folder
// that is named for them.
func profile(href string) bool {
	for i := strings.IndexByte(href, '/'); i >= 0 && i+6 < len(href); {
		folder, rest, ok := strings.Cut(href[i+1:], "/")
		if !ok {
			return false
		}
		switch folder {
		case "author", "authors", "autor", "autoren", "autores", "autori", "autore", "auteur", "auteurs", "redakteur", "redaktion", "writer", "writers", "journalist", "journaliste", "people", "staff", "reporter", "reporters", "profile", "profil":
			return len(strings.Trim(rest, "/")) > 1
		}
		i = len(href) - len(rest) - 1
	}
	return false
}

// shown reports whether a reader of the page sees name.
func (p *page) shown(name string) bool {
	if p.spoken == "" {
		var b strings.Builder
		var walk func(n *xhtml.Node)
		walk = func(n *xhtml.Node) {
			if n.Type == xhtml.TextNode {
				b.WriteString(n.Data)
				return
			}
			if n.Type == xhtml.ElementNode && (dropped(n.DataAtom) && n.DataAtom != atom.Nav && n.DataAtom != atom.Dialog || n.DataAtom == atom.Head || hiddenNode(n)) {
				return
			}
			if n.Type == xhtml.ElementNode && (block(n.DataAtom) || n.DataAtom == atom.Br || n.DataAtom == atom.A || n.DataAtom == atom.Span) {
				b.WriteByte(' ')
				defer b.WriteByte(' ')
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
		walk(p.body)
		p.spoken = " " + fold(line(b.String())) + " "
	}
	f := fold(name)
	return f != "" && (strings.Contains(p.spoken, " "+f+" ") || hasHan(f) && strings.Contains(p.spoken, f))
}

func (p *page) script(n *xhtml.Node) {
	if n.FirstChild == nil {
		return
	}
	src := n.FirstChild.Data
	switch typ := strings.ToLower(attr(n, "type")); {
	case strings.Contains(typ, "ld+json"):
		p.ld = linkedData(src, p.ld)
	case strings.HasSuffix(typ, "json") || attr(n, "id") == "__NEXT_DATA__",
		strings.Contains(src[:min(len(src), 200)], "__INITIAL_STATE__") || strings.Contains(src[:min(len(src), 200)], "__NUXT__") || strings.Contains(src[:min(len(src), 200)], "__APOLLO_STATE__") || strings.Contains(src[:min(len(src), 200)], "__PRELOADED_STATE__"):
		if len(src) <= maxIsland && len(p.islands) < 8 {
			p.islands = append(p.islands, src)
		}
	}
}

// first returns the first value of the first of keys that the page has.
func (p *page) first(keys ...string) string {
	for _, k := range keys {
		for _, v := range p.metas[k] {
			if v = line(unescape(v)); v != "" {
				return v
			}
		}
	}
	return ""
}

// unescape undoes the second round of escaping that many templates apply.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(html.UnescapeString(s))
}

// mainObject picks the JSON-LD object that is this page's article: by its
// type, and among equals the one whose headline the page's title contains.
func (p *page) mainObject() map[string]any {
	var best map[string]any
	bestScore := 0
	titles := fold(p.docTitle + " " + p.first("og:title"))
	for _, o := range p.ld {
		rank := ldRank(o)
		if rank == 0 {
			continue
		}
		score := rank * 10
		if h := fold(ldString(o["headline"])); h != "" && strings.Contains(titles, h) {
			score += 5
		}
		if o["datePublished"] != nil {
			score += 2
		}
		if o["author"] != nil {
			score += 2
		}
		if score > bestScore {
			best, bestScore = o, score
		}
	}
	return best
}

// nameSite gathers what the site calls itself, to take it off titles and out
// of bylines.
func (p *page) nameSite() {
	titles := []string{fold(p.docTitle), fold(p.first("og:title"))}
	add := func(s string) {
		if f := fold(s); f != "" && runes(f) < 60 && !(len(units(f)) > 5 && slices.Contains(titles, f)) && !slices.Contains(p.siteNames, f) {
			p.siteNames = append(p.siteNames, f)
		}
	}
	add(p.first("og:site_name"))
	add(p.first("application-name"))
	add(p.first("apple-mobile-web-app-title"))
	add(p.first("twitter:site"))
	add(p.first("publisher", "dc.publisher", "dcterms.publisher"))
	for _, o := range p.ld {
		add(ldString(o["publisher"]))
		if slices.Contains(ldTypes(o), "Person") {
			continue // who runs a site alone signs it too
		}
		for _, t := range ldTypes(o) {
			if t == "WebSite" || strings.HasSuffix(t, "Organization") {
				add(ldString(o["name"]))
				add(ldString(o["alternateName"]))
			}
		}
	}
	add(p.in.source.Name)
	host := strings.TrimPrefix(strings.ToLower(p.in.base.Hostname()), "www.")
	add(host)
	if i := strings.LastIndexByte(host, '.'); i > 0 {
		host = host[:i]
		add(host)
		if j := strings.LastIndexByte(host, '.'); j >= 0 && j+1 < len(host) {
			add(host[j+1:])
			add(host[:j])
		}
	}
}

// isSite reports whether s is what the site calls itself.
func (p *page) isSite(s string) bool {
	f := fold(s)
	if f == "" {
		return false
	}
	joined := strings.ReplaceAll(f, " ", "")
	for _, name := range p.siteNames {
		if f == name || joined == strings.ReplaceAll(name, " ", "") || strings.TrimPrefix(f, "the ") == strings.TrimPrefix(name, "the ") {
			return true
		}
	}
	return false
}

// tags returns the subjects the page names.
func (p *page) tags() []string {
	var all []string
	all = append(all, p.metas["article:tag"]...)
	if p.article != nil {
		switch k := p.article["keywords"].(type) {
		case string:
			all = append(all, splitTags(k)...)
		case []any:
			for _, e := range k {
				all = append(all, ldString(e))
			}
		}
	}
	if len(all) == 0 {
		all = splitTags(p.first("keywords", "news_keywords", "parsely-tags", "sailthru.tags"))
	}
	return cleanTags(all)
}

func splitTags(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '，' || r == '、' || r == '；' || r == '|' })
}

func cleanTags(tags []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range tags {
		t = line(unescape(t))
		if f := fold(t); f != "" && !seen[f] && runes(t) <= 60 && len(out) < 30 {
			seen[f] = true
			out = append(out, t)
		}
	}
	return out
}
