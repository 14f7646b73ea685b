package crawler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// transport makes the connections of a fetcher. refuse judges addresses; nil
// allows all. proxy may be nil.
func transport(resolver *net.Resolver, refuse func(netip.Addr) error, proxy func(*url.URL) (*url.URL, error)) *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second, Resolver: resolver}
	direct := *dialer
	if refuse != nil {
		direct.Control = control(refuse)
	}
	t := &http.Transport{
		DialContext:            direct.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decoded does it, with bounds
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		p, err := proxyFor(req.Context(), proxy, req.URL)
		if p != nil && refuse != nil {
			err = errors.Join(err, guardProxied(req.URL.Hostname(), refuse))
		}
		return p, err
	}
	// The proxy is the operator's choice and may well be in their network; only
	// a connection made to reach it as a proxy is spared the guard.
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if p, ok := ctx.Value(viaProxy{}).(string); ok && p == addr {
			return dialer.DialContext(ctx, network, addr)
		}
		return direct.DialContext(ctx, network, addr)
	}
	return t
}

// viaProxy is the key of a context that carries the proxy's host and port.
type viaProxy struct{}

// withProxy returns ctx with the address of the proxy that proxy chooses for u.
func withProxy(ctx context.Context, proxy func(*url.URL) (*url.URL, error), u *url.URL) context.Context {
	p, err := proxyFor(ctx, proxy, u)
	if err != nil || p == nil {
		return ctx // the transport asks again and reports the error
	}
	port := p.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[p.Scheme]
	}
	return context.WithValue(ctx, viaProxy{}, net.JoinHostPort(p.Hostname(), port))
}

// ownProxy is the key of a context that carries the proxy of a source, nil for
// none.
type ownProxy struct{}

// proxyFor returns the proxy for u: the source's, when it has one of its own.
func proxyFor(ctx context.Context, proxy func(*url.URL) (*url.URL, error), u *url.URL) (*url.URL, error) {
	if own, ok := ctx.Value(ownProxy{}).(*url.URL); ok {
		return own, nil
	}
	if proxy == nil {
		return nil, nil
	}
	return proxy(u)
}

// parseProxy reads the proxy of a source: nil for none at all.
func parseProxy(text string) (*url.URL, error) {
	if text == "" || text == "direct" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("not an address") // what it says may be a password
	}
	if !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) || u.Host == "" {
		return nil, fmt.Errorf("%q: want http, https or socks5, or direct", u.Redacted())
	}
	return u, nil
}
