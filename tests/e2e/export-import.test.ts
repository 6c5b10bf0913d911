import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { peekMarker } from '../../src/adapters/sqlite/peek.ts';
import { parseMarker } from '../../src/health/marker.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf, teachApp } from '../support/app-person.ts';
import { environmentOf, foldersIn } from '../support/kill-trial.ts';
import { CLI } from '../support/programs.ts';
import { tempFolder } from '../support/temp-store.ts';

const says = (words: RegExp) => (message: ClientMessage) => words.test(message.content);

/** Tables that no export has, each with the reason. One that is in neither list is for somebody to decide about. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  positions: 'how far this database has come; the one that is filled begins a timeline of its own',
  moments: 'when it had come how far',
  log_generations: "which write-ahead log is this one's",
  stale_collections: 'what is to be made anew of the index of this one',
  chunk_words: 'the full-text index, which triggers make anew from the passages that are imported',
  chunk_words_config: 'a part of that index',
  chunk_words_data: 'a part of that index',
  chunk_words_docsize: 'a part of that index',
  chunk_words_idx: 'a part of that index',
};

/** Those that come back as they were, row by row, with how a bot that was lived with comes to have rows in them. */
const KEPT: Readonly<Record<string, string>> = {
  documents: 'taught',
  document_contents: 'taught',
  chunks: 'taught',
  spaces: 'taught',
  vectors: 'taught',
  jobs: 'taught',
  questions: 'asked',
  question_messages: 'answered in Discord',
  question_passages: 'answered from passages',
  feedback: 'voted',
  dismissed: 'a question without an answer was put aside',
  usage: 'answered by a model',
  settings: 'a schedule was changed, and commands were uploaded',
  figures: 'somebody was forgotten, and what they counted stays',
  forgotten: 'somebody was forgotten',
  sqlite_sequence: 'numbers were given out, of which none comes back',
};

function tablesOf(file: string): Map<string, unknown[]> {
  const db = new Database(file, { readonly: true });
  try {
    const names = db
      .prepare<[], string>(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_sch%' AND name NOT LIKE 'sqlite_stat%'",
      )
      .pluck()
      .all();
    const rows = (name: string) => db.prepare(`SELECT * FROM "${name}" ORDER BY 1, 2`).all();
    const ofContent = (row: unknown) => (row as { scope?: string }).scope !== 'installation'; // whose it is, is its own
    return new Map(names.map((name) => [name, name in LEFT_OUT ? [] : rows(name).filter(ofContent)]));
  } finally {
    db.close();
  }
}

test('every table of a bot that was lived with comes out in an export, and into an empty bot, as it was', async (t) => {
  const app = await openTestApp(t, { firstLesson: false });
  const [member, moderator, operator] = [
    personOf(app, 'member'),
    personOf(app, 'moderator'),
    personOf(app, 'operator'),
  ];
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning. “朝 9 時” 🗼', member.userId);
  const gone = await teachApp(app, 'ferry', 'The ferry leaves twice a day.');
  app.knowledge.library.remove(guildOf(app), gone);
  const ask = async (person: typeof member) =>
    (await person.command('ask', { question: 'When does the lighthouse open?' })).reply(says(/offline engine/));
  for (const [person, vote] of [
    [member, '👍'],
    [moderator, '👎'],
  ] as const)
    await (await person.click(await ask(person), vote)).reply(says(/noted/));
  await (await operator.command('backups schedule', { rule: 'daily 02:00' })).reply(says(/✅ Changed/));
  const asking = await (await member.command('privacy forget-me')).reply(says(/Remove what I keep/));
  await (await member.click(asking, 'Forget me')).reply(says(/Done/));
  app.knowledge.store.insights.dismiss(guildOf(app), 'a-hash', Date.now());
  app.knowledge.store.usage.recordUsage({
    model: 'gemini-x',
    task: 'generate',
    at: Date.now(),
    requests: 1,
    inputTokens: 2,
    outputTokens: 3,
  });

  const cli = (folders: Parameters<typeof environmentOf>[0], ...args: string[]) =>
    promisify(execFile)(process.execPath, [CLI, 'backup', ...args], {
      cwd: dirname(folders.database),
      env: environmentOf(folders),
    });
  const { file } = app.knowledge.store;
  const out = join(tempFolder(t), 'all.json');
  await cli({ database: file, chroma: join(dirname(file), 'chroma') }, 'export', '--vectors', '--out', out);
  const before = tablesOf(file);
  const empty = foldersIn(realpathSync(tempFolder(t)));
  await cli(empty, 'import', out);
  const after = tablesOf(empty.database);

  const decided = [...Object.keys(KEPT), ...Object.keys(LEFT_OUT)].toSorted();
  assert.deepEqual([...before.keys()].toSorted(), decided, 'a table about which nobody has decided');
  for (const name of Object.keys(KEPT)) {
    const rows = before.get(name) ?? [];
    assert.ok(rows.length > 0, `${name} is empty, so nothing is shown of it`);
    assert.deepEqual(after.get(name), rows, name);
  }
  const [timeline, ...parents] = parseMarker(peekMarker(empty.database))?.lineage ?? [];
  assert.deepEqual([timeline?.cause, parents], ['import', []], 'it goes on as nothing that was there before');
});
