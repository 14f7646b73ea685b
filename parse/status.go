package parse

import (
	"strings"

	"github.com/regwire/regwire/corpus"
)

// status reads what an article says of itself, at its head only: a report
// about a correction is not one. Withdrawal needs a word that stands as a
// label at the start of the title or of one of the first blocks.
func status(d corpus.Draft) corpus.RevisionStatus {
	heads := []string{d.Title}
	for _, b := range d.Blocks {
		if len(heads) == 4 {
			break
		}
		heads = append(heads, b.Text)
	}
	if n := len(d.Blocks); n > 3 { // corrections are appended as often as they are prefixed
		for _, b := range d.Blocks[max(3, n-3):] {
			heads = append(heads, b.Text)
		}
	}
	found := corpus.StatusPublished
	for i, h := range heads {
		low := strings.ToLower(strings.TrimLeft(h, " *[(【（「—-"))
		if i < 4 && labelled(low, "retracted", "retraction", "withdrawn", "this article has been retracted", "this story has been retracted", "this article has been withdrawn", "this story has been withdrawn", "撤稿", "撤回声明", "撤稿声明", "本文已撤回", "本文已撤稿", "已撤稿", "撤稿啟事") {
			return corpus.StatusWithdrawn
		}
		if labelled(low, "correction", "corrected", "corrections", "corrects", "clarification", "correction notice", "corrigendum", "erratum", "editor's note: this story has been corrected", "this story has been corrected", "this article has been corrected", "an earlier version of this", "a previous version of this", "更正", "勘误", "更正启事", "更正公告", "更正声明", "更正說明", "本文已更正") {
			found = corpus.StatusCorrected
		}
	}
	return found
}

// labelled reports whether s begins with one of words used as a label: the
// word is the whole of s, or a colon, bracket or dash follows. Sentences that
// say it whole need none.
func labelled(s string, words ...string) bool {
	for _, w := range words {
		rest, ok := strings.CutPrefix(s, w)
		if !ok {
			continue
		}
		if strings.HasPrefix(w, "this ") || strings.HasPrefix(w, "an earlier") || strings.HasPrefix(w, "a previous") || strings.HasPrefix(w, "editor") || strings.HasPrefix(w, "本文") {
			return true
		}
		rest = strings.TrimLeft(rest, " *")
		if m, ok := parseMoment(rest[:min(len(rest), 60)], false); ok && m.start <= 6 { // "Correction, 25 July 2024:"
			if rest = strings.TrimLeft(rest[m.end:], " *"); rest == "" || strings.IndexAny(rest, ":.)]|") == 0 {
				return true
			}
		}
		if rest == "" || strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：") || strings.HasPrefix(rest, "]") || strings.HasPrefix(rest, "】") || strings.HasPrefix(rest, ")") || strings.HasPrefix(rest, "）") ||
			strings.HasPrefix(rest, "—") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "|") {
			return true
		}
		if strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "/") {
			return true
		}
	}
	return false
}
