package web

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/regwire/regwire/corpus"
)

// funcs are what the templates may call.
var funcs = template.FuncMap{
	"day":        func(t time.Time) string { return when(t, "2 Jan 2006") },
	"moment":     func(t time.Time) string { return when(t, "2 Jan 2006 15:04") },
	"published":  published,
	"precise":    func(t time.Time) string { return when(t, "2006-01-02 15:04:05.000000") },
	"stamp":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"signed":     signed,
	"stance":     stance,
	"percent":    func(f float64) string { return fmt.Sprintf("%.0f%%", 100*f) },
	"tone":       tone,
	"count":      count,
	"join":       func(s []string) string { return strings.Join(s, ", ") },
	"outward":    outward,
	"pdfPage":    pdfPage,
	"instrument": instrumentPath,
	"pair":       func(a, b any) struct{ A, B any } { return struct{ A, B any }{a, b} },
	"language":   languageName,
	"script":     script,
	"spark":      func(trail []float64) template.HTML { return line(trail, 120, 28, false) },
	"chart":      func(trail []float64) template.HTML { return line(trail, 1100, 200, true) },
}

func when(t time.Time, layout string) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(layout)
}

// published shows the time a source claims; many claim a day only.
func published(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return when(t, "2 Jan 2006")
	}
	return when(t, "2 Jan 2006 15:04 UTC")
}

// signed shows a score with a real minus sign.
func signed(f float64) string {
	if math.Abs(f) < 0.005 {
		return "0.00"
	}
	return strings.Replace(fmt.Sprintf("%+.2f", f), "-", "−", 1)
}

// stance is a stance in a word.
func stance(f float64) string {
	switch tone(f) {
	case "up":
		return "permissive"
	case "down":
		return "restrictive"
	}
	return "neutral"
}

// tone is the class that colours a score; the band is for the eye only.
func tone(f float64) string {
	switch {
	case f > 0.05:
		return "up"
	case f < -0.05:
		return "down"
	}
	return "flat"
}

// count shows a whole number in groups of three digits.
func count(n any) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// outward shows a crawled address, and makes it a link only when it leads to
// the web: never javascript:, never data:.
func outward(raw string) template.HTML {
	text := template.HTMLEscapeString(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return template.HTML(text)
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(u.String()) + `" rel="noopener noreferrer nofollow">` + text + `</a>`)
}

// pdfPage leads to the page of a PDF on which the nth sentence of a report's
// evidence stands; it is empty where that is not known.
func pdfPage(r corpus.Report, n int) template.HTML {
	if n >= len(r.Pages) || r.Pages[n] <= 0 {
		return ""
	}
	text := fmt.Sprintf("page %d", r.Pages[n])
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return template.HTML(text)
	}
	u.Fragment, u.RawFragment = fmt.Sprintf("page=%d", r.Pages[n]), ""
	return template.HTML(`<a href="` + template.HTMLEscapeString(u.String()) + `" rel="noopener noreferrer nofollow">` + text + `</a>`)
}

// instrumentPath leads to an instrument's page; numbers contain slashes and
// brackets.
func instrumentPath(id corpus.InstrumentID) string {
	return (&url.URL{Path: "/instruments/" + string(id)}).String()
}

func languageName(code string) string {
	switch code {
	case "en":
		return "English"
	case "zh":
		return "中文"
	}
	return code
}

// script says that a text is Chinese, so that browsers choose Chinese glyphs
// over Japanese ones on a page that is English.
func script(s string) template.HTMLAttr {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return `lang="zh"`
	}
	return ""
}

// leastScale keeps small movements small: a line that fills its box has moved
// by at least this much.
const leastScale = 0.25

// line draws scores, oldest first, about zero, to the scale of the largest; a
// chart says what scale that is.
func line(trail []float64, w, h float64, chart bool) template.HTML {
	if len(trail) == 0 {
		return ""
	}
	scale := leastScale
	for _, v := range trail {
		scale = max(scale, math.Abs(v))
	}
	const margin = 4.0
	var path, labels strings.Builder
	var x, y float64
	for i, v := range trail {
		op := 'L'
		if i == 0 {
			op = 'M'
		}
		x = w - margin - float64(len(trail)-1-i)*(w-2*margin)/float64(max(1, len(trail)-1))
		y = h/2 - v/scale*(h/2-margin)
		fmt.Fprintf(&path, "%c%.1f %.1f", op, x, y)
	}
	class := "spark"
	if chart {
		class = "chart"
		fmt.Fprintf(&labels, `<text x="0" y="12">%s</text><text x="0" y="%g">%s</text>`, signed(scale), h-2, signed(-scale))
	}
	return template.HTML(fmt.Sprintf(`<svg class="%s" viewBox="0 0 %g %g" role="img" aria-label="the last %d values"><line x1="0" x2="%g" y1="%g" y2="%g"/>%s<path d="%s"/><circle cx="%.1f" cy="%.1f" r="2.4"/></svg>`,
		class, w, h, len(trail), w, h/2, h/2, labels.String(), path.String(), x, y))
}
