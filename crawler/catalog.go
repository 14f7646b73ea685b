package crawler

import (
	"embed"
	"fmt"
	"path"
)

// catalogFiles are lists of real sources. The facts in them (addresses,
// formats, what publishers ask of crawlers) are public; the words are ours.
//
//go:embed catalog/*.yaml
var catalogFiles embed.FS

// Catalog returns the sources that come with the program, by file and in the
// order of the files. Those that are disabled say why. The error is one of the
// files themselves, which a test keeps nil.
func Catalog() ([]Source, error) {
	files, err := catalogFiles.ReadDir("catalog")
	if err != nil {
		return nil, err
	}
	var all []Source
	for _, f := range files {
		text, err := catalogFiles.ReadFile(path.Join("catalog", f.Name()))
		if err != nil {
			return nil, err
		}
		list, err := LoadSources(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		all = append(all, list...)
	}
	return all, ValidateSources(all)
}
