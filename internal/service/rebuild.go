package service

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/index"
	"github.com/regwire/regwire/internal/pipeline"
)

// Part is what can be made again.
type Part string

// The parts.
const (
	PartIndex    Part = "index"
	PartAnalysis Part = "analysis"
	PartSignals  Part = "signals"
	PartAll      Part = "all"
)

// RebuildReport says what a rebuild came to.
type RebuildReport struct {
	Part    Part                   `json:"part"`
	Counts  corpus.Counts          `json:"counts"`
	Indexed uint64                 `json:"indexed"` // articles in the index
	Signals *pipeline.SignalReport `json:"signals,omitempty"`
}

func (r RebuildReport) String() string {
	s := fmt.Sprintf("rebuilt %s: %d articles, %d revisions, %d events; %d articles in the index",
		r.Part, r.Counts.Articles, r.Counts.Revisions, r.Counts.Events, r.Indexed)
	if r.Signals != nil {
		s += fmt.Sprintf("\nsignals: %d rows computed, %d equal bit for bit, %d different, %d indices corrected by a new row",
			r.Signals.Rows, r.Signals.Equal, r.Signals.Different, r.Signals.Corrected)
	}
	return s
}

// Rebuild makes a part again.
func (s *Service) Rebuild(ctx context.Context, part Part) (RebuildReport, error) {
	report := RebuildReport{Part: part}
	if part == PartAll {
		if err := s.Pipeline.Reparse(ctx); err != nil {
			return report, fmt.Errorf("parse again: %w", err)
		}
	}
	if part == PartAnalysis || part == PartAll {
		if err := s.Pipeline.Reanalyze(ctx); err != nil {
			return report, fmt.Errorf("analyze again: %w", err)
		}
	}
	if part == PartSignals || part == PartAll {
		r, err := s.Pipeline.Resignal(ctx)
		if err != nil {
			return report, fmt.Errorf("compute signals again: %w", err)
		}
		report.Signals = &r
	}
	if part == PartIndex || part == PartAll {
		if err := s.reindex(ctx); err != nil {
			return report, err
		}
	}
	var err error
	if report.Indexed, err = s.Index.Count(); err != nil {
		return report, err
	}
	report.Counts, err = s.Store.Counts(ctx)
	return report, err
}

// reindex throws the index away and makes another. A crash leaves an index
// whose watermark says how far it had got.
func (s *Service) reindex(ctx context.Context) error {
	dir := filepath.Join(s.opts.Data, "index")
	if err := s.Index.Close(); err != nil {
		return err
	}
	if err := index.Remove(dir); err != nil {
		return fmt.Errorf("remove index: %w", err)
	}
	var err error
	if s.Index, err = index.Open(dir, s.Store); err != nil {
		return err
	}
	return s.Pipeline.Reindex(ctx, s.Index)
}
