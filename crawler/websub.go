package crawler

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/regwire/regwire/corpus"
)

const (
	// pushLease is how long a subscription is asked for, and what one lasts
	// when the hub does not say.
	pushLease = 10 * 24 * time.Hour
	// pushPatience is how long a hub has to verify before it is asked anew.
	pushPatience = 6 * time.Hour
	// pushSpacing is the least time between two visits that pushes cause: a hub
	// may be mistaken, or not be what it seems.
	pushSpacing = 30 * time.Second
)

// pushes are the subscriptions at hubs (WebSub, W3C Recommendation of 23
// January 2018). A push is taken as a sign that the feed has changed, and not
// as the feed: what it brings is fetched from the publisher as ever, so that a
// hub can neither forge nor withhold anything. The schedule goes on as well.
//
// What a callback needs to judge a request is derived from the key: processes
// that share it may answer for each other, and nothing is stored.
type pushes struct {
	callback *url.URL // nil: off
	key      []byte
	spacing  time.Duration

	mu   sync.Mutex
	subs map[corpus.SourceID]*subscription
}

// subscription is what one source has at a hub.
type subscription struct {
	hub, topic string
	again      time.Time // when the hub is to be asked next
}

func newPushes(callback, key string) (*pushes, error) {
	p := &pushes{key: []byte(key), spacing: pushSpacing, subs: make(map[corpus.SourceID]*subscription)}
	if callback == "" {
		return p, nil
	}
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("crawler: callback %q: want an http or https address without a query", callback)
	}
	p.callback = u
	if key == "" {
		p.key = []byte(rand.Text())
	}
	return p, nil
}

func (p *pushes) derive(words ...string) string {
	mac := hmac.New(sha256.New, p.key)
	_, _ = io.WriteString(mac, strings.Join(words, "\x00")) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// token names a subscription in the callback's address; secret signs what is
// sent there.
func (p *pushes) token(id corpus.SourceID, topic string) string {
	return p.derive("token", string(id), topic)[:32]
}
func (p *pushes) secret(id corpus.SourceID, token string) string {
	return p.derive("secret", string(id), token)
}

// due reports whether the hub of a source is to be asked now: one that the
// feed names, or with an empty hub one that it has named before. It counts as
// asked from then on.
func (p *pushes) due(id corpus.SourceID, hub, topic string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subs[id]
	if s == nil || hub != "" && (s.hub != hub || s.topic != topic) {
		if hub == "" {
			return false
		}
		s = &subscription{hub: hub, topic: topic}
		p.subs[id] = s
	}
	if now.Before(s.again) {
		return false
	}
	s.again = now.Add(pushPatience)
	return true
}

// next sets when the hub of a source is asked again.
func (p *pushes) next(id corpus.SourceID, topic string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.subs[id]; s != nil && s.topic == topic {
		s.again = at
	}
}

// of returns the subscription of a source.
func (p *pushes) of(id corpus.SourceID) (s subscription) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if sub := p.subs[id]; sub != nil {
		s = *sub
	}
	return s
}

// subscribe asks the hub that a feed names for pushes, when that is due. What
// goes wrong is logged: the schedule goes on without.
func (c *Crawler) subscribe(ctx context.Context, src *source, res *response, now time.Time) {
	feed := slices.Contains([]DiscoveryType{DiscoverRSS, DiscoverAtom, DiscoverJSONFeed}, src.Discovery.Type)
	if c.pushes.callback == nil || !feed {
		return
	}
	hub, topic := "", ""
	if res != nil && !res.unchanged() {
		hub, topic = hubOf(res)
		if u, err := url.Parse(hub); err != nil || u.Scheme != "https" && !src.AllowPrivate {
			hub = "" // the secret must not be read on its way
		}
	}
	if !c.pushes.due(src.ID, hub, topic, now) {
		return
	}
	s := c.pushes.of(src.ID)
	token := c.pushes.token(src.ID, s.topic)
	form := url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {s.topic}, "hub.lease_seconds": {strconv.Itoa(int(pushLease.Seconds()))},
		"hub.callback": {c.pushes.callback.JoinPath(string(src.ID), token).String()}, "hub.secret": {c.pushes.secret(src.ID, token)},
	}
	_, err := c.fetcher.get(ctx, src, request{url: s.hub, method: http.MethodPost, body: form.Encode()})
	outcome := "asked"
	if err != nil {
		outcome = "failed"
		c.log.InfoContext(ctx, "hub not reached", "source", src.ID, "hub", s.hub, "err", failureOf(err))
	}
	c.metrics.push(src, outcome)
}

// linkHeader matches one link with its relations (RFC 8288), as far as hubs
// are concerned.
var linkHeader = regexp.MustCompile(`<([^>]*)>\s*((?:;[^,;]*)*)`)

// hubOf returns the hub that a feed names, and the address it is known under
// there: out of the headers, or out of the feed before its first item. The
// hub is empty when none is named.
func hubOf(res *response) (hub, topic string) {
	base, err := url.Parse(res.finalURL)
	if err != nil {
		return "", ""
	}
	found := map[string]string{}
	note := func(rels, href string) {
		for rel := range strings.FieldsSeq(strings.ToLower(rels)) {
			if u, err := base.Parse(strings.TrimSpace(href)); err == nil && found[rel] == "" && href != "" {
				found[rel] = u.String()
			}
		}
	}
	for _, line := range res.header.Values("Link") {
		for _, m := range linkHeader.FindAllStringSubmatch(line, -1) {
			for param := range strings.SplitSeq(m[2], ";") {
				if name, value, _ := strings.Cut(strings.TrimSpace(param), "="); strings.EqualFold(name, "rel") {
					note(strings.Trim(value, `"`), m[1])
				}
			}
		}
	}
	body := bytes.TrimSpace(res.body)
	if bytes.HasPrefix(body, []byte("{")) {
		doc := gjson.ParseBytes(body)
		note("hub", doc.Get(`hubs.#(type=="WebSub").url`).String())
		note("self", doc.Get("feed_url").String())
	} else if text, err := utf8XML(res.header.Get("Content-Type"), body); err == nil {
		feedLinks(text, note)
	}
	if found["self"] == "" {
		found["self"] = res.finalURL
	}
	return found["hub"], found["self"]
}

// feedLinks tells the links that stand before the items of a feed.
func feedLinks(body []byte, note func(rels, href string)) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	for range 500 { // what is to be found stands at the top
		t, err := d.Token()
		if err != nil {
			return
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "item", e.Name.Local == "entry":
			return
		case e.Name.Local == "link":
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			note(attr["rel"], attr["href"])
		}
	}
}

// Callback returns what hubs are to reach at [Config].Callback: the handler of
// all paths below it, whose own prefix it expects to be taken off. It is nil
// when no callback is configured. It answers strangers as it does for
// subscriptions that it does not want, and takes nothing of what is sent but
// that there is something new.
func (c *Crawler) Callback() http.Handler {
	if c.pushes.callback == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{source}/{token}", c.verifyIntent)
	mux.HandleFunc("POST /{source}/{token}", c.pushed)
	return mux
}

// callbackSource is the source that a callback is for, nil for none.
func (c *Crawler) callbackSource(r *http.Request) *source {
	i := slices.IndexFunc(c.sources, func(src *source) bool { return string(src.ID) == r.PathValue("source") && !src.Disabled })
	if i < 0 {
		return nil
	}
	return c.sources[i]
}

// verifyIntent answers a hub that asks whether it was us who subscribed (WebSub,
// section 5.3), or that tells us that it will not have us (5.2).
func (c *Crawler) verifyIntent(w http.ResponseWriter, r *http.Request) {
	q, now := r.URL.Query(), c.clock()
	src, topic := c.callbackSource(r), q.Get("hub.topic")
	if src == nil || subtle.ConstantTimeCompare([]byte(c.pushes.token(src.ID, topic)), []byte(r.PathValue("token"))) != 1 {
		http.NotFound(w, r)
		return
	}
	switch q.Get("hub.mode") {
	case "subscribe":
		lease := seconds(q.Get("hub.lease_seconds"))
		if lease == 0 {
			lease = pushLease
		}
		// Renewed in time, and by a hub that grants a moment not each time.
		c.pushes.next(src.ID, topic, now.Add(max(lease*4/5, 10*time.Minute)))
		c.metrics.push(src, "verified")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, q.Get("hub.challenge")) // a hub that has gone asks again
	case "denied":
		c.pushes.next(src.ID, topic, now.Add(pushLease))
		c.metrics.push(src, "denied")
		c.log.InfoContext(r.Context(), "subscription denied", "source", src.ID, "reason", plain(q.Get("hub.reason")))
	default: // we never end one; they run out
		http.NotFound(w, r)
	}
}

// pushed takes a push (WebSub, section 7).
func (c *Crawler) pushed(w http.ResponseWriter, r *http.Request) {
	src := c.callbackSource(r)
	if src == nil {
		http.NotFound(w, r)
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(src.Politeness.Timeout)) // not every writer can; then the server's own holds
	secret := c.pushes.secret(src.ID, r.PathValue("token"))
	if err := signed(r.Header.Get("X-Hub-Signature"), secret, http.MaxBytesReader(w, r.Body, src.Politeness.MaxBody)); err != nil {
		c.metrics.push(src, "forged")
		w.WriteHeader(http.StatusAccepted) // who guesses shall not learn whether it was right (section 8)
		return
	}
	c.metrics.push(src, "pushed")
	src.fresh.Store(0)
	select {
	case src.wake <- struct{}{}:
	default: // a visit is coming anyway
	}
	w.WriteHeader(http.StatusAccepted)
}

// signed checks the signature of a body, which it reads but does not keep.
func signed(header, secret string, body io.Reader) error {
	method, want, _ := strings.Cut(header, "=")
	// SHA-1 is what the oldest and largest hubs still use; in an HMAC it has
	// not been broken, and a forged push would cost one request.
	hashes := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	given, err := hex.DecodeString(want)
	if hashes[method] == nil || err != nil {
		return errors.New("no signature that can be read")
	}
	mac := hmac.New(hashes[method], []byte(secret))
	if _, err := io.Copy(mac, body); err != nil {
		return err
	}
	if !hmac.Equal(mac.Sum(nil), given) {
		return errors.New("signed by another")
	}
	return nil
}

// awaited waits for t or a push, and reports whether either came before ctx
// ended. last is when the last visit began.
func (c *Crawler) awaited(ctx context.Context, src *source, t, last time.Time) bool {
	timer := time.NewTimer(t.Sub(c.clock()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-src.wake:
		return c.sleepUntil(ctx, last.Add(c.pushes.spacing))
	case <-ctx.Done():
		return false
	}
}
