-- A source may say with selectors where on its pages things are. What became
-- of each, page by page, is how a redesign is found out.
-- +goose Up

CREATE TABLE rule_states (
    source     TEXT NOT NULL CHECK (source <> ''),
    rule       TEXT NOT NULL CHECK (rule <> ''),
    matched_at INTEGER,
    failed_at  INTEGER,
    failures   INTEGER NOT NULL CHECK (failures >= 0),
    url        TEXT NOT NULL,
    capture    INTEGER NOT NULL,
    PRIMARY KEY (source, rule)
) STRICT, WITHOUT ROWID;
