// Package entity finds the assets, exchanges, regulators, jurisdictions,
// people and organisations a text is about, in English and Chinese.
//
// What there is to find stands in reviewed data files (folder data, embedded;
// each opens with its origin and rules) and in the definitions a caller adds.
// Names are found by text.Matcher in one pass, longest first, so that
// "Bitcoin Cash" is not Bitcoin and "Binance Coin" is not Binance. Then each
// hit is accepted or dropped by its form:
//
//   - an alias in any case counts always;
//   - an exact form counts as written or in capitals ("Fed", not "fed up");
//   - a guarded form ("Stellar", "MAS", "the Commission") counts as written
//     and where the text supports it: the same entity under a safe name, one
//     of its cues, its jurisdiction, or the source that speaks;
//   - a ticker counts in capitals; doubtful ones only beside crypto words or
//     the asset's name (context), or as $ONE, (ONE), ONE/USDT (cashtag). Before
//     a hyphen and a digit it is the number of a document: FIL-7-2025;
//   - a weak form ("American", "Beijing") counts half.
//
// Where several authorities share a short name (SEC, FSC, BIS), the best
// supported one is meant. A name may stand for a venue and for its token
// ("Uniswap") and is then both.
//
// Phrases such as "the exchange" and 该平台 are resolved to the last entity that
// fits, where only one can be meant; they are References, not Mentions.
//
// Not done on purpose: names that are in no list are not guessed at. The
// gazetteer is immutable and safe for concurrent use; finding takes time
// linear in the text.
package entity
