import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { command, succeeds } from './command.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD_MS = 900_000;
/** What npm of this machine needs to reach its registry. Keys to private registries are not among it. */
const NPM_SETTINGS = ['registry', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl'];
/** A folder that every image has and that npm reads: mounted over it, nothing of ours stays in the image. */
const NPM_FOLDER = '/usr/local/etc';

/** Builds the Dockerfile as it is, with this machine's way to npm's registry lent for the time of the build. */
export async function buildImage(tag: string, baseImage: string): Promise<void> {
  const npm = await mkdtemp(join(tmpdir(), 'nescordbot-npm-'));
  try {
    await lendNpmSettings(npm);
    await succeeds('buildah', ['rmi', tag]); // or every run would leave one without a name
    const how = ['--isolation', 'chroot', '--network', 'host', '--format', 'docker', '--pull-never'];
    const what = ['--volume', `${npm}:${NPM_FOLDER}:ro`, '--build-arg', `NODE_IMAGE=${baseImage}`, '--tag', tag];
    await command('buildah', ['bud', ...how, ...what, ROOT], BUILD_MS);
  } finally {
    await rm(npm, { recursive: true });
  }
}

async function lendNpmSettings(folder: string): Promise<void> {
  const lines: string[] = [];
  for (const name of NPM_SETTINGS) {
    const value = await npmSetting(name);
    if (value !== null) lines.push(`${name}=${value}`);
  }
  const cafile = await npmSetting('cafile');
  const ownCertificates = cafile === null ? [] : [await readFile(cafile, 'utf8')];
  await writeFile(join(folder, 'ca.pem'), [...getCACertificates('default'), ...ownCertificates].join('\n'));
  lines.push(`cafile=${NPM_FOLDER}/ca.pem`);
  await writeFile(join(folder, 'npmrc'), `${lines.join('\n')}\n`);
}

async function npmSetting(name: string): Promise<string | null> {
  const value = await command('npm', ['config', 'get', name]);
  return value === '' || value === 'null' || value === 'undefined' ? null : value;
}
