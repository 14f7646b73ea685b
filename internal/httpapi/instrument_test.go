package httpapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

func TestAnyNameOfAnInstrumentFindsItAndItsEvents(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	w.update(t, func(tx *store.Tx) error {
		_, err := tx.PutInstrument(corpus.Instrument{ID: "FIL-16-2022", Aliases: []string{"Letter Sixteen"}, Issuer: "FDIC", Jurisdiction: "US", Status: corpus.InstrumentRepealed})
		return err
	})
	events := func(name string) int {
		items, _ := w.list(t, "/api/v1/events?instrument="+name)
		return len(items)
	}
	if n := events("FIL-16-2022"); n == 0 || events("letter%20sixteen") != n || events("Letter%2017") != 0 {
		t.Errorf("%d by its number, %d by its name, %d by no name", n, events("letter%20sixteen"), events("Letter%2017"))
	}
	status, body := w.get(t, "/api/v1/instruments/letter%20sixteen")
	var l corpus.Lineage
	if err := json.Unmarshal(body, &l); err != nil || status != http.StatusOK || l.Instrument.ID != "FIL-16-2022" {
		t.Error(status, err, l.Instrument.ID)
	}
}
