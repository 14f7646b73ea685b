package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/config"
)

func load(t *testing.T, text string, env map[string]string) (config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "regwire.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path, func(k string) (string, bool) { v, ok := env[k]; return v, ok })
}

func TestDefaultsCrawlTheCatalogue(t *testing.T) {
	cfg, err := config.Load("", func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	list, err := cfg.CrawlSources()
	if err != nil {
		t.Fatal(err)
	}
	enabled := map[corpus.SourceKind]int{}
	for _, s := range list {
		if !s.Disabled {
			enabled[s.Kind]++
		} else if s.Reason == "" {
			t.Errorf("%s is disabled without a reason", s.ID)
		}
	}
	for _, k := range []corpus.SourceKind{corpus.SourceRegulator, corpus.SourceExchange, corpus.SourceMedia} {
		if enabled[k] < 4 {
			t.Errorf("only %d sources of kind %s", enabled[k], k)
		}
	}
}

func TestInitWritesAConfigurationThatLoads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "regwire.yaml")
	n, err := config.Write(path, false)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	list, err := cfg.CrawlSources()
	if err != nil {
		t.Fatal(err)
	}
	kinds, languages := map[corpus.SourceKind]int{}, map[string]int{}
	for _, s := range list {
		kinds[s.Kind]++
		languages[s.Language]++
	}
	if len(list) != n || n < 12 || len(kinds) != 3 || languages["zh"] == 0 {
		t.Errorf("%d sources, %d said: %v %v", len(list), n, kinds, languages)
	}
	if _, err := config.Write(path, false); !errors.Is(err, os.ErrExist) {
		t.Errorf("second time: %v", err)
	}
	if _, err := config.Write(path, true); err != nil {
		t.Errorf("forced: %v", err)
	}
}

func TestOrderIsDefaultsFileEnvironment(t *testing.T) {
	cfg, err := load(t, "http: {address: '127.0.0.1:1'}\nlog: {level: debug, format: json}\n", map[string]string{
		"REGWIRE_LOG_LEVEL": "error", "REGWIRE_DATABASE": "postgres://u:hidden@h/d",
	})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.HTTP.Address != "127.0.0.1:1" || cfg.Log.Level != "error" || cfg.Log.Format != "json" || cfg.Crawl.Concurrency != 8 {
		t.Errorf("%+v", cfg)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg), "hidden") {
		t.Error("the password shows")
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	_, err := load(t, `
http: {address: here}
log: {level: loud, format: morse}
crawl: {concurrency: 900}
catalog: [no-such-source]
alerts:
  rules: [{name: "", match: {types: [earthquake]}}]
sources:
  - {id: x, name: X, kind: newspaper, jurisdiction: US, discovery: {type: rss}}
`, nil)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		`http.address: "here"`, `log.level: "loud"`, `log.format: "morse"`, "crawl.concurrency: 900", "no-such-source", "earthquake", "newspaper",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from:\n%v", want, err)
		}
	}
}

func TestUnknownKeysAreNamedWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"log: {level: info}\nhttp:\n  adress: x\n": "[3:",
		"sauces: []\n":   "sauces",
		"catalog: ! 0\n": "not valid YAML", // the YAML library panics
	} {
		if _, err := load(t, text, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestSourcesThatWantToKnowWhoAsksWait(t *testing.T) {
	for _, tt := range []struct {
		text     string
		disabled bool
	}{
		{"catalog: [us-sec-press]\n", true},
		{"catalog: [us-sec-press]\ncrawl: {company: Example, contact: a@example.com}\n", false},
	} {
		cfg, err := load(t, tt.text, nil)
		if err != nil {
			t.Fatal(err)
		}
		list, err := cfg.CrawlSources()
		if err != nil || len(list) != 1 || list[0].Disabled != tt.disabled {
			t.Errorf("%q: %v %+v", tt.text, err, list)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("http: {address: ':1'}\nsources: [{id: a}]"))
	f.Add([]byte("a: &x [*x]"))
	f.Add([]byte("\t"))
	f.Add([]byte("sources: ! 0"))
	f.Fuzz(func(t *testing.T, text []byte) {
		cfg := config.Default()
		if cfg.Decode(text) == nil {
			cfg.Validate()
		}
	})
}
