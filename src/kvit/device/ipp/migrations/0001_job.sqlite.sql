-- Jobs as desktops number them: one row for each Create-Job or Print-Job, before and beside its papers in the spool.
-- AUTOINCREMENT: a number a desktop still holds never comes to mean another job. Times are milliseconds since 1970.
CREATE TABLE ipp_job (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    shop TEXT NOT NULL,
    printer TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    by_user TEXT NOT NULL,
    copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 9),
    format TEXT NOT NULL DEFAULT '',
    bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'given', 'cancelled')),
    UNIQUE (shop, key)
) STRICT;
CREATE INDEX ipp_job_by_printer ON ipp_job (shop, printer, n);
CREATE INDEX ipp_job_by_time ON ipp_job (shop, created_at);
