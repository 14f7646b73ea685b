package crawler

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
	if proxy == nil {
		return t
	}
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		p, err := proxy(req.URL)
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
	if proxy == nil {
		return ctx
	}
	p, err := proxy(u)
	if err != nil || p == nil {
		return ctx // the transport asks again and reports the error
	}
	port := p.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[p.Scheme]
	}
	return context.WithValue(ctx, viaProxy{}, net.JoinHostPort(p.Hostname(), port))
}
