package evaluate

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// EventLabel is what a person says a text reports. Stance is the sign: -1, 0
// or 1. Lists may be empty. A field that a set does not label is left at its
// zero value, see [LoadEvents].
type EventLabel struct {
	ID            string             `json:"id"`
	Type          corpus.EventType   `json:"type"`
	Further       []corpus.EventType `json:"further"`
	Regulatory    bool               `json:"regulatory"`
	Jurisdictions []string           `json:"jurisdictions"`
	Regulators    []string           `json:"regulators"`
	Stance        int                `json:"stance"`
	Status        corpus.EventStatus `json:"status"`    // "": not labelled
	Effective     string             `json:"effective"` // 2006-01-02; "" for none
	Comments      string             `json:"comments"`
}

// LabelledText is a text and its label in one line.
type LabelledText struct {
	Lang      string `json:"lang"`
	Published string `json:"published"` // 2006-01-02; "" when it is not given
	Title     string `json:"title"`
	Text      string `json:"text"`
	EventLabel
}

// Half says which half of a set a text belongs to, "dev" or "test", by its
// identifier alone: what was mended on one half is measured on the other.
func Half(id string) string {
	// A cryptographic sum, because identifiers are numbered in the order of
	// types and simpler ones put neighbours into the same half.
	if sha256.Sum256([]byte(id))[0]&1 == 0 {
		return "dev"
	}
	return "test"
}

// LoadEvents reads a labelled set. Files that end in .tsv hold headlines, one
// a line: id, language, type, 1 if regulatory, jurisdictions and regulators
// with ";" between them, sign of stance, headline; lines that begin with "#"
// are left out. All others hold one [LabelledText] a line as JSON. The error
// names the line.
func LoadEvents(path string) ([]LabelledText, error) {
	read := readLabelledJSON
	if strings.HasSuffix(path, ".tsv") {
		read = readLabelledRow
	}
	var out []LabelledText
	err := eachLine(path, func(line []byte) error {
		if len(line) == 0 || line[0] == '#' {
			return nil
		}
		t, err := read(line)
		if err == nil {
			err = t.check()
		}
		out = append(out, t)
		return err
	})
	return out, err
}

// LoadEventLabels reads one [EventLabel] a line.
func LoadEventLabels(path string) ([]EventLabel, error) {
	var out []EventLabel
	err := eachLine(path, func(line []byte) error {
		var l EventLabel
		if err := json.Unmarshal(line, &l); err != nil {
			return err
		}
		out = append(out, l)
		return l.check()
	})
	return out, err
}

// eachLine calls do for every line of a file, without its end.
func eachLine(path string, do func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if text := strings.TrimRight(string(line), "\r\n"); text != "" {
			if err := do([]byte(text)); err != nil {
				return fmt.Errorf("%s:%d: %w", path, n, err)
			}
		}
		if err != nil {
			return nil
		}
	}
}

func readLabelledJSON(line []byte) (t LabelledText, err error) {
	err = json.Unmarshal(line, &t)
	return t, err
}

func readLabelledRow(line []byte) (t LabelledText, err error) {
	c := strings.Split(string(line), "\t")
	if len(c) != 8 {
		return t, fmt.Errorf("%d columns, not 8", len(c))
	}
	stance, known := map[string]int{"-1": -1, "0": 0, "1": 1}[c[6]]
	if !known {
		return t, fmt.Errorf("stance %q", c[6])
	}
	return LabelledText{Lang: c[1], Title: c[7], EventLabel: EventLabel{
		ID: c[0], Type: corpus.EventType(c[2]), Regulatory: c[3] == "1",
		Jurisdictions: parts(c[4]), Regulators: parts(c[5]), Stance: stance,
	}}, nil
}

func parts(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

// check reports what a label must not say.
func (l *EventLabel) check() error {
	for _, t := range append([]corpus.EventType{l.Type}, l.Further...) {
		if !slices.Contains(corpus.EventTypes(), t) {
			return fmt.Errorf("%s: unknown type %q", l.ID, t)
		}
	}
	if l.Stance < -1 || l.Stance > 1 {
		return fmt.Errorf("%s: stance %d", l.ID, l.Stance)
	}
	for _, d := range []string{l.Effective, l.Comments} {
		if _, err := readDay(d); err != nil {
			return fmt.Errorf("%s: %w", l.ID, err)
		}
	}
	return nil
}

func (t *LabelledText) check() error {
	if _, err := readDay(t.Published); err != nil {
		return fmt.Errorf("%s: %w", t.ID, err)
	}
	return t.EventLabel.check()
}

func readDay(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

func writeDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// Analyzer reads a text.
type Analyzer interface {
	Analyze(corpus.Text) corpus.Analysis
}

// ReadEvent has a text read and returns the reading in the form of a label.
// A text that tells of nothing is of type other.
func ReadEvent(a Analyzer, t LabelledText) EventLabel {
	published, _ := readDay(t.Published) // checked when it was loaded
	an := a.Analyze(corpus.Text{ID: t.ID, Title: t.Title, Body: t.Text, Lang: t.Lang, PublishedAt: published})
	got := EventLabel{ID: t.ID, Type: corpus.Other, Regulatory: an.Regulatory}
	if len(an.Events) == 0 {
		return got
	}
	e := an.Events[0]
	got.Type, got.Status = e.Type, e.Status
	got.Effective, got.Comments = writeDay(e.EffectiveAt), writeDay(e.CommentsCloseAt)
	got.Stance = sign(e.Stance)
	acts := e
	if !e.Type.Regulatory() && len(e.Jurisdictions) == 0 { // what the market's news says of authorities stands with what they did
		if i := slices.IndexFunc(an.Events, func(e corpus.EventReading) bool { return e.Type.Regulatory() }); i > 0 {
			acts = an.Events[i]
		}
	}
	got.Regulators = acts.Regulators
	for _, j := range acts.Jurisdictions {
		got.Jurisdictions = append(got.Jurisdictions, string(j))
	}
	for _, f := range an.Events[1:] {
		got.Further = append(got.Further, f.Type)
	}
	return got
}

// neutral is the stance below which a text takes no side.
const neutral = 0.05

func sign(x float64) int {
	switch {
	case x > neutral:
		return 1
	case x < -neutral:
		return -1
	}
	return 0
}

// SetName is the name under which a file's figures are printed.
func SetName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}
