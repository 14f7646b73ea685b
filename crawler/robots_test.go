package crawler

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestUnderstandRobots(t *testing.T) {
	for _, tt := range []struct {
		name    string
		status  int
		body    string
		reason  Reason
		allowed []string
		refused []string
		delay   time.Duration
	}{
		{name: "none", status: 404, body: "User-agent: *\nDisallow: /", allowed: []string{"/a"}},
		{name: "forbidden means none", status: 403, allowed: []string{"/a"}},
		{name: "a server in trouble", status: 503, reason: ReasonServer},
		{name: "a server that is asked too much", status: 429, reason: ReasonServer},
		{name: "empty", status: 200, allowed: []string{"/a"}},
		{name: "a page of HTML", status: 200, body: "<!doctype html>\n<p style='color:red'>Disallow: /\nnone: of this", allowed: []string{"/a"}},
		{
			name: "the longest match, with wildcards", status: 200,
			body:    "User-agent: *\nDisallow: /a\nAllow: /a/open\nDisallow: /*.pdf$\nDisallow: /s?q=",
			allowed: []string{"/", "/a/open/1", "/x.pdf?y", "/s?page=1"}, refused: []string{"/a/1", "/x/y.pdf", "/s?q=1"},
		},
		{
			name: "our own group takes the place of the general one", status: 200,
			body:    "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: RegWire\nDisallow: /no\nCrawl-delay: 2.5",
			allowed: []string{"/a"}, refused: []string{"/no"}, delay: 2500 * time.Millisecond,
		},
		{
			name: "lines that would make the whole file unreadable", status: 200,
			body:    "\ufeffDisallow: /early\nUser-agent:\nUser-agent: *\rCrawl-delay: soon\r\nCrawl-delay: -1\nCrawl-delay: NaN\nCrawl-delay: 1e300\nNoise\nDisallow: /b # why\n",
			allowed: []string{"/early"}, refused: []string{"/b"},
		},
		{name: "a delay of hours", status: 200, body: "User-agent: *\nCrawl-delay: 36000", allowed: []string{"/"}, delay: time.Minute},
		{name: "an empty rule ends a list of agents", status: 200, body: "User-agent: a\nDisallow:\nUser-agent: *\nDisallow: /x", refused: []string{"/x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := understand(tt.status, []byte(tt.body), nil)
			if reasonFor(err) != tt.reason {
				t.Fatalf("got %v, want %q", err, tt.reason)
			}
			if err != nil {
				return
			}
			for want, paths := range map[bool][]string{true: tt.allowed, false: tt.refused} {
				for _, p := range paths {
					u, err := url.Parse("https://a.example" + p)
					if err != nil {
						t.Fatal(err)
					}
					if got := allows(r.data, u); got != want {
						t.Errorf("%s: allowed %v, want %v", p, got, want)
					}
				}
			}
			if got := crawlDelay(r.data); got != tt.delay {
				t.Errorf("delay %v, want %v", got, tt.delay)
			}
		})
	}
}

// FuzzUnderstandRobots checks that no file makes the parser fail, and that
// reading what we made of it says the same.
func FuzzUnderstandRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1\n"), "/a")
	f.Add([]byte("user-agent: regwire\nallow: %\nCRAWL-DELAY: 1e400"), "/%")
	u := &url.URL{Scheme: "https", Host: "a.example"}
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		once, err := understand(http.StatusOK, body, nil)
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		text, _ := meaningful(body)
		twice, err := understand(http.StatusOK, text, nil)
		if again, _ := meaningful(text); err != nil || string(again) != string(text) {
			t.Fatalf("%q became %q, %v", text, again, err)
		}
		u.Path = "/" + path
		if allows(once.data, u) != allows(twice.data, u) {
			t.Errorf("%q: %q is allowed once and not twice", text, path)
		}
		if d := crawlDelay(once.data); d < 0 || d > maxCrawlDelay {
			t.Errorf("delay %v", d)
		}
	})
}
