import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createApiClient, type ApiReply } from '../support/api-client.ts';
import { openTestApp } from '../support/app.ts';
import { teachApp } from '../support/app-person.ts';
import { tempFolder } from '../support/temp-store.ts';

const TOKEN = 'correct-horse-battery-staple-0123456789';
const MANUAL = { kind: 'manual', reason: null, by: { id: 'u1', name: 'Ines' } } as const;

/** Every route that looks at the database, the index or the backups; none of them changes what another one here needs. */
const routesOf = (name: string, title: string): readonly (readonly [string, string, object?])[] => [
  ['GET', '/api/overview'],
  ['GET', '/metrics'],
  ['GET', '/api/backup/history'],
  ['GET', '/api/backup/status'],
  ['GET', `/api/backup/${name}`],
  ['GET', `/api/backup/${name}/download`],
  ['POST', `/api/backup/${name}/preview`],
  ['POST', `/api/backup/${name}/pin`],
  ['POST', `/api/backup/${name}/unpin`],
  ['POST', '/api/backup/cleanup', { dryRun: true }],
  ['GET', '/api/backup/scheduler/configure'],
  ['POST', '/api/backup/scheduler/start'],
  ['POST', '/api/backup/scheduler/stop'],
  ['POST', '/api/knowledge', { title, text: `The ${title} is open in the evening.` }],
  ['GET', '/api/knowledge'],
  ['GET', '/api/knowledge/guilds'],
  ['GET', '/api/knowledge/1'],
  ['GET', '/api/knowledge/search?q=lighthouse'],
  ['POST', '/api/knowledge/ask', { question: 'When does the lighthouse open?' }],
  ['GET', '/api/settings'],
  ['GET', '/api/audit'],
  ['GET', '/api/log'],
  ['GET', '/api/jobs'],
  ['GET', '/api/integrity'],
];

/** Behind the first pages. */
async function overwritePages(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  const { size } = await handle.stat();
  const garbage = Buffer.alloc(Math.floor(size / 2), 0xa5);
  await handle.write(garbage, 0, garbage.length, Math.floor(size / 2));
}

test('whatever is the matter with the volume, each route answers in words and none with 500', async (t) => {
  const folder = realpathSync(tempFolder(t));
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ['data', 'backups', 'chroma']) mkdirSync(at(name));
  const app = await openTestApp(t, {
    firstLesson: false,
    env: {
      API_TOKEN: TOKEN,
      API_REQUESTS_PER_MINUTE: '100000',
      DATABASE_URL: at('data', 'bot.db'),
      CHROMADB_PERSIST_DIRECTORY: at('chroma'),
      BACKUP_DIRECTORY: at('backups'),
    },
  });
  const client = await createApiClient(app.origin, TOKEN);
  await teachApp(app, 'lighthouse', 'The lighthouse opens at nine in the morning. '.repeat(200));
  const { name } = (await app.backups.create(MANUAL)).entry;
  const other = (await app.backups.create(MANUAL)).entry.name;

  let taught = 0;
  async function ask(about: string): Promise<Map<string, ApiReply>> {
    const replies = new Map<string, ApiReply>();
    for (const [method, path, body] of routesOf(about, `pier ${(taught += 1)}`)) {
      const reply = await client.call(method, path, body === undefined ? {} : { body });
      const what = `${method} ${path.replace(about, 'NAME')}`;
      assert.notEqual(reply.status, 500, `${what}: ${reply.text}`);
      if (reply.status >= 400) {
        const words = reply.body['words'] as { en: string; ja: string } | undefined;
        assert.ok(words !== undefined && words.ja !== words.en, `${what} says it in both languages: ${reply.text}`);
      }
      replies.set(what, reply);
    }
    return replies;
  }
  const told = (replies: Map<string, ApiReply>, what: string, status: number): string => {
    const reply = replies.get(what) ?? assert.fail(`${what} was not asked`);
    assert.equal(reply.status, status, `${what}: ${reply.text}`);
    return String(reply.body['detail']);
  };
  const local = (replies: Map<string, ApiReply>) =>
    (replies.get('GET /api/overview')?.body['copies'] as { problem: string | null }[] | undefined)?.[0]?.problem;
  const PREVIEW = 'POST /api/backup/NAME/preview';

  await t.test('nothing', async () => {
    const replies = await ask(name);
    for (const [what, { status }] of replies) assert.ok(status < 300, what);
    assert.equal(local(replies), null);
  });
  await t.test('a backup whose bytes have changed', async () => {
    const file = at('backups', `${name}.tar.zst`);
    writeFileSync(file, readFileSync(file).fill(0xa5, 200, 400));
    const replies = await ask(name);
    assert.match(
      told(replies, PREVIEW, 409),
      new RegExp(`is damaged .*so nothing was changed.*next-best backup is ${other}`),
    );
    told(replies, 'GET /api/backup/NAME', 200);
    const { body } = await client.call('POST', `/api/backup/${name}/preview`);
    assert.equal(body['type'], 'urn:problem-type:nescordbot:damaged');
  });
  await t.test('a backup whose archive is gone, and one that is a folder', async () => {
    const file = at('backups', `${name}.tar.zst`);
    rmSync(file);
    const replies = await ask(name);
    assert.match(told(replies, PREVIEW, 409), /the archive is missing/);
    assert.match(told(replies, 'GET /api/backup/NAME/download', 404), /not there any more.*another backup/);
    mkdirSync(file);
    assert.match(told(await ask(name), 'GET /api/backup/NAME/download', 404), /not there any more/);
  });
  await t.test('the backup folder is gone', async () => {
    renameSync(at('backups'), at('away'));
    const replies = await ask(other);
    assert.match(told(replies, PREVIEW, 503), /backup folder .* cannot be reached.*Is its volume mounted/);
    told(replies, 'GET /api/overview', 200);
    assert.match(
      local(replies) ?? '',
      /backup folder .* cannot be reached/,
      'the dashboard shows the rest, and why this is missing',
    );
    assert.match(replies.get('GET /metrics')?.text ?? '', /^nescordbot_documents [1-9]/m);
    told(replies, 'POST /api/knowledge', 202);
    renameSync(at('away'), at('backups'));
  });
  await t.test('the folder of the database is gone', async () => {
    renameSync(at('data'), at('away'));
    const replies = await ask(other);
    assert.match(told(replies, PREVIEW, 503), /The folder .*data cannot be reached \(ENOENT\)/);
    assert.match(told(replies, 'POST /api/knowledge', 503), /folder .*data is gone.*Mount it again or put it back/);
    told(replies, 'POST /api/knowledge/ask', 200);
    const check = await client.call('POST', '/api/integrity/check');
    const { result } = await client.follow(String(check.body['href']));
    const { findings } = result as { findings: { part: string; state: string }[] };
    assert.deepEqual(
      findings.filter(({ part }) => part === 'database').map(({ state }) => state),
      ['skipped'],
      'what was taken away is not damaged for that',
    );
    renameSync(at('away'), at('data'));
    assert.equal(await app.knowledge.store.condition.look(), null, 'and all is well when it is back');
  });
  await t.test('the database is damaged', async () => {
    await overwritePages(at('data', 'bot.db'));
    const check = await client.call('POST', '/api/integrity/check');
    await client.follow(String(check.body['href']));
    const replies = await ask(other);
    told(replies, 'GET /api/overview', 200);
    told(replies, PREVIEW, 200);
    const job = await client.call('POST', '/api/backup/create');
    const { problem } = await client.follow(String(job.body['href']));
    assert.equal((problem as { status: number }).status, 503);
    assert.equal((await fetch(`${app.origin}/readyz`)).status, 503);
  });
});
