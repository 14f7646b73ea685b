// Package text turns a title and a body into a [Document]: one string, its
// language, and its sentences as byte ranges of that string. Everything read
// out of a text later (entities, events, scores) points back into it, so
// nothing here copies or rewrites a byte: folding (case, full-width forms,
// traditional Chinese) happens while matching, see [Fold] and [Matcher].
//
// Sentences never cross a line, because one block of an article is one line.
// English and Chinese are split by rules of our own rather than by a trained
// model: regulatory prose is full of "No. 42", "U.S." and "Inc.", mixes both
// scripts in one line, and is read by the megabyte. A sentence is never longer
// than [MaxSentence] bytes, so that work per sentence stays bounded on hostile
// input. All functions are pure and safe for concurrent use; they take time
// linear in their input.
package text
