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
		{"instruments a b", 2, "", `unknown command "a"`},
		{"instruments --status odd", 2, "", `in-force`},
		{"signals", 1, "", `there is no record here`},
		{"signals --kind noise", 2, "", `sentiment, pressure`},
		{"signals --csv --json", 2, "", `exclude one another`},
		{"alerts", 1, "", `there is no record here`},
		{"alerts --state odd", 2, "", `pending, sent, dead`},
		{"sources x", 2, "", "x"},
		{"sources", 0, `(?m)^ID +KIND .*\n(.*\n)*us-sec-press +regulator +US .*disabled: the publisher asks`, ""},
		{"sources --json", 0, `(?m)^\{"id":"md-coindesk","name":.*"condition":"`, ""},
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
