package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/regwire/regwire/corpus"
)

const ruleStateColumns = `source, rule, matched_at, failed_at, failures, url, capture`

func scanRuleState(s scanner) (r corpus.RuleState, err error) {
	err = s.Scan(&r.Source, &r.Rule, instant{&r.MatchedAt}, instant{&r.FailedAt}, &r.Failures, &r.URL, &r.Capture)
	return r, err
}

// NoteRules records what became of a source's rules on one capture: by rule,
// whether it matched. Captures that are not newer than the last one looked at
// teach nothing, so that reading the record again counts nothing twice. It is
// settings' health and not news, so it is not logged.
func (tx *Tx) NoteRules(c corpus.Capture, matched map[string]bool) error {
	for _, rule := range slices.Sorted(maps.Keys(matched)) {
		var err error
		if matched[rule] {
			_, err = tx.exec(`INSERT INTO rule_states (`+ruleStateColumns+`) VALUES ($1, $2, $3, NULL, 0, '', $4)
				ON CONFLICT (source, rule) DO UPDATE SET matched_at = excluded.matched_at, failures = 0, capture = excluded.capture
				WHERE rule_states.capture < excluded.capture`, c.Source, rule, c.FetchedAt, c.ID)
		} else {
			_, err = tx.exec(`INSERT INTO rule_states (`+ruleStateColumns+`) VALUES ($1, $2, NULL, $3, 1, $4, $5)
				ON CONFLICT (source, rule) DO UPDATE SET failed_at = excluded.failed_at, failures = rule_states.failures + 1, url = excluded.url, capture = excluded.capture
				WHERE rule_states.capture < excluded.capture`, c.Source, rule, c.FetchedAt, c.URL, c.ID)
		}
		if err != nil {
			return fmt.Errorf("note rule %s of %s: %w", rule, c.Source, err)
		}
	}
	return nil
}

// ruleStates lists how the rules of a source do, or of all sources.
func (db *DB) ruleStates(ctx context.Context, source corpus.SourceID) ([]corpus.RuleState, error) {
	out, err := all(ctx, db, scanRuleState, `SELECT `+ruleStateColumns+` FROM rule_states WHERE $1 = '' OR source = $1 ORDER BY source, rule`, source)
	if err != nil {
		return nil, fmt.Errorf("list states of rules: %w", err)
	}
	return out, nil
}
