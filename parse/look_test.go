package parse

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/regwire/regwire/corpus"
)

// TestLook prints what becomes of the files of a directory, for eyes.
func TestLook(t *testing.T) {
	dir := os.Getenv("REGWIRE_LOOK")
	if dir == "" {
		t.Skip("REGWIRE_LOOK names no directory of pages to look at")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	p := New(Config{})
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		drafts, err := p.Articles(context.Background(), corpus.Capture{URL: "file:///" + filepath.Base(f), Body: body}, corpus.Source{})
		t.Logf("== %s: %d articles, %v", filepath.Base(f), len(drafts), err)
		for _, d := range drafts {
			kinds := map[corpus.BlockKind]int{}
			for _, b := range d.Blocks {
				kinds[b.Kind]++
			}
			t.Logf("-- %q #%s by %q at %v, %s, %s, %d bytes, %v", d.Title, d.Fragment, d.Authors, d.PublishedAt, d.Lang, d.Status, len(d.Body()), kinds)
			if testing.Verbose() && os.Getenv("REGWIRE_LOOK_BLOCKS") != "" {
				for _, b := range d.Blocks {
					t.Logf("   %-7s %.120q", b.Kind, b.Text)
				}
			}
		}
	}
}
