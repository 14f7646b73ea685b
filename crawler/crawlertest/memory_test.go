package crawlertest_test

import (
	"testing"

	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

func TestMemory(t *testing.T) {
	crawlertest.TestState(t, func(*testing.T) crawler.State { return new(crawlertest.State) })
}
