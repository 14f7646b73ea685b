package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/regwire/regwire/corpus"
)

// DelivererConfig holds what a deliverer may be told; zero fields mean the
// defaults.
type DelivererConfig struct {
	Logger   *slog.Logger          // default: nothing is logged
	Registry prometheus.Registerer // default: metrics are kept to itself
	Clock    func() time.Time      // default: time.Now
	// MaxAttempts before a notification is given up. Default 14, which with
	// the default waits spans a little over a day: a relay that is down for a
	// weekend night loses nothing. (guessed)
	MaxAttempts int
	// FirstWait is the time before the second attempt; each further wait is
	// twice as long, up to MaxWait. Defaults 30s and 4h.
	FirstWait, MaxWait time.Duration
	// Poll is how often the outbox is looked at without being woken. Default 5s.
	Poll time.Duration
	// Grace is how long a delivery under way may go on after the context of
	// Run has ended. Default 5s.
	Grace time.Duration
	// Lease is how long a notification is one deliverer's: after that another
	// may send it. A delivery is broken off before. Default 1 minute, which is
	// twice what SMTP has by default.
	Lease time.Duration
}

// Deliverer empties an outbox. Several may work on one, in as many processes:
// each message is claimed before it is sent, one at a time, so that a crash
// delays no more than one, by the time of the lease.
type Deliverer struct {
	outbox    Outbox
	transport Transport
	cfg       DelivererConfig
	metrics   *deliveryMetrics
	wake      chan struct{}
}

// NewDeliverer returns a deliverer from outbox by way of transport.
func NewDeliverer(outbox Outbox, transport Transport, cfg DelivererConfig) *Deliverer {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.MaxAttempts == 0 {
		cfg.MaxAttempts = 14
	}
	setDefault(&cfg.FirstWait, 30*time.Second)
	setDefault(&cfg.MaxWait, 4*time.Hour)
	setDefault(&cfg.Poll, 5*time.Second)
	setDefault(&cfg.Grace, 5*time.Second)
	setDefault(&cfg.Lease, time.Minute)
	return &Deliverer{
		outbox: outbox, transport: transport, cfg: cfg,
		metrics: newDeliveryMetrics(cfg.Registry), wake: make(chan struct{}, 1),
	}
}

func setDefault(d *time.Duration, v time.Duration) {
	if *d == 0 {
		*d = v
	}
}

// Wake makes Run look at the outbox now. It does not block.
func (d *Deliverer) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run delivers what is due until ctx ends, and then returns nil once the
// delivery under way is over. Errors of the outbox are logged and met by
// waiting for the next look.
func (d *Deliverer) Run(ctx context.Context) error {
	tick := time.NewTicker(d.cfg.Poll)
	defer tick.Stop()
	for {
		if _, err := d.Once(ctx); err != nil && ctx.Err() == nil {
			d.cfg.Logger.Error("outbox unavailable", "stage", "deliver", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-d.wake:
		}
	}
}

// Once tries each notification that is due now once, and returns how many
// were sent. Failures to send are recorded, not returned; an error means that
// the outbox could not be read or written.
func (d *Deliverer) Once(ctx context.Context) (sent int, err error) {
	for ctx.Err() == nil {
		due, err := d.outbox.ClaimNotifications(ctx, d.cfg.Clock(), d.cfg.Lease, 1)
		if err != nil && ctx.Err() != nil {
			break
		}
		if err != nil {
			return sent, fmt.Errorf("claim notifications: %w", err)
		}
		if len(due) == 0 {
			break
		}
		ok, err := d.deliver(ctx, due[0])
		if err != nil {
			return sent, err
		}
		if ok {
			sent++
		}
	}
	return sent, nil
}

// deliver sends one notification and records what came of it. A crash between
// the two leaves it pending: it is sent again under the same Message-ID.
func (d *Deliverer) deliver(ctx context.Context, n corpus.Notification) (bool, error) {
	sending, cancel := outlive(ctx, d.cfg.Grace)
	defer cancel()
	// A tenth of the lease is left to write down what came of it.
	sending, expire := context.WithTimeout(sending, d.cfg.Lease-d.cfg.Lease/10)
	defer expire()
	begun := d.cfg.Clock()
	sendErr := d.transport.Send(sending, n)
	now := d.cfg.Clock()
	reason := reasonOf(sendErr)
	d.metrics.attempted(reason, now.Sub(begun))

	attempt, next := d.outcome(n, reason, sendErr, now)
	if next.State == corpus.NotificationSent {
		d.metrics.delay.Observe(now.Sub(n.CreatedAt).Seconds())
	}
	d.log(next, attempt)
	if err := d.outbox.RecordDelivery(context.WithoutCancel(ctx), attempt, next); err != nil {
		return false, fmt.Errorf("record delivery of notification %s: %w", n.ID, err)
	}
	return next.State == corpus.NotificationSent, nil
}

// outlive returns a context that ends grace after ctx does, so that a mail
// half handed over is not cut off at once.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() { stop(); cancel() }
}

// outcome works out the audit row of an attempt and what the notification is
// after it.
func (d *Deliverer) outcome(n corpus.Notification, reason Reason, sendErr error, now time.Time) (corpus.Delivery, corpus.Notification) {
	n.Attempts++
	attempt := corpus.Delivery{Notification: n.ID, Attempt: n.Attempts, At: now, Reason: string(reason)}
	n.LastError = ""
	if sendErr != nil {
		n.LastError = shorten(clean(sendErr.Error()), 500)
	}
	switch {
	case reason == ReasonSent:
		attempt.Outcome, attempt.Reason = "sent", ""
		n.State, n.SentAt = corpus.NotificationSent, now
	case reason.Permanent():
		attempt.Outcome = "dead"
		n.State = corpus.NotificationDead
	case n.Attempts >= d.cfg.MaxAttempts:
		attempt.Outcome, attempt.Reason = "dead", string(ReasonExhausted)
		n.State = corpus.NotificationDead
	default:
		attempt.Outcome = "retry"
		n.NextAt = now.Add(wait(n.Attempts, d.cfg.FirstWait, d.cfg.MaxWait))
	}
	return attempt, n
}

// wait returns the time to the next attempt after the given number of them.
func wait(attempts int, first, longest time.Duration) time.Duration {
	for range attempts - 1 {
		if first *= 2; first >= longest {
			return longest
		}
	}
	return first
}

func (d *Deliverer) log(n corpus.Notification, attempt corpus.Delivery) {
	attrs := []any{
		slog.String("stage", "deliver"), slog.String("notification", n.ID.String()), slog.String("event", string(n.Event)),
		slog.String("receiver", n.Receiver), slog.String("message_id", n.MessageID), slog.Int("attempt", attempt.Attempt),
	}
	switch n.State {
	case corpus.NotificationSent:
		d.cfg.Logger.Info("notification sent", attrs...)
	case corpus.NotificationDead:
		d.cfg.Logger.Error("notification given up", append(attrs, slog.String("reason", attempt.Reason), slog.String("err", n.LastError))...)
	default:
		d.cfg.Logger.Warn("delivery deferred", append(attrs, slog.String("reason", attempt.Reason), slog.String("err", n.LastError))...)
	}
}
