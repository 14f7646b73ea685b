// Package httpapi serves the record as JSON: search, events, instruments,
// stories, articles, alerts, sources, and signals as JSON, CSV and a live
// stream. All routes stand in one list, in [New].
//
// Every answer is read-only, and GET never changes state. Lists are cut at a
// limit and continue from an opaque cursor. Reads of events, instruments and
// signals accept as_of: the answer is what was known then, and the same
// question asked later gives the same answer.
//
// Errors are JSON too: {"error":{"status":400,"message":"…"}}. What went wrong
// inside stays in the log.
package httpapi
