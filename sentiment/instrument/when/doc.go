// Package when reads the calendar dates of legal and news prose, in English
// and Chinese: "March 28, 2025", "28 March 2025", "2026-03-06", "2026年3月6日",
// "二〇二六年二月六日", and, against a reference date, "30 June" and "within 60
// days of publication".
//
// A date that cannot exist (30 February) is not read. Numeric dates with
// slashes are ambiguous between countries and are left alone. All results are
// midnight UTC. The functions are pure and safe for concurrent use.
package when
