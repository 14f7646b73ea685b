package index

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// QueryError says what is wrong with a query, in words for the person who
// typed it.
type QueryError struct {
	Query  string
	Reason string
}

func (e *QueryError) Error() string { return fmt.Sprintf("query %q: %s", e.Query, e.Reason) }

// Syntax describes the query language, for help texts.
const Syntax = `  stablecoin reserve        articles with both words
  "market abuse"            the phrase
  custody OR staking        either
  -airdrop                  without the word
  title:delisting           in the title
  regulator:SEC             by field; fields: source kind lang status jurisdiction
                            regulator type severity instrument asset exchange story
  since:2026-01-01 until:2026-03-31   published in these days (UTC)`

// term is one piece of a query.
type term struct {
	field  string // "" for title and body
	text   string
	quoted bool
	not    bool
	or     bool // joined to the term before it by OR
}

// parse reads the query language of [Syntax].
func parse(q string) ([]term, error) {
	fail := func(format string, args ...any) ([]term, error) {
		return nil, &QueryError{Query: q, Reason: fmt.Sprintf(format, args...)}
	}
	var terms []term
	var or bool
	rest := strings.TrimSpace(q)
	for rest != "" {
		t := term{or: or}
		or = false
		if strings.HasPrefix(rest, "-") {
			t.not, rest = true, rest[1:]
		}
		if name, after, ok := strings.Cut(rest, ":"); ok && knownField(name) {
			t.field, rest = strings.ToLower(name), after
		}
		if strings.HasPrefix(rest, `"`) {
			text, after, ok := strings.Cut(rest[1:], `"`)
			if !ok {
				return fail("a quotation mark is not closed")
			}
			t.text, t.quoted, rest = text, true, after
		} else if i := strings.IndexFunc(rest, unicode.IsSpace); i >= 0 {
			t.text, rest = rest[:i], rest[i:]
		} else {
			t.text, rest = rest, ""
		}
		rest = strings.TrimSpace(rest)
		switch {
		case t.text == "OR" && t.field == "" && !t.quoted && !t.not:
			if len(terms) == 0 || rest == "" {
				return fail("OR needs a term on each side")
			}
			or = true
			continue
		case strings.TrimSpace(t.text) == "":
			return fail("%s needs a value", strings.TrimSuffix("field "+t.field, " "))
		case t.or && (t.not || terms[len(terms)-1].not):
			return fail("OR cannot join excluded terms")
		}
		terms = append(terms, t)
	}
	return terms, nil
}

func knownField(name string) bool {
	name = strings.ToLower(name)
	return name == fieldTitle || name == "since" || name == "until" || slices.Contains(exactFields, name)
}

// build turns terms into a Bleve query: groups joined by OR, all of which must
// match, none of the excluded ones.
func build(q string) (query.Query, error) {
	terms, err := parse(q)
	if err != nil {
		return nil, err
	}
	all := bleve.NewBooleanQuery()
	empty := true
	for i := 0; i < len(terms); {
		one, err := terms[i].query(q)
		if err != nil {
			return nil, err
		}
		if terms[i].not {
			all.AddMustNot(one)
			i++
			continue
		}
		group := []query.Query{one}
		for i++; i < len(terms) && terms[i].or; i++ {
			next, err := terms[i].query(q)
			if err != nil {
				return nil, err
			}
			group = append(group, next)
		}
		empty = false
		if len(group) == 1 {
			all.AddMust(one)
		} else {
			all.AddMust(bleve.NewDisjunctionQuery(group...))
		}
	}
	if empty {
		all.AddMust(bleve.NewMatchAllQuery())
	}
	return all, nil
}

// titleBoost makes a word in the headline count as much as several in the
// body; guessed, to be tuned against the rank goldens.
const titleBoost = 3

func (t term) query(whole string) (query.Query, error) {
	switch t.field {
	case "":
		return bleve.NewDisjunctionQuery(words(t.text, fieldTitle, titleBoost), words(t.text, fieldBody, 1)), nil
	case fieldTitle:
		return words(t.text, fieldTitle, 1), nil
	case "since", "until":
		day, err := time.Parse(time.DateOnly, t.text)
		if err != nil {
			return nil, &QueryError{Query: whole, Reason: fmt.Sprintf("%s: %q is not a date like 2026-01-31", t.field, t.text)}
		}
		from, to := day, time.Time{}
		if t.field == "until" {
			from, to = time.Time{}, day.AddDate(0, 0, 1)
		}
		r := bleve.NewDateRangeQuery(from, to)
		r.SetField(fieldPublished)
		return r, nil
	default:
		e := bleve.NewTermQuery(fold(t.text))
		e.SetField(t.field)
		return e, nil
	}
}

// words finds a text in a field, whatever the analyzer takes it apart into: in
// the order and next to each other. What is one word to the analyzer is spared
// the reading of positions, which makes a common word six times as dear.
func words(text, field string, boost float64) query.Query {
	if strings.IndexFunc(text, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') }) < 0 {
		m := bleve.NewMatchQuery(text)
		m.SetField(field)
		m.SetBoost(boost)
		return m
	}
	p := bleve.NewMatchPhraseQuery(text)
	p.SetField(field)
	p.SetBoost(boost)
	return p
}

// highlights returns what of a query is to be highlighted.
func highlights(q string) []string {
	terms, err := parse(q)
	if err != nil {
		return nil
	}
	var w []string
	for _, t := range terms {
		if !t.not && (t.field == "" || t.field == fieldTitle) {
			w = append(w, t.text)
		}
	}
	return w
}
