-- Who may: users, sessions, the first code, keys, tries, the audit log. Times: seconds since 1970 (UTC).
CREATE TABLE access_user (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    disabled_at INTEGER,
    totp_secret BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    UNIQUE (shop, folded)
) STRICT;

CREATE TABLE access_session (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    user_id TEXT NOT NULL REFERENCES access_user (id),
    made_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_session_by_user ON access_session (user_id);
CREATE INDEX access_session_by_seen ON access_session (seen_at);

CREATE TABLE access_code (
    shop TEXT PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    scopes TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX access_key_by_shop ON access_key (shop, made_at);

CREATE TABLE access_throttle (
    slot BLOB PRIMARY KEY CHECK (length(slot) = 32),
    tries INTEGER NOT NULL,
    tried_at INTEGER NOT NULL,
    open_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_throttle_by_time ON access_throttle (tried_at);

CREATE TABLE access_audit_head (
    shop TEXT PRIMARY KEY,
    n INTEGER NOT NULL CHECK (n >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER access_audit_head_kept BEFORE DELETE ON access_audit_head BEGIN
    SELECT RAISE(ABORT, 'the head of the audit log is never deleted');
END;
CREATE TRIGGER access_audit_head_forward BEFORE UPDATE ON access_audit_head WHEN NEW.shop <> OLD.shop OR NEW.n < OLD.n BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TABLE access_audit (
    shop TEXT NOT NULL REFERENCES access_audit_head (shop),
    n INTEGER NOT NULL CHECK (n > 0),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (shop, n)
) STRICT;
CREATE TRIGGER access_audit_fixed BEFORE UPDATE ON access_audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER access_audit_kept BEFORE DELETE ON access_audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is never deleted');
END;
-- INSERT OR REPLACE would delete without the trigger above.
CREATE TRIGGER access_audit_once BEFORE INSERT ON access_audit
WHEN EXISTS (SELECT 1 FROM access_audit WHERE shop = NEW.shop AND n = NEW.n) BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
