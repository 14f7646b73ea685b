package crawler

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/regwire/regwire/corpus"
)

func TestPublicAddress(t *testing.T) {
	for _, tt := range []struct {
		ip     string
		public bool
	}{
		{"93.184.215.14", true}, {"2606:2800:21f:cb07:6820:80da:af6b:8b2c", true}, {"::ffff:93.184.215.14", true},
		{"64:ff9b::5db8:d70e", true}, // NAT64 of a public address
		{"172.15.255.255", true}, {"172.32.0.0", true}, {"100.63.0.1", true}, {"100.128.0.1", true}, {"11.0.0.1", true},
		{"127.0.0.1", false}, {"127.255.0.1", false}, {"::1", false}, {"0.0.0.0", false}, {"0.1.2.3", false}, {"::", false},
		{"10.0.0.1", false}, {"172.16.0.1", false}, {"172.31.255.255", false}, {"192.168.1.1", false}, {"fc00::1", false}, {"fd12::1", false},
		{"169.254.169.254", false}, {"fe80::1", false}, {"fe80::1%eth0", false}, {"fec0::1", false},
		{"100.64.0.1", false}, {"100.127.255.255", false},
		{"224.0.0.1", false}, {"239.1.1.1", false}, {"ff02::1", false}, {"255.255.255.255", false}, {"240.0.0.1", false},
		{"::ffff:127.0.0.1", false}, {"::ffff:10.0.0.1", false}, {"::ffff:169.254.169.254", false}, {"::127.0.0.1", false},
		{"64:ff9b::7f00:1", false}, {"64:ff9b::a9fe:a9fe", false}, {"64:ff9b:1::1", false},
		{"2002:7f00:1::", false}, {"2001:0:1::1", false}, {"2001:db8::1", false}, {"3fff::1", false},
		{"192.0.2.1", false}, {"198.51.100.1", false}, {"203.0.113.1", false}, {"198.18.0.1", false}, {"192.0.0.8", false},
		{"4000::1", false}, {"100::1", false},
	} {
		err := publicAddress(netip.MustParseAddr(tt.ip))
		if (err == nil) != tt.public {
			t.Errorf("%s: got %v, want public %v", tt.ip, err, tt.public)
		}
		if err != nil && failureOf(err).reason != ReasonRefused {
			t.Errorf("%s: reason %s", tt.ip, failureOf(err).reason)
		}
	}
}

// nowhere is a state and a sink for tests that touch neither.
type nowhere struct {
	State
	Sink
}

// dialing returns a crawler of one source and its source; what it connects to
// is judged by refuse.
func dialing(t *testing.T, cfg Config, refuse func(netip.Addr) error) (*fetcher, *source) {
	t.Helper()
	cfg.State, cfg.Sink = nowhere{}, nowhere{}
	cfg.Sources = []Source{{
		Source:     corpus.Source{ID: "news", Name: "News", Kind: corpus.SourceMedia},
		Discovery:  Discovery{Type: DiscoverRSS, URL: "http://news.example/feed"},
		Politeness: Politeness{Delay: -1},
	}}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	tr := transport(cfg.Resolver, refuse, cfg.Proxy)
	c.fetcher.guarded = tr
	t.Cleanup(tr.CloseIdleConnections)
	src := *c.sources[0]
	src.user = "" // as one that is only tried: there is no state to claim it in
	return c.fetcher, &src
}

func TestGuardInTheDialer(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(rw, r)
		case "/in":
			http.Redirect(rw, r, r.URL.Query().Get("to"), http.StatusFound)
		}
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	secret := "http://127.0.0.2:" + port + "/secret"
	elsewhere := func(ip netip.Addr) error { // 127.0.0.1 stands for the public internet
		if ip == netip.MustParseAddr("127.0.0.1") {
			return nil
		}
		return publicAddress(ip)
	}

	t.Run("a private address is refused", func(t *testing.T) {
		f, src := dialing(t, Config{}, publicAddress)
		_, err := f.get(t.Context(), src, request{url: server.URL + "/a"})
		if got := reasonFor(err); got != ReasonRefused || len(asked) != 0 {
			t.Errorf("got %v (%s) after %v", err, got, asked)
		}
	})
	t.Run("unless the source allows it", func(t *testing.T) {
		f, src := dialing(t, Config{}, publicAddress)
		src.AllowPrivate = true
		if res, err := f.get(t.Context(), src, request{url: server.URL + "/a"}); err != nil || res.status != 200 {
			t.Errorf("got %v", err)
		}
		// The connection is idle now; a source that may not must not get it.
		src.AllowPrivate = false
		if _, err := f.get(t.Context(), src, request{url: server.URL + "/a"}); reasonFor(err) != ReasonRefused {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a redirect to one is refused", func(t *testing.T) {
		f, src := dialing(t, Config{}, elsewhere)
		asked = nil
		_, err := f.get(t.Context(), src, request{url: server.URL + "/in?to=" + url.QueryEscape(secret)})
		if got := reasonFor(err); got != ReasonRefused || strings.Join(asked, " ") != "/robots.txt /in" {
			t.Errorf("got %v (%s) after %v", err, got, asked)
		}
	})
	t.Run("a public name with a private address is refused", func(t *testing.T) {
		resolver := answering(t, map[string]string{"public.example.": "127.0.0.2", "good.example.": "127.0.0.1"})
		f, src := dialing(t, Config{Resolver: resolver}, elsewhere)
		asked = nil
		if _, err := f.get(t.Context(), src, request{url: "http://good.example:" + port + "/a"}); err != nil {
			t.Error(err)
		}
		_, err := f.get(t.Context(), src, request{url: "http://public.example:" + port + "/secret"})
		if got := reasonFor(err); got != ReasonRefused || strings.Join(asked, " ") != "/robots.txt /a" {
			t.Errorf("got %v (%s) after %v", err, got, asked)
		}
		if _, err := f.once(t.Context(), src, request{url: "http://unknown.example/"}); reasonFor(err) != ReasonResolve {
			t.Errorf("got %v", err)
		}
	})
	t.Run("through a proxy, which may be private itself", func(t *testing.T) {
		here, _ := url.Parse(server.URL)
		f, src := dialing(t, Config{Proxy: func(*url.URL) (*url.URL, error) { return here, nil }}, publicAddress)
		asked = nil
		if _, err := f.get(t.Context(), src, request{url: "http://news.example/a"}); err != nil {
			t.Error(err)
		}
		for _, target := range []string{"http://10.0.0.1/a", "http://localhost/a", "http://[::1]/a"} {
			if _, err := f.get(t.Context(), src, request{url: target}); reasonFor(err) != ReasonRefused {
				t.Errorf("%s: got %v", target, err)
			}
		}
		if got := strings.Join(asked, " "); got != "/robots.txt /a" {
			t.Errorf("the proxy was asked for %v", got)
		}
	})
}

// answering returns a resolver that knows the names of zone and no others.
func answering(t *testing.T, zone map[string]string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe() // a stream: messages are preceded by their length
		go func() {
			defer there.Close()
			var size [2]byte
			for {
				if _, err := io.ReadFull(there, size[:]); err != nil {
					return
				}
				query := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(there, query); err != nil {
					return
				}
				answer, err := answerDNS(query, zone)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := there.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
					return
				}
			}
		}()
		return here, nil
	}}
}

func answerDNS(query []byte, zone map[string]string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	ip, known := zone[q.Name.String()]
	switch {
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(ip).As4()},
		}}
	}
	return m.Pack()
}
