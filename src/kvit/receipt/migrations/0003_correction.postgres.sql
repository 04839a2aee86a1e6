-- What a person confirmed of a receipt; a newer reading leaves it alone.
CREATE TABLE receipt_correction (
    n BIGINT PRIMARY KEY REFERENCES receipt (n),
    at_s BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    confirmed TEXT NOT NULL,
    changed TEXT NOT NULL
);

-- What confirmed receipts of one printed form taught, by the hash of its head.
CREATE TABLE receipt_form (
    shop TEXT NOT NULL,
    head TEXT NOT NULL,
    learned TEXT NOT NULL,
    confirmed BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (shop, head)
);
