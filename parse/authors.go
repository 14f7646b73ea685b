package parse

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/regwire/regwire/corpus"
)

// authors returns everyone the page names as an author, in its order: the
// machine-readable claim that holds names of people, else the visible byline,
// else an organisation that signs. The site itself only counts where its name
// stands in the byline that readers see.
func (p *page) authors(head []string) []string {
	var claimed []string
	from, confirmed := OriginVisible, false
	for _, claim := range p.claims() {
		switch names := p.signers(claim.names); {
		case len(names) == 0:
		case claimed == nil, more(names, claimed):
			claimed, from = names, claim.from
		case slices.Equal(names, claimed):
			confirmed = true
		}
	}
	own, other := p.bylineNames()
	if len(claimed) == 0 || more(other, claimed) {
		claimed, from = other, OriginVisible
	}
	if len(claimed) > 0 {
		p.in.claim(FieldAuthors, from, confirmed || from != OriginVisible && slices.Equal(claimed, other))
		return claimed
	}
	p.in.claim(FieldAuthors, OriginVisible, false)
	for _, l := range head {
		if names := p.names(bylineIn(l)); len(names) > 0 {
			return names
		}
		if names := p.names(bylineIn(withoutDate(l))); len(names) > 0 {
			return names
		}
	}
	if names := p.profileNames(); len(names) > 0 {
		return names
	}
	if p.article != nil {
		_, organisations := ldNames(p.article["author"], p.byID, 0)
		if names := p.names(organisations); len(names) > 0 && !p.isSite(names[0]) {
			p.in.claim(FieldAuthors, OriginLinked, false)
			return names
		}
	}
	return own
}

// more reports whether names are those of have and others beside them, all of
// them people: many pages name the first author only in one of the places in
// which they name them.
func more(names, have []string) bool {
	if len(names) <= len(have) || len(names) > 6 || len(have) == 0 {
		return false
	}
	known := make(map[string]bool, len(names))
	for _, n := range names {
		if !person(n) {
			return false
		}
		known[fold(n)] = true
	}
	for _, n := range have {
		if !known[fold(n)] {
			return false
		}
	}
	return true
}

// namedBy are names with where they were read.
type namedBy struct {
	from  Origin
	names []string
}

// claims returns what the page says of its authors for machines, in order of
// trust.
func (p *page) claims() []namedBy {
	var out []namedBy
	if p.article != nil {
		people, organisations := ldNames(p.article["author"], p.byID, 0)
		if len(people) == 0 && len(organisations) == 0 {
			people, _ = ldNames(p.article["creator"], p.byID, 0)
		}
		out = append(out, namedBy{OriginLinked, people})
	}
	for _, key := range []string{"author", "article:author", "byl", "dc.creator", "dc:creator", "dcterms.creator", "parsely-author", "sailthru.author", "citation_author", "article:author_name", "twitter:creator_name", "rbauthors", "og:author", "cxenseparse:author", "mediaid_author", "authors", "writer"} {
		if v := p.metas[key]; len(v) > 0 && !corporate(v[0]) {
			if strings.HasPrefix(key, "dc") || key == "citation_author" {
				v = slices.Clone(v)
				for i := range v {
					v[i] = upright(v[i])
				}
			}
			out = append(out, namedBy{OriginMeta, v})
		}
	}
	if v := p.metas[markedAuthor]; len(v) < 8 { // more are the authors of works it cites
		out = append(out, namedBy{OriginMeta, v})
	}
	for _, n := range []string{"1", "2"} {
		switch strings.ToLower(p.first("twitter:label" + n)) {
		case "written by", "verfasst von", "écrit par", "escrito por", "scritto da", "geschreven door", "作者":
			out = append(out, namedBy{OriginMeta, p.metas["twitter:data"+n]})
		}
	}
	return out
}

// signers cleans a claim and takes out of it who does not sign: the site, and
// on a site that is run by WordPress the account that typed the text in, when
// no reader is shown its name.
func (p *page) signers(claim []string) []string {
	names := slices.DeleteFunc(p.names(claim), p.isSite)
	if p.accounts {
		names = slices.DeleteFunc(names, func(n string) bool { return !p.shown(n) })
	}
	return names
}

// profileNames reads the links to the pages of authors that stand by the
// headline.
func (p *page) profileNames() []string {
	headAt := p.headAt()
	if headAt == 0 {
		return nil
	}
	var out, anywhere []string
	for _, at := range p.profiles {
		d := at.order - headAt
		if at.under&(around&^traitSide) != 0 || d < -12 {
			continue
		}
		for _, n := range p.signers([]string{p.bylineText(at.node)}) {
			if !person(n) {
				continue
			}
			if d <= 60 && !slices.Contains(out, n) {
				out = append(out, n)
			}
			if !slices.Contains(anywhere, n) && p.here(attr(at.node, "href")) {
				anywhere = append(anywhere, n)
			}
		}
	}
	if len(out) == 0 && len(anywhere) == 1 {
		return anywhere // the only one, in a box under the text
	}
	return out
}

// here reports whether href stays on the page's own host.
func (p *page) here(href string) bool {
	u, err := p.in.base.Parse(href)
	return err == nil && strings.TrimPrefix(u.Hostname(), "www.") == strings.TrimPrefix(p.in.base.Hostname(), "www.")
}

// editorName returns the editor in charge.
func (p *page) editorName() []string {
	if m := editorForm().FindStringSubmatch(p.editor); m != nil {
		return p.names([]string{m[1]})
	}
	return nil
}

// signed returns the names under which the text itself is signed: over it, in
// a byline among the first paragraphs or in the brackets of a wire's dateline;
// or under it, in a last line that is a byline, a name and nothing else, or
// ends with one in brackets.
func (p *page) signed(parts []part) (over, under []string) {
	for i, b := range parts {
		if i >= 4 {
			break
		}
		if b.Kind == corpus.BlockCaption {
			continue
		}
		if m := wireForm().FindStringSubmatch(b.Text[:min(len(b.Text), 240)]); m != nil {
			over = p.signers(eastNames(m[1]))
		}
		if runes(b.Text) > 100 || len(over) > 0 {
			continue
		}
		for _, n := range p.signers(bylineIn(withoutDate(b.Text))) {
			if person(n) {
				over = append(over, n)
			}
		}
		if over != nil {
			break
		}
	}
	for i := len(parts) - 1; i >= max(3, len(parts)-3) && under == nil; i-- {
		if b := parts[i]; b.Kind == corpus.BlockParagraph || b.Kind == corpus.BlockListItem {
			under = p.signature(b)
		}
	}
	return over, under
}

// signature returns the names that b, one of the last lines of a text, signs
// it with.
func (p *page) signature(b part) []string {
	if b.strong && b.linked == 0 && person(b.Text) && len(strings.Fields(b.Text)) <= 3 {
		return p.signers([]string{b.Text})
	}
	if role, _, ok := strings.Cut(b.Text, ":"); ok && runes(role) <= 12 && runes(b.Text) <= 80 && !strings.HasSuffix(b.Text, ".") {
		if names := p.signers(bylineIn(b.Text)); len(names) > 0 && person(names[0]) {
			return names
		}
	}
	tail := strings.TrimRight(b.Text, " +*#.")
	if i := strings.LastIndexAny(tail, "(（"); i > 0 && len(tail)-i < 60 {
		if strings.HasSuffix(tail, "）") || strings.HasSuffix(tail, ")") {
			in := strings.Trim(tail[i:], "()（） ")
			if names := bylineIn(in); hasHan(in) && names != nil {
				return p.signers(names)
			}
			if tail != b.Text && !hasHan(in) && person(in) { // "(Jane Doe) +++"
				return p.signers([]string{in})
			}
		}
	}
	return nil
}

// wireForm is the dateline of a Chinese wire, with who reported in brackets.
var wireForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:电|讯|電|訊)\s*[(（]\s*(?:本报|本网|特约|见习|实习)?(?:记者|作者|通讯员|記者)\s*[:：]?\s*((?:\p{Han}{2,4}[\s、,，]{0,2}){1,5})[)）]`)
})

// withoutDate takes the date and what divides it from the rest off a line
// that is a byline and a dateline in one.
func withoutDate(s string) string {
	m, ok := parseMoment(s, true)
	if !ok {
		return s
	}
	const signs = " -–—|·•,;/("
	before, after := strings.Trim(s[:m.start], signs), strings.Trim(s[m.end:], signs)
	if weight(before) >= weight(after) {
		return before
	}
	return after
}

// bylineNames reads the visible bylines; own are those that name the site.
func (p *page) bylineNames() (own, out []string) {
	seen := map[string]bool{}
	take := func(names []string) {
		for _, n := range names {
			switch f := fold(n); {
			case seen[f] || p.accounts && !p.shown(n):
			case p.isSite(n):
				own = []string{n}
			default:
				seen[f] = true
				out = append(out, n)
			}
		}
	}
	// What is marked as a name goes before what is only near one. Others
	// only count beside the first: further away they sign other articles.
	for round := range 6 {
		pass, last := round%3, -1
		for _, at := range p.bylines {
			prop, rel := attr(at.node, "itemprop"), attr(at.node, "rel")
			marked := prop == "author" || prop == "creator" || rel == "author"
			foreign := around
			if round >= 3 {
				foreign &^= traitSide // where the main column has none
			}
			if marked {
				foreign &^= traitFoot // of the article: blogs sign there
			}
			if at.under&foreign != 0 || at.own&traitComment != 0 || last >= 0 && at.order > last+40 || teased(at.node) {
				continue
			}
			switch pass {
			case 0:
				if !marked {
					continue
				}
			case 1:
				if marked || at.under&traitBio != 0 && at.own&traitByline == 0 {
					continue
				}
			case 2:
				if marked || at.own&traitBio == 0 {
					continue
				}
			}
			before := len(out)
			if v := attr(at.node, "content"); marked && v != "" {
				take(p.names([]string{v}))
				if len(out) > before {
					last = at.order
				}
				continue
			}
			text := p.bylineText(at.node)
			if text == "" || runes(text) > 160 {
				continue
			}
			if names := bylineIn(text); len(names) > 0 {
				take(p.names(names))
			} else if marked || runes(text) <= 60 {
				take(p.names([]string{text}))
			}
			if len(out) > before {
				last = at.order
				if !marked {
					break
				}
			}
		}
		if len(out) > 0 {
			return own, out[:min(len(out), 12)]
		}
	}
	return own, nil
}

// teased reports whether a byline lies in a link that holds more: the teaser
// of another article.
func teased(n *html.Node) bool {
	for a := n.Parent; a != nil; a = a.Parent {
		if a.DataAtom == atom.A {
			all, _ := measure(a)
			own, _ := measure(n)
			return all > 2*own+20
		}
	}
	return false
}

// bylineText is the text of a byline: of its links or marked names when it
// has some, which are then told apart by semicolons.
func (p *page) bylineText(n *html.Node) string {
	var names []string
	var walk func(*html.Node)
	walk = func(c *html.Node) {
		if c.Type != html.ElementNode || len(names) > 8 {
			return
		}
		if c != n && (attr(c, "itemprop") == "name" || attr(c, "rel") == "author" || c.DataAtom == atom.A && (profile(attr(c, "href")) || strings.Contains(attr(c, "href"), "author") || strings.Contains(attr(c, "class"), "author"))) {
			if t := textOf(c); t != "" && splitAuthors(t) != nil { // not "All articles"
				names = append(names, t)
			}
			return
		}
		for k := c.FirstChild; k != nil; k = k.NextSibling {
			walk(k)
		}
	}
	walk(n)
	if len(names) > 0 {
		return strings.Join(names, "; ")
	}
	return shortText(n, 1000)
}

// The words that open a byline, in the languages we meet.
const (
	// byWords go before names without a colon, at the start of a line.
	byWords = `(?:(?:written|posted|reported|recipe|words|text|article|interview|story|published|compiled|edited|review|analysis|commentary|opinion|guest post) )?by|` +
		`(?:(?:erstellt|geschrieben|verfasst|eingestellt|gepostet|veröffentlicht|publiziert|text|ein beitrag|ein gastbeitrag|ein artikel|ein interview) )?von|` +
		`(?:(?:écrit|publié|rédigé|proposé|posté|article) )?par|(?:(?:escrito|publicado|redactado|escrita|texto) )?por|(?:(?:scritto|pubblicato|articolo) )?(?:da|di)|a cura di|(?:(?:geschreven|gepubliceerd) )?door|skrevet av|skriven av|av|af|przez`
	// roleWords go before names with a colon.
	roleWords = `authors?|autor(?:in|en|es|a|zy|rin)?|auteurs?|autore|autori|(?:text|texte|texto|testo|tekst|words|story|interview)(?:\s*(?:&|und|and|\+|,|/|et|y|e)\s*(?:fotos?|bilder?|interview|text|texte|photos?|photography|pictures|video|graphics?|illustration(?:en)?))*|redaktion|reporter(?:in)?|writers?|editors?|redacción|redacci[oó]|redação|автор|авторы|текст|por|par|by|von|di`
)

var bylineForms = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?:^|[\s（(|｜　【\[])(?:本报|本网|特约|见习|新华社|中新社|中新网|实习)?(?:记者|作者|撰文|采写|文字|编译|撰稿)\s*[:：|｜/／丨]?\s*((?:[\p{Han}·]{2,10}[\s、,，]{0,2}){1,6})`),
		regexp.MustCompile(`(?:^|[\s（(|｜])(?:文|著者|執筆|記者)\s*[:：|｜/／丨=＝]\s*([\p{Han}·\w]{2,12}(?:[\s、,，][\p{Han}·]{2,6}){0,4})`),
		regexp.MustCompile(`(?:^|[\s=\]])(\p{Hangul}{2,4})\s*(?:기자|특파원|논설위원|선임기자)(?:\s|$)`),
		regexp.MustCompile(`(?i)^by:?\s+(.{2,140})$`),
		regexp.MustCompile(`(?i)^(?:` + roleWords + `)\s*:\s*(.{2,140})$`),
		regexp.MustCompile(`^(?:[\p{L} ]{4,24} )?von\s+(\p{Lu}[\p{L}'’.-]+(?: \p{Lu}[\p{L}'’.-]+){1,3})$`),
		regexp.MustCompile(`^(?i:` + byWords + `):?\s+(\p{Lu}.{2,140})$`),
	}
})

// editorForm is the line of the editor in charge, who is all that many Chinese
// pages name.
var editorForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:责任编辑|責任編輯|责编|編輯|编辑|编审)\s*[:：]\s*(\p{Han}{2,4})`)
})

// bylineIn returns the names in a line that is a byline; none when it is not.
func bylineIn(s string) []string {
	if s == "" || runes(s) > 300 {
		return nil
	}
	east := strings.ContainsFunc(s, func(r rune) bool { return r >= 0x2e80 })
	for i, re := range bylineForms() {
		if i < 3 && !east {
			continue // forms of Chinese, Japanese and Korean
		}
		m := re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		if i < 2 {
			return eastNames(m[1])
		}
		return []string{m[1]}
	}
	return nil
}

// names cleans and splits claims into names of authors.
func (p *page) names(claims []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range claims {
		if first, _, ok := strings.Cut(c, ","); ok && p.isSite(first) {
			continue // the publisher with its address
		}
		if c = line(unescape(c)); p.isSite(c) { // whole: "Trade & Law" are not two
			if f := fold(c); !seen[f] {
				seen[f] = true
				out = append(out, c)
			}
			continue
		}
		for _, n := range splitAuthors(c) {
			f := fold(n)
			if f == "" || seen[f] {
				continue
			}
			seen[f] = true
			out = append(out, n)
		}
		if len(out) >= 20 {
			break
		}
	}
	if len(out) > 1 { // "Jane Doe, Example News"
		people := slices.DeleteFunc(slices.Clone(out), p.isSite)
		if len(people) > 0 {
			return people
		}
	}
	return out
}
