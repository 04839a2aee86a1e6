-- Jobs of the spool. A document is kept once, however many copies are printed of it. Times are milliseconds since 1970.
CREATE TABLE spool_document (
    shop TEXT NOT NULL,
    sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
    body BYTEA NOT NULL,
    PRIMARY KEY (shop, sha256)
);

-- What numbers a printer's attempts: their count, and how often it was switched on.
CREATE TABLE spool_printer (
    shop TEXT NOT NULL,
    printer TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    power_ons BIGINT NOT NULL DEFAULT 0 CHECK (power_ons >= 0),
    PRIMARY KEY (shop, printer)
);

CREATE TABLE spool_job (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    id TEXT NOT NULL,
    family TEXT NOT NULL,
    copy BIGINT NOT NULL CHECK (copy >= 1),
    copies BIGINT NOT NULL CHECK (copies >= 1),
    parent TEXT,
    request TEXT,
    fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 32),
    printer TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'slip', 'kitchen', 'report', 'label', 'test')),
    title TEXT NOT NULL,
    sha256 BYTEA NOT NULL,
    priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 9),
    accepted_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deadline BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'blocked', 'sending', 'confirming', 'paused', 'printed', 'sent', 'unknown', 'expired', 'cancelled')),
    attempt BIGINT NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    pid BYTEA CHECK (length(pid) = 4),
    able TEXT CHECK (able IN ('A', 'B', 'C')),
    evidence TEXT CHECK (evidence IN ('A', 'B', 'C', 'person')),
    reason TEXT NOT NULL DEFAULT '',
    by_user TEXT NOT NULL DEFAULT '',
    copied BIGINT NOT NULL DEFAULT 0 CHECK (copied IN (0, 1)),
    steps BIGINT NOT NULL DEFAULT 0,
    UNIQUE (shop, id),
    UNIQUE (shop, family, copy),
    UNIQUE (shop, request),
    FOREIGN KEY (shop, sha256) REFERENCES spool_document (shop, sha256),
    CHECK ((state = 'printed') = (evidence IS NOT NULL AND evidence <> 'C')),
    CHECK ((state = 'sent') = (evidence IS NOT NULL AND evidence = 'C')),
    CHECK (state NOT IN ('sending', 'confirming', 'paused', 'sent', 'unknown') OR pid IS NOT NULL),
    CHECK (state <> 'cancelled' OR by_user <> ''),
    CHECK (evidence IS NULL OR evidence <> 'person' OR by_user <> '')
);
-- One job at a time on one printer.
CREATE UNIQUE INDEX spool_job_in_flight ON spool_job (shop, printer) WHERE state IN ('sending', 'confirming', 'paused');
CREATE INDEX spool_job_waiting ON spool_job (shop, printer, priority, n) WHERE state IN ('queued', 'blocked');
CREATE INDEX spool_job_open ON spool_job (shop, deadline) WHERE state IN ('queued', 'blocked', 'paused', 'unknown');
CREATE INDEX spool_job_by_pid ON spool_job (shop, printer, pid);
CREATE INDEX spool_job_by_printer ON spool_job (shop, printer, n);
CREATE INDEX spool_job_by_state ON spool_job (shop, state, n);

CREATE TABLE spool_history (
    job BIGINT NOT NULL REFERENCES spool_job (n),
    step BIGINT NOT NULL CHECK (step > 0),
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    before TEXT,
    after TEXT NOT NULL,
    effect TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    pid BYTEA,
    evidence TEXT,
    by_user TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job, step)
);

CREATE FUNCTION spool_refuse () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a job only grows, an ended job does not change, no job disappears';
END
$$;
CREATE TRIGGER spool_history_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON spool_history
    FOR EACH STATEMENT EXECUTE FUNCTION spool_refuse ();
CREATE TRIGGER spool_job_ended BEFORE UPDATE ON spool_job
    FOR EACH ROW WHEN (OLD.state IN ('printed', 'sent', 'cancelled') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION spool_refuse ();
CREATE TRIGGER spool_job_kept BEFORE DELETE OR TRUNCATE ON spool_job
    FOR EACH STATEMENT EXECUTE FUNCTION spool_refuse ();
