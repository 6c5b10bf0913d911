import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createOfflineGenerator } from '../../src/adapters/offline/generate.ts';
import type { App } from '../../src/app.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import { NO_ANSWER } from '../../src/knowledge/prompt.ts';
import { REMOVED_KEPT_MS } from '../../src/knowledge/purge.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { createLineFile } from '../../src/log/line-file.ts';
import { createLog } from '../../src/log.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf, teachApp } from '../support/app-person.ts';
import { tarZst } from '../support/archives.ts';
import { ended } from '../support/knowledge-parts.ts';
import { tempFolder } from '../support/temp-store.ts';
import { piecesOf, tracesIn } from '../support/traces.ts';
import { unitVector } from '../support/vectors.ts';
import { createWatchedEmbedder } from '../support/watched-embedder.ts';

const DIMENSIONS = 64;
const BY = { id: '1', name: 'Morgan' };
const says = (words: RegExp) => (message: ClientMessage) => words.test(message.content);

/** The offline engine, but for its vectors, which share numbers: these are like those of a model. */
function createEngine() {
  let made = 0;
  const documents = (texts: readonly unknown[]) => texts.map(() => unitVector((made += 1), DIMENSIONS));
  return {
    embedder: {
      ...createWatchedEmbedder(DIMENSIONS),
      embedDocuments: async (texts: readonly unknown[]) => documents(texts),
      embedQuery: async () => unitVector(1_000_000, DIMENSIONS),
    },
    generator: createOfflineGenerator({ vocabulary: { words: searchWords, common: commonWords }, noAnswer: NO_ANSWER }),
  };
}

const vectorsOf = ({ knowledge: { store, engine } }: App, documentId: number) =>
  store.knowledge
    .documentVectors(documentId, engine.embedder.space.id, { after: 0, limit: 9_999 })
    .map(({ vector }) => vector);

/** The next backup, unpacked; those before it are deleted. */
async function backUp({ backups }: App, folder: string, into: string): Promise<string> {
  const { entry } = await backups.create({ kind: 'manual', reason: null, by: BY });
  for (const { name } of await backups.list()) if (name !== entry.name) await backups.delete(name, BY);
  const file = join(folder, 'backups', `${entry.name}.tar.zst`);
  mkdirSync(into);
  const { files } = await tarZst.read(file);
  await tarZst.extract(file, into, files);
  return into;
}

test('what was removed, and what a forgotten person asked, is in no file of the bot, nor in the next backup', async (t) => {
  const [logs, unpacked] = [tempFolder(t), tempFolder(t)];
  let ahead = 0;
  const lines = createLineFile({
    file: join(logs, 'bot.log'),
    maxBytes: 1e9,
    maxFiles: 1,
    onTrouble: () => undefined,
  });
  const app = await openTestApp(t, {
    firstLesson: false,
    engine: createEngine(),
    log: createLog('debug', [], new PassThrough().resume(), lines),
    clock: () => Date.now() + ahead,
  });
  const { store, library, runner, indexUpkeep } = app.knowledge;
  const folder = dirname(store.file);
  const member = personOf(app, 'member');
  const guildId = guildOf(app);
  const ask = async (question: string) =>
    void (await (await member.command('ask', { question })).reply(says(/Sources: |found nothing/)));

  await teachApp(app, 'Harbour', 'The harbour opens at nine in the morning.\n\nShips moor in the bay.');
  const small = await teachApp(app, 'Xylozebra', 'The password of the lighthouse is quagglewort.');
  const japanese = await teachApp(app, '鸚鵡の秘密', '灯台の合言葉は龗龗麤です。誰にも話さないでください。');
  // More than a thousand passages: only then does Chroma write a file of vectors.
  const sections = Array.from({ length: 1_050 }, (_, at) => `## Part ${at}\n\nAbout vexqualia${at} there is this.`);
  const large = await teachApp(app, 'Large', sections.join('\n\n'));
  await ask('What is the password of the lighthouse?');
  await ask('灯台の合言葉は何ですか');
  await ask('When does the harbour open?');

  const removed = [small, japanese, large];
  const words = ['Xylozebra', 'quagglewort', '鸚鵡', '龗龗麤', 'vexqualia7 ', 'vexqualia1049 ', 'vexqualia'];
  const vectors = removed.flatMap((id) => vectorsOf(app, id));
  const pieces = [...vectors.slice(0, 40), ...vectors.slice(-40)].flatMap(piecesOf);
  const marks = [...words, ...pieces];
  const files = new Set(tracesIn(folder, marks).map((trace) => trace.split(': ')[0] ?? ''));
  const hasTraces = (name: RegExp) => [...files].some((file) => name.test(file));
  for (const name of [/^bot\.db/, /^chroma\/chroma\.sqlite3$/, /^chroma\/.*\/data_level0\.bin$/])
    assert.ok(hasTraces(name), `${String(name)} had it`);
  assert.ok(tracesIn(await backUp(app, folder, join(unpacked, 'before')), words).length >= words.length);

  for (const id of removed) library.remove(guildId, id);
  const removals = store.jobs.openJobs(null, 99).filter(({ kind }) => kind === 'purge');
  assert.equal(removals.length, removed.length);
  ahead += REMOVED_KEPT_MS;
  for (const job of removals) {
    runner.wake();
    await ended(library, job);
    ahead += REMOVED_KEPT_MS * 2;
  }
  await indexUpkeep.look((work) => work(new AbortController().signal));
  await indexUpkeep.settled();
  const after = await backUp(app, folder, join(unpacked, 'after'));
  await lines.flush();
  for (const place of [folder, after, logs]) assert.deepEqual(tracesIn(place, marks), []);

  const answers = store.people.questionsOf(member.userId, { after: 0, limit: 9 }).map(({ answer }) => answer);
  assert.deepEqual(answers.slice(0, 2), ['(removed source)', '（削除された出典）']);
  assert.match(answers[2] ?? '', /nine in the morning/);

  await ask('When does the harbour open, asks zorblaxian?');
  assert.ok(tracesIn(folder, ['zorblaxian', member.userId]).length >= 2);
  const wish = await (await member.command('privacy forget-me')).reply(says(/Remove what I keep/));
  await (await member.click(wish, 'Forget me')).reply(says(/Done/));
  const forgotten = await backUp(app, folder, join(unpacked, 'forgotten'));
  for (const place of [folder, forgotten, logs]) assert.deepEqual(tracesIn(place, ['zorblaxian']), []);
  // Whom to forget has to be known: in two lists, and in the database's own, which is in each backup.
  const named = tracesIn(folder, [member.userId]).map((trace) => trace.split(': ')[0] ?? '');
  assert.deepEqual(named.sort(), ['.bot.db.forgotten.jsonl', 'backups/.nescordbot-forgotten.jsonl', 'bot.db']);
  assert.equal(readFileSync(join(folder, 'bot.db'), 'latin1').split(member.userId).length, 2, 'once');
  assert.equal(
    readFileSync(join(forgotten, 'sqlite', 'nescordbot.db'), 'latin1').split(member.userId).length,
    2,
    'once',
  );
});
