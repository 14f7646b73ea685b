package httpapi_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/internal/httpapi"
)

// spec is openapi.yaml as it is served.
type spec map[string]any

func readSpec(t *testing.T, w *world) spec {
	t.Helper()
	_, body := w.get(t, "/api/v1/openapi.yaml")
	var s spec
	if err := yaml.Unmarshal(body, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// at follows keys, and references where they stand.
func (s spec) at(v any, keys ...string) any {
	for {
		m, ok := v.(map[string]any)
		if !ok {
			return v
		}
		if ref, ok := m["$ref"].(string); ok {
			v = s.at(map[string]any(s), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			continue
		}
		if len(keys) == 0 {
			return v
		}
		v, keys = m[keys[0]], keys[1:]
	}
}

func list(v any) []any { l, _ := v.([]any); return l }

func TestOpenAPIDescribesEachRoute(t *testing.T) {
	s := readSpec(t, newWorld(t))
	var documented, served []string
	for path := range s.at(map[string]any(s), "paths").(map[string]any) {
		documented = append(documented, path)
	}
	for _, path := range httpapi.Paths() {
		served = append(served, strings.ReplaceAll(path, "...", ""))
	}
	slices.Sort(documented)
	slices.Sort(served)
	if d := cmp.Diff(served, documented); d != "" {
		t.Error(d)
	}
}

// Each route says itself what it takes, in the error for what it does not.
func TestOpenAPIDescribesEachParameter(t *testing.T) {
	w := newWorld(t)
	s := readSpec(t, w)
	for path, item := range s.at(map[string]any(s), "paths").(map[string]any) {
		if path == "/healthz" { // load balancers may ask as they like
			continue
		}
		var documented []string
		for _, p := range list(s.at(item, "get", "parameters")) {
			if s.at(p, "in") != "query" {
				continue
			}
			name := s.at(p, "name").(string)
			documented = append(documented, name)
			schema := s.at(p, "schema")
			if items := s.at(schema, "items"); items != nil {
				schema = items
			}
			if words := list(s.at(schema, "enum")); words != nil {
				var known []string
				for _, v := range words {
					known = append(known, fmt.Sprint(v))
				}
				_, body := w.get(t, strings.ReplaceAll(path, "{id}", "x")+"?"+name+"=zzz")
				if _, got, _ := strings.Cut(problem(t, body), "is not one of "); got != strings.Join(known, ", ") {
					t.Errorf("%s: %s takes %s, documented is %s", path, name, got, known)
				}
			}
		}
		status, body := w.get(t, strings.ReplaceAll(path, "{id}", "x")+"?zzz=1")
		_, takes, _ := strings.Cut(problem(t, body), "this takes ")
		want := "no parameters"
		if len(documented) > 0 {
			want = strings.Join(documented, ", ")
		}
		if status != 400 || takes != want {
			t.Errorf("%s takes %s, documented is %s", path, takes, want)
		}
	}
}

func TestOpenAPIDescribesEachAnswer(t *testing.T) {
	s := readSpec(t, newWorld(t))
	schemas := map[string]any{
		"search": "SearchResult", "events": "EventPage", "event": "EventAnswer", "instruments": "InstrumentPage", "instrument": "InstrumentAnswer",
		"story": "Story", "article": "Article", "signals": "SignalPage", "alerts": "AlertPage", "notifications": "NotificationPage",
		"sources": "SourcePage", "status": "Status", "health": "Health", "problem": "Problem",
	}
	for name := range goldens {
		b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range s.check(v, map[string]any{"$ref": fmt.Sprintf("#/components/schemas/%v", schemas[name])}, name) {
			t.Error(wrong)
		}
	}
	// The check itself can fail.
	if len(s.check(map[string]any{"status": "ok", "extra": 1.0}, s.at(map[string]any(s), "components", "schemas", "Health"), "")) != 2 {
		t.Error("a missing and an unknown property are not found")
	}
}

// check holds v to a schema, in the few words of JSON Schema that openapi.yaml
// uses. Unlike JSON Schema it refuses properties that are not documented.
func (s spec) check(v, schema any, where string) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, where+": "+fmt.Sprintf(format, args...)) }
	schema = s.at(schema)
	if enum := list(s.at(schema, "enum")); enum != nil && !slices.ContainsFunc(enum, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(v) }) {
		fail("%v is not one of %v", v, enum)
	}
	if c := s.at(schema, "const"); c != nil && c != v {
		fail("%v is not %v", v, c)
	}
	types := list(s.at(schema, "type"))
	if one, ok := s.at(schema, "type").(string); ok {
		types = []any{one}
	}
	if types != nil && !slices.ContainsFunc(types, func(t any) bool { return isType(v, t) }) {
		fail("%v is no %v", v, types)
	}
	switch v := v.(type) {
	case string:
		if s.at(schema, "format") == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, v); err != nil || !strings.HasSuffix(v, "Z") {
				fail("%q is no time in UTC", v)
			}
		}
	case float64:
		for key, bad := range map[string]func(limit float64) bool{
			"minimum": func(l float64) bool { return v < l }, "maximum": func(l float64) bool { return v > l },
		} {
			if limit := s.at(schema, key); limit != nil {
				var l float64
				if fmt.Sscan(fmt.Sprint(limit), &l); bad(l) {
					fail("%v is beyond the %s %v", v, key, limit)
				}
			}
		}
	case []any:
		for i, item := range v {
			wrong = append(wrong, s.check(item, s.at(schema, "items"), fmt.Sprintf("%s[%d]", where, i))...)
		}
	case map[string]any:
		properties, required := s.object(schema)
		for name, x := range v {
			p, known := properties[name]
			if more := s.at(schema, "additionalProperties"); !known && more != nil {
				p, known = more, true
			}
			if !known {
				fail("%s is not documented", name)
				continue
			}
			wrong = append(wrong, s.check(x, p, where+"."+name)...)
		}
		for _, name := range required {
			if _, ok := v[name]; !ok {
				fail("%s is missing", name)
			}
		}
	}
	return wrong
}

// object returns what a schema of objects and those it is made of say.
func (s spec) object(schema any) (properties map[string]any, required []string) {
	properties = map[string]any{}
	for _, part := range append(list(s.at(schema, "allOf")), schema) {
		p, _ := s.at(part, "properties").(map[string]any)
		for name, x := range p {
			properties[name] = x
		}
		for _, name := range list(s.at(part, "required")) {
			required = append(required, name.(string))
		}
	}
	return properties, required
}

func isType(v, t any) bool {
	switch x := v.(type) {
	case string:
		return t == "string"
	case bool:
		return t == "boolean"
	case float64:
		return t == "number" || t == "integer" && x == float64(int64(x))
	case []any:
		return t == "array"
	case map[string]any:
		return t == "object"
	}
	return t == "null"
}
