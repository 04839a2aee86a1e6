-- Customers: people who buy. Of the installation, not of a shop. Times: seconds since 1970 (UTC).
-- A phone, a mail address, a name and a card's number stand nowhere in clear: keyed hashes to find them, sealed texts to read them.
CREATE TABLE access_customer (
    id TEXT PRIMARY KEY,
    made_at INTEGER NOT NULL,
    wish TEXT NOT NULL DEFAULT 'unsaid' CHECK (wish IN ('unsaid', 'paper', 'electronic', 'both')),
    wish_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Ids that a merge replaced: codes and station tokens made before it still name them.
CREATE TABLE access_customer_alias (
    old TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES access_customer (id),
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_alias_by_customer ON access_customer_alias (customer);

CREATE TABLE access_customer_contact (
    customer TEXT NOT NULL REFERENCES access_customer (id),
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'mail', 'name')),
    hash BLOB CHECK (length(hash) = 32),
    sealed BLOB NOT NULL,
    proven_at INTEGER,
    PRIMARY KEY (customer, kind),
    UNIQUE (kind, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_customer_device (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    customer TEXT NOT NULL REFERENCES access_customer (id),
    label TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    proven_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_device_by_customer ON access_customer_device (customer);
CREATE INDEX access_customer_device_by_seen ON access_customer_device (seen_at);

CREATE TABLE access_customer_card (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    customer TEXT NOT NULL REFERENCES access_customer (id),
    kind TEXT NOT NULL CHECK (kind IN ('card', 'nfc')),
    label TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_card_by_customer ON access_customer_card (customer);

CREATE TABLE access_customer_consent (
    customer TEXT NOT NULL REFERENCES access_customer (id),
    what TEXT NOT NULL,
    version TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    given_by TEXT NOT NULL,
    withdrawn_at INTEGER,
    PRIMARY KEY (customer, what, given_at)
) STRICT, WITHOUT ROWID;

-- Which shops a customer has been at: staff find customers of their own shop alone.
CREATE TABLE access_customer_shop (
    shop TEXT NOT NULL,
    customer TEXT NOT NULL REFERENCES access_customer (id),
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_shop_by_customer ON access_customer_shop (customer);

-- Proofs under way: a one-time code sent to a phone or a mail address, for whoever has it or not.
CREATE TABLE access_customer_proof (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('phone', 'mail')),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sealed BLOB NOT NULL,
    code BLOB NOT NULL CHECK (length(code) = 32),
    bound BLOB NOT NULL CHECK (length(bound) = 32),
    made_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_proof_by_contact ON access_customer_proof (kind, hash);
CREATE INDEX access_customer_proof_by_end ON access_customer_proof (ends_at);

-- When something limited was done, by keyed hash of what it is limited by.
CREATE TABLE access_customer_limit (
    slot BLOB PRIMARY KEY CHECK (length(slot) = 32),
    times TEXT NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_limit_by_end ON access_customer_limit (ends_at);

-- Member codes that were used, until they would have ended anyway.
CREATE TABLE access_customer_used (
    code BLOB PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_customer_used_by_end ON access_customer_used (ends_at);

-- What stations must not believe any more, until it would have ended anyway.
CREATE TABLE access_customer_revoked (
    subject TEXT PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- With which keys the hashes and sealed texts were made.
CREATE TABLE access_customer_keys (
    fingerprint BLOB PRIMARY KEY CHECK (length(fingerprint) = 32),
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
