package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The sources of a living web: its sites are tried, found, read far back, and
// asked how they do.
func TestSourcesOfALivingWeb(t *testing.T) {
	w := newWorld(t, "")
	on := func(args ...string) []string {
		return append([]string{"--data", w.data, "--config", w.config}, args...)
	}

	t.Run("a source is tried before anything is stored", func(t *testing.T) {
		tried := objects(t, done(t, w.data, "", on("sources", "test", "demo-gb-fca", "--pages", "2", "--json")...))[0]
		if items := tried["items"].([]any); len(items) == 0 || len(tried["problems"].([]any)) != 0 {
			t.Errorf("%v", tried)
		}
		for _, a := range tried["articles"].([]any) {
			if a := a.(map[string]any); a["title"] == "" || a["characters"].(float64) < 200 {
				t.Errorf("%v", a)
			}
		}
		if got := regwire(t, w.data, "", on("events")...); got.code != exitFailed || !strings.Contains(got.stderr, "no record") {
			t.Errorf("a trial left something behind: %+v", got)
		}
	})
	t.Run("ways to follow a site are found", func(t *testing.T) {
		site := w.wire.Base("demo-md-harbour")
		found := objects(t, done(t, w.data, "", on("sources", "add", "--allow-private", site, "--json")...))
		if !slices.ContainsFunc(found, func(p map[string]any) bool { return p["discovery"] == "rss" }) {
			t.Errorf("%v", found)
		}
	})
	t.Run("a source that is not there is a failure with its reason", func(t *testing.T) {
		if got := regwire(t, w.data, "", on("sources", "add", "--allow-private", "http://127.0.0.1:1/")...); got.code != exitFailed {
			t.Errorf("%+v", got)
		}
		if got := regwire(t, w.data, "", on("sources", "test", "nobody")...); got.code != exitUsage || !strings.Contains(got.stderr, "nobody") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("an archive is read back, and nobody is told", func(t *testing.T) {
		lines := objects(t, done(t, w.data, "", on("crawl", "--since", "2020-01-01", "demo-us-fdic", "--json")...))
		if len(lines) != 1 || lines[0]["captured"].(float64) == 0 || lines[0]["left"].(float64) != 0 {
			t.Errorf("%v", lines)
		}
		if events := objects(t, done(t, w.data, "", on("events", "--json")...)); len(events) == 0 {
			t.Error("nothing was read out of the archive")
		}
		if mails := objects(t, done(t, w.data, "", on("alerts", "--json")...)); len(mails) != 0 {
			t.Errorf("an archive alerts: %v", mails)
		}
	})
	t.Run("the list says how each does", func(t *testing.T) {
		done(t, w.data, "", on("crawl", "demo-ex-okx")...)
		conditions := map[string]string{}
		for _, s := range objects(t, done(t, w.data, "", on("sources", "--json")...)) {
			conditions[s["id"].(string)] = s["condition"].(string)
		}
		if len(conditions) != len(w.wire.Sites()) || conditions["demo-ex-okx"] == conditions["demo-us-sec"] || conditions["demo-us-sec"] != "new" {
			t.Errorf("%v", conditions)
		}
	})
	t.Run("one is shown as a configuration would list it", func(t *testing.T) {
		if shown := done(t, w.data, "", on("sources", "show", "demo-hk-sfc")...); !strings.Contains(shown, "id: demo-hk-sfc") || !strings.HasPrefix(shown, "# new: not visited yet\n# from the configuration\n") {
			t.Error(shown)
		}
		shown := objects(t, done(t, w.data, "", on("sources", "show", "demo-ex-okx", "--json")...))[0]
		entry := shown["entry"].(map[string]any)
		if entry["id"] != "demo-ex-okx" || entry["discovery"].(map[string]any)["url"] != shown["url"] || shown["from"] != "configuration" || shown["succeeded_at"] == nil || shown["next_at"] == nil || shown["user_agent"] == nil || shown["parallelism"].(float64) < 1 {
			t.Errorf("%v", shown)
		}
	})
	t.Run("an article is shown with its revisions", func(t *testing.T) {
		events := objects(t, done(t, w.data, "", on("events", "--json")...))
		report := events[0]["reports"].([]any)[0].(map[string]any)
		for _, name := range []string{report["article"].(string), report["url"].(string)} {
			shown := objects(t, done(t, w.data, "", on("article", name, "--json")...))[0]
			if shown["id"] != report["article"] || len(shown["revisions"].([]any)) == 0 {
				t.Errorf("%v", shown)
			}
		}
		if got := regwire(t, w.data, "", on("article", "https://nobody.example/")...); got.code != exitFailed || !strings.Contains(got.stderr, "nobody.example") {
			t.Errorf("%+v", got)
		}
	})
}

// Sources that answer 200 and say nothing are found out, by a visit and by
// the report of it.
func TestSourcesThatAnswerNothing(t *testing.T) {
	feed := func(items string) string {
		return `<rss version="2.0"><channel><title>x</title>` + items + `</channel></rss>`
	}
	item := func(age time.Duration) string {
		return feed(`<item><title>A notice</title><link>/notice</link><pubDate>` + time.Now().Add(-age).UTC().Format(time.RFC1123Z) + `</pubDate></item>`)
	}
	bodies := map[string]string{
		"/fresh":  item(time.Hour),
		"/frozen": item(200 * 24 * time.Hour),
		"/empty":  feed(""),
		"/decoy":  "<!doctype html><html><head><title>Service maintenance</title></head><body><p>Back soon.</body></html>",
		"/error":  `{"code":50011,"msg":"too many requests"}`,
		"/wall":   "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
		"/notice": "<!doctype html><title>A notice</title><h1>A notice</h1><p>" + strings.Repeat("It says something of substance. ", 20),
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, body)
	}))
	defer site.Close()
	wants := map[string]struct{ condition, why, trial string }{
		"fresh":  {"fresh", "newest item", ""},
		"frozen": {"stale", "nothing new for 200 days", "newest item is of"},
		"empty":  {"empty", "no items", "holds no item"},
		"decoy":  {"decoy", "a page of HTML in its place", "page of HTML"},
		"error":  {"failing", "no items at data", "no items at data"},
		"wall":   {"failing", "a wall against robots", "kept from robots"},
	}
	dir := t.TempDir()
	text := "http: {address: \"127.0.0.1:0\"}\nlog: {level: error}\nsources:\n"
	for id := range wants {
		discovery := "{type: rss, url: %q}"
		if id == "decoy" || id == "error" {
			discovery = "{type: json, url: %q, json: {items: data, link: url}}"
		}
		text += fmt.Sprintf("  - {id: %s, name: X, kind: regulator, allow_private: true, schedule: \"@hourly\", politeness: {delay: -1ns}, discovery: "+discovery+"}\n", id, site.URL+"/"+id)
	}
	config := filepath.Join(dir, "regwire.yaml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	on := func(args ...string) []string { return append([]string{"--data", dir, "--config", config}, args...) }
	if got := regwire(t, dir, "", on("crawl")...); got.code != exitFailed {
		t.Errorf("%+v", got)
	}
	report := map[string]map[string]any{}
	for _, s := range objects(t, done(t, dir, "", on("sources", "check", "--json")...)) {
		report[s["id"].(string)] = s
	}
	lines := done(t, dir, "", on("sources", "check")...)
	for id, want := range wants {
		s := report[id]
		if s["condition"] != want.condition || !strings.Contains(fmt.Sprint(s["why"]), want.why) {
			t.Errorf("%s: %v, %v", id, s["condition"], s["why"])
		}
		for _, field := range []string{"next_at", "visited_at", "robots", "expect_seconds", "expected_by"} {
			if s[field] == nil {
				t.Errorf("%s: no %s", id, field)
			}
		}
		if !strings.Contains(lines, want.condition+": ") {
			t.Errorf("%s is not in %s", id, lines)
		}
		tried := regwire(t, dir, "", on("sources", "test", id)...)
		if (tried.code == 0) != (want.trial == "") || !strings.Contains(tried.stdout, want.trial) {
			t.Errorf("%s: trial %+v", id, tried)
		}
	}
	if got := regwire(t, dir, "", on("sources", "check", "nobody")...); got.code != exitUsage {
		t.Errorf("%+v", got)
	}
	if got := objects(t, done(t, dir, "", on("sources", "check", "frozen", "--json")...)); len(got) != 1 {
		t.Errorf("%v", got)
	}
}
