package web

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// funcs are what the templates may call.
var funcs = template.FuncMap{
	"day":        func(t time.Time) string { return when(t, "2 Jan 2006") },
	"moment":     func(t time.Time) string { return when(t, "2 Jan 2006 15:04") },
	"precise":    func(t time.Time) string { return when(t, "2006-01-02 15:04:05.000000") },
	"stamp":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"signed":     signed,
	"percent":    func(f float64) string { return fmt.Sprintf("%.0f%%", 100*f) },
	"tone":       tone,
	"join":       func(s []string) string { return strings.Join(s, ", ") },
	"link":       link,
	"instrument": instrumentPath,
	"spark":      spark,
}

func when(t time.Time, layout string) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(layout)
}

// signed shows a score with a real minus sign.
func signed(f float64) string {
	if math.Abs(f) < 0.005 {
		return "0.00"
	}
	return strings.Replace(fmt.Sprintf("%+.2f", f), "-", "−", 1)
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

// link shows a crawled address, and makes it a link only when it leads to the
// web: never javascript:, never data:.
func link(raw string) template.HTML {
	text := template.HTMLEscapeString(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return template.HTML(text)
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(u.String()) + `" rel="noopener noreferrer nofollow">` + text + `</a>`)
}

// instrumentPath leads to an instrument's page; numbers contain slashes and
// brackets.
func instrumentPath(id corpus.InstrumentID) string {
	return (&url.URL{Path: "/instruments/" + string(id)}).String()
}

// spark draws scores in [-1, 1], oldest first, as a line about zero.
func spark(trail []float64) template.HTML {
	const w, h = 110.0, 26.0
	if len(trail) < 2 {
		return ""
	}
	var d strings.Builder
	for i, v := range trail {
		op := 'L'
		if i == 0 {
			op = 'M'
		}
		fmt.Fprintf(&d, "%c%.1f %.1f", op, 1+float64(i)*(w-2)/float64(len(trail)-1), h/2-max(-1, min(1, v))*(h/2-2))
	}
	return template.HTML(fmt.Sprintf(`<svg class="spark" viewBox="0 0 %g %g" role="img" aria-label="last %d values"><line x1="0" x2="%g" y1="%g" y2="%g"/><path d="%s"/></svg>`,
		w, h, len(trail), w, h/2, h/2, d.String()))
}
