// Package alerts turns events into mail: which rules an event matches, what
// is said to whom, and how it gets there.
//
// One happening makes one alert, however many articles report it and however
// often its event gets new facts. Only two things are told again, in the same
// mail thread: that an event was retracted, and that a fact people act on
// changed (its status, its effective date, its comment deadline). Only events
// learnt live alert; a backfill or a second reading never does.
//
// [Matcher.Match] decides and composes, and writes nothing: its answer is
// stored by the caller in the transaction in which the event was read, so that
// an alert exists exactly when its cause does. [Deliverer] empties the outbox:
// each notification is delivered at least once, always under the same
// Message-ID (RFC 5322 section 3.6.4), so that a mail sent again after a crash
// is recognisably the same. Every attempt leaves an audit row.
//
// Everything in an event is text from the web. It is stripped of control and
// direction characters, escaped where it becomes HTML, never becomes an
// address, and is linked only when it is an http or https URL.
//
// Not done here: digests, grouping, silences, chat and webhooks.
package alerts
