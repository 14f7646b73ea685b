package service

import (
	"context"
	"strconv"

	"github.com/regwire/regwire/corpus"
)

// Unread is a capture that gave no article. It is kept, and read again when
// everything is (see [PartAll]).
type Unread struct {
	URL    string `json:"url"`
	Reason string `json:"reason"` // in words
}

// Unread lists the captures behind a place in the log that hold no article.
func (s *Service) Unread(ctx context.Context, after corpus.Seq) ([]Unread, error) {
	parked, err := s.Store.ParkedItems(ctx, "parse")
	if err != nil {
		return nil, err
	}
	var list []Unread
	for _, p := range parked {
		id, err := strconv.ParseInt(p.Ref, 10, 64) // a capture, which has the number of its log entry
		if err != nil {
			return nil, err
		}
		if id <= int64(after) {
			continue
		}
		c, err := s.Store.Capture(ctx, corpus.CaptureID(id))
		if err != nil {
			return nil, err
		}
		list = append(list, Unread{URL: c.URL, Reason: p.Detail})
	}
	return list, nil
}
