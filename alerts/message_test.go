package alerts

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/regwire/regwire/corpus"
)

// received is a mail as a reader's program takes it apart.
type received struct {
	header     mail.Header
	subject    string
	text, html string
}

func receive(t *testing.T, raw []byte) received {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r := received{header: msg.Header}
	if r.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q: %v", kind, err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = quotedprintable.NewReader(p)
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, p)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), "\r\n", "\n")
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			r.html = text
		} else {
			r.text = text
		}
	}
}

func TestMailArrivesAsItWasWritten(t *testing.T) {
	cfg := testConfig()
	for name, c := range map[string]struct {
		event   corpus.Event
		record  *record
		subject string
	}{
		"English": {fdicEvent(), fdicRecord(), "[high] FDIC rescinds FIL-16-2022 (US)"},
		"Chinese": {pbocEvent(), pbocRecord(), "[critical] 八部门发布通知，进一步防范虚拟货币相关风险 (CN)"},
	} {
		t.Run(name, func(t *testing.T) {
			n := only(t, c.record, matcher(t, cfg), c.event)
			raw, err := wire(n, cfg)
			if err != nil {
				t.Fatal(err)
			}
			for line := range bytes.Lines(raw) {
				if len(line) > 998 || !ascii(line) || bytes.Contains(line, []byte("=?")) && len(line) > 76+len("\r\n") {
					t.Fatalf("not fit for every relay: %q", line)
				}
			}
			r := receive(t, raw)
			if r.subject != c.subject {
				t.Errorf("subject %q, want %q", r.subject, c.subject)
			}
			if r.text != n.Text || r.html != n.HTML {
				t.Error("a body changed on the way")
			}
			for header, want := range map[string]string{
				"Message-Id": "<" + n.MessageID + ">", "X-Regwire-Event": string(c.event.ID), "Auto-Submitted": "auto-generated",
				"Date": "Mon, 31 Mar 2025 13:05:00 +0000", "In-Reply-To": "",
				"List-Unsubscribe": "<mailto:alerts@desk.example?subject=unsubscribe%20compliance>",
			} {
				if got := r.header.Get(header); got != want {
					t.Errorf("%s: %q, want %q", header, got, want)
				}
			}
		})
	}
}

func ascii(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf })
}

func TestFollowUpsThread(t *testing.T) {
	cfg := testConfig()
	m, r := matcher(t, cfg), fdicRecord()
	first := only(t, r, m, fdicEvent())
	changed := fdicEvent()
	changed.EffectiveAt = changed.EffectiveAt.AddDate(0, 1, 0)
	second := only(t, r, m, changed)
	changed.Status = corpus.EventRetracted
	changed.Reports[0].Withdrawn = true
	third := only(t, r, m, changed)
	for _, c := range []struct {
		n      corpus.Notification
		phrase string
	}{
		{second, "Changed since our last mail: Effective 28 April 2025 (was 28 March 2025)."},
		{third, "Retracted: the articles that reported this have been withdrawn."},
	} {
		raw, err := wire(c.n, cfg)
		if err != nil {
			t.Fatal(err)
		}
		got := receive(t, raw)
		if want := "<" + first.MessageID + ">"; got.header.Get("References") != want || got.header.Get("In-Reply-To") != want {
			t.Errorf("References %q, In-Reply-To %q, want %q", got.header.Get("References"), got.header.Get("In-Reply-To"), want)
		}
		if want := "Re: " + first.Subject; got.subject != want {
			t.Errorf("subject %q, want %q", got.subject, want)
		}
		if !strings.Contains(got.text, c.phrase) || !strings.Contains(got.html, html.EscapeString(c.phrase)) {
			t.Errorf("%q is missing from\n%s", c.phrase, got.text)
		}
	}
}

// hostile is text that would like to be more than text.
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"'>{{.}}</style>` +
	"\r\nBcc: victim@desk.example\r\n\r\n\u202Emoc.live\u2066 =?utf-8?q?=0D=0ABcc:_x@y?= \x00\x1b[2J"

func TestHostileTextStaysText(t *testing.T) {
	ev := fdicEvent()
	ev.Title, ev.Evidence = hostile, []string{hostile}
	ev.Regulators, ev.Targets, ev.Assets = []string{hostile}, []string{hostile}, []string{hostile}
	ev.Instruments, ev.Jurisdictions = []corpus.InstrumentID{hostile}, []corpus.Jurisdiction{hostile}
	ev.Type, ev.Severity = corpus.Repeal, hostile
	for i := range ev.Reports {
		ev.Reports[i].Title = hostile
		ev.Reports[i].URL = "javascript:alert(document.cookie)"
		ev.Reports[i].Source = hostile
	}
	r := fdicRecord()
	r.instruments[hostile] = corpus.Instrument{ID: hostile, Relations: []corpus.Relation{{Kind: hostile, To: hostile, Evidence: hostile}}}
	r.revisions["a1"][0].Blocks[0].Text = hostile
	cfg := testConfig()
	n := only(t, r, matcher(t, cfg), ev)
	raw, err := wire(n, cfg)
	if err != nil {
		t.Fatal(err)
	}
	checkMail(t, raw)
	if !strings.Contains(n.HTML, "&lt;script&gt;") {
		t.Error("the text itself should be shown, escaped")
	}
}

// headers are all that a first mail may carry.
var headers = []string{
	"Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "Message-Id", "Mime-Version", "Subject", "To", "X-Regwire-Event",
}

// checkMail fails when anything in a mail has come alive.
func checkMail(t *testing.T, raw []byte) {
	t.Helper()
	got := receive(t, raw)
	for name, values := range got.header {
		if !slices.Contains(headers, name) || len(values) != 1 {
			t.Errorf("header %s: %q", name, values)
		}
	}
	if to := got.header.Get("To"); to != "<compliance@desk.example>" {
		t.Errorf("to %q", to)
	}
	for _, s := range []string{got.subject, got.text, got.html} {
		if i := strings.IndexFunc(s, sly); i >= 0 {
			t.Errorf("%q at %d", s[i:min(i+4, len(s))], i)
		}
		if !utf8.ValidString(s) {
			t.Error("invalid UTF-8")
		}
	}
	if strings.ContainsAny(got.subject, "\r\n") || strings.Contains(got.subject, "=?") {
		t.Errorf("subject %q", got.subject)
	}
	doc, err := html.Parse(strings.NewReader(got.html))
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Fields("html head meta title style body div table tbody tr td span h1 p b br a s ins del")
	for e := range doc.Descendants() {
		if e.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(allowed, e.Data) {
			t.Errorf("element <%s>", e.Data)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "href" && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "mailto:alerts@desk.example?") {
				t.Errorf("attribute %s=%q", a.Key, a.Val)
			}
		}
	}
}

// sly reports characters that have no business in a mail.
func sly(r rune) bool {
	return unicode.IsControl(r) && r != '\n' || unicode.In(r, unicode.Bidi_Control) || r == '\u2028'
}

func FuzzMail(f *testing.F) {
	f.Add("FDIC rescinds FIL-16-2022", "FDIC", "https://www.fdic.gov/x", "before", "after")
	f.Add(hostile, hostile, "javascript:alert(1)", hostile, "八部门")
	f.Add("=?utf-8?b?DQpCY2M6IHhAeQ==?=", "\r\n.\r\nQUIT", "http://a/\r\nX: y", "", "\u2029")
	cfg := testConfig()
	m, err := New(cfg, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, name, url, before, after string) {
		ev := fdicEvent()
		ev.Title, ev.Evidence, ev.Regulators = title, []string{before, after}, []string{name}
		ev.Reports[0].Title, ev.Reports[0].URL = name, url
		r := fdicRecord()
		r.revisions["a1"][0].Blocks[1].Text = before
		r.revisions["a1"][1].Blocks[1].Text = after
		_, notifications, err := r.store(m, ev, monday)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := wire(notifications[0], cfg)
		if err != nil {
			t.Fatal(err)
		}
		checkMail(t, raw)
	})
}
