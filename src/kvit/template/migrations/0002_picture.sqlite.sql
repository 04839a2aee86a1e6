-- Pictures a shop uploaded for its templates: named by their hash, kept as they came.
CREATE TABLE template_picture (
    shop TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    by_user TEXT NOT NULL,
    PRIMARY KEY (shop, sha256)
) STRICT;
