package sentiment

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/regwire/regwire/corpus"
)

// maxLine bounds a line of input.
const maxLine = 32 << 20

// request is a line of input; all but the text may be missing.
type request struct {
	ID          json.RawMessage `json:"id"`
	Title       string          `json:"title"`
	Text        string          `json:"text"`
	Target      string          `json:"target"`
	Lang        string          `json:"lang"`
	PublishedAt string          `json:"published_at"`
}

// reply is a line of output.
type reply struct {
	ID          json.RawMessage   `json:"id"`
	Lang        string            `json:"lang"`
	Score       float64           `json:"score"`
	Label       int               `json:"label"`
	Regulatory  bool              `json:"regulatory"`
	Entities    []replyEntity     `json:"entities"`
	Sentiment   []replySentiment  `json:"sentiment"`
	Events      []replyEvent      `json:"events"`
	Instruments []replyInstrument `json:"instruments"`
}

type replyEntity struct {
	Kind      corpus.EntityKind `json:"kind"`
	Name      string            `json:"name"`
	Symbol    string            `json:"symbol"`
	Relevance float64           `json:"relevance"`
}

type replySentiment struct {
	Target     string            `json:"target"` // ticker, code of a jurisdiction, "market", else a name
	Kind       corpus.EntityKind `json:"kind"`
	Score      float64           `json:"score"`
	Confidence float64           `json:"confidence"`
	Relevance  float64           `json:"relevance"`
	Evidence   []string          `json:"evidence"`
}

type replyEvent struct {
	Type            corpus.EventType      `json:"type"`
	Stance          float64               `json:"stance"`
	Severity        corpus.Severity       `json:"severity"`
	Jurisdictions   []corpus.Jurisdiction `json:"jurisdictions"`
	Regulators      []string              `json:"regulators"`
	Instruments     []corpus.InstrumentID `json:"instruments"`
	Assets          []string              `json:"assets"`
	Exchanges       []string              `json:"exchanges"`
	EffectiveAt     *time.Time            `json:"effective_at"`      // null when none is stated
	AppliesAt       *time.Time            `json:"applies_at"`        // null unless told apart from effective_at
	CommentsCloseAt *time.Time            `json:"comments_close_at"` // null when none is stated
	Amounts         []corpus.Amount       `json:"amounts"`
	Evidence        []string              `json:"evidence"`
}

type replyInstrument struct {
	ID           corpus.InstrumentID     `json:"id"`
	Issuer       string                  `json:"issuer"`
	Jurisdiction corpus.Jurisdiction     `json:"jurisdiction"`
	Status       corpus.InstrumentStatus `json:"status"`
	Relations    []replyRelation         `json:"relations"`
}

type replyRelation struct {
	Kind     corpus.RelationKind `json:"kind"`
	To       corpus.InstrumentID `json:"to"`
	Evidence string              `json:"evidence"`
}

type replyError struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error"`
}

// Lines reads one JSON object a line from r and writes one line each to w, in
// order, without waiting for the end of the input. A line that cannot be read
// gives a line with an "error" and never a stop; empty lines are skipped. It
// returns when the input ends, when ctx is done (between two lines), or when w
// fails.
func (a *Analyzer) Lines(ctx context.Context, r io.Reader, w io.Writer) error {
	in := bufio.NewReaderSize(r, 64<<10)
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, readErr := readLine(in)
		if readErr != nil && !errors.Is(readErr, errLongLine) && !errors.Is(readErr, io.EOF) {
			return fmt.Errorf("read: %w", readErr)
		}
		switch {
		case errors.Is(readErr, errLongLine):
			if err := enc.Encode(replyError{Error: readErr.Error()}); err != nil {
				return fmt.Errorf("write: %w", err)
			}
		case len(bytes.TrimSpace(line)) > 0:
			if err := enc.Encode(a.line(line)); err != nil {
				return fmt.Errorf("write: %w", err)
			}
		}
		if in.Buffered() == 0 || readErr != nil { // nothing more to read at once: hand over what there is
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write: %w", err)
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
	}
}

var errLongLine = fmt.Errorf("line longer than %d bytes", maxLine)

// readLine reads up to and with the next newline. A line that is too long is
// read to its end and dropped.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if !long {
			line = append(line, part...)
			if len(line) > maxLine {
				long, line = true, nil
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case long && (err == nil || errors.Is(err, io.EOF)):
			return nil, errLongLine
		}
		return line, err
	}
}

// line answers one line of input.
func (a *Analyzer) line(line []byte) any {
	var q request
	if err := json.Unmarshal(line, &q); err != nil {
		return replyError{ID: q.ID, Error: "not a request: " + err.Error()}
	}
	t := corpus.Text{ID: string(q.ID), Title: q.Title, Body: q.Text, Target: q.Target, Lang: q.Lang}
	if q.PublishedAt != "" {
		at, err := parseTime(q.PublishedAt)
		if err != nil {
			return replyError{ID: q.ID, Error: "published_at: " + err.Error()}
		}
		t.PublishedAt = at
	}
	return newReply(q.ID, a.Analyze(t))
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither RFC 3339 nor a date", s)
}

func newReply(id json.RawMessage, an corpus.Analysis) reply {
	out := reply{
		ID: id, Lang: an.Lang, Score: an.Score, Label: an.Label, Regulatory: an.Regulatory,
		Entities: []replyEntity{}, Sentiment: []replySentiment{}, Events: []replyEvent{}, Instruments: []replyInstrument{},
	}
	for _, e := range an.Entities {
		out.Entities = append(out.Entities, replyEntity{e.Kind, e.Name, e.Symbol, round(e.Relevance)})
	}
	names := map[string]string{}
	for _, e := range an.Entities {
		if e.Kind == corpus.EntityExchange || e.Kind == corpus.EntityOrganisation {
			names[string(e.Kind)+e.ID] = e.Name
		}
	}
	for _, s := range an.Sentiments {
		target := cmp.Or(names[string(s.Kind)+s.Target], s.Target) // as the entity is called above
		out.Sentiment = append(out.Sentiment, replySentiment{target, s.Kind, s.Score, s.Confidence, s.Relevance, list(s.Evidence)})
	}
	for _, e := range an.Events {
		out.Events = append(out.Events, replyEvent{
			Type: e.Type, Stance: e.Stance, Severity: e.Severity,
			Jurisdictions: list(e.Jurisdictions), Regulators: list(e.Regulators), Instruments: list(e.Instruments),
			Assets: list(e.Assets), Exchanges: list(e.Exchanges),
			EffectiveAt: instant(e.EffectiveAt), AppliesAt: instant(e.AppliesAt), CommentsCloseAt: instant(e.CommentsCloseAt),
			Amounts:  list(e.Amounts),
			Evidence: list(e.Evidence),
		})
	}
	for _, i := range an.Instruments {
		ri := replyInstrument{ID: i.ID, Issuer: i.Issuer, Jurisdiction: i.Jurisdiction, Status: i.Status, Relations: []replyRelation{}}
		for _, rel := range i.Relations {
			ri.Relations = append(ri.Relations, replyRelation{rel.Kind, rel.To, rel.Evidence})
		}
		out.Instruments = append(out.Instruments, ri)
	}
	return out
}

// list returns s, and an empty list for nil: arrays are never null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
