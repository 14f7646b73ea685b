package index

import (
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/token/porter"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
)

// analyzerName is the one analyzer of titles and bodies.
const analyzerName = "regwire"

// Version names the mapping. An index of another version is rebuilt.
const Version = "2"

// newMapping is explicit: fields that are not named here are not indexed.
// Measured on articles of 600 words, Bleve's default mapping costs twice the
// CPU and disk.
func newMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(analyzerName, map[string]any{
		"type":      custom.Name,
		"tokenizer": unicode.Name,
		"token_filters": []string{
			cjk.WidthName, en.PossessiveName, lowercase.Name, cjk.BigramName, porter.Name,
		},
	}); err != nil {
		return nil, err
	}
	m.DefaultAnalyzer = analyzerName
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false

	// Term vectors carry the positions that phrases need.
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.Store, text.IncludeInAll, text.DocValues = analyzerName, false, false, false
	text.IncludeTermVectors = true

	exact := bleve.NewTextFieldMapping()
	exact.Analyzer, exact.Store, exact.IncludeInAll = keyword.Name, false, false
	exact.IncludeTermVectors, exact.SkipFreqNorm, exact.DocValues = false, true, true

	date := bleve.NewDateTimeFieldMapping()
	date.Store, date.IncludeInAll, date.DocValues = false, false, true

	number := bleve.NewNumericFieldMapping()
	number.Store, number.IncludeInAll, number.DocValues = false, false, true

	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt(fieldTitle, text)
	doc.AddFieldMappingsAt(fieldBody, text)
	for _, f := range exactFields {
		doc.AddFieldMappingsAt(f, exact)
	}
	doc.AddFieldMappingsAt(fieldAuthority, exact)
	doc.AddFieldMappingsAt(fieldPublished, date)
	doc.AddFieldMappingsAt(fieldSeen, date)
	doc.AddFieldMappingsAt(fieldScore, number)
	m.DefaultMapping = doc
	return m, nil
}

// The names of the fields, in documents, queries and facets alike.
const (
	fieldTitle        = "title"
	fieldBody         = "body"
	fieldSource       = "source"
	fieldKind         = "kind"
	fieldLang         = "lang"
	fieldStatus       = "status"
	fieldJurisdiction = "jurisdiction"
	fieldRegulator    = "regulator"
	fieldAuthority    = "authority" // regulators as they are written, for facets only
	fieldType         = "type"
	fieldSeverity     = "severity"
	fieldInstrument   = "instrument"
	fieldAsset        = "asset"
	fieldExchange     = "exchange"
	fieldStory        = "story"
	fieldPublished    = "published"
	fieldSeen         = "seen"
	fieldScore        = "score"
)

// exactFields hold values that are matched whole and can be faceted on; they
// are folded to lower case when indexed and when asked for.
var exactFields = []string{
	fieldSource, fieldKind, fieldLang, fieldStatus, fieldJurisdiction, fieldRegulator,
	fieldType, fieldSeverity, fieldInstrument, fieldAsset, fieldExchange, fieldStory,
}
