package instrument

import (
	"strings"

	"github.com/regwire/regwire/corpus"
)

// dossiers are the series that number a procedure or its draft: what has one
// of these is the outcome, or a stage, of that procedure.
var dossiers = set("us.rin us.regsdocket us.sec.file us.fed.docket eu.com us.bill us.irs.reg")

// staged are the series of the texts that a procedure leads to.
var staged = set("us.fr us.frdoc us.sec.release us.publ us.irs.td us.irs.reg eu.act eu.act.bare eu.celex name")

const (
	// dossierReach is how far a text and the number of its procedure may stand
	// apart in a sentence.
	dossierReach = 160
	// noticeHead is how far the heading of an official notice reaches, where
	// its numbers stand in a block.
	noticeHead = 1200
)

// readProcedures joins texts to the docket, file, bill or proposal that they
// come from: where a sentence names both side by side, or the heading of a
// notice does.
func (p *page) readProcedures() {
	for _, s := range p.sentences {
		ms := p.in(s)
		for _, d := range ms {
			if !dossiers[d.item.series] {
				continue
			}
			var near *item
			for _, m := range ms {
				if !staged[m.item.series] || m.item == d.item || m.item.series == d.item.series {
					continue
				}
				if d.item.series == "us.bill" && m.item.series != "us.publ" || d.item.series == "eu.com" && m.item.Jurisdiction != "EU" || d.item.Jurisdiction == "EU" != (m.item.Jurisdiction == "EU") {
					continue
				}
				from, to := min(m.end, d.end), max(m.start, d.start)
				if to-from > dossierReach || !besides(p.doc.Full[from:to]) {
					continue
				}
				if near != nil && near != m.item {
					near = nil // two could be meant
					break
				}
				near = m.item
			}
			if near != nil {
				near.proceed(d.item.ID)
			}
		}
	}
	if p.src.Kind != corpus.SourceRegulator {
		return
	}
	var own *item
	for _, m := range p.mentions {
		if m.start < noticeHead && staged[m.item.series] && m.item.introduced && m.item.series != "name" && m.item.series != "us.publ" {
			if own != nil && own != m.item {
				return
			}
			own = m.item
		}
	}
	if own == nil {
		return
	}
	for _, m := range p.mentions {
		if m.start < noticeHead && dossiers[m.item.series] && m.item != own {
			own.proceed(m.item.ID)
		}
	}
}

// besides reports whether the words between a text and a procedure's number
// only set one beside the other, or say that one became the other.
func besides(gap string) bool {
	gap = asciiLower(plain(gap))
	for _, w := range []string{"became", "becomes", "as", "led to", "file", "docket", "rin", "proposal", "成为", "即", "编号", "based on", "under", "signed", "enacted", "now"} {
		if strings.Contains(gap, w) {
			return true
		}
	}
	return strings.Trim(gap, " ,;()（）[]，、；:：.#no") == ""
}

func (it *item) proceed(id corpus.InstrumentID) {
	for _, have := range it.Procedure {
		if have == id {
			return
		}
	}
	it.Procedure = append(it.Procedure, id)
}
