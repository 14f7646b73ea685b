package crawler

import "net/http"

// SetTransport replaces the connections of a crawler, address guard included.
func (c *Crawler) SetTransport(t http.RoundTripper) { c.fetcher.guarded, c.fetcher.open = t, t }
