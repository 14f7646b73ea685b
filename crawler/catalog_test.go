package crawler_test

import (
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

func TestCatalog(t *testing.T) {
	list, err := crawler.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	kinds, channels := make(map[corpus.SourceKind]int), make(map[corpus.SourceKind]int)
	who, where, archives := map[string]bool{"": true}, make(map[corpus.Jurisdiction]bool), 0
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
		channels[s.Kind]++
		if s.Origin == "" {
			t.Errorf("%s: it is not said how the entry is known", s.ID)
		}
		if s.Disabled {
			continue
		}
		if s.Expect < 24*time.Hour || s.Expect > 365*24*time.Hour {
			t.Errorf("%s: expected within %v", s.ID, s.Expect)
		}
		enabled++
		kinds[s.Kind]++
		languages[s.Language]++
		who[s.Exchange] = true
		where[s.Jurisdiction] = true
		if s.Discovery.Archive.URL != "" {
			archives++
		}
	}
	if len(list) < 120 || enabled < 100 || channels[corpus.SourceMedia] < 20 || len(who)-1 < 15 || archives < 40 {
		t.Errorf("got %d channels, %d enabled, %v, %d exchanges, %d archives", len(list), enabled, channels, len(who)-1, archives)
	}
	if kinds[corpus.SourceRegulator] < 60 || kinds[corpus.SourceMedia] < 20 || languages["en"] < 60 || languages["zh"] < 12 {
		t.Errorf("enabled: %v, %v", kinds, languages)
	}
	for _, j := range []corpus.Jurisdiction{"US", "EU", "GB", "FR", "CH", "HK", "CN", "JP", "KR", "AU", "CA", "AE", "IN", "BR", "INTL"} {
		if !where[j] {
			t.Errorf("no enabled source of %s", j)
		}
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
