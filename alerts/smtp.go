package alerts

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"

	gomail "github.com/wneessen/go-mail"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/secret"
)

// SMTPTransport hands mail to a relay, one connection a mail: alerts are few,
// and a connection that broke cannot take the next mail with it.
type SMTPTransport struct {
	cfg      Config
	host     string
	port     int
	tls      *tls.Config
	password secret.Text
}

func newSMTP(cfg Config) (*SMTPTransport, error) {
	host, service, err := net.SplitHostPort(cfg.SMTP.Address)
	if err != nil {
		return nil, fmt.Errorf("smtp address: %w", err)
	}
	port, err := net.LookupPort("tcp", service)
	if err != nil {
		return nil, fmt.Errorf("smtp address: %w", err)
	}
	password, err := cfg.SMTP.password()
	if err != nil {
		return nil, err
	}
	t := &SMTPTransport{cfg: cfg, host: host, port: port, password: secret.Text(password),
		tls: &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}}
	if cfg.SMTP.CAFile != "" {
		if t.tls.RootCAs, err = authorities(cfg.SMTP.CAFile); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// authorities reads a PEM file of certificates to trust.
func authorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("smtp ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("smtp ca_file: no certificate in %s", path)
	}
	return pool, nil
}

// Send delivers one mail. It returns when the relay has answered for it, when
// the timeout is over, or when ctx ends; after the latter two the mail may
// have been accepted all the same.
func (t *SMTPTransport) Send(ctx context.Context, n corpus.Notification) error {
	msg, err := message(n, t.cfg)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, t.cfg.SMTP.Timeout)
	defer cancel()
	d := &dialer{ctx: ctx, tls: t.tls, implicit: t.cfg.SMTP.TLS == TLSImplicit}
	client, err := gomail.NewClient(t.host, t.options(d)...)
	if err != nil {
		return &SendError{ReasonMalformed, err}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	d.release()
	if err == nil || msg.IsDelivered() {
		// The relay has taken it; what went wrong after that, in parting, is
		// no reason to send it again.
		return nil
	}
	return &SendError{d.classify(err, msg.SendError()), err}
}

func (t *SMTPTransport) options(d *dialer) []gomail.Option {
	opts := []gomail.Option{
		gomail.WithPort(t.port), gomail.WithTimeout(t.cfg.SMTP.Timeout),
		gomail.WithTLSConfig(t.tls), gomail.WithDialContextFunc(d.dial), gomail.WithoutNoop(),
	}
	switch t.cfg.SMTP.TLS {
	case TLSImplicit:
		opts = append(opts, gomail.WithSSL())
	case TLSNone:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if t.cfg.SMTP.Username != "" {
		// Mechanisms that do not show the password first. PLAIN and LOGIN are
		// refused by the library over an open line to another machine.
		opts = append(opts, gomail.WithUsername(t.cfg.SMTP.Username), gomail.WithPassword(string(t.password)),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
				gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return opts
}

// dialer connects for one delivery, and breaks the connection when the
// context ends: the library heeds contexts only while dialling.
type dialer struct {
	ctx       context.Context
	tls       *tls.Config
	implicit  bool
	connected bool
	stop      func() bool
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var conn net.Conn
	var err error
	if d.implicit {
		conn, err = (&tls.Dialer{Config: d.tls}).DialContext(ctx, network, address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	d.connected = true
	d.stop = context.AfterFunc(d.ctx, func() { conn.Close() })
	return conn, nil
}

// release ends the watch over the context.
func (d *dialer) release() {
	if d.stop != nil {
		d.stop()
	}
}

// classify names the cause of a failure: what the relay said if it said
// anything, else how far we got.
func (d *dialer) classify(err, sendErr error) Reason {
	switch code := replyCode(err); {
	case errors.Is(context.Cause(d.ctx), context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return ReasonTimeout
	case d.ctx.Err() != nil:
		return ReasonInterrupted
	case !d.connected && !handshake(err):
		return ReasonUnreachable
	case sendErr == nil:
		return ReasonHandshake
	case code >= 500:
		return ReasonRejected
	case code >= 400:
		return ReasonDeferred
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), netError(err):
		return ReasonDropped
	default:
		return ReasonUnknown
	}
}

// replyCode returns what the relay answered, 0 when it did not.
func replyCode(err error) int {
	var send *gomail.SendError
	if errors.As(err, &send) && send.ErrorCode() != 0 {
		return send.ErrorCode()
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}

// handshake reports whether a dial ended in TLS rather than on the way there.
func handshake(err error) bool {
	var record tls.RecordHeaderError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &record) || errors.As(err, &cert)
}

func netError(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}
