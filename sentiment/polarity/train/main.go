// Command train fits the model of package polarity and prints how well it
// does by cross-validation.
//
//	go run ./sentiment/polarity/train [-data DIR] [-out sentiment/polarity/data/model.bin]
//
// It trains on regwire's own labelled sentences (sentences_en.tsv and
// sentences_zh.tsv beside the model, without those held out) and, if DIR is
// given, on two sets under the MIT licence: DIR/sentfin_dev.tsv, made of
// SEntFiN 1.0 (Sinha et al., 2022; github.com/pyRis/SEntFiN), and
// DIR/tfns_train.tsv, made of Twitter Financial News Sentiment
// (huggingface.co/datasets/zeroshot/twitter-financial-news-sentiment). Both
// are tables of id, label, score, target and text. The shipped model is
// trained with them; without them the command works all the same, and says so.
//
// Other sets measure and never train: see regwire evaluate sentiment. The same
// input gives the same file, byte for byte.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"github.com/regwire/regwire/sentiment"
)

func main() {
	log.SetFlags(0)
	data := flag.String("data", "", "folder of the sets under the MIT licence; without it, only our own sentences train")
	own := flag.String("own", "sentiment/polarity/data", "folder of our own sentences")
	out := flag.String("out", "", "where to write the model; nothing is written without it")
	quick := flag.Bool("quick", false, "do not measure, only fit what is needed")
	errs := flag.String("errors", "", "print what is misread in the test folds of this set")
	flag.Parse()
	if err := run(*data, *own, *out, *quick, *errs); err != nil {
		log.Fatal(err)
	}
}

// set is a labelled set with the weight its examples have in training.
type set struct {
	name     string
	examples []example
	weight   float64
}

func run(data, own, out string, quick bool, errs string) error {
	a, err := sentiment.New(sentiment.Config{})
	if err != nil {
		return err
	}
	files := []struct {
		path   string
		lang   string
		weight float64
	}{
		{filepath.Join(own, "sentences_en.tsv"), "en", ownWeight},
		{filepath.Join(own, "sentences_zh.tsv"), "zh", ownWeight},
	}
	if data != "" {
		for _, name := range []string{"sentfin_dev.tsv", "tfns_train.tsv"} {
			files = append(files, struct {
				path   string
				lang   string
				weight float64
			}{filepath.Join(data, name), "en", 1})
		}
	} else {
		log.Print("without -data: trained on our own sentences alone, which is not the shipped model")
	}
	var sets []set
	for _, f := range files {
		examples, err := read(a, f.path, f.lang)
		if err != nil {
			return err
		}
		sets = append(sets, set{name: filepath.Base(f.path), examples: examples, weight: f.weight})
	}
	if quick && out == "" {
		return nil
	}
	folds := crossValidate(sets)
	bias := neutralBias(folds)
	fmt.Printf("neutral bias %+.2f\n", bias)
	for _, s := range sets {
		report("cross-validated", s.name, folds, bias, cmp.Or(errs, "-") == s.name)
	}
	for i, s := range sets { // each by a model of the others alone: a domain never seen
		others := slices.Delete(slices.Clone(sets), i, i+1)
		m := fit(others)
		var rows []reading
		for j := range s.examples {
			rows = append(rows, reading{s.name, &s.examples[j], m})
		}
		report("never seen     ", s.name, rows, bias, false)
	}
	curve := confidence(folds, bias)
	fmt.Printf("confidence at -1, -0.9 … 1: %.2f\n", curve)
	if out == "" {
		return nil
	}
	m := fit(sets).Calibrated(bias, curve)
	return os.WriteFile(out, m.Encode(), 0o644)
}
