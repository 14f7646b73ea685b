package story_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/story"
)

// boiler is what every listing notice of a venue says beside the name.
const boiler = ` The deposit window opens two hours before trading begins. Withdrawals follow a day later, as soon as enough blocks have been confirmed. ` +
	`Please make sure that you use the right network, since assets that are sent over another one cannot be brought back. Users in some countries cannot take part; the list is kept on our page and may change at any time. ` +
	`Prices of new assets can move a lot within minutes, so trade with care and never more than you can afford to lose. Thank you for your support.`

func TestCopiesJoinAndMouldsDoNot(t *testing.T) {
	listing := func(asset string) []corpus.EventReading {
		return []corpus.EventReading{venue(corpus.Listing, "Binance", asset)}
	}
	move := func(assets ...string) []corpus.EventReading {
		return []corpus.EventReading{{Type: corpus.PriceMove, Assets: assets}}
	}
	for _, c := range []struct {
		name string
		a, b piece
		same bool
	}{
		{"a copy with a line of its own", piece{src: wire, title: "Listing", body: "Aster is coming." + boiler}, piece{src: daily, hours: 5, title: "Aster to be listed", body: "As first reported elsewhere: Aster is coming." + boiler}, true},
		{"another ticker in the headline", piece{src: binance, title: "We Will List Aster (ASTER)", body: "Aster is coming." + boiler}, piece{src: binance, hours: 5, title: "We Will List Plasma (XPL)", body: "Plasma is coming." + boiler}, false},
		{"another asset in the event alone", piece{src: binance, title: "A new asset", body: "Aster is coming." + boiler, events: listing("ASTER")}, piece{src: kuaixun, hours: 5, title: "A new asset", body: "Plasma is coming." + boiler, events: listing("XPL")}, false},
		{"another asset that moved", piece{src: wire, title: "Hourly report", body: "Bitcoin fell." + boiler, events: move("BTC", "ETH")}, piece{src: daily, title: "Hourly report", body: "Ether fell." + boiler, events: move("ETH", "BTC")}, false},
		{"another day", piece{src: wire, title: "Morning report", body: boiler + boiler2 + boiler3, events: move("BTC")}, piece{src: daily, hours: 72, title: "Morning report", body: boiler4 + boiler + boiler2, events: move("BTC")}, false},
		{"another headline of the same house", piece{src: wire, title: "Miners sell", body: boiler + boiler2 + boiler3}, piece{src: wire, hours: 5, title: "What whales did next", body: boiler + boiler2 + boiler4}, false},
		{"another headline of another house", piece{src: wire, title: "Miners sell", body: boiler + boiler2 + boiler3}, piece{src: daily, hours: 5, title: "What whales did next", body: boiler + boiler2 + boiler4}, true},
		{"nearly the same headline in the same house", piece{src: wire, title: "Miners sell in July", body: boiler + boiler2 + boiler3}, piece{src: wire, hours: 5, title: "Miners sell in late July", body: boiler + boiler2 + boiler4}, true},
		{"nearly the same headline in the same house, a week later", piece{src: wire, title: "Miners sell in July", body: boiler + boiler2 + boiler3}, piece{src: wire, hours: 170, title: "Miners sell in late July", body: boiler + boiler2 + boiler4}, false},
		{"the same series elsewhere, weeks later", piece{src: wire, title: "Miners sell", body: boiler + boiler2 + boiler3}, piece{src: daily, hours: 24 * 20, title: "Miners buy", body: boiler + boiler2 + boiler4}, false},
		{"a reprint of news, weeks later", piece{src: wire, title: "On custody", body: boiler, events: move("BTC")}, piece{src: daily, hours: 24 * 20, title: "On custody", body: boiler, events: move("BTC")}, true},
		{"a reprint, weeks later", piece{src: wire, title: "On custody", body: boiler}, piece{src: daily, hours: 24 * 20, title: "On custody", body: boiler}, true},
		{"a page that carries the notice among others", piece{src: pboc, title: "Notice", body: boiler}, piece{src: daily, hours: 5, title: "All of today's notices", body: boiler3 + boiler + boiler2}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, swap := range []bool{false, true} {
				s := newScene(t)
				a, b := c.a, c.b
				a.name, b.name = "a", "b"
				if swap {
					a, b = b, a
				}
				outs := s.places(a, b)
				if got := outs[0].Placement.Story == outs[1].Placement.Story; got != c.same {
					t.Errorf("one story: %v; similarity %.2f", got, outs[1].Placement.Similarity)
				}
				if !c.same && len(c.a.events) > 0 && outs[0].Placement.Events[0] == outs[1].Placement.Events[0] {
					t.Error("one event")
				}
				if x := outs[1].Placement.Similarity; !(x >= 0 && x <= 1) {
					t.Error("similarity", x)
				}
			}
		})
	}
}

const boiler2 = ` The authority may ask for further papers within ten days, and answers within thirty. A refusal states its grounds; an appeal goes to the council, which hears both sides in public unless a trade secret is at stake. ` +
	`Whoever opens a service before the answer has come pays a fine of up to a tenth of the year's revenue, and may be barred from asking again for three years.`

const boiler3 = ` A fair for builders opens in the old harbour on Friday. Tickets are sold out, yet the talks can be followed from home, and recordings will be kept for a month. A prize goes to the smallest program that does something useful. `

const boiler4 = ` Whales bought for the third week running, says a firm that counts such things; others, who count them otherwise, saw them sell. Nobody disputes that fees have fallen, nor that the mornings are busier than the nights. `

func TestStoryGoesByItsFirstArticle(t *testing.T) {
	s := newScene(t)
	a := s.place(piece{name: "a", src: wire, title: "On custody", body: boiler})
	s.place(piece{name: "b", src: daily, hours: 1, title: "On custody, again", body: boiler})
	if rep, _ := s.mem.Representative(a.Placement.Story); rep != "a" {
		t.Error(rep)
	}
	if want := corpus.StoryID(corpus.Digest("s", "a")); a.Placement.Story != want {
		t.Error("a story is named after its first article:", a.Placement.Story)
	}
}

func TestEditedArticleIsFoundByItsNewText(t *testing.T) {
	s := newScene(t)
	p := piece{name: "a", src: wire, title: "Draft", body: boiler3}
	first := s.place(p)
	p.revision, p.body = 1, boiler+boiler2
	if again := s.place(p); again.Placement.Story != first.Placement.Story {
		t.Error("an edited article changed its story")
	}
	if o := s.place(piece{name: "b", src: daily, hours: 1, title: "Copy", body: boiler + boiler2}); o.Placement.Story != first.Placement.Story {
		t.Error("a copy of the new text was not recognised")
	}
}

// Whatever a reader makes of a hostile page, placing it neither fails nor
// leaves numbers out of range, and placing it again changes nothing.
func FuzzPlace(f *testing.F) {
	f.Add("SEC sues Kraken", boiler, "Kraken", "SEC", "FIL-7-2025", byte(0), 0.5)
	f.Add("\xff|\x00", "", "|", "", "", byte(22), -1e308)
	f.Add("美国证监会起诉", "0M 1e9 999999999999999999999 万亿", "币安", "证监会", "银发〔2026〕42号", byte(200), 1e308)
	f.Fuzz(func(t *testing.T, title, body, target, who, number string, kind byte, confidence float64) {
		types := corpus.EventTypes()
		r := corpus.EventReading{Type: types[int(kind)%len(types)], Confidence: confidence, Stance: -confidence, Targets: []string{target}, Actors: []string{who}, Regulators: []string{who},
			Assets: []string{target}, Exchanges: []string{who}, Jurisdictions: []corpus.Jurisdiction{corpus.Jurisdiction(who)}, Instruments: []corpus.InstrumentID{corpus.InstrumentID(number)}}
		ins := []corpus.InstrumentReading{{ID: corpus.InstrumentID(number), Aliases: []string{target, who}, Status: corpus.InstrumentAdopted, Relations: []corpus.Relation{{Kind: corpus.Repeals, To: corpus.InstrumentID(target)}}}}
		s := newScene(t)
		s.place(kraken("known", 0))
		in := s.input(piece{name: "a", src: wire, hours: 1, title: title, body: body, events: []corpus.EventReading{r, r}, ins: ins})
		out := s.put(in)
		if n := out.Placement.Novelty; !(n.Weight > 0 && n.Weight <= 1) || n.Days < -1 || n.Key == "" || !(out.Placement.Similarity >= 0 && out.Placement.Similarity <= 1) {
			t.Errorf("%+v", out.Placement)
		}
		if len(out.Placement.Events) != 2 || out.Placement.Story == "" {
			t.Errorf("%+v", out.Placement)
		}
		if again := s.put(in); len(again.Events)+len(again.Instruments) != 0 {
			t.Errorf("the second time: %+v %+v", again.Events, again.Instruments)
		}
	})
}

func TestErrorsOfTheMemoryAreReturned(t *testing.T) {
	s := newScene(t)
	in := s.input(kraken("a", 0))
	in.Analysis.Instruments = []corpus.InstrumentReading{notice()}
	// Every call of the memory fails once; each time the error has to arrive.
	for n := 0; ; n++ {
		m := &failing{Memory: newScene(t).mem, left: n}
		_, err := s.c.Place(m, in)
		if m.left >= 0 {
			if err != nil || n < 10 {
				t.Fatal("calls:", n, err)
			}
			return
		}
		if !errors.Is(err, errMemory) || !strings.Contains(err.Error(), "place a") {
			t.Fatalf("call %d failed, but: %v", n, err)
		}
	}
}

var errMemory = errors.New("disk on fire")

// failing is a memory whose (left+1)-th call fails.
type failing struct {
	story.Memory
	left int
}

func (f *failing) call() error {
	if f.left--; f.left == -1 {
		return errMemory
	}
	return nil
}

func (f *failing) Member(id corpus.ArticleID) (corpus.StoryID, corpus.Member, bool, error) {
	if err := f.call(); err != nil {
		return "", corpus.Member{}, false, err
	}
	return f.Memory.Member(id)
}

func (f *failing) PutMember(s corpus.StoryID, m corpus.Member, b []uint64, k []byte) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.Memory.PutMember(s, m, b, k)
}

func (f *failing) Near(b []uint64, n int) ([]corpus.Near, error) {
	if err := f.call(); err != nil {
		return nil, err
	}
	return f.Memory.Near(b, n)
}

func (f *failing) SetRepresentative(s corpus.StoryID, a corpus.ArticleID, t string) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.Memory.SetRepresentative(s, a, t)
}

func (f *failing) Representative(s corpus.StoryID) (corpus.ArticleID, error) {
	if err := f.call(); err != nil {
		return "", err
	}
	return f.Memory.Representative(s)
}

func (f *failing) LastPlacement(id corpus.ArticleID) (corpus.Placement, bool, error) {
	if err := f.call(); err != nil {
		return corpus.Placement{}, false, err
	}
	return f.Memory.LastPlacement(id)
}

func (f *failing) EventsByKey(k []string) ([]corpus.Event, error) {
	if err := f.call(); err != nil {
		return nil, err
	}
	return f.Memory.EventsByKey(k)
}

func (f *failing) PutEvent(e corpus.Event) (corpus.Event, error) {
	if err := f.call(); err != nil {
		return corpus.Event{}, err
	}
	return f.Memory.PutEvent(e)
}

func (f *failing) PutEventKeys(id corpus.EventID, k []string) error {
	if err := f.call(); err != nil {
		return err
	}
	return f.Memory.PutEventKeys(id, k)
}

func (f *failing) Instrument(id corpus.InstrumentID) (corpus.Instrument, bool, error) {
	if err := f.call(); err != nil {
		return corpus.Instrument{}, false, err
	}
	return f.Memory.Instrument(id)
}

func (f *failing) ResolveInstrument(n string) (corpus.InstrumentID, bool, error) {
	if err := f.call(); err != nil {
		return "", false, err
	}
	return f.Memory.ResolveInstrument(n)
}

func (f *failing) PutInstrument(in corpus.Instrument) (corpus.Instrument, error) {
	if err := f.call(); err != nil {
		return corpus.Instrument{}, err
	}
	return f.Memory.PutInstrument(in)
}
