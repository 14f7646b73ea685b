package newswire

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// files holds templates, robots.txt and articles of every site.
//
//go:embed sites
var files embed.FS

// Editions is the number of editions: 0, 1 and 2.
const Editions = 3

// article is a page with its versions, oldest first.
type article struct {
	site     *site
	slug     string
	number   int // stable within the site, for sites that address by number
	versions []*version
}

// version is what an article says from one edition on: the head of a Markdown
// file and its body. A later version inherits what its head does not repeat.
type version struct {
	Edition   int       `yaml:"edition"`
	Title     string    `yaml:"title"`
	Author    string    `yaml:"author"`
	Published time.Time `yaml:"published"`
	Modified  time.Time `yaml:"modified"` // zero means never
	Lang      string    `yaml:"lang"`     // default: that of the site
	Summary   string    `yaml:"summary"`
	Tags      []string  `yaml:"tags"`
	Path      string    `yaml:"path"`     // where it does not follow the site's pattern
	Unlisted  bool      `yaml:"unlisted"` // not in listings: a page that is tracked
	Gone      bool      `yaml:"gone"`     // answers 410 and leaves the listings
	Status    string    `yaml:"status"`   // "", "corrected" or "retracted", as the page words it
	Truth     Truth     `yaml:"truth"`
	// Parts are the articles of a digest page, in order, by heading.
	Parts []Part `yaml:"parts"`

	body template.HTML
}

// Part is one article of a page that carries several.
type Part struct {
	Title string `yaml:"title"` // its heading on the page
	Truth Truth  `yaml:"truth"`
}

// at returns the version an edition shows, nil when the article is not out.
func (a *article) at(edition int) *version {
	var v *version
	for _, next := range a.versions {
		if next.Edition <= edition {
			v = next
		}
	}
	return v
}

// path returns where the article stands on its site.
func (a *article) path() string {
	first := a.versions[0]
	if first.Path != "" {
		return first.Path
	}
	return strings.NewReplacer(
		"{slug}", a.slug,
		"{number}", strconv.Itoa(a.number),
		"{year}", first.Published.Format("2006"),
		"{day}", first.Published.Format("20060102"),
	).Replace(a.site.page)
}

// updated returns when the version was last touched.
func (v *version) updated() time.Time {
	if v.Modified.IsZero() {
		return v.Published
	}
	return v.Modified
}

// newMarkdown returns a renderer that keeps raw HTML, because one page carries
// hostile markup on purpose.
func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
}

// load reads the articles of a site, in order of their slugs. The file
// "slug.md" is the first version, "slug@1.md" the one from edition 1 on.
func load(s *site) ([]*article, error) {
	names, err := fs.Glob(files, path.Join("sites", s.dir, "*.md"))
	if err != nil {
		return nil, err
	}
	bySlug := map[string]*article{}
	markdown := newMarkdown()
	// "slug.md" has to come before "slug@1.md".
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	for _, name := range names {
		slug, edition, later := strings.Cut(strings.TrimSuffix(path.Base(name), ".md"), "@")
		a := bySlug[slug]
		if a == nil {
			if later {
				return nil, fmt.Errorf("%s: no first version", name)
			}
			a = &article{site: s, slug: slug}
			bySlug[slug] = a
		}
		var v version
		if later {
			v = *a.versions[len(a.versions)-1]
			if v.Edition, err = strconv.Atoi(edition); err != nil {
				return nil, fmt.Errorf("%s: edition: %w", name, err)
			}
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := v.read(string(text), s, markdown); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		a.versions = append(a.versions, &v)
	}
	var articles []*article
	for _, a := range bySlug {
		articles = append(articles, a)
	}
	slices.SortFunc(articles, func(a, b *article) int { return cmp.Compare(a.slug, b.slug) })
	for i, a := range articles {
		a.number = 100101 + 7*i
	}
	return articles, nil
}

// read fills v from a file: a YAML head between lines of three dashes, then
// Markdown.
func (v *version) read(text string, s *site, markdown goldmark.Markdown) error {
	head, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok {
		return fmt.Errorf("no head")
	}
	if err := yaml.UnmarshalWithOptions([]byte(head), v, yaml.Strict()); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(body), &b); err != nil {
		return err
	}
	v.body = template.HTML(b.String())
	if v.Lang == "" {
		v.Lang = s.Language
	}
	switch {
	case v.Title == "":
		return fmt.Errorf("no title")
	case v.Published.IsZero():
		return fmt.Errorf("no publication date")
	case v.Edition < 0 || v.Edition >= Editions:
		return fmt.Errorf("edition %d is not one of %d", v.Edition, Editions)
	}
	return nil
}
