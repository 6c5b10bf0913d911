import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAppError } from '../../../src/errors.ts';
import { createConfirmations } from '../../../src/discord/confirmations.ts';
import { button, row } from '../../../src/discord/components.ts';
import type { LiveRequest, View } from '../../../src/discord/request.ts';

function desk() {
  let [now, ids] = [1_000_000, 0];
  const timers = new Set<() => void>();
  const edits: [string, View][] = [];
  const shown: View[] = [];
  const open = () =>
    createConfirmations({
      clock: () => now,
      randomId: () => `id-${(ids += 1)}`,
      later(_delayMs, run) {
        timers.add(run);
        return () => timers.delete(run);
      },
      edit: (replyTo, view) => void edits.push([replyTo, view]),
    });
  const from = (userId: string, args: readonly string[] = []) =>
    ({
      userId,
      args,
      locale: 'en',
      replyTo: `reply to ${userId}`,
      say: (words: { en: string }) => words.en,
      show: (view: View) => void shown.push(view),
    }) as unknown as LiveRequest;
  const expire = () => {
    for (const run of timers) run();
  };
  return { open, from, edits, shown, timers, expire, wait: (ms: number) => (now += ms) };
}

const RESTORE = { purpose: 'restore', subject: 'nescordbot_backup_20261121_093005', text: 'Go back?' } as const;

test('a confirmation is good for the one who asked, once, and takes the buttons away', () => {
  const { open, from, shown, timers } = desk();
  const confirmations = open();
  const { args, expiresAt } = confirmations.issue(from('11'), RESTORE);
  assert.equal(expiresAt, 1_000_000 + 120_000);
  assert.throws(
    () => confirmations.redeem(from('22', args), 'restore'),
    (error) => isAppError(error, 'forbidden'),
  );
  assert.deepEqual(shown, [], 'others change nothing');
  assert.throws(
    () => confirmations.redeem(from('22', args), 'restore'),
    /Only the person who asked for this can press/,
  );
  assert.equal(confirmations.redeem(from('11', args), 'restore'), RESTORE.subject);
  assert.deepEqual(shown, [{ content: 'Go back?', components: [] }]);
  assert.throws(() => confirmations.redeem(from('11', args), 'restore'), /second time/);
  assert.equal(timers.size, 0);
});

test('what was not asked is not confirmed: neither made up, nor for something else, nor another one’s', () => {
  const { open, from } = desk();
  const confirmations = open();
  const { args } = confirmations.issue(from('11'), RESTORE);
  const [, key = ''] = args;
  const far = (1_000_000 + 60_000).toString(36);
  for (const made of [['11', far, 'zz', RESTORE.subject], ['11', '', RESTORE.subject], ['11'], ['22', key, '']])
    assert.throws(() => confirmations.redeem(from(made[0] ?? '', made), 'restore'), /Nothing was changed/);
  assert.throws(() => confirmations.redeem(from('11', args), 'backups delete'), /Nothing was changed/);
  assert.equal(
    confirmations.redeem(from('11', ['11', key, 'nescordbot_backup_20200101_000000']), 'restore'),
    RESTORE.subject,
    'what was shown, whatever the button says',
  );
});

test('after two minutes the question says that it has expired, with the buttons that stay, pressed or not', () => {
  const { open, from, edits, shown, expire, wait } = desk();
  const confirmations = open();
  const otherwise = [row(button('restore:undo:x', 'Undo'))];
  const { args } = confirmations.issue(from('11'), { ...RESTORE, otherwise });
  const expired = { content: 'Go back?\n-# ⌛ Expired. Nothing was changed.', components: otherwise };
  wait(120_001);
  assert.throws(() => confirmations.redeem(from('11', args), 'restore'), /two minutes/);
  assert.deepEqual(shown, [expired]);
  const second = confirmations.issue(from('11'), { ...RESTORE, otherwise });
  expire();
  assert.deepEqual(edits, [['reply to 11', expired]]);
  assert.throws(() => confirmations.redeem(from('11', second.args), 'restore'), /two minutes/);
});

test('a button from before a restart is answered kindly, and goes', () => {
  const { open, from, shown } = desk();
  const { args } = open().issue(from('11'), RESTORE);
  const after = open();
  assert.throws(() => after.redeem(from('11', args), 'restore'), /until I was restarted.*use the command again/);
  assert.deepEqual(shown, [{ content: '⌛ This question has expired. Nothing was changed.', components: [] }]);
});

test('no more than a thousand questions are kept, of which the oldest goes, and none outlives the bot', () => {
  const { open, from, edits, timers, expire } = desk();
  const confirmations = open();
  const [first, second, ...others] = Array.from({ length: 1_001 }, () => confirmations.issue(from('11'), RESTORE).args);
  assert.equal(timers.size, 1_000);
  assert.throws(() => confirmations.redeem(from('11', first), 'restore'), /Nothing was changed/);
  for (const args of [second, others.at(-1)])
    assert.equal(confirmations.redeem(from('11', args), 'restore'), RESTORE.subject);
  confirmations[Symbol.dispose]();
  expire();
  assert.deepEqual(edits, [], 'a bot that has left edits nothing');
});

test('what a button carries fits into a custom id, for the longest name and id there are', () => {
  const about = 'nescordbot_backup_21000101_000000_1000';
  const { args } = desk()
    .open()
    .issue(desk().from('9'.repeat(20)), { ...RESTORE, about });
  assert.ok(['restore', 'cancel', ...args].join(':').length + 12 <= 100);
});
