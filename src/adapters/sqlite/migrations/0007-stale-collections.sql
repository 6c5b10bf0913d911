-- Servers whose collection in the index must be made anew: vectors that were removed may still be in its files. Marked in
-- the transaction that removes them, so that no crash forgets it; counted, so that a later mark outlives the work for an
-- earlier one.

CREATE TABLE stale_collections (
  guild_id TEXT PRIMARY KEY,
  marks INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
