package service

import (
	"context"
	"log/slog"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/internal/config"
)

// Scout returns a crawler that looks and keeps nothing: for trying a source
// before it is trusted, for finding one, and, with the state of a record, for
// telling how the sources do. A nil state knows nothing.
func Scout(cfg config.Config, state crawler.State, log *slog.Logger) (*crawler.Crawler, error) {
	sources, err := cfg.CrawlSources()
	if err != nil {
		return nil, err
	}
	if state == nil {
		state = nowhere{}
	}
	return crawler.New(crawler.Config{
		Sources: sources, State: state, Sink: nowhere{}, Logger: log,
		UserAgent: cfg.Crawl.UserAgent, Company: cfg.Crawl.Company, Contact: cfg.Crawl.Contact, Concurrency: cfg.Crawl.Concurrency,
	})
}

// nowhere is the memory of a crawler that keeps nothing.
type nowhere struct{}

func (nowhere) Capture(context.Context, corpus.Capture) (bool, error) { return false, nil }
func (nowhere) SourceState(_ context.Context, id corpus.SourceID) (corpus.SourceState, error) {
	return corpus.SourceState{Source: id}, nil
}
func (nowhere) SaveSourceState(context.Context, corpus.SourceState) error { return nil }
func (nowhere) Frontier(context.Context, corpus.SourceID, []string) ([]corpus.FrontierEntry, error) {
	return nil, nil
}
func (nowhere) SaveFrontier(context.Context, []corpus.FrontierEntry) error    { return nil }
func (nowhere) WaitingFrontier(context.Context, corpus.SourceID) (int, error) { return 0, nil }
func (nowhere) FrontierCounts(context.Context, time.Time) ([]corpus.FrontierCount, error) {
	return nil, nil
}
func (nowhere) Claim(_ context.Context, holder string, _ time.Duration, leases []corpus.Lease) ([]corpus.Lease, error) {
	for i := range leases {
		leases[i].Holder = holder
	}
	return leases, nil
}
func (nowhere) Release(context.Context, string, []corpus.Lease) error { return nil }
func (nowhere) DueFrontier(context.Context, corpus.SourceID, time.Time, int) ([]corpus.FrontierEntry, error) {
	return nil, nil
}
