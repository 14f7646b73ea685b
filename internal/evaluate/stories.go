package evaluate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// StoryLabels say which happening each article tells, by address.
type StoryLabels struct {
	Of      map[string]string
	LeftOut int // articles of which a person could not say
}

// LoadStories reads labels: lines of address, tab and story, where "-" stands
// for a story of its own and "?" for one that cannot be told; or, when the name
// ends in .jsonl, articles with a field "story" each.
func LoadStories(path string) (StoryLabels, error) {
	l := StoryLabels{Of: map[string]string{}}
	f, err := os.Open(path)
	if err != nil {
		return l, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxPage)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var url, story string
		if strings.HasSuffix(path, ".jsonl") {
			var a struct{ URL, Story string }
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				return l, fmt.Errorf("%s:%d: %w", path, n, err)
			}
			url, story = a.URL, a.Story
		} else {
			url, story, _ = strings.Cut(line, "\t")
		}
		switch {
		case url == "" || story == "":
			return l, fmt.Errorf("%s:%d: an address and a story are needed", path, n)
		case l.Of[url] != "":
			return l, fmt.Errorf("%s:%d: %s is labelled twice", path, n, url)
		case story == "?":
			l.LeftOut++
			continue
		case story == "-":
			story = "alone " + strconv.Itoa(n)
		}
		l.Of[url] = story
	}
	return l, lines.Err()
}

// StoryFigures compares a grouping of the labelled articles with what a person
// says: by pairs of articles of one group, and by B-cubed, which asks of each
// article how much of its group is of its story, and how much of its story is in
// its group (Bagga and Baldwin, 1998). Articles that got does not hold count
// as groups of their own.
func StoryFigures(set string, want StoryLabels, got map[string]string) Figures {
	type cell struct{ want, got string }
	both, wants, gots := map[cell]float64{}, map[string]float64{}, map[string]float64{}
	missing := 0
	for url, story := range want.Of {
		group, ok := got[url]
		if !ok {
			group = "missing " + url
			missing++
		}
		both[cell{story, group}]++
		wants[story]++
		gots[group]++
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var shared, wanted, grouped, precision, recall float64
	for c, n := range both {
		shared += pairs(n)
		precision += n * n / gots[c.got]
		recall += n * n / wants[c.want]
	}
	for _, n := range wants {
		wanted += pairs(n)
	}
	for _, n := range gots {
		grouped += pairs(n)
	}
	f := Figures{Set: set}
	f.count("articles", len(want.Of))
	f.count("missing", missing)
	f.count("stories", len(wants))
	f.count("groups", len(gots))
	p, r := ratio(shared, grouped), ratio(shared, wanted)
	f.share("pairs_precision", p)
	f.share("pairs_recall", r)
	f.share("pairs_f1", harmonic(p, r))
	n := float64(max(1, len(want.Of)))
	f.share("bcubed_precision", precision/n)
	f.share("bcubed_recall", recall/n)
	f.share("bcubed_f1", harmonic(precision/n, recall/n))
	return f
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}
