package store_test

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/corpus/store"
)

// known returns n entries of a source, a tenth of them pending, a tenth to be
// read again, the others done with.
func known(source corpus.SourceID, from, n int) []corpus.FrontierEntry {
	out := make([]corpus.FrontierEntry, n)
	for i := range out {
		url := fmt.Sprintf("https://www.%s.example/news/2024/%07d-some-words-of-a-title.html", source, from+i)
		e := corpus.FrontierEntry{
			Source: source, URL: url, Item: corpus.Item{URL: url, Title: "Some words of a title", PublishedAt: long},
			Origin: corpus.OriginBackfill, State: corpus.FrontierDone, Digest: "abcdef0123456789", FirstSeenAt: long, FetchedAt: long,
		}
		switch (from + i) % 10 {
		case 0:
			e.State, e.NextAt, e.FetchedAt, e.Digest = corpus.FrontierPending, long, time.Time{}, ""
		case 1:
			e.NextAt = long.Add(time.Duration(i) * time.Second)
		}
		out[i] = e
	}
	return out
}

// TestFrontierPlans looks at how the queries that run at every visit are
// answered: by an index, from where it begins, without sorting what waits.
func TestFrontierPlans(t *testing.T) {
	forEachStore(t, func(t *testing.T, s newStore) {
		db := s.open(t, store.Config{})
		for i := range 40 {
			if err := db.SaveFrontier(t.Context(), known(corpus.SourceID(fmt.Sprintf("s%d", i)), 0, 500)); err != nil {
				t.Fatal(err)
			}
		}
		raw := s.raw(t)
		now := any(long.UnixMicro())
		if s.postgres {
			now = long
			if _, err := raw.Exec(`ANALYZE frontier`); err != nil {
				t.Fatal(err)
			}
		}
		for name, query := range store.FrontierQueries() {
			text, args := query, []any{"s1", "pending", now, 50}[:strings.Count(query, "$")]
			if name == "open" {
				args = []any{now}
			}
			plan := ""
			if s.postgres {
				// Constants, so that the plan is that of what is asked.
				for i, a := range args {
					text = strings.ReplaceAll(text, "$"+strconv.Itoa(i+1), literal(a))
				}
				plan = strings.Join(lines(t, raw, `EXPLAIN `+text), "\n")
				if strings.Contains(plan, "Seq Scan") {
					t.Errorf("%s reads the whole table:\n%s", name, plan)
				}
				if name == "due" && regexp.MustCompile(`(?m)^ *(->)? *Sort`).MatchString(plan) {
					t.Errorf("%s sorts:\n%s", name, plan)
				}
				continue
			}
			rows, err := raw.Query(`EXPLAIN QUERY PLAN `+text, args...)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					t.Fatal(err)
				}
				plan += detail + "\n"
			}
			rows.Close()
			if !strings.Contains(plan, "INDEX frontier_") || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s reads or sorts too much:\n%s", name, plan)
			}
		}
	})
}

func literal(a any) string {
	switch v := a.(type) {
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return "'" + v.Format(time.RFC3339Nano) + "'"
	}
	return fmt.Sprintf("'%v'", a)
}

// BenchmarkFrontierMillion loads a million pages of twenty sources into the
// frontier, as archives do, and then does what visits do: look up a listing of
// 200, save 20 new, take 50 that are due, save them as done. It reports the
// time of a round and the memory of the process: the heap, and what the
// kernel counts, in which SQLite's own memory is.
//
//	go test -run '^$' -bench FrontierMillion -benchtime 200x ./corpus/store
func BenchmarkFrontierMillion(b *testing.B) {
	const sources, each, chunk = 20, 50_000, 1000
	db := newStore{url: b.TempDir() + "/corpus.db"}.open(b, store.Config{})
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapInuse) / (1 << 20)
	}
	begun := time.Now()
	empty := heap()
	for s := range sources {
		id := corpus.SourceID(fmt.Sprintf("source%02d", s))
		for from := 0; from < each; from += chunk {
			if err := db.SaveFrontier(b.Context(), known(id, from, chunk)); err != nil {
				b.Fatal(err)
			}
		}
	}
	loaded := time.Since(begun)
	full, resident := heap(), resident(b)
	var counting time.Duration
	round := 0
	for b.Loop() {
		id := corpus.SourceID(fmt.Sprintf("source%02d", round%sources))
		var urls []string
		for _, e := range known(id, round*37%each, 200) {
			urls = append(urls, e.URL)
		}
		if _, err := db.Frontier(b.Context(), id, urls); err != nil {
			b.Fatal(err)
		}
		if err := db.SaveFrontier(b.Context(), known(id, each+round*20, 20)); err != nil {
			b.Fatal(err)
		}
		due, err := db.DueFrontier(b.Context(), id, long, 50)
		if err != nil || len(due) != 50 {
			b.Fatal(len(due), err)
		}
		for i := range due {
			due[i].State, due[i].NextAt, due[i].FetchedAt = corpus.FrontierDone, time.Time{}, long
		}
		if err := db.SaveFrontier(b.Context(), due); err != nil {
			b.Fatal(err)
		}
		round++
	}
	begun = time.Now()
	counts, err := db.FrontierCounts(b.Context(), long)
	if err != nil || len(counts) != 2*sources {
		b.Fatal(len(counts), err)
	}
	counting = time.Since(begun)
	begun = time.Now()
	if n, err := db.WaitingFrontier(b.Context(), "source01"); err != nil || n == 0 {
		b.Fatal(n, err)
	}
	b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "waiting-ms")
	b.ReportMetric(float64(loaded.Microseconds())/(sources*each), "load-µs/page")
	b.ReportMetric(empty, "empty-heap-MB")
	b.ReportMetric(full, "loaded-heap-MB")
	b.ReportMetric(heap(), "after-heap-MB")
	b.ReportMetric(resident, "loaded-resident-MB")
	b.ReportMetric(float64(counting.Milliseconds()), "status-ms")
}

// resident returns the memory of this process as the kernel counts it, in MB;
// zero where it does not say.
func resident(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		return 0
	}
	return float64(kb) / 1024
}
