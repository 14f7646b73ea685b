package crawler

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"

	"golang.org/x/net/publicsuffix"
)

const (
	// maxCookies bounds what the cookies of a source may grow to; after so many
	// were set all are forgotten. Browsers keep 50 for a domain (RFC 6265,
	// section 6.1), and a source leads to few.
	maxCookies = 500
	// maxCookie is the size a browser need not go beyond (ibid.).
	maxCookie = 4096
)

// cookies are those of one source, kept while the process runs and nowhere
// else. A nil one keeps none.
type cookies struct {
	mu  sync.Mutex
	jar *cookiejar.Jar
	set int
}

// add puts the cookies for its address into req.
func (c *cookies) add(req *http.Request) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jar == nil {
		return
	}
	req.Header.Del("Cookie") // a redirect carries those of the request before it
	for _, k := range c.jar.Cookies(req.URL) {
		req.AddCookie(k)
	}
}

// keep takes the cookies of an answer from u.
func (c *cookies) keep(u *url.URL, header http.Header) {
	if c == nil {
		return
	}
	var list []*http.Cookie
	for _, k := range (&http.Response{Header: header}).Cookies() {
		if len(k.Raw) <= maxCookie && len(list) < maxCookies {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set += len(list); c.jar == nil || c.set > maxCookies {
		jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
		if err != nil {
			return // it never fails with these options
		}
		c.jar, c.set = jar, len(list)
	}
	c.jar.SetCookies(u, list)
}
