package crawler_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"text/template"
	"time"

	"golang.org/x/net/html/charset"
	"golang.org/x/tools/txtar"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/crawler"
	"github.com/regwire/regwire/crawler/crawlertest"
)

// TestHostile runs the crawler against the small internets of
// testdata/hostile, whose README says how one is written. Each line of an
// archive's "want" is one thing that must happen.
func TestHostile(t *testing.T) {
	files, err := filepath.Glob("testdata/hostile/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	behaviours := 0
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				h := newHostile(t, archive)
				behaviours += h.play()
			})
		})
	}
	t.Logf("%d behaviours", behaviours)
}

// hostile is a small internet described as data.
type hostile struct {
	t     *testing.T
	pages map[string][]byte   // "host/path?query", * for anything, as the archive says
	names map[string][]string // the answers that the name service gives for a host, in turn
	want  string

	*bench

	mu      sync.Mutex
	asked   []asked
	dialled []string       // addresses that were connected to
	turns   map[string]int // of pages that answer differently each time
	lookups map[string]int
	sent    int // bytes of answers
}

// somewhere is the address of hosts that the archive does not place.
const somewhere = "8.8.8.8"

func newHostile(t *testing.T, archive *txtar.Archive) *hostile {
	h := &hostile{t: t, pages: make(map[string][]byte), names: make(map[string][]string), turns: make(map[string]int), lookups: make(map[string]int)}
	sources := `[{id: news, name: News, kind: media, discovery: {type: rss, url: "http://news.example/feed"}, politeness: {delay: -1ns, max_body: 1000000}}]`
	for _, f := range archive.Files {
		switch f.Name {
		case "want":
			h.want = string(f.Data)
		case "sources":
			sources = string(f.Data)
		case "names":
			for line := range strings.Lines(string(f.Data)) {
				if words := strings.Fields(line); len(words) > 1 {
					h.names[words[0]] = words[1:]
				}
			}
		default:
			h.pages[f.Name] = f.Data
		}
	}
	list, err := crawler.LoadSources([]byte(sources))
	if err != nil {
		t.Fatal(err)
	}
	h.bench = &bench{state: new(crawlertest.State), sink: new(crawlertest.Sink)}
	h.Crawler, err = crawler.New(crawler.Config{
		Sources: list, State: h.state, Sink: h.sink, Jitter: func(time.Duration) time.Duration { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	guarded, open := h.transport(crawler.PublicAddress), h.transport(func(netip.Addr) error { return nil })
	h.SetTransports(guarded, open)
	t.Cleanup(func() { guarded.CloseIdleConnections(); open.CloseIdleConnections() })
	return h
}

// transport connects to the hosts. It asks the names and judges the address
// at each connection, as the dialer of the real one does.
func (h *hostile) transport(refuse func(netip.Addr) error) *http.Transport {
	dial := func(_ context.Context, _, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		ip, err := h.lookup(host)
		if err != nil {
			return nil, err
		}
		if err := refuse(ip); err != nil {
			return nil, err
		}
		h.mu.Lock()
		h.dialled = append(h.dialled, ip.String())
		h.mu.Unlock()
		here, there := net.Pipe()
		go h.serve(there)
		return here, nil
	}
	return &http.Transport{DialContext: dial, DialTLSContext: dial, DisableCompression: true, MaxResponseHeaderBytes: 256 << 10}
}

func (h *hostile) lookup(host string) (netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	answers := h.names[host]
	if answers == nil {
		answers = []string{somewhere}
	}
	answer := answers[min(h.lookups[host], len(answers)-1)]
	h.lookups[host]++
	if answer == "-" {
		return netip.Addr{}, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return netip.ParseAddr(answer)
}

// serve answers one request on a connection and closes it.
func (h *hostile) serve(conn net.Conn) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, req.Body)
	address := req.Host + req.URL.RequestURI()
	h.mu.Lock()
	h.asked = append(h.asked, asked{address, time.Now(), req.Header})
	name, text := h.page(address)
	answers := strings.Split(string(text), "\n=====\n")
	turn := h.turns[name]
	h.turns[name]++
	h.mu.Unlock()
	a, err := readAnswer(answers[min(turn, len(answers)-1)], address)
	if err != nil {
		h.t.Errorf("%s: %v", name, err)
		return
	}
	n := a.write(h.t, conn, req)
	h.mu.Lock()
	h.sent += n
	h.mu.Unlock()
}

// page finds the file that answers for an address: the one of that name, or
// the longest whose * stands for the rest.
func (h *hostile) page(address string) (string, []byte) {
	if text, ok := h.pages[address]; ok {
		return address, text
	}
	best := ""
	for name := range h.pages {
		if before, after, ok := strings.Cut(name, "*"); ok && len(name) > len(best) && len(address) >= len(name)-1 &&
			strings.HasPrefix(address, before) && strings.HasSuffix(address, after) {
			best = name
		}
	}
	if best == "" {
		return address, []byte("404\n")
	}
	return best, h.pages[best]
}

// answer is one answer of a server, as a file describes it.
type answer struct {
	status string // "200", "HTTP/1.0 200 OK"
	head   []string
	orders map[string]string // "!drip 1s" and the like
	body   []byte
}

func readAnswer(text, address string) (answer, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSuffix(head, "\n"), "\n")
	a := answer{orders: make(map[string]string)}
	status, media, _ := strings.Cut(lines[0], " ")
	a.status = status
	if media != "" {
		a.head = append(a.head, "Content-Type: "+media)
	}
	for _, l := range lines[1:] {
		if order, ok := strings.CutPrefix(l, "!"); ok {
			name, value, _ := strings.Cut(order, " ")
			a.orders[name] = value
		} else {
			a.head = append(a.head, l)
		}
	}
	number := 0
	if i := strings.LastIndexFunc(address, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		number, _ = strconv.Atoi(address[i+1:])
	}
	tmpl, err := template.New("").Funcs(template.FuncMap{
		"repeat": func(n int, s string) string { return strings.Repeat(s, n) },
		"seq":    func(n int) []struct{} { return make([]struct{}, n) },
		"add":    func(a, b int) int { return a + b },
		"number": func() int { return number }, // at the end of the address
		"ago": func(age string) (string, error) {
			d, err := time.ParseDuration(age)
			return time.Now().UTC().Add(-d).Format(time.RFC1123Z), err
		},
	}).Parse(strings.TrimSuffix(body, "\n"))
	if err != nil {
		return a, err
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, nil); err != nil {
		return a, err
	}
	a.body = out.Bytes()
	return a, nil
}

// write sends the answer and returns how many bytes the other side took.
func (a answer) write(t *testing.T, conn net.Conn, req *http.Request) (n int) {
	send := func(b []byte) bool {
		m, err := conn.Write(b)
		n += m
		return err == nil
	}
	wait := func(order string) {
		if d, err := time.ParseDuration(a.orders[order]); err == nil {
			time.Sleep(d)
		}
	}
	wait("wait")
	if _, ok := a.orders["hang"]; ok { // until the other side has had enough
		_, _ = conn.Read(make([]byte, 1))
		return 0
	}
	if _, ok := a.orders["raw"]; ok {
		send(bytes.ReplaceAll(a.body, []byte("\n"), []byte("\r\n")))
		return n
	}
	if tag := a.orders["tag"]; tag != "" {
		a.head = append(a.head, "ETag: "+tag)
		if req.Header.Get("If-None-Match") == tag {
			a.status, a.body = "304", nil
		}
	}
	if label := a.orders["charset"]; label != "" {
		enc, _ := charset.Lookup(label)
		a.body, _ = enc.NewEncoder().Bytes(a.body)
	}
	times := 1
	if v, ok := a.orders["times"]; ok {
		times, _ = strconv.Atoi(v)
	}
	for coding := range strings.FieldsSeq(a.orders["pack"]) {
		a.body, times = pack(t, coding, bytes.Repeat(a.body, times)), 1
	}
	length := strconv.Itoa(len(a.body) * times)
	if v, ok := a.orders["length"]; ok {
		length = v
	}
	_, chunked := a.orders["chunked"]
	head := "HTTP/1.1 " + a.status + " " + http.StatusText(atoi(a.status)) + "\r\nConnection: close\r\n"
	switch {
	case chunked:
		head += "Transfer-Encoding: chunked\r\n"
	case length != "":
		head += "Content-Length: " + length + "\r\n"
	}
	for _, l := range a.head {
		head += l + "\r\n"
	}
	if !send([]byte(head + "\r\n")) {
		return n
	}
	pieces := func(do func([]byte) bool) {
		for range times {
			if _, ok := a.orders["drip"]; !ok {
				if !do(a.body) {
					return
				}
				continue
			}
			for i := range a.body {
				if !do(a.body[i : i+1]) {
					return
				}
				wait("drip")
			}
		}
	}
	if !chunked {
		pieces(send)
		return n
	}
	whole := true
	pieces(func(b []byte) bool {
		whole = send(fmt.Appendf(nil, "%x\r\n%s\r\n", len(b), b))
		return whole
	})
	if _, cut := a.orders["cut"]; whole && !cut {
		send([]byte("0\r\n\r\n"))
	}
	return n
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

// play does and checks what the archive wants, line by line, and returns the
// number of checks.
func (h *hostile) play() (checks int) {
	for line := range strings.Lines(h.want) {
		what, _, _ := strings.Cut(strings.TrimSpace(line), " # ")
		words := strings.Fields(what)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "sleep" {
			d, err := time.ParseDuration(words[1])
			if err != nil {
				h.t.Fatal(err)
			}
			time.Sleep(d)
			continue
		}
		checks++
		if err := h.check(words[0], words[1:]); err != nil {
			h.t.Errorf("%s: %v", strings.TrimSpace(line), err)
		}
	}
	if h.t.Failed() {
		for _, e := range slices.Concat(h.state.Entries("news"), h.state.Entries("other")) {
			h.t.Logf("%s %s %s next %v", e.URL, e.State, e.Reason, e.NextAt)
		}
		for _, a := range h.requests() {
			h.t.Log("asked ", a)
		}
	}
	return checks
}

func (h *hostile) requests() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.asked {
		out = append(out, a.page)
	}
	return out
}

// check performs one line of what an archive wants.
func (h *hostile) check(word string, args []string) error {
	switch word {
	case "round":
		return h.checkRound(cmp.Or(strings.Join(args, " "), "ok"))
	case "captured", "pending", "done", "parked", "gone", "unknown":
		return h.checkPage(word, args)
	case "asked":
		return bound("requests", count(h.requests(), args[0]), args[1])
	case "requests":
		return bound("requests", len(h.requests()), args[0])
	case "entries":
		return bound("entries", len(h.state.Entries("news")), args[0])
	case "sent":
		return bound("bytes", h.sent, args[0])
	case "dialled":
		return bound("connections", count(h.dialled, args[0]), args[1])
	case "elapsed":
		return h.checkElapsed(args[0])
	case "header":
		return h.checkHeader(args[0], args[1], strings.Join(args[2:], " "))
	}
	return fmt.Errorf("unknown word %q", word)
}

func count(list []string, what string) (n int) {
	for _, s := range list {
		if s == what {
			n++
		}
	}
	return n
}

// bound compares n with "3" or "<=3".
func bound(what string, n int, want string) error {
	most, ok := strings.CutPrefix(want, "<=")
	if limit := atoi(most); ok && n > limit || !ok && n != limit {
		return fmt.Errorf("got %d %s", n, what)
	}
	return nil
}

func (h *hostile) checkRound(want string) error {
	err := h.Round(context.Background())
	got := "ok"
	if v, ok := err.(interface{ Unwrap() []error }); ok {
		got = ""
		for _, e := range v.Unwrap() {
			if f, ok := e.(*crawler.VisitError); ok {
				got = strings.TrimSpace(got + " " + string(f.Reason))
			}
		}
	}
	if got != want && (err != nil || strings.Trim(want, "ok ") != "") {
		return fmt.Errorf("got %s: %v", got, err)
	}
	return nil
}

func (h *hostile) checkPage(state string, args []string) error {
	address, rest := args[0], args[1:]
	var capture *corpus.Capture
	for _, c := range h.sink.Captures() {
		if c.URL == address {
			capture = &c
		}
	}
	var entry *corpus.FrontierEntry
	for _, e := range slices.Concat(h.state.Entries("news"), h.state.Entries("other")) {
		if e.URL == address {
			entry = &e
		}
	}
	switch {
	case state == "unknown" && (entry != nil || capture != nil):
		return fmt.Errorf("entry %v, capture %v", entry, capture)
	case state == "unknown":
		return nil
	case entry == nil:
		return fmt.Errorf("no entry")
	case state == "captured" && capture == nil:
		return fmt.Errorf("not captured: %s %s", entry.State, entry.Reason)
	case state != "captured" && string(entry.State) != state:
		return fmt.Errorf("got %s %s", entry.State, entry.Reason)
	case state == "pending" && len(rest) == 0:
		return fmt.Errorf("name the reason")
	}
	values := map[string]string{"reason": entry.Reason, "title": entry.Item.Title, "attempts": strconv.Itoa(entry.Attempts)}
	if at := entry.Item.PublishedAt; !at.IsZero() {
		values["published"] = at.Format(time.DateOnly)
	}
	values["origin"] = string(entry.Origin)
	if capture != nil {
		final, _ := url.Parse(capture.FinalURL)
		values["status"], values["type"], values["charset"] = strconv.Itoa(capture.Status), capture.MediaType, capture.Charset
		values["bytes"], values["final"] = strconv.Itoa(len(capture.Body)), final.String()
		values["cookie"] = capture.Header.Get("Set-Cookie")
		values["body"] = strings.ReplaceAll(string(capture.Body), " ", "_")
	}
	for _, r := range rest {
		if key, want, ok := strings.Cut(r, "="); ok {
			if got, known := values[key]; strings.ReplaceAll(got, " ", "_") != want || !known && want != "" {
				return fmt.Errorf("%s is %q", key, got)
			}
		} else if entry.Reason != r {
			return fmt.Errorf("reason %q", entry.Reason)
		}
	}
	return nil
}

func (h *hostile) checkElapsed(want string) error {
	most, err := time.ParseDuration(strings.TrimPrefix(want, "<="))
	if err != nil {
		return err
	}
	if took := time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); took > most { // where a bubble's clock begins
		return fmt.Errorf("took %v", took)
	}
	return nil
}

// checkHeader looks at a header of the last request for an address; "-" for none.
func (h *hostile) checkHeader(address, name, want string) error {
	for _, a := range slices.Backward(h.asked) {
		if a.page == address {
			if got := cmp.Or(a.Get(name), "-"); got != want {
				return fmt.Errorf("got %q", got)
			}
			return nil
		}
	}
	return fmt.Errorf("never asked for")
}
