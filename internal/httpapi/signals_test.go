package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
	"github.com/regwire/regwire/internal/httpapi"
	"github.com/regwire/regwire/sentiment/signal"
)

// moreSignals adds rows, and entries between them that are no rows.
func (w *world) moreSignals(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		w.update(t, func(tx *store.Tx) error {
			s, _, err := tx.LastSignal(corpus.SignalSentiment, "BTC")
			if err != nil {
				return err
			}
			s.Score = -s.Score / 3
			if _, err := tx.AddSignal(s); err != nil || i%3 > 0 {
				return err
			}
			_, _, err = tx.AddNotification(corpus.Notification{Key: fmt.Sprintf("quiet %v %d", s.Seq, i), MessageID: fmt.Sprint(s.Seq, i), Event: "e1"})
			return err
		})
	}
}

// subscribe opens the stream and calls got for each row until it says enough.
func (w *world) subscribe(t *testing.T, query, lastID string, got func(id string, data []byte) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+"/api/v1/signals/stream?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if ct := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || ct != "text/event-stream" {
		t.Fatalf("%s, %s", res.Status, ct)
	}
	if w.onceBegun != nil {
		w.onceBegun()
	}
	var id string
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "data":
			if !got(id, []byte(value)) {
				return
			}
		}
	}
	t.Error("the stream ended early")
}

func TestStreamResumesWithoutGapOrRepetition(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	const more = 90
	written := make(chan struct{})
	go func() {
		defer close(written)
		w.moreSignals(t, more)
	}()
	var ids []string
	for round := 0; len(ids) < more+4; round++ {
		last := ""
		if len(ids) > 0 {
			last = ids[len(ids)-1]
		}
		seen := 0
		w.subscribe(t, "after=0", last, func(id string, _ []byte) bool {
			ids = append(ids, id)
			seen++
			return seen < 1+round*2 && len(ids) < more+4 // cut again and again, at another place each time
		})
	}
	<-written
	rows, err := w.db.Signals(t.Context(), corpus.SignalQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range rows {
		want = append(want, strconv.FormatInt(int64(r.Seq), 10))
	}
	if d := cmp.Diff(want, ids); d != "" {
		t.Error(d)
	}
}

func TestStreamBeginsNowUnlessToldWhere(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	head, err := w.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.onceBegun = func() { w.moreSignals(t, 1) }
	w.subscribe(t, "target=BTC", "", func(id string, _ []byte) bool {
		if n, _ := strconv.Atoi(id); n <= int(head.Seq) {
			t.Errorf("row %s is old", id)
		}
		return false
	})
}

func TestStreamRefusesAPlaceInAnotherRecord(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for _, id := range []string{"999999", "-3", "x"} {
		req, _ := http.NewRequest(http.MethodGet, w.URL+"/api/v1/signals/stream", nil)
		req.Header.Set("Last-Event-ID", id)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusBadRequest || !strings.Contains(problem(t, body), "Last-Event-ID") {
			t.Errorf("%s: %s %s", id, res.Status, body)
		}
	}
}

func TestJSONAndCSVAndStreamGiveTheSameRows(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	w.update(t, func(tx *store.Tx) error { // more than one batch
		for i := range 600 {
			s, _, err := tx.LastSignal(corpus.SignalSentiment, "BTC")
			if err != nil {
				return err
			}
			s.Score, s.Z = s.Score*-0.9, float64(i)/7
			if _, err := tx.AddSignal(s); err != nil {
				return err
			}
		}
		return nil
	})
	asJSON, _ := w.list(t, "/api/v1/signals?limit=1000")

	var streamed []json.RawMessage
	w.subscribe(t, "after=0", "", func(_ string, data []byte) bool {
		streamed = append(streamed, bytes.Clone(data))
		return len(streamed) < len(asJSON)
	})
	if d := cmp.Diff(texts(asJSON), texts(streamed)); d != "" {
		t.Errorf("stream: %s", d)
	}

	_, body := w.get(t, "/api/v1/signals?format=csv&limit=2")
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(asJSON) {
		t.Fatalf("CSV has %d rows, JSON %d", len(rows)-1, len(asJSON))
	}
	for i, line := range rows[1:] {
		var want corpus.Signal
		if err := json.Unmarshal(asJSON[i], &want); err != nil {
			t.Fatal(err)
		}
		cell := map[string]string{}
		for c, name := range rows[0] {
			cell[name] = line[c]
		}
		for name, x := range map[string]float64{
			"score": want.Score, "confidence": want.Confidence, "volume": want.Volume, "dispersion": want.Dispersion, "z": want.Z,
			"delta": want.Delta, "weight": want.Weight, "relevance": want.Relevance, "novelty_days": want.Novelty.Days, "seq": float64(want.Seq),
		} {
			if got, err := strconv.ParseFloat(cell[name], 64); err != nil || got != x {
				t.Errorf("row %d: %s is %q in CSV and %v in JSON", i, name, cell[name], x)
			}
		}
		for name, at := range map[string]time.Time{"available_at": want.AvailableAt, "first_seen_at": want.FirstSeenAt, "as_of": want.AsOf} {
			if got, err := time.Parse(time.RFC3339Nano, cell[name]); err != nil || !got.Equal(at) {
				t.Errorf("row %d: %s is %q in CSV and %v in JSON", i, name, cell[name], at)
			}
		}
		if cell["target"] != want.Target || cell["article_id"] != string(want.Article) || cell["url"] != want.URL || cell["event_id"] != string(want.Event) {
			t.Errorf("row %d: CSV %v, JSON %+v", i, cell, want)
		}
	}
}

// quiet is a record in which nothing happens.
type quiet struct {
	httpapi.Record
	signals func(corpus.SignalQuery) ([]corpus.Signal, error)
}

func (quiet) Head(context.Context) (corpus.Change, error) { return corpus.Change{Seq: 7}, nil }

func (q quiet) Signals(_ context.Context, s corpus.SignalQuery) ([]corpus.Signal, error) {
	if q.signals == nil {
		return nil, nil
	}
	return q.signals(s)
}

func (quiet) Wait(ctx context.Context, _ corpus.Seq) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func (q quiet) handler() http.Handler {
	return httpapi.New(httpapi.Config{Record: q, SignalCSV: signal.WriteCSV, Logger: slog.New(slog.DiscardHandler)})
}

func TestAQuietStreamBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		out := httptest.NewRecorder()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			quiet{}.handler().ServeHTTP(out, httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/signals/stream", nil))
		}()
		time.Sleep(time.Minute + time.Second)
		cancel()
		<-ended
		if n := strings.Count(out.Body.String(), ": still here\n\n"); n != 4 || !out.Flushed {
			t.Errorf("%d heartbeats in a minute: %q", n, out.Body)
		}
	})
}

func TestAClientThatLeavesEndsItsStream(t *testing.T) {
	ended := make(chan struct{})
	h := quiet{}.handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/v1/signals/stream", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	leave()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the handler goes on")
	}
}

// An export that breaks off must not look complete.
func TestAnExportThatFailsIsCutOff(t *testing.T) {
	q := quiet{signals: func(q corpus.SignalQuery) ([]corpus.Signal, error) {
		if q.After > 0 {
			return nil, errors.New("the disk is gone")
		}
		rows := make([]corpus.Signal, q.Limit)
		for i := range rows {
			rows[i] = corpus.Signal{Seq: corpus.Seq(i + 1), Target: "BTC"}
		}
		return rows, nil
	}}
	server := httptest.NewServer(q.handler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	defer server.Close()
	res, err := http.Get(server.URL + "/api/v1/signals?format=csv")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("%d bytes, and no error", len(body))
	}
}
