// Package polarity scores what a text means for a target: for an asset, a
// venue, a company, any name, or the text as a whole.
//
// Words come from a lexicon of our own (folder data) that knows more than good
// and bad: directions (rose, fell, eased) take their sign from the thing that
// moves, so that costs that rise are bad and fears that ease are good; verbs
// that are done to somebody (sued, delisted, upgraded) leave their subject
// alone; negators, hedges, denials, boosters and percentages change what
// stands beside them; clauses part at conjunctions and commas. A target is
// given the clauses that speak of it, then its neighbours', and, where it has
// none, the text as a whole with low confidence.
//
// A score is in [-1, 1], the expected effect for the holder of the target. Its
// confidence is in [0, 1]: how likely its sign, or that it has none, is right.
// Evidence is quoted verbatim. The same text gives the same score every time.
package polarity
