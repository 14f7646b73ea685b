package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

type searchPage struct {
	Query           string
	Newest          bool   // sorted so
	OtherSort       string // link to the other order
	Problem, Syntax string
	Total           uint64
	Took            time.Duration
	Hits            []hit
	Facets          []facet
	Prev, Next      string
	Names           names
}

type hit struct {
	index.Hit
	Parts []part
}

// part is a piece of a text, marked where it matches.
type part struct {
	Text   string
	Marked bool
	First  bool // of the marked ones of a page: where a link to it leads
}

type facet struct {
	Name   string
	Values []facetValue
}

type facetValue struct {
	Name string
	Link string // narrows the query, or widens it again
	On   bool
	index.FacetValue
}

// facetNames are the headings of facets.
var facetNames = map[string]string{
	"kind": "Kind", "jurisdiction": "Jurisdiction", "type": "Event", "regulator": "Authority", "source": "Source", "lang": "Language",
}

func (s *site) search(r *http.Request) (view, error) {
	v := r.URL.Query()
	text, sort := v.Get("q"), index.Sort(v.Get("sort"))
	pageNo, _ := strconv.Atoi(v.Get("page"))
	pageNo = max(1, min(pageNo, 500))
	p := searchPage{Query: text, Syntax: index.Syntax}
	show := view{name: "search", title: text, query: text, here: "/search"}
	if text == "" {
		show.title = "All articles"
	}
	res, err := s.Search.Search(r.Context(), index.Query{
		Text: text, Sort: sort, Facets: true, Limit: hitsPerPage, Offset: (pageNo - 1) * hitsPerPage,
	})
	var qe *index.QueryError
	if errors.As(err, &qe) {
		p.Problem, show.status, show.page = qe.Reason, http.StatusBadRequest, p
		return show, nil
	}
	if err != nil {
		return view{}, err
	}
	if p.Names, err = s.names(r); err != nil {
		return view{}, err
	}
	p.Total, p.Took = res.Total, res.Took.Round(10*time.Microsecond)
	p.Newest = sort == index.ByNewest || sort == "" && text == ""
	other := index.ByNewest
	if p.Newest {
		other = index.ByRelevance
	}
	p.OtherSort = searchLink(text, other, 1)
	for _, h := range res.Hits {
		p.Hits = append(p.Hits, hit{h, cut(h.Snippet, h.Marks)})
	}
	for _, f := range res.Facets {
		p.Facets = append(p.Facets, s.facet(f, text, sort, p.Names))
	}
	if pageNo > 1 {
		p.Prev = searchLink(text, sort, pageNo-1)
	}
	if uint64(pageNo*hitsPerPage) < res.Total {
		p.Next = searchLink(text, sort, pageNo+1)
	}
	show.page = p
	return show, nil
}

func (s *site) facet(f index.Facet, text string, sort index.Sort, n names) facet {
	out := facet{Name: facetNames[f.Field]}
	for _, v := range f.Values {
		fv := facetValue{FacetValue: v, Name: v.Value}
		switch f.Field {
		case "source":
			fv.Name = n.Of(corpus.SourceID(v.Value))
		case "lang":
			fv.Name = languageName(v.Value)
		}
		term := f.Field + `:"` + v.Value + `"`
		wider := strings.Join(strings.Fields(strings.Replace(text, term, "", 1)), " ")
		fv.On = strings.Contains(text, term)
		if fv.On {
			fv.Link = searchLink(wider, sort, 1)
		} else {
			fv.Link = searchLink(strings.TrimSpace(text+" "+term), sort, 1)
		}
		out.Values = append(out.Values, fv)
	}
	return out
}

func searchLink(text string, sort index.Sort, pageNo int) string {
	v := url.Values{}
	if text != "" {
		v.Set("q", text)
	}
	if sort != "" {
		v.Set("sort", string(sort))
	}
	if pageNo > 1 {
		v.Set("page", strconv.Itoa(pageNo))
	}
	return link("/search", v)
}

// cut cuts a text at its marks, which are in order and do not overlap.
func cut(text string, marks []corpus.Span) []part {
	var out []part
	at := 0
	for _, m := range marks {
		if m.Start > at {
			out = append(out, part{Text: text[at:m.Start]})
		}
		out = append(out, part{Text: text[m.Start:m.End], Marked: true})
		at = m.End
	}
	if at < len(text) {
		out = append(out, part{Text: text[at:]})
	}
	return out
}
