-- What is to be printed may be a document, or the bytes some till or desktop wrote for a printer of a profile.
ALTER TABLE spool_document ADD COLUMN form TEXT NOT NULL DEFAULT 'document' CHECK (form IN ('document', 'escpos'));
ALTER TABLE spool_document ADD COLUMN profile TEXT NOT NULL DEFAULT '';
