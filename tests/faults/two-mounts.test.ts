import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { quiet } from '../support/quiet.ts';
import { withMounts } from '../support/start-main.ts';
import { emptyFolder } from '../support/start-stage.ts';
import { tempFolder } from '../support/temp-store.ts';

const CHILD = fileURLToPath(new URL('../support/two-mounts-child.ts', import.meta.url));

test('a backup is restored where database, index and backups lie on mounts of their own', async (t) => {
  const root = tempFolder(t);
  const places = ['database', 'index', 'backups'].map((name) => emptyFolder(root, name));
  const mounted = withMounts(places.map((place) => `mount -t tmpfs -o size=200m tmpfs '${place}'`).join('; '));
  if (mounted === null) return t.skip('nothing can be mounted here: unshare is not allowed');
  const [database = '', index = '', backups = ''] = places;
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: join(database, 'bot.db'),
    CHROMADB_PERSIST_DIRECTORY: index,
    BACKUP_DIRECTORY: backups,
    ...quiet,
    PORT: '0',
  };
  const [command, ...args] = [...mounted, process.execPath, CHILD];
  const { stdout } = await promisify(execFile)(command, args, { env, timeout: 300_000 });
  assert.match(stdout, /restored across mounts/);
});
