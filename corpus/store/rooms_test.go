package store_test

import (
	"testing"

	"github.com/regwire/regwire/alerts"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/story"
)

// What the rooms ask of the record, they get.
var (
	_ crawler.State = (*store.DB)(nil)
	_ alerts.Outbox = (*store.DB)(nil)
	_ alerts.Memory = (*store.Tx)(nil)
	_ story.Memory  = (*store.Tx)(nil)
	_ signal.Memory = (*store.Tx)(nil)
)

func TestCrawlerState(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		crawlertest.TestState(t, func(t *testing.T) crawler.State {
			return s.another(t).open(t, store.Config{})
		})
	})
}
