import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readJournal, writeJournal, type RestoreJournal } from '../../src/backup/journal.ts';
import type { Content } from '../../src/backup/ports.ts';
import { recoverRestore } from '../../src/backup/recover.ts';
import { clear, namesOf, stageOf, swapIn, type Step } from '../../src/backup/swap.ts';
import { undeletable } from '../support/undeletable.ts';

const ID = '20261121t093005-1a2b3c4d';
class Killed extends Error {}

/** Throws at its n-th call, as if the process ended there. */
function killedAt(n: number): Step & { readonly taken: () => number } {
  let taken = 0;
  return Object.assign(
    () => {
      taken += 1;
      if (taken > n) throw new Killed();
    },
    { taken: () => taken },
  );
}

interface Volume {
  readonly root: string;
  readonly journalFile: string;
  readonly contents: readonly Content[];
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function read(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length + 1)] = entry.isFile() ? await readFile(path, 'utf8') : '(folder)';
  }
  return found;
}

const LAYOUTS = {
  'two folders': ['data', 'index'],
  'one folder inside the other': ['data', 'data/chromadb'],
  'one folder for both': ['data', 'data'],
} as const;

const OLD = {
  sqlite: { 'bot.db': 'old rows', 'bot.db-wal': 'old log' },
  chroma: { 'chroma.sqlite3': 'old index', 'a-1/x.bin': 'old a', 'a-2/x.bin': 'old both' },
};
const NEW = {
  sqlite: { 'nescordbot.db': 'new rows' },
  chroma: { 'chroma.sqlite3': 'new index', 'a-2/x.bin': 'new both', 'a-3/x.bin': 'new c' },
};
const OTHERS = { 'notes.txt': 'mine', 'backups/one.tar.zst': 'a backup', 'nescordbot.lock': '' };

async function volume(t: TestContext, layout: readonly [string, string]): Promise<Volume> {
  const root = await mkdtemp(join(tmpdir(), 'nescordbot-swap-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const sqlite: Content = {
    name: 'sqlite',
    root: join(root, layout[0]),
    owns: (name) => name.startsWith('bot.db'),
    place: (path) => path.replace('sqlite/nescordbot.db', 'bot.db'),
  };
  const chroma: Content = {
    name: 'chroma',
    root: join(root, layout[1]),
    owns: (name) => name.startsWith('chroma.sqlite3') || name.startsWith('a-'),
    place: (path) => path.replace('chroma/', ''),
  };
  await write(sqlite.root, { ...OLD.sqlite, ...OTHERS });
  await write(chroma.root, OLD.chroma);
  for (const [content, files] of [
    [sqlite, NEW.sqlite],
    [chroma, NEW.chroma],
  ] as const) {
    await write(join(stageOf(content, ID), content.name), files);
  }
  return { root, contents: [sqlite, chroma], journalFile: join(sqlite.root, 'restore-journal.json') };
}

async function journalOf(contents: readonly Content[]): Promise<RestoreJournal> {
  const before: Record<string, string[]> = {};
  for (const content of contents) before[content.name] = await namesOf(content);
  return { format: 1, id: ID, backup: 'b', safety: 's', startedAt: 0, confirmed: false, before };
}

/** The restore as `createRestore` goes about it, from the journal on; what was opened writes a file of its own. */
async function restore({ contents, journalFile }: Volume, step: Step): Promise<void> {
  const journal = await journalOf(contents);
  await step('write the journal');
  await writeJournal(journalFile, journal);
  await swapIn(contents, journal, step);
  await step('open');
  for (const { name, root } of contents)
    await writeFile(join(root, name === 'sqlite' ? 'bot.db-wal' : 'a-4'), 'opened');
  await step('confirm');
  await writeJournal(journalFile, { ...journal, confirmed: true });
  await step('confirmed');
  await clear(contents, journal, step);
  await step('remove the journal');
  await rm(journalFile);
}

for (const [name, layout] of Object.entries(LAYOUTS)) {
  test(`a restore killed at any step leaves all of the old or all of the new: ${name}`, async (t) => {
    const tally = { undone: 0, finished: 0, nothing: 0, recoveriesKilled: 0 };
    for (let n = 0, whole = false; !whole; n += 1) {
      const there = await volume(t, layout);
      const before = await read(there.root);
      for (const path of Object.keys(before)) if (path.includes('.stage-')) delete before[path];
      whole = await restore(there, killedAt(n)).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          return false;
        },
      );
      // The recovery is killed at each of its own steps, too, until it comes through.
      let outcome = '';
      for (let m = 0; outcome === ''; m += 1) {
        outcome = await recoverRestore(there.contents, there.journalFile, killedAt(m)).then(
          (recovery) => recovery.outcome,
          (error: unknown) => {
            if (!(error instanceof Killed)) throw error;
            tally.recoveriesKilled += 1;
            return '';
          },
        );
      }
      tally[outcome as 'undone'] += 1;
      const after = await read(there.root);
      const isOld = after[join(layout[0], 'bot.db')] === 'old rows';
      if (isOld) assert.deepEqual(after, before, `killed at step ${n}`);
      else assert.deepEqual(after, afterRestore(before, layout), `killed at step ${n}`);
      assert.equal(await readJournal(there.journalFile), null);
      if (whole) assert.equal(isOld, false);
    }
    t.diagnostic(JSON.stringify(tally));
    assert.ok(tally.undone > 10 && tally.finished > 3 && tally.recoveriesKilled > 50, JSON.stringify(tally));
  });
}

function afterRestore(before: Record<string, string>, [data, index]: readonly [string, string]) {
  const expected = { ...before, [join(data, 'bot.db')]: 'new rows', [join(data, 'bot.db-wal')]: 'opened' };
  const at = (name: string) => join(index, name);
  delete expected[at('a-1')];
  delete expected[at('a-1/x.bin')];
  return {
    ...expected,
    [at('chroma.sqlite3')]: 'new index',
    [at('a-2/x.bin')]: 'new both',
    [at('a-3')]: '(folder)',
    [at('a-3/x.bin')]: 'new c',
    [at('a-4')]: 'opened',
  };
}

test('without a journal, what was staged is deleted, and what made way is never', async (t) => {
  const there = await volume(t, LAYOUTS['two folders']);
  const [sqlite] = there.contents;
  assert.ok(sqlite !== undefined);
  await write(sqlite.root, { [`.before-restore-${ID}/sqlite/bot.db`]: 'precious', '.stage-mine/x': 'not ours' });
  const { outcome, leftovers } = await recoverRestore(there.contents, there.journalFile);
  assert.equal(outcome, 'nothing');
  assert.deepEqual(leftovers, [join(sqlite.root, `.before-restore-${ID}`)]);
  const names = await readdir(sqlite.root);
  assert.ok(!names.includes(`.stage-${ID}`));
  assert.ok(names.includes('.stage-mine'));
  assert.equal(await readFile(join(sqlite.root, `.before-restore-${ID}/sqlite/bot.db`), 'utf8'), 'precious');
});

test('what cannot be deleted is told of, and keeps no bot from starting', async (t) => {
  const folders = undeletable(t, /\.(?:stage|before-restore)-/);
  const stopped = { 'without a journal': null, 'under way': 'open', 'after it': 'confirmed' };
  for (const [when, last] of Object.entries(stopped)) {
    const there = await volume(t, LAYOUTS['two folders']);
    const roots = there.contents.map(({ root }) => root);
    const kill: Step = (what) => {
      if (what === last) throw new Killed();
    };
    if (last !== null) await assert.rejects(restore(there, kill), Killed);
    folders.isHeld = true;
    const { leftovers } = await recoverRestore(there.contents, there.journalFile);
    folders.isHeld = false;
    const staged = roots.map((root) => join(root, `.stage-${ID}`));
    const replaced = roots.map((root) => join(root, `.before-restore-${ID}`));
    const held = last === 'confirmed' ? [...staged, ...replaced] : staged;
    assert.deepEqual([...leftovers].sort(), held.sort(), when);
    assert.equal(await readJournal(there.journalFile), null, when);
    assert.equal(
      (await read(join(there.root, 'data')))['bot.db'],
      last === 'confirmed' ? 'new rows' : 'old rows',
      when,
    );
    const again = await recoverRestore(there.contents, there.journalFile);
    assert.deepEqual([...again.leftovers].sort(), last === 'confirmed' ? replaced.sort() : [], when);
  }
});

test('a journal that cannot be read stops the start, in words, and changes nothing', async (t) => {
  const there = await volume(t, LAYOUTS['two folders']);
  for (const text of [
    '',
    '{',
    'null',
    '{"format":1}',
    JSON.stringify({ ...(await journalOf([])), before: { sqlite: ['../x'] } }),
  ]) {
    await writeFile(there.journalFile, text);
    const before = await read(there.root);
    await assert.rejects(recoverRestore(there.contents, there.journalFile), { code: 'damaged', message: /journal/ });
    assert.deepEqual(await read(there.root), before);
  }
});
