import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { createPeople } from '../../src/adapters/sqlite/people.ts';
import { FORGOTTEN } from '../../src/knowledge/people-ports.ts';
import { erase, prune, union } from '../../src/knowledge/people.ts';
import type { RecordedQuestion } from '../../src/knowledge/store-ports.ts';

import { tempFolder, tempStore } from '../support/temp-store.ts';

const DAY = 24 * 3_600_000;
const START = Date.UTC(2026, 0, 1);
const GUILD = '200000000000000001';
const [MIKA, SAM] = ['100000000000000001', '100000000000000002'];

const asked = (given: Partial<RecordedQuestion>): RecordedQuestion => ({
  guildId: GUILD,
  channelId: 'c',
  userId: MIKA,
  question: 'Where is the harbour?',
  answer: 'In the bay. [1]',
  outcome: 'answered',
  rung: 'written',
  engine: 'offline',
  chunkIds: [1, 2, 3],
  citedChunkIds: [1],
  durationMs: 5,
  askedAt: START,
  ...given,
});

test('old questions go in small steps, with all that hangs on them, and the figures stay what they were', async (t) => {
  const { store } = tempStore(t);
  const { history, people, insights } = store;
  for (let number = 0; number < 120; number += 1) {
    const askedAt = START + Math.floor(number / 12) * DAY + number * 60_000;
    const outcome = (['answered', 'refused', 'failed'] as const)[number % 3] ?? 'answered';
    const id = history.recordQuestion(asked({ askedAt, outcome, userId: number % 2 === 0 ? MIKA : SAM }));
    history.recordFeedback(id, SAM, number % 4 === 0 ? 'up' : 'down', askedAt + 1000);
    history.linkMessage(id, `m${number}`);
  }
  const days = () =>
    Array.from({ length: 12 }, (_, day) => insights.figures(START + day * DAY, START + (day + 1) * DAY));
  const before = days();
  const removed = await prune(() => people, START + 6 * DAY);
  assert.equal(removed, 72);
  assert.equal(history.questionByMessage('m0'), null);
  assert.deepEqual(people.countOf(SAM), { questions: 24, votes: 48, documents: 0 });
  assert.deepEqual(days(), before);
  assert.equal(await prune(() => people, START + 6 * DAY), 0);
  assert.deepEqual(days(), before);
});

test('what is removed of a person is that person’s, up to that time, and documents stay without their name', async (t) => {
  const { store } = tempStore(t);
  const { history, people, insights, knowledge, jobs } = store;
  const add = (addedBy: string, content: string) =>
    knowledge.addDocument(
      {
        guildId: GUILD,
        title: content,
        name: `${content}.md`,
        url: null,
        content: Buffer.from(content),
        addedBy,
        replyTo: JSON.stringify({ userId: addedBy, token: 't' }),
      },
      START,
    );
  const mikas = add(MIKA, 'harbour');
  const sams = add(SAM, 'ferry');
  const samsQuestion = history.recordQuestion(asked({ userId: SAM }));
  history.recordFeedback(samsQuestion, MIKA, 'up', START);
  for (let number = 0; number < 130; number += 1) history.recordQuestion(asked({ askedAt: START + number }));
  const later = history.recordQuestion(asked({ askedAt: START + DAY, question: 'And today?' }));
  assert.deepEqual(people.countOf(MIKA), { questions: 131, votes: 1, documents: 1 });
  const figures = insights.figures(START, START + 2 * DAY);

  const gone = await erase(() => people, { userId: MIKA, at: START + 1000 });
  assert.deepEqual(gone, { questions: 130, votes: 1, documents: 1 });
  assert.deepEqual(people.countOf(MIKA), { questions: 1, votes: 0, documents: 0 });
  assert.equal(history.question(later)?.question, 'And today?');
  assert.equal(history.question(samsQuestion)?.userId, SAM);
  assert.deepEqual(insights.figures(START, START + 2 * DAY), figures);
  assert.equal(knowledge.document(GUILD, mikas.document.id)?.addedBy, FORGOTTEN);
  assert.equal(knowledge.document(GUILD, sams.document.id)?.addedBy, SAM);
  assert.equal(jobs.job(mikas.job?.id ?? 0)?.replyTo, null);
  assert.notEqual(jobs.job(sams.job?.id ?? 0)?.replyTo, null);
  assert.deepEqual(await erase(() => people, { userId: MIKA, at: START + 1000 }), {
    questions: 0,
    votes: 0,
    documents: 0,
  });
});

test('what was removed can be read neither in the file of the database any more, nor in the log beside it', async (t) => {
  const file = join(tempFolder(t), 'bot.db');
  const store = openStore({ file, timeoutMs: 1000 });
  t.after(() => store.close());
  for (let number = 0; number < 60; number += 1)
    store.history.recordQuestion(asked({ question: `A planted worry ${number} ${'x'.repeat(500)}` }));
  const log = `${file}-wal`;
  assert.ok(readFileSync(log).includes('planted worry'));
  const reader = new Database(file);
  t.after(() => reader.close());
  reader.exec('BEGIN; SELECT count(*) FROM questions');
  await erase(() => store.people, { userId: MIKA, at: START });
  assert.equal(store.people.countOf(MIKA).questions, 0, 'whoever reads is not waited for');
  reader.exec('COMMIT');
  store.people.emptyLog();
  assert.ok(!readFileSync(log).includes('planted worry'));
  store.history.recordQuestion(asked({ question: 'Another planted worry' }));
  assert.equal(await prune(() => store.people, START + 1), 1);
  assert.ok(!readFileSync(log).includes('planted worry'));
  store.close();
  assert.ok(!readFileSync(file).includes('planted worry'));

  const db = new Database(file);
  t.after(() => db.close());
  db.pragma('secure_delete = FAST');
  createPeople(db).saveForgotten([{ userId: SAM, at: START }]);
  assert.equal(db.pragma('secure_delete', { simple: true }), 2, 'everything else is removed as before');
});

test('everything about a person can be read in pages', (t) => {
  const { store } = tempStore(t);
  const ids = [1, 2, 3].map(() => store.history.recordQuestion(asked({})));
  for (const id of ids) store.history.recordFeedback(id, MIKA, 'down', START + id);
  const first = store.people.questionsOf(MIKA, { after: 0, limit: 2 });
  assert.deepEqual(
    [...first, ...store.people.questionsOf(MIKA, { after: first.at(-1)?.id ?? 0, limit: 2 })].map(({ id }) => id),
    ids,
  );
  assert.deepEqual(store.people.votesOf(MIKA, { after: ids[1] ?? 0, limit: 5 }), [
    { questionId: ids[2], guildId: GUILD, vote: 'down', votedAt: START + (ids[2] ?? 0) },
  ]);
});

test('of two times at which somebody asked to be forgotten the later one counts', (t) => {
  const { store } = tempStore(t);
  store.people.saveForgotten([{ userId: MIKA, at: 5 }]);
  store.people.saveForgotten([
    { userId: MIKA, at: 3 },
    { userId: SAM, at: 1 },
  ]);
  const both = [
    { userId: MIKA, at: 5 },
    { userId: SAM, at: 1 },
  ];
  assert.deepEqual(store.people.forgotten(), both);
  assert.deepEqual(union([{ userId: MIKA, at: 3 }], [{ userId: SAM, at: 1 }], [{ userId: MIKA, at: 5 }]), both);
});
