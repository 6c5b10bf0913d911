import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../src/errors.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestBot } from '../support/bot.ts';
import { BACKUP_TIME, entryOf } from '../support/fake-backups.ts';
import { openTestDiscord } from '../support/playground.ts';

const NAME = 'nescordbot_backup_20261120_020000';

async function house(t: TestContext, options: Parameters<typeof openTestBot>[2] = {}) {
  const there = await openTestDiscord(t);
  let now = Date.now();
  const timers = new Set<() => void>();
  const later = (_delayMs: number, run: () => void) => {
    timers.add(run);
    return () => timers.delete(run);
  };
  const bot = await openTestBot(t, there, { clock: () => now, later, ...options });
  const audited = () =>
    bot.lines.flatMap(({ message, details }) => {
      if (message !== 'audit') return [];
      const { action, outcome } = details as { action: string; outcome: string };
      return [`${action} ${outcome}`];
    });
  /** As when the time of every question is up. */
  const expire = () => {
    for (const run of timers) run();
  };
  return { there, ...bot, audited, expire, wait: (ms: number) => (now += ms) };
}

const labels = (message: ClientMessage): string[] =>
  message.components.flatMap((row) =>
    'components' in row ? (row.components as readonly { label?: string }[]).map(({ label }) => label ?? '') : [],
  );

test('a backup tells of its progress, and ends with what is in it, what it cost and what retention did', async (t) => {
  const { there, script } = await house(t);
  const hold = Promise.withResolvers<void>();
  script.hold = hold.promise;
  const operator = there.as('operator');
  const asked = await operator.command('backup', { reason: 'before the event' });
  const under = await asked.reply(({ content }) => content.includes('318'));
  assert.match(
    under.content,
    /^💾 \*\*Backing up\*\* ▰▰▰▰▰▱▱▱ 62 %: compressing 318 MB of 512 MB · answers go on as usual$/,
  );

  const second = await (await there.as('moderator').command('backup')).refusal();
  assert.match(second.content, /A backup is under way \(compressing, 62 %\)(?!.*incident)/);

  hold.resolve();
  const done = await asked.reply(({ content }) => content.startsWith('✅'));
  assert.match(done.content, /^✅ \*\*nescordbot_backup_20261120_020001\*\* · 141 MB · 7\.2 s · verified\n/);
  assert.match(
    done.content,
    /214 documents · 18,402 passages · 18,402 vectors · 3,911 questions\. .*teaching waited 0\.3 s/,
  );
  assert.match(done.content, /Kept 3 of 4: removed 20261115_093004 \(oldest; 5 are kept\)\./);
  assert.deepEqual(labels(done), ['Verify again', 'Restore…', 'List']);
  assert.equal(script.entries[0]?.sidecar?.manifest.by.id, operator.userId);
  const list = await (await operator.click(done, 'List')).reply();
  assert.match(list.content, /✅ \*\*20261120_020001\*\*.*by hand.*<@\d+>.*\n> before the event/);
});

test('a restore shows what would change, and is done once, by the one who asked, in time', async (t) => {
  const { there, script, audited, wait, expire } = await house(t);
  const operator = there.as('operator');
  const preview = await (
    await operator.command('restore', { backup: NAME })
  ).reply(({ content }) => /Go back/.test(content));
  assert.match(preview.content, /^⏪ \*\*Go back to 2026-11-20 02:00 UTC\*\* \(<t:\d+:R> · verified/);
  assert.match(
    preview.content,
    /Would disappear: 3 documents \(\*Rules 2026\*, \*Event FAQ\*, \*Mod \\\*handbook\\\*\*\), 41 questions with their answers/,
  );
  assert.match(preview.content, /Would return: 1 document \(\*Old rules\*\)\nWould change: settings of 1 server/);
  assert.match(preview.content, /About 40 s, during which I tell people to wait\. Today's state is saved first/);
  assert.deepEqual(labels(preview), ['Restore', 'Cancel']);

  await t.test('members and other operators cannot press its buttons', async () => {
    const denied = await (await there.as('member').click(preview, 'Restore')).reply();
    assert.match(denied.content, /^🔒/);
    const other = await (await there.as('moderator').click(preview, 'Restore')).followUp();
    assert.match(other.content, /Only the person who asked for this can press/);
    assert.equal(other.ephemeral, true);
    const notCancelled = await (await there.as('moderator').click(preview, 'Cancel')).followUp();
    assert.match(notCancelled.content, /Only the person/);
    assert.ok(!script.calls.some((call) => call.startsWith('restore')));
  });

  await t.test('a second press while it runs, and another restore, are refused in words', async () => {
    const hold = Promise.withResolvers<void>();
    script.hold = hold.promise;
    const [pressed] = await Promise.all([operator.click(preview, 'Restore'), operator.click(preview, 'Restore')]);
    const again = await operator.waitForMessage(({ content }) => content.includes('pressed that already'));
    await pressed.reply(({ content }) => content.includes('**Restoring** ▰'));
    assert.equal(again.ephemeral, true);
    const other = await (
      await there.as('moderator').command('restore', { backup: NAME })
    ).reply(({ content }) => /Go back/.test(content));
    const busy = await (await there.as('moderator').click(other, 'Restore')).followUp();
    assert.match(busy.content, /A restore is under way(?!.*incident)/);
    hold.resolve();
    const done = await pressed.reply(({ content }) => content.startsWith('✅'));
    assert.match(
      done.content,
      /\*\*Restored nescordbot_backup_20261120_020000\*\* in 38\.2 s: 212 documents and 3,870 questions are back\. Members waited 3\.4 s\./,
    );
    assert.match(done.content, /kept as \*\*nescordbot_backup_20261120_020001\*\*/);
    assert.deepEqual(labels(done), ['Undo']);
    assert.equal(script.calls.filter((call) => call.startsWith('restore')).length, 1);
    script.hold = null;

    const undo = await (await operator.click(done, 'Undo')).reply(({ content }) => /Go back/.test(content));
    assert.equal(undo.id, done.id, 'in the same message');
    assert.equal(script.calls.at(-1), 'preview nescordbot_backup_20261120_020001', 'undoing asks first');
    const kept = await (
      await operator.click(undo, 'Cancel')
    ).reply(({ content }) => /what was restored stays/.test(content));
    assert.equal(kept.id, done.id);
    assert.deepEqual(labels(kept), ['Undo'], 'and it can still be undone');
    const second = await (await operator.click(kept, 'Undo')).reply(({ content }) => /Go back/.test(content));
    const undone = await (
      await operator.click(second, 'Restore')
    ).reply(({ content }) => content.startsWith('✅ **Rest'));
    assert.equal(undone.id, done.id);
    assert.equal(script.calls.at(-1), `restore nescordbot_backup_20261120_020001 by ${operator.userId}`);
  });

  await t.test('after two minutes it is too late', async () => {
    const late = await (
      await operator.command('restore', { backup: NAME })
    ).reply(({ content }) => /Go back/.test(content));
    wait(121_000);
    const pressed = await operator.click(late, 'Restore');
    assert.match((await pressed.followUp()).content, /good for two minutes/);
    const over = await pressed.reply(({ content }) => content.includes('⌛ Expired. Nothing was changed.'));
    assert.deepEqual([over.id, labels(over)], [late.id, []], 'and its buttons go');
    assert.match(over.content, /Go back to/);
  });

  await t.test('buttons that nobody presses go by themselves, and an undo can still be asked for', async () => {
    const asked = await operator.command('restore', { backup: NAME });
    await asked.reply(({ content }) => /Go back/.test(content));
    expire();
    assert.deepEqual(labels(await asked.reply(({ content }) => content.includes('⌛ Expired'))), []);

    const again = await operator.command('restore', { backup: NAME });
    const pressed = await operator.click(await again.reply(({ content }) => /expire <t:/.test(content)), 'Restore');
    const done = await pressed.reply(({ content }) => content.startsWith('✅'));
    expire();
    const undo = await operator.click(done, 'Undo');
    await undo.reply(({ content }) => /expire <t:/.test(content));
    expire();
    assert.deepEqual(labels(await undo.reply(({ content }) => content.includes('⌛ Expired'))), ['Undo']);
  });

  await t.test('a restore that fails says so where it was asked, and why to the one who asked', async () => {
    script.failure = new AppError('damaged', 'chroma/index.bin is damaged. The next-best backup is X.');
    const again = await (
      await operator.command('restore', { backup: NAME })
    ).reply(({ content }) => /Go back/.test(content));
    const pressed = await operator.click(again, 'Restore');
    assert.match((await pressed.followUp()).content, /index\.bin is damaged.*incident/);
    const message = await pressed.reply(({ content }) => /was not restored/.test(content));
    assert.deepEqual(labels(message), []);
  });

  await t.test('each attempt is in the audit log', () => {
    const seen = audited();
    for (const one of [
      'restore asked',
      'restore confirmed',
      'restore done',
      'restore cancelled',
      'restore refused',
      'restore failed',
      'restore go denied',
    ])
      assert.ok(seen.includes(one), `${one} in ${seen.join(', ')}`);
  });
});

test('backups are listed, looked at, verified, pinned, cleaned up and deleted', async (t) => {
  const { there, script, audited } = await house(t);
  const operator = there.as('operator');
  const run = async (name: string, options = {}) => (await operator.command(name, options)).reply();

  const list = await run('backups list');
  assert.equal(list.ephemeral, true);
  assert.match(
    list.content,
    /^⭐✅ \*\*20261120_020000\*\* · <t:\d+:R> · 141 MB · by hand · shell · verified <t:\d+:R>\n> before the cleanup\n✅ \*\*20261119/,
  );
  assert.match(list.content, /✅ verified 🧪 drilled 🔒 encrypted 📌 pinned ⚠️ damaged/);
  assert.match((await run('backups show', { backup: NAME })).content, /schema 3 · SHA-256 `abababababababab…`/);
  assert.match((await run('backups pin', { backup: NAME })).content, /is pinned/);
  assert.match((await run('backups list')).content, /^⭐✅📌/);
  assert.match((await run('backups unpin', { backup: '20261120_020000' })).content, /no longer pinned/);

  const verified = await operator.command('backups verify', { backup: NAME });
  assert.match(
    (await verified.reply(({ content }) => content.startsWith('✅ Every'))).content,
    /a restore of it works/,
  );
  assert.ok(script.calls.includes(`verify ${NAME} drill`));
  const quick = await operator.command('backups verify', { backup: NAME, drill: false });
  await quick.reply(({ content }) => content.startsWith('✅ Every byte was read back, and is right'));
  assert.equal(script.calls.at(-1), `verify ${NAME}`);

  const choices = await operator.autocomplete('backups show', { backup: 'CLEAN' }, 'backup');
  assert.equal(choices.length, 1);
  assert.match(choices[0]?.name ?? '', /^⭐✅ 20261120_020000 · \d+ (days|h|min) ago · 141 MB · before the cleanup$/);

  await run('backups pin', { backup: NAME });
  const pinned = await run('backups delete', { backup: NAME });
  assert.match(pinned.content, /is pinned, so it was not deleted/);
  assert.deepEqual(labels(pinned), [], 'told before it is asked');
  await run('backups unpin', { backup: NAME });
  const question = await run('backups delete', { backup: NAME });
  assert.match(question.content, /Delete \*\*nescordbot_backup_20261120_020000\*\*.*cannot be brought back/);
  const kept = await operator.click(question, 'Keep it');
  assert.deepEqual(labels(await kept.reply(({ content }) => content === 'Nothing was deleted.')), []);
  assert.equal(audited().at(-1), 'backups delete cancelled');

  const stale = await run('backups cleanup');
  const [older] = script.entries.splice(1);
  const other = await operator.click(stale, 'Remove 1');
  assert.match(
    (await other.followUp()).content,
    /Other backups would go now than the list showed, so none was removed/,
  );
  assert.ok(older !== undefined && script.calls.every((call) => call !== 'cleanup false'));
  script.entries.push(older);

  const plan = await run('backups cleanup');
  assert.match(plan.content, /Retention would remove 1 and keep 1:\n🗑️ 20261119_020000 · older than the newest 1\n📦/);
  assert.deepEqual(script.calls.slice(-1), ['cleanup true']);
  const cleaned = await (await operator.click(plan, 'Remove 1')).reply(({ content }) => content.startsWith('🗑️'));
  assert.match(cleaned.content, /Kept 1 of 2/);

  const last = await run('backups delete', { backup: NAME });
  assert.match(last.content, /last verified backup, and stays/);
  assert.equal(last.ephemeral, true);
  assert.ok(audited().includes('backups delete refused'));

  await run('backups schedule', { rule: 'daily 02:00' });
  const { userId } = operator;
  assert.deepEqual(
    script.requesters,
    ['pin', 'pin', 'verify', 'verify', 'pin', 'pin', 'cleanup', 'schedule'].map((what) => `${what} ${userId}`),
    'the manager is told who it was, every time',
  );
  assert.match(
    (await run('backups show', { backup: 'nonsense' })).content,
    /There is no backup nonsense(?!.*incident)/,
  );
});

test('a button from before a restart changes nothing, says so kindly, and goes', async (t) => {
  const { there, ...before } = await house(t);
  const operator = there.as('operator');
  const asked = await operator.command('restore', { backup: NAME });
  const preview = await asked.reply(({ content }) => /Go back/.test(content));
  await before.close();
  const { script, lines } = await openTestBot(t, there);
  const pressed = await operator.click(preview, 'Restore');
  assert.match((await pressed.followUp()).content, /until I was restarted, and is no more\. Nothing was changed/);
  const over = await pressed.reply(({ content }) => content.startsWith('⌛ This question has expired'));
  assert.deepEqual([over.id, labels(over)], [preview.id, []]);
  assert.deepEqual(script.calls, []);
  assert.ok(
    lines.some(({ message }) => message === 'audit'),
    'and is recorded',
  );
});

test('a full list of long reasons, and a preview of long titles, fit into a message', async (t) => {
  const { there, script } = await house(t);
  const operator = there.as('operator');
  const [first] = script.entries;
  assert.ok(first?.sidecar);
  const sidecar = { ...first.sidecar, manifest: { ...first.sidecar.manifest, reason: '*'.repeat(200) } };
  const days = ['11', '12', '13', '14', '15', '16', '17', '18'];
  script.entries.length = 0;
  for (const day of days) script.entries.push({ ...first, name: `nescordbot_backup_202611${day}_020000`, sidecar });
  const list = await (await operator.command('backups list')).reply();
  for (const day of days) assert.ok(list.content.includes(`**202611${day}_020000**`), list.content);
  assert.match(list.content, /\n> (\\\*)+…\n.*Page 1 of 1 · 8 backups/s);

  const titles = Array.from({ length: 10 }, () => '_'.repeat(60));
  script.preview = {
    documentsLost: { count: 10, titles },
    documentsReturning: { count: 10, titles },
    remarks: [1, 2, 3].map(() => ({ en: 'x'.repeat(400), ja: '' })),
  };
  const preview = await (
    await operator.command('restore', { backup: '20261111_020000' })
  ).reply(({ content }) => /Go back/.test(content));
  assert.match(preview.content, /Would disappear: 10 documents.*Would return: 10 documents.*The buttons are for/s);
  assert.deepEqual(labels(preview), ['Restore', 'Cancel']);
});

test('the schedule is shown, changed, and wrong rules are refused; Japanese is spoken', async (t) => {
  const { there } = await house(t);
  const operator = there.as('operator', { locale: 'ja' });
  const run = async (name: string, options = {}) => (await operator.command(name, options)).reply();
  assert.match((await run('backups schedule')).content, /自動バックアップ：\*\*6 時間ごと\*\* \(UTC\)/);
  const changed = await run('backups schedule', { rule: 'daily 02:00', 'time-zone': 'Asia/Tokyo', enabled: true });
  assert.match(changed.content, /✅ 変更しました。.*毎日 02:00.*Asia\/Tokyo/);
  assert.match((await run('backups schedule', { enabled: false })).content, /停止中/);
  assert.match((await run('backups schedule', { rule: 'sometimes' })).content, /^⚠️ (?!.*インシデント)/);
  assert.match((await run('backups list')).content, /手動 · シェル.*\n.*\n.*定期 · スケジュール/);
  const made = await (await operator.command('backup')).reply(({ content }) => content.startsWith('✅'));
  assert.match(made.content, /文書 214 件/);
  assert.match(made.content, /20261115_093004（最古。5 件を保持） を削除しました/);
  const plan = await run('backups cleanup');
  assert.match(plan.content, /🗑️ \d{8}_\d{6} · 新しい 1 件より古い\n.*📦 \d{8}_\d{6} · 新しい 1 件\n/s);
  const preview = await (
    await operator.command('restore', { backup: NAME })
  ).reply(({ content }) => content.includes('戻します'));
  assert.match(preview.content, /失われるもの：文書 3 件（.*質問と回答 41 件/);
  const restored = await (await operator.click(preview, '復元する')).reply(({ content }) => content.startsWith('✅'));
  assert.match(restored.content, /38\.2 秒.*質問をお待ちいただいた時間は 3\.4 秒です。/);
  const undo = await (await operator.click(restored, '元に戻す')).reply(({ content }) => content.includes('戻します'));
  const kept = await (await operator.click(undo, 'やめる')).reply(({ content }) => content.startsWith('✅'));
  assert.match(kept.content, /復元した内容のままです/);
  assert.match(
    (await run('backups list')).content,
    /復元前の自動バックアップ.*\n> nescordbot\\_backup\\_20261120\\_020000 を復元する前の状態\n/,
  );
});

test('each backup that is not on the way to what is there now says so, in the list, when looked at, and in its order', async (t) => {
  const { there, script } = await house(t);
  const position = { knowledge: 1204, talk: 37 };
  const timeline = { id: 'timeline-1', number: 3, cause: 'restore', beganAt: '2026-11-01T00:00:00Z' } as const;
  const identity = {
    installationId: '5eed1234-aaaa-bbbb-cccc-000000000000',
    application: null,
    lineage: [{ ...timeline, branchedAt: null }],
    position,
  };
  const day = (days: number) => BACKUP_TIME - days * 86_400_000;
  script.entries.splice(
    0,
    2,
    entryOf(day(0), { standing: 'foreign', identity }),
    entryOf(day(1), { standing: 'unknown' }),
    entryOf(day(2), { standing: 'branch', identity }),
    entryOf(day(3), { standing: 'branch', identity, kind: 'safety' }),
    entryOf(day(4), { standing: 'current', identity }),
  );
  const [foreign, unknown, branch, safety, current] = script.entries.map(({ name }) => name);
  const [english, japanese] = [there.as('operator'), there.as('operator', { locale: 'ja' })];
  const lines = async (person: typeof english) =>
    (await (await person.command('backups list')).reply()).content.split('\n').slice(0, 5);
  const marked = (all: readonly string[]) => all.map((line) => line.split(' · ').slice(3, -2).join(' · '));
  assert.deepEqual(marked(await lines(english)), [
    "by hand · another installation's (5eed1234)",
    'by hand · origin unknown (older version)',
    'by hand · left behind by a restore',
    'safety backup',
    'by hand',
  ]);
  assert.deepEqual(marked(await lines(japanese)), [
    '手動 · 別のインストールのもの（5eed1234）',
    '手動 · 作成元不明（旧バージョン）',
    '手動 · 以前の復元で離れた時点のもの',
    '復元前の自動バックアップ',
    '手動',
  ]);
  const starred = (await lines(english)).map((line) => line.startsWith('⭐'));
  assert.deepEqual(starred, [false, false, false, false, true], 'which one counts as the newest, whatever its date');
  const list = (await (await english.command('backups list')).reply()).content;
  assert.match(list, /· ⭐ newest: restored if nobody chooses ✅ verified/);
  const japaneseList = (await (await japanese.command('backups list')).reply()).content;
  assert.match(japaneseList, /· ⭐ 最新（指定がなければこれを復元） ✅ 検証済み/);
  const offered = await english.autocomplete('restore', {}, 'backup');
  assert.match(offered[0]?.name ?? '', /^⭐✅/);
  assert.doesNotMatch(offered[1]?.name ?? '', /⭐/);
  assert.deepEqual(
    offered.map(({ value }) => value),
    [current, branch, safety, unknown, foreign],
  );
  assert.match(offered[4]?.name ?? '', /· another installation's \(5eed1234\) ·/);

  const shown = async (person: typeof english) =>
    (await (await person.command('backups show', { backup: foreign ?? '' })).reply()).content;
  assert.match(await shown(english), /^by hand · another installation's \(5eed1234\) · shell$/m);
  assert.match(
    await shown(english),
    /^-# Timeline 3, position 1,204 \(questions and votes 37\), installation 5eed1234: this, not the date, decides which backup is the newest$/m,
  );
  assert.match(
    await shown(japanese),
    /^-# タイムライン 3、位置 1,204（質問と評価 37）、インストール 5eed1234：どれが最新かは、日時ではなくこれで決まります$/m,
  );
  const doomed = await (await english.command('backups delete', { backup: foreign ?? '' })).reply();
  assert.match(doomed.content, /by hand, another installation's \(5eed1234\)\)\?/);
});

test('a backup that is dated in the future is not said to be new', async (t) => {
  const { there, script } = await house(t);
  script.entries.unshift(entryOf(Date.now() + 400 * 86_400_000));
  const [first] = await there.as('operator').autocomplete('backups show', {}, 'backup');
  assert.match(first?.name ?? '', /· dated (399|400) days ahead ·/);
  const [japanese] = await there.as('operator', { locale: 'ja' }).autocomplete('backups show', {}, 'backup');
  assert.match(japanese?.name ?? '', /· 日時が (399|400) 日先 ·/);
});

test('whoever may not operate the bot is refused, and it is written down', async (t) => {
  // With roles or people named, Discord shows the commands to everybody, and refusing them is the bot's.
  const { there, audited, script } = await house(t, { operatorUserIds: ['999999999999999999'] });
  const member = there.as('member');
  for (const [name, options] of [
    ['backup', {}],
    ['restore', { backup: NAME }],
    ['backups list', {}],
  ] as const) {
    assert.match((await (await member.command(name, options)).reply()).content, /^🔒 That is for the people who run/);
  }
  assert.deepEqual(await member.autocomplete('restore', { backup: '' }, 'backup'), []);
  assert.deepEqual(audited(), ['backup denied', 'restore denied', 'backups list denied']);
  assert.deepEqual(script.calls, []);
});
