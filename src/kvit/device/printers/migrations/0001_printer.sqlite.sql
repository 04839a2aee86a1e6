-- The shop's printers. Times are milliseconds since 1970.
CREATE TABLE printer (
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('file', 'page')),
    able TEXT CHECK (able IN ('A', 'B', 'C')),
    fail_over TEXT NOT NULL DEFAULT '' CHECK (fail_over <> name),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
    token_hash BLOB UNIQUE CHECK (length(token_hash) = 32),
    facts TEXT NOT NULL DEFAULT '{}',
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (shop, name)
) STRICT;
