package parse

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// authors returns everyone the page names as an author, in its order: the
// machine-readable claim that holds names of people, else the visible byline,
// else an organisation that signs.
func (p *page) authors(head []string) []string {
	var organisations []string
	if p.article != nil {
		people, orgs := ldNames(p.article["author"], p.byID, 0)
		if len(people) == 0 && len(orgs) == 0 {
			people, orgs = ldNames(p.article["creator"], p.byID, 0)
		}
		if names := p.names(people); len(names) > 0 {
			return names
		}
		organisations = p.names(orgs)
	}
	for _, key := range []string{"author", "article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "citation_author", "article:author_name", "twitter:creator_name", "rbauthors", "og:author", "cxenseparse:author", "mediaid_author", "authors", "writer"} {
		if names := p.names(p.metas[key]); len(names) > 0 {
			if key == "author" && len(names) == 1 && p.isSite(names[0]) {
				organisations = append(organisations, names...)
				continue
			}
			if corporate(p.metas[key][0]) {
				continue
			}
			return names
		}
	}
	for _, n := range []string{"1", "2"} {
		switch strings.ToLower(p.first("twitter:label" + n)) {
		case "written by", "verfasst von", "écrit par", "escrito por", "scritto da", "geschreven door", "作者":
			if names := p.names(p.metas["twitter:data"+n]); len(names) > 0 {
				return names
			}
		}
	}
	if names := p.bylineNames(); len(names) > 0 {
		return names
	}
	for _, l := range head {
		if names := p.names(bylineIn(l)); len(names) > 0 {
			return names
		}
	}
	for _, l := range head {
		if m := editorForm().FindStringSubmatch(l); m != nil {
			return p.names([]string{m[1]})
		}
	}
	if len(organisations) > 0 && !p.isSite(organisations[0]) {
		return organisations
	}
	return nil
}

// bylineNames reads the visible bylines.
func (p *page) bylineNames() []string {
	var out []string
	seen := map[string]bool{}
	take := func(names []string) {
		for _, n := range names {
			if f := fold(n); !seen[f] {
				seen[f] = true
				out = append(out, n)
			}
		}
	}
	// What is marked as a name goes before what is only near one. Others
	// only count beside the first: further away they sign other articles.
	for pass := range 3 {
		last := -1
		for _, at := range p.bylines {
			if at.under&(around&^traitSide) != 0 || at.own&traitComment != 0 || last >= 0 && at.order > last+40 {
				continue
			}
			prop, rel := attr(at.node, "itemprop"), attr(at.node, "rel")
			marked := prop == "author" || prop == "creator" || rel == "author"
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
			return out[:min(len(out), 12)]
		}
	}
	return nil
}

// bylineText is the text of a byline: of its links or marked names when it
// has some, which are then told apart by semicolons.
func (p *page) bylineText(n *html.Node) string {
	if n.DataAtom == atom.A {
		return textOf(n)
	}
	var names []string
	var walk func(*html.Node)
	walk = func(c *html.Node) {
		if c.Type != html.ElementNode || len(names) > 8 {
			return
		}
		if c != n && (attr(c, "itemprop") == "name" || attr(c, "rel") == "author" || c.DataAtom == atom.A && (strings.Contains(attr(c, "href"), "author") || strings.Contains(attr(c, "class"), "author"))) {
			if t := textOf(c); t != "" {
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
	return textOf(n)
}

var bylineForms = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?:^|[\s（(|｜　【\[])(?:本报|本网|特约|见习|新华社|中新社|中新网|实习)?(?:记者|作者|撰文|采写|文字|编译|撰稿)\s*[:：|｜/／丨]?\s*((?:[\p{Han}·]{2,10}[\s、,，]{0,2}){1,6})`),
		regexp.MustCompile(`(?:^|[\s（(|｜])文\s*[:：|｜/／丨]\s*([\p{Han}·\w]{2,12}(?:[\s、,，][\p{Han}·]{2,6}){0,4})`),
		regexp.MustCompile(`(?i)^(?:written |posted |reported |story |words |text |article |interview )?by:?\s+(.{2,140})$`),
		regexp.MustCompile(`(?i)^(?:author|authors|autor|autorin|autoren|auteur|auteurs|text|texte|redaktion|reporter|writer|editor)\s*:\s*(.{2,140})$`),
		regexp.MustCompile(`^(?:[Ee]rstellt |[Gg]eschrieben |[Vv]erfasst )?von\s+(\p{Lu}[\p{L}'’.-]+(?: \p{Lu}[\p{L}'’.-]+){1,3})$`),
		regexp.MustCompile(`^(?:Von|Par|Por|Di|Door|Av|Af|Przez)\s+(\p{Lu}.{2,140})$`),
	}
})

// editorForm is the line of the editor in charge, who is all that many Chinese
// pages name.
var editorForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:责任编辑|責任編輯|编辑|编审)\s*[:：]\s*(\p{Han}{2,4})`)
})

// bylineIn returns the names in a line that is a byline; none when it is not.
func bylineIn(s string) []string {
	if s == "" || runes(s) > 300 {
		return nil
	}
	for i, re := range bylineForms() {
		m := re.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		if i < 2 {
			return strings.FieldsFunc(m[1], func(r rune) bool { return r == ' ' || r == '、' || r == ',' || r == '，' || r == '　' })
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

// corporate reports whether s is the name of a company by its legal form.
func corporate(s string) bool {
	for _, f := range []string{"GmbH", " AG", "e.V", "e. V", " Inc", " Ltd", " LLC", " KG", "S.A.", " Corp", "Verlag", "有限公司"} {
		if strings.Contains(s, f) {
			return true
		}
	}
	return false
}

var authorSplit = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\s*(?:;|；|、|\||｜|•|·\s| / |\n)\s*|\s+(?:and|und|et|y|e|en|och|og|with|&|&amp;|和)\s+|\s+(?:im gespräch mit|mit|edited by|reviewed by)\s+`)
})

var (
	authorPrefix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^(?:(?:zeige )?(?:alle|all|view all|more) (?:artikel|beiträge|posts|articles|stories) (?:von|by|from)|(?:written|posted|published|reported|story|words|text|article|interview|guest post|review|edited|analysis|commentary|opinion) by|by|von|par|por|di|door|av|af|from|author|authors|autor|autorin|autoren|auteur|text|texte|interview|reporter|writer|words|redaktion|作者|记者|文|撰文|本报记者|编辑|来源|责任编辑)\s*[:：|]?\s+|^(?:作者|记者|文|撰文|本报记者|来源|编辑|责任编辑|by|author|autor|text|von)\s*[:：|／/]\s*`)
	})
	authorSuffix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\s*(?:\((?:author|autor|text|photo|foto)[^)]*\)|[,|·–—-]\s*(?:senior |chief |staff |deputy |contributing |associate |managing )*(?:reporter|writer|editor|correspondent|contributor|journalist|columnist|analyst|redakteur(?:in)?|autor(?:in)?)\b.*|\s(?:is|has|was|ist|hat)\s(?:a|an|been|the|ein|eine)\s.*|\s+(?:updated|published|posted|on|am|um|at|vom)\b.*\d.*|\s+@\w+|\s*\d{1,2}[./:]\d{1,2}.*|\s+(?:\d{1,2}\.? )?(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zäé]*\.? \d{1,4}.*|\s+(?:show|alle artikel|chefredakteur(?:in)?)$|\s+\d+ (?:min|hour|day|week|month|year)s?\b.*|\s+(?:view|see|all|more|read|show|follow|email|mehr)\s(?:profile|posts|articles|by|all|more|bio|archive|stories|author|on|this|artikel|von|zu).*)$`)
	})
)

// splitAuthors returns the names in a claim: without "by", roles, dates,
// addresses and what no name can be.
func splitAuthors(s string) []string {
	s = line(unescape(s))
	if s == "" || len(s) > 400 {
		return nil
	}
	if strings.ContainsAny(s, "<>{}") {
		return nil
	}
	for range 3 {
		t := authorPrefix().ReplaceAllString(s, "")
		if t == s || t == "" {
			break
		}
		s = t
	}
	var out []string
	for _, part := range authorSplit().Split(s, -1) {
		var names []string
		if fields := strings.FieldsFunc(part, func(r rune) bool { return r == ',' || r == '，' }); len(fields) > 1 {
			for _, f := range fields {
				f = strings.TrimSpace(f)
				if degree(f) && len(names) > 0 {
					names[len(names)-1] += ", " + f
				} else {
					names = append(names, f)
				}
			}
			if len(fields) == 2 && !strings.Contains(strings.TrimSpace(fields[0]), " ") && !strings.Contains(strings.TrimSpace(fields[1]), " ") && !hasHan(part) && len(names) == 2 {
				names = []string{strings.TrimSpace(fields[1]) + " " + strings.TrimSpace(fields[0])} // "Doe, Jane"
			}
		} else {
			names = []string{part}
		}
		for i, n := range names {
			n = authorSuffix().ReplaceAllString(n, "")
			n = authorPrefix().ReplaceAllString(n, "")
			n = strings.Trim(n, " ,.;:|-–—/[]\"“”*•")
			if !strings.Contains(n, "(") || !strings.Contains(n, ")") {
				n = strings.Trim(n, "() ")
			}
			if strings.HasSuffix(strings.TrimSpace(names[i]), ".") && (strings.HasSuffix(n, " Jr") || strings.HasSuffix(n, " Sr")) {
				n += "."
			}
			if personal(n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func hasHan(s string) bool { return strings.ContainsFunc(s, isHan) }

func degree(s string) bool {
	switch strings.ToLower(strings.ReplaceAll(s, ".", "")) {
	case "phd", "md", "ma", "msc", "mba", "jd", "esq", "jr", "sr", "cfa", "cpa", "ms", "bsc", "ba", "rn", "dphil", "mph", "ii", "iii":
		return true
	}
	return false
}

// personal reports whether s can be the name of someone who signs an article.
func personal(s string) bool {
	n := runes(s)
	if n < 2 || n > 60 || strings.Contains(s, "://") || strings.HasPrefix(s, "www.") || strings.HasPrefix(s, "@") || strings.ContainsAny(s, "{}<>=") || strings.Contains(s, "@") {
		return false
	}
	words := strings.Fields(s)
	if len(words) > 6 {
		return false
	}
	digits, letters := 0, 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < 2 || digits > letters/2 {
		return false
	}
	switch strings.ToLower(s) {
	case "by", "von", "par", "por", "di", "show", "last", "last updated", "in", "publisher", "red", "zvg", "anónimo", "ca", "alle artikel", "fail",
		"admin", "administrator", "author", "authors", "wordpressadmin", "webmaster", "root", "user", "guest", "unknown", "anonymous", "staff", "editor", "editors", "none", "null", "undefined",
		"about the author", "about", "share", "contact", "comments", "print", "email", "profile", "default", "super user", "superuser", "site admin", "written", "follow", "redaktion", "autor", "autorin", "auteurs", "auteur",
		"facebook", "twitter", "linkedin", "instagram", "name", "text", "video", "more", "true", "false", "posted", "updated", "read more", "kommentieren", "kommentare", "article", "artikel", "home", "kontakt", "impressum", "来源", "作者", "编辑", "记者":
		return false
	}
	low := strings.ToLower(s)
	for _, role := range []string{"reporter", "writer", "editor", "correspondent", "contributor", "journalist", "columnist", "editor in chief", "editor-in-chief"} {
		if strings.HasSuffix(low, " "+role) && (low == s || len(words) <= 3 && strings.HasPrefix(low, "senior ") || strings.HasPrefix(low, "staff ") || strings.HasPrefix(low, "games ") || strings.HasPrefix(low, "contributing ") || strings.HasPrefix(low, "managing ") || strings.HasPrefix(low, "chief ")) {
			return false
		}
	}
	for _, w := range []string{"posts by", "all posts", "view all", "min read", "comments", "copyright", "all rights", "cookie", "follow us", "newsletter", "sign up", "lesedauer", "tiempo de lectura", "kommentar"} {
		if strings.Contains(low, w) {
			return false
		}
	}
	return monthName(strings.ToLower(words[0])) == 0 || len(words) < 2 || !strings.ContainsAny(s, "0123456789")
}
