package crawler

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

const (
	minEntries  = 3      // that make a list
	minTitle    = 12     // letters of a link that may be a title; a Han character counts as three
	maxLists    = 2      // proposed of one page
	maxElements = 20_000 // of a page that is read for its structure
)

// proposeHTML reads selectors off a page: where siblings of one kind each hold
// a link with the length of a title, it takes them for entries of a list. The
// list that looks most like news comes first: many entries, with dates, long
// titles, outside of navigation.
func proposeHTML(base *url.URL, doc *goquery.Document) []Discovery {
	type list struct {
		Discovery
		score float64
	}
	var lists []list
	seen := make(map[string]bool)
	elements := doc.Find("body *")
	if elements.Length() > maxElements {
		return nil
	}
	for _, parent := range elements.AddSelection(doc.Find("body")).Nodes {
		for _, entries := range entryGroups(parent, base) {
			item := itemSelector(doc, entries)
			if item == "" || seen[item] {
				continue
			}
			seen[item] = true
			all := doc.Find(item)
			if all.Length() > 3*len(entries)+20 { // so vague that it finds something else
				continue
			}
			d, dated, title := proposeFields(all)
			d.HTML.Item = item
			score := float64(min(len(entries), 30)) * (1 + 3*dated) * min(title, 60) / 60
			if all.First().Closest("nav, footer, aside, header").Length() > 0 {
				score /= 10
			}
			if dated < 0.5 && (len(entries) < 5 || title < 2*minTitle) {
				continue
			}
			lists = append(lists, list{d, score})
		}
	}
	slices.SortStableFunc(lists, func(a, b list) int {
		if a.score > b.score {
			return -1
		}
		return 1
	})
	var out []Discovery
	for _, l := range lists[:min(len(lists), maxLists)] {
		l.HTML.Next = nextSelector(doc)
		out = append(out, l.Discovery)
	}
	return out
}

// entryGroups returns the children of parent that may be the entries of a
// list: at least minEntries of one tag, each with a link of its own.
func entryGroups(parent *html.Node, base *url.URL) [][]*html.Node {
	byTag := make(map[string][]*html.Node)
	links := make(map[string]map[string]bool)
	var tags []string
	for n := parent.FirstChild; n != nil; n = n.NextSibling {
		if n.Type != html.ElementNode {
			continue
		}
		a := mainLink(goquery.NewDocumentFromNode(n).Selection)
		if a == nil {
			continue
		}
		u, err := Canonical(a.AttrOr("href", ""), base)
		if err != nil || imagePath(u) || u == base.String() {
			continue
		}
		if byTag[n.Data] == nil {
			tags = append(tags, n.Data)
			links[n.Data] = make(map[string]bool)
		}
		byTag[n.Data] = append(byTag[n.Data], n)
		links[n.Data][u] = true
	}
	var out [][]*html.Node
	for _, t := range tags {
		if len(links[t]) >= minEntries { // different ones
			out = append(out, byTag[t])
		}
	}
	return out
}

// mainLink returns the first link in or at s that has the text of a title, nil
// without any.
func mainLink(s *goquery.Selection) *goquery.Selection {
	var found *goquery.Selection
	s.Filter("a[href]").AddSelection(s.Find("a[href]")).EachWithBreak(func(_ int, a *goquery.Selection) bool {
		if weight(a.Text()) >= minTitle {
			found = a
		}
		return found == nil
	})
	return found
}

// weight is the length of a text in letters, of which a Han character has three.
func weight(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			n += 3
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			n++
		}
	}
	return n
}

// itemSelector returns a selector that finds entries: their tag with the
// classes that all of them have, under the nearest ancestor that has a name.
func itemSelector(doc *goquery.Document, entries []*html.Node) string {
	classes := stableClasses(entries[0])
	for _, e := range entries[1:] {
		has := stableClasses(e)
		classes = slices.DeleteFunc(classes, func(c string) bool { return !slices.Contains(has, c) })
	}
	item := entries[0].Data
	for _, c := range classes[:min(len(classes), 2)] {
		item += "." + c
	}
	path := item
	for n := entries[0].Parent; n != nil && n.Type == html.ElementNode && n.Data != "html"; n = n.Parent {
		name := n.Data
		if id := attribute(n, "id"); stableName.MatchString(id) {
			name += "#" + id
		} else if c := stableClasses(n); len(c) > 0 {
			name += "." + c[0]
		} else {
			path = name + " > " + path
			continue
		}
		path = name + " > " + path
		break
	}
	if doc.Find(path).Length() < len(entries) {
		return ""
	}
	return path
}

// stableName matches names that a person gave: those that tools make hold
// figures and hashes and change with every release.
var stableName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z_-]{1,40}$`)

func stableClasses(n *html.Node) []string {
	var out []string
	for _, c := range strings.Fields(attribute(n, "class")) {
		switch strings.ToLower(c) {
		case "active", "odd", "even", "first", "last", "row", "hover", "current", "selected":
			continue
		}
		if stableName.MatchString(c) {
			out = append(out, c)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// proposeFields says where in the entries link, title and date are. It also
// returns the share of entries with a date and the mean weight of a title.
func proposeFields(entries *goquery.Selection) (d Discovery, dated, title float64) {
	d = Discovery{Type: DiscoverHTML}
	d.HTML.Link, d.HTML.Title = linkFields(entries)
	n := float64(entries.Length())
	entries.Each(func(_ int, s *goquery.Selection) {
		field := d.HTML.Title
		if field == "" {
			field = "a"
		}
		title += float64(min(weight(pick(s, field)), 120)) / n
	})
	field, dates, share := dateField(entries)
	if share >= 0.5 {
		d.HTML.Date, d.Dates = field, dates
	}
	return d, share, title
}

// linkFields returns the selectors of link and title, empty where the
// defaults find them.
func linkFields(entries *goquery.Selection) (link, title string) {
	n := entries.Length()
	self, first, heading := 0, 0, 0
	byPath := make(map[string]int)
	entries.Each(func(_ int, s *goquery.Selection) {
		a := mainLink(s)
		if a == nil {
			return
		}
		if a.Get(0) == s.Get(0) {
			self++
		}
		if l := s.Find("a[href]"); l.Length() > 0 && l.Get(0) == a.Get(0) {
			first++
		}
		if h := s.Find("h1, h2, h3, h4, h5"); h.Length() > 0 && weight(h.First().Text()) >= minTitle {
			heading++
		}
		byPath[goquery.NodeName(a.Parent())+" > a"]++
	})
	switch {
	case self*2 > n:
		link, title = "@href", "."
	case first*5 < 4*n:
		best := 0
		for _, tag := range []string{"h1", "h2", "h3", "h4", "h5", "p", "div", "span", "td", "dt", "dd", "li"} {
			if c := byPath[tag+" > a"]; c > best {
				best, link, title = c, tag+" > a@href", tag+" > a"
			}
		}
	}
	if heading*5 >= 4*n {
		title = "h1, h2, h3, h4, h5"
	}
	return link, title
}

// dateForm is a way of writing dates that is found inside longer texts.
type dateForm struct {
	pattern string
	layouts []string // empty: those that are read without being told
}

// dateForms are tried in order; the two in figures alone only fit where the
// figures say which is the day.
var dateForms = []dateForm{
	{pattern: `(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\S*)`},
	{pattern: `(\d{4}年\d{1,2}月\d{1,2}日)`},
	{pattern: `(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?)`},
	{pattern: `((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? \d{4})`},
	{pattern: `(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4})`},
	{pattern: `(\d{1,2}/\d{1,2}/\d{4})`, layouts: []string{"2/1/2006"}},
	{pattern: `(\d{1,2}/\d{1,2}/\d{4})`, layouts: []string{"1/2/2006"}},
	{pattern: `(\d{1,2}\.\d{1,2}\.\d{4})`, layouts: []string{"2.1.2006"}},
}

// fits counts the texts in which the form finds a date, and reports whether
// the date is all there is in them.
func (f dateForm) fits(texts []string) (n int, alone bool) {
	src := source{zone: time.UTC, datePattern: regexp.MustCompile(f.pattern)}
	src.Discovery.Dates.Layouts = f.layouts
	alone = true
	telling := len(f.layouts) == 0 || strings.Contains(f.pattern, `\.`)
	for _, t := range texts {
		if src.date(t).IsZero() {
			continue
		}
		n++
		m := src.datePattern.FindString(t)
		alone = alone && strings.TrimSpace(t) == m
		if p := strings.Split(m, "/"); len(p) == 3 && !telling {
			a, _ := strconv.Atoi(p[0])
			b, _ := strconv.Atoi(p[1])
			telling = a > 12 || b > 12
		}
	}
	if !telling {
		return 0, false
	}
	return n, alone
}

// dateField returns the field of the entries that holds their dates, how they
// are written, and in which share of the entries.
func dateField(entries *goquery.Selection) (field string, dates Dates, share float64) {
	candidates := []string{"time@datetime", "time"}
	entries.Slice(0, min(3, entries.Length())).Each(func(_ int, s *goquery.Selection) {
		s.Find("*").Each(func(_ int, e *goquery.Selection) {
			text := strings.Join(strings.Fields(e.Text()), " ")
			if len(text) > 60 || !strings.ContainsAny(text, "0123456789") {
				return
			}
			c := goquery.NodeName(e)
			if classes := stableClasses(e.Get(0)); len(classes) > 0 {
				c += "." + classes[0]
			}
			if !slices.Contains(candidates, c) && c != "a" && len(candidates) < 20 {
				candidates = append(candidates, c)
			}
		})
	})
	candidates = append(candidates, ".") // the entry's own text, last: a title may hold a date as well
	best := 0
	for _, c := range candidates {
		var texts []string
		entries.Each(func(_ int, s *goquery.Selection) { texts = append(texts, pick(s, c)) })
		for _, f := range dateForms {
			n, alone := f.fits(texts)
			if n <= best {
				continue
			}
			best, field, dates = n, c, Dates{Layouts: f.layouts}
			if !alone {
				dates.Pattern = f.pattern
			}
		}
	}
	return field, dates, float64(best) / float64(entries.Length())
}

// nextSelector returns the selector of the link to the next page, empty
// without one.
func nextSelector(doc *goquery.Document) string {
	for _, s := range []string{"link[rel=next]", "a[rel=next]", "li.next a", ".pagination .next a", "a.next", ".pager-next a", ".pager__item--next a"} {
		if doc.Find(s+"[href]").Length() > 0 {
			return s
		}
	}
	return ""
}
