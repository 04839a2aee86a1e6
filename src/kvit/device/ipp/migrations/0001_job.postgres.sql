-- Jobs as desktops number them: one row for each Create-Job or Print-Job, before and beside its papers in the spool.
-- Times are milliseconds since 1970.
CREATE TABLE ipp_job (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    printer TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    by_user TEXT NOT NULL,
    copies BIGINT NOT NULL CHECK (copies BETWEEN 1 AND 9),
    format TEXT NOT NULL DEFAULT '',
    bytes BIGINT NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'given', 'cancelled')),
    UNIQUE (shop, key)
);
CREATE INDEX ipp_job_by_printer ON ipp_job (shop, printer, n);
CREATE INDEX ipp_job_by_time ON ipp_job (shop, created_at);
