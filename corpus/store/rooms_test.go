package store_test

import (
	"errors"
	"testing"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/signal/signaltest"
	"github.com/regwire/regwire/sentiment/story"
	"github.com/regwire/regwire/sentiment/story/storytest"
)

// What the rooms ask of the record. Their own suites say what they mean by it.
var (
	_ crawler.State = (*store.DB)(nil)
	_ alerts.Outbox = (*store.DB)(nil)
	_ alerts.Memory = (*store.Tx)(nil)
	_ story.Memory  = (*store.Tx)(nil)
	_ signal.Memory = (*store.Tx)(nil)
)

func TestCrawlerState(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		crawlertest.TestState(t, func(t *testing.T) crawler.State { return s.another(t).open(t, store.Config{}) })
	})
}

func TestStoryMemory(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		storytest.TestMemory(t, func(t *testing.T) story.Memory { return openTx(t, s.another(t)) })
	})
}

func TestSignalMemory(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		signaltest.TestMemory(t, func(t *testing.T) signal.Memory { return openTx(t, s.another(t)) })
	})
}

// openTx returns a transaction that stays open until the test ends, on a
// record that has the articles the suites speak of.
func openTx(t *testing.T, s newStore) *store.Tx {
	t.Helper()
	db := withSource(t, s)
	raw := s.raw(t)
	for _, id := range []string{"a1", "a2", "a3", "a4", "a5", "b1"} {
		_, err := raw.Exec(`INSERT INTO articles (id, source, url, page, fragment, first_seen_at) VALUES ($1, $2, $1, $1, '', (SELECT at FROM head))`, id, string(source.ID))
		if err != nil {
			t.Fatal(err)
		}
	}
	opened, ended := make(chan *store.Tx), make(chan error, 1)
	let := make(chan struct{})
	done := errors.New("the test has ended")
	go func() {
		ended <- db.Update(t.Context(), func(tx *store.Tx) error {
			opened <- tx
			<-let
			return done
		})
	}()
	t.Cleanup(func() {
		close(let)
		if err := <-ended; err == nil {
			t.Error("committed")
		}
	})
	select {
	case tx := <-opened:
		return tx
	case err := <-ended:
		ended <- err // for the clean-up
		t.Fatal(err)
		return nil
	}
}
