-- The crawl is shared by processes and grows large: leases say who works on
-- what; the frontier is counted by host, and what is due of a source is the
-- beginning of a range of an index, however much waits.
-- +goose Up

CREATE TABLE crawl_leases (
    name       TEXT COLLATE "C" PRIMARY KEY CHECK (name <> ''),
    holder     TEXT COLLATE "C" NOT NULL,
    taken_at   TIMESTAMPTZ NOT NULL,
    until      TIMESTAMPTZ,
    not_before TIMESTAMPTZ,
    wanted_at  TIMESTAMPTZ,
    note       TEXT NOT NULL
);

-- What stands between "://" and the next slash.
ALTER TABLE frontier ADD COLUMN host TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (left(split_part(url, '/', 3), 255)) STORED;

DROP INDEX frontier_due;
CREATE INDEX frontier_due ON frontier (source, state, next_at, page) WHERE next_at IS NOT NULL;
-- What is planned or was given up: most of a large frontier is neither.
CREATE INDEX frontier_open ON frontier (source, host, state, reason, next_at, attempts) WHERE next_at IS NOT NULL OR state = 'parked';
