import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseLedger } from '../../src/backup/offsite/ledger-format.ts';
import { createApiClient } from '../support/api-client.ts';
import { openTestApp } from '../support/app.ts';
import { teachApp } from '../support/app-person.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { tempFolder } from '../support/temp-store.ts';

const TOKEN = 'correct-horse-battery-staple-0123456789';
const ROUTES = [
  '/api/overview',
  '/metrics',
  '/api/backup/history',
  '/api/backup/status',
  '/api/integrity',
  '/api/jobs',
];

/** The same, with another number in the place of each but that of the format. */
function numbered(value: unknown, number: number): unknown {
  if (typeof value === 'number') return number;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => numbered(one, number));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, key === 'format' ? one : numbered(one, number)]),
  );
}

const withNumber = (number: number) => (text: string) => JSON.stringify(numbered(JSON.parse(text), number));

const EDITS: Readonly<Record<string, (text: string) => string>> = {
  'every number is 1e308': withNumber(1e308),
  'every number is later than any date': withNumber(9e15),
  'every number is a fraction': withNumber(1.5),
  'half of each file is gone': (text) => text.slice(0, text.length / 2),
  'each is one text of 10 MB': () => JSON.stringify('x'.repeat(10_000_000)),
  'each is a list of 100,000 entries': () => JSON.stringify(Array.from({ length: 100_000 }, () => ({ at: 1 }))),
};

test('files of ours that somebody edited keep no start from coming up, and are put right', async (t) => {
  const folder = realpathSync(tempFolder(t));
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ['data', 'backups', 'chroma', 'vault']) mkdirSync(at(name));
  const env = {
    API_TOKEN: TOKEN,
    DATABASE_URL: at('data', 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: at('chroma'),
    BACKUP_DIRECTORY: at('backups'),
    VAULT_DIRECTORY: at('vault'),
  };
  const ledger = at('backups', '.off-site', 'folder', 'ledger.json');
  const marker = at('data', '.bot.db.installation.json');
  const alerts = at('data', '.bot.db.alerts.json');
  const files = [
    ledger,
    marker,
    at('data', '.bot.db.clock.json'),
    alerts,
    at('backups', '.nescordbot-installation.json'),
    at('chroma', '.nescordbot-installation.json'),
  ];

  /** One start, whose routes all answer; what it said, and whose state it had. */
  async function life(work: (app: Awaited<ReturnType<typeof openTestApp>>) => Promise<void> = async () => undefined) {
    const { log, lines } = recordingLog();
    await using app = await openTestApp(t, { firstLesson: false, env, log });
    const client = await createApiClient(app.origin, TOKEN);
    await work(app);
    for (const path of ROUTES) {
      const { status, text } = await client.call('GET', path);
      assert.equal(status, 200, `${path}: ${text}`);
    }
    await app.offSite.look({}).catch(() => undefined);
    const state = app.knowledge.store.positions.position();
    return { said: lines.map(({ message }) => message).join('\n'), state };
  }

  const { state } = await life(async (app) => {
    await teachApp(app, 'lighthouse', 'The lighthouse opens at nine.');
    await app.backups.create({ kind: 'manual', reason: null, by: { id: 'u1', name: 'Ines' } });
    await app.offSite.sync({});
  });
  const told = { key: 'a:b', severity: 'warning', words: 'It rains.', since: 1, saidAt: 1 };
  const past = { ...told, resolvedAt: 2 };
  writeFileSync(alerts, JSON.stringify({ format: 1, book: { open: [told], recent: [past], muted: {} }, waiting: {} }));
  const originals = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const whose = (text = ''): unknown => {
    const { installationId, lineage } = JSON.parse(text) as Record<string, unknown>;
    return { installationId, lineage };
  };

  for (const [what, edit] of Object.entries(EDITS)) {
    await t.test(what, async () => {
      for (const [file, text] of originals) writeFileSync(file, edit(text));
      const { said, state: now } = await life();
      assert.ok(said.includes(`${ledger} cannot be read (`), said);
      assert.equal(Object.keys(parseLedger(readFileSync(ledger, 'utf8')).copies).length, 1);
      assert.deepEqual(now, state);
      assert.deepEqual(whose(readFileSync(marker, 'utf8')), whose(originals.get(marker)));
    });
  }

  await t.test('a ledger that cannot be read is said to be so, and nothing fails for it', async () => {
    rmSync(ledger);
    mkdirSync(ledger); // as for whoever is not allowed to read it
    const { said } = await life();
    assert.ok(said.includes(`${ledger} cannot be read (it is not a file)`), said);
    rmSync(ledger, { recursive: true });
    await life((app) => app.offSite.sync({}).then(() => undefined));
    assert.equal(Object.values(parseLedger(readFileSync(ledger, 'utf8')).copies)[0]?.state, 'verified');
  });
});
