package crawler

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxFreshListing bounds how long a listing is taken as unchanged because
	// its publisher says so: news does not wait for a careless cache setting.
	maxFreshListing = 30 * time.Minute
	// maxFreshPage is the same for a page that would be read again.
	maxFreshPage = 24 * time.Hour
)

// freshFor returns for how long an answer says that it need not be asked for
// again (RFC 9111, section 4.2), zero when it does not, at most most.
func freshFor(h http.Header, now time.Time, most time.Duration) time.Duration {
	life := time.Duration(-1)
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(strings.ToLower(line), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch name {
			case "no-store", "no-cache":
				return 0
			case "max-age":
				life = seconds(strings.Trim(value, `"`))
			}
		}
	}
	if life < 0 { // Expires counts where there is no max-age, on the server's clock
		expires, err := http.ParseTime(h.Get("Expires"))
		if err != nil {
			return 0
		}
		from := now
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			from = date
		}
		life = expires.Sub(from)
	}
	return min(max(life-seconds(h.Get("Age")), 0), most)
}

// seconds reads a number of seconds; what is none counts as zero, and what is
// more than a year as one.
func seconds(text string) time.Duration {
	const year = 365 * 24 * 3600
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if n > year { // also what overflows
		n = year
	} else if err != nil || n < 0 {
		n = 0
	}
	return time.Duration(n) * time.Second
}
