// Package httpapi serves the record as JSON: search, events, instruments,
// stories, articles, alerts, sources, and signals as JSON, CSV and a live
// stream. openapi.yaml describes it, is served with it, and is held to it by a
// test; the list of all routes is in [New].
//
// Every answer is read-only, and GET never changes state. Lists are cut at a
// limit and go on from an opaque cursor. Events, instruments and signals are
// read as of a moment, the one asked for or the present, and say which: the
// same question as of that moment gives the same answer forever. A parameter
// that a route does not know is refused rather than ignored, because a filter
// with a slip of the pen in it would answer with everything.
//
// Errors are JSON too: {"error":{"status":400,"message":"…"}}. What went wrong
// inside stays in the log.
package httpapi
