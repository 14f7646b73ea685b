package polarity

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment/text"
)

// Dense features.
const (
	denseBias       = iota
	denseValue      // the lexicon's value, squashed
	denseSize       // its absolute value
	denseUnsure     // 1 without any value
	denseQuestion   // 1 for a question
	denseOverall    // the value of the sentence without regard to the target
	denseDiffers    // 1 where target and sentence have opposite signs
	denseUntargeted // 1 where the sentence does not name the target
	denseGood       // the sum of what is good for the target, squashed
	denseBad        // the sum of what is bad for it, squashed
	denseHedge      // 1 beside a hedge
	denseNegator    // 1 beside a negator or a denial
	denseOthers     // 1 where other names are about
	denseShort      // 1 for up to seven words
	denseLong       // 1 for more than twenty
	denseHan        // 1 for Chinese
	densePlain      // 1 where the text explains or announces
	denseCount
)

const (
	hashBits = 17
	hashSize = 1 << hashBits

	// Buckets is the number of hashed features.
	Buckets = hashSize
)

// Features is what the model sees of one sentence.
type Features struct {
	Dense  [denseCount]float64
	Hashed []uint32 // buckets
}

const (
	// maxTokens bounds the words of a sentence that the model looks at, a
	// Chinese character counting as one.
	maxTokens = 160
	// sideWords and sideHan are how far from the target its sides reach, in
	// words and in Chinese characters.
	sideWords = 4
	sideHan   = 8
	// stemBytes is what is kept of a word that is longer, so that "delists"
	// and "delisting" share something.
	stemBytes = 5
)

// Hashes of what stands for many words.
const (
	hashTarget = 0x9e3779b9 + iota
	hashOther
	hashNumber
	hashPercent
)

// Salts keep features of one kind apart from those of another.
const (
	saltBefore = 0x5bd1e995
	saltAfter  = 0x1b873593
	saltOwn    = 0x2545f491
	saltStem   = 0x68e31da4
	saltItem   = 0x3c6ef372
	saltFirst  = 0x7f4a7c15
)

// token is a word, or a Chinese character, as the model sees it.
type token struct {
	hash uint32
	stem uint32 // 0 for short words
	at   int
	han  bool
}

// describe makes the model's features of a sentence for the target at
// mentions, which are sorted and may be none.
func (r *Reading) describe(s *sentence, mentions []corpus.Span, f *Features) {
	f.Dense = [denseCount]float64{denseBias: 1}
	f.Hashed = f.Hashed[:0]
	sum, whole := r.weighItems(s, mentions, f)
	v, o := math.Tanh(sharpness*sum), math.Tanh(sharpness*whole)
	d := &f.Dense
	d[denseValue], d[denseSize], d[denseOverall] = v, math.Abs(v), o
	d[denseUnsure] = truth(v == 0)
	d[denseQuestion] = truth(s.question)
	d[denseDiffers] = truth(v*o < 0)
	d[denseUntargeted] = truth(len(mentions) == 0)

	var buf [maxTokens]token
	tokens := r.tokens(s, mentions, buf[:0], d)
	d[denseShort] = truth(len(tokens) <= 7)
	d[denseLong] = truth(len(tokens) > 20)
	r.hashTokens(s, mentions, tokens, f)
}

// weighItems sums the lexicon's values, for the target and for the whole, and
// hashes its words with what each is for the target.
func (r *Reading) weighItems(s *sentence, mentions []corpus.Span, f *Features) (sum, whole float64) {
	var good, bad float64
	full := r.doc.Full
	for _, it := range s.items {
		switch it.kind {
		case hedge:
			f.Dense[denseHedge] = 1
		case negator, denial:
			f.Dense[denseNegator] = 1
		case plain:
			f.Dense[densePlain] = 1
		}
		if !it.kind.valued() {
			continue
		}
		rel := 1.0
		if len(mentions) > 0 {
			rel = r.relation(s, it, mentions)
		}
		v := it.value * rel
		whole += it.value
		sum += v
		good += max(0, v)
		bad += max(0, -v)
		h := hashString(full[it.start:it.end]) ^ saltItem
		switch {
		case rel < 0:
			h *= 0x01000193
		case rel < 0.3:
			h *= 0x85ebca6b
		}
		if it.value*it.weight < 0 {
			h ^= 0xc2b2ae35
		}
		f.Hashed = append(f.Hashed, bucket(h))
	}
	f.Dense[denseGood], f.Dense[denseBad] = math.Tanh(sharpness*good), math.Tanh(sharpness*bad)
	return sum, whole
}

// tokens lists the words of a sentence; the names of the target and of others
// are one word each.
func (r *Reading) tokens(s *sentence, mentions []corpus.Span, out []token, d *[denseCount]float64) []token {
	full, st := r.doc.Full, r.doc.Sentences[s.index]
	names := spans{list: mentions}
	others := spans{list: r.othersFrom(st.Start)}
	for tok := range text.Tokens(full, st.Start, st.End) {
		if len(out) == maxTokens {
			break
		}
		if tok.Kind == text.Han {
			d[denseHan] = 1
			for i := tok.Start; i < tok.End && len(out) < maxTokens; {
				c, n := utf8.DecodeRuneInString(full[i:tok.End])
				h := uint32(text.Fold(c)) * 0x9e3779b1
				switch {
				case names.covers(i, i+n):
					h = hashTarget
				case others.covers(i, i+n):
					h = hashOther
					d[denseOthers] = 1
				}
				if (h != hashTarget && h != hashOther) || len(out) == 0 || out[len(out)-1].hash != h {
					out = append(out, token{hash: h, at: i, han: h != hashTarget && h != hashOther})
				}
				i += n
			}
			continue
		}
		var t token
		switch {
		case names.covers(tok.Start, tok.End):
			t.hash = hashTarget
		case others.covers(tok.Start, tok.End):
			t.hash = hashOther
			d[denseOthers] = 1
		default:
			h, ok := hashToken(full, tok, st.End)
			if !ok {
				continue
			}
			t.hash = h
			if tok.Kind == text.Word && tok.End-tok.Start > stemBytes {
				t.stem = hashString(full[tok.Start:tok.Start+stemBytes]) ^ saltStem
			}
		}
		if (t.hash == hashTarget || t.hash == hashOther) && len(out) > 0 && out[len(out)-1].hash == t.hash {
			continue
		}
		t.at = tok.Start
		out = append(out, t)
	}
	return out
}

// hashTokens adds the features of the words: each alone, with the word before
// it, by the side of the target it stands on, and by whether it stands in a
// clause of the target's own.
func (r *Reading) hashTokens(s *sentence, mentions []corpus.Span, tokens []token, f *Features) {
	first, last := -1, -1
	for i, t := range tokens {
		if t.hash == hashTarget {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	var own uint64 // clauses that name the target, the first 64 of them
	for _, m := range mentions {
		own |= 1 << min(63, s.clauseOf(m.Start))
	}
	add := func(h uint32) { f.Hashed = append(f.Hashed, bucket(h)) }
	prev, prev2 := uint32(1), uint32(1)
	for i, t := range tokens {
		h := t.hash
		if h == hashTarget {
			add(prev*0x01000193 ^ h)
			prev2, prev = prev, h
			continue
		}
		reach := sideWords
		pair := prev*0x01000193 ^ h
		if t.han { // a character says little alone
			reach = sideHan
			add(prev2*0x27d4eb2f ^ pair)
			h = pair
		} else {
			add(pair)
		}
		add(h)
		if t.stem != 0 {
			add(t.stem)
		}
		if i == 0 {
			add(h ^ saltFirst)
		}
		if first >= 0 {
			switch {
			case i < first && first-i <= reach:
				add(h ^ saltBefore)
			case i > last && i-last <= reach:
				add(h ^ saltAfter)
			}
		}
		if first < 0 || own&(1<<min(63, s.clauseOf(t.at))) != 0 {
			add(h ^ saltOwn)
			if t.stem != 0 {
				add(t.stem ^ saltOwn)
			}
		}
		prev2, prev = prev, t.hash
	}
}

// spans walks along sorted ranges.
type spans struct {
	list []corpus.Span
	next int
}

// covers reports whether a range touches [start, end); calls come in order.
func (s *spans) covers(start, end int) bool {
	for s.next < len(s.list) && s.list[s.next].End <= start {
		s.next++
	}
	return s.next < len(s.list) && s.list[s.next].Start < end
}

// hashToken returns the hash of a word in lower case; numbers are one word,
// addresses none.
func hashToken(full string, t text.Token, end int) (uint32, bool) {
	w := full[t.Start:t.End]
	switch t.Kind {
	case text.Number:
		if t.End < end && full[t.End] == '%' {
			return hashPercent, true
		}
		return hashNumber, true
	case text.Punct:
		if strings.ContainsAny(w, "?!+$") {
			return uint32(w[0]) * 0x85ebca6b, true
		}
		return 0, false
	}
	if strings.HasPrefix(w, "http") || t.Start > 0 && full[t.Start-1] == '/' {
		return 0, false
	}
	return hashString(w), true
}

// hashString is FNV-1a over a string in lower case.
func hashString(w string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(w); i++ {
		c := w[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

func bucket(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	h *= 0x846ca68b
	h ^= h >> 16
	return h & (hashSize - 1)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
