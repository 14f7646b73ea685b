package alerts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	maildir "github.com/emersion/go-maildir"
	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

func TestWaitsDoubleUpToALimit(t *testing.T) {
	var got []time.Duration
	for n := 1; n <= 6; n++ {
		got = append(got, wait(n, 30*time.Second, 5*time.Minute))
	}
	want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// transportFunc is a transport in a test's hands.
type transportFunc func(context.Context, corpus.Notification) error

func (f transportFunc) Send(ctx context.Context, n corpus.Notification) error { return f(ctx, n) }

func TestRunRetriesWhenTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		start := time.Now()
		r.notifications = []corpus.Notification{{ID: 1, State: corpus.NotificationPending, CreatedAt: start, NextAt: start}}
		var at []time.Duration
		d := NewDeliverer(r, transportFunc(func(context.Context, corpus.Notification) error {
			at = append(at, time.Since(start))
			if len(at) < 4 {
				return &SendError{ReasonDeferred, errors.New("451 later")}
			}
			return nil
		}), DelivererConfig{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{0, 30 * time.Second, 90 * time.Second, 210 * time.Second}
		if d := cmp.Diff(want, at); d != "" {
			t.Error(d)
		}
		if n := r.notifications[0]; n.State != corpus.NotificationSent || n.Attempts != 4 || n.LastError != "" || n.SentAt.Sub(start) != 210*time.Second {
			t.Errorf("%+v", n)
		}
	})
}

func TestWakeDeliversAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecord()
		start := time.Now()
		var sent time.Duration = -1
		d := NewDeliverer(r, transportFunc(func(context.Context, corpus.Notification) error {
			sent = time.Since(start)
			return nil
		}), DelivererConfig{Poll: time.Hour})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		synctest.Wait()
		r.notifications = append(r.notifications, corpus.Notification{ID: 1, State: corpus.NotificationPending})
		d.Wake()
		synctest.Wait()
		cancel()
		<-done
		if sent != 0 {
			t.Errorf("sent after %v", sent)
		}
	})
}

func TestMaildirHoldsEachMailOnce(t *testing.T) {
	cfg := testConfig()
	cfg.Maildir = filepath.Join(t.TempDir(), "mail", "box")
	transport, err := NewTransport(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := fdicRecord()
	n := only(t, r, matcher(t, cfg), fdicEvent())
	for range 2 {
		if err := transport.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	box := maildir.Dir(cfg.Maildir)
	unseen, err := box.Unseen() // a reader takes it to its own folder
	if err != nil || len(unseen) != 1 {
		t.Fatalf("%d mails, %v", len(unseen), err)
	}
	if err := transport.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if count, err := box.UnseenCount(); count != 0 || err != nil {
		t.Errorf("delivered again after it was read: %d, %v", count, err)
	}
	got, err := os.ReadFile(unseen[0].Filename())
	if err != nil {
		t.Fatal(err)
	}
	want, err := wire(n, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Error(d)
	}
	if left, err := os.ReadDir(filepath.Join(cfg.Maildir, "tmp")); err != nil || len(left) != 0 {
		t.Errorf("left behind in tmp: %v, %v", left, err)
	}
}

func TestMaildirThatCannotBeWritten(t *testing.T) {
	cfg := testConfig()
	cfg.Maildir = filepath.Join(t.TempDir(), "box")
	transport, err := NewTransport(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(cfg.Maildir, "tmp")); err != nil {
		t.Fatal(err)
	}
	err = transport.Send(t.Context(), corpus.Notification{To: []string{"a@b.example"}})
	if reasonOf(err) != ReasonStorage {
		t.Errorf("%v, want %s", err, ReasonStorage)
	}
}

func TestNoTransport(t *testing.T) {
	if _, err := NewTransport(Config{}); !errors.Is(err, ErrNoTransport) {
		t.Errorf("%v", err)
	}
}
