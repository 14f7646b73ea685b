package instrument

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// found is a number as it was met, on its way to its canonical form.
type found struct {
	start, end   int
	series       string
	id           string
	issuer       string
	jurisdiction corpus.Jurisdiction
	title        string
	alias        string // a further name that the form itself gives
	near         int    // bytes to the nearest word that supports the reading; 0 when none was needed
	confidence   float64
	own          bool // of the issuer whose page this is
}

// fix completes the canonical form f.id from the groups of the match (g[0] is
// the whole match), or refuses the match.
type fix func(r *Reader, f *found, g []string) bool

// fixes are the rules that a template cannot express, by the name used in
// data/patterns.txt.
var fixes = map[string]fix{
	"fullyear": func(_ *Reader, f *found, g []string) bool {
		year := g[2]
		if len(year) == 2 {
			year = "20" + year
		}
		f.id = "FIL-" + g[1] + "-" + year
		return true
	},
	"notyear": func(_ *Reader, _ *found, g []string) bool { // "interpretive letter 2020"
		return !strings.HasPrefix(g[1], "19") && !strings.HasPrefix(g[1], "20")
	},
	"title1": func(_ *Reader, f *found, g []string) bool {
		f.id = strings.ToUpper(g[1][:1]) + strings.ToLower(g[1][1:]) + " " + strings.ToUpper(g[2])
		return true
	},
	"lower1": func(_ *Reader, f *found, g []string) bool {
		f.id = strings.ToLower(g[1]) + " n° " + g[2]
		return true
	},
	"dotted": func(_ *Reader, f *found, g []string) bool {
		f.id = "Lei " + strings.ReplaceAll(g[1], ",", ".") + "/" + g[2]
		return true
	},
	"trail": func(_ *Reader, f *found, g []string) bool { // what had to follow is no part of it
		f.end = f.start + strings.LastIndex(g[0], g[1]) + len(g[1])
		return true
	},
	"upper1": func(_ *Reader, f *found, g []string) bool {
		f.id = strings.ToUpper(g[1]) + "/" + g[2] + "/" + g[3]
		return true
	},
	"title":        fixTitle,
	"nick":         fixNick,
	"bill":         fixBill,
	"rin":          fixRIN,
	"docketid":     fixDocketID,
	"docket":       fixDocket,
	"euact":        fixEUAct,
	"eubare":       fixEUBare,
	"euzh":         fixEUChinese,
	"celex":        fixCELEX,
	"britishpaper": fixBritishPaper,
	"act":          fixAct,
	"finma":        fixFINMA,
	"psg":          fixMAS,
	"chinese":      fixChinese,
	"romanised":    fixRomanised,
	"order":        fixOrder,
	"brazil":       fixBrazil,
	"fatf":         fixFATF,
}

// fixBill spells a bill as congress.gov does: "H.R. 3633", "H.J.Res. 25".
func fixBill(_ *Reader, f *found, g []string) bool {
	kind := strings.Join(strings.FieldsFunc(g[1], func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '.' }), "")
	spelled := map[string]string{
		"HR": "H.R.", "S": "S.", "HRes": "H.Res.", "SRes": "S.Res.", "HJRes": "H.J.Res.",
		"SJRes": "S.J.Res.", "HConRes": "H.Con.Res.", "SConRes": "S.Con.Res.",
	}[kind]
	f.id = spelled + " " + g[2]
	return spelled != ""
}

// fixRIN reads the agency from the first four digits, which the Regulatory
// Information Service Center assigns.
func fixRIN(_ *Reader, f *found, g []string) bool {
	if issuer := map[string]string{
		"3235": "SEC", "3038": "CFTC", "1506": "FinCEN", "1557": "OCC",
		"7100": "Fed", "3064": "FDIC", "1545": "IRS", "1505": "Treasury",
	}[g[1][:4]]; issuer != "" {
		f.issuer = issuer
	}
	return true
}

// fixDocketID refuses what has the shape of a docket and is none.
func fixDocketID(_ *Reader, f *found, g []string) bool {
	agency, _, _ := strings.Cut(g[1], "-")
	switch agency {
	case "CVE", "ISO", "RFC", "GHSA", "FIL", "FIN", "EIP", "BIP", "SR":
		return false
	}
	if strings.HasPrefix(agency, "REG") {
		return false
	}
	f.issuer = map[string]string{"TREAS": "Treasury", "FRS": "Fed", "OCC": "OCC", "SEC": "SEC", "FINCEN": "FinCEN", "IRS": "IRS", "FDIC": "FDIC"}[agency]
	return true
}

// fixDocket pads the serial number to five digits, as PACER prints it.
func fixDocket(_ *Reader, f *found, g []string) bool {
	serial, err := strconv.Atoi(g[4])
	if err != nil {
		return false
	}
	f.id = g[2] + "-" + strings.ToLower(g[3]) + "-" + pad(serial, 5)
	if g[1] != "" {
		f.id = g[1] + ":" + f.id
	}
	return true
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// fixEUAct keeps the order of the numbers: "No 648/2012" is number and year,
// "2023/1114" year and number.
func fixEUAct(_ *Reader, f *found, g []string) bool {
	kind := strings.TrimSuffix(strings.ToUpper(g[1][:1])+strings.ToLower(g[1][1:]), "s")
	no := ""
	if g[3] != "" && len(g[5]) == 4 {
		no = "No "
	}
	f.id = kind + " (" + strings.ToUpper(g[2]) + ") " + no + g[4] + "/" + g[5]
	return len(g[4]) == 4 || len(g[5]) == 4
}

// fixEUBare gives the kind of an act of which only the number is written,
// when it is one we know.
func fixEUBare(r *Reader, f *found, g []string) bool {
	first, second, _ := strings.Cut(g[1], "/")
	if len(first) != 4 && len(second) != 4 {
		return false
	}
	for _, kind := range []string{"Regulation", "Directive"} {
		if id := kind + " (EU) " + g[1]; r.byID[id] != nil {
			f.id = id
		}
	}
	return true
}

// kindBefore completes an act of which only the number is written from the
// word that opens the list it stands in: "Regulations (EU) No 1093/2010 and
// (EU) No 1095/2010".
func kindBefore(f *found, full, surface string) {
	head := full[max(0, f.start-160):f.start]
	if i := strings.LastIndexAny(head, ";\n"); i >= 0 {
		head = head[i+1:]
	}
	at, kind := -1, ""
	for _, k := range []string{"Regulation", "Directive", "Decision"} {
		if i := strings.LastIndex(head, k); i > at {
			at, kind = i, k
		}
	}
	if kind == "" || !listed(head[at:]) {
		return
	}
	f.id = kind + " " + strings.Join(strings.Fields(dashes.Replace(surface)), " ")
}

// fixEUChinese reads 条例（EU）2023/1114 and 第2023/1114号条例.
func fixEUChinese(_ *Reader, f *found, g []string) bool {
	kind := "Regulation"
	if g[1] == "指令" || g[4] == "指令" {
		kind = "Directive"
	}
	f.id = kind + " (EU) " + g[2] + g[3]
	return true
}

// fixTitle gives a text without a number its title, and one that we know by
// its title its own identity.
func fixTitle(r *Reader, f *found, g []string) bool {
	title := simplify(g[1])
	for _, t := range []string{g[1], title} {
		if n := r.byID[t]; n != nil {
			f.id = n.id
			return true
		}
	}
	f.id, f.confidence = "《"+brackets.Replace(title)+"》", 0.7
	if strings.HasPrefix(title, "中华人民共和国") || strings.HasPrefix(title, "关于") {
		f.jurisdiction = "CN"
	}
	return true
}

var brackets = strings.NewReplacer("(", "（", ")", "）")

// fixNick reads the dates that two Chinese notices go by.
func fixNick(r *Reader, f *found, g []string) bool {
	name := "94公告"
	if strings.HasSuffix(g[1], "通知") {
		name = "924通知"
	}
	n := r.byID[name]
	if n == nil {
		return false
	}
	f.id, f.start = n.id, f.end-len(g[1])
	return true
}

// fixCELEX turns the number of an act in force (sector 3) or consolidated
// (sector 0) into the act's own name; others stay as they are.
func fixCELEX(_ *Reader, f *found, g []string) bool {
	n := g[1]
	kind := map[byte]string{'R': "Regulation", 'L': "Directive", 'D': "Decision"}[n[5]]
	serial, err := strconv.Atoi(n[6:])
	if n[0] == '5' && n[5:7] == "PC" {
		if serial, err := strconv.Atoi(n[7:]); err == nil {
			f.id = "COM(" + n[1:5] + ") " + strconv.Itoa(serial)
		}
		return true
	}
	if n[0] == '5' || kind == "" || err != nil {
		return true
	}
	if year, _ := strconv.Atoi(n[1:5]); year >= 2015 {
		f.id = kind + " (EU) " + n[1:5] + "/" + strconv.Itoa(serial)
	}
	return true
}

// fixBritishPaper leaves out impossible serial numbers.
func fixBritishPaper(_ *Reader, f *found, g []string) bool {
	a, b, _ := strings.Cut(g[2], "/")
	return strings.Trim(a, "0") != "" && strings.Trim(b, "0") != ""
}

// fixAct drops the words that stand before the name of an act in a sentence,
// and takes the country from the page or the words around.
func fixAct(_ *Reader, f *found, g []string) bool {
	words := strings.Fields(g[1])
	for len(words) > 0 && dropBeforeAct[words[0]] {
		words = words[1:]
	}
	if len(words) < 3 {
		return false
	}
	f.end = f.start + len(g[0])
	if i := strings.Index(g[1], words[0]); i > 0 {
		f.start += i
	}
	f.id = strings.Join(words, " ")
	return true
}

var dropBeforeAct = map[string]bool{
	"The": true, "Under": true, "In": true, "This": true, "Of": true, "And": true, "A": true, "New": true,
	"UK": true, "UK’s": true, "UK's": true, "Britain’s": true, "Singapore’s": true, "Singapore's": true,
	"Parliament": true, "of": true, "to": true, "the": true, "for": true, "in": true, "and": true,
}

// fixFINMA uses FINMA's own English names.
func fixFINMA(_ *Reader, f *found, g []string) bool {
	kind := "Circular"
	switch strings.ToLower(g[1]) {
	case "guidance", "aufsichtsmitteilung":
		kind = "Guidance"
	}
	f.id = "FINMA " + kind + " " + g[2]
	return true
}

func fixMAS(_ *Reader, f *found, g []string) bool {
	if strings.HasPrefix(g[1], "PS-") {
		f.id = "MAS " + g[1]
	}
	return true
}

func fixBrazil(_ *Reader, f *found, g []string) bool {
	issuer := strings.ToUpper(g[1])
	if issuer == "CONJUNTA" {
		issuer = "Conjunta"
	} else {
		f.issuer = issuer
	}
	f.id = "Resolução " + issuer + " " + g[2]
	return true
}

// fixFATF keeps to the forty recommendations.
func fixFATF(_ *Reader, _ *found, g []string) bool {
	n, err := strconv.Atoi(g[1])
	return err == nil && 1 <= n && n <= 40
}

// fixChinese finds who a document number stands for in the characters before
// the year: the longest prefix we know that ends them, or, for issuers we do
// not know, what is left after the words of the sentence.
func fixChinese(r *Reader, f *found, g []string) bool {
	run := simplify(g[1])
	if strings.HasSuffix(run, "令") {
		return false // an order, see fixOrder
	}
	if p := r.prefixOf(run); p != nil {
		return f.chinese(p, run, p.han+"〔"+g[2]+"〕"+g[3]+"号", g)
	}
	rest := unknownPrefix().FindString(run)
	if n := len([]rune(rest)); n < 2 || n > 8 {
		return false
	}
	return f.chinese(&prefix{han: rest}, run, rest+"〔"+g[2]+"〕"+g[3]+"号", g)
}

// chinese sets what a document number tells, and moves the start of the
// mention past the words of the sentence before it.
func (f *found) chinese(p *prefix, run, id string, g []string) bool {
	f.start += len(g[1]) - len(p.han)*len(g[1])/max(1, len(run))
	f.id, f.issuer = id, p.issuer
	if p.romanised != "" {
		f.alias = p.romanised + " [" + g[2] + "] No. " + g[3]
	}
	if p.issuer == "FSC" {
		f.jurisdiction = "TW"
	}
	return true
}

// unknownPrefix ends in one of the characters that end a document prefix.
var unknownPrefix = lazy(`[\p{Han}]{1,7}[发函字规释办告财综监令]$`)

func fixRomanised(r *Reader, f *found, g []string) bool {
	roman := strings.ToLower(strings.Join(strings.Fields(g[1]), ""))
	for i := range r.prefixes {
		if p := &r.prefixes[i]; p.romanised != "" && strings.ToLower(strings.ReplaceAll(p.romanised, " ", "")) == roman {
			f.id, f.issuer = p.han+"〔"+g[2]+"〕"+g[3]+"号", p.issuer
			f.alias = p.romanised + " [" + g[2] + "] No. " + g[3]
			return true
		}
	}
	return false
}

// fixOrder reads 国务院令第785号 and 中国人民银行令〔2021〕第4号.
func fixOrder(r *Reader, f *found, g []string) bool {
	run := simplify(g[1]) + "令"
	p := r.prefixOf(run)
	if p == nil {
		return false
	}
	id := p.han
	if g[2] != "" {
		id += "〔" + g[2] + "〕"
	}
	f.start += len(g[1]) + len("令") - len(p.han)
	f.id, f.issuer = id+"第"+g[3]+"号", p.issuer
	return true
}

// prefixOf returns the longest known prefix that run ends in.
func (r *Reader) prefixOf(run string) *prefix {
	var best *prefix
	for i := range r.prefixes {
		if p := &r.prefixes[i]; strings.HasSuffix(run, p.han) && (best == nil || len(p.han) > len(best.han)) {
			best = p
		}
	}
	return best
}

var dashes = strings.NewReplacer("–", "-", "‑", "-", "−", "-", "‐", "-", "—", "-", "\u00a0", " ", "\n", " ")

// expand fills a template: $1 … $9.
func expand(template string, g []string) string {
	return group.ReplaceAllStringFunc(template, func(m string) string {
		if i := int(m[1] - '0'); i < len(g) {
			return strings.TrimSpace(dashes.Replace(g[i]))
		}
		return ""
	})
}

var group = regexp.MustCompile(`\$[1-9]`)
