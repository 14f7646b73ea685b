package event

import (
	"strings"
	"time"

	"github.com/regwire/regwire/sentiment/instrument/when"
)

var (
	applying = lazy(`(?i)\b(?:appl(?:y|ies)|applicable)\s+(?:only\s+|in full\s+)?(?:from|as of|as from|on|after)\b|自[^，。；]{2,24}起适用|起適用|适用日期`)
	forcing  = lazy(`(?i)\b(?:enters?|entered|come|comes|came)\s+into\s+force\b|\btakes?\s+effect\b|\bwith effect from\b|生效|施行`)
)

// appliesAt returns the day from which a rule applies, where the text tells it
// apart from the day on which it enters into force, which inForce then is. Zero
// otherwise.
func (ctx *context) appliesAt(inForce time.Time) time.Time {
	if inForce.IsZero() {
		return time.Time{}
	}
	var applies time.Time
	forces := false
	read := 0
	for i, s := range ctx.doc.Sentences {
		if i == maxDated || read > maxDatedBytes {
			break
		}
		sentence := ctx.doc.Text(s)
		if !strings.Contains(sentence, "ppl") && !strings.Contains(sentence, "ffect") && !strings.Contains(sentence, "force") &&
			!strings.Contains(sentence, "适用") && !strings.Contains(sentence, "適用") && !strings.Contains(sentence, "生效") && !strings.Contains(sentence, "施行") {
			continue // a cheap test before any expression runs
		}
		read += len(sentence)
		forces = forces || forcing().MatchString(sentence)
		if m := applying().FindStringIndex(sentence); m != nil && applies.IsZero() {
			for _, d := range when.Find(sentence, ctx.published) {
				// In Chinese the day stands inside the expression.
				if d.End > m[0] && (d.Start >= m[1] && !strings.ContainsAny(sentence[m[1]:d.Start], ";；。") || d.Start >= m[0] && d.End <= m[1]) {
					applies = d.At
					break
				}
			}
		}
	}
	if !forces || applies.Equal(inForce) || applies.Before(inForce) {
		return time.Time{}
	}
	return applies
}
