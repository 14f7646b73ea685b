package parse

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// timeElement notes a time element.
func (p *page) timeElement(n *html.Node, at place) {
	if len(p.dates) > 200 {
		return
	}
	text := shortText(n, 400)
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
				if around := shortText(n.Parent, 120); around != "" {
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

// The words beside a date that say which it is: of a later change, or of the
// publication.
var (
	laterWords = []string{"updat", "modified", "last change", "last review", "revised", "aktualisiert", "geändert", "stand:", "mis à jour", "mise à jour", "modifié", "actualiz", "atualiz", "aggiorn", "更新", "修改", "bijgewerkt", "обновл", "aktualizac", "zaktualizowan", "päivitetty", "oppdatert", "uppdaterad", "opdateret", "수정", "güncelle"}
	firstWords = []string{"publish", "posted", "released", "issued", "written", "release date", "veröffentlicht", "erstellt", "publié", "mis en ligne", "publicado", "publicación", "publicada", "pubblicato", "gepubliceerd", "geplaatst", "opublikowan", "publicerad", "publisert", "udgivet", "julkaistu", "发布", "發布", "發佈", "发表", "发文", "時間", "时间", "日期", "公開日", "掲載日", "投稿日", "公開", "등록", "입력", "게시", "작성", "опубликован", "дата", "date:", "date :", "datum:", "fecha:", "data:", "yayın"}
)

// otherWords say beside a date that it is neither: when something takes
// effect, ends or takes place, or when a document was drawn up.
var otherWords = []string{"effective", "in force", "deadline", "due ", "due:", "closing date", "closes on", "expires", "ends on", "event date", "event:", "hearing", "meeting", "applies from", "entry into", "comments due", "comment period", "in kraft", "frist", "gültig", "stichtag", "entrée en vigueur", "échéance", "vigencia", "vigor", "生效", "施行", "实施", "截止", "到期", "成文", "签署", "開始日", "施行日", "期限", "시행", "마감"}

// otherLabel reports whether the text before a date says that it is another
// one: the label nearest to it counts.
func otherLabel(s string) bool {
	if narrates(s) {
		return true
	}
	s = strings.ToLower(s)
	at := lastOf(s, otherWords)
	return at >= 0 && len(s) < 120 && at >= max(lastOf(s, []string{"publish", "posted", "released", "issued", "发布", "發布", "发文", "veröffentlicht", "publié", "publicado", "pubblicato"}), lastOf(s, laterWords))
}

// lastOf returns where in s the last of words ends; -1 when there is none.
func lastOf(s string, words []string) int {
	at := -1
	for _, w := range words {
		if i := strings.LastIndex(s, w); i >= 0 {
			at = max(at, i+len(w))
		}
	}
	return at
}

// laterLabel reports whether the text beside a date says that it is the one
// of a later change: the label nearest to it counts.
func laterLabel(s string) bool {
	s = strings.ToLower(s)
	at := lastOf(s, laterWords)
	return at >= 0 && at >= lastOf(s, firstWords)
}

// firstLabel reports whether it says that it is the date of publication.
func firstLabel(s string) bool {
	return lastOf(strings.ToLower(s), firstWords) >= 0 && !narrates(s)
}

// narrates reports whether the text beside a date tells when something other
// than the page was issued: "the earlier letter was issued on".
func narrates(s string) bool {
	s = strings.ToLower(s)
	return containsAny(s, " was issued", " was published", " was released", " were issued", " were published", " were released") &&
		!containsAny(s, "this ", "article", "post ", "page", "story", "first ", "originally")
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
	text := line(s[:min(len(s), 400)])
	for range 3 { // "Published 4 May 2025, updated 6 May 2025"
		m, ok := parseMoment(text, p.monthFirst())
		if !ok {
			return
		}
		p.noteDate(n, under, text, m)
		if text = text[m.end:]; len(text) > 160 || !mayHoldYear(text) {
			return
		}
	}
}

// noteDate notes the date m of a text in node n, with what is said of it.
func (p *page) noteDate(n *html.Node, under trait, text string, m moment) {
	whole := text
	if runes(text) < 40 {
		if all := shortText(n.Parent, 400); all != "" {
			whole = all
		}
		if prev := n.Parent.PrevSibling; runes(whole) < 40 && prev != nil { // "<span>Date:</span> <span>4 May 2025</span>"
			if prev.Type == html.TextNode && strings.TrimSpace(prev.Data) == "" && prev.PrevSibling != nil {
				prev = prev.PrevSibling
			}
			if prev.Type == html.ElementNode {
				if label := shortText(prev, 160); label != "" && runes(label) < 40 {
					whole = label + " " + whole
				}
			}
		}
	}
	// What is said of a date stands before it; only without that, behind it.
	label := ""
	if i := strings.Index(whole, text); i >= 0 && len(whole) <= 160 {
		label = whole[:i]
	}
	label += text[:m.start]
	later, first := laterLabel(label), firstLabel(label)
	if !later && !first && len(whole)-(m.end-m.start) <= 60 {
		later, first = laterLabel(whole), firstLabel(whole)
	}
	p.dates = append(p.dates, stamp{
		moment:   m,
		place:    place{node: n, order: p.order, under: under},
		text:     text,
		label:    label,
		modified: later || under&traitDate != 0 && !first && (place{node: n.Parent}).modifiedLabel(""),
		labelled: first,
		short:    len(text)-(m.end-m.start) <= 40,
		span:     span(text, m),
	})
}

// span reports whether the date m of text is one end of a span of days: "9–23
// February 2017", "3 May 2025 to 7 May 2025".
func span(text string, m moment) bool {
	before := strings.TrimRight(text[:m.start], " ")
	for _, dash := range []string{"-", "–", "—", "bis", "to", "au", "al"} {
		if head, ok := strings.CutSuffix(before, dash); ok {
			head = strings.TrimRight(head, ". ")
			if head != "" && head[len(head)-1] >= '0' && head[len(head)-1] <= '9' {
				return true
			}
		}
	}
	after := strings.TrimLeft(text[min(m.end, len(text)):], " ")
	for _, dash := range []string{"-", "–", "—", "bis ", "to ", "au ", "al ", "至"} {
		if rest, ok := strings.CutPrefix(after, dash); ok {
			if next, ok := parseMoment(rest, true); ok && next.start <= 1 {
				return true
			}
		}
	}
	return false
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

// headAt is where the headline stands, in nodes from the start of the page: 0
// when it shows none.
func (p *page) headAt() int {
	at, title := 0, fold(p.title())
	for _, h := range p.headings {
		if h.under&around != 0 {
			continue
		}
		if overlap(fold(headingText(h.node)), title) > 0.7 {
			return h.order
		}
		if at == 0 {
			at = h.order
		}
	}
	return at
}

// contradicted reports whether readers are shown another date than claim: one
// by the headline is not it, and none on the page is.
func (p *page) contradicted(claim moment) bool {
	headAt, beside := p.headAt(), false
	for _, s := range p.dates {
		if !s.short || s.modified {
			continue
		}
		if sameDay(s.Time, claim.Time) {
			return false
		}
		if d := s.order - headAt; headAt > 0 && d > -40 && d < 60 && s.under&traitComment == 0 {
			beside = true
		}
	}
	return beside
}

// visible picks the date that stands by the headline. A reader takes the
// first date under (or just over) the headline for that of the article, when
// it stands by itself or is labelled; so do we.
func (p *page) visible(confirmed bool) (published, modified moment) {
	if len(p.dates) == 0 {
		return
	}
	headAt := p.headAt()
	bestScore := 0.0
	for _, s := range p.dates {
		itemprop := s.machine && attr(s.node, "itemprop") == "datePublished"
		if s.under&traitComment != 0 || s.under&traitFoot != 0 && !itemprop || claimed(p.in, s.Time).IsZero() || credited(s) || !itemprop && otherLabel(s.label) {
			continue
		}
		score := 0.0
		if l := strings.TrimSpace(s.label); strings.HasSuffix(l, ":") && !s.labelled && !s.modified && !s.machine && len(strings.Fields(l)) <= 2 {
			score -= 1.5 // "Release: 14.11.2019" is of a game
		}
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
			if modified.IsZero() && (score >= 2 || score > 0 && s.short && s.under&(around&^traitSide) == 0) {
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
		if !s.short || s.modified || s.under&(around&^traitSide) != 0 || credited(s) || otherLabel(s.label) || strings.Contains(s.label, ":") && !s.labelled || claimed(p.in, s.Time).IsZero() ||
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

// credited reports whether a date belongs to a claim of rights or to a
// picture, or is an end of a span of days, which is when something takes place.
func credited(s stamp) bool {
	return s.span || strings.Contains(s.text, "©") || strings.Contains(s.text, "(c)") || strings.Contains(strings.ToLower(s.text), "copyright") ||
		inside(s.node, func(n *html.Node) bool { return n.DataAtom == atom.Figcaption })
}

// containsAny reports whether s contains one of words.
func containsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
