package crawler

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gocolly/colly/v2"
)

const (
	maxRedirects = 5
	// maxTries bounds the attempts at one page within a visit. Later visits try again.
	maxTries = 3
	// maxRetryAfter bounds what we grant a server that asks to be left alone:
	// one that names a year has made a mistake, and would be lost for it.
	maxRetryAfter = 24 * time.Hour
)

// request is one page to be fetched.
type request struct {
	url    string // canonical
	method string // empty means GET
	body   string
	header map[string]string
	// The validators of what we have; empty when we have nothing.
	etag, lastModified string
}

// response is the answer to a request: 200 to 299 but 206, 304, 404 or 410. Any other
// status is a failure.
type response struct {
	status   int
	header   http.Header // as received, without cookies
	body     []byte      // as received after transfer and content decoding, in the charset it came in
	finalURL string
	at       time.Time // when we asked
}

func (r *response) unchanged() bool { return r.status == http.StatusNotModified }
func (r *response) missing() bool {
	return r.status == http.StatusNotFound || r.status == http.StatusGone
}

// mediaType returns type and charset as declared, or the type guessed from the
// body when none is declared.
func (r *response) mediaType() (media, charset string) {
	if declared := r.header.Get("Content-Type"); declared != "" {
		return mediaType(declared)
	}
	return mediaType(http.DetectContentType(r.body))
}

// mediaType splits a Content-Type into type and charset, in lower case.
func mediaType(declared string) (media, charset string) {
	media, params, err := mime.ParseMediaType(declared)
	if err != nil && media == "" {
		media, _, _ = strings.Cut(declared, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	return media, strings.ToLower(params["charset"])
}

// fetcher asks servers for pages, politely.
type fetcher struct {
	clock   func() time.Time
	hosts   *hosts
	claims  *claims
	robots  *robots
	contact string // sent as From when it is a mail address
	// guarded refuses what is not public; open does not. They share no
	// connections: one that was allowed to a private address must never be
	// reused for a source that may not go there.
	guarded, open http.RoundTripper
	proxy         func(*url.URL) (*url.URL, error) // nil: none
	metrics       *metrics
}

// closeIdle ends the connections that wait for reuse.
func (f *fetcher) closeIdle() {
	for _, t := range []http.RoundTripper{f.guarded, f.open} {
		if t, ok := t.(interface{ CloseIdleConnections() }); ok {
			t.CloseIdleConnections()
		}
	}
}

// get fetches r for src and retries what may be a passing trouble. Its error
// is a *failure.
func (f *fetcher) get(ctx context.Context, src *source, r request) (*response, error) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = time.Second
	res, err := backoff.Retry(ctx, func() (*response, error) {
		res, err := f.once(ctx, src, r)
		if err == nil {
			return res, nil
		}
		if fl := failureOf(err); !fl.reason.transient() || fl.until.Sub(f.clock()) > f.hosts.patience {
			err = backoff.Permanent(err)
		}
		return nil, err
	}, backoff.WithBackOff(waits), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(0))
	if ctx.Err() != nil {
		return nil, fail(ReasonCancelled, "%w", context.Cause(ctx))
	}
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	if err != nil {
		return nil, failureOf(err)
	}
	return res, nil
}

// once makes one request. Redirects and robots.txt count as part of it.
//
// A colly.Collector mixes policy with state, so each lives for one request;
// what outlives it (connections, limits, rules of hosts) is ours. Colly's own
// reading of robots.txt is switched off: it would ask for the file, without a
// bound and for each collector anew, where RoundTrip asks what we remember.
func (f *fetcher) once(ctx context.Context, src *source, r request) (*response, error) {
	x := &exchange{fetcher: f, src: src, ctx: ctx}
	c := new(colly.Collector)
	c.Init()
	c.IgnoreRobotsTxt = true // RoundTrip obeys it
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.MaxBodySize = 0 // colly would cut; decoded refuses
	c.Context = ctx
	c.SetRequestTimeout(0) // send has its own, which does not run while we wait for our turn
	c.WithTransport(x)
	c.SetRedirectHandler(x.redirect)

	var res *response
	c.OnResponse(func(got *colly.Response) {
		x.header.Del("Set-Cookie")
		res = &response{status: got.StatusCode, header: x.header, body: x.body, finalURL: got.Request.URL.String(), at: x.at}
	})
	method := r.method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if method != http.MethodGet {
		body = strings.NewReader(r.body)
	}
	if err := c.Request(method, r.url, body, nil, f.headers(src, r)); err != nil {
		return nil, err
	}
	if res.missing() {
		return res, nil
	}
	fl := statusFailure(res.status)
	if fl == nil && res.unchanged() && r.etag == "" && r.lastModified == "" {
		fl = fail(ReasonClient, "status %d to a request without conditions", res.status)
	}
	if fl != nil {
		if fl.reason.transient() {
			fl.until = retryAfter(res.header, f.clock())
			if u, err := url.Parse(res.finalURL); err == nil && !fl.until.IsZero() {
				s := f.hosts.site(u, src.Politeness)
				s.block(fl.until)
				if src.user != "" {
					f.claims.postpone(ctx, s.key, fl.until)
				}
			}
		}
		return nil, fl
	}
	if wall := challenge(res.body); wall != "" {
		fl := fail(ReasonForbidden, "status %d, a wall against robots: %q", res.status, wall)
		fl.status = res.status
		return nil, fl
	}
	if said := softMissing(res.body); said != "" {
		// A failure and no 404: nothing is recorded as withdrawn on the word of a
		// page that answers 200, and nothing as changed.
		return nil, fail(ReasonMissing, "status %d, and yet %q", res.status, said)
	}
	return res, nil
}

func (f *fetcher) headers(src *source, r request) http.Header {
	h := http.Header{
		"User-Agent":      {src.userAgent},
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8"},
		"Accept-Encoding": {acceptEncoding},
	}
	if src.Language != "" {
		h.Set("Accept-Language", src.Language)
	}
	if _, err := mail.ParseAddress(f.contact); err == nil {
		h.Set("From", f.contact)
	}
	if r.body != "" {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		if strings.HasPrefix(r.body, "{") || strings.HasPrefix(r.body, "[") {
			h.Set("Content-Type", "application/json")
		}
	}
	for k, v := range r.header {
		h.Set(k, v)
	}
	if r.etag != "" {
		h.Set("If-None-Match", r.etag)
	}
	if r.lastModified != "" {
		h.Set("If-Modified-Since", r.lastModified)
	}
	return h
}

// exchange is the transport of one request with all that it leads to.
type exchange struct {
	*fetcher
	src    *source
	ctx    context.Context
	header http.Header // of the last answer, as received
	body   []byte      // the same, after transfer and content decoding
	at     time.Time   // when the last request was sent
}

// RoundTrip sends a request, the first or one that a redirect leads to, when
// robots.txt allows it and its site's turn comes, and keeps the body,
// which it reads whole. Colly gets an empty one: it would convert a body to
// UTF-8 and destroy what we are to keep, and would read it into memory in many
// steps.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := x.permitted(req); err != nil {
		return nil, err
	}
	x.src.cookies.add(req)
	res, err := x.send(req, x.src)
	if err != nil {
		return nil, err
	}
	x.src.cookies.keep(req.URL, res.Header)
	x.header = res.Header
	if t, ok := res.Body.(*turn); ok {
		x.at = t.begun
	}
	x.body, err = whole(res)
	if err != nil {
		return nil, err
	}
	out := &http.Response{
		Status: res.Status, StatusCode: res.StatusCode, Proto: res.Proto, ProtoMajor: res.ProtoMajor, ProtoMinor: res.ProtoMinor,
		Header: make(http.Header), Body: http.NoBody, Uncompressed: true, Request: res.Request,
	}
	if location := res.Header.Get("Location"); location != "" {
		out.Header.Set("Location", location)
	}
	return out, nil
}

// whole reads and closes the body of res. Of what the sender claims of its
// length at most a mebibyte is believed, before it has come.
func whole(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	var b bytes.Buffer
	length := res.ContentLength
	if length < 0 { // it is not told: begin with what holds a small page
		length = 32 << 10
	}
	b.Grow(int(min(length, 1<<20)) + bytes.MinRead)
	if _, err := b.ReadFrom(res.Body); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// permitted asks robots.txt, and takes on the pace it asks for.
func (x *exchange) permitted(req *http.Request) error {
	r, err := x.rules(x.ctx, x.src, req.URL)
	if err != nil {
		return err
	}
	x.hosts.site(req.URL, x.src.Politeness).slowTo(crawlDelay(r.data))
	switch {
	case allows(r.data, req.URL):
		return nil
	case req.Response != nil:
		return fail(ReasonRobots, "robots.txt forbids the redirect to %s", req.URL.Redacted())
	}
	return fail(ReasonRobots, "robots.txt forbids it")
}

// redirect decides whether a redirect is followed. robots.txt meets its target
// in RoundTrip, the address guard in the dialer.
func (x *exchange) redirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fail(ReasonRedirects, "more than %d redirects", maxRedirects)
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.User != nil {
		return fail(ReasonRedirects, "redirect to %s", req.URL.Redacted())
	}
	return nil
}

// rules returns the robots.txt of u's host.
func (f *fetcher) rules(ctx context.Context, src *source, u *url.URL) (rules, error) {
	door := "guarded"
	if src.AllowPrivate {
		door = "open"
	}
	door += src.Politeness.Proxy
	return f.robots.of(ctx, door, u, func(ctx context.Context, u *url.URL) (int, []byte, error) {
		client := http.Client{
			Transport: roundTripper(func(req *http.Request) (*http.Response, error) { return f.send(req, src) }),
			CheckRedirect: func(_ *http.Request, via []*http.Request) error {
				if len(via) > maxRedirects { // RFC 9309, section 2.3.1.2, asks to follow five
					return fail(ReasonRedirects, "robots.txt: more than %d redirects", maxRedirects)
				}
				return nil
			},
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return 0, nil, err
		}
		req.Header = f.headers(src, request{})
		res, err := client.Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(io.LimitReader(res.Body, robotsSize))
		return res.StatusCode, body, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// send makes one physical request: it waits for the site's turn, which lasts
// until the body is closed, and bounds time and size.
func (f *fetcher) send(req *http.Request, src *source) (*http.Response, error) {
	release, err := f.turn(req.Context(), src, f.hosts.site(req.URL, src.Politeness))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(req.Context(), src.Politeness.Timeout, errTimeout)
	if src.Politeness.Proxy != "" {
		ctx = context.WithValue(ctx, ownProxy{}, src.proxy)
	}
	done := func() { cancel(); release() }

	transport := f.guarded
	if src.AllowPrivate {
		transport = f.open
	}
	begun := f.clock()
	res, err := transport.RoundTrip(req.WithContext(withProxy(ctx, f.proxy, req.URL)))
	if err != nil {
		err = because(ctx, err)
		done()
		return nil, err
	}
	if location := res.Header.Get("Location"); location != "" && res.StatusCode/100 == 3 {
		// The client asks whether to follow before it closes this body; let
		// go of the turn now, since the answer may need one for robots.txt.
		_, _ = io.CopyN(io.Discard, res.Body, 2<<10) // as net/http does, to keep the connection
		res.Body.Close()
		done()
		res.Body, res.ContentLength = http.NoBody, 0
		f.metrics.request(src, res.StatusCode, f.clock().Sub(begun), 0)
		return res, nil
	}
	body, err := decoded(res, src.Politeness.MaxBody)
	if err != nil {
		err = because(ctx, err)
		res.Body.Close()
		done()
		return nil, err
	}
	res.Body = &turn{ReadCloser: body, ctx: ctx, begun: begun, done: func(n int64) {
		done()
		f.metrics.request(src, res.StatusCode, f.clock().Sub(begun), n)
	}}
	return res, nil
}

// turn waits until this process may ask a site, and then for the site's turn.
func (f *fetcher) turn(ctx context.Context, src *source, s *site) (release func(), err error) {
	for {
		if src.user != "" {
			if err := f.claims.own(ctx, src.user, siteLease(s.key), f.hosts.patience); err != nil {
				return nil, err
			}
		}
		release, err := f.hosts.acquire(ctx, s)
		if err != nil || src.user == "" || f.claims.use(src.user, siteLease(s.key)) {
			return release, err
		}
		release() // the claim was lost meanwhile
	}
}

// because returns the named cause when a context ended what failed with err.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// turn is a body that ends its request's turn when it is closed.
type turn struct {
	io.ReadCloser
	ctx   context.Context // of the request, for the cause of a broken read
	begun time.Time
	n     int64
	done  func(n int64)
}

func (t *turn) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.n += int64(n)
	if err != nil && err != io.EOF {
		err = because(t.ctx, err)
	}
	return n, err
}

func (t *turn) Close() error {
	err := t.ReadCloser.Close()
	t.done(t.n)
	return err
}

// retryAfter returns when a server asks to be asked again, zero when it does
// not say (RFC 9110, section 10.2.3: seconds or a date). It is at most
// maxRetryAfter from now.
func retryAfter(h http.Header, now time.Time) time.Time {
	v := strings.TrimSpace(h.Get("Retry-After"))
	at, err := http.ParseTime(v)
	if n, notNumber := strconv.ParseInt(v, 10, 32); notNumber == nil || errors.Is(notNumber, strconv.ErrRange) {
		at, err = now.Add(time.Duration(n)*time.Second), nil
	}
	switch most := now.Add(maxRetryAfter); {
	case err != nil || at.Before(now):
		return time.Time{}
	case at.After(most):
		return most
	}
	return at
}
