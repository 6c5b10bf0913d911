import { setTimeout as wait } from 'node:timers/promises';
import { openApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { environmentOf, type Folders } from '../support/kill-trial.ts';
import { personOf } from '../support/app-person.ts';
import { createInstantEngine } from './engine.ts';
import { percentile, timed, watchLoop } from './measure.ts';
import { ms, type Row } from './report.ts';
import { surroundings } from './stage.ts';

const acknowledgeTargetMs = 1_000;
const loopTargetMs = 50;
const answerWithinMs = 120_000;

/** Everybody asks at the same moment: through the playground's server, the real discord.js and the whole bot. */
export async function measureTogether(place: Folders, count: number): Promise<Row[]> {
  const allowed = { QUESTIONS_PER_USER_PER_MINUTE: '1000', QUESTIONS_PER_SERVER_PER_MINUTE: '100000' };
  const config = parseConfig({ ...environmentOf(place), ...allowed });
  await using app = await openApp(config, { ...surroundings, engine: createInstantEngine(), firstLesson: false });
  const mika = personOf(app, 'member');
  await (await mika.command('ask', { question: 'banan beben?' })).reply();
  await wait(500); // discord.js has settled

  const loop = watchLoop();
  const acknowledged: number[] = [];
  const answered = await timed(async () => {
    const asked = await Promise.all(
      Array.from({ length: count }, (_, at) => mika.command('ask', { question: `banan beben number ${at}?` })),
    );
    await Promise.all(
      asked.map(async (each) => {
        acknowledged.push((await each.acknowledged()).acknowledgedAfterMs);
        await each.reply(
          (message) => message.components.length > 0 || /incident/i.test(message.content),
          answerWithinMs,
        );
      }),
    );
  });
  const { longestMs, p99Ms } = loop();
  const longest = Math.max(...acknowledged);
  return [
    {
      what: `${count} questions at once: acknowledged, slowest`,
      measured: ms(longest),
      beside: `p50 ${ms(percentile(acknowledged, 0.5))}, p99 ${ms(percentile(acknowledged, 0.99))}`,
      target: `≤ ${acknowledgeTargetMs} ms`,
      met: longest <= acknowledgeTargetMs,
    },
    { what: `${count} questions at once: all answered`, measured: `${(answered / 1000).toFixed(1)} s` },
    {
      what: `longest event loop delay, ${count} questions`,
      measured: ms(longestMs),
      beside: `p99 ${ms(p99Ms)}; playground and askers included`,
      target: `≤ ${loopTargetMs} ms`,
      met: longestMs <= loopTargetMs,
    },
  ];
}
