package entity

import (
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// TestAddedOfEveryKind adds a definition of each kind, with a class.
func TestAddedOfEveryKind(t *testing.T) {
	for _, kind := range []corpus.EntityKind{corpus.EntityAsset, corpus.EntityExchange, corpus.EntityRegulator, corpus.EntityJurisdiction, corpus.EntityPerson, corpus.EntityOrganisation} {
		g, err := New(Definition{Kind: kind, ID: "ZQX", Name: "Zanzaq", Aliases: []string{"zanzaq", "赞扎克"}, Class: []string{"custodian"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"Zanzaq opened.", "赞扎克宣布开业。"} {
			es := g.Find(text.Read("", s, ""), corpus.Source{})
			if len(es) != 1 || es[0].Kind != kind || es[0].ID != "ZQX" {
				t.Errorf("%s %q: %+v", kind, s, es)
			}
		}
		es := g.Find(text.Read("", "Zanzaq opened. The custodian said no more.", ""), corpus.Source{})
		if refers := len(es) == 1 && len(es[0].References) == 1; refers != (kind == corpus.EntityOrganisation) {
			t.Errorf("%s: the custodian: %+v", kind, es)
		}
	}
}
