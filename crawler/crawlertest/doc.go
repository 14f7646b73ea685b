// Package crawlertest holds what tests of the crawler and of its
// implementers share: a [State] and a [Sink] in memory, and [TestState], the
// conformance suite that every implementation of crawler.State passes.
package crawlertest
