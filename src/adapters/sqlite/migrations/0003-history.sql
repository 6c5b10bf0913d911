-- What was asked, answered, voted and used, and small settings.

CREATE TABLE questions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  guild_id TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'refused', 'failed')),
  rung TEXT NOT NULL,
  engine TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  asked_at INTEGER NOT NULL
) STRICT;

CREATE INDEX questions_by_guild ON questions (guild_id, asked_at);
CREATE INDEX questions_by_channel ON questions (channel_id, id);

-- A question's answer can be spread over several messages.
CREATE TABLE question_messages (
  message_id TEXT PRIMARY KEY,
  question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX question_messages_by_question ON question_messages (question_id);

-- chunk_id is no foreign key: the record of an answer outlives the document it was made of.
CREATE TABLE question_passages (
  question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('given', 'cited')),
  position INTEGER NOT NULL,
  chunk_id INTEGER NOT NULL,
  PRIMARY KEY (question_id, role, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (
  question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL,
  vote TEXT NOT NULL CHECK (vote IN ('up', 'down')),
  voted_at INTEGER NOT NULL,
  PRIMARY KEY (question_id, user_id)
) STRICT, WITHOUT ROWID;

-- By the hour, because a vendor's day does not begin at midnight UTC.
CREATE TABLE usage (
  hour INTEGER NOT NULL, -- its beginning, ms since the epoch
  model TEXT NOT NULL,
  task TEXT NOT NULL CHECK (task IN ('embed', 'generate')),
  requests INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  PRIMARY KEY (hour, model, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL, -- JSON
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
