-- Messages to people and machines. Address and words are sealed; they are wiped when a message has ended. Times are
-- milliseconds since 1970.
CREATE TABLE notify_message (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    id TEXT NOT NULL CHECK (length(id) = 24),
    key BYTEA NOT NULL CHECK (length(key) = 32),
    fingerprint BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'sms', 'push', 'hook')),
    about TEXT NOT NULL,
    lane TEXT NOT NULL,
    endpoint TEXT NOT NULL DEFAULT '',
    event TEXT NOT NULL DEFAULT '',
    target BYTEA,
    content BYTEA,
    slot BYTEA,
    hint TEXT NOT NULL DEFAULT '',
    urgent BIGINT NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1)),
    parts BIGINT NOT NULL DEFAULT 0 CHECK (parts >= 0),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'done', 'dry', 'refused', 'unknown', 'expired', 'dropped')),
    tries BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    reason TEXT NOT NULL DEFAULT '',
    provider TEXT NOT NULL DEFAULT '',
    provider_id TEXT NOT NULL DEFAULT '',
    made_at BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (shop, key)
);
CREATE INDEX notify_message_waiting ON notify_message (lane, urgent DESC, due_at, n) WHERE state = 'waiting';
CREATE INDEX notify_message_ends ON notify_message (not_after) WHERE state IN ('waiting', 'sending');
CREATE INDEX notify_message_sending ON notify_message (n) WHERE state = 'sending';
CREATE INDEX notify_message_kept ON notify_message (changed_at)
    WHERE kind <> 'hook' AND (content IS NOT NULL OR target IS NOT NULL);
CREATE INDEX notify_message_told ON notify_message (changed_at) WHERE kind = 'hook' AND content IS NOT NULL;
CREATE INDEX notify_message_slot ON notify_message (slot) WHERE slot IS NOT NULL;
CREATE INDEX notify_message_by_shop ON notify_message (shop, n);
CREATE INDEX notify_message_by_endpoint ON notify_message (endpoint, n) WHERE endpoint <> '';
CREATE INDEX notify_message_by_event ON notify_message (endpoint, event) WHERE endpoint <> '';
CREATE INDEX notify_message_by_change ON notify_message (changed_at);

-- Ways on which something waits, or that are shut for now. ``told`` moves with every message that comes: a lane is given up
-- only where none has come since it was looked at.
CREATE TABLE notify_lane (
    lane TEXT PRIMARY KEY,
    told BIGINT NOT NULL DEFAULT 0,
    fails BIGINT NOT NULL DEFAULT 0 CHECK (fails >= 0),
    failing_since BIGINT NOT NULL DEFAULT 0,
    open_at BIGINT NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
);

-- How many were ordered on one day, under one heading. No address in clear stands here.
CREATE TABLE notify_count (
    shop TEXT NOT NULL,
    heading TEXT NOT NULL,
    day BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 0),
    PRIMARY KEY (shop, heading, day)
);
CREATE INDEX notify_count_by_day ON notify_count (day);

-- Who hears of events. Secrets are sealed.
CREATE TABLE notify_endpoint (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    name TEXT NOT NULL,
    events TEXT NOT NULL,
    secret BYTEA NOT NULL,
    before BYTEA,
    before_until BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('on', 'off', 'failed')),
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX notify_endpoint_by_shop ON notify_endpoint (shop, n);

-- Browsers that want pushes. The subscription is sealed; ``slot`` is the keyed hash of its address.
CREATE TABLE notify_browser (
    customer TEXT NOT NULL,
    slot BYTEA NOT NULL CHECK (length(slot) = 32),
    subscription BYTEA NOT NULL,
    language TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (customer, slot)
);
CREATE INDEX notify_browser_by_slot ON notify_browser (slot);
