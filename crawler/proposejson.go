package crawler

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

const (
	maxJSONDepth  = 5  // of the array of items in an API's answer
	maxJSONFields = 60 // of an item that are looked at
	jsonSample    = 20 // items that are looked at
)

// proposeJSON reads the paths of an API off its answer: the arrays of objects
// that have an address, and a title or a date, the longest first. What an
// answer without addresses needs, a template, only a person knows.
func proposeJSON(body []byte) []Discovery {
	var out []Discovery
	var walk func(at string, v gjson.Result, depth int)
	walk = func(at string, v gjson.Result, depth int) {
		if depth > maxJSONDepth {
			return
		}
		if v.IsArray() {
			if d, ok := proposePaths(cmp.Or(at, "@this"), v.Array()); ok {
				out = append(out, d)
			}
			return
		}
		v.ForEach(func(key, value gjson.Result) bool {
			if plainKey.MatchString(key.String()) && (value.IsObject() || value.IsArray()) {
				walk(strings.TrimPrefix(at+"."+key.String(), "."), value, depth+1)
			}
			return true
		})
	}
	walk("", gjson.ParseBytes(body), 0)
	slices.SortStableFunc(out, func(a, b Discovery) int {
		return len(gjson.GetBytes(body, b.JSON.Items).Array()) - len(gjson.GetBytes(body, a.JSON.Items).Array())
	})
	return out[:min(len(out), 2)]
}

// plainKey matches names that mean themselves in a path.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// proposePaths decides which field of the items is what: by what the values
// are, and among those by what the field is called.
func proposePaths(at string, items []gjson.Result) (Discovery, bool) {
	items = items[:min(len(items), jsonSample)]
	if len(items) < 2 {
		return Discovery{}, false
	}
	values := make(map[string][]string) // path -> values
	var paths []string
	for _, it := range items {
		fields(it, "", func(path, value string) {
			if values[path] == nil {
				if len(paths) >= maxJSONFields {
					return
				}
				paths = append(paths, path)
			}
			values[path] = append(values[path], value)
		})
	}
	most := func(fits func(string) bool, names ...string) string {
		best, rank := "", -1
		for _, p := range paths {
			n := 0
			for _, v := range values[p] {
				if fits(v) {
					n++
				}
			}
			r := named(p, names)
			if n*10 < 8*len(items) || r <= rank {
				continue
			}
			best, rank = p, r
		}
		return best
	}
	d := Discovery{Type: DiscoverJSON, JSON: JSONListing{Items: at}}
	d.JSON.Link = most(func(v string) bool {
		return (strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "/")) && !strings.Contains(v, " ") && !imagePath(v)
	}, "url", "link", "href", "permalink")
	layout := ""
	for _, l := range []string{"", "unixms", "unix"} {
		fits := func(v string) bool { return dateAs(l, v) }
		names := []string{"publish", "date", "time", "release", "issue", "creat"}
		if p := most(fits, names...); p != "" && (l == "" || named(p, names) > 0) {
			d.JSON.Published, layout = p, l
			break
		}
	}
	if layout != "" {
		d.Dates.Layouts = []string{layout}
	}
	d.JSON.Title = most(func(v string) bool {
		return len(v) > 5 && !strings.HasPrefix(v, "http") && strings.ContainsAny(v, " 　") || len([]rune(v))*3 == len(v) && len(v) > 12
	},
		"title", "headline", "subject", "name", "标题")
	d.JSON.ID = most(func(v string) bool { return v != "" && len(v) <= 80 && !strings.Contains(v, " ") }, "id", "uuid", "guid", "code", "slug")
	if named(d.JSON.ID, []string{"id", "uuid", "guid", "code", "slug"}) == 0 {
		d.JSON.ID = ""
	}
	return d, d.JSON.Link != "" && (d.JSON.Title != "" || d.JSON.Published != "")
}

// fields calls do for the strings and numbers of an item, down to one level of
// objects inside it.
func fields(it gjson.Result, prefix string, do func(path, value string)) {
	if !it.IsObject() {
		return
	}
	it.ForEach(func(key, value gjson.Result) bool {
		k := key.String()
		switch {
		case !plainKey.MatchString(k):
		case value.Type == gjson.String:
			do(prefix+k, strings.TrimSpace(value.String()))
		case value.Type == gjson.Number:
			do(prefix+k, value.Raw)
		case value.IsObject() && prefix == "":
			fields(value, k+".", do)
		}
		return true
	})
}

// named rates a path by its name: the earlier among names, the higher; 0 for none.
func named(path string, names []string) int {
	last := strings.ToLower(path[strings.LastIndexByte(path, '.')+1:])
	for i, n := range names {
		if last == n {
			return 2 * (len(names) - i)
		}
		if strings.Contains(last, n) {
			return 2*(len(names)-i) - 1
		}
	}
	return 0
}

// dateAs reports whether v is a date since there are such sites, in a layout; empty means
// those that are known without being told.
func dateAs(layout, v string) bool {
	if layout != "" {
		t, err := parseDate(layout, v, time.UTC)
		return err == nil && t.Year() >= 1995 && t.Year() < 2100
	}
	if _, err := strconv.Atoi(v); err == nil && len(v) != len("20060102") {
		return false
	}
	t := (&source{zone: time.UTC}).date(v)
	return t.Year() >= 1995 && t.Year() < 2100
}
