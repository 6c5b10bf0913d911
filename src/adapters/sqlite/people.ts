import type { Database } from 'better-sqlite3';
import { emptyLog } from './wipe.ts';
import {
  FORGOTTEN,
  type PeopleStore,
  type PersonCounts,
  type PersonDocument,
  type PersonQuestion,
  type PersonVote,
} from '../../knowledge/people-ports.ts';

type Of<T> = { readonly userId: string } & T;
type Page = Of<{ readonly after: number; readonly limit: number }>;
type Until = Of<{ readonly at: number; readonly limit: number }>;

const ADDED = `ON CONFLICT (hour) DO UPDATE SET questions = questions + excluded.questions, answered = answered + excluded.answered,
  refused = refused + excluded.refused, failed = failed + excluded.failed, up = up + excluded.up, down = down + excluded.down`;

export function createPeople(db: Database): PeopleStore {
  const count = db.prepare<[{ userId: string }], PersonCounts>(
    `SELECT (SELECT count(*) FROM questions WHERE user_id = :userId) AS questions,
       (SELECT count(*) FROM feedback WHERE user_id = :userId) AS votes,
       (SELECT count(*) FROM documents WHERE added_by = :userId AND state <> 'removed') AS documents`,
  );
  const questions = db.prepare<[Page], PersonQuestion>(
    `SELECT id, guild_id AS guildId, channel_id AS channelId, question, answer, outcome, asked_at AS askedAt
     FROM questions WHERE user_id = :userId AND id > :after ORDER BY id LIMIT :limit`,
  );
  const votes = db.prepare<[Page], PersonVote>(
    `SELECT f.question_id AS questionId, q.guild_id AS guildId, f.vote, f.voted_at AS votedAt
     FROM feedback f JOIN questions q ON q.id = f.question_id
     WHERE f.user_id = :userId AND f.question_id > :after ORDER BY f.question_id LIMIT :limit`,
  );
  const documents = db.prepare<[Page], PersonDocument>(
    `SELECT id, guild_id AS guildId, title, name, url, size_bytes AS sizeBytes, added_at AS addedAt
     FROM documents WHERE added_by = :userId AND id > :after AND state <> 'removed' ORDER BY id LIMIT :limit`,
  );

  const oldest = db
    .prepare<[number, number], number>('SELECT id FROM questions WHERE asked_at < ? ORDER BY asked_at LIMIT ?')
    .pluck();
  const own = db
    .prepare<[Until], number>('SELECT id FROM questions WHERE user_id = :userId AND asked_at <= :at LIMIT :limit')
    .pluck();
  const keepFigures = db.prepare<[string]>(
    `INSERT INTO figures (hour, questions, answered, refused, failed)
     SELECT asked_at / 3600000 * 3600000, count(*), count(*) FILTER (WHERE outcome = 'answered'),
       count(*) FILTER (WHERE outcome = 'refused'), count(*) FILTER (WHERE outcome = 'failed')
     FROM questions WHERE id IN (SELECT value FROM json_each(?)) GROUP BY 1 ${ADDED}`,
  );
  const keepVotes = (where: string) =>
    `INSERT INTO figures (hour, up, down)
     SELECT voted_at / 3600000 * 3600000, count(*) FILTER (WHERE vote = 'up'), count(*) FILTER (WHERE vote = 'down')
     FROM feedback WHERE ${where} GROUP BY 1 ${ADDED}`;
  const keepVotesOn = db.prepare<[string]>(keepVotes('question_id IN (SELECT value FROM json_each(?))'));
  const remove = db.prepare<[string]>('DELETE FROM questions WHERE id IN (SELECT value FROM json_each(?))');
  const ownVotes = `user_id = :userId AND question_id IN (
    SELECT question_id FROM feedback WHERE user_id = :userId AND voted_at <= :at ORDER BY voted_at LIMIT :limit)`;
  const keepOwnVotes = db.prepare<[Until]>(keepVotes(ownVotes));
  const removeVotes = db.prepare<[Until]>(`DELETE FROM feedback WHERE ${ownVotes}`);

  const unname = db.prepare<[string, Until]>(
    `UPDATE documents SET added_by = ?, checksum = NULL WHERE id IN (
       SELECT id FROM documents WHERE added_by = :userId AND added_at <= :at LIMIT :limit)`,
  );
  const unnameJobs = db.prepare<[{ userId: string; at: number }]>(
    "UPDATE jobs SET reply_to = NULL WHERE created_at <= :at AND json_valid(reply_to) AND reply_to ->> '$.userId' = :userId",
  );
  const list = db.prepare<[], { userId: string; at: number }>('SELECT user_id AS userId, at FROM forgotten');
  const bury = db.prepare<[{ userId: string; at: number }]>(
    'INSERT INTO forgotten (user_id, at) VALUES (:userId, :at) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)',
  );

  const atOnce = <Result>(work: () => Result): Result => db.transaction(work).immediate();

  function removeQuestions(ids: readonly number[]): number {
    const these = JSON.stringify(ids);
    keepFigures.run(these);
    keepVotesOn.run(these);
    return remove.run(these).changes;
  }

  return {
    countOf: (userId) => count.get({ userId }) ?? { questions: 0, votes: 0, documents: 0 },
    questionsOf: (userId, page) => questions.all({ userId, ...page }),
    votesOf: (userId, page) => votes.all({ userId, ...page }),
    documentsOf: (userId, page) => documents.all({ userId, ...page }),
    removeQuestionsBefore: (time, limit) => atOnce(() => removeQuestions(oldest.all(time, limit))),
    removeQuestionsOf: (tombstone, limit) => atOnce(() => removeQuestions(own.all({ ...tombstone, limit }))),
    removeVotesOf: (tombstone, limit) =>
      atOnce(() => {
        keepOwnVotes.run({ ...tombstone, limit });
        return removeVotes.run({ ...tombstone, limit }).changes;
      }),
    unnameDocumentsOf: (tombstone, limit) => atOnce(() => unname.run(FORGOTTEN, { ...tombstone, limit }).changes),
    unnameJobsOf: (tombstone) => atOnce(() => void unnameJobs.run({ ...tombstone })),
    emptyLog: () => emptyLog(db),
    forgotten: () => list.all(),
    saveForgotten: (tombstones) =>
      atOnce(() => {
        for (const tombstone of tombstones) bury.run({ ...tombstone });
      }),
  };
}
