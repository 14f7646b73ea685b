package parse

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden is the file beside a page. The pages are written by us, with the
// structure that pages of their kind have.
type golden struct {
	URL       string          `json:"url"`
	MediaType string          `json:"media_type"`
	Charset   string          `json:"charset,omitempty"`
	Source    corpus.Source   `json:"source"`
	Must      []string        `json:"must"`  // phrases that some block holds
	Lacks     []string        `json:"lacks"` // phrases that no block holds
	Drafts    []goldenArticle `json:"drafts"`
}

type goldenArticle struct {
	URL       string         `json:"url"`
	Fragment  string         `json:"fragment,omitempty"`
	Title     string         `json:"title"`
	Authors   []string       `json:"authors,omitempty"`
	Published string         `json:"published,omitempty"`
	Modified  string         `json:"modified,omitempty"`
	Lang      string         `json:"lang"`
	Tags      []string       `json:"tags,omitempty"`
	Status    string         `json:"status"`
	Blocks    []corpus.Block `json:"blocks"`
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden pages: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(strings.TrimPrefix(file, "testdata"+string(filepath.Separator))), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var g golden
			if err := json.Unmarshal(raw, &g); err != nil {
				t.Fatal(err)
			}
			page := ""
			for _, ext := range []string{".html", ".txt", ".md"} {
				if _, err := os.Stat(strings.TrimSuffix(file, ".json") + ext); err == nil {
					page = strings.TrimSuffix(file, ".json") + ext
				}
			}
			body, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			c := corpus.Capture{Source: g.Source.ID, URL: g.URL, FinalURL: g.URL, Status: 200, MediaType: g.MediaType, Charset: g.Charset, Body: body}
			drafts, err := New(Config{}).Articles(context.Background(), c, g.Source)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]goldenArticle, 0, len(drafts))
			text := ""
			for _, d := range drafts {
				got = append(got, goldenArticle{URL: d.URL, Fragment: d.Fragment, Title: d.Title, Authors: d.Authors, Published: rfc(d.PublishedAt), Modified: rfc(d.ModifiedAt), Lang: d.Lang, Tags: d.Tags, Status: string(d.Status), Blocks: d.Blocks})
				text += d.Body() + "\n"
			}
			for _, m := range g.Must {
				if !strings.Contains(text, m) {
					t.Errorf("no article holds %q", m)
				}
			}
			for _, m := range g.Lacks {
				if strings.Contains(text, m) {
					t.Errorf("an article holds %q", m)
				}
			}
			if *update {
				g.Drafts = got
				var b bytes.Buffer
				enc := json.NewEncoder(&b)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				if err := enc.Encode(g); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(g.Drafts, got); diff != "" {
				t.Errorf("drafts (-want +got):\n%s", diff)
			}
		})
	}
}

func rfc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
