package newswire

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

// at opens a newswire at an edition, with made-up addresses.
func at(t *testing.T, edition int) *Newswire {
	t.Helper()
	n, err := New(Config{Edition: edition})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range n.sites {
		n.SetBase(s.ID, "http://"+s.dir+".test")
	}
	return n
}

// get asks a site for a path or for an address on it. Headers are pairs of
// name and value.
func get(t *testing.T, n *Newswire, id corpus.SourceID, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	base := n.Base(id)
	r := httptest.NewRequest(http.MethodGet, strings.TrimPrefix(address, base), nil)
	r.Host = strings.TrimPrefix(base, "http://")
	r.Header.Set("User-Agent", "regwire-test (tests@example.com)")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	n.Handler(id).ServeHTTP(w, r)
	return w
}

// knock gets the answers of sites that are busy at first out of the way.
func knock(t *testing.T, n *Newswire) {
	t.Helper()
	for _, s := range n.sites {
		if s.busyFirst {
			get(t, n, s.ID, s.articles[0].path())
		}
	}
}

func TestAdvanceGoesThroughTheEditionsOnce(t *testing.T) {
	n := at(t, 0)
	var seen []int
	for more := true; more; more = n.Advance() {
		seen = append(seen, n.Edition())
	}
	if diff := cmp.Diff([]int{0, 1, 2}, seen); diff != "" {
		t.Error(diff)
	}
	if _, err := New(Config{Edition: Editions}); err == nil {
		t.Error("an edition that does not exist was accepted")
	}
}

func TestRobotsCloseTheTrap(t *testing.T) {
	n := at(t, 0)
	for _, s := range n.sites {
		if body := get(t, n, s.ID, "/robots.txt").Body.String(); !strings.Contains(body, "Disallow: "+s.trap+"\n") {
			t.Errorf("%s: robots.txt does not close %s:\n%s", s.ID, s.trap, body)
		}
		for _, a := range s.articles {
			if strings.HasPrefix(a.path(), s.trap) || strings.HasPrefix(s.link(a), s.trap) {
				t.Errorf("%s: article %s is behind robots.txt", s.ID, a.slug)
			}
		}
	}
	if v := n.Violations(); len(v) != 0 {
		t.Errorf("reading robots.txt counts as violation: %v", v)
	}
	get(t, n, "demo-md-tidewater", "/preview/tomorrow")
	want := []Request{{Site: "demo-md-tidewater", Method: "GET", Path: "/preview/tomorrow", Status: 200, UserAgent: "regwire-test (tests@example.com)", Forbidden: true}}
	if diff := cmp.Diff(want, n.Violations()); diff != "" {
		t.Error(diff)
	}
}

// TestTheTrapIsBaited: a crawler that obeys robots.txt is only tested where
// something leads into the closed folder.
func TestTheTrapIsBaited(t *testing.T) {
	n := at(t, 0)
	knock(t, n)
	for _, s := range n.sites {
		baited := false
		for path := range s.lists {
			baited = baited || strings.Contains(decoded(t, s, get(t, n, s.ID, path).Body.Bytes()), s.trap)
		}
		for _, a := range s.articles {
			if a.at(0) != nil {
				baited = baited || strings.Contains(decoded(t, s, get(t, n, s.ID, a.path()).Body.Bytes()), s.trap)
			}
		}
		if !baited {
			t.Errorf("%s: nothing leads to %s", s.ID, s.trap)
		}
	}
}

func TestConditionalRequestsAnswerNotModified(t *testing.T) {
	n := at(t, 0)
	knock(t, n)
	for _, s := range n.sites {
		paths := []string{s.articles[0].path()}
		for path := range s.lists {
			paths = append(paths, path)
		}
		for _, path := range paths {
			first := get(t, n, s.ID, path)
			if first.Code != http.StatusOK {
				t.Errorf("%s%s: %d", s.ID, path, first.Code)
				continue
			}
			tag, modified := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
			if tag == "" && modified == "" {
				t.Errorf("%s%s: no validator", s.ID, path)
			}
			if (tag == "") != s.noETag || (modified == "") != s.noModified {
				t.Errorf("%s%s: ETag %q, Last-Modified %q", s.ID, path, tag, modified)
			}
			var header []string
			if tag != "" {
				header = append(header, "If-None-Match", tag)
			}
			if modified != "" {
				header = append(header, "If-Modified-Since", modified)
			}
			if again := get(t, n, s.ID, path, header...); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
				t.Errorf("%s%s: %d with %d bytes, want 304", s.ID, path, again.Code, again.Body.Len())
			}
		}
	}
}

func TestANewEditionIsNoticedByConditionalRequests(t *testing.T) {
	old, next := at(t, 0), at(t, 1)
	for _, s := range old.sites {
		for path, name := range s.lists {
			if name == "index.html" && len(s.lists) > 1 {
				continue // beside the listing that is crawled
			}
			a, b := get(t, old, s.ID, path), get(t, next, s.ID, path)
			if a.Body.String() == b.Body.String() {
				continue // nothing new on this site
			}
			h, g := a.Header(), b.Header()
			if h.Get("ETag") == g.Get("ETag") && h.Get("Last-Modified") == g.Get("Last-Modified") {
				t.Errorf("%s%s: changed under the same validators", s.ID, path)
			}
		}
		// An article that changes has to say so too, where there is no ETag.
		for _, a := range s.articles {
			for i := 1; i < len(a.versions) && s.noETag; i++ {
				if !a.versions[i].updated().After(a.versions[i-1].updated()) {
					t.Errorf("%s: %s changes without a later date", s.ID, a.slug)
				}
			}
		}
	}
}

func TestTheSECSiteWantsAContact(t *testing.T) {
	n := at(t, 0)
	const feed = "/news/pressreleases.rss"
	if w := get(t, n, "demo-us-sec", feed, "User-Agent", "curl/8.5.0"); w.Code != http.StatusForbidden {
		t.Errorf("nameless agent: %d, want 403", w.Code)
	}
	if w := get(t, n, "demo-us-sec", feed, "User-Agent", "x", "From", "ops@example.com"); w.Code != http.StatusOK {
		t.Errorf("contact in From: %d, want 200", w.Code)
	}
}

func TestTheBusySiteAsksForPatienceOnce(t *testing.T) {
	n := at(t, 0)
	const path = "/press-news/esma-news/mica-fully-applies"
	w := get(t, n, "demo-eu-esma", path)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" {
		t.Errorf("first: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := get(t, n, "demo-eu-esma", path); w.Code != http.StatusOK {
		t.Errorf("second: %d, want 200", w.Code)
	}
}

func TestRedirectLeadsToThePage(t *testing.T) {
	n := at(t, 0)
	w := get(t, n, "demo-gb-fca", "/node/retail-cetns")
	if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "/news/retail-cetns" {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestGzipOnlyForThoseWhoAcceptIt(t *testing.T) {
	n := at(t, 0)
	plain := get(t, n, "demo-md-lianxun", "/news/")
	packed := get(t, n, "demo-md-lianxun", "/news/", "Accept-Encoding", "gzip")
	if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("wrong content encoding")
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != plain.Body.String() {
		t.Error("the packed page differs")
	}
	if !strings.Contains(plain.Header().Get("Content-Type"), "iso-8859-1") || !strings.Contains(string(text), `<meta charset="utf-8">`) {
		t.Error("the site should declare a charset that is not its own")
	}
}

func TestOtherRequestsAreRefused(t *testing.T) {
	n := at(t, 0)
	if w := get(t, n, "demo-us-fdic", "/nothing/here"); w.Code != http.StatusNotFound {
		t.Errorf("unknown path: %d", w.Code)
	}
	if w := get(t, n, "demo-gb-fca", "/news/gateway-2026"); w.Code != http.StatusNotFound {
		t.Errorf("article of a later edition: %d", w.Code)
	}
	w := httptest.NewRecorder()
	n.Handler("demo-us-fdic").ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	w = httptest.NewRecorder()
	n.Handler("nobody").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("unknown site: %d", w.Code)
	}
}

func TestStartGivesEverySiteItsOwnHost(t *testing.T) {
	n, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	wait, err := n.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	seen := map[string]bool{}
	for _, s := range n.Sites() {
		base := n.Base(s.ID)
		if seen[base] {
			t.Errorf("%s shares %s", s.ID, base)
		}
		seen[base] = true
		resp, err := client.Get(base + "/robots.txt")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || len(text) == 0 {
			t.Errorf("%s: %d, %v", s.ID, resp.StatusCode, err)
		}
	}
	if got := len(n.Requests()); got != len(seen) {
		t.Errorf("%d requests logged, want %d", got, len(seen))
	}
	stop()
	if err := wait(); err != nil {
		t.Error(err)
	}
	if _, err := client.Get(n.Base("demo-us-sec") + "/robots.txt"); err == nil {
		t.Error("still answers after the end")
	}
}

func BenchmarkPage(b *testing.B) {
	n, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	h := n.Handler("demo-md-tidewater")
	r := httptest.NewRequest(http.MethodGet, "/rss.xml", nil)
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
