package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// command is the program with an empty environment of ours, in a folder.
func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "REGWIRE_") }), "REGWIRE_TEST_MAIN=1")
	return cmd
}

type outcome struct {
	code           int
	stdout, stderr string
}

// regwire runs the program to its end.
func regwire(t *testing.T, dir, stdin string, args ...string) outcome {
	t.Helper()
	cmd := command(dir, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if !utf8.Valid(out.Bytes()) {
		t.Errorf("%q prints what is not UTF-8", args)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// done is regwire for what has to succeed; it returns standard output.
func done(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	got := regwire(t, dir, stdin, args...)
	if got.code != 0 {
		t.Fatalf("%q exits %d: %s", args, got.code, got.stderr)
	}
	return got.stdout
}

// objects reads JSON lines.
func objects(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, o)
	}
	return all
}

func keys(o map[string]any) []string { return slices.Sorted(maps.Keys(o)) }

// TestCommandLines is how the program answers what people type: on an empty
// folder beside a file, without a network.
func TestCommandLines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"page.html": `<!doctype html><html lang="en"><title>SEC sues Example</title><article><h1>SEC sues Example Exchange</h1>
<p>The Securities and Exchange Commission sued Example Exchange on Monday for selling unregistered securities to the public.</p>
<p>The complaint was filed in federal court in New York and asks for penalties and an injunction against the company.</p></article></html>`,
		"broken.yaml": "http: {address: [",
		"wrong.yaml":  "log: {level: loud}\ncrawl: {concurrency: 900}\n",
		"file":        "not a folder",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		line   string
		code   int
		stdout string // a regular expression; "" wants nothing
		stderr string
	}{
		{"", 0, `Start here:`, ""},
		{"--help", 0, `Start here:`, ""},
		{"help events", 0, `regwire events --type`, ""},
		{"help nosuch", 2, "", `no such command: nosuch`},
		{"nosuch", 2, "", `unknown command "nosuch"`},
		{"evnts", 2, "", `Did you mean this\?\s+events`},
		{"--nosuch", 2, "", `unknown flag: --nosuch`},
		{"version", 0, `^regwire \S+( \S+)+\n$`, ""},
		{"version --json", 0, `^\{"go":"go[^"]+",("revision":"[0-9a-f]+",)?"version":"dev"\}\n$`, ""},
		{"version x", 2, "", `See 'regwire version --help'`},

		{"demo extra", 2, "", "extra"},
		{"init extra", 2, "", "extra"},
		{"init --config file", 1, "", `file exists; --force replaces it`},
		{"init --config file/x.yaml", 1, "", `not a directory`},
		{"serve extra", 2, "", "extra"},
		{"serve --address here", 2, "", `http.address: "here" is not host:port`},
		{"serve --data file", 1, "", `not a directory`},
		{"crawl nosuch", 2, "", `no source is called "nosuch"`},
		{"crawl us-sec-press", 1, "", `us-sec-press is disabled: .*crawl.company`},
		{"rebuild", 2, "", `index, analysis, signals, all`},
		{"rebuild everything", 2, "", `index, analysis, signals, all`},
		{"rebuild index", 1, "", `regwire-data: there is no record here`},

		{"ingest", 2, "", `at least 1 arg`},
		{"ingest nosuch", 1, "", `nosuch: no such file`},
		{"ingest --kind newspaper page.html", 2, "", `regulator, exchange, media`},
		{"ingest --kind regulator page.html", 2, "", `add --source`},
		{"ingest --jurisdiction USA page.html", 2, "", `ISO 3166`},

		{"parse", 2, "", `name a file`},
		{"parse page.html --jsonl", 2, "", `takes no files`},
		{"parse nosuch.html", 1, "", `(?s)nosuch.html: no such file.*1 of 1 pages could not be parsed`},
		{"parse nosuch.html --json", 1, `^\{"url":.*"error":`, `1 of 1 pages`},
		{"parse page.html", 0, `(?s)^SEC sues Example Exchange\n.*unregistered securities`, ""},
		{"parse page.html --json --url https://sec.example/1", 0, `^\{"url":"https://sec.example/1","title":"SEC sues Example Exchange"`, ""},
		{"analyze", 2, "", `name a file`},
		{"analyze a b", 2, "", `at most 1`},
		{"analyze nosuch", 1, "", `nosuch: no such file`},
		{"analyze - --jsonl", 2, "", `takes no file`},
		{"analyze page.html", 0, `event +enforcement, .*US SEC`, ""},
		{"analyze page.html --json", 0, `^\{"id":"page.html","lang":"en","score":-`, ""},

		{"search", 2, "", `at least 1 arg`},
		{"search crypto", 1, "", `there is no record here`},
		{"search -airdrop", 2, "", `regwire search -- -airdrop`},
		{"search crypto --sort up", 2, "", `relevance, newest`},
		{"search crypto --limit 0", 2, "", `from 1 to 1000`},
		{"search crypto --offset -1", 2, "", `from 0`},
		{"events", 1, "", `there is no record here`},
		{"events --data file", 1, "", `not a directory`},
		{"events x", 2, "", "x"},
		{"events --since yesterday", 2, "", `2026-01-31`},
		{"events --type earthquake", 2, "", `enforcement, court-ruling`},
		{"events --severity mild,low", 2, "", `low, medium, high, critical`},
		{"events --limit many", 2, "", `from 1 to 10000`},
		{"events --jurisdiction America", 2, "", `ISO 3166`},
		{"events --config nosuch.yaml", 2, "", `nosuch.yaml: no such file`},
		{"events --config broken.yaml", 2, "", `broken.yaml: \[1:`},
		{"events --config wrong.yaml", 2, "", `(?s)log.level: "loud".*crawl.concurrency: 900`},
		{"instruments", 1, "", `there is no record here`},
		{"instruments a b", 2, "", `at most 1`},
		{"instruments --status odd", 2, "", `in-force`},
		{"signals", 1, "", `there is no record here`},
		{"signals --kind noise", 2, "", `sentiment, pressure`},
		{"signals --csv --json", 2, "", `exclude one another`},
		{"alerts", 1, "", `there is no record here`},
		{"alerts --state odd", 2, "", `pending, sent, dead`},
		{"sources x", 2, "", "x"},
		{"sources", 0, `(?m)^ID +KIND .*\n(.*\n)*us-sec-press +regulator +US .*disabled: the publisher asks`, ""},
		{"sources --json", 0, `(?m)^\{"id":"md-coindesk","name":.*"state":\{`, ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			got := regwire(t, dir, "", strings.Fields(tt.line)...)
			if got.code != tt.code {
				t.Errorf("exits %d, want %d", got.code, tt.code)
			}
			for _, c := range []struct{ name, text, want string }{{"standard output", got.stdout, tt.stdout}, {"standard error", got.stderr, tt.stderr}} {
				if ok, err := regexp.MatchString(c.want, c.text); err != nil || !ok || c.want == "" && c.text != "" {
					t.Errorf("%s: got\n%s\nwant %q", c.name, c.text, c.want)
				}
			}
			if help := strings.Contains(got.stderr, "--help'."); help != (tt.code == exitUsage) {
				t.Errorf("points to the help: %v", help)
			}
		})
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "regwire-data*")); len(found) > 0 {
		t.Errorf("%v was created by commands that had nothing to do", found)
	}
}

func TestHelpTeaches(t *testing.T) {
	for _, cmd := range newRoot().Commands() {
		if cmd.Name() == "help" || cmd.Name() == "completion" {
			continue
		}
		if !strings.Contains(cmd.Long, "\n  regwire "+cmd.Name()) {
			t.Errorf("the help of %s shows no example", cmd.Name())
		}
		for line := range strings.Lines(cmd.Long) {
			if n := utf8.RuneCountInString(line); n > 84 {
				t.Errorf("the help of %s has a line of %d characters: %s", cmd.Name(), n, line)
			}
		}
		checkExamples(t, cmd)
	}
}

// checkExamples holds the flags of the examples in a help text against those
// the command has.
func checkExamples(t *testing.T, cmd *cobra.Command) {
	t.Helper()
	for line := range strings.Lines(cmd.Long) {
		_, example, ok := strings.Cut(line, "regwire "+cmd.Name()+" ")
		if !ok {
			continue
		}
		example, _, _ = strings.Cut(example, "     ") // the comment beside it
		for _, flag := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(example, -1) {
			if cmd.Flags().Lookup(flag[1]) == nil && cmd.InheritedFlags().Lookup(flag[1]) == nil {
				t.Errorf("an example of %s uses --%s, which it does not have", cmd.Name(), flag[1])
			}
		}
	}
}

// TestStreaming holds standard input open: each line is answered before the
// next one is written, bad ones too, and the end of the input is the end.
func TestStreaming(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte("<title>A title</title><article><h1>A title of a page</h1><p>A paragraph that is long enough to be an article, with a verb or two.</p></article>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		command   string
		good, bad string
		want      []string
	}{
		{"parse", fmt.Sprintf(`{"path":%q,"url":"https://example.com/1"}`, page), `{"path":`, []string{"articles", "authors", "body", "lang", "title", "url"}},
		{"analyze", `{"id":"1","text":"The SEC sued Binance."}`, `nonsense`, []string{"entities", "events", "id", "instruments", "label", "lang", "regulatory", "score", "sentiment"}},
	} {
		t.Run(tt.command, func(t *testing.T) {
			cmd := command(dir, tt.command, "--jsonl")
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(out)
			for i, line := range []string{tt.good, tt.bad, tt.good} {
				if _, err := io.WriteString(in, line+"\n"); err != nil {
					t.Fatal(err)
				}
				answer, err := lines.ReadString('\n') // would wait for ever
				if err != nil {
					t.Fatal(err)
				}
				o := objects(t, answer)[0]
				if message, _ := o["error"].(string); (message != "") != (i == 1) {
					t.Errorf("line %d: %s", i+1, answer)
				}
				for _, k := range tt.want {
					if _, ok := o[k]; !ok && i != 1 {
						t.Errorf("%s is missing from %s", k, answer)
					}
				}
			}
			in.Close()
			if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
				t.Errorf("%q %v", rest, err)
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestInterruptedWhileWaiting sends an interrupt to commands that wait for
// input that does not come.
func TestInterruptedWhileWaiting(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"parse", "--jsonl"}, {"analyze", "--jsonl"}, {"analyze", "-"}, {"ingest", "-"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			cmd := command(t.TempDir(), args...)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			var errs bytes.Buffer
			cmd.Stderr = &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// What is written is read only once the program listens for signals.
			if _, err := in.Write(bytes.Repeat([]byte("\n"), 1<<18)); err != nil {
				t.Fatal(err)
			}
			cmd.Process.Signal(syscall.SIGINT)
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(errs.String(), "interrupted") {
				t.Errorf("exits %d and says %q", code, errs.String())
			}
		})
	}
}

// TestAReaderThatLeaves closes standard output early, as head does: that is
// the end, and no failure worth a word.
func TestAReaderThatLeaves(t *testing.T) {
	t.Parallel()
	cmd := command(t.TempDir(), "sources", "--json")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &errs
	r.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGPIPE || errs.Len() > 0 {
		t.Errorf("%v, says %q", cmd.ProcessState, errs.String())
	}
}

func TestOutputThatCannotBeWrittenIsAFailure(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"sources"}, {"sources", "--json"}} {
		cmd := command(t.TempDir(), args...)
		cmd.Stdout = full
		if cmd.Run(); cmd.ProcessState.ExitCode() != exitFailed {
			t.Errorf("%q exits %d", args, cmd.ProcessState.ExitCode())
		}
	}
}

func TestDemoOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := command(dir, "demo", "--once", "--json")
	cmd.Env = append(cmd.Env, "TMPDIR="+temp)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	all := objects(t, out.String())
	if len(all) != 1 {
		t.Fatalf("%d objects:\n%s", len(all), out.String())
	}
	want := []string{"alerts", "articles", "captures", "events", "instruments", "mails", "revisions", "seconds", "signals", "sources", "stories"}
	if diff := cmp.Diff(want, keys(all[0])); diff != "" {
		t.Error(diff)
	}
	for k, v := range all[0] {
		if n, ok := v.(float64); !ok || n <= 0 {
			t.Errorf("%s is %v", k, v)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*")); len(found) != 1 || len(found) == 1 && found[0] != temp {
		t.Errorf("it left %v", found)
	}
	if found, _ := os.ReadDir(temp); len(found) > 0 {
		t.Errorf("it left %v", found)
	}
}

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
		{"instruments FIL-7-2025", []string{"id", "relations"}},
		{"signals", []string{"seq", "available_at", "published_at", "first_seen_at", "kind", "target", "score", "confidence", "origin"}},
		{"signals --target btc --kind sentiment", []string{"seq"}},
		{"signals --target us", []string{"seq"}},
		{"alerts --state sent", []string{"id", "message_id", "event", "subject", "state", "to"}},
		{"search crypto", []string{"url", "source", "title", "published_at", "score", "snippet"}},
		{"sources", []string{"id", "name", "kind", "jurisdiction", "discovery", "state"}},
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
		"other.bin":   "not for reading",
	} {
		if err := os.WriteFile(filepath.Join(files, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type report struct {
		Ingested struct{ Files, Captures, Known, Refused int }
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
	if i := first.Ingested; i.Files != 2 || i.Captures != 2 || i.Known != 0 || i.Refused != 1 || first.Counts.Articles != 2 || first.Counts.Alerts != 0 {
		t.Errorf("first: %+v", first)
	}
	if i := second.Ingested; i.Captures != 0 || i.Known != 2 || second.Counts != first.Counts {
		t.Errorf("second: %+v", second)
	}
	for _, args := range []string{"events", "instruments", "instruments FIL-9-2025", "search SEC", "signals"} {
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
