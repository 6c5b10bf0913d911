import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createGitLfsVault } from '../../src/adapters/git-lfs/vault.ts';
import { parsePointer } from '../../src/adapters/git-lfs/pointer.ts';
import { commitOnServer, gitOn, openLfsServer, TOKEN, unfinishedIn, whyNoGitLfs } from '../support/lfs-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import type { VaultStage } from '../support/vault-stage.ts';
import { describeVault } from './vault.ts';

async function openStage(t: TestContext): Promise<VaultStage> {
  const server = await openLfsServer(t);
  const folder = tempFolder(t);
  const another = (token = TOKEN, idleMs = 20_000) =>
    createGitLfsVault({ repository: server.url, branch: 'main', token, folder, idleMs, commandMs: 60_000 });
  const paths = async () => (await gitOn(server.repository, ['ls-tree', '-r', '--name-only', 'main'])).split('\n');
  const wrong = 'ghp_WrongTokenOfSomebodyElse987654321';
  return {
    vault: another(),
    impatient: another(TOKEN, 400),
    another,
    refused: another(wrong),
    secrets: [
      TOKEN,
      wrong,
      ...[TOKEN, wrong].map((token) => Buffer.from(`x-access-token:${token}`).toString('base64')),
    ],
    cut: () => void (server.trouble = 'cut'),
    hang: () => void (server.trouble = 'hang'),
    fill: () => void (server.trouble = 'full'),
    heal: () => void (server.trouble = null),
    plant: (file, text) => commitOnServer(server.repository, `backups/${file}`, text),
    files: async () => (await paths()).map((path) => path.replace(/^backups\//, '')),
    leftovers: () => Promise.resolve(unfinishedIn(folder)),
    async tamper(file) {
      const pointer = parsePointer(await gitOn(server.repository, ['cat-file', 'blob', `main:backups/${file}`]));
      const oid = pointer?.oid ?? '';
      const object = join(server.objects, oid.slice(0, 2), oid.slice(2, 4), oid);
      const bytes = readFileSync(object);
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      writeFileSync(object, bytes);
    },
  };
}

describeVault('GitHub and Git LFS', { open: openStage, sizeBytes: 3_000_000, skip: whyNoGitLfs() });
