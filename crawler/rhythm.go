package crawler

import (
	"slices"
	"time"
)

// rhythm returns the usual time between two of dates: the mean over the span
// of the newest of them. It is zero when fewer than four different dates leave
// it to chance. Order does not matter.
func rhythm(dates []time.Time) time.Duration {
	const few, most = 4, 50
	dates = slices.Clone(dates)
	slices.SortFunc(dates, func(a, b time.Time) int { return b.Compare(a) })
	dates = slices.CompactFunc(dates, time.Time.Equal)
	if len(dates) < few {
		return 0
	}
	dates = dates[:min(len(dates), most)]
	return dates[0].Sub(dates[len(dates)-1]) / time.Duration(len(dates)-1)
}

// expected is how long a source of the given rhythm may be silent before that
// is a sign. Were its items independent of each other, one gap in four hundred
// would be longer than six times the mean; four days let a long weekend pass.
func expected(rhythm time.Duration) time.Duration {
	return max(6*rhythm, 4*24*time.Hour)
}
