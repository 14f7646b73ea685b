package signal

import (
	"cmp"
	"iter"
	"slices"

	"github.com/regwire/regwire/corpus"
)

// Replay computes the rows that inputs give when nothing is known before them:
// what the feed must have shown, for comparison with what it did show. Inputs
// have to come in the order of the log. Rows are numbered from 1, and
// AvailableAt is the time of their placement, because the store's clock is not
// at hand; everything else is as [Engine.Update] wrote it.
func (e *Engine) Replay(inputs iter.Seq[Input]) iter.Seq2[corpus.Signal, error] {
	return func(yield func(corpus.Signal, error) bool) {
		mem := newReplayMemory()
		for in := range inputs {
			rows, err := e.Update(mem, in)
			if err != nil {
				yield(corpus.Signal{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

type index struct {
	kind   corpus.SignalKind
	target string
}

// replayMemory remembers the last row of each index, and of each article in
// each index.
type replayMemory struct {
	seq  corpus.Seq
	last map[index]corpus.Signal
	by   map[corpus.ArticleID][]corpus.Signal // one for each index, by kind and target
}

func newReplayMemory() *replayMemory {
	return &replayMemory{last: map[index]corpus.Signal{}, by: map[corpus.ArticleID][]corpus.Signal{}}
}

func (m *replayMemory) LastSignal(kind corpus.SignalKind, target string) (corpus.Signal, bool, error) {
	s, ok := m.last[index{kind, target}]
	return s, ok, nil
}

func (m *replayMemory) Contributions(a corpus.ArticleID) ([]corpus.Signal, error) {
	return slices.Clone(m.by[a]), nil
}

func (m *replayMemory) AddSignal(s corpus.Signal) (corpus.Signal, error) {
	m.seq++
	s.Seq, s.AvailableAt = m.seq, s.AsOf
	m.last[index{s.Kind, s.Target}] = s
	i, found := slices.BinarySearchFunc(m.by[s.Article], s, func(a, b corpus.Signal) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Target, b.Target))
	})
	if found {
		m.by[s.Article][i] = s
	} else {
		m.by[s.Article] = slices.Insert(m.by[s.Article], i, s)
	}
	return s, nil
}
