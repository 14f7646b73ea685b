// Package store keeps the corpus: the append-only record of everything learnt,
// in SQLite (the default, one file) or PostgreSQL, with one implementation and
// one test suite for both.
//
// # What goes in, what comes out
//
// [DB.Update] runs a function inside one transaction; the [Tx] it receives
// writes captures, revisions, analyses, placements, events, instruments,
// signals, alerts and notifications. Each write that tells something new
// appends one entry to the change log in the same transaction. Followers read
// the log with [DB.Changes] and [DB.Wait], and advance their durable
// watermark with [Tx.Advance] in the transaction that stores their results.
//
// # What is guaranteed
//
//   - All or nothing: what Update returned nil for is durable (also through a
//     power failure: SQLite syncs its log at every commit, PostgreSQL as its
//     synchronous_commit says), and after an error nothing of it is visible.
//   - Sequence numbers are 1, 2, 3 … without gaps and become visible in order;
//     times in the log are strictly increasing. One transaction writes at a
//     time: SQLite has one writer by nature, in PostgreSQL the head row of the
//     log is locked before anything else is read. So no follower and no as-of
//     reader can pass an entry that is still in flight.
//   - Every write is idempotent by a key that the schema enforces: saying a
//     thing twice appends once.
//   - Log entries, captures, revisions, analyses, placements, versions of
//     events and instruments, signals, decisions and deliveries are never
//     changed or deleted. Triggers refuse it, whoever asks.
//   - An answer as of a moment never changes when it is asked again: reads with
//     an AsOf pin the clock first, see [DB.Horizon].
//
// The identifier of a logged row is its sequence number in the log: capture 17
// is what entry 17 recorded. Events and instruments have identifiers of their
// own, and one row for each version.
//
// A *DB is safe for concurrent use, by any number of processes too. A *Tx
// belongs to the function it was handed to. Reads of one thing from the *DB
// return [corpus.ErrNotFound]; lookups on a *Tx report false instead, because
// absence is an answer there.
//
// Text is cleaned on its way in: invalid UTF-8 becomes U+FFFD and NUL is
// dropped, since PostgreSQL accepts neither.
//
// # What is not done
//
// Nothing is interpreted here: what a page says, which story it belongs to and
// who is told are decided elsewhere. Nothing is ever pruned.
package store
