package llmtest

import (
	"time"

	"github.com/regwire/regwire/corpus"
)

// Article returns a text and what a local analyser makes of it, unsure of
// itself. The fixtures of [Answer] are about it.
func Article() (corpus.Text, corpus.Analysis) {
	text := corpus.Text{
		ID: "fdic", Lang: "en", URL: "https://agency.example/fil-7-2025",
		Title: "FDIC clears the way for banks in crypto",
		Body: "The FDIC said on Friday that banks under its supervision may take up permitted crypto activities without asking first.\n" +
			"The letter rescinds FIL-16-2022 and takes effect on March 28, 2025.\n" +
			"Traders in Bitcoin welcomed the step, though one  called it\u200B overdue.",
		PublishedAt: time.Date(2025, 3, 28, 15, 0, 0, 0, time.UTC),
		Source:      corpus.Source{ID: "us-fdic", Name: "FDIC", Kind: corpus.SourceRegulator, Jurisdiction: "US"},
	}
	local := corpus.Analysis{
		Analyzer: "local", Version: "7", Lang: "en", Confidence: 0.3, Score: 0.05,
		Entities: []corpus.Entity{
			{Kind: corpus.EntityRegulator, ID: "us-fdic", Name: "FDIC", Jurisdiction: "US", Relevance: 1},
			{Kind: corpus.EntityAsset, ID: "BTC", Name: "Bitcoin", Symbol: "BTC", Relevance: 0.4},
			{Kind: corpus.EntityJurisdiction, ID: "US", Name: "United States", Jurisdiction: "US", Relevance: 0.6},
		},
		Sentiments: []corpus.Sentiment{
			{Target: "BTC", Kind: corpus.EntityAsset, Score: 0.1, Confidence: 0.2, Relevance: 0.4},
			{Target: "US", Kind: corpus.EntityJurisdiction, Score: 0.2, Confidence: 0.3, Relevance: 0.6},
		},
		Events: []corpus.EventReading{{
			Type: corpus.Guidance, Stance: 0.2, Severity: corpus.SeverityMedium, Status: corpus.EventDone, Confidence: 0.4,
			Jurisdictions: []corpus.Jurisdiction{"US"}, Regulators: []string{"FDIC"}, Actors: []string{"FDIC"},
		}},
		Instruments: []corpus.InstrumentReading{
			{ID: "FIL-7-2025", Issuer: "FDIC", Jurisdiction: "US"},
			{ID: "FIL-16-2022", Aliases: []string{"FIL 16-2022"}, Issuer: "FDIC", Jurisdiction: "US"},
		},
	}
	return text, local
}
