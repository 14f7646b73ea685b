package parse

import "github.com/regwire/regwire/corpus"

func (p *Parser) markdown(in *input) ([]corpus.Draft, error) { return p.text(in) }
