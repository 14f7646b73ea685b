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

func (p *params) signalQuery() corpus.SignalQuery {
	return corpus.SignalQuery{
		Kind:    corpus.SignalKind(p.Get("kind")),
		Targets: p.Values["target"],
		After:   corpus.Seq(p.integer("after", 0, 0, 1<<62)),
		Since:   p.time("since"),
		Until:   p.time("until"),
		AsOf:    p.time("as_of"),
		Limit:   p.limit(),
	}
}

func (a *api) signals(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := p.signalQuery()
	if p.err != nil {
		return p.err
	}
	var err error
	if q.AsOf, err = a.asOf(r, q.AsOf); err != nil {
		return err
	}
	switch format := p.Get("format"); format {
	case "", "json":
	case "csv":
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="signals.csv"`)
		return a.SignalCSV(w, AllSignals(r.Context(), a.Record, q))
	default:
		return badRequest(fmt.Sprintf("format: %q is not json or csv", format))
	}
	rows, err := a.Record.Signals(r.Context(), q)
	if err != nil {
		return err
	}
	out := page[corpus.Signal]{Items: append([]corpus.Signal{}, rows...), AsOf: answered(q.AsOf)}
	if len(rows) == q.Limit {
		out.Next = strconv.FormatInt(int64(rows[len(rows)-1].Seq), 10)
	}
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

// heartbeat keeps proxies from closing a quiet stream; the server-sent events
// standard suggests a comment every 15 seconds or so.
const heartbeat = 15 * time.Second

// stream sends rows as they become available. The id of each is its sequence
// number, so that a client which reconnects with Last-Event-ID misses nothing
// and gets nothing twice. Without a place to start from it begins now.
func (a *api) stream(w http.ResponseWriter, r *http.Request) error {
	p := &params{Values: r.URL.Query()}
	q := p.signalQuery()
	q.Limit = batch
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n < 0 {
			p.fail("Last-Event-ID", id, "the id of an event of this stream")
		}
		q.After = corpus.Seq(n)
	} else if !p.Has("after") {
		head, err := a.Record.Head(r.Context())
		if err != nil {
			return err
		}
		q.After = head.Seq
	}
	if p.err != nil {
		return p.err
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	fmt.Fprintf(w, "retry: 2000\n\n")
	for {
		head, err := a.Record.Head(r.Context())
		if err != nil {
			return a.drop(r, err)
		}
		rows, err := a.Record.Signals(r.Context(), q)
		if err != nil {
			return a.drop(r, err)
		}
		for _, s := range rows {
			data, err := json.Marshal(s)
			if err != nil {
				return a.drop(r, err)
			}
			fmt.Fprintf(w, "id: %d\nevent: signal\ndata: %s\n\n", s.Seq, data)
			q.After = s.Seq
		}
		if err := out.Flush(); err != nil {
			return nil // the client has gone
		}
		if len(rows) == batch {
			continue
		}
		// Everything up to head has been looked at: the next read starts there.
		q.After = max(q.After, head.Seq)
		if err := a.waitOrBeat(w, r, head.Seq); err != nil {
			return nil
		}
	}
}

// waitOrBeat returns when the log has grown beyond after, or when a heartbeat
// was due, or with an error when the client has gone.
func (a *api) waitOrBeat(w http.ResponseWriter, r *http.Request, after corpus.Seq) error {
	ctx, cancel := context.WithTimeout(r.Context(), heartbeat)
	defer cancel()
	err := a.Record.Wait(ctx, after)
	if r.Context().Err() != nil {
		return r.Context().Err()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		_, err = fmt.Fprint(w, ": still here\n\n")
	}
	return err
}

// drop ends a stream whose status has been sent; the client reconnects and
// resumes behind the last row it got.
func (a *api) drop(r *http.Request, err error) error {
	if r.Context().Err() == nil {
		a.Logger.ErrorContext(r.Context(), "stream dropped", "path", r.URL.Path, "err", err)
	}
	return nil
}
