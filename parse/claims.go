package parse

import (
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// monthFirst reports whether 04/05/2025 is the fifth of April on this page.
// Only the United States write so.
func (p *page) monthFirst() bool {
	l := strings.ToLower(p.lang)
	switch {
	case strings.HasPrefix(l, "en-us"):
		return true
	case l == "" || l == "en":
		j := p.in.source.Jurisdiction
		if j != "" {
			return j == "US"
		}
		h := p.in.base.Hostname()
		return !strings.HasSuffix(h, ".uk") && !strings.HasSuffix(h, ".au") && !strings.HasSuffix(h, ".in") && !strings.HasSuffix(h, ".ie") && !strings.HasSuffix(h, ".nz") && !strings.HasSuffix(h, ".eu")
	}
	return false
}

// timeElement notes a time element.
func (p *page) timeElement(n *html.Node, at place) {
	if len(p.dates) > 200 {
		return
	}
	text := textOf(n)
	for _, k := range []string{"datetime", "content", "title", "data-date"} {
		v := attr(n, k)
		if v == "" {
			continue
		}
		if m, ok := parseStamp(v); ok {
			s := stamp{moment: m, place: at, text: text, machine: true, short: true}
			prop := attr(n, "itemprop")
			label := text
			if n.Parent != nil {
				if around := textOf(n.Parent); len(around) < 120 {
					label = around
				}
			}
			s.modified = prop == "dateModified" || prop != "datePublished" && (at.modifiedLabel(text) || laterLabel(label) && !firstLabel(label))
			s.labelled = prop == "datePublished" || hasAttr(n, "pubdate") || at.own&traitDate != 0
			p.dates = append(p.dates, s)
			return
		}
	}
}

func (at place) modifiedLabel(text string) bool {
	if laterLabel(text) {
		return true
	}
	names := strings.ToLower(attr(at.node, "class") + " " + attr(at.node, "id"))
	return strings.Contains(names, "updat") || strings.Contains(names, "modif")
}

// laterLabel reports whether the text around a date says that it is the one
// of a later change.
func laterLabel(s string) bool {
	s = strings.ToLower(s)
	for _, w := range []string{"updat", "modified", "last change", "aktualisiert", "geändert", "stand:", "mis à jour", "modifié", "actualiz", "atualiz", "aggiorn", "更新", "修改", "bijgewerkt", "обновл"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func firstLabel(s string) bool {
	s = strings.ToLower(s)
	for _, w := range []string{"publish", "posted", "released", "issued", "release date", "veröffentlicht", "erstellt", "publié", "publicado", "pubblicato", "gepubliceerd", "发布", "發布", "发表", "時間", "时间", "日期", "опубликован", "date:", "datum:"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// text notes the dates of a text node.
func (p *page) text(n *html.Node, under trait) {
	s := n.Data
	if len(s) < 8 || len(s) > 2000 || len(p.dates) > 200 || n.Parent == nil || !mayHoldYear(s) {
		return
	}
	if n.Parent.DataAtom == atom.Time && hasAttr(n.Parent, "datetime") {
		return
	}
	m, ok := parseMoment(line(s[:min(len(s), 400)]), p.monthFirst())
	if !ok {
		return
	}
	text := line(s)
	whole := text
	if runes(text) < 40 {
		whole = textOf(n.Parent)
		if prev := n.Parent.PrevSibling; runes(whole) < 40 && prev != nil { // "<span>Date:</span> <span>4 May 2025</span>"
			if prev.Type == html.TextNode && strings.TrimSpace(prev.Data) == "" && prev.PrevSibling != nil {
				prev = prev.PrevSibling
			}
			if prev.Type == html.ElementNode {
				if label := textOf(prev); runes(label) < 40 {
					whole = label + " " + whole
				}
			}
		}
	}
	before := strings.ToLower(whole)
	if len(before) > 160 {
		before = strings.ToLower(text[:min(len(text), m.start)])
	}
	rest := len(text) - (m.end - m.start)
	p.dates = append(p.dates, stamp{
		moment:   m,
		place:    place{node: n, order: p.order, under: under},
		text:     text,
		modified: laterLabel(before) || under&traitDate != 0 && (place{node: n.Parent}).modifiedLabel(""),
		labelled: firstLabel(before),
		short:    rest <= 40,
	})
}

// mayHoldYear is a quick no for the texts without a year.
func mayHoldYear(s string) bool {
	for i := 0; i+2 <= len(s); i++ {
		c := s[i]
		if (c == '2' && s[i+1] == '0' || c == '1' && s[i+1] == '9') && i+4 <= len(s) && s[i+2] >= '0' && s[i+2] <= '9' {
			return true
		}
		if c == '.' && i > 0 && i+3 <= len(s) && s[i-1] >= '0' && s[i-1] <= '9' && s[i+1] >= '0' && s[i+1] <= '9' { // 4.5.25
			return true
		}
	}
	return false
}

// published returns when the article says it was published and last changed,
// each zero when it does not say. Machine-readable claims go first; among
// what is visible, dates by the headline; the address comes last. Nothing is
// concluded from dates inside the text.
func (p *page) published() (published, modified moment) {
	zone := zoneOf(string(p.in.source.Jurisdiction))
	local := func(m moment) moment { return localTime(m, zone) }
	var pubs []moment
	addPub := func(v string) {
		if m, ok := parseStamp(v); ok && !claimed(p.in, m.Time).IsZero() {
			pubs = append(pubs, local(m))
		}
	}
	if p.article != nil {
		if ldRank(p.article) > 1 {
			addPub(ldString(p.article["datePublished"]))
		}
		if len(pubs) == 0 && ldRank(p.article) > 1 {
			addPub(ldString(p.article["dateCreated"]))
		}
	}
	for _, key := range []string{"article:published_time", "og:article:published_time", "article:published", "datepublished", "publishdate", "publish-date", "publish_date", "pubdate", "pub_date", "published_time", "date.published",
		"dcterms.created", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date", "dc.date.created", "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date", "article_date_original", "cxenseparse:recs:publishtime",
		"og:published_time", "og:pubdate", "original-publish-date", "originalpublicationdate", "rnews:datepublished", "displaydate", "ptime", "pubtime", "weibo:article:create_at", "apub:time", "bytedance:published_time", "firstpublishedtime", "date", "_pubtime", "datecreated", "release_date", "article.published", "article.created", "shareaholic:article_published_time"} {
		for _, v := range p.metas[key] {
			addPub(v)
		}
	}
	if p.article != nil {
		if m, ok := parseStamp(ldString(p.article["dateModified"])); ok {
			modified = local(m)
		}
	}
	if modified.IsZero() {
		if m, ok := parseStamp(p.first("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "bytedance:updated_time", "revised", "modified_time", "last_updated_date", "article.updated")); ok {
			modified = local(m)
		}
	}
	seen, seenModified := p.visible(len(pubs) > 0)
	if modified.IsZero() && seenModified.Time != (time.Time{}) && len(pubs) > 0 {
		modified = local(seenModified)
	}
	if len(pubs) == 0 && p.article != nil { // a web page that is no article has a date as well: only with a visible one beside it
		if m, ok := parseStamp(ldString(p.article["datePublished"])); ok && !seen.Time.IsZero() && sameDay(m.Time, seen.Time) {
			pubs = append(pubs, local(m))
		}
	}
	if len(pubs) > 0 {
		published = pubs[0]
		for _, m := range pubs[1:] { // the same day with a time of day says more
			if sameDay(published.Time, m.Time) && (!published.clock && m.clock || !published.zone && m.zone) {
				published = m
			}
		}
		if !published.clock && seen.clock && sameDay(published.Time, seen.Time) {
			published = local(seen)
		}
		return published, modified
	}
	if seen.Time.IsZero() {
		if m, ok := urlDate(p.in.base.Path); ok {
			seen = m
		}
	} else if m, ok := urlDate(p.in.base.Path); ok && !sameDay(m.Time, seen.Time) && abs(m.Sub(seen.Time)) > 72*time.Hour {
		seen = m
	}
	if seen.Time.IsZero() && !seenModified.Time.IsZero() {
		return local(seenModified), moment{}
	}
	return local(seen), modified
}

// localTime puts a time without a zone into the publisher's.
func localTime(m moment, zone *time.Location) moment {
	if zone != nil && m.clock && !m.zone {
		m.Time = time.Date(m.Year(), m.Month(), m.Day(), m.Hour(), m.Minute(), m.Second(), 0, zone)
	}
	return m
}

func abs(d time.Duration) time.Duration {
	if d < 0 {
		return -d
	}
	return d
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// visible picks the date that stands by the headline. A reader takes the
// first date under (or just over) the headline for that of the article, when
// it stands by itself or is labelled; so do we.
func (p *page) visible(confirmed bool) (published, modified moment) {
	if len(p.dates) == 0 {
		return
	}
	headAt := 0
	title := fold(p.title())
	for _, h := range p.headings {
		if h.under&around == 0 && (headAt == 0 || overlap(fold(headingText(h.node)), title) > 0.7) {
			headAt = h.order
			if overlap(fold(headingText(h.node)), title) > 0.7 {
				break
			}
		}
	}
	bestScore := 0.0
	for _, s := range p.dates {
		itemprop := s.machine && attr(s.node, "itemprop") == "datePublished"
		if s.under&traitComment != 0 || s.under&traitFoot != 0 && !itemprop || claimed(p.in, s.Time).IsZero() {
			continue
		}
		score := 0.0
		if s.machine {
			score += 1.5
		}
		if itemprop {
			score++
		}
		if s.labelled {
			score += 2
		}
		if s.under&traitDate != 0 || s.own&traitDate != 0 {
			score += 1.5
		}
		if s.under&(traitByline|traitMeta) != 0 {
			score += 0.7
		}
		if s.short {
			score++
		} else if !s.labelled {
			continue
		}
		if s.clock {
			score += 0.5
		}
		if s.under&(traitRelated|traitSide|traitNav|traitAd|traitLetter) != 0 {
			score -= 2.5
		}
		if headAt > 0 {
			switch d := s.order - headAt; {
			case d >= 0 && d < 60:
				score += 1.5
			case d >= 0 && d < 200:
				score += 0.7
			case d < 0 && d > -40:
				score += 0.8
			default:
				score -= 0.5
			}
		}
		if inside(s.node, func(n *html.Node) bool { return n.DataAtom == atom.A || n.DataAtom == atom.Li }) {
			score -= 0.8
		}
		if s.modified {
			if modified.IsZero() && score >= 2 {
				modified = s.moment
			}
			continue
		}
		if score > bestScore+0.01 {
			published, bestScore = s.moment, score
		}
	}
	if bestScore >= 1.7 {
		return published, modified
	}
	// The only date of a page that stands by itself is the article's.
	published = moment{}
	for _, s := range p.dates {
		if !s.short || s.modified || s.under&(around&^traitSide) != 0 || claimed(p.in, s.Time).IsZero() ||
			len(s.text) > s.end-s.start+12 || inside(s.node, func(n *html.Node) bool { return n.DataAtom == atom.A || n.DataAtom == atom.Li }) {
			continue
		}
		if !published.IsZero() && !sameDay(published.Time, s.Time) {
			return moment{}, modified
		}
		if published.IsZero() || s.clock && !published.clock {
			published = s.moment
		}
	}
	return published, modified
}
