package sentiment

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/regwire/regwire/corpus"
)

// TestEvaluate prints macro-F1 over the labels -1, 0, 1 for each labelled set
// in the folder named by SENTIMENT_DATA: files *.tsv of id, label, score,
// target, text, with a header. It measures and never fails on a figure; the
// figures stand in docs/sentiment.md.
func TestEvaluate(t *testing.T) {
	dir := os.Getenv("SENTIMENT_DATA")
	if dir == "" {
		t.Skip("SENTIMENT_DATA names no folder of labelled sets")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.tsv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no *.tsv in %s: %v", dir, err)
	}
	a, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		m, err := evaluate(a, f)
		if err != nil {
			t.Error(err)
			continue
		}
		if m.n > 0 {
			fmt.Printf("%-28s n=%-6d macro-F1 %.3f  accuracy %.3f  F1(-) %.3f F1(0) %.3f F1(+) %.3f  sure %.2f unsure %.2f  %s\n",
				filepath.Base(f), m.n, m.macro(), m.accuracy(), m.f1(-1), m.f1(0), m.f1(1), share(m.sure), share(m.unsure), m.table())
		}
	}
}

// confusion counts gold against predicted labels.
type confusion struct {
	n     int
	cells [3][3]int // [gold+1][predicted+1]
	// sure and unsure count right and all readings of confidence above .6 and below .3.
	sure, unsure [2]int
}

func (c *confusion) add(gold, predicted int) {
	c.n++
	c.cells[gold+1][predicted+1]++
}

func (c *confusion) f1(label int) float64 {
	i := label + 1
	gold, predicted := 0, 0
	for j := range 3 {
		gold += c.cells[i][j]
		predicted += c.cells[j][i]
	}
	if gold+predicted == 0 {
		return 0
	}
	return 2 * float64(c.cells[i][i]) / float64(gold+predicted)
}

// macro averages over the labels that the set has.
func (c *confusion) macro() float64 {
	sum, n := 0.0, 0.0
	for l := -1; l <= 1; l++ {
		if row := c.cells[l+1]; row[0]+row[1]+row[2] > 0 {
			sum += c.f1(l)
			n++
		}
	}
	return sum / n
}

func (c *confusion) accuracy() float64 {
	return float64(c.cells[0][0]+c.cells[1][1]+c.cells[2][2]) / float64(c.n)
}

func share(bin [2]int) float64 { return float64(bin[0]) / float64(max(bin[1], 1)) }

func (c *confusion) table() string { return fmt.Sprint(c.cells) }

func evaluate(a *Analyzer, file string) (*confusion, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := &confusion{}
	debug := os.Getenv("SENTIMENT_ERRORS")
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 4<<20)
	for header := true; sc.Scan(); header = false {
		fields := strings.Split(sc.Text(), "\t")
		if header || len(fields) < 5 {
			continue
		}
		gold, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("%s: label %q", file, fields[1])
		}
		an := a.Analyze(corpus.Text{Title: fields[4], Target: fields[3]})
		m.add(gold, an.Label)
		bin := &m.unsure
		if an.Confidence > 0.6 {
			bin = &m.sure
		}
		if an.Confidence > 0.6 || an.Confidence < 0.3 {
			bin[1]++
			if gold == an.Label {
				bin[0]++
			}
		}
		if debug != "" && strings.Contains(file, debug) && gold != an.Label {
			fmt.Printf("ERR\t%d\t%d\t%.2f\t%s\t%s\n", gold, an.Label, an.Score, fields[3], fields[4])
		}
	}
	return m, sc.Err()
}
