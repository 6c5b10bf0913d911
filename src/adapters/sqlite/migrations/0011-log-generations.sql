-- Ties a write-ahead log to the database file that it was begun over: each log begins with the name of its own generation
-- and of the one before, which that file ends with. Names carry SQLite's schema counter, which never goes back.

CREATE TABLE log_generations (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  previous TEXT NOT NULL,
  current TEXT NOT NULL
) STRICT;

INSERT INTO log_generations VALUES (1, 'nescordbot-log:none:0', 'nescordbot-log:' || lower(hex(randomblob(16))) || ':0');
