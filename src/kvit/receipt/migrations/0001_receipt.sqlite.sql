-- Receipts as they were printed. "n" is the order of arrival; "id" is made from where the printout stood on its line.
CREATE TABLE receipt (
    n INTEGER PRIMARY KEY,
    shop TEXT NOT NULL,
    id TEXT NOT NULL,
    line TEXT NOT NULL,
    till TEXT NOT NULL,
    capture TEXT NOT NULL,
    at_offset INTEGER NOT NULL CHECK (at_offset >= 0),
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    taken_at INTEGER NOT NULL,
    profile TEXT NOT NULL,
    profile_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    number TEXT,
    total INTEGER,
    decimals INTEGER NOT NULL,
    currency TEXT,
    verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
    size_bytes INTEGER NOT NULL,
    events TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    forgotten_at INTEGER,
    UNIQUE (shop, id)
) STRICT;
CREATE INDEX receipt_by_time ON receipt (shop, taken_at, n);
CREATE INDEX receipt_by_line ON receipt (shop, line, taken_at, n);
CREATE INDEX receipt_by_kind ON receipt (shop, kind, taken_at, n);

-- What is long, apart: a page of the list reads none of it.
CREATE TABLE receipt_body (
    n INTEGER PRIMARY KEY REFERENCES receipt (n),
    raw BLOB NOT NULL,
    setting BLOB NOT NULL,
    text TEXT NOT NULL,
    reading TEXT
) STRICT;

-- Tails that came late, by where they stood: a second telling of the same tail changes nothing.
CREATE TABLE receipt_tail (
    n INTEGER NOT NULL REFERENCES receipt (n),
    at_offset INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (n, at_offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt_link (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    n INTEGER NOT NULL REFERENCES receipt (n),
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_link_by_receipt ON receipt_link (n);

-- Words to search for, cut by kvit.receipt.words. The words are kept beside the index: only who knows them can take them
-- out of it, and "secure-delete" does so at once, where the index would else keep an erased receipt's words till it merges.
CREATE VIRTUAL TABLE receipt_words USING fts5 (words, tokenize = 'unicode61 remove_diacritics 0');
INSERT INTO receipt_words (receipt_words, rank) VALUES ('secure-delete', 1);
CREATE VIRTUAL TABLE receipt_vocabulary USING fts5vocab (receipt_words, instance);
CREATE TABLE receipt_search (engine TEXT NOT NULL) STRICT;
INSERT INTO receipt_search VALUES ('fts5');
