package pipeline

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/regwire/regwire/corpus"
)

// Reason says why work was parked: a closed set, used in the row, the metric
// and the log alike. The judge's cases are parked under the reasons of llm.
type Reason string

// The reasons.
const (
	ReasonNotArticle Reason = "not-article" // the page holds nothing to read
	ReasonUnreadable Reason = "unreadable"  // the parser refused it: too large, too deep, encrypted …
	ReasonPanic      Reason = "panic"       // a bug of ours; the bytes are kept
	ReasonFailed     Reason = "failed"      // anything else, after repeated attempts
)

// metrics are what an operator watches first: how far each follower is behind,
// what was parked and why.
type metrics struct {
	seconds  *prometheus.HistogramVec
	changes  *prometheus.CounterVec
	failures *prometheus.CounterVec
	parks    *prometheus.CounterVec
	rules    *prometheus.CounterVec
	at       *prometheus.GaugeVec
	lag      *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regwire_pipeline_batch_seconds", Help: "Time from taking a batch of changes to its commit.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"stage"}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regwire_pipeline_changes_total", Help: "Changes worked on.",
		}, []string{"stage"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regwire_pipeline_failures_total", Help: "Batches that failed and are tried again.",
		}, []string{"stage"}),
		parks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regwire_pipeline_parked_total", Help: "Changes set aside.",
		}, []string{"stage", "reason"}),
		rules: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regwire_parse_rules_total", Help: "Times a source's own selector was tried on a page, by whether it matched.",
		}, []string{"source", "rule", "matched"}),
		at: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "regwire_pipeline_position", Help: "Sequence number up to which the log has been read.",
		}, []string{"stage"}),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "regwire_pipeline_lag_changes", Help: "Entries of the log not yet looked at.",
		}, []string{"stage"}),
	}
	if r != nil {
		r.MustRegister(m.seconds, m.changes, m.failures, m.parks, m.rules, m.at, m.lag)
	}
	return m
}

func (m *metrics) done(stage string, n int, took time.Duration) {
	m.changes.WithLabelValues(stage).Add(float64(n))
	m.seconds.WithLabelValues(stage).Observe(took.Seconds())
}

func (m *metrics) failed(stage string) { m.failures.WithLabelValues(stage).Inc() }

func (m *metrics) parked(stage string, r Reason) {
	m.parks.WithLabelValues(stage, string(r)).Inc()
}

func (m *metrics) rule(source corpus.SourceID, rule string, matched bool) {
	m.rules.WithLabelValues(string(source), rule, strconv.FormatBool(matched)).Inc()
}

func (m *metrics) position(stage string, at, head corpus.Seq) {
	m.at.WithLabelValues(stage).Set(float64(at))
	m.lag.WithLabelValues(stage).Set(float64(max(0, head-at)))
}
