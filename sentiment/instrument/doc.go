// Package instrument finds regulatory texts that a document names by their
// official number or their usual name, gives each one identity, and reads what
// the document says of them: status, date of effect, and which repeals,
// amends or implements which.
//
// In goes a [text.Document] and the source it came from; out come
// [corpus.InstrumentReading] values, in order of first mention. "Yinfa [2026]
// No. 42" and "银发〔2026〕42号" give one identity; so do "MiCA" and
// "Regulation (EU) 2023/1114". How numbers look is data (data/patterns.txt,
// named.txt, prefixes.txt), each pattern with examples that a test runs.
//
// Where two issuers use one form (CP25/14 is the FCA's fourteenth paper of
// 2025 or the PRA's twenty-fifth of 2014), the page's own issuer decides, then
// the issuer named nearest; without either the number is left out.
//
// Relations carry the names of the European Legislation Identifier ontology
// and point from the newer text to the older. They are read only from words
// that state them: nothing is inferred from absence, from a plan or a
// proposal, and a clause that reaffirms is not one that repeals. When a text
// says that something was repealed but not by what, the status is recorded
// and no relation is made up. All quoted evidence is a sentence of the text,
// byte for byte.
//
// A [Reader] is immutable and safe for concurrent use; reading is linear in
// the text. Expressions run only near a literal they need, so a text without
// instruments costs one pass of an automaton.
package instrument
