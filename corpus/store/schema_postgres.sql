-- Written by TestSchema -update from the migrations. Do not edit.

CREATE TABLE alerts (
    event text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    stage text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT alerts_event_check CHECK ((event <> ''::text)),
    CONSTRAINT alerts_outcome_check CHECK ((outcome <> ''::text)),
    CONSTRAINT alerts_pkey PRIMARY KEY (event, rule, stage),
    CONSTRAINT alerts_rule_check CHECK ((rule <> ''::text)),
    CONSTRAINT alerts_version_check CHECK ((version > 0))
);

CREATE TABLE analyses (
    id bigint NOT NULL,
    article text COLLATE "C" NOT NULL,
    revision bigint NOT NULL,
    analyzer text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    at timestamp with time zone NOT NULL,
    origin text COLLATE "C" NOT NULL,
    lang text COLLATE "C" NOT NULL,
    score double precision NOT NULL,
    label bigint NOT NULL,
    confidence double precision NOT NULL,
    regulatory boolean NOT NULL,
    doc bytea NOT NULL,
    CONSTRAINT analyses_analyzer_check CHECK ((analyzer <> ''::text)),
    CONSTRAINT analyses_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT analyses_label_check CHECK (((label >= '-1'::integer) AND (label <= 1))),
    CONSTRAINT analyses_origin_check CHECK ((origin = ANY (ARRAY['live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT analyses_pkey PRIMARY KEY (id),
    CONSTRAINT analyses_revision_analyzer_version_key UNIQUE (revision, analyzer, version),
    CONSTRAINT analyses_revision_fkey FOREIGN KEY (revision) REFERENCES revisions(id),
    CONSTRAINT analyses_score_check CHECK (((score >= ('-1'::integer)::double precision) AND (score <= (1)::double precision)))
);

CREATE TABLE articles (
    id text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    page text COLLATE "C" NOT NULL,
    fragment text COLLATE "C" NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    CONSTRAINT articles_id_check CHECK ((id <> ''::text)),
    CONSTRAINT articles_pkey PRIMARY KEY (id),
    CONSTRAINT articles_source_fkey FOREIGN KEY (source) REFERENCES sources(id),
    CONSTRAINT articles_url_check CHECK ((url <> ''::text))
);

CREATE TABLE captures (
    id bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    page text COLLATE "C" NOT NULL,
    final_url text COLLATE "C" NOT NULL,
    status bigint NOT NULL,
    media_type text COLLATE "C" NOT NULL,
    charset text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    fetched_at timestamp with time zone NOT NULL,
    origin text COLLATE "C" NOT NULL,
    doc bytea NOT NULL,
    body bytea NOT NULL STORAGE e,
    CONSTRAINT captures_digest_check CHECK ((length(digest) = 64)),
    CONSTRAINT captures_origin_check CHECK ((origin = ANY (ARRAY['live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT captures_pkey PRIMARY KEY (id),
    CONSTRAINT captures_source_fkey FOREIGN KEY (source) REFERENCES sources(id),
    CONSTRAINT captures_status_check CHECK (((status >= 100) AND (status <= 599))),
    CONSTRAINT captures_url_check CHECK ((url <> ''::text))
);

CREATE TABLE crawl_leases (
    name text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    until timestamp with time zone,
    not_before timestamp with time zone,
    wanted_at timestamp with time zone,
    note text NOT NULL,
    CONSTRAINT crawl_leases_name_check CHECK ((name <> ''::text)),
    CONSTRAINT crawl_leases_pkey PRIMARY KEY (name)
);

CREATE TABLE deliveries (
    notification bigint NOT NULL,
    attempt bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    CONSTRAINT deliveries_attempt_check CHECK ((attempt > 0)),
    CONSTRAINT deliveries_notification_fkey FOREIGN KEY (notification) REFERENCES notifications(id),
    CONSTRAINT deliveries_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'retry'::text, 'dead'::text]))),
    CONSTRAINT deliveries_pkey PRIMARY KEY (notification, attempt)
);

CREATE TABLE event_facets (
    facet text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    event bigint NOT NULL,
    CONSTRAINT event_facets_event_fkey FOREIGN KEY (event) REFERENCES events(seq),
    CONSTRAINT event_facets_facet_check CHECK ((facet = ANY (ARRAY['jurisdiction'::text, 'regulator'::text, 'instrument'::text, 'asset'::text, 'exchange'::text]))),
    CONSTRAINT event_facets_pkey PRIMARY KEY (facet, value, event)
);

CREATE TABLE event_keys (
    key text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    CONSTRAINT event_keys_key_check CHECK ((key <> ''::text)),
    CONSTRAINT event_keys_pkey PRIMARY KEY (key, event)
);

CREATE TABLE event_reports (
    event text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    doc bytea NOT NULL,
    CONSTRAINT event_reports_n_check CHECK ((n > 0)),
    CONSTRAINT event_reports_pkey PRIMARY KEY (event, n)
);

CREATE TABLE events (
    seq bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    story text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    stance double precision NOT NULL,
    severity text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    confidence double precision NOT NULL,
    date timestamp with time zone NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    known_at timestamp with time zone NOT NULL,
    origin text COLLATE "C" NOT NULL,
    doc bytea NOT NULL,
    CONSTRAINT events_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT events_id_check CHECK ((id <> ''::text)),
    CONSTRAINT events_id_version_key UNIQUE (id, version),
    CONSTRAINT events_origin_check CHECK ((origin = ANY (ARRAY['live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT events_pkey PRIMARY KEY (seq),
    CONSTRAINT events_severity_check CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
    CONSTRAINT events_stance_check CHECK (((stance >= ('-1'::integer)::double precision) AND (stance <= (1)::double precision))),
    CONSTRAINT events_status_check CHECK ((status = ANY (ARRAY['rumour'::text, 'planned'::text, 'done'::text, 'denied'::text, 'retracted'::text]))),
    CONSTRAINT events_type_check CHECK ((type <> ''::text)),
    CONSTRAINT events_version_check CHECK ((version > 0))
);

CREATE TABLE frontier (
    page text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    etag text COLLATE "C" NOT NULL,
    last_modified text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    first_seen_at timestamp with time zone,
    fetched_at timestamp with time zone,
    next_at timestamp with time zone,
    attempts bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    item bytea NOT NULL,
    host text COLLATE "C" NOT NULL,
    CONSTRAINT frontier_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT frontier_origin_check CHECK ((origin = ANY (ARRAY[''::text, 'live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT frontier_pkey PRIMARY KEY (page),
    CONSTRAINT frontier_source_check CHECK ((source <> ''::text)),
    CONSTRAINT frontier_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'done'::text, 'parked'::text, 'gone'::text]))),
    CONSTRAINT frontier_url_check CHECK ((url <> ''::text))
);

CREATE TABLE head (
    id bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT head_id_check CHECK ((id = 1)),
    CONSTRAINT head_pkey PRIMARY KEY (id),
    CONSTRAINT head_seq_check CHECK ((seq >= 0))
);

CREATE TABLE instrument_aliases (
    alias text COLLATE "C" NOT NULL,
    instrument text COLLATE "C" NOT NULL,
    CONSTRAINT instrument_aliases_alias_check CHECK ((alias <> ''::text)),
    CONSTRAINT instrument_aliases_pkey PRIMARY KEY (alias)
);

CREATE TABLE instruments (
    seq bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    jurisdiction text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    known_at timestamp with time zone NOT NULL,
    doc bytea NOT NULL,
    same_as text COLLATE "C" NOT NULL,
    CONSTRAINT instruments_id_check CHECK ((id <> ''::text)),
    CONSTRAINT instruments_id_version_key UNIQUE (id, version),
    CONSTRAINT instruments_pkey PRIMARY KEY (seq),
    CONSTRAINT instruments_status_check CHECK ((status = ANY (ARRAY['unknown'::text, 'proposed'::text, 'adopted'::text, 'in-force'::text, 'amended'::text, 'repealed'::text, 'withdrawn'::text]))),
    CONSTRAINT instruments_version_check CHECK ((version > 0))
);

CREATE TABLE log (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text COLLATE "C" NOT NULL,
    ref text COLLATE "C" NOT NULL,
    CONSTRAINT log_at_key UNIQUE (at),
    CONSTRAINT log_kind_check CHECK ((kind = ANY (ARRAY['capture'::text, 'revision'::text, 'analysis'::text, 'placement'::text, 'event'::text, 'instrument'::text, 'signal'::text, 'notification'::text]))),
    CONSTRAINT log_pkey PRIMARY KEY (seq),
    CONSTRAINT log_ref_check CHECK ((ref <> ''::text)),
    CONSTRAINT log_seq_check CHECK ((seq > 0))
);

CREATE TABLE notifications (
    id bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    thread text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    receiver text COLLATE "C" NOT NULL,
    doc bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    state text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL,
    next_at timestamp with time zone,
    last_error text COLLATE "C" NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT notifications_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT notifications_key_check CHECK ((key <> ''::text)),
    CONSTRAINT notifications_key_key UNIQUE (key),
    CONSTRAINT notifications_message_id_check CHECK ((message_id <> ''::text)),
    CONSTRAINT notifications_message_id_key UNIQUE (message_id),
    CONSTRAINT notifications_pkey PRIMARY KEY (id),
    CONSTRAINT notifications_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sent'::text, 'dead'::text])))
);

CREATE TABLE parked (
    stage text COLLATE "C" NOT NULL,
    ref text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL,
    next_at timestamp with time zone,
    at timestamp with time zone NOT NULL,
    CONSTRAINT parked_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT parked_pkey PRIMARY KEY (stage, ref),
    CONSTRAINT parked_reason_check CHECK ((reason <> ''::text)),
    CONSTRAINT parked_ref_check CHECK ((ref <> ''::text)),
    CONSTRAINT parked_stage_check CHECK ((stage <> ''::text))
);

CREATE TABLE placements (
    id bigint NOT NULL,
    analysis bigint NOT NULL,
    article text COLLATE "C" NOT NULL,
    story text COLLATE "C" NOT NULL,
    similarity double precision NOT NULL,
    novelty_key text COLLATE "C" NOT NULL,
    novelty_days double precision NOT NULL,
    novelty_weight double precision NOT NULL,
    events bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    origin text COLLATE "C" NOT NULL,
    CONSTRAINT placements_analysis_fkey FOREIGN KEY (analysis) REFERENCES analyses(id),
    CONSTRAINT placements_analysis_key UNIQUE (analysis),
    CONSTRAINT placements_article_fkey FOREIGN KEY (article) REFERENCES articles(id),
    CONSTRAINT placements_novelty_days_check CHECK ((novelty_days >= ('-1'::integer)::double precision)),
    CONSTRAINT placements_novelty_weight_check CHECK (((novelty_weight >= (0)::double precision) AND (novelty_weight <= (1)::double precision))),
    CONSTRAINT placements_origin_check CHECK ((origin = ANY (ARRAY['live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT placements_pkey PRIMARY KEY (id),
    CONSTRAINT placements_similarity_check CHECK (((similarity >= (0)::double precision) AND (similarity <= (1)::double precision))),
    CONSTRAINT placements_story_check CHECK ((story <> ''::text))
);

CREATE TABLE revisions (
    id bigint NOT NULL,
    article text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    capture bigint NOT NULL,
    title text COLLATE "C" NOT NULL,
    published_at timestamp with time zone,
    modified_at timestamp with time zone,
    lang text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    origin text COLLATE "C" NOT NULL,
    doc bytea NOT NULL,
    CONSTRAINT revisions_article_fkey FOREIGN KEY (article) REFERENCES articles(id),
    CONSTRAINT revisions_article_n_key UNIQUE (article, n),
    CONSTRAINT revisions_capture_fkey FOREIGN KEY (capture) REFERENCES captures(id),
    CONSTRAINT revisions_n_check CHECK ((n > 0)),
    CONSTRAINT revisions_origin_check CHECK ((origin = ANY (ARRAY['live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT revisions_pkey PRIMARY KEY (id),
    CONSTRAINT revisions_status_check CHECK ((status = ANY (ARRAY['published'::text, 'corrected'::text, 'withdrawn'::text])))
);

CREATE TABLE rule_states (
    source text NOT NULL,
    rule text NOT NULL,
    matched_at timestamp with time zone,
    failed_at timestamp with time zone,
    failures integer NOT NULL,
    url text NOT NULL,
    capture bigint NOT NULL,
    CONSTRAINT rule_states_failures_check CHECK ((failures >= 0)),
    CONSTRAINT rule_states_pkey PRIMARY KEY (source, rule),
    CONSTRAINT rule_states_rule_check CHECK ((rule <> ''::text)),
    CONSTRAINT rule_states_source_check CHECK ((source <> ''::text))
);

CREATE TABLE signals (
    seq bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    target_kind text COLLATE "C" NOT NULL,
    score double precision NOT NULL,
    confidence double precision NOT NULL,
    volume double precision NOT NULL,
    dispersion double precision NOT NULL,
    z double precision NOT NULL,
    placement bigint NOT NULL,
    article text COLLATE "C" NOT NULL,
    event text COLLATE "C" NOT NULL,
    delta double precision NOT NULL,
    weight double precision NOT NULL,
    relevance double precision NOT NULL,
    novelty_key text COLLATE "C" NOT NULL,
    novelty_days double precision NOT NULL,
    novelty_weight double precision NOT NULL,
    source text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    published_at timestamp with time zone,
    first_seen_at timestamp with time zone NOT NULL,
    as_of timestamp with time zone NOT NULL,
    available_at timestamp with time zone NOT NULL,
    origin text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    CONSTRAINT signals_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT signals_delta_check CHECK (((delta >= ('-1'::integer)::double precision) AND (delta <= (1)::double precision))),
    CONSTRAINT signals_dispersion_check CHECK (((dispersion >= (0)::double precision) AND (dispersion <= (1)::double precision))),
    CONSTRAINT signals_kind_check CHECK ((kind = ANY (ARRAY['sentiment'::text, 'pressure'::text]))),
    CONSTRAINT signals_novelty_days_check CHECK ((novelty_days >= ('-1'::integer)::double precision)),
    CONSTRAINT signals_novelty_weight_check CHECK (((novelty_weight >= (0)::double precision) AND (novelty_weight <= (1)::double precision))),
    CONSTRAINT signals_origin_check CHECK ((origin = ANY (ARRAY['live'::text, 'backfill'::text, 'reconstructed'::text]))),
    CONSTRAINT signals_pkey PRIMARY KEY (seq),
    CONSTRAINT signals_relevance_check CHECK (((relevance >= (0)::double precision) AND (relevance <= (1)::double precision))),
    CONSTRAINT signals_score_check CHECK (((score >= ('-1'::integer)::double precision) AND (score <= (1)::double precision))),
    CONSTRAINT signals_target_check CHECK ((target <> ''::text)),
    CONSTRAINT signals_volume_check CHECK ((volume >= (0)::double precision)),
    CONSTRAINT signals_weight_check CHECK (((weight >= (0)::double precision) AND (weight <= (1)::double precision)))
);

CREATE TABLE source_states (
    source text COLLATE "C" NOT NULL,
    visited_at timestamp with time zone,
    next_at timestamp with time zone,
    not_before timestamp with time zone,
    succeeded_at timestamp with time zone,
    newest_item_at timestamp with time zone,
    failures bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    last_error text COLLATE "C" NOT NULL,
    etag text COLLATE "C" NOT NULL,
    last_modified text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    CONSTRAINT source_states_failures_check CHECK ((failures >= 0)),
    CONSTRAINT source_states_pkey PRIMARY KEY (source),
    CONSTRAINT source_states_source_check CHECK ((source <> ''::text))
);

CREATE TABLE sources (
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    jurisdiction text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL,
    regulator text COLLATE "C" NOT NULL,
    exchange text COLLATE "C" NOT NULL,
    weight double precision NOT NULL,
    CONSTRAINT sources_id_check CHECK ((id <> ''::text)),
    CONSTRAINT sources_kind_check CHECK ((kind = ANY (ARRAY['regulator'::text, 'exchange'::text, 'media'::text]))),
    CONSTRAINT sources_pkey PRIMARY KEY (id),
    CONSTRAINT sources_weight_check CHECK (((weight >= (0)::double precision) AND (weight <= (1)::double precision)))
);

CREATE TABLE stories (
    id text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    representative text COLLATE "C" NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    merged_into text,
    merged_by text,
    CONSTRAINT stories_id_check CHECK ((id <> ''::text)),
    CONSTRAINT stories_merged_by_fkey FOREIGN KEY (merged_by) REFERENCES articles(id),
    CONSTRAINT stories_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES stories(id),
    CONSTRAINT stories_pkey PRIMARY KEY (id),
    CONSTRAINT stories_representative_fkey FOREIGN KEY (representative) REFERENCES articles(id)
);

CREATE TABLE story_bands (
    band bigint NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    article text COLLATE "C" NOT NULL,
    CONSTRAINT story_bands_pkey PRIMARY KEY (band, first_seen_at, article)
);

CREATE TABLE story_members (
    article text COLLATE "C" NOT NULL,
    story text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    title text COLLATE "C" NOT NULL,
    similarity double precision NOT NULL,
    published_at timestamp with time zone,
    first_seen_at timestamp with time zone NOT NULL,
    sketch bytea NOT NULL,
    bands bytea NOT NULL,
    CONSTRAINT story_members_article_fkey FOREIGN KEY (article) REFERENCES articles(id),
    CONSTRAINT story_members_pkey PRIMARY KEY (article),
    CONSTRAINT story_members_similarity_check CHECK (((similarity >= (0)::double precision) AND (similarity <= (1)::double precision))),
    CONSTRAINT story_members_story_fkey FOREIGN KEY (story) REFERENCES stories(id)
);

CREATE TABLE watermarks (
    follower text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT watermarks_pkey PRIMARY KEY (follower),
    CONSTRAINT watermarks_seq_check CHECK ((seq >= 0))
);

CREATE INDEX alerts_at ON alerts USING btree (at);
CREATE INDEX articles_page ON articles USING btree (page);
CREATE INDEX captures_page ON captures USING btree (page, id);
CREATE INDEX events_date ON events USING btree (date, id);
CREATE INDEX events_story ON events USING btree (story);
CREATE INDEX events_type ON events USING btree (type, date);
CREATE INDEX frontier_due ON frontier USING btree (source, state, next_at, page) WHERE (next_at IS NOT NULL);
CREATE INDEX frontier_open ON frontier USING btree (source, host, state, reason, next_at, attempts) WHERE ((next_at IS NOT NULL) OR (state = 'parked'::text));
CREATE INDEX log_kind ON log USING btree (kind, seq);
CREATE INDEX notifications_due ON notifications USING btree (state, next_at);
CREATE INDEX notifications_event ON notifications USING btree (event, id);
CREATE INDEX placements_article ON placements USING btree (article, id);
CREATE INDEX revisions_capture ON revisions USING btree (capture);
CREATE INDEX signals_article ON signals USING btree (article, kind, target, seq);
CREATE INDEX signals_target ON signals USING btree (kind, target, seq);
CREATE INDEX stories_merged_by ON stories USING btree (merged_by) WHERE (merged_by IS NOT NULL);
CREATE INDEX stories_merged_into ON stories USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX story_members_story ON story_members USING btree (story, first_seen_at);

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME;
END
$function$;

CREATE TRIGGER alerts_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON alerts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER analyses_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON analyses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER articles_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON articles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER captures_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON captures FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deliveries_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_facets_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON event_facets FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_reports_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON event_reports FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER instruments_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON instruments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER notifications_keep BEFORE UPDATE OF id, key, message_id, thread, event, rule, receiver, doc, created_at ON notifications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER notifications_no_delete BEFORE DELETE OR TRUNCATE ON notifications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER placements_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON placements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revisions_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signals_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON signals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
