// Package secret holds values that must not show: passwords, keys, tokens. It
// stands below all rooms and knows none of them.
package secret

import "log/slog"

// Text is a value that never shows when printed, logged or encoded. What it
// hides is had by conversion: string(t).
type Text string

const redacted = "[redacted]"

// String returns "[redacted]", or "" when there is nothing to hide.
func (t Text) String() string {
	if t == "" {
		return ""
	}
	return redacted
}

// GoString hides the value from %#v.
func (t Text) GoString() string { return t.String() }

// LogValue hides the value from slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText hides the value from JSON and YAML.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalYAML hides the value from YAML.
func (t Text) MarshalYAML() (any, error) { return t.String(), nil }
