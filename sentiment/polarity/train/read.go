package main

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"os"
	"strconv"
	"strings"

	"github.com/regwire/regwire/corpus"
	"github.com/regwire/regwire/sentiment"
	"github.com/regwire/regwire/sentiment/polarity"
)

// example is a labelled text as the model sees it.
type example struct {
	f      polarity.Features
	label  int    // class
	group  uint32 // the same for rows that share a text: they fall into one fold
	text   string
	target string
}

// read reads a labelled set by the names in its header. Rows that are held
// out, and rows that share a text with one, are left away.
func read(a *sentiment.Analyzer, file, lang string) ([]example, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	if !lines.Scan() {
		return nil, fmt.Errorf("%s: no header", file)
	}
	column := map[string]int{}
	for i, name := range strings.Split(lines.Text(), "\t") {
		column[name] = i
	}
	_, ours := column["lang"]
	var rows [][]string
	held := map[string]bool{}
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != len(column) {
			return nil, fmt.Errorf("%s: %d columns in %q", file, len(fields), lines.Text())
		}
		if ours && polarity.Held(fields[column["id"]]) {
			held[fields[column["text"]]] = true
			continue
		}
		rows = append(rows, fields)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []example
	for _, fields := range rows {
		title, target := fields[column["text"]], fields[column["target"]]
		if held[title] {
			continue
		}
		l, err := strconv.Atoi(fields[column["label"]])
		if err != nil || l < -1 || l > 1 {
			return nil, fmt.Errorf("%s: label %q", file, fields[column["label"]])
		}
		out = append(out, example{
			f: a.Describe(corpus.Text{Title: title, Target: target, Lang: lang}), label: l + 1,
			group: crc32.ChecksumIEEE([]byte(title)), text: title, target: target,
		})
	}
	return out, nil
}
