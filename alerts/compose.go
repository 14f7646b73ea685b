package alerts

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"
	"unicode"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/redline"
)

// The limits of a mail. They keep it within what is read on a phone, and what
// a page full of hostile text can make of it.
const (
	maxTitle   = 160 // characters
	maxSubject = 140
	maxQuote   = 420
	maxQuotes  = 3
	maxSources = 10
	maxEdges   = 8
	maxNames   = 12
)

//go:embed mail.html.tmpl mail.txt.tmpl
var templates embed.FS

var htmlMail = sync.OnceValue(func() *htmltemplate.Template {
	return htmltemplate.Must(htmltemplate.ParseFS(templates, "mail.html.tmpl"))
})

var textMail = sync.OnceValue(func() *texttemplate.Template {
	return texttemplate.Must(texttemplate.ParseFS(templates, "mail.txt.tmpl"))
})

// page is what the two templates show. All its text is clean; the HTML
// template escapes it besides.
type page struct {
	L           *language
	Lang        string // of the quoted text
	Subject     string
	Title       string
	Severity    corpus.Severity
	SeverityTag string
	Type        string
	Banner      string // what is new, in a follow-up
	Retracted   bool
	Facts       []fact
	Edges       []edge
	Quotes      []quote
	Redline     []redline.Paragraph
	RedlineMore int
	Sources     []source
	MoreSources int
	EventURL    string
	Because     string
	Unsubscribe string
}

// Color marks the severity; each bears white text (contrast of 4.5 or more, as
// WCAG 2.1 asks).
func (p page) Color() string {
	switch p.Severity {
	case corpus.SeverityCritical:
		return "#a3123a"
	case corpus.SeverityHigh:
		return "#b8450b"
	case corpus.SeverityMedium:
		return "#866200"
	default:
		return "#4a5b6e"
	}
}

// OnPage names a page of a PDF.
func (p page) OnPage(n int) string { return fmt.Sprintf(p.L.OnPage, n) }

// More says how many were left out.
func (p page) More(n int) string { return fmt.Sprintf(p.L.More, n) }

// quote is a sentence an event was read from.
type quote struct {
	Text string
	Page int    // of a PDF, from 1; 0 elsewhere
	URL  string // of that page
}

// fact is one line of the table at the top of a mail.
type fact struct {
	Label, Value string
	Was          string // what we said before, when it has changed
	Key          bool   // a date people act on
}

// edge is a relation between two instruments, with the words that say so.
type edge struct{ From, Verb, To, Evidence string }

// source is an article to read.
type source struct {
	Title, URL, Host, Name, Published string
	Primary, Withdrawn                bool
}

// compose writes the notifications of a batch.
func (m *Matcher) compose(mem Memory, ev corpus.Event, letters []*letter, now time.Time) ([]corpus.Notification, error) {
	if len(letters) == 0 {
		return nil, nil
	}
	instruments, err := instrumentsOf(mem, ev)
	if err != nil {
		return nil, err
	}
	before, after, err := revisionsOf(mem, ev)
	if err != nil {
		return nil, err
	}
	var out []corpus.Notification
	for _, l := range letters {
		p := m.page(ev, l, instruments)
		if before != nil {
			p.Redline, p.RedlineMore = changes(*before, *after)
		}
		n := corpus.Notification{
			Key: l.key, MessageID: m.messageID(l.key), Event: ev.ID, Rule: l.rules[0], Receiver: l.receiver.Name,
			To: l.receiver.Email.To, Subject: p.Subject, CreatedAt: now, NextAt: now, State: corpus.NotificationPending,
		}
		if l.thread != nil {
			n.Thread = l.thread.MessageID
		}
		if n.Text, n.HTML, err = render(p, l.receiver.Email.Format != "text"); err != nil {
			return nil, fmt.Errorf("compose %s: %w", l.key, err)
		}
		out = append(out, n)
	}
	return out, nil
}

// render writes the text of a mail and, when asked, its HTML.
func render(p page, withHTML bool) (text, html string, err error) {
	var b strings.Builder
	if err := textMail().Execute(&b, p); err != nil {
		return "", "", err
	}
	text = b.String()
	if !withHTML {
		return text, "", nil
	}
	b.Reset()
	if err := htmlMail().Execute(&b, p); err != nil {
		return "", "", err
	}
	return text, b.String(), nil
}

// instrumentsOf returns what is known of the instruments an event names.
func instrumentsOf(mem Memory, ev corpus.Event) ([]corpus.Instrument, error) {
	var out []corpus.Instrument
	for _, id := range ev.Instruments {
		in, ok, err := mem.Instrument(id)
		if err != nil {
			return nil, fmt.Errorf("instrument %s: %w", id, err)
		}
		if ok {
			out = append(out, in)
		}
	}
	return out, nil
}

// revisionsOf returns the revision that the best report of an event was read
// from and the one before it; nils when the text never changed.
func revisionsOf(mem Memory, ev corpus.Event) (before, after *corpus.Revision, err error) {
	if len(ev.Reports) == 0 {
		return nil, nil, nil
	}
	best := ev.Reports[0]
	revisions, err := mem.RevisionsOf(best.Article)
	if err != nil {
		return nil, nil, fmt.Errorf("revisions of article %s: %w", best.Article, err)
	}
	i := slices.IndexFunc(revisions, func(r corpus.Revision) bool { return r.ID == best.Revision })
	if i < 1 {
		return nil, nil, nil
	}
	return &revisions[i-1], &revisions[i], nil
}

func (m *Matcher) page(ev corpus.Event, l *letter, instruments []corpus.Instrument) page {
	lang := languageOf(l.receiver.Language)
	p := page{
		L: lang, Lang: scriptOf(ev.Title), Title: shorten(clean(ev.Title), maxTitle),
		Severity: ev.Severity, SeverityTag: named(lang.Severity, ev.Severity), Type: named(lang.Types, ev.Type),
		Retracted: ev.Status == corpus.EventRetracted,
		Facts:     factLines(lang, ev, l),
		Edges:     edges(lang, ev, instruments),
		Because:   fmt.Sprintf(lang.Because, clean(l.receiver.Name), lang.list(l.rules)),
	}
	p.Quotes = quotes(ev, p.Edges)
	p.Subject = subject(p, ev, l)
	p.Sources, p.MoreSources = m.sources(lang, ev)
	p.Banner = banner(lang, p, l.stage)
	if m.cfg.BaseURL != "" {
		p.EventURL = eventURL(m.cfg.BaseURL, ev.ID)
	}
	p.Unsubscribe = unsubscribeURL(m.cfg, l.receiver.Name)
	return p
}

// subject keeps that of the first mail in follow-ups: some mail readers thread
// by References and subject together, and would start a new thread.
func subject(p page, ev corpus.Event, l *letter) string {
	if l.thread != nil {
		return "Re: " + strings.TrimPrefix(l.thread.Subject, "Re: ")
	}
	s := fmt.Sprintf("[%s] %s", p.SeverityTag, p.Title)
	where := ""
	if len(ev.Jurisdictions) > 0 {
		where = " (" + strings.Join(names(ev.Jurisdictions), ", ") + ")"
	}
	return cleanHeader(shorten(s, maxSubject-len([]rune(where))) + where)
}

// banner says at the top of a follow-up why it was sent.
func banner(lang *language, p page, stage Stage) string {
	switch {
	case stage == StageFirst:
		return ""
	case p.Retracted:
		return lang.Retracted
	}
	var what []string
	for _, f := range p.Facts {
		if f.Was != "" {
			what = append(what, fmt.Sprintf("%s %s (%s)", f.Label, f.Value, f.Was))
		}
	}
	return fmt.Sprintf(lang.Changed, lang.list(what))
}

// factLines is the table of who, what, where and from when. A fact that was
// told otherwise before says so.
func factLines(lang *language, ev corpus.Event, l *letter) []fact {
	var lines []fact
	add := func(label, value, was string, key bool) {
		if value != "" {
			lines = append(lines, fact{label, value, was, key})
		}
	}
	add(lang.Who, lang.list(either(names(ev.Regulators), names(ev.Actors))), "", false)
	add(lang.Where, lang.list(names(ev.Jurisdictions)), "", false)
	if changed := was(lang, string(ev.Status), string(l.before.Status), named(lang.Status, l.before.Status), l); changed != "" || ev.Status != corpus.EventDone {
		add(lang.State, named(lang.Status, ev.Status), changed, false)
	}
	add(lang.Instruments, lang.list(names(ev.Instruments)), "", false)
	for _, d := range []struct {
		label  string
		at     time.Time
		before string
	}{{lang.Effective, ev.EffectiveAt, l.before.Effective}, {lang.Applies, ev.AppliesAt, day(ev.AppliesAt)}, {lang.Comments, ev.CommentsCloseAt, l.before.CommentBy}} {
		if !d.at.IsZero() {
			add(d.label, lang.date(d.at), was(lang, day(d.at), d.before, dayIn(lang, d.before), l), true)
		}
	}
	add(lang.Whom, lang.list(either(names(ev.Targets), names(ev.Exchanges))), "", false)
	add(lang.Assets, lang.list(names(ev.Assets)), "", false)
	sums := make([]string, len(ev.Amounts))
	for i, a := range ev.Amounts {
		sums[i] = a.String()
	}
	add(lang.Sums, lang.list(sums), "", false)
	if ev.Type.Regulatory() {
		add(lang.Stance, lang.stanceOf(ev.Stance), "", false)
	}
	add(lang.Confidence, fmt.Sprintf("%.0f %%", 100*ev.Confidence), "", false)
	return lines
}

// was remarks, in a follow-up, that a fact was told otherwise before.
func was(lang *language, now, before, shown string, l *letter) string {
	switch {
	case l.stage == StageFirst || now == before:
		return ""
	case before == "":
		return lang.Unstated
	}
	return lang.Was + " " + shown
}

// dayIn writes a date as [day] made it in the words of a language.
func dayIn(lang *language, d string) string {
	t, err := time.Parse(time.DateOnly, d)
	if err != nil {
		return ""
	}
	return lang.date(t)
}

// edges lists what the event's instruments do to others, those said by the
// event's own articles first. Mere citations are left out.
func edges(lang *language, ev corpus.Event, instruments []corpus.Instrument) []edge {
	var own, others []edge
	for _, in := range instruments {
		for _, r := range in.Relations {
			if r.Kind == corpus.Cites {
				continue
			}
			e := edge{clean(string(in.ID)), named(lang.Relations, r.Kind), clean(string(r.To)), shorten(clean(r.Evidence), maxQuote)}
			if reportedBy(ev, r.Article) {
				own = append(own, e)
			} else {
				others = append(others, e)
			}
		}
	}
	all := append(own, others...)
	return all[:min(len(all), maxEdges)]
}

func reportedBy(ev corpus.Event, article corpus.ArticleID) bool {
	return slices.ContainsFunc(ev.Reports, func(r corpus.Report) bool { return r.Article == article })
}

// quotes picks the sentences the event was read from, without repeating one
// another, the title, or what stands with the instruments.
func quotes(ev corpus.Event, shown []edge) []quote {
	var out []quote
	for _, said := range ev.Evidence {
		q := quote{Text: shorten(clean(said), maxQuote)}
		repeated := slices.ContainsFunc(out, func(o quote) bool { return o.Text == q.Text }) || q.Text == clean(ev.Title) ||
			slices.ContainsFunc(shown, func(e edge) bool { return e.Evidence == q.Text })
		if q.Text == "" || repeated || len(out) == maxQuotes {
			continue
		}
		for _, r := range ev.Reports {
			if i := slices.Index(r.Evidence, said); i >= 0 && i < len(r.Pages) && r.Pages[i] > 0 {
				q.Page = r.Pages[i]
				if u, _, _ := strings.Cut(safeURL(r.URL), "#"); u != "" {
					q.URL = fmt.Sprintf("%s#page=%d", u, q.Page)
				}
				break
			}
		}
		out = append(out, q)
	}
	return out
}

func (m *Matcher) sources(lang *language, ev corpus.Event) (list []source, more int) {
	for _, r := range ev.Reports[:min(len(ev.Reports), maxSources)] {
		s := source{
			Title: shorten(clean(r.Title), maxTitle), URL: safeURL(r.URL), Host: host(r.URL),
			Name: clean(m.cfg.SourceNames[r.Source]), Primary: r.Primary, Withdrawn: r.Withdrawn,
		}
		if s.Name == "" {
			s.Name = clean(string(r.Source))
		}
		if s.Title == "" {
			s.Title = s.Host
		}
		if !r.PublishedAt.IsZero() {
			s.Published = lang.date(r.PublishedAt)
		}
		list = append(list, s)
	}
	return list, len(ev.Reports) - len(list)
}

// names cleans a list for display and bounds it.
func names[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		if s := shorten(clean(string(v)), maxTitle); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) > maxNames {
		out = append(out[:maxNames], "…")
	}
	return out
}

// either returns the first list that has anything.
func either(a, b []string) []string {
	if len(a) > 0 {
		return a
	}
	return b
}

// scriptOf returns the language a title is marked with in the mail, so that
// readers pick the right glyphs and voice.
func scriptOf(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "zh"
	}
	return "en"
}
