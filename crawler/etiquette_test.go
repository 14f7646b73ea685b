package crawler

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// anywhere lets all addresses through.
func anywhere(netip.Addr) error { return nil }

func TestHTTP2IsUsed(t *testing.T) {
	var protocols []string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		protocols = append(protocols, r.Proto)
		fmt.Fprint(rw, strings.Repeat("a page ", 1000))
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the client that trusts nobody
	server.StartTLS()
	defer server.Close()
	f, src := dialing(t, Config{}, anywhere)
	tr := f.guarded.(*http.Transport)
	tr.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	res, err := f.get(t.Context(), src, request{url: server.URL + "/a"})
	if err != nil || len(res.body) != 7000 {
		t.Fatal(err)
	}
	if got := strings.Join(protocols, " "); got != "HTTP/2.0 HTTP/2.0" { // robots.txt and the page
		t.Errorf("asked by %s", got)
	}
	tr.TLSClientConfig = nil // and a certificate that nobody has signed is refused
	tr.CloseIdleConnections()
	other, src := dialing(t, Config{}, anywhere)
	if _, err := other.get(t.Context(), src, request{url: server.URL + "/a"}); reasonFor(err) != ReasonTLS {
		t.Errorf("got %v", err)
	}
}

func TestProxyOfASource(t *testing.T) {
	proxy := func(name string, asked *[]string) *url.URL {
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			*asked = append(*asked, r.URL.String())
			fmt.Fprint(rw, name)
		}))
		t.Cleanup(s.Close)
		u, _ := url.Parse(s.URL)
		return u
	}
	var ours, theirs, direct []string
	environment, own := proxy("environment", &ours), proxy("own", &theirs)
	site := proxy("site", &direct)
	f, src := dialing(t, Config{Proxy: func(*url.URL) (*url.URL, error) { return environment, nil }}, anywhere)
	for _, tt := range []struct {
		proxy, target, want string
	}{
		{"", "http://news.example/a", "environment"},
		{own.String(), "http://news.example/a", "own"},
		{"direct", site.String() + "/a", "site"},
	} {
		s := *src
		s.Politeness.Proxy = tt.proxy
		s.proxy, _ = parseProxy(tt.proxy)
		res, err := f.get(t.Context(), &s, request{url: tt.target})
		if err != nil || string(res.body) != tt.want {
			t.Errorf("%s: %v", tt.proxy, err)
		}
	}
	// Each asks for the robots.txt by its own way: it may lead elsewhere.
	if len(ours) != 2 || len(theirs) != 2 || len(direct) != 2 {
		t.Errorf("asked %v, %v, %v", ours, theirs, direct)
	}
	for _, bad := range []string{"ftp://proxy.example", "proxy.example:80", "http://", "http://a b/"} {
		if _, err := parseProxy(bad); err == nil {
			t.Errorf("%s is taken as a proxy", bad)
		}
	}
	if _, err := parseProxy("http://user:secret@proxy.example:port"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestFreshFor(t *testing.T) {
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tt := range []struct {
		header http.Header
		want   time.Duration
	}{
		{http.Header{}, 0},
		{http.Header{"Cache-Control": {"public, max-age=600"}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {"MAX-AGE=\"600\""}}, 10 * time.Minute},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"540"}}, time.Minute},
		{http.Header{"Cache-Control": {"max-age=600"}, "Age": {"9000"}}, 0},
		{http.Header{"Cache-Control": {"max-age=600, no-cache"}}, 0},
		{http.Header{"Cache-Control": {"no-store"}, "Expires": {at(time.Minute)}}, 0},
		{http.Header{"Cache-Control": {"max-age=0"}, "Expires": {at(time.Minute)}}, 0}, // max-age goes before
		{http.Header{"Cache-Control": {"private"}, "Expires": {at(time.Minute)}}, time.Minute},
		{http.Header{"Expires": {at(-time.Minute)}, "Date": {at(-6 * time.Minute)}}, 5 * time.Minute}, // by their clock
		{http.Header{"Expires": {"0"}}, 0},
		{http.Header{"Expires": {at(-time.Hour)}}, 0},
		{http.Header{"Cache-Control": {"max-age=-5"}}, 0},
		{http.Header{"Cache-Control": {"max-age=soon"}}, 0},
		{http.Header{"Cache-Control": {"max-age=99999999999999999999"}}, time.Hour},
		{http.Header{"Cache-Control": {"max-age=31536000"}}, time.Hour},
	} {
		if got := freshFor(tt.header, now, time.Hour); got != tt.want {
			t.Errorf("%v: got %v", tt.header, got)
		}
	}
}

func TestHubOf(t *testing.T) {
	for name, tt := range map[string]struct{ header, body, hub, topic string }{
		"nothing":             {"", "<rss><channel/></rss>", "", "http://news.example/feed"},
		"Atom":                {"", `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="/hub"/><link rel="self" href="http://news.example/atom"/></feed>`, "http://news.example/hub", "http://news.example/atom"},
		"in an item":          {"", `<rss><channel><item><atom:link rel="hub" href="http://evil.example/"/></item></channel></rss>`, "", "http://news.example/feed"},
		"the header first":    {`<https://one.example/>; rel="hub self"`, `<feed><link rel="hub" href="https://two.example/"/></feed>`, "https://one.example/", "https://one.example/"},
		"several links":       {`<https://a.example/>; rel=next, <https://b.example/>; title="x"; rel=HUB`, "", "https://b.example/", "http://news.example/feed"},
		"a feed in JSON":      {"", `{"feed_url":"http://news.example/j","hubs":[{"type":"rssCloud","url":"https://a.example/"},{"type":"WebSub","url":"https://b.example/"}]}`, "https://b.example/", "http://news.example/j"},
		"a feed that is none": {"", "<link rel=hub href='", "", "http://news.example/feed"},
	} {
		res := &response{header: http.Header{}, body: []byte(tt.body), finalURL: "http://news.example/feed"}
		if tt.header != "" {
			res.header.Set("Link", tt.header)
		}
		if hub, topic := hubOf(res); hub != tt.hub || topic != tt.topic {
			t.Errorf("%s: got %q, %q", name, hub, topic)
		}
	}
}

func FuzzHubOf(f *testing.F) {
	f.Add(`<https://a.example/>; rel="hub"`, `<feed><link rel="hub" href="/h"/></feed>`)
	f.Add(`<>;rel=hub,<`, `{"hubs":[{"type":"WebSub","url":"::"}]}`)
	f.Fuzz(func(t *testing.T, header, body string) {
		res := &response{header: http.Header{"Link": {header}}, body: []byte(body), finalURL: "http://news.example/feed"}
		hub, topic := hubOf(res)
		for _, address := range []string{hub, topic} {
			if _, err := url.Parse(address); err != nil {
				t.Errorf("%q: %v", address, err)
			}
		}
		if topic == "" {
			t.Error("no topic")
		}
	})
}

func FuzzFreshFor(f *testing.F) {
	f.Add("max-age=60", "Thu, 01 Jan 1970 00:00:00 GMT", "5")
	f.Fuzz(func(t *testing.T, control, expires, age string) {
		h := http.Header{"Cache-Control": {control}, "Expires": {expires}, "Age": {age}}
		if got := freshFor(h, time.Unix(1e9, 0), time.Hour); got < 0 || got > time.Hour {
			t.Errorf("got %v", got)
		}
	})
}
