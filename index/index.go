package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/regwire/regwire/corpus"
)

// ErrBusy is returned by Open when another process has the index open.
var ErrBusy = errors.New("index is in use by another process")

// watermarkKey holds the sequence number up to which the log is indexed.
var watermarkKey = []byte("watermark")

// Index is a Bleve index of articles in a folder. It is safe for concurrent
// use; one process can have it open at a time.
type Index struct {
	bleve bleve.Index
	texts Texts
	close func() error
}

// Document is what is known of one article: its newest revision, and its
// newest analysis where it has one.
type Document struct {
	Article       corpus.ArticleID
	Title         string
	Body          string
	Source        corpus.SourceID
	Kind          corpus.SourceKind
	Lang          string
	Status        corpus.RevisionStatus
	Jurisdictions []corpus.Jurisdiction
	Regulators    []string
	Types         []corpus.EventType
	Severity      corpus.Severity
	Instruments   []string // identifiers and aliases
	Assets        []string
	Exchanges     []string
	Story         corpus.StoryID
	Score         float64   // sentiment of the article, [-1, 1]
	PublishedAt   time.Time // falls back to FirstSeenAt when the source claims none
	FirstSeenAt   time.Time
}

// Open opens the index in dir, creating it when there is none and replacing it
// when it was made by another version of the mapping: what it holds can always
// be rebuilt from the corpus. It returns [ErrBusy] when another process has
// the index open.
func Open(dir string, texts Texts) (*Index, error) {
	// The version is written last: a crash while creating leaves a folder
	// without one, in whatever state, and it holds nothing yet.
	version := filepath.Join(dir, "VERSION")
	if b, err := os.ReadFile(version); err != nil || strings.TrimSpace(string(b)) != Version {
		if err := renew(dir, version); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(dir, "bleve")
	x, err := bleve.OpenUsing(path, map[string]any{"bolt_timeout": "200ms"})
	switch {
	case err == nil:
	case strings.Contains(err.Error(), "timeout"): // bbolt's ErrTimeout does not survive Bleve's wrapping
		return nil, fmt.Errorf("open %s: %w", path, ErrBusy)
	default:
		return nil, fmt.Errorf("open index %s: %w; remove the folder to have a new one made", path, err)
	}
	return &Index{bleve: x, texts: texts, close: sync.OnceValue(x.Close)}, nil
}

// renew makes a new, empty index in dir in place of what is there.
func renew(dir, version string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove unfinished or older index: %w", err)
	}
	x, err := create(filepath.Join(dir, "bleve"))
	if err != nil {
		return err
	}
	if err := x.Close(); err != nil {
		return fmt.Errorf("create index: %w", err)
	}
	part := version + ".part"
	if err := os.WriteFile(part, []byte(Version+"\n"), 0o644); err != nil {
		return fmt.Errorf("write index version: %w", err)
	}
	return os.Rename(part, version)
}

func create(path string) (bleve.Index, error) {
	m, err := newMapping()
	if err != nil {
		return nil, fmt.Errorf("index mapping: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("create index: %w", err)
	}
	x, err := bleve.NewUsing(path, m, scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("create index: %w", err)
	}
	return x, nil
}

// Remove deletes the index in dir, so that the next Open starts from zero.
func Remove(dir string) error { return os.RemoveAll(dir) }

// Close waits for what is being written and closes the index; closing it again
// does nothing.
func (x *Index) Close() error { return x.close() }

// Watermark returns the sequence number up to which the log is indexed.
func (x *Index) Watermark() (corpus.Seq, error) {
	b, err := x.bleve.GetInternal(watermarkKey)
	if err != nil {
		return 0, fmt.Errorf("read index watermark: %w", err)
	}
	if len(b) != 8 {
		return 0, nil
	}
	return corpus.Seq(binary.BigEndian.Uint64(b)), nil
}

// Apply writes docs and the new watermark in one batch: a crash leaves either
// both or neither, and then the same changes are applied again.
func (x *Index) Apply(docs []Document, to corpus.Seq) error {
	b := x.bleve.NewBatch()
	for _, d := range docs {
		if err := b.Index(string(d.Article), d.fields()); err != nil {
			return fmt.Errorf("index %s: %w", d.Article, err)
		}
	}
	b.SetInternal(watermarkKey, binary.BigEndian.AppendUint64(nil, uint64(to)))
	if err := x.bleve.Batch(b); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

// Count returns the number of articles in the index.
func (x *Index) Count() (uint64, error) { return x.bleve.DocCount() }

// fields is the document as the mapping names it.
func (d Document) fields() map[string]any {
	published := d.PublishedAt
	if published.IsZero() {
		published = d.FirstSeenAt
	}
	f := map[string]any{
		fieldTitle:     d.Title,
		fieldBody:      d.Body,
		fieldSource:    fold(d.Source),
		fieldKind:      fold(d.Kind),
		fieldLang:      fold(d.Lang),
		fieldStatus:    fold(d.Status),
		fieldStory:     fold(d.Story),
		fieldSeverity:  fold(d.Severity),
		fieldScore:     d.Score,
		fieldPublished: published,
		fieldSeen:      d.FirstSeenAt,
	}
	set(f, fieldJurisdiction, d.Jurisdictions)
	set(f, fieldRegulator, d.Regulators)
	if len(d.Regulators) > 0 {
		f[fieldAuthority] = d.Regulators
	}
	set(f, fieldType, d.Types)
	set(f, fieldInstrument, d.Instruments)
	set(f, fieldAsset, d.Assets)
	set(f, fieldExchange, d.Exchanges)
	return f
}

func set[S ~string](fields map[string]any, name string, values []S) {
	if len(values) == 0 {
		return
	}
	folded := make([]string, len(values))
	for i, v := range values {
		folded[i] = fold(v)
	}
	fields[name] = folded
}

func fold[S ~string](s S) string { return strings.ToLower(strings.TrimSpace(string(s))) }
