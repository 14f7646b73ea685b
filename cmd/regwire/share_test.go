package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/corpus/store/storetest"
	"github.com/regwire/regwire/internal/service"
)

// sites are hosts on loopback that count what they are asked for.
type sites struct {
	pages int // each

	mu    sync.Mutex
	asked map[string]int // by "host/path"
	most  int
	live  map[string]int
	half  chan struct{} // closed when half of all pages have been asked for
	count int
	total int
}

func (s *sites) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/robots.txt":
		http.NotFound(rw, r)
		return
	case "/feed":
		var b strings.Builder
		for i := range s.pages {
			fmt.Fprintf(&b, "<item><link>/p/%d</link><title>Notice %d of %s</title></item>", i, i, r.Host)
		}
		fmt.Fprintf(rw, `<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>%s</channel></rss>`, b.String())
		return
	}
	s.mu.Lock()
	s.asked[r.Host+r.URL.Path]++
	s.live[r.Host]++
	s.most = max(s.most, s.live[r.Host])
	if s.count++; s.count == s.total/2 {
		close(s.half)
	}
	s.mu.Unlock()
	time.Sleep(10 * time.Millisecond) // so that a kill meets pages in flight
	fmt.Fprintf(rw, "<html><title>%s</title><article><h1>Notice %s</h1><p>%s</p></article>", r.URL.Path, r.URL.Path,
		strings.Repeat("The office published its notice "+r.Host+r.URL.Path+" on the keeping of records today. ", 5))
	s.mu.Lock()
	s.live[r.Host]--
	s.mu.Unlock()
}

// TestProcessesShareACrawl has two processes crawl one record, and kills one
// half way: the other fetches what is left, and nothing is asked for twice but
// what was in flight.
func TestProcessesShareACrawl(t *testing.T) {
	database := storetest.Postgres(t)
	const hosts, each, parallel = 6, 50, 2
	web := &sites{pages: each, asked: map[string]int{}, live: map[string]int{}, half: make(chan struct{}), total: hosts * each}
	var sources strings.Builder
	for i := range hosts {
		server := httptest.NewServer(web)
		t.Cleanup(server.Close)
		fmt.Fprintf(&sources, `
  - {id: office-%d, name: Office %d, kind: media, jurisdiction: US, schedule: "@every 1s", allow_private: true,
     discovery: {type: rss, url: "%s/feed"}, politeness: {delay: -1ns, parallelism: %d, max_pages: 20}, recheck: {until: -1ns}}`, i, i, server.URL, parallel)
	}
	worlds := make([]*world, 2)
	for i := range worlds {
		w := &world{data: t.TempDir(), database: database}
		w.config = filepath.Join(w.data, "regwire.yaml")
		text := fmt.Sprintf("database: %q\nhttp: {address: \"127.0.0.1:0\"}\nlog: {level: warn}\ncatalog: []\ncrawl: {concurrency: 2, lease: 2s}\nsources:%s\n", database, sources.String())
		if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		worlds[i] = w
	}
	first, second := worlds[0].regwire(t, "serve"), worlds[1].regwire(t, "serve")
	defer second.Process.Kill()
	defer first.Process.Kill()
	said := func() string {
		var b strings.Builder
		for _, w := range worlds {
			log, _ := os.ReadFile(filepath.Join(w.data, "log"))
			b.Write(log)
		}
		return b.String()
	}
	select {
	case <-web.half:
	case <-time.After(time.Minute):
		t.Fatalf("half of the pages are not asked for after a minute; they said:\n%s", said())
	}
	db := worlds[0].open(t)
	defer db.Close()
	status, err := service.ReadCrawl(t.Context(), db, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	holders := map[string]bool{}
	for _, l := range status.Leases {
		holders[l.Holder] = true
	}
	if delete(holders, ""); len(holders) == 0 || status.Totals.Due+status.Totals.Claimed == 0 {
		t.Errorf("in the middle of it: %+v", status)
	}
	first.Process.Kill()
	_ = first.Wait()
	captured := func() int { return pagesCaptured(t, db) }
	for deadline := time.Now().Add(time.Minute); captured() < hosts*each; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d pages captured; they said:\n%s", captured(), hosts*each, said())
		}
	}
	terminate(t, second)

	web.mu.Lock()
	defer web.mu.Unlock()
	twice := 0
	for page, n := range web.asked {
		if n > 2 {
			t.Errorf("%s was asked for %d times", page, n)
		}
		if n == 2 {
			twice++
		}
	}
	if len(web.asked) != hosts*each {
		t.Errorf("%d of %d pages were asked for", len(web.asked), hosts*each)
	}
	if most := 2 * parallel; twice > most { // two visits at once, two pages each
		t.Errorf("%d pages were asked for twice, at most %d were in flight", twice, most)
	}
	if web.most > 2*parallel { // the kill leaves the server at work on what nobody waits for
		t.Errorf("a host was asked for %d pages at once", web.most)
	}
	t.Logf("%d pages of %d hosts, %d of them asked for twice; %d processes held leases half way", hosts*each, hosts, twice, len(holders))
	left, err := db.Leases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range left {
		if l.Until.After(time.Now()) {
			t.Errorf("not given back: %+v", l)
		}
	}
}

func pagesCaptured(t *testing.T, db *store.DB) int {
	t.Helper()
	counts, err := db.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(counts.Captures)
}

// TestProcessesShareARecord has a second service work on the same record all
// the while the first is killed and started again: no article is lost or there
// twice, no mail sent twice.
func TestProcessesShareARecord(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	w := newWorld(t, storetest.Postgres(t))
	other := *w
	other.data = t.TempDir()
	steady := other.regwire(t, "serve")
	defer steady.Process.Kill()
	killAndCheck(t, w, 4, rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2)))
	terminate(t, steady)
	db := w.open(t)
	defer db.Close()
	pending, err := db.Notifications(t.Context(), corpus.NotificationQuery{State: corpus.NotificationPending})
	if err != nil || len(pending) != 0 {
		t.Errorf("%d mails were not sent, %v", len(pending), err)
	}
	if dead, err := db.Notifications(t.Context(), corpus.NotificationQuery{State: corpus.NotificationDead}); err != nil || len(dead) != 0 {
		t.Errorf("%d mails were given up, %v", len(dead), err)
	}
}

// TestCrawlStatus shows a page that is given up, and has it tried again.
func TestCrawlStatus(t *testing.T) {
	w := &world{data: t.TempDir()}
	db := w.open(t)
	defer db.Close()
	at := time.Now()
	entry := func(source corpus.SourceID, path string, state corpus.FrontierState, next time.Time, reason string, attempts int) corpus.FrontierEntry {
		return corpus.FrontierEntry{
			Source: source, URL: "https://a.example" + path, Item: corpus.Item{URL: "https://a.example" + path},
			State: state, FirstSeenAt: at, NextAt: next, Reason: reason, Attempts: attempts,
		}
	}
	if err := db.SaveFrontier(t.Context(), []corpus.FrontierEntry{
		entry("us-sec-press", "/due", corpus.FrontierPending, at.Add(-time.Hour), "", 0),
		entry("us-sec-press", "/later", corpus.FrontierPending, at.Add(time.Hour), "timeout", 2),
		entry("us-sec-press", "/parked", corpus.FrontierParked, time.Time{}, "forbidden", 6),
		entry("us-sec-press", "/done", corpus.FrontierDone, time.Time{}, "", 0),
		entry("us-fed-press", "/mine", corpus.FrontierPending, at.Add(-time.Minute), "", 0),
		entry("us-fed-press~pages", "/old", corpus.FrontierPending, at.Add(-time.Minute), "", 0),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Claim(t.Context(), "elsewhere", time.Hour, []corpus.Lease{
		{Name: corpus.NameLease(corpus.LeaseSource, "us-fed-press")},
		{Name: corpus.NameLease(corpus.LeaseBackfill, "us-fed-press"), Note: `{"found":9,"captured":8,"left":1,"estimate_ns":60000000000}`},
	}); err != nil {
		t.Fatal(err)
	}
	s, err := service.ReadCrawl(t.Context(), db, at)
	if err != nil {
		t.Fatal(err)
	}
	if want := (service.CrawlTotals{Due: 1, Claimed: 2, Waiting: 1, Parked: 1, Retries: 1}); s.Totals != want {
		t.Errorf("totals %+v, want %+v", s.Totals, want)
	}
	if len(s.Backfills) != 1 || s.Backfills[0].Holder != "elsewhere" || s.Backfills[0].Captured != 8 || s.Backfills[0].Left != 1 {
		t.Errorf("backfills %+v", s.Backfills)
	}
	text := output(t, "--data", w.data, "crawl", "status")
	for _, want := range []string{"1 pages due, 2 claimed, 1 waiting (1 of them after a failure), 1 parked", "us-fed-press (archive)", "forbidden 1, timeout 1", "https://a.example/parked", "elsewhere", "1m0s"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if got := output(t, "--data", w.data, "crawl", "retry", "--reason", "forbidden", "--json"); got != "{\"retried\":1}\n" {
		t.Errorf("retry said %q", got)
	}
	got, err := db.DueFrontier(t.Context(), "us-sec-press", time.Now(), 10)
	if err != nil || len(got) != 2 || got[1].URL != "https://a.example/parked" || got[1].Attempts != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// output runs a command that succeeds, and returns what it prints.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out strings.Builder
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(&out)
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
