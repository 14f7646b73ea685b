package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

var update = flag.Bool("update", false, "rewrite the golden answers")

var articleOfNotice = corpus.NewArticleID("us-fdic", "https://fdic.example/fil-7-2025", "")

// goldens freeze the names of each answer.
var goldens = map[string]string{
	"search":        "/api/v1/search?q=bitcoin&facets=true",
	"events":        "/api/v1/events?type=repeal&jurisdiction=US&severity=high&limit=1",
	"event":         "/api/v1/events/e1",
	"instruments":   "/api/v1/instruments?jurisdiction=US",
	"instrument":    "/api/v1/instruments/FIL-16-2022",
	"story":         "/api/v1/stories/s1",
	"article":       "/api/v1/articles/" + string(articleOfNotice),
	"signals":       "/api/v1/signals?kind=sentiment",
	"alerts":        "/api/v1/alerts",
	"notifications": "/api/v1/notifications",
	"sources":       "/api/v1/sources",
	"status":        "/api/v1/status",
	"health":        "/healthz",
	"problem":       "/api/v1/events/none",
}

// took varies, everything else does not.
var took = regexp.MustCompile(`"took":\d+`)

func TestGoldenAnswers(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for name, path := range goldens {
		t.Run(name, func(t *testing.T) {
			_, body := w.get(t, path)
			var got bytes.Buffer
			if err := json.Indent(&got, took.ReplaceAll(body, []byte(`"took":0`)), "", "  "); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		path   string
		status int
		want   string
	}{
		{"/api/v1/search?q=%22open", 400, "a quotation mark is not closed"},
		{"/api/v1/search?sort=best", 400, `sort: "best" is not one of relevance, newest`},
		{"/api/v1/search?limit=0", 400, "a number from 1 to 1000"},
		{"/api/v1/events?jurisdicton=US", 400, "jurisdicton: unknown parameter; this takes type, severity, jurisdiction"},
		{"/api/v1/events?type=party", 400, `type: "party" is not one of enforcement,`},
		{"/api/v1/events?since=yesterday", 400, "since: \"yesterday\" is not a time like"},
		{"/api/v1/events?asset=BTC&asset=ETH", 400, `asset: "BTC, ETH" is not one value`},
		{"/api/v1/events?cursor=none", 400, "is not a cursor of this list"},
		{"/api/v1/alerts?cursor=eyJza2lwIjotMX0", 400, "is not a cursor of this list"}, // {"skip":-1}
		{"/api/v1/signals?format=xml", 400, "is not one of json, csv"},
		{"/api/v1/signals?kind=noise", 400, "is not one of sentiment, pressure"},
		{"/api/v1/signals/stream?after=-1", 400, "is not a number from 0"},
		{"/api/v1/signals/stream?as_of=2025-01-01", 400, "as_of: unknown parameter; this takes kind, target, after"},
		{"/api/v1/status?verbose=1", 400, "verbose: unknown parameter; this takes no parameters"},
		{"/api/v1/events/none", 404, "not found"},
		{"/api/v1/instruments/none", 404, "not found"},
		{"/api/v1/stories/none", 404, "not found"},
		{"/api/v1/articles/none", 404, "not found"},
		{"/api/v1/nothing", 404, "not found"},
	} {
		status, body := w.get(t, tt.path)
		if got := problem(t, body); status != tt.status || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %d %s; want %d %s", tt.path, status, got, tt.status, tt.want)
		}
	}
	res, err := http.Post(w.URL+"/api/v1/events", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") == "" {
		t.Errorf("POST answers %s", res.Status)
	}
}

func TestAnEmptyRecordAnswers(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"search", "events", "instruments", "signals", "alerts", "notifications", "sources", "status"} {
		status, body := w.get(t, "/api/v1/"+path)
		if status != http.StatusOK || bytes.Contains(body, []byte(`"items":null`)) || bytes.Contains(body, []byte(`"hits":null`)) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestInternalErrorsStayPrivate(t *testing.T) {
	w := newWorld(t)
	w.db.Close()
	for path, want := range map[string]int{"/api/v1/events": 500, "/healthz": 503} {
		status, body := w.get(t, path)
		if message := problem(t, body); status != want || strings.Contains(message, "sql") {
			t.Errorf("%s: %d %s", path, status, message)
		}
	}
}

func TestInstrumentsAreFoundByAnyName(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for _, name := range []string{"MiCA", "mica", "Regulation (EU) 2023/1114"} {
		for _, path := range []string{name, url.PathEscape(name)} {
			status, body := w.get(t, "/api/v1/instruments/"+strings.ReplaceAll(path, " ", "%20"))
			if status != http.StatusOK || !bytes.Contains(body, []byte(`"id":"Regulation (EU) 2023/1114"`)) {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	}
	if status, _ := w.get(t, "/api/v1/instruments/"+url.PathEscape("银发〔2026〕42号")); status != http.StatusOK {
		t.Errorf("a Chinese number: %d", status)
	}
}

func TestAnswersAsOfNeverChange(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	head, err := w.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The present, a moment ahead of the record, and one in its middle.
	first := map[string][]byte{}
	for _, asOf := range []string{head.At.Format("2006-01-02T15:04:05.000000Z"), "2030-01-01", dawn.Add(9 * time.Second).Format("2006-01-02T15:04:05Z")} {
		for _, path := range []string{"/api/v1/events?limit=50", "/api/v1/instruments?limit=50", "/api/v1/signals?limit=50", "/api/v1/signals?format=csv", "/api/v1/events/e1?", "/api/v1/instruments/FIL-16-2022?"} {
			status, body := w.get(t, path+"&as_of="+asOf)
			var answered struct {
				AsOf string `json:"as_of"`
			}
			if json.Unmarshal(body, &answered); answered.AsOf != "" {
				asOf = answered.AsOf // a moment to come has been settled as the present
			}
			first[path+"&as_of="+asOf] = fmt.Appendf(nil, "%d %s", status, body)
		}
	}
	w.moreEvents(t, 0, 20)
	w.update(t, func(tx *store.Tx) error {
		e, _, err := tx.Event("e1")
		if err != nil {
			return err
		}
		e.Status = corpus.EventRetracted
		if _, err := tx.PutEvent(e); err != nil {
			return err
		}
		in, _, err := tx.Instrument("FIL-16-2022")
		if err != nil {
			return err
		}
		in.Status = corpus.InstrumentInForce
		if _, err := tx.PutInstrument(in); err != nil {
			return err
		}
		s, _, err := tx.LastSignal(corpus.SignalSentiment, "BTC")
		if err != nil {
			return err
		}
		_, err = tx.AddSignal(s)
		return err
	})
	for path, want := range first {
		status, body := w.get(t, path)
		if got := fmt.Appendf(nil, "%d %s", status, body); !bytes.Equal(want, got) {
			t.Errorf("%s:\n%s", path, cmp.Diff(string(want), string(got)))
		}
	}
	if _, now := w.get(t, "/api/v1/events/e1"); !bytes.Contains(now, []byte(`"retracted"`)) {
		t.Error("the present does not know of the retraction")
	}
}

func TestCursorsWalkEverythingOnce(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	w.moreEvents(t, 0, 23)
	w.update(t, func(tx *store.Tx) error {
		for i := range 23 {
			// Decisions of one transaction may carry the same instant.
			d := corpus.Alert{Event: "e1", Version: 1, Rule: fmt.Sprintf("rule %d", i), Stage: "first", Outcome: "muted", At: dawn.Add(time.Duration(i/5) * time.Minute)}
			if _, err := tx.AddAlert(d); err != nil {
				return err
			}
			n := corpus.Notification{Key: fmt.Sprint(i), MessageID: fmt.Sprint(i), Event: "e1", Receiver: "r"}
			if _, _, err := tx.AddNotification(n); err != nil {
				return err
			}
		}
		return nil
	})
	for _, path := range []string{"/api/v1/events?", "/api/v1/instruments?", "/api/v1/signals?", "/api/v1/alerts?", "/api/v1/notifications?"} {
		want, next := w.list(t, path)
		if next != "" || len(want) < 4 {
			t.Fatalf("%s: %d items, next %q", path, len(want), next)
		}
		for _, limit := range []int{1, 2, 7, len(want)} {
			var got []json.RawMessage
			for cursor, pages := "", 0; ; pages++ {
				if pages > 60 {
					t.Fatalf("%s: limit %d: no end", path, limit)
				}
				items, next := w.list(t, fmt.Sprintf("%slimit=%d&cursor=%s", path, limit, cursor))
				got = append(got, items...)
				if cursor = next; next == "" {
					break
				}
			}
			if d := cmp.Diff(texts(want), texts(got)); d != "" {
				t.Errorf("%s: limit %d: %s", path, limit, d)
			}
		}
	}
}

// Pages that follow belong to the moment of the first, whatever happens
// meanwhile.
func TestACursorKeepsItsMoment(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	w.moreEvents(t, 0, 9)
	want, _ := w.list(t, "/api/v1/events")
	got, cursor := w.list(t, "/api/v1/events?limit=3")
	for i := 9; cursor != ""; i++ {
		w.moreEvents(t, i, 1)
		w.moreEvents(t, 2, 1) // a further version of one on a later page
		var items []json.RawMessage
		items, cursor = w.list(t, "/api/v1/events?limit=3&cursor="+cursor)
		got = append(got, items...)
	}
	if d := cmp.Diff(texts(want), texts(got)); d != "" {
		t.Error(d)
	}
}

func texts(raw []json.RawMessage) []string {
	var out []string
	for _, r := range raw {
		out = append(out, string(r))
	}
	return out
}

func TestCrawledTextStaysInert(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for name, path := range goldens {
		res, err := http.Get(w.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_, body := w.get(t, path)
		res.Body.Close()
		if bytes.ContainsAny(body, "<>") {
			t.Errorf("%s carries markup as it came: %s", name, body)
		}
		if h := res.Header; h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %v", name, h)
		}
	}
	_, body := w.get(t, goldens["event"])
	var e struct{ Event corpus.Event }
	if err := json.Unmarshal(body, &e); err != nil || e.Event.Title != hostile {
		t.Errorf("the headline does not come back as it was: %v, %q", err, e.Event.Title)
	}
}

func TestMailAddressesAreNotShown(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for name, path := range goldens {
		if _, body := w.get(t, path); bytes.Contains(body, []byte("secret@")) || bytes.Contains(body, []byte("private")) {
			t.Errorf("%s: %s", name, body)
		}
	}
}

func TestFiltersNarrow(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	w.moreEvents(t, 0, 3)
	for query, want := range map[string]int{
		"": 4, "type=repeal": 1, "type=repeal&type=warning": 4, "severity=low": 3, "jurisdiction=US": 1, "jurisdiction=EU": 0, "regulator=FDIC": 1,
		"instrument=FIL-16-2022": 1, "story=s1": 4, "asset=BTC": 0, "until=2025-03-01": 0, "since=2025-03-01": 4,
	} {
		items, _ := w.list(t, "/api/v1/events?"+query)
		if len(items) != want {
			t.Errorf("%s: %d events, want %d", query, len(items), want)
		}
	}
	targets, _ := w.list(t, "/api/v1/signals?target=BTC&target=US&after=0")
	if !slices.IsSortedFunc(targets, func(a, b json.RawMessage) int { return bytes.Compare(seqOf(a), seqOf(b)) }) || len(targets) != 4 {
		t.Errorf("signals of two targets: %s", targets)
	}
}

func seqOf(row json.RawMessage) []byte {
	var s struct{ Seq json.RawMessage }
	json.Unmarshal(row, &s)
	return fmt.Appendf(nil, "%10s", s.Seq)
}
