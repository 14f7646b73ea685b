-- The crawl is shared by processes and grows large: leases say who works on
-- what; the frontier is counted by host, and what is due of a source is the
-- beginning of a range of an index, however much waits.
-- +goose Up

CREATE TABLE crawl_leases (
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    holder     TEXT NOT NULL,
    taken_at   INTEGER NOT NULL,
    until      INTEGER,
    not_before INTEGER,
    wanted_at  INTEGER,
    note       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What stands between "://" and the next slash.
ALTER TABLE frontier ADD COLUMN host TEXT GENERATED ALWAYS AS (substr(substr(substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1), 1, 255)) VIRTUAL;

DROP INDEX frontier_due;
CREATE INDEX frontier_due ON frontier (source, state, next_at, page) WHERE next_at IS NOT NULL;
-- What is planned or was given up: most of a large frontier is neither.
CREATE INDEX frontier_open ON frontier (source, host, state, reason, next_at, attempts) WHERE next_at IS NOT NULL OR state = 'parked';
