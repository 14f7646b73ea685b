package parse

import "github.com/regwire/regwire/corpus"

func (p *Parser) pdf(in *input) ([]corpus.Draft, error) { return nil, refuse(ReasonMediaType, nil) }
