-- The record of everything learnt: the change log, the nouns it points at, the
-- followers' watermarks, the outbox, and what the crawler remembers.
--
-- Rows that are log entries (captures, revisions, analyses, placements, events,
-- instruments, signals, notifications) have their sequence number as their key.
-- Columns named doc hold JSON, compressed with zstd when large; bodies are
-- always compressed. Columns named page hold a digest of source and URL, because
-- a URL may be too long to index. Keys sort by bytes, as in SQLite.
-- +goose Up

CREATE TABLE head (
    id  BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL CHECK (seq >= 0),
    at  TIMESTAMPTZ NOT NULL
);

INSERT INTO head (id, seq, at) VALUES (1, 0, 'epoch');

CREATE TABLE log (
    seq  BIGINT PRIMARY KEY CHECK (seq > 0),
    at   TIMESTAMPTZ NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('capture', 'revision', 'analysis', 'placement', 'event', 'instrument', 'signal', 'notification')),
    ref  TEXT COLLATE "C" NOT NULL CHECK (ref <> '')
);
CREATE INDEX log_kind ON log (kind, seq);

CREATE TABLE watermarks (
    follower TEXT COLLATE "C" PRIMARY KEY,
    seq      BIGINT NOT NULL CHECK (seq >= 0)
);

CREATE TABLE sources (
    id           TEXT COLLATE "C" PRIMARY KEY CHECK (id <> ''),
    name         TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('regulator', 'exchange', 'media')),
    jurisdiction TEXT COLLATE "C" NOT NULL,
    language     TEXT COLLATE "C" NOT NULL,
    regulator    TEXT COLLATE "C" NOT NULL,
    exchange     TEXT COLLATE "C" NOT NULL,
    weight       DOUBLE PRECISION NOT NULL CHECK (weight BETWEEN 0 AND 1)
);

CREATE TABLE captures (
    id         BIGINT PRIMARY KEY,
    source     TEXT COLLATE "C" NOT NULL REFERENCES sources (id),
    url        TEXT COLLATE "C" NOT NULL CHECK (url <> ''),
    page       TEXT COLLATE "C" NOT NULL,
    final_url  TEXT COLLATE "C" NOT NULL,
    status     BIGINT NOT NULL CHECK (status BETWEEN 100 AND 599),
    media_type TEXT COLLATE "C" NOT NULL,
    charset    TEXT COLLATE "C" NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    fetched_at TIMESTAMPTZ NOT NULL,
    origin     TEXT COLLATE "C" NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    doc        BYTEA NOT NULL,
    body       BYTEA NOT NULL
);
-- Already compressed: PostgreSQL need not try again.
ALTER TABLE captures ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX captures_page ON captures (page, id);

CREATE TABLE articles (
    id            TEXT COLLATE "C" PRIMARY KEY CHECK (id <> ''),
    source        TEXT COLLATE "C" NOT NULL REFERENCES sources (id),
    url           TEXT COLLATE "C" NOT NULL CHECK (url <> ''),
    page          TEXT COLLATE "C" NOT NULL,
    fragment      TEXT COLLATE "C" NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX articles_page ON articles (page);

CREATE TABLE revisions (
    id            BIGINT PRIMARY KEY,
    article       TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    n             BIGINT NOT NULL CHECK (n > 0),
    capture       BIGINT NOT NULL REFERENCES captures (id),
    title         TEXT COLLATE "C" NOT NULL,
    published_at  TIMESTAMPTZ,
    modified_at   TIMESTAMPTZ,
    lang          TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL CHECK (status IN ('published', 'corrected', 'withdrawn')),
    digest        TEXT COLLATE "C" NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    origin        TEXT COLLATE "C" NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    doc           BYTEA NOT NULL,
    UNIQUE (article, n)
);
CREATE INDEX revisions_capture ON revisions (capture);

CREATE TABLE analyses (
    id         BIGINT PRIMARY KEY,
    article    TEXT COLLATE "C" NOT NULL,
    revision   BIGINT NOT NULL REFERENCES revisions (id),
    analyzer   TEXT COLLATE "C" NOT NULL CHECK (analyzer <> ''),
    version    TEXT COLLATE "C" NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    origin     TEXT COLLATE "C" NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    lang       TEXT COLLATE "C" NOT NULL,
    score      DOUBLE PRECISION NOT NULL CHECK (score BETWEEN -1 AND 1),
    label      BIGINT NOT NULL CHECK (label BETWEEN -1 AND 1),
    confidence DOUBLE PRECISION NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    regulatory BOOLEAN NOT NULL,
    doc        BYTEA NOT NULL,
    UNIQUE (revision, analyzer, version)
);

CREATE TABLE placements (
    id             BIGINT PRIMARY KEY,
    analysis       BIGINT NOT NULL UNIQUE REFERENCES analyses (id),
    article        TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    story          TEXT COLLATE "C" NOT NULL CHECK (story <> ''),
    similarity     DOUBLE PRECISION NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    novelty_key    TEXT COLLATE "C" NOT NULL,
    novelty_days   DOUBLE PRECISION NOT NULL CHECK (novelty_days >= -1),
    novelty_weight DOUBLE PRECISION NOT NULL CHECK (novelty_weight BETWEEN 0 AND 1),
    events         BYTEA NOT NULL,
    at             TIMESTAMPTZ NOT NULL,
    origin         TEXT COLLATE "C" NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed'))
);
CREATE INDEX placements_article ON placements (article, id);

CREATE TABLE stories (
    id             TEXT COLLATE "C" PRIMARY KEY CHECK (id <> ''),
    title          TEXT COLLATE "C" NOT NULL,
    representative TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    first_seen_at  TIMESTAMPTZ NOT NULL,
    last_seen_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE story_members (
    article       TEXT COLLATE "C" PRIMARY KEY REFERENCES articles (id),
    story         TEXT COLLATE "C" NOT NULL REFERENCES stories (id),
    source        TEXT COLLATE "C" NOT NULL,
    url           TEXT COLLATE "C" NOT NULL,
    title         TEXT COLLATE "C" NOT NULL,
    similarity    DOUBLE PRECISION NOT NULL CHECK (similarity BETWEEN 0 AND 1),
    published_at  TIMESTAMPTZ,
    first_seen_at TIMESTAMPTZ NOT NULL,
    sketch        BYTEA NOT NULL,
    bands         BYTEA NOT NULL
);
CREATE INDEX story_members_story ON story_members (story, first_seen_at);

-- An index of story_members by each of its bands, written with it.
CREATE TABLE story_bands (
    band          BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    article       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (band, first_seen_at, article)
);

CREATE TABLE events (
    seq           BIGINT PRIMARY KEY,
    id            TEXT COLLATE "C" NOT NULL CHECK (id <> ''),
    version       BIGINT NOT NULL CHECK (version > 0),
    story         TEXT COLLATE "C" NOT NULL,
    type          TEXT COLLATE "C" NOT NULL CHECK (type <> ''),
    stance        DOUBLE PRECISION NOT NULL CHECK (stance BETWEEN -1 AND 1),
    severity      TEXT COLLATE "C" NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    status        TEXT COLLATE "C" NOT NULL CHECK (status IN ('rumour', 'planned', 'done', 'denied', 'retracted')),
    confidence    DOUBLE PRECISION NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    date          TIMESTAMPTZ NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    known_at      TIMESTAMPTZ NOT NULL,
    origin        TEXT COLLATE "C" NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    doc           BYTEA NOT NULL,
    UNIQUE (id, version)
);
CREATE INDEX events_date ON events (date, id);
CREATE INDEX events_type ON events (type, date);
CREATE INDEX events_story ON events (story);

-- What articles report of an event, each report once: versions name theirs by
-- number.
CREATE TABLE event_reports (
    event TEXT COLLATE "C" NOT NULL,
    n     BIGINT NOT NULL CHECK (n > 0),
    doc   BYTEA NOT NULL,
    PRIMARY KEY (event, n)
);

CREATE TABLE event_facets (
    facet TEXT COLLATE "C" NOT NULL CHECK (facet IN ('jurisdiction', 'regulator', 'instrument', 'asset', 'exchange')),
    value TEXT COLLATE "C" NOT NULL,
    event BIGINT NOT NULL REFERENCES events (seq),
    PRIMARY KEY (facet, value, event)
);

CREATE TABLE event_keys (
    key   TEXT COLLATE "C" NOT NULL CHECK (key <> ''),
    event TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (key, event)
);

CREATE TABLE instruments (
    seq           BIGINT PRIMARY KEY,
    id            TEXT COLLATE "C" NOT NULL CHECK (id <> ''),
    version       BIGINT NOT NULL CHECK (version > 0),
    issuer        TEXT COLLATE "C" NOT NULL,
    jurisdiction  TEXT COLLATE "C" NOT NULL,
    status        TEXT COLLATE "C" NOT NULL CHECK (status IN ('unknown', 'proposed', 'adopted', 'in-force', 'amended', 'repealed', 'withdrawn')),
    known_at      TIMESTAMPTZ NOT NULL,
    doc           BYTEA NOT NULL,
    UNIQUE (id, version)
);

CREATE TABLE instrument_aliases (
    alias      TEXT COLLATE "C" PRIMARY KEY CHECK (alias <> ''),
    instrument TEXT COLLATE "C" NOT NULL
);

CREATE TABLE signals (
    seq            BIGINT PRIMARY KEY,
    kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('sentiment', 'pressure')),
    target         TEXT COLLATE "C" NOT NULL CHECK (target <> ''),
    target_kind    TEXT COLLATE "C" NOT NULL,
    score          DOUBLE PRECISION NOT NULL CHECK (score BETWEEN -1 AND 1),
    confidence     DOUBLE PRECISION NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    volume         DOUBLE PRECISION NOT NULL CHECK (volume >= 0),
    dispersion     DOUBLE PRECISION NOT NULL CHECK (dispersion BETWEEN 0 AND 1),
    z              DOUBLE PRECISION NOT NULL,
    placement      BIGINT NOT NULL,
    article        TEXT COLLATE "C" NOT NULL,
    event          TEXT COLLATE "C" NOT NULL,
    delta          DOUBLE PRECISION NOT NULL CHECK (delta BETWEEN -1 AND 1),
    weight         DOUBLE PRECISION NOT NULL CHECK (weight BETWEEN 0 AND 1),
    relevance      DOUBLE PRECISION NOT NULL CHECK (relevance BETWEEN 0 AND 1),
    novelty_key    TEXT COLLATE "C" NOT NULL,
    novelty_days   DOUBLE PRECISION NOT NULL CHECK (novelty_days >= -1),
    novelty_weight DOUBLE PRECISION NOT NULL CHECK (novelty_weight BETWEEN 0 AND 1),
    source         TEXT COLLATE "C" NOT NULL,
    url            TEXT COLLATE "C" NOT NULL,
    published_at   TIMESTAMPTZ,
    first_seen_at  TIMESTAMPTZ NOT NULL,
    as_of          TIMESTAMPTZ NOT NULL,
    available_at   TIMESTAMPTZ NOT NULL,
    origin         TEXT COLLATE "C" NOT NULL CHECK (origin IN ('live', 'backfill', 'reconstructed')),
    version        TEXT COLLATE "C" NOT NULL,
    state          TEXT COLLATE "C" NOT NULL
);
CREATE INDEX signals_target ON signals (kind, target, seq);
CREATE INDEX signals_article ON signals (article, kind, target, seq);

CREATE TABLE alerts (
    event   TEXT COLLATE "C" NOT NULL CHECK (event <> ''),
    rule    TEXT COLLATE "C" NOT NULL CHECK (rule <> ''),
    stage   TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome <> ''),
    at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (event, rule, stage)
);
CREATE INDEX alerts_at ON alerts (at);

CREATE TABLE notifications (
    id         BIGINT PRIMARY KEY,
    key        TEXT COLLATE "C" NOT NULL UNIQUE CHECK (key <> ''),
    message_id TEXT COLLATE "C" NOT NULL UNIQUE CHECK (message_id <> ''),
    thread     TEXT COLLATE "C" NOT NULL,
    event      TEXT COLLATE "C" NOT NULL,
    rule       TEXT COLLATE "C" NOT NULL,
    receiver   TEXT COLLATE "C" NOT NULL,
    doc        BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    state      TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'sent', 'dead')),
    attempts   BIGINT NOT NULL CHECK (attempts >= 0),
    next_at    TIMESTAMPTZ,
    last_error TEXT COLLATE "C" NOT NULL,
    sent_at    TIMESTAMPTZ
);
CREATE INDEX notifications_due ON notifications (state, next_at);
CREATE INDEX notifications_event ON notifications (event, id);

CREATE TABLE deliveries (
    notification BIGINT NOT NULL REFERENCES notifications (id),
    attempt      BIGINT NOT NULL CHECK (attempt > 0),
    at           TIMESTAMPTZ NOT NULL,
    outcome      TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('sent', 'retry', 'dead')),
    reason       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (notification, attempt)
);

CREATE TABLE parked (
    stage    TEXT COLLATE "C" NOT NULL CHECK (stage <> ''),
    ref      TEXT COLLATE "C" NOT NULL CHECK (ref <> ''),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    detail   TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL CHECK (attempts > 0),
    next_at  TIMESTAMPTZ,
    at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (stage, ref)
);

CREATE TABLE source_states (
    source         TEXT COLLATE "C" PRIMARY KEY CHECK (source <> ''),
    visited_at     TIMESTAMPTZ,
    next_at        TIMESTAMPTZ,
    not_before     TIMESTAMPTZ,
    succeeded_at   TIMESTAMPTZ,
    newest_item_at TIMESTAMPTZ,
    failures       BIGINT NOT NULL CHECK (failures >= 0),
    reason         TEXT COLLATE "C" NOT NULL,
    last_error     TEXT COLLATE "C" NOT NULL,
    etag           TEXT COLLATE "C" NOT NULL,
    last_modified  TEXT COLLATE "C" NOT NULL,
    digest         TEXT COLLATE "C" NOT NULL
);

CREATE TABLE frontier (
    page          TEXT COLLATE "C" PRIMARY KEY,
    source        TEXT COLLATE "C" NOT NULL CHECK (source <> ''),
    url           TEXT COLLATE "C" NOT NULL CHECK (url <> ''),
    origin        TEXT COLLATE "C" NOT NULL CHECK (origin IN ('', 'live', 'backfill', 'reconstructed')),
    state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'done', 'parked', 'gone')),
    etag          TEXT COLLATE "C" NOT NULL,
    last_modified TEXT COLLATE "C" NOT NULL,
    digest        TEXT COLLATE "C" NOT NULL,
    first_seen_at TIMESTAMPTZ,
    fetched_at    TIMESTAMPTZ,
    next_at       TIMESTAMPTZ,
    attempts      BIGINT NOT NULL CHECK (attempts >= 0),
    reason        TEXT COLLATE "C" NOT NULL,
    item          BYTEA NOT NULL
);
CREATE INDEX frontier_due ON frontier (source, next_at);

-- Nothing that was known can be changed or forgotten.
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER log_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON log EXECUTE FUNCTION refuse_change();
CREATE TRIGGER captures_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON captures EXECUTE FUNCTION refuse_change();
CREATE TRIGGER articles_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON articles EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revisions_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON revisions EXECUTE FUNCTION refuse_change();
CREATE TRIGGER analyses_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON analyses EXECUTE FUNCTION refuse_change();
CREATE TRIGGER placements_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON placements EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON events EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_reports_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON event_reports EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_facets_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON event_facets EXECUTE FUNCTION refuse_change();
CREATE TRIGGER instruments_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON instruments EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signals_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON signals EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alerts_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON alerts EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deliveries_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON deliveries EXECUTE FUNCTION refuse_change();
-- A notification's content is a promise; only its state moves.
CREATE TRIGGER notifications_keep BEFORE UPDATE OF id, key, message_id, thread, event, rule, receiver, doc, created_at ON notifications EXECUTE FUNCTION refuse_change();
CREATE TRIGGER notifications_no_delete BEFORE DELETE OR TRUNCATE ON notifications EXECUTE FUNCTION refuse_change();
