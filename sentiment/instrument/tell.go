package instrument

import (
	"slices"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// tell records what the words say of the status of objects.
func (r *reading) tell(a *act, objects []mention) {
	if a.void {
		return
	}
	for _, o := range objects {
		it := o.item
		switch {
		case it == nil:
			if it = r.own("", nil); it == nil {
				continue
			}
		case r.modifier(o) || a.form != self && !a.han && a.form == passive && r.modified(o):
			continue
		case (a.form == self || a.form == passive) && !a.han && r.modified(o):
			continue
		}
		status := a.status
		if status == corpus.InstrumentAdopted && it.bill(r.page.doc.Full[o.start:o.end]) && !r.enacted(a) {
			status = corpus.InstrumentProposed // a chamber passed it, or printed it
		}
		st := corpus.StatusChange{Status: status, EffectiveAt: a.day, Evidence: r.sentence}
		if status != a.status && !r.says(a, "gazett", "introduc", "publish", "刊", "发布", "公布") {
			st.EffectiveAt = time.Time{} // the day it passed a chamber is not the day of its proposal
		}
		if status == corpus.InstrumentAdopted {
			weak := r.says(a, "issu", "publish", "releas", "unveil", "发布", "發布", "公布", "发出")
			it.printed = weak && (it.printed || !slices.ContainsFunc(it.Stated, func(o corpus.StatusChange) bool { return o.Status == status }))
		}
		if a.name == "applies" {
			st.EffectiveAt, st.AppliesAt = st.AppliesAt, a.day
			if a.day.IsZero() {
				continue
			}
		}
		if a.ahead {
			if a.day.IsZero() {
				continue
			}
			it.ahead = true
		}
		it.state(st)
	}
}

// says reports whether the words of an act contain one of the stems.
func (r *reading) says(a *act, stems ...string) bool {
	word := r.lower[a.start-r.s.Start : a.end-r.s.Start]
	return slices.ContainsFunc(stems, func(s string) bool { return strings.Contains(word, s) })
}

// enacted reports whether the words about a bill make it law.
func (r *reading) enacted(a *act) bool {
	word := r.lower[a.start-r.s.Start : a.end-r.s.Start]
	if r.says(a, "sign", "enact", "law", "assent", "promulgat", "签署", "簽署", "颁布", "頒布", "三读", "三讀") {
		return true
	}
	if !strings.Contains(word, "pass") && !strings.Contains(word, "通过") && !strings.Contains(word, "通過") {
		return strings.Contains(r.lower, "into law") && strings.Contains(word, "pass")
	}
	return strings.Contains(r.lower, "legislative council") || strings.Contains(r.lower, "legco") || strings.Contains(r.lower, "立法会") || strings.Contains(r.lower, "立法會") || strings.Contains(r.lower, "third reading") ||
		strings.Contains(r.lower, "三读") || strings.Contains(r.lower, "三讀") || strings.Contains(r.lower, "into law")
}

// bill reports whether a surface names the draft of an act of parliament.
func (it *item) bill(surface string) bool {
	return it.series == "us.bill" || it.Issuer == "Congress" && it.series != "us.publ" || it.Issuer == "HK Legislature" && (strings.Contains(surface, "Bill") || strings.Contains(surface, "草案"))
}

// modifier reports whether a mention only qualifies the noun behind it:
// "MiCA licence", "the GENIUS Act rules", "MiCA's transition".
func (p *page) modifier(m mention) bool {
	tail := p.doc.Full[m.end:]
	if strings.HasPrefix(tail, "'s ") || strings.HasPrefix(tail, "’s ") || strings.HasPrefix(tail, "-") {
		return true
	}
	if strings.HasPrefix(tail, "的") || strings.HasPrefix(tail, "》的") {
		return true
	}
	for _, w := range []string{"牌照", "许可", "授权", "框架下", "配套", "下的", "合规", "项下", "规定的"} {
		if strings.HasPrefix(tail, w) || strings.HasPrefix(tail, "》"+w) {
			return true
		}
	}
	if len(tail) < 2 || tail[0] != ' ' || tail[1] < 'a' || tail[1] > 'z' {
		return false
	}
	word := tail[1:]
	if i := strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }); i >= 0 {
		word = word[:i]
	}
	if word == "rules" {
		return m.item == nil || m.item.Jurisdiction != "EU"
	}
	return !functionWords[word]
}

// functionWords may follow the name of an instrument that is meant itself.
var functionWords = set(`on of in was is are were and or to for with by at from into as last this earlier yesterday today tomorrow that which who after
before while when has have had will would shall should could may might must can since until under through but not took takes take came comes come entered enters enter
applies apply applied became becomes become went goes go passed passes pass received receives remains remain repeals amends rescinds revokes replaces supersedes withdraws
implements supplements says said be being been also then now first finally formally fully officially partly again once a the an its effective
regulation regime framework bulletin letter guidance notice law legislation bill act order ordinance statute rulebook in full early late next previously currently already jointly published adopted issued`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// modified reports whether the noun that a sentence is about stands before the
// mention: "guidelines under MiCA", "a licence for".
func (p *page) modified(m mention) bool {
	head := asciiLower(strings.TrimRight(p.doc.Full[max(0, m.head-40):m.head], " (（《\"“"))
	for _, det := range []string{" the", " its", " new", " eu", " eu's", " commission"} {
		head = strings.TrimSuffix(head, det)
	}
	for _, w := range []string{"under", "for", "on", "of", "to", "with", "implementing", "supplementing", "in", "by", "amending", "from", "about"} {
		if strings.HasSuffix(head, " "+w) || head == w {
			return true
		}
	}
	return false
}
