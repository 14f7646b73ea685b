package event

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/regwire/regwire/sentiment/text"
)

//go:embed data/words.txt
var wordData string

// wordList is a list of data/words.txt.
type wordList struct {
	words map[string]bool
	stems []string
	han   []string
}

// readWords reads data/words.txt: sections of words.
func readWords(data string, want ...string) (map[string]*wordList, error) {
	lists := map[string]*wordList{}
	var l *wordList
	for _, line := range strings.Split(data, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			l = &wordList{words: map[string]bool{}}
			lists[strings.Trim(line, "[]")] = l
			continue
		}
		for _, w := range strings.Fields(line) {
			switch stem, isStem := strings.CutSuffix(w, "*"); {
			case text.IsHan([]rune(w)[0]):
				l.han = append(l.han, w)
			case isStem:
				l.stems = append(l.stems, stem)
			default:
				l.words[w] = true
			}
		}
	}
	for _, name := range want {
		if lists[name] == nil {
			return nil, fmt.Errorf("no list %q", name)
		}
	}
	return lists, nil
}

// count returns how many words of the list stand in toks, whose folded text is s.
func (l *wordList) count(toks []token, s string) int {
	n := 0
	for i := range toks {
		if l.has(toks[i].norm) {
			n++
		}
	}
	for _, h := range l.han {
		if strings.Contains(s, h) {
			n++
		}
	}
	return n
}

func (l *wordList) has(w string) bool {
	if l.words[w] {
		return true
	}
	for _, stem := range l.stems {
		if strings.HasPrefix(w, stem) {
			return true
		}
	}
	return false
}

// norms returns the words of toks run together, as Chinese is written.
func norms(toks []token) string {
	var b strings.Builder
	for i := range toks {
		b.WriteString(toks[i].norm)
	}
	return b.String()
}
