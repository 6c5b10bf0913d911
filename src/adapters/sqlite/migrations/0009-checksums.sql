-- What of a row reaches people, so that a bit that turned on the disk is noticed: SQLite's own check does not look at values.
-- Null in rows of before, which are checked by the hashes that they have and then given one, some at a time, at night.

ALTER TABLE documents ADD COLUMN checksum INTEGER;
ALTER TABLE chunks ADD COLUMN checksum INTEGER;
ALTER TABLE vectors ADD COLUMN checksum INTEGER;
