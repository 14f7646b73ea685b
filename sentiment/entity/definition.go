package entity

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
)

// Ticker says how careful to be with the ticker of an asset.
type Ticker string

// The policies for tickers; all want capitals.
const (
	TickerFree    Ticker = "free"    // always
	TickerContext Ticker = "context" // beside crypto words or the asset's name
	TickerCashtag Ticker = "cashtag" // $X, (X), X/USDT, or where the name is used too
)

// Definition is one entry of the gazetteer. A caller may add definitions; one
// with the kind and ID of an existing entry adds its forms to it.
type Definition struct {
	Kind         corpus.EntityKind   `yaml:"kind"`
	ID           string              `yaml:"id"`   // the ticker of an asset, the code of a jurisdiction, else a short name in lower case
	Name         string              `yaml:"name"` // the usual name; defaults to ID
	Jurisdiction corpus.Jurisdiction `yaml:"jurisdiction"`
	Ticker       Ticker              `yaml:"ticker"`  // only of assets; default TickerContext
	Aliases      []string            `yaml:"aliases"` // match in any case
	Exact        []string            `yaml:"exact"`   // match as written or in capitals
	Guarded      []string            `yaml:"guarded"` // match as written, where supported
	Weak         []string            `yaml:"weak"`    // match as written, count half
	Cues         []string            `yaml:"cues"`    // words that support guarded forms
	// Class lists what the entity is beside its kind, in the words by which
	// texts speak of it again ("the bank"); see data/references.csv.
	Class []string `yaml:"class"`
}

// kindContext marks words that are no entity but show that a text is about crypto.
const kindContext corpus.EntityKind = "context"

//go:embed data/*.csv
var dataFiles embed.FS

// builtin reads the embedded data files.
func builtin() (defs []Definition, blockers []string, err error) {
	list := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, ";")
	}
	add := func(file string, kind corpus.EntityKind, id, name, jurisdiction string) error {
		return table(file, func(r row) {
			defs = append(defs, Definition{Kind: kind, ID: r[id], Name: r[name], Jurisdiction: corpus.Jurisdiction(r[jurisdiction]), Ticker: Ticker(r["ticker"]),
				Aliases: list(r["aliases"]), Exact: list(r["exact"]), Weak: list(r["weak"]), Guarded: list(r["guarded"]), Cues: list(r["cues"]), Class: list(r["class"])})
		})
	}
	err = errors.Join(
		add("assets", corpus.EntityAsset, "symbol", "name", "jurisdiction"),
		add("products", corpus.EntityAsset, "symbol", "name", "jurisdiction"),
		add("exchanges", corpus.EntityExchange, "id", "name", "jurisdiction"),
		add("regulators", corpus.EntityRegulator, "id", "short", "jurisdiction"),
		add("jurisdictions", corpus.EntityJurisdiction, "code", "name", "code"),
		add("people", corpus.EntityPerson, "id", "name", "jurisdiction"),
		add("organisations", corpus.EntityOrganisation, "id", "name", "jurisdiction"),
		add("protocols", corpus.EntityOrganisation, "id", "name", "jurisdiction"),
		table("market", func(r row) {
			kind := corpus.EntityKind(r["kind"])
			defs = append(defs, Definition{Kind: kind, ID: string(kind), Name: "Crypto market", Aliases: list(r["aliases"])})
		}),
		table("blockers", func(r row) { blockers = append(blockers, r["phrase"]) }),
	)
	return defs, blockers, err
}

type row map[string]string

// table reads one data file: comment lines, a header, rows.
func table(name string, each func(row)) error {
	f, err := dataFiles.Open("data/" + name + ".csv")
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("data/%s.csv: %w", name, err)
	}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("data/%s.csv: %w", name, err)
		}
		fields := make(row, len(header))
		for i, h := range header {
			fields[h] = rec[i]
		}
		each(fields)
	}
}

// ErrDefinition is wrapped by every complaint about a [Definition].
var ErrDefinition = errors.New("entity definition")

var kinds = []corpus.EntityKind{
	corpus.EntityAsset, corpus.EntityExchange, corpus.EntityRegulator, corpus.EntityJurisdiction,
	corpus.EntityPerson, corpus.EntityOrganisation, corpus.EntityMarket, kindContext,
}

func (d Definition) validate() error {
	switch {
	case !slices.Contains(kinds, d.Kind):
		return fmt.Errorf("%w %q: unknown kind %q", ErrDefinition, d.ID, d.Kind)
	case d.ID == "":
		return fmt.Errorf("%w %q: no id", ErrDefinition, d.Name)
	case len(d.Aliases)+len(d.Exact)+len(d.Guarded)+len(d.Weak) == 0 && d.Kind != corpus.EntityAsset:
		return fmt.Errorf("%w %q: no form to find it by", ErrDefinition, d.ID)
	case !slices.Contains([]Ticker{"", TickerFree, TickerContext, TickerCashtag}, d.Ticker):
		return fmt.Errorf("%w %q: unknown ticker policy %q", ErrDefinition, d.ID, d.Ticker)
	}
	for _, s := range slices.Concat(d.Aliases, d.Exact, d.Guarded, d.Weak, d.Cues) {
		if strings.TrimSpace(s) == "" {
			return fmt.Errorf("%w %q: empty form", ErrDefinition, d.ID)
		}
	}
	return nil
}
