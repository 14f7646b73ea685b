package crawler

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/regwire/regwire/corpus"
)

const (
	// maxAttempts is after how many failures in a row a page is parked: with
	// the waits of retryWait, after about six hours.
	maxAttempts = 6
	retryFirst  = time.Minute
	retryMost   = 6 * time.Hour
)

// The functions below decide what becomes of a page. They are pure: the visit
// performs what they say.

// offered decides about a page that a listing names: the entry it shall have,
// and whether that is anything new. known is nil for a page never heard of.
func offered(known *corpus.FrontierEntry, source corpus.SourceID, it corpus.Item, origin corpus.Origin, now time.Time) (corpus.FrontierEntry, bool) {
	if known == nil {
		return corpus.FrontierEntry{
			Source: source, URL: it.URL, Item: it, Origin: origin,
			State: corpus.FrontierPending, FirstSeenAt: now, NextAt: now,
		}, true
	}
	if !itemChanged(*known, it) {
		return *known, false
	}
	e := *known
	if !e.FetchedAt.IsZero() {
		e.Origin = corpus.OriginLive // a change is news, whatever the age of the page
	}
	it.Pages, it.PageDigests = e.Item.Pages, e.Item.PageDigests // what the listing knows nothing of
	e.Item, e.State, e.NextAt, e.Attempts, e.Reason = it, corpus.FrontierPending, now, 0, ""
	return e, true
}

// itemChanged reports whether a listing says something new of a page. Dates of
// publication and summaries are no sign: many sites write the hour of the
// request into them.
func itemChanged(e corpus.FrontierEntry, it corpus.Item) bool {
	switch {
	case it.Content != "" && e.State == corpus.FrontierPending:
		return it.Content != e.Item.Content || it.Title != e.Item.Title
	case it.Content != "":
		return contentDigest(it) != e.Digest
	case it.Title != "" && e.Item.Title != "" && it.Title != e.Item.Title:
		return true
	case e.Item.UpdatedAt.IsZero():
		return !e.FetchedAt.IsZero() && it.UpdatedAt.After(e.FetchedAt)
	}
	return it.UpdatedAt.After(e.Item.UpdatedAt)
}

// tracked returns the entry of a page that is read at every visit, due now.
func tracked(known *corpus.FrontierEntry, source corpus.SourceID, url string, origin corpus.Origin, now time.Time) corpus.FrontierEntry {
	e := corpus.FrontierEntry{Source: source, URL: url, Item: corpus.Item{URL: url}, Origin: origin, FirstSeenAt: now}
	if known != nil {
		e = *known
	}
	if !e.FetchedAt.IsZero() {
		e.Origin = corpus.OriginLive
	}
	e.State, e.NextAt = corpus.FrontierPending, now
	return e
}

// answered decides about a page that was read, or found unchanged or gone.
func answered(e corpus.FrontierEntry, res *response, digest string, r Recheck, now time.Time) corpus.FrontierEntry {
	e.FetchedAt, e.Attempts, e.Reason, e.State = now, 0, "", corpus.FrontierDone
	e.NextAt = recheckAt(e.FirstSeenAt, r, now)
	if fresh := now.Add(freshFor(res.header, now, maxFreshPage)); !e.NextAt.IsZero() && fresh.After(e.NextAt) {
		e.NextAt = fresh
	}
	e.Item.Content = ""
	if res.unchanged() {
		return e
	}
	e.ETag, e.LastModified, e.Digest = res.header.Get("ETag"), res.header.Get("Last-Modified"), digest
	if res.missing() {
		// 404 may be an accident of the site, so the page is looked for again
		// while it is young; 410 says that it will not come back.
		e.ETag, e.LastModified = "", ""
		if res.status == http.StatusGone || e.NextAt.IsZero() {
			e.State, e.NextAt = corpus.FrontierGone, time.Time{}
		}
	}
	return e
}

// failed decides about a page that gave no answer.
func failed(e corpus.FrontierEntry, f *failure, r Recheck, now time.Time) corpus.FrontierEntry {
	e.Reason = string(f.reason)
	if f.reason == ReasonDeferred || f.reason == ReasonClaimed { // not the page's fault
		e.NextAt = f.until
		return e
	}
	e.Attempts++
	if e.State == corpus.FrontierDone {
		// It was captured and only looked at again: nothing is missing.
		e.NextAt = recheckAt(e.FirstSeenAt, r, now)
		return e
	}
	e.NextAt = now.Add(retryWait(e.Attempts))
	if f.reason == ReasonRobots { // we do not ask what it says sooner
		e.NextAt = now.Add(robotsLife)
	}
	if !f.until.Before(e.NextAt) {
		// A second later than the server asks, so that pages which only waited
		// for it come before the one that it was said of.
		e.NextAt = f.until.Add(time.Second)
	}
	if e.Attempts >= maxAttempts {
		e.State, e.NextAt = corpus.FrontierParked, time.Time{}
	}
	return e
}

// retryWait is the time before the attempt after the nth failure in a row: 1,
// 4, 16, 64, 256 minutes, at most 6 hours.
func retryWait(n int) time.Duration {
	if n > 5 {
		return retryMost
	}
	return min(retryFirst<<(2*(n-1)), retryMost)
}

// recheckAt is when a page first seen at first is read again, zero for never.
func recheckAt(first time.Time, r Recheck, now time.Time) time.Time {
	age := max(r.First, 2*now.Sub(first))
	if age > r.Until {
		return time.Time{}
	}
	return first.Add(age)
}

// contentDigest identifies an article that a feed carries.
func contentDigest(it corpus.Item) string { return digest([]byte(it.Title + "\x00" + it.Content)) }

func digest(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
