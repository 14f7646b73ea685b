// Package llm reads hard cases a second time, with a language model behind
// any endpoint that speaks the OpenAI chat protocol: a service, or a server on
// this machine.
//
// In goes a text with what the local analyser read out of it; out comes a
// further analysis under the name "llm:<model>", never a change of the first.
// It is off until an endpoint is configured.
//
// The text is untrusted, and so is the model that has read it. The article is
// shown to the model between two lines that it cannot contain, as material and
// never as instruction. An answer is taken only as far as it holds up: closed
// sets, ranges, names that the local reading knows or the article contains,
// and for every claim a quotation that is in the article word for word; a
// claim with an invented quotation is void. Several answers are asked for (an
// odd number, three unless configured), the majority decides, and disagreement
// lowers the confidence. Whatever a text talks a model into, it can only come
// out as one of these values; how the corpus is kept, who is mailed and what
// is fetched are out of its reach.
//
// Answers are cached by model, prompt version and text; tokens and money are
// held within a daily budget; errors carry a reason from a closed set and
// never the key. An Analyst is safe for concurrent use.
package llm
