-- Templates: layouts by shop and business, published versions that never change, the shops' dynamic values. Times are ms.
CREATE TABLE template (
    id INTEGER PRIMARY KEY,
    shop TEXT NOT NULL,
    business TEXT NOT NULL,
    variant TEXT NOT NULL,
    current INTEGER NOT NULL DEFAULT 0 CHECK (current >= 0 AND current <= last),
    last INTEGER NOT NULL DEFAULT 0,
    draft TEXT,
    changed_at INTEGER NOT NULL,
    UNIQUE (shop, business, variant)
) STRICT;

CREATE TABLE template_version (
    template INTEGER NOT NULL REFERENCES template (id),
    version INTEGER NOT NULL CHECK (version > 0),
    at INTEGER NOT NULL,
    by_user TEXT NOT NULL,
    note TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    of_version INTEGER,
    requires TEXT NOT NULL,
    PRIMARY KEY (template, version)
) STRICT;

CREATE TABLE template_layout (
    template INTEGER NOT NULL,
    version INTEGER NOT NULL,
    place INTEGER NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    sort_weight INTEGER NOT NULL,
    PRIMARY KEY (template, version, place),
    FOREIGN KEY (template, version) REFERENCES template_version (template, version)
) STRICT;

CREATE TABLE template_params (
    shop TEXT NOT NULL,
    business TEXT NOT NULL,
    type TEXT NOT NULL,
    params TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    by_user TEXT NOT NULL,
    PRIMARY KEY (shop, business, type)
) STRICT;

CREATE TABLE template_params_history (
    n INTEGER PRIMARY KEY,
    shop TEXT NOT NULL,
    business TEXT NOT NULL,
    type TEXT NOT NULL,
    params TEXT NOT NULL,
    at INTEGER NOT NULL,
    by_user TEXT NOT NULL
) STRICT;
CREATE INDEX template_params_history_by_place ON template_params_history (shop, business, type, n);

-- The two tables as the source draws them: what prints now, and the dynamic values.
CREATE VIEW base_template AS
    SELECT t.shop AS "shopId", t.business AS "business", l.type AS "type", l.content AS "content",
        l.sort_weight AS "sortWeight"
    FROM template t JOIN template_layout l ON l.template = t.id AND l.version = t.current WHERE t.variant = '';
CREATE VIEW dynamic_params AS
    SELECT shop AS "shopId", business AS "business", type AS "type", params AS "params" FROM template_params;

CREATE TRIGGER template_version_fixed BEFORE UPDATE ON template_version BEGIN
    SELECT RAISE(ABORT, 'a published version never changes');
END;
CREATE TRIGGER template_version_kept BEFORE DELETE ON template_version BEGIN
    SELECT RAISE(ABORT, 'a published version never changes');
END;
CREATE TRIGGER template_layout_fixed BEFORE UPDATE ON template_layout BEGIN
    SELECT RAISE(ABORT, 'a published version never changes');
END;
CREATE TRIGGER template_layout_kept BEFORE DELETE ON template_layout BEGIN
    SELECT RAISE(ABORT, 'a published version never changes');
END;
