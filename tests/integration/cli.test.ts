import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { openGeminiServer } from '../support/gemini-server.ts';
import { CLI } from '../support/programs.ts';
import { tempFolder } from '../support/temp-store.ts';
import { openWebhookReceiver } from '../support/webhook-receiver.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** A volume of its own, and the shell on it. */
async function openVolume(t: TestContext, settings: Record<string, string> = {}) {
  const folder = tempFolder(t);
  await mkdir(join(folder, 'chroma'));
  await mkdir(join(folder, 'docs', 'rules'), { recursive: true });
  const env = {
    PATH: process.env['PATH'],
    DATA_DIR: folder,
    DATABASE_URL: join(folder, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chroma'),
    NODE_NO_WARNINGS: '1',
    ...settings,
  };
  const run = (file: string, args: readonly string[]) =>
    new Promise<Outcome>((resolve) => {
      execFile(file, args, { env, cwd: folder }, (error, out, notes) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? NaN), out, notes }),
      );
    });
  const cli = (...args: string[]) => run(process.execPath, [CLI, ...args]);
  const shell = ({ out = '&1', notes = '&2' }, ...args: string[]) =>
    run('/bin/sh', ['-c', `exec "$0" "$@" >${out} 2>${notes}`, process.execPath, CLI, ...args]);
  return { docs: join(folder, 'docs'), cli: Object.assign(cli, { to: shell }) };
}

/** One that copies backups to a folder, which a person has marked as a vault. */
async function openVolumeWithVault(t: TestContext) {
  const vault = tempFolder(t);
  await writeFile(join(vault, '.nescordbot-vault'), '');
  return openVolume(t, { VAULT_DIRECTORY: vault });
}

test('a folder is taught, found and answered from; a second time nothing changes; a changed file replaces itself', async (t) => {
  const { docs, cli } = await openVolume(t);
  await writeFile(join(docs, 'tea.md'), '# Tea\n\n## Steeping\n\nGyokuro is steeped at sixty degrees.\n');
  await writeFile(join(docs, 'rules', 'pets.txt'), 'Dogs are welcome in the garden.');
  await writeFile(join(docs, 'picture.md'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]));

  const first = await cli('ingest', docs, '--base-url', 'https://example.org/wiki', '--json');
  assert.equal((await stat(join(docs, '..', 'bot.db'))).mode & 0o007, 0, 'others cannot read the database');
  assert.equal(first.code, 1, 'a file that is no text is a failure that is told');
  assert.match(first.notes, /picture\.md: /);
  const { added, failed } = JSON.parse(first.out) as { added: number; failed: unknown[] };
  assert.deepEqual([added, failed.length], [2, 1]);

  const answer = await cli('ask', 'How hot is gyokuro steeped?');
  assert.equal(answer.code, 0);
  assert.match(answer.out, /steeped at sixty degrees\. \[1\]/);
  assert.match(answer.out, /\[1\] Tea › Steeping <https:\/\/example\.org\/wiki\/tea\.md>/);

  await writeFile(join(docs, 'tea.md'), '# Tea\n\n## Steeping\n\nGyokuro is steeped at fifty degrees.\n');
  const second = await cli('ingest', docs, '--json');
  const report = JSON.parse(second.out) as { added: number; updated: number; unchanged: number };
  assert.deepEqual([report.added, report.updated, report.unchanged], [0, 1, 1]);
  const now = await cli('search', 'gyokuro', '--json');
  const texts = (JSON.parse(now.out) as { passages: { text: string }[] }).passages.map(({ text }) => text);
  assert.equal(texts[0], 'Gyokuro is steeped at fifty degrees.');
  assert.ok(!texts.includes('Gyokuro is steeped at sixty degrees.'), 'the older version is still found');
});

test('what is wrong is said in words, with an exit code that scripts can read', async (t) => {
  const { cli } = await openVolume(t);
  const missing = await cli('ingest', '/no/such/folder');
  assert.equal(missing.code, 5);
  assert.match(missing.notes, /There is nothing at \/no\/such\/folder/);
  for (const wrong of [
    ['ask'],
    ['search', 'x', '--limit', 'many'],
    ['ingest', '.', '--base-url', 'ftp://x'],
    ['dance'],
  ]) {
    assert.equal((await cli(...wrong)).code, 2, wrong.join(' '));
  }
});

test('a file that cannot be read says so, and the others are taught', async (t) => {
  const { docs, cli } = await openVolume(t);
  await writeFile(join(docs, 'A.MD'), '# Tea\n\nGyokuro is steeped at sixty degrees.\n');
  await mkdir(join(docs, 'folder.md'));
  await symlink('/no/such/file', join(docs, 'dangling.md'));
  await symlink('..', join(docs, 'loop'));
  await writeFile(Buffer.concat([Buffer.from(`${docs}/not-utf8-`), Buffer.from([0xff]), Buffer.from('.md')]), 'Lost');
  await promisify(execFile)('mkfifo', [join(docs, 'pipe.md')]);

  const outcome = await cli('ingest', docs, '--json');
  assert.equal(outcome.code, 1);
  const { added, failed } = JSON.parse(outcome.out) as { added: number; failed: { name: string }[] };
  assert.equal(added, 1, outcome.notes);
  assert.deepEqual(failed.map(({ name }) => name).sort(), ['dangling.md', 'not-utf8-\ufffd.md', 'pipe.md']);
  assert.match(outcome.notes, /pipe\.md: It is not a file\./);
});

test('a folder’s pages have the titles that they give themselves, and what is not taught of it is counted', async (t) => {
  const { docs, cli } = await openVolume(t);
  const pages: Record<string, string> = {
    'pets.md': '# Pet rules\n\nDogs stay on the lead.',
    'camp.md': '+++\ntitle = "Campfire policy"\nweight = 30\n+++\nFires burn inside the ring.',
    'rules/parking_fees.md': 'Parking costs nine coins.',
    'server.mdx': '# Server\n\nIt needs Java 25.',
    'proxy.mdx': '# Proxy\n\nIt needs Java 11.',
    'Map.PNG': 'x',
    LICENSE: 'x',
  };
  for (const [name, content] of Object.entries(pages)) await writeFile(join(docs, name), content);
  const taught = await cli('ingest', docs);
  assert.match(
    taught.out,
    /^3 files: 3 added, .* 4 files left out: 2 \.mdx, 1 \.png, 1 without an ending\.$/m,
    taught.notes,
  );
  for (const [words, title] of [
    ['dogs on the lead', 'Pet rules'],
    ['campfires burn inside the ring', 'Campfire policy'],
    ['coins for parking', 'rules/parking fees'],
  ] as const) {
    const { passages } = JSON.parse((await cli('search', words, '--json')).out) as { passages: { title: string }[] };
    assert.equal(passages[0]?.title, title);
  }
  assert.equal((await cli('search', 'zzz', 'qqq')).out, 'Nothing comes close to that.\n');
  const again = JSON.parse((await cli('ingest', docs, '--json')).out) as { leftOut: unknown };
  assert.deepEqual(again.leftOut, { '.mdx': 2, '.png': 1, 'without an ending': 1 });

  await rm(join(docs, 'rules'), { recursive: true });
  for (const name of ['pets.md', 'camp.md', 'Map.PNG', 'LICENSE']) await rm(join(docs, name));
  const none = await cli('ingest', docs);
  assert.match(none.notes, /no \.md or \.txt files below .*docs\. 2 files left out: \.mdx\./);
});

test('content that one file gave up and another one has stays; of a changed file one version is left', async (t) => {
  const { docs, cli } = await openVolume(t);
  await writeFile(join(docs, 'a.md'), 'Gyokuro is steeped at sixty degrees.');
  await writeFile(join(docs, 'b.md'), 'Gyokuro is steeped at sixty degrees.');
  const first = await cli('ingest', docs, '--json');
  assert.deepEqual(countsOf(first), [1, 0, 1]);

  await writeFile(join(docs, 'a.md'), 'Gyokuro is steeped at fifty degrees.');
  assert.deepEqual(countsOf(await cli('ingest', docs, '--json')), [1, 0, 1]);
  assert.deepEqual(await textsOf(cli, 'gyokuro'), [
    'Gyokuro is steeped at fifty degrees.',
    'Gyokuro is steeped at sixty degrees.',
  ]);

  await writeFile(join(docs, 'b.md'), 'Hojicha is roasted.');
  await cli('ingest', docs);
  assert.deepEqual(await textsOf(cli, 'gyokuro'), ['Gyokuro is steeped at fifty degrees.']);
});

test('a quota that is used up for the day is told instead of waited for, and the next run goes on', async (t) => {
  const gemini = await openGeminiServer();
  t.after(() => gemini.close());
  const { docs, cli } = await openVolume(t, { GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.url });
  await writeFile(join(docs, 'tea.md'), 'Gyokuro is steeped at sixty degrees.');
  const violations = [{ quotaId: 'EmbedRequestsPerDayPerProject' }];
  const details = [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }];
  const body = { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded.', details } };
  gemini.script({ kind: 'status', status: 429, body, task: 'batchEmbedContents' });

  const first = await cli('ingest', docs);
  assert.equal(first.code, 1);
  assert.match(first.notes, /quota for today is used up.*\nWhat was read so far is stored\./);
  const second = await cli('ingest', docs, '--json');
  assert.deepEqual([second.code, ...countsOf(second)], [0, 1, 0, 0], second.notes);
});

function countsOf({ out }: Outcome): number[] {
  const report = JSON.parse(out) as { added: number; updated: number; unchanged: number };
  return [report.added, report.updated, report.unchanged];
}

async function textsOf(cli: (...args: string[]) => Promise<Outcome>, words: string): Promise<string[]> {
  const { out } = await cli('search', words, '--json');
  const { passages } = JSON.parse(out) as { passages: { text: string }[] };
  return passages
    .map(({ text }) => text)
    .filter((text) => text.includes('Gyokuro'))
    .sort();
}

test('every way by which alerts go out is tried from a shell, and the exit code says whether all work', async (t) => {
  const receiver = await openWebhookReceiver(t);
  receiver.manner = (response, { url }) => void response.writeHead(url === '/works' ? 200 : 410).end();
  const urls = `${receiver.origin}/works,${receiver.origin}/services/secret-0123456789`;
  const { cli } = await openVolume(t, { ALERT_WEBHOOK_URL: urls });
  const { code, out, notes } = await cli('alerts', 'test');
  assert.equal(code, 1, notes);
  assert.match(
    out,
    /^ok {4}webhook at 127\.0\.0\.1:\d+ \([\d.]+ s\)\nfail {2}webhook at .*not there any more.*\n1 of 2 failed\.\n$/,
  );
  assert.match(JSON.stringify(receiver.received[0]?.body), /"state":"test"/);
  assert.ok(!`${out}${notes}`.includes('secret-0123456789'));
});

test('what was begun is ended although its words cannot be written, and results that are lost are a failure', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full');
  const { docs, cli } = await openVolume(t);
  await writeFile(join(docs, 'tea.md'), 'Gyokuro is steeped at sixty degrees.');
  const taught = await cli.to({ notes: '/dev/full' }, 'ingest', docs, '--json');
  assert.equal(taught.code, 0);
  assert.match(taught.out, /"added":1/);
  const found = await cli.to({ out: '/dev/full' }, 'search', 'gyokuro', '--json');
  assert.equal(found.code, 1);
  assert.match(found.notes, /^The output could not be written: ENOSPC[^\n]*\n$/);
});

test('a vault that is not there is told of in words alone', async (t) => {
  const folder = tempFolder(t);
  const { cli } = await openVolume(t, { DATA_DIR: folder, VAULT_DIRECTORY: join(folder, 'missing') });
  const [sync, list] = [await cli('backup', 'sync'), await cli('backup', 'list')];
  assert.equal(sync.code, 1);
  assert.match(sync.out, /The vault folder \S+missing cannot be reached \(ENOENT\)\. Is it mounted\?/);
  assert.match(sync.notes, /^Not everything is in \/\S+ yet\.\n$/m);
  assert.match(list.notes, /^What is in \/\S+ may be out of date\. The vault folder/m);
  assert.doesNotMatch(sync.notes + list.notes, /^ +at /m, 'no stack');
});

test('the list says which backup is the newest, and what only a vault has is shown as one that is here', async (t) => {
  const { docs, cli } = await openVolumeWithVault(t);
  await writeFile(join(docs, 'tea.md'), 'Gyokuro is steeped at sixty degrees.');
  await cli('ingest', docs);
  const create = async () =>
    /nescordbot_backup_\w+/.exec((await cli('backup', 'create')).out.split('\n').at(-2) ?? '')?.[0];
  const older = (await create()) ?? '';
  await cli('ask', 'How hot is gyokuro steeped?');
  const newer = await create();
  const listed = (await cli('backup', 'list')).out;
  assert.match(listed, new RegExp(`^${newer} .* · newest, good`, 'm'));
  assert.match(listed, new RegExp(`^${older} .* · good`, 'm'));

  await cli('backup', 'sync');
  await cli('backup', 'delete', older, '--yes');
  const { code, out, notes } = await cli('backup', 'show', older);
  assert.equal(code, 0, notes);
  assert.match(out, new RegExp(`^${older} .* · only in folder\n`));
  assert.match(
    out,
    /^timeline \d+ \(start\), position \d+ .*: this, not the date, decides which backup is the newest$/m,
  );
  assert.match(out, /^off-site: folder \(last read back [-\d]+ [:\d]+\)\n {2}documents: 1$/m);
  const missing = await cli('backup', 'show', 'nescordbot_backup_20200101_000000');
  assert.equal(missing.code, 5, missing.notes);
});

test('the list of backups says in which place something is not backed up yet, and what was asked since', async (t) => {
  const { docs, cli } = await openVolumeWithVault(t);
  const listed = async () => (await cli('backup', 'list')).notes;
  assert.equal(await listed(), '', 'there is nothing that could be lost');

  await writeFile(join(docs, 'tea.md'), 'Gyokuro is steeped at sixty degrees.');
  await cli('ingest', docs);
  const lacking = /^Here: what is there now has no backup of its own yet\.\n\/\S+: what was taught since/m;
  assert.match(await listed(), lacking);
  await cli('backup', 'create');
  assert.match(await listed(), /^Here: all that was taught is backed up\.\n\/\S+: what was taught since/m);
  assert.doesNotMatch(
    (await cli('backup', 'list')).out,
    /origin unknown/,
    'it says whose it is before any bot has started',
  );
  await cli('backup', 'sync');
  await cli('ask', 'How hot is gyokuro steeped?');
  const all =
    /^Here: all that was taught is backed up( \(questions and votes since: 1\))?\.\n\/\S+: all that was taught is/m;
  assert.match(await listed(), all);
});
