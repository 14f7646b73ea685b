package evaluate

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/parse"
)

// LabelledPage is a line of gold.jsonl: a page and what a person found on it.
type LabelledPage struct {
	Set  string   `json:"set"`  // figures are printed for each set apart
	ID   string   `json:"id"`   // names the page in reports
	Page string   `json:"page"` // file below the directory; gzip when it ends in .gz
	URL  string   `json:"url"`
	Gold PageGold `json:"gold"`
}

// PageGold is what should be found on a page. A field that is missing is not
// scored.
type PageGold struct {
	Title         string   `json:"title"`
	Authors       []string `json:"authors"`
	PublishedAt   string   `json:"published_at"` // a day, or a time with or without zone
	Lang          []string `json:"lang"`         // any of them is right
	Body          *string  `json:"body"`
	BodyNoSummary *string  `json:"body_nosummary"` // the same without the standfirst
	Lead          string   `json:"lead"`
	With          []string `json:"withs"`    // passages of the article
	Without       []string `json:"withouts"` // passages beside it
	NoDate        bool     `json:"no_date"`
	NoAuthors     bool     `json:"no_authors"`
}

// PageReading is what some reader found on a page.
type PageReading struct {
	Title       string   `json:"title"`
	Authors     []string `json:"authors"`
	PublishedAt string   `json:"published_at"` // RFC 3339; "" for none
	Lang        string   `json:"lang"`
	Body        string   `json:"body"`
	Error       string   `json:"error"`
}

// PageReader reads the page at url. It is called from several goroutines.
type PageReader func(ctx context.Context, url string, page []byte) PageReading

// maxPage bounds a page after decompression: more is cut off, as the parser
// itself cuts it.
const maxPage = 32 << 20

// LoadPages reads DIR/gold.jsonl. The error names the line.
func LoadPages(dir string) ([]LabelledPage, error) {
	path := filepath.Join(dir, "gold.jsonl")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var pages []LabelledPage
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(text)) > 0 {
			var p LabelledPage
			if err := json.Unmarshal(text, &p); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, n, err)
			}
			if !filepath.IsLocal(p.Page) {
				return nil, fmt.Errorf("%s:%d: page %q is not a file below the directory", path, n, p.Page)
			}
			pages = append(pages, p)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if len(pages) == 0 {
		return nil, fmt.Errorf("%s: no labelled page", path)
	}
	return pages, nil
}

func readPage(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if filepath.Ext(path) == ".gz" {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return io.ReadAll(io.LimitReader(r, maxPage))
}

// ReadPages has read look at every page, on all cores, and scores what it
// finds. The scores are in the order of pages. progress may be nil; it is
// called from one goroutine at a time. A page that cannot be opened is scored
// as one on which nothing was found. The error is ctx's.
func ReadPages(ctx context.Context, dir string, pages []LabelledPage, read PageReader, progress func(done int)) ([]PageScore, time.Duration, error) {
	scores := make([]PageScore, len(pages))
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		done  int
		spent time.Duration
	)
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				var got PageReading
				page, err := readPage(filepath.Join(dir, pages[i].Page))
				began := time.Now()
				if err != nil {
					got.Error = err.Error()
				} else {
					got = read(ctx, pages[i].URL, page)
				}
				took := time.Since(began)
				scores[i] = ScorePage(pages[i], got)
				mu.Lock()
				spent += took
				if done++; progress != nil {
					progress(done)
				}
				mu.Unlock()
			}
		})
	}
	for i := range pages {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return scores, spent, ctx.Err()
}

// Parse is the reader of the service: the generic path, without rules for a
// source.
func Parse(p *parse.Parser) PageReader {
	return func(ctx context.Context, url string, page []byte) PageReading {
		r := p.Reading(ctx, corpus.Capture{URL: url, FinalURL: url, Status: 200, Body: page})
		return PageReading{
			Title: r.Title, Authors: r.Authors, PublishedAt: string(r.PublishedAt), Lang: r.Lang, Body: r.Body, Error: string(r.Error),
		}
	}
}
