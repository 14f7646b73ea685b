-- Written by TestSchema -update from the migrations. Do not edit.

CREATE TABLE alerts (
    event   TEXT NOT NULL CHECK (event <> ''),
    rule    TEXT NOT NULL CHECK (rule <> ''),
    stage   TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    outcome TEXT NOT NULL CHECK (outcome <> ''),
    at      INTEGER NOT NULL,
    PRIMARY KEY (event, rule, stage)
) STRICT;

CREATE TABLE analyses (
    id         INTEGER PRIMARY KEY,
    article    TEXT NOT NULL,
    revision   INTEGER NOT NULL REFERENCES revisions (id),
    analyzer   TEXT NOT NULL CHECK (analyzer <> ''),
    version    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    lang       TEXT NOT NULL,
    score      REAL NOT NULL CHECK (score BETWEEN -1 AND 1),
    label      INTEGER NOT NULL CHECK (label BETWEEN -1 AND 1),
    confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    regulatory INTEGER NOT NULL,
    doc        BLOB NOT NULL,
    UNIQUE (revision, analyzer, version)
) STRICT;

CREATE TABLE articles (
    id            TEXT PRIMARY KEY CHECK (id <> ''),
    source        TEXT NOT NULL REFERENCES sources (id),
    url           TEXT NOT NULL CHECK (url <> ''),
    page          TEXT NOT NULL,
    fragment      TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE captures (
    id         INTEGER PRIMARY KEY,
    source     TEXT NOT NULL REFERENCES sources (id),
    url        TEXT NOT NULL CHECK (url <> ''),
    page       TEXT NOT NULL,
    final_url  TEXT NOT NULL,
    status     INTEGER NOT NULL CHECK (status BETWEEN 100 AND 599),
    media_type TEXT NOT NULL,
    charset    TEXT NOT NULL,
    digest     TEXT NOT NULL CHECK (length(digest) = 64),
    fetched_at INTEGER NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    doc        BLOB NOT NULL,
    body       BLOB NOT NULL
) STRICT;

CREATE TABLE crawl_leases (
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    holder     TEXT NOT NULL,
    taken_at   INTEGER NOT NULL,
    until      INTEGER,
    not_before INTEGER,
    wanted_at  INTEGER,
    note       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    notification INTEGER NOT NULL REFERENCES notifications (id),
    attempt      INTEGER NOT NULL CHECK (attempt > 0),
    at           INTEGER NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('sent', 'retry', 'dead')),
    reason       TEXT NOT NULL,
    PRIMARY KEY (notification, attempt)
) STRICT;

CREATE TABLE event_facets (
    facet TEXT NOT NULL CHECK (facet IN ('jurisdiction', 'regulator', 'instrument', 'asset', 'exchange')),
    value TEXT NOT NULL,
    event INTEGER NOT NULL REFERENCES events (seq),
    PRIMARY KEY (facet, value, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_keys (
    key   TEXT NOT NULL CHECK (key <> ''),
    event TEXT NOT NULL,
    PRIMARY KEY (key, event)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_reports (
    event TEXT NOT NULL,
    n     INTEGER NOT NULL CHECK (n > 0),
    doc   BLOB NOT NULL,
    PRIMARY KEY (event, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL CHECK (id <> ''),
    version       INTEGER NOT NULL CHECK (version > 0),
    story         TEXT NOT NULL,
    type          TEXT NOT NULL CHECK (type <> ''),
    stance        REAL NOT NULL CHECK (stance BETWEEN -1 AND 1),
    severity      TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    status        TEXT NOT NULL CHECK (status IN ('rumour', 'planned', 'done', 'denied', 'retracted')),
    confidence    REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    date          INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    known_at      INTEGER NOT NULL,
    origin        TEXT NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    doc           BLOB NOT NULL,
    UNIQUE (id, version)
) STRICT;

CREATE TABLE frontier (
    page          TEXT PRIMARY KEY,
    source        TEXT NOT NULL CHECK (source <> ''),
    url           TEXT NOT NULL CHECK (url <> ''),
    origin        TEXT NOT NULL CHECK (origin IN ('', 'live', 'backfill', 'reconstructed')),
    state         TEXT NOT NULL CHECK (state IN ('pending', 'done', 'parked', 'gone')),
    etag          TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    digest        TEXT NOT NULL,
    first_seen_at INTEGER,
    fetched_at    INTEGER,
    next_at       INTEGER,
    attempts      INTEGER NOT NULL CHECK (attempts >= 0),
    reason        TEXT NOT NULL,
    item          BLOB NOT NULL
, host TEXT GENERATED ALWAYS AS (substr(substr(substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1), 1, 255)) VIRTUAL) STRICT;

CREATE TABLE head (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    at  INTEGER NOT NULL
) STRICT;

CREATE TABLE instrument_aliases (
    alias      TEXT PRIMARY KEY CHECK (alias <> ''),
    instrument TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE instruments (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL CHECK (id <> ''),
    version       INTEGER NOT NULL CHECK (version > 0),
    issuer        TEXT NOT NULL,
    jurisdiction  TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('unknown', 'proposed', 'adopted', 'in-force', 'amended', 'repealed', 'withdrawn')),
    known_at      INTEGER NOT NULL,
    doc           BLOB NOT NULL, same_as TEXT NOT NULL DEFAULT '',
    UNIQUE (id, version)
) STRICT;

CREATE TABLE log (
    seq  INTEGER PRIMARY KEY CHECK (seq > 0),
    at   INTEGER NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('capture', 'revision', 'analysis', 'placement', 'event', 'instrument', 'signal', 'notification')),
    ref  TEXT NOT NULL CHECK (ref <> '')
) STRICT;

CREATE TABLE notifications (
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE CHECK (key <> ''),
    message_id TEXT NOT NULL UNIQUE CHECK (message_id <> ''),
    thread     TEXT NOT NULL,
    event      TEXT NOT NULL,
    rule       TEXT NOT NULL,
    receiver   TEXT NOT NULL,
    doc        BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
    attempts   INTEGER NOT NULL CHECK (attempts >= 0),
    next_at    INTEGER,
    last_error TEXT NOT NULL,
    sent_at    INTEGER
) STRICT;

CREATE TABLE parked (
    stage    TEXT NOT NULL CHECK (stage <> ''),
    ref      TEXT NOT NULL CHECK (ref <> ''),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    detail   TEXT NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts > 0),
    next_at  INTEGER,
    at       INTEGER NOT NULL,
    PRIMARY KEY (stage, ref)
) STRICT;

CREATE TABLE placements (
    id             INTEGER PRIMARY KEY,
    analysis       INTEGER NOT NULL UNIQUE REFERENCES analyses (id),
    article        TEXT NOT NULL REFERENCES articles (id),
    story          TEXT NOT NULL CHECK (story <> ''),
    similarity     REAL NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    novelty_key    TEXT NOT NULL,
    novelty_days   REAL NOT NULL CHECK (novelty_days >= -1),
    novelty_weight REAL NOT NULL CHECK (novelty_weight BETWEEN 0 AND 1),
    events         BLOB NOT NULL,
    at             INTEGER NOT NULL,
    origin         TEXT NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed'))
) STRICT;

CREATE TABLE revisions (
    id            INTEGER PRIMARY KEY,
    article       TEXT NOT NULL REFERENCES articles (id),
    n             INTEGER NOT NULL CHECK (n > 0),
    capture       INTEGER NOT NULL REFERENCES captures (id),
    title         TEXT NOT NULL,
    published_at  INTEGER,
    modified_at   INTEGER,
    lang          TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('published', 'corrected', 'withdrawn')),
    digest        TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    origin        TEXT NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    doc           BLOB NOT NULL,
    UNIQUE (article, n)
) STRICT;

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

CREATE TABLE signals (
    seq            INTEGER PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('sentiment', 'pressure')),
    target         TEXT NOT NULL CHECK (target <> ''),
    target_kind    TEXT NOT NULL,
    score          REAL NOT NULL CHECK (score BETWEEN -1 AND 1),
    confidence     REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    volume         REAL NOT NULL CHECK (volume >= 0),
    dispersion     REAL NOT NULL CHECK (dispersion BETWEEN 0 AND 1),
    z              REAL NOT NULL,
    placement      INTEGER NOT NULL,
    article        TEXT NOT NULL,
    event          TEXT NOT NULL,
    delta          REAL NOT NULL CHECK (delta BETWEEN -1 AND 1),
    weight         REAL NOT NULL CHECK (weight BETWEEN 0 AND 1),
    relevance      REAL NOT NULL CHECK (relevance BETWEEN 0 AND 1),
    novelty_key    TEXT NOT NULL,
    novelty_days   REAL NOT NULL CHECK (novelty_days >= -1),
    novelty_weight REAL NOT NULL CHECK (novelty_weight BETWEEN 0 AND 1),
    source         TEXT NOT NULL,
    url            TEXT NOT NULL,
    published_at   INTEGER,
    first_seen_at  INTEGER NOT NULL,
    as_of          INTEGER NOT NULL,
    available_at   INTEGER NOT NULL,
    origin         TEXT NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    version        TEXT NOT NULL,
    state          TEXT NOT NULL
) STRICT;

CREATE TABLE source_states (
    source         TEXT PRIMARY KEY CHECK (source <> ''),
    visited_at     INTEGER,
    next_at        INTEGER,
    not_before     INTEGER,
    succeeded_at   INTEGER,
    newest_item_at INTEGER,
    failures       INTEGER NOT NULL CHECK (failures >= 0),
    reason         TEXT NOT NULL,
    last_error     TEXT NOT NULL,
    etag           TEXT NOT NULL,
    last_modified  TEXT NOT NULL,
    digest         TEXT NOT NULL
) STRICT;

CREATE TABLE sources (
    id           TEXT PRIMARY KEY CHECK (id <> ''),
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('regulator', 'exchange', 'media')),
    jurisdiction TEXT NOT NULL,
    language     TEXT NOT NULL,
    regulator    TEXT NOT NULL,
    exchange     TEXT NOT NULL,
    weight       REAL NOT NULL CHECK (weight BETWEEN 0 AND 1)
) STRICT;

CREATE TABLE stories (
    id             TEXT PRIMARY KEY CHECK (id <> ''),
    title          TEXT NOT NULL,
    representative TEXT NOT NULL REFERENCES articles (id),
    first_seen_at  INTEGER NOT NULL,
    last_seen_at   INTEGER NOT NULL
, merged_into TEXT REFERENCES stories (id), merged_by TEXT REFERENCES articles (id)) STRICT;

CREATE TABLE story_bands (
    band          INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    article       TEXT NOT NULL,
    PRIMARY KEY (band, first_seen_at, article)
) STRICT, WITHOUT ROWID;

CREATE TABLE story_members (
    article       TEXT PRIMARY KEY REFERENCES articles (id),
    story         TEXT NOT NULL REFERENCES stories (id),
    source        TEXT NOT NULL,
    url           TEXT NOT NULL,
    title         TEXT NOT NULL,
    similarity    REAL NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    published_at  INTEGER,
    first_seen_at INTEGER NOT NULL,
    sketch        BLOB NOT NULL,
    bands         BLOB NOT NULL
) STRICT;

CREATE TABLE watermarks (
    follower TEXT PRIMARY KEY,
    seq      INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;

CREATE INDEX alerts_at ON alerts (at);

CREATE INDEX articles_page ON articles (page);

CREATE INDEX captures_page ON captures (page, id);

CREATE INDEX events_date ON events (date, id);

CREATE INDEX events_story ON events (story);

CREATE INDEX events_type ON events (type, date);

CREATE INDEX frontier_due ON frontier (source, state, next_at, page) WHERE next_at IS NOT NULL;

CREATE INDEX frontier_open ON frontier (source, host, state, reason, next_at, attempts) WHERE next_at IS NOT NULL OR state = 'parked';

CREATE INDEX log_kind ON log (kind, seq);

CREATE INDEX notifications_due ON notifications (state, next_at);

CREATE INDEX notifications_event ON notifications (event, id);

CREATE INDEX placements_article ON placements (article, id);

CREATE INDEX revisions_capture ON revisions (capture);

CREATE INDEX signals_article ON signals (article, kind, target, seq);

CREATE INDEX signals_target ON signals (kind, target, seq);

CREATE INDEX stories_merged_by ON stories (merged_by) WHERE merged_by IS NOT NULL;

CREATE INDEX stories_merged_into ON stories (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX story_members_story ON story_members (story, first_seen_at);

CREATE TRIGGER alerts_no_delete BEFORE DELETE ON alerts
BEGIN
    SELECT RAISE(ABORT, 'alerts: rows are never changed or deleted');
END;

CREATE TRIGGER alerts_no_update BEFORE UPDATE ON alerts
BEGIN
    SELECT RAISE(ABORT, 'alerts: rows are never changed or deleted');
END;

CREATE TRIGGER analyses_no_delete BEFORE DELETE ON analyses
BEGIN
    SELECT RAISE(ABORT, 'analyses: rows are never changed or deleted');
END;

CREATE TRIGGER analyses_no_update BEFORE UPDATE ON analyses
BEGIN
    SELECT RAISE(ABORT, 'analyses: rows are never changed or deleted');
END;

CREATE TRIGGER articles_no_delete BEFORE DELETE ON articles
BEGIN
    SELECT RAISE(ABORT, 'articles: rows are never changed or deleted');
END;

CREATE TRIGGER articles_no_update BEFORE UPDATE ON articles
BEGIN
    SELECT RAISE(ABORT, 'articles: rows are never changed or deleted');
END;

CREATE TRIGGER captures_no_delete BEFORE DELETE ON captures
BEGIN
    SELECT RAISE(ABORT, 'captures: rows are never changed or deleted');
END;

CREATE TRIGGER captures_no_update BEFORE UPDATE ON captures
BEGIN
    SELECT RAISE(ABORT, 'captures: rows are never changed or deleted');
END;

CREATE TRIGGER deliveries_no_delete BEFORE DELETE ON deliveries
BEGIN
    SELECT RAISE(ABORT, 'deliveries: rows are never changed or deleted');
END;

CREATE TRIGGER deliveries_no_update BEFORE UPDATE ON deliveries
BEGIN
    SELECT RAISE(ABORT, 'deliveries: rows are never changed or deleted');
END;

CREATE TRIGGER event_facets_no_delete BEFORE DELETE ON event_facets
BEGIN
    SELECT RAISE(ABORT, 'event_facets: rows are never changed or deleted');
END;

CREATE TRIGGER event_facets_no_update BEFORE UPDATE ON event_facets
BEGIN
    SELECT RAISE(ABORT, 'event_facets: rows are never changed or deleted');
END;

CREATE TRIGGER event_reports_no_delete BEFORE DELETE ON event_reports
BEGIN
    SELECT RAISE(ABORT, 'event_reports: rows are never changed or deleted');
END;

CREATE TRIGGER event_reports_no_update BEFORE UPDATE ON event_reports
BEGIN
    SELECT RAISE(ABORT, 'event_reports: rows are never changed or deleted');
END;

CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events: rows are never changed or deleted');
END;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events: rows are never changed or deleted');
END;

CREATE TRIGGER instruments_no_delete BEFORE DELETE ON instruments
BEGIN
    SELECT RAISE(ABORT, 'instruments: rows are never changed or deleted');
END;

CREATE TRIGGER instruments_no_update BEFORE UPDATE ON instruments
BEGIN
    SELECT RAISE(ABORT, 'instruments: rows are never changed or deleted');
END;

CREATE TRIGGER log_no_delete BEFORE DELETE ON log
BEGIN
    SELECT RAISE(ABORT, 'log: rows are never changed or deleted');
END;

CREATE TRIGGER log_no_update BEFORE UPDATE ON log
BEGIN
    SELECT RAISE(ABORT, 'log: rows are never changed or deleted');
END;

CREATE TRIGGER notifications_keep BEFORE UPDATE OF id, key, message_id, thread, event, rule, receiver, doc, created_at ON notifications
BEGIN
    SELECT RAISE(ABORT, 'notifications: the message is never changed');
END;

CREATE TRIGGER notifications_no_delete BEFORE DELETE ON notifications
BEGIN
    SELECT RAISE(ABORT, 'notifications: rows are never deleted');
END;

CREATE TRIGGER placements_no_delete BEFORE DELETE ON placements
BEGIN
    SELECT RAISE(ABORT, 'placements: rows are never changed or deleted');
END;

CREATE TRIGGER placements_no_update BEFORE UPDATE ON placements
BEGIN
    SELECT RAISE(ABORT, 'placements: rows are never changed or deleted');
END;

CREATE TRIGGER revisions_no_delete BEFORE DELETE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'revisions: rows are never changed or deleted');
END;

CREATE TRIGGER revisions_no_update BEFORE UPDATE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'revisions: rows are never changed or deleted');
END;

CREATE TRIGGER signals_no_delete BEFORE DELETE ON signals
BEGIN
    SELECT RAISE(ABORT, 'signals: rows are never changed or deleted');
END;

CREATE TRIGGER signals_no_update BEFORE UPDATE ON signals
BEGIN
    SELECT RAISE(ABORT, 'signals: rows are never changed or deleted');
END;
