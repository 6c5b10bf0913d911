import type { Database } from 'better-sqlite3';
import { questionKey } from '../../knowledge/question-model.ts';
import {
  NO_FIGURES,
  sumOf,
  type Insights,
  type QuestionFigures,
  type UnansweredQuestion,
} from '../../knowledge/store-ports.ts';

const MOST_LOOKED_AT = 1_000;
/** Where an answer was for one person alone, the channel is `CHANNEL/USER`. */
export const PRIVATE = "instr(channel_id, '/') > 0";

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
  const newest = db.prepare<[number, number], Omit<UnansweredQuestion, 'key' | 'times'>>(
    `SELECT guild_id AS guildId, question, asked_at AS lastAskedAt FROM questions
     WHERE outcome <> 'answered' AND NOT ${PRIVATE} AND asked_at >= ? ORDER BY asked_at DESC LIMIT ?`,
  );
  const newestIn = db.prepare<[string, number, number], Omit<UnansweredQuestion, 'key' | 'times'>>(
    `SELECT guild_id AS guildId, question, asked_at AS lastAskedAt FROM questions
     WHERE guild_id = ? AND outcome <> 'answered' AND NOT ${PRIVATE} AND asked_at >= ? ORDER BY asked_at DESC LIMIT ?`,
  );
  const isDismissed = db.prepare<[string, string]>('SELECT 1 FROM dismissed WHERE guild_id = ? AND question_key = ?');
  const dismiss = db.prepare<[string, string, number]>(
    'INSERT INTO dismissed (guild_id, question_key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const bringBack = db.prepare<[string, string]>('DELETE FROM dismissed WHERE guild_id = ? AND question_key = ?');
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
    unanswered(since, limit, guildId) {
      const asked =
        guildId === undefined ? newest.all(since, MOST_LOOKED_AT) : newestIn.all(guildId, since, MOST_LOOKED_AT);
      return counted(asked)
        .filter((one) => isDismissed.get(one.guildId, one.key) === undefined)
        .toSorted((a, b) => b.times - a.times || b.lastAskedAt - a.lastAskedAt)
        .slice(0, limit);
    },
    dismiss: (guildId, key, now) => void dismiss.run(guildId, key, now),
    bringBack: (guildId, key) => void bringBack.run(guildId, key),
    unansweredPrivately: (since) => unansweredPrivately.get(since) ?? 0,
  };
}

/** Repeats as one, in the words that come first: those of the newest. */
function counted(asked: readonly Omit<UnansweredQuestion, 'key' | 'times'>[]): UnansweredQuestion[] {
  const found = new Map<string, UnansweredQuestion>();
  for (const one of asked) {
    const key = questionKey(one.question);
    const before = found.get(`${one.guildId} ${key}`);
    found.set(
      `${one.guildId} ${key}`,
      before === undefined ? { ...one, key, times: 1 } : { ...before, times: before.times + 1 },
    );
  }
  return [...found.values()];
}
