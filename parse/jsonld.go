package parse

import (
	"encoding/json"
	"strings"
)

// maxIsland bounds one script that is read as JSON.
const maxIsland = 2 << 20

// linkedData gathers the objects of a JSON-LD script: the top ones, those of
// a @graph, and what they hold as main entity.
func linkedData(src string, into []map[string]any) []map[string]any {
	if len(src) > maxIsland {
		return into
	}
	v := decodeLoose(src)
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > 6 || len(into) > 200 {
			return
		}
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, depth+1)
			}
		case map[string]any:
			into = append(into, v)
			for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"} {
				if inner, ok := v[key]; ok {
					walk(inner, depth+1)
				}
			}
		}
	}
	walk(v, 0)
	return into
}

// decodeLoose decodes JSON as it is found in pages: wrapped in comments or
// CDATA, with raw newlines inside strings, with a semicolon behind it.
func decodeLoose(src string) any {
	s := strings.TrimSpace(src)
	for _, p := range []string{"<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA["} {
		s = strings.TrimSpace(strings.TrimPrefix(s, p))
	}
	for _, p := range []string{"-->", "//]]>", "/*]]>*/", "]]>", ";"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, p))
	}
	if s == "" || (s[0] != '{' && s[0] != '[') {
		return nil
	}
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		return v
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	for _, fix := range []func(string) string{
		func(s string) string { return s },
		func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, ", }", "}"), ",}", "}") },
		func(s string) string { return strings.ReplaceAll(s, `\'`, `'`) },
	} {
		dec := json.NewDecoder(strings.NewReader(fix(s)))
		if dec.Decode(&v) == nil {
			return v
		}
	}
	return nil
}

// ldTypes returns the types of an object without their namespace.
func ldTypes(o map[string]any) []string {
	var out []string
	add := func(v any) {
		if s, ok := v.(string); ok {
			if i := strings.LastIndexAny(s, "/#:"); i >= 0 {
				s = s[i+1:]
			}
			out = append(out, s)
		}
	}
	switch t := o["@type"].(type) {
	case string:
		add(t)
	case []any:
		for _, e := range t {
			add(e)
		}
	}
	return out
}

// ldRank says how much an object is an article: 0 not at all.
func ldRank(o map[string]any) int {
	rank := 0
	for _, t := range ldTypes(o) {
		r := 0
		switch {
		case t == "NewsArticle" || t == "BlogPosting" || t == "LiveBlogPosting" || t == "Report" || strings.HasSuffix(t, "NewsArticle"):
			r = 3
		case strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "Posting") || t == "Recipe" || t == "Review" || t == "GovernmentDocument":
			r = 2
		case t == "WebPage" || t == "CreativeWork" || t == "MedicalWebPage" || t == "AboutPage" || t == "ItemPage" || t == "FAQPage" || t == "VideoObject" && false:
			r = 1
		}
		rank = max(rank, r)
	}
	return rank
}

// ldString returns a text value, of whichever shape: a string, an object with
// a value or a name, a list of them (the first).
func ldString(v any) string {
	switch v := v.(type) {
	case string:
		return line(unescape(v))
	case []any:
		for _, e := range v {
			if s := ldString(e); s != "" {
				return s
			}
		}
	case map[string]any:
		for _, k := range []string{"@value", "name", "@id"} {
			if s, ok := v[k].(string); ok && s != "" {
				return line(unescape(s))
			}
		}
	}
	return ""
}

// ldNames returns all the names a value holds, with those of organisations
// apart. byID resolves references inside the page's graph.
func ldNames(v any, byID map[string]map[string]any, depth int) (people, organisations []string) {
	if depth > 4 {
		return nil, nil
	}
	switch v := v.(type) {
	case string:
		return []string{line(unescape(v))}, nil
	case []any:
		for _, e := range v {
			if len(people)+len(organisations) > 60 {
				break // more than sign anything
			}
			p, o := ldNames(e, byID, depth+1)
			people, organisations = append(people, p...), append(organisations, o...)
		}
	case map[string]any:
		name := v["name"]
		if name == nil {
			if id, ok := v["@id"].(string); ok {
				if o := byID[id]; o != nil {
					return ldNames(o, nil, depth+1)
				}
			}
			return nil, nil
		}
		p, _ := ldNames(name, nil, depth+1)
		for _, t := range ldTypes(v) {
			if strings.HasSuffix(t, "Organization") || t == "Corporation" || t == "WebSite" {
				return nil, p
			}
		}
		return p, nil
	}
	return people, organisations
}
