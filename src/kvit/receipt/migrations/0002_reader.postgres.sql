-- Which reader (kvit.receipt.reading.version) read a receipt; 0: one before they were counted, -1: nobody, its data were told.
ALTER TABLE receipt ADD COLUMN reader BIGINT NOT NULL DEFAULT 0;
