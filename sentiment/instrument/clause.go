package instrument

import (
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// How far, in bytes, the words of one act may stand apart.
const (
	objectReach  = 200
	subjectReach = 170
	agentReach   = 90
	listReach    = 170
)

// breakers are words that end a list and part a verb from what is no longer
// its object.
var breakers = []string{
	"after", "because", "when", "with", "through", "by", "via", "under", "except", "but", "while", "which", "that", "who", "had", "has", "have", "was", "is", "were", "are", "said", "says",
	"from", "since", "until", "before", "than", "without", "unlike", "alongside", "would", "will", "whose", "where", "not", "unless", "if",
}

// hanBreakers are their like in Chinese.
var hanBreakers = []string{"，", "；", "：", "但", "而", "被", "由", "以", "自", "因", "后", "與此", "与此", "称"}

// plain returns a gap without what stands in quotation marks or title marks:
// a title may contain any word.
func plain(gap string) string {
	for _, q := range [][2]string{{"“", "”"}, {"《", "》"}, {"‘", "’ "}, {"「", "」"}} {
		for {
			i := strings.Index(gap, q[0])
			if i < 0 {
				break
			}
			j := strings.Index(gap[i:], q[1])
			if j < 0 {
				gap = gap[:i]
				break
			}
			gap = gap[:i] + " " + gap[i+j+len(q[1]):]
		}
	}
	return gap
}

// listed reports whether the text between two mentions only continues a list.
func listed(gap string) bool {
	if len(gap) > listReach {
		return false
	}
	gap = strings.ReplaceAll(asciiLower(plain(gap)), "as well as", "and")
	for _, w := range breakers {
		if firstWord(gap, w) >= 0 {
			return false
		}
	}
	for _, keep := range []string{"，以及", "，并", "，和", "、", "以及"} {
		gap = strings.ReplaceAll(gap, keep, "")
	}
	for _, w := range hanBreakers {
		if strings.Contains(gap, w) {
			return false
		}
	}
	return !strings.Contains(gap, ";") && !strings.Contains(gap, ". ")
}

// reaches reports whether a verb's object may begin after the gap.
func reaches(gap string, strict bool) bool {
	if len(gap) > objectReach && !strings.ContainsAny(gap, "“《") || len(gap) > 3*objectReach {
		return false
	}
	gap = asciiLower(plain(gap))
	for _, known := range []string{"that is", "known as", "which is", "as well as", "on which"} {
		gap = strings.ReplaceAll(gap, known, "")
	}
	for _, w := range breakers {
		if firstWord(gap, w) >= 0 {
			return false
		}
	}
	if strings.Contains(gap, ";") || strings.Contains(gap, "；") || strings.Contains(gap, "。") {
		return false
	}
	if strict {
		for _, w := range []string{"on", "for", "about", "to", "against", "supplementing", "implementing", "in", "at", "into", "of", "and", "around", "against"} {
			if firstWord(gap, w) >= 0 {
				return false
			}
		}
	}
	return true
}

// run returns the longest list in ms that begins with its first (or, from the
// back, ends with its last) element.
func run(full string, ms []mention, back bool) []mention {
	if len(ms) == 0 {
		return nil
	}
	if back {
		i := len(ms) - 1
		for i > 0 && listed(full[ms[i-1].end:ms[i].start]) && !leading(full, ms[i-1].head) {
			i--
		}
		return ms[i:]
	}
	i := 1
	for i < len(ms) && listed(full[ms[i-1].end:ms[i].start]) {
		i++
	}
	return ms[:i]
}

// leads are the words before a mention that make it what something is done
// under or by.
var leads = []string{"under", "with", "through", "by", "via", "upon", "pursuant to", "被", "由", "根据", "根據", "依据", "依據", "按照", "随着", "隨著", "经", "通过", "以", "因"}

func leading(full string, at int) bool {
	head := asciiLower(strings.TrimRight(full[max(0, at-48):at], " (（《\"“"))
	for _, det := range []string{" the", " its", " new", " a", " an", " letter", " bulletin", " notice", " order", " circular"} {
		head = strings.TrimSuffix(head, det)
	}
	for _, w := range leads {
		if strings.HasSuffix(head, w) && (w[0] >= 0x80 || len(head) == len(w) || !isLetter(head[len(head)-len(w)-1])) {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// aside reports whether a mention is only compared with or looked back at.
func aside(full string, at int) bool {
	head := asciiLower(strings.TrimRight(full[max(0, at-24):at], " (（《\"“"))
	for _, w := range []string{"unlike", "like", "besides", "despite", "contrary to", "except", "not", "other than", "similar to", "与", "不同于", "除"} {
		if strings.HasSuffix(head, w) && (w[0] >= 0x80 || len(head) == len(w) || !isLetter(head[len(head)-len(w)-1])) {
			return true
		}
	}
	return false
}

// roles says which mentions an act of an alphabetic language is done to and
// which do it. units are the mentions of the sentence, taken those that an
// earlier act was done to.
func (p *page) roles(a *act, units []mention, taken map[int]bool, from, to int) (objects, agents []mention) {
	full := p.doc.Full
	var before, after []mention
	var relative *mention // "B, which had replaced C"
	for i, m := range units {
		if m.end <= a.start {
			if gap := asciiLower(full[m.end:a.start]); strings.HasPrefix(gap, ", which ") || strings.HasPrefix(gap, " which ") || strings.HasPrefix(gap, "), which ") {
				relative = &units[i]
			} else {
				relative = nil
			}
		}
		switch {
		case m.end <= a.start && m.end > from && !taken[m.start]:
			before = append(before, m)
		case m.start >= a.end && m.end <= to:
			after = append(after, m)
		}
	}
	switch a.form {
	case under:
		if len(after) == 0 || !reaches(full[a.end:after[0].start], false) {
			return nil, nil
		}
		objects = run(full, after, false)
		for i := 1; i < len(objects); i++ {
			if issues().MatchString(full[objects[i-1].end:objects[i].start]) {
				objects = objects[:i]
			}
		}
		if s := subject(full, a, before); s != nil {
			return objects, []mention{*s}
		}
		if rest := after[len(objects):]; len(rest) > 0 && strings.TrimSpace(full[from:a.start]) == "" && issues().MatchString(full[objects[0].end:rest[0].start]) {
			agents = rest[:1] // "Pursuant to B, the agency issued A"
		}
		return objects, agents
	case active, noun:
		if len(after) > 0 && reaches(full[a.end:after[0].start], a.strict) && !aside(full, after[0].start) {
			objects = run(full, after, false)
			if by := byAgent(full, objects[len(objects)-1].end, after[len(objects):]); by != nil {
				return objects, []mention{*by}
			}
		} else if it := pronoun(full, a, units); it != nil {
			objects = []mention{*it}
			if agents = by(full, a.end, after); agents != nil {
				return objects, agents
			}
			before = slices.DeleteFunc(before, func(m mention) bool { return m == *it })
		} else if len(before) > 0 && reducedRelative(full, a, before[len(before)-1]) {
			return before[len(before)-1:], by(full, a.end, after) // "SAB 121, repealed in January, …"
		}
		if relative != nil {
			return objects, []mention{*relative}
		}
		if s := subject(full, a, before); s != nil {
			agents = []mention{*s}
			if shared[a.kind] {
				agents = together(full, units, *s, taken)
			}
		} else if led := slices.IndexFunc(before, func(m mention) bool { return leading(full, m.head) }); led >= 0 {
			agents = before[led : led+1]
		}
		return objects, agents
	}
	// passive and self: what it is done to stands before.
	agents = by(full, a.end, after)
	for len(before) > 0 && leading(full, before[len(before)-1].head) && strings.Contains(full[before[len(before)-1].end:a.start], ",") {
		agents = append(agents, before[len(before)-1])
		before = before[:len(before)-1]
	}
	if len(before) == 0 {
		if a.form == passive && len(after) > 0 && len(agents) == 0 && strings.TrimSpace(full[from:a.start]) == "" && reaches(full[a.end:after[0].start], false) {
			return run(full, after, false), nil // "Fica revogada a …", "are repealed: A, B"
		}
		return nil, agents
	}
	if last := before[len(before)-1]; !joined(full[last.end:a.start]) {
		return nil, agents
	}
	objects = run(full, before, true)
	for _, m := range before[:len(before)-len(objects)] {
		if leading(full, m.head) {
			agents = append(agents, m)
		}
	}
	return objects, agents
}

// together returns a subject with those it is listed with, itself first.
func together(full string, units []mention, s mention, taken map[int]bool) []mention {
	agents := []mention{s}
	for i := slices.Index(units, s); i > 0; i-- {
		if taken[units[i-1].start] || !listed(full[units[i-1].end:units[i].start]) {
			break
		}
		agents = append(agents, units[i-1])
	}
	return agents
}

// pronoun returns what "it" means behind a verb: the one other instrument that
// the sentence has named before, its subject apart.
func pronoun(full string, a *act, units []mention) *mention {
	if !strings.HasPrefix(full[a.end:], " it ") && !strings.HasPrefix(full[a.end:], " it.") && !strings.HasPrefix(full[a.end:], " it,") {
		return nil
	}
	var named []int
	for i, m := range units {
		if m.item != nil && m.end <= a.start && !slices.ContainsFunc(named, func(j int) bool { return units[j].item == m.item }) {
			named = append(named, i)
		}
	}
	switch len(named) {
	case 1: // the subject has no number: "the staff replaced it"
		if m := units[named[0]]; !joined(full[m.end:a.start]) {
			return &units[named[0]]
		}
	case 2:
		if joined(full[units[named[1]].end:a.start]) {
			return &units[named[0]]
		}
	}
	return nil
}

// shared are the relations that several texts have to one at once: "A, B and C
// supplement D".
var shared = map[corpus.RelationKind]bool{corpus.BasedOn: true, corpus.Implements: true, corpus.Transposes: true}

// verbFinal reports whether an active verb without an object behind it can
// not be a participle that describes what stands before.
func verbFinal(word string) bool { return !strings.HasSuffix(asciiLower(word), "ed") }

func by(full string, from int, after []mention) []mention {
	if m := byAgent(full, from, after); m != nil {
		return []mention{*m}
	}
	return nil
}

// byAgent returns the mention that "by", "through" or "with" leads to.
func byAgent(full string, from int, after []mention) *mention {
	for i := range after {
		m := &after[i]
		gap := asciiLower(plain(full[from:m.start]))
		if len(gap) > agentReach {
			return nil
		}
		for _, w := range []string{"by", "through", "with", "via", "par", "durch", "pela", "pelo", "in"} {
			if j := lastWord(gap, w); j >= 0 && reaches(gap[j+len(w):], w == "in") && (w != "in" || len(gap)-j < 12) && !strings.Contains(gap, "line with") && !strings.Contains(gap, "along") {
				return m
			}
		}
	}
	return nil
}

// subject returns the mention that can be the subject of a verb: the nearest
// before it, unless another subject has come between.
func subject(full string, a *act, before []mention) *mention {
	for i := len(before) - 1; i >= 0; i-- {
		m := before[i]
		if aside(full, m.head) {
			continue
		}
		if len(full[m.end:a.start]) > subjectReach || !joined(full[m.end:a.start]) {
			return nil
		}
		return &before[i]
	}
	return nil
}

// joined reports whether no other subject stands between a subject and its
// verb: an apposition is closed by a comma, a new subject is not.
func joined(gap string) bool {
	gap = asciiLower(plain(gap))
	if strings.Contains(gap, ";") || strings.Contains(gap, ". ") || strings.Contains(gap, "；") || strings.Contains(gap, "。") {
		return false
	}
	comma := strings.LastIndex(gap, ",")
	if comma < 0 {
		return true
	}
	tail := gap[comma+1:]
	for _, w := range []string{"the", "it", "they", "he", "she", "its", "a", "an", "regulators", "banks", "staff", "officials", "lawmakers"} {
		if i := firstWord(tail, w); i >= 0 && i <= 8 {
			return false
		}
	}
	return true
}

// reducedRelative reports whether "B, repealed in May" has B as its object.
func reducedRelative(full string, a *act, m mention) bool {
	gap := strings.Trim(asciiLower(full[m.end:a.start]), " ,(（，\"”")
	if a.strict && !strings.Contains(full[m.end:a.start], ",") && strings.Trim(full[a.end:min(len(full), a.end+1)], " .") == "" {
		return false // "a firm licensed under MiCA issued …"
	}
	return strings.HasSuffix(asciiLower(full[a.start:a.end]), "ed") && (gap == "" || gap == "and" || gap == "since" || gap == "now" || gap == "recently")
}
