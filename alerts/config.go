package alerts

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/secret"
)

// Config says who is told what, and how the mail leaves. The zero Config has
// the default rules and nobody to tell.
type Config struct {
	// Rules decide what is worth a mail. None at all means [DefaultRules].
	Rules []Rule `yaml:"rules"`
	// Receivers are who can be told.
	Receivers []Receiver `yaml:"receivers"`
	// SMTP is the relay mail leaves through. Without an address nothing is
	// sent by SMTP.
	SMTP SMTP `yaml:"smtp"`
	// Maildir is a folder to deliver into instead of a relay: for the demo,
	// or for a mail reader on the same machine. It excludes SMTP.Address.
	Maildir string `yaml:"maildir,omitempty"`
	// BaseURL is where people reach this service, for links in mails; without
	// it mails link to the sources only. http or https.
	BaseURL string `yaml:"base_url,omitempty"`
	// MaxAge holds back events whose first publication, as claimed, lies
	// further back than this when they become known: an old page met late is
	// not news. 0, the default, holds back none.
	MaxAge time.Duration `yaml:"max_age,omitempty"`

	// SourceNames are shown beside reports; a source without one is shown by
	// its identifier.
	SourceNames map[corpus.SourceID]string `yaml:"-"`
}

// Rule tells its receivers of the events it matches.
type Rule struct {
	// Name is shown in mails and kept with each alert. Unique.
	Name  string `yaml:"name"`
	Match Match  `yaml:"match"`
	// Receivers by name. None means all.
	Receivers []string `yaml:"receivers,omitempty"`
}

// Receiver is a person or a group that is told together.
type Receiver struct {
	// Name is part of the key of each notification: renaming a receiver makes
	// it a new one. Unique.
	Name  string `yaml:"name"`
	Email Email  `yaml:"email"`
	// Language of the mail's own words, "en" (the default) or "zh". What is
	// quoted stays in its language.
	Language string `yaml:"language,omitempty"`
}

// Email is how a receiver gets mail.
type Email struct {
	// To are the addresses; all see one another.
	To []string `yaml:"to"`
	// Format is "html" (the default: text and HTML together) or "text".
	Format string `yaml:"format,omitempty"`
}

// The ways to protect the connection to a relay.
const (
	TLSStartTLS = "starttls" // upgrade, or send nothing; the default
	TLSImplicit = "implicit" // TLS from the first byte, usually port 465
	TLSNone     = "none"     // for a relay on this machine or network
)

// SMTP is a mail relay.
type SMTP struct {
	// Address is host:port; environment REGWIRE_SMTP_ADDRESS.
	Address string `yaml:"address,omitempty"`
	// From is the sender of every mail, "Name <address>" or an address. Its
	// domain is the right half of each Message-ID, and requests to be told no
	// more are sent to it. Default regwire@localhost.
	From     string `yaml:"from,omitempty"`
	Username string `yaml:"username,omitempty"`
	// Password may be given here or, better, in a file.
	Password     secret.Text `yaml:"password,omitempty"`
	PasswordFile string      `yaml:"password_file,omitempty"`
	// TLS is "starttls", "implicit" or "none". Credentials are refused over
	// "none" unless the relay is on the loopback interface.
	TLS string `yaml:"tls,omitempty"`
	// CAFile is a PEM file of authorities to trust instead of the system's.
	CAFile string `yaml:"ca_file,omitempty"`
	// Timeout for one delivery, from dialling to the last answer. Default 30s.
	Timeout time.Duration `yaml:"timeout,omitempty"`
}

// defaultFrom needs no configuration; mail from it goes nowhere but to a
// maildir or a relay that rewrites senders.
const defaultFrom = "regwire <regwire@localhost>"

// defaultTimeout allows for slow relays that scan before they answer; RFC 5321
// section 4.5.3.2 would allow minutes, which a queue need not wait for.
const defaultTimeout = 30 * time.Second

// DefaultRules are used when no rules are configured: every regulatory event
// of at least medium severity, and trouble at venues of high severity. Routine
// listings, launches and prices stay out of the mail.
func DefaultRules() []Rule {
	yes := true
	return []Rule{
		{Name: "regulatory", Match: Match{Regulatory: &yes, MinSeverity: corpus.SeverityMedium}},
		{Name: "venue-trouble", Match: Match{
			Types:       []corpus.EventType{corpus.Halt, corpus.Hack, corpus.Insolvency, corpus.Delisting},
			MinSeverity: corpus.SeverityHigh,
		}},
	}
}

// withDefaults fills in what was left out. It does not touch c's slices.
func (c Config) withDefaults() Config {
	if len(c.Rules) == 0 {
		c.Rules = DefaultRules()
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	c.SMTP.From = cmp.Or(c.SMTP.From, defaultFrom)
	c.SMTP.TLS = cmp.Or(c.SMTP.TLS, TLSStartTLS)
	c.SMTP.Timeout = cmp.Or(c.SMTP.Timeout, defaultTimeout)
	return c
}

// Validate reports every problem at once, each with its field and value.
func (c Config) Validate() error {
	c = c.withDefaults()
	var p problems
	receivers := map[string]bool{}
	for i, r := range c.Receivers {
		at := fmt.Sprintf("receivers[%d]", i)
		p.name(at+".name", r.Name, receivers)
		p.oneOf(at+".email.format", r.Email.Format, "", "html", "text")
		p.oneOf(at+".language", r.Language, "", "en", "zh")
		if len(r.Email.To) == 0 {
			p.add(at+".email.to", "", "needs an address")
		}
		for j, to := range r.Email.To {
			p.address(fmt.Sprintf("%s.email.to[%d]", at, j), to)
		}
	}
	rules := map[string]bool{}
	for i, r := range c.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		p.name(at+".name", r.Name, rules)
		r.Match.validate(at+".match", &p)
		for j, name := range r.Receivers {
			if !receivers[name] {
				p.add(fmt.Sprintf("%s.receivers[%d]", at, j), name, "no such receiver")
			}
		}
	}
	c.SMTP.validate(&p)
	if c.SMTP.Address != "" && c.Maildir != "" {
		p.add("maildir", c.Maildir, "excludes smtp.address: mail goes to one place")
	}
	if len(c.Receivers) > 0 && c.SMTP.Address == "" && c.Maildir == "" {
		p.add("smtp.address", "", "receivers need smtp.address or maildir")
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		p.add("base_url", c.BaseURL, "is not an http or https URL")
	}
	if c.MaxAge < 0 {
		p.add("max_age", c.MaxAge.String(), "is negative")
	}
	return errors.Join(p...)
}

func (s SMTP) validate(p *problems) {
	p.address("smtp.from", s.From)
	p.oneOf("smtp.tls", s.TLS, TLSStartTLS, TLSImplicit, TLSNone)
	if s.Timeout < 0 {
		p.add("smtp.timeout", s.Timeout.String(), "is negative")
	}
	if s.Password != "" && s.PasswordFile != "" {
		p.add("smtp.password_file", s.PasswordFile, "excludes smtp.password")
	}
	if (s.Password != "" || s.PasswordFile != "") && s.Username == "" {
		p.add("smtp.username", "", "is needed with a password")
	}
	if s.Address == "" {
		return
	}
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil || host == "" || port == "" {
		p.add("smtp.address", s.Address, "is not host:port")
	}
	if s.TLS == TLSNone && s.Username != "" && !loopback(host) {
		p.add("smtp.tls", s.TLS, "would send the password readable to "+host)
	}
}

// loopback reports whether host is this machine without asking a resolver,
// which someone else may answer for.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// password returns the secret, from its file when there is one.
func (s SMTP) password() (string, error) {
	if s.PasswordFile == "" {
		return string(s.Password), nil
	}
	b, err := os.ReadFile(s.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("smtp password: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// problems collects what is wrong with a configuration.
type problems []error

func (p *problems) add(field, value, problem string) {
	*p = append(*p, fmt.Errorf("alerts.%s: %q %s", field, value, problem))
}

func (p *problems) name(field, value string, seen map[string]bool) {
	switch {
	case value == "":
		p.add(field, value, "is missing")
	case value != clean(value):
		p.add(field, value, "has control characters or stray spaces")
	case seen[value]:
		p.add(field, value, "is used twice")
	}
	seen[value] = true
}

func (p *problems) oneOf(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		p.add(field, value, "is not one of "+strings.Join(allowed, ", "))
	}
}

func (p *problems) address(field, value string) {
	if _, err := mail.ParseAddress(value); err != nil {
		p.add(field, value, "is not a mail address")
	}
}
