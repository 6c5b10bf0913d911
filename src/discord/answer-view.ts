import { counted } from '../counted.ts';
import { wordsIn, type Locale } from '../errors.ts';
import type { Answer, Source } from '../knowledge/model.ts';
import type { Access, Reply, View } from './request.ts';
import { actionId, button, row, type ActionRow } from './components.ts';
import { allows } from './access.ts';
import { splitMessage } from './split.ts';
import { plainLine } from '../plain-text.ts';
import { duration, link, MESSAGE_LIMIT, shown, smallPrint, worded } from './writing.ts';

const SOURCES_LIMIT = 1400;

export interface Surroundings {
  /** The question, where it is to be repeated. */
  readonly heading: string | null;
  readonly question: string;
  readonly locale: Locale;
  readonly level: Access;
  /** Only the asker sees it, and what follows it. */
  readonly isPrivate?: boolean;
}

export function searchingView(heading: string | null, locale: Locale): View {
  return under(heading, wordsIn(locale, { en: '🔎 Searching…', ja: '🔎 探しています…' }));
}

export function readingView(heading: string | null, passages: number, locale: Locale): View {
  const words = {
    en: `📖 Reading ${passages} ${passages === 1 ? 'passage' : 'passages'}…`,
    ja: `📖 ${passages} 件の該当箇所を読んでいます…`,
  };
  return under(heading, wordsIn(locale, words));
}

export function draftView(heading: string | null, text: string): View {
  const room = MESSAGE_LIMIT - under(heading, ' …').content.length;
  return under(heading, `${splitMessage(text, room)[0] ?? ''} …`);
}

/** The answer with its sources, its small print and its buttons, in as many messages as it needs. */
export function answerReply(answer: Answer, around: Surroundings): Reply {
  const text = answer.outcome === 'refused' ? refusal(answer, around) : answer.text;
  const pages = splitMessage(under(around.heading, text).content, MESSAGE_LIMIT);
  const small = smallPrint(...smallLines(answer, around));
  const last = pages.at(-1) ?? '';
  if (last.length + small.length + 2 <= MESSAGE_LIMIT) pages[pages.length - 1] = `${last}\n\n${small}`;
  else pages.push(small);
  const views: View[] = pages.map((content) => ({ content }));
  views[views.length - 1] = { content: pages.at(-1) ?? '', components: answerButtons(answer, around) };
  const [first = { content: small }, ...more] = views;
  return { ...first, more };
}

function under(heading: string | null, content: string): View {
  const line = shown(heading ?? '', 200);
  return { content: line === '' ? content : `**${line}**\n${content}` };
}

/** An honest no: what was looked for, and what comes closest. */
function refusal(answer: Answer, { question }: Surroundings): string {
  if (answer.documentCount === 0) return answer.text;
  const about = shown(question, 120);
  // Two documents may bear one name.
  const nearest = [...new Set(answer.nearest.map((source) => sourceLink(source)))].slice(0, 3);
  const { en, ja } = {
    en: `I found nothing about *${about}* in this server's knowledge.`,
    ja: `「${about}」について、このサーバーのナレッジには見つかりませんでした。`,
  };
  const closest = nearest.length === 0 ? '' : wordsIn(answer.language, { en: ' Closest: ', ja: '近いもの：' });
  return `${wordsIn(answer.language, { en, ja })}${closest}${nearest.join(wordsIn(answer.language, { en: ', ', ja: '、' }))}`;
}

function smallLines(answer: Answer, { locale, level }: Surroundings): string[] {
  const lines: string[] = [];
  if (answer.outcome === 'refused') {
    lines.push(
      allows(level, 'moderator')
        ? wordsIn(locale, { en: 'Teach me with `/knowledge add`.', ja: '`/knowledge add` で教えていただけます。' })
        : wordsIn(locale, {
            en: 'Moderators can teach me with `/knowledge add`.',
            ja: 'モデレーターは `/knowledge add` で教えることができます。',
          }),
    );
  } else {
    lines.push(wordsIn(locale, { en: 'Sources: ', ja: '出典：' }) + sourceList(answer.sources));
  }
  const read = new Set(answer.sources.map((source) => source.documentId)).size;
  const figures = [
    wordsIn(locale, {
      en: `${read} of ${counted(answer.documentCount, 'document')}`,
      ja: `${answer.documentCount.toLocaleString('ja')} 件中 ${read} 件の文書`,
    }),
    duration(answer.durationMs, locale),
    engineNote(answer.engine, locale),
  ];
  lines.push(figures.join(' · '));
  if (answer.notice !== null) lines.push(worded(plainLine(answer.notice)));
  return lines;
}

function engineNote(engine: string, locale: Locale): string {
  if (engine !== 'offline') return shown(engine);
  return wordsIn(locale, {
    en: 'offline engine: sentences picked from the documents, no AI key set',
    ja: 'オフラインエンジン：AI キー未設定のため、文書から文を抜き出しています',
  });
}

/** All sources are named; where there are many, without their links, then in fewer words. */
function sourceList(sources: readonly Source[]): string {
  const ways = [
    (source: Source) => sourceLink(source),
    (source: Source) => sourceLink({ ...source, url: null }),
    (source: Source) => sourceLink({ ...source, url: null }, 25),
  ];
  const lists = ways.map((way) => sources.map((source) => `[${source.number}] ${way(source)}`).join(' · '));
  const short = lists.at(-1) ?? '';
  return (
    lists.find((list) => list.length <= SOURCES_LIMIT) ??
    `${short.slice(0, short.lastIndexOf(' · [', SOURCES_LIMIT))} …`
  );
}

/** Title and headings, linked where the document has an address. */
export function sourceLink({ title, headings, url }: Pick<Source, 'title' | 'headings' | 'url'>, limit = 60): string {
  const heading = headings.findLast((heading) => heading !== title);
  const label = heading === undefined ? shown(title, limit) : `${shown(title, limit)} › ${shown(heading, limit)}`;
  return link(label, url);
}

function answerButtons(answer: Answer, { locale, isPrivate = false }: Surroundings): ActionRow[] {
  const continuesAt = answer.continuesAt ?? null;
  const action = isPrivate ? 'more-alone' : 'more';
  const buttons = [
    ...(continuesAt === null
      ? []
      : [
          button(
            actionId('ask', action, answer.questionId, continuesAt),
            wordsIn(locale, { en: 'Go on', ja: '続きを読む' }),
            { style: 'primary' },
          ),
        ]),
    button(actionId('ask', 'up', answer.questionId), '👍'),
    button(actionId('ask', 'down', answer.questionId), '👎'),
  ];
  if (answer.passages.length > 0) {
    const words =
      answer.outcome === 'refused'
        ? { en: 'Show nearest passages', ja: '近い該当箇所を表示' }
        : { en: 'Show passages', ja: '引用元を表示' };
    buttons.push(button(actionId('ask', 'passages', answer.questionId, 1), wordsIn(locale, words)));
  }
  if (answer.outcome === 'refused') {
    const label = wordsIn(locale, { en: 'What I can do', ja: 'できることを見る' });
    buttons.push(button(actionId('help', 'show'), label));
  }
  return [row(...buttons)];
}
