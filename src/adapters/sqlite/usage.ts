import type { Database } from 'better-sqlite3';
import type { UsageRecord, UsageStore } from '../../knowledge/store-ports.ts';

const hourMs = 3_600_000;
type UsageRow = ReturnType<UsageStore['usageSince']>[number];

export function createUsage(db: Database): UsageStore {
  const add = db.prepare<[Omit<UsageRecord, 'at'> & { hour: number }]>(
    `INSERT INTO usage (hour, model, task, requests, input_tokens, output_tokens)
     VALUES (:hour, :model, :task, :requests, :inputTokens, :outputTokens)
     ON CONFLICT DO UPDATE SET requests = requests + excluded.requests,
       input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens`,
  );
  const since = db.prepare<[number], UsageRow>(
    `SELECT model, task, sum(requests) AS requests, sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens
     FROM usage WHERE hour >= ? GROUP BY model, task ORDER BY model, task`,
  );
  return {
    recordUsage({ at, model, task, requests, inputTokens, outputTokens }) {
      add.run({ hour: hourOf(at), model, task, requests, inputTokens, outputTokens });
    },
    /** Whole hours: the one that `since` falls into counts in full. */
    usageSince: (at) => since.all(hourOf(at)),
  };
}

function hourOf(at: number): number {
  return Math.floor(at / hourMs) * hourMs;
}
