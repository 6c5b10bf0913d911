import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { FORGOTTEN } from '../../src/knowledge/people-ports.ts';
import { openTestApp } from '../support/app.ts';
import { tempFolder } from '../support/temp-store.ts';
import { failure } from '../support/gemini-server-replies.ts';
import { openGeminiServer } from '../support/gemini-server.ts';
import { guildOf, personOf, teachApp } from '../support/app-person.ts';

const BY = { id: '1', name: 'Morgan' };
const says = (words: RegExp) => (message: ClientMessage) => words.test(message.content);

test('a member sees, exports and has removed what is kept about them, and a restore does not bring it back', async (t) => {
  const logged: string[] = [];
  const note = (message: string, details?: object) => void logged.push(`${message} ${JSON.stringify(details ?? {})}`);
  const log = { debug: note, info: note, warn: note, error: note };
  const app = await openTestApp(t, { firstLesson: false, log });
  const [member, moderator] = [personOf(app, 'member'), personOf(app, 'moderator')];
  const guildId = guildOf(app);
  const people = () => app.knowledge.store.people;
  const document = await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.', member.userId);
  const answered = says(/offline engine/);
  const mine = await (await member.command('ask', { question: 'When does the lighthouse open?' })).reply(answered);
  await (await member.click(mine, '👍')).reply(says(/noted/));
  await (await moderator.command('ask', { question: 'When does the lighthouse open today?' })).reply(answered);
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });

  const standing = await (await member.command('privacy show')).reply(says(/What I keep about you/));
  assert.match(standing.content, /your questions are sent to no AI service/, 'as the offline engine answers');
  assert.doesNotMatch(standing.content, /Gemini|model/);
  assert.match(
    standing.content,
    /- 1 question with its answer\n- 1 vote on answers\n- your name on 1 document you taught/,
  );
  assert.match(standing.content, /removed after 90 days/);
  assert.match(standing.content, /until whoever runs me removes them, as none are made by schedule\.\n/);

  const exported = await (await member.command('privacy export')).reply(says(/everything that I keep/));
  const [file] = exported.attachments;
  assert.match(file?.filename ?? '', new RegExp(`^nescordbot-${member.userId}-\\d{4}-\\d\\d-\\d\\d\\.json$`));
  const all = (await (await fetch(new URL(file?.url ?? '', app.origin))).json()) as Record<
    string,
    Record<string, string>[]
  >;
  assert.deepEqual(
    [all['questions'], all['votes'], all['documents']].map((list) => list?.length),
    [1, 1, 1],
  );
  assert.equal(all['questions']?.[0]?.['question'], 'When does the lighthouse open?');
  assert.match(String(all['questions']?.[0]?.['answer']), /nine in the morning/);
  assert.equal(all['documents']?.[0]?.['title'], 'lighthouse');
  assert.doesNotMatch(JSON.stringify(all), /today/, 'nothing of others');

  const asking = await (await member.command('privacy forget-me')).reply(says(/Remove what I keep/));
  assert.match(asking.content, /\*\*Stays:\*\* the documents you taught/);
  assert.equal(people().countOf(member.userId).questions, 1, 'nothing is gone before it is confirmed');
  const done = await (await member.click(asking, 'Forget me')).reply(says(/Done/));
  assert.match(done.content, /- 1 question with its answer\n- 1 vote on answers\n- your name on 1 document/);
  const gone = { questions: 0, votes: 0, documents: 0 };
  assert.deepEqual(people().countOf(member.userId), gone);
  assert.equal(people().countOf(moderator.userId).questions, 1);
  assert.equal(app.knowledge.library.show(guildId, document).document.addedBy, FORGOTTEN);
  const audits = logged.filter((line) => line.startsWith('audit '));
  assert.ok(!audits.some((line) => line.includes('privacy')), 'a member’s own wish is nobody’s business');
  assert.ok(!logged.some((line) => /Removed what was kept/.test(line) && line.includes(member.userId)));

  // What comes after is kept, and the older backup brings back neither the old nor takes the wish away.
  await app.backups.restore(entry.name, BY);
  assert.deepEqual(people().countOf(member.userId), gone);
  assert.equal(people().countOf(moderator.userId).questions, 1);
  assert.equal(app.knowledge.library.show(guildId, document).document.addedBy, FORGOTTEN);
  assert.ok(logged.some((line) => /Removed again what is kept about people .*"questions":1/.test(line)));
  const since = await (await member.command('privacy show')).reply(says(/What I keep about you/));
  assert.match(since.content, /- 0 questions.*[^]*You asked to be forgotten <t:/);

  const folder = join(app.knowledge.store.file, '..');
  const lists = [join(folder, '.bot.db.forgotten.jsonl'), join(folder, 'backups', '.nescordbot-forgotten.jsonl')];
  for (const list of lists)
    assert.match(await readFile(list, 'utf8'), new RegExp(`^{"user":"${member.userId}","at":".*"}\n$`));
  // The folder of the database was lost: the copy in the folder of backups is enough.
  await rm(lists[0] ?? '');
  await app.backups.restore(entry.name, BY);
  assert.deepEqual(people().countOf(member.userId), gone);
  assert.match(await readFile(lists[0] ?? '', 'utf8'), new RegExp(member.userId));
});

test('for how long backups hold what was removed is told from the rules in force, before it is removed, too', async (t) => {
  const folder = tempFolder(t);
  const app = await openTestApp(t, {
    firstLesson: false,
    env: {
      BACKUP_SCHEDULE: 'daily 02:00',
      BACKUP_KEEP: '10',
      BACKUP_AFTER_CHANGES: 'true',
      VAULT_DIRECTORY: folder,
      VAULT_KEEP: '20',
    },
  });
  const [member, japanese] = [personOf(app, 'member'), personOf(app, 'member', 'ja')];
  const includes = (content: string, words: string) => assert.ok(content.includes(words), content);
  const standing = await (await member.command('privacy show')).reply();
  const words =
    'Backups hold what is removed for at most 21 days; pinned ones until they are unpinned. Those made after';
  includes(standing.content, words);
  includes((await (await member.command('privacy forget-me')).reply()).content, words);
  includes(
    (await (await japanese.command('privacy show')).reply()).content,
    '削除した情報は、バックアップの中に最長 21 日間残ります。',
  );
});

test('a question that was asked in private stands in no report and no log, whoever looks', async (t) => {
  const logged: string[] = [];
  const note = (message: string, details?: object) => void logged.push(`${message} ${JSON.stringify(details ?? {})}`);
  const token = (name: string) => `${name}-token-0123456789-abcdefghijkl`;
  const app = await openTestApp(t, {
    firstLesson: false,
    log: { debug: note, info: note, warn: note, error: note },
    env: { API_TOKENS: `reader:read:${token('reader')},ops:operate:${token('ops')}` },
  });
  const member = personOf(app, 'member');
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.', '1');
  const listening = new AbortController();
  t.after(() => listening.abort());
  const headers = (name: string) => ({ authorization: `Bearer ${token(name)}` });
  const events = await fetch(`${app.origin}/api/events`, { headers: headers('ops'), signal: listening.signal });
  const secret = 'Will Yamada lose his moderatorship?';
  await (await member.command('ask', { question: secret, private: true })).reply(says(/found nothing/));
  await (await member.command('ask', { question: 'Where is the bakery?' })).reply(says(/found nothing/));
  const unanswered = app.knowledge.store.insights.unanswered(0, 10).map(({ question }) => question);
  assert.deepEqual(unanswered, ['Where is the bakery?']);
  assert.equal(app.knowledge.store.people.countOf(member.userId).questions, 2, 'it is kept for who asked it');

  const reports = await Promise.all(
    ['overview', 'log', 'audit', 'settings', 'backup/history', '../metrics'].map(async (path) => {
      const answer = await fetch(`${app.origin}/api/${path}`, { headers: headers('ops') });
      assert.equal(answer.status, 200, path);
      return answer.text();
    }),
  );
  assert.match(reports[0] ?? '', /Where is the bakery/);
  assert.match(reports[0] ?? '', /"unansweredPrivately":1/);
  assert.match(await (await fetch(`${app.origin}/api/overview`, { headers: headers('reader') })).text(), /bakery/);
  const last = 'Everything was looked at.';
  app.alerts.raise({ key: 'integrity:log', severity: 'warning', words: last });
  let told = '';
  for await (const data of events.body ?? []) {
    told += Buffer.from(data).toString();
    if (told.includes(last)) break;
  }
  assert.ok(told.includes(last) && logged.length > 0);
  for (const text of [...reports, ...logged, told]) assert.doesNotMatch(text, /Yamada/);
});

test('what a model’s server repeats of a private question stands in no report and no log', async (t) => {
  const logged: string[] = [];
  const note = (message: string, details?: object) => void logged.push(`${message}\n${inspect(details, { depth: 9 })}`);
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const token = 'reader-token-0123456789-abcdefghijkl';
  const app = await openTestApp(t, {
    firstLesson: false,
    log: { debug: note, info: note, warn: note, error: note },
    env: {
      API_TOKENS: `reader:read:${token}`,
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.url,
      GEMINI_GENERATION_MODELS: 'gemini-3.7-flash',
    },
  });
  const member = personOf(app, 'member');
  await teachApp(
    app,
    'Members',
    'Yamada keeps the lighthouse and the moderatorship.\n\n山田さんは灯台のモデレーターです。',
    '1',
  );
  const [secret, japanese] = ['Will Yamada keep the moderatorship?', '山田さんは灯台のモデレーターですか'];
  for (const question of [secret, japanese]) {
    const body = failure(400, 'INVALID_ARGUMENT', `Cannot read the parameter contents: ${JSON.stringify(question)}`);
    gemini.script({ kind: 'status', status: 400, task: 'streamGenerateContent', body });
    gemini.script({ kind: 'status', status: 400, task: 'embedContent', body });
    await (await member.command('ask', { question, private: true })).reply(says(/Gemini refused the request/));
  }
  const [overview, ready] = await Promise.all(
    ['api/overview', 'readyz'].map(async (path) =>
      (await fetch(`${app.origin}/${path}`, { headers: { authorization: `Bearer ${token}` } })).text(),
    ),
  );
  const status = await (await personOf(app, 'operator').command('status')).reply();
  for (const text of [overview ?? '', ready ?? '', ...logged, JSON.stringify(status)])
    assert.doesNotMatch(text, /Yamada keep |moderatorship\?|山田|モデレーターです/);
  assert.ok(
    logged.some((line) => /Cannot read the parameter contents/.test(line)),
    'the rest of it is told',
  );
  assert.match(overview ?? '', /Cannot read the parameter contents/);
});

test('a question that was under way when its asker was forgotten is not kept when its answer comes', async (t) => {
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const app = await openTestApp(t, {
    firstLesson: false,
    env: { GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.url },
  });
  const member = personOf(app, 'member');
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.', '1');
  const held = Promise.withResolvers<void>();
  gemini.script({ kind: 'held', task: 'streamGenerateContent', afterPieces: 1, until: held.promise });
  gemini.answerWith(() => 'It opens at nine in the morning. [1]');
  const asking = await member.command('ask', { question: 'When does the lighthouse open?' });
  await asking.reply(says(/It opens/));
  const wish = await (await member.command('privacy forget-me')).reply(says(/Remove what I keep/));
  await (await member.click(wish, 'Forget me')).reply(says(/Done/));
  held.resolve();
  const answer = await asking.reply(says(/Sources:/));
  assert.deepEqual(app.knowledge.store.people.countOf(member.userId), { questions: 0, votes: 0, documents: 0 });
  assert.match((await (await member.click(answer, '👍')).reply()).content, /no longer have that question/);
});
