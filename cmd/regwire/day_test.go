package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestADayOfWork goes through the commands on one folder, as a person would.
func TestADayOfWork(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred starts of the program take ten seconds")
	}
	t.Parallel()
	dir := t.TempDir()

	said := done(t, dir, "", "demo", "--once", "--data", "d")
	for _, want := range []string{"The mails it sent:", "| Subject: [", "From 11 sources", "search --data d FIL-7-2025"} {
		if !strings.Contains(said, want) {
			t.Errorf("the demo does not say %q:\n%s", want, said)
		}
	}
	if strings.ContainsAny(said, "\x1b\r") {
		t.Error("the demo prints control characters")
	}
	first := objects(t, done(t, dir, "", "demo", "--once", "--json", "--data", "d"))[0]
	again := objects(t, done(t, dir, "", "demo", "--once", "--json", "--data", "d"))[0]
	for _, o := range []map[string]any{first, again} {
		delete(o, "seconds")
		delete(o, "captures") // a page that changes without saying anything new
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the demo run again in the same folder: %s", diff)
	}

	t.Run("lists", func(t *testing.T) { checkLists(t, dir) })
	t.Run("init", func(t *testing.T) {
		if said := done(t, dir, "", "init", "--data", "mine", "--json"); !strings.Contains(said, `"path":"mine/regwire.yaml"`) {
			t.Error(said)
		}
		if got := regwire(t, dir, "", "init", "--data", "mine"); got.code != exitFailed {
			t.Errorf("a second init exits %d", got.code)
		}
		sources := objects(t, done(t, dir, "", "sources", "--data", "mine", "--json"))
		kinds := map[any]int{}
		for _, s := range sources {
			kinds[s["kind"]]++
		}
		if len(sources) < 12 || len(kinds) != 3 {
			t.Errorf("%d sources: %v", len(sources), kinds)
		}
	})
	t.Run("ingest", func(t *testing.T) { checkIngest(t, dir) })
	t.Run("rebuild", func(t *testing.T) {
		before := done(t, dir, "", "search", "--data", "d", "--json", "stablecoin")
		for _, part := range []string{"index", "analysis", "signals", "all"} {
			o := objects(t, done(t, dir, "", "rebuild", part, "--data", "d", "--json"))
			if len(o) != 1 || o[0]["part"] != part || o[0]["indexed"] != first["articles"] {
				t.Errorf("%s: %v", part, o)
			}
			if s, ok := o[0]["signals"].(map[string]any); ok && (s["different"] != 0.0 || s["rows"] != first["signals"]) {
				t.Errorf("%s: %v", part, s)
			}
		}
		if after := done(t, dir, "", "search", "--data", "d", "--json", "stablecoin"); urls(t, after) != urls(t, before) || before == "" {
			t.Errorf("search finds\n%s\nbefore and\n%s\nafter", before, after)
		}
		os.RemoveAll(filepath.Join(dir, "d", "index"))
		if got := regwire(t, dir, "", "search", "--data", "d", "stablecoin"); got.code != exitFailed || !strings.Contains(got.stderr, "rebuild index") {
			t.Errorf("without an index: %+v", got)
		}
		done(t, dir, "", "rebuild", "index", "--data", "d")
	})
	t.Run("beside a service", func(t *testing.T) { checkBesideAService(t, dir) })
}

// urls is what a search found, whatever the scores.
func urls(t *testing.T, hits string) string {
	var all []string
	for _, h := range objects(t, hits) {
		all = append(all, h["url"].(string))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// checkLists wants the shape of each list in JSON, lists that are never null,
// and filters that understand what people write.
func checkLists(t *testing.T, dir string) {
	for _, tt := range []struct {
		line string
		want []string // keys
	}{
		{"events", []string{"id", "type", "stance", "severity", "status", "jurisdictions", "regulators", "instruments", "assets", "exchanges", "evidence", "reports", "title"}},
		{"events --regulator sec --type enforcement", []string{"id"}},
		{"events --asset bitcoin", []string{"id"}},
		{"events --exchange BINANCE", []string{"id"}},
		{"events --jurisdiction us --since 2020-01-01 --limit 3", []string{"id"}},
		{"instruments", []string{"id", "aliases", "issuer", "jurisdiction", "title", "status", "relations"}},
		{"instruments show FIL-7-2025", []string{"instrument", "status", "stages", "edges", "conflicts", "procedure", "versions", "sources"}},
		{"signals", []string{"seq", "available_at", "published_at", "first_seen_at", "kind", "target", "score", "confidence", "origin"}},
		{"signals --target btc --kind sentiment", []string{"seq"}},
		{"signals --target us", []string{"seq"}},
		{"alerts --state sent", []string{"id", "message_id", "event", "subject", "state", "to"}},
		{"search crypto", []string{"url", "source", "title", "published_at", "score", "snippet"}},
		{"sources", []string{"id", "name", "kind", "jurisdiction", "discovery", "condition"}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			args := append(strings.Fields(tt.line), "--data", "d")
			all := objects(t, done(t, dir, "", append(args, "--json")...))
			if len(all) == 0 {
				t.Fatal("finds nothing")
			}
			for _, o := range all {
				for _, k := range tt.want {
					if _, ok := o[k]; !ok {
						t.Fatalf("%s is missing from %v", k, o)
					}
				}
				for k, v := range o {
					if v == nil {
						t.Fatalf("%s is null in %v", k, o)
					}
				}
			}
			if people := done(t, dir, "", args...); strings.Contains(people, `{"`) || strings.Count(people, "\n") < len(all) {
				t.Errorf("for people it prints\n%s", people)
			}
		})
	}
	by := func(name string) string {
		return done(t, dir, "", "events", "--data", "d", "--json", "--instrument", name)
	}
	if a, b := by("银发〔2026〕42号"), by("Yinfa [2026] No. 42"); a != b || a == "" {
		t.Errorf("by two names of one instrument:\n%s\n%s", a, b)
	}
	if got := regwire(t, dir, "", "events", "--data", "d", "--instrument", "no such thing"); got.code != exitFailed {
		t.Errorf("an unknown instrument: %+v", got)
	}
	csv := done(t, dir, "", "signals", "--data", "d", "--csv")
	rows := done(t, dir, "", "signals", "--data", "d", "--json")
	if strings.Count(csv, "\n") != strings.Count(rows, "\n")+1 || !strings.HasPrefix(csv, "seq,available_at,") {
		t.Errorf("CSV has %d lines for %d rows", strings.Count(csv, "\n"), strings.Count(rows, "\n"))
	}
	long := regwire(t, dir, "", "events", "--data", "d", "--limit", "2")
	if !strings.Contains(long.stderr, "--limit shows more") {
		t.Errorf("a list that was cut short does not say so: %+v", long)
	}
}

// checkIngest takes in files twice, with bad ones and hostile ones among them.
func checkIngest(t *testing.T, dir string) {
	files := filepath.Join(dir, "files")
	if err := os.Mkdir(files, 0o700); err != nil {
		t.Fatal(err)
	}
	hostile := "The SEC sued Binance \x1b]0;owned\a today in federal court over \u009b5m Bitcoin. FIL-9-2025 rescinds FIL-3-2020\x1b[0m."
	line, err := json.Marshal(map[string]string{"url": "https://x.example/1", "title": "SEC sues \x1b[2JBinance \u202egnp", "text": hostile})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"note.md":     "# FCA fines a firm\n\nThe Financial Conduct Authority fined a crypto firm in London on Monday for failings in its controls.\n",
		"lines.jsonl": string(line) + "\nnonsense \x1b[31m\n",
		"broken.pdf":  "no PDF",
		"other.bin":   "not for reading",
	} {
		if err := os.WriteFile(filepath.Join(files, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type report struct {
		Ingested struct{ Files, Captures, Known, Refused int }
		Unread   []struct{ URL, Reason string }
		Counts   struct{ Articles, Alerts int }
	}
	ingest := func() (r report) {
		t.Helper()
		got := regwire(t, dir, "", "ingest", "files", "--data", "in", "--json")
		if got.code != exitFailed || !strings.Contains(got.stderr, "lines.jsonl:2: ") || strings.Contains(got.stderr, "\x1b") {
			t.Errorf("a bad line: %+v", got)
		}
		if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	first, second := ingest(), ingest()
	if len(first.Unread) != 1 || !strings.HasSuffix(first.Unread[0].URL, "/broken.pdf") || first.Unread[0].Reason == "" {
		t.Errorf("unread: %+v", first.Unread)
	}
	if i := first.Ingested; i.Files != 3 || i.Captures != 3 || i.Known != 0 || i.Refused != 1 || first.Counts.Articles != 2 || first.Counts.Alerts != 0 {
		t.Errorf("first: %+v", first)
	}
	if i := second.Ingested; i.Captures != 0 || i.Known != 3 || second.Counts != first.Counts {
		t.Errorf("second: %+v", second)
	}
	for _, args := range []string{"events", "instruments", "instruments show FIL-9-2025", "search SEC", "signals"} {
		said := done(t, dir, "", append(strings.Fields(args), "--data", "in")...)
		if bad := strings.IndexFunc(said, func(r rune) bool {
			return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x202e
		}); bad >= 0 {
			t.Errorf("%s prints %q", args, said[bad:min(len(said), bad+20)])
		}
	}
}

// checkBesideAService wants a folder that a service works on to be readable,
// and to be nobody else's to write.
func checkBesideAService(t *testing.T, dir string) {
	if err := os.WriteFile(filepath.Join(dir, "quiet.yaml"), []byte("log: {level: warn}\nsources: [{id: q, name: Q, kind: media, jurisdiction: US, disabled: true, reason: test, discovery: {type: rss, url: 'https://q.example/feed'}}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	alone := done(t, dir, "", "search", "--data", "d", "--json", "FIL-7-2025")
	cmd := command(dir, "serve", "--data", "d", "--config", "quiet.yaml", "--address", "127.0.0.1:0", "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, `{"url":"http://127.0.0.1:`) {
		t.Fatalf("%q %v", line, err)
	}
	if beside := done(t, dir, "", "search", "--data", "d", "--json", "FIL-7-2025"); beside != alone || alone == "" {
		t.Errorf("alone search prints\n%s\nand beside a service\n%s", alone, beside)
	}
	if got := regwire(t, dir, "", "search", "--data", "d", `"open`); got.code != exitUsage || !strings.Contains(got.stderr, "not closed") {
		t.Errorf("a bad query: %+v", got)
	}
	done(t, dir, "", "events", "--data", "d")
	for _, args := range []string{"serve", "crawl", "ingest files", "rebuild index", "demo --once"} {
		got := regwire(t, dir, "", append(strings.Fields(args), "--data", "d")...)
		if got.code != exitFailed || !strings.Contains(got.stderr, "another regwire process works on this data folder; stop it first") {
			t.Errorf("%s: %+v", args, got)
		}
	}
	began := time.Now()
	terminate(t, cmd)
	if took := time.Since(began); took > 9*time.Second {
		t.Errorf("the service took %v to stop", took)
	}
}
