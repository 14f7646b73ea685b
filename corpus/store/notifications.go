package store

import (
	"context"
	"fmt"
	"time"

	"github.com/regwire/regwire/corpus"
)

// notificationDoc is the message itself.
type notificationDoc struct {
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
	HTML    string   `json:"html,omitempty"`
}

const notificationColumns = `id, key, message_id, thread, event, rule, receiver, doc, created_at, state, attempts, next_at, last_error, sent_at`

func (db *DB) scanNotification(s scanner) (n corpus.Notification, err error) {
	var doc []byte
	err = s.Scan(&n.ID, &n.Key, &n.MessageID, &n.Thread, &n.Event, &n.Rule, &n.Receiver, &doc, instant{&n.CreatedAt},
		&n.State, &n.Attempts, instant{&n.NextAt}, &n.LastError, instant{&n.SentAt})
	if err != nil {
		return n, err
	}
	var d notificationDoc
	if err := db.packer.unpack(doc, &d); err != nil {
		return n, err
	}
	n.To, n.Subject, n.Text, n.HTML = d.To, d.Subject, d.Text, d.HTML
	return n, nil
}

// AddNotification promises a message and appends it to the log. It returns the
// stored one, and false, when that Key has been promised before. A zero State
// means pending; CreatedAt is set, and NextAt to it where that is zero.
func (tx *Tx) AddNotification(n corpus.Notification) (corpus.Notification, bool, error) {
	seq, at := tx.next()
	n.ID, n.CreatedAt = corpus.NotificationID(seq), at
	if n.State == "" {
		n.State = corpus.NotificationPending
	}
	if n.NextAt.IsZero() {
		n.NextAt = at
	}
	n.NextAt, n.SentAt = micro(n.NextAt), micro(n.SentAt)
	doc, err := pack(tx.db.packer, &notificationDoc{n.To, n.Subject, n.Text, n.HTML})
	if err != nil {
		return n, false, fmt.Errorf("add notification %s: %w", n.Key, err)
	}
	added, err := tx.exec(`INSERT INTO notifications (`+notificationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (key) DO NOTHING`,
		n.ID, n.Key, n.MessageID, n.Thread, n.Event, n.Rule, n.Receiver, doc, n.CreatedAt, n.State, n.Attempts, n.NextAt, n.LastError, n.SentAt)
	if err != nil {
		return n, false, fmt.Errorf("add notification %s: %w", n.Key, err)
	}
	if added == 0 {
		old, _, err := one(tx.ctx, tx, tx.db.scanNotification, `SELECT `+notificationColumns+` FROM notifications WHERE key = $1`, n.Key)
		if err != nil {
			return n, false, fmt.Errorf("add notification %s: %w", n.Key, err)
		}
		return old, false, nil
	}
	tx.append(corpus.KindNotification, n.ID.String(), at)
	return n, true, nil
}

// NotificationsOf lists the messages promised about an event, oldest first.
func (tx *Tx) NotificationsOf(id corpus.EventID) ([]corpus.Notification, error) {
	out, err := all(tx.ctx, tx, tx.db.scanNotification, `SELECT `+notificationColumns+` FROM notifications WHERE event = $1 ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("list notifications of event %s: %w", id, err)
	}
	return out, nil
}

// RecordDelivery stores the audit row of one attempt and the state of its
// notification after it: State, Attempts, NextAt, LastError and SentAt of
// next. A crash between sending and this leaves the notification pending, to
// be sent again under the same Message-ID. The same attempt told again changes
// nothing.
func (tx *Tx) RecordDelivery(d corpus.Delivery, next corpus.Notification) error {
	if d.At.IsZero() {
		d.At = tx.now()
	}
	added, err := tx.exec(`INSERT INTO deliveries (notification, attempt, at, outcome, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		d.Notification, d.Attempt, d.At, d.Outcome, d.Reason)
	if err != nil {
		return fmt.Errorf("record delivery of notification %s: %w", d.Notification, err)
	}
	if added == 0 {
		return nil
	}
	_, err = tx.exec(`UPDATE notifications SET state = $1, attempts = $2, next_at = $3, last_error = $4, sent_at = $5 WHERE id = $6`,
		next.State, next.Attempts, next.NextAt, next.LastError, next.SentAt, d.Notification)
	if err != nil {
		return fmt.Errorf("record delivery of notification %s: %w", d.Notification, err)
	}
	return nil
}

// RecordDelivery is [Tx.RecordDelivery] in a transaction of its own.
func (db *DB) RecordDelivery(ctx context.Context, d corpus.Delivery, next corpus.Notification) error {
	return db.Update(ctx, func(tx *Tx) error { return tx.RecordDelivery(d, next) })
}

// Notification returns a notification.
func (db *DB) Notification(ctx context.Context, id corpus.NotificationID) (corpus.Notification, error) {
	n, ok, err := one(ctx, db, db.scanNotification, `SELECT `+notificationColumns+` FROM notifications WHERE id = $1`, id)
	return found("notification", id, n, ok, err)
}

// Notifications lists notifications, newest first.
func (db *DB) Notifications(ctx context.Context, q corpus.NotificationQuery) ([]corpus.Notification, error) {
	f := &filter{}
	if q.State != "" {
		f.add(`state = ?`, q.State)
	}
	if q.Event != "" {
		f.add(`event = ?`, q.Event)
	}
	if q.Before != 0 {
		f.add(`id < ?`, q.Before)
	}
	query := f.query(`SELECT `+notificationColumns+` FROM notifications`, `id DESC`, q.Limit)
	out, err := all(ctx, db, db.scanNotification, query, f.args...)
	if err != nil {
		return nil, fmt.Errorf("list notifications: %w", err)
	}
	return out, nil
}

// ClaimNotifications returns pending notifications whose NextAt has come, the
// longest due first, to one of several senders of an outbox: it puts off the
// NextAt of what it returns until lease has passed, so that no two of them
// send the same message unless one died with it.
func (db *DB) ClaimNotifications(ctx context.Context, now time.Time, lease time.Duration, max int) ([]corpus.Notification, error) {
	var due []corpus.Notification
	err := db.Update(ctx, func(tx *Tx) (err error) {
		due, err = all(ctx, tx, db.scanNotification, `SELECT `+notificationColumns+` FROM notifications
			WHERE state = 'pending' AND next_at <= $1 ORDER BY next_at, id LIMIT $2`, now, limit(max))
		if err != nil {
			return err
		}
		for i := range due {
			due[i].NextAt = micro(now.Add(lease))
			if _, err := tx.exec(`UPDATE notifications SET next_at = $1 WHERE id = $2`, due[i].NextAt, due[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim notifications: %w", err)
	}
	return due, nil
}

// Deliveries lists the attempts to send a notification, oldest first.
func (db *DB) Deliveries(ctx context.Context, id corpus.NotificationID) ([]corpus.Delivery, error) {
	out, err := all(ctx, db, func(s scanner) (d corpus.Delivery, err error) {
		err = s.Scan(&d.Notification, &d.Attempt, instant{&d.At}, &d.Outcome, &d.Reason)
		return d, err
	}, `SELECT notification, attempt, at, outcome, reason FROM deliveries WHERE notification = $1 ORDER BY attempt`, id)
	if err != nil {
		return nil, fmt.Errorf("list deliveries of notification %s: %w", id, err)
	}
	return out, nil
}
