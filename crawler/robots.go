package crawler

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

const (
	// robotsToken is the name that rules for us alone would use.
	robotsToken = "regwire"
	// robotsLife is how long a robots.txt holds: RFC 9309, section 2.4, allows a day.
	robotsLife = 24 * time.Hour
	// robotsRetry is how long a failure to read one holds. Guessed: long
	// enough to leave a broken server alone, short enough to miss little.
	robotsRetry = 5 * time.Minute
	// robotsSize is how much of a robots.txt is read: RFC 9309, section 2.5,
	// asks for at least 500 KiB and allows to ignore what follows.
	robotsSize = 512 << 10
	// maxRobots bounds how many are remembered: listings may name any number
	// of hosts.
	maxRobots = 2000
	// maxCrawlDelay bounds what we grant a Crawl-delay. Some sites name hours
	// to say "do not crawl", for which there is Disallow.
	maxCrawlDelay = time.Minute
	// maxSitemapLines bounds the sitemaps that are remembered of a robots.txt.
	maxSitemapLines = 50
)

// robots remembers the robots.txt of each host.
type robots struct {
	clock func() time.Time

	mu    sync.Mutex
	hosts map[string]*remembered
}

// rules is one robots.txt as we understand it.
type rules struct {
	data     *robotstxt.RobotsData
	sitemaps []string // as it names them
}

// remembered is the robots.txt of a host, or why it could not be read.
type remembered struct {
	asking chan struct{} // holds one token while it is fetched, so that a host is asked once
	rules
	err     error
	expires time.Time
}

// getter fetches a robots.txt.
type getter func(ctx context.Context, u *url.URL) (status int, body []byte, err error)

// of returns the rules of u's host, fetching them when they are unknown or
// old. Rules fetched through different doors (see fetcher) are kept apart,
// since one may lead where the other does not.
func (r *robots) of(ctx context.Context, door string, u *url.URL, get getter) (rules, error) {
	key := door + " " + u.Scheme + "://" + u.Host
	r.mu.Lock()
	h := r.hosts[key]
	if h == nil {
		if r.hosts == nil || len(r.hosts) >= maxRobots {
			r.hosts = make(map[string]*remembered) // they are fetched again where they are needed
		}
		h = &remembered{asking: make(chan struct{}, 1)}
		r.hosts[key] = h
	}
	r.mu.Unlock()

	select {
	case h.asking <- struct{}{}:
		defer func() { <-h.asking }()
	case <-ctx.Done():
		return rules{}, context.Cause(ctx)
	}
	if r.clock().Before(h.expires) {
		return h.rules, h.err
	}
	status, body, err := get(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"})
	if ctx.Err() != nil {
		return rules{}, context.Cause(ctx) // our hurry says nothing of the host
	}
	h.rules, h.err = understand(status, body, err)
	h.expires = r.clock().Add(robotsLife)
	if h.err != nil {
		h.expires = r.clock().Add(robotsRetry)
	}
	return h.rules, h.err
}

// understand reads an answer to a request for robots.txt as RFC 9309, section
// 2.3.1, asks: 4xx means no rules; what cannot be reached (429 and 5xx among
// it) means that nothing may be fetched for now.
func understand(status int, body []byte, err error) (rules, error) {
	switch {
	case err != nil:
		return rules{}, err
	case status == http.StatusTooManyRequests || status >= 500:
		return rules{}, fail(ReasonServer, "robots.txt: status %d", status)
	case status >= 400:
		body = nil
	case status < 200 || status > 299:
		return rules{}, fail(ReasonServer, "robots.txt: status %d", status)
	}
	text, sitemaps := meaningful(body)
	data, err := robotstxt.FromBytes(text)
	if err != nil {
		return rules{}, fail(ReasonRobots, "robots.txt: %w", err)
	}
	return rules{data, sitemaps}, nil
}

// meaningful keeps the lines of a robots.txt that say something to a crawler,
// and takes out the addresses of sitemaps, which belong to no group. The parser refuses a whole file for one bad line, and real files (or pages
// of HTML sent in their place) hold many.
func meaningful(body []byte) (text []byte, sitemaps []string) {
	var out bytes.Buffer
	agent := false
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	lines.Buffer(nil, robotsSize)
	lines.Split(scanAnyLine)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent", "useragent":
			if value == "" {
				continue
			}
			agent, key = true, "user-agent"
		case "crawl-delay":
			// Not negative, infinite or no number at all; NaN fails both comparisons.
			if d, err := strconv.ParseFloat(value, 64); err != nil || !(d >= 0 && d <= math.MaxInt32) {
				continue
			}
		case "sitemap":
			if len(sitemaps) < maxSitemapLines {
				sitemaps = append(sitemaps, value)
			}
			continue
		case "allow", "disallow":
		default:
			continue
		}
		if agent {
			out.WriteString(key + ": " + value + "\n")
		}
	}
	return out.Bytes(), sitemaps
}

// scanAnyLine is bufio.ScanLines for files that end lines in CR alone as well.
func scanAnyLine(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	if atEOF {
		return 0, nil, io.EOF
	}
	return 0, nil, nil
}

// allows reports whether the rules let us fetch u.
func allows(data *robotstxt.RobotsData, u *url.URL) bool {
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return data.TestAgent(path, robotsToken)
}

// crawlDelay returns the delay that the rules ask of us, at most maxCrawlDelay.
func crawlDelay(data *robotstxt.RobotsData) time.Duration {
	return min(data.FindGroup(robotsToken).CrawlDelay, maxCrawlDelay)
}
