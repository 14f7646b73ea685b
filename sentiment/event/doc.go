// Package event reads what happened: the events a text tells, each of one
// type, with who acts on what, the stance towards crypto, severity, status,
// dates and the sentences that say so; and whether the text is regulatory at
// all. How the types are told apart is written down in docs/events.md.
//
// In goes a [text.Document] with the entities and instruments found in it; out
// come [corpus.EventReading] values, the main one first. The reading is a
// grammar of cues, kept as reviewed data (data/cues.txt): short patterns of
// words, word forms and classes ("an authority … sues … "), each with a type,
// a weight and a stance. Cues of the headline count most, those of a
// subordinate clause half, those of the lead less; the type with the greatest
// weight wins, and without enough of it the text tells of nothing we have a
// type for.
//
// Evidence is always a sentence of the text, byte for byte. A [Reader] is
// immutable and safe for concurrent use; reading is linear in the text, and
// only the headline and the lead are read for cues. Nothing is learned from
// outside the text but the source it came from and the day it was published.
package event
