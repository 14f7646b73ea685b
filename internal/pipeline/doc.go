// Package pipeline joins the rooms: it is the one place where the flow from a
// web page to a signal and a mail is written down. Start with [Pipeline.Run].
//
// Every stage follows the corpus's change log from a durable watermark of its
// own and commits what it found together with the new watermark. None calls
// the next. Any of them can stop, crash, be rebuilt from zero or be added, and
// the others neither notice nor lose anything.
package pipeline
