package store_test

import (
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// A text that turned out to be another keeps its versions, leads to the other
// by all its names, and is listed only as of a moment when that was not known.
func TestInstrumentThatTurnedOutToBeAnother(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db, ctx := s.open(t, store.Config{}), t.Context()
		put := func(in corpus.Instrument) (out corpus.Instrument) {
			update(t, db, func(tx *store.Tx) (err error) { out, err = tx.PutInstrument(in); return err })
			return out
		}
		title := put(corpus.Instrument{ID: "《关于甲的通知》", Aliases: []string{"the notice on A"}})
		number := put(corpus.Instrument{ID: "银发〔2026〕9号", Aliases: []string{"《关于甲的通知》"}})
		if got := must(db.Instrument(ctx, "《关于甲的通知》"))(t); got.ID != title.ID {
			t.Error("before:", got.ID)
		}
		title.SameAs = number.ID
		title = put(title)
		for _, name := range []string{"《关于甲的通知》", "The Notice on A", "银发〔2026〕9号"} {
			if got := must(db.Instrument(ctx, name))(t); got.ID != number.ID {
				t.Errorf("%s leads to %s", name, got.ID)
			}
		}
		if got := must(db.Instruments(ctx, corpus.InstrumentQuery{}))(t); len(got) != 1 || got[0].ID != number.ID {
			t.Error("listed:", got)
		}
		before := must(db.Horizon(ctx, title.KnownAt.Add(-time.Microsecond)))(t)
		if got := must(db.Instruments(ctx, corpus.InstrumentQuery{AsOf: before}))(t); len(got) != 2 {
			t.Error("listed as of before:", got)
		}
		if got := must(db.InstrumentVersions(ctx, title.ID))(t); len(got) != 2 || got[1].SameAs != number.ID {
			t.Error("versions:", got)
		}
	})
}
