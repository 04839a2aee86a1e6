-- Where receipts went: on paper, to a customer, or both, by which rule. Times are milliseconds since 1970.
-- stage: open (the paper waits for somebody), decided (durable, the line does not know yet), done (as it came out).
CREATE TABLE receipt_route (
    n INTEGER PRIMARY KEY,
    shop TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    line TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('open', 'decided', 'done')),
    paper INTEGER NOT NULL CHECK (paper IN (0, 1)),
    electronic INTEGER NOT NULL CHECK (electronic IN (0, 1)),
    foot INTEGER NOT NULL DEFAULT 0 CHECK (foot IN (0, 1)),
    why TEXT NOT NULL,
    by_user TEXT NOT NULL DEFAULT '',
    customer TEXT NOT NULL DEFAULT '',
    how TEXT NOT NULL DEFAULT '',
    paper_mm INTEGER NOT NULL DEFAULT 0 CHECK (paper_mm >= 0),
    began_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    UNIQUE (shop, receipt_id),
    CHECK (stage <> 'open' OR (paper = 1 AND customer = '')),
    CHECK (paper = 1 OR electronic = 1)
) STRICT;
CREATE INDEX receipt_route_by_line ON receipt_route (shop, line, n);
CREATE INDEX receipt_route_by_time ON receipt_route (shop, began_at);
CREATE INDEX receipt_route_unsettled ON receipt_route (shop, n) WHERE stage <> 'done';
CREATE INDEX receipt_route_by_customer ON receipt_route (customer) WHERE customer <> '';
