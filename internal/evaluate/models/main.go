// Command models fits the two models of package event, which say by the words
// of a headline what it tells of and which way it leans, and prints how well
// they do on what they were not shown.
//
//	go run ./internal/evaluate/models [-out sentiment/event/data/models.bin]
//
// It trains on the headlines written and labelled for this project, without
// the test halves. The same input gives the same file, byte for byte.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/internal/evaluate"
	"github.com/regwire/regwire/sentiment/entity"
	"github.com/regwire/regwire/sentiment/event"
	"github.com/regwire/regwire/sentiment/instrument"
	"github.com/regwire/regwire/sentiment/text"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "", "where to write the models; nothing is written without it")
	root := flag.String("root", ".", "the project")
	flag.Parse()
	if err := run(*root, *out); err != nil {
		log.Fatal(err)
	}
}

func run(root, out string) error {
	sets, err := headlines(root)
	if err != nil {
		return err
	}
	types := fit("types", sets, len(corpus.EventTypes()), func(h headline) (event.Example, bool) { return h.byType, true })
	stance := fit("stance", sets, 3, func(h headline) (event.Example, bool) { return h.byStance, h.regulatory })
	if out == "" {
		return nil
	}
	return os.WriteFile(out, append(types.Encode(), stance.Encode()...), 0o644)
}

// fit trains on what may train and prints how much of the rest is right by the
// model alone.
func fit(name string, sets []set, classes int, pick func(headline) (event.Example, bool)) *event.Model {
	var train []event.Example
	for _, s := range sets {
		for _, h := range s.train {
			if e, ok := pick(h); ok {
				train = append(train, e)
			}
		}
	}
	m := event.Fit(train, classes)
	fmt.Printf("%s: trained on %d headlines\n", name, len(train))
	for _, s := range sets {
		right, n := 0, 0
		for _, h := range s.test {
			if e, ok := pick(h); ok {
				n++
				if m.Likeliest(e.Features) == e.Class {
					right++
				}
			}
		}
		if n > 0 {
			fmt.Printf("  %-16s %4d of %4d right by the model alone\n", s.name, right, n)
		}
	}
	return m
}

type headline struct {
	byType, byStance event.Example
	regulatory       bool
}

type set struct {
	name        string
	train, test []headline
}

// headlines reads the labelled sets, in halves where they have them.
func headlines(root string) ([]set, error) {
	var paths []string
	for _, pattern := range []string{"sentiment/event/testdata/*.tsv", "internal/evaluate/testdata/events/resolved/*.jsonl"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	r, instruments := event.New(), instrument.New()
	g, err := entity.New()
	if err != nil {
		return nil, err
	}
	var sets []set
	for _, path := range paths {
		labelled, err := evaluate.LoadEvents(path)
		if err != nil {
			return nil, err
		}
		s := set{name: evaluate.SetName(path)}
		for _, t := range labelled {
			d := text.Read(t.Title, "", t.Lang)
			ents, ins := g.Find(d, corpus.Source{}), instruments.Read(d, corpus.Source{})
			h := headline{
				byType:     event.Example{Features: r.Features(d, ents, ins), Class: event.TypeClass(t.Type)},
				byStance:   event.Example{Features: r.Features(d, ents, ins, string(t.Type)), Class: event.StanceClass(t.Stance)},
				regulatory: t.Regulatory && t.Type.Regulatory(),
			}
			if strings.HasSuffix(path, ".jsonl") && evaluate.Half(t.ID) == "test" {
				s.test = append(s.test, h)
			} else {
				s.train = append(s.train, h)
			}
		}
		sets = append(sets, s)
	}
	return sets, nil
}
