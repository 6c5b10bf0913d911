import { setImmediate } from 'node:timers/promises';
import type { Static } from 'typebox';
import type { Insights, QuestionFigures } from '../knowledge/store-ports.ts';
import type { Figures } from './schemas/overview.ts';
import { iso } from './schemas/common.ts';

type FiguresView = Static<typeof Figures>;

const DAY_MS = 24 * 3_600_000;
const DAYS = 30;
const UNANSWERED = 20;
const FRESH_MS = 10_000;

const none: QuestionFigures = { questions: 0, answered: 0, refused: 0, failed: 0, up: 0, down: 0 };

/** What was asked in the last 30 days. Day by day, so that nobody waits for a long query; kept for a few seconds. */
export function createFigures(options: { readonly insights: () => Insights; readonly clock: () => number }) {
  const { insights, clock } = options;
  let known: { readonly at: number; readonly figures: Promise<FiguresView> } | null = null;

  async function count(): Promise<FiguresView> {
    const today = Math.floor(clock() / DAY_MS) * DAY_MS;
    const days: FiguresView['days'] = [];
    let totals = none;
    for (let from = today - (DAYS - 1) * DAY_MS; from <= today; from += DAY_MS) {
      const figures = insights().figures(from, from + DAY_MS);
      days.push({ day: iso(from).slice(0, 10), ...figures });
      totals = sum(totals, figures);
      await setImmediate();
    }
    const unanswered = insights()
      .unanswered(today - (DAYS - 1) * DAY_MS, UNANSWERED)
      .map(({ question, guildId, times, lastAskedAt }) => ({
        question,
        guild: guildId,
        times,
        lastAskedAt: iso(lastAskedAt),
      }));
    return { days, totals, unanswered };
  }

  return (): Promise<FiguresView> => {
    if (known !== null && clock() - known.at < FRESH_MS) return known.figures;
    const figures = count();
    known = { at: clock(), figures };
    figures.catch(() => {
      known = null;
    });
    return figures;
  };
}

function sum(a: QuestionFigures, b: QuestionFigures): QuestionFigures {
  return {
    questions: a.questions + b.questions,
    answered: a.answered + b.answered,
    refused: a.refused + b.refused,
    failed: a.failed + b.failed,
    up: a.up + b.up,
    down: a.down + b.down,
  };
}
