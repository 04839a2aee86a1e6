-- What happened lately is told to the figures and to who listens; lines only come at the end, so the index only grows there.
CREATE INDEX spool_history_at ON spool_history (at);
