// Package llmtest is a language model for tests: an HTTP handler that speaks
// the OpenAI chat protocol and always says the same. Left alone it reads an
// article well enough to be believed, with quotations that hold; scripted, it
// fails, stalls, breaks the schema, invents quotations, or obeys what the
// article tells it to say.
//
// Only tests import it.
package llmtest
