package instrument

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
)

//go:embed data/patterns.txt
var patternData string

//go:embed data/named.txt
var namedData string

//go:embed data/prefixes.txt
var prefixData string

// pattern is one issuer's way of numbering; the fields are those of
// data/patterns.txt.
type pattern struct {
	series       string
	issuer       string
	jurisdiction corpus.Jurisdiction
	find         []string
	expr         func() *regexp.Regexp // compiled when a text first needs it
	id           string
	fix          fix
	near         []string
	bar          []string
	own          string
	back         int
	more         func() *regexp.Regexp // what continues a list of numbers
	anywhere     bool                  // has no digit of its own
	yes          [][2]string           // surface, canonical form
	no           []string
}

// macros are the parts of expressions that issuers, typesetters and
// translators write in many ways.
var macros = strings.NewReplacer(
	`{d}`, `[-–‑−‐—]`,
	`{s}`, `[\s\x{00a0}\x{3000}]*`,
	`{S}?`, `[\s\x{00a0}]*`,
	`{S}`, `[\s\x{00a0}]+`,
	`{n}`, `(?:[Nn]os?\.?[\s\x{00a0}]*)?`,
	`{l}`, `[〔\[［（(﹝【]`,
	`{r}`, `[〕\]］）)﹞】]`,
)

// readPatterns reads the stanzas of data/patterns.txt.
func readPatterns(data string) ([]*pattern, error) {
	var out []*pattern
	var p *pattern
	for n, line := range strings.Split(data, "\n") {
		if name, ok := strings.CutPrefix(line, "["); ok && strings.HasSuffix(line, "]") {
			p = &pattern{series: strings.TrimSuffix(name, "]")}
			out = append(out, p)
			continue
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, ok := strings.Cut(line, " =")
		if !ok || p == nil {
			return nil, fmt.Errorf("line %d: %q is no field", n+1, line)
		}
		if err := p.set(key, strings.TrimPrefix(value, " ")); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	return out, nil
}

func (p *pattern) set(key, value string) (err error) {
	switch key {
	case "issuer":
		p.issuer = value
	case "in":
		p.jurisdiction = corpus.Jurisdiction(value)
	case "find":
		p.find = strings.Split(value, " | ")
	case "expr":
		p.expr = lazy(macros.Replace(value))
	case "more":
		p.more = lazy(macros.Replace(`^(?:{s}[,;、和及与]{s}(?:and{S}|or{S})?|{S}(?:and|or|&){S}|{S}through{S})` + value))
	case "digit":
		p.anywhere = value == "no"
	case "id":
		p.id = value
	case "fix":
		if p.fix = fixes[value]; p.fix == nil {
			err = fmt.Errorf("unknown rule %q", value)
		}
	case "near":
		p.near = strings.Split(value, " | ")
	case "bar":
		p.bar = strings.Split(value, " | ")
	case "own":
		p.own = value
	case "back":
		p.back, err = strconv.Atoi(value)
	case "yes":
		surface, id, _ := strings.Cut(value, " => ")
		p.yes = append(p.yes, [2]string{surface, id})
	case "no":
		p.no = append(p.no, value)
	default:
		err = fmt.Errorf("unknown field %q", key)
	}
	return err
}

// named is an instrument that goes by a name.
type named struct {
	id           string
	issuer       string
	jurisdiction corpus.Jurisdiction
	title        string
	names        []name
}

type name struct {
	text string
	near []string
}

// matches reports whether surface, which equals the name but for case and
// script, is a use of it: names with capitals are written with them.
func (n name) matches(surface string) bool {
	return n.text == strings.ToLower(n.text) || surface == n.text ||
		surface == strings.ToUpper(surface) || !isASCII(n.text)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func readNamed(data string) ([]named, error) {
	var out []named
	for f, err := range fields(data, 5) {
		if err != nil {
			return nil, err
		}
		n := named{id: f[0], issuer: f[1], jurisdiction: corpus.Jurisdiction(f[2]), title: f[3]}
		for _, s := range strings.Split(f[4], " | ") {
			word, near, ok := strings.Cut(s, "@")
			nm := name{text: strings.TrimSpace(word)}
			if ok {
				for _, w := range strings.Split(near, ",") {
					nm.near = append(nm.near, strings.TrimSpace(w))
				}
			}
			n.names = append(n.names, nm)
		}
		out = append(out, n)
	}
	return out, nil
}

// prefix is the beginning of a Chinese document number and who it stands for.
type prefix struct {
	han, issuer, romanised string
}

func readPrefixes(data string) (out []prefix, err error) {
	for f, err := range fields(data, 3) {
		if err != nil {
			return nil, err
		}
		out = append(out, prefix{f[0], f[1], f[2]})
	}
	return out, nil
}

// fields iterates over the records of a ";"-divided file.
func fields(data string, n int) func(yield func([]string, error) bool) {
	return func(yield func([]string, error) bool) {
		for i, line := range strings.Split(data, "\n") {
			if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
				continue
			}
			f := strings.SplitN(line, ";", n)
			if len(f) != n {
				yield(nil, fmt.Errorf("line %d: %d fields, want %d", i+1, len(f), n))
				return
			}
			for j := range f {
				f[j] = strings.TrimSpace(f[j])
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// distance returns how many bytes lie between full[start:end] and the nearest
// of words within reach bytes; -1 when there is none. Words that are letters
// of an alphabet match whole.
func distance(full string, start, end, reach int, words []string) int {
	lo, hi := max(0, start-reach), min(len(full), end+reach)
	before, after := asciiLower(full[lo:start]), asciiLower(full[end:hi])
	best, inside := -1, asciiLower(full[start:end])
	for _, w := range words {
		if firstWord(inside, w) >= 0 || strings.HasPrefix(inside, w) {
			return 0
		}
		if i := lastWord(before, w); i >= 0 {
			if d := len(before) - i - len(w); best < 0 || d < best {
				best = d
			}
		}
		if i := firstWord(after, w); i >= 0 && (best < 0 || i < best) {
			best = i
		}
	}
	return best
}

func lastWord(s, w string) int {
	for end := len(s); ; {
		i := strings.LastIndex(s[:end], w)
		if i < 0 || wholeWord(s, i, i+len(w)) {
			return i
		}
		end = i + len(w) - 1
	}
}

func firstWord(s, w string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return -1
		}
		if i += from; wholeWord(s, i, i+len(w)) {
			return i
		}
		from = i + 1
	}
}

// wholeWord reports whether s[start:end] is not part of a longer word of
// lower-case letters.
func wholeWord(s string, start, end int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(s) && 'a' <= s[i] && s[i] <= 'z' }
	return !(letter(start) && letter(start-1)) && !(letter(end-1) && letter(end))
}

// asciiLower lowers letters without changing the length.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// namePhrases lists all names for a [text.Matcher] and where each came from.
func namePhrases(all []named) (phrases []string, owner [][2]int) {
	for i, n := range all {
		for j, nm := range n.names {
			phrases = append(phrases, nm.text)
			owner = append(owner, [2]int{i, j})
		}
	}
	return phrases, owner
}
