-- A station's side: where it is in telling its news, and the news. Times: milliseconds since 1970.
CREATE TABLE chain_outbox_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    n INTEGER NOT NULL CHECK (n >= 0),
    received INTEGER NOT NULL CHECK (received >= 0)
) STRICT;

CREATE TABLE chain_outbox (
    n INTEGER PRIMARY KEY,
    mark TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    received_ms INTEGER,
    refused TEXT NOT NULL DEFAULT ''
) STRICT;

-- The server's side: who tells news here, and how far each has come.
CREATE TABLE chain_station (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    key_id TEXT NOT NULL UNIQUE,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    revoked_at INTEGER,
    epoch TEXT NOT NULL DEFAULT '',
    received INTEGER NOT NULL DEFAULT 0 CHECK (received >= 0),
    mark TEXT NOT NULL DEFAULT '',
    refused INTEGER NOT NULL DEFAULT 0,
    seen_ms INTEGER,
    told TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX chain_station_by_shop ON chain_station (shop, name);

CREATE TABLE chain_code (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    made_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    station TEXT,
    key_hash BLOB
) STRICT, WITHOUT ROWID;
