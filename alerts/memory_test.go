package alerts

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/regwire/regwire/corpus"
)

// record is a corpus small enough to hold in a test. It keeps the promises
// the matcher and the deliverer count on: unique keys, and both or neither.
type record struct {
	alerts        []corpus.Alert
	notifications []corpus.Notification
	deliveries    []corpus.Delivery
	versions      map[corpus.EventID][]corpus.Event
	instruments   map[corpus.InstrumentID]corpus.Instrument
	revisions     map[corpus.ArticleID][]corpus.Revision
	failRecord    error
}

func newRecord() *record {
	return &record{
		versions:    map[corpus.EventID][]corpus.Event{},
		instruments: map[corpus.InstrumentID]corpus.Instrument{},
		revisions:   map[corpus.ArticleID][]corpus.Revision{},
	}
}

func (r *record) AlertsOf(id corpus.EventID) ([]corpus.Alert, error) {
	return slices.DeleteFunc(slices.Clone(r.alerts), func(a corpus.Alert) bool { return a.Event != id }), nil
}

func (r *record) NotificationsOf(id corpus.EventID) ([]corpus.Notification, error) {
	return slices.DeleteFunc(slices.Clone(r.notifications), func(n corpus.Notification) bool { return n.Event != id }), nil
}

func (r *record) EventVersion(id corpus.EventID, version int) (corpus.Event, bool, error) {
	for _, ev := range r.versions[id] {
		if ev.Version == version {
			return ev, true, nil
		}
	}
	return corpus.Event{}, false, nil
}

func (r *record) Instrument(id corpus.InstrumentID) (corpus.Instrument, bool, error) {
	in, ok := r.instruments[id]
	return in, ok, nil
}

func (r *record) RevisionsOf(id corpus.ArticleID) ([]corpus.Revision, error) {
	return r.revisions[id], nil
}

// store is the pipeline's part: one version of an event, and what the matcher
// makes of it, in one go.
func (r *record) store(m *Matcher, ev corpus.Event, now time.Time) ([]corpus.Alert, []corpus.Notification, error) {
	ev.Version = len(r.versions[ev.ID]) + 1
	r.versions[ev.ID] = append(r.versions[ev.ID], ev)
	alerts, notifications, err := m.Match(r, ev, now)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range alerts {
		if !slices.ContainsFunc(r.alerts, func(b corpus.Alert) bool {
			return a.Event == b.Event && a.Rule == b.Rule && a.Stage == b.Stage
		}) {
			r.alerts = append(r.alerts, a)
		}
	}
	for _, n := range notifications {
		if !slices.ContainsFunc(r.notifications, func(o corpus.Notification) bool { return o.Key == n.Key }) {
			n.ID = corpus.NotificationID(len(r.notifications) + 1)
			r.notifications = append(r.notifications, n)
		}
	}
	return alerts, notifications, nil
}

func (r *record) ClaimNotifications(_ context.Context, now time.Time, lease time.Duration, limit int) ([]corpus.Notification, error) {
	var due []corpus.Notification
	for i := range r.notifications {
		n := &r.notifications[i]
		if n.State == corpus.NotificationPending && !n.NextAt.After(now) && len(due) < limit {
			n.NextAt = now.Add(lease)
			due = append(due, *n)
		}
	}
	return due, nil
}

func (r *record) RecordDelivery(ctx context.Context, attempt corpus.Delivery, next corpus.Notification) error {
	if err := cmp.Or(r.failRecord, ctx.Err()); err != nil {
		return err
	}
	r.deliveries = append(r.deliveries, attempt)
	for i := range r.notifications {
		if r.notifications[i].ID == next.ID {
			r.notifications[i] = next
		}
	}
	return nil
}

var (
	monday = time.Date(2025, 3, 31, 13, 5, 0, 0, time.UTC)
	yes    = true
)

// testConfig has one receiver, told of everything regulatory.
func testConfig() Config {
	return Config{
		Rules:     []Rule{{Name: "regulatory", Match: Match{Regulatory: &yes}}},
		Receivers: []Receiver{{Name: "compliance", Email: Email{To: []string{"compliance@desk.example"}}}},
		Maildir:   "unused",
		SMTP:      SMTP{From: "Regwire <alerts@desk.example>"},
		BaseURL:   "https://regwire.desk.example",
		SourceNames: map[corpus.SourceID]string{
			"us-fdic": "FDIC financial institution letters", "wire": "Ledger Post", "cn-pboc": "中国人民银行",
		},
	}
}

// fdicEvent is the repeal of one letter by another, as two articles tell it.
func fdicEvent() corpus.Event {
	return corpus.Event{
		ID: "efdic", Story: "sfdic", Title: "FDIC rescinds FIL-16-2022", Origin: corpus.OriginLive,
		EventReading: corpus.EventReading{
			Type: corpus.Repeal, Stance: 0.7, Severity: corpus.SeverityHigh, Status: corpus.EventDone, Confidence: 0.93,
			Actors: []string{"FDIC"}, Targets: []string{"FDIC-supervised institutions"},
			Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"FDIC"},
			Instruments: []corpus.InstrumentID{"FIL-7-2025", "FIL-16-2022"},
			EffectiveAt: time.Date(2025, 3, 28, 0, 0, 0, 0, time.UTC),
			Evidence: []string{
				"The letter says that supervised banks may take up permitted crypto-related activities without asking the agency first.",
				"It rescinds FIL-16-2022, which had asked banks to notify the agency before doing so.",
			},
		},
		Reports: []corpus.Report{
			{Article: "a1", Revision: 2, Source: "us-fdic", Kind: corpus.SourceRegulator, Primary: true,
				URL: "https://www.fdic.gov/news/fil-7-2025", Title: "Clarified process for banks engaging in crypto activities",
				PublishedAt: time.Date(2025, 3, 28, 15, 0, 0, 0, time.UTC)},
			{Article: "a2", Revision: 5, Source: "wire", Kind: corpus.SourceMedia, URL: "https://ledgerpost.example/fdic?a=1&b=2",
				Title: "US bank regulator drops its notice rule for crypto", PublishedAt: time.Date(2025, 3, 28, 17, 40, 0, 0, time.UTC)},
		},
		PublishedAt: time.Date(2025, 3, 28, 15, 0, 0, 0, time.UTC), FirstSeenAt: monday, KnownAt: monday,
	}
}

// fdicRecord knows the instruments of fdicEvent, and that the agency has
// changed its page once.
func fdicRecord() *record {
	r := newRecord()
	r.instruments["FIL-7-2025"] = corpus.Instrument{ID: "FIL-7-2025", Issuer: "FDIC", Jurisdiction: "US", Relations: []corpus.Relation{
		{Kind: corpus.Cites, To: "12 CFR 362", Article: "a1", Evidence: "as 12 CFR 362 sets out"},
		{Kind: corpus.Repeals, To: "FIL-16-2022", Article: "a1", Evidence: "It rescinds FIL-16-2022, which had asked banks to notify the agency before doing so."},
	}}
	draft := func(blocks ...string) corpus.Draft {
		d := corpus.Draft{Title: "Clarified process for banks engaging in crypto activities"}
		for _, b := range blocks {
			d.Blocks = append(d.Blocks, corpus.Block{Kind: corpus.BlockParagraph, Text: b})
		}
		return d
	}
	r.revisions["a1"] = []corpus.Revision{
		{ID: 1, Article: "a1", N: 1, Draft: draft("Banks may engage in permitted activities.",
			"Institutions should tell the regional office within 30 days of starting an activity, and keep a record of the risks considered.",
			"Questions go to the regional office.")},
		{ID: 2, Article: "a1", N: 2, Draft: draft("Banks may engage in permitted activities.",
			"Institutions need not tell the regional office before starting an activity, and keep a record of the risks considered.",
			"Questions go to the regional office.", "This letter replaces FIL-16-2022.")},
	}
	return r
}

// pbocEvent is a notice of eight agencies in Chinese.
func pbocEvent() corpus.Event {
	return corpus.Event{
		ID: "epboc", Title: "八部门发布通知，进一步防范虚拟货币相关风险", Origin: corpus.OriginLive,
		EventReading: corpus.EventReading{
			Type: corpus.Prohibition, Stance: -0.9, Severity: corpus.SeverityCritical, Status: corpus.EventDone, Confidence: 0.88,
			Jurisdictions: []corpus.Jurisdiction{"CN"}, Regulators: []string{"PBoC", "CSRC"},
			Instruments: []corpus.InstrumentID{"银发〔2026〕42号"}, Assets: []string{"BTC", "USDT"},
			EffectiveAt: time.Date(2026, 2, 6, 0, 0, 0, 0, time.UTC),
			Evidence:    []string{"通知自发布之日起施行，此前的银发〔2021〕237号同时废止。", "境内单位不得为虚拟货币交易提供场所和结算服务。"},
		},
		Reports: []corpus.Report{{Article: "z1", Revision: 9, Source: "cn-pboc", Primary: true, URL: "http://www.pbc.gov.cn/notice/42.html",
			Title: "关于进一步防范和处置虚拟货币等相关风险的通知", PublishedAt: time.Date(2026, 2, 6, 9, 0, 0, 0, time.UTC)}},
	}
}

func pbocRecord() *record {
	r := newRecord()
	r.instruments["银发〔2026〕42号"] = corpus.Instrument{ID: "银发〔2026〕42号", Relations: []corpus.Relation{
		{Kind: corpus.Repeals, To: "银发〔2021〕237号", Article: "z1", Evidence: "通知自发布之日起施行，此前的银发〔2021〕237号同时废止。"}}}
	block := func(s string) corpus.Draft {
		return corpus.Draft{Title: "通知", Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: s}}}
	}
	r.revisions["z1"] = []corpus.Revision{
		{ID: 8, N: 1, Draft: block("金融机构应当在三个月内完成自查，并报告当地主管部门。")},
		{ID: 9, N: 2, Draft: block("金融机构应当在一个月内完成自查，并报告当地人民银行分支机构。")},
	}
	return r
}

// wire is the mail as it goes over the wire.
func wire(n corpus.Notification, cfg Config) ([]byte, error) {
	var b bytes.Buffer
	err := WriteMessage(&b, n, cfg)
	return b.Bytes(), err
}
