package redline

import (
	"regexp"
	"strings"
	"sync"

	"github.com/regwire/regwire/corpus"
)

// MinPast is how many earlier captures it takes to learn what is volatile on
// a page: with the newest, a line must have changed three times in a row.
const MinPast = 3

// volatile learns from consecutive captures of a page, oldest first and the
// newest last, what changes in it all the time. It returns a test for
// passages: a line of which nothing but figures, dates and marks has changed,
// in every capture; or one that comes and goes. Lines that lay down a rule
// are never volatile, and what the captures cannot tell is not guessed.
func volatile(past []corpus.Draft, newest []passage, shared map[string]bool) func(passage) bool {
	if len(past) < MinPast {
		return func(passage) bool { return false }
	}
	versions := make([][]passage, 0, len(past)+1)
	for _, d := range past {
		versions = append(versions, passages(d, shared))
	}
	versions = append(versions, newest)

	type slot struct{ values []string } // what it said in each version, "\x00" where it is missing or not alone
	slots := map[string]*slot{}
	present := map[string][]bool{}
	for i, v := range versions {
		count := map[string]int{}
		for _, p := range v {
			count[shape(p.key)]++
		}
		for _, p := range v {
			s := shape(p.key)
			if slots[s] == nil {
				slots[s] = &slot{make([]string, len(versions))}
			}
			if count[s] == 1 {
				slots[s].values[i] = p.key
			}
			if present[p.key] == nil {
				present[p.key] = make([]bool, len(versions))
			}
			present[p.key][i] = true
		}
	}
	moving := map[string]bool{}
	for s, sl := range slots {
		moving[s] = true
		for i, v := range sl.values {
			if v == "" || i > 0 && v == sl.values[i-1] {
				moving[s] = false
			}
		}
	}
	return func(p passage) bool {
		if provision(p.key) {
			return false
		}
		toggles := 0
		for i, here := range present[p.key] {
			if i > 0 && here != present[p.key][i-1] {
				toggles++
			}
		}
		return toggles >= 3 || moving[shape(p.key)]
	}
}

// Learnable reports whether the past of a page could show that all of a
// redline is churn: none of it may lay down a rule.
func Learnable(changed []Paragraph) bool {
	for _, p := range changed {
		for _, r := range p.Runs {
			if provision(normal(r.Text)) {
				return false
			}
		}
	}
	return true
}

// shape is a line without what stamps and counters change.
func shape(key string) string { return known().canonical(key) }

var ruling = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:shall|must|may not|may|should|required?|requirements?|prohibit\w*|permit\w*|allow\w*|fees?|charges?|costs?|pays?|paid|interest|tax|threshold|limits?|minimum|maximum|caps?|rates?|effective|deadline|penalt\w+|fines?|within|until|before|by (?:<d>|\d)|no later than|at least|at most|up to|not exceed\w*|exempt\w*|margin|capital|reserve\w*)\b|不得|应当|應當|应在|应于|必须|必須|可以|不可|禁止|允许|上限|下限|不超过|不低于|不高于|以上|以下|以内|之前|生效|施行|实施|截止|费|費|罚|罰|门槛|限额|撤销|注销|准许|豁免|保证金|准备金`)
})

// provision reports whether a line may lay down a rule.
func provision(key string) bool {
	return ruling().MatchString(key) || strings.Contains(key, "%")
}
