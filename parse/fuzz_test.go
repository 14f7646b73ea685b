package parse

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
)

// FuzzArticles reads arbitrary bytes as each kind of document. Whatever they
// are, the text that comes out is clean, and comes out the same twice.
func FuzzArticles(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("testdata", "*", "*.[htm]*"))
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".json") {
			f.Add(b, uint8(0))
		}
	}
	f.Add([]byte("Title Of A Page\n\nBy: x|2025/04/17 18:15:03\nText.\n"), uint8(1))
	f.Add([]byte("---\ntitle: x\n---\n# H\n\n> q\n\n* l\n"), uint8(2))
	f.Add(writePDF([]string{"#Title", "text"}), uint8(3))
	f.Add([]byte("\xd5\xbe\xae\xae\xe8{\x7fAC!\xd5\xe6,n\xe8\xff\x81x"), uint8(0)) // level for the detectors of encoding and language
	f.Add([]byte(`<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":[{"headline":"a"}]}</script>`), uint8(0))
	kinds := []string{"text/html", "text/plain", "text/markdown", "application/pdf", ""}
	f.Fuzz(func(t *testing.T, body []byte, kind uint8) {
		if len(body) > 64<<10 {
			return
		}
		c := corpus.Capture{URL: "https://a.example/2025/01/02/x", MediaType: kinds[int(kind)%len(kinds)], Body: body}
		p := New(Config{})
		first, err := p.Articles(context.Background(), c, corpus.Source{})
		if err != nil {
			return
		}
		again, err := p.Articles(context.Background(), c, corpus.Source{})
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Fatalf("not the same twice: %v", err)
		}
		seen := map[string]bool{}
		for i, d := range first {
			if seen[d.Fragment] || i > 0 && d.Fragment == "" {
				t.Errorf("fragment %q is not its own", d.Fragment)
			}
			seen[d.Fragment] = true
			texts := append([]string{d.Title, d.Fragment, d.URL}, d.Authors...)
			texts = append(texts, d.Tags...)
			for _, b := range d.Blocks {
				if b.Text == "" {
					t.Error("an empty block")
				}
				if b.Kind == corpus.BlockCode || b.Kind == corpus.BlockTable {
					texts = append(texts, strings.NewReplacer("\n", "", "\t", "").Replace(b.Text))
				} else {
					texts = append(texts, b.Text)
				}
			}
			for _, s := range texts {
				if !utf8.ValidString(s) {
					t.Errorf("not UTF-8: %q", s)
				}
				for _, r := range s {
					if invisible(r) {
						t.Errorf("invisible %U in %q", r, s)
					}
				}
			}
		}
	})
}
