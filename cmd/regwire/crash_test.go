package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/corpus/store/storetest"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/newswire"
)

// TestMain lets this test binary be the program: a child that is killed runs
// exactly what a user runs.
func TestMain(m *testing.M) {
	if os.Getenv("REGWIRE_TEST_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// regwire starts the program with a data folder. What it says goes to a file.
func (w *world) regwire(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"--data", w.data, "--config", w.config}, args...)...)
	cmd.Env = append(os.Environ(), "REGWIRE_TEST_MAIN=1")
	log, err := os.OpenFile(filepath.Join(w.data, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log.Close() // the child has its own
	return cmd
}

// world is what the service lives in: sites to read, a relay for its mail, a
// data folder, a database.
type world struct {
	wire     *newswire.Newswire
	relay    *relay
	data     string
	config   string
	database string
}

func newWorld(t *testing.T, database string) *world {
	t.Helper()
	w := &world{data: t.TempDir(), database: database, relay: startRelay(t)}
	ctx, cancel := context.WithCancel(context.Background())
	var err error
	if w.wire, err = newswire.New(newswire.Config{}); err != nil {
		t.Fatal(err)
	}
	wait, err := w.wire.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := wait(); err != nil {
			t.Error(err)
		}
	})
	sources, err := w.wire.Sources("@every 1s")
	if err != nil {
		t.Fatal(err)
	}
	w.config = filepath.Join(w.data, "regwire.yaml")
	text := fmt.Sprintf(`
database: %q
http: {address: "127.0.0.1:0"}
log: {level: warn}
crawl: {company: regwire test, contact: test@example.com, live_within: -1ns}
alerts:
  smtp: {address: %q, from: regwire@example.com, tls: none, timeout: 5s}
  receivers: [{name: desk, email: {to: [desk@example.com]}}]
sources:
%s`, database, w.relay.address, indent(string(sources)))
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ")
}

func (w *world) open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), cmp.Or(w.database, filepath.Join(w.data, "regwire.db")), store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestSurvivesKilling kills the service at random moments while it reads the
// newswire, and then asks whether anything was lost, done twice, or rewritten.
// Half of the moments fall into the first tenths of a second of a fresh
// corpus, when everything happens at once.
func TestSurvivesKilling(t *testing.T) {
	lives, kills := 5, 10
	if testing.Short() {
		lives, kills = 1, 6
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	for life := range lives {
		t.Run(fmt.Sprintf("sqlite %d", life+1), func(t *testing.T) { killAndCheck(t, newWorld(t, ""), kills, dice) })
	}
	t.Run("postgres", func(t *testing.T) { killAndCheck(t, newWorld(t, storetest.Postgres(t)), kills, dice) })
}

func killAndCheck(t *testing.T, w *world, kills int, dice *rand.Rand) {
	handedOut := map[corpus.Seq]corpus.Signal{}
	for i := range kills {
		if i == kills/3 || i == 2*kills/3 {
			w.wire.Advance()
		}
		cmd := w.regwire(t, "serve")
		// A start takes some tenths of a second here; the kill falls between
		// opening the database and the quiet after a round.
		time.Sleep(time.Duration(dice.Int64N(int64(900 * time.Millisecond))))
		if exists(filepath.Join(w.data, "regwire.db")) || w.database != "" && i > 0 {
			w.remember(t, handedOut)
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
	for w.wire.Advance() {
	}
	w.settle(t)
	w.check(t, handedOut)
}

// remember reads every signal row that a strategy could have read by now, and
// holds each against what was read of it before.
func (w *world) remember(t *testing.T, handedOut map[corpus.Seq]corpus.Signal) {
	t.Helper()
	db := w.open(t)
	defer db.Close()
	rows, err := db.Signals(t.Context(), corpus.SignalQuery{Limit: corpus.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[corpus.Seq]bool{}
	for _, r := range rows {
		if before, ok := handedOut[r.Seq]; ok && before != r {
			t.Errorf("signal row %d was %+v and is %+v", r.Seq, before, r)
		}
		handedOut[r.Seq], seen[r.Seq] = r, true
	}
	for seq := range handedOut {
		if !seen[seq] {
			t.Errorf("signal row %d was handed out and is gone", seq)
		}
	}
}

// settle lets the service work undisturbed until the log has come to rest and
// the outbox is empty, and stops it as a service manager would.
func (w *world) settle(t *testing.T) {
	t.Helper()
	cmd := w.regwire(t, "serve")
	db := w.open(t)
	defer db.Close()
	deadline := time.Now().Add(90 * time.Second)
	var last corpus.Seq
	for quiet := 0; quiet < 8; time.Sleep(400 * time.Millisecond) {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(w.data, "log"))
			t.Fatalf("the service does not come to rest; it said:\n%s", log)
		}
		head, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pending, err := db.Notifications(t.Context(), corpus.NotificationQuery{State: corpus.NotificationPending})
		if err != nil {
			t.Fatal(err)
		}
		if quiet++; head.Seq != last || len(pending) > 0 || head.Seq == 0 {
			quiet, last = 0, head.Seq
		}
	}
	terminate(t, cmd)
}

// terminate sends SIGTERM and wants a clean end within ten seconds.
func terminate(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	began := time.Now()
	cmd.Process.Signal(syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
		t.Logf("ended %v after SIGTERM", time.Since(began).Round(time.Millisecond))
	case <-time.After(10 * time.Second):
		cmd.Process.Kill()
		t.Errorf("still running %v after SIGTERM", time.Since(began))
	}
}

func (w *world) check(t *testing.T, handedOut map[corpus.Seq]corpus.Signal) {
	t.Helper()
	w.remember(t, handedOut)
	db := w.open(t)
	defer db.Close()
	w.checkArticles(t, db)
	w.checkIndex(t, db)
	w.checkAlerts(t, db)
	if v := w.wire.Violations(); len(v) > 0 {
		t.Errorf("robots.txt was broken: %+v", v[0])
	}
	// The log itself: no number missing, times strictly increasing.
	var after corpus.Change
	for {
		changes, err := db.Changes(t.Context(), after.Seq, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			break
		}
		for _, c := range changes {
			if c.Seq != after.Seq+1 || !c.At.After(after.At) {
				t.Fatalf("entry %d at %v follows %d at %v", c.Seq, c.At, after.Seq, after.At)
			}
			after = c
		}
	}
	t.Logf("%d log entries, %d signal rows, %d mails", after.Seq, len(handedOut), len(w.relay.all()))
}

// checkArticles holds the corpus against what the newswire knows it has
// published.
func (w *world) checkArticles(t *testing.T, db *store.DB) {
	t.Helper()
	changes, err := db.Changes(t.Context(), 0, corpus.MaxLimit, corpus.KindRevision)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, c := range changes {
		id, err := strconv.ParseInt(c.Ref, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, err := db.Revision(t.Context(), corpus.RevisionID(id))
		if err != nil {
			t.Fatal(err)
		}
		if first.N != 1 {
			continue
		}
		revisions, err := db.Revisions(t.Context(), first.Article)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range revisions {
			if r.N != i+1 {
				t.Errorf("%s: revision %d is numbered %d", r.URL, i+1, r.N)
			}
			if i > 0 && revisions[i-1].Digest == r.Digest {
				t.Errorf("%s: revisions %d and %d say the same", r.URL, i, i+1)
			}
		}
		found[string(first.Source)+" "+squash(revisions[len(revisions)-1].Title)]++
	}
	last := w.wire.Edition()
	for _, want := range w.wire.Truth() {
		if want.Editions[0] > last || want.Gone > 0 && want.Gone <= want.Editions[0] {
			continue
		}
		if want.Gone > 0 {
			continue // whether it was seen before it went depends on the kills
		}
		if n := found[string(want.Source)+" "+squash(want.Title)]; n != 1 {
			t.Errorf("%s: %q is in the corpus %d times", want.Source, want.Title, n)
		}
	}
}

func squash(s string) string { return strings.Join(strings.Fields(s), "") }

func (w *world) checkIndex(t *testing.T, db *store.DB) {
	t.Helper()
	x, err := index.Open(filepath.Join(w.data, "index"), db)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	counts, err := db.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := x.Count(); err != nil || int64(n) != counts.Articles {
		t.Errorf("the index holds %d articles (%v), the corpus %d", n, err, counts.Articles)
	}
	res, err := x.Search(t.Context(), index.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[corpus.ArticleID]bool{}
	for _, h := range res.Hits {
		if seen[h.Article] {
			t.Errorf("%s is in the index twice", h.Article)
		}
		seen[h.Article] = true
	}
}

// checkAlerts wants, for each event that the default rules match, mail under
// one Message-ID, and no mail about anything else.
func (w *world) checkAlerts(t *testing.T, db *store.DB) {
	t.Helper()
	ids := map[corpus.EventID]map[string]bool{} // first mails only: follow-ups have a thread
	copies := 0
	for _, m := range w.relay.all() {
		event := corpus.EventID(m.Header.Get("X-Regwire-Event"))
		if m.Header.Get("In-Reply-To") != "" {
			continue
		}
		if ids[event] == nil {
			ids[event] = map[string]bool{}
		}
		if ids[event][m.Header.Get("Message-ID")] {
			copies++
		}
		ids[event][m.Header.Get("Message-ID")] = true
	}
	events, err := db.Events(t.Context(), corpus.EventQuery{Limit: corpus.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	matched := 0
	for _, e := range events {
		versions, err := db.EventVersions(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		wanted := slices.ContainsFunc(versions, func(v corpus.Event) bool {
			return v.Change.Reason.Material() && v.Status != corpus.EventRetracted &&
				slices.ContainsFunc(alerts.DefaultRules(), func(r alerts.Rule) bool { return r.Match.Matches(v) })
		})
		if wanted {
			matched++
		}
		if n := len(ids[e.ID]); wanted && n != 1 || n > 1 {
			t.Errorf("event %s (%s) matches: %v; it was mailed under %d Message-IDs", e.ID, e.Title, wanted, n)
		}
		delete(ids, e.ID)
	}
	for id := range ids {
		t.Errorf("mail about %s, which is not in the corpus", id)
	}
	if matched < 20 {
		t.Errorf("only %d events match the default rules: the newswire tells of more", matched)
	}
	t.Logf("%d events matched, %d mails came a second time under the same Message-ID", matched, copies)
}

// TestStopsOnSIGTERM stops the service in the middle of its first round.
func TestStopsOnSIGTERM(t *testing.T) {
	w := newWorld(t, "")
	cmd := w.regwire(t, "serve")
	for !exists(filepath.Join(w.data, "serve.json")) {
		time.Sleep(5 * time.Millisecond)
	}
	db := w.open(t)
	defer db.Close()
	if err := db.Wait(t.Context(), 60); err != nil { // captures, and the first readings of them
		t.Fatal(err)
	}
	terminate(t, cmd)
}

// relay is a mail server that keeps what it gets.
type relay struct {
	address string
	mu      sync.Mutex
	mails   []*mail.Message
}

func startRelay(t *testing.T) *relay {
	t.Helper()
	r := &relay{}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return smtpSession{r}, nil }))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = l.Addr().String()
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return r
}

func (r *relay) all() []*mail.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.mails)
}

type smtpSession struct{ *relay }

func (smtpSession) Mail(string, *smtp.MailOptions) error { return nil }
func (smtpSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (smtpSession) Reset()                               {}
func (smtpSession) Logout() error                        { return nil }
func (s smtpSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // the sender died half-way: nothing was promised
	}
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return errors.Join(errors.New("not a mail"), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	return nil
}
