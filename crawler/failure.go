package crawler

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// failure is an error with the reason it is filed under.
type failure struct {
	reason Reason
	// until is when the server wants to be asked again; zero when it did not say.
	until  time.Time
	status int // of the answer, 0 when there was none
	err    error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func fail(reason Reason, format string, args ...any) *failure {
	return &failure{reason: reason, err: fmt.Errorf(format, args...)}
}

// failureOf files err under its reason. It never returns nil for an error. The
// address that net/http puts into its errors is left out: the log has it
// beside them where it is a page's, and that of a listing may hold a key.
func failureOf(err error) *failure {
	var with *url.Error
	if errors.As(err, &with) {
		err = with.Err
	}
	var f *failure
	if errors.As(err, &f) {
		return &failure{reason: f.reason, until: f.until, status: f.status, err: err}
	}
	return &failure{reason: reasonOf(err), err: err}
}

var errTimeout = errors.New("no complete answer in time")

func reasonOf(err error) Reason {
	var (
		dns     *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		unknown x509.UnknownAuthorityError
		network net.Error
	)
	switch {
	case errors.Is(err, errTimeout), errors.Is(err, context.DeadlineExceeded):
		return ReasonTimeout
	case errors.Is(err, context.Canceled):
		return ReasonCancelled
	case errors.Is(err, errAddress):
		return ReasonAddress
	case errors.As(err, &dns):
		return ReasonResolve
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &unknown):
		return ReasonTLS
	case errors.As(err, &network) && network.Timeout():
		return ReasonTimeout
	}
	return ReasonNetwork
}

// statusFailure files an HTTP status that is not an answer; nil for 304 and
// 200 to 299 but 206, which is a part that nobody asked for.
func statusFailure(status int) *failure {
	var reason Reason
	switch {
	case status >= 200 && status < 300 && status != http.StatusPartialContent, status == http.StatusNotModified:
		return nil
	case status == http.StatusTooManyRequests:
		reason = ReasonRateLimited
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusUnavailableForLegalReasons:
		reason = ReasonForbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		reason = ReasonMissing
	case status >= 500:
		reason = ReasonServer
	default:
		reason = ReasonClient
	}
	f := fail(reason, "status %d", status)
	f.status = status
	return f
}

// transient reports whether asking again in a moment may help.
func (r Reason) transient() bool {
	switch r {
	case ReasonNetwork, ReasonTimeout, ReasonResolve, ReasonServer, ReasonRateLimited:
		return true
	}
	return false
}
