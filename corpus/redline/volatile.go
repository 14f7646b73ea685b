package redline

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/regwire/regwire/corpus"
)

// MinPast is how many earlier captures it takes to learn what is volatile on
// a page: with the newest, a line must have changed three times in a row.
const MinPast = 3

// maxRestless bounds what [Restless] returns, and with it what a revision
// keeps: a page with more lines that move says nothing by moving.
const maxRestless = 200

// Restless returns the lines that differ between two versions of a page only
// because they always do, as its past shows: the captures before the newest
// version, oldest first, as far as they followed one another closely, at least
// [MinPast] of them. It belongs into [corpus.Draft.Restless] of the newest.
func Restless(before, after corpus.Draft, past []corpus.Draft) []string {
	if len(past) < MinPast {
		return nil
	}
	shared := common(before, after)
	was, is := passages(before, shared), passages(after, shared)
	moves := volatile(past, is, shared)
	held := map[string]int{}
	for _, p := range was {
		held[p.key] |= 1
	}
	for _, p := range is {
		held[p.key] |= 2
	}
	var out []string
	for _, p := range slices.Concat(was, is) {
		if held[p.key] != 3 && len(out) < maxRestless && moves(p) {
			out = append(out, p.key)
			held[p.key] = 3
		}
	}
	return out
}

// volatile learns from consecutive captures of a page, oldest first and the
// newest last, what changes in it all the time. It returns a test for
// passages: a line of which nothing but figures, dates and marks has changed,
// in every capture; or one that comes and goes. Lines that lay down a rule
// are never volatile, and what the captures cannot tell is not guessed.
func volatile(past []corpus.Draft, newest []passage, shared map[string]bool) func(passage) bool {
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

// Learnable reports whether the past of a page could show that some of a
// redline is churn: a paragraph of it that lays down no rule.
func Learnable(changed []Paragraph) bool {
	return slices.ContainsFunc(changed, func(p Paragraph) bool {
		return !slices.ContainsFunc(p.Runs, func(r Run) bool { return provision(normal(r.Text)) })
	})
}

// shape is a line without what stamps and counters change.
func shape(key string) string { return known().canonical(key) }

// moneyed is interest as a price. That which people take, or which is open in
// a market, is a figure like others.
const moneyed = `\binterest (?:on|at|of|is|shall|accru\w+|payable|due|free)\b|\b(?:bear|bears|bearing|bore|accrues?|accrued|default|overdue|annual|simple|compound|credit|debit|deposit|mortgage) interest\b`

var ruling = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:shall|must|may not|may|should|required?|requirements?|prohibit\w*|permit\w*|allow\w*|fees?|charges?|costs?|pays?|paid|tax|taxes|levy|levies|threshold|limits?|minimum|maximum|caps?|rates?|effective|deadline|penalt\w+|fines?|within|until|before|by (?:<d>|\d)|no later than|at least|at most|up to|not exceed\w*|exempt\w*|margin|capital|reserve\w*|per ?cent|basis points?)\b|` + moneyed + `|不得|应当|應當|应在|應在|应于|應於|必须|必須|[须須](?:在|于|於|为|為|时刻|時刻|先|由|每|向|按)|可以|不可|禁止|允许|允許|上限|下限|不超过|不超過|不低于|不低於|不高于|不高於|不少于|不少於|以上|以下|以内|以內|之前|生效|施行|实施|實施|截止|费|費|罚|罰|税|稅|利率|利息|百分之|门槛|門檻|限额|限額|撤销|撤銷|注销|註銷|准许|准許|豁免|保证金|保證金|准备金|準備金`)
})

// provision reports whether a line may lay down a rule.
func provision(key string) bool {
	return ruling().MatchString(key) || strings.Contains(key, "%")
}
