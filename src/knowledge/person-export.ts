import { setImmediate } from 'node:timers/promises';
import type { Locale } from '../errors.ts';
import type { PeopleStore, PersonPage } from './people-ports.ts';

export interface PersonExport {
  readonly userId: string;
  readonly at: number;
  readonly locale: Locale;
  readonly historyDays: number | null;
  readonly forgottenAt: number | null;
  /** Their actions that concerned everybody's data, as they were recorded. */
  readonly actions: readonly object[];
}

const PAGE = 100;
const iso = (at: number): string => new Date(at).toISOString();

/** JSON with everything about a person, piece by piece. `store` is asked anew for each page. */
export async function* exportPerson(store: () => PeopleStore, given: PersonExport): AsyncGenerator<string> {
  const { userId, at, locale, historyDays, forgottenAt, actions } = given;
  const head = {
    about: ABOUT[locale],
    person: userId,
    exportedAt: iso(at),
    questionsAreKeptForDays: historyDays,
    forgottenAt: forgottenAt === null ? null : iso(forgottenAt),
  };
  yield JSON.stringify(head, null, 2).slice(0, -2);
  yield* list('questions', (page) =>
    store()
      .questionsOf(userId, page)
      .map(({ id, guildId, channelId, question, answer, outcome, askedAt }) => [
        id,
        { id, askedAt: iso(askedAt), server: guildId, channel: channelId, question, answer, outcome },
      ]),
  );
  yield* list('votes', (page) =>
    store()
      .votesOf(userId, page)
      .map(({ questionId, guildId, vote, votedAt }) => [
        questionId,
        { votedAt: iso(votedAt), server: guildId, question: questionId, vote },
      ]),
  );
  yield* list('documents', (page) =>
    store()
      .documentsOf(userId, page)
      .map(({ id, guildId, title, name, url, sizeBytes, addedAt }) => [
        id,
        { id, addedAt: iso(addedAt), server: guildId, title, name, url, sizeBytes },
      ]),
  );
  yield `,\n  "actions": ${JSON.stringify(actions)}\n}\n`;
}

/** Page by page, so that others have their turn. */
async function* list(
  name: string,
  read: (page: PersonPage) => readonly (readonly [number, object])[],
): AsyncGenerator<string> {
  yield `,\n  "${name}": [`;
  let before = '';
  for (let after = 0; ;) {
    const rows = read({ after, limit: PAGE });
    for (const [, row] of rows) {
      yield `${before}\n    ${JSON.stringify(row)}`;
      before = ',';
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    [after] = last;
    await setImmediate();
  }
  yield ']';
}

const ABOUT: Readonly<Record<Locale, string>> = {
  en: 'Everything that NescordBot keeps about you on all servers: questions you asked with their answers, your votes on answers, the documents you taught (by name; what they say is the community’s), and what you did that concerned everybody’s data. Times are in UTC. Backups may hold older states of the same.',
  ja: 'NescordBot が全サーバーで保存しているあなたの情報のすべてです。質問と回答、回答への評価、教えた文書（名前のみ。内容はコミュニティのものです）、全体のデータに関わる操作の記録が含まれます。時刻は UTC です。バックアップには、これらの以前の状態が残っていることがあります。',
};
