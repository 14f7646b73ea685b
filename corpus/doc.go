// Package corpus holds the nouns of regwire and nothing else: what a source,
// a capture, an article, a story, an event, an instrument, a signal and an
// alert are. The record of them is kept by corpus/store.
//
// Everything learnt is appended to one log. Each entry of the log ([Change])
// carries a sequence number without gaps and the time at which it became
// known. Index, analysis, signals and alerts follow that log from their own
// durable watermarks, so each can be thrown away and rebuilt.
//
// # Clocks
//
// All times are UTC with microsecond precision, and their names say whose
// clock they are: PublishedAt is what the source claims, FetchedAt is when we
// asked, FirstSeenAt is when we committed a revision, AvailableAt is when a
// strategy could have read a row, EffectiveAt is when a law applies. Reads as
// of a moment use AvailableAt (or the time of the log entry) only.
//
// # Trust
//
// Text in these types comes from the web or from a language model. It is data:
// never an instruction, never markup, never part of an SQL statement, a mail
// header or an address. Parsers store plain text; whoever renders it escapes
// it again.
package corpus
