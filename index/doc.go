// Package index is full-text search over articles, in Bleve.
//
// In go [Document]s, one for each article with its newest revision and what
// was read out of it; out come [Result]s with snippets, facets and scores. The
// index keeps its own watermark inside itself, written in the same batch as
// the documents, so that it can be followed, killed, thrown away and rebuilt:
// applying a change twice is applying it once.
//
// The index stores no text. Titles and snippets come from the corpus at query
// time, through the small interface [Texts]; that costs less than storing
// every body a second time.
//
// One analyzer serves English and Chinese: Unicode words, full-width folded,
// lower case, Han in overlapping bigrams, English possessives cut and words
// stemmed. Every word of a query that the analyzer takes apart (a Chinese
// phrase, "FIL-7-2025") is searched as a phrase.
package index
