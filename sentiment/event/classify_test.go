package event

import (
	"bytes"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

func TestModels(t *testing.T) {
	m := shipped()
	if len(m.types.weights) != len(corpus.EventTypes()) || len(m.stance.weights) != stances {
		t.Fatalf("%d types, %d stances", len(m.types.weights), len(m.stance.weights))
	}
	var examples []Example
	r := New()
	for _, h := range []struct {
		title string
		typ   corpus.EventType
	}{
		{"Exchange lists new token", corpus.Listing}, {"Venue lists another token", corpus.Listing}, {"Bridge drained in exploit", corpus.Hack},
		{"Wallets drained in exploit", corpus.Hack}, {"交易所上线新代币", corpus.Listing}, {"跨链桥遭攻击", corpus.Hack},
	} {
		examples = append(examples, Example{r.Features(text.Read(h.title, "", ""), nil, nil), TypeClass(h.typ)})
	}
	one, two := Fit(examples, len(types)), Fit(examples, len(types))
	if !bytes.Equal(one.Encode(), two.Encode()) {
		t.Error("the same examples give another model")
	}
	got, rest, err := decode(one.Encode(), len(types))
	if err != nil || len(rest) > 0 {
		t.Fatal(err, len(rest))
	}
	for _, e := range examples {
		if got.Likeliest(e.Features) != e.Class {
			t.Errorf("%s is read as %s", types[e.Class], types[got.Likeliest(e.Features)])
		}
	}
	if _, _, err := decode(one.Encode()[1:], len(types)); err == nil {
		t.Error("a cut model is decoded")
	}
}
