import type { Database } from 'better-sqlite3';
import { UNRECORDED, type HistoryStore, type RecordedQuestion } from '../../knowledge/store-ports.ts';

interface QuestionRow {
  readonly id: number;
  readonly guild_id: string;
  readonly channel_id: string;
  readonly user_id: string;
  readonly question: string;
  readonly answer: string;
  readonly outcome: RecordedQuestion['outcome'];
  readonly rung: string;
  readonly engine: string;
  readonly duration_ms: number;
  readonly asked_at: number;
}

type Summary = ReturnType<HistoryStore['summary']>;

export function createHistory(db: Database): HistoryStore {
  const insert = db.prepare<[Omit<RecordedQuestion, 'chunkIds' | 'citedChunkIds'>]>(
    `INSERT INTO questions (guild_id, channel_id, user_id, question, answer, outcome, rung, engine, duration_ms, asked_at)
     VALUES (:guildId, :channelId, :userId, :question, :answer, :outcome, :rung, :engine, :durationMs, :askedAt)`,
  );
  const isForgotten = db
    .prepare<[{ userId: string; askedAt: number }], number>(
      'SELECT 1 FROM forgotten WHERE user_id = :userId AND at >= :askedAt',
    )
    .pluck();
  const insertPassage = db.prepare<[number, string, number, number]>(
    'INSERT INTO question_passages (question_id, role, position, chunk_id) VALUES (?, ?, ?, ?)',
  );
  const passages = db
    .prepare<[number, string], number>(
      'SELECT chunk_id FROM question_passages WHERE question_id = ? AND role = ? ORDER BY position',
    )
    .pluck();
  const extend = db.prepare<[string, number]>('UPDATE questions SET answer = ? WHERE id = ?');
  const uncite = db.prepare<[number]>("DELETE FROM question_passages WHERE question_id = ? AND role = 'cited'");
  const byId = db.prepare<[number], QuestionRow>('SELECT * FROM questions WHERE id = ?');
  const byMessage = db.prepare<[string], QuestionRow>(
    'SELECT q.* FROM questions q JOIN question_messages m ON m.question_id = q.id WHERE m.message_id = ?',
  );
  const link = db.prepare<[string, number]>(
    `INSERT INTO question_messages (message_id, question_id) SELECT ?, id FROM questions WHERE id = ?
     ON CONFLICT DO UPDATE SET question_id = excluded.question_id`,
  );
  const recent = db.prepare<[string, number], QuestionRow>(
    'SELECT * FROM questions WHERE channel_id = ? ORDER BY id DESC LIMIT ?',
  );
  const vote = db.prepare<[string, 'up' | 'down', number, number]>(
    `INSERT INTO feedback (question_id, user_id, vote, voted_at) SELECT id, ?, ?, ? FROM questions WHERE id = ?
     ON CONFLICT DO UPDATE SET vote = excluded.vote, voted_at = excluded.voted_at`,
  );
  const votes = db.prepare<[number], { up: number; down: number }>(
    `SELECT count(*) FILTER (WHERE vote = 'up') AS up, count(*) FILTER (WHERE vote = 'down') AS down
     FROM feedback WHERE question_id = ?`,
  );
  const asked = db.prepare<[string, number], Pick<Summary, 'questions' | 'answered' | 'refused'>>(
    `SELECT count(*) AS questions, count(*) FILTER (WHERE outcome = 'answered') AS answered,
       count(*) FILTER (WHERE outcome = 'refused') AS refused FROM questions WHERE guild_id = ? AND asked_at >= ?`,
  );
  const voted = db.prepare<[string, number], Pick<Summary, 'up' | 'down'>>(
    `SELECT count(*) FILTER (WHERE vote = 'up') AS up, count(*) FILTER (WHERE vote = 'down') AS down
     FROM feedback f JOIN questions q ON q.id = f.question_id WHERE q.guild_id = ? AND q.asked_at >= ?`,
  );

  function toQuestion(row: QuestionRow): RecordedQuestion & { id: number } {
    return {
      id: row.id,
      guildId: row.guild_id,
      channelId: row.channel_id,
      userId: row.user_id,
      question: row.question,
      answer: row.answer,
      outcome: row.outcome,
      rung: row.rung,
      engine: row.engine,
      chunkIds: passages.all(row.id, 'given'),
      citedChunkIds: passages.all(row.id, 'cited'),
      durationMs: row.duration_ms,
      askedAt: row.asked_at,
    };
  }
  const orNull = (row: QuestionRow | undefined) => (row ? toQuestion(row) : null);

  const extendAnswer = db.transaction<HistoryStore['extendAnswer']>((id, { answer, citedChunkIds }) => {
    if (extend.run(answer, id).changes === 0) return;
    uncite.run(id);
    for (const [position, chunkId] of citedChunkIds.entries()) insertPassage.run(id, 'cited', position, chunkId);
  });
  const record = db.transaction((given: RecordedQuestion) => {
    const { chunkIds, citedChunkIds, durationMs, ...columns } = given;
    const { userId, askedAt } = given;
    if (isForgotten.get({ userId, askedAt }) !== undefined) return UNRECORDED;
    const id = Number(insert.run({ ...columns, durationMs: Math.round(durationMs) }).lastInsertRowid);
    for (const [position, chunkId] of chunkIds.entries()) insertPassage.run(id, 'given', position, chunkId);
    for (const [position, chunkId] of citedChunkIds.entries()) insertPassage.run(id, 'cited', position, chunkId);
    return id;
  });

  return {
    recordQuestion: (given) => record.immediate(given),
    extendAnswer: (id, change) => extendAnswer.immediate(id, change),
    question: (id) => orNull(byId.get(id)),
    linkMessage: (questionId, messageId) => void link.run(messageId, questionId),
    questionByMessage: (messageId) => orNull(byMessage.get(messageId)),
    recentQuestions: (channelId, limit) => recent.all(channelId, limit).reverse().map(toQuestion),
    recordFeedback: (questionId, userId, given, now) => vote.run(userId, given, now, questionId).changes > 0,
    feedback: (questionId) => votes.get(questionId) ?? { up: 0, down: 0 },
    summary: (guildId, since) => ({
      ...(asked.get(guildId, since) ?? { questions: 0, answered: 0, refused: 0 }),
      ...(voted.get(guildId, since) ?? { up: 0, down: 0 }),
    }),
  };
}
