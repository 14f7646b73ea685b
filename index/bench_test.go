package index_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
)

// synthetic returns n articles of about 400 words, one in four of them in
// Chinese, with words as unevenly spread as in a language (Zipf's law).
func synthetic(n int) ([]index.Document, texts) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 4, 20_000)
	han := []rune("虚拟货币稳定币监管通知交易平台银行发行业务风险防范处置中国人民证券委员会公告暂停提币上线资产规则征求意见")
	docs, txt := make([]index.Document, n), texts{}
	for i := range docs {
		var b strings.Builder
		lang := "en"
		if i%4 == 0 {
			lang = "zh"
			for range 700 {
				b.WriteRune(han[r.IntN(len(han))])
				if r.IntN(20) == 0 {
					b.WriteRune('，')
				}
			}
		} else {
			for w := range 400 {
				fmt.Fprintf(&b, "w%dord ", zipf.Uint64())
				if w%15 == 14 {
					b.WriteString("stablecoin issuers. ")
				}
			}
		}
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Hour)
		docs[i] = index.Document{
			Article: corpus.ArticleID(fmt.Sprintf("a%06d", i)), Title: b.String()[:60], Body: b.String(), Lang: lang, Source: corpus.SourceID(fmt.Sprintf("source-%d", i%12)),
			Kind: corpus.SourceMedia, Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"SEC"}, Types: []corpus.EventType{corpus.EventTypes()[i%20]},
			Assets: []string{"BTC"}, Story: corpus.StoryID(fmt.Sprintf("s%d", i/3)), PublishedAt: at, FirstSeenAt: at,
		}
		docs[i].Title = strings.ToValidUTF8(docs[i].Title, "")
		txt[docs[i].Article] = corpus.Revision{Article: docs[i].Article, Draft: corpus.Draft{Title: docs[i].Title, Blocks: []corpus.Block{{Text: docs[i].Body}}}}
	}
	return docs, txt
}

// BenchmarkApply compares the index with a bare Bleve batch of the same
// documents under the same mapping: the rest is ours.
func BenchmarkApply(b *testing.B) {
	docs, txt := synthetic(1000)
	for _, size := range []int{1000, 100} {
		perArticle := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "µs/article")
		}
		b.Run(fmt.Sprintf("index/batch=%d", size), func(b *testing.B) {
			x, err := index.Open(b.TempDir(), txt)
			if err != nil {
				b.Fatal(err)
			}
			defer x.Close()
			for b.Loop() {
				if err := x.Apply(docs[:size], 1); err != nil {
					b.Fatal(err)
				}
			}
			perArticle(b)
		})
		b.Run(fmt.Sprintf("bleve/batch=%d", size), func(b *testing.B) {
			m, err := index.NewMapping()
			if err != nil {
				b.Fatal(err)
			}
			x, err := bleve.NewUsing(filepath.Join(b.TempDir(), "bleve"), m, scorch.Name, scorch.Name, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer x.Close()
			fields := make([]map[string]any, size)
			for i, d := range docs[:size] {
				fields[i] = index.Fields(d)
			}
			for b.Loop() {
				batch := x.NewBatch()
				for i, d := range docs[:size] {
					if err := batch.Index(string(d.Article), fields[i]); err != nil {
						b.Fatal(err)
					}
				}
				batch.SetInternal([]byte("watermark"), binary.BigEndian.AppendUint64(nil, 1))
				if err := x.Batch(batch); err != nil {
					b.Fatal(err)
				}
			}
			perArticle(b)
		})
	}
}

// BenchmarkSearch asks 5,000 articles.
func BenchmarkSearch(b *testing.B) {
	docs, txt := synthetic(5000)
	x, err := index.Open(b.TempDir(), txt)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	for i := 0; i < len(docs); i += 1000 {
		if err := x.Apply(docs[i:i+1000], 1); err != nil {
			b.Fatal(err)
		}
	}
	for name, q := range map[string]index.Query{
		"term":         {Text: "stablecoin"},
		"rare term":    {Text: "w12345ord"},
		"phrase":       {Text: `"stablecoin issuers"`},
		"Chinese":      {Text: "稳定币"},
		"newest first": {Text: "stablecoin", Sort: index.ByNewest},
		"everything":   {},
		"with facets":  {Text: "stablecoin", Facets: true},
		"filtered":     {Text: "stablecoin regulator:SEC type:repeal since:2025-02-01"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r, err := x.Search(b.Context(), q); err != nil || r.Total == 0 && name != "rare term" {
					b.Fatal(err, r.Total)
				}
			}
		})
	}
}
