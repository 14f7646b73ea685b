package config

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/regwire/regwire/crawler"
)

// head is the commented first part of a new configuration; the sources follow.
//
//go:embed init.yaml
var head string

// starters are the built-in sources a new configuration lists: regulators,
// exchanges and media, English and Chinese, that anyone may read without
// introducing themselves first, and are worth reading on the first day.
var starters = []string{
	"us-fed-press", "us-fdic-press", "us-occ-news", "us-fedreg-sec", "us-doj-press", "us-ofac-recent",
	"eu-esma-news", "eu-eba-news", "eu-ecb-press", "gb-fca-news", "gb-boe-news", "ch-finma-news",
	"hk-hkma-press", "hk-hkma-press-zh", "hk-sfc-news", "cn-pboc-news", "cn-csrc-news", "jp-fsa-news", "kr-fsc-press",
	"ex-binance-listings", "ex-binance-delistings", "ex-okx-listings", "ex-okx-wallets", "ex-bybit-announcements", "ex-kucoin-announcements", "ex-kraken-status",
	"md-coindesk", "md-cointelegraph", "md-decrypt", "md-panews", "md-odaily-flash", "md-wublock",
}

// Write writes a new configuration to path, whole or not at all, and returns
// how many sources it lists. It returns an error that is [os.ErrExist] when
// there is a file and force is false.
func Write(path string, force bool) (int, error) {
	if _, err := os.Lstat(path); err == nil && !force {
		return 0, os.ErrExist
	}
	text, n, err := initial()
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".regwire-*.yaml")
	if err != nil {
		return 0, err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(text); err != nil {
		return 0, err
	}
	if err := tmp.Close(); err != nil {
		return 0, err
	}
	return n, os.Rename(tmp.Name(), path)
}

// initial is the text of a new configuration.
func initial() ([]byte, int, error) {
	builtin, err := crawler.Catalog()
	if err != nil {
		return nil, 0, err
	}
	var list []crawler.Source
	for _, id := range starters {
		i := slices.IndexFunc(builtin, func(s crawler.Source) bool { return string(s.ID) == id })
		if i < 0 || builtin[i].Disabled {
			return nil, 0, fmt.Errorf("built-in source %s is missing or disabled", id)
		}
		list = append(list, builtin[i])
	}
	sources, err := yaml.MarshalWithOptions(map[string]any{"sources": list}, yaml.IndentSequence(true))
	if err != nil {
		return nil, 0, fmt.Errorf("write sources: %w", err)
	}
	return append([]byte(head), sources...), len(list), nil
}
