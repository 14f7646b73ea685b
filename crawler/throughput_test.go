//go:build unix

package crawler_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/sync/errgroup"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// counter is a sink that looks at what it gets and keeps nothing.
type counter struct{ pages, bytes atomic.Int64 }

func (s *counter) Capture(_ context.Context, c corpus.Capture) (bool, error) {
	s.pages.Add(1)
	s.bytes.Add(int64(len(c.Body)))
	return true, nil
}

// BenchmarkThroughput fetches 20,000 pages of 30 KB from 50 hosts on
// loopback, two at a time from each, in three ways in one run: as visits do,
// with all that belongs to them (listings, frontier, robots.txt, limits of
// sites, address guard lifted as for any source on loopback, digests), with a
// bare colly collector that obeys robots.txt, and with a bare net/http
// client. The servers run in the same process and count in all three. peak-MB
// is the largest heap seen while pages were fetched.
//
//	go test -run '^$' -bench Throughput -benchtime 3x ./crawler
func BenchmarkThroughput(b *testing.B) {
	const hosts, each, parallel = 50, 400, 2
	page := []byte("<html><body>" + strings.Repeat("<p>The regulator published a notice today.</p>\n", 650))
	var items []string
	for i := range each {
		items = append(items, entry(fmt.Sprintf("/%d", i), "T", ""))
	}
	listing := feed(items...)
	handler := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			_, _ = io.WriteString(rw, "User-agent: *\nDisallow: /private\n")
		case "/feed":
			_, _ = io.WriteString(rw, listing)
		default:
			rw.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = rw.Write(page)
		}
	})
	var addresses []string
	for range hosts {
		server := httptest.NewServer(handler)
		defer server.Close()
		addresses = append(addresses, server.URL)
	}
	ways := []struct {
		name  string
		crawl func() (pages int)
		took  time.Duration
		cpu   time.Duration
		peak  uint64
	}{
		{name: "nethttp", crawl: func() int {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
			defer client.CloseIdleConnections()
			var all errgroup.Group
			var n atomic.Int64
			for _, a := range addresses {
				for k := range parallel {
					all.Go(func() error {
						for i := k; i < each; i += parallel {
							res, err := client.Get(fmt.Sprintf("%s/%d", a, i))
							if err != nil {
								return err
							}
							_, err = io.ReadAll(res.Body)
							res.Body.Close()
							if err != nil {
								return err
							}
							n.Add(1)
						}
						return nil
					})
				}
			}
			if err := all.Wait(); err != nil {
				b.Fatal(err)
			}
			return int(n.Load())
		}},
		{name: "colly", crawl: func() int {
			c := colly.NewCollector(colly.Async())
			c.IgnoreRobotsTxt = false
			transport := &http.Transport{MaxIdleConnsPerHost: parallel}
			defer transport.CloseIdleConnections()
			c.WithTransport(transport)
			for _, a := range addresses {
				u, err := url.Parse(a)
				if err != nil {
					b.Fatal(err)
				}
				if err := c.Limit(&colly.LimitRule{DomainGlob: u.Host, Parallelism: parallel}); err != nil {
					b.Fatal(err)
				}
			}
			var n atomic.Int64
			c.OnResponse(func(*colly.Response) { n.Add(1) })
			for i := range each {
				for _, a := range addresses {
					if err := c.Visit(fmt.Sprintf("%s/%d", a, i)); err != nil {
						b.Fatal(err)
					}
				}
			}
			c.Wait()
			return int(n.Load())
		}},
		{name: "regwire", crawl: func() int {
			var sources []crawler.Source
			for i, a := range addresses {
				src := quick()
				src.ID, src.AllowPrivate, src.Discovery.URL = corpus.SourceID(fmt.Sprintf("news-%d", i)), true, a+"/feed"
				src.Discovery.MaxItems, src.Politeness.MaxPages, src.Politeness.Parallelism = each, each, parallel
				sources = append(sources, src)
			}
			sink := new(counter)
			c, err := crawler.New(crawler.Config{Sources: sources, State: new(crawlertest.State), Sink: sink, Concurrency: hosts})
			if err != nil {
				b.Fatal(err)
			}
			if err := c.Round(b.Context()); err != nil {
				b.Fatal(err)
			}
			return int(sink.pages.Load())
		}},
	}
	for b.Loop() { // in turn, so that what else the machine does is shared out fairly
		for i := range ways {
			w := &ways[i]
			peak, stop := watchHeap()
			begun, used := time.Now(), cpuTime(b)
			if n := w.crawl(); n != hosts*each {
				b.Fatalf("%s: %d pages", w.name, n)
			}
			w.took, w.cpu = w.took+time.Since(begun), w.cpu+cpuTime(b)-used
			stop()
			w.peak = max(w.peak, peak.Load())
		}
	}
	pages := float64(hosts * each * b.N)
	for _, w := range ways {
		b.ReportMetric(pages/w.took.Seconds(), w.name+"-pages/s")
		b.ReportMetric(float64(w.cpu.Microseconds())/pages, w.name+"-cpu-µs/page")
		b.ReportMetric(float64(w.peak)/(1<<20), w.name+"-peak-MB")
	}
	// Where other programs share the machine, processor time is the fairer measure.
	b.ReportMetric(ways[1].took.Seconds()/ways[2].took.Seconds(), "regwire/colly")
	b.ReportMetric(ways[1].cpu.Seconds()/ways[2].cpu.Seconds(), "regwire/colly-by-cpu")
	b.ReportMetric(0, "ns/op")
}

// cpuTime returns the processor time that this process has used.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchHeap looks at the heap until stop is called.
func watchHeap() (peak *atomic.Uint64, stop func()) {
	runtime.GC()
	peak = new(atomic.Uint64)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	return peak, func() { close(done); <-stopped }
}
