package crawler_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// hub is a WebSub hub: it verifies who subscribes, and pushes.
type hub struct {
	t        *testing.T
	verified chan url.Values // what was asked for, once verified
}

func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.NotFound(w, r) // robots.txt
		return
	}
	if err := r.ParseForm(); err != nil {
		h.t.Error(err)
	}
	form := r.Form
	w.WriteHeader(http.StatusAccepted)
	go func() {
		q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {form.Get("hub.topic")}, "hub.challenge": {"say this <b>"}, "hub.lease_seconds": {"864000"}}
		res, err := http.Get(form.Get("hub.callback") + "?" + q.Encode())
		if err != nil {
			h.t.Error(err)
			return
		}
		defer res.Body.Close()
		if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || string(body) != "say this <b>" {
			h.t.Errorf("verification: %s %q", res.Status, body)
		}
		h.verified <- form
	}()
}

// push sends a body to a subscriber, signed with a secret.
func push(t *testing.T, callback, secret, body string) int {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, callback, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestWebSub(t *testing.T) {
	h := &hub{t: t, verified: make(chan url.Values, 1)}
	hubServer := httptest.NewServer(h)
	defer hubServer.Close()

	var mu sync.Mutex
	items := entry("/a", "A", "")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch r.URL.Path {
		case "/feed":
			w.Header().Set("Cache-Control", "max-age=3600") // a push is newer than what may be kept
			fmt.Fprint(w, `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><atom:link rel="hub" href="`+hubServer.URL+`/"/><atom:link rel="self" href="/feed"/>`+items+`</channel></rss>`)
		case "/a", "/b":
			fmt.Fprint(w, "<p>"+r.URL.Path)
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()

	var callback http.Handler
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.StripPrefix("/websub", callback).ServeHTTP(w, r) }))
	defer ours.Close()
	visited := make(chan crawler.Visit, 10)
	src := feedSource()
	src.AllowPrivate, src.Schedule, src.Discovery.URL, src.Politeness.Delay = true, "@every 24h", site.URL+"/feed", -1
	state, sink := new(crawlertest.State), new(crawlertest.Sink)
	c, err := crawler.New(crawler.Config{
		Sources: []crawler.Source{src}, State: state, Sink: sink, Callback: ours.URL + "/websub/", Visited: func(v crawler.Visit) { visited <- v },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.SetPushSpacing(0)
	callback = c.Callback()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	defer func() { stop(); <-done }()

	<-visited
	form := <-h.verified
	if form.Get("hub.topic") != site.URL+"/feed" || form.Get("hub.mode") != "subscribe" || len(form.Get("hub.secret")) < 32 {
		t.Errorf("asked for %v", form)
	}
	mu.Lock()
	items += entry("/b", "B", "")
	mu.Unlock()
	// What is not signed with the secret is heard, and does nothing.
	if got := push(t, form.Get("hub.callback"), "guess", "x"); got != http.StatusAccepted {
		t.Errorf("forged: %d", got)
	}
	if got := push(t, form.Get("hub.callback")+"0", form.Get("hub.secret"), "x"); got != http.StatusAccepted {
		t.Errorf("forged: %d", got)
	}
	if got := push(t, ours.URL+"/websub/nobody/x", "x", "x"); got != http.StatusNotFound {
		t.Errorf("for nobody: %d", got)
	}
	if len(visited) != 0 {
		t.Error("a forged push led to a visit")
	}
	if got := push(t, form.Get("hub.callback"), form.Get("hub.secret"), "<rss>what it says is not believed</rss>"); got != http.StatusAccepted {
		t.Errorf("push: %d", got)
	}
	if v := <-visited; v.New != 1 || v.Captured != 1 || v.Err != nil { // a day before its time
		t.Errorf("%+v", v)
	}
}

func TestSubscriptionsAreRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var asked []url.Values
		w.on("hub.example/", func(rw http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			asked = append(asked, r.PostForm)
			rw.WriteHeader(http.StatusAccepted)
		})
		w.on("news.example/feed", func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Link", `<https://hub.example/>; rel="hub", <http://news.example/feed?full>; rel=self`)
			fmt.Fprint(rw, feed(entry("/a", "A", "")))
		})
		src := feedSource()
		b := w.crawler(crawler.Config{Sources: []crawler.Source{src}, Callback: "https://we.example/push", CallbackKey: "k"})
		verify := func(q string) int {
			u, _ := url.Parse(asked[len(asked)-1].Get("hub.callback"))
			rec := httptest.NewRecorder()
			b.Callback().ServeHTTP(rec, httptest.NewRequest("GET", strings.TrimPrefix(u.Path, "/push")+"?"+q, nil))
			return rec.Code
		}
		round := func(want int) {
			t.Helper()
			if err := b.Round(t.Context()); err != nil {
				t.Error(err)
			}
			if len(asked) != want {
				t.Fatalf("the hub was asked %d times, want %d", len(asked), want)
			}
		}
		topic := "hub.topic=" + url.QueryEscape("http://news.example/feed?full")
		round(1)
		round(1)
		time.Sleep(7 * time.Hour) // it did not answer
		round(2)
		for q, want := range map[string]int{
			"hub.mode=subscribe&" + topic + "&hub.lease_seconds=36000": http.StatusOK,
			"hub.mode=unsubscribe&" + topic:                            http.StatusNotFound, // not our wish
			"hub.mode=subscribe&hub.topic=http://evil.example/":        http.StatusNotFound, // nor this
			"": http.StatusNotFound,
		} {
			if got := verify(q); got != want {
				t.Errorf("%q: %d", q, got)
			}
		}
		time.Sleep(7 * time.Hour)
		round(2)
		time.Sleep(2 * time.Hour) // less than a fifth of the lease is left
		round(3)
		if got := verify("hub.mode=denied&" + topic); got != http.StatusOK {
			t.Errorf("denied: %d", got)
		}
		time.Sleep(48 * time.Hour)
		round(3)

		// Another process with the same key takes the verification for its own.
		other := w.crawler(crawler.Config{Sources: []crawler.Source{src}, Callback: "https://we.example/push", CallbackKey: "k"})
		u, _ := url.Parse(asked[0].Get("hub.callback"))
		rec := httptest.NewRecorder()
		other.Callback().ServeHTTP(rec, httptest.NewRequest("GET", strings.TrimPrefix(u.Path, "/push")+"?hub.mode=subscribe&hub.challenge=c&"+topic, nil))
		if rec.Body.String() != "c" {
			t.Errorf("another process: %d", rec.Code)
		}
	})
}

func TestSubscriptionsAreOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.on("news.example/feed", func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Link", `<http://hub.example/>; rel=hub`) // not even https
			fmt.Fprint(rw, feed(entry("/a", "A", "")))
		})
		for _, callback := range []string{"", "https://we.example/push"} {
			b := w.crawler(crawler.Config{Sources: []crawler.Source{feedSource()}, Callback: callback})
			if err := b.Round(t.Context()); err != nil || (b.Callback() == nil) != (callback == "") {
				t.Errorf("%v", err)
			}
		}
		for _, page := range w.requests() {
			if strings.HasPrefix(page, "hub.example") {
				t.Errorf("asked %s", page)
			}
		}
		for _, bad := range []string{"we.example/push", "https://we.example/?a", "ftp://we.example/", "https://a:b@we.example/"} {
			if _, err := crawler.New(crawler.Config{State: new(crawlertest.State), Sink: new(crawlertest.Sink), Callback: bad, Sources: []crawler.Source{{
				Source: corpus.Source{ID: "x", Name: "X", Kind: corpus.SourceMedia}, Discovery: crawler.Discovery{Type: "rss", URL: "https://x.example/"},
			}}}); err == nil {
				t.Errorf("%s is taken for a callback", bad)
			}
		}
	})
}
