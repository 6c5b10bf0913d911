import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { test } from 'node:test';
import type { Answer } from '../../src/knowledge/model.ts';
import { openBase, teach, type Base } from '../support/knowledge-base.ts';
import { foldersIn, serversOn } from '../support/kill-trial.ts';
import { tempFolder } from '../support/temp-store.ts';

const guildId = '100000000000000001';

async function answerTo(base: Base, question: string): Promise<Answer> {
  const more = { guildId, channelId: '1', userId: '2', locale: 'en' as const, conversation: [] };
  for await (const event of base.answers.ask({ ...more, question })) if (event.kind === 'final') return event.answer;
  throw new Error('An answer never ends without its final event.');
}

test('while the index is down questions are answered by words, and by vectors as soon as it is back', async (t) => {
  const folders = foldersIn(realpathSync(tempFolder(t)));
  let aheadMs = 0;
  await using base = await openBase(folders, { clock: () => Date.now() + aheadMs });
  await teach(base, guildId, 'Rivers', '# Rivers\n\n## The Rhine\n\nThe Rhine flows through Basel to the sea.');
  const question = 'Where does the Rhine flow?';
  assert.equal((await answerTo(base, question)).rung, 'full');

  const pid = base.indexServer.pid();
  assert.ok(pid !== null);
  // Questions go on all the while; none of them fails, whatever moment it meets.
  const asking = Array.from({ length: 20 }, () => answerTo(base, question));
  process.kill(pid, 'SIGKILL');
  const answers = await Promise.all([...asking, ...Array.from({ length: 20 }, () => answerTo(base, question))]);
  assert.ok(answers.every(({ outcome, text }) => outcome === 'answered' && /Basel/.test(text)));
  const byWords = answers.filter(({ rung }) => rung === 'keywords');
  assert.ok(byWords.length > 0, 'some met the index when it was down');
  assert.ok(
    byWords.every(({ notice }) => notice !== null && notice !== ''),
    'and each said so',
  );

  await base.indexServer.ready?.();
  aheadMs = 10 * 60_000; // what failed a while ago is tried again after a rest
  const after = await answerTo(base, question);
  assert.deepEqual([after.rung, after.notice], ['full', null]);
  assert.notEqual(base.indexServer.pid(), pid);
  assert.equal((serversOn(folders.chroma) ?? [0]).length, 1, 'and there is one server, not two');
});
