-- Which template a job was made by, and which Kvit filled it; empty and 0 where no template did.
ALTER TABLE spool_job ADD COLUMN business TEXT NOT NULL DEFAULT '';
ALTER TABLE spool_job ADD COLUMN variant TEXT NOT NULL DEFAULT '';
ALTER TABLE spool_job ADD COLUMN template_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spool_job ADD COLUMN template_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spool_job ADD COLUMN engine TEXT NOT NULL DEFAULT '';
