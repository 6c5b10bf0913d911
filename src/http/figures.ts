import { setImmediate } from 'node:timers/promises';
import type { Static } from 'typebox';
import { NO_FIGURES, sumOf, type Insights } from '../knowledge/store-ports.ts';
import type { Figures } from './schemas/overview.ts';
import { iso } from './schemas/common.ts';

type FiguresView = Static<typeof Figures>;
type Counted = Omit<FiguresView, 'unanswered'>;

const DAY_MS = 24 * 3_600_000;
const DAYS = 30;
const UNANSWERED = 20;
const FRESH_MS = 10_000;

/** What was asked in the last 30 days. Day by day, so that nobody waits for a long query; kept for a few seconds. */
export function createFigures(options: { readonly insights: () => Insights; readonly clock: () => number }) {
  const { insights, clock } = options;
  let known: { readonly at: number; readonly figures: Promise<Counted> } | null = null;

  async function count(): Promise<Counted> {
    const today = Math.floor(clock() / DAY_MS) * DAY_MS;
    const since = today - (DAYS - 1) * DAY_MS;
    const days: FiguresView['days'] = [];
    let totals = NO_FIGURES;
    for (let from = since; from <= today; from += DAY_MS) {
      const figures = insights().figures(from, from + DAY_MS);
      days.push({ day: iso(from).slice(0, 10), ...figures });
      totals = sumOf(totals, figures);
      await setImmediate();
    }
    return { days, totals, unansweredPrivately: insights().unansweredPrivately(since) };
  }

  /** Always as it is: what was just dismissed must not stand there any more. */
  function unanswered(): FiguresView['unanswered'] {
    const since = Math.floor(clock() / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS;
    return insights()
      .unanswered(since, UNANSWERED)
      .map(({ key, question, guildId, times, lastAskedAt }) => ({
        id: key,
        question,
        guild: guildId,
        times,
        lastAskedAt: iso(lastAskedAt),
      }));
  }

  function recent(): Promise<Counted> {
    const ageMs = known === null ? Infinity : clock() - known.at;
    if (known !== null && ageMs >= 0 && ageMs < FRESH_MS) return known.figures;
    const figures = count();
    known = { at: clock(), figures };
    figures.catch(() => {
      known = null;
    });
    return figures;
  }

  return async (): Promise<FiguresView> => ({ ...(await recent()), unanswered: unanswered() });
}
