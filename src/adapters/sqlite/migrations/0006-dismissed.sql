-- Questions without an answer that somebody put aside: they are listed nowhere. The words themselves are not kept, so that
-- nothing of a person is in here.

CREATE TABLE dismissed (
  guild_id TEXT NOT NULL,
  question_key TEXT NOT NULL, -- a hash of the normalised question
  at INTEGER NOT NULL,
  PRIMARY KEY (guild_id, question_key)
) STRICT, WITHOUT ROWID;
