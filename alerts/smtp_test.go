package alerts

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// relay is a mail server in this process. It takes every mail unless told
// what to answer.
type relay struct {
	address string
	caFile  string

	mu      sync.Mutex
	mails   [][]byte
	logins  int
	answers []error // to the next DATA commands; nil accepts
	rcpt    func(to string) error
	hangUp  bool // break the connection once the mail has landed, before answering
	leave   bool // break the connection once the mail has been answered for
}

func startRelay(t *testing.T, mode string) *relay {
	t.Helper()
	r := &relay{}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{r, c}, nil }))
	srv.Domain = "relay.example"
	srv.ErrorLog = discard{}
	cert, pem := authority(t)
	r.caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(r.caFile, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = ln.Addr().String()
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch mode {
	case TLSImplicit:
		ln = tls.NewListener(ln, config)
	case TLSStartTLS:
		srv.TLSConfig = config
	case TLSNone:
		srv.AllowInsecureAuth = true
	}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(ln) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return r
}

// authority makes a certificate for 127.0.0.1 that vouches for itself.
func authority(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

type session struct {
	r    *relay
	conn *smtp.Conn
}

func (s *session) Reset() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.r.leave && len(s.r.mails) > 0 {
		s.conn.Conn().Close()
	}
}
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) AuthMechanisms() []string             { return []string{sasl.Plain} }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.r.rcpt != nil {
		return s.r.rcpt(to)
	}
	return nil
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "u" || password != "hunter2" {
			return smtp.ErrAuthFailed
		}
		s.r.mu.Lock()
		defer s.r.mu.Unlock()
		s.r.logins++
		return nil
	}), nil
}

func (s *session) Data(body io.Reader) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if len(s.r.answers) > 0 {
		answer := s.r.answers[0]
		s.r.answers = s.r.answers[1:]
		if answer != nil {
			return answer
		}
	}
	s.r.mails = append(s.r.mails, b)
	if s.r.hangUp {
		s.r.hangUp = false
		s.conn.Conn().Close()
	}
	return nil
}

// ids lists the Message-IDs that landed, in order.
func (r *relay) ids(t *testing.T) []string {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for _, m := range r.mails {
		msg, err := mail.ReadMessage(bytes.NewReader(m))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, msg.Header.Get("Message-Id"))
	}
	return ids
}

// outbox returns a record with one notification in it, the configuration that
// made it, and a deliverer whose clock stands at *now.
func outbox(t *testing.T, s SMTP, now *time.Time) (*record, *Deliverer) {
	t.Helper()
	cfg := testConfig()
	s.From = cfg.SMTP.From
	cfg.Maildir, cfg.SMTP = "", s
	r := fdicRecord()
	only(t, r, matcher(t, cfg), fdicEvent())
	transport, err := NewTransport(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r, NewDeliverer(r, transport, DelivererConfig{Clock: func() time.Time { return *now }, MaxAttempts: 3})
}

func TestSMTPModes(t *testing.T) {
	for _, mode := range []string{TLSNone, TLSStartTLS, TLSImplicit} {
		t.Run(mode, func(t *testing.T) {
			srv := startRelay(t, mode)
			now := monday
			r, d := outbox(t, SMTP{Address: srv.address, TLS: mode, CAFile: srv.caFile, Username: "u", Password: "hunter2"}, &now)
			if sent, err := d.Once(t.Context()); sent != 1 || err != nil {
				t.Fatalf("%d sent, %v; %+v", sent, err, r.deliveries)
			}
			if d := cmp.Diff([]string{"<" + r.notifications[0].MessageID + ">"}, srv.ids(t)); d != "" {
				t.Error(d)
			}
			if srv.logins != 1 {
				t.Errorf("%d logins", srv.logins)
			}
			if sent, err := d.Once(t.Context()); sent != 0 || err != nil {
				t.Errorf("sent again: %d, %v", sent, err)
			}
		})
	}
}

// TestDeliveryOutcomes says for each way a delivery can go what is recorded
// of it, attempt by attempt.
func TestDeliveryOutcomes(t *testing.T) {
	later := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	never := &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not here"}
	retry := func(reason Reason) string { return "retry " + string(reason) }
	for name, c := range map[string]struct {
		mode   string
		relay  func(*relay)
		client func(*SMTP)
		want   []string
		landed int
	}{
		"later, then now":  {mode: TLSNone, relay: func(r *relay) { r.answers = []error{later} }, want: []string{retry(ReasonDeferred), "sent "}, landed: 1},
		"never":            {mode: TLSNone, relay: func(r *relay) { r.answers = []error{never} }, want: []string{"dead rejected"}},
		"later for ever":   {mode: TLSNone, relay: func(r *relay) { r.answers = []error{later, later, later} }, want: []string{retry(ReasonDeferred), retry(ReasonDeferred), "dead exhausted"}},
		"unknown receiver": {mode: TLSNone, relay: func(r *relay) { r.rcpt = func(string) error { return never } }, want: []string{"dead rejected"}},
		"landed, then cut": {mode: TLSNone, relay: func(r *relay) { r.hangUp = true }, want: []string{retry(ReasonDropped), "sent "}, landed: 2},
		"taken, then cut":  {mode: TLSNone, relay: func(r *relay) { r.leave = true }, want: []string{"sent "}, landed: 1},
		"nobody there":     {mode: TLSNone, client: func(s *SMTP) { s.Address = "127.0.0.1:1" }, want: []string{retry(ReasonUnreachable), retry(ReasonUnreachable), "dead exhausted"}},
		"wrong password":   {mode: TLSStartTLS, client: func(s *SMTP) { s.Username, s.Password = "u", "wrong" }, want: []string{retry(ReasonHandshake), retry(ReasonHandshake), "dead exhausted"}},
		"no STARTTLS":      {mode: TLSNone, client: func(s *SMTP) { s.TLS = TLSStartTLS }, want: []string{retry(ReasonHandshake), retry(ReasonHandshake), "dead exhausted"}},
		"unknown authority": {mode: TLSStartTLS, client: func(s *SMTP) { s.CAFile = "" },
			want: []string{retry(ReasonHandshake), retry(ReasonHandshake), "dead exhausted"}},
		"unknown authority, implicit": {mode: TLSImplicit, client: func(s *SMTP) { s.CAFile = "" },
			want: []string{retry(ReasonHandshake), retry(ReasonHandshake), "dead exhausted"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := startRelay(t, c.mode)
			if c.relay != nil {
				c.relay(srv)
			}
			s := SMTP{Address: srv.address, TLS: c.mode, CAFile: srv.caFile}
			if c.client != nil {
				c.client(&s)
			}
			now := monday
			r, d := outbox(t, s, &now)
			for range c.want {
				if _, err := d.Once(t.Context()); err != nil {
					t.Fatal(err)
				}
				now = now.Add(24 * time.Hour)
			}
			var got []string
			for _, a := range r.deliveries {
				got = append(got, a.Outcome+" "+a.Reason)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s\nlast error: %s", d, r.notifications[0].LastError)
			}
			ids := srv.ids(t)
			if len(ids) != c.landed || len(slices.Compact(ids)) > 1 {
				t.Errorf("landed: %q, want %d under one name", ids, c.landed)
			}
			if last := r.deliveries[len(r.deliveries)-1]; last.Outcome == "sent" != (r.notifications[0].State == corpus.NotificationSent) {
				t.Errorf("%+v, yet the notification is %s", last, r.notifications[0].State)
			}
		})
	}
}

func TestCrashBetweenSendingAndRecording(t *testing.T) {
	srv := startRelay(t, TLSNone)
	now := monday
	r, d := outbox(t, SMTP{Address: srv.address, TLS: TLSNone}, &now)
	r.failRecord = errors.New("disk full")
	if _, err := d.Once(t.Context()); !errors.Is(err, r.failRecord) {
		t.Fatalf("%v, want %v", err, r.failRecord)
	}
	if r.notifications[0].State != corpus.NotificationPending || len(r.deliveries) != 0 {
		t.Fatal("something was recorded")
	}
	r.failRecord = nil
	if sent, err := d.Once(t.Context()); sent != 0 || err != nil {
		t.Fatal("another deliverer sent what this one had claimed", sent, err)
	}
	now = now.Add(time.Minute) // the claim has ended
	if sent, err := d.Once(t.Context()); sent != 1 || err != nil {
		t.Fatal(sent, err)
	}
	if ids := srv.ids(t); len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("landed: %q, want one name twice", ids)
	}
}

// TestSilentRelay has a relay that accepts connections and says nothing: a
// stop must not wait for it.
func TestSilentRelay(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		if c, err := ln.Accept(); err == nil {
			accepted <- c
		}
	}()
	now := monday
	r, d := outbox(t, SMTP{Address: ln.Addr().String(), TLS: TLSNone, Timeout: time.Hour}, &now)
	d.cfg.Grace = time.Nanosecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	conn := <-accepted
	defer conn.Close()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(r.deliveries) != 1 || r.deliveries[0].Reason != string(ReasonInterrupted) || r.notifications[0].State != corpus.NotificationPending {
		t.Errorf("%+v %s", r.deliveries, r.notifications[0].State)
	}
}
