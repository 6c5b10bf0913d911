import type { Database } from 'better-sqlite3';
import {
  NO_FIGURES,
  sumOf,
  type Insights,
  type QuestionFigures,
  type UnansweredQuestion,
} from '../../knowledge/store-ports.ts';

const MOST_LOOKED_AT = 1_000;
/** Where an answer was for one person alone, the channel is `CHANNEL/USER`. */
const PRIVATE = "instr(channel_id, '/') > 0";

export function createInsights(db: Database): Insights {
  // Both are read from an index alone: the questions and answers themselves are not touched.
  const asked = db.prepare<[number, number], Omit<QuestionFigures, 'up' | 'down'>>(
    `SELECT count(*) AS questions, count(*) FILTER (WHERE outcome = 'answered') AS answered,
       count(*) FILTER (WHERE outcome = 'refused') AS refused, count(*) FILTER (WHERE outcome = 'failed') AS failed
     FROM questions WHERE asked_at >= ? AND asked_at < ?`,
  );
  const voted = db.prepare<[number, number], Pick<QuestionFigures, 'up' | 'down'>>(
    `SELECT count(*) FILTER (WHERE vote = 'up') AS up, count(*) FILTER (WHERE vote = 'down') AS down
     FROM feedback WHERE voted_at >= ? AND voted_at < ?`,
  );
  // What was removed since goes on counting.
  const before = db.prepare<[number, number], QuestionFigures>(
    `SELECT coalesce(sum(questions), 0) AS questions, coalesce(sum(answered), 0) AS answered,
       coalesce(sum(refused), 0) AS refused, coalesce(sum(failed), 0) AS failed, coalesce(sum(up), 0) AS up,
       coalesce(sum(down), 0) AS down
     FROM figures WHERE hour >= ? AND hour < ?`,
  );
  const unanswered = db.prepare<[number, number, number], UnansweredQuestion>(
    `SELECT guild_id AS guildId, question, count(*) AS times, max(asked_at) AS lastAskedAt
     FROM (SELECT guild_id, question, asked_at FROM questions
           WHERE outcome <> 'answered' AND NOT ${PRIVATE} AND asked_at >= ? ORDER BY asked_at DESC LIMIT ?)
     GROUP BY guild_id, lower(trim(question)) ORDER BY times DESC, lastAskedAt DESC LIMIT ?`,
  );
  const unansweredPrivately = db
    .prepare<[number], number>(
      `SELECT count(*) FROM questions WHERE outcome <> 'answered' AND ${PRIVATE} AND asked_at >= ?`,
    )
    .pluck();
  return {
    figures: (from, until) =>
      sumOf(
        { ...NO_FIGURES, ...asked.get(from, until), ...voted.get(from, until) },
        before.get(from, until) ?? NO_FIGURES,
      ),
    unanswered: (since, limit) => unanswered.all(since, MOST_LOOKED_AT, limit),
    unansweredPrivately: (since) => unansweredPrivately.get(since) ?? 0,
  };
}
