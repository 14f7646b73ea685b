package story

import (
	"math"
	"slices"
	"strconv"

	"github.com/regwire/regwire/corpus"
)

// bucketDays is the width of the buckets of time that event keys of a class
// fall into: no less than the window of any type in it, so that a telling has
// to look at three of them only.
func bucketDays(class string) float64 {
	days := 0.0
	for _, t := range traits {
		if slices.Contains(t.classes, class) {
			days = max(days, t.days)
		}
	}
	return days
}

// keys returns the keys a telling is filed under, and those under which a
// match may be filed. They pair each class of the type with each name the
// event may go by and a stretch of time, so that a lookup stays small however
// long the record is.
func (t *telling) keys(article corpus.ArticleID) (file, look []string) {
	fileNames, lookNames := t.keyNames()
	add := func(class string, fileNames, lookNames []string) {
		bucket := int(math.Floor(float64(t.date.Unix()) / (bucketDays(class) * 24 * 3600)))
		for _, n := range fileNames {
			file = append(file, class+"|"+n+"|"+strconv.Itoa(bucket))
		}
		for _, n := range lookNames {
			for d := -1; d <= 1; d++ {
				look = append(look, class+"|"+n+"|"+strconv.Itoa(bucket+d))
			}
		}
	}
	for _, c := range traits[t.kind].classes {
		add(c, fileNames, lookNames)
	}
	if slices.Contains(deeds, t.kind) && !shareClass(t.kind, corpus.Enforcement) {
		add("act", t.parties, t.parties)
	}
	for _, id := range t.acting {
		file = append(file, actingKey(id))
	}
	for _, id := range t.ended {
		file = append(file, endedKey(id))
	}
	return set(append(file, articleKey(article))), set(look)
}

// keyNames lists the names an event is found by: its parties, and who acts.
// Two tellings that both name parties have to share one, so those need not be
// looked up by the authority, who does a lot.
func (t *telling) keyNames() (file, look []string) {
	if traits[t.kind].noisy {
		return t.noisyNames()
	}
	who := t.authority
	if len(who) == 0 && t.kind.Regulatory() {
		for _, j := range t.jurisdictions {
			who = append(who, string(j))
		}
	}
	if len(t.parties) == 0 && len(who) == 0 {
		who = t.assets
	}
	for _, n := range who {
		look = append(look, "by "+n)
		if len(t.parties) == 0 {
			file = append(file, "by "+n)
			look = append(look, "on somebody by "+n)
		} else {
			file = append(file, "on somebody by "+n)
		}
	}
	// Where nobody is named, the asset and the place have to do.
	if t.kind.Regulatory() && len(t.parties) == 0 {
		for _, a := range t.assets[:min(maxKeyAssets, len(t.assets))] {
			for _, j := range t.jurisdictions {
				file, look = append(file, a+" in "+string(j)), append(look, a+" in "+string(j))
			}
		}
	}
	return append(file, t.parties...), append(look, t.parties...)
}

// noisyNames lists the names of an event of which there are hundreds a day: its
// parties, and each asset with each figure, since without a figure in common
// there is no match. A huge sum may be told of the whole market, "", instead.
func (t *telling) noisyNames() (file, look []string) {
	t.text()
	file, look = slices.Clone(t.parties), slices.Clone(t.parties)
	add := func(asset string, f float64) {
		bucket := int(math.Floor(math.Log(f) / slack(f)))
		file = append(file, asset+"~"+strconv.Itoa(bucket))
		for d := -1; d <= 1; d++ {
			look = append(look, asset+"~"+strconv.Itoa(bucket+d))
		}
	}
	assets := t.assets
	if t.kind == corpus.PriceMove {
		assets = []string{t.mainAsset}
	}
	for _, f := range t.figures[:min(maxKeyFigures, len(t.figures))] {
		for _, a := range assets[:min(maxKeyAssets, len(assets))] {
			add(a, f)
		}
		if f >= hugeFigure || len(assets) == 0 {
			add("", f)
		}
	}
	return file, look
}

// The bounds of what is looked up for one event of a noisy type.
const (
	maxKeyAssets  = 3
	maxKeyFigures = 6
)

func articleKey(id corpus.ArticleID) string   { return "article|" + string(id) }
func actingKey(id corpus.InstrumentID) string { return "acting|" + string(id) }
func endedKey(id corpus.InstrumentID) string  { return "ended|" + string(id) }
