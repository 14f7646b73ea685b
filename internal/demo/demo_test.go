package demo_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/demo"
	"github.com/regwire/regwire/internal/newswire"
)

// floors are what the service understands of the newswire today, a little
// rounded down: the test fails on a real drop, and says what is wrong either
// way. Raise them when it reads better.
var floors = map[string]float64{
	"articles":      1.00, // of the truth, in the record
	"revisions":     1.00, // articles with as many versions as their site has published
	"corrections":   1.00, // corrected articles known as such
	"types":         0.95,
	"regulatory":    0.97,
	"jurisdictions": 0.97,
	"regulators":    0.76,
	"stance":        0.93,
	"instruments":   0.95,
	"relations":     0.99,
	"dates":         0.42,
	"one event":     0.93, // happenings told by several articles that are one event
	"one happening": 0.98, // events that hold one happening
}

// TestDemo does one complete round and holds what the service made of it
// against what a careful reader finds (newswire.Truth).
func TestDemo(t *testing.T) {
	d, err := demo.Start(t.Context(), demo.Options{Data: t.TempDir(), Version: "test", Once: true, Say: func(string, ...any) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := d.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", s)
	all := read(t, d)
	t.Run("keeps every article once", func(t *testing.T) { checkArticles(t, d, s, all) })
	t.Run("understands", func(t *testing.T) { checkReadings(t, all) })
	t.Run("tells happenings apart", func(t *testing.T) { checkHappenings(t, all) })
	t.Run("knows instruments", func(t *testing.T) { checkInstruments(t, d, all) })
	t.Run("hears retractions", func(t *testing.T) { checkRetraction(t, all) })
	t.Run("mails what matches", func(t *testing.T) { checkMails(t, d, s) })
	if v := d.Wire.Violations(); len(v) > 0 {
		t.Errorf("robots.txt was broken: %+v", v)
	}
}

// told is one article of the newswire with what the service made of it.
type told struct {
	newswire.Article
	found     []corpus.ArticleID // one, when all is well
	revisions []corpus.Revision  // of the first found
	analysis  corpus.Analysis
	events    []corpus.Event // that it reports
}

func (a told) String() string { return fmt.Sprintf("%s %q", a.Source, a.Title) }

// main is the event that the article is about.
func (a told) main() corpus.EventReading {
	if len(a.analysis.Events) == 0 {
		return corpus.EventReading{Type: corpus.Other}
	}
	return a.analysis.Events[0]
}

// event is the main event as the record has it.
func (a told) event() (corpus.Event, bool) {
	i := slices.IndexFunc(a.events, func(e corpus.Event) bool { return e.Type == a.main().Type })
	if i < 0 {
		i = len(a.events) - 1
	}
	if i < 0 {
		return corpus.Event{}, false
	}
	return a.events[i], true
}

// read joins the truth with the record, by source and title.
func read(t *testing.T, d *demo.Demo) []told {
	t.Helper()
	db := d.Service.Store
	changes, err := db.Changes(t.Context(), 0, corpus.MaxLimit, corpus.KindRevision)
	if err != nil {
		t.Fatal(err)
	}
	articles := map[string][]corpus.ArticleID{}
	for _, c := range changes {
		id, err := strconv.ParseInt(c.Ref, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		r, err := db.Revision(t.Context(), corpus.RevisionID(id))
		if err != nil {
			t.Fatal(err)
		}
		if k := key(r.Source, r.Title); !slices.Contains(articles[k], r.Article) {
			articles[k] = append(articles[k], r.Article)
		}
	}
	events, err := db.Events(t.Context(), corpus.EventQuery{Limit: corpus.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	var all []told
	for _, truth := range d.Wire.Truth() {
		a := told{Article: truth, found: articles[key(truth.Source, truth.Title)]}
		if len(a.found) > 0 {
			if a.revisions, err = db.Revisions(t.Context(), a.found[0]); err != nil {
				t.Fatal(err)
			}
			if a.analysis, err = db.LatestAnalysis(t.Context(), a.found[0]); err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if slices.ContainsFunc(e.Reports, func(r corpus.Report) bool { return r.Article == a.found[0] }) {
					a.events = append(a.events, e)
				}
			}
		}
		all = append(all, a)
	}
	return all
}

func key(source corpus.SourceID, title string) string {
	return string(source) + " " + strings.ToLower(strings.Join(strings.Fields(title), ""))
}

// score counts how often one thing was got right.
type score struct {
	name       string
	right, all int
}

func (s *score) add(t *testing.T, right bool, format string, args ...any) {
	t.Helper()
	s.all++
	if right {
		s.right++
	} else {
		t.Logf("%s: %s", s.name, fmt.Sprintf(format, args...))
	}
}

// check fails when the score is under its floor.
func (s *score) check(t *testing.T) {
	t.Helper()
	share := float64(s.right) / float64(max(1, s.all))
	t.Logf("=== %s: %d of %d (%.3f)", s.name, s.right, s.all, share)
	if floor, ok := floors[s.name]; !ok || share < floor {
		t.Errorf("%s: %d of %d is %.3f, the floor %.2f", s.name, s.right, s.all, share, floor)
	}
}

func checkArticles(t *testing.T, d *demo.Demo, s demo.Summary, all []told) {
	articles, revisions := score{name: "articles"}, score{name: "revisions"}
	corrections := score{name: "corrections"}
	for _, a := range all {
		articles.add(t, len(a.found) > 0, "%v is not in the record", a)
		if len(a.found) > 1 {
			t.Errorf("%v is in the record %d times", a, len(a.found))
		}
		if len(a.found) == 0 {
			continue
		}
		revisions.add(t, len(a.revisions) == len(a.Editions), "%v has %d revisions, was published %d times", a, len(a.revisions), len(a.Editions))
		newest := a.revisions[len(a.revisions)-1]
		if (a.Gone > 0 || a.Retracted > 0) != (newest.Status == corpus.StatusWithdrawn) {
			t.Errorf("%v is %s", a, newest.Status)
		}
		if strings.Contains(a.Path, "cb-payments-fine") || strings.Contains(a.Path, "bybit-theft") {
			corrections.add(t, newest.Status == corpus.StatusCorrected, "%v is %s", a, newest.Status)
		}
	}
	articles.check(t)
	revisions.check(t)
	corrections.check(t)
	want := d.Wire.Counts(newswire.Editions - 1)
	if got := int(s.Articles); got > want.Articles+1 { // a digest's own heading may be one more
		t.Errorf("%d articles, the sites published %d", got, want.Articles)
	}
}

func checkReadings(t *testing.T, all []told) {
	types, regulatory, places := score{name: "types"}, score{name: "regulatory"}, score{name: "jurisdictions"}
	regulators, stance, dates := score{name: "regulators"}, score{name: "stance"}, score{name: "dates"}
	for _, a := range all {
		if len(a.found) == 0 || a.Gone > 0 || a.Retracted > 0 {
			continue
		}
		e := a.main()
		types.add(t, e.Type == a.Event || slices.Contains(a.Accept, e.Type), "%v: %s, want %s", a, e.Type, a.Event)
		regulatory.add(t, a.analysis.Regulatory == (len(a.Jurisdictions) > 0), "%v: %v", a, a.analysis.Regulatory)
		if len(a.Jurisdictions) == 0 {
			continue
		}
		places.add(t, same(e.Jurisdictions, a.Jurisdictions), "%v: %v, want %v", a, e.Jurisdictions, a.Jurisdictions)
		regulators.add(t, same(e.Regulators, a.Regulators), "%v: %v, want %v", a, e.Regulators, a.Regulators)
		stance.add(t, sign(e.Stance) == a.Stance, "%v: %+.2f, want %+d", a, e.Stance, a.Stance)
		if !a.EffectiveAt.IsZero() {
			dates.add(t, e.EffectiveAt.Equal(a.EffectiveAt), "%v: effective %v, want %v", a, e.EffectiveAt, a.EffectiveAt)
		}
		if !a.CommentsCloseAt.IsZero() {
			dates.add(t, e.CommentsCloseAt.Equal(a.CommentsCloseAt), "%v: comments close %v, want %v", a, e.CommentsCloseAt, a.CommentsCloseAt)
		}
	}
	for _, s := range []score{types, regulatory, places, regulators, stance, dates} {
		s.check(t)
	}
}

func same[T ~string](a, b []T) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func sign(f float64) int {
	switch {
	case f > 0.05:
		return 1
	case f < -0.05:
		return -1
	}
	return 0
}

// checkHappenings wants the articles that tell of one happening to report one
// event, and every event to be one happening.
func checkHappenings(t *testing.T, all []told) {
	oneEvent, oneHappening := score{name: "one event"}, score{name: "one happening"}
	events := map[string]map[corpus.EventID][]string{}
	happenings := map[corpus.EventID]map[string][]string{}
	add := func(m map[string][]string, k, v string) map[string][]string {
		if m == nil {
			m = map[string][]string{}
		}
		m[k] = append(m[k], v)
		return m
	}
	several := map[string]int{}
	for _, a := range all {
		e, ok := a.event()
		if a.Happening == "" || !ok {
			continue
		}
		several[a.Happening]++
		if events[a.Happening] == nil {
			events[a.Happening] = map[corpus.EventID][]string{}
		}
		events[a.Happening][e.ID] = append(events[a.Happening][e.ID], fmt.Sprintf("[%s] %v", e.Type, a))
		happenings[e.ID] = add(happenings[e.ID], a.Happening, a.String())
	}
	for _, h := range slices.Sorted(maps.Keys(events)) {
		if several[h] > 1 {
			oneEvent.add(t, len(events[h]) == 1, "%s is %d events: %v", h, len(events[h]), slices.Collect(maps.Values(events[h])))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(happenings)) {
		oneHappening.add(t, len(happenings[id]) == 1, "event %s holds %v", id, happenings[id])
	}
	oneEvent.check(t)
	oneHappening.check(t)
}

func checkInstruments(t *testing.T, d *demo.Demo, all []told) {
	instruments, relations := score{name: "instruments"}, score{name: "relations"}
	asked := map[newswire.Relation]bool{}
	for _, a := range all {
		if len(a.found) == 0 {
			continue
		}
		for _, want := range a.Instruments {
			i, err := d.Service.Store.Instrument(t.Context(), string(want))
			instruments.add(t, err == nil && slices.Contains(i.Articles, a.found[0]), "%v does not mention %s (%v)", a, want, err)
		}
		for _, want := range a.Relations {
			if asked[want] {
				continue
			}
			asked[want] = true
			i, err := d.Service.Store.Instrument(t.Context(), string(want.From))
			relations.add(t, err == nil && slices.ContainsFunc(i.Relations, func(r corpus.Relation) bool {
				to, err := d.Service.Store.Instrument(t.Context(), string(want.To))
				return r.Kind == want.Kind && (r.To == want.To || err == nil && r.To == to.ID)
			}), "%s %s %s: not known (%v; has %v)", want.From, want.Kind, want.To, err, i.Relations)
		}
	}
	instruments.check(t)
	relations.check(t)
}

// checkRetraction wants the approval that never was to be taken back once both
// of its reports were.
func checkRetraction(t *testing.T, all []told) {
	found := false
	for _, a := range all {
		if a.Happening != "false-blackrock-approval" {
			continue
		}
		for _, e := range a.events {
			found = true
			if e.Status != corpus.EventRetracted || e.Change.Reason != corpus.ChangeRetracted {
				t.Errorf("%v: the event is %s (%s)", a, e.Status, e.Change.Reason)
			}
		}
	}
	if !found {
		t.Error("the false report made no event")
	}
}

// checkMails wants every alert to have become one delivered mail, and the
// retraction to have followed the mail it takes back.
func checkMails(t *testing.T, d *demo.Demo, s demo.Summary) {
	mails, err := d.Service.Store.Notifications(t.Context(), corpus.NotificationQuery{Limit: corpus.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	first := map[corpus.EventID]int{}
	for _, n := range mails {
		if n.State != corpus.NotificationSent {
			t.Errorf("%s is %s: %s", n.Subject, n.State, n.LastError)
		}
		if before, ok := ids[n.MessageID]; ok {
			t.Errorf("%s and %s have one Message-ID", n.Subject, before)
		}
		ids[n.MessageID] = n.Subject
		if n.Thread == "" {
			first[n.Event]++
		}
	}
	for event, n := range first {
		if n != 1 {
			t.Errorf("event %s was announced %d times", event, n)
		}
	}
	for _, n := range mails {
		if n.Thread != "" && ids[n.Thread] == "" {
			t.Errorf("%s follows a mail that was not sent", n.Subject)
		}
	}
	if int(s.Mails) != len(mails) || s.Mails < 30 {
		t.Errorf("%d mails, the summary says %d", len(mails), s.Mails)
	}
}
