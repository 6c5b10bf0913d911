-- Questions go after a while, and a person's when they ask for it. What they counted stays, by the hour they were asked in.

CREATE TABLE figures (
  hour INTEGER PRIMARY KEY, -- its beginning, ms since the epoch
  questions INTEGER NOT NULL DEFAULT 0,
  answered INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  up INTEGER NOT NULL DEFAULT 0,
  down INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who asked to be forgotten, and when last: what is older is removed again wherever it comes back from.
CREATE TABLE forgotten (
  user_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX questions_by_person ON questions (user_id, asked_at);
CREATE INDEX feedback_by_person ON feedback (user_id, voted_at);
CREATE INDEX documents_by_person ON documents (added_by, added_at);
