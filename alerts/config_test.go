package alerts

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestConfigReportsEveryProblem(t *testing.T) {
	const bad = `
rules:
  - name: a
    match: {types: [parade], min_severity: grave, stance_below: 3, status: [retracted]}
    receivers: [nobody]
  - name: a
receivers:
  - name: "x\ny"
    email: {to: ["not an address"], format: rtf}
    language: fr
  - {name: empty}
smtp: {address: mail.example, from: "@", tls: none, username: u, password: p, password_file: /f, timeout: -1s}
maildir: /var/mail
base_url: "javascript:alert(1)"
max_age: -1h
`
	var cfg Config
	if err := yaml.UnmarshalWithOptions([]byte(bad), &cfg, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("no problem found")
	}
	for _, want := range []string{
		`rules[0].match.types[0]: "parade"`, `rules[0].match.min_severity: "grave"`, `rules[0].match.stance_below: "3"`,
		`rules[0].match.status[0]: "retracted"`, `rules[0].receivers[0]: "nobody"`, `rules[1].name: "a" is used twice`,
		`receivers[0].name: "x\ny"`, `receivers[0].email.to[0]: "not an address"`, `receivers[0].email.format: "rtf"`,
		`receivers[0].language: "fr"`, `receivers[1].email.to`, `smtp.address: "mail.example"`, `smtp.from: "@"`,
		`smtp.tls: "none"`, `smtp.password_file`, `smtp.timeout: "-1s"`, `maildir: "/var/mail"`, `base_url: "javascript`,
		`max_age: "-1h0m0s"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestConfigReadsWhatTheDocumentationShows(t *testing.T) {
	const good = `
rules:
  - name: us-banks
    match: {regulatory: true, jurisdictions: [US], regulators: [FDIC, OCC], min_severity: medium, stance_above: 0.2}
    receivers: [compliance]
receivers:
  - name: compliance
    language: zh
    email: {to: ["Compliance <c@desk.example>"], format: text}
smtp: {address: "127.0.0.1:25", from: "Regwire <r@desk.example>", username: u, password: p, tls: none, timeout: 10s}
base_url: https://regwire.desk.example/
max_age: 168h
`
	var cfg Config
	if err := yaml.UnmarshalWithOptions([]byte(good), &cfg, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	if cfg.SMTP.Timeout != 10*time.Second || cfg.MaxAge != 7*24*time.Hour || !*cfg.Rules[0].Match.Regulatory {
		t.Errorf("%+v", cfg)
	}
}

func TestSecretNeverShows(t *testing.T) {
	cfg := Config{SMTP: SMTP{Password: "hunter2"}}
	asYAML, err := yaml.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "password", cfg.SMTP.Password, "cfg", cfg)
	for _, s := range []string{string(asYAML), string(asJSON), log.String(), fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg.SMTP.Password)} {
		if strings.Contains(s, "hunter2") || !strings.Contains(s, "redacted") {
			t.Errorf("shows: %s", s)
		}
	}
}

func TestCredentialsOverAnOpenLine(t *testing.T) {
	for tls, address := range map[string]string{"none": "mail.example:25", "starttls": "mail.example:587", "implicit": "mail.example:465"} {
		err := Config{SMTP: SMTP{Address: address, TLS: tls, Username: "u", Password: "p"}}.Validate()
		if refused := err != nil; refused != (tls == "none") {
			t.Errorf("%s: %v", tls, err)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nBcc: x@y":         "a Bcc: x@y",
		"safe\u202Egnp.exe":     "safegnp.exe",
		"zero\u200Bwidth\uFEFF": "zerowidth",
		"  多 个\u3000空格\u2028 ":  "多 个 空格",
		"bad \xff byte":         "bad \uFFFD byte",
		"\x00\x1b[31mred":       "[31mred",
	} {
		if d := cmp.Diff(want, clean(in)); d != "" {
			t.Errorf("%q: %s", in, d)
		}
	}
	for in, want := range map[string]string{
		"https://a.example/x?y=1": "https://a.example/x?y=1",
		"javascript:alert(1)":     "", "data:text/html,x": "", "//a.example": "", "https://u:p@a.example": "", "ftp://a": "", "http://": "",
	} {
		if got := safeURL(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
