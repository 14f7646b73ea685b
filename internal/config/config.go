// Package config is the one tree of settings: defaults, then the file, then
// the environment, then flags. Unknown keys in the file are errors; Validate
// reports every problem at once, with its field and value.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/secret"
	"github.com/regwire/regwire/llm"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/signal"
)

// Config is everything that can be set. Its zero value is not usable: start
// from [Default].
type Config struct {
	// Database is where the record is kept: empty means SQLite in the data
	// folder, otherwise a path or postgres://… .
	Database secret.Text `yaml:"database,omitempty" env:"REGWIRE_DATABASE"`

	HTTP  HTTP  `yaml:"http"`
	Log   Log   `yaml:"log"`
	Crawl Crawl `yaml:"crawl"`

	// Catalog names the built-in sources that are crawled: "all", or
	// identifiers. Without any, and without Sources of your own, it is all.
	Catalog []string `yaml:"catalog,omitempty"`
	// Sources of your own. One with the identifier of a built-in source
	// replaces it.
	Sources []crawler.Source `yaml:"sources,omitempty"`

	// Entities that are to be found in texts besides the built-in ones.
	Entities []entity.Definition `yaml:"entities,omitempty"`
	// Signals sets half-lives and weights.
	Signals signal.Config `yaml:"signals,omitempty"`
	// Alerts says who is told what.
	Alerts alerts.Config `yaml:"alerts,omitempty"`
	// LLM is the language model for hard cases; without an endpoint it is off.
	LLM llm.Config `yaml:"llm,omitempty"`
}

// HTTP is the API and the web pages.
type HTTP struct {
	// Address to listen on. Default 127.0.0.1:8440: this machine only.
	Address string `yaml:"address" env:"REGWIRE_HTTP_ADDRESS"`
	// Token, when set, has to be sent with every request as
	// "Authorization: Bearer …", or as the password of a browser's log-in
	// dialog. Set it before listening on more than this machine.
	Token secret.Text `yaml:"token,omitempty" env:"REGWIRE_HTTP_TOKEN"`
}

// Log is what the service says on standard error.
type Log struct {
	// Level: debug, info, warn or error. Default info.
	Level string `yaml:"level" env:"REGWIRE_LOG_LEVEL"`
	// Format: text or json. Default text.
	Format string `yaml:"format" env:"REGWIRE_LOG_FORMAT"`
}

// Crawl is how this crawler introduces and restrains itself.
type Crawl struct {
	// UserAgent is sent where a source does not ask for its own.
	UserAgent string `yaml:"user_agent,omitempty" env:"REGWIRE_USER_AGENT"`
	// Company and Contact (a mail address) say who crawls. Some publishers,
	// the SEC for one, require them; without them their sources are left out.
	Company string `yaml:"company,omitempty" env:"REGWIRE_COMPANY"`
	Contact string `yaml:"contact,omitempty" env:"REGWIRE_CONTACT"`
	// Concurrency is how many sources are visited at once, 1 to 64. Default 8.
	Concurrency int `yaml:"concurrency,omitempty"`
	// LiveWithin is how old an item may be to count as news; older ones are
	// backfill and never alert. Default 7 days; negative: every item is news.
	LiveWithin time.Duration `yaml:"live_within,omitempty"`
	// Lease is how long the work of a process that died waits before another
	// takes it over, 1 s to 1 h. Default 30 s.
	Lease time.Duration `yaml:"lease,omitempty"`
	// Callback is the public address that leads to /websub of this service, for
	// feeds that offer pushes (WebSub). Default: none are asked for.
	Callback string `yaml:"callback,omitempty" env:"REGWIRE_CALLBACK"`
	// CallbackKey is what pushes are signed by. Processes that share a callback
	// need the same; default: a new one at each start.
	CallbackKey secret.Text `yaml:"callback_key,omitempty" env:"REGWIRE_CALLBACK_KEY"`
	// Every replaces the schedule of every source: for demonstrations.
	Every string `yaml:"every,omitempty"`
}

// Default returns the settings that need no file: the built-in sources, the
// default rules, nobody to tell, no language model.
func Default() Config {
	return Config{
		HTTP:  HTTP{Address: "127.0.0.1:8440"},
		Log:   Log{Level: "info", Format: "text"},
		Crawl: Crawl{Concurrency: 8, LiveWithin: 7 * 24 * time.Hour, Lease: 30 * time.Second},
	}
}

// Load returns the defaults with what the file says, and the environment on
// top; an empty path means no file.
func Load(path string, env func(string) (string, bool)) (Config, error) {
	cfg := Default()
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return cfg, fmt.Errorf("configuration: %w", err)
		}
		if err := cfg.Decode(text); err != nil {
			return cfg, fmt.Errorf("configuration %s: %w", path, err)
		}
	}
	if err := applyEnv(reflect.ValueOf(&cfg).Elem(), env); err != nil {
		return cfg, err
	}
	// A few settings of rooms have names in the environment of their own.
	if v, ok := env("REGWIRE_SMTP_ADDRESS"); ok {
		cfg.Alerts.SMTP.Address = v
	}
	return cfg, cfg.Validate()
}

// Decode reads YAML over the present settings. Unknown keys are errors that
// name line and column.
func (c *Config) Decode(text []byte) (err error) {
	defer func() {
		if v := recover(); v != nil { // the YAML library panics on some malformed tags
			err = fmt.Errorf("not valid YAML: %v", v)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return errors.New(strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return nil
}

// applyEnv sets every field with an env tag whose variable is set.
func applyEnv(v reflect.Value, env func(string) (string, bool)) error {
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag.Get("env")
		if tag == "" {
			if field.Kind() == reflect.Struct && strings.HasSuffix(field.Type().PkgPath(), "internal/config") {
				if err := applyEnv(field, env); err != nil {
					return err
				}
			}
			continue
		}
		text, ok := env(tag)
		if !ok {
			continue
		}
		switch field.Kind() {
		case reflect.String:
			field.SetString(text)
		case reflect.Int:
			n, err := strconv.Atoi(text)
			if err != nil {
				return fmt.Errorf("%s: %q is not a number", tag, text)
			}
			field.SetInt(int64(n))
		default:
			return fmt.Errorf("%s: a %s cannot be set from the environment", tag, field.Kind())
		}
	}
	return nil
}

// Validate reports every problem at once.
func (c Config) Validate() error {
	var errs []error
	add := func(field, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", field, fmt.Sprintf(format, args...)))
	}
	if _, port, err := net.SplitHostPort(c.HTTP.Address); err != nil {
		add("http.address", "%q is not host:port", c.HTTP.Address)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		add("http.address", "%q has no port from 0 to 65535", c.HTTP.Address)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, strings.ToLower(c.Log.Level)) {
		add("log.level", "%q is not debug, info, warn or error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		add("log.format", "%q is not text or json", c.Log.Format)
	}
	if c.Crawl.Lease < time.Second || c.Crawl.Lease > time.Hour {
		add("crawl.lease", "%v is not from 1s to 1h", c.Crawl.Lease)
	}
	if u, err := url.Parse(c.Crawl.Callback); c.Crawl.Callback != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		add("crawl.callback", "%q is not an http or https address", c.Crawl.Callback)
	}
	if c.Crawl.Concurrency < 1 || c.Crawl.Concurrency > 64 {
		add("crawl.concurrency", "%d is not from 1 to 64", c.Crawl.Concurrency)
	}
	if _, err := c.CrawlSources(); err != nil {
		errs = append(errs, err)
	}
	if _, err := signal.New(c.Signals); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.Alerts.Validate(), c.LLM.Validate())
	return errors.Join(errs...)
}

// CrawlSources returns the sources the settings ask for: those of the
// built-in catalogue that are named, and those of the file. Built-in sources
// whose publisher wants to know who asks are disabled, with the reason, while
// crawl.company and crawl.contact are not set.
func (c Config) CrawlSources() ([]crawler.Source, error) {
	builtin, err := crawler.Catalog()
	if err != nil {
		return nil, fmt.Errorf("built-in sources: %w", err)
	}
	own := map[corpus.SourceID]bool{}
	for _, s := range c.Sources {
		own[s.ID] = true
	}
	wanted := c.Catalog
	if len(wanted) == 0 && len(c.Sources) == 0 {
		wanted = []string{"all"}
	}
	var list []crawler.Source
	var errs []error
	for _, name := range wanted {
		found := false
		for _, s := range builtin {
			if name != "all" && name != string(s.ID) {
				continue
			}
			found = true
			if own[s.ID] || slices.ContainsFunc(list, func(l crawler.Source) bool { return l.ID == s.ID }) {
				continue
			}
			if s.Politeness.UserAgent != "" && strings.Contains(s.Politeness.UserAgent, "{") && (c.Crawl.Company == "" || c.Crawl.Contact == "") && !s.Disabled {
				s.Disabled, s.Reason = true, "the publisher asks who crawls: set crawl.company and crawl.contact"
			}
			list = append(list, s)
		}
		if !found && name != "all" {
			errs = append(errs, fmt.Errorf("catalog: %q is not a built-in source; `regwire sources` lists them", name))
		}
	}
	list = append(list, c.Sources...)
	if err := crawler.ValidateSources(c.Sources); err != nil {
		errs = append(errs, err)
	}
	return list, errors.Join(errs...)
}
