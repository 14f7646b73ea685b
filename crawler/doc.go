// Package crawler learns what sources publish and fetches it: configured
// sources go in, captures come out.
//
// A visit of a source reads its listing (a feed, a sitemap, a page of links,
// an API), puts what the listing names into the frontier, and fetches what is
// due there: new pages, pages that are said to have changed, young pages that
// may have been corrected in silence, pages that failed before. [Crawler.Run]
// visits on schedule, [Crawler.Round] once.
//
// Beside that, [Crawler.Find] looks for ways to follow a site, [Crawler.Try]
// tries one without saving anything, [Crawler.Check] says how each source
// does, and [Crawler.Backfill] fetches what was published long ago.
//
// # Promises
//
//   - Nothing a listing named is lost: it is in the frontier before the
//     listing counts as read, and stays there until it was captured or, after
//     repeated failure, parked with its reason. A crash at any point costs at
//     most a request made twice; see the comments at each write.
//   - A body is stored whole, as received after transfer and content decoding
//     and in its own character set, or not at all.
//   - robots.txt is obeyed (RFC 9309), on redirects too, with Crawl-delay;
//     sites are asked at the rate and in the number of connections that the
//     strictest of their sources sets, and Retry-After is honoured.
//   - Requests are conditional (RFC 9110, section 13) where a validator is
//     known, and identify themselves.
//   - Nothing is fetched from an address that is not public, unless the source
//     allows it: the check stands in the dialer, where neither a redirect nor
//     a change in DNS gets round it.
//   - The time of crawling never passes for a time of publication.
//   - Outcomes are data: each failure has a [Reason] out of a closed set, in
//     state, metrics and log alike.
//   - No two visits of one source run at once, and no two processes that
//     share a state ask one site at once: each works under leases, which it
//     renews, and which end when it dies (see [State] and [Config]).
//
// # Not done on purpose
//
// No page is rendered and no script run; no cookie outlives a request unless a
// source asks for it; nobody logs in; a refusal is taken for an answer, never
// worked round. Pages are found by listings alone, never by following links
// inside articles; what a hub pushes is a hint, not news. What a page says is
// the business of the parser.
package crawler
