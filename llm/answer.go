package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/regwire/regwire/corpus"
)

// answer is one vote, as it is written.
type answer struct {
	Regulatory *bool             `json:"regulatory"`
	Confidence *float64          `json:"confidence"`
	Events     []answerEvent     `json:"events"`
	Sentiments []answerSentiment `json:"sentiments"`
}

type answerEvent struct {
	Type            corpus.EventType      `json:"type"`
	Stance          *float64              `json:"stance"`
	Severity        corpus.Severity       `json:"severity"`
	Status          corpus.EventStatus    `json:"status"`
	Confidence      *float64              `json:"confidence"`
	Jurisdictions   []corpus.Jurisdiction `json:"jurisdictions"`
	Regulators      []string              `json:"regulators"`
	Instruments     []corpus.InstrumentID `json:"instruments"`
	Assets          []string              `json:"assets"`
	Exchanges       []string              `json:"exchanges"`
	EffectiveAt     string                `json:"effective_at"`
	CommentsCloseAt string                `json:"comments_close_at"`
	Quote           string                `json:"quote"`
}

type answerSentiment struct {
	Target     string   `json:"target"`
	Score      *float64 `json:"score"`
	Confidence *float64 `json:"confidence"`
	Quote      string   `json:"quote"`
}

// The limits of an answer; beyond them it is not an answer to what was asked.
const (
	maxAnswer     = 64 << 10 // bytes
	maxEvents     = 8
	maxSentiments = 2 * maxTargets
)

// errSchema is what is wrong with an answer that cannot be used at all.
var errSchema = errors.New("answer breaks the schema")

// parseAnswer reads an answer strictly: one JSON object, no unknown fields,
// nothing missing, closed sets and ranges kept. A fence of backquotes around
// the object is forgiven, and thinking aloud before it.
func parseAnswer(content string) (answer, error) {
	if len(content) > maxAnswer {
		return answer{}, fmt.Errorf("%w: %d bytes", errSchema, len(content))
	}
	if i := strings.LastIndex(content, "</think>"); i >= 0 {
		content = content[i+len("</think>"):]
	}
	content = strings.TrimSpace(content)
	if inner, ok := strings.CutPrefix(content, "```"); ok {
		content = strings.TrimSuffix(strings.TrimPrefix(inner, "json"), "```")
	}
	var a answer
	d := json.NewDecoder(bytes.NewReader([]byte(content)))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return answer{}, fmt.Errorf("%w: %s", errSchema, decodeProblem(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return answer{}, fmt.Errorf("%w: text after the object", errSchema)
	}
	if err := a.check(); err != nil {
		return answer{}, fmt.Errorf("%w: %w", errSchema, err)
	}
	return a, nil
}

// decodeProblem describes a decoding error without repeating the answer,
// which repeats the article.
func decodeProblem(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return "wrong type of " + kind.Field
	case errors.As(err, &syntax):
		return "not JSON at " + strconv.FormatInt(syntax.Offset, 10)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "ends early"
	default:
		return "unknown field"
	}
}

func (a answer) check() error {
	var problems []error
	need := func(ok bool, field string) {
		if !ok {
			problems = append(problems, errors.New(field))
		}
	}
	need(a.Regulatory != nil, "regulatory")
	need(in(a.Confidence, 0, 1), "confidence")
	need(a.Events != nil && len(a.Events) <= maxEvents, "events")
	need(a.Sentiments != nil && len(a.Sentiments) <= maxSentiments, "sentiments")
	for _, e := range a.Events {
		need(slices.Contains(corpus.EventTypes(), e.Type), "type")
		need(in(e.Stance, -1, 1), "stance")
		need(e.Severity.Rank() >= 0, "severity")
		need(slices.Contains(statuses(), e.Status), "status")
		need(in(e.Confidence, 0, 1), "confidence of an event")
	}
	for _, s := range a.Sentiments {
		need(in(s.Score, -1, 1), "score")
		need(in(s.Confidence, 0, 1), "confidence of a sentiment")
	}
	return errors.Join(problems...)
}

func in(f *float64, low, high float64) bool { return f != nil && *f >= low && *f <= high }

// vote is an answer reduced to what holds up against the text.
type vote struct {
	regulatory bool
	confidence float64
	events     []corpus.EventReading
	sentiments []corpus.Sentiment
	claims     int // made
	voided     int // of these, not supported by the text
}

// weigh drops every claim whose quotation is not in the article, and every
// name that neither the local reading nor the article knows.
func (a answer) weigh(q question, local corpus.Analysis) vote {
	v := vote{regulatory: *a.Regulatory, confidence: *a.Confidence, claims: len(a.Events) + len(a.Sentiments)}
	for _, e := range a.Events {
		reading, ok := e.weigh(q.shown, local)
		seen := slices.ContainsFunc(v.events, func(r corpus.EventReading) bool { return r.Type == e.Type })
		switch {
		case !ok:
			v.voided++
		case !seen:
			v.events = append(v.events, reading)
		}
	}
	for _, s := range a.Sentiments {
		i := slices.IndexFunc(q.targets, func(t target) bool { return t.id == s.Target })
		quote, ok := q.shown.find(s.Quote)
		seen := slices.ContainsFunc(v.sentiments, func(have corpus.Sentiment) bool { return have.Target == s.Target })
		switch {
		case i < 0 || !ok:
			v.voided++
		case !seen:
			v.sentiments = append(v.sentiments, corpus.Sentiment{
				Target: s.Target, Kind: q.targets[i].kind, Score: *s.Score, Confidence: *s.Confidence, Evidence: []string{quote},
			})
		}
	}
	return v
}

func (e answerEvent) weigh(text *quotable, local corpus.Analysis) (corpus.EventReading, bool) {
	quote, ok := text.find(e.Quote)
	if !ok {
		return corpus.EventReading{}, false
	}
	return corpus.EventReading{
		Type: e.Type, Stance: *e.Stance, Severity: e.Severity, Status: e.Status, Confidence: *e.Confidence,
		Jurisdictions:   keep(e.Jurisdictions, jurisdiction),
		Regulators:      keep(e.Regulators, func(s string) (string, bool) { return regulator(s, text, local) }),
		Instruments:     keep(e.Instruments, func(id corpus.InstrumentID) (corpus.InstrumentID, bool) { return instrument(id, local) }),
		Assets:          keep(e.Assets, func(s string) (string, bool) { return symbol(s, local) }),
		Exchanges:       keep(e.Exchanges, func(s string) (string, bool) { return named(s, corpus.EntityExchange, local) }),
		EffectiveAt:     stated(e.EffectiveAt, text),
		CommentsCloseAt: stated(e.CommentsCloseAt, text),
		Evidence:        []string{quote},
	}, true
}

// keep returns the values that resolve, each once.
func keep[T comparable](list []T, resolve func(T) (T, bool)) []T {
	out := []T{}
	for _, v := range list {
		if r, ok := resolve(v); ok && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

var jurisdictionCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([A-Z]{2}|INTL)$`) })

func jurisdiction(j corpus.Jurisdiction) (corpus.Jurisdiction, bool) {
	return j, jurisdictionCode().MatchString(string(j))
}

// named returns the usual name of something the local reading found.
func named(s string, kind corpus.EntityKind, local corpus.Analysis) (string, bool) {
	for _, e := range local.Entities {
		if e.Kind == kind && (strings.EqualFold(s, e.Name) || strings.EqualFold(s, e.ID)) {
			return e.Name, true
		}
	}
	return "", false
}

// regulator also takes authorities the gazetteer does not have, when the
// article names them.
func regulator(s string, text *quotable, local corpus.Analysis) (string, bool) {
	if name, ok := named(s, corpus.EntityRegulator, local); ok {
		return name, true
	}
	s = squeeze(s)
	return s, nameShape().MatchString(s) && text.mentions(s)
}

// nameShape is what a short name can look like; an address or a sentence
// cannot.
var nameShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\p{L}[\p{L}\p{N} &-]{1,40}$`) })

// symbol returns the ticker of an asset the local reading found: a ticker
// alone, such as ONE or GAS, says too little to be taken on trust.
func symbol(s string, local corpus.Analysis) (string, bool) {
	for _, e := range local.Entities {
		if e.Kind == corpus.EntityAsset && (strings.EqualFold(s, e.Symbol) || strings.EqualFold(s, e.Name)) {
			return e.Symbol, e.Symbol != ""
		}
	}
	return "", false
}

// instrument returns the canonical number of an instrument the local reading
// found. Numbers are never taken from a model: one wrong digit is another law.
func instrument(id corpus.InstrumentID, local corpus.Analysis) (corpus.InstrumentID, bool) {
	for _, in := range local.Instruments {
		same := func(alias string) bool { return strings.EqualFold(alias, string(id)) }
		if same(string(in.ID)) || slices.ContainsFunc(in.Aliases, same) {
			return in.ID, true
		}
	}
	return "", false
}

// stated returns a date that the article can be seen to state: its day of the
// month, at least, stands there as a number.
func stated(date string, text *quotable) time.Time {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil || t.Year() < 1990 || t.Year() > 2100 {
		return time.Time{}
	}
	day := strconv.Itoa(t.Day())
	ordinal := day + map[int]string{1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}[t.Day()]
	if ordinal == day {
		ordinal += "th"
	}
	if text.mentions(day) || text.mentions("0"+day) || text.mentions(ordinal) || text.mentions(t.Format(time.DateOnly)) {
		return t
	}
	return time.Time{}
}
