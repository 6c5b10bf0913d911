import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, isAppError } from '../../src/errors.ts';
import type { Embedder } from '../../src/knowledge/ports.ts';
import { offlineEmbedder, openTaught } from '../support/taught.ts';

const backups = 'A backup is made every night at two. To restore one, use the restore command and choose a backup.';
const voice = 'Voice connections play audio resources in a voice channel until the player is stopped.';

/** The offline embedder with another way to embed questions. */
function embedderWith(embedQuery: Embedder['embedQuery']): Embedder {
  return { ...offlineEmbedder(), embedQuery };
}

test('words and vectors both take part, and every passage says how well it fits', async (t) => {
  const { retriever, teach } = openTaught(t);
  const right = await teach('g1', 'Backups', backups);
  await teach('g1', 'Voice', voice);
  const found = await retriever.retrieve('g1', 'How do I restore a backup?', 5);
  assert.equal(found.passages[0]?.documentId, right);
  assert.equal(found.vectors, true);
  assert.equal(found.notice, null);
  assert.equal(found.relevant, true);
  assert.ok(found.passages.every(({ similarity }) => similarity !== null));
  assert.ok((found.passages[0]?.bm25 ?? 0) > 0);
  assert.deepEqual(await retriever.retrieve('g1', 'How do I restore a backup?', 5), found);
});

test('a guild never sees another guild’s passages', async (t) => {
  const { retriever, teach } = openTaught(t);
  await teach('g1', 'Backups', backups);
  await teach('g2', 'Voice', voice);
  const found = await retriever.retrieve('g2', 'How do I restore a backup of a voice?', 5);
  assert.deepEqual(
    found.passages.map(({ title }) => title),
    ['Voice'],
  );
  assert.equal(found.relevant, false);
  assert.deepEqual((await retriever.retrieve('g3', 'backup', 5)).passages, []);
});

test('a removed document is gone at once, though the index still holds it, and others fill its place', async (t) => {
  const { retriever, teach, store } = openTaught(t);
  const removed = await teach('g1', 'Backups', backups);
  const other = await teach('g1', 'Backups again', `${backups} It says so twice.`);
  store.removeDocument('g1', removed, 1);
  const found = await retriever.retrieve('g1', 'How do I restore a backup?', 1);
  assert.deepEqual(
    found.passages.map(({ documentId }) => documentId),
    [other],
  );
});

test('when the quota is used up, words alone answer and the notice says until when', async (t) => {
  let calls = 0;
  const embedder = embedderWith(async () => {
    calls += 1;
    throw new AppError('limit', 'Quota.', { retryAfterMs: 600_000 });
  });
  const { retriever, teach, failures, advance } = openTaught(t, embedder);
  await teach('g1', 'Backups', backups);
  const found = await retriever.retrieve('g1', 'How do I restore a backup?', 5);
  assert.equal(found.vectors, false);
  assert.equal(found.relevant, true);
  assert.equal(found.passages[0]?.similarity, null);
  assert.match(found.notice?.en ?? '', /out of quota for the next 10 minutes/);
  assert.match(found.notice?.ja ?? '', /10分/);
  advance(60_000);
  const later = await retriever.retrieve('g1', 'restore', 5);
  assert.match(later.notice?.en ?? '', /9 minutes/);
  assert.equal(calls, 1, 'the embedder is not asked again before the time it named');
  advance(600_000);
  await retriever.retrieve('g1', 'restore', 5);
  assert.equal(calls, 2);
  assert.equal(failures.length, 3);
});

test('an embedder that hangs costs one time-out, not one per question, and is used again when it is back', async (t) => {
  let hangs = true;
  let calls = 0;
  const whole = offlineEmbedder();
  const embedder = embedderWith((question) => {
    calls += 1;
    return hangs ? new Promise(() => {}) : whole.embedQuery(question);
  });
  const { retriever, teach, advance } = openTaught(t, embedder);
  await teach('g1', 'Backups', backups);
  const first = await retriever.retrieve('g1', 'restore a backup', 5);
  assert.match(first.notice?.en ?? '', /cannot be reached/);
  for (let asked = 0; asked < 20; asked++) await retriever.retrieve('g1', 'restore a backup', 5);
  assert.equal(calls, 1, 'the other twenty did not wait for it');
  hangs = false;
  advance(10_000);
  assert.equal((await retriever.retrieve('g1', 'restore a backup', 5)).vectors, true);
});

test('an index that is down or damaged leaves the words, with the reason in both languages', async (t) => {
  let isRepaired = false;
  const { retriever, teach, index } = openTaught(t, offlineEmbedder(), () => isRepaired);
  await teach('g1', 'Backups', backups);
  index.failWith(new AppError('damaged', 'Broken.'));
  const found = await retriever.retrieve('g1', 'restore a backup', 5);
  assert.equal(found.vectors, false);
  assert.equal(found.passages.length, 1);
  assert.equal(found.notice?.en, 'The vector index is damaged, so I searched by words alone.');
  assert.equal(found.notice?.ja, 'ベクトル索引が破損しているため、キーワードだけで検索しました。');
  isRepaired = true;
  const meanwhile = await retriever.retrieve('g1', 'restore a backup', 5);
  assert.equal(meanwhile.notice?.en, 'The vector index is being repaired, so I searched by words alone.');
  assert.equal(meanwhile.notice?.ja, 'ベクトル索引を修復しているため、キーワードだけで検索しました。');
});

test('a question that the model refuses goes on by words and does not keep the next from being embedded', async (t) => {
  const whole = offlineEmbedder();
  const embedder = embedderWith((question) =>
    question.includes('refused') ? Promise.reject(new AppError('invalid', 'Refused.')) : whole.embedQuery(question),
  );
  const { retriever, teach } = openTaught(t, embedder);
  await teach('g1', 'Backups', backups);
  assert.equal((await retriever.retrieve('g1', 'refused backup', 5)).vectors, false);
  assert.equal((await retriever.retrieve('g1', 'backup', 5)).vectors, true);
});

test('the words of a question’s frame do not find a heading that is put the same way', async (t) => {
  const { retriever, teach } = openTaught(t);
  await teach('g1', 'Questions', [
    {
      kind: 'paragraph',
      headings: ['How do I set the status of my bot?'],
      text: 'Call setStatus on the user.',
      breaks: [],
    },
    { kind: 'paragraph', headings: ['How do I kick a member?'], text: 'Call kick on the member.', breaks: [] },
  ]);
  for (const other of ['Ducks', 'Trees', 'Rain', 'Snow']) await teach('g1', other, `${other} are outside.`);
  await teach('g1', 'Sharding', 'Once it is in 2,500 servers, a bot is split into processes.');
  const { passages, relevant } = await retriever.retrieve('g1', 'How do I shard my bot?', 5);
  assert.equal(passages[0]?.title, 'Sharding');
  assert.equal(relevant, true);
});

test('a title that says no more than what is asked counts more than one that says other things, too', async (t) => {
  const { retriever, teach } = openTaught(t);
  const text = 'Press the key and wait for it to appear, then type.';
  await teach('g1', 'Opening the terminal of an editor', text);
  await teach('g1', 'Modals', `${text} They are forms.`);
  await teach('g1', 'Opening a file', `${text} Files are kept.`);
  const { passages } = await retriever.retrieve('g1', 'How do I open a modal?', 5);
  assert.equal(passages[0]?.title, 'Modals');
});

test('a cancelled question is aborted, before and while it is embedded', async (t) => {
  const embedder = embedderWith(() => new Promise(() => {}));
  const { retriever } = openTaught(t, embedder);
  const aborted = (error: unknown) => isAppError(error, 'aborted');
  await assert.rejects(retriever.retrieve('g1', 'backup', 5, AbortSignal.abort()), aborted);
  const stop = new AbortController();
  const asking = retriever.retrieve('g1', 'backup', 5, stop.signal);
  stop.abort();
  await assert.rejects(asking, aborted);
});

test('what shares nothing with a question is not shown as found, whatever neighbours its vector has', async (t) => {
  const { retriever, teach } = openTaught(t);
  for (const [title, text] of Object.entries({
    Backups: backups,
    Voice: voice,
    案内: '入会の申し込みは毎月受け付けます。',
  }))
    await teach('g1', title, text);
  for (const noise of ['zzz qqq', 'ぬるぽ', '🦆', 'quantum entanglement']) {
    const { passages, relevant } = await retriever.retrieve('g1', noise, 20);
    assert.deepEqual([passages.map(({ title }) => title), relevant], [[], false], noise);
  }
  // What is only misspelt is near, and what shares a word or the beginning of one is found.
  const titles = async (question: string) =>
    (await retriever.retrieve('g1', question, 20)).passages.map(({ title }) => title);
  assert.deepEqual(await titles('conections'), ['Voice']);
  assert.deepEqual(await titles('backup'), ['Backups']);
  assert.deepEqual(await titles('入会するには'), ['案内']);
});

test('odd questions find nothing or something, and never fail', async (t) => {
  const { retriever, teach } = openTaught(t);
  await teach('g1', 'Backups', backups);
  for (const question of ['', '???', '\0', '"backup" OR * NEAR(', 'a'.repeat(6_000), '\ud800', '@everyone', 'の']) {
    assert.equal((await retriever.retrieve('g1', question, 5)).vectors, true);
  }
  assert.equal((await retriever.retrieve('g1', '???', 5)).relevant, false);
});
