package alerts

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/regwire/regwire/corpus"
)

// Matcher decides which events are told to whom, and writes the messages. It
// is safe for concurrent use.
type Matcher struct {
	cfg       Config
	receivers map[string]Receiver
	domain    string // right half of each Message-ID
	metrics   *matchMetrics
}

// New returns a matcher, or every problem of the configuration at once. The
// registry may be nil.
func New(cfg Config, registry prometheus.Registerer) (*Matcher, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	m := &Matcher{cfg: cfg.withDefaults(), receivers: map[string]Receiver{}, metrics: newMatchMetrics(registry)}
	for _, r := range m.cfg.Receivers {
		m.receivers[r.Name] = r
	}
	from, err := mail.ParseAddress(m.cfg.SMTP.From)
	if err != nil {
		return nil, fmt.Errorf("alerts.smtp.from: %w", err)
	}
	m.domain = from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	return m, nil
}

// Match decides, rule by rule, what one version of an event is worth, and
// composes the notifications that follow. It returns an alert for each rule
// that matched, with its outcome, and writes nothing: the caller stores both
// lists in the transaction that mem reads. Asked again with the same memory it
// gives the same answer; asked again after the answer was stored, it has
// nothing further to send.
func (m *Matcher) Match(mem Memory, ev corpus.Event, now time.Time) ([]corpus.Alert, []corpus.Notification, error) {
	told, err := mem.AlertsOf(ev.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("alerts of event %s: %w", ev.ID, err)
	}
	var sent []corpus.Notification
	if len(told) > 0 { // nothing is promised without a decision
		if sent, err = mem.NotificationsOf(ev.ID); err != nil {
			return nil, nil, fmt.Errorf("notifications of event %s: %w", ev.ID, err)
		}
	}
	var alerts []corpus.Alert
	mails := newBatch(m, ev.ID, sent)
	for _, rule := range m.cfg.Rules {
		past, err := recall(mem, ev.ID, rule.Name, told)
		if err != nil {
			return nil, nil, err
		}
		d := decide(rule, ev, past, m.cfg.MaxAge)
		if d.outcome == OutcomeNotified {
			d = mails.route(rule, d, past)
		}
		m.metrics.decided(d.outcome)
		if d.outcome == OutcomeNoMatch {
			continue
		}
		alerts = append(alerts, corpus.Alert{
			Event: ev.ID, Version: ev.Version, Rule: rule.Name,
			Stage: string(d.stage), Outcome: string(d.outcome), At: now,
		})
	}
	notifications, err := m.compose(mem, ev, mails.letters, now)
	return alerts, notifications, err
}

// recall gathers what a rule has told of an event so far.
func recall(mem Memory, id corpus.EventID, rule string, told []corpus.Alert) (history, error) {
	h := history{stages: map[Stage]bool{}}
	for _, a := range told {
		if a.Rule != rule || a.Outcome != string(OutcomeNotified) && a.Outcome != string(OutcomeCovered) {
			continue
		}
		then, ok, err := mem.EventVersion(id, a.Version)
		if err != nil {
			return history{}, fmt.Errorf("version %d of event %s: %w", a.Version, id, err)
		}
		if !ok {
			return history{}, fmt.Errorf("version %d of event %s was alerted and is not in the record", a.Version, id)
		}
		h.told = true
		h.last = h.last.update(factsOf(then))
		h.stages[Stage(a.Stage)] = true
	}
	return h, nil
}

// letter is one notification to be composed: all rules that ask for the same
// stage to be told to the same receiver share it.
type letter struct {
	receiver Receiver
	stage    Stage
	key      string
	rules    []string
	before   facts                // as last told, for a follow-up
	thread   *corpus.Notification // the first mail to this receiver, nil when this is it
}

// batch collects the letters about one version of an event.
type batch struct {
	m       *Matcher
	event   corpus.EventID
	sent    map[string]bool                // keys promised before
	threads map[string]corpus.Notification // the first mail, by receiver
	letters []*letter
}

func newBatch(m *Matcher, event corpus.EventID, sent []corpus.Notification) *batch {
	b := &batch{m: m, event: event, sent: map[string]bool{}, threads: map[string]corpus.Notification{}}
	for _, n := range sent {
		b.sent[n.Key] = true
		if _, ok := b.threads[n.Receiver]; !ok {
			b.threads[n.Receiver] = n
		}
	}
	return b
}

// route adds a rule's receivers to the letters, and returns what became of the
// decision to notify them. Follow-ups go to those who were told before.
func (b *batch) route(rule Rule, d decision, past history) decision {
	names := rule.Receivers
	if len(names) == 0 {
		names = b.m.names()
	}
	if len(names) == 0 {
		return decision{Stage(OutcomeNoReceiver), OutcomeNoReceiver}
	}
	result := decision{d.stage, OutcomeCovered}
	for _, name := range names {
		key := notificationKey(b.event, name, d.stage)
		first, threaded := b.threads[name]
		if b.sent[key] || past.told && !threaded {
			continue
		}
		result.outcome = OutcomeNotified
		i := slices.IndexFunc(b.letters, func(l *letter) bool { return l.key == key })
		if i >= 0 {
			b.letters[i].rules = append(b.letters[i].rules, rule.Name)
			continue
		}
		l := &letter{receiver: b.m.receivers[name], stage: d.stage, key: key, rules: []string{rule.Name}, before: past.last}
		if threaded {
			l.thread = &first
		}
		b.letters = append(b.letters, l)
	}
	return result
}

// names lists all receivers in the order of the configuration.
func (m *Matcher) names() []string {
	var names []string
	for _, r := range m.cfg.Receivers {
		names = append(names, r.Name)
	}
	return names
}

// notificationKey is the promise to tell a receiver one thing about an event.
func notificationKey(event corpus.EventID, receiver string, stage Stage) string {
	return string(event) + "/" + receiver + "/" + string(stage)
}

// messageID derives the identity of a mail from its promise, so that the same
// promise kept twice is the same mail.
func (m *Matcher) messageID(key string) string {
	return corpus.Digest("m", key) + "@" + m.domain
}
