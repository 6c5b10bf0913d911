import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../errors.ts';
import { removeAbandoned } from '../../whole-file.ts';
import { parseMirrors } from './apt-sources.ts';

const run = promisify(execFile);
const FETCH_PREFIX = 'glibc-fetch-';
const downloadTimeoutMs = 5 * 60_000;
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

interface Machine {
  /** As Debian names it. */
  readonly architecture: string;
  /** The folder of its libraries. */
  readonly triplet: string;
  readonly loader: string;
}

const machines: Readonly<Record<string, Machine>> = {
  x64: { architecture: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { architecture: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** The version of the glibc that this process runs on; null where there is none (musl, macOS, Windows). */
export function hostGlibc(): string | null {
  if (process.platform !== 'linux' || process.report === undefined) return null;
  Object.assign(process.report, { excludeNetwork: true }); // otherwise it resolves the names of every open socket
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime ?? null;
}

/** Chroma's binary is linked against glibc 2.39. */
export function isTooOld(glibc: string | null): boolean {
  const [major, minor] = (glibc ?? '99.0').split('.').map(Number);
  return (major ?? 0) < 2 || (major === 2 && (minor ?? 0) < 39);
}

export interface GlibcOptions {
  /** Kept between runs; the libraries go into a folder of their own inside. */
  readonly cacheDirectory: string;
  readonly log: { info(message: string): void };
  readonly glibc?: string | null;
  readonly signal?: AbortSignal;
}

/**
 * What to put before a program's own command line so that Chroma's binary finds a glibc that is new enough. Empty where
 * the host's will do; else trixie's, fetched once from Debian with the machine's own apt, without root.
 * @throws AppError `config` where it cannot be had, saying what else to do
 */
export async function openGlibc(options: GlibcOptions): Promise<string[]> {
  const glibc = options.glibc === undefined ? hostGlibc() : options.glibc;
  if (!isTooOld(glibc)) return [];
  const machine = machines[process.arch];
  if (machine === undefined) throw noGlibc(glibc, new Error(`no libraries are known for ${process.arch}`));
  const folder = join(options.cacheDirectory, `glibc-${process.arch}`);
  if (!(await exists(libraries(folder, machine)))) {
    options.log.info(
      `Chroma needs a newer C library than this system's glibc ${glibc}: fetching one for it from Debian, once (4 MB)`,
    );
    await fetchInto(folder, machine, options).catch((cause: unknown) => {
      throw noGlibc(glibc, cause);
    });
  }
  const path = libraries(folder, machine);
  return [join(path, machine.loader), '--library-path', path];
}

const libraries = (folder: string, machine: Machine) => join(folder, 'usr/lib', machine.triplet);

/** Whole or not at all: another start may be doing the same, and the first to rename wins. */
async function fetchInto(folder: string, machine: Machine, { cacheDirectory, signal }: GlibcOptions): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  await removeAbandoned(cacheDirectory, (name) => name.startsWith(FETCH_PREFIX));
  const work = await mkdtemp(join(resolve(cacheDirectory), FETCH_PREFIX)); // apt-get runs in a folder of its own
  try {
    const failures: unknown[] = [];
    for (const mirror of parseMirrors(await machineSources())) {
      const root = await unpackFrom(mirror, work, machine, signal).catch((error: unknown) => failures.push(error));
      if (typeof root !== 'string') continue;
      await rename(root, folder).catch(async (error: unknown) => {
        if (!(await exists(libraries(folder, machine)))) throw error;
      });
      return;
    }
    throw new AggregateError(failures, failures.map(String).join('\n'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpackFrom(mirror: string, work: string, machine: Machine, signal?: AbortSignal): Promise<string> {
  const place = await mkdtemp(join(work, 'mirror-'));
  const [downloads, root] = [join(place, 'downloads'), join(place, 'root')];
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'log', 'root', 'downloads'])
    await mkdir(join(place, folder), { recursive: true });
  await writeFile(join(place, 'status'), '');
  await writeFile(join(place, 'sources.list'), `deb [signed-by=${keyring}] ${mirror} trixie main\n`);
  await writeFile(join(place, 'apt.conf'), aptSettings(place, machine));
  const limits = { cwd: downloads, timeout: downloadTimeoutMs, signal, maxBuffer: 8 << 20 };
  const apt = (...args: string[]) => run('apt-get', ['-q', '-c', join(place, 'apt.conf'), ...args], limits);
  await apt('update', '--error-on=any');
  await apt('download', 'libc6', 'libgcc-s1', 'libstdc++6');
  for (const name of await readdir(downloads)) await run('dpkg', ['-x', join(downloads, name), root], limits);
  await access(join(libraries(root, machine), machine.loader));
  return root;
}

/** Folders and lists of our own, no hooks of the system's; its proxies and credentials stay in force. */
function aptSettings(place: string, { architecture }: Machine): string {
  return `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::Etc::sourcelist "${place}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "${place}/state";
Dir::State::lists "${place}/state/lists";
Dir::State::status "${place}/status";
Dir::Cache "${place}/cache";
Dir::Cache::archives "${place}/cache/archives";
Dir::Log "${place}/log";
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Sandbox::User "${userInfo().username}";
Acquire::Languages "none";
Acquire::Retries "2";
`;
}

async function machineSources(): Promise<string[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const paths = [
    '/etc/apt/sources.list',
    ...names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name)),
  ];
  return (await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => null)))).filter(
    (text) => text !== null,
  );
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

function noGlibc(glibc: string | null, cause: unknown): AppError {
  return new AppError(
    'config',
    `Chroma needs glibc 2.39 and this system has ${glibc}; fetching Debian 13's failed (it takes apt-get, dpkg, ` +
      `${keyring} and a reachable Debian mirror). Use the Docker image, a newer distribution (Debian 13, Ubuntu 24.04), ` +
      `or set CHROMA_URL to a Chroma server that runs elsewhere. Reason: ${reason(cause)}`,
    { cause },
  );
}

function reason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (
    text.split('\n').findLast((line) => /^(E:|Err|\S.*error|.*ENOENT)/i.test(line)) ??
    text.split('\n')[0] ??
    ''
  ).trim();
}
