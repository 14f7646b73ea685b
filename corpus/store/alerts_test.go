package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

func TestAlerts(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		add := func(a corpus.Alert) (fresh bool) {
			update(t, db, func(tx *store.Tx) (err error) { fresh, err = tx.AddAlert(a); return err })
			return fresh
		}
		first := corpus.Alert{Event: "e1", Version: 1, Rule: "us", Stage: "first", Outcome: "notified", At: long}
		again := first
		again.Version, again.Outcome, again.At = 2, "muted", long.Add(time.Hour)
		other := corpus.Alert{Event: "e1", Version: 2, Rule: "us", Stage: "retracted", Outcome: "muted", At: long.Add(time.Minute)}
		elsewhere := corpus.Alert{Event: "e2", Version: 1, Rule: "eu", Stage: "first", Outcome: "notified"}
		for i, test := range []struct {
			alert corpus.Alert
			fresh bool
		}{{first, true}, {again, false}, {other, true}, {elsewhere, true}} {
			if fresh := add(test.alert); fresh != test.fresh {
				t.Errorf("alert %d: new %v", i, fresh)
			}
		}
		update(t, db, func(tx *store.Tx) error {
			got, err := tx.AlertsOf("e1")
			if diff := cmp.Diff([]corpus.Alert{first, other}, got); diff != "" || err != nil {
				t.Errorf("AlertsOf: %v\n%s", err, diff)
			}
			return nil
		})
		list := must(db.Alerts(t.Context(), corpus.AlertQuery{}))(t)
		if len(list) != 3 || list[0].Event != "e2" || list[0].At.IsZero() {
			t.Errorf("all alerts: %+v", list)
		}
		for _, test := range []struct {
			q    corpus.AlertQuery
			want []corpus.Alert
		}{
			{corpus.AlertQuery{Event: "e1"}, []corpus.Alert{other, first}},
			{corpus.AlertQuery{Rule: "us", Limit: 1}, []corpus.Alert{other}},
			{corpus.AlertQuery{Before: other.At}, []corpus.Alert{first}},
		} {
			if diff := cmp.Diff(test.want, must(db.Alerts(t.Context(), test.q))(t)); diff != "" {
				t.Errorf("%+v:\n%s", test.q, diff)
			}
		}
	})
}

func TestNotifications(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		ctx := t.Context()
		promise := func(key string, next time.Time) (out corpus.Notification, fresh bool) {
			update(t, db, func(tx *store.Tx) (err error) {
				out, fresh, err = tx.AddNotification(corpus.Notification{
					Key: key, MessageID: key + "@regwire", Thread: "first@regwire", Event: "e1", Rule: "us", Receiver: "desk",
					To: []string{"a@example.org"}, Subject: "银发〔2026〕42号", Text: "text", HTML: "<p>html</p>", NextAt: next,
				})
				return err
			})
			return out, fresh
		}
		first, fresh := promise("k1", long)
		want := corpus.Notification{ID: 1, Key: "k1", MessageID: "k1@regwire", Thread: "first@regwire", Event: "e1", Rule: "us", Receiver: "desk",
			To: []string{"a@example.org"}, Subject: "银发〔2026〕42号", Text: "text", HTML: "<p>html</p>", CreatedAt: first.CreatedAt, State: corpus.NotificationPending, NextAt: long}
		if diff := cmp.Diff(want, first); diff != "" || !fresh || first.CreatedAt.IsZero() {
			t.Errorf("stored notification (new %v) differs:\n%s", fresh, diff)
		}
		if again, fresh := promise("k1", long.Add(time.Hour)); fresh || cmp.Diff(want, again) != "" {
			t.Errorf("promised again: new %v, %+v", fresh, again)
		}
		second, _ := promise("k2", long.Add(-time.Minute))
		promise("k3", long.Add(time.Hour))
		if due := must(db.ClaimNotifications(ctx, long, 0, 1))(t); len(due) != 1 || due[0].Key != second.Key {
			t.Errorf("one is due: %+v", due)
		}
		second.NextAt = long // until when no time is
		if diff := cmp.Diff([]corpus.Notification{first, second}, must(db.ClaimNotifications(ctx, long, 0, 10))(t)); diff != "" {
			t.Errorf("due differs:\n%s", diff)
		}

		// The first fails once, then is sent.
		retry := first
		retry.Attempts, retry.NextAt, retry.LastError = 1, long.Add(time.Minute), "451 later"
		attempts := []corpus.Delivery{
			{Notification: first.ID, Attempt: 1, At: long, Outcome: "retry", Reason: "451"},
			{Notification: first.ID, Attempt: 2, At: long.Add(time.Minute), Outcome: "sent"},
		}
		if err := db.RecordDelivery(ctx, attempts[0], retry); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(retry, must(db.Notification(ctx, first.ID))(t)); diff != "" {
			t.Errorf("after the first attempt:\n%s", diff)
		}
		sent := retry
		sent.State, sent.Attempts, sent.NextAt, sent.LastError, sent.SentAt = corpus.NotificationSent, 2, time.Time{}, "", long.Add(time.Minute)
		if err := db.RecordDelivery(ctx, attempts[1], sent); err != nil {
			t.Fatal(err)
		}
		// The report of the first attempt, repeated, must not undo the second.
		if err := db.RecordDelivery(ctx, attempts[0], retry); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sent, must(db.Notification(ctx, first.ID))(t)); diff != "" {
			t.Errorf("after it was sent:\n%s", diff)
		}
		if diff := cmp.Diff(attempts, must(db.Deliveries(ctx, first.ID))(t)); diff != "" {
			t.Errorf("audit differs:\n%s", diff)
		}
		if err := db.RecordDelivery(ctx, corpus.Delivery{Notification: 99, Attempt: 1, Outcome: "sent"}, sent); err == nil {
			t.Error("a delivery of nothing was recorded")
		}
		for _, test := range []struct {
			q    corpus.NotificationQuery
			want []string
		}{
			{corpus.NotificationQuery{}, []string{"k3", "k2", "k1"}},
			{corpus.NotificationQuery{State: corpus.NotificationPending}, []string{"k3", "k2"}},
			{corpus.NotificationQuery{Event: "e1", Limit: 1}, []string{"k3"}},
			{corpus.NotificationQuery{Before: 3}, []string{"k2", "k1"}},
			{corpus.NotificationQuery{Event: "e2"}, nil},
		} {
			var keys []string
			for _, n := range must(db.Notifications(ctx, test.q))(t) {
				keys = append(keys, n.Key)
			}
			if diff := cmp.Diff(test.want, keys); diff != "" {
				t.Errorf("%+v:\n%s", test.q, diff)
			}
		}
		update(t, db, func(tx *store.Tx) error {
			of, err := tx.NotificationsOf("e1")
			if diff := cmp.Diff([]corpus.Notification{sent, second}, of[:2]); diff != "" || len(of) != 3 || err != nil {
				t.Errorf("NotificationsOf: %v\n%s", err, diff)
			}
			return nil
		})
	})
}

// Two senders of one outbox never take the same message, until the one that
// took it is overdue.
func TestClaimNotifications(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db, other := s.open(t, store.Config{}), s.open(t, store.Config{})
		update(t, db, func(tx *store.Tx) error {
			for i := range 6 {
				key := fmt.Sprint("k", i)
				if _, _, err := tx.AddNotification(corpus.Notification{Key: key, MessageID: key, NextAt: long}); err != nil {
					return err
				}
			}
			return nil
		})
		taken := map[corpus.NotificationID]int{}
		for i, sender := range []*store.DB{db, other, db, other} {
			for _, n := range must(sender.ClaimNotifications(t.Context(), long.Add(time.Duration(i)*time.Second), time.Minute, 2))(t) {
				taken[n.ID]++
			}
		}
		if len(taken) != 6 {
			t.Errorf("%d of 6 were taken", len(taken))
		}
		for id, times := range taken {
			if times != 1 {
				t.Errorf("notification %d was taken %d times", id, times)
			}
		}
		if n := len(must(other.ClaimNotifications(t.Context(), long.Add(time.Hour), time.Minute, 10))(t)); n != 6 {
			t.Errorf("when the leases have run out, %d are taken, want 6", n)
		}
	})
}

func TestParked(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		late := corpus.Parked{Stage: "parse", Ref: "1", Reason: "unreadable", Detail: "d", Attempts: 1, NextAt: long.Add(time.Hour), At: long}
		soon := corpus.Parked{Stage: "parse", Ref: "2", Reason: "unreadable", Attempts: 2, NextAt: long, At: long}
		never := corpus.Parked{Stage: "judge", Ref: "1", Reason: "budget", Attempts: 1}
		update(t, db, func(tx *store.Tx) error {
			for _, p := range []corpus.Parked{late, soon, never} {
				if err := tx.Park(p); err != nil {
					return err
				}
			}
			return nil
		})
		list := must(db.ParkedItems(t.Context(), ""))(t)
		if diff := cmp.Diff([]corpus.Parked{soon, late, never}, list, cmpopts.IgnoreFields(corpus.Parked{}, "At")); diff != "" || list[2].At.IsZero() {
			t.Errorf("all parked work differs:\n%s", diff)
		}
		late.Attempts, late.Reason, late.NextAt = 2, "not-article", long.Add(-time.Hour)
		update(t, db, func(tx *store.Tx) error {
			if err := tx.Unpark("parse", "2"); err != nil {
				return err
			}
			return tx.Park(late)
		})
		if diff := cmp.Diff([]corpus.Parked{late}, must(db.ParkedItems(t.Context(), "parse"))(t)); diff != "" {
			t.Errorf("parked work of a stage differs:\n%s", diff)
		}
	})
}
