-- Receipts as they were printed. "n" is the order of arrival; "id" is made from where the printout stood on its line.
CREATE TABLE receipt (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    id TEXT NOT NULL,
    line TEXT NOT NULL,
    till TEXT NOT NULL,
    capture TEXT NOT NULL,
    at_offset BIGINT NOT NULL CHECK (at_offset >= 0),
    sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
    taken_at BIGINT NOT NULL,
    profile TEXT NOT NULL,
    profile_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    number TEXT,
    total BIGINT,
    decimals BIGINT NOT NULL,
    currency TEXT,
    verified BIGINT NOT NULL CHECK (verified IN (0, 1)),
    size_bytes BIGINT NOT NULL,
    events TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    forgotten_at BIGINT,
    UNIQUE (shop, id)
);
CREATE INDEX receipt_by_time ON receipt (shop, taken_at, n);
CREATE INDEX receipt_by_line ON receipt (shop, line, taken_at, n);
CREATE INDEX receipt_by_kind ON receipt (shop, kind, taken_at, n);

-- What is long, apart: a page of the list reads none of it.
CREATE TABLE receipt_body (
    n BIGINT PRIMARY KEY REFERENCES receipt (n),
    raw BYTEA NOT NULL,
    setting BYTEA NOT NULL,
    text TEXT NOT NULL,
    reading TEXT
);

-- Tails that came late, by where they stood: a second telling of the same tail changes nothing.
CREATE TABLE receipt_tail (
    n BIGINT NOT NULL REFERENCES receipt (n),
    at_offset BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    PRIMARY KEY (n, at_offset)
);

CREATE TABLE receipt_link (
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    n BIGINT NOT NULL REFERENCES receipt (n),
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX receipt_link_by_receipt ON receipt_link (n);

-- Words to search for, cut by kvit.receipt.words: the server must not cut them again, so the vector is built by hand.
CREATE FUNCTION receipt_vector (words TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(string_agg('''' || word || ''':' || least(place, 16383), ' '), '')::tsvector
    FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS found (word, place)
    WHERE word <> ''
$$;
CREATE TABLE receipt_words (
    rowid BIGINT PRIMARY KEY REFERENCES receipt (n),
    words TEXT NOT NULL,
    vector tsvector GENERATED ALWAYS AS (receipt_vector(words)) STORED
);
CREATE INDEX receipt_words_by_vector ON receipt_words USING gin (vector);
CREATE TABLE receipt_search (engine TEXT NOT NULL);
INSERT INTO receipt_search VALUES ('tsvector');
