package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/regwire/regwire/corpus"
)

// say prints text for people. Much of it was written by others: what could
// move a terminal's cursor, or turn its text around, is taken out.
func say(w io.Writer, format string, args ...any) error {
	_, err := io.WriteString(w, printable(fmt.Sprintf(format, args...)))
	return err
}

// printable takes out all control characters but ends of lines and tabs, the
// marks that change the direction of writing, and what is not UTF-8.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
}

// clip makes one line of s, of at most n characters.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func join[S ~string](list []S) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = string(v)
	}
	return strings.Join(s, ",")
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}

// printJSON writes v as one line of JSON.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// list returns s with an empty list for nil, which JSON would call null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// table prints rows for people, or one JSON object a line.
func table[T any](cmd *cobra.Command, asJSON bool, rows []T, header string, line func(T) string) error {
	return tableSeq(cmd, asJSON, func(yield func(T, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}, header, line)
}

func tableSeq[T any](cmd *cobra.Command, asJSON bool, rows iter.Seq2[T, error], header string, line func(T) string) error {
	w := cmd.OutOrStdout()
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	n := 0
	for r, err := range rows {
		if err != nil {
			return err
		}
		if n++; n == 1 && !asJSON {
			fmt.Fprintln(tw, header) // to memory: Flush writes
		}
		if asJSON {
			err = printJSON(w, r)
		} else {
			_, err = fmt.Fprintln(tw, printable(line(r)))
		}
		if err != nil {
			return err
		}
	}
	if n == 0 && !asJSON {
		return say(w, "(none)\n")
	}
	return tw.Flush()
}

// more says that a list was cut short, when it was.
func more(cmd *cobra.Command, shown, limit int) {
	if shown == limit {
		fmt.Fprintf(cmd.ErrOrStderr(), "regwire: these are the first %d; --limit shows more\n", limit)
	}
}

// progress shows how long work gets on: one line that rewrites itself on a
// terminal, and a line now and then in a log.
type progress struct {
	w     io.Writer
	every time.Duration
	last  time.Time
	live  bool
}

func newProgress(w *os.File) *progress {
	info, err := w.Stat()
	live := err == nil && info.Mode()&os.ModeCharDevice != 0
	every := 2 * time.Second
	if live {
		every = 100 * time.Millisecond
	}
	return &progress{w: w, every: every, last: time.Now(), live: live}
}

func (p *progress) show(format string, args ...any) {
	if time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	line := printable(fmt.Sprintf(format, args...))
	if p.live {
		fmt.Fprintf(p.w, "\r\033[K%s", line)
	} else {
		fmt.Fprintln(p.w, line)
	}
}

// stage shows how far a stage has read the log.
func (p *progress) stage(name string, at, head corpus.Seq) {
	p.show("%s: %d of %d changes", name, at, head)
}

// done takes the line away.
func (p *progress) done() {
	if p.live {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
