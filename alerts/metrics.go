package alerts

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// matchMetrics counts what the rules decided.
type matchMetrics struct {
	decisions *prometheus.CounterVec
}

func newMatchMetrics(registry prometheus.Registerer) *matchMetrics {
	m := &matchMetrics{decisions: promauto.With(registry).NewCounterVec(prometheus.CounterOpts{
		Name: "regwire_alerts_decisions_total",
		Help: "Decisions of rules about versions of events, by outcome.",
	}, []string{"outcome"})}
	for _, o := range Outcomes() {
		m.decisions.WithLabelValues(string(o))
	}
	return m
}

func (m *matchMetrics) decided(o Outcome) { m.decisions.WithLabelValues(string(o)).Inc() }

// deliveryMetrics watches the outbox being emptied.
type deliveryMetrics struct {
	attempts *prometheus.CounterVec
	elapsed  prometheus.Histogram
	delay    prometheus.Histogram
}

func newDeliveryMetrics(registry prometheus.Registerer) *deliveryMetrics {
	f := promauto.With(registry)
	m := &deliveryMetrics{
		attempts: f.NewCounterVec(prometheus.CounterOpts{
			Name: "regwire_alerts_deliveries_total",
			Help: "Attempts to deliver a notification, by reason; the reason of a success is sent.",
		}, []string{"reason"}),
		elapsed: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "regwire_alerts_delivery_seconds",
			Help:    "Time one attempt took.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30},
		}),
		delay: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "regwire_alerts_outbox_seconds",
			Help:    "Time from the promise of a notification to its delivery.",
			Buckets: []float64{.1, 1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600},
		}),
	}
	for _, r := range Reasons() {
		m.attempts.WithLabelValues(string(r))
	}
	return m
}

func (m *deliveryMetrics) attempted(r Reason, took time.Duration) {
	m.attempts.WithLabelValues(string(r)).Inc()
	m.elapsed.Observe(took.Seconds())
}
