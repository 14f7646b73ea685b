package story_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/story"
	"github.com/regwire/regwire/sentiment/story/storytest"
)

// TestNews places real articles and prints what came of it, for a person to
// read. REGWIRE_NEWS names gzipped files of lines
// {"url","source","published_at","title","text"}.
func TestNews(t *testing.T) {
	pattern := os.Getenv("REGWIRE_NEWS")
	if pattern == "" {
		t.Skip("REGWIRE_NEWS names no files of real articles to look at")
	}
	inputs := news(t, pattern)
	mem, c := storytest.NewMemory(), story.New(story.Config{})
	titles := map[corpus.ArticleID]story.Input{}
	type joined struct {
		in  story.Input
		out story.Outcome
	}
	var all []joined
	began := time.Now()
	for _, in := range inputs {
		mem.AddAnalysis(in.Analysis)
		out, err := c.Place(mem, in)
		if err != nil {
			t.Fatal(err)
		}
		mem.AddPlacement(out.Placement)
		titles[in.Article.ID] = in
		all = append(all, joined{in, out})
	}
	elapsed := time.Since(began)
	stories := mem.Stories()
	sizes := make([]corpus.StoryID, 0, len(stories))
	for id := range stories {
		sizes = append(sizes, id)
	}
	slices.SortFunc(sizes, func(a, b corpus.StoryID) int { return len(stories[b]) - len(stories[a]) })
	fmt.Printf("%d articles, %d stories, %d events, %v an article (with %d CPUs)\n", len(inputs), len(stories), len(mem.Events()), elapsed/time.Duration(len(inputs)), runtime.NumCPU())
	for _, id := range sizes[:min(40, len(sizes))] {
		fmt.Printf("story of %d\n", len(stories[id]))
		for _, a := range stories[id][:min(12, len(stories[id]))] {
			fmt.Printf("    %-18s %s %s\n", titles[a].Article.Source, titles[a].Revision.PublishedAt.Format("01-02 15:04"), titles[a].Revision.Title)
		}
	}
	slices.SortFunc(all, func(a, b joined) int { return int(1e6 * (a.out.Placement.Similarity - b.out.Placement.Similarity)) })
	fmt.Println("joined by text, least alike first:")
	shown := 0
	defer printEvents(mem.Events())
	for _, j := range all {
		if s := j.out.Placement.Similarity; s > 0 && s < 0.97 && shown < 80 {
			if rep, _ := mem.Representative(j.out.Placement.Story); rep != j.in.Article.ID {
				fmt.Printf("  %.2f %s %q\n            %q\n", s, j.in.Article.Source, j.in.Revision.Title, titles[rep].Revision.Title)
				shown++
			}
		}
	}
}

// printEvents shows the events that more than one article tells, the most told
// first.
func printEvents(events []corpus.Event) {
	kinds := map[corpus.EventType]int{}
	for _, e := range events {
		kinds[e.Type]++
	}
	fmt.Println("events by type:", kinds)
	slices.SortStableFunc(events, func(a, b corpus.Event) int { return len(b.Reports) - len(a.Reports) })
	for _, e := range events {
		if len(e.Reports) > 1 {
			fmt.Printf("%s of %s: %v on %v, assets %v, exchanges %v, in %v, %v\n", e.Type, e.Date().Format("01-02"), e.Actors, e.Targets, e.Assets, e.Exchanges, e.Jurisdictions, e.Instruments)
			for _, r := range e.Reports[:min(12, len(e.Reports))] {
				fmt.Printf("    %-16s %s %-12s %q\n", r.Source, r.PublishedAt.Format("01-02 15:04"), r.Told.Type, r.Title)
			}
		}
	}
}

// news reads the articles in the order in which they were published.
func news(t testing.TB, pattern string) []story.Input {
	reader, err := sentiment.New(sentiment.Config{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	var out []story.Input
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(z)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var a struct {
				URL, Source, Title, Text string
				PublishedAt              time.Time `json:"published_at"`
			}
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			src := corpus.Source{ID: corpus.SourceID(strings.ToLower(a.Source)), Kind: corpus.SourceMedia}
			d := corpus.Draft{Source: src.ID, URL: a.URL, Title: a.Title, PublishedAt: a.PublishedAt, Status: corpus.StatusPublished,
				Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: a.Text}}}
			out = append(out, story.Input{
				Article:  corpus.Article{ID: d.ArticleID(), Source: src.ID, URL: a.URL, FirstSeenAt: a.PublishedAt.Add(time.Minute)},
				Source:   src,
				Revision: corpus.Revision{Draft: d, Article: d.ArticleID(), Origin: corpus.OriginLive, FirstSeenAt: a.PublishedAt.Add(time.Minute)},
			})
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	slices.SortStableFunc(out, func(a, b story.Input) int { return a.Article.FirstSeenAt.Compare(b.Article.FirstSeenAt) })
	for i := range out {
		out[i].Revision.ID = corpus.RevisionID(i + 1)
		r := out[i].Revision
		a := reader.Analyze(corpus.Text{Title: r.Title, Body: r.Body(), PublishedAt: r.PublishedAt, URL: r.URL, Source: out[i].Source})
		a.ID, a.Article, a.Revision, a.Origin, a.At = corpus.AnalysisID(i+1), r.Article, r.ID, corpus.OriginLive, out[i].Article.FirstSeenAt
		out[i].Analysis = a
	}
	return out
}

// TestNotice looks for one notice that several saved pages carry, each a
// little different. REGWIRE_SEEDS names the directory of the pages, as text.
func TestNotice(t *testing.T) {
	dir := os.Getenv("REGWIRE_SEEDS")
	if dir == "" {
		t.Skip("REGWIRE_SEEDS names no directory of saved pages")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	const begins, ends = "(Yinfa [2026] No. 42)", "is hereby repealed."
	s := newScene(t)
	var outs []story.Outcome
	for _, name := range files {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rest := string(page)
		for n := 0; ; n++ {
			from := strings.Index(rest, begins)
			if from < 0 {
				break
			}
			to := from + strings.Index(rest[from:], ends) + len(ends)
			title := "The notice"
			if n > 0 {
				title = "Eight departments issue a notice"
			}
			// As a parser would cut it, with a little of what stands around it.
			body := rest[max(0, from-400):min(len(rest), to+200*n)]
			out := s.place(piece{name: fmt.Sprintf("%s-%d", filepath.Base(name)[:3], n), src: wire, hours: float64(len(outs)), title: title, body: body})
			fmt.Printf("%s %d: story %s, similarity %.2f, %d bytes\n", filepath.Base(name), n, out.Placement.Story, out.Placement.Similarity, len(body))
			outs = append(outs, out)
			rest = rest[to:]
		}
	}
	if len(outs) == 0 {
		t.Fatalf("no page of %s carries the notice", dir)
	}
	for _, o := range outs {
		if o.Placement.Story != outs[0].Placement.Story {
			t.Error("not in one story")
		}
	}
}
