-- Durable work. document_id is no foreign key: a purge outlives its document.

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('ingest', 'purge', 'reindex')),
  guild_id TEXT NOT NULL,
  document_id INTEGER,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
  step TEXT NOT NULL DEFAULT 'waiting',
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  interruptions INTEGER NOT NULL DEFAULT 0, -- crashes in a row without progress
  not_before INTEGER NOT NULL DEFAULT 0,
  failure TEXT, -- JSON: why it failed, or why it waits
  reply_to TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;

CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_document ON jobs (document_id);
