import { AppError } from '../errors.ts';
import type { Answer, Source } from '../knowledge/model.ts';
import { counted } from '../counted.ts';
import type { Shell } from './shell.ts';

/** Answers a question as the bot would, with its sources. */
export async function ask({ answers, guildId, terminal, signal }: Shell, question: string): Promise<void> {
  const request = {
    guildId,
    channelId: 'cli',
    userId: 'cli',
    question,
    locale: 'en',
    conversation: [],
    signal,
  } as const;
  let answer: Answer | null = null;
  for await (const event of answers.ask(request)) {
    if (event.kind === 'final') answer = event.answer;
  }
  if (answer === null) throw new AppError('internal', 'The answer ended without a last word.');
  terminal.result(rendered(answer), answer);
}

function rendered(answer: Answer): string {
  const places = answer.outcome === 'answered' ? answer.sources.map(sourceLine) : answer.nearest.map(placeLine);
  const heading = answer.outcome === 'answered' ? 'Sources:' : 'Closest:';
  const seconds = (answer.durationMs / 1000).toFixed(1);
  return [
    answer.text,
    ...(places.length === 0 ? [] : ['', heading, ...places]),
    ...(answer.notice === null ? [] : ['', answer.notice]),
    '',
    `${counted(answer.documentCount, 'document')} · ${seconds} s · ${answer.engine}`,
  ].join('\n');
}

type Place = Pick<Source, 'title' | 'url' | 'headings'>;

export function placeOf({ title, url, headings }: Place): string {
  return [title, ...headings.filter((heading) => heading !== title)].join(' › ') + (url === null ? '' : ` <${url}>`);
}

function sourceLine(source: Source): string {
  return `  [${source.number}] ${placeOf(source)}`;
}

function placeLine(place: Place): string {
  return `  - ${placeOf(place)}`;
}
