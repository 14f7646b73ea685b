package story

import (
	"math"
	"time"

	"github.com/regwire/regwire/corpus"
)

const (
	// noveltyHalfLife is how fast a happening told before becomes news again.
	// A day: the press repeats a notice on the day and the next.
	noveltyHalfLife = 24 * time.Hour
	// minWeight keeps the weight of the plainest copy above zero, as
	// [corpus.Novelty] promises.
	minWeight = 0.02
)

// earlier is what was known of the same happening when an article came.
type earlier struct {
	n          int       // articles
	latest     time.Time // date of the latest of them that is not after the article's own
	similarity float64   // of the article to the nearest of them, [0, 1]
}

// novelty weighs an article against what was told before:
//
//	weight = 1 - r + r (1-s) / 2n,  r = 2^(-days / 1 day)
//
// with n articles before it, s the similarity to the nearest, and days since
// the latest. A first report weighs 1; the copy of one almost nothing; the
// n-th account in other words 1/2n, so that a hundred of them together weigh
// about as much as two or three reports; a follow-up after days nearly 1.
func novelty(key string, at time.Time, e earlier) corpus.Novelty {
	if e.n == 0 {
		return corpus.Novelty{Key: key, Days: -1, Weight: 1}
	}
	days := max(0, at.Sub(e.latest).Hours()/24)
	r := math.Exp2(-days * float64(24*time.Hour) / float64(noveltyHalfLife))
	w := 1 - r + r*(1-e.similarity)/(2*float64(e.n))
	return corpus.Novelty{Key: key, Days: days, Weight: min(1, max(minWeight, w))}
}
