package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

var rewrite = flag.Bool("update", false, "rewrite the committed schema from the migrations")

// steps writes one of everything, a step for each kind of write. What later
// steps need of earlier ones is passed on in made.
func steps(n int) []func(tx *store.Tx, made *made) error {
	url := fmt.Sprintf("https://x/%d", n)
	return []func(tx *store.Tx, made *made) error{
		func(tx *store.Tx, m *made) error { return tx.PutSource(source) },
		func(tx *store.Tx, m *made) (err error) { m.capture, _, err = tx.AddCapture(page(url, "w")); return err },
		func(tx *store.Tx, m *made) (err error) {
			m.rev, _, err = tx.Revise(draft(url, "w"), m.capture.ID, corpus.OriginLive)
			return err
		},
		func(tx *store.Tx, m *made) (err error) {
			m.analysis, _, err = tx.AddAnalysis(reading(m.rev, "1"))
			return err
		},
		func(tx *store.Tx, m *made) (err error) {
			p := corpus.Placement{Analysis: m.analysis.ID, Article: m.rev.Article, Story: "s1", Novelty: corpus.Novelty{Days: -1, Weight: 1}}
			m.placement, _, err = tx.AddPlacement(p)
			return err
		},
		func(tx *store.Tx, m *made) error {
			return tx.PutMember("s1", corpus.Member{Article: m.rev.Article, FirstSeenAt: m.rev.FirstSeenAt}, []uint64{uint64(n), 7}, []byte("s"))
		},
		func(tx *store.Tx, m *made) error {
			_, err := tx.PutEvent(corpus.Event{ID: "e1", Story: "s1", EventReading: telling(corpus.Repeal), Reports: []corpus.Report{{URL: url}}})
			return err
		},
		func(tx *store.Tx, m *made) error { return tx.PutEventKeys("e1", []string{"k", url}) },
		func(tx *store.Tx, m *made) error {
			_, err := tx.PutInstrument(corpus.Instrument{ID: "FIL-7-2025", Aliases: []string{url}})
			return err
		},
		func(tx *store.Tx, m *made) error { _, err := tx.AddSignal(row("BTC", m.rev.Article, .5)); return err },
		func(tx *store.Tx, m *made) error {
			_, err := tx.AddAlert(corpus.Alert{Event: "e1", Rule: url, Stage: "first", Version: 1, Outcome: "notified"})
			return err
		},
		func(tx *store.Tx, m *made) (err error) {
			m.notification, _, err = tx.AddNotification(corpus.Notification{Key: url, MessageID: url})
			return err
		},
		func(tx *store.Tx, m *made) error {
			n := m.notification
			n.State, n.Attempts = corpus.NotificationSent, 1
			return tx.RecordDelivery(corpus.Delivery{Notification: n.ID, Attempt: 1, Outcome: "sent"}, n)
		},
		func(tx *store.Tx, m *made) error {
			return tx.Park(corpus.Parked{Stage: "parse", Ref: url, Reason: "r"})
		},
		func(tx *store.Tx, m *made) error { return tx.Advance("f", corpus.Seq(n-1), corpus.Seq(n)) },
	}
}

// made is what steps has made so far.
type made struct {
	capture      corpus.Capture
	rev          corpus.Revision
	analysis     corpus.Analysis
	placement    corpus.Placement
	notification corpus.Notification
}

// everything does all steps of n in one transaction.
func everything(ctx context.Context, db *store.DB, n int) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		var m made
		for _, step := range steps(n) {
			if err := step(tx, &m); err != nil {
				return err
			}
		}
		return nil
	})
}

// tables are all that hold the record.
var tables = []string{
	"head", "log", "watermarks", "sources", "captures", "articles", "revisions", "analyses", "placements", "stories", "story_members", "story_bands",
	"events", "event_reports", "event_facets", "event_keys", "instruments", "instrument_aliases", "signals", "alerts", "notifications", "deliveries", "parked",
	"source_states", "frontier",
}

// rows counts the rows of every table, and where head and watermarks stand.
func rows(t testing.TB, db *sql.DB) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	count := func(name, query string) {
		var n int64
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		out[name] = n
	}
	for _, table := range tables {
		count(table, `SELECT count(*) FROM `+table)
	}
	count("head.seq", `SELECT seq FROM head`)
	count("watermarks.seq", `SELECT coalesce(sum(seq), 0) FROM watermarks`)
	return out
}

// consistent checks what must hold of a record whatever has happened to it.
func consistent(t testing.TB, db *store.DB, raw *sql.DB) {
	t.Helper()
	changes := must(db.Changes(t.Context(), 0, corpus.MaxLimit))(t)
	gapFree(t, changes)
	n := rows(t, raw)
	if n["head.seq"] != int64(len(changes)) {
		t.Errorf("the head is at %d, the log has %d entries", n["head.seq"], len(changes))
	}
	logged := map[corpus.Kind]int64{}
	for _, c := range changes {
		logged[c.Kind]++
	}
	for kind, table := range map[corpus.Kind]string{
		corpus.KindCapture: "captures", corpus.KindRevision: "revisions", corpus.KindAnalysis: "analyses", corpus.KindPlacement: "placements",
		corpus.KindEvent: "events", corpus.KindInstrument: "instruments", corpus.KindSignal: "signals", corpus.KindNotification: "notifications",
	} {
		if n[table] != logged[kind] {
			t.Errorf("%d rows in %s, %d entries of them", n[table], table, logged[kind])
		}
	}
}

// A transaction that fails at any step leaves nothing behind.
func TestATransactionFailsAtEachStep(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db, raw := s.open(t, store.Config{}), s.raw(t)
		if err := everything(t.Context(), db, 1); err != nil {
			t.Fatal(err)
		}
		before := rows(t, raw)
		for _, table := range tables[:len(tables)-2] {
			if before[table] == 0 {
				t.Errorf("no step writes %s", table)
			}
		}
		broken := errors.New("broken")
		for at := range len(steps(2)) + 1 {
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				var m made
				for i, step := range steps(2) {
					if i == at {
						return broken
					}
					if err := step(tx, &m); err != nil {
						return err
					}
				}
				return broken
			})
			if !errors.Is(err, broken) {
				t.Fatalf("failing at step %d = %v", at, err)
			}
			if diff := cmp.Diff(before, rows(t, raw)); diff != "" {
				t.Fatalf("failing at step %d left something behind:\n%s", at, diff)
			}
		}
		if err := everything(t.Context(), db, 2); err != nil {
			t.Fatal(err)
		}
		consistent(t, db, raw)
	})
}

// A commit that happened but was not reported is noticed: the work is done
// again, meets the watermark where it was to be moved, and changes nothing.
func TestWorkThatLandedIsNotDoneTwice(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db, raw := s.open(t, store.Config{}), s.raw(t)
		if err := everything(t.Context(), db, 1); err != nil {
			t.Fatal(err)
		}
		before := rows(t, raw)
		if err := everything(t.Context(), db, 1); !errors.Is(err, store.ErrMoved) {
			t.Errorf("doing the work again = %v, want ErrMoved", err)
		}
		if diff := cmp.Diff(before, rows(t, raw)); diff != "" {
			t.Errorf("doing the work again changed something:\n%s", diff)
		}
	})
}

// A panic inside a transaction undoes it and frees the writer.
func TestAPanicFreesTheWriter(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		func() {
			defer func() { _ = recover() }()
			_ = db.Update(t.Context(), func(tx *store.Tx) error {
				capture(t, tx, "https://x/1", "w")
				panic("bug")
			})
		}()
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/2", "w"); return nil })
		gapFree(t, must(db.Changes(t.Context(), 0, 10))(t))
	})
}

func TestACancelledTransactionLeavesNothing(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := withSource(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Update(ctx, func(tx *store.Tx) error {
			capture(t, tx, "https://x/1", "w")
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want Canceled", err)
		}
		if head := must(db.Head(t.Context()))(t); head.Seq != 0 {
			t.Errorf("entry %d was left behind", head.Seq)
		}
		update(t, db, func(tx *store.Tx) error { capture(t, tx, "https://x/2", "w"); return nil })
	})
}

// TestMain runs this program as the victim of TestKill when it is asked to.
func TestMain(m *testing.M) {
	if url := os.Getenv("STORE_TEST_VICTIM"); url != "" {
		if err := victim(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// victim writes without end, and tells of each transaction once it is
// committed.
func victim(url string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, url, store.Config{})
	if err != nil {
		return err
	}
	at, err := db.Watermark(ctx, "f")
	if err != nil {
		return err
	}
	for n := int(at) + 1; ; n++ {
		if err := everything(ctx, db, n); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// A process that is killed while it writes loses nothing that was committed,
// and leaves nothing by halves.
func TestKill(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		told := 0
		for range 4 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "STORE_TEST_VICTIM="+s.url)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for range 1 + rand.IntN(12) {
				if !lines.Scan() {
					t.Fatalf("the victim stopped: %v", cmd.Wait())
				}
				if _, err := fmt.Sscan(lines.Text(), &told); err != nil {
					t.Fatal(err)
				}
			}
			if err := cmd.Process.Kill(); err != nil { // SIGKILL
				t.Fatal(err)
			}
			for lines.Scan() { // what it had still said
				if _, err := fmt.Sscan(lines.Text(), &told); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait() // killed

			db, raw := s.open(t, store.Config{}), s.raw(t)
			consistent(t, db, raw)
			done := must(db.Watermark(t.Context(), "f"))(t)
			if int(done) != told && int(done) != told+1 {
				t.Errorf("the victim told of %d transactions, the record holds %d", told, done)
			}
			told = int(done)
			if n := rows(t, raw)["notifications"]; n != int64(done) {
				t.Errorf("%d notifications for %d transactions", n, done)
			}
		}
	})
}

// Processes that open a new corpus at the same time end up with one schema.
func TestOpeningAtOnce(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := store.Open(t.Context(), s.url, store.Config{})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := db.Counts(t.Context()); err != nil {
					t.Error(err)
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	odd := filepath.Join(dir, "a dir", "odd?name#with %41 & =.db")
	for _, test := range []struct{ url, file string }{
		{filepath.Join(dir, "new", "corpus.db"), filepath.Join(dir, "new", "corpus.db")},
		{"sqlite:" + filepath.Join(dir, "b.db"), filepath.Join(dir, "b.db")},
		{"sqlite://" + filepath.Join(dir, "c.db"), filepath.Join(dir, "c.db")},
		{"d.db", filepath.Join(dir, "d.db")},
		{odd, odd},
	} {
		for range 2 { // made, then opened again
			db, err := store.Open(t.Context(), test.url, store.Config{})
			if err != nil {
				t.Fatalf("%s: %v", test.url, err)
			}
			if err := db.Close(); err != nil {
				t.Errorf("%s: %v", test.url, err)
			}
			if _, err := os.Stat(test.file); err != nil {
				t.Errorf("%s is not at %s", test.url, test.file)
			}
		}
	}
	for _, url := range []string{"", "sqlite:", ":memory:", "mysql://root:secret@localhost/x", "postgres://u:secret@localhost:x/y", filepath.Join(dir, "d.db", "under-a-file.db")} {
		db, err := store.Open(t.Context(), url, store.Config{})
		if err == nil {
			t.Errorf("%q: opened", url)
			db.Close()
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error tells the password: %v", url, err)
		}
	}
}

func TestCounts(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		for n := 1; n <= 2; n++ {
			if err := everything(t.Context(), db, n); err != nil {
				t.Fatal(err)
			}
		}
		want := corpus.Counts{Sources: 1, Captures: 2, Articles: 2, Revisions: 2, Stories: 1, Events: 1, Instruments: 1, Alerts: 2, Notifications: 2, Sent: 2, Signals: 2}
		if diff := cmp.Diff(want, must(db.Counts(t.Context()))(t)); diff != "" {
			t.Error(diff)
		}
	})
}

// Nobody changes or deletes what was known, not even with SQL of their own.
func TestThePastCannotBeRewritten(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db, raw := s.open(t, store.Config{}), s.raw(t)
		if err := everything(t.Context(), db, 1); err != nil {
			t.Fatal(err)
		}
		before := rows(t, raw)
		for table, column := range map[string]string{
			"log": "ref", "captures": "body", "articles": "url", "revisions": "title", "analyses": "score", "placements": "story",
			"events": "stance", "event_reports": "n", "event_facets": "value", "instruments": "status", "signals": "score", "alerts": "outcome", "deliveries": "reason",
			"notifications": "doc",
		} {
			for _, query := range []string{
				`UPDATE ` + table + ` SET ` + column + ` = ` + column,
				`DELETE FROM ` + table,
			} {
				if _, err := raw.Exec(query); err == nil {
					t.Errorf("allowed: %s", query)
				}
			}
			if s.postgres {
				if _, err := raw.Exec(`TRUNCATE ` + table + ` CASCADE`); err == nil {
					t.Errorf("allowed: TRUNCATE %s", table)
				}
			}
		}
		if _, err := raw.Exec(`UPDATE notifications SET state = 'dead'`); err != nil {
			t.Errorf("the state of a notification cannot move: %v", err)
		}
		if diff := cmp.Diff(before, rows(t, raw)); diff != "" {
			t.Error(diff)
		}
	})
}
