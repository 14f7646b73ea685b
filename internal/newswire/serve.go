package newswire

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// maxLog bounds the request log, so that a demo left running for days does
// not grow. Tests stay far below.
const maxLog = 100_000

// Handler serves one site. Addresses inside its pages repeat the host that
// was asked for. Unknown sites answer 404 to everything.
func (n *Newswire) Handler(id corpus.SourceID) http.Handler {
	for _, s := range n.sites {
		if s.ID == id {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
				n.serve(seen, r, s)
				n.record(s, r, seen.status)
			})
		}
	}
	return http.NotFoundHandler()
}

// statusWriter remembers the status of a response.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// record appends to the request log.
func (n *Newswire) record(s *site, r *http.Request, status int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.log) == maxLog {
		n.log = append(n.log[:0], n.log[maxLog/2:]...)
	}
	n.log = append(n.log, Request{
		Site: s.ID, Method: r.Method, Path: r.URL.RequestURI(), Status: status,
		UserAgent: r.UserAgent(), Forbidden: strings.HasPrefix(r.URL.Path, s.trap),
	})
}

// serve answers one request.
func (n *Newswire) serve(w http.ResponseWriter, r *http.Request, s *site) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/robots.txt" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(s.robots) // a client that hangs up is its own business
		return
	}
	if s.contact && !strings.Contains(r.UserAgent()+r.Header.Get("From"), "@") {
		http.Error(w, "Undeclared automated tool: name your organisation and an e-mail address in the User-Agent.", http.StatusForbidden)
		return
	}
	if strings.HasPrefix(r.URL.Path, s.trap) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, trapPage, s.trap)
		return
	}
	base := "http://" + r.Host
	edition := n.Edition()
	if name, ok := s.lists[r.URL.Path]; ok {
		s.serveList(w, r, name, base, edition)
		return
	}
	for _, a := range s.articles {
		v := a.at(edition)
		if v == nil {
			continue
		}
		switch r.URL.Path {
		case a.path():
			if s.busyFirst && n.firstKnock(s) {
				w.Header().Set("Retry-After", "1")
				http.Error(w, "busy, come back in a second", http.StatusServiceUnavailable)
				return
			}
			s.servePage(w, r, a, v, base, edition)
			return
		case s.link(a):
			http.Redirect(w, r, a.path(), http.StatusMovedPermanently)
			return
		}
	}
	http.NotFound(w, r)
}

// trapPage stands in every folder that robots.txt closes.
const trapPage = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Closed folder</title><meta name="robots" content="noindex"></head>
<body><article><h1>Closed folder</h1><p>robots.txt closes %s to every agent. Whoever reads this has not obeyed it, and the newswire has counted the visit.</p></article></body></html>
`

// firstKnock reports true once a site.
func (n *Newswire) firstKnock(s *site) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := !n.busy[s.ID]
	n.busy[s.ID] = true
	return first
}

// serveList answers with a feed, a sitemap or a page of links.
func (s *site) serveList(w http.ResponseWriter, r *http.Request, name, base string, edition int) {
	items := s.latest(edition, base)
	data := page{Site: s, Base: base, Edition: edition, Items: items, Page: 1}
	for _, it := range items {
		if it.updated().After(data.Newest) {
			data.Newest = it.updated()
		}
	}
	if s.perPage > 0 {
		if p, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && p > 1 {
			data.Page = p
		}
		from := min((data.Page-1)*s.perPage, len(items))
		to := min(from+s.perPage, len(items))
		if to < len(items) {
			data.Next = fmt.Sprintf("%s?page=%d", r.URL.Path, data.Page+1)
		}
		data.Items = items[from:to]
	}
	s.send(w, r, name, data)
}

// servePage answers with an article, or says that it is gone.
func (s *site) servePage(w http.ResponseWriter, r *http.Request, a *article, v *version, base string, edition int) {
	if v.Gone {
		http.Error(w, "410 Gone: this page has been removed.", http.StatusGone)
		return
	}
	shown := s.show(a, v, base)
	s.send(w, r, "page.html", page{Site: s, Base: base, Edition: edition, item: &shown, Items: s.latest(edition, base), Newest: v.updated()})
}

// send renders, labels and compresses; the standard library answers HEAD and
// conditional requests.
func (s *site) send(w http.ResponseWriter, r *http.Request, name string, data page) {
	body, err := s.render(name, data)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", s.contentType(name))
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:8])
	if s.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(body) // writing to memory cannot fail
		_ = z.Close()
		body, tag = b.Bytes(), tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
	}
	if !s.noETag {
		h.Set("ETag", `"`+tag+`"`)
	}
	modified := data.Newest
	if s.noModified {
		modified = time.Time{}
	}
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

// contentType returns the media type of a template's output with the charset
// the site declares, which need not be the true one.
func (s *site) contentType(name string) string {
	media := map[string]string{".html": "text/html", ".json": "application/json", ".xml": "application/xml"}[path.Ext(name)]
	switch {
	case name == "feed.xml" && s.dir == "fca":
		media = "application/atom+xml"
	case name == "feed.xml":
		media = "application/rss+xml"
	case name == "feed.json":
		media = "application/feed+json"
	}
	if s.declared == "" {
		return media
	}
	return media + "; charset=" + s.declared
}
