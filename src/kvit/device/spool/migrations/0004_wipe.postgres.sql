-- What a job printed is wiped when it is no longer needed; the job, its hash and its history stay.
ALTER TABLE spool_document ADD COLUMN kept_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE spool_document ADD COLUMN wiped_at BIGINT;
CREATE INDEX spool_document_kept ON spool_document (shop, kept_at) WHERE wiped_at IS NULL;
-- What the paper says is a secret (a code, a password): wiped as soon as the job has ended.
ALTER TABLE spool_job ADD COLUMN secret BIGINT NOT NULL DEFAULT 0 CHECK (secret IN (0, 1));
CREATE INDEX spool_job_by_document ON spool_job (shop, sha256);
