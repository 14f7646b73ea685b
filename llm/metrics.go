package llm

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics watches what the model is asked and what that costs.
type metrics struct {
	judgements *prometheus.CounterVec
	requests   *prometheus.CounterVec
	cached     prometheus.Counter
	voided     prometheus.Counter
	tokens     *prometheus.CounterVec
	cost       prometheus.Counter
	elapsed    prometheus.Histogram
}

func newMetrics(registry prometheus.Registerer) *metrics {
	f := promauto.With(registry)
	counter := func(name, help string) prometheus.Counter {
		return f.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	vector := func(name, help, label string) *prometheus.CounterVec {
		return f.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m := &metrics{
		judgements: vector("regwire_llm_judgements_total", "Texts given to the model, by what came of it.", "reason"),
		requests:   vector("regwire_llm_requests_total", "Requests to the endpoint, by what came of them.", "reason"),
		cached:     counter("regwire_llm_cached_total", "Texts whose answers were in the cache."),
		voided:     counter("regwire_llm_voided_claims_total", "Claims thrown away because the text does not support them."),
		tokens:     vector("regwire_llm_tokens_total", "Tokens used, by direction.", "direction"),
		cost:       counter("regwire_llm_cost_total", "Money used, in the currency of the configured prices."),
		elapsed: f.NewHistogram(prometheus.HistogramOpts{
			Name: "regwire_llm_request_seconds", Help: "Time one request took.",
			Buckets: []float64{.1, .3, 1, 3, 10, 30, 60, 120},
		}),
	}
	for _, r := range Reasons() {
		m.judgements.WithLabelValues(string(r))
		m.requests.WithLabelValues(string(r))
	}
	return m
}
