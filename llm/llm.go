package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/corpus"
)

// ErrOff is returned by [New] when no endpoint is configured.
var ErrOff = errors.New("llm: no endpoint is configured")

// Analyst reads texts with a language model.
type Analyst struct {
	cfg     Config
	key     string
	schema  json.RawMessage
	ledger  *ledger
	metrics *metrics
	format  atomic.Int32 // the response format the endpoint is known to take
}

// New returns an analyst, [ErrOff], or every problem of the configuration at
// once. It does not speak to the endpoint.
func New(cfg Config) (*Analyst, error) {
	if !cfg.Enabled() {
		return nil, ErrOff
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	key, err := cfg.key()
	if err != nil {
		return nil, err
	}
	schema, err := json.Marshal(schema())
	if err != nil {
		return nil, fmt.Errorf("llm schema: %w", err)
	}
	return &Analyst{
		cfg: cfg, key: key, schema: schema,
		ledger: &ledger{budget: cfg.Budget, clock: cfg.Clock}, metrics: newMetrics(cfg.Registry),
	}, nil
}

// Name is the Analyzer of what this analyst makes.
func (a *Analyst) Name() string { return "llm:" + a.cfg.Model }

// Spent returns what has been used of today's budget.
func (a *Analyst) Spent() Spent { return a.ledger.spent() }

// Wants reports whether a local reading is a hard case: not sure of itself,
// or of an event that matters too much to be read once.
func (a *Analyst) Wants(local corpus.Analysis) bool {
	if local.Confidence < a.cfg.BelowConfidence {
		return true
	}
	for _, e := range local.Events {
		if e.Severity.Rank() >= a.cfg.MinSeverity.Rank() {
			return true
		}
	}
	return false
}

// Judge reads a text again. The result carries over what it does not judge,
// entities and instruments among it, from the local reading, and is a further
// analysis beside that one: its Analyzer is [Analyst.Name], its Version names
// the prompt and the local version it stands on. It blocks for as long as the
// endpoint takes, at most Attempts x Timeout and the waits between.
//
// Its errors are of type [*Error]. A text that was read before is answered
// from the cache and costs nothing.
func (a *Analyst) Judge(ctx context.Context, t corpus.Text, local corpus.Analysis) (corpus.Analysis, error) {
	out, err := a.judge(ctx, t, local)
	reason := ReasonOf(err)
	a.metrics.judgements.WithLabelValues(string(reason)).Inc()
	if err != nil {
		a.cfg.Logger.Warn("second reading not made", "stage", "llm", "reason", string(reason), "err", err)
		return corpus.Analysis{}, err
	}
	return out, nil
}

func (a *Analyst) judge(ctx context.Context, t corpus.Text, local corpus.Analysis) (corpus.Analysis, error) {
	q := newQuestion(t, local, a.cfg.MaxInput)
	answers, err := a.answers(ctx, q)
	if err != nil {
		return corpus.Analysis{}, err
	}
	votes := make([]vote, len(answers))
	for i, answer := range answers {
		votes[i] = answer.weigh(q, local)
		a.metrics.voided.Add(float64(votes[i].voided))
	}
	out, ok := decide(votes, t, local)
	if !ok {
		return corpus.Analysis{}, &Error{Reason: ReasonVoid}
	}
	out.ID, out.Analyzer, out.Version = 0, a.Name(), a.version(local)
	return out, nil
}

// version changes whenever the same text could be read otherwise.
func (a *Analyst) version(local corpus.Analysis) string {
	return fmt.Sprintf("%s.%d/%s", promptVersion, a.cfg.Votes, local.Version)
}

// answers returns the usable answers to a question, more than half of those
// that were asked for: from the cache, or from the endpoint.
func (a *Analyst) answers(ctx context.Context, q question) ([]answer, error) {
	key := corpus.Digest("l", a.cfg.Model, promptVersion, fmt.Sprint(a.cfg.Votes), q.user)
	if kept := a.recall(ctx, key); kept != nil {
		return kept, nil
	}
	contents := make([]string, a.cfg.Votes)
	answers := make([]answer, a.cfg.Votes)
	failures := make([]error, a.cfg.Votes)
	var group errgroup.Group
	for i := range a.cfg.Votes {
		group.Go(func() error {
			contents[i], failures[i] = a.ask(ctx, q.user, i+1)
			if failures[i] == nil {
				answers[i], failures[i] = a.parse(contents[i])
			}
			return nil
		})
	}
	group.Wait() //nolint:errcheck // each failure is kept beside its vote
	var usable []answer
	var texts []string
	var failed error
	for i, err := range failures {
		if err != nil {
			failed = err
			continue
		}
		usable, texts = append(usable, answers[i]), append(texts, contents[i])
	}
	if !majority(len(usable), a.cfg.Votes) {
		return nil, failed
	}
	a.keep(ctx, key, texts)
	return usable, nil
}

func (a *Analyst) parse(content string) (answer, error) {
	parsed, err := parseAnswer(content)
	if err != nil {
		return answer{}, &Error{Reason: ReasonSchema, Detail: err.Error()}
	}
	return parsed, nil
}

// recall returns answers from the cache. What is there is checked as if it
// had just come: a cache may be shared or old.
func (a *Analyst) recall(ctx context.Context, key string) []answer {
	b, ok, err := a.cfg.Cache.Get(ctx, key)
	if err != nil {
		a.cfg.Logger.Warn("cache unavailable", "stage", "llm", "err", err)
	}
	var texts []string
	if !ok || err != nil || json.Unmarshal(b, &texts) != nil || !majority(len(texts), a.cfg.Votes) {
		return nil
	}
	answers := make([]answer, len(texts))
	for i, text := range texts {
		if answers[i], err = parseAnswer(text); err != nil {
			return nil
		}
	}
	a.metrics.cached.Inc()
	return answers
}

// keep stores answers. Without them the text is paid for again, no more.
func (a *Analyst) keep(ctx context.Context, key string, texts []string) {
	b, err := json.Marshal(texts)
	if err == nil {
		err = a.cfg.Cache.Put(context.WithoutCancel(ctx), key, b)
	}
	if err != nil {
		a.cfg.Logger.Warn("cache unavailable", "stage", "llm", "err", err)
	}
}
