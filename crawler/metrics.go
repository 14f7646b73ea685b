package crawler

import (
	"cmp"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/regwire/regwire/corpus"
)

// metrics counts what the crawler does. Labels come from closed sets: the
// configured sources, classes of status, outcomes and reasons.
type metrics struct {
	visits   *prometheus.CounterVec
	pages    *prometheus.CounterVec
	requests *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	seconds  prometheus.Histogram
	gaps     *prometheus.CounterVec
	parked   *prometheus.CounterVec
	claims   *prometheus.CounterVec
	pushes   *prometheus.CounterVec
	frontier *prometheus.GaugeVec
	success  *prometheus.GaugeVec
	newest   *prometheus.GaugeVec
}

// newMetrics registers the metrics with r, unless it is nil.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "regwire_crawler_" + name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "regwire_crawler_" + name, Help: help}, labels)
	}
	m := &metrics{
		visits:   counter("visits_total", `Visits of sources, by reason of failure ("ok" without).`, "source", "reason"),
		pages:    counter("pages_total", "Pages fetched: captured, unchanged, or the reason of failure.", "source", "outcome"),
		requests: counter("requests_total", "Answers of servers, by class of status.", "source", "status"),
		bytes:    counter("body_bytes_total", "Bytes of bodies read, after unpacking.", "source"),
		gaps:     counter("gaps_total", "Listings in which nothing was known, so that items may have been missed.", "source"),
		parked:   counter("parked_total", "Pages given up after repeated failure, by the last reason.", "source", "reason"),
		claims:   counter("claims_total", "Leases by kind: taken, denied because another process has it, lost to another.", "kind", "outcome"),
		pushes:   counter("pushes_total", "WebSub: hubs asked or failed, subscriptions verified or denied, pushes that came or were forged.", "source", "outcome"),
		frontier: gauge("frontier_pages", `Pages of all sources for which something is planned, or that were given up, by state and reason of the last failure ("ok" without).`, "state", "reason"),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "regwire_crawler_request_seconds", Help: "Time from sending a request to the end of its answer.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
		}),
		success: gauge("success_timestamp_seconds", "When the listing was last read whole or found unchanged.", "source"),
		newest:  gauge("newest_item_timestamp_seconds", "Publication time of the newest item a listing has claimed.", "source"),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.visits, m.pages, m.requests, m.bytes, m.seconds, m.gaps, m.parked, m.claims, m.pushes, m.frontier, m.success, m.newest} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) visit(id corpus.SourceID, r Reason) {
	label := string(r)
	if r == ReasonNone {
		label = "ok"
	}
	m.visits.WithLabelValues(string(id), label).Inc()
}

func (m *metrics) fresh(st corpus.SourceState) {
	for g, t := range map[*prometheus.GaugeVec]time.Time{m.success: st.SucceededAt, m.newest: st.NewestItemAt} {
		if !t.IsZero() {
			g.WithLabelValues(string(st.Source)).Set(float64(t.UnixMilli()) / 1000)
		}
	}
}

func (m *metrics) page(src *source, outcome string) {
	m.pages.WithLabelValues(string(src.ID), outcome).Inc()
}

func (m *metrics) gap(src *source) { m.gaps.WithLabelValues(string(src.ID)).Inc() }

func (m *metrics) request(src *source, status int, took time.Duration, n int64) {
	m.requests.WithLabelValues(string(src.ID), strconv.Itoa(status/100)+"xx").Inc()
	m.bytes.WithLabelValues(string(src.ID)).Add(float64(n))
	m.seconds.Observe(took.Seconds())
}

func (m *metrics) park(src *source, reason string) {
	m.parked.WithLabelValues(string(src.ID), reason).Inc()
}

func (m *metrics) claim(name corpus.LeaseName, outcome string) {
	kind, _ := name.Split()
	m.claims.WithLabelValues(kind, outcome).Inc()
}

// waiting replaces what is known of the frontier.
func (m *metrics) waiting(counts []corpus.FrontierCount) {
	m.frontier.Reset()
	for _, n := range counts {
		m.frontier.WithLabelValues(string(n.State), cmp.Or(n.Reason, "ok")).Add(float64(n.Entries))
	}
}

func (m *metrics) push(src *source, outcome string) {
	m.pushes.WithLabelValues(string(src.ID), outcome).Inc()
}
