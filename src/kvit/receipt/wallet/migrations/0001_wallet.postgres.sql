-- What customers keep. "customer" is the installation's id of one (kvit.access.customers): never a name or a phone.
CREATE TABLE wallet_item (
    customer TEXT NOT NULL,
    n BIGINT NOT NULL REFERENCES receipt (n),
    taken_at BIGINT NOT NULL,
    kept_at BIGINT NOT NULL,
    how TEXT NOT NULL,
    category TEXT NOT NULL,
    category_by TEXT NOT NULL CHECK (category_by IN ('words', 'rule', 'own')),
    note TEXT NOT NULL DEFAULT '',
    note_words TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (customer, n)
);
CREATE INDEX wallet_item_by_time ON wallet_item (customer, taken_at, n);
CREATE INDEX wallet_item_by_receipt ON wallet_item (n);

-- A correction holds for what comes next from there: the shop, and what its receipts call themselves.
CREATE TABLE wallet_rule (
    customer TEXT NOT NULL,
    shop TEXT NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    PRIMARY KEY (customer, shop, title)
);

CREATE TABLE wallet_reminder (
    customer TEXT NOT NULL,
    n BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    words TEXT NOT NULL,
    told_at BIGINT,
    PRIMARY KEY (customer, n)
);
CREATE INDEX wallet_reminder_by_day ON wallet_reminder (due_on) WHERE told_at IS NULL;
