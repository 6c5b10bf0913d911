import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { App } from '../../src/app.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf, teachApp } from '../support/app-person.ts';

const BY = { id: '1', name: 'Morgan' };
const answered = (message: ClientMessage) => /offline engine|I found nothing|not been taught/.test(message.content);

async function ask(app: App, question: string): Promise<string> {
  const asked = await personOf(app, 'member').command('ask', { question });
  return (await asked.reply(answered)).content;
}

async function indexAgrees({ knowledge: { store, indexServer, engine } }: App): Promise<void> {
  const { space } = engine.embedder;
  for (const guildId of store.knowledge.guildsWithDocuments()) {
    const wanted = store.knowledge.guildVectorIds(guildId, space.id, { after: 0, limit: 1000 });
    assert.equal(await indexServer.index.count({ guildId, space }), wanted.length);
  }
}

test('teach, back up, teach more and remove, restore, and undo: each time the answers are those of that time', async (t) => {
  const app = await openTestApp(t, { firstLesson: false });
  const { backups } = app;
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const harbour = await teachApp(app, 'harbour', 'The harbour master is called Ines.');

  const { entry } = await backups.create({ kind: 'manual', reason: 'before the season', by: BY });
  assert.equal(entry.state, 'good');
  const drilled = await backups.verify(entry.name, { drill: true });
  assert.deepEqual(drilled.sidecar?.drilled?.problems, []);
  assert.equal(drilled.sidecar?.drilled?.ok, true);

  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  app.knowledge.library.remove(guildOf(app), harbour);
  assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);

  const preview = await backups.preview(entry.name);
  assert.deepEqual(preview.documentsLost, { count: 1, titles: ['ferry'] });
  assert.deepEqual(preview.documentsReturning, { count: 1, titles: ['harbour'] });
  assert.equal(preview.questionsLost, 1);

  const restored = await backups.restore(entry.name, BY);
  assert.equal(restored.documents, 2);
  assert.equal(restored.safety.sidecar?.manifest.kind, 'safety');
  assert.match(await ask(app, 'Who is the harbour master?'), /Ines/);
  assert.doesNotMatch(await ask(app, 'How often does the ferry leave?'), /twice a day/);
  await indexAgrees(app);

  const undo = await backups.preview(restored.safety.name);
  assert.deepEqual(undo.documentsReturning, { count: 1, titles: ['ferry'] });
  assert.deepEqual(
    [undo.questionsLost, undo.questionsReturning],
    [2, 1],
    'the two asked since go, the one before returns',
  );
  await backups.restore(restored.safety.name, BY);
  assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);
  assert.doesNotMatch(await ask(app, 'Who is the harbour master?'), /Ines/);
  await indexAgrees(app);

  const root = dirname(app.knowledge.store.file);
  assert.deepEqual(
    (await readdir(root)).filter((name) => /stage|before|journal$/.test(name)),
    [],
  );
  assert.equal((await backups.list()).length, 3);
});

test('while a backup is restored, Discord stays connected, members are told so, and the bot is not ready', async (t) => {
  const app = await openTestApp(t, { firstLesson: false });
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const { entry } = await app.backups.create({ kind: 'manual', reason: null, by: BY });
  const during = Promise.withResolvers<{ reply: string; ready: number }>();
  const restoring = app.backups.restore(entry.name, BY, {
    onProgress({ stage }) {
      if (stage !== 'opening') return;
      const look = async () => {
        const ready = (await fetch(`${app.origin}/readyz`)).status;
        const asked = await personOf(app, 'member').command('ask', { question: 'When does the lighthouse open?' });
        const reply = await asked.refusal();
        return { reply: reply.content, ready };
      };
      look().then(during.resolve, during.reject);
    },
  });
  const [{ reply, ready }] = await Promise.all([during.promise, restoring]);
  assert.match(reply, /I am restoring a backup/);
  assert.equal(ready, 503);
  assert.equal(app.discord.status().state, 'ok');
  assert.match(await ask(app, 'When does the lighthouse open?'), /nine/);
  assert.equal((await fetch(`${app.origin}/readyz`)).status, 200);
});

test('all of it through Discord: back up, go back, undo, with real volumes behind the commands', async (t) => {
  const app = await openTestApp(t, { firstLesson: false });
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning.');
  const operator = personOf(app, 'operator');
  const begins = (mark: string) => (message: ClientMessage) => message.content.startsWith(mark);
  const goesBack = (message: ClientMessage) => message.content.includes('Go back to');

  const made = await (await operator.command('backup', { reason: 'before the season' })).reply(begins('✅'));
  const [name = ''] = /nescordbot_backup_\d{8}_\d{6}/.exec(made.content) ?? [];
  assert.match(made.content, /1 document/);
  await teachApp(app, 'ferry', 'The ferry to the island leaves twice a day.');
  assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);

  const preview = await (await operator.command('restore', { backup: name })).reply(goesBack);
  assert.match(preview.content, /Would disappear: 1 document \(\*ferry\*\), 1 question/);
  const done = await (await operator.click(preview, 'Restore')).reply(begins('✅'));
  assert.match(done.content, /\*\*Restored .* 1 document/);
  assert.doesNotMatch(await ask(app, 'How often does the ferry leave?'), /twice a day/);
  assert.match(await ask(app, 'When does the lighthouse open?'), /nine/);

  const undo = await (await operator.click(done, 'Undo')).reply(goesBack);
  assert.match(undo.content, /Would return: 1 document \(\*ferry\*\)/);
  await (await operator.click(undo, 'Restore')).reply(begins('✅'));
  assert.match(await ask(app, 'How often does the ferry leave?'), /twice a day/);
});
