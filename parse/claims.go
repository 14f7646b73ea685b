package parse

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
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

// published returns when the article says it was published and last changed,
// each zero when it does not say. Machine-readable claims go first; among
// what is visible, dates by the headline; the address comes last. Nothing is
// concluded from dates inside the text.
func (p *page) published() (published, modified moment) {
	zone := zoneOf(string(p.in.source.Jurisdiction))
	local := func(m moment) moment { return localTime(m, zone) }
	var pubs []moment
	addPub := func(v string, from Origin) {
		if m, ok := parseStamp(v); ok && !claimed(p.in, m.Time).IsZero() {
			m.from = from
			pubs = append(pubs, local(m))
		}
	}
	if p.article != nil {
		if ldRank(p.article) > 1 {
			addPub(ldString(p.article["datePublished"]), OriginLinked)
		}
		if len(pubs) == 0 && ldRank(p.article) > 1 {
			addPub(ldString(p.article["dateCreated"]), OriginLinked)
		}
	}
	for _, key := range []string{"article:published_time", "og:article:published_time", "article:published", "datepublished", "publishdate", "publish-date", "publish_date", "pubdate", "pub_date", "published_time", "date.published",
		"dcterms.created", "dcterms:created", "dcterms:issued", "dc.date.issued", "dcterms.issued", "dc.date.created", "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date", "article_date_original", "cxenseparse:recs:publishtime",
		"og:published_time", "og:pubdate", "original-publish-date", "originalpublicationdate", "rnews:datepublished", "displaydate", "ptime", "pubtime", "weibo:article:create_at", "apub:time", "bytedance:published_time", "firstpublishedtime", "_pubtime", "release_date", "article.published", "article.created", "shareaholic:article_published_time"} {
		for _, v := range p.metas[key] {
			addPub(v, OriginMeta)
		}
	}
	vague := len(pubs) == 0 // a "date" may be any: of a change, of the page's making
	for _, key := range []string{"date", "dc.date", "dc:date", "dcterms.date", "datecreated"} {
		for _, v := range p.metas[key] {
			addPub(v, OriginMeta)
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
	seen.from, seenModified.from = OriginVisible, OriginVisible
	address, addressed := urlDate(p.in.base.Path)
	address.from = OriginAddress
	if modified.IsZero() && seenModified.Time != (time.Time{}) && len(pubs) > 0 {
		modified = local(seenModified)
	}
	if len(pubs) == 0 && p.article != nil { // a web page that is no article has a date as well: only with a visible one beside it
		if m, ok := parseStamp(ldString(p.article["datePublished"])); ok && !seen.Time.IsZero() && sameDay(m.Time, seen.Time) {
			m.from = OriginLinked
			pubs = append(pubs, local(m))
		}
	}
	if vague && len(pubs) > 0 && !seen.IsZero() && p.contradicted(pubs[0]) {
		pubs = nil
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
		if !seen.IsZero() && !sameDay(published.Time, seen.Time) { // the claim that agrees with what readers see
			for _, m := range pubs[1:] {
				if sameDay(m.Time, seen.Time) {
					published = m
					break
				}
			}
		}
		published = onWall(published, seen)
		published.confirmed = sameDay(published.Time, seen.Time) || addressed && sameDay(published.Time, address.Time)
		for _, m := range pubs {
			published.confirmed = published.confirmed || m.from != published.from && sameDay(published.Time, m.Time)
		}
		return published, modified
	}
	switch {
	case !addressed:
	case seen.Time.IsZero():
		seen = address
	case sameDay(address.Time, seen.Time):
		seen.confirmed = true
	case abs(address.Sub(seen.Time)) > 72*time.Hour:
		seen = address
	}
	if seen.IsZero() {
		seen = p.titleDate()
		seen.from = OriginWindow
	}
	if seen.IsZero() && !seenModified.IsZero() {
		return local(seenModified), moment{}
	}
	if modified.IsZero() {
		modified = local(seenModified)
	}
	return local(seen), modified
}

// titleDate reads a date that the page's title carries as a part of its own:
// "23.01.2022 - Headline", "Headline | Paper | 23.05.2011".
func (p *page) titleDate() moment {
	for _, t := range []string{p.docTitle, p.first("og:title")} {
		if m, ok := parseMoment(t, p.monthFirst()); ok {
			before, after := strings.TrimSpace(t[:m.start]), strings.TrimSpace(t[m.end:])
			if before == "" && strings.HasPrefix(after, "-") || before == "" && strings.HasPrefix(after, "|") || after == "" && strings.HasSuffix(before, "|") {
				return m
			}
		}
	}
	return moment{}
}

// dateline reads the date with which the text itself opens, as releases do:
// "Washington, D.C., March 3, 2025 – The agency …", "27.1.2022 - At the …".
// A sentence that opens with a date is none.
func (p *page) dateline(parts []part) moment {
	for i, b := range parts {
		if i >= 4 {
			break
		}
		if b.Kind == corpus.BlockCaption || weight(b.Text) < 60 {
			continue
		}
		m, ok := parseMoment(b.Text[:min(len(b.Text), 120)], p.monthFirst())
		if !ok || m.start > 60 || span(b.Text, m) || !placeName(b.Text[:m.start]) {
			continue
		}
		after := strings.TrimLeft(b.Text[m.end:], ") ")
		for _, sign := range []string{"-", "–", "—", ":", "|", "„", "“", "\"", "/", "•"} {
			if strings.HasPrefix(after, sign) {
				zone := zoneOf(string(p.in.source.Jurisdiction))
				return localTime(m, zone)
			}
		}
	}
	return moment{}
}

// placeName reports whether s, what stands before the date of a dateline, can
// be the name of a place, or is empty.
func placeName(s string) bool {
	words := strings.Fields(strings.Trim(s, " ,(/–-"))
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, "(/"))
		if unicode.IsLower(r) && !particle(strings.TrimRight(w, ",")) {
			return false
		}
	}
	return len(words) <= 6 && !strings.ContainsAny(s, ":;!?")
}

// onWall puts an instant that is claimed in UTC into the zone in which the
// page shows it, so that it falls on the day its readers are told.
func onWall(claim, seen moment) moment {
	if _, offset := claim.Zone(); offset != 0 || !claim.clock || !claim.zone || seen.zone {
		return claim
	}
	if !seen.clock { // the midnight with which the day began that readers are told
		midnight := 24*60 - claim.Hour()*60 - claim.Minute()
		if claim.Second() == 0 && claim.Minute()%30 == 0 && midnight <= 14*60 && sameDay(claim.Add(24*time.Hour), seen.Time) {
			claim.Time = claim.In(fixedZone(midnight))
		}
		return claim
	}
	wall := time.Date(seen.Year(), seen.Month(), seen.Day(), seen.Hour(), seen.Minute(), 0, 0, time.UTC)
	ahead := wall.Sub(claim.UTC().Truncate(time.Minute))
	if ahead == 0 || ahead%(15*time.Minute) != 0 || ahead < -12*time.Hour || ahead > 14*time.Hour {
		return claim
	}
	claim.Time = claim.In(fixedZone(int(ahead / time.Minute)))
	return claim
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
