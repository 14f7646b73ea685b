package corpus

import (
	"net/http"
	"strconv"
	"time"
)

// CaptureID identifies a capture; it is assigned by the store.
type CaptureID int64

// String returns the form used in [Change.Ref].
func (id CaptureID) String() string { return strconv.FormatInt(int64(id), 10) }

// Capture is one response as received, or one file as ingested. It is never
// edited and always kept, so that everything can be parsed and read again.
type Capture struct {
	ID        CaptureID
	Source    SourceID
	URL       string // what was asked for
	FinalURL  string // where redirects led; equal to URL without any
	Status    int    // HTTP status; 200 for files
	Header    http.Header
	MediaType string // without parameters: "text/html", "application/pdf", …
	Charset   string // as declared or detected, empty when unknown
	Body      []byte // as received after transfer decoding; stored compressed
	Digest    string // hex SHA-256 of Body, set by the store
	FetchedAt time.Time
	Origin    Origin
	Item      Item // what the listing that led here said of the page
}

// Item is what a feed, a sitemap, a listing or an API says about one page
// before it is fetched. All fields but URL may be empty. A source that
// carries whole articles in its feed fills Content, and the page itself need
// not be fetched.
type Item struct {
	URL         string    `json:"url"`
	ID          string    `json:"id,omitempty"` // the publisher's own identifier (guid, document number)
	Title       string    `json:"title,omitempty"`
	Summary     string    `json:"summary,omitempty"` // plain text
	Content     string    `json:"content,omitempty"` // HTML, only when the listing is the article
	Author      string    `json:"author,omitempty"`
	Tags        []string  `json:"tags,omitempty"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`

	// PageOf is the address of the first page of the article that goes on on
	// this one; empty for a page of its own. Pages are the pages on which an
	// article goes on, in order. A capture with Pages is where the article is
	// read whole: that of its first page, or, when that has not changed, of
	// any other.
	PageOf string   `json:"page_of,omitempty"`
	Pages  []string `json:"pages,omitempty"`
	// PageDigests say in the frontier what Pages held when they were last
	// captured. Captures have none.
	PageDigests []string `json:"page_digests,omitempty"`
}
