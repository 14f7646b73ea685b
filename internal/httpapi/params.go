package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/regwire/regwire/corpus"
)

// params reads query parameters and remembers the first that is wrong.
type params struct {
	url.Values
	err error
}

func (p *params) fail(name, value, want string) {
	if p.err == nil {
		p.err = badRequest(fmt.Sprintf("%s: %q is not %s", name, value, want))
	}
}

// integer returns the named number, within [least, most].
func (p *params) integer(name string, otherwise, least, most int64) int64 {
	v := p.Get(name)
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
	v := p.Get(name)
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

// cursor decodes an opaque cursor into v.
func (p *params) cursor(v any) {
	c := p.Get("cursor")
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
	Items []T        `json:"items"`
	AsOf  *time.Time `json:"as_of,omitempty"`
	Next  string     `json:"next,omitempty"`
}

// paged makes a page; a full one has a next, which starts behind its last item.
func paged[T any](items []T, limit int, cursor func(last T) any) page[T] {
	p := page[T]{Items: items}
	if p.Items == nil {
		p.Items = []T{}
	}
	if len(items) == limit {
		p.Next = encodeCursor(cursor(items[len(items)-1]))
	}
	return p
}
