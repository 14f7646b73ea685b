package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// params reads query parameters. It remembers the first that is wrong and
// which names were asked for, so that done can refuse all others.
type params struct {
	values url.Values
	names  []string
	err    error
}

func read(r *http.Request) *params { return &params{values: r.URL.Query()} }

func (p *params) fail(name, value, want string) {
	if p.err == nil {
		p.err = badRequest(fmt.Sprintf("%s: %q is not %s", name, value, want))
	}
}

// done returns what is wrong with the parameters, once all have been read.
func (p *params) done() error {
	var unknown []string
	for name := range p.values {
		if !slices.Contains(p.names, name) {
			unknown = append(unknown, name)
		}
	}
	if p.err != nil || len(unknown) == 0 {
		return p.err
	}
	slices.Sort(unknown)
	takes := "no parameters"
	if len(p.names) > 0 {
		takes = strings.Join(p.names, ", ")
	}
	return badRequest(fmt.Sprintf("%s: unknown parameter; this takes %s", unknown[0], takes))
}

// list returns the values of a parameter that may be given several times.
func (p *params) list(name string) []string {
	p.names = append(p.names, name)
	return p.values[name]
}

// text returns a parameter that may be given once.
func (p *params) text(name string) string {
	v := p.list(name)
	if len(v) > 1 {
		p.fail(name, strings.Join(v, ", "), "one value")
	}
	return p.values.Get(name)
}

// integer returns the named number, within [least, most].
func (p *params) integer(name string, otherwise, least, most int64) int64 {
	v := p.text(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < least || n > most {
		p.fail(name, v, fmt.Sprintf("a number from %d to %d", least, most))
	}
	return n
}

func (p *params) limit() int {
	return int(p.integer("limit", corpus.DefaultLimit, 1, corpus.MaxLimit))
}

// time returns the named moment: RFC 3339, or a date, which means its first
// instant in UTC.
func (p *params) time(name string) time.Time {
	v := p.text(name)
	if v == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.UTC()
		}
	}
	p.fail(name, v, "a time like 2026-01-31T08:00:00Z or a date like 2026-01-31")
	return time.Time{}
}

// oneOf returns a parameter that is one of some words, or empty.
func oneOf[S ~string](p *params, name string, words ...S) S {
	v := S(p.text(name))
	checkWord(p, name, v, words)
	return v
}

// anyOf is oneOf for a parameter that may be given several times.
func anyOf[S ~string](p *params, name string, words ...S) []S {
	var out []S
	for _, v := range p.list(name) {
		checkWord(p, name, S(v), words)
		out = append(out, S(v))
	}
	return out
}

func checkWord[S ~string](p *params, name string, v S, words []S) {
	if v == "" || slices.Contains(words, v) {
		return
	}
	known := make([]string, len(words))
	for i, w := range words {
		known[i] = string(w)
	}
	p.fail(name, string(v), "one of "+strings.Join(known, ", "))
}

// cursor decodes an opaque cursor into v.
func (p *params) cursor(v any) {
	c := p.text("cursor")
	if c == "" {
		return
	}
	b, err := base64.RawURLEncoding.DecodeString(c)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		p.fail("cursor", c, "a cursor of this list")
	}
}

// encodeCursor is the opposite of cursor.
func encodeCursor(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("cursor of %T: %v", v, err)) // our own plain structs
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// page is a cut list: Next is the cursor of the following page, absent on the
// last.
type page[T any] struct {
	Items []T       `json:"items"`
	AsOf  time.Time `json:"as_of,omitzero"`
	Next  string    `json:"next,omitempty"`
}

// paged makes a page; a full one has a next, which starts behind its last item.
func paged[T any](items []T, limit int, cursor func(last T) any) page[T] {
	p := page[T]{Items: append([]T{}, items...)} // never null
	if len(items) == limit {
		p.Next = encodeCursor(cursor(items[len(items)-1]))
	}
	return p
}
