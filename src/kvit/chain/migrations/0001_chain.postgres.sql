-- A station's side: where it is in telling its news, and the news. Times: milliseconds since 1970.
CREATE TABLE chain_outbox_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    n BIGINT NOT NULL CHECK (n >= 0),
    received BIGINT NOT NULL CHECK (received >= 0)
);

CREATE TABLE chain_outbox (
    n BIGINT PRIMARY KEY,
    mark TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    received_ms BIGINT,
    refused TEXT NOT NULL DEFAULT ''
);

-- The server's side: who tells news here, and how far each has come.
CREATE TABLE chain_station (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    key_id TEXT NOT NULL UNIQUE,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT,
    epoch TEXT NOT NULL DEFAULT '',
    received BIGINT NOT NULL DEFAULT 0 CHECK (received >= 0),
    mark TEXT NOT NULL DEFAULT '',
    refused BIGINT NOT NULL DEFAULT 0,
    seen_ms BIGINT,
    told TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX chain_station_by_shop ON chain_station (shop, name);

CREATE TABLE chain_code (
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    made_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    station TEXT,
    key_hash BYTEA
);
