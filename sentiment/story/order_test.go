package story_test

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/story"
	"github.com/regwire/regwire/sentiment/story/storytest"
)

// Whatever the order in which articles arrive, the same ones stand together in
// the end: a story is what links hold together, and whether two articles are
// linked depends on nothing but the two.
func TestOrderOfArrivalMakesNoDifference(t *testing.T) {
	inputs := labelled(t, "../../internal/evaluate/testdata/stories/own.jsonl")
	rng := rand.New(rand.NewPCG(11, 12))
	var first [][]string
	for round := range 25 {
		s := newScene(t)
		for n, i := range rng.Perm(len(inputs)) {
			in := inputs[i]
			in.Article.FirstSeenAt = day0.AddDate(1, 0, 0).Add(time.Duration(n) * time.Second)
			in.Revision.FirstSeenAt = in.Article.FirstSeenAt
			in.Analysis.ID = corpus.AnalysisID(n + 1)
			s.put(in)
		}
		groups := grouping(s.mem)
		if round == 0 {
			first = groups
			if len(groups) < 20 || len(groups) > len(inputs)*2/3 {
				t.Fatalf("%d stories of %d articles: nothing to see here", len(groups), len(inputs))
			}
		} else if d := cmp.Diff(first, groups); d != "" {
			t.Fatalf("another order, other stories:\n%s", d)
		}
	}
}

// grouping returns the addresses of the articles of each story, sorted.
func grouping(mem *storytest.Memory) (out [][]string) {
	for _, articles := range mem.Stories() {
		var urls []string
		for _, a := range articles {
			_, m, _, _ := mem.Member(a)
			urls = append(urls, m.URL)
		}
		slices.Sort(urls)
		out = append(out, urls)
	}
	slices.SortFunc(out, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return out
}

// labelled reads and analyses the articles of a file of JSON lines.
func labelled(t testing.TB, path string) (out []story.Input) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader, err := sentiment.New(sentiment.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var a struct {
			URL, Source, Title, Text string
			PublishedAt              time.Time `json:"published_at"`
		}
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		src := corpus.Source{ID: corpus.SourceID(a.Source), Kind: corpus.SourceMedia}
		d := corpus.Draft{Source: src.ID, URL: a.URL, Title: a.Title, PublishedAt: a.PublishedAt, Status: corpus.StatusPublished,
			Blocks: []corpus.Block{{Kind: corpus.BlockParagraph, Text: a.Text}}}
		in := story.Input{
			Article:  corpus.Article{ID: d.ArticleID(), Source: src.ID, URL: a.URL},
			Source:   src,
			Revision: corpus.Revision{ID: corpus.RevisionID(len(out) + 1), Draft: d, Article: d.ArticleID(), Origin: corpus.OriginLive},
		}
		in.Analysis = reader.Analyze(corpus.Text{Title: a.Title, Body: in.Revision.Body(), PublishedAt: a.PublishedAt, URL: a.URL, Source: src})
		in.Analysis.Article, in.Analysis.Revision, in.Analysis.Origin = in.Article.ID, in.Revision.ID, corpus.OriginLive
		out = append(out, in)
	}
	return out
}
