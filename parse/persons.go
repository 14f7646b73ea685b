package parse

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// upright turns "Doe, Jane van", as catalogues write it, into "Jane van Doe".
func upright(s string) string {
	last, first, ok := strings.Cut(s, ",")
	first = strings.TrimSpace(first)
	if !ok || first == "" || strings.ContainsAny(first, ",;") || len(strings.Fields(last)) > 2 || len(strings.Fields(first)) > 3 {
		return s
	}
	return first + " " + strings.TrimSpace(last)
}

// eastNames splits a list of Chinese names.
func eastNames(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '、' || r == ',' || r == '，' || r == '　' })
}

// account reports whether names are what somebody logs in with and not what
// they are called: "jane.doe".
func account(names []string) bool {
	return len(names) == 1 && strings.ContainsAny(names[0], "._-0123456789") && !strings.Contains(names[0], " ") && strings.ToLower(names[0]) == names[0]
}

// person reports whether s is written like the full name of a person: two to
// four words, each capitalised but for particles, and no digits; or two to
// four Chinese characters.
func person(s string) bool {
	if n := runes(s); hasHan(s) {
		return n >= 2 && n <= 4
	}
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 4 || strings.ContainsAny(s, "0123456789:;!?&/|,") {
		return false
	}
	for i, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(r) && (i == 0 || i == len(words)-1 || !particle(w)) {
			return false
		}
	}
	return true
}

// particle reports the small words inside names.
func particle(w string) bool {
	switch strings.TrimRight(strings.ToLower(w), ".'’") {
	case "de", "van", "von", "der", "den", "la", "le", "di", "da", "del", "della", "dos", "das", "do", "du", "des", "y", "e", "zu", "zur", "vom", "ter", "ten", "al", "el", "bin", "ibn", "ben", "af", "av", "und", "and", "of", "the", "st", "mc", "d", "l":
		return true
	}
	return false
}

// corporate reports whether s is the name of a company by its legal form.
func corporate(s string) bool {
	for _, f := range []string{"GmbH", " AG", "e.V", "e. V", " Inc", " Ltd", " LLC", " KG", "S.A.", " Corp", "Verlag", "www.", "有限公司"} {
		if strings.Contains(s, f) {
			return true
		}
	}
	return false
}

var authorSplit = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\s*(?:;|；|、|\||｜|•|·\s| / |\n)\s*|\s+(?:im gespräch mit|mit|with|edited by|reviewed by)\s+`)
})

// authorAnd joins the last two names of a list.
var authorAnd = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\s+(?:and|und|et|y|e|en|och|og|i|&|&amp;|和)\s+`)
})

// conjoined splits s at the words that join names, unless one of what they
// join is no name by itself: "Staff and wire reports", "Law & i".
func conjoined(s string) []string {
	names := authorAnd().Split(s, -1)
	if len(names) < 2 {
		return names
	}
	for _, n := range names {
		r, _ := utf8.DecodeRuneInString(n)
		word, _, _ := strings.Cut(n, " ")
		if runes(n) < 2 || unicode.IsLower(r) && r < 0x2e80 && !particle(word) {
			return []string{s}
		}
	}
	return names
}

var (
	authorPrefix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^(?:(?:(?:zeige )?(?:alle|all|view all|more) (?:artikel|beiträge|posts|articles|stories) (?:von|by|from)|` + byWords + `|from|author|authors|autor|autorin|autoren|auteur|reporter|writer|words|作者|记者|文|撰文|本报记者|编辑|来源|责任编辑)\s*[:：|]?\s+|` +
			`(?:` + roleWords + `|作者|记者|文|撰文|本报记者|来源|编辑|责任编辑)\s*[:：|／/]\s*|` +
			`(?:[\p{L}-]+-)?(?:experte|expertin|redakteur|redakteurin|gastautor|gastautorin|reporterin|korrespondent|korrespondentin|chefreporter|kolumnist|kolumnistin|politikredakteur|wirtschaftsredakteur|rechtsanwalt|rechtsanwältin)\s+)`)
	})
	authorSuffix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\s*(?:\((?:author|autor|text|photo|foto)[^)]*\)|[,|·–—-]\s*(?:senior |chief |staff |deputy |contributing |associate |managing )*(?:reporter|writer|editor|correspondent|contributor|journalist|columnist|analyst|redakteur(?:in)?|autor(?:in)?)\b.*|\s(?:is|has|was|ist|hat)\s(?:a|an|been|the|ein|eine)\s.*|\s+(?:updated|published|posted|on|am|um|at|vom)\b.*\d.*|\s+@\w+|\s*\d{1,2}[./:]\d{1,2}.*|\s+(?:\d{1,2}\.? )?(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zäé]*\.? \d{1,4}.*|\s+(?:show|alle artikel|chefredakteur(?:in)?)$|\s+\d+ (?:min|hour|day|week|month|year)s?\b.*|\s+(?:view|see|all|more|read|show|follow|email|mehr)\s(?:profile|posts|articles|by|all|more|bio|archive|stories|author|on|this|artikel|von|zu).*|(?:, ?|\s/)\s*(?:afp|dpa|reuters|apa|efe|ansa|bloomberg))$`)
	})
	// bracketed is what stands in brackets behind a name: a role, an agency,
	// an address.
	bracketed = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\s*[(（\[](?:[^()（）\[\]]*[\s/.:][^()（）\[\]]*|\p{Lu}{2,5}|dpa|afp|apa)[)）\]]($|\s*[;,])`)
	})
	// helpers are the further authors that stand in brackets.
	helpers = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\s*\((?:avec|with|mit|con|com|and|und|et)\s+([^()]+)\)`)
	})
)

// splitAuthors returns the names in a claim: without "by", roles, dates,
// addresses and what no name can be.
func splitAuthors(s string) []string {
	s = line(unescape(s))
	if s == "" || len(s) > 400 {
		return nil
	}
	if strings.ContainsAny(s, "<>{}") {
		return nil
	}
	if strings.ContainsAny(s, "(（[") {
		s = bracketed().ReplaceAllString(helpers().ReplaceAllString(s, "; $1"), "$1")
	}
	for range 3 {
		t := authorPrefix().ReplaceAllString(s, "")
		if t == s || t == "" {
			break
		}
		s = t
	}
	var out []string
	var pieces []string
	for _, piece := range authorSplit().Split(s, -1) {
		pieces = append(pieces, conjoined(piece)...)
	}
	for _, part := range pieces {
		var names []string
		if fields := strings.FieldsFunc(part, func(r rune) bool { return r == ',' || r == '，' }); len(fields) > 1 {
			for _, f := range fields {
				f = strings.TrimSpace(f)
				if degree(f) && len(names) > 0 {
					names[len(names)-1] += ", " + f
				} else {
					names = append(names, f)
				}
			}
			if len(fields) == 2 && !strings.Contains(strings.TrimSpace(fields[0]), " ") && !strings.Contains(strings.TrimSpace(fields[1]), " ") && !hasHan(part) && len(names) == 2 && !agency(fields[0]) && !agency(fields[1]) {
				names = []string{strings.TrimSpace(fields[1]) + " " + strings.TrimSpace(fields[0])} // "Doe, Jane"
			}
		} else {
			names = []string{part}
		}
		for i, n := range names {
			n = authorSuffix().ReplaceAllString(n, "")
			n = authorPrefix().ReplaceAllString(n, "")
			n = strings.Trim(n, " ,.;:|-–—/[]\"“”*•")
			if !strings.Contains(n, "(") || !strings.Contains(n, ")") {
				n = strings.Trim(n, "() ")
			}
			if strings.HasSuffix(strings.TrimSpace(names[i]), ".") && (strings.HasSuffix(n, " Jr") || strings.HasSuffix(n, " Sr")) {
				n += "."
			}
			if personal(n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// agency reports whether s is the name of a news agency, or written like an
// abbreviation.
func agency(s string) bool {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "reuters", "bloomberg", "xinhua", "kyodo", "tass", "ansa", "dpa", "afp", "apa", "efe", "ap", "pti", "pa":
		return true
	}
	return len(s) <= 5 && strings.ToUpper(s) == s
}

func hasHan(s string) bool { return strings.ContainsFunc(s, isHan) }

func degree(s string) bool {
	switch strings.ToLower(strings.ReplaceAll(s, ".", "")) {
	case "phd", "md", "ma", "msc", "mba", "jd", "esq", "jr", "sr", "cfa", "cpa", "ms", "bsc", "ba", "rn", "dphil", "mph", "ii", "iii":
		return true
	}
	return false
}

// personal reports whether s can be the name of someone who signs an article.
func personal(s string) bool {
	n := runes(s)
	if n < 2 || n > 60 || strings.Contains(s, "://") || strings.HasPrefix(s, "www.") || strings.HasPrefix(s, "@") || strings.ContainsAny(s, "{}<>=") || strings.Contains(s, "@") {
		return false
	}
	words := strings.Fields(s)
	if len(words) > 6 {
		return false
	}
	digits, letters := 0, 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < 2 || digits > letters/2 {
		return false
	}
	switch strings.ToLower(s) {
	case "by", "von", "par", "por", "di", "show", "last", "last updated", "in", "publisher", "red", "zvg", "anónimo", "ca", "alle artikel", "fail",
		"admin", "administrator", "author", "authors", "wordpressadmin", "webmaster", "root", "user", "guest", "unknown", "anonymous", "staff", "editor", "editors", "none", "null", "undefined",
		"about the author", "about", "share", "contact", "comments", "print", "email", "profile", "default", "super user", "superuser", "site admin", "written", "follow", "redaktion", "autor", "autorin", "auteurs", "auteur",
		"facebook", "twitter", "linkedin", "instagram", "name", "text", "video", "more", "true", "false", "posted", "updated", "read more", "kommentieren", "kommentare", "article", "artikel", "home", "kontakt", "impressum", "来源", "作者", "编辑", "记者":
		return false
	}
	low := strings.ToLower(s)
	if strings.HasSuffix(low, "-redaktion") || strings.HasSuffix(low, " newsroom") || strings.HasSuffix(low, " news desk") || strings.HasSuffix(low, "编辑部") || strings.HasSuffix(low, "編輯部") {
		return false // the desk, not who writes there
	}
	for _, role := range []string{"reporter", "writer", "editor", "correspondent", "contributor", "journalist", "columnist", "editor in chief", "editor-in-chief"} {
		if strings.HasSuffix(low, " "+role) && (low == s || len(words) <= 3 && strings.HasPrefix(low, "senior ") || strings.HasPrefix(low, "staff ") || strings.HasPrefix(low, "games ") || strings.HasPrefix(low, "contributing ") || strings.HasPrefix(low, "managing ") || strings.HasPrefix(low, "chief ")) {
			return false
		}
	}
	for _, w := range []string{"posts by", "all posts", "view all", "min read", "comments", "copyright", "all rights", "cookie", "follow us", "newsletter", "sign up", "lesedauer", "tiempo de lectura", "kommentar"} {
		if strings.Contains(low, w) {
			return false
		}
	}
	return monthName(strings.ToLower(words[0])) == 0 || len(words) < 2 || !strings.ContainsAny(s, "0123456789")
}
