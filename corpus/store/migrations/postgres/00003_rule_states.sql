-- A source may say with selectors where on its pages things are. What became
-- of each, page by page, is how a redesign is found out.
-- +goose Up

CREATE TABLE rule_states (
    source     text NOT NULL CHECK (source <> ''),
    rule       text NOT NULL CHECK (rule <> ''),
    matched_at timestamptz,
    failed_at  timestamptz,
    failures   integer NOT NULL CHECK (failures >= 0),
    url        text NOT NULL,
    capture    bigint NOT NULL,
    PRIMARY KEY (source, rule)
);
