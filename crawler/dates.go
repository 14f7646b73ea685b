package crawler

import (
	"strconv"
	"strings"
	"time"
)

// commonLayouts are the ways in which listings write dates that can be read in
// one way only. Month and day in figures alone are read year first; 03/04/2026
// is left to the source's own layouts.
var commonLayouts = []string{
	"rfc3339",
	"2006-01-02T15:04:05.999999999-0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02 15:04",
	"2006-01-02",
	"2006/01/02 15:04:05",
	"2006/1/2 15:04",
	"2006/1/2",
	"2006.1.2",
	"2006-1-2",
	"20060102",
	"2006年1月2日 15:04:05",
	"2006年1月2日 15:04",
	"2006年1月2日15:04",
	"2006年1月2日",
	"January 2, 2006 15:04",
	"January 2, 2006",
	"January 2 2006",
	"Jan 2, 2006",
	"Jan. 2, 2006",
	"2 January 2006 15:04",
	"2 January 2006",
	"2 Jan 2006",
	"02-Jan-2006",
	"Monday, January 2, 2006 - 15:04",
	"Monday, January 2, 2006",
	"Monday, 2 January 2006",
	time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700",
}

// date reads a date as the source writes it; zero when it cannot.
func (src *source) date(raw string) time.Time {
	raw = strings.TrimSpace(strings.ReplaceAll(raw, "\u00a0", " "))
	if src.datePattern != nil {
		m := src.datePattern.FindStringSubmatch(raw)
		if m == nil {
			return time.Time{}
		}
		raw = m[min(1, len(m)-1)]
	}
	if raw == "" {
		return time.Time{}
	}
	layouts := src.Discovery.Dates.Layouts
	if len(layouts) == 0 {
		layouts = commonLayouts
	}
	for _, l := range layouts {
		if t, err := parseDate(l, raw, src.zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

func parseDate(layout, raw string, zone *time.Location) (time.Time, error) {
	switch layout {
	case "rfc3339":
		return time.Parse(time.RFC3339Nano, raw)
	case "unix", "unixms":
		n, err := strconv.ParseFloat(raw, 64)
		if err != nil || n <= 0 || n > 1e15 {
			return time.Time{}, strconv.ErrRange
		}
		if layout == "unixms" {
			return time.UnixMilli(int64(n)), nil
		}
		return time.UnixMicro(int64(n * 1e6)), nil
	}
	return time.ParseInLocation(layout, raw, zone)
}
