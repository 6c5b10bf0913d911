import { cut, worded, type LiveRequest } from '../../src/discord/command.ts';
import type { Locale } from '../../src/errors.ts';
import { plainLine } from '../../src/plain-text.ts';
import type { OpenAlert, PartState, PartStatus } from '../../src/health/ports.ts';

type Both = Readonly<Record<Locale, string>>;

const NAMES: Readonly<Record<PartStatus['name'], Both>> = {
  sqlite: { en: 'Database', ja: 'データベース' },
  chroma: { en: 'Vector index', ja: 'ベクトル索引' },
  embedder: { en: 'Search by meaning', ja: '意味による検索' },
  generator: { en: 'Writing answers', ja: '回答の作成' },
  discord: { en: 'Discord', ja: 'Discord' },
  jobs: { en: 'Learning', ja: '学習処理' },
  clock: { en: 'Clock', ja: '時計' },
};

/** Of what has to be said whole. */
const MOST: Partial<Readonly<Record<PartStatus['name'], number>>> = { clock: 400 };

const STATES: Readonly<Record<PartState, { readonly mark: string; readonly words: Both }>> = {
  ok: { mark: '🟢', words: { en: 'fine', ja: '正常' } },
  degraded: { mark: '🟡', words: { en: 'not fully working', ja: '一部に問題あり' } },
  starting: { mark: '🟡', words: { en: 'starting', ja: '準備中' } },
  down: { mark: '🔴', words: { en: 'down', ja: '停止中' } },
};

/** Those that are well share a line; of the others each says what is wrong. */
export function partLines(request: LiveRequest, parts: readonly PartStatus[]): string[] {
  const well = parts.filter(({ state }) => state === 'ok').map(({ name }) => request.say(NAMES[name]));
  const comma = request.say({ en: ', ', ja: '、' });
  return [
    ...(well.length === 0 ? [] : [`${STATES.ok.mark} ${well.join(comma)}`]),
    ...parts.filter(({ state }) => state !== 'ok').map((part) => partLine(request, part)),
  ];
}

/** What should be known though all works, as far as no open alert has said it already. */
export function noteLines(
  request: LiveRequest,
  parts: readonly PartStatus[],
  alerts: readonly Pick<OpenAlert, 'words'>[],
): string[] {
  const said = new Set(alerts.map(({ words }) => request.say(words)));
  const notes = parts.flatMap(({ notes = [] }) => notes.map(({ words }) => request.say(words)));
  return notes.filter((note) => !said.has(note)).map((note) => `ℹ️ ${worded(cut(note, 250))}`);
}

function partLine(request: LiveRequest, { name, state, detail, words }: PartStatus): string {
  const { mark, words: stateWords } = STATES[state];
  const why = worded(cut(plainLine(request.say(words ?? detail)), MOST[name] ?? 200));
  const head = `${mark} ${request.say(NAMES[name])}`;
  return request.say({ en: `${head}: ${stateWords.en} (${why})`, ja: `${head}：${stateWords.ja}（${why}）` });
}
