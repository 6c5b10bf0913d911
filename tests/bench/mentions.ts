import { openApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { personOf } from '../support/app-person.ts';
import { environmentOf, type Folders } from '../support/kill-trial.ts';
import { createInstantEngine } from './engine.ts';
import { percentile, timed } from './measure.ts';
import { ms, type Row } from './report.ts';
import { surroundings } from './stage.ts';

const healthTargetMs = 1_000;
const answerWithinMs = 120_000;
const QUESTIONS = 5;

/**
 * One member mentions the bot again and again; others ask in the same channel, and the health route is asked meanwhile.
 * `count` and the answers are fewer than the playground's channel keeps: a mention that fell out of it cannot be replied to.
 */
export async function measureMentions(place: Folders, count: number): Promise<Row[]> {
  const config = parseConfig(environmentOf(place));
  await using app = await openApp(config, { ...surroundings, engine: createInstantEngine(), firstLesson: false });
  const [mika, morgan] = [personOf(app, 'member'), personOf(app, 'moderator')];
  const me = `<@${app.playground?.world.bot.id ?? ''}>`;
  await (await mika.command('ask', { question: 'banan beben?' })).reply();

  const health: number[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted)
      health.push(await timed(async () => (await fetch(`${app.origin}/healthz`)).arrayBuffer()));
  })();
  const flooding = (async () => {
    for (let at = 0; at < count; at += 1) await mika.say(`${me} banan beben number ${at}?`);
  })();
  const ask = async (what: string) => {
    const { id } = await morgan.say(`${me} banan beben, morgan's ${what}?`);
    await morgan.waitForMessage(({ reply, components }) => reply?.messageId === id && components.length > 0, {
      timeoutMs: answerWithinMs,
    });
  };
  const answers: number[] = [];
  for (let at = 0; at < QUESTIONS; at += 1) answers.push(await timed(() => ask(String(at))));
  await flooding;
  over.abort();
  await watching;
  // Answers go before refusals, at the channel's pace: the refusal, and a second one if there is any, come after them.
  const isRefusal = ({ content }: { readonly content: string }) => content.startsWith('⚠️');
  await mika.waitForMessage(isRefusal, { timeoutMs: answerWithinMs });
  await ask('last');
  const refusals = (await mika.messages()).filter(isRefusal).length;
  const p99 = percentile(health, 0.99);
  return [
    {
      what: `/healthz under ${count} mentions by one member: p99`,
      measured: ms(p99),
      beside: `p50 ${ms(percentile(health, 0.5))}, ${health.length} requests`,
      target: `≤ ${healthTargetMs} ms`,
      met: p99 <= healthTargetMs,
    },
    {
      what: `another member's ${QUESTIONS} questions meanwhile: answered, slowest`,
      measured: ms(Math.max(...answers)),
      beside: `p50 ${ms(percentile(answers, 0.5))}`,
    },
    { what: 'refusals in the channel', measured: String(refusals), target: '1', met: refusals === 1 },
  ];
}
