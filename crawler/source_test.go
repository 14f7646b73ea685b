package crawler

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regwire/regwire/corpus"
)

func TestLoadSources(t *testing.T) {
	got, err := LoadSources([]byte(`
- id: eu-esma-news
  name: European Securities and Markets Authority
  section: News
  kind: regulator
  jurisdiction: EU
  language: en
  regulator: ESMA
  weight: 0.9
  schedule: "*/20 * * * *"
  time_zone: Europe/Paris
  discovery:
    type: json
    url: https://esma.example/api
    method: POST
    body: '{"page":1}'
    header: {Lang: en}
    content: feed
    include: ["(?i)crypto"]
    max_items: 5
    pages: [https://esma.example/rules]
    json: {items: data, title: t, link: 'https://esma.example/{id}', text: body}
    dates: {layouts: [unixms]}
  recheck: {first: 10m, until: 48h}
  politeness: {user_agent: "{company} {contact}", delay: 250ms, max_body: 1048576}
- id: off
  name: Off
  kind: media
  disabled: true
  reason: gone
  discovery: {type: rss, url: https://off.example/feed}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Source{
		{
			Source: corpus.Source{
				ID: "eu-esma-news", Name: "European Securities and Markets Authority", Kind: corpus.SourceRegulator,
				Jurisdiction: "EU", Language: "en", Regulator: "ESMA", Weight: 0.9,
			},
			Section: "News", Schedule: "*/20 * * * *", TimeZone: "Europe/Paris",
			Discovery: Discovery{
				Type: DiscoverJSON, URL: "https://esma.example/api", Method: "POST", Body: `{"page":1}`, Header: map[string]string{"Lang": "en"},
				Content: ContentFeed, Include: []string{"(?i)crypto"}, MaxItems: 5, Pages: []string{"https://esma.example/rules"},
				JSON:  JSONListing{Items: "data", Title: "t", Link: "https://esma.example/{id}", Text: "body"},
				Dates: Dates{Layouts: []string{"unixms"}},
			},
			Recheck:    Recheck{First: 10 * time.Minute, Until: 48 * time.Hour},
			Politeness: Politeness{UserAgent: "{company} {contact}", Delay: 250 * time.Millisecond, MaxBody: 1 << 20},
		},
		{
			Source:   corpus.Source{ID: "off", Name: "Off", Kind: corpus.SourceMedia},
			Disabled: true, Reason: "gone",
			Discovery: Discovery{Type: DiscoverRSS, URL: "https://off.example/feed"},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestLoadSourcesNamesEveryProblem(t *testing.T) {
	const good = "- id: a\n  name: A\n  kind: media\n  discovery: {type: rss, url: https://a.example/}\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"an unknown key, with its place", good + "  colour: red\n", []string{"[5:3]", `"colour"`}},
		{"a wrong type, with its place", good + "  politeness: {timeout: soon}\n", []string{"[5:25]", "timeout", `"soon"`}},
		{"a bound that is no duration", good + "  adaptive: {min: often, max: 1h}\n", []string{"[5:19]", "min", `"often"`}},
		{"a list where a number belongs", good + "  weight: [1]\n", []string{"[5:"}},
		{"no YAML", "- id: [", []string{"[1:"}},
		{"an id used twice", good + good, []string{"source a: id: used twice"}},
		{
			"everything at once",
			"- id: Bad Id\n  kind: blog\n  expect: -1h\n  adaptive: {max: 1h}\n  jurisdiction: Europe\n  weight: 2\n  disabled: true\n  schedule: 61 * * * *\n" +
				"  discovery: {type: html, url: ftp://a, include: ['('], exclude: [')'], html: {item: 'a[', link: '[', max_pages: -1}, method: PUT, pages: [nowhere], content: mail, dates: {pattern: '['}}\n" +
				"  recheck: {first: -1s, per_visit: -1}\n  politeness: {parallelism: -1, timeout: -1s, max_body: -1, max_pages: -1, user_agent: \"a\\nb\"}\n" +
				"- kind: media\n",
			[]string{
				"source Bad Id: id:", "Bad Id: name: missing", "Bad Id: kind: \"blog\"", "Bad Id: expect: -1h", "Bad Id: adaptive: min 0s", "Bad Id: jurisdiction: \"Europe\"", "Bad Id: weight: 2",
				"Bad Id: reason: missing", "Bad Id: schedule: \"61 * * * *\"", "discovery.url: \"ftp://a\"", "discovery.include: \"(\"",
				"discovery.exclude: \")\"", "discovery.html.item: \"a[\"", "discovery.html.link: \"[\"", "discovery.html.max_pages: -1",
				"discovery.method: \"PUT\"", "discovery.pages: \"nowhere\"", "discovery.content: \"mail\"", "discovery.dates.pattern: \"[\"",
				"recheck.first: -1s", "recheck.per_visit: -1", "politeness.parallelism: -1", "politeness.timeout: -1s", "politeness.max_body: -1",
				"politeness.max_pages: -1", "politeness.user_agent", "source number 2: id: missing",
			},
		},
		{
			"what belongs together",
			"- id: a\n  name: A\n  kind: media\n  time_zone: Mars/Olympus\n  discovery: {type: json, url: https://a.example/, content: feed, body: x, detail: {url: https://a.example/}}\n" +
				"- id: b\n  name: B\n  kind: media\n  discovery: {type: none, url: https://a.example/}\n" +
				"- id: c\n  name: C\n  kind: media\n  discovery: {type: sitemap, url: https://a.example/, content: feed, method: POST}\n" +
				"- id: d\n  name: D\n  kind: media\n  schedule: 0 0 31 2 *\n  discovery: {type: carrier pigeon}\n",
			[]string{
				"a: time_zone:", "a: discovery.json.items: missing", "a: discovery.json.link: missing", "a: discovery.json: html or text: missing",
				"a: discovery.body:", "a: discovery.detail.url:", "a: discovery.detail: want one",
				"b: discovery.pages: missing", "b: discovery.url:", "c: discovery.content:", "c: discovery.method:",
				"d: schedule: \"0 0 31 2 *\": never comes", "d: discovery.type: \"carrier pigeon\"",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := LoadSources([]byte(tt.text))
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing from\n%v", want, err)
				}
			}
		})
	}
}

func FuzzLoadSources(f *testing.F) {
	f.Add([]byte("- id: a\n  name: A\n  kind: media\n  schedule: '@daily'\n  discovery: {type: rss, url: https://a.example/, include: [x]}\n"))
	f.Add([]byte("- id: b\n  name: B\n  kind: media\n  discovery: {type: html, url: https://a.example/, html: {item: li, date: 'time@datetime'}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := LoadSources(text)
		if err != nil {
			return
		}
		// What was accepted can be crawled, unless it lacks who crawls or names
		// a page that has no canonical form.
		_, err = New(Config{Sources: list, State: nowhere{}, Sink: nowhere{}, Company: "C", Contact: "c@example.com"})
		if err != nil && !strings.Contains(err.Error(), "discovery.pages") {
			t.Error(err)
		}
	})
}
