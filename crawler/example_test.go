package crawler_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// A crawler over one source: its feed names a page, the page is captured.
func Example() {
	site := http.NewServeMux()
	site.HandleFunc("/feed.xml", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><item><title>Notice 7 of 2026</title><link>/notices/7</link></item></channel></rss>`)
	})
	site.HandleFunc("/notices/7", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html><h1>Notice 7 of 2026</h1>")
	})
	server := httptest.NewServer(site)
	defer server.Close()

	sources, err := crawler.LoadSources([]byte(`
- id: example
  name: Example Authority
  kind: regulator
  allow_private: true # it runs on this machine
  discovery: {type: rss, url: ` + server.URL + `/feed.xml}
  politeness: {delay: 10ms}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	sink := new(crawlertest.Sink)
	c, err := crawler.New(crawler.Config{Sources: sources, State: new(crawlertest.State), Sink: sink})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := c.Round(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	for _, capture := range sink.Captures() {
		fmt.Println(capture.Status, capture.MediaType, capture.Item.Title)
	}
	// Output: 200 text/html Notice 7 of 2026
}
