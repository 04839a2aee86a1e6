-- Templates: layouts by shop and business, published versions that never change, the shops' dynamic values. Times are ms.
CREATE TABLE template (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    business TEXT NOT NULL,
    variant TEXT NOT NULL,
    current BIGINT NOT NULL DEFAULT 0 CHECK (current >= 0 AND current <= last),
    last BIGINT NOT NULL DEFAULT 0,
    draft TEXT,
    changed_at BIGINT NOT NULL,
    UNIQUE (shop, business, variant)
);

CREATE TABLE template_version (
    template BIGINT NOT NULL REFERENCES template (id),
    version BIGINT NOT NULL CHECK (version > 0),
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    note TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    of_version BIGINT,
    requires TEXT NOT NULL,
    PRIMARY KEY (template, version)
);

CREATE TABLE template_layout (
    template BIGINT NOT NULL,
    version BIGINT NOT NULL,
    place BIGINT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    sort_weight BIGINT NOT NULL,
    PRIMARY KEY (template, version, place),
    FOREIGN KEY (template, version) REFERENCES template_version (template, version)
);

CREATE TABLE template_params (
    shop TEXT NOT NULL,
    business TEXT NOT NULL,
    type TEXT NOT NULL,
    params TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    PRIMARY KEY (shop, business, type)
);

CREATE TABLE template_params_history (
    n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop TEXT NOT NULL,
    business TEXT NOT NULL,
    type TEXT NOT NULL,
    params TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL
);
CREATE INDEX template_params_history_by_place ON template_params_history (shop, business, type, n);

-- The two tables as the source draws them: what prints now, and the dynamic values.
CREATE VIEW base_template AS
    SELECT t.shop AS "shopId", t.business AS "business", l.type AS "type", l.content AS "content",
        l.sort_weight AS "sortWeight"
    FROM template t JOIN template_layout l ON l.template = t.id AND l.version = t.current WHERE t.variant = '';
CREATE VIEW dynamic_params AS
    SELECT shop AS "shopId", business AS "business", type AS "type", params AS "params" FROM template_params;

CREATE FUNCTION template_refuse () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version never changes';
END
$$;
CREATE TRIGGER template_version_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON template_version
    FOR EACH STATEMENT EXECUTE FUNCTION template_refuse ();
CREATE TRIGGER template_layout_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON template_layout
    FOR EACH STATEMENT EXECUTE FUNCTION template_refuse ();
