-- Documents, their passages and vectors. Ids are AUTOINCREMENT because the vector index refers to them: an id that came
-- back after a deletion would give an old vector a new text.

CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  guild_id TEXT NOT NULL,
  title TEXT NOT NULL,
  name TEXT NOT NULL,
  search_key TEXT NOT NULL, -- title and name folded, for autocomplete
  url TEXT,
  content_hash TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'ready', 'failed', 'removed')),
  chunked INTEGER NOT NULL DEFAULT 0, -- 1 when every chunk is written
  chunk_count INTEGER NOT NULL DEFAULT 0,
  failure TEXT -- JSON: words in one language or in all
) STRICT;

CREATE UNIQUE INDEX documents_by_content ON documents (guild_id, content_hash) WHERE state <> 'removed';
CREATE INDEX documents_by_guild ON documents (guild_id, state);

-- Apart, so that listing documents does not read their bytes.
CREATE TABLE document_contents (
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  content BLOB NOT NULL
) STRICT;

CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  guild_id TEXT NOT NULL, -- the document's, so that a guild's pages do not walk through those of others
  ordinal INTEGER NOT NULL,
  headings TEXT NOT NULL, -- JSON array
  text TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  text_hash TEXT NOT NULL,
  words TEXT NOT NULL -- kept, so that another tokenizer needs no chunking
) STRICT;

CREATE UNIQUE INDEX chunks_by_document ON chunks (document_id, ordinal);
CREATE INDEX chunks_of_document ON chunks (document_id); -- by id within a document: pages of vectors need no sorting
CREATE INDEX chunks_by_guild ON chunks (guild_id);
CREATE INDEX chunks_by_text ON chunks (text_hash);

-- The guild is a column of the index, so that a guild's search does not rank the passages of others.
CREATE VIRTUAL TABLE chunk_words USING fts5 (
  guild_id, place, words, content = '', contentless_delete = 1, tokenize = 'porter unicode61'
);

-- Otherwise a deletion that passes a tenth of the index rewrites it at once, which takes long; ordinary merges, which
-- come in small steps, take the deleted entries away too.
INSERT INTO chunk_words (chunk_words, rank) VALUES ('deletemerge', 0);

CREATE TRIGGER chunks_inserted AFTER INSERT ON chunks BEGIN
  INSERT INTO chunk_words (rowid, guild_id, place, words) VALUES (
    new.id, new.guild_id,
    substr(new.words, 1, instr(new.words, char(10))), substr(new.words, instr(new.words, char(10)) + 1)
  );
END;

CREATE TRIGGER chunks_deleted AFTER DELETE ON chunks BEGIN
  DELETE FROM chunk_words WHERE rowid = old.id;
END;

-- Where vectors are comparable (model, dimensions, task scheme); a small number stands for the long name.
CREATE TABLE spaces (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE vectors (
  id INTEGER PRIMARY KEY,
  chunk_id INTEGER NOT NULL REFERENCES chunks (id) ON DELETE CASCADE,
  space INTEGER NOT NULL REFERENCES spaces (key),
  vector BLOB NOT NULL -- little-endian float32
) STRICT;

CREATE UNIQUE INDEX vectors_by_chunk ON vectors (chunk_id, space);
