package pipeline

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// Ingest reads files, and folders of files, into the record as captures:
// HTML, plain text, Markdown, PDF, and JSON lines of whole articles, each of
// them gzipped or not; "-" is in, as JSON lines when it opens with a brace. The
// stages take it from there.
//
// Files are backfill: they never alert, unless origin is live.
type Ingest struct {
	Pipeline *Pipeline
	Origin   corpus.Origin
	// Source is whom files are from, and JSON lines that name nobody.
	Source corpus.Source
	// Progress, when set, is called after each file and every batch of lines.
	Progress func(IngestResult)

	result IngestResult
}

// IngestResult counts what was taken in.
type IngestResult struct {
	Files    int `json:"files"`
	Captures int `json:"captures"` // new ones
	Known    int `json:"known"`    // already in the record
	Refused  int `json:"refused"`  // see the errors
}

// MaxFile is the largest file, or line of JSON, that is read, in bytes after
// unpacking; a larger one is refused.
const MaxFile = 64 << 20

// LocalSource is the source of files that name no other.
var LocalSource = corpus.Source{ID: "local", Name: "Local files", Kind: corpus.SourceMedia}

// mediaTypes of the files that are read, by extension.
var mediaTypes = map[string]string{
	".html": "text/html", ".htm": "text/html", ".xhtml": "text/html",
	".txt": "text/plain", ".text": "text/plain",
	".md": "text/markdown", ".markdown": "text/markdown",
	".pdf":   "application/pdf",
	".jsonl": jsonLines, ".ndjson": jsonLines,
}

const jsonLines = "application/jsonl"

// Paths takes in each of paths. A file that cannot be read is one of the
// errors returned, and does not stop the others.
func (in *Ingest) Paths(ctx context.Context, stdin io.Reader, paths ...string) (IngestResult, error) {
	if in.Source.ID == "" {
		in.Source = LocalSource
	}
	if err := in.Pipeline.know(ctx, []corpus.Source{in.Source}); err != nil {
		return in.result, err
	}
	var errs []error
	for _, path := range paths {
		if ctx.Err() != nil {
			break
		}
		if path == "-" {
			errs = append(errs, in.count(in.stdin(ctx, stdin)))
			continue
		}
		errs = append(errs, in.walk(ctx, path))
	}
	return in.result, errors.Join(append(errs, context.Cause(ctx))...)
}

func (in *Ingest) stdin(ctx context.Context, r io.Reader) error {
	buffered := bufio.NewReaderSize(r, 1<<16)
	head, _ := buffered.Peek(512)
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) {
		return in.lines(ctx, "-", buffered)
	}
	return in.document(ctx, "stdin:///", http.DetectContentType(head), buffered)
}

// walk takes in a file, or all files below a folder whose extension is known.
func (in *Ingest) walk(ctx context.Context, root string) error {
	info, err := os.Stat(root)
	if err != nil {
		return in.count(err)
	}
	if !info.IsDir() {
		return in.count(in.file(ctx, root))
	}
	var errs []error
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			errs = append(errs, in.count(err))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if d.Type().IsRegular() && mediaType(path) != "" {
			errs = append(errs, in.count(in.file(ctx, path)))
		}
		return nil
	})
	if ctx.Err() == nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// refusedLines are the bad lines of a file that was otherwise taken in; they
// have been counted one by one.
type refusedLines struct{ error }

// count keeps the score of files.
func (in *Ingest) count(err error) error {
	in.result.Files++
	if err != nil && !errors.As(err, new(refusedLines)) {
		in.result.Refused++
	}
	in.progress()
	return err
}

func (in *Ingest) progress() {
	if in.Progress != nil {
		in.Progress(in.result)
	}
}

func mediaType(path string) string {
	return mediaTypes[strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz")))]
}

func (in *Ingest) file(ctx context.Context, path string) error {
	kind := mediaType(path)
	if kind == "" {
		return fmt.Errorf("%s: unknown kind of file; known are .html .txt .md .pdf .jsonl, each also as .gz", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if kind == jsonLines {
		return in.lines(ctx, path, r)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return in.document(ctx, (&url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}).String(), kind, r)
}

// document takes in one file as one capture.
func (in *Ingest) document(ctx context.Context, address, kind string, r io.Reader) error {
	body, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	if len(body) > MaxFile {
		return fmt.Errorf("%s: larger than %d MiB", address, MaxFile>>20)
	}
	kind, _, _ = strings.Cut(kind, ";")
	return in.capture(ctx, []corpus.Capture{{
		Source: in.Source.ID, URL: address, FinalURL: address, Status: http.StatusOK,
		MediaType: kind, Body: body, FetchedAt: time.Now().UTC(), Origin: in.Origin,
	}})
}

// linesAtOnce is how many lines of JSON are stored in one transaction.
const linesAtOnce = 200

// lines takes in articles, one JSON object a line. A bad line is one of the
// errors, and does not stop the others.
func (in *Ingest) lines(ctx context.Context, name string, r io.Reader) error {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 1<<16), MaxFile)
	var errs []error
	var batch []corpus.Capture
	known := map[corpus.SourceID]bool{}
	for n := 1; scan.Scan() && ctx.Err() == nil; n++ {
		line := bytes.TrimSpace(scan.Bytes())
		if len(line) == 0 {
			continue
		}
		c, src, err := in.line(line)
		if err != nil {
			in.result.Refused++
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		if !known[src.ID] {
			known[src.ID] = true
			if in.Pipeline.source(src.ID).Name == string(src.ID) { // not in the configuration
				if err := in.Pipeline.know(ctx, []corpus.Source{src}); err != nil {
					return err
				}
			}
		}
		if batch = append(batch, c); len(batch) == linesAtOnce {
			if err := in.capture(ctx, batch); err != nil {
				return err
			}
			batch = nil
			in.progress()
		}
	}
	if err := in.capture(ctx, batch); err != nil {
		return err
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(errs) > 0 {
		return refusedLines{errors.Join(errs...)}
	}
	return nil
}

// record is one line of JSON: an article as an archive gives it. url and one
// of text and html are required.
type record struct {
	URL         string    `json:"url"`
	Source      string    `json:"source"`
	Title       string    `json:"title"`
	Text        string    `json:"text"`
	HTML        string    `json:"html"`
	Author      string    `json:"author"`
	PublishedAt time.Time `json:"published_at"`
	Tags        tags      `json:"tags"`
}

// tags are a list, or one string divided by commas.
type tags []string

func (t *tags) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		for _, s := range strings.Split(one, ",") {
			if s = strings.TrimSpace(s); s != "" {
				*t = append(*t, s)
			}
		}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

func (in *Ingest) line(line []byte) (corpus.Capture, corpus.Source, error) {
	var rec record
	if err := json.Unmarshal(line, &rec); err != nil {
		return corpus.Capture{}, corpus.Source{}, err
	}
	u, err := url.Parse(rec.URL)
	if err != nil || u.Host == "" {
		return corpus.Capture{}, corpus.Source{}, fmt.Errorf("url: %q is not an absolute address", rec.URL)
	}
	content := rec.HTML
	if content == "" {
		content = paragraphs(rec.Text)
	}
	if content == "" && rec.Title == "" {
		return corpus.Capture{}, corpus.Source{}, errors.New("text, html and title are all empty")
	}
	src := in.Source
	if id := sourceID(rec.Source); id != "" {
		src = in.Pipeline.source(id)
	}
	return corpus.Capture{
		Source: src.ID, URL: rec.URL, FinalURL: rec.URL, Status: http.StatusOK, MediaType: "application/json",
		Body: bytes.Clone(line), FetchedAt: time.Now().UTC(), Origin: in.Origin,
		Item: corpus.Item{
			URL: rec.URL, Title: rec.Title, Author: rec.Author, Tags: rec.Tags, PublishedAt: rec.PublishedAt.UTC(), Content: content,
		},
	}, src, nil
}

// sourceID makes an identifier of the name a line gives its publisher: lower
// case, digits and Han as they are, anything else a hyphen.
func sourceID(name string) corpus.SourceID {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 64 {
			break
		}
	}
	return corpus.SourceID(strings.Trim(b.String(), "-"))
}

// paragraphs marks up plain text, a paragraph a line.
func paragraphs(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>\n")
		}
	}
	return b.String()
}

func (in *Ingest) capture(ctx context.Context, batch []corpus.Capture) error {
	captures, known := 0, 0
	err := in.Pipeline.cfg.Store.Update(ctx, func(tx *store.Tx) error {
		captures, known = 0, 0 // the store may run this again
		for _, c := range batch {
			_, isNew, err := tx.AddCapture(c)
			if err != nil {
				return fmt.Errorf("%s: %w", c.URL, err)
			}
			if isNew {
				captures++
			} else {
				known++
			}
		}
		return nil
	})
	in.result.Captures += captures
	in.result.Known += known
	return err
}
