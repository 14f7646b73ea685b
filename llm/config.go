package llm

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/secret"
)

// Config says which model reads hard cases, and at what expense. The zero
// Config is off.
type Config struct {
	// URL of the endpoint up to the version, "https://api.openai.com/v1" or
	// "http://127.0.0.1:11434/v1". Empty turns the analyst off. Environment
	// REGWIRE_LLM_URL.
	URL string `yaml:"url,omitempty"`
	// Model as the endpoint calls it.
	Model string `yaml:"model,omitempty"`
	// APIKey may be given here or, better, in a file; local servers need none.
	APIKey     secret.Text `yaml:"api_key,omitempty"`
	APIKeyFile string      `yaml:"api_key_file,omitempty"`

	// Votes is how many answers decide, odd, 1 to 9. Default 3.
	Votes int `yaml:"votes,omitempty"`
	// Temperature is sent when given, in [0, 2]; models have their own
	// default. At 0 the votes of most models are the same vote.
	Temperature *float64 `yaml:"temperature,omitempty"`
	// BelowConfidence asks for a second reading when the local one is less
	// sure than this, in [0, 1]. Default 0.5.
	BelowConfidence float64 `yaml:"below_confidence,omitempty"`
	// MinSeverity asks for a second reading of events at least this severe
	// however sure the local one is. Default high.
	MinSeverity corpus.Severity `yaml:"min_severity,omitempty"`

	// Budget bounds what is spent in a day.
	Budget Budget `yaml:"budget"`
	// MaxInput is how much of an article is shown, in characters; the rest is
	// cut off. Default 16,000: the news is at the top.
	MaxInput int `yaml:"max_input,omitempty"`
	// MaxOutput bounds an answer, in tokens. Default 1,500; models that think
	// aloud need more.
	MaxOutput int `yaml:"max_output,omitempty"`
	// Timeout of one request. Default 60s.
	Timeout time.Duration `yaml:"timeout,omitempty"`
	// Attempts at one request, the first included. Default 3.
	Attempts int `yaml:"attempts,omitempty"`
	// FirstWait is the time before the second attempt, doubled for each
	// further one, unless the endpoint says how long. Default 1s.
	FirstWait time.Duration `yaml:"first_wait,omitempty"`

	Logger   *slog.Logger          `yaml:"-"` // default: nothing is logged
	Registry prometheus.Registerer `yaml:"-"` // default: metrics are kept to itself
	Cache    Cache                 `yaml:"-"` // default: the last 1,000 texts, in memory
	Clock    func() time.Time      `yaml:"-"` // for the day of the budget; default: time.Now
	Client   *http.Client          `yaml:"-"` // default: a client of its own
}

// Enabled reports whether an endpoint is configured.
func (c Config) Enabled() bool { return c.URL != "" }

func (c Config) withDefaults() Config {
	c.URL = strings.TrimRight(c.URL, "/")
	c.Votes = cmp.Or(c.Votes, 3)
	c.BelowConfidence = cmp.Or(c.BelowConfidence, 0.5)
	c.MinSeverity = cmp.Or(c.MinSeverity, corpus.SeverityHigh)
	c.MaxInput = cmp.Or(c.MaxInput, 16_000)
	c.MaxOutput = cmp.Or(c.MaxOutput, 1_500)
	c.Timeout = cmp.Or(c.Timeout, time.Minute)
	c.Attempts = cmp.Or(c.Attempts, 3)
	c.FirstWait = cmp.Or(c.FirstWait, time.Second)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Cache == nil {
		c.Cache = NewMemoryCache(1_000)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Client == nil {
		c.Client = &http.Client{}
	}
	return c
}

// Validate reports every problem at once, each with its field and value.
func (c Config) Validate() error {
	if !c.Enabled() {
		return nil
	}
	c = c.withDefaults()
	var problems []error
	check := func(ok bool, field string, value any, problem string) {
		if !ok {
			problems = append(problems, fmt.Errorf("llm.%s: %q %s", field, fmt.Sprint(value), problem))
		}
	}
	u, err := url.Parse(c.URL)
	valid := err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
	check(valid, "url", c.URL, "is not an http or https URL")
	if valid && u.Scheme == "http" && (c.APIKey != "" || c.APIKeyFile != "") {
		check(loopback(u.Hostname()), "url", c.URL, "would send the key readable to another machine: use https")
	}
	check(c.Model != "", "model", c.Model, "is missing")
	check(c.APIKey == "" || c.APIKeyFile == "", "api_key_file", c.APIKeyFile, "excludes llm.api_key")
	check(c.Votes > 0 && c.Votes < 10 && c.Votes%2 == 1, "votes", c.Votes, "is not an odd number from 1 to 9")
	check(c.Temperature == nil || *c.Temperature >= 0 && *c.Temperature <= 2, "temperature", show(c.Temperature), "is not in [0, 2]")
	check(c.BelowConfidence >= 0 && c.BelowConfidence <= 1, "below_confidence", c.BelowConfidence, "is not in [0, 1]")
	check(c.MinSeverity.Rank() >= 0, "min_severity", c.MinSeverity, "is not one of low, medium, high, critical")
	check(c.MaxInput > 0, "max_input", c.MaxInput, "is not positive")
	check(c.MaxOutput > 0, "max_output", c.MaxOutput, "is not positive")
	check(c.Timeout > 0, "timeout", c.Timeout, "is not positive")
	check(c.Attempts > 0, "attempts", c.Attempts, "is not positive")
	check(c.FirstWait > 0, "first_wait", c.FirstWait, "is not positive")
	b := c.Budget
	check(b.TokensPerDay >= 0, "budget.tokens_per_day", b.TokensPerDay, "is negative")
	check(b.CostPerDay >= 0, "budget.cost_per_day", b.CostPerDay, "is negative")
	check(b.InputPrice >= 0, "budget.input_price", b.InputPrice, "is negative")
	check(b.OutputPrice >= 0, "budget.output_price", b.OutputPrice, "is negative")
	check(b.CostPerDay == 0 || b.InputPrice+b.OutputPrice > 0, "budget.cost_per_day", b.CostPerDay, "needs input_price and output_price")
	return errors.Join(problems...)
}

func show(f *float64) any {
	if f == nil {
		return ""
	}
	return *f
}

// loopback reports whether host is this machine without asking a resolver.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// key returns the secret, from its file when there is one.
func (c Config) key() (string, error) {
	if c.APIKeyFile == "" {
		return string(c.APIKey), nil
	}
	b, err := os.ReadFile(c.APIKeyFile)
	if err != nil {
		return "", fmt.Errorf("llm api_key_file: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}
