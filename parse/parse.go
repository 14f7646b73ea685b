package parse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// Config bounds what one page may cost. Zero fields mean the defaults.
type Config struct {
	// MaxBytes is how much of a page or text is read; the rest is cut off.
	// Default 8 MiB.
	MaxBytes int
	// MaxPDFBytes is the largest PDF that is opened. Default 32 MiB.
	MaxPDFBytes int
	// MaxPDFPages is how many pages of a PDF are read. Default 400.
	MaxPDFPages int
	// Timeout is how long one capture may take. Default 2 s. It is a stop for
	// hostile pages: an ordinary one takes some milliseconds.
	Timeout time.Duration
}

// Parser reads captures. It is safe for concurrent use.
type Parser struct{ cfg Config }

// New returns a parser with the limits of cfg.
func New(cfg Config) *Parser {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 8 << 20
	}
	if cfg.MaxPDFBytes <= 0 {
		cfg.MaxPDFBytes = 32 << 20
	}
	if cfg.MaxPDFPages <= 0 {
		cfg.MaxPDFPages = 400
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 2 * time.Second
	}
	return &Parser{cfg: cfg}
}

// Reason says why a capture gave no article. The set is closed: it labels
// metrics and parked work.
type Reason string

// The reasons.
const (
	ReasonStatus    Reason = "status"     // the answer was an error page
	ReasonEmpty     Reason = "empty"      // no bytes
	ReasonMediaType Reason = "media-type" // not a kind of document we read
	ReasonTooLarge  Reason = "too-large"  // a PDF over the limit
	ReasonMalformed Reason = "malformed"  // its format could not be followed
	ReasonNoText    Reason = "no-text"    // well-formed, and nothing to read in it
	ReasonEncrypted Reason = "encrypted"  // a PDF that needs a password, or a cipher we do not have
	ReasonScanned   Reason = "scanned"    // a PDF of pictures of pages
	ReasonFonts     Reason = "fonts"      // a PDF whose fonts do not say which characters they show
	ReasonDeadline  Reason = "deadline"   // took longer than Config.Timeout
)

// ErrNotArticle is matched by every error of [Parser.Articles] that lies in
// the capture and not in the call: reading the same bytes again will not help.
var ErrNotArticle = errors.New("not an article")

// Error is why a capture could not be read.
type Error struct {
	Reason Reason
	Err    error // may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return "not an article: " + string(e.Reason)
	}
	return fmt.Sprintf("not an article: %s: %v", e.Reason, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes every [Error] an [ErrNotArticle].
func (e *Error) Is(target error) bool { return target == ErrNotArticle }

func refuse(r Reason, err error) error { return &Error{Reason: r, Err: err} }

// Articles returns the articles of c, the main one first, at least one when
// the error is nil. src is only a prior for the language. Errors match
// [ErrNotArticle] and carry their [Reason] in an [*Error], except those of
// ctx, which are returned as they are.
func (p *Parser) Articles(ctx context.Context, c corpus.Capture, src corpus.Source) ([]corpus.Draft, error) {
	r, err := p.Read(ctx, c, src)
	return r.Drafts, err
}

// Result is what a capture gave.
type Result struct {
	Drafts []corpus.Draft // the main one first
	// Digest is the title of a page whose articles are all items of it: ""
	// when one of them is what the page is about.
	Digest string
	// Teasers are the titles that a page of several articles has too little
	// under to be articles.
	Teasers []string
	// Rules says of each of the source's own selectors that was tried whether
	// it matched: "title", "body", "date", "author". It is filled in when the
	// page gave no article too. [corpus.Rules]
	Rules map[string]bool
	// Claims say where the main article's title, authors and time of
	// publication were read; those it has not are missing.
	Claims map[string]Claim
}

// Read is [Parser.Articles], and says beside them how they were found.
// Further are the pages that the article goes on, in order.
func (p *Parser) Read(ctx context.Context, c corpus.Capture, src corpus.Source, further ...corpus.Capture) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if c.Status >= 300 {
		return Result{}, refuse(ReasonStatus, fmt.Errorf("status %d", c.Status))
	}
	in := input{Capture: c, source: src, clock: newStopwatch(p.cfg.Timeout)}
	in.base = pageURL(c)

	var drafts []corpus.Draft
	var err error
	switch kind := mediaType(c); {
	case kind == mediaItem:
		drafts, err = p.item(&in)
	case len(bytes.TrimSpace(c.Body)) == 0:
		err = refuse(ReasonEmpty, nil)
	case kind != mediaPDF && binary(c.Body, declaredCharset(&in)):
		err = refuse(ReasonMediaType, errors.New("binary"))
	case kind == mediaHTML:
		drafts, err = p.page(&in)
	case kind == mediaText:
		drafts, err = p.text(&in)
	case kind == mediaMarkdown:
		drafts, err = p.markdown(&in)
	case kind == mediaPDF:
		drafts, err = p.pdf(&in)
	default:
		err = refuse(ReasonMediaType, errors.New(kind))
	}
	if cerr := ctx.Err(); cerr != nil {
		return Result{}, cerr
	}
	out := Result{Rules: in.rules}
	if err != nil {
		return out, err
	}
	out.Drafts, err = p.finish(&in, p.joined(ctx, &in, drafts, further))
	out.Digest, out.Claims, out.Teasers = in.digest, in.claims, in.teasers
	return out, err
}

// input is a capture on its way through the parser.
type input struct {
	corpus.Capture
	source  corpus.Source
	base    *url.URL        // the page's own address; never nil
	digest  string          // the title of a page that only gathers its articles
	teasers []string        // see [Result]
	rules   map[string]bool // see [Result]
	claims  map[string]Claim
	clock   stopwatch
}

// body returns at most limit bytes of the capture.
func (in *input) body(limit int) []byte {
	if len(in.Body) > limit {
		return in.Body[:limit]
	}
	return in.Body
}

// finish fills in what is common to all media types: identity, what the
// listing said where the page says nothing, language and status.
func (p *Parser) finish(in *input, drafts []corpus.Draft) ([]corpus.Draft, error) {
	kept := drafts[:0]
	used := map[string]bool{}
	for i, d := range drafts {
		d.Blocks = sanitise(d.Blocks)
		d.Title = line(d.Title)
		if i == 0 && d.Title == "" {
			d.Title = line(in.Item.Title)
			in.claim(FieldTitle, OriginListing, false)
		}
		if i == 0 {
			d.Blocks = orSummary(d.Blocks, in.Item.Summary)
		}
		if len(d.Blocks) == 0 {
			continue
		}
		d.Source = in.Source
		if d.URL == "" {
			d.URL = canonicalURL(in.base, "")
		}
		if i == 0 {
			if len(d.Authors) == 0 && in.Item.Author != "" {
				d.Authors = slices.DeleteFunc(splitAuthors(in.Item.Author), func(n string) bool { return fold(n) == fold(in.source.Name) })
				in.claim(FieldAuthors, OriginListing, false)
			}
			if len(d.Tags) == 0 {
				d.Tags = cleanTags(in.Item.Tags)
			}
			if d.PublishedAt.IsZero() {
				d.PublishedAt = in.Item.PublishedAt
				in.claim(FieldPublished, OriginListing, false)
			}
			if d.ModifiedAt.IsZero() {
				d.ModifiedAt = in.Item.UpdatedAt
			}
		}
		d.PublishedAt, d.ModifiedAt = claimed(in, d.PublishedAt), claimed(in, d.ModifiedAt)
		if d.ModifiedAt.Before(d.PublishedAt) {
			d.ModifiedAt = time.Time{}
		}
		d.Lang = language(d, d.Lang, in.source.Language)
		if d.Status == "" {
			d.Status = status(d)
		}
		if d.Fragment != "" || len(kept) > 0 {
			d.Fragment = unusedFragment(used, d)
		}
		used[d.Fragment] = true
		kept = append(kept, d)
	}
	in.settle(kept)
	if len(kept) == 0 {
		if in.clock.expired() {
			return nil, refuse(ReasonDeadline, nil)
		}
		return nil, refuse(ReasonNoText, nil)
	}
	return kept, nil
}

// orSummary returns blocks, or the summary of the listing where the page had
// next to nothing to say and the summary says more.
func orSummary(blocks []corpus.Block, summary string) []corpus.Block {
	const nothing = 60 // a line
	have := 0
	for _, b := range blocks {
		if b.Kind != corpus.BlockCaption {
			have += weight(b.Text)
		}
	}
	if have >= nothing || summary == "" {
		return blocks
	}
	said, total := []corpus.Block{}, 0
	for l := range strings.SplitSeq(summary, "\n") {
		if l = withoutSyndication(line(l)); l != "" {
			said = append(said, corpus.Block{Kind: corpus.BlockParagraph, Text: l})
			total += weight(l)
		}
	}
	if total <= have {
		return blocks
	}
	return said
}

// claimed returns t unless it cannot be true: before the web, or more than
// two days after the page was fetched.
func claimed(in *input, t time.Time) time.Time {
	if t.IsZero() || t.Year() < 1990 || t.Year() > 2100 {
		return time.Time{}
	}
	if !in.FetchedAt.IsZero() && t.After(in.FetchedAt.Add(48*time.Hour)) {
		return time.Time{}
	}
	return t
}

// The media types we read, under one name each.
const (
	mediaHTML     = "text/html"
	mediaText     = "text/plain"
	mediaMarkdown = "text/markdown"
	mediaPDF      = "application/pdf"
	mediaItem     = "item" // the listing carried the article
)

// mediaType decides what c is: by what was declared, by the extension, and by
// its first bytes where those say nothing or are known to lie.
func mediaType(c corpus.Capture) string {
	mt := strings.ToLower(strings.TrimSpace(c.MediaType))
	if mt == "" && c.Header != nil {
		mt, _, _ = mime.ParseMediaType(c.Header.Get("Content-Type"))
	}
	if i := strings.IndexByte(mt, ';'); i >= 0 {
		mt = strings.TrimSpace(mt[:i])
	}
	if c.Item.Content != "" && mt != mediaHTML && mt != mediaPDF {
		return mediaItem
	}
	head := bytes.TrimLeft(c.Body[:min(len(c.Body), 1024)], "\ufeff \t\r\n")
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return mediaPDF
	}
	switch mt {
	case mediaHTML, "application/xhtml+xml":
		return mediaHTML
	case mediaMarkdown, "text/x-markdown":
		return mediaMarkdown
	case mediaPDF, "application/x-pdf":
		return mediaPDF
	}
	if mt != "" && mt != mediaText && mt != "application/octet-stream" && mt != "binary/octet-stream" {
		return mt
	}
	switch strings.ToLower(path.Ext(pageURL(c).Path)) {
	case ".md", ".markdown":
		return mediaMarkdown
	case ".html", ".htm", ".xhtml", ".shtml":
		return mediaHTML
	case ".txt", ".text":
		return mediaText
	}
	if looksLikeHTML(head) {
		return mediaHTML
	}
	return mediaText
}

func looksLikeHTML(head []byte) bool {
	low := bytes.ToLower(head)
	for _, s := range []string{"<!doctype html", "<html", "<head", "<body", "<!doctype"} {
		if bytes.Contains(low, []byte(s)) {
			return true
		}
	}
	return bytes.HasPrefix(low, []byte("<")) && bytes.Contains(low, []byte("</"))
}

// stopwatch is the time a capture has left.
type stopwatch struct{ end time.Time }

func newStopwatch(d time.Duration) stopwatch { return stopwatch{end: time.Now().Add(d)} }

func (s stopwatch) expired() bool { return time.Now().After(s.end) }
