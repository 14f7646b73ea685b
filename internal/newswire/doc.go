// Package newswire is a small internet on the loopback interface: eleven
// hand-written sites of regulators, exchanges and media that publish crypto
// news in the formats real sites use. The demo crawls it, and so do the
// end-to-end and crash tests.
//
// What goes in is the folder sites: for each site its robots.txt, its
// templates, and its articles as Markdown with a YAML head. What comes out is
// one [http.Handler] a site, addresses to reach them at ([Newswire.Start]),
// crawler definitions ([Newswire.Sources]), and the answers a careful reader
// would give ([Newswire.Truth]).
//
// # Editions
//
// The newswire has a clock of [Editions] ticks that only [Newswire.Advance]
// moves. Edition 0 is there at the start; later editions add articles,
// corrections, a retraction, pages that are gone, changed rule pages and a
// notice that repeals another. The same edition always gives the same bytes
// for the same address, so every count is knowable: [Newswire.Counts].
//
// # Manners
//
// Sites answer conditional requests, redirect, compress, mislabel their
// charset, turn away agents without a contact address, are busy at the first
// knock, and each has a folder that robots.txt closes. Every request is
// logged ([Newswire.Requests]); those into a closed folder are
// [Newswire.Violations].
//
// # A new article
//
// needs no Go: a file sites/<site>/<slug>.md, whose YAML head gives title,
// published and truth, and whose body is Markdown. With edition: 1 in its head
// it appears later; a second file <slug>@1.md says what the page becomes in
// edition 1 and repeats only what changes. TestCounts then wants to know.
//
// # Truthfulness
//
// The happenings and their main numbers and dates are public facts, told in
// the project's own words; reactions and unnamed voices around them are
// invented, and so are the media titles. Pages that speak for an authority
// or a venue are retellings for testing and say so at their foot. Three
// articles are false on purpose: a report that is later retracted, its copy,
// which is later taken down, and a page full of attacks on its readers.
package newswire
