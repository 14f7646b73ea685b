package newswire

import (
	"bytes"
	_ "embed"
	"fmt"
	"text/template"

	"github.com/regwire/regwire/corpus"
)

//go:embed sources.yaml
var sourcesYAML string

// Sources returns the sites as a crawler's list of sources in YAML, each with
// allow_private, no delay between requests, and the given schedule, for
// example "@every 2s". Every site must be up ([Newswire.Start]) or have been
// told its address ([Newswire.SetBase]).
func (n *Newswire) Sources(schedule string) ([]byte, error) {
	t, err := template.New("sources.yaml").Funcs(template.FuncMap{
		"schedule": func() string { return schedule },
		"base": func(id corpus.SourceID) (string, error) {
			if base := n.Base(id); base != "" {
				return base, nil
			}
			return "", fmt.Errorf("newswire: %s has no address yet", id)
		},
	}).Parse(sourcesYAML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, nil); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
