package event_test

import (
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// benchmark times the reading of events alone: sentences, entities and
// instruments are found before.
func benchmark(b *testing.B, title, body string) {
	m := newMachine(b)
	d := text.Read(title, body, "en")
	ents := m.gazetteer.Find(d, corpus.Source{})
	ins := m.instruments.Read(d, corpus.Source{})
	b.SetBytes(int64(len(d.Full)))
	b.ReportAllocs()
	for b.Loop() {
		m.events.Read(d, ents, ins, corpus.Source{}, published)
	}
}
