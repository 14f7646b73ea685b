package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// sendings counts what was sent under each Message-ID.
type sendings struct {
	mu   sync.Mutex
	sent map[string]int
	all  chan struct{} // closed when want have been sent
	want int
}

func (s *sendings) Send(_ context.Context, n corpus.Notification) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent[n.MessageID]++; len(s.sent) == s.want && s.sent[n.MessageID] == 1 {
		close(s.all)
	}
	return nil
}

// Processes that share a record each have a deliverer; no mail is sent twice.
func TestDeliverersShareAnOutbox(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		const mails = 60
		out := &sendings{sent: make(map[string]int), all: make(chan struct{}), want: mails}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for range 3 {
			d := alerts.NewDeliverer(s.open(t, store.Config{}), out, alerts.DelivererConfig{Poll: time.Millisecond})
			running.Go(func() {
				if err := d.Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		db := s.open(t, store.Config{})
		for i := range mails / 10 {
			update(t, db, func(tx *store.Tx) error {
				for k := range 10 {
					key := fmt.Sprintf("%d-%d", i, k)
					if _, _, err := tx.AddNotification(corpus.Notification{Key: key, MessageID: key}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		select {
		case <-out.all:
		case <-time.After(time.Minute):
			t.Error("not all were sent")
		}
		stop()
		running.Wait()
		for id, n := range out.sent {
			if n != 1 {
				t.Errorf("%s was sent %d times", id, n)
			}
		}
	})
}
