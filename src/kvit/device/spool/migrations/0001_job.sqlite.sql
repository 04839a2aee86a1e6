-- Jobs of the spool. A document is kept once, however many copies are printed of it. Times are milliseconds since 1970.
CREATE TABLE spool_document (
    shop TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    body BLOB NOT NULL,
    PRIMARY KEY (shop, sha256)
) STRICT;

-- What numbers a printer's attempts: their count, and how often it was switched on.
CREATE TABLE spool_printer (
    shop TEXT NOT NULL,
    printer TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    power_ons INTEGER NOT NULL DEFAULT 0 CHECK (power_ons >= 0),
    PRIMARY KEY (shop, printer)
) STRICT;

CREATE TABLE spool_job (
    n INTEGER PRIMARY KEY,
    shop TEXT NOT NULL,
    id TEXT NOT NULL,
    family TEXT NOT NULL,
    copy INTEGER NOT NULL CHECK (copy >= 1),
    copies INTEGER NOT NULL CHECK (copies >= 1),
    parent TEXT,
    request TEXT,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    printer TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'slip', 'kitchen', 'report', 'label', 'test')),
    title TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    accepted_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'blocked', 'sending', 'confirming', 'paused', 'printed', 'sent', 'unknown', 'expired', 'cancelled')),
    attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    pid BLOB CHECK (length(pid) = 4),
    able TEXT CHECK (able IN ('A', 'B', 'C')),
    evidence TEXT CHECK (evidence IN ('A', 'B', 'C', 'person')),
    reason TEXT NOT NULL DEFAULT '',
    by_user TEXT NOT NULL DEFAULT '',
    copied INTEGER NOT NULL DEFAULT 0 CHECK (copied IN (0, 1)),
    steps INTEGER NOT NULL DEFAULT 0,
    UNIQUE (shop, id),
    UNIQUE (shop, family, copy),
    UNIQUE (shop, request),
    FOREIGN KEY (shop, sha256) REFERENCES spool_document (shop, sha256),
    CHECK ((state = 'printed') = (evidence IS NOT NULL AND evidence <> 'C')),
    CHECK ((state = 'sent') = (evidence IS NOT NULL AND evidence = 'C')),
    CHECK (state NOT IN ('sending', 'confirming', 'paused', 'sent', 'unknown') OR pid IS NOT NULL),
    CHECK (state <> 'cancelled' OR by_user <> ''),
    CHECK (evidence IS NULL OR evidence <> 'person' OR by_user <> '')
) STRICT;
-- One job at a time on one printer.
CREATE UNIQUE INDEX spool_job_in_flight ON spool_job (shop, printer) WHERE state IN ('sending', 'confirming', 'paused');
CREATE INDEX spool_job_waiting ON spool_job (shop, printer, priority, n) WHERE state IN ('queued', 'blocked');
CREATE INDEX spool_job_open ON spool_job (shop, deadline) WHERE state IN ('queued', 'blocked', 'paused', 'unknown');
CREATE INDEX spool_job_by_pid ON spool_job (shop, printer, pid);
CREATE INDEX spool_job_by_printer ON spool_job (shop, printer, n);
CREATE INDEX spool_job_by_state ON spool_job (shop, state, n);

CREATE TABLE spool_history (
    job INTEGER NOT NULL REFERENCES spool_job (n),
    step INTEGER NOT NULL CHECK (step > 0),
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    before TEXT,
    after TEXT NOT NULL,
    effect TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    pid BLOB,
    evidence TEXT,
    by_user TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (job, step)
) STRICT;

CREATE TRIGGER spool_history_fixed BEFORE UPDATE ON spool_history BEGIN
    SELECT RAISE(ABORT, 'the history of a job is never changed');
END;
CREATE TRIGGER spool_history_kept BEFORE DELETE ON spool_history BEGIN
    SELECT RAISE(ABORT, 'the history of a job is never deleted');
END;
-- INSERT OR REPLACE would delete without the trigger above.
CREATE TRIGGER spool_history_once BEFORE INSERT ON spool_history
WHEN EXISTS (SELECT 1 FROM spool_history WHERE job = NEW.job AND step = NEW.step) BEGIN
    SELECT RAISE(ABORT, 'the history of a job is never changed');
END;
CREATE TRIGGER spool_job_ended BEFORE UPDATE ON spool_job
WHEN OLD.state IN ('printed', 'sent', 'cancelled') AND NEW.state <> OLD.state BEGIN
    SELECT RAISE(ABORT, 'an ended job does not change');
END;
CREATE TRIGGER spool_job_kept BEFORE DELETE ON spool_job BEGIN
    SELECT RAISE(ABORT, 'no job disappears');
END;
