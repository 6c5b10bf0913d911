import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import type { Image } from './image.ts';
import type { Home } from './volumes.ts';

export interface ContainerOptions {
  /** Folders of this machine, by where they are mounted. */
  readonly volumes?: Readonly<Record<string, { readonly path: string; readonly readOnly?: boolean }>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of the image's: as whoever, with no rights of root's. */
  readonly uid?: number;
  /** By default the same as the user's. */
  readonly gid?: number;
  /** As compose.yaml runs it: nothing but volumes and /tmp can be written, and root may only give files away and leave. */
  readonly hardened?: boolean;
  /** Instead of the image's command. */
  readonly command?: readonly string[];
}

const HARDENED = ['CAP_CHOWN', 'CAP_SETGID', 'CAP_SETUID'];
/** Docker's own list. */
const USUAL = [
  ...HARDENED,
  'CAP_AUDIT_WRITE',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_MKNOD',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_SYS_CHROOT',
];

interface Mount {
  readonly destination: string;
  readonly type?: string;
  readonly source?: string;
  readonly options?: readonly string[];
}

interface RuntimeConfig {
  readonly process: Record<string, unknown>;
  root: { path: string; readonly: boolean };
  readonly mounts: Mount[];
  readonly linux: { namespaces: readonly { readonly type: string }[] };
}

/** The bot's data and its index each on a volume of its own. */
export function onTwoVolumes({ data, index }: Home): ContainerOptions {
  return {
    volumes: { '/app/data': { path: data }, '/app/chromadb_data': { path: index } },
    environment: { CHROMADB_PERSIST_DIRECTORY: '/app/chromadb_data' },
  };
}

/** Writes what the OCI runtime is to run: the image as Docker would, on this machine's network. */
export async function writeBundle(
  folder: string,
  root: string,
  image: Image,
  { volumes = {}, environment = {}, uid = 0, gid = uid, hardened = false, command: instead }: ContainerOptions,
): Promise<void> {
  await command('runc', ['spec', '--bundle', folder]);
  const file = join(folder, 'config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as RuntimeConfig;
  const capabilities = uid !== 0 ? [] : hardened ? HARDENED : USUAL;
  Object.assign(config.process, {
    terminal: false,
    user: { uid, gid },
    args: [...image.entrypoint, ...(instead ?? image.command)],
    env: [...image.environment, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)],
    cwd: image.folder,
    capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    noNewPrivileges: hardened,
  });
  config.root = { path: root, readonly: hardened };
  config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
  if (hardened) config.mounts.push({ destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['mode=1777'] });
  for (const [destination, { path, readOnly = false }] of Object.entries(volumes))
    config.mounts.push({ destination, type: 'bind', source: path, options: ['bind', readOnly ? 'ro' : 'rw'] });
  await writeFile(file, JSON.stringify(config));
}
