package index

import "github.com/blevesearch/bleve/v2/mapping"

// NewMapping and Fields let benchmarks do with bare Bleve what [Index] does.
func NewMapping() (mapping.IndexMapping, error) { return newMapping() }
func Fields(d Document) map[string]any          { return d.fields() }
