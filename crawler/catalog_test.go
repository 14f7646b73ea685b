package crawler_test

import (
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

func TestCatalog(t *testing.T) {
	list, err := crawler.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[corpus.SourceKind]int)
	languages := make(map[string]int)
	enabled := 0
	for _, s := range list {
		if s.AllowPrivate {
			t.Errorf("%s: a public source allows private addresses", s.ID)
		}
		if s.Jurisdiction == "" || s.Language == "" || s.Section == "" {
			t.Errorf("%s: jurisdiction, language or section is missing", s.ID)
		}
		if (s.Kind == corpus.SourceRegulator) != (s.Regulator != "") || (s.Kind == corpus.SourceExchange) != (s.Exchange != "") {
			t.Errorf("%s: who speaks is not said, or said twice", s.ID)
		}
		if s.Disabled {
			continue
		}
		enabled++
		kinds[s.Kind]++
		languages[s.Language]++
	}
	if enabled < 40 {
		t.Errorf("got %d enabled sources, want 40 or more", enabled)
	}
	for _, k := range []corpus.SourceKind{corpus.SourceRegulator, corpus.SourceExchange, corpus.SourceMedia} {
		if kinds[k] < 5 {
			t.Errorf("got %d sources of kind %s", kinds[k], k)
		}
	}
	if languages["en"] < 20 || languages["zh"] < 10 {
		t.Errorf("got %v by language", languages)
	}

	cfg := crawler.Config{Sources: list, State: new(crawlertest.State), Sink: new(crawlertest.Sink)}
	if _, err := crawler.New(cfg); err == nil {
		t.Error("the SEC is crawled without saying who crawls")
	}
	cfg.Company, cfg.Contact = "Example Corp", "crawl@example.com"
	if _, err := crawler.New(cfg); err != nil {
		t.Error(err)
	}
}

func BenchmarkCatalog(b *testing.B) {
	for b.Loop() {
		if _, err := crawler.Catalog(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	list, err := crawler.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_, err := crawler.New(crawler.Config{
			Sources: list, State: new(crawlertest.State), Sink: new(crawlertest.Sink), Company: "Example Corp", Contact: "crawl@example.com",
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
