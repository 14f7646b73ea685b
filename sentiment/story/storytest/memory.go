// Package storytest holds a [story.Memory] kept in memory, for tests and
// measurements, and the conformance suite that every Memory passes.
package storytest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
)

// Memory is a story.Memory that forgets everything at the end. It also takes
// what the callers of story.Clusterer write: analyses and placements.
type Memory struct {
	now         time.Time
	members     map[corpus.ArticleID]*member
	bands       map[uint64][]corpus.ArticleID
	heads       map[corpus.StoryID]corpus.ArticleID
	placements  map[corpus.ArticleID]corpus.Placement
	analyses    map[corpus.AnalysisID]corpus.Analysis
	events      map[corpus.EventID]corpus.Event
	keys        map[string][]corpus.EventID
	instruments map[corpus.InstrumentID]corpus.Instrument
	aliases     map[string]corpus.InstrumentID
}

type member struct {
	story corpus.StoryID
	corpus.Member
	bands  []uint64
	sketch []byte
}

var _ story.Memory = (*Memory)(nil)

// NewMemory returns an empty Memory. Its clock starts at a fixed time and
// advances a microsecond with each write.
func NewMemory() *Memory {
	return &Memory{
		now:         time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		members:     map[corpus.ArticleID]*member{},
		bands:       map[uint64][]corpus.ArticleID{},
		heads:       map[corpus.StoryID]corpus.ArticleID{},
		placements:  map[corpus.ArticleID]corpus.Placement{},
		analyses:    map[corpus.AnalysisID]corpus.Analysis{},
		events:      map[corpus.EventID]corpus.Event{},
		keys:        map[string][]corpus.EventID{},
		instruments: map[corpus.InstrumentID]corpus.Instrument{},
		aliases:     map[string]corpus.InstrumentID{},
	}
}

func (m *Memory) tick() time.Time {
	m.now = m.now.Add(time.Microsecond)
	return m.now
}

// AddAnalysis stores an analysis.
func (m *Memory) AddAnalysis(a corpus.Analysis) { m.analyses[a.ID] = a }

// AddPlacement stores a placement.
func (m *Memory) AddPlacement(p corpus.Placement) corpus.Placement {
	p.At = m.tick()
	m.placements[p.Article] = p
	return p
}

// Stories returns the articles of each story, sorted.
func (m *Memory) Stories() map[corpus.StoryID][]corpus.ArticleID {
	out := map[corpus.StoryID][]corpus.ArticleID{}
	for id, mb := range m.members {
		out[mb.story] = append(out[mb.story], id)
	}
	for _, l := range out {
		slices.Sort(l)
	}
	return out
}

// Events returns the newest version of each event, by identifier.
func (m *Memory) Events() []corpus.Event {
	return slices.SortedFunc(maps.Values(m.events), func(a, b corpus.Event) int { return cmp.Compare(a.ID, b.ID) })
}

// Member implements story.Memory.
func (m *Memory) Member(id corpus.ArticleID) (corpus.StoryID, corpus.Member, bool, error) {
	if mb, ok := m.members[id]; ok {
		return mb.story, mb.Member, true, nil
	}
	return "", corpus.Member{}, false, nil
}

// PutMember implements story.Memory.
func (m *Memory) PutMember(s corpus.StoryID, mb corpus.Member, bands []uint64, sketch []byte) error {
	if old, ok := m.members[mb.Article]; ok {
		for _, b := range old.bands {
			m.bands[b] = slices.DeleteFunc(m.bands[b], func(id corpus.ArticleID) bool { return id == mb.Article })
		}
	}
	if m.heads[s] == "" {
		m.heads[s] = mb.Article
	}
	m.members[mb.Article] = &member{story: s, Member: mb, bands: slices.Clone(bands), sketch: slices.Clone(sketch)}
	for _, b := range bands {
		i, _ := slices.BinarySearchFunc(m.bands[b], mb.Article, m.order)
		m.bands[b] = slices.Insert(m.bands[b], i, mb.Article)
	}
	return nil
}

// MergeStories implements story.Memory.
func (m *Memory) MergeStories(into, from corpus.StoryID, _ corpus.ArticleID) error {
	for _, mb := range m.members {
		if mb.story == from {
			mb.story = into
		}
	}
	delete(m.heads, from)
	return nil
}

func (m *Memory) order(a, b corpus.ArticleID) int {
	return cmp.Or(m.members[a].FirstSeenAt.Compare(m.members[b].FirstSeenAt), cmp.Compare(a, b))
}

// Near implements story.Memory.
func (m *Memory) Near(bands []uint64, perBand int) ([]corpus.Near, error) {
	var ids []corpus.ArticleID
	for _, b := range bands {
		l := m.bands[b]
		ids = append(ids, l[max(0, len(l)-perBand):]...)
	}
	slices.Sort(ids)
	var out []corpus.Near
	for _, id := range slices.Compact(ids) {
		mb := m.members[id]
		out = append(out, corpus.Near{Article: id, Story: mb.story, Sketch: slices.Clone(mb.sketch), PublishedAt: mb.PublishedAt, FirstSeenAt: mb.FirstSeenAt})
	}
	return out, nil
}

// SetRepresentative implements story.Memory.
func (m *Memory) SetRepresentative(s corpus.StoryID, a corpus.ArticleID, _ string) error {
	m.heads[s] = a
	return nil
}

// Representative implements story.Memory.
func (m *Memory) Representative(s corpus.StoryID) (corpus.ArticleID, error) { return m.heads[s], nil }

// LastPlacement implements story.Memory.
func (m *Memory) LastPlacement(id corpus.ArticleID) (corpus.Placement, bool, error) {
	p, ok := m.placements[id]
	return p, ok, nil
}

// Analysis implements story.Memory.
func (m *Memory) Analysis(id corpus.AnalysisID) (corpus.Analysis, bool, error) {
	a, ok := m.analyses[id]
	return a, ok, nil
}

// EventsByKey implements story.Memory.
func (m *Memory) EventsByKey(keys []string) ([]corpus.Event, error) {
	var ids []corpus.EventID
	for _, k := range keys {
		ids = append(ids, m.keys[k]...)
	}
	slices.Sort(ids)
	var out []corpus.Event
	for _, id := range slices.Compact(ids) {
		out = append(out, m.events[id])
	}
	return out, nil
}

// PutEvent implements story.Memory.
func (m *Memory) PutEvent(e corpus.Event) (corpus.Event, error) {
	e.Version = m.events[e.ID].Version + 1
	e.KnownAt = m.tick()
	m.events[e.ID] = e
	return e, nil
}

// PutEventKeys implements story.Memory.
func (m *Memory) PutEventKeys(id corpus.EventID, keys []string) error {
	for _, k := range keys {
		if !slices.Contains(m.keys[k], id) {
			m.keys[k] = append(m.keys[k], id)
		}
	}
	return nil
}

// Instrument implements story.Memory.
func (m *Memory) Instrument(id corpus.InstrumentID) (corpus.Instrument, bool, error) {
	in, ok := m.instruments[id]
	return in, ok, nil
}

// ResolveInstrument implements story.Memory.
func (m *Memory) ResolveInstrument(name string) (corpus.InstrumentID, bool, error) {
	if in, ok := m.instruments[corpus.InstrumentID(name)]; ok {
		return cmp.Or(in.SameAs, in.ID), true, nil
	}
	id, ok := m.aliases[strings.ToLower(name)]
	return id, ok, nil
}

// PutInstrument implements story.Memory.
func (m *Memory) PutInstrument(in corpus.Instrument) (corpus.Instrument, error) {
	in.Version = m.instruments[in.ID].Version + 1
	in.KnownAt = m.tick()
	m.instruments[in.ID] = in
	if in.SameAs != "" {
		for a, id := range m.aliases {
			if id == in.ID {
				m.aliases[a] = in.SameAs
			}
		}
		return in, nil
	}
	for _, a := range append(slices.Clone(in.Aliases), string(in.ID)) {
		if _, taken := m.aliases[strings.ToLower(a)]; !taken {
			m.aliases[strings.ToLower(a)] = in.ID
		}
	}
	return in, nil
}
