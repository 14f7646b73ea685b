package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/regwire/regwire/corpus"
)

// batch is how many rows are read at once while streaming or exporting.
const batch = 500

// signalQuery reads what selects rows, in lists and in the stream.
func (p *params) signalQuery() corpus.SignalQuery {
	return corpus.SignalQuery{
		Kind:    oneOf(p, "kind", corpus.SignalSentiment, corpus.SignalPressure),
		Targets: p.list("target"),
		After:   corpus.Seq(p.integer("after", 0, 0, 1<<62)),
	}
}

func (a *api) signals(w http.ResponseWriter, r *http.Request) error {
	p := read(r)
	q := p.signalQuery()
	q.Since, q.Until, q.AsOf, q.Limit = p.time("since"), p.time("until"), p.time("as_of"), p.limit()
	format := oneOf(p, "format", "json", "csv")
	p.cursor(&q.After)
	if err := p.done(); err != nil {
		return err
	}
	var err error
	if q.AsOf, err = a.settle(r.Context(), q.AsOf); err != nil {
		return err
	}
	if format == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="signals.csv"`)
		return a.SignalCSV(w, AllSignals(r.Context(), a.Record, q))
	}
	rows, err := a.Record.Signals(r.Context(), q)
	if err != nil {
		return err
	}
	out := paged(rows, q.Limit, func(s corpus.Signal) any { return s.Seq })
	out.AsOf = q.AsOf
	return writeJSON(w, http.StatusOK, out)
}

// SignalReader is the part of [Record] that exports need.
type SignalReader interface {
	Signals(context.Context, corpus.SignalQuery) ([]corpus.Signal, error)
}

// AllSignals yields every row that q selects, whatever its limit, reading a
// batch at a time.
func AllSignals(ctx context.Context, from SignalReader, q corpus.SignalQuery) iter.Seq2[corpus.Signal, error] {
	return func(yield func(corpus.Signal, error) bool) {
		q.Limit = batch
		for {
			rows, err := from.Signals(ctx, q)
			if err != nil {
				yield(corpus.Signal{}, err)
				return
			}
			for _, s := range rows {
				if !yield(s, nil) {
					return
				}
				q.After = s.Seq
			}
			if len(rows) < batch {
				return
			}
		}
	}
}

const (
	// heartbeat keeps proxies from closing a quiet stream; the HTML standard
	// suggests a comment every 15 seconds or so.
	heartbeat = 15 * time.Second
	// patience is how long a client may take to accept what it is sent: longer
	// than any pause of a living one, short enough not to collect dead ones.
	patience = 30 * time.Second
)

// stream sends rows as they become available. The id of each is its sequence
// number, so that a client which reconnects with Last-Event-ID misses nothing
// and gets nothing twice. Without a place to start from it begins now.
func (a *api) stream(w http.ResponseWriter, r *http.Request) error {
	p := read(r)
	q := p.signalQuery()
	q.Limit = batch
	head, err := a.Record.Head(r.Context())
	if err != nil {
		return err
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		// One beyond the log comes from another record: what it calls seen is
		// not what this one would skip.
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n < 0 || n > int64(head.Seq) {
			p.fail("Last-Event-ID", id, "the id of an event of this stream")
		}
		q.After = corpus.Seq(n)
	} else if !p.values.Has("after") {
		q.After = head.Seq
	}
	if err := p.done(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold rows back
	if _, err := fmt.Fprint(w, "retry: 2000\n\n"); err != nil || r.Method == http.MethodHead {
		return nil
	}
	s := &signalStream{record: a.Record, out: w, conn: http.NewResponseController(w)}
	for {
		// The head is read before the rows: everything up to it is in them.
		head, err := a.Record.Head(r.Context())
		if err != nil {
			return err
		}
		rows, err := a.Record.Signals(r.Context(), q)
		if err != nil {
			return err
		}
		if !s.send(rows) {
			return nil
		}
		if len(rows) > 0 {
			q.After = rows[len(rows)-1].Seq
		}
		if len(rows) == batch {
			continue
		}
		q.After = max(q.After, head.Seq)
		if !s.wait(r.Context(), head.Seq) {
			return nil
		}
	}
}

// signalStream writes to one client. Its methods report false when the client
// has gone.
type signalStream struct {
	record Record
	out    http.ResponseWriter
	conn   *http.ResponseController
}

func (s *signalStream) send(rows []corpus.Signal) bool {
	s.conn.SetWriteDeadline(time.Now().Add(patience)) // where the connection knows deadlines
	for _, row := range rows {
		data, err := json.Marshal(row)
		if err != nil {
			panic(fmt.Sprintf("signal %d: %v", row.Seq, err)) // the store refuses what JSON cannot say
		}
		if _, err := fmt.Fprintf(s.out, "id: %d\nevent: signal\ndata: %s\n\n", row.Seq, data); err != nil {
			return false
		}
	}
	return s.conn.Flush() == nil
}

// wait returns when the log has grown beyond after, sending heartbeats.
func (s *signalStream) wait(ctx context.Context, after corpus.Seq) bool {
	for {
		beat, cancel := context.WithTimeout(ctx, heartbeat)
		err := s.record.Wait(beat, after)
		cancel()
		switch {
		case ctx.Err() != nil:
			return false
		case err == nil:
			return true
		case !errors.Is(err, context.DeadlineExceeded):
			return true // the next read says what is wrong
		}
		s.conn.SetWriteDeadline(time.Now().Add(patience))
		if _, err := fmt.Fprint(s.out, ": still here\n\n"); err != nil || s.conn.Flush() != nil {
			return false
		}
	}
}
