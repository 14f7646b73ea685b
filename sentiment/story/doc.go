// Package story puts each article into its place among all that is known: the
// story it belongs to, how new it is, which happenings it tells of, and what
// it says about regulatory instruments.
//
// In goes one analysis of one revision, with the [Memory] of everything placed
// before. Out comes a placement, and new versions of the events and
// instruments that the article changes. Decisions are pure: the files named
// for them (sketch, match, facts, novelty, instrument) read no clock and no
// store; [Clusterer.Place] asks the memory and writes.
//
// # Stories
//
// Two articles are near-duplicates when their sketches say so: MinHash over
// word triples, or over runs of four characters in Chinese (Broder, "On the
// resemblance and containment of documents", 1997), found by banding. They are
// about the same when headline words, names and figures agree, each with a
// fixed weight. Texts from one mould (a listing notice for another token, a
// price report for another day) look alike and are told apart by their
// headlines and events. A story is what such links, and a common main
// happening, hold together.
//
// # Events
//
// One happening is one event, however many articles tell it. Readings are the
// same happening when authority, parties, instruments, figures and date allow
// it and something positive says so; see [same]. Types may differ where identity
// is beyond doubt, and readings of one article that repeat one another are one,
// see [retells]. Names come from the gazetteer, so English and Chinese meet. The
// facts of an event are made afresh from its reports whenever one is added,
// replaced or withdrawn, the acting authority's own report leading; so a
// correction leaves nothing behind.
//
// # Guarantees
//
// Placing an analysis twice changes nothing the second time. Identifiers are
// derived from the first article, so that replaying the log gives the same
// ones. Work per article is bounded: crowded bands are capped, event keys are
// cut by time. Stories become one when a later article links them, so that the
// order of arrival makes no difference to them in the end; they are never
// split. Events are neither merged nor split after the fact.
//
// A Clusterer is safe for concurrent use; a Memory is not.
package story
