-- Who may: users, sessions, the first code, keys, tries, the audit log. Times: seconds since 1970 (UTC).
CREATE TABLE access_user (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    disabled_at BIGINT,
    totp_secret BYTEA,
    totp_step BIGINT NOT NULL DEFAULT 0,
    UNIQUE (shop, folded)
);

CREATE TABLE access_session (
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    user_id TEXT NOT NULL REFERENCES access_user (id),
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX access_session_by_user ON access_session (user_id);
CREATE INDEX access_session_by_seen ON access_session (seen_at);

CREATE TABLE access_code (
    shop TEXT PRIMARY KEY,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE access_key (
    id TEXT PRIMARY KEY,
    shop TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    scopes TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX access_key_by_shop ON access_key (shop, made_at);

CREATE TABLE access_throttle (
    slot BYTEA PRIMARY KEY CHECK (length(slot) = 32),
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    open_at BIGINT NOT NULL
);
CREATE INDEX access_throttle_by_time ON access_throttle (tried_at);

CREATE TABLE access_audit_head (
    shop TEXT PRIMARY KEY,
    n BIGINT NOT NULL CHECK (n >= 0),
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);
CREATE TABLE access_audit (
    shop TEXT NOT NULL REFERENCES access_audit_head (shop),
    n BIGINT NOT NULL CHECK (n > 0),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BYTEA NOT NULL CHECK (length(previous) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (shop, n)
);

CREATE FUNCTION access_refuse () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows';
END
$$;
CREATE TRIGGER access_audit_head_kept BEFORE DELETE OR TRUNCATE ON access_audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse ();
CREATE TRIGGER access_audit_head_forward BEFORE UPDATE ON access_audit_head
    FOR EACH ROW WHEN (NEW.shop <> OLD.shop OR NEW.n < OLD.n) EXECUTE FUNCTION access_refuse ();
CREATE TRIGGER access_audit_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON access_audit
    FOR EACH STATEMENT EXECUTE FUNCTION access_refuse ();
