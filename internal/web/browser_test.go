package web

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// browser returns the path of a Chromium. Where there is none the test is
// skipped, or fails where CI_CHROMIUM=required says that it must be there.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI_CHROMIUM") == "required" {
		t.Fatal("CI_CHROMIUM=required, but no Chromium is in the path")
	}
	t.Skip("no Chromium in the path: the pages were not loaded in a browser")
	return ""
}

// load opens an address and returns the page as the browser holds it, and what
// the browser had to complain of.
func load(t *testing.T, chromium, address string) (dom, complaints string) {
	t.Helper()
	profile, err := os.MkdirTemp("", "regwire-browser-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile) // its helpers may still be leaving
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--enable-logging=stderr", "--user-data-dir="+profile, "--dump-dom", address)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &log, time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "CONSOLE") {
			complaints += line
		}
	}
	return out.String(), complaints
}

func TestPagesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	t.Parallel()
	chromium := browser(t)
	pages := httptest.NewServer(handler(t, saying("稳定币 <script>document.title='taken'</script> ordinance", "https://example.com/")))
	defer pages.Close()
	for path, want := range map[string][]string{
		"/":                                     {"Latest regulatory events", "稳定币 &lt;script&gt;", "Regulatory pressure"},
		"/search?q=%E7%A8%B3%E5%AE%9A%E5%B8%81": {"<b>90</b> articles", "<mark>稳定币 &lt;script&gt;", "中文"},
	} {
		dom, complaints := load(t, chromium, pages.URL+path)
		if complaints != "" {
			t.Errorf("%s: the browser complains: %s", path, complaints)
		}
		for _, w := range want {
			if !strings.Contains(dom, w) {
				t.Errorf("%s: %q is not on the page", path, w)
			}
		}
		if strings.Contains(dom, "<script") || strings.Contains(dom, "<title>taken") {
			t.Errorf("%s: a script got in", path)
		}
	}

	// Complaints are heard: a page of ours with a script in it would bring one.
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Write([]byte("<!doctype html><title>x</title><script>document.title='taken'</script>"))
	}))
	defer bad.Close()
	if dom, complaints := load(t, chromium, bad.URL); !strings.Contains(complaints, "Content Security Policy") || strings.Contains(dom, "<title>taken") {
		t.Errorf("a script was not refused: %q, %s", complaints, dom)
	}
}
