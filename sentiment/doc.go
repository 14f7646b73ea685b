// Package sentiment reads a text: which entities it is about, what it means
// for each of them, which events it reports, which regulatory instruments it
// names. [Analyzer] joins the readers of the packages below it, in the order
// text, entity, instrument, event, polarity; each can be used alone.
//
// Reading is pure: no network, no clock, no state; the same text gives the
// same analysis every time, and an Analyzer is safe for concurrent use. Every
// score quotes the sentences that carry it, verbatim. Where little is said, or
// what is said conflicts, Confidence is low, and a [Judge] may be asked.
package sentiment
