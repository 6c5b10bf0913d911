import type { AskedQuestion, ExportSource } from './model.ts';

const COLUMNS: readonly (readonly [string, (asked: AskedQuestion) => string | number])[] = [
  ['id', ({ id }) => id],
  ['asked_at', ({ askedAt }) => new Date(askedAt).toISOString()],
  ['server', ({ guildId }) => guildId],
  ['channel', ({ channelId }) => channelId],
  ['user', ({ userId }) => userId],
  ['question', ({ question }) => question],
  ['answer', ({ answer }) => answer],
  ['outcome', ({ outcome }) => outcome],
  ['rung', ({ rung }) => rung],
  ['engine', ({ engine }) => engine],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['thumbs_up', ({ up }) => up],
  ['thumbs_down', ({ down }) => down],
];

/** The history of questions as RFC 4180 has it, with a byte order mark so that spreadsheets read it as UTF-8. */
export function* exportCsv(source: Pick<ExportSource, 'questions'>): Generator<string> {
  yield `\ufeff${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  for (const asked of source.questions()) yield `${COLUMNS.map(([, read]) => field(read(asked))).join(',')}\r\n`;
}

/** A spreadsheet would run what begins like a formula; an apostrophe before it makes it text. */
export function field(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
