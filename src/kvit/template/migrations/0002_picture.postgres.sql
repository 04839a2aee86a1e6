-- Pictures a shop uploaded for its templates: named by their hash, kept as they came.
CREATE TABLE template_picture (
    shop TEXT NOT NULL,
    sha256 BYTEA NOT NULL CHECK (length(sha256) = 32),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body BYTEA NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    PRIMARY KEY (shop, sha256)
);
