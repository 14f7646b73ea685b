package polarity

import (
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// maxMentions bounds the mentions of a target that are looked at.
const maxMentions = 500

// Mentions finds where a text speaks of a name that is in no gazetteer: the
// whole name in any case, else the name without a company's legal form, else
// its first word where that is no everyday word. Mentions are sorted; none are
// found of an empty name.
func Mentions(d *text.Document, name string) []corpus.Span {
	for _, n := range shorter(name) {
		var out []corpus.Span
		text.NewMatcher([]string{n}).Find(d.Full, 0, len(d.Full), func(start, end, _ int) bool {
			out = append(out, corpus.Span{Start: start, End: end})
			return len(out) < maxMentions
		})
		if out != nil {
			return out
		}
	}
	return nil
}

// legalForms end the names of companies and are dropped in speech.
var legalForms = map[string]bool{
	"inc": true, "corp": true, "corporation": true, "ltd": true, "limited": true, "plc": true, "llc": true,
	"co": true, "company": true, "group": true, "holdings": true, "sa": true, "ag": true, "nv": true, "bank": true,
	"industries": true, "motors": true, "oyj": true, "ab": true, "asa": true, "the": true,
}

// shorter lists a name and what may be left of it.
func shorter(name string) []string {
	name = strings.TrimSpace(strings.TrimPrefix(name, "$"))
	if name == "" {
		return nil
	}
	names := []string{name}
	words := strings.Fields(name)
	last := len(words)
	for last > 1 && legalForms[strings.Trim(strings.ToLower(words[last-1]), ".,")] {
		last--
	}
	if last < len(words) {
		names = append(names, strings.Join(words[:last], " "))
	}
	if first := strings.Trim(words[0], ".,"); last > 1 && len(first) > 3 && !legalForms[strings.ToLower(first)] {
		names = append(names, first)
	}
	return names
}
