import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from '../../../src/discord/progress.ts';
import { parseReplyAddress, returning, type ReplyAddress } from '../../../src/discord/reply-address.ts';
import type { Library } from '../../../src/knowledge/api.ts';
import type { Document, Job } from '../../../src/knowledge/model.ts';
import type { Outbox, Place } from '../../../src/discord/outbox.ts';
import type { View } from '../../../src/discord/request.ts';
import { recordingLog, recordingOutbox } from '../../support/fake-discord.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

const address: ReplyAddress = {
  applicationId: 'app',
  token: 'token',
  channelId: 'c',
  messageId: 'm',
  expiresAt: 1000,
  locale: 'en',
  userId: 'u',
};

const job: Job = {
  id: 5,
  kind: 'ingest',
  guildId: 'g',
  documentId: 9,
  state: 'running',
  step: 'embedding',
  done: 320,
  total: 800,
  attempts: 1,
  notBefore: 0,
  failure: null,
  replyTo: JSON.stringify(address),
  createdAt: 0,
};

const document = { id: 9, title: 'Rules *2026*', chunkCount: 800, sizeBytes: 2_000_000 } as Document;

function told(more: { now?: number; current?: Job | null; removed?: boolean; open?: Job[] } = {}) {
  const log: string[] = [];
  const place = (name: string): Place => ({
    messageId: null,
    edit: async ({ content }) => {
      log.push(`${name}: ${content}`);
      return 'm';
    },
    send: async () => 'm',
    instead: async () => 'm',
    withdraw: async () => 'm',
    isPrivate: false,
  });
  const outbox = {
    ...recordingOutbox().outbox,
    interactionReply: () => place('token'),
    channelMessage: (channelId: string, messageId: string) => place(`${channelId}/${messageId}`),
    say: (channelId: string, view: View) => place(channelId).edit(view),
  } satisfies Outbox;
  let watcher: ((job: Job) => void) | null = null;
  const library = {
    job: () => (more.current === undefined ? job : more.current),
    watchJob: (_id: number, onChange: (job: Job) => void) => {
      watcher = onChange;
      return () => {
        watcher = null;
      };
    },
    show: () => {
      if (more.removed) throw new Error('removed');
      return { document, firstChunks: [], job };
    },
    openJobs: () => more.open ?? [],
  } as unknown as Library;
  const progress = createProgress({
    library,
    outbox,
    intervalMs: 0,
    clock: () => more.now ?? 0,
    log: recordingLog().log,
  });
  return {
    progress,
    log,
    change: (now: Partial<Job>) => watcher?.({ ...job, ...now }),
    watching: () => watcher !== null,
  };
}

test('a job shows how far it is, and ends with what was learned and a way to look at it', async () => {
  const { progress, log, change, watching } = told();
  progress.follow(job);
  await settled();
  assert.deepEqual(log, ['token: ⏳ **Rules \\*2026\\***\n▰▰▰▱▱▱▱▱ Reading … 320 of 800 passages']);
  change({ state: 'done', step: 'done', done: 800 });
  await settled();
  assert.match(log.at(-1) ?? '', /^token: ✅ \*\*Rules \\\*2026\\\*\*\* is learned: 800 passages from 2\.0 MB/);
  assert.equal(watching(), false);
});

test('after a restart every job that somebody waits for goes on telling, in the message when its token is too old', async () => {
  const { progress, log } = told({
    now: 5000,
    open: [job, { ...job, id: 6, replyTo: null }, { ...job, id: 7, replyTo: '{"x":1}' }],
  });
  assert.equal(progress.resume(), 1);
  await settled();
  assert.match(log[0] ?? '', /^c\/m: ⏳/);
});

test('a reply for one person is let go when its token has expired', async () => {
  const { progress, log } = told({ now: 5000 });
  progress.follow({ ...job, replyTo: JSON.stringify({ ...address, messageId: null }) });
  await settled();
  assert.deepEqual(log, []);
});

test('the end of a job that outlived the reply for one person is told in the channel, by name', async () => {
  const { progress, log, change } = told({ now: 5000 });
  progress.follow({ ...job, replyTo: JSON.stringify({ ...address, messageId: null }) });
  change({ state: 'done', step: 'done' });
  await settled();
  assert.match(log.join(), /^c: <@u> ✅ \*\*Rules/);
});

test('a job that ended before it was watched, or whose document was removed, ends its message all the same', async () => {
  const over = told({ current: { ...job, state: 'failed', failure: 'It is no text.' } });
  over.progress.follow(job);
  await settled();
  assert.match(over.log[0] ?? '', /^token: ❌ .* could not be read: It is no text\./);
  const removed = told({ current: null, removed: true });
  removed.progress.follow(job);
  await settled();
  assert.deepEqual(removed.log, ['token: That document was removed.']);
  assert.equal(removed.watching(), false);
});

test('a job that waits for quota says when it goes on', async () => {
  const { progress, log } = told({ current: { ...job, state: 'queued', notBefore: 60_000, failure: 'Out of quota.' } });
  progress.follow(job);
  await settled();
  assert.match(log[0] ?? '', /It is stored\. Reading goes on <t:60:R>: Out of quota\./);
});

test('what is no reply address is not taken for one', () => {
  for (const json of [null, '', 'null', '[]', '{"token":1}', '{"applicationId":"a"}']) {
    assert.equal(parseReplyAddress(json), null);
  }
  assert.deepEqual(parseReplyAddress(JSON.stringify(address)), address);
  const { userId: _, ...older } = address;
  assert.deepEqual(parseReplyAddress(JSON.stringify(older)), { ...older, userId: null });
});

test('what was removed and comes back is not said to be learned, after a restart neither', async () => {
  for (const [locale, words] of [
    ['en', /↩️ \*\*Rules \\\*2026\\\*\*\* is back: 800 passages\. Answers use it again\.$/],
    ['ja', /↩️ \*\*Rules \\\*2026\\\*\*\* を元に戻しました（該当箇所 800 件）。再び回答に使われます。$/],
  ] as const) {
    const back = { ...job, replyTo: returning(JSON.stringify({ ...address, locale })) };
    const { progress, log, change } = told({ open: [back] });
    progress.resume();
    change({ replyTo: back.replyTo, state: 'done', step: 'done' });
    await settled();
    assert.match(log.at(-1) ?? '', words);
  }
});
