package crawler

import (
	"net/http"
	"time"
)

// PublicAddress is the decision of the address guard.
var PublicAddress = publicAddress

// Follows tells the further page of an article by its address.
var Follows = follows

// SetTransports replaces the connections of a crawler: those for sources that
// may only ask the public internet, and those for the others.
func (c *Crawler) SetTransports(guarded, open http.RoundTripper) {
	c.fetcher.guarded, c.fetcher.open = guarded, open
}

// SetTransport replaces the connections of a crawler, address guard included.
func (c *Crawler) SetTransport(t http.RoundTripper) { c.fetcher.guarded, c.fetcher.open = t, t }

// SetPushSpacing sets the time between two visits that pushes cause.
func (c *Crawler) SetPushSpacing(d time.Duration) { c.pushes.spacing = d }
