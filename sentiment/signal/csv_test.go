package signal_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/signal"
	"github.com/regwire/regwire/sentiment/signal/signaltest"
)

func rows(rs ...corpus.Signal) iter.Seq2[corpus.Signal, error] {
	return func(yield func(corpus.Signal, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestWriteCSV(t *testing.T) {
	r := signaltest.Row("BTC", "a1", 1)
	r.Seq, r.AvailableAt = 42, time.Date(2026, 2, 3, 12, 0, 0, 1000, time.FixedZone("", 8*3600))
	r.PublishedAt = time.Time{}
	var b bytes.Buffer
	if err := signal.WriteCSV(&b, rows(r)); err != nil {
		t.Fatal(err)
	}
	want := "seq,available_at,kind,target,target_kind,score,confidence,volume,dispersion,z,delta,weight,relevance,novelty_key,novelty_days,novelty_weight,event_id,article_id,placement,source,url,published_at,first_seen_at,as_of,origin,version\n" +
		"42,2026-02-03T04:00:00.000001Z,sentiment,BTC,asset,-0.3333333333333333,0.6666666666666666,1.0000000000000002,0.30000000000000004,-3.141592653589793,-0.7071067811865476,0.14285714285714285,0.9,e1,0.1111111111111111,0.3,e1,a1,1,src,https://example.org/1,,2026-02-03T04:04:06.789124Z,2026-02-03T04:05:06.789124Z,live,1-abc\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestWriteCSVDefusesFormulas(t *testing.T) {
	for _, evil := range []string{"=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"} {
		r := signaltest.Row(evil, "a1", 1)
		r.URL = evil
		for _, cell := range cells(t, r) {
			if strings.HasPrefix(cell, evil[:1]) && strings.HasSuffix(cell, evil[1:]) {
				t.Errorf("%q is written as it came", evil)
			}
		}
	}
}

func TestWriteCSVStopsAtAnError(t *testing.T) {
	boom := errors.New("boom")
	err := signal.WriteCSV(new(bytes.Buffer), func(yield func(corpus.Signal, error) bool) { yield(corpus.Signal{}, boom) })
	if !errors.Is(err, boom) {
		t.Error(err)
	}
	if err := signal.WriteCSV(full{}, rows(make([]corpus.Signal, 1000)...)); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func cells(t *testing.T, r corpus.Signal) []string {
	t.Helper()
	var b bytes.Buffer
	if err := signal.WriteCSV(&b, rows(r)); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(all) != 2 {
		t.Fatal(err, all)
	}
	return all[1]
}

func FuzzWriteCSV(f *testing.F) {
	f.Add("https://example.org/?a=1,2", "BTC")
	f.Add("=cmd|' /C calc'!A0", "\"a\nb")
	f.Fuzz(func(t *testing.T, url, target string) {
		r := signaltest.Row(target, "a1", 1)
		r.URL = url
		got := cells(t, r)
		if len(got) != 26 {
			t.Fatalf("%d cells", len(got))
		}
		for _, i := range []int{3, 20} {
			if got[i] != "" && slices.Contains([]byte("=+-@\t\r"), got[i][0]) {
				t.Errorf("%q begins a formula", got[i])
			}
		}
	})
}

func BenchmarkWriteCSV(b *testing.B) {
	r := signaltest.Row("BTC", "a1", 1)
	b.Run("regwire", func(b *testing.B) {
		for b.Loop() {
			signal.WriteCSV(new(bytes.Buffer), rows(slices.Repeat([]corpus.Signal{r}, 1000)...))
		}
	})
	b.Run("encoding-csv-alone", func(b *testing.B) {
		var buf bytes.Buffer
		signal.WriteCSV(&buf, rows(r))
		all, _ := csv.NewReader(&buf).ReadAll()
		for b.Loop() {
			w := csv.NewWriter(new(bytes.Buffer))
			for range 1000 {
				w.Write(all[1])
			}
			w.Flush()
		}
	})
}
