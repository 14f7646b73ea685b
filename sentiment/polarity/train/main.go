// Command train fits the model of package polarity and prints how well it
// does: in its own domains by cross-validation, across them (trained on one
// set, measured on the other), and on sets it never sees.
//
//	go run ./sentiment/polarity/train -data DIR [-out sentiment/polarity/data/model.bin]
//
// DIR holds sentfin_dev.tsv and tfns_train.tsv (both MIT: SEntFiN 1.0 and
// Twitter Financial News Sentiment), the only sets that are trained on, and may
// hold others to measure. The same input gives the same file, byte for byte.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io/fs"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/regwire/regwire/sentiment/polarity"
)

func main() {
	data := flag.String("data", "", "folder of labelled sets")
	out := flag.String("out", "", "where to write the model; nothing is written without it")
	flag.Parse()
	if err := run(*data, *out); err != nil {
		log.Fatal(err)
	}
}

type example struct {
	f      polarity.Features
	label  int // class
	weight float64
	group  uint32 // the same for rows that share a text: they fall into one fold
}

func run(data, out string) error {
	sc, err := polarity.New()
	if err != nil {
		return err
	}
	names := []string{"sentfin_dev", "tfns_train", "fpb50", "fiqa", "semeval17_headlines"}
	sets := map[string][]example{}
	for i, name := range names {
		ex, err := read(sc, filepath.Join(data, name+".tsv"))
		if i >= 2 && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		sets[name] = ex
	}
	a, b := sets["sentfin_dev"], sets["tfns_train"]
	fmt.Printf("across: sentfin -> tfns %.3f, tfns -> sentfin %.3f\n", macro(fit(a), b), macro(fit(b), a))
	for _, set := range []struct {
		name      string
		own, more []example
	}{{"sentfin_dev", a, b}, {"tfns_train", b, a}} {
		var sum float64
		const folds = 4
		for k := range uint32(folds) {
			var train, test []example
			for _, e := range set.own {
				if e.group%folds == k {
					test = append(test, e)
				} else {
					train = append(train, e)
				}
			}
			sum += macro(fit(train, set.more), test) / folds
		}
		fmt.Printf("cross-validated: %s %.3f\n", set.name, sum)
	}
	m := fit(a, b)
	for _, name := range names[2:] {
		if ex := sets[name]; ex != nil {
			fmt.Printf("never seen: %s %.3f\n", name, macro(m, ex))
		}
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(out, m.Encode(), 0o644)
}

func read(sc *polarity.Scorer, file string) ([]example, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	var out []example
	for header := true; lines.Scan(); header = false {
		fields := strings.Split(lines.Text(), "\t")
		if header || len(fields) < 5 {
			continue
		}
		label, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("%s: label %q", file, fields[1])
		}
		out = append(out, example{f: sc.Learn(fields[4], fields[3]), label: label + 1, group: crc32.ChecksumIEEE([]byte(fields[4]))})
	}
	return out, lines.Err()
}

// Settings of the fit, chosen by the figures printed as "across" and
// "cross-validated"; the sets never seen had no say.
const (
	epochs    = 6
	rate      = 0.25
	rateWords = 0.2
	shrink    = 1e-3 // towards zero, per step and weight met
	minSeen   = 3
	dropWords = 0.5 // of the words, so that the lexicon is not forgotten
)

// fit trains on sets that count alike, whatever their sizes and however their
// labels are distributed.
func fit(sets ...[]example) *polarity.Model {
	var all []example
	for _, set := range sets {
		var count [3]float64
		for _, e := range set {
			count[e.label]++
		}
		for _, e := range set {
			e.weight = math.Sqrt(float64(len(set)) / 3 / count[e.label])
			all = append(all, e)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var dense, denseSum [3][len(polarity.Features{}.Dense)]float64
	hashed := make([][3]float64, polarity.Buckets)
	hashedSum := make([][3]float64, polarity.Buckets)
	for c := range dense {
		for i := range denseSum[c] {
			denseSum[c][i] = 1
		}
	}
	seen := make([]int, polarity.Buckets)
	for _, e := range all {
		for _, h := range e.f.Hashed {
			seen[h]++
		}
	}
	for range epochs {
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, e := range all {
			words := make([]uint32, 0, len(e.f.Hashed))
			for _, h := range e.f.Hashed {
				if seen[h] >= minSeen && rnd.Float64() >= dropWords {
					words = append(words, h)
				}
			}
			norm := polarity.Norm(len(e.f.Hashed)) / (1 - dropWords)
			var p [3]float64
			for c := range p {
				for i, v := range e.f.Dense {
					p[c] += dense[c][i] * v
				}
				for _, h := range words {
					p[c] += hashed[h][c] * norm
				}
			}
			p = polarity.Softmax(p)
			for c := range p {
				g := p[c]
				if c == e.label {
					g--
				}
				g *= e.weight
				for i, v := range e.f.Dense {
					if v != 0 {
						denseSum[c][i] += g * g * v * v
						dense[c][i] -= rate * g * v / math.Sqrt(denseSum[c][i])
					}
				}
				for _, h := range words {
					d := g * norm
					hashedSum[h][c] += d * d
					hashed[h][c] -= rateWords*d/math.Sqrt(hashedSum[h][c]+1e-2) + shrink*hashed[h][c]
				}
			}
		}
	}
	return polarity.NewModel(dense, hashed)
}

// macro is the macro-F1 of the labels that the scores give.
func macro(m *polarity.Model, set []example) float64 {
	var cells [3][3]float64
	for _, e := range set {
		cells[e.label][1+polarity.Label(m.Score(&e.f))]++
	}
	sum := 0.0
	for c := range 3 {
		gold, got := 0.0, 0.0
		for k := range 3 {
			gold += cells[c][k]
			got += cells[k][c]
		}
		if gold+got > 0 {
			sum += 2 * cells[c][c] / (gold + got)
		}
	}
	return sum / 3
}
