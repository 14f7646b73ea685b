package parse

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzMoment reads dates out of any text: what is read lies inside the text
// and is a day of the calendar of our time.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{
		"3 March 2025 at 9:30 a.m. EST", "2025年3月1日 10:05", "Dienstag, 3. Mai 2022, 14.30 Uhr", "9–23 Feb 2017", "2025-03-01T10:05:00.123+08:00",
		"March 3rd, 2025", "3 de mayo de 2022", "04/05/25", "1.1.70 31.02.2025", "2025-13-40", "20250301 1740823500 1740823500000", "下午3点05分 2025/03/01 下午3:05",
	} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, monthFirst bool) {
		m, ok := parseMoment(s, monthFirst)
		if ok && (m.start < 0 || m.start >= m.end || m.end > len(s) || m.Year() < 1900 || m.Year() > 2100) {
			t.Errorf("%q: %v at %d to %d", s, m.Time, m.start, m.end)
		}
		if ok {
			span(s, m)
		}
		if m, ok := parseStamp(s); ok && m.IsZero() {
			t.Errorf("%q is the zero time", s)
		}
		if m, ok := urlDate(s); ok && (m.Year() < 1995 || m.Year() > 2100) {
			t.Errorf("%q: the address says %v", s, m.Time)
		}
	})
}

// FuzzAuthors splits any claim into names: few, short, on one line, and
// without anything that marks up or points elsewhere.
func FuzzAuthors(f *testing.F) {
	for _, s := range []string{
		"By Jane Doe and John Roe, Staff Writers", "Von Max Muster | 3. Mai 2022", "本报记者 王小明、李四", "Doe, Jane", "Staff and wire reports", "Law & i", "Reuters, AFP",
		"Jane Doe (avec John Roe)", "Text: Jane Doe, Fotos: John Roe", "김철수 기자", "文：王小明", "jane.doe@news.example", "<a href=x>Jane</a>", "Jane Doe, Ph.D.; John Roe Jr.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := &page{}
		for _, claim := range [][]string{{s}, bylineIn(s), bylineIn(withoutDate(s))} {
			for _, n := range p.names(claim) {
				if !utf8.ValidString(n) || n == "" || runes(n) > 80 || strings.ContainsAny(n, "<>{}@\n") || strings.Contains(n, "://") {
					t.Errorf("%q names %q", s, n)
				}
			}
		}
		if len(splitAuthors(s)) > 400 {
			t.Errorf("%q names %d people", s, len(splitAuthors(s)))
		}
	})
}

// FuzzLinkedData reads any script as JSON-LD, and asks all that is asked of it.
func FuzzLinkedData(f *testing.F) {
	for _, s := range []string{
		`{"@graph":[{"@type":"NewsArticle","@id":"#a","author":{"@id":"#p"}},{"@type":"Person","@id":"#p","name":["A B","C D"]}]}`,
		`<!-- {"@type":["Article","x"],"headline":"a\nb",} -->`, `[{"@id":"a","author":{"@id":"a"}}]`, `{"@graph":{"@graph":{"@graph":[[[]]]}}}`, `{"name":{"@value":{"name":"x"}}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		objects := linkedData(s, nil)
		if len(objects) > 400 {
			t.Errorf("%d objects", len(objects))
		}
		byID := map[string]map[string]any{}
		for _, o := range objects {
			if id, ok := o["@id"].(string); ok {
				byID[id] = o
			}
		}
		for _, o := range objects {
			ldRank(o)
			ldString(o["headline"])
			ldNames(o["author"], byID, 0)
			ldText(o["articleBody"])
		}
	})
}
