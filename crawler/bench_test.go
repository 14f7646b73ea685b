package crawler_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gocolly/colly/v2"
	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// BenchmarkCrawl fetches 200 pages of 60 KB from a server on loopback, two at
// a time: as a visit does (listing, frontier, limits, guard, digest, capture
// in memory), with a bare colly collector that obeys robots.txt, and with a
// bare net/http client.
func BenchmarkCrawl(b *testing.B) {
	const pages, parallel = 200, 2
	body := "<html><body>" + strings.Repeat("<p>The regulator published a notice today.</p>\n", 1300)
	var items []string
	for i := range pages {
		items = append(items, entry(fmt.Sprintf("/%d", i), "T", ""))
	}
	listing := feed(items...)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(rw, r)
		case "/feed":
			fmt.Fprint(rw, listing)
		default:
			rw.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(rw, body)
		}
	}))
	defer server.Close()
	report := func(b *testing.B) { b.ReportMetric(float64(pages*b.N)/b.Elapsed().Seconds(), "pages/s") }

	b.Run("regwire", func(b *testing.B) {
		src := quick()
		src.AllowPrivate, src.Discovery.URL = true, server.URL+"/feed"
		src.Politeness.Parallelism, src.Politeness.MaxPages = parallel, pages
		for b.Loop() {
			sink := new(crawlertest.Sink)
			c, err := crawler.New(crawler.Config{Sources: []crawler.Source{src}, State: new(crawlertest.State), Sink: sink})
			if err != nil {
				b.Fatal(err)
			}
			if err := c.Round(b.Context()); err != nil {
				b.Fatal(err)
			}
			if n := len(sink.Captures()); n != pages {
				b.Fatalf("captured %d", n)
			}
		}
		report(b)
	})
	b.Run("colly", func(b *testing.B) {
		for b.Loop() {
			c := colly.NewCollector(colly.Async())
			c.IgnoreRobotsTxt = false
			if err := c.Limit(&colly.LimitRule{DomainGlob: "*", Parallelism: parallel}); err != nil {
				b.Fatal(err)
			}
			bodies := make(chan []byte, pages)
			c.OnResponse(func(r *colly.Response) { bodies <- r.Body })
			for i := range pages {
				if err := c.Visit(fmt.Sprintf("%s/%d", server.URL, i)); err != nil {
					b.Fatal(err)
				}
			}
			c.Wait()
			if len(bodies) != pages {
				b.Fatalf("fetched %d", len(bodies))
			}
		}
		report(b)
	})
	b.Run("nethttp", func(b *testing.B) {
		for b.Loop() {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
			var all errgroup.Group
			all.SetLimit(parallel)
			for i := range pages {
				all.Go(func() error {
					res, err := client.Get(fmt.Sprintf("%s/%d", server.URL, i))
					if err != nil {
						return err
					}
					defer res.Body.Close()
					_, err = io.ReadAll(res.Body)
					return err
				})
			}
			if err := all.Wait(); err != nil {
				b.Fatal(err)
			}
			client.CloseIdleConnections()
		}
		report(b)
	})
}
