package llm_test

import (
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/llm"
)

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func TestOffWithoutConfiguration(t *testing.T) {
	if _, err := llm.New(llm.Config{}); !errors.Is(err, llm.ErrOff) {
		t.Errorf("%v", err)
	}
}

func TestConfigReportsEveryProblem(t *testing.T) {
	const bad = `
url: http://models.example/v1
api_key: k
api_key_file: /f
votes: 2
temperature: 3
below_confidence: 2
min_severity: grave
max_input: -1
timeout: -1s
budget: {tokens_per_day: -1, cost_per_day: 5}
`
	var cfg llm.Config
	if err := yaml.UnmarshalWithOptions([]byte(bad), &cfg, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("no problem found")
	}
	for _, want := range []string{`llm.url: "http://models.example/v1"`, "llm.model", "llm.api_key_file", `llm.votes: "2"`,
		`llm.temperature: "3"`, `llm.below_confidence: "2"`, `llm.min_severity: "grave"`, `llm.max_input: "-1"`, `llm.timeout: "-1s"`,
		`llm.budget.tokens_per_day: "-1"`, `llm.budget.cost_per_day: "5"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestWants(t *testing.T) {
	a := analyst(t, config("http://127.0.0.1:1/v1"))
	event := func(s corpus.Severity) []corpus.EventReading { return []corpus.EventReading{{Severity: s}} }
	for name, c := range map[string]struct {
		local corpus.Analysis
		want  bool
	}{
		"sure, and it matters little": {corpus.Analysis{Confidence: 0.9, Events: event(corpus.SeverityMedium)}, false},
		"sure, but it matters":        {corpus.Analysis{Confidence: 0.9, Events: event(corpus.SeverityHigh)}, true},
		"not sure":                    {corpus.Analysis{Confidence: 0.2}, true},
	} {
		if got := a.Wants(c.local); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
