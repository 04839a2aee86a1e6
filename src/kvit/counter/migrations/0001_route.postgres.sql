-- Where receipts went: on paper, to a customer, or both, by which rule. Times are milliseconds since 1970.
-- stage: open (the paper waits for somebody), decided (durable, the line does not know yet), done (as it came out).
CREATE TABLE receipt_route (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    line TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('open', 'decided', 'done')),
    paper BIGINT NOT NULL CHECK (paper IN (0, 1)),
    electronic BIGINT NOT NULL CHECK (electronic IN (0, 1)),
    foot BIGINT NOT NULL DEFAULT 0 CHECK (foot IN (0, 1)),
    why TEXT NOT NULL,
    by_user TEXT NOT NULL DEFAULT '',
    customer TEXT NOT NULL DEFAULT '',
    how TEXT NOT NULL DEFAULT '',
    paper_mm BIGINT NOT NULL DEFAULT 0 CHECK (paper_mm >= 0),
    began_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (shop, receipt_id),
    CHECK (stage <> 'open' OR (paper = 1 AND customer = '')),
    CHECK (paper = 1 OR electronic = 1)
);
CREATE INDEX receipt_route_by_line ON receipt_route (shop, line, n);
CREATE INDEX receipt_route_by_time ON receipt_route (shop, began_at);
CREATE INDEX receipt_route_unsettled ON receipt_route (shop, n) WHERE stage <> 'done';
CREATE INDEX receipt_route_by_customer ON receipt_route (customer) WHERE customer <> '';
