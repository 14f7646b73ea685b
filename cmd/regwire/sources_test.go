package main

import (
	"slices"
	"strings"
	"testing"
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
		if shown := done(t, w.data, "", on("sources", "show", "demo-hk-sfc")...); !strings.Contains(shown, "id: demo-hk-sfc") || !strings.HasPrefix(shown, "# new: not visited yet\n") {
			t.Error(shown)
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
