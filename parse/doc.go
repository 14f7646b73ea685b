// Package parse turns what was fetched into the articles it carries.
//
// In goes a capture: a page in HTML, plain text, Markdown or PDF, or an entry
// that a feed delivered whole. Out come drafts, the main article first, with
// title, authors, dates, language, canonical URL, tags and the text as typed
// blocks. One page may carry several articles (a list of releases, a live
// blog, a page of text that runs stories together, a notice printed whole
// among the teasers); each is a draft of its own, told apart by its fragment.
//
// # Guarantees
//
// Parsing is pure: the same capture gives the same drafts, on every machine
// and at every time, so that stored captures can be read again. Text is plain
// and sanitised: valid UTF-8, no markup, no control, zero-width or
// bidirectional override characters, no newline inside a block but in code
// and tables. Pages are hostile: size, elements, nesting and time are
// bounded, and panics of the libraries underneath become errors. A [Parser]
// is safe for concurrent use.
//
// # How an HTML page is read
//
// The page is parsed once. What it says about itself (JSON-LD, OpenGraph,
// other meta elements, microdata, its visible byline and dateline, its
// address) is read from the whole tree; then what is not writing is taken out
// of the tree; then two readers look for the article, one by the names sites
// give to its container, one by the density of its text (go-readability);
// the better of the two is cut into blocks, and a last pass drops what boxes
// left behind. No rule knows a site; a source may bring its own (see
// [corpus.Rules]), which beat all this where they match and are reported where
// they do not.
//
// # What is left to others
//
// Entities, instruments and stories are not read here. Images and links are
// not kept.
package parse
