package alerts

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

var update = flag.Bool("update", false, "rewrite the golden mails")

func TestGoldenMails(t *testing.T) {
	for name, c := range map[string]struct {
		event  corpus.Event
		record *record
		change func(*Config)
	}{
		"repeal":      {event: fdicEvent(), record: fdicRecord()},
		"prohibition": {event: pbocEvent(), record: pbocRecord(), change: func(c *Config) { c.Receivers[0].Language = "zh" }},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig()
			if c.change != nil {
				c.change(&cfg)
			}
			n := only(t, c.record, matcher(t, cfg), c.event)
			mail, err := wire(n, cfg)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", []byte(n.Text))
			golden(t, name+".html", []byte(n.HTML))
			golden(t, name+".eml", bytes.ReplaceAll(mail, []byte("\r\n"), []byte("\n")))
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got; -update rewrites):\n%s", name, d)
	}
}

func matcher(t *testing.T, cfg Config) *Matcher {
	t.Helper()
	m, err := New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// only stores an event and returns the one notification that comes of it.
func only(t *testing.T, r *record, m *Matcher, ev corpus.Event) corpus.Notification {
	t.Helper()
	_, notifications, err := r.store(m, ev, monday)
	if err != nil {
		t.Fatal(err)
	}
	if len(notifications) != 1 {
		t.Fatalf("%d notifications, want 1", len(notifications))
	}
	return r.notifications[len(r.notifications)-1]
}

// TestQuotesNameThePageOfAPDF: what was read in a PDF can be opened where it
// stands.
func TestQuotesNameThePageOfAPDF(t *testing.T) {
	ev := fdicEvent()
	said := ev.Evidence[0]
	ev.Reports[0].URL, ev.Reports[0].Evidence, ev.Reports[0].Pages = "https://fdic.example/fil.pdf", []string{said}, []int{3}
	n := only(t, fdicRecord(), matcher(t, testConfig()), ev)
	if want := "(page 3: https://fdic.example/fil.pdf#page=3)"; !strings.Contains(n.Text, want) {
		t.Errorf("%q is not in\n%s", want, n.Text)
	}
	if want := `<a class="link" href="https://fdic.example/fil.pdf#page=3"`; !strings.Contains(n.HTML, want) {
		t.Errorf("%q is not in\n%s", want, n.HTML)
	}
}
