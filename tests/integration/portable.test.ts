import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import files, { mkdir } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import { isAppError } from '../../src/errors.ts';
import { openExportSource } from '../../src/adapters/sqlite/export.ts';
import { openImportTarget } from '../../src/adapters/sqlite/import.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { exportCsv, field } from '../../src/backup/portable/export-csv.ts';
import { exportJson } from '../../src/backup/portable/export-json.ts';
import { importJson } from '../../src/backup/portable/import-json.ts';
import { exportAll } from '../../src/cli/backup/portable.ts';
import { CLI } from '../support/programs.ts';
import { recordedQuestion } from '../support/recorded-question.ts';
import { tempFolder } from '../support/temp-store.ts';

const timeoutMs = 1000;

/** A database with `chunks` passages and everything that refers to them. */
function fill(file: string, chunks: number): void {
  openStore({ file, timeoutMs }).close();
  const db = new Database(file);
  db.pragma('foreign_keys = ON');
  db.transaction(() => {
    db.exec(`INSERT INTO documents (id, guild_id, title, name, search_key, content_hash, size_bytes, added_by, added_at, state, chunked, chunk_count)
      VALUES (7, 'g1', 'Regeln “日本”', 'a.md', 'a', 'h', 3, 'u', 5, 'ready', 1, ${chunks}),
             (9, 'g1', 'gone', 'b.md', 'b', 'i', 3, 'u', 5, 'removed', 1, 0);
      INSERT INTO document_contents VALUES (7, x'00ff10');
      INSERT INTO spaces VALUES (1, 'offline-hash-v1/768');
      INSERT INTO questions (id, guild_id, channel_id, user_id, question, answer, outcome, rung, engine, duration_ms, asked_at)
      VALUES (1, 'g1', 'c', 'u', '=HYPERLINK("http://x")', 'say "hi",\n@you', 'answered', 'full', 'offline', 12, 0);
      INSERT INTO feedback VALUES (1, 'u', 'up', 3);
      INSERT INTO settings VALUES ('g1', 'k', '{"a":[1]}');
      DELETE FROM documents WHERE id = 9;`);
    const chunk =
      db.prepare(`INSERT INTO chunks (document_id, guild_id, ordinal, headings, text, tokens, text_hash, words)
      VALUES (7, 'g1', ?, '["A","B"]', ?, 3, ?, ?)`);
    const vector = db.prepare('INSERT INTO vectors (chunk_id, space, vector) VALUES (?, 1, ?)');
    const bytes = Buffer.alloc(3072, 7);
    for (let at = 0; at < chunks; at += 1) {
      const { lastInsertRowid } = chunk.run(at, `passage ${at}`, `t${at}`, `passage word${at}`);
      vector.run(lastInsertRowid, bytes);
    }
  })();
  db.close();
}

function textOf(file: string, vectors = true): string {
  using source = openExportSource(file);
  return [...exportJson(source, { version: '0.1.0', at: 0, vectors })].join('');
}

async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function emptyFile(t: TestContext): string {
  return join(tempFolder(t), 'new.db');
}

async function read(text: string, file: string, size?: number) {
  using target = openImportTarget({ file, timeoutMs, marker: undefined });
  return await importJson(pieces(text, size), target);
}

test('export, import and export again give the same text, and words are found as before', async (t) => {
  const file = join(tempFolder(t), 'a.db');
  fill(file, 20);
  const text = textOf(file);
  for (const size of [1, 7, 1 << 20]) {
    const copy = emptyFile(t);
    await read(text, copy, size);
    assert.equal(textOf(copy), text, `in pieces of ${size} bytes`);
    const db = new Database(copy, { readonly: true });
    assert.equal(db.prepare(`SELECT rowid FROM chunk_words WHERE chunk_words MATCH 'word7'`).all().length, 1);
    db.close();
  }
  const pretty = JSON.stringify(JSON.parse(text), null, 4);
  const copy = emptyFile(t);
  await read(pretty, copy);
  assert.equal(textOf(copy), text, 'another layout of the same JSON');
  const db = new Database(copy);
  db.exec(`INSERT INTO documents (guild_id, title, name, search_key, content_hash, size_bytes, added_by, added_at, state)
    VALUES ('g1', 't', 'n', 's', 'z', 1, 'u', 1, 'queued')`);
  assert.equal(db.prepare('SELECT max(id) FROM documents').pluck().get(), 10, 'the id of a removed document came back');
  db.close();
});

test('without vectors everything else comes back, and the documents wait to be embedded', async (t) => {
  const file = join(tempFolder(t), 'a.db');
  fill(file, 3);
  const copy = emptyFile(t);
  const result = await read(textOf(file, false), copy);
  assert.equal(result.vectors, false);
  const store = openStore({ file: copy, timeoutMs });
  assert.deepEqual(
    store.knowledge.documentsWithoutVectors('offline-hash-v1/768', 10, 0).map(({ id }) => id),
    [7],
  );
  store.close();
});

test('what is no export, or lies, is refused in words, and the database stays as it was', async (t) => {
  const file = join(tempFolder(t), 'a.db');
  fill(file, 3);
  const text = textOf(file);
  const json = JSON.parse(text) as Record<string, unknown> & { tables: Record<string, Record<string, unknown>[]> };
  const changed = (change: (copy: typeof json) => void): string => {
    const copy = structuredClone(json);
    change(copy);
    return JSON.stringify(copy);
  };
  const cell = (table: string, column: string, value: unknown) =>
    changed(({ tables }) => Object.assign(tables[table]?.[0] ?? {}, { [column]: value }));
  const hostile: Record<string, string> = {
    empty: '',
    'no JSON': 'hello',
    'a list': '[1,2]',
    'cut short': text.slice(0, -40),
    'something behind it': `${text}{}`,
    'no tables': '{"format":1}',
    'tables first': '{"tables":{"documents":[]},"format":1}',
    'a newer format': changed((copy) => void (copy['format'] = 2)),
    'a newer schema': changed((copy) => void (copy['schemaVersion'] = 99)),
    'a false count': changed((copy) => void copy.tables['chunks']?.pop()),
    'an unknown table': text.replace('"documents": [', '"sqlite_schema": ['),
    'an unknown column': cell('documents', 'x"; DROP TABLE documents; --', 1),
    'a text for a number': cell('documents', 'id', '7'),
    'a half number': cell('documents', 'added_at', 1.5),
    'no base64': cell('document_contents', 'content', '@@@@'),
    'half a character': text.replace('passage 1', '\\ud800'),
    'a passage of another server': cell('chunks', 'guild_id', 'g2'),
    'a passage of no document': cell('chunks', 'document_id', 99),
    'headings that are none': cell('chunks', 'headings', '{"a":1}'),
    'a vector cut short': cell('vectors', 'vector', 'AAA='),
    'a setting that is no JSON': cell('settings', 'value', '{'),
    'a state that does not exist': cell('documents', 'state', 'stolen'),
    'a prototype': text.replace('"id":7', '"__proto__":{"id":7}'),
    'deep nesting': `{"format":${'['.repeat(200_000)}`,
    'tables in another order': changed((copy) => {
      copy.tables = Object.fromEntries(Object.entries(copy.tables).reverse());
    }),
  };
  const before = textOf(file);
  for (const [name, attempt] of Object.entries(hostile)) {
    await assert.rejects(
      read(attempt, file, 4096),
      (error) =>
        (isAppError(error, 'damaged') || isAppError(error, 'invalid')) && /Nothing was changed/.test(error.message),
      name,
    );
    assert.equal(textOf(file), before, name);
  }
  t.diagnostic(`${Object.keys(hostile).length} hostile files refused`);
});

/** What the shell needs for itself, measured: with 32 it ends before the first row. The rest is less than the file. */
const programMegabytes = 32;
const heapMegabytes = 64;

test('ten thousand passages stream through a heap that could not hold them, out and in', async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, 'big.db');
  fill(file, 10_000);
  await mkdir(join(folder, 'chroma'));
  await mkdir(join(folder, 'backups'));
  const run = (database: string, ...args: string[]) =>
    new Promise<{ code: number | string; out: string; notes: string }>((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        DATABASE_URL: database,
        CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
        BACKUP_DIRECTORY: join(folder, 'backups'),
        NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
      };
      execFile(process.execPath, [CLI, 'backup', ...args], { env, cwd: folder }, (error, out, notes) =>
        resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 'killed'), out, notes }),
      );
    });
  const out = join(folder, 'out.json');
  const exported = await run(file, 'export', '--vectors', '--out', out);
  assert.equal(exported.code, 0, exported.notes);
  assert.equal(statSync(out).mode & 0o777, 0o600);
  t.diagnostic(`${statSync(out).size} bytes`);
  assert.ok(statSync(out).size > (heapMegabytes - programMegabytes) * 1e6);
  const copy = join(folder, 'copy.db');
  const imported = await run(copy, 'import', out);
  assert.equal(imported.code, 0, imported.notes);
  const again = await run(copy, 'import', out);
  assert.equal(again.code, 1);
  assert.match(again.notes, /Add --replace/);
  writeFileSync(join(folder, 'bad.json'), readFileSync(out).subarray(0, 5000));
  assert.equal((await run(join(folder, 'third.db'), 'import', join(folder, 'bad.json'))).code, 3);
  assert.equal((await run(copy, 'import', '/no/such/file')).code, 5);
  using target = openImportTarget({ file: join(folder, 'fourth.db'), timeoutMs, marker: undefined });
  assert.equal((await importJson(createReadStream(out), target)).counts['chunks'], 10_000);
});

test('the history of questions is a table that spreadsheets read and do not run', (t) => {
  const file = join(tempFolder(t), 'a.db');
  fill(file, 1);
  using source = openExportSource(file);
  const [head, row] = [...exportCsv(source)];
  assert.match(head ?? '', /^\ufeffid,asked_at,server,channel,user,question,answer,.*\r\n$/);
  assert.equal(
    row,
    `1,1970-01-01T00:00:00.000Z,g1,c,u,"'=HYPERLINK(""http://x"")","say ""hi"",\n@you",answered,full,offline,12,1,0\r\n`,
  );
  for (const formula of ['=1', '+1', '-1', '@x', '\t=1', ' =1', '＝1']) assert.match(field(formula), /^'/, formula);
});

test('of what was asked in private the table has only that it was asked, and how it went', (t) => {
  const file = join(tempFolder(t), 'a.db');
  const store = openStore({ file, timeoutMs: 1000 });
  const id = store.history.recordQuestion(
    recordedQuestion({
      guildId: 'g1',
      channelId: 'c/asker',
      userId: 'asker',
      question: 'Am I banned?',
      answer: 'Not yet.',
    }),
  );
  store.history.recordFeedback(id, 'asker', 'down', 1);
  store.close();
  using source = openExportSource(file);
  const [, row = ''] = [...exportCsv(source)];
  assert.match(row, /^1,[^,]+,g1,,,,,answered,[^,]+,[^,]+,\d+,0,1\r\n$/);
});

test('an export that cannot be written says so, and lets go of the database', async (t) => {
  const file = join(tempFolder(t), 'bot.db');
  openStore({ file, timeoutMs: 1000 }).close();
  const db = new Database(file);
  const insert = db.prepare("INSERT INTO settings (scope, key, value) VALUES ('global', ?, ?)");
  for (let key = 0; key < 1_000; key += 1) insert.run(`key-${key}`, JSON.stringify('x'.repeat(1_000)));
  db.close();
  const silent = { note: () => undefined, result: () => undefined, progress: () => ({ update() {}, end() {} }) };
  const shell = { terminal: silent, version: '1', openExport: () => openExportSource(file) };
  const choice = { format: 'json', vectors: true, out: join(tempFolder(t), 'all.json') } as const;
  const inNoFolder = { ...choice, out: join(file, 'all.json') };
  await assert.rejects(exportAll(shell as never, inNoFolder), {
    code: 'invalid',
    message: /cannot be written: ENOTDIR/,
  });
  const { open } = files;
  t.mock.method(files, 'open', async (...given: Parameters<typeof open>) => {
    const handle = await open(...given);
    handle.writeFile = () => Promise.reject(Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' }));
    return handle;
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await assert.rejects(exportAll(shell as never, choice), { code: 'invalid', message: /cannot be written: EIO/ });
});
