package signal

import (
	"encoding/csv"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/regwire/regwire/corpus"
)

// columns are the columns of [WriteCSV], in order. New ones are added at the
// end, so that readers by position keep working.
var columns = []string{
	"seq", "available_at", "kind", "target", "target_kind",
	"score", "confidence", "volume", "dispersion", "z",
	"delta", "weight", "relevance", "novelty_key", "novelty_days", "novelty_weight",
	"event_id", "article_id", "placement", "source", "url",
	"published_at", "first_seen_at", "as_of", "origin", "version",
}

// timeLayout is RFC 3339 in UTC with all six digits, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// WriteCSV writes rows with a header line. Times are RFC 3339 UTC with
// microseconds, empty when unknown; numbers are the shortest that read back as
// the same float64. Cells that come from crawled pages and could be taken for
// a formula by a spreadsheet begin with an apostrophe. It stops at the first
// error, of rows or of w.
func WriteCSV(w io.Writer, rows iter.Seq2[corpus.Signal, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if err := out.Write(record(r)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func record(r corpus.Signal) []string {
	return []string{
		strconv.FormatInt(int64(r.Seq), 10), stamp(r.AvailableAt), string(r.Kind), safe(r.Target), string(r.TargetKind),
		number(r.Score), number(r.Confidence), number(r.Volume), number(r.Dispersion), number(r.Z),
		number(r.Delta), number(r.Weight), number(r.Relevance), safe(r.Novelty.Key), number(r.Novelty.Days), number(r.Novelty.Weight),
		string(r.Event), string(r.Article), r.Placement.String(), safe(string(r.Source)), safe(r.URL),
		stamp(r.PublishedAt), stamp(r.FirstSeenAt), stamp(r.AsOf), string(r.Origin), r.Version,
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// safe keeps a spreadsheet from running a cell (OWASP, "CSV Injection").
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
