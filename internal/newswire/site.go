package newswire

import (
	"fmt"
	htemplate "html/template"
	"io/fs"
	"path"
	"strings"
	ttemplate "text/template"

	"github.com/regwire/regwire/corpus"
)

// site is one publisher: who it is, where its pages stand, how it misbehaves.
type site struct {
	corpus.Source
	dir   string            // folder under sites
	page  string            // path of an article: {slug}, {number}, {year}, {day}
	lists map[string]string // listing: path to template
	trap  string            // folder closed by robots.txt
	// perPage divides listings that have a "page" in their query; 0 means all
	// on one page.
	perPage int

	quirks

	articles  []*article // by slug
	robots    []byte
	templates map[string]executor
}

// quirks are the ways in which real sites make life hard.
type quirks struct {
	charset    string // of the bytes: "gb18030", otherwise UTF-8
	declared   string // charset in the Content-Type header; empty for none
	redirect   string // listings link here ({slug}), which leads to the page
	gzip       bool
	busyFirst  bool // the first request for an article answers 503
	contact    bool // agents without an address to write to get 403
	noETag     bool
	noModified bool
	dayOnly    bool // pages name the day of publication, not the time
}

// newSites returns the sites in the order in which they are shown.
func newSites() []*site {
	regulator := func(id, name, short string, j corpus.Jurisdiction, lang string) corpus.Source {
		return corpus.Source{ID: corpus.SourceID(id), Name: name, Kind: corpus.SourceRegulator, Jurisdiction: j, Language: lang, Regulator: short}
	}
	exchange := func(id, name, venue string) corpus.Source {
		return corpus.Source{ID: corpus.SourceID(id), Name: name, Kind: corpus.SourceExchange, Jurisdiction: "INTL", Language: "en", Exchange: venue}
	}
	media := func(id, name string, j corpus.Jurisdiction, lang string) corpus.Source {
		return corpus.Source{ID: corpus.SourceID(id), Name: name, Kind: corpus.SourceMedia, Jurisdiction: j, Language: lang}
	}
	return []*site{
		{
			Source: regulator("demo-us-sec", "Securities regulator, US (demo)", "SEC", "US", "en"),
			dir:    "sec", page: "/newsroom/press-releases/{slug}", trap: "/internal/",
			lists:  map[string]string{"/news/pressreleases.rss": "feed.xml", "/newsroom": "index.html"},
			quirks: quirks{declared: "utf-8", contact: true},
		}, {
			Source: regulator("demo-us-fdic", "Deposit insurer, US (demo)", "FDIC", "US", "en"),
			dir:    "fdic", page: "/news/financial-institution-letters/{year}/{slug}.html", trap: "/exams/",
			lists: map[string]string{"/news/financial-institution-letters/index.html": "index.html"}, perPage: 4,
			quirks: quirks{declared: "utf-8", noETag: true, dayOnly: true},
		}, {
			Source: regulator("demo-gb-fca", "Conduct regulator, UK (demo)", "FCA", "GB", "en"),
			dir:    "fca", page: "/news/{slug}", trap: "/search-results/",
			lists:  map[string]string{"/news/atom.xml": "feed.xml"},
			quirks: quirks{declared: "utf-8", redirect: "/node/{slug}"},
		}, {
			Source: regulator("demo-eu-esma", "Markets authority, EU (demo)", "ESMA", "EU", "en"),
			dir:    "esma", page: "/press-news/esma-news/{slug}", trap: "/drafts/",
			lists:  map[string]string{"/sitemap.xml": "sitemap-index.xml", "/sitemap-news.xml": "sitemap.xml"},
			quirks: quirks{declared: "utf-8", busyFirst: true},
		}, {
			Source: regulator("demo-cn-pboc", "中国人民银行（演示）", "PBoC", "CN", "zh"),
			dir:    "pboc", page: "/tiaofasi/144941/{day}/{slug}.html", trap: "/neibu/",
			lists:  map[string]string{"/tiaofasi/144941/index.html": "index.html"},
			quirks: quirks{charset: "gb18030", noETag: true},
		}, {
			Source: regulator("demo-hk-sfc", "Securities regulator, Hong Kong (demo)", "SFC", "HK", "en"),
			dir:    "sfc", page: "/edistribution/news/doc/{slug}", trap: "/licensees-only/",
			lists:  map[string]string{"/feed.json": "feed.json"},
			quirks: quirks{declared: "utf-8"},
		}, {
			Source: exchange("demo-ex-binance", "Exchange announcements, JSON (demo)", "Binance"),
			dir:    "binance", page: "/en/support/announcement/detail/{slug}", trap: "/bapi/private/",
			lists:  map[string]string{"/bapi/cms/article/list": "list.json"},
			quirks: quirks{declared: "utf-8", noModified: true},
		}, {
			Source: exchange("demo-ex-okx", "Exchange help centre, HTML (demo)", "OKX"),
			dir:    "okx", page: "/help/{slug}", trap: "/account/",
			lists:  map[string]string{"/help/section/announcements": "index.html"},
			quirks: quirks{declared: "utf-8", dayOnly: true},
		}, {
			Source: media("demo-md-harbour", "The Harbour Ledger (demo)", "GB", "en"),
			dir:    "harbour", page: "/{year}/{slug}", trap: "/subscribers/",
			lists:  map[string]string{"/feed/": "feed.xml", "/": "index.html"},
			quirks: quirks{declared: "utf-8"},
		}, {
			Source: media("demo-md-tidewater", "Tidewater Crypto Desk (demo)", "US", "en"),
			dir:    "tidewater", page: "/articles/{number}-{slug}", trap: "/preview/",
			lists:  map[string]string{"/rss.xml": "feed.xml", "/": "index.html"},
			quirks: quirks{declared: "utf-8", noModified: true},
		}, {
			Source: media("demo-md-lianxun", "灯塔链讯（演示）", "CN", "zh"),
			dir:    "lianxun", page: "/news/{number}.html", trap: "/vip/",
			lists:  map[string]string{"/news/": "index.html"},
			quirks: quirks{declared: "iso-8859-1", gzip: true, noModified: true},
		},
	}
}

// link returns the path that listings give for an article.
func (s *site) link(a *article) string {
	if s.redirect == "" {
		return a.path()
	}
	return strings.Replace(s.redirect, "{slug}", a.slug, 1)
}

// open reads the articles and compiles the templates.
func (s *site) open() error {
	var err error
	dir := path.Join("sites", s.dir)
	if s.articles, err = load(s); err != nil {
		return err
	}
	if s.robots, err = files.ReadFile(path.Join(dir, "robots.txt")); err != nil {
		return err
	}
	s.templates = map[string]executor{}
	for _, pattern := range []string{"*.html", "*.xml", "*.json"} {
		names, err := fs.Glob(files, path.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := files.ReadFile(name)
			if err != nil {
				return err
			}
			var t executor
			// Pages are escaped by context; feeds and JSON escape by hand.
			if path.Ext(name) == ".html" {
				t, err = htemplate.New(path.Base(name)).Funcs(funcs()).Parse(string(text))
			} else {
				t, err = ttemplate.New(path.Base(name)).Funcs(funcs()).Parse(string(text))
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			s.templates[path.Base(name)] = t
		}
	}
	return nil
}
