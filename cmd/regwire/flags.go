package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/regwire/regwire/corpus"
)

// moment is a flag that takes a time or a date.
type moment struct{ time.Time }

func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}

func (m *moment) Type() string { return "time" }

func (m *moment) Set(s string) error {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return errors.New("want 2026-01-31 or 2026-01-31T08:00:00Z")
}

// word is a flag that takes one word of a closed set; with many, several of
// them, divided by commas.
type word[S ~string] struct {
	known  []S
	many   bool
	chosen []S
	into   func([]S)
}

func oneOf[S ~string](into *S, known ...S) pflag.Value {
	return &word[S]{known: known, into: func(w []S) { *into = w[0] }}
}

func anyOf[S ~string](into *[]S, known ...S) pflag.Value {
	return &word[S]{known: known, many: true, into: func(w []S) { *into = w }}
}

func (f *word[S]) String() string { return join(f.chosen) }
func (f *word[S]) Type() string   { return "word" }

func (f *word[S]) Set(s string) error {
	given := []string{s}
	if f.many {
		given = strings.Split(s, ",")
	} else {
		f.chosen = nil
	}
	for _, g := range given {
		w := S(strings.ToLower(strings.TrimSpace(g)))
		if !slices.Contains(f.known, w) {
			return fmt.Errorf("want one of %s", strings.ReplaceAll(join(f.known), ",", ", "))
		}
		f.chosen = append(f.chosen, w)
	}
	f.into(f.chosen)
	return nil
}

// number is a flag that takes a whole number of a range.
type number struct {
	into        *int
	least, most int
}

func (n *number) Type() string { return "int" }

func (n *number) String() string {
	if n.into == nil {
		return "0"
	}
	return strconv.Itoa(*n.into)
}

func (n *number) Set(s string) error {
	v, err := strconv.Atoi(s)
	if err != nil || v < n.least || v > n.most {
		return fmt.Errorf("want a number from %d to %d", n.least, n.most)
	}
	*n.into = v
	return nil
}

// limitFlag adds --limit.
func limitFlag(cmd *cobra.Command, into *int, otherwise, most int) {
	*into = otherwise
	cmd.Flags().Var(&number{into, 1, most}, "limit", fmt.Sprintf("at most so many, up to %d", most))
}

// jurisdiction is a flag that takes a code in any case.
type jurisdiction struct{ into *corpus.Jurisdiction }

func (j jurisdiction) Type() string { return "code" }

func (j jurisdiction) String() string {
	if j.into == nil {
		return ""
	}
	return string(*j.into)
}

func (j jurisdiction) Set(s string) error {
	if len(s) != 2 && !strings.EqualFold(s, "INTL") {
		return errors.New("want an ISO 3166 code such as US, or EU, or INTL")
	}
	*j.into = corpus.Jurisdiction(strings.ToUpper(s))
	return nil
}

// args makes wrong arguments wrong use.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, a []string) error {
		if err := check(cmd, a); err != nil {
			return usageError{err}
		}
		return nil
	}
}
