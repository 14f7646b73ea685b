package corpus

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ArticleID identifies a piece of writing; see [NewArticleID].
type ArticleID string

// NewArticleID derives an article's identity from its source, its canonical
// URL and, where one page carries several articles, the fragment that tells
// them apart. The same three give the same identifier on every machine, so
// that parsing a page twice can never make two articles of one.
func NewArticleID(source SourceID, url, fragment string) ArticleID {
	return ArticleID(Digest("a", string(source), url, fragment))
}

// Digest returns a short stable identifier: prefix and 80 bits of SHA-256 over
// parts, in lower-case base32. Parts are length-delimited, so that ("ab","c")
// and ("a","bc") differ.
func Digest(prefix string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:10]))
}

// Article is a piece of writing with an identity that survives its revisions.
type Article struct {
	ID       ArticleID
	Source   SourceID
	URL      string // canonical, without fragment and tracking parameters
	Fragment string // tells several articles on one page apart; usually empty
	// FirstSeenAt is when its first revision was committed.
	FirstSeenAt time.Time
}

// Address returns the URL of the article with its fragment.
func (a Article) Address() string {
	if a.Fragment == "" {
		return a.URL
	}
	return a.URL + "#" + a.Fragment
}

// RevisionID identifies one version of an article; it is assigned by the store.
type RevisionID int64

// String returns the form used in [Change.Ref].
func (id RevisionID) String() string { return strconv.FormatInt(int64(id), 10) }

// BlockKind says what a block of an article is.
type BlockKind string

// The kinds of block. Captions are kept apart from the text: they are stuffed
// with keywords on many sites, and nothing is read out of them.
const (
	BlockParagraph BlockKind = "p"
	BlockHeading   BlockKind = "h"
	BlockListItem  BlockKind = "li"
	BlockQuote     BlockKind = "quote"
	BlockCode      BlockKind = "code"
	BlockTable     BlockKind = "table" // one row a line, cells divided by tabs
	BlockCaption   BlockKind = "caption"
	BlockFootnote  BlockKind = "footnote" // without its mark and the way back
)

// Block is one paragraph, heading, list item … as plain text: no markup, no
// control characters but tab and newline inside code and tables, valid UTF-8.
type Block struct {
	Kind BlockKind `json:"kind"`
	Text string    `json:"text"`
	Page int       `json:"page,omitempty"` // page of a PDF, from 1; 0 elsewhere
}

// RevisionStatus says what the source says of its own article.
type RevisionStatus string

// The states of a revision. A page that answers 404 or 410 after it has been
// an article becomes a withdrawn revision with the old text.
const (
	StatusPublished RevisionStatus = "published"
	StatusCorrected RevisionStatus = "corrected" // carries a correction notice
	StatusWithdrawn RevisionStatus = "withdrawn" // retracted or taken down
)

// Draft is what a parser makes of one article on a captured page: a revision
// before the store has decided whether its content is new.
type Draft struct {
	Source      SourceID
	URL         string // canonical
	Fragment    string
	Title       string
	Authors     []string
	PublishedAt time.Time // the source's claim; zero when it makes none
	ModifiedAt  time.Time // the source's claim; zero when it makes none
	Lang        string    // "en", "zh", other ISO 639-1, or "" when undecided
	Tags        []string
	Blocks      []Block
	Status      RevisionStatus
	// Restless are the lines, in the form in which they are compared, of which
	// the page's past showed that they move all the time: no redline shows
	// them. They are no part of the content.
	Restless []string
}

// ArticleID returns the identity of the article this is a draft of.
func (d Draft) ArticleID() ArticleID { return NewArticleID(d.Source, d.URL, d.Fragment) }

// Body returns the text of the article, one block a line, without captions.
func (d Draft) Body() string {
	var b strings.Builder
	for _, blk := range d.Blocks {
		if blk.Kind == BlockCaption || blk.Text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(blk.Text)
	}
	return b.String()
}

// Pages returns the pages of a PDF on which quotes stand, one for each and 0
// where none has it; nil when the article is no PDF.
func (d Draft) Pages(quotes []string) []int {
	if !slices.ContainsFunc(d.Blocks, func(b Block) bool { return b.Page > 0 }) {
		return nil
	}
	out := make([]int, len(quotes))
	for i, q := range quotes {
		at := slices.IndexFunc(d.Blocks, func(b Block) bool { return q != "" && strings.Contains(b.Text, q) })
		switch {
		case at >= 0:
			out[i] = d.Blocks[at].Page
		case q != "" && strings.Contains(d.Title, q):
			out[i] = 1 // what became the headline is no block any more
		}
	}
	return out
}

// ContentDigest identifies what a reader would see: title, status and body.
// Authors, tags and dates are left out, because sites rewrite them without
// changing a word; a revision is a change of what is said.
func (d Draft) ContentDigest() string {
	return Digest("c", d.Title, string(d.Status), d.Body())
}

// Revision is one version of an article's content. Revisions are inserted,
// never updated.
type Revision struct {
	ID      RevisionID
	Article ArticleID
	N       int // 1 for the first version of the article
	Capture CaptureID
	Draft
	Digest      string // [Draft.ContentDigest]
	FirstSeenAt time.Time
	Origin      Origin
}
