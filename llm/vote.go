package llm

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// labelBand is the score from which a text leans one way: the local analyser's,
// so that the labels of the two readings compare.
const labelBand = 0.12

// decide makes one reading of several votes and the local one. A claim stands
// when more than half of the votes make it; numbers are medians. Confidence
// falls with the share of votes that do not agree and with the width of their
// numbers. It returns false when the votes agree on nothing they claim.
//
// What no vote speaks of stays as the local reading has it: entities and
// instruments always, sentiments of targets left out, and whatever an event
// does not state.
func decide(votes []vote, t corpus.Text, local corpus.Analysis) (corpus.Analysis, bool) {
	out := local
	regulatory := count(votes, func(v vote) bool { return v.regulatory })
	out.Regulatory = majority(regulatory, len(votes))
	events := decideEvents(votes, local)
	sentiments := decideSentiments(votes, local)
	none := count(votes, func(v vote) bool { return v.claims == 0 })
	if len(events)+len(sentiments) == 0 && !majority(none, len(votes)) {
		return corpus.Analysis{}, false
	}
	if len(events) > 0 || majority(count(votes, func(v vote) bool { return len(v.events) == 0 && v.voided == 0 }), len(votes)) {
		out.Events = events
	}
	out.Sentiments = merge(local.Sentiments, sentiments)
	out.Score = score(t, sentiments, local.Score)
	out.Label = label(out.Score)
	out.Confidence = round(median(floats(votes, func(v vote) float64 { return v.confidence })) * agreement(votes))
	return out, true
}

func majority(n, of int) bool { return 2*n > of }

func count(votes []vote, is func(vote) bool) int {
	n := 0
	for _, v := range votes {
		if is(v) {
			n++
		}
	}
	return n
}

// agreement is the mean share of the votes that each claim made by any of them
// has got; voided claims count as made by one vote alone. 1 when nothing is
// claimed.
func agreement(votes []vote) float64 {
	made, voided, distinct := 0, 0, map[string]bool{}
	for _, v := range votes {
		for _, e := range v.events {
			made++
			distinct["event "+string(e.Type)] = true
		}
		for _, s := range v.sentiments {
			made++
			distinct["sentiment "+s.Target] = true
		}
		made += v.voided
		voided += v.voided
	}
	claims := len(distinct) + voided
	if claims == 0 {
		return 1
	}
	return float64(made) / float64(claims*len(votes))
}

func decideEvents(votes []vote, local corpus.Analysis) []corpus.EventReading {
	type ranked struct {
		event corpus.EventReading
		mains int // votes that put it first
		order int
	}
	var stand []ranked
	for _, typ := range corpus.EventTypes() {
		var readings []corpus.EventReading
		r := ranked{}
		for _, v := range votes {
			i := slices.IndexFunc(v.events, func(e corpus.EventReading) bool { return e.Type == typ })
			if i < 0 {
				continue
			}
			readings = append(readings, v.events[i])
			r.order += i
			if i == 0 {
				r.mains++
			}
		}
		if majority(len(readings), len(votes)) {
			r.event = combine(readings, len(votes), localEvent(local, typ))
			stand = append(stand, r)
		}
	}
	slices.SortStableFunc(stand, func(a, b ranked) int { return cmp.Or(b.mains-a.mains, a.order-b.order) })
	events := []corpus.EventReading{}
	for _, r := range stand {
		events = append(events, r.event)
	}
	return events
}

// localEvent is what the local reading has of an event of this type, for what
// the votes do not state.
func localEvent(local corpus.Analysis, typ corpus.EventType) corpus.EventReading {
	for _, e := range local.Events {
		if e.Type == typ {
			return e
		}
	}
	return corpus.EventReading{Type: typ, Jurisdictions: []corpus.Jurisdiction{}, Regulators: []string{},
		Instruments: []corpus.InstrumentID{}, Assets: []string{}, Exchanges: []string{}}
}

// combine makes one event of those that votes read, out of so many votes.
func combine(readings []corpus.EventReading, votes int, base corpus.EventReading) corpus.EventReading {
	e := base
	stances := floats(readings, func(r corpus.EventReading) float64 { return r.Stance })
	e.Stance = median(stances)
	e.Severity = severities()[int(median(floats(readings, func(r corpus.EventReading) float64 { return float64(r.Severity.Rank()) })))]
	e.Status = most(readings, func(r corpus.EventReading) corpus.EventStatus { return r.Status })
	e.Confidence = median(floats(readings, func(r corpus.EventReading) float64 { return r.Confidence })) *
		float64(len(readings)) / float64(votes) * (1 - width(stances)/2)
	e.Confidence = round(e.Confidence)
	e.Jurisdictions = agreed(readings, base.Jurisdictions, func(r corpus.EventReading) []corpus.Jurisdiction { return r.Jurisdictions })
	e.Regulators = agreed(readings, base.Regulators, func(r corpus.EventReading) []string { return r.Regulators })
	e.Instruments = agreed(readings, base.Instruments, func(r corpus.EventReading) []corpus.InstrumentID { return r.Instruments })
	e.Assets = agreed(readings, base.Assets, func(r corpus.EventReading) []string { return r.Assets })
	e.Exchanges = agreed(readings, base.Exchanges, func(r corpus.EventReading) []string { return r.Exchanges })
	if d := date(readings, func(r corpus.EventReading) time.Time { return r.EffectiveAt }); !d.IsZero() {
		e.EffectiveAt = d
	}
	if d := date(readings, func(r corpus.EventReading) time.Time { return r.CommentsCloseAt }); !d.IsZero() {
		e.CommentsCloseAt = d
	}
	e.Evidence = nil
	for _, r := range readings {
		for _, quote := range r.Evidence {
			if !slices.Contains(e.Evidence, quote) {
				e.Evidence = append(e.Evidence, quote)
			}
		}
	}
	return e
}

// agreed lists the values that more than half of the readings have, or those
// of the local reading when there are none.
func agreed[T comparable](readings []corpus.EventReading, local []T, of func(corpus.EventReading) []T) []T {
	counts := map[T]int{}
	var order []T
	for _, r := range readings {
		for _, v := range of(r) {
			if counts[v] == 0 {
				order = append(order, v)
			}
			counts[v]++
		}
	}
	out := slices.DeleteFunc(order, func(v T) bool { return !majority(counts[v], len(readings)) })
	if len(out) == 0 {
		return local
	}
	return out
}

// date returns the date that more than half of the readings state.
func date(readings []corpus.EventReading, of func(corpus.EventReading) time.Time) time.Time {
	for _, r := range readings {
		n := 0
		for _, other := range readings {
			if of(other).Equal(of(r)) {
				n++
			}
		}
		if majority(n, len(readings)) {
			return of(r)
		}
	}
	return time.Time{}
}

func decideSentiments(votes []vote, local corpus.Analysis) []corpus.Sentiment {
	byTarget := map[string][]corpus.Sentiment{}
	var order []string
	for _, v := range votes {
		for _, s := range v.sentiments {
			if byTarget[s.Target] == nil {
				order = append(order, s.Target)
			}
			byTarget[s.Target] = append(byTarget[s.Target], s)
		}
	}
	var out []corpus.Sentiment
	for _, target := range order {
		given := byTarget[target]
		if !majority(len(given), len(votes)) {
			continue
		}
		scores := floats(given, func(s corpus.Sentiment) float64 { return s.Score })
		s := corpus.Sentiment{
			Target: target, Kind: given[0].Kind, Score: median(scores), Relevance: relevance(local, target),
			Confidence: round(median(floats(given, func(s corpus.Sentiment) float64 { return s.Confidence })) *
				float64(len(given)) / float64(len(votes)) * (1 - width(scores)/2)),
		}
		for _, g := range given {
			for _, quote := range g.Evidence {
				if !slices.Contains(s.Evidence, quote) {
					s.Evidence = append(s.Evidence, quote)
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// relevance is the local reading's: it is counted, not judged. The market is
// as relevant as the text makes anything.
func relevance(local corpus.Analysis, target string) float64 {
	best := 0.0
	for _, s := range local.Sentiments {
		if s.Target == target {
			return s.Relevance
		}
	}
	for _, e := range local.Entities {
		if e.ID == target {
			return e.Relevance
		}
		best = max(best, e.Relevance)
	}
	return best
}

// merge puts the judged sentiments in the place of the local ones.
func merge(local, judged []corpus.Sentiment) []corpus.Sentiment {
	out := slices.Clone(local)
	for _, s := range judged {
		if i := slices.IndexFunc(out, func(have corpus.Sentiment) bool { return have.Target == s.Target }); i >= 0 {
			out[i] = s
		} else {
			out = append(out, s)
		}
	}
	return out
}

// score is that of the target that was asked for, else of the market.
func score(t corpus.Text, judged []corpus.Sentiment, local float64) float64 {
	want := cmp.Or(t.Target, market)
	for _, s := range judged {
		if s.Target == want {
			return s.Score
		}
	}
	return local
}

func label(score float64) int {
	switch {
	case score >= labelBand:
		return 1
	case score <= -labelBand:
		return -1
	default:
		return 0
	}
}

func floats[T any](list []T, of func(T) float64) []float64 {
	out := make([]float64, len(list))
	for i, v := range list {
		out[i] = of(v)
	}
	return out
}

// round keeps four decimals, so that what is stored and compared does not
// depend on the last bit of a product.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// median of a list that is not empty; of the two in the middle the one nearer
// to nought, so that a tie never exaggerates.
func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	upper := list[len(list)/2]
	lower := list[(len(list)-1)/2]
	if math.Abs(lower) <= math.Abs(upper) {
		return lower
	}
	return upper
}

// width is the distance between the outermost values.
func width(list []float64) float64 { return slices.Max(list) - slices.Min(list) }

// most returns the commonest value, the first of equals.
func most[T comparable](readings []corpus.EventReading, of func(corpus.EventReading) T) T {
	counts := map[T]int{}
	best := of(readings[0])
	for _, r := range readings {
		counts[of(r)]++
	}
	for _, r := range readings {
		if counts[of(r)] > counts[best] {
			best = of(r)
		}
	}
	return best
}
