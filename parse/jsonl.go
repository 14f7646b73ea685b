package parse

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/regwire/regwire/corpus"
)

// request is a line of input of [Parser.Lines].
type request struct {
	Path string `json:"path"`
	URL  string `json:"url"`
}

// Reading is what a page says, as a line of [Parser.Lines] shows it. The
// top-level fields are the main article's; where a page only gathers articles,
// a digest or a list, they are the page's: its title, and the articles one
// after the other under their headlines. Times are RFC 3339.
type Reading struct {
	URL         string           `json:"url"`
	Title       string           `json:"title"`
	Authors     []string         `json:"authors"`
	PublishedAt Optional         `json:"published_at"`
	ModifiedAt  Optional         `json:"modified_at"`
	Lang        string           `json:"lang"`
	Body        string           `json:"body"`
	Articles    []article        `json:"articles"`
	Claims      map[string]Claim `json:"claims"` // of title, authors and published_at
	Error       Optional         `json:"error"`
}

type article struct {
	Title       string   `json:"title"`
	Authors     []string `json:"authors"`
	PublishedAt Optional `json:"published_at"`
	Lang        string   `json:"lang"`
	Body        string   `json:"body"`
}

// Optional is a text that is null where there is none: every line has every
// field.
type Optional string

// MarshalJSON writes null for the empty text.
func (o Optional) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

// maxRequest bounds a line of input.
const maxRequest = 1 << 20

// Lines reads files named on r, one JSON object {"path","url"} a line, and
// writes what they carry to w, one object a line in the same order. It
// streams: a line is answered when it has been read, without waiting for the
// end of the input, and what waits on several lines is worked on with all
// cores. A line that cannot be read is answered with an error, never a stop.
// Times are written as RFC 3339 in the zone that was given; a date without a
// time of day is midnight UTC. Lines returns the error of r, w or ctx.
func (p *Parser) Lines(ctx context.Context, r io.Reader, w io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	type job struct {
		line  []byte
		long  bool
		reply chan []byte
	}
	queue := make(chan job, workers)
	order := make(chan chan []byte, 2*workers)

	done := make(chan struct{})
	for range workers {
		go func() {
			defer func() { done <- struct{}{} }()
			for j := range queue {
				if j.long {
					j.reply <- encode(Reading{Error: "line too long"})
				} else {
					j.reply <- encode(p.answer(ctx, j.line))
				}
			}
		}()
	}
	readErr := make(chan error, 1)
	go func() {
		defer close(order)
		defer close(queue)
		br := bufio.NewReaderSize(r, 64<<10)
		for {
			text, long, err := readLine(br)
			if len(text) > 0 || long {
				c := make(chan []byte, 1)
				select {
				case order <- c:
				case <-ctx.Done():
					readErr <- ctx.Err()
					return
				}
				queue <- job{line: text, long: long, reply: c}
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = nil
				}
				readErr <- err
				return
			}
		}
	}()

	bw := bufio.NewWriterSize(w, 256<<10)
	var writeErr error
	for c := range order {
		out := <-c
		if writeErr != nil {
			continue // the reader and the workers run dry
		}
		if _, writeErr = bw.Write(out); writeErr == nil && len(order) == 0 {
			writeErr = bw.Flush()
		}
		if writeErr != nil {
			cancel()
		}
	}
	for range workers {
		<-done
	}
	if writeErr == nil {
		writeErr = bw.Flush()
	}
	if writeErr != nil {
		return writeErr
	}
	return <-readErr
}

// readLine returns the next line that is not blank, or that it is too long;
// such a line is read to its end.
func readLine(br *bufio.Reader) (text []byte, long bool, err error) {
	for {
		chunk, err := br.ReadSlice('\n')
		if !long {
			text = append(text, chunk...)
		}
		if len(text) > maxRequest {
			text, long = nil, true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		for len(text) > 0 && (text[len(text)-1] == '\n' || text[len(text)-1] == '\r' || text[len(text)-1] == ' ') {
			text = text[:len(text)-1]
		}
		return text, long, err
	}
}

// answer parses the file that one line names.
func (p *Parser) answer(ctx context.Context, text []byte) (out Reading) {
	out.Authors, out.Articles = []string{}, []article{}
	var req request
	if err := json.Unmarshal(text, &req); err != nil {
		out.Error = Optional(fmt.Sprintf("bad line: %v", err))
		return out
	}
	out.URL = req.URL
	if req.Path == "" {
		out.Error = "bad line: no path"
		return out
	}
	body, err := readFile(req.Path, int64(max(p.cfg.MaxBytes, p.cfg.MaxPDFBytes)))
	if err != nil {
		out.Error = Optional(err.Error())
		return out
	}
	c := corpus.Capture{URL: req.URL, FinalURL: req.URL, Status: 200, Body: body}
	if req.URL == "" {
		c.URL, c.FinalURL = req.Path, req.Path
	}
	if u := pageURL(corpus.Capture{URL: req.Path}); !looksLikeHTML(body[:min(len(body), 4096)]) && u.Path != "" {
		c.MediaType = mediaType(corpus.Capture{URL: req.Path, Body: body})
	}
	out = p.Reading(ctx, c)
	if out.Error != "" {
		out.URL = req.URL
	}
	return out
}

// Reading reads the page of a capture whose publisher is not known. What
// looks like HTML is read as HTML, whatever its address ends in. A page that
// cannot be read gives the reason in Error.
func (p *Parser) Reading(ctx context.Context, c corpus.Capture) Reading {
	out := Reading{URL: c.URL, Authors: []string{}, Articles: []article{}}
	if c.MediaType == "" && looksLikeHTML(c.Body[:min(len(c.Body), 4096)]) {
		c.MediaType = mediaHTML
	}
	r, err := p.Read(ctx, c, corpus.Source{})
	drafts, digest := r.Drafts, r.Digest
	if err != nil {
		out.Error = Optional(err.Error())
		return out
	}
	m := drafts[0]
	out.Claims = r.Claims
	out.URL, out.Title, out.Lang, out.Body = m.URL, m.Title, m.Lang, m.Body()
	out.Authors = append(out.Authors, m.Authors...)
	out.PublishedAt, out.ModifiedAt = Optional(stampText(m.PublishedAt)), Optional(stampText(m.ModifiedAt))
	for _, d := range drafts {
		out.Articles = append(out.Articles, article{Title: d.Title, Authors: append([]string{}, d.Authors...), PublishedAt: Optional(stampText(d.PublishedAt)), Lang: d.Lang, Body: d.Body()})
	}
	if digest != "" {
		out.Title, out.Body, out.Authors = digest, "", []string{}
		for i, a := range out.Articles {
			if i > 0 {
				out.Body += "\n"
			}
			out.Body += a.Title + "\n" + a.Body
		}
	}
	return out
}

func stampText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func encode(r Reading) []byte {
	if r.Authors == nil {
		r.Authors, r.Articles = []string{}, []article{}
	}
	b, err := json.Marshal(r)
	if err != nil { // cannot happen: all fields are strings
		b = []byte(`{"error":"encoding"}`)
	}
	return append(b, '\n')
}

// readFile reads at most limit+1 bytes of a file, enough to see that it is
// larger.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	return io.ReadAll(io.LimitReader(f, limit+1))
}
