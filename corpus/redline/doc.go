// Package redline compares two versions of a text: it tells whether anything
// that a reader has to know has changed, and shows it, paragraph by paragraph
// and word by word, Chinese by character.
//
// Both answers come from one comparison ([Of]), so that a version is kept
// exactly when there is something to show. What counts as no change:
//
//   - case, white space, quotation marks, dashes, widths, final punctuation,
//     and how sentences are cut into paragraphs or rows into tables;
//   - the order of blocks and of rows, unless a passage moved under another
//     heading;
//   - lines that say when a page was made or looked at, how often, by whom it
//     may be shared, and the like (see churn.go);
//   - lines of which the past of the page shows that they move all the time,
//     when none of their words lays down a rule (see volatile.go).
//
// Everything else is a change, whatever it costs in alerts: a date inside a
// sentence, a figure, "shall" become "may", one row of a register.
//
// All functions are pure and safe for concurrent use. Time is bounded: texts
// are first anchored at the lines they share once (the patience method of Bram
// Cohen), and only what lies between is compared by the shortest edit (Myers,
// "An O(ND) Difference Algorithm", 1986), within a budget after which passages
// are shown as replaced.
package redline
