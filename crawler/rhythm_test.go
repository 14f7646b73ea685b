package crawler

import (
	"testing"
	"time"
)

// each returns n dates, one each period, the newest age ago.
func each(period time.Duration, n int, now time.Time, age time.Duration) (out []time.Time) {
	for i := range n {
		out = append(out, now.Add(-age-time.Duration(i)*period))
	}
	return out
}

func TestRhythm(t *testing.T) {
	now := time.Date(2026, 3, 5, 14, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		dates []time.Time
		want  time.Duration
	}{
		"none":                          {nil, 0},
		"too few":                       {each(time.Hour, 3, now, 0), 0},
		"the same date for all":         {each(0, 20, now, 0), 0},
		"an item an hour":               {each(time.Hour, 20, now, 0), time.Hour},
		"two at a time":                 {append(each(time.Hour, 20, now, 0), each(time.Hour, 20, now, 0)...), time.Hour},
		"faster of late: the newest 50": {append(each(time.Hour, 50, now, 0), each(24*time.Hour, 50, now, 100*24*time.Hour)...), time.Hour},
	} {
		if got := rhythm(tt.dates); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestPace(t *testing.T) {
	now := time.Date(2026, 3, 5, 14, 0, 0, 0, time.UTC)
	bounds := Adaptive{Min: 5 * time.Minute, Max: 6 * time.Hour}
	for name, tt := range map[string]struct {
		dates []time.Time
		want  time.Duration
	}{
		"no rhythm yet":               {each(time.Hour, 2, now, 0), 0},
		"an item an hour":             {each(time.Hour, 20, now, 0), 15 * time.Minute},
		"the same, silent for a day":  {each(time.Hour, 20, now, 24*time.Hour), 90 * time.Minute},
		"an item a minute":            {each(time.Minute, 20, now, 0), 5 * time.Minute},
		"an item a month":             {each(30*24*time.Hour, 20, now, 0), 6 * time.Hour},
		"dated ahead of our clock":    {each(time.Hour, 20, now, -2*time.Hour), 15 * time.Minute},
		"silent for years, no longer": {each(time.Hour, 20, now, 20000*time.Hour), 6 * time.Hour},
	} {
		if got := pace(tt.dates, bounds, now); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// FuzzPace checks that the pace keeps its bounds and does not depend on the
// order of dates.
func FuzzPace(f *testing.F) {
	f.Add(int64(3600), int64(60), uint8(20))
	f.Add(int64(-5), int64(1<<40), uint8(4))
	now := time.Date(2026, 3, 5, 14, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, period, age int64, n uint8) {
		const limit = 1 << 31 // seconds; so that dates stay sane
		p, a := time.Duration(period%limit)*time.Second, time.Duration(age%limit)*time.Second
		p /= 100
		b := Adaptive{Min: time.Minute, Max: time.Hour}
		dates := each(p, int(n), now, a)
		got := pace(dates, b, now)
		if got != 0 && (got < b.Min || got > b.Max) {
			t.Errorf("%v is out of bounds", got)
		}
		for i, j := 0, len(dates)-1; i < j; i, j = i+1, j-1 {
			dates[i], dates[j] = dates[j], dates[i]
		}
		if again := pace(dates, b, now); again != got {
			t.Errorf("%v, and %v in another order", got, again)
		}
	})
}
