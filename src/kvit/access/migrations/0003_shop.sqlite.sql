-- The shops this installation keeps books for, beside its own (that of kvit.toml). Times: seconds since 1970.
CREATE TABLE access_shop (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    language TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
