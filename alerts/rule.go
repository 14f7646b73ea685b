package alerts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// Match says which events a rule is about. Lists match when the event has any
// of their values; fields left empty match everything; all fields must match.
// Names and numbers are compared without regard to case.
type Match struct {
	Types         []corpus.EventType    `yaml:"types,omitempty"`
	Regulatory    *bool                 `yaml:"regulatory,omitempty"` // by the type of the event
	Jurisdictions []corpus.Jurisdiction `yaml:"jurisdictions,omitempty"`
	Regulators    []string              `yaml:"regulators,omitempty"`
	Instruments   []corpus.InstrumentID `yaml:"instruments,omitempty"`
	Assets        []string              `yaml:"assets,omitempty"` // tickers
	Exchanges     []string              `yaml:"exchanges,omitempty"`
	Status        []corpus.EventStatus  `yaml:"status,omitempty"`
	MinSeverity   corpus.Severity       `yaml:"min_severity,omitempty"`
	// StanceBelow and StanceAbove bound the stance, in [-1, 1], exclusively.
	// With both, either side matches when they do not overlap: below -0.5 or
	// above 0.5 asks for whatever is not neutral.
	StanceBelow *float64 `yaml:"stance_below,omitempty"`
	StanceAbove *float64 `yaml:"stance_above,omitempty"`
}

// Matches reports whether the event is one of those the rule is about.
func (m Match) Matches(ev corpus.Event) bool {
	return anyOf(m.Types, ev.Type) &&
		(m.Regulatory == nil || *m.Regulatory == ev.Type.Regulatory()) &&
		anyOf(m.Jurisdictions, ev.Jurisdictions...) &&
		anyOf(m.Regulators, ev.Regulators...) &&
		anyOf(m.Instruments, ev.Instruments...) &&
		anyOf(m.Assets, ev.Assets...) &&
		anyOf(m.Exchanges, ev.Exchanges...) &&
		anyOf(m.Status, ev.Status) &&
		(m.MinSeverity == "" || ev.Severity.Rank() >= m.MinSeverity.Rank()) &&
		m.stance(ev.Stance)
}

func (m Match) stance(s float64) bool {
	below := m.StanceBelow == nil || s < *m.StanceBelow
	above := m.StanceAbove == nil || s > *m.StanceAbove
	if m.StanceBelow != nil && m.StanceAbove != nil && *m.StanceBelow <= *m.StanceAbove {
		return below || above
	}
	return below && above
}

// anyOf reports whether one of got is wanted; no wishes are met by anything.
func anyOf[T ~string](want []T, got ...T) bool {
	if len(want) == 0 {
		return true
	}
	return slices.ContainsFunc(got, func(g T) bool {
		return slices.ContainsFunc(want, func(w T) bool { return strings.EqualFold(string(w), string(g)) })
	})
}

func (m Match) validate(at string, p *problems) {
	for i, t := range m.Types {
		if !slices.Contains(corpus.EventTypes(), t) {
			p.add(fmt.Sprintf("%s.types[%d]", at, i), string(t), "is not a type of event")
		}
	}
	for i, s := range m.Status {
		p.oneOf(fmt.Sprintf("%s.status[%d]", at, i), string(s), string(corpus.EventRumour),
			string(corpus.EventPlanned), string(corpus.EventDone), string(corpus.EventDenied))
	}
	if m.MinSeverity != "" && m.MinSeverity.Rank() < 0 {
		p.add(at+".min_severity", string(m.MinSeverity), "is not one of low, medium, high, critical")
	}
	p.stance(at+".stance_below", m.StanceBelow)
	p.stance(at+".stance_above", m.StanceAbove)
}

func (p *problems) stance(field string, v *float64) {
	if v != nil && !(*v >= -1 && *v <= 1) {
		p.add(field, fmt.Sprint(*v), "is not in [-1, 1]")
	}
}
