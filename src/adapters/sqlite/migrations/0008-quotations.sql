-- The answers that quote a document are sought when it is removed.

CREATE INDEX question_passages_by_chunk ON question_passages (chunk_id);
