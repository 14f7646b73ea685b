package newswire

import (
	"time"

	"github.com/regwire/regwire/corpus"
)

// Truth is what a careful reader finds in one article: the main event and
// what belongs to it. Absent fields make no claim, except that an empty
// Jurisdictions says the article is not regulatory.
type Truth struct {
	// Happening is the same for articles that report the same thing.
	Happening string           `yaml:"happening"`
	Event     corpus.EventType `yaml:"event"`
	// Accept lists further types that a careful reader could defend.
	Accept        []corpus.EventType    `yaml:"accept"`
	Stance        int                   `yaml:"stance"` // sign: -1, 0 or 1
	Jurisdictions []corpus.Jurisdiction `yaml:"jurisdictions"`
	Regulators    []string              `yaml:"regulators"`
	Assets        []string              `yaml:"assets"`
	Exchanges     []string              `yaml:"exchanges"`
	Instruments   []corpus.InstrumentID `yaml:"instruments"`
	Relations     []Relation            `yaml:"relations"`
	// EffectiveAt and CommentsCloseAt are days, at midnight UTC.
	EffectiveAt     time.Time `yaml:"effective"`
	CommentsCloseAt time.Time `yaml:"comments_close"`
}

// Relation says that one instrument acts on another.
type Relation struct {
	From corpus.InstrumentID `yaml:"from"`
	Kind corpus.RelationKind `yaml:"kind"`
	To   corpus.InstrumentID `yaml:"to"`
}

// Article is one article of the newswire with its answers.
type Article struct {
	Source corpus.SourceID
	Path   string // on its site; see [Newswire.Base] for the rest of the address
	Title  string // in its latest version
	Part   string // heading, when its page carries several articles
	Lang   string
	// Editions in which it has a new version, the first one first.
	Editions []int
	Authors  []string // as the page names them; nil where it names none
	// DayOnly says that the page claims a day and no time, so that Published
	// can only be known to the day, in the site's own time zone.
	DayOnly bool
	// Gone is the edition from which the page answers 410, 0 when never.
	Gone int
	// Retracted is the edition from which the page says it is retracted, 0 when never.
	Retracted int
	Published time.Time
	Truth
}

// Truth lists every article of every edition, site by site.
func (n *Newswire) Truth() []Article {
	var all []Article
	for _, s := range n.sites {
		for _, a := range s.articles {
			last := a.versions[len(a.versions)-1]
			item := Article{
				Source: s.ID, Path: a.path(), Title: last.Title, Lang: last.Lang,
				Published: last.Published.UTC(), DayOnly: s.dayOnly, Truth: last.Truth,
			}
			if s.Kind == corpus.SourceMedia {
				item.Authors = []string{last.Author}
			}
			for _, v := range a.versions {
				item.Editions = append(item.Editions, v.Edition)
				if v.Gone && item.Gone == 0 {
					item.Gone = v.Edition
				}
				if v.Status == "retracted" && item.Retracted == 0 {
					item.Retracted = v.Edition
				}
			}
			if len(last.Parts) == 0 {
				all = append(all, item)
			}
			for _, p := range last.Parts {
				part := item
				part.Part, part.Title, part.Truth = p.Title, p.Title, p.Truth
				all = append(all, part)
			}
		}
	}
	return all
}

// Count is what can be known of one edition, counting from the first.
type Count struct {
	Sites int
	Pages int // article pages that exist or existed
	// Articles counts a digest page as the articles it carries; a reader that
	// keeps its own heading and introduction as well finds one more.
	Articles int
	// Revisions of articles: first versions, changes and withdrawals.
	Revisions int
	Gone      int // pages that answer 410
	Chinese   int // articles
}

// Counts returns what a crawler that has read every edition up to and
// including edition has met.
func (n *Newswire) Counts(edition int) Count {
	c := Count{Sites: len(n.sites)}
	for _, s := range n.sites {
		for _, a := range s.articles {
			now := a.at(edition)
			if now == nil {
				continue
			}
			parts := max(1, len(now.Parts))
			c.Pages++
			c.Articles += parts
			for _, v := range a.versions {
				if v.Edition <= edition {
					c.Revisions += parts
				}
			}
			if now.Gone {
				c.Gone++
			}
			if now.Lang == "zh" {
				c.Chinese += parts
			}
		}
	}
	return c
}
