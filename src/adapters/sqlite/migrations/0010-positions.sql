-- How far this database has come: each change moves a counter in the transaction that makes it, so that a backup can be held
-- against what is there. Talk is counted apart, as it asks for no backup by itself.

CREATE TABLE positions (
  counter TEXT PRIMARY KEY CHECK (counter IN ('knowledge', 'talk')),
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO positions (counter, value) VALUES ('knowledge', 0), ('talk', 0);

CREATE TRIGGER documents_counted_in AFTER INSERT ON documents BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
-- What is chunked, and in how many pieces, is work that a crash repeats.
CREATE TRIGGER documents_counted AFTER UPDATE OF state, title, name, url, content_hash ON documents BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
CREATE TRIGGER documents_counted_out AFTER DELETE ON documents BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;

-- What the bot notes for itself is no setting: `probe` is the volume's test row, `installation` says whose the volume is,
-- and what Discord and Gemini have said is asked of them again.
CREATE TRIGGER settings_counted_in AFTER INSERT ON settings
WHEN new.scope NOT IN ('probe', 'installation') AND new.key NOT LIKE 'discord.%' AND new.key NOT LIKE 'gemini.%' BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
CREATE TRIGGER settings_counted AFTER UPDATE ON settings
WHEN new.scope NOT IN ('probe', 'installation') AND new.key NOT LIKE 'discord.%' AND new.key NOT LIKE 'gemini.%' BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
CREATE TRIGGER settings_counted_out AFTER DELETE ON settings
WHEN old.scope NOT IN ('probe', 'installation') AND old.key NOT LIKE 'discord.%' AND old.key NOT LIKE 'gemini.%' BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;

CREATE TRIGGER forgotten_counted_in AFTER INSERT ON forgotten BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
CREATE TRIGGER forgotten_counted AFTER UPDATE ON forgotten BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
CREATE TRIGGER forgotten_counted_out AFTER DELETE ON forgotten BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;

CREATE TRIGGER dismissed_counted_in AFTER INSERT ON dismissed BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;
CREATE TRIGGER dismissed_counted_out AFTER DELETE ON dismissed BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'knowledge';
END;

CREATE TRIGGER questions_counted_in AFTER INSERT ON questions BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'talk';
END;
CREATE TRIGGER questions_counted AFTER UPDATE ON questions BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'talk';
END;
CREATE TRIGGER questions_counted_out AFTER DELETE ON questions BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'talk';
END;

CREATE TRIGGER feedback_counted_in AFTER INSERT ON feedback BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'talk';
END;
CREATE TRIGGER feedback_counted AFTER UPDATE ON feedback BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'talk';
END;
CREATE TRIGGER feedback_counted_out AFTER DELETE ON feedback BEGIN
  UPDATE positions SET value = value + 1 WHERE counter = 'talk';
END;

-- Since when there is knowledge that no backup has, to the minute. It is for people: a clock that jumps makes it wrong, and
-- decides nothing by that.
CREATE TABLE moments (
  minute INTEGER PRIMARY KEY, -- since the epoch
  knowledge INTEGER NOT NULL -- the position of the first change in it
) STRICT;

CREATE TRIGGER positions_dated AFTER UPDATE ON positions WHEN new.counter = 'knowledge' BEGIN
  -- Not OR IGNORE, whose place the statement that fired the trigger takes with its own way to meet a conflict.
  INSERT INTO moments (minute, knowledge) SELECT unixepoch() / 60, new.value
  WHERE NOT EXISTS (SELECT 1 FROM moments WHERE minute = unixepoch() / 60);
END;
CREATE TRIGGER moments_kept AFTER INSERT ON moments BEGIN
  DELETE FROM moments WHERE minute < new.minute - 50000;
END;
